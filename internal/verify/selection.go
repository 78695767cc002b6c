package verify

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"
)

// choosing is a selection by consent, as far as the entries have told of it.
type choosing struct {
	voting
	opened  time.Time
	quorum  int64
	seats   int
	commit  string
	state   string
	round   int64
	papers  map[int64]map[string]string // who each wrote, by round and writer
	out     map[string]bool             // who said: not me
	order   []nominee
	answers map[int64]map[string]string // by turn and member
	terms   map[string]bool             // who was given one by it
}

// nominee is somebody who was named.
type nominee struct {
	member       string
	named, first int64
	round        int64
	asked, said  bool // whether they would; yes
	how          string
}

// mostRounds is how often names are proposed at most.
const mostRounds = 3

// aboutSelection takes down what an entry says of a selection by consent, and checks it: names are written once each and in time, the order in
// which they are proposed follows from them and from the secret that was committed to, what becomes of each name follows from what members
// said and from the quorum, only who takes part writes or says anything, and only who said yes is given a term. A file of one decision has no selections.
func (b *book) aboutSelection(e entry) *Problem {
	x := b.selections[e.of]
	var ok bool
	switch {
	case b.only != "":
		return nil
	case e.kind == "selection.opened":
		ok = x == nil && b.opensSelection(e)
	case x != nil:
		ok = x.note(e, b.people)
	}
	if !ok {
		return broken("chosen", "N", e.n)
	}
	return nil
}

// opensSelection takes down how a selection begins, and says whether its quorum is what the rules have.
func (b *book) opensSelection(e entry) bool {
	r, known := b.rules[e.data.num("rulebook")]
	active := e.data.num("active")
	x := &choosing{
		voting: r.votes, opened: e.at, quorum: e.data.num("quorum"), seats: len(e.data.list("seats")), commit: e.data.str("commit"), state: "naming",
		papers: map[int64]map[string]string{1: {}, 2: {}}, out: map[string]bool{}, answers: map[int64]map[string]string{}, terms: map[string]bool{},
	}
	b.selections[e.of] = x
	return known && x.seats > 0 && active >= 0 && active <= int64(b.within) && x.quorum == r.votes.quorum(active)
}

func (x *choosing) note(e entry, people map[string]*person) bool {
	d := e.data
	open := x.state != "final" && x.state != "nobody"
	switch e.kind {
	case "selection.extended":
		return open
	case "selection.declined":
		first := !x.out[e.by]
		x.out[e.by] = true
		return open && first && e.by == d.str("member") && people[e.by].isThere()
	case "selection.named":
		of := x.papers[d.num("round")]
		if of == nil || of[e.by] != "" || !x.takesPart(people[e.by]) || x.state != map[int64]string{1: "naming", 2: "changing"}[d.num("round")] {
			return false
		}
		of[e.by] = d.str("member")
		return true
	case "selection.read":
		was := x.state
		x.state = "changing"
		return was == "naming" && d.num("papers") == int64(len(x.papers[1])) && d.num("papers") > 0
	case "selection.ordered":
		return x.ordered(d, people)
	case "selection.proposed":
		return x.propose(d)
	case "selection.answered":
		return x.takesPart(people[e.by]) && x.answer(e)
	case "selection.judged":
		return x.judged(d)
	case "selection.asked":
		was := x.state
		x.state = "accepting"
		return was == "asking" && slices.ContainsFunc(x.order, func(n nominee) bool { return n.asked })
	case "selection.accepted":
		n := x.turn(d.num("turn"))
		if n == nil || x.state != "accepting" || !n.asked || n.said || n.how != "" || n.member != e.by || !people[e.by].isThere() {
			return false
		}
		n.said = true
		return true
	case "selection.settled":
		return x.settled(d, people)
	case "selection.final", "selection.failed":
		agreed := slices.ContainsFunc(x.order, func(n nominee) bool { return n.how == "agreed" })
		x.state = strings.TrimPrefix(e.kind, "selection.")
		if x.state == "failed" {
			x.state = "nobody"
		}
		return open && agreed == (x.state == "final")
	}
	return false
}

// takesPart says whether somebody has not left, and could vote as the selection opened; where entries were dated late, whether that may be so.
func (x *choosing) takesPart(p *person) bool {
	return p.isThere() && (p.heldIn || !p.in.After(x.opened.Add(-time.Duration(x.wait)*day)) || p.first && !p.in.After(x.opened))
}

// turn returns who was named and has the turn.
func (x *choosing) turn(n int64) *nominee {
	if n < 1 || n > int64(len(x.order)) {
		return nil
	}
	return &x.order[n-1]
}

// ordered works the order out again: who is named by most in the end, then who was by more at first, then the lot.
func (x *choosing) ordered(d object, people map[string]*person) bool {
	secret, err := hex.DecodeString(d.str("secret"))
	sum := sha256.Sum256(secret)
	if err != nil || x.state != "changing" || hex.EncodeToString(sum[:]) != x.commit {
		return false
	}
	there := func(ref string) bool { return people[ref].isThere() }
	last, first := map[string]string{}, map[string]int64{}
	for round := int64(1); round <= 2; round++ {
		for by, named := range x.papers[round] {
			if there(by) {
				last[by] = named
			}
			if round == 1 && there(by) && there(named) && !x.out[named] {
				first[named]++
			}
		}
	}
	end := map[string]int64{}
	for _, named := range last {
		if there(named) && !x.out[named] {
			end[named]++
		}
	}
	lot := func(ref string) string {
		sum := sha256.Sum256([]byte(hex.EncodeToString(secret) + " " + ref))
		return hex.EncodeToString(sum[:])
	}
	for ref, n := range end {
		x.order = append(x.order, nominee{member: ref, named: n, first: first[ref]})
	}
	slices.SortFunc(x.order, func(a, b nominee) int {
		return cmp.Or(cmp.Compare(b.named, a.named), cmp.Compare(b.first, a.first), cmp.Compare(lot(a.member), lot(b.member)))
	})
	told := d.list("order")
	if len(told) != len(x.order) {
		return false
	}
	for i, n := range x.order {
		m, _ := told[i].(map[string]any)
		o := object(m)
		if o.num("turn") != int64(i+1) || o.str("member") != n.member || o.num("named") != n.named || o.num("first") != n.first {
			return false
		}
	}
	return true
}

// propose says whether the names that are proposed are the next in the order, as many as there are seats left.
func (x *choosing) propose(d object) bool {
	left := x.seats
	for _, n := range x.order {
		if n.how == "agreed" {
			left--
		}
	}
	if x.state == "naming" || slices.ContainsFunc(x.order, func(n nominee) bool { return n.round == x.round && x.round > 0 && n.how == "" }) {
		return false // of those who were proposed before something is still to be settled
	}
	x.round++
	var want []int64
	for i := range x.order {
		if n := &x.order[i]; n.round == 0 && n.how == "" && len(want) < left {
			n.round = x.round
			want = append(want, int64(i+1))
		}
	}
	var got []int64
	for _, v := range d.list("turns") {
		n, _ := v.(int64)
		got = append(got, n)
	}
	x.state = "asking"
	return d.num("round") == x.round && x.round <= mostRounds && len(want) > 0 && slices.Equal(got, want)
}

func (x *choosing) answer(e entry) bool {
	turn := e.data.num("turn")
	n := x.turn(turn)
	if n == nil || x.state != "asking" || n.round != x.round || n.how != "" || n.asked || n.member == e.by || n.member != e.data.str("member") {
		return false
	}
	if x.answers[turn] == nil {
		x.answers[turn] = map[string]string{}
	}
	if x.answers[turn][e.by] != "" || !slices.Contains([]string{"agree", "aside", "object"}, e.data.str("answer")) {
		return false
	}
	x.answers[turn][e.by] = e.data.str("answer")
	return true
}

// judged works out again what becomes of a name.
func (x *choosing) judged(d object) bool {
	turn := d.num("turn")
	n := x.turn(turn)
	if n == nil || x.state != "asking" || n.round != x.round || n.how != "" || n.asked {
		return false
	}
	count := map[string]int64{}
	for _, a := range x.answers[turn] {
		count[a]++
	}
	agree, aside, object := count["agree"], count["aside"], count["object"]
	switch {
	case agree+aside+object+1 < x.quorum: // whoever is proposed speaks too, last
		n.how = "few"
	case object > 0:
		n.how = "objected"
	case agree == 0 || aside*x.asideDen > (agree+aside)*x.asideNum:
		n.how = "aside"
	default:
		n.asked = true
	}
	return d.num("agree") == agree && d.num("aside") == aside && d.num("object") == object && d.str("how") == n.how
}

// settled says whether what becomes of a name can: who said no or has left is out at any time, and who said yes is given a term, if it could be
// given.
func (x *choosing) settled(d object, people map[string]*person) bool {
	n := x.turn(d.num("turn"))
	how := d.str("how")
	if n == nil || n.how != "" || n.member != d.str("member") {
		return false
	}
	n.how = how
	switch how {
	case "refused":
		return x.out[n.member]
	case "left":
		return !people[n.member].isThere()
	case "silent":
		return n.asked && !n.said && x.state == "accepting"
	case "agreed":
		return n.asked && n.said && x.state == "accepting" && x.terms[n.member] && d.num("seat") > 0
	case "barred", "undone":
		return n.asked && n.said && x.state == "accepting" && !x.terms[n.member]
	}
	return false
}

// aboutTerm says whether a term that came of a selection was given to somebody who was asked and said yes, one that came of an election to somebody
// who was elected, and one that came of a draw to somebody who was drawn. By nothing else is anybody given one, but to look after a seat.
func (b *book) aboutTerm(e entry) *Problem {
	cause := e.data.str("cause")
	if b.only != "" || e.kind != "term.begun" || e.data.str("kind") != "" {
		return nil
	}
	switch {
	case strings.HasPrefix(cause, "draw/"):
		return b.byLot(e)
	case !strings.HasPrefix(cause, "selection/"):
		return b.inOffice(e)
	}
	x := b.selections[cause]
	who := e.data.str("member")
	if x == nil || x.terms[who] || !slices.ContainsFunc(x.order, func(n nominee) bool { return n.member == who && n.said && n.how == "" }) {
		return broken("chosen", "N", e.n)
	}
	x.terms[who] = true
	return nil
}
