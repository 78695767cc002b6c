package verify

import (
	"maps"
	"testing"
)

// TestForgedCalls: what a call for agreement came to follows from its numbers, and these from what is published of the answers; whoever tells it otherwise is found out.
func TestForgedCalls(t *testing.T) {
	rules := voting{consensus: true, asideNum: 1, asideDen: 3, twoBlocksAbove: 12}
	opened := func(active int64) object {
		blocks := int64(1)
		if active > 12 {
			blocks = 2
		}
		return object{
			"method": "consensus", "active": active, "entitled": active, "seats": int64(1),
			"call": map[string]any{"aside_num": int64(1), "aside_den": int64(3), "blocks": blocks},
		}
	}
	word := func(s string) words { return words{s: s, isSet: true} }
	answer := func(response, who, ground, names, said string) any {
		return map[string]any{"answer": response, "member": who, "ground": ground, "names": word(names), "words": word(said)}
	}
	reserved, block := answer("reservation", "", "", "", "It is dear."), answer("block", "m_dora", "safety", "The stairs", "Somebody will fall.")
	numbers := func(agree, reservation, aside, block int64, said ...any) object {
		return object{"agree": agree, "reservation": reservation, "aside": aside, "block": block, "said": append([]any{}, said...)}
	}
	for name, x := range map[string]struct {
		active  int64
		closed  object
		turnout int64
		outcome string // "": it is found out
	}{
		"they agree":                          {6, numbers(5, 1, 0, 0, reserved), 6, "carried"},
		"a third stands aside":                {6, numbers(4, 0, 2, 0), 6, "carried"},
		"more than a third stand aside":       {6, numbers(3, 0, 3, 0), 6, "not_agreed"},
		"one blocks":                          {6, numbers(5, 0, 0, 1, block), 6, "blocked"},
		"one blocks among many":               {13, numbers(12, 0, 0, 1, block), 13, "carried"},
		"nobody agrees":                       {3, numbers(0, 0, 1, 0), 1, "not_agreed"},
		"more answered than is told":          {6, numbers(4, 0, 0, 0), 5, ""},
		"a block is counted and not told":     {6, numbers(5, 0, 0, 1), 6, ""},
		"a block is told and not counted":     {6, numbers(6, 0, 0, 0, block), 6, ""},
		"a block without a name":              {6, numbers(5, 0, 0, 1, answer("block", "", "safety", "The stairs", "Somebody will fall.")), 6, ""},
		"a block without a ground":            {6, numbers(5, 0, 0, 1, answer("block", "m_dora", "", "The stairs", "Somebody will fall.")), 6, ""},
		"a block on a ground that is none":    {6, numbers(5, 0, 0, 1, answer("block", "m_dora", "taste", "The stairs", "Somebody will fall.")), 6, ""},
		"a block without a reason":            {6, numbers(5, 0, 0, 1, answer("block", "m_dora", "safety", "The stairs", "")), 6, ""},
		"a reservation without words":         {6, numbers(5, 1, 0, 0, answer("reservation", "", "", "", "")), 6, ""},
		"a reservation with a block's ground": {6, numbers(5, 1, 0, 0, answer("reservation", "", "aim", "", "It is dear.")), 6, ""},
		"who agrees is named":                 {6, numbers(6, 0, 0, 0, answer("agree", "m_dora", "", "", "Yes.")), 6, ""},
		"somebody is there twice":             {13, numbers(11, 0, 0, 2, block, block), 13, ""},
		"the order tells when they answered":  {13, numbers(11, 1, 0, 1, block, reserved), 13, ""},
		"fewer than none":                     {6, numbers(7, 0, -1, 0), 6, ""},
		"more than there are":                 {6, numbers(7, 0, 0, 0), 7, ""},
	} {
		o := opened(x.active)
		if !rules.agrees(o) {
			t.Fatal("the rules say otherwise")
		}
		b := &ballot{opened: entry{data: o}}
		if outcome, _, p := b.agreed(entry{data: x.closed}, x.turnout); outcome != x.outcome || (p != nil) != (x.outcome == "") {
			t.Errorf("%s: %q, %v", name, outcome, p)
		}
	}
	for name, forge := range map[string]func(o, call object){
		"more may stand aside":         func(_, c object) { c["aside_num"] = int64(2) },
		"of fewer":                     func(_, c object) { c["aside_den"] = int64(2) },
		"two must block among few":     func(_, c object) { c["blocks"] = int64(2) },
		"one can block among many":     func(o, _ object) { o["active"] = int64(13) },
		"a majority that is no matter": func(o, _ object) { o["rule"] = map[string]any{} },
		"something beside it":          func(_, c object) { c["fallback"] = "3/4" },
	} {
		o := opened(6)
		call := object(maps.Clone(o.obj("call")))
		o["call"] = map[string]any(call)
		if forge(o, call); rules.agrees(o) {
			t.Errorf("%s: not found", name)
		}
	}
	if rules.consensus = false; rules.agrees(opened(6)) {
		t.Error("a group that votes calls for agreement, and that is not found")
	}
}
