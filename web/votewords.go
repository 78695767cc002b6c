package web

import (
	"encoding/hex"
	"strconv"

	"folkmoot/internal/ballot"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/tally"
)

// mayVote says whether the reader can fill in the paper now.
func mayVote(v ballot.View) bool {
	return v.OnRoll && !v.Unavailable && v.IsOpen(v.Now) && !(v.Final() && v.Voted)
}

// voteRefusal is why the reader cannot.
func voteRefusal(v ballot.View) *fault.Error {
	switch {
	case v.State == ballot.Announced || v.State == ballot.Open && v.Now.Before(v.Opens):
		return fault.New(fault.Conflict, "ballot.not_yet")
	case !v.IsOpen(v.Now):
		return fault.New(fault.Conflict, "ballot.closed")
	case v.Unavailable:
		return fault.New(fault.Unavailable, "ballot.no_urn")
	case v.ByMyHand:
		return fault.New(fault.Denied, "ballot.hands.yours")
	}
	if v.OnRoll && v.Final() && v.Voted {
		return fault.New(fault.Conflict, "ballot.final")
	}
	return fault.New(fault.Denied, "ballot.not_on_roll")
}

func voteKind(v ballot.View) lang.Msg {
	id := "ballot.kind.open"
	if v.Secret {
		id = "ballot.kind.secret"
	}
	if v.Ranked() && !v.AboutRole() {
		return lang.M("election.vote_kind", "Number", v.Motion.Number)
	}
	if v.InRoom() {
		id += "_room"
		if v.Named {
			id = "ballot.kind.named_room"
		}
	}
	return lang.M(id, "Number", v.Motion.Number, "Version", v.Version, "Meeting", motion.MeetingNumber(v.Meeting))
}

func voteCrumbs(a member.Actor, b ballot.Ballot, n int, vote bool) []Link {
	links := []Link{
		{Href: groupPath(a.Group) + "/proposals", Label: lang.M("layout.nav.proposals")},
		{Href: groupPath(a.Group) + "/proposals/" + strconv.Itoa(n), Label: votedOn(b, n)},
	}
	if vote {
		links = append(links, Link{Href: votePath(a.Group, n), Label: lang.M("ballot.vote")})
	}
	return links
}

// voteHead says at the top of the vote's page how it stands and what the reader can do.
func voteHead(a member.Actor, v ballot.View) Head {
	h := Head{Crumbs: voteCrumbs(a, v.Ballot, v.Motion.Number, false), Title: plain(v.Words.Title)}
	open := v.IsOpen(v.Now)
	switch {
	case open:
		h.Until = Until{Say: lang.M("ballot.until"), At: local(a, v.Closes)}
	case v.State == ballot.Announced:
		h.State, h.Until = lang.M("ballot.state.announced"), Until{Say: lang.M("ballot.from"), At: local(a, v.Opens)}
		h.Cannot = lang.M("ballot.cannot.announced")
		return h
	case v.State == ballot.Stopped:
		h.State, h.Cannot = lang.M("ballot.state.stopped"), lang.M("ballot.cannot.over")
		return h
	default:
		h.State, h.Cannot = lang.M("ballot.state.closing"), lang.M("ballot.cannot.over")
		return h
	}
	switch {
	case v.ByMyHand:
		h.Cannot = lang.M("ballot.hands.yours")
	case v.Absent:
		h.Cannot = lang.M("ballot.cannot.absent")
	case !v.OnRoll:
		h.Cannot = lang.M("ballot.cannot.roll")
	case v.Unavailable:
		h.Cannot = lang.M("ballot.no_urn")
	case v.Voted && v.Final():
		h.Cannot = lang.M("ballot.cannot.final")
	case v.Final():
		h.Can, h.Act = lang.M("ballot.can_final"), Action{Href: "#f-choice", Label: lang.M("ballot.act")}
	case v.Voted:
		h.Can, h.Act = lang.M("ballot.can_change"), Action{Href: "#f-choice", Label: lang.M("ballot.act_change")}
	default:
		h.Can, h.Act = lang.M("ballot.can"), Action{Href: "#f-choice", Label: lang.M("ballot.act")}
	}
	if v.Ranked() && h.Act.Href != "" {
		h.Act.Href = "#f-" + Rank{}.Field()
	}
	if v.Approves() && h.Act.Href != "" {
		h.Act.Href = "#f-" + Trust{}.Field()
	}
	return h
}

// voteDecides says who decides in a vote, and who can do nothing about when it ends.
func voteDecides(b ballot.Ballot) lang.Msg {
	if b.InRoom() {
		return lang.M("ballot.decides_room")
	}
	return lang.M("ballot.decides")
}

func voteStrip(a member.Actor, v ballot.View) Strip {
	next := "ballot.next.closed"
	switch {
	case v.State == ballot.Announced:
		next = "ballot.next.announced"
	case v.IsOpen(v.Now):
		next = "ballot.next.open"
	}
	if v.Calls() && next == "ballot.next.open" {
		return Strip{Next: lang.M("call.next_open"), Decides: lang.M("call.decides"), Change: lang.M("ballot.change"), Href: groupPath(a.Group) + "/rules"}
	}
	return Strip{Next: lang.M(next), Decides: voteDecides(v.Ballot), Change: lang.M("ballot.change"), Href: groupPath(a.Group) + "/rules"}
}

func voteClauses(v ballot.View) []Clause {
	out := make([]Clause, len(v.Words.Clauses))
	for i, cl := range v.Words.Clauses {
		out[i] = Clause{Number: i + 1, Text: cl.Text}
	}
	return out
}

// voteWarnings stand on the paper, before anybody chooses.
func voteWarnings(b ballot.Ballot) []lang.Msg {
	if b.Named {
		return []lang.Msg{lang.M("ballot.say.named")}
	}
	if !b.Secret {
		return []lang.Msg{lang.M("ballot.say.open")}
	}
	say := []lang.Msg{lang.M("ballot.say.secret"), lang.M("ballot.say.receipt." + string(b.Receipts))}
	if b.Final() {
		say = append(say, lang.M("ballot.say.final"))
	}
	if b.IsSmall() {
		say = append(say, lang.M("ballot.say.small", "Entitled", b.Entitled))
	}
	if b.Ranked() {
		say = append(say, papersSay(b))
	}
	return say
}

// voteKeeps says the rest of how a vote is kept, and what the program cannot do.
func voteKeeps(b ballot.Ballot) []lang.Msg {
	if !b.Secret {
		return []lang.Msg{lang.M("ballot.say.early"), lang.M("ballot.say.watched")}
	}
	watched := lang.M("ballot.say.watched")
	if b.Final() {
		watched = lang.M("ballot.say.watched_final") // a vote cannot be cast once more
	}
	return []lang.Msg{lang.M("ballot.say.early"), lang.M("ballot.say.trust"), watched, lang.M("ballot.say.unanimous")}
}

func tookPart(v ballot.View) lang.Msg {
	if v.Calls() {
		return answeredSay(v)
	}
	if v.TookPart == 0 {
		return lang.M("ballot.took_part_few")
	}
	return lang.M("ballot.took_part", "N", v.TookPart)
}

// firstTime says how the vote ended that is held once more: only that too few took part in it, because its votes were not
// counted. It says nothing where there is no such vote, or it was stopped.
func firstTime(v ballot.View) (say []lang.Msg) {
	for _, b := range v.Earlier {
		switch {
		case !b.IsCounted() || b.Calls():
		case b.Turnout == 0:
			say = append(say, lang.M("ballot.box.few_nobody", "Quorum", b.Quorum))
		default:
			say = append(say, lang.M("ballot.box.few", "Turnout", b.Turnout, "Quorum", b.Quorum))
		}
	}
	return say
}

func voteFacts(a member.Actor, v ballot.View) []Fact {
	if v.State == ballot.Announced {
		return []Fact{{Label: lang.M("ballot.from"), At: local(a, v.Opens)}, {Label: lang.M("ballot.closes"), At: local(a, v.Closes)}}
	}
	return append([]Fact{
		{Label: lang.M("ballot.needed"), Value: ballot.ExplainBallot(v.Ballot)},
		{Label: lang.M("ballot.enough"), Value: enoughSay(v.Ballot)},
		{Label: lang.M("ballot.taking_part"), Value: tookPart(v)},
	}, frozenFacts(a, v.Ballot)...)
}

// enoughSay says how many have to take part. Nobody abstains in an election: who wants none of the candidates ranks that.
func enoughSay(b ballot.Ballot) lang.Msg {
	id := "ballot.quorum"
	if b.Ranked() {
		id = "election.quorum"
	}
	if b.InRoom() {
		id = "ballot.quorum_room"
	}
	return lang.M(id, "Quorum", b.Quorum, "Entitled", b.Entitled)
}

// frozenFacts are what was fixed at the opening.
func frozenFacts(a member.Actor, b ballot.Ballot) []Fact {
	return append(roomFacts(a, b), []Fact{
		{Label: lang.M("ballot.opened"), At: local(a, b.Opens)},
		{Label: lang.M("ballot.closes"), At: local(a, b.Closes)},
		{Label: lang.M("motion.fact.rules"), Value: lang.M("motion.fact.rules_value", "Number", b.Rulebook), Href: groupPath(a.Group) + "/rules/" + strconv.Itoa(b.Rulebook)},
		{Label: lang.M("ballot.roll_print"), Value: plain(hexOf(b.Roll)[:16]), Code: true},
		{Label: lang.M("ballot.question_print"), Value: plain(hexOf(b.Question)[:16]), Code: true},
	}...)
}

// roomFacts say in which meeting a vote is held, and with how many; nothing of one online.
func roomFacts(a member.Actor, b ballot.Ballot) []Fact {
	if !b.InRoom() {
		return nil
	}
	facts := []Fact{
		{Label: lang.M("ballot.room.where"), Value: meetingName(b.Meeting), Href: meetingRefPath(a.Group, b.Meeting)},
		{Label: lang.M("ballot.room.present"), Value: lang.M("ballot.room.present_value", "Present", b.Present, "Entitled", b.Entitled)},
	}
	if b.Urgent {
		facts = append(facts, Fact{Label: lang.M("call.urgent"), Value: lang.M("call.urgent_fact")})
	}
	if b.ByHand > 0 && !b.IsCounted() {
		facts = append(facts, Fact{Label: lang.M("ballot.hands.fact"), Value: lang.M("ballot.hands.ahead", "Count", b.ByHand)})
	}
	return facts
}

func hexOf(h [32]byte) string { return hex.EncodeToString(h[:]) }

// resultPart is the result of a vote as every page shows it.
func resultPart(b ballot.Ballot, r tally.Result) Result {
	v := r.Votes
	out := Result{
		Outcome: b.Ended(r.Outcome),
		Facts: []Fact{{Label: lang.M("ballot.result.turnout"), Value: lang.M("ballot.result.turnout_of",
			"Turnout", r.Turnout, "Entitled", v.Entitled, "Quorum", b.Quorum)}},
	}
	if b.Calls() {
		out.Facts[0].Label = lang.M("call.turnout")
	}
	if r.Outcome == tally.Inquorate || !b.Ranked() {
		out.Why = b.Explain(r)
	}
	if b.Calls() && r.Outcome != tally.Inquorate {
		callBars(b, &out)
		return out
	}
	if r.Outcome == tally.Inquorate || b.Ranked() {
		return out // how the votes fell is not known to anybody, or stands in the count by stages
	}
	out.Caption, out.Of = lang.M("ballot.result.caption"), int(v.Turnout())
	out.Bars = []Bar{{lang.M("ballot.for"), int(v.For)}, {lang.M("ballot.against"), int(v.Against)}, {lang.M("ballot.abstain"), int(v.Abstain)}}
	if r.Rule.Base == tally.Roll {
		out.Of = int(v.Entitled)
	}
	if v.For+v.Against > 0 {
		out.Need, out.NeedSay = int(r.Needed), lang.M("ballot.result.mark")
	}
	return out
}

// tells says whether a result may show how people voted: few took part in secret, or all alike.
func tells(b ballot.Ballot, r tally.Result) bool {
	v := r.Votes
	if b.Ranked() {
		return r.Outcome != tally.Inquorate && r.Turnout < ballot.LeastSecret+2
	}
	n := v.Turnout() // 0 if they were not counted
	return b.Secret && n > 0 && (n < ballot.LeastSecret+2 || v.For == n || v.Against == n || v.Abstain == n)
}
