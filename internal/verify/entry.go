package verify

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"folkmoot/internal/merkle"

	"golang.org/x/mod/sumdb/tlog"
)

// stamp is how leaves write instants: so that they sort as text.
const stamp = "2006-01-02T15:04:05.000Z"

// entry is one entry of the log whose leaf, place, time, texts and proof have been found in order.
type entry struct {
	n     int64
	at    time.Time
	stamp string
	by    string
	kind  string
	of    string
	data  object // with its texts as words
	hash  tlog.Hash
	gone  []string // hashes of the texts that were removed
}

// words is a text in a leaf's data.
type words struct {
	s     string
	lack  bool // removed or withheld
	isSet bool
}

func (w words) known() bool { return w.isSet && !w.lack }

// value is the text as a decision shows it: null where it is lacking.
func (w words) value() any {
	if !w.known() {
		return nil
	}
	return w.s
}

func (o object) words(name string) words { w, _ := o[name].(words); return w }

// entry reads and checks one entry.
func (c *checker) entry() (e entry, p *Problem) {
	names := []string{"n", "leaf", "texts"}
	if c.rep.Scope != Everything {
		names = append(names, "proof")
	}
	o, p := c.object(names...)
	if p != nil {
		return e, p
	}
	n, ok := o["n"].(int64)
	if !ok || n < 0 || n >= c.rep.Checkpoint.Size {
		return e, broken("number", "N", show(o["n"]))
	}
	if p := c.turn(n); p != nil {
		return e, p
	}
	if e, p = c.leaf(n, o.str("leaf")); p != nil {
		return e, p
	}
	texts, ok := o["texts"].(map[string]any)
	if !ok {
		return e, unusable(errors.New("texts is no object"))
	}
	if p := c.fill(&e, texts); p != nil {
		return e, p.of(e)
	}
	if c.rep.Scope != Everything {
		return e, c.proof(e, o.list("proof"))
	}
	return e, nil
}

// turn checks that it is entry n's turn.
func (c *checker) turn(n int64) *Problem {
	if c.rep.Scope == Everything {
		if n != int64(c.rep.Entries) {
			return broken("order", "N", n)
		}
		return nil
	}
	if len(c.selected) == 0 || c.selected[0] != n {
		return broken("order", "N", n)
	}
	c.selected = c.selected[1:]
	return nil
}

// leaf reads the leaf of entry n.
func (c *checker) leaf(n int64, leaf string) (e entry, p *Problem) {
	s := newScanner(strings.NewReader(leaf), int64(len(leaf))+1, c.s.room)
	v, err := s.value(0)
	if err == nil {
		err = s.end()
	}
	if errors.Is(err, errRoom) && s.room < 0 {
		return e, unusable(err)
	}
	o, ok := v.(map[string]any)
	if err != nil || !ok || object(o).exactly("at", "by", "data", "kind", "n", "of") != nil {
		return e, broken("leaf", "N", n)
	}
	c.s.room = s.room
	again, err := merkle.Canonical(o)
	if err != nil || string(again) != leaf {
		return e, broken("leaf", "N", n)
	}
	e = entry{
		n: n, stamp: object(o).str("at"), by: object(o).str("by"), kind: object(o).str("kind"), of: object(o).str("of"),
		data: object(o).obj("data"), hash: tlog.RecordHash([]byte(leaf)),
	}
	if o["n"] != n || e.data == nil {
		return e, broken("leaf_number", "N", n)
	}
	if e.at, err = time.Parse(stamp, e.stamp); err != nil || e.at.Format(stamp) != e.stamp {
		return e, broken("leaf", "N", n)
	}
	if e.at.Before(c.rep.Until) {
		return e, broken("time", "N", n)
	}
	return e, nil
}

// fill puts the texts into the data and checks each against its hash in the leaf.
func (c *checker) fill(e *entry, texts map[string]any) *Problem {
	used := 0
	var put func(path string, v any) (any, *Problem)
	put = func(path string, v any) (any, *Problem) {
		switch v := v.(type) {
		case string:
			hash, ok := strings.CutPrefix(v, merkle.TextPrefix)
			if !ok || len(hash) != 2*sha256.Size {
				return v, nil
			}
			t, ok := texts[hash].(map[string]any)
			if !ok {
				return nil, broken("text_missing", "N", e.n)
			}
			used++
			w, p := c.words(e, path, hash, t)
			return w, p
		case []any:
			for i := range v {
				var p *Problem
				if v[i], p = put(path+"[]", v[i]); p != nil {
					return nil, p
				}
			}
		case map[string]any:
			for k := range v {
				var p *Problem
				if v[k], p = put(strings.TrimPrefix(path+"."+k, "."), v[k]); p != nil {
					return nil, p
				}
			}
		}
		return v, nil
	}
	if _, p := put("", map[string]any(e.data)); p != nil {
		return p
	}
	if used != len(texts) {
		return broken("text_extra", "N", e.n)
	}
	return nil
}

func (c *checker) words(e *entry, path, hash string, t object) (words, *Problem) {
	switch {
	case t.exactly("removed") == nil && t.flag("removed"):
		e.gone = append(e.gone, hash)
		return words{lack: true, isSet: true}, nil
	case t.exactly("withheld") == nil && t.flag("withheld"):
		if !c.rep.NamesHidden || path != "name" || !strings.HasPrefix(e.kind, "member.") {
			return words{}, broken("withheld", "N", e.n)
		}
		return words{lack: true, isSet: true}, nil
	case t.exactly("salt", "text") != nil:
		return words{}, unusable(fmt.Errorf("entry %d has a text that is neither there nor gone", e.n))
	}
	text, ok := t["text"].(string)
	salt, err := hex.DecodeString(t.str("salt"))
	if err != nil || !ok || hex.EncodeToString(salt) != t.str("salt") || len(salt) < 16 {
		return words{}, broken("text", "N", e.n)
	}
	if sum := merkle.TextHash(salt, text); hex.EncodeToString(sum[:]) != hash {
		return words{}, broken("text", "N", e.n)
	}
	return words{s: text, isSet: true}, nil
}

func (c *checker) proof(e entry, list []any) *Problem {
	path := make(tlog.RecordProof, len(list))
	for i, v := range list {
		s, _ := v.(string)
		h, err := parseHash(s)
		if err != nil {
			return unusable(err)
		}
		path[i] = h
	}
	if err := tlog.CheckRecord(path, c.rep.Checkpoint.Size, c.rep.Checkpoint.Root, e.n, e.hash); err != nil {
		return broken("proof", "N", e.n)
	}
	return nil
}
