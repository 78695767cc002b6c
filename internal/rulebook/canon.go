package rulebook

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// newest is the number of the newest shape of rules in the canonical JSON; each shape with more rules than the one before has the next number (Param.added). Rules are
// written in the first shape that says all of them: what a group does not use that came later is left out, so that the versions made under an older shape are still read,
// and keep their bytes and their hashes.
const newest = 2

// shape is the number of the shape in which the rules are written.
func (r *Rules) shape() int {
	n := 1
	for _, p := range Params() {
		if p.added > n && !p.isOff(r) {
			n = p.added
		}
	}
	return n
}

// maxJSON bounds what Parse reads; a complete set is under 3 kB.
const maxJSON = 16 << 10

// maxNumber bounds every number in the JSON, long before Check does.
const maxNumber = 1_000_000

// ErrJSON is wrapped by every refusal of Parse.
var ErrJSON = errors.New("not a rulebook")

// Hash is a SHA-256.
type Hash [sha256.Size]byte

// String writes the hash in hexadecimal.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// Canonical writes the rules as one flat JSON object: keys sorted, no spaces, integers and strings only.
// The same rules always give the same bytes.
func (r Rules) Canonical() []byte {
	schema := r.shape()
	flat := map[string]any{"schema": schema}
	for _, p := range Params() {
		v := p.get(&r)
		if p.added > schema {
			continue
		}
		if v.Word != "" {
			flat[p.Key] = v.Word
		} else {
			flat[p.Key] = v.Number
		}
	}
	b, err := json.Marshal(flat)
	if err != nil {
		panic("rulebook: " + err.Error()) // integers and strings cannot fail
	}
	return b
}

// Hash is the SHA-256 of the canonical bytes.
func (r Rules) Hash() Hash { return sha256.Sum256(r.Canonical()) }

// Parse reads what Canonical writes and nothing else: unknown, missing and repeated keys, other spellings of the same
// value, spaces and wrong kinds are refused with ErrJSON, wrapped. Bounds are not checked, so that a version made under
// older bounds can still be read; Check does that for rules that are to come into force.
func Parse(b []byte) (Rules, error) {
	flat, err := flatten(b)
	if err != nil {
		return Rules{}, err
	}
	schema := flat["schema"]
	if schema.Word != "" || schema.Number < 1 || schema.Number > newest {
		return Rules{}, fmt.Errorf("%w: schema %s is not known", ErrJSON, schema)
	}
	delete(flat, "schema")
	var r Rules
	for _, p := range Params() {
		if p.added > schema.Number {
			continue
		}
		v, ok := flat[p.Key]
		if !ok {
			return Rules{}, fmt.Errorf("%w: %s is missing", ErrJSON, p.Key)
		}
		if err := p.set(&r, v); err != nil {
			return Rules{}, fmt.Errorf("%w: %w", ErrJSON, err)
		}
		delete(flat, p.Key)
	}
	if len(flat) > 0 {
		return Rules{}, fmt.Errorf("%w: %d keys are not rules", ErrJSON, len(flat))
	}
	if !bytes.Equal(r.Canonical(), b) {
		return Rules{}, fmt.Errorf("%w: not in canonical form", ErrJSON)
	}
	return r, nil
}

// flatten reads a flat JSON object of integers and strings.
func flatten(b []byte) (map[string]Value, error) {
	if len(b) > maxJSON {
		return nil, fmt.Errorf("%w: longer than %d bytes", ErrJSON, maxJSON)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var raw map[string]any
	if err := d.Decode(&raw); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrJSON, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: something follows it", ErrJSON)
	}
	flat := make(map[string]Value, len(raw))
	for k, a := range raw {
		switch a := a.(type) {
		case string:
			flat[k] = Value{Word: a}
		case json.Number:
			n, err := a.Int64()
			if err != nil || n < 0 || n > maxNumber {
				return nil, fmt.Errorf("%w: %s is %s", ErrJSON, k, a)
			}
			flat[k] = Value{Number: int(n)}
		default:
			return nil, fmt.Errorf("%w: %s is neither a whole number nor a word", ErrJSON, k)
		}
	}
	return flat, nil
}
