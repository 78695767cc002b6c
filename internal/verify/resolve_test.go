package verify

import (
	"encoding/hex"
	"testing"
	"time"
)

// TestResolutionForged: who looks for a way after a block follows from the call and from a lot that was promised before, for as long as the rules say; what they said, and what came of it, is found
// out where it cannot be so.
func TestResolutionForged(t *testing.T) {
	const of, call = "motion/1", "ballot/b_1"
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	when := func(d int) string { return at.Add(time.Duration(d) * day).Format(stamp) }
	word := func(s string) words { return words{s: s, isSet: true} }
	secret := hex.EncodeToString([]byte("a secret of the test, 32 bytes.."))
	raw, err := hex.DecodeString(secret)
	if err != nil {
		t.Fatal(err)
	}
	people := []string{"m_a", "m_b", "m_c", "m_d", "m_e"} // m_a brought it, m_b blocks
	order := lots(call+"/resolution/1", secret, []int64{1, 2, 3})
	pool := []string{"m_c", "m_d", "m_e"}
	drawn, next := pool[order[0]-1], pool[order[1]-1]
	seat := func(who, part string, number int64) any {
		return map[string]any{"member": who, "part": part, "number": number}
	}
	entryOf := func(kind, by string, days int, data object) entry {
		data["motion"], data["resolution"] = of, int64(1)
		return entry{n: int64(days + 100), at: at.Add(time.Duration(days) * day), stamp: when(days), kind: "resolution." + kind, by: by, of: of, data: data}
	}
	begun := func() entry {
		return entryOf("begun", "", 0, object{
			"ballot": call, "version": int64(1), "stops": true, "meetings": int64(2), "until": when(14), "people": int64(3), "draw": int64(1), "secret": secret,
			"next": digest([]byte("another")), "seats": []any{seat("m_a", "mover", 0), seat("m_b", "blocker", 0), seat(drawn, "drawn", order[0])},
		})
	}
	but := func(e entry, key string, v any) entry {
		e.data[key] = v
		return e
	}
	seats := func(all ...any) entry { return but(begun(), "seats", all) }
	said := func(by string, days, n int, how string) entry {
		d := object{"n": int64(n), "how": how}
		switch how {
		case "meets":
			d["text"], d["on"] = word("The loft"), when(days+1)
		case "difference":
			d["text"] = word("All but the price.")
		case "behind":
			d["version"] = int64(2)
		}
		return entryOf("said", by, days, d)
	}
	passed := func(by string, days int, number, to int64, who string) entry {
		return entryOf("passed", by, days, object{"how": "passed", "number": number, "next": to, "member": who})
	}
	lifted := func(by string, days int) entry {
		return entryOf("lifted", by, days, object{"how": "lifted", "member": by})
	}
	ended := func(days int, how string) entry { return entryOf("ended", "", days, object{"how": how}) }
	joint := func(days int) entry { return but(ended(days, "joint"), "version", int64(2)) }
	for name, x := range map[string]struct {
		all   []entry
		wrong bool
	}{
		"nothing comes of it":          {[]entry{begun(), said("m_a", 1, 1, "meets"), said("m_b", 2, 2, "difference"), ended(14, "over")}, false},
		"they agree":                   {[]entry{begun(), said("m_b", 1, 1, "behind"), joint(1)}, false},
		"the block is taken back":      {[]entry{begun(), lifted("m_b", 1), ended(1, "lifted")}, false},
		"the next is drawn":            {[]entry{begun(), passed(drawn, 1, order[0], order[1], next), said(next, 2, 1, "difference")}, false},
		"another is drawn":             {[]entry{seats(seat("m_a", "mover", 0), seat("m_b", "blocker", 0), seat(next, "drawn", order[1]))}, true},
		"the number is somebody's":     {[]entry{seats(seat("m_a", "mover", 0), seat("m_b", "blocker", 0), seat(next, "drawn", order[0]))}, true},
		"who did not block":            {[]entry{seats(seat("m_a", "mover", 0), seat("m_c", "blocker", 0), seat(drawn, "drawn", order[0]))}, true},
		"who did not bring it":         {[]entry{seats(seat("m_d", "mover", 0), seat("m_b", "blocker", 0), seat(drawn, "drawn", order[0]))}, true},
		"whoever brought it lacks":     {[]entry{seats(seat("m_b", "blocker", 0), seat(drawn, "drawn", order[0]))}, true},
		"a secret of their own choice": {[]entry{but(begun(), "secret", hex.EncodeToString([]byte("another secret, also 32 bytes...")))}, true},
		"fewer in the lot":             {[]entry{but(begun(), "people", int64(2))}, true},
		"no lot":                       {[]entry{but(begun(), "people", int64(0))}, true},
		"fewer days":                   {[]entry{but(begun(), "until", when(7))}, true},
		"more days":                    {[]entry{but(begun(), "until", when(21))}, true},
		"more meetings":                {[]entry{but(begun(), "meetings", int64(3))}, true},
		"it stops nothing":             {[]entry{but(begun(), "stops", false)}, true},
		"another version":              {[]entry{but(begun(), "version", int64(2))}, true},
		"another call":                 {[]entry{but(begun(), "ballot", "ballot/b_2")}, true},
		"it begins twice":              {[]entry{begun(), but(begun(), "resolution", int64(2))}, true},
		"nobody began it":              {[]entry{ended(14, "over")}, true},
		"it ends early":                {[]entry{begun(), ended(13, "over")}, true},
		"it ends twice":                {[]entry{begun(), ended(14, "over"), ended(14, "over")}, true},
		"they do not agree":            {[]entry{begun(), joint(1)}, true},
		"the mover agrees for them":    {[]entry{begun(), said("m_a", 1, 1, "behind")}, true},
		"it is not taken back":         {[]entry{begun(), ended(1, "lifted")}, true},
		"somebody takes it back":       {[]entry{begun(), but(lifted("m_a", 1), "member", "m_b")}, true},
		"somebody else says something": {[]entry{begun(), said("m_x", 1, 1, "difference")}, true},
		"they say it twice":            {[]entry{begun(), said("m_b", 1, 1, "difference"), said("m_b", 2, 2, "difference")}, true},
		"too late":                     {[]entry{begun(), said("m_b", 15, 1, "difference")}, true},
		"without words":                {[]entry{begun(), but(said("m_b", 1, 1, "difference"), "text", word(""))}, true},
		"something lacks":              {[]entry{begun(), said("m_b", 1, 2, "difference")}, true},
		"a third meeting":              {[]entry{begun(), said("m_a", 1, 1, "meets"), said("m_a", 2, 2, "meets"), said("m_a", 3, 3, "meets")}, true},
		"a meeting after the days":     {[]entry{begun(), but(said("m_a", 1, 1, "meets"), "on", when(15))}, true},
		"a meeting of yesterday":       {[]entry{begun(), but(said("m_a", 2, 1, "meets"), "on", when(1))}, true},
		"the last is next":             {[]entry{begun(), passed(drawn, 1, order[0], order[2], pool[order[2]-1])}, true},
		"nobody is next":               {[]entry{begun(), passed(drawn, 1, order[0], 0, "")}, true},
		"somebody lets them":           {[]entry{begun(), passed("m_b", 1, order[0], order[1], next)}, true},
		"who had passed says more":     {[]entry{begun(), passed(drawn, 1, order[0], order[1], next), said(drawn, 2, 1, "difference")}, true},
	} {
		b := newBook()
		b.rules[1] = rules{votes: voting{consensus: true, resolveMeetings: 2, resolveDays: 14}}
		for _, ref := range people {
			b.people[ref] = &person{in: at.Add(-60 * day)}
		}
		m := &motion{mover: "m_a", versions: make([]version, 2)}
		opened := object{"method": "consensus", "rulebook": int64(1), "opens_at": when(-3), "entitled": int64(5), "version": int64(1), "lot": digest(raw)}
		block := map[string]any{"answer": "block", "member": "m_b", "words": word("No."), "ground": "aim", "names": word("Peace")}
		b.motions[of] = m
		b.ballots[call] = &ballot{opened: entry{of: call, data: opened}, motion: m, closed: &entry{data: object{"outcome": "blocked", "block": int64(1), "said": []any{block}}}}
		m.rounds = []*ballot{b.ballots[call]}
		b.promisesLot(b.ballots[call].opened)
		var p *Problem
		for _, e := range x.all {
			if p == nil {
				p = b.aboutResolution(e)
			}
			b.last = e.at
		}
		if (p != nil) != x.wrong {
			t.Errorf("%s: %+v", name, p)
		}
	}
}
