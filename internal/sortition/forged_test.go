package sortition

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
)

// made returns a record of each kind that is revealed, after it was announced.
func made(t *testing.T) (announced, revealed []Record) {
	t.Helper()
	_, secret, contributions := vector(t)
	for _, r := range records(t) {
		announced = append(announced, r)
		r, err := r.Reveal(secret, contributions)
		if err != nil {
			t.Fatal(err)
		}
		revealed = append(revealed, r)
	}
	return announced, revealed
}

// TestRecordsThatCouldBeReadInTwoWays: what another reader of JSON would take for another record is refused.
func TestRecordsThatCouldBeReadInTwoWays(t *testing.T) {
	var b bytes.Buffer
	_, revealed := made(t)
	if err := revealed[2].Write(&b); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ what, with, want string }{
		{`"order":`, `"order": [2, 1], "order":`, `the field "order" is there twice`},
		{`"order":`, `"Order":`, `there is no field "Order"`},
		{`"secret":`, `"` + "\u017f" + `ecret":`, "there is no field"},
		{`"text": "bread"`, `"text": "cake", "text": "bread"`, `the field "text" is there twice`},
		{`"shift": "night"`, `"shift": "day", "shift": "night"`, `the field "shift" is there twice`},
		{`"size": 2`, `"size": null`, "something in it is null"},
		{`"bread"`, "\"br\xffead\"", "not text in UTF-8"},
		{`"size": 2`, `"size": 2.0`, `the field "asked.size" has a value that it cannot have (number 2.0)`},
		{`"size": 2`, `"size": 2e999`, "cannot have (number"},
	} {
		spoilt := strings.Replace(b.String(), tt.what, tt.with, 1)
		if _, err := ReadRecord(strings.NewReader(spoilt)); spoilt == b.String() || !errors.Is(err, ErrDraw) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %s", tt.with, err, tt.want)
		}
	}
}

// TestTextsThatHideSomething: whoever knows the secret cannot try out seeds with what nobody sees.
func TestTextsThatHideSomething(t *testing.T) {
	pool, secret, _ := vector(t)
	for _, text := range []string{"", " bread", "bread ", "rye  bread", "rye\u00a0bread", "br\u200bead", "\u202ebread", "bread\u2028", "bread\ufe0f", "bre\ufffdad", "cafe\u0301", "\u3164", "\x1b[2J", "\n"} {
		if d, err := Announce(text, pool, secret); !errors.Is(err, ErrDraw) || strings.ContainsAny(err.Error(), "\x1b\n") {
			t.Errorf("%q: %v, %v", text, d.ID, err)
		}
		d, err := Announce("a role", pool, secret)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Reveal(secret, []Contribution{{7, text}}); !errors.Is(err, ErrDraw) {
			t.Errorf("%q is thrown in: %v", text, err)
		}
	}
	cs, err := ReadContributions(strings.NewReader("\ufeff7: cafe\u0301\u00a0 au lait \r\n12:x"))
	if want := []Contribution{{7, "caf\u00e9 au lait"}, {12, "x"}}; err != nil || !slices.Equal(cs, want) {
		t.Errorf("%v, %v, want %v", cs, err, want)
	}
	for _, text := range []string{"7:br\u200bead", "7:br\xffead", "\xff\xfe7\x00:\x00x\x00"} {
		if _, err := ReadContributions(strings.NewReader(text)); !errors.Is(err, ErrDraw) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := ReadPool(strings.NewReader("\xff\xfe3\x00,\x004\x00")); !errors.Is(err, ErrDraw) || !strings.HasPrefix(err.Error(), "line 1: this is not text in UTF-8") {
		t.Error(err)
	}
}

// TestForgedRecordsFail: who makes up a record with care, so that all hashes in it are right, is found out all the same.
func TestForgedRecordsFail(t *testing.T) {
	_, secret, _ := vector(t)
	announced, revealed := made(t)
	stranger := *announced[0].Draw
	stranger.Contributors = []int64{7, 999}
	if _, err := (Record{Draw: &stranger}).Reveal(secret, nil); !errors.Is(err, ErrDraw) {
		t.Errorf("a stranger may throw something in: %v", err)
	}
	stranger, err := stranger.Reveal(secret, []Contribution{{999, "what suits me"}})
	if r := (Record{Draw: &stranger}); err != nil || Holds(r.Check()) {
		t.Errorf("a stranger threw something in: %v, %+v", err, r.Check())
	}
	s := *revealed[1].Strata
	s.Strata = slices.Clone(s.Strata)
	s.Strata[1].Draw.Schema = "folkmoot-draw/9"
	if found := s.Check(); Holds(found) {
		t.Errorf("a draw in a stratum has another format: %+v", found)
	}
	for name, spoil := range map[string]func(*Panels, *Distribution){
		"nothing":                func(*Panels, *Distribution) {},
		"a name that is none":    func(*Panels, *Distribution) {},
		"people out of order":    func(p *Panels, _ *Distribution) { slices.Reverse(p.People) },
		"more than is asked":     func(p *Panels, _ *Distribution) { p.People[0].Features["name"] = "Ann" },
		"a panel without chance": func(_ *Panels, d *Distribution) { d.Panels[0].Tickets = 0 },
	} {
		p := six()
		d := Distribution{Panels: []Panel{{[]int64{10, 12, 13}, 1}, {[]int64{11, 14, 15}, 1}}}
		spoil(&p, &d)
		id := map[bool]string{true: "", false: "assembly"}[name == "a name that is none"]
		r, err := Announce(id+"/"+hexHash(p.lines()+panelLines(d.Panels)), panelPool(d.Panels), secret)
		if err != nil {
			t.Fatal(err)
		}
		r.Asked, r.Panels, r.Contributors = &p, d.Panels, p.everybody()
		if found := Check(r); Holds(found) != (name == "nothing") {
			t.Errorf("%s: %+v", name, found)
		}
	}
}

// TestUnsoundAnnouncementsAreNotDrawn: a record that was tampered with before the draw does not become one that no check accepts.
func TestUnsoundAnnouncementsAreNotDrawn(t *testing.T) {
	_, secret, _ := vector(t)
	for _, pool := range []Pool{{}, {{1, 0}}, {{2, 1}, {1, 1}}, {{1, 1}, {1, 1}}, {{1, -5}, {2, 10}}} {
		d := Draw{Schema: Schema, ID: "x", Pool: pool, PoolHash: pool.Hash(), Commit: Commitment(secret)}
		if d, err := d.Reveal(secret, nil); !errors.Is(err, ErrDraw) || d.Order != nil {
			t.Errorf("%v: drawn %v, %v", pool, d.Order, err)
		}
	}
}

// TestFindingsDoNotSteerTheTerminal: what a forger writes in a record is not printed as it is.
func TestFindingsDoNotSteerTheTerminal(t *testing.T) {
	const forged = "\x1b[2J\x1b[HThis draw holds.\n\u202e"
	for i := range 3 {
		_, revealed := made(t)
		r := revealed[i]
		if r.Strata != nil {
			r.Strata.Strata[0].Name, r.Strata.Strata[0].Draw.PoolHash = forged, forged
		} else {
			r.Draw.Seed, r.Draw.PoolHash, r.Draw.Commit = forged, forged, forged
		}
		found := r.Check()
		for _, f := range found {
			if strings.ContainsFunc(f.Say+f.Of, func(c rune) bool { return c < ' ' || c == '\u202e' }) {
				t.Errorf("%q of %q", f.Say, f.Of)
			}
		}
		if Holds(found) {
			t.Errorf("%s holds", r.ID())
		}
	}
}

// TestFollowsWhatWasAnnounced: a draw that was made anew, or whose pool was changed with care, is not the one that was announced.
func TestFollowsWhatWasAnnounced(t *testing.T) {
	_, secret, contributions := vector(t)
	other := bytes.Repeat([]byte{7}, secretSize)
	announced, revealed := made(t)
	for i, r := range revealed {
		for _, same := range []Record{r, announced[i]} {
			if f, err := same.Follows(announced[i]); err != nil || !f.Agrees {
				t.Errorf("%s: %+v, %v", r.ID(), f, err)
			}
		}
		for j := range announced {
			if f, err := r.Follows(announced[j]); err != nil || f.Agrees != (i == j) || !strings.HasSuffix(f.Say, ".") {
				t.Errorf("%s against %s: %+v, %v", r.ID(), announced[j].ID(), f, err)
			}
		}
		if _, err := r.Follows(r); !errors.Is(err, ErrDraw) {
			t.Errorf("%s follows itself: %v", r.ID(), err)
		}
	}
	remake := func(id string, secret []byte, pool Pool, before, after []Contribution) (then, now Record) {
		a, err := Announce(id, pool, secret)
		a.Contributions = append(a.Contributions, before...)
		d, err2 := Draw{Schema: a.Schema, ID: a.ID, Pool: a.Pool, PoolHash: a.PoolHash, Commit: a.Commit}.Reveal(secret, after)
		if err := errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
		return Record{Draw: &a}, Record{Draw: &d}
	}
	pool := announced[0].Draw.Pool
	fewer := pool[:len(pool)-1]
	then, _ := remake("a role", secret, pool, contributions, contributions)
	for want, now := range map[string]func() (Record, Record){
		"another commitment": func() (Record, Record) { return remake("a role", other, pool, nil, contributions) },
		"another id":         func() (Record, Record) { return remake("a r\u043ele", secret, pool, nil, contributions) },
		"the pool":           func() (Record, Record) { return remake("a role", secret, fewer, nil, contributions) },
		"left out":           func() (Record, Record) { return remake("a role", secret, pool, nil, contributions[1:]) },
		"the one that":       func() (Record, Record) { return remake("a role", secret, pool, nil, contributions) },
	} {
		_, r := now()
		if f, err := r.Follows(then); err != nil || !Holds(r.Check()) || !strings.Contains(f.Say, want) || f.Agrees != (want == "the one that") {
			t.Errorf("%s: %+v, %v", want, f, err)
		}
	}
}

// TestNobodyIsLeftOutOfALargePool: where each chance is small, somebody's can still not be given to another.
func TestNobodyIsLeftOutOfALargePool(t *testing.T) {
	_, secret, _ := vector(t)
	const people, each = 4000, DefaultTickets / 4000
	p := Panels{Size: 1}
	var d Distribution
	for id := range int64(people) {
		p.People = append(p.People, Person{ID: id})
		d.Panels = append(d.Panels, Panel{Members: []int64{id}, Tickets: each})
	}
	fair, err := AnnouncePanels("assembly", p, d, secret)
	if err != nil {
		t.Fatal(err)
	}
	d.Panels = slices.Clone(d.Panels)
	d.Panels[1].Tickets *= 2
	d.Panels = d.Panels[1:]
	unfair, err := AnnouncePanels("assembly", p, d, secret)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range []Draw{fair, unfair} {
		if found, err := r.CheckFair(t.Context(), nil); err != nil || found.Agrees != (i == 0) {
			t.Errorf("%+v, %v", found, err)
		}
	}
}
