package verify

import (
	"testing"
)

// TestWhoIsElectedFollows: of an election in which a alone, and b and c together, take the two places, every entry that says otherwise is named,
// although it is properly signed: that somebody else was elected or could be voted on, that who is no member stands, that somebody holds the seat
// of others or by a decision that elected nobody, or shares a place with whom they did not stand.
func TestWhoIsElectedFollows(t *testing.T) {
	stands := func(ref, who, share string) told {
		d := object{"candidate": ref, "member": who}
		if share != "" {
			d["share"] = share
		}
		return told{"candidate.stands", who, d}
	}
	term := func(who string, seat int64, share string) told {
		d := object{"member": who, "seat": seat, "cause": "decision/2026-001"}
		if share != "" {
			d["share"] = share
		}
		return told{"term.begun", "", d}
	}
	all := []told{
		{"election.opened", "", object{"seats": []any{int64(2), int64(1)}}},
		stands("c_a", "a", ""), stands("c_b", "b", "c_b"), stands("c_c", "c", "c_b"), stands("c_d", "d", "c_b"), stands("c_e", "e", ""),
		{"candidate.parted", "", object{"candidate": "c_d"}},
		stands("c_d", "d", ""),
		{"election.counted", "", object{"decision": "decision/2026-001", "elected": []any{"c_b", "c_a"}}},
		term("a", 1, ""), term("b", 2, "c_b"), term("c", 2, "c_b"),
	}
	first := func(said []told) int {
		closed := entry{data: object{"elected": []any{"c_b", "c_a"}}}
		paper := []any{"c_b", "c_e", "c_d", "c_a", "ron"}
		b := newBook()
		for _, who := range []string{"a", "b", "c", "d", "e"} {
			b.people[who] = &person{}
		}
		b.byNumber["2026-001"] = &decision{ballot: &ballot{closed: &closed, opened: entry{data: object{"contest": map[string]any{"options": paper}}}}}
		n, p := b.firstWrong(t, "election/1", b.aboutElection, said)
		if p != nil && (p.ID != "verify.election" || p.Args["N"] != int64(n)) {
			t.Errorf("entry %d: %v", n, p)
		}
		return n
	}
	if n := first(all); n >= 0 {
		t.Fatalf("entry %d is said to be wrong", n)
	}
	for name, forged := range map[string]forgery{
		"a share of somebody who stood alone":       {9, object{"share": "c_b"}},
		"a share that is another one":               {10, object{"share": "c_a"}},
		"a share that is left out":                  {11, object{"share": ""}},
		"who stepped out of the share":              {11, object{"member": "d"}},
		"who was not elected":                       {9, object{"member": "e", "share": ""}},
		"who did not stand":                         {9, object{"member": "x"}},
		"the seat of others":                        {9, object{"seat": int64(2)}},
		"the same person twice":                     {11, object{"member": "b"}},
		"a candidature in the name of somebody":     {2, object{"member": "x"}},
		"somebody elected whom the vote did not":    {8, object{"elected": []any{"c_e", "c_a"}}},
		"an election by a decision that is unknown": {8, object{"decision": "decision/2026-009"}},
		"somebody who stands is not on the paper":   {8, object{}},
		"a candidature of nobody":                   {5, object{"member": "x"}},
		"the election begins anew":                  {6, object{}},
		"a term by a decision on something else":    {9, object{"cause": "decision/2026-002"}},
	} {
		said := forged.in(all)
		switch name {
		case "somebody who stands is not on the paper":
			said[7].data = object{"candidate": "c_f", "member": "d"}
		case "a candidature of nobody":
			said[5].by = "x"
		case "the election begins anew":
			said[6] = all[0]
		}
		if n := first(said); n != forged.at {
			t.Errorf("%s: entry %d is named, want %d", name, n, forged.at)
		}
	}
}
