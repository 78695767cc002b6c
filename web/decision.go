package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"folkmoot/internal/ballot"
	"folkmoot/internal/decision"
	"folkmoot/internal/election"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/resolve"
	"folkmoot/internal/tally"

	"github.com/labstack/echo/v4"
)

// decisionsPage is the list of what the group has voted on.
type decisionsPage struct {
	Frame
	Rows  []Row
	Empty Empty
	Pager Pager
	Next  Link // to the next ones of those that were agreed without the reader
}

var decisionsTmpl = newPage[decisionsPage]("decision/list.html")

// decisionPage is one decision with its numbers, its text and what others say against it.
type decisionPage struct {
	Frame
	Result  Result
	Count   Count // of a ballot by ranking
	Say     []lang.Msg
	Clauses []Clause
	Facts   []Fact
	Called  CallResult // of a call for agreement
	Absent  absentPart // what those who were absent from it can say, and said
	Named   []Fact     // who voted how, where that is published
	Take    []Action   // what can be taken along, below the text
	Signed  lang.Msg   // who has gone over the count
	Common  lang.Msg   // which members have, while nobody holds the role
	Sign    Grave      // for tellers who have not; zero: the reader cannot
	Decided bool       // there is something to disagree with
	Reports []reportView
	Add     Action // zero: the reader has a report here
}

var decisionTmpl = newPage[decisionPage]("decision/show.html")

// reportView is a report of somebody who disagrees.
type reportView struct {
	ID    string
	Title lang.Msg
	Text  string
	By    string
	Names []string // who else signed
	Notes []lang.Msg
	Sign  Action
}

func decisionPath(g member.Group, number string, below ...string) string {
	path := groupPath(g) + "/decisions/" + number
	for _, b := range below {
		path += "/" + b
	}
	return path
}

func (s *Server) listDecisions(c echo.Context) error {
	a := s.actor(c)
	before := idFrom(c, "before")
	list, more, err := s.Decisions.List(c.Request().Context(), a, before)
	if err != nil {
		return err
	}
	p := decisionsPage{Frame: s.groupFrame(c, SectionDecisions)}
	p.Head = Head{Title: lang.M("decision.list.title"), State: lang.M("decision.list.state")}
	p.Empty = Empty{Title: lang.M("decision.list.empty"), Say: []lang.Msg{lang.M("decision.list.empty_say")},
		Act: Action{Href: groupPath(a.Group) + "/proposals/new", Label: lang.M("decision.list.propose")}}
	if p.Rows, err = s.decisionRows(c.Request().Context(), a, list); err != nil {
		return err
	}
	if before > 0 {
		p.Pager.Newer = groupPath(a.Group) + "/decisions"
	}
	if more {
		p.Pager.Older = groupPath(a.Group) + "/decisions?before=" + strconv.FormatInt(int64(list[len(list)-1].ID), 10)
	}
	p.Strip = Strip{Next: lang.M("decision.list.next"), Decides: lang.M("decision.list_decides"), Change: lang.M("decision.change"), Href: groupPath(a.Group) + "/proposals/new"}
	return decisionsTmpl.render(c, http.StatusOK, p)
}

// idFrom returns the decision that a parameter names, from which a list goes on; 0 if it names none.
func idFrom(c echo.Context, name string) decision.ID {
	id, err := strconv.ParseInt(c.QueryParam(name), 10, 64)
	if err != nil || id < 0 {
		return 0
	}
	return decision.ID(id)
}

// listWithout shows what was agreed without the reader and can still be objected to, those with least time left first.
func (s *Server) listWithout(c echo.Context) error {
	a := s.actor(c)
	path := groupPath(a.Group) + "/decisions"
	list, left, err := s.Decisions.Without(c.Request().Context(), a, idFrom(c, "after"), decision.PageSize)
	if err != nil {
		return err
	}
	p := decisionsPage{Frame: s.groupFrame(c, SectionDecisions)}
	p.Head = Head{Crumbs: []Link{{Href: path, Label: lang.M("decision.crumb")}}, Title: lang.M("decision.without"), State: lang.M("decision.without.state_all")}
	p.Empty = Empty{Title: lang.M("decision.without.none"), Say: []lang.Msg{lang.M("decision.without.none_say")}, Act: Action{Href: path, Label: lang.M("decision.crumb")}}
	for _, d := range list {
		p.Rows = append(p.Rows, withoutRow(a, d))
	}
	if left > 0 {
		p.Next = Link{Href: path + "/without?after=" + strconv.FormatInt(int64(list[len(list)-1].ID), 10), Label: lang.M("decision.without.next", "Count", left)}
	}
	p.Strip = Strip{Next: lang.M("decision.without.strip"), Decides: lang.M("decision.list_decides"), Change: lang.M("decision.change"), Href: groupPath(a.Group) + "/proposals/new"}
	return decisionsTmpl.render(c, http.StatusOK, p)
}

// decisionKind names a decision. A vote in which too few took part has a number too, and decided nothing.
func decisionKind(d decision.Decision) lang.Msg {
	if !d.Decided() {
		return lang.M("decision.kind_none", "Number", d.Number())
	}
	return lang.M("decision.kind", "Number", d.Number())
}

// decisionRow is a decision in a list.
func decisionRow(a member.Actor, d decision.Decision) Row {
	r := Row{
		Href: decisionPath(a.Group, d.Number()), Kind: decisionKind(d), Title: d.Title,
		State: d.Ended(), Facts: []lang.Msg{lang.M("decision.list.at", "At", local(a, d.At))},
	}
	if d.Missed {
		r.Can = lang.M("decision.object.row")
	}
	return r
}

func (s *Server) showDecision(c echo.Context) error {
	a := s.actor(c)
	v, err := s.Decisions.Show(c.Request().Context(), a, c.Param("number"))
	if err != nil {
		return err
	}
	p := decisionPage{Frame: s.groupFrame(c, SectionDecisions), Result: resultPart(v.Ballot, v.Result), Facts: decisionFacts(a, v)}
	p.Head = Head{
		Crumbs: []Link{{Href: groupPath(a.Group) + "/decisions", Label: lang.M("decision.crumb")}},
		Kind:   decisionKind(v.Decision), Title: plain(v.Title),
		State: decisionState(a, v),
	}
	if v.Ballot.Ranked() {
		on, err := s.rankedOn(c.Request().Context(), a, v.Motion)
		if err != nil {
			return err
		}
		if p.Count, err = s.countOf(c, p.Frame, v.Motion, on, v.Ballot); err != nil {
			return err
		}
		if err := s.fillChosen(c, &p, v); err != nil {
			return err
		}
	}
	for _, n := range v.Named {
		p.Named = append(p.Named, Fact{Label: plain(v.People[n.Member].Name), Value: lang.M("ballot." + n.Choice.String())})
	}
	if v.Next.ID == 0 && v.Ballot.MayAskAgain(v.Motion, a.Member.ID, v.Now) {
		p.Head.Can, p.Head.Act = lang.M("decide.again_say"), Action{Href: againHref(a, v.Words), Label: lang.M("decide.again")}
	}
	p.Decided = v.Decided()
	if v.Ballot.Calls() {
		p.Called = callResult(v.Ballot, v.Said, v.People)
		p.fillAbsent(a, v)
	}
	if !p.Practice { // nothing of it is taken along
		p.Take = []Action{{Href: groupPath(a.Group) + "/record/export?of=" + v.Number(), Label: lang.M("decision.export")}}
	}
	before, err := s.earlierCalls(c, v)
	if err != nil {
		return err
	}
	p.Take = append(p.Take, before...)
	if v.Ballot.Answers.Block > 0 || v.Window.State == decision.Overturned {
		x, err := s.Resolutions.Last(c.Request().Context(), v.Motion.ID)
		if err != nil {
			return err
		}
		if x.ID != 0 {
			p.Say = append(p.Say, localSay(a, x.Say()))
			p.Take = append(p.Take, Action{Href: resolvePath(a.Group, v.Motion.Number), Label: lang.M("resolve.link"), Main: x.State == resolve.Open})
		}
	}
	if v.Ballot.HasCodes() {
		p.Take = append(p.Take, Action{
			Href: votePath(a.Group, v.Motion.Number, "codes") + "?round=" + strconv.Itoa(v.Ballot.Round), Label: lang.M("decision.codes"),
		})
	}
	if tells(v.Ballot, v.Result) {
		p.Say = append(p.Say, lang.M("ballot.result.small"))
	}
	if v.Ballot.Urgent && v.Carried() {
		p.Say = append(p.Say, lang.M("call.urgent_was"))
	}
	if say := provisionalSay(a, v); !say.IsZero() {
		p.Say = append(p.Say, say)
	}
	if say := wakingSay(v.Ballot); !say.IsZero() {
		p.Say = append(p.Say, say)
	}
	for _, e := range v.Effects {
		id := "decision.effect." + string(e.Kind)
		if !e.Done() {
			id = "decision.effect.not." + string(e.Why)
		}
		p.Say = append(p.Say, lang.M(id))
	}
	p.sign(a, v)
	for i, cl := range v.Words.Clauses {
		p.Clauses = append(p.Clauses, Clause{Number: pointNumber(v.Motion, i), Text: cl.Text})
	}
	for _, r := range v.Reports {
		p.Reports = append(p.Reports, p.report(a, v, r))
	}
	if !v.Filed && v.MayDissent(a.Member) == nil {
		p.Add = Action{Href: decisionPath(a.Group, v.Number(), "dissent"), Label: lang.M("ballot.result.disagree")}
	}
	p.Strip = Strip{Next: decisionNext(a, v), Decides: lang.M("decision.decides"), Change: lang.M("decision.change"), Href: againPath(a, v)}
	return decisionTmpl.render(c, http.StatusOK, p)
}

// fillChosen says at the top of a decision by ranking who is elected, or what was chosen.
func (s *Server) fillChosen(c echo.Context, p *decisionPage, v decision.View) error {
	if v.Outcome != tally.Carried || v.Ballot.Approves() {
		return nil
	}
	a := s.actor(c)
	chosen, err := s.chosenSays(c.Request().Context(), a, []motion.ID{v.Motion.ID})
	say, is := chosen[v.Motion.ID]
	if err != nil || !is {
		return err
	}
	id := "election.decision.who"
	if v.Ballot.AboutRole() {
		id = "vacancy.decision.chosen"
	}
	p.Result.Outcome, p.Head.State = say, lang.M(id, "At", local(a, v.At), "Chosen", say)
	return nil
}

// decisionState says how it ended, in one sentence.
func decisionState(a member.Actor, v decision.View) lang.Msg {
	if v.Window.State == decision.Pending || v.Window.State == decision.Overturned {
		return lang.M("decision.window.state."+string(v.Window.State), "At", local(a, v.At))
	}
	if v.Ballot.Calls() && v.Outcome != tally.Inquorate {
		return lang.M("call.decision."+string(v.Outcome), "At", local(a, v.At))
	}
	if v.Ballot.Approves() && v.Outcome != tally.Inquorate {
		return lang.M("approval.decision."+string(v.Outcome), "At", local(a, v.At))
	}
	if v.Ballot.AboutRole() && v.Outcome != tally.Inquorate {
		return lang.M("vacancy.decision."+string(v.Outcome), "At", local(a, v.At))
	}
	if v.Ballot.Ranked() && v.Outcome != tally.Inquorate {
		return lang.M("election.decision."+string(v.Outcome), "At", local(a, v.At))
	}
	return lang.M("decision.state."+string(v.Outcome), "For", v.Result.Votes.For, "Against", v.Result.Votes.Against, "At", local(a, v.At))
}

// sign says which tellers have gone over the count, and lets one who has not put their name under it.
func (p *decisionPage) sign(a member.Actor, v decision.View) {
	var names, common []string
	for _, s := range v.Signed {
		name := p.voice().Say(memberName(v.People[s.Member]))
		if s.Common == "" {
			names = append(names, name)
			continue
		}
		common = append(common, name)
		p.Common = commonSay(s.Common, common)
	}
	if len(names) > 0 {
		p.Signed = lang.M("decision.signed", "Count", len(names), "Names", strings.Join(names, ", "), "Left", max(0, ballot.Signers-len(names)))
	}
	if v.MaySign || v.Common != "" {
		p.Sign = Grave{
			ID: "sign-count", Label: lang.M("decision.sign"), Ask: lang.M("decision.sign.ask"),
			Say: []lang.Msg{lang.M("decision.sign.say", "For", v.Result.Votes.For, "Against", v.Result.Votes.Against, "Abstain", v.Result.Votes.Abstain)},
			Yes: lang.M("decision.sign.yes"), Href: decisionPath(a.Group, v.Number(), "sign"), Guard: p.Guard(),
		}
		if v.Ballot.Ranked() {
			p.Sign.Say = []lang.Msg{lang.M("election.sign.say")}
		}
		if v.Common != "" {
			p.Sign.Label = lang.M("decision.common.sign")
			p.Sign.Say = append([]lang.Msg{lang.M("decision.common.say", "Role", lang.M("role."+v.Common+".name"))}, p.Sign.Say...)
		}
	}
}

// signCount puts a teller's name under the count of the decision's ballot.
func (s *Server) signCount(c echo.Context) error {
	a, ctx := s.actor(c), c.Request().Context()
	v, err := s.Decisions.Show(ctx, a, c.Param("number"))
	if err == nil {
		err = s.Ballots.SignCount(ctx, a, v.Ballot.ID)
	}
	if err != nil {
		return err
	}
	s.flash(c, "decision.flash.signed_count")
	return see(c, decisionPath(a.Group, v.Number()))
}

// againPath leads to the form for a proposal that takes the decision up again.
func againPath(a member.Actor, v decision.View) string {
	path := groupPath(a.Group) + "/proposals/new"
	if v.Ballot.Ranked() {
		return path
	}
	if v.Decided() {
		path += "?again=" + motion.FormatNumber(v.Motion.Number)
	}
	return path
}

// decisionNext says what follows from the decision.
func decisionNext(a member.Actor, v decision.View) lang.Msg {
	done := slices.ContainsFunc(v.Effects, decision.Effect.Done)
	switch {
	case v.Window.State == decision.Pending || v.Window.State == decision.Overturned:
		return lang.M("decision.window.next." + string(v.Window.State))
	case v.Ballot.Approves() && v.Outcome == tally.Carried:
		return lang.M("approval.next.carried")
	case v.Ballot.AboutRole() && v.Outcome != tally.Inquorate:
		return lang.M("vacancy.decision.next")
	case v.Ballot.Ranked() && v.Outcome == tally.Carried && !v.Now.Before(v.At.Add(election.ObjectTime)):
		return lang.M("election.decision.next.given")
	case v.Ballot.Ranked() && v.Outcome != tally.Inquorate:
		return lang.M("election.decision.next." + string(v.Outcome))
	case v.Outcome == tally.Carried && done:
		return lang.M("decision.next.done")
	case v.Outcome == tally.Carried && len(v.Effects) > 0:
		return lang.M("decision.next.undone")
	case v.Outcome == tally.Carried && !v.Review.IsZero() && !v.Now.Before(v.Review):
		return lang.M("decision.next.review_past", "At", local(a, v.Review))
	case v.Outcome == tally.Carried && !v.Review.IsZero():
		return lang.M("decision.next.review", "At", local(a, v.Review))
	case v.Outcome == tally.Carried:
		return lang.M("decision.next.carried")
	case v.Outcome == tally.NotCarried:
		return lang.M("decision.next.not_carried")
	case v.Ballot.IsAtOnce() && v.Motion.State == motion.Tabled:
		return lang.M("decide.next", "At", local(a, v.Motion.Opens))
	case v.Ballot.IsAtOnce():
		return lang.M("decide.next_past")
	case v.Ballot.Calls() && v.Outcome == tally.Blocked && !v.Ballot.Urgent && !v.Ballot.IsAtOnce():
		return lang.M("call.next_blocked")
	case v.Ballot.Calls() && v.Ballot.InRoom():
		return lang.M("call.next")
	case v.Ballot.Calls() && v.Outcome != tally.Inquorate:
		return lang.M("call.next_online")
	case v.Next.ID != 0:
		return lang.M("decision.next.again", "At", local(a, v.Next.Opens))
	}
	return lang.M("decision.next.lapsed")
}

func decisionFacts(a member.Actor, v decision.View) []Fact {
	about := Fact{Label: lang.M("decision.fact.motion"), Value: lang.M("decision.fact.motion_value", "Number", v.Motion.Number, "Version", v.Version),
		Href: groupPath(a.Group) + "/proposals/" + strconv.Itoa(v.Motion.Number)}
	if v.Ballot.Ranked() {
		about.Label, about.Value = kindName(v.Motion.Kind), motionName(v.Motion)
	}
	facts := []Fact{
		about,
		{Label: lang.M("ballot.needed"), Value: ballot.ExplainBallot(v.Ballot)},
	}
	facts = append(append(facts, roomFacts(a, v.Ballot)...), handFacts(v)...)
	facts = append(facts, []Fact{
		{Label: lang.M("ballot.opened"), At: local(a, v.Ballot.Opens)},
		{Label: lang.M("ballot.closed_at"), At: local(a, v.Ballot.Closes)},
	}...)
	if !v.Review.IsZero() && v.Carried() {
		facts = append(facts, Fact{Label: lang.M("decision.fact.review"), At: local(a, v.Review)})
	}
	return append(facts,
		Fact{Label: lang.M("decision.fact.rules"), Value: lang.M("ballot.rules_version", "Number", v.Rulebook), Href: groupPath(a.Group) + "/rules/" + strconv.Itoa(v.Rulebook)},
		Fact{Label: lang.M("decision.fact.text_print"), Value: plain(hexOf(v.Words.Hash)[:16]), Code: true},
		Fact{Label: lang.M("ballot.roll_print"), Value: plain(hexOf(v.Ballot.Roll)[:16]), Code: true},
		Fact{Label: lang.M("ballot.question_print"), Value: plain(hexOf(v.Ballot.Question)[:16]), Code: true},
	)
}

func (p *decisionPage) report(a member.Actor, v decision.View, r decision.Report) reportView {
	out := reportView{ID: "report-" + strconv.FormatInt(r.ID, 10), Title: lang.M("decision.note"), Text: r.Text, By: v.People[r.Author].Name}
	if r.IsReport(v.Least) {
		out.Title = lang.M("decision.report")
	} else {
		out.Notes = append(out.Notes, lang.M("decision.report.more", "Least", v.Least, "Have", r.Signers))
	}
	for _, id := range r.Names[1:] {
		out.Names = append(out.Names, v.People[id].Name)
	}
	if r.Late {
		out.Notes = append(out.Notes, lang.M("decision.report.late"))
	}
	switch {
	case r.Signed:
		out.Notes = append(out.Notes, lang.M("decision.report.signed"))
	case v.MayDissent(a.Member) == nil:
		out.Sign = Action{Href: decisionPath(a.Group, v.Number(), "dissent", strconv.FormatInt(r.ID, 10), "sign"),
			Label: lang.M("decision.report.sign"), Post: true, Guard: p.Guard()}
	}
	return out
}

// dissentForm is the form for a report, with what was typed.
func (s *Server) dissentForm(c echo.Context, v decision.View, text string) formPage {
	a := s.actor(c)
	p := s.form(c, s.groupFrame(c, SectionDecisions), decisionPath(a.Group, v.Number(), "dissent"), lang.M("decision.dissent.send"),
		area(Field{Name: "text", Value: text, Label: lang.M("decision.dissent.label"), Hint: lang.M("decision.dissent.hint"), Words: decision.MaxWords, Rows: 12, Markdown: true}))
	p.Keep = "dissent-" + v.Number()
	p.Head = Head{
		Crumbs: []Link{{Href: groupPath(a.Group) + "/decisions", Label: lang.M("decision.crumb")}, {Href: decisionPath(a.Group, v.Number()), Label: decisionKind(v.Decision)}},
		Kind:   plain(v.Title), Title: lang.M("decision.dissent.title"), State: lang.M("decision.dissent.state", "Number", v.Number()),
	}
	if v.InTime(v.Now) {
		p.Head.Until = Until{Say: lang.M("decision.dissent.until"), At: local(a, v.ReportsUntil())}
	} else {
		p.Head.Cannot = lang.M("decision.dissent.late")
	}
	p.Say = []lang.Msg{lang.M("decision.reports_say")}
	if v.Least > 1 {
		p.Say = append(p.Say, lang.M("decision.dissent.alone", "Least", v.Least))
	}
	p.Strip = Strip{Next: decisionNext(a, v), Decides: lang.M("decision.decides"), Change: lang.M("decision.change"), Href: groupPath(a.Group) + "/proposals/new"}
	return p
}

func (s *Server) showDissent(c echo.Context) error {
	v, err := s.Decisions.Show(c.Request().Context(), s.actor(c), c.Param("number"))
	if err != nil {
		return err
	}
	if err := v.MayDissent(s.actor(c).Member); err != nil {
		return err
	}
	if v.Filed {
		return see(c, decisionPath(s.actor(c).Group, v.Number()))
	}
	return formTmpl.render(c, http.StatusOK, s.dissentForm(c, v, ""))
}

func (s *Server) fileDissent(c echo.Context) error {
	a, ctx := s.actor(c), c.Request().Context()
	_, err := s.Decisions.File(ctx, a, s.once(c), c.Param("number"), value(c, "text"))
	if wrong := fault.Fields(err); wrong != nil {
		v, err := s.Decisions.Show(ctx, a, c.Param("number"))
		if err != nil {
			return err
		}
		return s.dissentForm(c, v, value(c, "text")).again(c, wrong)
	}
	if err != nil {
		return err
	}
	s.flash(c, "decision.flash.filed")
	return see(c, decisionPath(a.Group, c.Param("number")))
}

func (s *Server) signDissent(c echo.Context) error {
	id, err := strconv.ParseInt(c.Param("dissent"), 10, 64)
	if err != nil || id < 1 {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	a := s.actor(c)
	if err := s.Decisions.Sign(c.Request().Context(), a, c.Param("number"), id); err != nil {
		return err
	}
	s.flash(c, "decision.flash.signed")
	return see(c, decisionPath(a.Group, c.Param("number"))+"#report-"+strconv.FormatInt(id, 10))
}
