package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"folkmoot/internal/ballot"
	"folkmoot/internal/election"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"

	"github.com/labstack/echo/v4"
)

// A ballot by approval takes the same two steps as any vote: the paper, on which people say whom they would trust, and a look at it.

// Trust is where a voter says yes or no to each of those who stand: part "trust". Each has both answers, of one size, so that what is sent
// is as long whatever is answered, with and without a script (security.md §1.2, T7).
type Trust struct {
	Ask     lang.Msg
	Options []RankOption // in the order shown, which the caller draws anew for each voter; Typed is the answer
	Wrong   lang.Msg
}

// The answers as forms send them: of one size.
const (
	trustYes = "yes"
	trustNo  = "no."
)

// Field returns the name of the whole. Names of the answers are this, "." and the option's id.
func (Trust) Field() string { return "trust" }

// Answers are the two that there are.
func (Trust) Answers() []Option {
	return []Option{{Value: trustYes, Label: lang.M("approval.yes")}, {Value: trustNo, Label: lang.M("approval.no")}}
}

// TrustPaper is a ballot paper on which people say whom they would trust: part "trust-paper".
type TrustPaper struct {
	Href   string
	Guard  Guard
	Kind   lang.Msg
	Title  string
	Trust  Trust
	Say    []lang.Msg
	Random string
	Send   []Hidden
	Submit lang.Msg
}

// trustedPage shows once more whom somebody would trust before it is cast.
type trustedPage struct {
	Frame
	Yes, No []lang.Msg
	Fill    string // spaces, which make the page as long whatever was answered
	Notes   []lang.Msg
	Cast    Action
	Back    Link
}

var trustedTmpl = newPage[trustedPage]("ballot/trusted.html")

// trustOf returns the options of a ballot in an order drawn anew, each answered no.
func trustOf(b ballot.Ballot, e election.View) (Trust, error) {
	r, err := rankOf(b, ranked{election: e})
	t := Trust{Ask: lang.M("approval.ask"), Options: r.Options}
	for i := range t.Options {
		t.Options[i].Typed = trustNo
	}
	return t, err
}

// read takes the answers from a form and returns the ids of those who are trusted. Anything but one answer for each option, and for no
// other, is fault.Invalid.
func (t *Trust) read(form url.Values) (ids []string, err error) {
	for i, o := range t.Options {
		all := form[t.Field()+"."+o.ID]
		if len(all) != 1 || all[0] != trustYes && all[0] != trustNo {
			return nil, fault.Form(map[string]lang.Msg{t.Field(): lang.M("approval.choose", "Name", o.Name)})
		}
		if t.Options[i].Typed = all[0]; all[0] == trustYes {
			ids = append(ids, o.ID)
		}
	}
	for name := range form {
		if id, ok := strings.CutPrefix(name, t.Field()+"."); ok && !t.has(id) {
			return nil, fault.Form(map[string]lang.Msg{t.Field(): lang.M("rank.changed")})
		}
	}
	return ids, nil
}

func (t *Trust) has(id string) bool {
	return slices.ContainsFunc(t.Options, func(o RankOption) bool { return o.ID == id })
}

// sent is a choice as the form that casts it sends it: a sign for each option of the ballot, in its order, so that it is as long whatever
// the choice is.
func (t *Trust) sent(ids []string) string {
	out := make([]byte, len(t.Options))
	for i := range out {
		if out[i] = '0'; slices.Contains(ids, optionID(i+1)) {
			out[i] = '1'
		}
	}
	return string(out)
}

// received reads what sent wrote, or returns fault.Invalid.
func (t *Trust) received(s string) (ids []string, err error) {
	for i, sign := range []byte(s) {
		if sign == '1' {
			ids = append(ids, optionID(i+1))
		}
	}
	if t.sent(ids) != s {
		return nil, fault.Form(map[string]lang.Msg{t.Field(): lang.M("rank.changed")})
	}
	for i := range t.Options {
		if slices.Contains(ids, t.Options[i].ID) {
			t.Options[i].Typed = trustYes
		}
	}
	return ids, nil
}

// fillTrust is fillPaper for a ballot by approval.
func (s *Server) fillTrust(c echo.Context, p *votePage, v ballot.View, f ballotForm, wrong []lang.Msg) error {
	a := s.actor(c)
	e, err := s.Elections.Show(c.Request().Context(), a, v.Motion.Number)
	if err != nil {
		return err
	}
	if f.trust == nil {
		t, err := trustOf(v.Ballot, e)
		if err != nil {
			return err
		}
		f.trust = &t
	}
	p.Stand = standingOn(e, Rank{Options: f.trust.Options})
	if !mayVote(v) {
		return nil
	}
	if len(wrong) > 0 {
		f.trust.Wrong = wrong[0]
		p.Problems = []Problem{{Field: f.trust.Field(), Say: wrong[0]}}
	}
	p.Trust = trustPaper(a, v, p.Guard(), *f.trust)
	return nil
}

// trustPaper is the paper, with what was answered on it.
func trustPaper(a member.Actor, v ballot.View, g Guard, t Trust) TrustPaper {
	return TrustPaper{
		Href: votePath(a.Group, v.Motion.Number, "check"), Guard: g, Title: v.Words.Title, Kind: voteKind(v), Trust: t,
		Say: voteWarnings(v.Ballot), Submit: lang.M("ballot.check"), Random: "random", Send: []Hidden{{"basis", v.Basis}},
	}
}

// trustForm returns what a form about a ballot by approval sends beside the answers, and the paper that it is about.
func (s *Server) trustForm(c echo.Context, v ballot.View) (f ballotForm, err error) {
	e, err := s.Elections.Show(c.Request().Context(), s.actor(c), v.Motion.Number)
	if err != nil {
		return f, err
	}
	t, err := trustOf(v.Ballot, e)
	return ballotForm{random: value(c, "random"), basis: value(c, "basis"), trust: &t}, err
}

// checkTrust shows once more whom somebody would trust before it is cast.
func (s *Server) checkTrust(c echo.Context, v ballot.View) error {
	a, n := s.actor(c), v.Motion.Number
	f, err := s.trustForm(c, v)
	if err != nil {
		return err
	}
	ids, err := f.trust.read(c.Request().PostForm)
	if err := f.ready(v, err); err != nil {
		return s.voteTrouble(c, n, f, err)
	}
	p := trustedPage{
		Frame: s.groupFrame(c, SectionProposals),
		Notes: []lang.Msg{lang.M("ballot.check.change"), lang.M("ballot.say.receipt." + string(v.Receipts)), papersSay(v.Ballot)},
		Back:  Link{Href: votePath(a.Group, n), Label: lang.M("ballot.back")},
	}
	p.fill(f.trust, ids)
	p.Cast = Action{
		Href: votePath(a.Group, n), Label: lang.M("ballot.cast"), Guard: p.Guard(),
		Send: []Hidden{{"trusts", f.trust.sent(ids)}, {"random", f.random}, {"basis", f.basis}},
	}
	p.Head = checkHead(a, v)
	p.Strip = voteStrip(a, v)
	return trustedTmpl.render(c, http.StatusOK, p)
}

// fill puts the names on the page, which is as long whoever stands in which list.
func (p *trustedPage) fill(t *Trust, ids []string) {
	for _, o := range t.Options {
		if slices.Contains(ids, o.ID) {
			p.Yes = append(p.Yes, o.Name)
		} else {
			p.No = append(p.No, o.Name)
		}
	}
	if len(p.Yes) > 0 && len(p.No) > 0 {
		p.Fill = blank(p.voice().T("approval.check.nobody"))
	}
}

// castTrust casts a choice as checkTrust sends it on.
func (s *Server) castTrust(c echo.Context, n int) error {
	a, ctx := s.actor(c), c.Request().Context()
	v, err := s.Ballots.Show(ctx, a, n)
	if err != nil {
		return err
	}
	if !v.Approves() {
		return s.voteTrouble(c, n, ballotForm{}, fault.Form(map[string]lang.Msg{"choice": lang.M("ballot.choose")}))
	}
	f, err := s.trustForm(c, v)
	if err != nil {
		return err
	}
	ids, err := f.trust.received(value(c, "trusts"))
	if err == nil {
		err = f.check()
	}
	var taken ballot.Taken
	if err == nil {
		taken, err = s.Ballots.Cast(ctx, a, n, ballot.Vote{Ranking: ranking(ids), Once: s.once(c), Client: f.random, Basis: f.basis})
	}
	if err != nil {
		return s.voteTrouble(c, n, f, err)
	}
	return s.voteTaken(c, n, taken, f)
}

// approvedOf says on how many papers each of those who stood is named, and marks half of them.
func (p *Count) approvedOf(e election.View, r election.Result, names []string, votes []string, valid int64) error {
	p.Approvals = Result{Caption: lang.M("approval.caption"), Of: int(valid)}
	for i, text := range votes {
		n, err := strconv.Atoi(text)
		if err != nil {
			return err
		}
		p.Approvals.Bars = append(p.Approvals.Bars, Bar{plain(names[i]), n})
	}
	half := int(valid/2 + valid%2)
	p.Approvals.Need, p.Approvals.NeedSay = half, lang.M("approval.mark", "Count", half)
	var found []lang.Msg
	for _, cand := range e.Candidates {
		if cand.Approved {
			found = append(found, memberName(e.People[cand.Member]))
		}
	}
	p.Elected = lang.M("approval.found_nobody")
	if len(found) > 0 {
		p.Elected = lang.M("approval.found", "Count", len(found), "Names", namesOf(found), "Role", roleName(e.Role))
		p.Say = append(p.Say, lang.M("approval.then_lot"))
	}
	return nil
}
