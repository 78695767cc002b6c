package verify

import (
	"slices"
)

// tellers is how many count the hands of those without a device.
const tellers = 2

// byHand checks that a vote says how many vote by show of hands only where there are some, in an open vote in a room, and who counts them: two, who have that job in the meeting.
func (b *book) byHand(e entry) *Problem {
	d := e.data
	n, both := d.num("by_hand"), d.list("tellers")
	if !d.has("by_hand") && !d.has("tellers") {
		return nil
	}
	bad := n < 1 || n > d.num("entitled") || !inRoom(d) || d.flag("secret") || calls(d) || len(both) != tellers
	m, last := b.assembly.meetings[d.str("meeting")], ""
	for _, v := range both {
		who, _ := v.(string)
		bad = bad || who <= last || b.only == "" && b.people[who] == nil || b.only == "" && m != nil && !b.counts(m.ref, who)
		last = who
	}
	if bad {
		return broken("hands", "N", e.n)
	}
	return nil
}

// counts says whether somebody has the job to count hands in a meeting.
func (b *book) counts(meeting, who string) bool {
	for _, h := range b.assembly.jobs {
		if h.of == meeting && h.member == who && h.job == "count" && h.runs() {
			return true
		}
	}
	return false
}

// hands checks what came of a show of hands: no more of them than could be, all among the numbers of the vote, and numbers only where the
// tellers agreed and the vote was counted.
func (bal *ballot) hands(e entry, turnout int64) *Problem {
	o, h := bal.opened.data, e.data.obj("hands")
	left := o.num("by_hand") - int64(len(bal.fewer))
	if e.data.has("hands") != (left > 0) {
		return broken("hands", "N", e.n)
	}
	if !e.data.has("hands") {
		return nil
	}
	names, total := []string{"how", "turnout"}, h.num("turnout")
	if h.str("how") == "agreed" { // who counts has signed the numbers
		names = append(names, "signed")
		signed, both := h.list("signed"), o.list("tellers")
		if len(signed) != len(both) {
			return broken("hands", "N", e.n)
		}
		for i := range signed {
			if who, ok := signed[i].(string); !ok || who != both[i] {
				return broken("hands", "N", e.n)
			}
		}
	}
	if _, ok := h["turnout"].(int64); !ok || total < 0 || total > left || total > turnout {
		return broken("hands", "N", e.n)
	}
	if h.str("how") == "agreed" && !bal.tooFew(turnout) {
		sum := int64(0)
		for _, name := range choices {
			n, ok := h[name].(int64)
			if !ok || n < 0 || n > total || n > e.data.num(name) {
				return broken("hands", "N", e.n)
			}
			sum += n
		}
		if sum != total {
			return broken("hands", "N", e.n)
		}
		names = append(names, choices...)
	}
	if !slices.Contains([]string{"agreed", "not_given"}, h.str("how")) || h.str("how") == "not_given" && total > 0 || h.exactly(names...) != nil {
		return broken("hands", "N", e.n)
	}
	return nil
}

// drawTellers checks that the secret is the one that was promised, and works out who has to be given the job to count hands.
func (b *book) drawTellers(m *gathering, d object) bool {
	list, places := d.list("pool"), d.num("places")
	if places < 1 || places > tellers || int64(len(list)) < places {
		return false
	}
	last := ""
	for _, v := range list {
		who, ok := v.(string)
		if !ok || who <= last || !b.isMember(who) {
			return false
		}
		last = who
	}
	order, ok := m.falls("tellers", d, int64(len(list)))
	if !ok {
		return false
	}
	for _, n := range order[:places] {
		who, _ := list[n-1].(string)
		m.hires = append(m.hires, hire{job: "count", member: who})
	}
	return true
}
