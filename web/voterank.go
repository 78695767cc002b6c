package web

import (
	"crypto/rand"
	"math/big"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"folkmoot/internal/ballot"
	"folkmoot/internal/election"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/vacancy"

	"github.com/labstack/echo/v4"
)

// A ballot by ranking takes the same two steps as any vote: the paper, on which options are put in order, and a look at it.

// RankPaper is a ballot paper on which options are put in order: part "rank-paper".
type RankPaper struct {
	Href   string
	Guard  Guard
	Kind   lang.Msg
	Title  string
	Rank   Rank
	Say    []lang.Msg
	Random string
	Send   []Hidden
	Submit lang.Msg
	Fill   string // spaces, which make the paper as long however many numbers stand on it
}

// rankedPage shows an order before it is cast.
type rankedPage struct {
	Frame
	Order Ranked
	Notes []lang.Msg
	Cast  Action
	Back  Link
}

var rankedTmpl = newPage[rankedPage]("ballot/ranked.html")

// rankOf returns the options of a ballot in an order drawn anew, so that nobody stands first for everybody.
func rankOf(b ballot.Ballot, on ranked) (Rank, error) {
	r, e := Rank{Ask: lang.M("election.rank.ask", "Count", b.Seats)}, on.election
	if on.isQuestion() {
		r.Ask = lang.M("vacancy.rank.ask")
	}
	for i, ref := range b.Options {
		o := RankOption{ID: optionID(i + 1), Name: on.name(ref)}
		switch {
		case on.isQuestion():
			choice := vacancy.Choice(ref)
			if o.Line = choice.Line(); choice == vacancy.Abolish && len(on.held) > 0 {
				o.Line = lang.M("vacancy.line.abolish_held", "Names", namesOf(on.held))
			}
		case i+1 == b.RON:
			o.Line = lang.M("election.ron_line")
		}
		for _, cand := range e.Together() {
			if cand.Ref == ref {
				o.Link = Link{Href: "#" + candidateOf(e, cand).ID, Label: lang.M("election.statement_of", "Name", o.Name)}
				o.Line = openNote(e, cand)
			}
		}
		r.Options = append(r.Options, o)
	}
	return r, shuffle(r.Options)
}

// shuffle puts the options in an order that nobody can foresee.
func shuffle(options []RankOption) error {
	for i := len(options) - 1; i > 0; i-- {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(i+1)))
		if err != nil {
			return err
		}
		j := int(n.Int64())
		options[i], options[j] = options[j], options[i]
	}
	return nil
}

// optionID is what forms call an option, by its number in the ballot.
func optionID(n int) string { return "o" + strconv.Itoa(n) }

// ranking turns ids into the numbers of options.
func ranking(ids []string) (out []int) {
	for _, id := range ids {
		n, err := strconv.Atoi(strings.TrimPrefix(id, "o"))
		if err == nil {
			out = append(out, n)
		}
	}
	return out
}

// rankPaper is the paper, with what was typed on it.
func rankPaper(a member.Actor, v ballot.View, g Guard, r Rank) RankPaper {
	p := RankPaper{
		Href: votePath(a.Group, v.Motion.Number, "check"), Guard: g, Title: v.Words.Title, Kind: voteKind(v), Rank: r,
		Say: voteWarnings(v.Ballot), Submit: lang.M("ballot.check"), Random: "random", Send: []Hidden{{"basis", v.Basis}},
	}
	size := 0
	for _, o := range r.Options {
		size += len(o.Typed)
	}
	p.Fill = strings.Repeat(" ", max(0, r.Size()-size))
	return p
}

// fillRanks is fillPaper for a ballot by ranking.
func (s *Server) fillRanks(c echo.Context, p *votePage, v ballot.View, f ballotForm, wrong []lang.Msg) error {
	a := s.actor(c)
	on, err := s.rankedOn(c.Request().Context(), a, v.Motion)
	if err != nil {
		return err
	}
	if f.rank == nil {
		r, err := rankOf(v.Ballot, on)
		if err != nil {
			return err
		}
		f.rank = &r
	}
	p.Stand = standingOn(on.election, *f.rank)
	if !mayVote(v) {
		return nil
	}
	if len(wrong) > 0 && len(p.Problems) == 0 && f.rank.Wrong.IsZero() && !slices.ContainsFunc(f.rank.Options, func(o RankOption) bool { return !o.Wrong.IsZero() }) {
		f.rank.Wrong = wrong[0]
	}
	p.Ranks = rankPaper(a, v, p.Guard(), *f.rank)
	p.refuse(f.rank.problems(), f.rank.Fields()...)
	return nil
}

// standingOn are those who can be put in order, in the order in which the paper has them.
func standingOn(e election.View, r Rank) (out []candidateCard) {
	stood := e.Together()
	for _, o := range r.Options {
		i := slices.IndexFunc(stood, func(cand election.Candidature) bool { return "#"+candidateOf(e, cand).ID == o.Link.Href })
		if i >= 0 {
			out = append(out, candidateOf(e, stood[i]))
		}
	}
	return out
}

// checkRanked shows an order once more before it is cast.
func (s *Server) checkRanked(c echo.Context, v ballot.View) error {
	a, n := s.actor(c), v.Motion.Number
	on, err := s.rankedOn(c.Request().Context(), a, v.Motion)
	if err != nil {
		return err
	}
	r, err := rankOf(v.Ballot, on)
	if err != nil {
		return err
	}
	f := ballotForm{random: value(c, "random"), basis: value(c, "basis"), rank: &r}
	order, err := r.read(c.Request().PostForm)
	if err := f.ready(v, err); err != nil {
		return s.voteTrouble(c, n, f, err)
	}
	p := rankedPage{
		Frame: s.groupFrame(c, SectionProposals),
		Notes: []lang.Msg{lang.M("ballot.check.change"), lang.M("ballot.say.receipt." + string(v.Receipts)), papersSay(v.Ballot)},
		Back:  Link{Href: votePath(a.Group, n), Label: lang.M("ballot.back")},
	}
	p.Order = r.ranked(p.voice(), order)
	p.Cast = Action{
		Href: votePath(a.Group, n), Label: lang.M("ballot.cast"), Guard: p.Guard(),
		Send: []Hidden{{"order", r.sent(order)}, {"random", f.random}, {"basis", f.basis}},
	}
	p.Head = checkHead(a, v)
	p.Strip = voteStrip(a, v)
	return rankedTmpl.render(c, http.StatusOK, p)
}

// castRanked casts an order as checkRanked sends it on.
func (s *Server) castRanked(c echo.Context, n int) error {
	a, ctx := s.actor(c), c.Request().Context()
	v, err := s.Ballots.Show(ctx, a, n)
	if err != nil {
		return err
	}
	if !v.Ranked() || v.Approves() {
		return s.voteTrouble(c, n, ballotForm{}, fault.Form(map[string]lang.Msg{"choice": lang.M("ballot.choose")}))
	}
	on, err := s.rankedOn(ctx, a, v.Motion)
	if err != nil {
		return err
	}
	r, err := rankOf(v.Ballot, on)
	if err != nil {
		return err
	}
	f := ballotForm{random: value(c, "random"), basis: value(c, "basis"), rank: &r}
	order, err := r.received(value(c, "order"))
	if err == nil {
		r.fillIn(order)
		err = f.check()
	}
	var taken ballot.Taken
	if err == nil {
		taken, err = s.Ballots.Cast(ctx, a, n, ballot.Vote{Ranking: ranking(order), Once: s.once(c), Client: f.random, Basis: f.basis})
	}
	if err != nil {
		return s.voteTrouble(c, n, f, err)
	}
	return s.voteTaken(c, n, taken, f)
}

// fillIn writes an order into the fields, numbered from 1.
func (r *Rank) fillIn(order []string) {
	for i := range r.Options {
		if at := slices.Index(order, r.Options[i].ID); at >= 0 {
			r.Options[i].Typed = strconv.Itoa(at + 1)
		}
	}
}

// papersSay says, before anybody votes, that papers are published, and what that means.
func papersSay(b ballot.Ballot) lang.Msg {
	id := "election.papers_say"
	if b.Approves() {
		id = "approval.papers_say"
	}
	return lang.M(id, "Least", ballot.LeastPapers)
}
