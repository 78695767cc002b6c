package web

import (
	"bytes"
	"net/http"
	"strconv"

	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/resolve"
	"folkmoot/internal/rulebook"

	"github.com/labstack/echo/v4"
)

// resolvePage shows those who look for a way after a block: who they are, what they say, and to each of them what they can do.
type resolvePage struct {
	Frame
	Talks []talks // the last first
	Own   lang.Msg
	Acts  []Action
	No    []lang.Msg // why something cannot be done now
	Meet  *resolveForm
	Write *resolveForm
	Grave []Grave
	Links []Link
}

// talks is one resolution group.
type talks struct {
	Title lang.Msg // where there was more than one
	Who   []Fact
	Lot   []lang.Msg
	File  Link
	Said  []saidLine
	None  lang.Msg
}

type saidLine struct {
	Say  lang.Msg
	Text string
	By   lang.Msg
}

// resolveForm is a form of it.
type resolveForm struct {
	Title  lang.Msg
	Href   string
	Guard  Guard
	Fields []Field
	Area   *Field
	Send   lang.Msg
	No     lang.Msg // why it cannot be sent now
}

var resolveTmpl = newPage[resolvePage]("motion/resolve.html")

func (s *Server) showResolve(c echo.Context) error { return s.renderResolve(c, http.StatusOK, nil) }

// renderResolve answers with the page, with what is wrong with what was typed.
func (s *Server) renderResolve(c echo.Context, status int, wrong map[string]lang.Msg) error {
	n, err := voteNumber(c)
	if err != nil {
		return err
	}
	a := s.actor(c)
	v, err := s.Resolutions.Show(c.Request().Context(), a, n)
	if err != nil {
		return err
	}
	rules, err := s.Motions.Show(c.Request().Context(), a, n)
	if err != nil {
		return err
	}
	p := resolvePage{Frame: s.groupFrame(c, SectionProposals)}
	p.refuse(wrong, "opens", "place", "text")
	x := v.Groups[0]
	p.Head = Head{
		Crumbs: []Link{{Href: motionPath(a.Group, v.Motion), Label: motionName(v.Motion)}}, Kind: plain(v.Motion.Title), Title: lang.M("resolve.title"), State: localSay(a, x.Say()),
	}
	fallback := rules.Rules.Rules.Consensus.Fallback
	p.Strip = Strip{Next: resolveNext(a, v), Decides: lang.M("resolve.decides", "Num", fallback.Num, "Den", fallback.Den), Change: lang.M("resolve.change")}
	if !x.Stops {
		p.Strip.Decides = lang.M("resolve.decides_stands")
	}
	if x.State == resolve.Open {
		p.RefreshAt = x.Until
	}
	for i, x := range v.Groups {
		t := s.talksOf(a, v, x)
		if i > 0 {
			t.Title = localSay(a, x.Say())
		}
		p.Talks = append(p.Talks, t)
	}
	if v.Own.Part != "" {
		p.fillOwn(c, a, v, rules, wrong)
	}
	p.Links = []Link{{Href: motionPath(a.Group, v.Motion), Label: motionName(v.Motion)}}
	return resolveTmpl.render(c, status, p)
}

// resolveNext says what comes next, and when.
func resolveNext(a member.Actor, v resolve.View) lang.Msg {
	x, m := v.Groups[0], v.Motion
	switch {
	case !x.Stops:
		return lang.M("resolve.next.stands")
	case m.State != motion.Tabled:
		return lang.M("resolve.next.past")
	case m.OnAgenda():
		return lang.M("resolve.next.meeting")
	case m.Waits():
		return lang.M("resolve.next.waits")
	case x.State == resolve.Joint || x.State == resolve.Lifted:
		return lang.M("resolve.next.call", "At", local(a, m.Opens))
	}
	return lang.M("resolve.next.vote", "At", local(a, m.Opens))
}

// talksOf is what everybody can read of a resolution group.
func (s *Server) talksOf(a member.Actor, v resolve.View, x resolve.Shown) (t talks) {
	for _, seat := range x.Seats {
		t.Who = append(t.Who, Fact{Label: memberName(v.People[seat.Member]), Value: seat.Name()})
	}
	t.Lot = []lang.Msg{lang.M("resolve.lot_none")}
	if x.Draw > 0 {
		t.Lot = []lang.Msg{lang.M("resolve.lot_of", "People", x.People)}
		t.File = Link{Href: resolvePath(a.Group, v.Motion.Number, "lots", strconv.FormatInt(int64(x.ID), 10)), Label: lang.M("resolve.file")}
	}
	if x.Mine > 0 {
		t.Lot = append(t.Lot, lang.M("resolve.mine", "Number", x.Mine))
	}
	for _, w := range x.Said {
		line := saidLine{Say: lang.M("resolve.said."+string(w.How), "On", local(a, w.On), "Text", w.Text, "Version", w.Version)}
		if w.How == resolve.Difference {
			line.Text = w.Text
		}
		line.By = lang.M("resolve.by", "Name", memberName(v.People[w.By]), "At", local(a, w.At))
		t.Said = append(t.Said, line)
	}
	if len(x.Said) == 0 && x.State == resolve.Open {
		t.None = lang.M("resolve.said_none", "Meetings", lang.M("resolve.meetings", "Count", x.Meetings))
	}
	return t
}

// fillOwn puts what somebody who is in it can do on the page.
func (p *resolvePage) fillOwn(c echo.Context, a member.Actor, v resolve.View, m motion.View, wrong map[string]lang.Msg) {
	x, can := v.Groups[0], v.Can
	path := func(what string) string { return resolvePath(a.Group, v.Motion.Number, what) }
	p.Own = lang.M("resolve.own." + string(v.Own.Part))
	if m.MayEdit(a.Member.ID, v.Now) == nil && x.Stops {
		p.Acts = append(p.Acts, Action{Href: motionPath(a.Group, v.Motion, "edit"), Label: lang.M("resolve.reword")})
	}
	if v.Own.Part == resolve.Blocker && x.Stops {
		if can.Stand != nil {
			p.No = append(p.No, judge(can.Stand).say)
		} else {
			p.No = append(p.No, lang.M("resolve.stand_say", "Version", v.Motion.Version))
			p.Acts = append(p.Acts, Action{
				Href: path("stand"), Label: lang.M("resolve.stand"), Post: true, Guard: p.Guard(), Main: true, Send: []Hidden{{"version", strconv.Itoa(v.Motion.Version)}},
			})
		}
	}
	if can.Lift == nil {
		say := lang.M("resolve.lift.say")
		if !x.Stops {
			say = lang.M("resolve.lift.say_stands")
		}
		p.Grave = append(p.Grave, Grave{
			ID: "lift", Label: lang.M("resolve.lift"), Ask: lang.M("resolve.lift.ask"), Say: []lang.Msg{say}, Yes: lang.M("resolve.lift.yes"), Href: path("lift"), Guard: p.Guard(),
		})
	}
	if can.Pass == nil {
		p.Grave = append(p.Grave, Grave{
			ID: "pass", Label: lang.M("resolve.pass"), Ask: lang.M("resolve.pass.ask"), Say: []lang.Msg{lang.M("resolve.pass.say")}, Yes: lang.M("resolve.pass.yes"), Href: path("pass"), Guard: p.Guard(),
		})
	}
	typed := func(name string) string { return value(c, name) }
	p.Meet = &resolveForm{Title: lang.M("resolve.meet"), Href: path("meet"), Guard: p.Guard(), Send: lang.M("resolve.meet.send"), Fields: []Field{
		{Name: "opens", Value: typed("opens"), Label: lang.M("setup.meeting.date"), Type: "date", Short: true, Wrong: wrong["opens"]},
		{Name: "time", Value: typed("time"), Label: lang.M("setup.meeting.time"), Type: "time", Short: true},
		{Name: "place", Value: typed("place"), Label: lang.M("resolve.meet.place"), Hint: lang.M("resolve.meet.place_hint"), Max: resolve.MaxPlace, Wrong: wrong["place"]},
	}}
	if can.Meet != nil {
		p.Meet.No = judge(can.Meet).say
	}
	p.Write = &resolveForm{Title: lang.M("resolve.differ"), Href: path("differ"), Guard: p.Guard(), Send: lang.M("resolve.differ.send"), Area: &Field{
		Name: "text", Value: typed("text"), Label: lang.M("resolve.differ.text"), Hint: lang.M("resolve.differ.hint"), Max: resolve.MaxText, Rows: 6, Wrong: wrong["text"],
	}}
	if can.Differ != nil {
		p.Write.No = judge(can.Differ).say
	}
}

// linkTalks puts the way to those who look for a way after a block at the top of a proposal's page.
func (s *Server) linkTalks(c echo.Context, h *Head, a member.Actor, v motion.View) error {
	if v.Rules.Rules.DecideDefault != rulebook.Consensus || v.State != motion.Tabled {
		return nil
	}
	x, err := s.Resolutions.Last(c.Request().Context(), v.ID)
	if err != nil || x.ID == 0 {
		return err
	}
	h.State = localSay(a, x.Say())
	h.Also = append(h.Also, Action{Href: resolvePath(a.Group, v.Number), Label: lang.M("resolve.link")})
	return nil
}

// resolvePath is where the resolution groups on a proposal are.
func resolvePath(g member.Group, number int, what ...string) string {
	out := groupPath(g) + "/proposals/" + strconv.Itoa(number) + "/resolution"
	for _, w := range what {
		out += "/" + w
	}
	return out
}

// resolveAct runs what somebody in a resolution group does, and says what it did.
func resolveAct(flash string, do func(s *Server, c echo.Context, a member.Actor, n int) error) func(*Server, echo.Context) error {
	return func(s *Server, c echo.Context) error {
		n, err := voteNumber(c)
		if err != nil {
			return err
		}
		a := s.actor(c)
		err = do(s, c, a, n)
		if wrong := fault.Fields(err); wrong != nil {
			if on, is := wrong["on"]; is {
				wrong["opens"] = localSay(a, on)
				delete(wrong, "on")
			}
			return s.renderResolve(c, http.StatusUnprocessableEntity, wrong)
		}
		if err != nil {
			return err
		}
		s.flash(c, flash)
		return see(c, resolvePath(a.Group, n))
	}
}

func resolveMeet(s *Server, c echo.Context, a member.Actor, n int) error {
	return s.Resolutions.Meet(c.Request().Context(), a, s.once(c), n, typedTime(c, a, "opens", "time"), value(c, "place"))
}

func resolveDiffer(s *Server, c echo.Context, a member.Actor, n int) error {
	return s.Resolutions.Differ(c.Request().Context(), a, s.once(c), n, value(c, "text"))
}

func resolveStand(s *Server, c echo.Context, a member.Actor, n int) error {
	return s.Resolutions.StandBehind(c.Request().Context(), a, s.once(c), n, motion.ParseNumber(value(c, "version")))
}

func resolvePass(s *Server, c echo.Context, a member.Actor, n int) error {
	return s.Resolutions.Pass(c.Request().Context(), a, s.once(c), n)
}

func resolveLift(s *Server, c echo.Context, a member.Actor, n int) error {
	return s.Resolutions.Lift(c.Request().Context(), a, s.once(c), n)
}

// sendResolveLot sends the lot of a resolution group, as `folkmoot draw --check` reads it.
func (s *Server) sendResolveLot(c echo.Context) error {
	n, err := voteNumber(c)
	id, err2 := strconv.ParseInt(c.Param("lot"), 10, 64)
	if err != nil || err2 != nil {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	r, err := s.Resolutions.Published(c.Request().Context(), s.actor(c), n, resolve.ID(id))
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := r.Write(&b); err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="lot-`+strconv.FormatInt(id, 10)+`.json"`)
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, b.Bytes())
}
