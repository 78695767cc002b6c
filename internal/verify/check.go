package verify

import (
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"folkmoot/internal/merkle"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// checker reads a file from front to back and checks it on the way. What later parts need of earlier ones is in book.
type checker struct {
	s    *scanner
	rep  Report
	book *book

	selected []int64 // the entries that the selection names, not yet met
	decided  int     // decisions read
}

// file reads the sections in their order.
func (c *checker) file() *Problem {
	if err := c.s.expect('{'); err != nil {
		return unusable(err)
	}
	sections := []struct {
		name string
		read func() *Problem
	}{
		{"format", c.format}, {"scope", c.scope}, {"group", c.group}, {"log", c.log}, {"names_hidden", c.hidden},
		{"entries", c.entries}, {"leaf_hashes", c.leafHashes}, {"names", c.names}, {"decisions", c.decisions},
	}
	for i, s := range sections {
		name, ok, err := c.s.key(i == 0)
		if err != nil {
			return unusable(err)
		}
		if !ok || name != s.name {
			return unusable(fmt.Errorf("%s stands where %s should", strconv.Quote(short(name)), s.name))
		}
		if p := s.read(); p != nil {
			return p
		}
	}
	if err := c.s.expect('}'); err != nil {
		return unusable(err)
	}
	if err := c.s.end(); err != nil {
		return unusable(err)
	}
	return nil
}

// short is a text from the file as it may stand in a sentence.
func short(s string) string {
	if len(s) > 40 {
		s = strings.ToValidUTF8(s[:40], "") + "…"
	}
	return strings.Map(func(r rune) rune {
		if unseen(r) {
			return '\uFFFD'
		}
		return r
	}, s)
}

// unseen says whether the character would begin a line of its own, steer a terminal or turn the line round: a file must
// not speak where its verdict is shown.
func unseen(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) }

// object reads an object with exactly the names.
func (c *checker) object(names ...string) (object, *Problem) {
	v, err := c.s.value(0)
	if err != nil {
		return nil, unusable(err)
	}
	m, ok := v.(map[string]any)
	if !ok {
		return nil, unusable(errors.New("an object is missing"))
	}
	if err := object(m).exactly(names...); err != nil {
		return nil, unusable(err)
	}
	return m, nil
}

func (c *checker) text() (string, *Problem) {
	v, err := c.s.value(0)
	if err != nil {
		return "", unusable(err)
	}
	s, ok := v.(string)
	if !ok {
		return "", unusable(errors.New("a text is missing"))
	}
	return s, nil
}

func (c *checker) format() *Problem {
	f, p := c.text()
	if p == nil && f != Format {
		return problem(Unusable, "format", []any{"Format", short(f)})
	}
	return p
}

func (c *checker) scope() (p *Problem) {
	c.rep.Scope, p = c.text()
	if p == nil && c.rep.Scope != Decision && c.rep.Scope != Meeting && c.rep.Scope != Everything {
		return unusable(fmt.Errorf("its scope is %q", short(c.rep.Scope)))
	}
	return p
}

func (c *checker) group() *Problem {
	o, p := c.object("ref", "name")
	if p == nil {
		c.rep.Ref, c.rep.Group = o.str("ref"), o.str("name")
		if strings.ContainsFunc(c.rep.Group, unseen) {
			return unusable(errors.New("the group's name has characters that nobody sees"))
		}
	}
	return p
}

func (c *checker) log() *Problem {
	o, p := c.object("origin", "key", "checkpoint", "selection")
	if p != nil {
		return p
	}
	c.rep.Key = o.str("key")
	if _, err := note.NewVerifier(c.rep.Key); err != nil || strings.ContainsFunc(c.rep.Key, unseen) {
		return broken("key")
	}
	var err error
	if c.rep.Checkpoint, err = merkle.Open(o.str("checkpoint"), c.rep.Key); err != nil || !plain(o.str("checkpoint")) {
		c.rep.Checkpoint = merkle.Checkpoint{}
		return broken("signature")
	}
	origin := "folkmoot/" + c.rep.Ref
	if c.rep.Checkpoint.Origin != origin || o.str("origin") != origin || c.rep.Checkpoint.Text() != body(o.str("checkpoint")) {
		return broken("origin", "Origin", short(c.rep.Checkpoint.Origin), "Group", short(c.rep.Ref))
	}
	if c.rep.Checkpoint.Size < 1 {
		return broken("empty")
	}
	return c.selection(o.str("selection"))
}

// plain says whether a note has one signature, written in the one way there is to write it.
func plain(signed string) bool {
	_, last, ok := strings.Cut(signed, "\n\n")
	if !ok || strings.Count(last, "\n") != 1 {
		return false
	}
	fields := strings.Split(strings.TrimSuffix(last, "\n"), " ")
	if len(fields) != 3 || fields[0] != "—" {
		return false
	}
	_, err := base64.StdEncoding.Strict().DecodeString(fields[2])
	return err == nil
}

// body returns the text of a note.
func body(signed string) string {
	text, _, _ := strings.Cut(signed, "\n\n")
	return text + "\n"
}

// selection checks which entries of the log a decision's file has to hold.
func (c *checker) selection(signed string) *Problem {
	if c.rep.Scope == Everything {
		if signed != "" {
			return broken("selection")
		}
		return nil
	}
	sel, err := merkle.OpenSelection(signed, c.rep.Key)
	if err != nil || !plain(signed) || sel.Checkpoint != c.rep.Checkpoint || !strings.HasPrefix(sel.Of, c.rep.Scope+"/") ||
		sel.Text() != body(signed) {
		return broken("selection")
	}
	c.selected = sel.Entries
	c.book.only = strings.TrimPrefix(sel.Of, Decision+"/")
	return nil
}

func (c *checker) hidden() *Problem {
	v, err := c.s.value(0)
	if err != nil {
		return unusable(err)
	}
	hidden, ok := v.(bool)
	if !ok {
		return unusable(errors.New("names_hidden is neither true nor false"))
	}
	c.rep.NamesHidden = hidden
	return nil
}

// each reads an array and calls f before each of its elements.
func (c *checker) each(f func() *Problem) *Problem {
	if err := c.s.expect('['); err != nil {
		return unusable(err)
	}
	for first := true; ; first = false {
		more, err := c.s.element(first)
		if err != nil {
			return unusable(err)
		}
		if !more {
			return nil
		}
		if p := f(); p != nil {
			return p
		}
	}
}

func (c *checker) entries() *Problem {
	var tree compact
	all := c.rep.Scope == Everything
	p := c.each(func() *Problem {
		before := c.s.room
		e, p := c.entry()
		if p != nil {
			return p
		}
		if strings.HasPrefix(e.kind, "post.") {
			c.s.room = before // talk is checked and let go
		}
		if all {
			tree.add(e.hash)
			c.rep.leaves = append(c.rep.leaves, e.hash)
		}
		c.rep.Entries++
		c.rep.seen[e.n] = seen{e.hash, e.kind}
		if e.kind == "ballot.closed" && e.data.str("outcome") == "inquorate" {
			c.rep.seen[e.n] = seen{e.hash, e.kind + ".inquorate"} // nothing was counted, which is said in other words
		}
		c.rep.Until = e.at
		if p := c.book.note(e); p != nil {
			return p.of(e)
		}
		return nil
	})
	switch {
	case p != nil:
		return p
	case all && int64(c.rep.Entries) != c.rep.Checkpoint.Size:
		return broken("count", "Have", c.rep.Entries, "Want", c.rep.Checkpoint.Size)
	case all && tree.root() != c.rep.Checkpoint.Root:
		return broken("root")
	case len(c.selected) > 0:
		return broken("missing", "N", c.selected[0])
	}
	return c.settled()
}

// settled checks what can only be known once all entries are read.
func (c *checker) settled() *Problem {
	b := c.book
	for _, t := range b.gone {
		if !b.removals[t.hash] && !b.unnamed[t.member] {
			return broken("removed", "N", t.n)
		}
	}
	c.rep.Removed, c.rep.keys, c.rep.losses = len(b.gone), b.keys, b.losses
	if len(b.keys) == 0 {
		return broken("start")
	}
	c.rep.Rekeyed = b.keys[len(b.keys)-1].n
	if b.keys[len(b.keys)-1].key != c.rep.Key {
		return broken("other_key")
	}
	for _, of := range slices.Sorted(maps.Keys(b.ballots)) {
		if bal := b.ballots[of]; bal.closed != nil && !bal.decided {
			return broken("undecided", "N", bal.closed.n)
		}
	}
	if b.name.known() && b.name.s != c.rep.Group {
		return broken("group_name", "Name", short(c.rep.Group))
	}
	return nil
}

func (c *checker) leafHashes() *Problem {
	var tree compact
	var n int64
	p := c.each(func() *Problem {
		s, p := c.text()
		if p != nil {
			return p
		}
		h, err := parseHash(s)
		if err != nil {
			return unusable(err)
		}
		if e, ok := c.rep.seen[n]; ok && e.hash != h {
			return broken("leaf_hash", "N", n)
		}
		tree.add(h)
		if c.rep.Scope != Everything {
			c.rep.leaves = append(c.rep.leaves, h)
		}
		n++
		return nil
	})
	if p == nil && n > 0 && (n != c.rep.Checkpoint.Size || tree.root() != c.rep.Checkpoint.Root) {
		return broken("leaf_hashes")
	}
	return p
}

func parseHash(s string) (h tlog.Hash, err error) {
	b, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil || len(b) != len(h) {
		return h, fmt.Errorf("%q is no hash", short(s))
	}
	return tlog.Hash(b), nil
}

func (c *checker) names() *Problem {
	v, err := c.s.value(0)
	if err != nil {
		return unusable(err)
	}
	given, ok := v.(map[string]any)
	if !ok {
		return unusable(errors.New("names is no object"))
	}
	if c.rep.NamesHidden {
		if len(given) > 0 {
			return broken("hidden")
		}
		return nil
	}
	for ref, name := range given {
		if known := c.book.members[ref]; !known.known() || known.s != name {
			return broken("name", "Ref", short(ref))
		}
	}
	for ref, name := range c.book.members {
		if _, ok := given[ref]; !ok && name.known() {
			return broken("name", "Ref", short(ref))
		}
	}
	return nil
}

func (c *checker) decisions() *Problem {
	p := c.each(func() *Problem {
		before := c.s.room
		v, err := c.s.value(0)
		if err != nil {
			return unusable(err)
		}
		c.s.room = before // it is not kept
		o, ok := v.(map[string]any)
		if !ok {
			return unusable(errors.New("a decision is no object"))
		}
		if c.decided == len(c.book.decisions) {
			return broken("no_decision", "Number", short(object(o).str("number")))
		}
		d := c.book.decisions[c.decided]
		c.decided++
		c.rep.Decisions = append(c.rep.Decisions, d.number)
		return c.book.compare(d, o)
	})
	if p == nil && c.decided < len(c.book.decisions) {
		return broken("decision_missing", "Number", c.book.decisions[c.decided].number)
	}
	return p
}
