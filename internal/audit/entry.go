package audit

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"folkmoot/internal/ledger"
)

// entry is an entry of the record, read from what was hashed and from nothing else.
type entry struct {
	n    int64
	at   instant
	kind string
	of   string
	by   string
	data data
}

// data is what an entry says, with its texts as words.
type data struct {
	values map[string]any
	texts  map[[sha256.Size]byte]words
}

// read reads a leaf; before is the time of the entry ahead of it, zero for the first.
func read(leaf string, before time.Time, texts map[[sha256.Size]byte]words) (entry, error) {
	var l struct {
		At   time.Time
		By   string
		Data map[string]any
		Kind string
		N    int64
		Of   string
	}
	d := json.NewDecoder(strings.NewReader(leaf))
	d.UseNumber()
	if err := d.Decode(&l); err != nil {
		return entry{}, fmt.Errorf("read an entry: %w", err)
	}
	return entry{n: l.N, at: instant{l.At, l.At.Equal(before)}, kind: l.Kind, of: l.Of, by: l.By, data: data{l.Data, texts}}, nil
}

func (d data) has(name string) bool { _, ok := d.values[name]; return ok }

func (d data) str(name string) string { s, _ := d.values[name].(string); return s }

func (d data) flag(name string) bool { b, _ := d.values[name].(bool); return b }

// num is a number, 0 if there is none.
func (d data) num(name string) int64 {
	n, _ := d.values[name].(json.Number)
	i, err := n.Int64()
	if err != nil {
		return 0
	}
	return i
}

// count is a number as a table has to have it.
func (d data) count(name string) any {
	if !d.has(name) {
		return absent{}
	}
	return d.num(name)
}

// time is an instant that is spelt out, zero if there is none.
func (d data) time(name string) instant {
	t, err := time.Parse(time.RFC3339, d.str(name))
	if err != nil {
		return instant{}
	}
	return exactly(t)
}

// obj is what stands below a name; texts in it are found as everywhere.
func (d data) obj(name string) data {
	m, _ := d.values[name].(map[string]any)
	return data{m, d.texts}
}

// list is a list of what obj returns one of.
func (d data) list(name string) (out []data) {
	all, _ := d.values[name].([]any)
	for _, v := range all {
		m, _ := v.(map[string]any)
		out = append(out, data{m, d.texts})
	}
	return out
}

// nums is a list of numbers.
func (d data) nums(name string) (out []int64) {
	all, _ := d.values[name].([]any)
	for _, v := range all {
		n, _ := v.(json.Number)
		i, err := n.Int64()
		if err != nil {
			i = 0
		}
		out = append(out, i)
	}
	return out
}

// words is a text. One that the record does not have agrees with nothing.
func (d data) words(name string) words {
	hash, ok := ledger.ParseText(d.str(name))
	if !ok {
		return words{}
	}
	w, ok := d.texts[hash]
	if !ok {
		return words{hash: hash}
	}
	return w
}

// strs is a list of words of the program.
func (d data) strs(name string) (out []string) {
	all, _ := d.values[name].([]any)
	for _, v := range all {
		s, _ := v.(string)
		out = append(out, s)
	}
	return out
}

// orNil is nil for what the record does not say.
func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}
