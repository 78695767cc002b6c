package web

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/petition"
	"folkmoot/internal/role"

	"github.com/labstack/echo/v4"
)

// petitionPage is where members ask to end a term early: the form that starts it, or the petition with its number, its reason and the
// answer to it, at the same length and in the same place. It never says who started or signed it.
type petitionPage struct {
	Frame
	Say     []lang.Msg
	Reason  string
	Answer  string
	Silent  lang.Msg // instead of an answer
	Facts   []Fact
	Sign    *Grave
	Unsign  Action
	Reply   askForm  // for whoever holds the term; zero: nobody else
	Start   askForm  // zero: none can start now
	Sure    sureForm // that asks whether the reader means it, with the reason as they wrote it; zero: they have written none yet
	Wait    lang.Msg // why none can
	Started bool
}

// sureForm shows what is about to be started, and asks once more.
type sureForm struct {
	Href   string
	Reason string // Markdown
	Say    []lang.Msg
	Submit lang.Msg
	Guard  Guard
}

var petitionTmpl = newPage[petitionPage]("group/petition.html")

func petitionPath(g member.Group, key, ref string, below ...string) string {
	return powersPath(g, append([]string{key, "end", ref}, below...)...)
}

func (s *Server) showPetition(c echo.Context) error {
	v, err := s.Petitions.Show(c.Request().Context(), s.actor(c), c.Param("role"), c.Param("term"))
	if err != nil {
		return err
	}
	return petitionTmpl.render(c, http.StatusOK, s.petitionPage(c, v, "", nil))
}

// petitionPage makes the page, with words that were typed and what is wrong with them.
func (s *Server) petitionPage(c echo.Context, v petition.View, typed string, wrong map[string]lang.Msg) petitionPage {
	a := s.actor(c)
	p := petitionPage{Frame: s.groupFrame(c, SectionPeople)}
	p.refuse(wrong)
	p.Head = Head{
		Crumbs: []Link{{powersPath(a.Group), lang.M("powers.title")}, {powersPath(a.Group, v.Role.Key), roleName(v.Role)}},
		Kind:   lang.M("petition.kind"), Title: lang.M("petition.title", "Name", memberName(v.Holder)),
	}
	p.Strip = Strip{Next: lang.M("petition.next", "Days", v.Rules.NoticeDays.Recall), Decides: lang.M("petition.decides"), Change: lang.M("powers.change"), Href: groupPath(a.Group) + "/rules#roles"}
	p.Head.State = lang.M("petition.term", "Role", roleName(v.Role), "From", local(a, v.Of.Begins), "Until", local(a, v.Of.Ends))
	if v.ID != 0 {
		p.fill(a, v)
		p.fillActs(a, v, typed, wrong)
	}
	p.fillStart(a, v, typed, wrong)
	return p
}

// fill puts the petition on the page.
func (p *petitionPage) fill(a member.Actor, v petition.View) {
	p.Started, p.Reason, p.Answer = true, v.Reason, v.Answer
	p.Head.State = lang.M("petition.state."+string(v.State), "Count", v.Signed, "Need", v.Needed)
	if v.Answer == "" {
		p.Silent = lang.M("petition.silent")
	}
	p.Facts = []Fact{
		{Label: lang.M("petition.fact.names"), Value: lang.M("petition.names", "Count", v.Signed, "Need", v.Needed)},
		{Label: lang.M("petition.fact.started"), Value: p.day(a, v.Started)}, // the minute would help to guess who it was
	}
	switch {
	case v.State == petition.Collecting:
		p.Head.Until = Until{Say: lang.M("petition.until"), At: local(a, v.Closes)}
		p.Facts = append(p.Facts, Fact{Label: lang.M("petition.fact.closes"), At: local(a, v.Closes)})
	case v.Motion.ID != 0:
		p.Facts = append(p.Facts, Fact{Label: lang.M("petition.fact.reached"), At: local(a, v.Reached)},
			Fact{Label: lang.M("petition.fact.motion"), Value: plain(v.Motion.Title), Href: motionPath(a.Group, v.Motion)})
	}
	if !v.Ended.IsZero() {
		p.Facts = append(p.Facts, Fact{Label: lang.M("petition.fact.ended"), Value: p.day(a, v.Ended)})
	}
}

// day is the day of a moment, in words.
func (p *petitionPage) day(a member.Actor, at time.Time) lang.Msg {
	return plain(p.voice().Date(local(a, at)))
}

// fillActs puts what the reader can do on the page.
func (p *petitionPage) fillActs(a member.Actor, v petition.View, typed string, wrong map[string]lang.Msg) {
	path := func(below string) string { return petitionPath(a.Group, v.Role.Key, v.Of.Ref, below) }
	of := []Hidden{{"petition", strconv.Itoa(v.Number)}}
	if v.MaySign(v.Of, v.Now) == nil {
		p.Say = []lang.Msg{lang.M("petition.secret")}
		if v.Mine {
			p.Say = append(p.Say, lang.M("petition.mine"))
			p.Unsign = Action{Href: path("unsign"), Label: lang.M("petition.unsign"), Post: true, Guard: p.Guard(), Send: of}
		} else {
			p.Sign = &Grave{
				ID: "sign-petition", Label: lang.M("petition.sign"), Ask: lang.M("petition.sign.ask"), Yes: lang.M("petition.sign.yes"),
				Say:  []lang.Msg{lang.M("petition.sign.say", "Name", memberName(v.Holder), "Count", v.Needed), lang.M("petition.sign.say2")},
				Href: path("sign"), Guard: p.Guard(), Send: of,
			}
		}
	}
	if v.MayAnswer(v.Of, v.Me, v.Motion.Opens, v.Now) != nil {
		return
	}
	value := v.Answer
	if wrong["answer"].ID != "" {
		value = typed
	}
	p.Reply = askForm{
		Href: path("answer"), Draw: strconv.Itoa(v.Number), Submit: lang.M("petition.answer.do"), Guard: p.Guard(), Say: []lang.Msg{lang.M("petition.answer.say")},
		Field: Field{Name: "answer", Value: value, Label: lang.M("petition.answer"), Wrong: wrong["answer"], Words: petition.MaxReason, Rows: 6, Hint: lang.M("petition.answer.hint"), Markdown: true},
	}
	if until := v.AnswerUntil(v.Motion.Opens); !until.IsZero() {
		p.Reply.Say = append(p.Reply.Say, lang.M("petition.answer.until", "At", local(a, until)))
	}
}

// fillStart puts the form on the page with which a petition starts, or why none can.
func (p *petitionPage) fillStart(a member.Actor, v petition.View, typed string, wrong map[string]lang.Msg) {
	if e, ok := errors.AsType[*fault.Error](v.MayStart()); ok {
		if v.ID == 0 || !v.IsOpen() {
			p.Wait = e.Say
		}
		return
	}
	p.Start = askForm{
		Href: petitionPath(a.Group, v.Role.Key, v.Of.Ref), Submit: lang.M("petition.start.look"), Guard: p.Guard(),
		Say: []lang.Msg{
			lang.M("petition.start.say", "Count", v.Needs, "Days", v.Rules.Recall.SignDays), lang.M("petition.start.vote"),
			lang.M("petition.secret"), lang.M("petition.start.seen"),
		},
		Field: Field{
			Name: "reason", Value: typed, Label: lang.M("petition.reason"), Hint: lang.M("petition.reason.hint"), Wrong: wrong["reason"], Words: petition.MaxReason, Rows: 8, Markdown: true,
		},
	}
}

// sure asks whether the reader means it: what is started is on everybody's first page at once.
func (p *petitionPage) sure(a member.Actor, v petition.View, reason string) {
	p.Start.Say = nil // is told above
	p.Sure = sureForm{
		Href: p.Start.Href, Reason: reason, Submit: lang.M("petition.start.do"), Guard: p.Guard(),
		Say: []lang.Msg{
			lang.M("petition.sure.say", "Name", memberName(v.Holder)), lang.M("petition.start.say", "Count", v.Needs, "Days", v.Rules.Recall.SignDays),
			lang.M("petition.secret"), lang.M("petition.start.seen"),
		},
	}
}

// startPetition starts one, once the reader has seen their reason again and said that they mean it. The same form sent again finds it there, and
// shows it.
func (s *Server) startPetition(c echo.Context) error {
	a, ctx := s.actor(c), c.Request().Context()
	if value(c, "sure") != "yes" {
		return s.askSure(c)
	}
	_, err := s.Petitions.Start(ctx, a, c.Param("term"), value(c, "reason"))
	if wrong := fault.Fields(err); wrong != nil {
		return s.petitionAgain(c, value(c, "reason"), wrong)
	}
	if err != nil {
		v, serr := s.Petitions.Show(ctx, a, c.Param("role"), c.Param("term"))
		if serr != nil || !v.Mine {
			return err
		}
	}
	s.flash(c, "petition.flash.started")
	return see(c, petitionPath(a.Group, c.Param("role"), c.Param("term")))
}

// askSure shows what was written as others would read it, and asks whether to start. Nothing is kept yet.
func (s *Server) askSure(c echo.Context) error {
	reason, err := petition.CheckReason(value(c, "reason"))
	if wrong := fault.Fields(err); wrong != nil {
		return s.petitionAgain(c, value(c, "reason"), wrong)
	}
	if err != nil {
		return err
	}
	v, err := s.Petitions.Show(c.Request().Context(), s.actor(c), c.Param("role"), c.Param("term"))
	if err == nil {
		err = v.MayStart()
	}
	if err != nil {
		return err
	}
	p := s.petitionPage(c, v, reason, nil)
	p.sure(s.actor(c), v, reason)
	return petitionTmpl.render(c, http.StatusOK, p)
}

// petitionAgain shows the page with what was typed.
func (s *Server) petitionAgain(c echo.Context, typed string, wrong map[string]lang.Msg) error {
	v, err := s.Petitions.Show(c.Request().Context(), s.actor(c), c.Param("role"), c.Param("term"))
	if err != nil {
		return err
	}
	return petitionTmpl.render(c, http.StatusUnprocessableEntity, s.petitionPage(c, v, typed, wrong))
}

// petitionNumber returns the number of the petition that a form is about, or fault.NotFound.
func petitionNumber(c echo.Context) (int, error) {
	n, err := strconv.Atoi(value(c, "petition"))
	if err != nil || n < 1 {
		return 0, fault.New(fault.NotFound, "fault.not_found")
	}
	return n, nil
}

func (s *Server) signPetition(c echo.Context) error {
	n, err := petitionNumber(c)
	if err == nil {
		err = s.Petitions.Sign(c.Request().Context(), s.actor(c), n)
	}
	return s.afterPetition(c, err, "petition.flash.signed")
}

func (s *Server) unsignPetition(c echo.Context) error {
	n, err := petitionNumber(c)
	if err == nil {
		err = s.Petitions.Unsign(c.Request().Context(), s.actor(c), n)
	}
	return s.afterPetition(c, err, "petition.flash.unsigned")
}

func (s *Server) answerPetition(c echo.Context) error {
	n, err := petitionNumber(c)
	if err == nil {
		err = s.Petitions.Answer(c.Request().Context(), s.actor(c), n, value(c, "answer"))
	}
	if wrong := fault.Fields(err); wrong != nil {
		return s.petitionAgain(c, value(c, "answer"), wrong)
	}
	return s.afterPetition(c, err, "petition.flash.answered")
}

// afterPetition leads back to the petition.
func (s *Server) afterPetition(c echo.Context, err error, flash string) error {
	if err != nil {
		return err
	}
	s.flash(c, flash)
	return see(c, petitionPath(s.actor(c).Group, c.Param("role"), c.Param("term")))
}

// petitionRow is a petition in a list.
func petitionRow(a member.Actor, v petition.View, voice *lang.Voice) Row {
	r := Row{
		Href: petitionPath(a.Group, v.Role.Key, v.Of.Ref), Kind: lang.M("petition.row", "Role", roleName(v.Role)),
		Title: voice.Say(lang.M("petition.title", "Name", memberName(v.Holder))), State: lang.M("petition.state."+string(v.State), "Count", v.Signed, "Need", v.Needed),
	}
	switch {
	case v.MayAnswer(v.Of, v.Me, v.Motion.Opens, v.Now) == nil && v.Answer == "":
		r.Can = lang.M("petition.can.answer")
	case v.State == petition.Collecting:
		r.Can = lang.M("petition.can.read")
	}
	if v.State == petition.Collecting {
		r.Until = Until{Say: lang.M("petition.until"), At: local(a, v.Closes)}
	} else if v.Motion.State == motion.Tabled {
		r.Until = Until{Say: lang.M("motion.until.opens"), At: local(a, v.Motion.Opens)}
	}
	return r
}

// endLinks leads from each term of a role to where members ask to end it early, and says how far they are.
func (s *Server) endLinks(c echo.Context, v role.View) (out []Link, err error) {
	a := s.actor(c)
	asked, err := s.Petitions.Against(c.Request().Context(), v.Terms)
	for _, t := range v.Terms {
		l := Link{Href: petitionPath(a.Group, v.Key, t.Ref), Label: lang.M("petition.link", "Name", memberName(v.People[t.Member]))}
		if p, ok := asked[t.ID]; ok {
			l.Label = lang.M("petition.link."+string(p.State), "Name", memberName(v.People[t.Member]), "Count", p.Signed, "Need", p.Needed)
		}
		out = append(out, l)
	}
	return out, err
}

// waiverPage is the form with which a member proposes that somebody may take a role once although the limits stand against it.
type waiverPage struct {
	Frame
	Say  []lang.Msg
	Href string
	Name Field
	Why  Field
}

var waiverTmpl = newPage[waiverPage]("group/waiver.html")

func (s *Server) showWaiver(c echo.Context) error { return s.waiverForm(c, http.StatusOK, nil) }

func (s *Server) waiverForm(c echo.Context, status int, wrong map[string]lang.Msg) error {
	a := s.actor(c)
	v, err := s.Roles.Show(c.Request().Context(), a, c.Param("role"))
	if err != nil {
		return err
	}
	p := waiverPage{Frame: s.groupFrame(c, SectionPeople), Href: powersPath(a.Group, v.Key, "waiver")}
	p.refuse(wrong, "name", "why")
	p.Head = Head{
		Crumbs: []Link{{powersPath(a.Group), lang.M("powers.title")}, {powersPath(a.Group, v.Key), roleName(v.Role)}},
		Title:  lang.M("waiver.title"), State: lang.M("waiver.state"),
	}
	p.Strip = Strip{Next: lang.M("waiver.next"), Decides: lang.M("waiver.decides"), Change: lang.M("powers.change"), Href: groupPath(a.Group) + "/rules#roles"}
	p.Say = []lang.Msg{lang.M("waiver.say"), lang.M("waiver.say2")}
	if v.Fill == role.ByElection || v.Fill == role.ByApproval {
		p.Say[1] = lang.M("waiver.say2_vote")
	}
	p.Name = Field{Name: "name", Value: value(c, "name"), Label: lang.M("waiver.name"), Hint: lang.M("waiver.name.hint"), Wrong: wrong["name"], Max: 80}
	p.Why = Field{Name: "why", Value: value(c, "why"), Label: lang.M("motion.form.why"), Wrong: wrong["why"], Rows: 5, Words: motion.MaxWhy, Optional: true, Markdown: true, Hint: lang.M("waiver.why.hint")}
	return waiverTmpl.render(c, status, p)
}

func (s *Server) proposeWaiver(c echo.Context) error {
	a := s.actor(c)
	m, err := s.Roles.ProposeWaiver(c.Request().Context(), a, s.once(c), c.Param("role"), value(c, "name"), value(c, "why"))
	if wrong := fault.Fields(err); wrong != nil {
		return s.waiverForm(c, http.StatusUnprocessableEntity, wrong)
	}
	if err != nil {
		return err
	}
	s.flash(c, "motion.flash.proposed")
	return see(c, motionPath(a.Group, m))
}
