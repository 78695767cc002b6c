package web

import (
	"context"
	"slices"
	"strings"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/decision"
	"folkmoot/internal/election"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/role"
	"folkmoot/internal/tally"
	"folkmoot/internal/vacancy"
)

// What elections are called and how they stand, in words; the same on every page that names one.

// electionState says how an election stands, in one sentence.
func electionState(m motion.Motion, e election.View) lang.Msg {
	if e.State == election.Voting || e.State == election.Answering && !e.Now.Before(e.Opens) {
		return standing(m, 0, e.Now)
	}
	if e.Approves() && !e.State.Open() || e.Approves() && e.State == election.Objecting {
		return lang.M("approval.is." + string(e.State))
	}
	return lang.M("election.is." + string(e.State))
}

// electionUntil is what an election's page counts down to; zero where nothing is to come.
func electionUntil(a member.Actor, m motion.Motion, e election.View) Until {
	say, at := "", time.Time{}
	switch {
	case e.State == election.Nominating && e.Now.Before(e.Until):
		say, at = "election.until.nominations", e.Until
	case e.State == election.Answering && e.Now.Before(e.Opens):
		say, at = "motion.until.opens", e.Opens
	case e.State == election.Voting:
		return deadline(a, m, e.Now)
	case e.State == election.Objecting && e.Now.Before(e.Final):
		say, at = "election.until.objections", e.Final
	default:
		return Until{}
	}
	return Until{Say: lang.M(say), At: local(a, at)}
}

// electionStrip says what happens next in an election, who decides, and how to change that.
func electionStrip(a member.Actor, m motion.Motion, e election.View) Strip {
	area := "election"
	if e.Approves() {
		area = "approval"
	}
	return Strip{
		Next:    lang.M(area+".next."+string(e.State), "Until", local(a, e.Until), "Opens", local(a, e.Opens), "Final", local(a, e.Final), "Starts", local(a, e.Starts)),
		Decides: lang.M(area + ".decides"), Change: lang.M("powers.change"), Href: groupPath(a.Group) + "/rules#roles",
	}
}

// votedOn says what is voted on: a proposal or an election, with its number.
func votedOn(b ballot.Ballot, number int) lang.Msg {
	if b.Ranked() && !b.AboutRole() {
		return lang.M("election.name", "Number", number)
	}
	return lang.M("ballot.crumb", "Number", number)
}

// askedToStand is an election in the list of those in which somebody has put the reader up.
func askedToStand(a member.Actor, e election.Asked, v *lang.Voice) Row {
	m := motion.Motion{Number: e.Number}
	row := Row{
		Href: motionPath(a.Group, m), Kind: lang.M("election.name", "Number", e.Number), Title: v.Say(roleName(e.Role)),
		Can: lang.M("election.can.asked"), Until: Until{Say: lang.M("election.until.nominations"), At: local(a, e.Until)},
		Facts: []lang.Msg{lang.M("powers.places", "Count", len(e.Seats))},
	}
	switch {
	case e.Together():
		row.Href, row.Can = motionPath(a.Group, m, "share"), offerSay(e.Role, e.Offer, e.People, a.Member.ID)
	case e.Shares.Ref != "":
		row.Can, row.State = lang.Msg{}, lang.M("election.share.formed", "Who", othersOf(e.Shares.People, e.People, a.Member.ID))
	}
	if e.State == election.Answering { // somebody has stepped back since
		row.Until = Until{Say: lang.M("motion.until.opens"), At: local(a, e.Opens)}
	}
	return row
}

// offerSay says in a line what an offer asks a member: whether they share a place, and who asks; or how they go on where somebody stands no longer.
func offerSay(r role.Role, o election.Offer, people map[member.ID]member.Member, me member.ID) lang.Msg {
	switch {
	case o.Rest && len(o.People) == 1:
		return lang.M("election.can.alone")
	case o.Rest:
		return lang.M("election.can.rest")
	case o.People[0].Member == me: // they stand together already, and somebody else would have to say yes to other words
		return lang.M("election.can.offer")
	}
	return lang.M("election.can.asks", "Who", memberName(people[o.People[0].Member]), "Role", roleName(r))
}

// othersOf joins the names of those with whom a member stands.
func othersOf(all []election.Candidate, people map[member.ID]member.Member, me member.ID) lang.Msg {
	var names []lang.Msg
	for _, c := range all {
		if c.Member != me {
			names = append(names, memberName(people[c.Member]))
		}
	}
	return namesOf(names)
}

// chosenSays says of votes by ranking what came of them, by the motion: who is elected, or what was chosen of several things.
func (s *Server) chosenSays(ctx context.Context, a member.Actor, motions []motion.ID) (map[motion.ID]lang.Msg, error) {
	chosen, err := s.Elections.Chosen(ctx, a, motions)
	out := map[motion.ID]lang.Msg{}
	for m, w := range chosen {
		if w.Option != "" {
			out[m] = lang.M("vacancy.chosen", "Choice", vacancy.Choice(w.Option).Name())
			continue
		}
		var names []lang.Msg
		for _, c := range w.Teams {
			var team []lang.Msg
			for _, p := range c.People {
				team = append(team, memberName(w.People[p.Member]))
			}
			names = append(names, election.NameOf(team))
		}
		out[m] = lang.M("election.outcome.who", "Names", namesOf(names))
	}
	return out, err
}

// decisionRows are decisions in a list, which say who is elected.
func (s *Server) decisionRows(ctx context.Context, a member.Actor, ds []decision.Decision) (rows []Row, err error) {
	var ids []motion.ID
	for _, d := range ds {
		if d.Outcome == tally.Carried && d.Contest.Ranked() && !d.Contest.Approves() {
			ids = append(ids, d.Motion)
		}
	}
	chosen, err := s.chosenSays(ctx, a, ids)
	for _, d := range ds {
		row := decisionRow(a, d)
		if say, is := chosen[d.Motion]; is && d.Outcome == tally.Carried {
			row.State = say
		}
		rows = append(rows, row)
	}
	return rows, err
}

// namesOf joins names of at least one into one sentence. Where one of them has a comma in it, as that of people who share a place, others stand
// between them.
func namesOf(names []lang.Msg) lang.Msg {
	all, id := names[0], "rank.list"
	if slices.ContainsFunc(names, func(n lang.Msg) bool {
		text, _ := n.Args["Text"].(string)
		return strings.HasPrefix(n.ID, "election.share.") || strings.Contains(text, ",")
	}) {
		id = "rank.list_long"
	}
	for _, n := range names[1:] {
		all = lang.M(id, "First", all, "Next", n)
	}
	return all
}
