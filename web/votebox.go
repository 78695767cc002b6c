package web

import (
	"slices"

	"folkmoot/internal/ballot"
	"folkmoot/internal/decision"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"

	"github.com/labstack/echo/v4"
)

// VoteBox is what a proposal's page says about its vote, above the text: part "vote-box". The zero value shows nothing.
type VoteBox struct {
	Title  lang.Msg
	Say    []lang.Msg
	Result Result // once it is counted
	Links  []Link
}

// Counted says whether there is a result to show.
func (b VoteBox) Counted() bool { return !b.Result.Outcome.IsZero() }

// fillVote puts the vote on a proposal's page: the main action of its head while the vote is open, and the box.
func (s *Server) fillVote(c echo.Context, p *motionPage, v motion.View) error {
	a, ctx := s.actor(c), c.Request().Context()
	vote, err := s.Ballots.Show(ctx, a, v.Number)
	if fault.KindOf(err) == fault.NotFound {
		return nil // it has not come to its vote
	}
	if err != nil {
		return err
	}
	decided, err := s.Decisions.About(ctx, v.ID)
	if err != nil {
		return err
	}
	if mayVote(vote) {
		head := voteHead(a, vote)
		if vote.Calls() {
			head = callHead(a, vote)
		}
		p.Head.Can, p.Head.Act, p.Head.Cannot = head.Can, head.Act, lang.Msg{}
		p.Head.Act.Href = votePath(a.Group, v.Number)
	} else if vote.IsOpen(vote.Now) {
		p.Head.Cannot = voteHead(a, vote).Cannot
	} else if slices.ContainsFunc(decided, decision.Decision.IsProvisional) {
		p.Head.Cannot = lang.M("motion.cannot.provisional")
	}
	p.Vote, err = voteBox(a, vote, decided)
	return err
}

// voteBox says how the vote stands and how it ended. Of a vote that is held once more it says that too few took part the first
// time, in words: it has no result, and nothing else may stand beside an open vote on the same question (G9).
func voteBox(a member.Actor, v ballot.View, decided []decision.Decision) (box VoteBox, err error) {
	if box.Title = lang.M("ballot.box.title"); v.Calls() {
		box.Title = lang.M("call.do")
	}
	switch {
	case v.IsOpen(v.Now):
		box.Say = append(box.Say, ballot.ExplainBallot(v.Ballot), tookPart(v))
	case v.State == ballot.Announced:
		box.Say = append(box.Say, lang.M("ballot.result.again", "At", local(a, v.Opens)))
	case v.State == ballot.Closing || v.State == ballot.Open:
		box.Say = append(box.Say, lang.M("ballot.state.closing"))
	}
	for _, b := range append(v.Earlier, v.Ballot) {
		if b.State == ballot.Stopped && b.Incident != ballot.MootMotion {
			box.Say = append(box.Say, lang.M("ballot.box.stopped"))
		}
		if b.State == ballot.Stopped {
			box.Say = append(box.Say, lang.M("ballot.stopped."+b.Incident))
		}
	}
	box.Say = append(box.Say, firstTime(v)...)
	if v.IsCounted() {
		r, err := v.Result()
		if err != nil {
			return box, err
		}
		box.Result = resultPart(v.Ballot, r)
	}
	for _, d := range decided {
		if d.Ballot == v.ID && d.Window.State != "" {
			d.Contest = v.Contest
			box.Say = append(box.Say, localSay(a, d.Window.Say()))
			box.Result.Outcome = d.Ended()
		}
		box.Links = append(box.Links, Link{Href: decisionPath(a.Group, d.Number()), Label: decisionKind(d)})
	}
	if v.State == ballot.Announced || v.IsOpen(v.Now) {
		label := lang.M("ballot.vote")
		if v.Calls() {
			label = lang.M("decide.answer")
		}
		box.Links = append(box.Links, Link{Href: votePath(a.Group, v.Motion.Number), Label: label})
	}
	return box, nil
}
