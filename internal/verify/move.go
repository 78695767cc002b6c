package verify

import "time"

// moveVote is how long a vote on a move in a meeting is open, and toSupport how long others can support one at least.
const moveVote, toSupport = 30 * time.Second, time.Minute

// asking is a move about how a meeting goes on, as the entries tell of it.
type asking struct {
	meeting, kind, state, needs string
	by                          string // who made it
	whole                       bool
	support, entitled           int64
	ready                       bool
	made                        time.Time
	went                        bool // something was done by it, so that it must have been carried
}

// needsOf says what a vote on a move takes (practice.md §2.4): two thirds to end a debate, and for more time for the meeting; more for than against for the others, and either for
// more time for an item, of which the first is easier than the next.
func (a *asking) needsOf(needs string) bool {
	switch {
	case a.kind == "vote_now" || a.kind == "more_time" && a.whole:
		return needs == "two_thirds"
	case a.kind == "more_time":
		return needs == "simple" || needs == "two_thirds"
	case a.kind == "challenge" || a.kind == "replace" || a.kind == "come_back" || a.kind == "not_urgent" || a.kind == "reorder" || a.kind == "adjourn" || a.granted():
		return needs == "simple"
	}
	return false
}

// lasts says whether a vote that opened, at the time of its entry at the latest, is open as long as one is.
func lasts(d object, at time.Time) bool {
	opens, err := time.Parse(stamp, d.str("opens"))
	closes, err2 := time.Parse(stamp, d.str("closes"))
	return err == nil && err2 == nil && !opens.After(at) && closes.Sub(opens) == moveVote
}

// carried says whether so many for and against are enough.
func (a *asking) carried(yes, no int64) bool {
	if a.needs == "two_thirds" {
		return yes > 0 && yes*3 >= (yes+no)*2
	}
	return yes > no
}

// alone says whether a move needs nobody who supports it.
func (a *asking) alone() bool {
	return a.kind == "rules_question" || a.kind == "more_time" || a.kind == "quorum" || a.kind == "feeling" || a.granted()
}

// granted says whether whoever facilitates can do at once what a move asks for, and a vote can have it.
func (a *asking) granted() bool {
	return a.kind == "go_round" || a.kind == "spokes" || a.kind == "all_speak"
}

// aboutMove checks what became of a move: enough supported it before people voted, the vote took what it may, and what it is said to have come to follows from its numbers.
func (b *book) aboutMove(e entry) *Problem {
	d := e.data
	id := d.num("move")
	a := b.askings[id]
	if e.kind == "move.made" {
		if a != nil || id <= 0 || d.str("meeting") == "" {
			return broken("move", "N", e.n)
		}
		a = &asking{by: e.by, meeting: d.str("meeting"), kind: d.str("kind"), state: "pending", whole: d.flag("whole"), support: 1, made: e.at, ready: d.flag("ready")}
		b.askings[id] = a
		if a.ready != a.alone() {
			return broken("move", "N", e.n)
		}
		return nil
	}
	if a == nil || a.meeting != d.str("meeting") {
		return broken("move", "N", e.n)
	}
	good := true
	switch e.kind {
	case "move.supported":
		a.support++
		a.ready = true // it takes one
		good = a.state == "pending" && d.num("support") == a.support && d.flag("ready")
	case "move.put":
		good = a.state == "pending" && a.ready && a.needsOf(d.str("needs")) && d.num("entitled") > 0 && lasts(d, e.at) && !b.joint.parted(a.meeting)
		a.state, a.needs, a.entitled = "voting", d.str("needs"), d.num("entitled")
	case "move.ruled":
		good = a.state == "pending" && a.kind == "rules_question" && d.said("ruling") && d.said("rule")
		a.state = "ruled"
	case "move.decided":
		good = a.decided(d) && (d.str("how") != "fell" || !e.at.Before(a.made.Add(toSupport)) || b.late(e)) && (d.str("how") != "carried" || b.follows(a, d)) && (!a.went || d.str("how") == "carried")
		a.state = d.str("how")
	}
	if !good {
		return broken("move", "N", e.n)
	}
	return nil
}

// decided says whether a move can have come to what the entry says.
func (a *asking) decided(d object) bool {
	yes, no, how := d.num("for"), d.num("against"), d.str("how")
	voted := d.has("for") || d.has("against")
	switch how {
	case "carried", "lost":
		return a.state == "voting" && yes >= 0 && no >= 0 && yes+no <= a.entitled && (how == "carried") == a.carried(yes, no)
	case "done":
		return a.state == "pending" && (a.kind == "feeling" || a.granted()) && !voted || a.state == "pending" && a.kind == "quorum" && !voted && d.flag("enough") == (d.num("present") >= d.num("quorum"))
	case "declined":
		return a.state == "pending" && a.kind == "feeling" && !voted
	case "taken_back":
		return a.state == "pending" && !voted
	case "fell": // nobody supported it, as whoever facilitates chose what they can by themselves
		return a.state == "pending" && a.support < 2 && a.kind != "rules_question" && !voted
	case "lapsed":
		return (a.state == "pending" || a.state == "voting") && !voted
	}
	return false
}

// said says whether there are words under a name, or were.
func (o object) said(name string) bool {
	w := o.words(name)
	return o.str(name) != "" || w.lack || w.s != ""
}
