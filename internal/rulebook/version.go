package rulebook

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"folkmoot/internal/member"
)

// Version is one state of a group's rulebook. Versions form a chain: each names the hash of the one before, and its own
// hash covers its rules, its place in the chain, when it came into force and by what. Every record prints the version it
// was made under, so no version is ever changed or removed.
type Version struct {
	Number   int // from 1
	Rules    Rules
	Hash     Hash      // of everything here but itself and the chooser
	PrevHash Hash      // zero in the first
	From     time.Time // in force from, in UTC to the millisecond
	By       string    // what put it in force: the preset's name at the start, also if its founder changed numbers of it; later a decision's reference
	Chooser  member.ID // who chose the preset; 0 once members decide
}

// ErrChain is wrapped when versions do not follow each other, ErrBounds when rules may not come into force.
var (
	ErrChain  = errors.New("broken chain of rulebook versions")
	ErrBounds = errors.New("rules out of bounds")
)

// First is the first version of a group's rulebook. It returns ErrBounds, wrapped, if Check finds a breach, and ErrChain
// if by is empty.
func First(r Rules, by string, from time.Time) (Version, error) {
	return seal(Version{Number: 1, Rules: r, From: from, By: by})
}

// Next is the version that follows v. It returns ErrBounds, wrapped, if Check finds a breach, and ErrChain if by is empty
// or from is before v came into force.
func (v Version) Next(r Rules, by string, from time.Time) (Version, error) {
	if from.Before(v.From) {
		return Version{}, fmt.Errorf("%w: version %d would be in force before version %d", ErrChain, v.Number+1, v.Number)
	}
	return seal(Version{Number: v.Number + 1, Rules: r, PrevHash: v.Hash, From: from, By: by})
}

func seal(v Version) (Version, error) {
	if breaches := v.Rules.Check(); len(breaches) > 0 {
		return Version{}, fmt.Errorf("%w: %s", ErrBounds, breaches[0].Key)
	}
	if v.By == "" {
		return Version{}, fmt.Errorf("%w: version %d was put in force by nothing", ErrChain, v.Number)
	}
	v.From = v.From.UTC().Truncate(time.Millisecond)
	v.Hash = v.sum()
	return v, nil
}

// sum is the SHA-256 of the version's canonical JSON, which holds the rules by their hash.
func (v Version) sum() Hash {
	b, err := json.Marshal(map[string]any{
		"by": v.By, "from": v.From.UnixMilli(), "number": v.Number, "prev": v.PrevHash.String(), "rules": v.Rules.Hash().String(),
	})
	if err != nil {
		panic("rulebook: " + err.Error()) // integers and strings cannot fail
	}
	return sha256.Sum256(b)
}

// CheckChain returns ErrChain, wrapped and with the first version that does not hold, unless the versions follow each
// other from number 1, none missing, each with its own hash and that of the one before, in the order of time.
func CheckChain(vs []Version) error {
	var prev Version
	for i, v := range vs {
		switch {
		case v.Number != i+1:
			return fmt.Errorf("%w: version %d stands in place %d", ErrChain, v.Number, i+1)
		case v.PrevHash != prev.Hash:
			return fmt.Errorf("%w: version %d does not name the one before it", ErrChain, v.Number)
		case v.Hash != v.sum():
			return fmt.Errorf("%w: version %d is not what its hash says", ErrChain, v.Number)
		case i > 0 && v.From.Before(prev.From):
			return fmt.Errorf("%w: version %d is older than the one before it", ErrChain, v.Number)
		case v.By == "":
			return fmt.Errorf("%w: version %d was put in force by nothing", ErrChain, v.Number)
		}
		prev = v
	}
	return nil
}

// InForce returns the version in force at a moment; ok is false before the first.
func InForce(chain []Version, now time.Time) (v Version, ok bool) {
	for _, c := range chain {
		if !c.From.After(now) {
			v, ok = c, true
		}
	}
	return v, ok
}
