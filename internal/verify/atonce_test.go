package verify

import (
	"maps"
	"testing"
	"time"
)

// TestForgedAtOnce: what people who were together decided on the spot is one sentence of whoever asks, is about nobody, and stands only if nobody had a concern; whoever
// tells it otherwise is found out.
func TestForgedAtOnce(t *testing.T) {
	at := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	words := object{"kind": "action", "about_person": false, "clauses": []any{map[string]any{"id": int64(1)}}}
	type made struct {
		e      entry
		words  object
		m      *motion
		closes time.Time
	}
	begin := func() made {
		opened := object{
			"method": "at_once", "round": int64(1), "secret": false, "active": int64(3), "entitled": int64(3), "seats": int64(1), "quorum": int64(2),
			"opens_at": at.Format(stamp), "closes_at": at.Add(2 * time.Minute).Format(stamp), "call": map[string]any{"aside_num": int64(0), "aside_den": int64(1), "blocks": int64(1)},
		}
		return made{entry{n: 7, by: "m_ada", of: "ballot/b_1", at: at, stamp: at.Format(stamp), data: opened}, maps.Clone(words), &motion{mover: "m_ada"}, at.Add(2 * time.Minute)}
	}
	rules := voting{consensus: true, asideNum: 1, asideDen: 3, twoBlocksAbove: 12}
	finds := func(x made) bool {
		b := newBook()
		v := version{number: 1, stamp: at.Format(stamp), data: x.words}
		x.m.versions = append(x.m.versions, v)
		return b.inRoom(x.e, x.m, v, at, x.closes) != nil || !rules.agrees(x.e.data)
	}
	if finds(begin()) {
		t.Fatal("what is true does not hold")
	}
	for name, forge := range map[string]func(x *made){
		"somebody else's sentence":    func(x *made) { x.m.mover = "m_bo" },
		"nobody's":                    func(x *made) { x.m.mover, x.e.by = "", "" },
		"an old sentence":             func(x *made) { x.e.stamp = at.Add(time.Second).Format(stamp) },
		"a sentence that was changed": func(x *made) { x.m.versions = []version{{number: 1}} },
		"a second round":              func(x *made) { x.e.data["round"] = int64(2) },
		"after another vote":          func(x *made) { x.m.rounds = []*ballot{{}} },
		"a large group":               func(x *made) { x.e.data["entitled"] = int64(8) },
		"in secret":                   func(x *made) { x.e.data["secret"] = true },
		"in a meeting":                func(x *made) { x.e.data["meeting"] = "meeting/1" },
		"by name":                     func(x *made) { x.e.data["named"] = true },
		"an election":                 func(x *made) { x.words["kind"] = "election" },
		"money":                       func(x *made) { x.words["kind"] = "money" },
		"about a person":              func(x *made) { x.words["about_person"] = true },
		"with an effect":              func(x *made) { x.words["effect"] = map[string]any{"kind": "end_term"} },
		"two sentences":               func(x *made) { x.words["clauses"] = []any{1, 2} },
		"for an hour":                 func(x *made) { x.closes = at.Add(time.Hour) },
		"one may stand aside":         func(x *made) { x.e.data.obj("call")["aside_num"] = int64(1) },
		"two must block":              func(x *made) { x.e.data.obj("call")["blocks"] = int64(2) },
	} {
		x := begin()
		if forge(&x); !finds(x) {
			t.Errorf("%s: not found", name)
		}
	}
	// Where too few answered, its writer calls on it again within a day, and only then.
	for name, f := range map[string]struct {
		later   time.Duration
		outcome string
		ok      bool
	}{"too few answered": {time.Hour, "inquorate", true}, "the next day": {24 * time.Hour, "inquorate", false}, "somebody had a concern": {time.Hour, "not_agreed", false}} {
		x := begin()
		first := &ballot{opened: begin().e, closed: &entry{data: object{"outcome": f.outcome}}}
		b, v := newBook(), version{number: 1, stamp: at.Format(stamp), data: x.words}
		x.m.versions, x.m.rounds = []version{v}, []*ballot{first}
		x.e.at = at.Add(f.later)
		x.e.stamp, x.e.data["round"] = x.e.at.Format(stamp), int64(2)
		if p := b.inRoom(x.e, x.m, v, x.e.at, x.e.at.Add(2*time.Minute)); (p == nil) != f.ok {
			t.Errorf("%s: %v", name, p)
		}
	}
	closing := func(agree, aside, block int64) object {
		return object{"method": "at_once", "agree": agree, "reservation": int64(0), "aside": aside, "block": block, "said": []any{}}
	}
	plain := closing(3, 0, 0)
	delete(plain, "method")
	for name, c := range map[string]struct {
		closed  object
		outcome string // "": it is found out
	}{
		"all agree":               {closing(3, 0, 0), "carried"},
		"one has a concern":       {closing(2, 1, 0), "not_agreed"},
		"one blocks":              {closing(2, 0, 1), ""},
		"it is not said how":      {plain, ""},
		"one is counted too many": {closing(3, 1, 0), ""},
	} {
		bal := &ballot{opened: begin().e, end: at.Add(2 * time.Minute)}
		if outcome, _, p := bal.agreed(entry{data: c.closed}, 3); outcome != c.outcome || (p != nil) != (c.outcome == "") {
			t.Errorf("%s: %q, %v", name, outcome, p)
		}
	}
	for turnout, ok := range map[int64]bool{3: true, 2: false} {
		bal := &ballot{opened: begin().e, end: at.Add(2 * time.Minute)}
		early := entry{at: at.Add(time.Minute), data: object{"closes_at": at.Add(time.Minute).Format(stamp), "turnout": turnout}}
		if p := bal.ends(early); (p == nil) != ok {
			t.Errorf("it closes early after %d of 3: %v", turnout, p)
		}
	}
}
