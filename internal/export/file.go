package export

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"folkmoot/internal/ledger"

	"golang.org/x/mod/sumdb/tlog"
)

type sealed struct {
	Salt     string  `json:"salt,omitempty"`
	Text     *string `json:"text,omitempty"`
	Removed  bool    `json:"removed,omitempty"`
	Withheld bool    `json:"withheld,omitempty"`
}

type entry struct {
	N     int64             `json:"n"`
	Leaf  string            `json:"leaf"`
	Texts map[string]sealed `json:"texts"`
	Proof *[]string         `json:"proof,omitempty"`
}

type logHead struct {
	Origin     string `json:"origin"`
	Key        string `json:"key"`
	Checkpoint string `json:"checkpoint"`
	Selection  string `json:"selection"`
}

// mostHashes is how many entries a log may have for a decision's file to hold the hashes of all its leaves: they let a
// later file be held against this one.
const mostHashes = 20_000

// entriesAtOnce is how many entries are held in memory.
const entriesAtOnce = 500

// pen writes JSON piece by piece and keeps the first error.
type pen struct {
	w   io.Writer
	err error
}

func (p *pen) raw(s string) {
	if p.err == nil {
		_, p.err = io.WriteString(p.w, s)
	}
}

func (p *pen) value(v any) {
	if p.err != nil {
		return
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if p.err = e.Encode(v); p.err == nil {
		p.raw(strings.TrimSuffix(b.String(), "\n"))
	}
}

func (p *pen) field(name string, v any) {
	p.raw(",\n\"" + name + "\":")
	p.value(v)
}

// item separates the elements of an array.
func (p *pen) item(first *bool) {
	if !*first {
		p.raw(",")
	}
	*first = false
	p.raw("\n")
}

// writeRecord writes the file that package verify checks: of one decision, or of everything if r is nil.
func (j job) writeRecord(w io.Writer, r *record) error {
	p := &pen{w: w}
	scope, places, selection := "everything", []int64(nil), ""
	if r != nil {
		var err error
		if places, err = j.places(*r); err != nil {
			return err
		}
		scope = "decision"
		if selection, err = j.ledger.Select(j.head, "decision/"+r.Number, places); err != nil {
			return err
		}
	}
	p.raw("{\"format\":\"folkmoot-record/1\"")
	p.field("scope", scope)
	p.field("group", struct {
		Ref  string `json:"ref"`
		Name string `json:"name"`
	}{j.group.Ref, j.group.Name})
	p.field("log", logHead{j.head.Origin, j.ledger.VerifierKey(), j.head.Signed, selection})
	p.field("names_hidden", j.HideNames)
	named, err := j.writeEntries(p, places)
	if err != nil {
		return err
	}
	if err := j.writeHashes(p, r != nil); err != nil {
		return err
	}
	names := map[string]string{}
	for ref := range named {
		if name, ok := j.names[ref]; ok && !j.HideNames {
			names[ref] = name
		}
	}
	p.field("names", names)
	p.raw(",\n\"decisions\":[")
	first := true
	if r != nil {
		p.item(&first)
		p.value(*r)
	} else if err := j.eachDecision(func(r record) error {
		p.item(&first)
		p.value(r)
		return p.err
	}); err != nil {
		return err
	}
	p.raw("]}\n")
	return p.err
}

// eachDecision reads all decisions in the order they were made.
func (j job) eachDecision(f func(record) error) error {
	const page = 50
	for last := int64(0); ; {
		rows, err := decisionsAfter(j.tx, j.group.ID, last, page)
		if err != nil {
			return err
		}
		for _, d := range rows {
			r, err := j.decision(d)
			if err != nil {
				return err
			}
			if err := f(r); err != nil {
				return err
			}
			last = d.ID
		}
		if len(rows) < page {
			return nil
		}
	}
}

// places returns the entries a decision's file has to hold: those it rests on, the beginning of the log and its keys,
// and what the members who appear in them are called.
func (j job) places(r record) ([]int64, error) {
	log := j.group.Log()
	general, err := placesOf(j.tx, log, []string{"group"}, generalKinds)
	if err != nil {
		return nil, err
	}
	entries, err := entriesAt(j.tx, log, append(general, r.Entries...))
	if err != nil {
		return nil, err
	}
	people := map[string]bool{"member/" + r.Proposal.Mover: true}
	if r.Room != nil {
		for _, v := range r.Room.Votes {
			people["member/"+v.Member] = true
		}
	}
	for _, e := range entries {
		var leaf struct{ By string }
		if err := json.Unmarshal([]byte(e.Leaf), &leaf); err != nil {
			return nil, fmt.Errorf("entry %d: %w", e.N, err)
		}
		if strings.HasPrefix(leaf.By, "m_") {
			people["member/"+leaf.By] = true
		}
	}
	persons, err := placesOf(j.tx, log, slices.Sorted(maps.Keys(people)), personKinds)
	if err != nil {
		return nil, err
	}
	all := slices.Concat(general, r.Entries, persons)
	slices.Sort(all)
	all = slices.Compact(all)
	gone, err := j.removedIn(all)
	if err != nil {
		return nil, err
	}
	all = append(all, gone...)
	slices.Sort(all)
	return slices.Compact(all), nil
}

// removedIn returns the entries that account for the texts missing in others.
func (j job) removedIn(places []int64) ([]int64, error) {
	said, err := removals(j.tx, j.group.Log())
	if err != nil || len(said) == 0 {
		return nil, err
	}
	var out []int64
	for _, n := range places {
		texts, err := ledger.Texts(j.tx, j.group.Log(), n, n+1)
		if err != nil {
			return nil, err
		}
		for hash, t := range texts {
			if at, ok := said[hex.EncodeToString(hash[:])]; ok && t.Gone {
				out = append(out, at)
			}
		}
	}
	return out, nil
}

// writeEntries writes the entries at the places, or all if there are none, and returns whose names stand in them.
func (j job) writeEntries(p *pen, places []int64) (named map[string]bool, err error) {
	named, first := map[string]bool{}, true
	p.raw(",\n\"entries\":[")
	log := j.group.Log()
	write := func(es []ledger.Entry) error {
		if len(es) == 0 {
			return nil
		}
		texts, err := j.textsAt(es, places == nil)
		if err != nil {
			return err
		}
		for _, e := range es {
			out, err := j.entry(e, texts, places != nil)
			if err != nil {
				return fmt.Errorf("entry %d: %w", e.N, err)
			}
			if isName(e.Kind) {
				named[strings.TrimPrefix(e.Subject, "member/")] = true
			}
			p.item(&first)
			p.value(out)
		}
		return p.err
	}
	if places != nil {
		for part := range slices.Chunk(places, entriesAtOnce) {
			es, err := entriesAt(j.tx, log, part)
			if err == nil {
				err = write(es)
			}
			if err != nil {
				return nil, err
			}
		}
	} else {
		for from := int64(0); from < j.head.Size; from += entriesAtOnce {
			es, err := ledger.Entries(j.tx, log, from, entriesAtOnce)
			if err == nil {
				err = write(es)
			}
			if err != nil {
				return nil, err
			}
		}
	}
	p.raw("]")
	return named, p.err
}

func isName(kind string) bool { return kind == "member.joined" || kind == "member.renamed" }

// textsAt returns the texts of the entries; whole says that they follow each other without gaps.
func (j job) textsAt(es []ledger.Entry, whole bool) (map[[32]byte]ledger.Sealed, error) {
	log := j.group.Log()
	if whole {
		return ledger.Texts(j.tx, log, es[0].N, es[len(es)-1].N+1)
	}
	out := map[[32]byte]ledger.Sealed{}
	for _, e := range es {
		texts, err := ledger.Texts(j.tx, log, e.N, e.N+1)
		if err != nil {
			return nil, err
		}
		maps.Copy(out, texts)
	}
	return out, nil
}

func (j job) entry(e ledger.Entry, texts map[[32]byte]ledger.Sealed, prove bool) (out entry, err error) {
	out = entry{N: e.N, Leaf: e.Leaf, Texts: map[string]sealed{}}
	var leaf any
	if err := json.Unmarshal([]byte(e.Leaf), &leaf); err != nil {
		return out, err
	}
	for _, hash := range hashesIn(leaf, nil) {
		t, ok := texts[hash]
		text := t.Text
		s := sealed{Salt: hex.EncodeToString(t.Salt), Text: &text}
		switch {
		case !ok:
			return out, fmt.Errorf("a text of it is not there")
		case t.Gone:
			s = sealed{Removed: true}
		case j.HideNames && isName(e.Kind):
			s = sealed{Withheld: true}
		}
		out.Texts[hex.EncodeToString(hash[:])] = s
	}
	if !prove {
		return out, nil
	}
	path, err := ledger.Prove(j.tx, e.Log, j.head.Size, e.N)
	if err != nil {
		return out, err
	}
	proof := make([]string, len(path))
	for i, h := range path {
		proof[i] = base64.StdEncoding.EncodeToString(h[:])
	}
	out.Proof = &proof
	return out, nil
}

// hashesIn returns the hashes of the texts that a leaf names.
func hashesIn(v any, found [][32]byte) [][32]byte {
	switch v := v.(type) {
	case string:
		if hash, ok := ledger.ParseText(v); ok {
			found = append(found, hash)
		}
	case []any:
		for _, e := range v {
			found = hashesIn(e, found)
		}
	case map[string]any:
		for _, e := range v {
			found = hashesIn(e, found)
		}
	}
	return found
}

// writeHashes writes the hashes of all leaves into a decision's file, unless there are too many.
func (j job) writeHashes(p *pen, wanted bool) error {
	p.raw(",\n\"leaf_hashes\":[")
	first := true
	for from := int64(0); wanted && j.head.Size <= mostHashes && from < j.head.Size; from += entriesAtOnce {
		es, err := ledger.Entries(j.tx, j.group.Log(), from, entriesAtOnce)
		if err != nil {
			return err
		}
		for _, e := range es {
			h := tlog.RecordHash([]byte(e.Leaf))
			p.item(&first)
			p.value(base64.StdEncoding.EncodeToString(h[:]))
		}
	}
	p.raw("]")
	return p.err
}

// checkpoint is the checkpoint as people compare it.
func (j job) checkpoint() string { return j.head.Short() }
