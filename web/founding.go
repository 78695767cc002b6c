package web

import (
	"slices"
	"strconv"

	"folkmoot/internal/decision"
	"folkmoot/internal/founding"
	"folkmoot/internal/lang"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/rulebook"

	"github.com/labstack/echo/v4"
)

// foundingPart says how far the group is with adopting the rules it began with: part "founding". The zero value says nothing.
type foundingPart struct {
	Say  []lang.Msg
	Link Link
	Call Action // for members who do not want to wait for the date; zero: they have to
}

// ruleBeside is a rule of the group beside that of its preset: part "rules-beside".
type ruleBeside struct{ Name, Preset, Ours lang.Msg }

// besides is the group's rules beside those of their preset, where they differ.
type besides struct {
	Preset lang.Msg
	Rules  []ruleBeside
	All    Link
}

// fillFounding says what there is to say of a group whose members have not adopted its rules yet.
func (s *Server) fillFounding(c echo.Context, p *nowPage) error {
	a := s.actor(c)
	if a.Group.Forming() || !a.Group.Adopted.IsZero() {
		return nil
	}
	v, err := s.Founding.Show(c.Request().Context(), a)
	if err != nil {
		return err
	}
	switch {
	case v.Open:
		p.Founding.Say = []lang.Msg{lang.M("founding.open")}
		p.Founding.Link = Link{groupPath(a.Group) + "/proposals/" + strconv.Itoa(v.Number), lang.M("founding.look")}
	case v.Number > 0:
		p.Founding.Say = []lang.Msg{foundingDates("founding.again", a, v)}
	case !v.Due.IsZero():
		p.Founding.Say = []lang.Msg{foundingDates("founding.due", a, v)}
	}
	p.Founding.Say = append(p.Founding.Say, lang.M("founding.provisional"))
	switch {
	case !v.MayCall:
	case v.Called:
		p.Founding.Say = append(p.Founding.Say, lang.M("founding.called"))
	default:
		p.Founding.Say = append(p.Founding.Say, lang.M("founding.call_say"))
		p.Founding.Call = Action{Href: groupPath(a.Group) + "/founding/call", Label: lang.M("founding.call"), Post: true, Guard: p.Guard()}
	}
	return nil
}

// fillFoundingMeeting puts the founding meeting among the group's meetings, before and after it: it has no page of its own, so it leads to what came of it (practice.md §2.13.1).
func (s *Server) fillFoundingMeeting(c echo.Context, p *meetingsPage, a member.Actor, v meeting.Ahead) error {
	g := a.Group
	if g.Founding.IsZero() || s.hall != nil {
		return nil
	}
	r := Row{
		Href: groupPath(g) + "/rules", Kind: lang.M("now.meeting"), Title: g.FoundingPlace, State: lang.M("founding.meets.ahead"),
		Until: Until{Say: lang.M("meeting.until.opens"), At: local(a, g.Founding)},
	}
	if r.Title == "" {
		r.Title = p.voice().T("now.meeting_nowhere")
	}
	if v.Now.Before(g.Founding) {
		p.Next, p.Empty = slices.Insert(p.Next, 0, r), Empty{}
		return nil
	}
	if v.Older {
		return nil // it was before all of them
	}
	r.State, r.Until = lang.M("founding.meets.open"), Until{Say: lang.M("founding.meets.was"), At: local(a, g.Founding), Far: true}
	if !g.Adopted.IsZero() {
		how, err := s.Decisions.Adoption(c.Request().Context(), a)
		if err != nil {
			return err
		}
		r.State, r.Href = lang.M("founding.meets.adopted", "Number", how.By), decisionPath(g, how.By)
	}
	p.Past = append(p.Past, r)
	return nil
}

// foundingDates says when there is something to talk about, and when to vote on: at the first of these dates nothing can be answered yet.
func foundingDates(id string, a member.Actor, v founding.View) lang.Msg {
	return lang.M(id, "At", local(a, v.Due), "Opens", local(a, v.Opens), "Closes", local(a, v.Closes))
}

// callFounding has a member say that the question shall be put without waiting for its date.
func (s *Server) callFounding(c echo.Context) error {
	if err := s.Founding.Call(c.Request().Context(), s.actor(c)); err != nil {
		return err
	}
	s.flash(c, "founding.flash")
	return see(c, groupPath(s.actor(c).Group))
}

// besidePreset sets the rules beside those of the preset that the group began with.
func besidePreset(a member.Actor, v rulebook.Version) (out besides) {
	preset, ok := rulebook.Preset(rulebook.Name(a.Group.Preset))
	if !ok {
		return out
	}
	out = besides{
		Preset: lang.M("setup.preset." + a.Group.Preset),
		All:    Link{groupPath(a.Group) + "/rules/" + strconv.Itoa(v.Number), lang.M("founding.all_rules")},
	}
	for _, p := range rulebook.Changed(preset, v.Rules) {
		out.Rules = append(out.Rules, ruleBeside{p.Name(), p.Say(preset), p.Say(v.Rules)})
	}
	return out
}

// fillBeside puts what is to be adopted on the page of the proposal to adopt it.
func (p *motionPage) fillBeside(a member.Actor, v motion.View) {
	p.Beside = besidePreset(a, v.Rules)
	p.Support, p.Means = lang.M("founding.by_clock"), lang.Msg{}
}

// fillAdoption says by which decision members adopted the rules, and what they decided before.
func (s *Server) fillAdoption(c echo.Context, p *rulesPage) error {
	a := s.actor(c)
	how, err := s.Decisions.Adoption(c.Request().Context(), a)
	if err != nil || how.At.IsZero() {
		return err
	}
	p.Adopted = lang.M("founding.adopted_by", "At", local(a, how.At))
	p.AdoptedBy = Link{decisionPath(a.Group, how.By), lang.M("founding.adopted_link", "Number", how.By)}
	p.Before, err = s.decisionRows(c.Request().Context(), a, how.Provisional)
	return err
}

// provisionalSay says that a decision was made before the rules were adopted, and what that means.
func provisionalSay(a member.Actor, v decision.View) lang.Msg {
	switch {
	case !v.Provisional:
		return lang.Msg{}
	case a.Group.Adopted.IsZero():
		return lang.M("founding.decided_provisionally")
	}
	return lang.M("founding.decided_before")
}
