package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/rulebook"

	"github.com/labstack/echo/v4"
)

// motionFormPage is the form in which a proposal is written: what we will do, why, how we would know; then the rest.
type motionFormPage struct {
	Frame
	Href         string
	Name         string // data-keep
	Draft        bool   // not put forward yet: kind and review can still be chosen
	Forming      bool   // it can be kept, not put forward
	Version      int    // that is changed
	Title        Field
	Clauses      []clauseField
	ClausesWrong lang.Msg
	ClausesHint  lang.Msg
	Texts        []Field // why, and how we would know
	More         []Field // what may be left empty without loss
	MoreOpen     bool    // something stands in them, or is wrong with them
	Kind         Choice
	Forum        Choice // where it is to be decided; without options where that is not chosen
	About        Tick
	Review       Field
	Again        Field
	Say          []lang.Msg // what rewording will mean
}

// clauseField is one clause to write.
type clauseField struct {
	Field
	Clause    int // its id, 0 for a new one
	No        int
	Removable bool
}

var motionFormTmpl = newPage[motionFormPage]("motion/form.html")

// motionForm is the name under which a browser keeps what is typed.
const motionForm = "proposal"

// formName is that name for a proposal that is there.
func formName(m motion.Motion) string { return motionForm + "-" + motion.FormatNumber(m.Number) }

// motionOrder is the order of the fields on the page.
var motionOrder = []string{"title", "clauses", "why", "won", "kind", "forum", "about_person", "review_days", "again", "partly", "not_acceptable", "able"}

// written is a proposal as it was typed.
type written struct {
	motion.Proposal
	review, again string
}

// forumOnline is how forms send motion.Online, which is nothing.
const forumOnline = "online"

// sentForum is a forum as forms send it.
func sentForum(f motion.Forum) string {
	if f == motion.Online {
		return forumOnline
	}
	return string(f)
}

// readMotion returns what was typed, with at least one clause to write in.
func readMotion(c echo.Context) written {
	w := written{review: strings.TrimSpace(value(c, "review_days"))}
	w.Kind, w.AboutPerson = motion.Kind(value(c, "kind")), value(c, "about_person") != ""
	days, err := strconv.Atoi(w.review)
	if err != nil && w.review != "" {
		days = -1 // not a number: refused by the rules for it
	}
	w.ReviewDays = days
	w.again = strings.TrimSpace(value(c, "again"))
	if w.Again = motion.ParseNumber(w.again); w.again != "" && w.Again <= 0 {
		w.Again = -1 // no proposal's number: refused by the rules for it
	}
	w.Text = motion.Text{
		Title: value(c, "title"), Why: value(c, "why"), Won: value(c, "won"), Partly: value(c, "partly"),
		NotAcceptable: value(c, "not_acceptable"), Able: value(c, "able"), Forum: motion.Forum(value(c, "forum")),
	}
	if w.Text.Forum == forumOnline {
		w.Text.Forum = motion.Online
	}
	for i := 1; i <= motion.MaxClauses+1; i++ {
		n := strconv.Itoa(i)
		if _, ok := c.Request().PostForm["clause-"+n]; !ok {
			break
		}
		id, err := strconv.Atoi(value(c, "clause-id-"+n))
		if err != nil || id < 0 {
			id = 0
		}
		w.Text.Clauses = append(w.Text.Clauses, motion.Clause{ID: id, Text: value(c, "clause-"+n)})
	}
	return w
}

// writtenOf returns a stored proposal as if it had just been typed.
func writtenOf(v motion.View) written {
	w := written{Proposal: motion.Proposal{Kind: v.Kind, AboutPerson: v.AboutPerson, ReviewDays: v.ReviewDays, Text: v.Text.Text}}
	w.review = strconv.Itoa(v.ReviewDays)
	if v.Earlier.ID != 0 {
		w.Again, w.again = v.Earlier.Number, motion.FormatNumber(v.Earlier.Number)
	}
	return w
}

// rewordSay says what follows from changing the words of a proposal in the state.
func rewordSay(s motion.State) lang.Msg {
	if s == motion.Seeking || s == motion.Tabled {
		return lang.M("motion.form.reword." + string(s))
	}
	return lang.M("motion.form.reword.over") // the form comes back, and was too late
}

// motionFormOf returns the form with what was typed in it. m is zero for a proposal that is not there yet.
func (s *Server) motionFormOf(c echo.Context, a member.Actor, m motion.Motion, rules rulebook.Rules, w written) motionFormPage {
	p := motionFormPage{Frame: s.groupFrame(c, SectionProposals), Name: motionForm, Version: m.Version, Forming: a.Group.Forming()}
	p.Draft = m.State == motion.Draft || m.ID == 0
	p.Href = groupPath(a.Group) + "/proposals/new"
	p.Head = Head{Title: lang.M("motion.form.new"), State: lang.M("motion.form.new_state")}
	p.Strip = Strip{Next: lang.M("motion.form.next"), Decides: lang.M("motion.form.decides"), Change: lang.M("motion.form.change"), Href: groupPath(a.Group) + "/rules"}
	if m.ID != 0 {
		p.Href = motionPath(a.Group, m, "edit")
		p.Name = formName(m)
		p.Head = Head{Kind: motionName(m), Title: lang.M("motion.form.edit"), State: lang.M("motion.form.edit_state")}
		p.Head.Crumbs = []Link{{Href: motionPath(a.Group, m), Label: motionTitle(m)}}
	}
	if !p.Draft {
		p.Head.Title, p.Head.State = lang.M("motion.form.edit_public"), lang.M("motion.form.reword_state")
		p.Say = []lang.Msg{rewordSay(m.State)}
		p.Strip.Next = rewordSay(m.State)
	}
	p.fill(w, rules)
	return p
}

// fill puts what was typed into the fields.
func (p *motionFormPage) fill(w written, rules rulebook.Rules) {
	t := w.Text
	p.Title = Field{Name: "title", Value: t.Title, Label: lang.M("motion.form.title"), Hint: lang.M("motion.form.title_hint"), Max: motion.MaxTitle}
	p.ClausesHint = lang.M("motion.form.clauses_hint", "Max", rules.MotionTextMaxWords)
	if len(t.Clauses) == 0 {
		t.Clauses = []motion.Clause{{}}
	}
	for i, c := range t.Clauses {
		p.Clauses = append(p.Clauses, clauseField{
			Field:  Field{Name: "clause-" + strconv.Itoa(i+1), Value: c.Text, Label: lang.M("motion.form.clause", "Number", i+1), Rows: 3},
			Clause: c.ID, No: i + 1, Removable: len(t.Clauses) > 1,
		})
	}
	long := func(name, text string, words int, optional bool) Field {
		return Field{
			Name: name, Value: text, Label: lang.M("motion.form." + name), Hint: lang.M("motion.form." + name + "_hint"),
			Rows: 4, Words: words, Optional: optional, Markdown: true,
		}
	}
	p.Texts = []Field{long("why", t.Why, motion.MaxWhy, true), long("won", t.Won, motion.MaxAnswer, w.Kind != motion.Action)}
	p.More = []Field{long("partly", t.Partly, motion.MaxAnswer, true), long("not_acceptable", t.NotAcceptable, motion.MaxAnswer, true), long("able", t.Able, motion.MaxAnswer, true)}
	p.Again = Field{Name: "again", Value: w.again, Label: lang.M("motion.form.again"), Hint: lang.M("motion.form.again_hint"), InputMode: "numeric", Short: true, Optional: true}
	p.MoreOpen = t.Partly+t.NotAcceptable+t.Able+w.again != ""
	p.Kind = Choice{Name: "kind", Legend: lang.M("motion.form.kind")}
	for _, k := range motion.Kinds() {
		p.Kind.Options = append(p.Kind.Options, Option{Value: string(k), Label: kindName(k), Hint: lang.M("motion.kind." + string(k) + "_hint"), Chosen: k == w.Kind})
	}
	if p.Draft || !w.AboutPerson && slices.Contains(motion.Kinds(), w.Kind) {
		p.Forum = Choice{Name: "forum", Legend: lang.M("motion.form.forum"), Hint: lang.M("motion.form.forum_hint")}
		forums := []motion.Forum{motion.Online, motion.AtMeeting}
		if rules.DecideDefault == rulebook.Consensus {
			forums = []motion.Forum{motion.ByAgreement, motion.Online, motion.AtMeeting}
		}
		for _, f := range forums {
			id := "motion.form.forum." + sentForum(f)
			p.Forum.Options = append(p.Forum.Options, Option{Value: sentForum(f), Label: lang.M(id), Hint: lang.M(id + "_hint"), Chosen: f == t.Forum})
		}
	}
	p.About = Tick{Name: "about_person", Label: lang.M("motion.form.about_person"), Hint: lang.M("motion.form.about_person_hint"), Chosen: w.AboutPerson}
	p.Review = Field{Name: "review_days", Value: w.review, Label: lang.M("motion.form.review_days"), Hint: lang.M("motion.form.review_days_hint"), InputMode: "numeric", Short: true}
}

// wrong puts what is wrong beside the fields and at the top of the page.
func (p *motionFormPage) wrong(fields map[string]lang.Msg) {
	p.refuse(fields, motionOrder...)
	p.Title.Wrong, p.ClausesWrong, p.Kind.Wrong, p.Review.Wrong = fields["title"], fields["clauses"], fields["kind"], fields["review_days"]
	p.Again.Wrong, p.Forum.Wrong = fields["again"], fields["forum"]
	p.MoreOpen = p.MoreOpen || !p.Again.Wrong.IsZero()
	for i := range p.Texts {
		p.Texts[i].Wrong = fields[p.Texts[i].Name]
	}
	for i := range p.More {
		p.More[i].Wrong = fields[p.More[i].Name]
		p.MoreOpen = p.MoreOpen || !p.More[i].Wrong.IsZero()
	}
}

func (s *Server) newMotion(c echo.Context) error {
	a := s.actor(c)
	rules, err := s.Rulebooks.Current(c.Request().Context(), a.Group.ID)
	if err != nil {
		return err
	}
	w := written{Proposal: motion.Proposal{Kind: motion.Action}, review: strconv.Itoa(motion.ReviewDefault)}
	if n := motion.ParseNumber(c.QueryParam("again")); n > 0 {
		w.again = motion.FormatNumber(n)
	}
	return motionFormTmpl.render(c, http.StatusOK, s.motionFormOf(c, a, motion.Motion{}, rules.Rules, w))
}

func (s *Server) editMotion(c echo.Context) error {
	v, err := s.editable(c)
	if err != nil {
		return err
	}
	return motionFormTmpl.render(c, http.StatusOK, s.motionFormOf(c, s.actor(c), v.Motion, v.Rules.Rules, writtenOf(v)))
}

// editable returns the proposal in the address, if the reader may change it now.
func (s *Server) editable(c echo.Context) (v motion.View, err error) {
	n, err := number(c)
	if err != nil {
		return v, err
	}
	a := s.actor(c)
	if v, err = s.Motions.Show(c.Request().Context(), a, n); err != nil {
		return v, err
	}
	return v, v.MayEdit(a.Member.ID, v.Now)
}

func (s *Server) writeMotion(c echo.Context) error { return s.takeMotion(c, 0) }

func (s *Server) rewriteMotion(c echo.Context) error {
	n, err := number(c)
	if err != nil {
		return err
	}
	return s.takeMotion(c, n)
}

// takeMotion does what the button says: add or remove a clause on the page, keep a draft, put it forward, or check new words
// and then publish them.
func (s *Server) takeMotion(c echo.Context, n int) error {
	a, ctx, w := s.actor(c), c.Request().Context(), readMotion(c)
	do, clause, _ := strings.Cut(value(c, "do"), "-")
	var m motion.Motion
	var err error
	flash := "motion.flash.saved"
	version, _ := strconv.Atoi(value(c, "version")) // not a number: no version, so the text counts as changed elsewhere
	switch do {
	case "add":
		w.Text.Clauses = append(w.Text.Clauses, motion.Clause{})
		return s.motionAgain(c, n, w, http.StatusOK, nil)
	case "remove":
		w.remove(clause)
		return s.motionAgain(c, n, w, http.StatusOK, nil)
	case "save":
		m, err = s.Motions.Save(ctx, a, s.once(c), n, w.Proposal)
	case "propose":
		flash = "motion.flash.proposed"
		m, err = s.Motions.Propose(ctx, a, s.once(c), n, w.Proposal)
	case "again":
		return s.motionAgain(c, n, w, http.StatusOK, nil)
	case "check":
		if err = s.checkWords(c, n, version, w); err == nil {
			return nil
		}
	case "reword":
		m, err = s.Motions.Reword(ctx, a, n, version, w.Text)
		flash = rewordedSay(m, version)
	default:
		return fault.New(fault.Invalid, "web.bad_request")
	}
	if wrong := fault.Fields(err); wrong != nil {
		return s.motionAgain(c, n, w, http.StatusUnprocessableEntity, wrong)
	}
	if err != nil {
		return s.keepTyped(c, n, w, err)
	}
	s.flash(c, flash)
	return see(c, motionPath(a.Group, m))
}

// remove takes clause no off what was typed.
func (w *written) remove(no string) {
	i, err := strconv.Atoi(no)
	if err != nil || i < 1 || i > len(w.Text.Clauses) || len(w.Text.Clauses) == 1 {
		return
	}
	w.Text.Clauses = append(w.Text.Clauses[:i-1], w.Text.Clauses[i:]...)
}

// keepTyped shows the form again with everything that was typed when the act itself was refused, because the text changed
// elsewhere or the group is forming: nothing a member wrote is lost.
func (s *Server) keepTyped(c echo.Context, n int, w written, err error) error {
	t := judge(err)
	if t.status != http.StatusConflict {
		return err
	}
	return s.motionAgain(c, n, w, t.status, map[string]lang.Msg{"": t.say})
}

// refuseDraft shows the form of a draft with what it lacks.
func (s *Server) refuseDraft(c echo.Context, n int, wrong map[string]lang.Msg) error {
	v, err := s.editable(c)
	if err != nil {
		return err
	}
	return s.motionAgain(c, n, writtenOf(v), http.StatusUnprocessableEntity, wrong)
}

// motionAgain shows the form with what was typed.
func (s *Server) motionAgain(c echo.Context, n int, w written, status int, wrong map[string]lang.Msg) error {
	a := s.actor(c)
	rules, err := s.Rulebooks.Current(c.Request().Context(), a.Group.ID)
	if err != nil {
		return err
	}
	var m motion.Motion
	if n != 0 {
		v, err := s.Motions.Show(c.Request().Context(), a, n)
		if err != nil {
			return err
		}
		if m = v.Motion; m.Mover != a.Member.ID {
			return fault.New(fault.Denied, "motion.only_mover")
		}
	}
	if m.ID != 0 && m.State != motion.Draft { // before the group its kind is fixed, and no longer sent
		w.Kind, w.AboutPerson = m.Kind, m.AboutPerson
	}
	p := s.motionFormOf(c, a, m, rules.Rules, w)
	p.Kept = p.Name // everything typed is on the page; what the browser kept would put clauses in the wrong place
	p.wrong(wrong)
	return motionFormTmpl.render(c, status, p)
}
