package sortition

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"folkmoot/internal/line"
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
//	  "contributions": [{"id": 7, "text": "bread"}], by ascending id, at most one from each; [] where there are none
//	  "secret": "0011…",                             32 bytes in hex; this and what follows only once it is revealed
//	  "seed": "552f…",                               see Seed
//	  "order": [19, 3, 23, …],                       everybody with a weight, as drawn
//	  "asked": {"size": 2, "quotas": […], "people": […]},
//	  "panels": [{"members": [2, 5], "tickets": 9}]  of a draw of a panel: what the numbers in the pool stand for
//	}
//
// The id of a draw of a panel ends with a slash and the SHA-256, in hex, of these lines, with tabs where commas stand here:
// "size,n"; for each quota "quota,feature,value,min,max"; for each person, by number, "person,id,home" and on the same line
// ",feature,value" for each feature by its name; and then for each panel "number,tickets:id id id", with commas and spaces.
//
// No field comes twice, names of fields are written as they are here, and every text is one line in Unicode's form C, of at most 500
// bytes, without signs that nobody sees, spaces at its ends, or two of them together.
//
// The name changes whenever a draw would have to be repeated in another way.
const Schema = "folkmoot-draw/1"

// StrataSchema names the form of a StrataDraw as JSON: its fields, in which every "draw" is a Draw. The id of each of those is the id
// of the whole, a slash, a hash, a slash, and the name of the stratum, or "tie". The hash is the SHA-256, in hex, of a line with
// the number of places and of a line "name,size,pool_hash" for each stratum, with tabs where commas stand here.
const StrataSchema = "folkmoot-draw-strata/1"

const mostRecord = 64 << 20 // bytes of a record or a pool

// Record is the record of a draw of either form: one of both is set.
type Record struct {
	Draw   *Draw
	Strata *StrataDraw
}

// ReadRecord reads a record of either form. It returns ErrDraw for what is not one. Whether the draw was made as it says is for
// Check.
func ReadRecord(r io.Reader) (Record, error) {
	text, err := io.ReadAll(io.LimitReader(r, mostRecord+1))
	if err != nil {
		return Record{}, fmt.Errorf("read the record of a draw: %w", err)
	}
	if len(text) > mostRecord {
		return Record{}, refuse("this is not the record of a draw: it is longer than %d bytes", mostRecord)
	}
	text = bytes.TrimPrefix(text, []byte(byteOrderMark))
	var head struct{ Schema string }
	if err := json.Unmarshal(text, &head); err != nil {
		return Record{}, refuse("this is not the record of a draw: %v", err)
	}
	if err := strict(text); err != nil {
		return Record{}, refuse("this is not the record of a draw: %v", err)
	}
	rec, into := Record{}, any(nil)
	switch head.Schema {
	case Schema:
		rec.Draw = &Draw{}
		into = rec.Draw
	case StrataSchema:
		rec.Strata = &StrataDraw{}
		into = rec.Strata
	case "":
		return rec, refuse("this is not the record of a draw: it has no schema")
	default:
		return rec, refuse("the record is in the format %q, and this program knows %q and %q", head.Schema, Schema, StrataSchema)
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	err = dec.Decode(into)
	if bad, is := errors.AsType[*json.UnmarshalTypeError](err); is {
		return Record{}, refuse("this is not the record of a draw: the field %q has a value that it cannot have (%s)", bad.Field, bad.Value)
	}
	if err != nil {
		return Record{}, refuse("this is not the record of a draw: %v", err)
	}
	return rec, nil
}

// ID returns what the draw is called.
func (r Record) ID() string {
	if r.Strata != nil {
		return r.Strata.ID
	}
	return r.Draw.ID
}

// Commit returns the commitment to the secret.
func (r Record) Commit() string {
	switch {
	case r.Strata == nil:
		return r.Draw.Commit
	case len(r.Strata.Strata) > 0:
		return r.Strata.Strata[0].Draw.Commit
	}
	return ""
}

// Revealed says whether the record holds anything of what can only follow from the secret.
func (r Record) Revealed() bool {
	if r.Strata != nil {
		return r.Strata.Revealed()
	}
	return r.Draw.Revealed()
}

// Reveal returns the whole record of a draw that was announced; see Draw.Reveal.
func (r Record) Reveal(secret []byte, contributions []Contribution) (Record, error) {
	if r.Strata != nil {
		s, err := r.Strata.Reveal(secret, contributions)
		return Record{Strata: &s}, err
	}
	if err := r.checkContributors(); err != nil {
		return r, err
	}
	d, err := r.Draw.Reveal(secret, contributions)
	return Record{Draw: &d}, err
}

// Check repeats the draw; see the function Check.
func (r Record) Check() []Finding {
	if r.Strata != nil {
		return r.Strata.Check()
	}
	found := Check(*r.Draw)
	if err := r.checkContributors(); err != nil {
		found = append(found, Finding{Step: "contributors", Say: fmt.Sprintf("The record lets in strangers: %v.", err)})
	}
	return found
}

// checkContributors refuses others than the pool as contributors where nothing holds on to who they are. In a draw of a panel, or by
// strata, they follow from what was announced.
func (r Record) checkContributors() error {
	if r.Draw != nil && r.Draw.Asked == nil && r.Draw.Contributors != nil {
		return refuse("only members of the pool may contribute to a draw from one pool")
	}
	return nil
}

// Write writes the record as ReadRecord reads it.
func (r Record) Write(w io.Writer) error {
	var record any = r.Draw
	if r.Strata != nil {
		record = r.Strata
	}
	text, err := json.MarshalIndent(record, "", "\t")
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
	Step   string `json:"step"`         // pool, pool hash, panels, secret, commit, contributors, contributions, seed, order, places, chances, announced
	Of     string `json:"of,omitempty"` // in a draw by strata the stratum, or "tie"
	Agrees bool   `json:"agrees"`
	Say    string `json:"say"` // in one sentence
}

// Check repeats a published draw, and says of each step whether it is as published. What follows from a step that differs is still
// worked out from what is published of the others, so that only what is wrong is said to be. Of a draw that is only announced it
// checks what was announced, and says in the step "secret" that nobody is drawn yet.
func Check(d Draw) []Finding {
	var found []Finding
	note := func(step string, err error, right, wrong string) {
		if err != nil {
			right = fmt.Sprintf("%s: %v.", wrong, err)
		}
		found = append(found, Finding{Step: step, Agrees: err == nil, Say: right})
	}
	err := d.Pool.Check()
	if err == nil {
		err = checkText("the draw's id", d.ID)
	}
	note("pool", err, d.sayPool(), "The draw has no proper pool")
	if err != nil {
		return found
	}
	hash := d.Pool.Hash()
	note("pool hash", same(hash, d.PoolHash, "it has the hash"), "The pool is the one whose hash was published.", "The pool is not the one whose hash was published")
	if d.Panels != nil || d.Asked != nil {
		note("panels", d.checkPanels(), "Every panel is as was asked for, and has the weight of its tickets. The draw's id holds the hash of all that.", "The list of panels is not as it should be")
	}
	ofContributors := d.sayContributions()
	if !d.Revealed() {
		note("contributions", d.checkContributions(), ofContributors, "The contributions are not in order")
		note("secret", d.checkCommit(), notRevealed, "The commitment cannot be one")
		return found
	}
	secret, err := d.secret()
	if err != nil {
		note("commit", err, "", "The secret is not the one that was committed to")
		return found
	}
	note("commit", same(Commitment(secret), d.Commit, "it has the hash"), "The secret is the one that was committed to before the draw.", "The secret is not the one that was committed to")
	note("contributions", d.checkContributions(), ofContributors, "The contributions are not in order")
	seed := Seed(d.ID, hash, secret, d.Contributions)
	note("seed", same(seed, d.Seed, "that would be"), "The seed follows from the pool, the secret and the contributions.", "The seed does not follow from the pool, the secret and the contributions")
	note("order", differs(d.Pool.Order(seed), d.Order), "The order follows from the seed: everybody was drawn as published.", "The order does not follow from the seed")
	return found
}

const notRevealed = "The secret is not yet revealed, so nobody is drawn yet. If it never is, the draw has failed and must be made again with a new commitment."

func (d Draw) sayPool() string {
	if d.Panels != nil {
		return fmt.Sprintf("The pool has %s, each once and in order, with %d tickets in all.", line.Count(len(d.Pool), "panel"), d.Pool.Total())
	}
	return fmt.Sprintf("The pool has %s, each once and in order, with a total weight of %d.", line.Count(len(d.Pool), "member"), d.Pool.Total())
}

func (d Draw) sayContributions() string {
	if len(d.Contributions) == 0 {
		return "Nobody has thrown anything in."
	}
	return fmt.Sprintf("The record has %s, at most one from each of those who may contribute.", line.Count(len(d.Contributions), "contribution"))
}

// secret returns the secret, if it is written as one.
func (d Draw) secret() ([]byte, error) {
	if d.Secret == "" {
		return nil, refuse("it was not published, although what follows from it was")
	}
	secret, err := hex.DecodeString(d.Secret)
	if err != nil || len(secret) != secretSize || hex.EncodeToString(secret) != d.Secret {
		return nil, refuse("it is not %d bytes in hex", secretSize)
	}
	return secret, nil
}

// checkCommit refuses what is not written as the hash of a secret.
func (d Draw) checkCommit() error {
	b, err := hex.DecodeString(d.Commit)
	if err != nil || len(b) != sha256.Size || hex.EncodeToString(b) != d.Commit {
		return refuse("it is not %d bytes in hex", sha256.Size)
	}
	return nil
}

// same refuses a hash that is not the one that follows.
func same(right, published, is string) error {
	if right == published {
		return nil
	}
	return refuse("%s %s, and the record says %s", is, right, published)
}

// differs says where two orders part.
func differs(right, published []int64) error {
	for i, id := range right {
		switch {
		case i >= len(published):
			return refuse("the published order ends after %d of %d members", i, len(right))
		case published[i] != id:
			return refuse("in place %d the draw gives member %d, and the record says %d", i+1, id, published[i])
		}
	}
	if more := len(published) - len(right); more > 0 {
		return refuse("the published order has %s more than can be drawn", line.Count(more, "member"))
	}
	return nil
}

// Holds says whether every step of a check agrees.
func Holds(found []Finding) bool {
	return !slices.ContainsFunc(found, func(f Finding) bool { return !f.Agrees })
}
