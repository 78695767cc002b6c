package verify

import (
	"testing"
	"time"
)

// TestForgedAbsent: a decision that does not wait for those who were absent, objections that nobody could make, and what is said to follow from them are found out.
func TestForgedAbsent(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	when := func(d int) string { return at.Add(time.Duration(d) * day).Format(stamp) }
	word := func(s string) words { return words{s: s, isSet: true} }
	entryOf := func(kind, by string, days int, data object) entry {
		data["decision"] = "decision/2026-001"
		return entry{n: int64(days + 100), at: at.Add(time.Duration(days) * day), stamp: when(days), kind: kind, by: by, of: "decision/2026-001", data: data}
	}
	concern := func(by string, days int) entry {
		return entryOf("decision.objected", by, days, object{"how": "concern", "ground": "", "names": word(""), "text": word("Who pays?")})
	}
	block := func(by string, days int) entry {
		return entryOf("decision.objected", by, days, object{"how": "block", "ground": "aim", "names": word("Peace"), "text": word("It is no peace.")})
	}
	but := func(e entry, key string, v any) entry {
		e.data[key] = v
		return e
	}
	out := func(days int) entry { return entryOf("decision.record_out", "", days, object{"until": when(days + 5)}) }
	stands := func(days int) entry { return entryOf("decision.stands", "", days, object{}) }
	stopped := func(days int, blocks int64) entry {
		return entryOf("decision.stopped", "", days, object{"blocks": blocks})
	}
	says := object{"provisional": true}
	for name, x := range map[string]struct {
		blocks  int64 // that stop it
		first   object
		all     []entry
		archive bool
		wrong   bool
	}{
		"it stands":                           {1, says, []entry{out(1), stands(6)}, false, false},
		"it stands with a concern":            {1, says, []entry{out(1), concern("m_b", 2), stands(6)}, false, false},
		"it is stopped":                       {1, says, []entry{out(1), concern("m_b", 2), block("m_b", 3), stopped(3, 1)}, false, false},
		"before the record is out":            {1, says, []entry{block("m_b", 3), stopped(3, 1)}, false, false},
		"one block is not enough":             {2, says, []entry{out(1), block("m_b", 3), stands(6)}, false, false},
		"the group is archived":               {1, says, []entry{stands(2)}, true, false},
		"it does not say so":                  {1, object{}, nil, false, true},
		"it says until when too early":        {1, object{"provisional": true, "until": when(5)}, nil, false, true},
		"it stands before the record is out":  {1, says, []entry{stands(9)}, false, true},
		"it stands too early":                 {1, says, []entry{out(1), stands(5)}, false, true},
		"too few days":                        {1, says, []entry{but(out(1), "until", when(2))}, false, true},
		"the record is out twice":             {1, says, []entry{out(1), out(2)}, false, true},
		"it stands in spite of a block":       {1, says, []entry{out(1), block("m_b", 2), stands(6)}, false, true},
		"nobody blocks and it is stopped":     {1, says, []entry{out(1), concern("m_b", 2), stopped(2, 0)}, false, true},
		"one blocks and it is said that two":  {1, says, []entry{out(1), block("m_b", 2), stopped(2, 2)}, false, true},
		"one is not enough and stops it":      {2, says, []entry{out(1), block("m_b", 2), stopped(2, 1)}, false, true},
		"somebody blocks twice":               {2, says, []entry{out(1), block("m_b", 2), block("m_b", 3)}, false, true},
		"somebody blocks too late":            {1, says, []entry{out(1), block("m_b", 6)}, false, true},
		"nobody knows who":                    {1, says, []entry{out(1), block("m_x", 2)}, false, true},
		"it is neither a concern nor a block": {1, says, []entry{but(concern("m_b", 2), "how", "agree")}, false, true},
		"a block without a ground":            {1, says, []entry{but(block("m_b", 2), "ground", "")}, false, true},
		"a block without a reason":            {1, says, []entry{but(block("m_b", 2), "text", word(""))}, false, true},
		"a concern with a block's ground":     {1, says, []entry{but(concern("m_b", 2), "ground", "aim")}, false, true},
		"a concern after it stands":           {1, says, []entry{out(1), stands(6), concern("m_b", 6)}, false, true},
	} {
		b := newBook()
		b.rules[1] = rules{votes: voting{consensus: true, absentDays: 5}}
		for _, ref := range []string{"m_a", "m_b", "m_c"} {
			b.people[ref] = &person{in: at.Add(-30 * day)}
		}
		opened := object{"method": "consensus", "meeting": "meeting/1", "rulebook": int64(1), "opens_at": when(0), "call": map[string]any{"blocks": x.blocks}}
		d := &decision{number: "2026-001", ballot: &ballot{opened: entry{data: opened}, closed: &entry{data: object{"outcome": "carried", "turnout": int64(2), "block": int64(0)}}}}
		b.byNumber[d.number], b.archived = d, x.archive
		p := b.provisional(entry{at: at, data: x.first}, d)
		for _, e := range x.all {
			if p == nil {
				p = b.aboutDecision(e)
			}
			b.last = e.at
		}
		if (p != nil) != x.wrong {
			t.Errorf("%s: %+v", name, p)
		}
	}
}
