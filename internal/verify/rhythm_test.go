package verify

import (
	"strings"
	"testing"
	"time"
)

// TestRhythmForged: a meeting that the rule is said to have called was called by it: the rules have one, the day is that of the rhythm, nobody had called one for that week, and
// all heard of it in time; and who says where it is could.
func TestRhythmForged(t *testing.T) {
	start := time.Date(2026, 3, 2, 19, 0, 0, 0, time.UTC)
	at := func(days int) time.Time { return start.AddDate(0, 0, days) }
	text := func(s string) words { return words{s: s, isSet: true} }
	// call is an entry that calls a meeting which opens so many days after the start, noticed so many days before.
	call := func(number string, opens, before int, by string) entry {
		when := at(opens).AddDate(0, 0, -before)
		d := object{
			"kind": "ordinary", "cause": "rulebook/1", "opens": at(opens).Format(stamp), "stop": at(opens).Add(time.Hour).Format(stamp), "lot_at": when.Add(time.Hour).Format(stamp),
			"commit": strings.Repeat("0", 64), "jobs_commit": strings.Repeat("0", 64), "call": "", "items": []any{},
		}
		for _, k := range []string{"place", "link", "dial_in"} {
			d[k] = text("")
		}
		if by != "" {
			d["cause"] = "j_power"
		}
		return entry{at: when, kind: "meeting.called", of: "meeting/" + number, by: by, data: d}
	}
	unheld := func(number string, day int) entry {
		return entry{at: at(day), kind: "meeting.ended", of: "meeting/" + number, data: object{"how": "unheld", "most": int64(0), "left": []any{}}}
	}
	placed := func(day int, by, cause, where string) entry {
		return entry{at: at(day), kind: "meeting.placed", of: "meeting/1", by: by, data: object{"cause": cause, "place": text(where), "link": text(""), "dial_in": text("")}}
	}
	set := func(e entry, k string, v any) entry {
		e.data[k] = v
		return e
	}
	none, other := voting{notice: 7}, voting{notice: 14, everyWeeks: 4}
	for name, x := range map[string]struct {
		rules  *voting
		says   []entry
		broken bool // by the last
	}{
		"called by the rule":                 {nil, []entry{call("1", 28, 8, "")}, false},
		"and again":                          {nil, []entry{call("1", 28, 8, ""), unheld("1", 28), call("2", 56, 8, "")}, false},
		"the clock is late":                  {nil, []entry{call("1", 28, 8, ""), unheld("1", 28), call("2", 63, 7, "")}, false},
		"beside one that is far off":         {nil, []entry{call("1", 40, 30, "m_ada"), call("2", 28, 8, "")}, false},
		"the rules have no rhythm":           {&none, []entry{call("1", 28, 8, "")}, true},
		"by rules that are not in force":     {nil, []entry{set(call("1", 28, 8, ""), "cause", "rulebook/2")}, true},
		"members asked for it, it is said":   {nil, []entry{set(call("1", 28, 8, ""), "kind", "special")}, true},
		"notice is too short":                {nil, []entry{call("1", 28, 6, "")}, true},
		"notice is too short by these rules": {&other, []entry{call("1", 28, 8, "")}, true},
		"long before":                        {nil, []entry{call("1", 28, 15, "")}, true},
		"before it was due":                  {nil, []entry{call("1", 28, 8, ""), unheld("1", 28), call("2", 56, 9, "")}, true},
		"the clock is very late":             {nil, []entry{call("1", 28, 8, ""), unheld("1", 28), call("2", 140, 13, "")}, false},
		"sooner than the rhythm has it":      {nil, []entry{call("1", 28, 8, ""), unheld("1", 28), call("2", 49, 8, "")}, true},
		"while one is called":                {nil, []entry{call("1", 30, 20, "m_ada"), call("2", 28, 8, "")}, true},
		"twice":                              {nil, []entry{call("1", 28, 8, ""), call("2", 28, 8, "")}, true},
		"a member says where":                {nil, []entry{call("1", 28, 8, ""), placed(21, "m_bo", "", "The hall")}, false},
		"whoever convenes says otherwise":    {nil, []entry{call("1", 28, 8, ""), placed(21, "m_bo", "", "The hall"), placed(22, "m_ada", "j_power", "The mill")}, false},
		"another member says otherwise":      {nil, []entry{call("1", 28, 8, ""), placed(21, "m_bo", "", "The hall"), placed(22, "m_bo", "", "The mill")}, true},
		"somebody else does":                 {nil, []entry{call("1", 28, 8, ""), placed(21, "m_elsewhere", "", "The hall")}, true},
		"without the power":                  {nil, []entry{call("1", 28, 8, ""), placed(21, "m_bo", "j_power", "The hall")}, true},
		"nowhere":                            {nil, []entry{call("1", 28, 8, ""), placed(21, "m_bo", "", "")}, true},
		"after it began":                     {nil, []entry{call("1", 28, 8, ""), placed(29, "m_bo", "", "The hall")}, true},
		"of one that somebody called":        {nil, []entry{call("1", 28, 8, "m_ada"), placed(21, "m_bo", "", "The hall")}, true},
	} {
		b := newBook()
		b.rules[1] = rules{votes: voting{everyWeeks: 4, notice: 7}}
		if x.rules != nil {
			b.rules[1] = rules{votes: *x.rules}
		}
		b.people["m_ada"], b.people["m_bo"] = &person{}, &person{}
		b.assembly.jobs["j_power"] = &held{member: "m_ada", job: "convene"}
		for i, e := range x.says {
			last := i == len(x.says)-1
			if ok := b.meets(e); ok != (!last || !x.broken) {
				t.Errorf("%s: entry %d holds: %v", name, i, ok)
			}
		}
	}
}
