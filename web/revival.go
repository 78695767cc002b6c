package web

import (
	"net/http"
	"strings"

	"folkmoot/internal/ballot"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/revival"

	"github.com/labstack/echo/v4"
)

// revivalBox is what a group's first page says of a group that is asleep or archived, and what the reader can do about it: part "revival".
type revivalBox struct {
	Title lang.Msg // zero: it is awake
	Say   []lang.Msg
	Act   Action
	Links []Link
}

// revivalOf returns what is said of the reader's group.
func (s *Server) revivalOf(c echo.Context, f Frame) (box revivalBox, err error) {
	a := s.actor(c)
	if a.Group.Forming() {
		return box, nil
	}
	v, err := s.Revivals.Show(c.Request().Context(), a)
	switch {
	case err != nil:
		return box, err
	case !a.Group.Archived.IsZero():
		return archivedBox(a, v, f), nil
	case v.IsOpen():
		return sleepingBox(a, v, f), nil
	}
	return box, nil
}

// sleepingBox says that the group is asleep, when it can wake and what becomes of it if nobody answers.
func sleepingBox(a member.Actor, v revival.View, f Frame) revivalBox {
	args := []any{"Since", local(a, v.Since), "Opens", local(a, v.Opens), "Closes", local(a, v.Closes), "Archives", local(a, v.Archives)}
	box := revivalBox{Title: lang.M("revival.title"), Say: []lang.Msg{lang.M("revival.why."+string(v.Why), args...), lang.M(windowSay(v), args...)}}
	if v.Count < revival.Least {
		box.Say = append(box.Say, lang.M("revival.archives", args...))
	} else {
		box.Say = append(box.Say, lang.M("revival.enough"))
	}
	box.Say = append(box.Say, lang.M("revival.count", "Count", v.Count), lang.M("revival.private"))
	if v.Mine {
		box.Say = append(box.Say, lang.M("revival.mine"))
	} else {
		box.Act = Action{Href: groupPath(a.Group) + "/here", Label: lang.M("revival.here"), Post: true, Guard: f.Guard(), Main: true}
	}
	box.Links = []Link{{windUpPath(a.Group), lang.M("revival.wind_up.link")}}
	return box
}

// windowSay is the sentence for how far the window is.
func windowSay(v revival.View) string {
	switch {
	case v.Now.Before(v.Opens):
		return "revival.window.before"
	case v.CanWake(v.Now):
		return "revival.window.open"
	}
	return "revival.window.over"
}

// archivedBox says that the group is archived, why, and how to have it back.
func archivedBox(a member.Actor, v revival.View, f Frame) revivalBox {
	path := groupPath(a.Group)
	box := revivalBox{Title: lang.M("revival.archived.title"), Say: []lang.Msg{lang.M("revival.archived.since", "At", local(a, a.Group.Archived))}}
	if number, ok := strings.CutPrefix(a.Group.ArchivedBy, "decision/"); ok {
		box.Say = append(box.Say, lang.M("revival.archived.decided"))
		box.Links = append(box.Links, Link{decisionPath(a.Group, number), lang.M("revival.archived.decision")})
	} else {
		box.Say = append(box.Say, lang.M("revival.archived.slept"))
	}
	box.Say = append(box.Say, lang.M("revival.archived.ends"), lang.M("revival.archived.how"), lang.M("revival.archived.count", "Count", v.Count))
	if v.Mine {
		box.Say = append(box.Say, lang.M("revival.mine"))
	} else {
		box.Act = Action{Href: path + "/bring-back", Label: lang.M("revival.reopen"), Post: true, Guard: f.Guard(), Main: true}
	}
	box.Links = append(box.Links, Link{path + "/record/export", lang.M("revival.archived.export")})
	return box
}

// restSay is what every page of an archived group says at its top.
func restSay(a member.Actor) lang.Msg {
	if a.Group.Archived.IsZero() {
		return lang.Msg{}
	}
	return lang.M("revival.banner", "At", local(a, a.Group.Archived))
}

// restRow says in the list of a person's groups that one is archived or asleep.
func restRow(r *Row, g member.Group, sleeping map[member.GroupID]revival.Revival) {
	switch told, asleep := sleeping[g.ID]; {
	case !g.Archived.IsZero():
		r.Notes = append(r.Notes, lang.M("revival.archived.row", "At", g.Archived.In(g.Zone)))
	case asleep:
		r.Can, r.Until = lang.M("revival.row"), Until{Say: lang.M("revival.until"), At: told.Archives.In(g.Zone)}
	}
}

// headOf returns the head of an archived group's first page: nothing can be done in it but what its box says.
func (b revivalBox) headOf(a member.Actor, h Head) Head {
	if a.Group.Archived.IsZero() {
		return h
	}
	return Head{Kind: h.Kind, Title: h.Title, State: h.State}
}

// wakingSay says why fewer votes than usual are enough; nothing where they are not.
func wakingSay(b ballot.Ballot) lang.Msg {
	if b.QuorumBy == "" {
		return lang.Msg{}
	}
	return lang.M("ballot.quorum.waking")
}

func (s *Server) sayHere(c echo.Context) error {
	a := s.actor(c)
	if err := s.Revivals.Here(c.Request().Context(), a); err != nil {
		return err
	}
	s.flash(c, "revival.flash.here")
	return see(c, groupPath(a.Group))
}

func (s *Server) reopen(c echo.Context) error {
	a := s.actor(c)
	opened, err := s.Revivals.Reopen(c.Request().Context(), a)
	if err != nil {
		return err
	}
	said := "revival.flash.wanted"
	if opened {
		said = "revival.flash.reopened"
	}
	s.flash(c, said)
	return see(c, groupPath(a.Group))
}

// windUpPage is the form with which a member proposes that the group ends.
type windUpPage struct {
	Frame
	Say  []lang.Msg
	Href string
	Why  Field
}

var windUpTmpl = newPage[windUpPage]("group/windup.html")

func windUpPath(g member.Group) string { return groupPath(g) + "/wind-up" }

func (s *Server) showWindUp(c echo.Context) error { return s.windUpForm(c, http.StatusOK, nil) }

func (s *Server) windUpForm(c echo.Context, status int, wrong map[string]lang.Msg) error {
	a := s.actor(c)
	need, err := s.Motions.NeedsToEnd(c.Request().Context(), a)
	if err != nil {
		return err
	}
	p := windUpPage{Frame: s.groupFrame(c, SectionPeople), Href: windUpPath(a.Group)}
	p.refuse(wrong, "why")
	p.Head = Head{
		Crumbs: []Link{{groupPath(a.Group) + "/people", lang.M("people.people.title")}},
		Title:  lang.M("revival.wind_up.title"), State: lang.M("revival.wind_up.state"),
	}
	p.Strip = Strip{Next: lang.M("revival.wind_up.next"), Decides: lang.M("revival.wind_up.decides"), Change: lang.M("revival.wind_up.change"), Href: groupPath(a.Group) + "/rules"}
	p.Say = []lang.Msg{
		lang.M("revival.wind_up.say"), lang.M("revival.wind_up.say2"),
		lang.M("revival.wind_up.need", "Count", need),
	}
	p.Why = Field{Name: "why", Value: value(c, "why"), Label: lang.M("revival.wind_up.why"), Wrong: wrong["why"], Rows: 5, Words: motion.MaxWhy, Optional: true, Markdown: true, Hint: lang.M("revival.wind_up.why.hint")}
	return windUpTmpl.render(c, status, p)
}

func (s *Server) windUp(c echo.Context) error {
	a := s.actor(c)
	m, err := s.Revivals.WindUp(c.Request().Context(), a, s.once(c), value(c, "why"))
	if wrong := fault.Fields(err); wrong != nil {
		return s.windUpForm(c, http.StatusUnprocessableEntity, wrong)
	}
	if err != nil {
		return err
	}
	s.flash(c, "motion.flash.proposed")
	return see(c, motionPath(a.Group, m))
}
