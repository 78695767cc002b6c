package web

import (
	"net/http"
	"slices"

	"folkmoot/internal/agree"
	"folkmoot/internal/ballot"
	"folkmoot/internal/decision"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/tally"

	"github.com/labstack/echo/v4"
)

// absentPart is what stands beside a decision of those who were absent from its call; the zero value shows nothing.
type absentPart struct {
	Title  lang.Msg
	Say    []lang.Msg
	Called CallResult // what they said
	Act    Action     // for whoever was absent
	No     lang.Msg   // why the reader cannot
}

// fillAbsent says until when those who were absent can object, and what they said.
func (p *decisionPage) fillAbsent(a member.Actor, v decision.View) {
	if v.Window.State == "" {
		return
	}
	p.Absent.Title = lang.M("call.absent_said")
	if v.IsProvisional() {
		p.Absent.Title = lang.M("call.absent")
	}
	p.Absent.Say = []lang.Msg{localSay(a, v.Window.Say())}
	for _, o := range v.Late {
		line := toldLine{Answer: o.Response.Name(), Who: lang.M("decision.report.by", "Name", v.People[o.Who].Name), Names: o.Names, Words: o.Words}
		if o.Ground != "" {
			line.Ground = o.Ground.Name()
		}
		p.Absent.Called.Said = append(p.Absent.Called.Said, line)
	}
	p.Result.Outcome = v.Ended()
	switch {
	case !v.IsProvisional():
	case v.MayObject == nil:
		p.Absent.Say = append(p.Absent.Say, blockSay(v))
		p.Absent.Act = Action{Href: decisionPath(a.Group, v.Number(), "object"), Label: lang.M("decision.object.act"), Main: true}
	default:
		p.Absent.No = judge(v.MayObject).say
	}
}

// blockSay says what a block of somebody who was absent does, before they make it (practice.md §2.7.4, §2.7.5).
func blockSay(v decision.View) lang.Msg {
	switch {
	case !v.BlockStops:
		return lang.M("decision.object.two")
	case v.Ballot.Call.Blocks > 1:
		return lang.M("decision.object.second")
	}
	return lang.M("decision.object.one")
}

// objectForm is the form with which somebody who was absent objects, with what was typed.
func (s *Server) objectForm(c echo.Context, v decision.View, say agree.Answer) formPage {
	a := s.actor(c)
	how := Choice{Name: "answer", Legend: lang.M("decision.object.ask")}
	for _, r := range agree.LateResponses() {
		hint := "decision.object.hint." + string(r)
		if r == agree.Block && !v.BlockStops {
			hint += ".two"
		}
		how.Options = append(how.Options, Option{Value: string(r), Label: r.Name(), Hint: lang.M(hint), Chosen: r == say.Response})
	}
	ground := groundChoice(say.Ground)
	p := s.form(c, s.groupFrame(c, SectionDecisions), decisionPath(a.Group, v.Number(), "object"), lang.M("decision.object.send"),
		choice(how), area(Field{Name: "words", Value: say.Words, Label: lang.M("decision.object.words"), Hint: lang.M("decision.object.words_hint"), Max: agree.MaxWords, Rows: 4}),
		Item{Heading: lang.M("call.block")}, choice(ground), field(namesField(say.Names)))
	p.Keep = "object-" + v.Number()
	p.Head = Head{
		Crumbs: []Link{{Href: groupPath(a.Group) + "/decisions", Label: lang.M("decision.crumb")}, {Href: decisionPath(a.Group, v.Number()), Label: decisionKind(v.Decision)}},
		Kind:   plain(v.Title), Title: lang.M("decision.object.title"), State: localSay(a, v.Window.Say()),
	}
	p.Say = []lang.Msg{lang.M("decision.object.say"), blockSay(v)}
	p.Strip = Strip{Next: decisionNext(a, v), Decides: lang.M("decision.decides"), Change: lang.M("decision.change"), Href: groupPath(a.Group) + "/rules"}
	return p
}

func (s *Server) showObject(c echo.Context) error {
	v, err := s.Decisions.Show(c.Request().Context(), s.actor(c), c.Param("number"))
	if err != nil {
		return err
	}
	if v.MayObject != nil {
		return v.MayObject
	}
	return formTmpl.render(c, http.StatusOK, s.objectForm(c, v, agree.Answer{}))
}

func (s *Server) objectTo(c echo.Context) error {
	a, ctx, number := s.actor(c), c.Request().Context(), c.Param("number")
	say := agree.Answer{
		Response: agree.Response(value(c, "answer")), Words: value(c, "words"), Ground: agree.Ground(value(c, "ground")), Names: value(c, "names"),
	}
	stopped, err := s.Decisions.Object(ctx, a, s.once(c), number, say)
	if wrong := fault.Fields(err); wrong != nil {
		v, err := s.Decisions.Show(ctx, a, number)
		if err != nil {
			return err
		}
		return s.objectForm(c, v, say).again(c, wrong)
	}
	if err != nil {
		return err
	}
	flash := "decision.flash.objected"
	if stopped {
		flash = "decision.flash.stopped"
	}
	s.flash(c, flash)
	return see(c, decisionPath(a.Group, number))
}

// fillProvisional has a proposal's page say that what was agreed on it is provisional, and lets who was absent object from there.
func (s *Server) fillProvisional(c echo.Context, p *motionPage, number string) error {
	a := s.actor(c)
	v, err := s.Decisions.Show(c.Request().Context(), a, number)
	if err != nil {
		return err
	}
	p.Head.State, p.Head.Cannot = lang.M("call.outcome.provisional_say"), lang.M("motion.cannot.provisional")
	p.Strip.Next, p.Strip.Decides = decisionNext(a, v), lang.M("decision.decides")
	if v.MayObject != nil {
		return nil
	}
	p.Head.Can, p.Head.Cannot = lang.M("decision.without.say"), lang.Msg{}
	p.Head.Act = Action{Href: decisionPath(a.Group, number, "object"), Label: lang.M("decision.object.act")}
	p.Head.Until = objectUntil(a, v.Decision)
	return nil
}

// objectUntil is until when whoever was absent can object; nothing while the record of the meeting is not out.
func objectUntil(a member.Actor, d decision.Decision) Until {
	if d.Window.Until.IsZero() {
		return Until{}
	}
	return Until{Say: lang.M("decision.without.until"), At: local(a, d.Window.Until)}
}

// asSentence leaves out of a proposal's page what a sentence that was decided on at once has none of; its title is the sentence, unless it is too long for one.
func (p *motionPage) asSentence(v ballot.View) {
	p.Facts = slices.DeleteFunc(p.Facts, func(f Fact) bool { return f.Label.ID == "motion.fact.review" || f.Label.ID == "motion.fact.sought" })
	for i, f := range p.Facts {
		if f.Label.ID == "motion.fact.forum" {
			p.Facts[i] = Fact{Label: f.Label, Value: lang.M("decide.fact.forum")}
		}
	}
	if p.Spot = v.Outcome == tally.Carried; p.Spot {
		p.Strip.Decides = lang.M("decide.strip.decided")
	}
	p.Will = lang.M("decide.sentence_is")
	if v.Words.Title == v.Words.Clauses[0].Text {
		p.Will, p.Clauses = lang.Msg{}, nil
	}
}
