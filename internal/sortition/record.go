package sortition

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Schema names the form of a Draw as JSON:
//
//	{
//	  "schema": "folkmoot-draw/1",
//	  "draw_id": "role-facilitator-2026-12",         a line of text that no other draw has
//	  "pool": [{"id": 3, "weight": 4}, …],           by ascending id
//	  "pool_hash": "2aeb…",                          SHA-256 of the lines "id,weight\n", in hex
//	  "commit": "4773…",                             SHA-256 of the secret's bytes, in hex
//	  "contributors": [3, 7, …],                     who may contribute, by ascending id; left out where that is the pool
//	  "contributions": [{"id": 7, "text": "bread"}], by ascending id, at most one from each
//	  "secret": "0011…",                             32 bytes in hex; this and what follows only once it is revealed
//	  "seed": "552f…",                               see Seed
//	  "order": [19, 3, 23, …],                       everybody with a weight, as drawn
//	  "panels": [{"members": [2, 5], "tickets": 9}]  of a draw of a panel: what the numbers in the pool stand for; see AnnouncePanels
//	}
//
// The name changes whenever a draw would have to be repeated in another way.
const Schema = "folkmoot-draw/1"

const mostRecord = 64 << 20 // bytes of a record or a pool

// ReadDraw reads a record. It returns ErrDraw for what is not one. Whether the draw was made as it says is for Check.
func ReadDraw(r io.Reader) (d Draw, err error) {
	limited := &io.LimitedReader{R: r, N: mostRecord}
	dec := json.NewDecoder(limited)
	dec.DisallowUnknownFields()
	if err := dec.Decode(&d); err != nil {
		return d, unreadable(limited, err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return d, unreadable(limited, errors.New("something stands after the record"))
	}
	if d.Schema != Schema {
		return d, fmt.Errorf("%w: the record is in the format %q, and this program knows %q", ErrDraw, d.Schema, Schema)
	}
	return d, nil
}

func unreadable(r *io.LimitedReader, err error) error {
	if r.N == 0 {
		err = fmt.Errorf("it is longer than %d bytes", mostRecord)
	}
	return fmt.Errorf("%w: this is not the record of a draw (%w)", ErrDraw, err)
}

// Write writes the record as ReadDraw reads it.
func (d Draw) Write(w io.Writer) error {
	text, err := json.MarshalIndent(d, "", "\t")
	if err != nil {
		return fmt.Errorf("write the record of a draw: %w", err)
	}
	if _, err := w.Write(append(text, '\n')); err != nil {
		return fmt.Errorf("write the record of a draw: %w", err)
	}
	return nil
}

// Finding is what one step of a check came to.
type Finding struct {
	Step   string // pool, pool hash, commit, contributions, seed, panels, order
	Agrees bool
	Say    string // in one sentence
}

// Check repeats a published draw, and says of each step whether it is as published. What follows from a step that differs is still
// worked out from what is published of the others, so that only what is wrong is said to be.
func Check(d Draw) []Finding {
	var found []Finding
	note := func(step string, agrees bool, right, wrong string) bool {
		found = append(found, Finding{step, agrees, map[bool]string{true: right, false: wrong}[agrees]})
		return agrees
	}
	err := d.Pool.Check()
	if err == nil {
		err = checkText("the draw's id", d.ID)
	}
	if !note("pool", err == nil,
		fmt.Sprintf("The pool has %d members, each of them once and in order, with a total weight of %d.", len(d.Pool), d.Pool.Total()), fmt.Sprintf("The draw has no proper pool: %v.", err)) {
		return found
	}
	hash := d.Pool.Hash()
	note("pool hash", d.PoolHash == hash, "The pool is the one whose hash was published.",
		fmt.Sprintf("The pool is not the one whose hash was published: it has the hash %s, and the record says %s.", hash, d.PoolHash))
	secret, err := hex.DecodeString(d.Secret)
	switch {
	case d.Secret == "":
		note("commit", false, "", "The secret was not revealed, so there is no draw. It has failed, and is made again with a new commitment.")
		return found
	case err != nil || len(secret) != secretSize || hex.EncodeToString(secret) != d.Secret:
		note("commit", false, "", fmt.Sprintf("The secret is not %d bytes in hex.", secretSize))
		return found
	}
	note("commit", d.Commit == Commitment(secret), "The secret is the one that was committed to before the draw.",
		fmt.Sprintf("The secret is not the one that was committed to: it has the hash %s, and the record says %s.", Commitment(secret), d.Commit))
	err = d.checkContributions()
	note("contributions", err == nil, fmt.Sprintf("The contributions, %d in number, are all from those who may contribute.", len(d.Contributions)), fmt.Sprintf("The contributions are not in order: %v.", err))
	seed := Seed(d.ID, hash, secret, d.Contributions)
	note("seed", d.Seed == seed, "The seed follows from the pool, the secret and the contributions.",
		fmt.Sprintf("The seed does not follow from the pool, the secret and the contributions: that would be %s, and the record says %s.", seed, d.Seed))
	ids := d.Pool.Order(seed)
	if d.Panels != nil {
		err := d.checkPanels()
		note("panels", err == nil, "The list of panels is the one that was committed to, and each has the weight of its tickets.", fmt.Sprintf("The list of panels is not the one that was drawn from: %v.", err))
	}
	note("order", slices.Equal(ids, d.Order), "The order follows from the seed: everybody was drawn as published.", differs(ids, d.Order))
	return found
}

// differs says where two orders part.
func differs(right, published []int64) string {
	for i, id := range right {
		if i >= len(published) {
			return fmt.Sprintf("The published order ends after %d of %d members.", i, len(right))
		}
		if published[i] != id {
			return fmt.Sprintf("The order does not follow: in place %d the draw gives member %d, and the record says %d.", i+1, id, published[i])
		}
	}
	return fmt.Sprintf("The published order has %d members more than can be drawn.", len(published)-len(right))
}

// Holds says whether every step of a check agrees.
func Holds(found []Finding) bool {
	return !slices.ContainsFunc(found, func(f Finding) bool { return !f.Agrees })
}
