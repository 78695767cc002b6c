package web

import (
	"net/http"
	"net/url"
	"strconv"

	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/textdiff"

	"github.com/labstack/echo/v4"
)

// historyPage is the versions of a proposal, two of them compared.
type historyPage struct {
	Frame
	Versions   []Fact
	Compared   lang.Msg // "Version 2 beside version 1"
	Comparison comparison
	Same       bool // there is one version only
}

// changedPassage is a text that is not voted on, compared.
type changedPassage struct {
	Title lang.Msg
	Spans []Span
}

var historyTmpl = newPage[historyPage]("motion/versions.html")

func (s *Server) showVersions(c echo.Context) error {
	n, err := number(c)
	if err != nil {
		return err
	}
	from, err := startOf(c, "from")
	if err != nil {
		return err
	}
	to, err := startOf(c, "to")
	if err != nil {
		return err
	}
	a := s.actor(c)
	h, err := s.Motions.ShowHistory(c.Request().Context(), a, n, int(from), int(to))
	if err != nil {
		return err
	}
	p := historyPage{Frame: s.groupFrame(c, SectionProposals), Same: h.Version == 1}
	p.Head = Head{
		Kind: motionName(h.Motion), Title: lang.M("motion.versions"), State: lang.M("motion.versions_state", "Count", h.Version),
		Crumbs: []Link{{Href: motionPath(a.Group, h.Motion), Label: motionTitle(h.Motion)}},
	}
	p.Strip = Strip{
		Next: lang.M("motion.versions_next"), Decides: lang.M("motion.versions_decides"), Change: lang.M("motion.versions_change"),
		Href: motionPath(a.Group, h.Motion, "talk"),
	}
	switch {
	case h.State != motion.Draft && h.MayArgue(h.Now) != nil:
		p.Strip.Next, p.Strip.Change, p.Strip.Href = lang.M("motion.versions_next_closed"), lang.M("motion.versions_closed"), groupPath(a.Group)+"/proposals/new"
	case h.State == motion.Tabled && !h.Now.Before(h.TextUntil):
		p.Strip.Change, p.Strip.Href = lang.M("motion.versions_settled"), motionPath(a.Group, h.Motion)
	}
	path := motionPath(a.Group, h.Motion, "versions")
	for i := len(h.Written); i > 0; i-- {
		p.Versions = append(p.Versions, Fact{Label: lang.M("motion.fact.version_value", "Number", i), At: local(a, h.Written[i-1])})
		if i > 1 {
			p.Versions[len(p.Versions)-1].Href = path + "?from=" + strconv.Itoa(i-1) + "&to=" + strconv.Itoa(i)
		}
	}
	p.compare(h)
	return historyTmpl.render(c, http.StatusOK, p)
}

// compare puts what changed between the two versions on the page.
func (p *historyPage) compare(h motion.History) {
	p.Compared = lang.M("motion.compared", "New", h.New.N, "Old", h.Old.N)
	p.Comparison = compare(h, p.Same)
}

// comparison is what changed between two wordings, word by word: part "comparison".
type comparison struct {
	Title    []Span
	Clauses  []Clause
	Passages []changedPassage
	Where    lang.Msg // where it is to be decided, if that changed
}

func compare(h motion.History, same bool) (p comparison) {
	p.Title = spans(textdiff.Diff(h.Old.Title, h.New.Title))
	for _, row := range textdiff.Clauses(diffable(h.Old), diffable(h.New)) {
		cl := Clause{Number: row.New + 1, Spans: spans(row.Spans)}
		if !same {
			cl.Note = lang.M("motion.clause_was." + clauseFate(row))
		}
		p.Clauses = append(p.Clauses, cl)
	}
	for _, t := range []struct {
		id       string
		old, new string
	}{
		{"why", h.Old.Why, h.New.Why}, {"won", h.Old.Won, h.New.Won}, {"partly", h.Old.Partly, h.New.Partly},
		{"not_acceptable", h.Old.NotAcceptable, h.New.NotAcceptable}, {"able", h.Old.Able, h.New.Able},
	} {
		if t.old != t.new {
			p.Passages = append(p.Passages, changedPassage{lang.M("motion." + t.id), spans(textdiff.Diff(t.old, t.new))})
		}
	}
	if h.Old.Forum != h.New.Forum {
		p.Where = lang.M("motion.forum.moved." + sentForum(h.New.Forum))
	}
	return p
}

func diffable(v motion.Version) []textdiff.Clause {
	out := make([]textdiff.Clause, len(v.Clauses))
	for i, c := range v.Clauses {
		out[i] = textdiff.Clause{ID: int64(c.ID), Text: c.Text}
	}
	return out
}

// clauseFate names what happened to a clause.
func clauseFate(r textdiff.Row) string {
	switch {
	case r.Moved && r.State == textdiff.Gone:
		return "moved_away"
	case r.Moved:
		return "moved_here"
	case r.State == textdiff.Changed:
		return "changed"
	case r.State == textdiff.New:
		return "new"
	case r.State == textdiff.Gone:
		return "gone"
	}
	return "same"
}

// statementsPage is the statements of one side, and the form to write one.
type statementsPage struct {
	Frame
	Tabs  []Tab
	List  []Statement
	Empty lang.Msg
	Pager Pager
	Href  string
	Side  string
	Text  Field
	May   bool
}

var statementsTmpl = newPage[statementsPage]("motion/statements.html")

func (s *Server) showStatements(c echo.Context) error {
	side := motion.Side(c.QueryParam("side"))
	if side == "" {
		side = motion.For
	}
	after, err := startOf(c, "after")
	if err != nil {
		return err
	}
	p, err := s.statements(c, side, after)
	if err != nil {
		return err
	}
	return statementsTmpl.render(c, http.StatusOK, p)
}

// statements makes the page of one side, from the statement after the given one on.
func (s *Server) statements(c echo.Context, side motion.Side, after int64) (p statementsPage, err error) {
	n, err := number(c)
	if err != nil {
		return p, err
	}
	a := s.actor(c)
	st, err := s.Motions.ShowStatements(c.Request().Context(), a, n, side, after)
	if err != nil {
		return p, err
	}
	if st.State == motion.Draft {
		return p, fault.New(fault.NotFound, "fault.not_found")
	}
	p = statementsPage{Frame: s.groupFrame(c, SectionProposals), Href: motionPath(a.Group, st.Motion, "statements"), Side: string(side)}
	p.Head = Head{
		Kind: motionName(st.Motion), Title: lang.M("motion.side." + string(side)), State: lang.M("motion.sides_order"),
		Crumbs: []Link{{Href: motionPath(a.Group, st.Motion), Label: plain(st.Title)}},
	}
	p.Strip = Strip{
		Next: lang.M("motion.sides_next"), Decides: lang.M("motion.sides_decides"), Change: lang.M("motion.sides_change"),
		Href: groupPath(a.Group) + "/rules",
	}
	for _, other := range []motion.Side{motion.For, motion.Against} {
		p.Tabs = append(p.Tabs, Tab{Href: p.sidePath(other, 0), Label: lang.M("motion.side." + string(other)), Current: other == side})
	}
	for _, one := range st.Shown.List {
		p.List = append(p.List, Statement{Text: one.Text, By: st.People[one.Author].Name})
	}
	p.Empty = lang.M("motion.side.none")
	if st.Shown.More {
		p.Pager.Older = p.sidePath(side, st.Shown.List[len(st.Shown.List)-1].ID)
	}
	if after != 0 {
		p.Pager.Newer = p.sidePath(side, 0)
	}
	p.write(a, st)
	return p, nil
}

func (p statementsPage) sidePath(side motion.Side, after int64) string {
	q := url.Values{"side": {string(side)}}
	if after != 0 {
		q.Set("after", strconv.FormatInt(after, 10))
	}
	return p.Href + "?" + q.Encode()
}

// write puts the form on the page, or says why there is none.
func (p *statementsPage) write(_ member.Actor, st motion.Statements) {
	if err := st.MayArgue(st.Now); err != nil {
		p.Head.Cannot = judge(err).say
		return
	}
	p.May, p.Empty = true, lang.M("motion.side.empty")
	label := "motion.side.write." + string(st.Side)
	if st.Mine != "" {
		label = "motion.side.rewrite"
	}
	p.Text = Field{
		Name: "text", Value: st.Mine, Label: lang.M(label), Hint: lang.M("motion.side.hint"), Words: motion.MaxStatement, Rows: 6, Markdown: true,
	}
}

func (s *Server) argue(c echo.Context) error {
	n, err := number(c)
	if err != nil {
		return err
	}
	a, side := s.actor(c), motion.Side(value(c, "side"))
	m, err := s.Motions.Argue(c.Request().Context(), a, n, side, value(c, "text"))
	if wrong := fault.Fields(err); wrong != nil && wrong["side"].IsZero() {
		p, err := s.statements(c, side, 0)
		if err != nil {
			return err
		}
		p.Text.Value, p.Text.Wrong = value(c, "text"), wrong["text"]
		p.refuse(wrong, "text")
		return statementsTmpl.render(c, http.StatusUnprocessableEntity, p)
	}
	if err != nil {
		return err
	}
	s.flash(c, "motion.flash.argued")
	return see(c, motionPath(a.Group, m)+"#sides")
}
