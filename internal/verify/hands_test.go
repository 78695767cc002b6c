package verify_test

import (
	"maps"
	"testing"
	"time"

	"folkmoot/internal/verify"
)

// handed is a vote of three in a room, of whom one has no device and is for, and whoever counts is Ada and Bo.
func handed() roomed {
	return roomed{
		byHand: 1, tellers: []any{"m_ada", "m_bo"},
		hands: data{"how": "agreed", "turnout": 1, "signed": []any{"m_ada", "m_bo"}, "for": 1, "against": 0, "abstain": 0},
	}
}

// TestHandsHold: a show of hands that two have counted is among the votes; one on which they did not agree is not; of too few nobody has numbers.
func TestHandsHold(t *testing.T) {
	l := newLog(t)
	l.begin()
	with := func(c counted, change func(*roomed)) counted {
		r := handed()
		change(&r)
		c.room = &r
		return c
	}
	two := counted{yes: 2, quorum: 2, outcome: "carried", reason: "enough_for"}
	few := counted{yes: 1, quorum: 2, outcome: "inquorate", reason: "too_few_voted"}
	all := []data{
		l.decide(1, with(open, func(*roomed) {})),
		l.decide(2, with(open, func(r *roomed) { r.early = 20 * time.Second })),
		l.decide(3, with(two, func(r *roomed) { r.hands = data{"how": "not_given", "turnout": 0} })),
		l.decide(4, with(few, func(r *roomed) { r.hands = data{"how": "agreed", "turnout": 1, "signed": r.tellers} })),
		l.decide(5, with(two, func(r *roomed) { maps.Copy(r.hands, data{"turnout": 0, "for": 0}) })),
		l.decide(6, with(open, func(r *roomed) { r.named, r.votes = true, votesOf("for", "against") })),
	}
	wantHolds(t, check(t, l.file(all, nil)))
	for _, d := range all {
		wantHolds(t, check(t, l.file([]data{d}, entriesOf(d))))
	}
}

// TestForgedHands: whoever signs entries and tells of a show of hands otherwise than it can have been is found out, in the record and in a file.
func TestForgedHands(t *testing.T) {
	two := counted{yes: 2, quorum: 2, outcome: "carried", reason: "enough_for"}
	sealed := open
	sealed.codes = []string{"AAAA", "BBBB", "CCCC"}
	few := counted{yes: 1, quorum: 2, outcome: "inquorate", reason: "too_few_voted"}
	hands := func(kv data) func(*roomed) { return func(r *roomed) { maps.Copy(r.hands, kv) } }
	lacks := func(name string) func(*roomed) { return func(r *roomed) { delete(r.hands, name) } }
	opened := func(c counted, forge func(data)) counted { c.opened = forge; return c }
	for name, f := range map[string]struct {
		c     counted
		forge func(*roomed)
	}{
		"more hands than have no device":    {open, hands(data{"turnout": 2, "for": 2})},
		"fewer than none":                   {open, hands(data{"against": -1, "for": 2})},
		"numbers that are not their sum":    {open, hands(data{"against": 1})},
		"more against than all votes are":   {two, hands(data{"for": 0, "against": 1})},
		"no sum":                            {open, lacks("turnout")},
		"no number":                         {open, lacks("abstain")},
		"only one has signed":               {open, hands(data{"signed": []any{"m_ada"}})},
		"nobody has signed":                 {open, lacks("signed")},
		"somebody else has signed":          {open, hands(data{"signed": []any{"m_ada", "m_cy"}})},
		"something else has signed":         {open, hands(data{"signed": []any{"m_ada", data{}}})},
		"they agreed on something else":     {open, hands(data{"how": "carried"})},
		"they did not agree, and it counts": {open, hands(data{"how": "not_given"})},
		"not given, and signed":             {two, func(r *roomed) { r.hands = data{"how": "not_given", "turnout": 0, "signed": r.tellers} }},
		"not given, and numbers": {two, func(r *roomed) {
			r.hands = data{"how": "not_given", "turnout": 0, "for": 0, "against": 0, "abstain": 0}
		}},
		"numbers of too few":             {few, func(*roomed) {}},
		"who raised them":                {open, hands(data{"votes": []any{"m_cy"}})},
		"nobody has no device":           {open, func(r *roomed) { r.byHand = 0 }},
		"more than may vote":             {open, func(r *roomed) { r.byHand = 4 }},
		"one counts":                     {open, func(r *roomed) { r.tellers = []any{"m_ada"}; r.hands["signed"] = r.tellers }},
		"one counts twice":               {open, func(r *roomed) { r.tellers = []any{"m_ada", "m_ada"}; r.hands["signed"] = r.tellers }},
		"nobody counts":                  {open, func(r *roomed) { r.tellers = []any{}; r.hands["signed"] = r.tellers }},
		"a stranger counts":              {open, func(r *roomed) { r.tellers = []any{"m_ada", "m_eve"}; r.hands["signed"] = r.tellers }},
		"something counts":               {open, func(r *roomed) { r.tellers = []any{data{}, data{}}; r.hands["signed"] = r.tellers }},
		"in a secret vote":               {sealed, func(*roomed) {}},
		"nothing was said of it before":  {opened(open, func(d data) { delete(d, "by_hand"); delete(d, "tellers") }), func(*roomed) {}},
		"nothing was said of who counts": {opened(open, func(d data) { delete(d, "tellers") }), func(*roomed) {}},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLog(t)
			l.begin()
			r := handed()
			f.forge(&r)
			f.c.room = &r
			wantProblem(t, check(t, l.file([]data{l.decide(1, f.c)}, nil)), verify.Broken, "hands")
		})
	}
	t.Run("who raised a hand is named", func(t *testing.T) {
		l := newLog(t)
		l.begin()
		r, c := handed(), open
		r.named, r.votes = true, votesOf("for", "against", "for")
		c.room = &r
		wantProblem(t, check(t, l.file([]data{l.decide(1, c)}, nil)), verify.Broken, "names")
	})
	t.Run("nothing came of it", func(t *testing.T) {
		l := newLog(t)
		l.begin()
		r, c := handed(), open
		c.room, c.closed = &r, func(d data) { delete(d, "hands") }
		wantProblem(t, check(t, l.file([]data{l.decide(1, c)}, nil)), verify.Broken, "hands")
	})
	for name, forge := range map[string]func(data){
		"the file has another number": func(d data) {
			d["hands"] = data{"how": "agreed", "turnout": 1, "signed": []any{"m_ada", "m_bo"}, "for": 0, "against": 1, "abstain": 0}
		},
		"the file has no hands":         func(d data) { delete(d, "hands") },
		"the file has somebody count":   func(d data) { d["tellers"] = []any{"m_ada", "m_cy"} },
		"the file has more hands to be": func(d data) { d["by_hand"] = 2 },
	} {
		t.Run(name, func(t *testing.T) {
			l := newLog(t)
			l.begin()
			r, c := handed(), open
			c.room = &r
			d := l.decide(1, c)
			forge(d["room"].(data))
			wantProblem(t, check(t, l.file([]data{d}, nil)), verify.Broken, "differs")
		})
	}
}
