package verify_test

import (
	"testing"
	"time"

	"folkmoot/internal/verify"
)

// votesOf are three votes by name.
func votesOf(choices ...string) []any {
	out := []any{}
	for i, who := range []string{"m_ada", "m_bo", "m_cy"} {
		if i < len(choices) {
			out = append(out, data{"member": who, "choice": choices[i]})
		}
	}
	return out
}

// TestARecordOfARoomHolds: votes that lasted their window, half a minute more, and less because all had voted; in secret, and by name.
func TestARecordOfARoomHolds(t *testing.T) {
	l := newLog(t)
	l.begin()
	two := counted{yes: 2, quorum: 2, outcome: "carried", reason: "enough_for"}
	in := func(c counted, r roomed) counted {
		c.room = &r
		return c
	}
	sealed := open
	sealed.codes = []string{"AAAA", "BBBB", "CCCC"}
	some := func(d data) { d["entitled"] = 2 } // not everybody was there
	part := two
	part.opened = some
	few := counted{yes: 1, quorum: 2, outcome: "inquorate", reason: "too_few_voted"}
	all := []data{
		l.decide(1, in(open, roomed{})),
		l.decide(2, in(open, roomed{early: 20 * time.Second})),
		l.decide(3, in(two, roomed{extended: []data{{"why": "connections"}}})),
		l.decide(4, in(sealed, roomed{early: 20 * time.Second, window: 10 * time.Minute})),
		l.decide(5, in(open, roomed{named: true, votes: votesOf("for", "against", "for")})),
		l.decide(6, in(few, roomed{named: true})),
		l.decide(7, in(part, roomed{early: time.Second})),
	}
	wantHolds(t, check(t, l.file(all, nil)))
	for _, d := range all {
		wantHolds(t, check(t, l.file([]data{d}, entriesOf(d))))
	}
}

// TestForgedRooms: what did not happen in the room, or could not, is found.
func TestForgedRooms(t *testing.T) {
	two := counted{yes: 2, quorum: 2, outcome: "carried", reason: "enough_for"}
	opening := func(c counted, change func(data)) counted {
		c.opened = change
		return c
	}
	closing := func(c counted, change func(data)) counted {
		c.closed = change
		return c
	}
	say := func(name string, v any) func(data) { return func(d data) { d[name] = v } }
	later := func(d data) data { d["why"] = "connections"; return d }
	for name, c := range map[string]struct {
		c    counted
		room roomed
		want string
	}{
		"too short":                        {open, roomed{window: 19 * time.Second}, "ballot_times"},
		"too long":                         {open, roomed{window: 10*time.Minute + time.Millisecond}, "ballot_times"},
		"early, and one had not voted":     {two, roomed{early: time.Second}, "ballot_times"},
		"early, and it is not said":        {closing(open, func(d data) { delete(d, "closes_at") }), roomed{early: time.Second}, "differs"},
		"late, and nothing extended it":    {open, roomed{early: -30 * time.Second}, "ballot_times"},
		"before it opened":                 {open, roomed{early: 61 * time.Second}, "ballot_times"},
		"extended by a minute":             {two, roomed{extended: []data{later(data{"closes_at": "2026-03-02T11:00:00.000Z"})}}, "ballot_times"},
		"extended twice":                   {two, roomed{extended: []data{later(data{}), later(data{})}}, "ballot_times"},
		"another meeting":                  {open, roomed{scheduled: say("meeting", "meeting/4")}, "room"},
		"no meeting is named":              {open, roomed{scheduled: say("meeting", "")}, "agenda"},
		"it was to be decided online":      {open, roomed{online: true}, "agenda"},
		"more on the roll than were there": {opening(open, say("present", 2)), roomed{}, "room"},
		"more on the roll than may vote":   {opening(open, func(d data) { d["present"], d["entitled"] = 9, 9 }), roomed{}, "roll"},
		"more active than may vote":        {opening(open, func(d data) { d["active"], d["quorum"] = 9, 3 }), roomed{}, "roll"},
		"a smaller quorum":                 {opening(open, say("quorum", 1)), roomed{}, "quorum"},
		"the second round":                 {opening(open, say("round", 2)), roomed{}, "room"},
		"decided elsewhere":                {open, roomed{decided: say("meeting", "meeting/4")}, "decided_where"},
		"decided nowhere":                  {open, roomed{decided: func(d data) { delete(d, "meeting") }}, "decided_where"},
		"names that nobody was told of":    {open, roomed{votes: votesOf("for", "against", "for")}, "names"},
		"no names":                         {open, roomed{named: true}, "names"},
		"a name is lacking":                {open, roomed{named: true, votes: votesOf("for", "against")}, "names"},
		"a name twice":                     {open, roomed{named: true, votes: append(votesOf("for", "against"), data{"member": "m_ada", "choice": "for"})}, "names"},
		"a stranger":                       {open, roomed{named: true, votes: append(votesOf("for", "against"), data{"member": "m_eve", "choice": "for"})}, "names"},
		"another choice":                   {open, roomed{named: true, votes: votesOf("for", "against", "against")}, "names"},
		"something beside a name":          {open, roomed{named: true, votes: append(votesOf("for", "against"), data{"member": "m_cy", "choice": "for", "at": "20:00"})}, "names"},
		"names of too few":                 {counted{yes: 1, quorum: 2, outcome: "inquorate", reason: "too_few_voted"}, roomed{named: true, votes: votesOf("for")}, "names"},
		"online, and somebody was present": {opening(open, func(d data) { delete(d, "meeting"); delete(d, "named") }), roomed{decided: func(d data) { delete(d, "meeting") }}, "room"},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLog(t)
			l.begin()
			c.c.room = &c.room
			wantProblem(t, check(t, l.file([]data{l.decide(1, c.c)}, nil)), verify.Broken, c.want)
		})
	}
	t.Run("it had left the agenda", func(t *testing.T) {
		l := newLog(t)
		l.begin()
		c := open
		c.room = &roomed{then: func() {
			l.add("", "motion.not_reached", "motion/1", data{"meeting": "meeting/3", "meetings": 1, "opens_at": ""})
		}}
		wantProblem(t, check(t, l.file([]data{l.decide(1, c)}, nil)), verify.Broken, "room")
	})
	t.Run("it leaves an agenda it is not on", func(t *testing.T) {
		l := newLog(t)
		l.begin()
		c := open
		c.room = &roomed{then: func() {
			l.add("", "motion.not_reached", "motion/1", data{"meeting": "meeting/9", "meetings": 1, "opens_at": ""})
		}}
		wantProblem(t, check(t, l.file([]data{l.decide(1, c)}, nil)), verify.Broken, "agenda")
	})
	t.Run("an online vote that closed early", func(t *testing.T) {
		l := newLog(t)
		l.begin()
		c := closing(open, say("closes_at", stamp(l.at.Add(24*time.Hour))))
		wantProblem(t, check(t, l.file([]data{l.decide(1, c)}, nil)), verify.Broken, "ballot_times")
	})
}
