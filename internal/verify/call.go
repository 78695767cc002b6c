package verify

import (
	"slices"
)

// calls says whether the ballot that the entry opens is a call for agreement: people say that they agree, stand aside or block.
func calls(opened object) bool { return opened.str("method") == "consensus" || atOnce(opened) }

// responses are the names under which a closing entry says what was answered to a call.
var responses = []string{"agree", "reservation", "aside", "block"}

// agrees says whether a call takes what the rules say of one: the share that may stand aside, and how many must block to stop it.
func (v voting) agrees(opened object) bool {
	c, blocks, asideNum, asideDen := opened.obj("call"), int64(1), v.asideNum, v.asideDen
	switch {
	case atOnce(opened):
		asideNum, asideDen = 0, 1 // one concern is enough
	case opened.num("active") > v.twoBlocksAbove:
		blocks = 2
	}
	return v.consensus && v.asideDen > 0 && c.exactly("aside_den", "aside_num", "blocks") == nil && c.num("aside_num") == asideNum && c.num("aside_den") == asideDen &&
		c.num("blocks") == blocks && opened.num("seats") == 1 && !opened.has("rule") && !opened.has("contest")
}

// agreed returns how a call ended in which enough answered, by the numbers of the entry that closes it.
func (bal *ballot) agreed(e entry, turnout int64) (outcome, reason string, p *Problem) {
	d, c := e.data, bal.opened.data.obj("call")
	var n [4]int64
	sum := int64(0)
	for i, name := range responses {
		v, ok := d[name].(int64)
		if !ok || v < 0 || v > bal.opened.data.num("entitled") {
			return "", "", broken("uncounted", "N", e.n)
		}
		n[i] = v
		sum += v
	}
	yes, aside, block := n[0]+n[1], n[2], n[3]
	if sum != turnout || atOnce(bal.opened.data) != atOnce(d) || atOnce(d) && n[1]+n[3] > 0 {
		return "", "", broken("turnout", "N", e.n)
	}
	if !bal.said(d, n) {
		return "", "", broken("names", "N", e.n)
	}
	switch {
	case block >= c.num("blocks"):
		return "blocked", "enough_block", nil
	case aside*c.num("aside_den") > c.num("aside_num")*turnout:
		return "not_agreed", "too_many_aside", nil
	case yes == 0:
		return "not_agreed", "nobody_agreed", nil
	}
	return "carried", "enough_agree", nil
}

// said says whether what is published of the answers can be of so many: every reservation has its words and every block its ground, its words and who blocks, nobody
// who stands aside need say anything, and nobody is there twice. Their order does not tell who answered when.
func (bal *ballot) said(closed object, n [4]int64) bool {
	list := closed.list("said")
	var have [4]int64
	who, last := map[string]bool{}, -1
	for _, v := range list {
		o, ok := v.(map[string]any)
		s := object(o)
		i := slices.Index(responses, s.str("answer"))
		if !ok || s.exactly("answer", "ground", "member", "names", "words") != nil || i < 1 || i < last || s.str("member") != "" && who[s.str("member")] {
			return false
		}
		last = i
		have[i]++
		who[s.str("member")] = true
		block := i == 3
		if block != slices.Contains([]string{"aim", "principle", "safety"}, s.str("ground")) || block && (s.str("member") == "" || !s.said("names") || !s.said("words")) {
			return false
		}
		if !block && (s.str("ground") != "" || s.words("names").known() && s.words("names").s != "") || i == 1 && !s.said("words") {
			return false
		}
	}
	return have[1] == n[1] && have[2] <= n[2] && have[3] == n[3]
}

// backToDraft checks that a proposal goes back to its draft because a call for agreement on it came to none, and stays on its agenda.
func (b *book) backToDraft(e entry, m *motion) *Problem {
	m.others = append(m.others, e.n)
	if e.data.str("meeting") != m.meeting {
		return broken("agenda", "N", e.n)
	}
	if b.only != "" {
		return nil // it holds one of the ballots
	}
	if n := len(m.rounds); n == 0 || !calls(m.rounds[n-1].opened.data) || m.rounds[n-1].closed == nil || !m.rounds[n-1].again() || inRoom(m.rounds[n-1].opened.data) != (m.meeting != "") {
		return broken("agenda", "N", e.n)
	}
	return nil
}

// called is what was answered to a call, in the shape of the file.
func (bal *ballot) called() map[string]any {
	o, c := bal.opened.data, bal.closed.data
	frozen := o.obj("call")
	out := map[string]any{"aside_num": frozen.num("aside_num"), "aside_den": frozen.num("aside_den"), "blocks": frozen.num("blocks"), "said": []any{}}
	if bal.tooFew(c.num("turnout")) {
		return out
	}
	for _, name := range responses {
		out[name] = c.num(name)
	}
	said := []any{}
	for _, v := range c.list("said") {
		if s, ok := v.(map[string]any); ok {
			said = append(said, saidOf(object(s)))
		}
	}
	out["said"] = said
	return out
}

func saidOf(s object) map[string]any {
	return map[string]any{
		"answer": s.str("answer"), "member": s.str("member"), "words": s.words("words").value(), "ground": s.str("ground"), "names": s.words("names").value(),
	}
}
