package web

import (
	"net/http"
	"slices"
	"strconv"

	"folkmoot/internal/fault"
	"folkmoot/internal/floor"
	"folkmoot/internal/lang"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"

	"github.com/labstack/echo/v4"
)

// meetingAct is a handler that does something in the meeting in the address, and shows its page again. What cannot be done now is said on the page: whoever is in a
// meeting must not lose sight of it.
func meetingAct(do func(s *Server, c echo.Context, a member.Actor, number int) error) func(*Server, echo.Context) error {
	return func(s *Server, c echo.Context) error {
		n, err := param(c, "n")
		if err != nil {
			return err
		}
		a := s.actor(c)
		err = do(s, c, a, int(n))
		render, back := s.renderMeeting, meetingPath(a.Group, int(n))
		switch value(c, "back") {
		case toConsole:
			render, back = s.renderConsole, meetingPath(a.Group, int(n), "run")
		case fromConsole:
			render = s.renderConsole
		case toSignals: // whoever presses one most likely presses another
			back += "#signals"
		}
		if err == nil {
			return see(c, back)
		}
		t := judge(err)
		switch {
		case t.fields != nil:
			return render(c, t.status, t.fields)
		case t.status == http.StatusConflict || t.status == http.StatusForbidden:
			return render(c, t.status, map[string]lang.Msg{"": localSay(a, t.say)})
		}
		return err
	}
}

// itemAct is meetingAct about an item.
func itemAct(do func(s *Server, c echo.Context, a member.Actor, number int, id meeting.ItemID) error) func(*Server, echo.Context) error {
	return meetingAct(func(s *Server, c echo.Context, a member.Actor, number int) error {
		id, err := param(c, "item")
		if err != nil {
			return err
		}
		return do(s, c, a, number, meeting.ItemID(id))
	})
}

// handAct is meetingAct about a hand.
func handAct(do func(s *Server, c echo.Context, a member.Actor, number int, id int64) error) func(*Server, echo.Context) error {
	return meetingAct(func(s *Server, c echo.Context, a member.Actor, number int) error {
		id, err := param(c, "hand")
		if err != nil {
			return err
		}
		return do(s, c, a, number, id)
	})
}

func comeIn(s *Server, c echo.Context, a member.Actor, n int) error {
	return s.Meetings.CheckIn(c.Request().Context(), a, n, meeting.Mode(value(c, "mode")))
}

func goOut(s *Server, c echo.Context, a member.Actor, n int) error {
	return s.Meetings.CheckOut(c.Request().Context(), a, n)
}

func wouldDo(s *Server, c echo.Context, a member.Actor, n int) error {
	var jobs []meeting.Job
	for _, j := range c.Request().PostForm["job"] {
		jobs = append(jobs, meeting.Job(j))
	}
	return s.Meetings.Would(c.Request().Context(), a, n, jobs)
}

func beginMeeting(s *Server, c echo.Context, a member.Actor, n int) error {
	return s.Meetings.Begin(c.Request().Context(), a, n)
}

func adoptAgenda(s *Server, c echo.Context, a member.Actor, n int) error {
	return s.Meetings.Adopt(c.Request().Context(), a, n)
}

func takeItem(s *Server, c echo.Context, a member.Actor, n int, id meeting.ItemID) error {
	return s.Meetings.Take(c.Request().Context(), a, n, id)
}

func finishItem(s *Server, c echo.Context, a member.Actor, n int, id meeting.ItemID) error {
	return s.Meetings.Finish(c.Request().Context(), a, n, id)
}

func stepAside(s *Server, c echo.Context, a member.Actor, n int, id meeting.ItemID) error {
	return s.Meetings.StepAside(c.Request().Context(), a, n, id)
}

func putToVote(s *Server, c echo.Context, a member.Actor, n int, id meeting.ItemID) error {
	return s.Meetings.PutToVote(c.Request().Context(), a, n, id, value(c, "named") == "yes")
}

func moreToVote(s *Server, c echo.Context, a member.Actor, n int) error {
	return s.Meetings.MoreToVote(c.Request().Context(), a, n)
}

func raiseHand(s *Server, c echo.Context, a member.Actor, n int) error {
	r := meeting.Raised{Kind: floor.Kind(value(c, "kind")), Side: floor.Side(value(c, "side")), Soon: value(c, "soon") == "yes", About: value(c, "about")}
	return s.Meetings.Raise(c.Request().Context(), a, n, r)
}

func lowerHand(s *Server, c echo.Context, a member.Actor, n int, id int64) error {
	return s.Meetings.Lower(c.Request().Context(), a, n, id)
}

func letFirst(s *Server, c echo.Context, a member.Actor, n int, id int64) error {
	return s.Meetings.LetFirst(c.Request().Context(), a, n, id)
}

func finished(s *Server, c echo.Context, a member.Actor, n int, id int64) error {
	return s.Meetings.Finished(c.Request().Context(), a, n, id)
}

func hearQuestion(s *Server, c echo.Context, a member.Actor, n int, id int64) error {
	return s.Meetings.Hear(c.Request().Context(), a, n, id)
}

func moreTime(s *Server, c echo.Context, a member.Actor, n int, id int64) error {
	return s.Meetings.More(c.Request().Context(), a, n, id)
}

func putFirst(s *Server, c echo.Context, a member.Actor, n int, id int64) error {
	before, err := strconv.ParseInt(value(c, "before"), 10, 63)
	if err != nil {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	return s.Meetings.Put(c.Request().Context(), a, n, id, before)
}

func callNext(s *Server, c echo.Context, a member.Actor, n int) error {
	ends, err := strconv.ParseInt(value(c, "ends"), 10, 63)
	if err != nil {
		return fault.New(fault.Invalid, "meeting.no_hand")
	}
	return s.Meetings.CallNext(c.Request().Context(), a, n, ends)
}

func handJobOver(s *Server, c echo.Context, a member.Actor, n int) error {
	to, err := strconv.ParseInt(value(c, "member"), 10, 63)
	if err != nil {
		to = 0
	}
	v, err := s.Meetings.Show(c.Request().Context(), a, n)
	if err != nil {
		return err
	}
	job := meeting.Facilitates
	if !v.Jobs[job] {
		job = meeting.Vice
	}
	return s.Meetings.HandOver(c.Request().Context(), a, n, job, member.ID(to))
}

func takeOver(s *Server, c echo.Context, a member.Actor, n int) error {
	if term := value(c, "term"); term != "" {
		return s.takeOverFrom(c, a, n, term)
	}
	if job := value(c, "job"); job != "" {
		return s.Meetings.TakeJob(c.Request().Context(), a, n, meeting.Job(job))
	}
	return s.Meetings.TakeOver(c.Request().Context(), a, n)
}

func sendOnline(s *Server, c echo.Context, a member.Actor, n int) error {
	return s.Meetings.SendOnline(c.Request().Context(), a, n)
}

func talkOnly(s *Server, c echo.Context, a member.Actor, n int) error {
	return s.Meetings.TalkOnly(c.Request().Context(), a, n)
}

func adjournMeeting(s *Server, c echo.Context, a member.Actor, n int) error {
	return s.Meetings.Adjourn(c.Request().Context(), a, n, typedTime(c, a, "adjourn-date", "adjourn-time"), typedLength(c, "adjourn-length"))
}

func closeMeeting(s *Server, c echo.Context, a member.Actor, n int) error {
	return s.Meetings.Close(c.Request().Context(), a, n)
}

// noticePage is the notice on paper, for a board: one page with a code to photograph.
type noticePage struct {
	Frame
	Urgent urgentBox
	Facts  []Fact
	Help   []Statement
	Agenda []agendaLine
	QR     QR
}

var noticeTmpl = newPage[noticePage]("meeting/print.html")

func (s *Server) printMeeting(c echo.Context) error {
	a, v, err := s.meetingOf(c)
	if err != nil {
		return err
	}
	if v.IsOver() {
		return fault.New(fault.Conflict, "meeting.over")
	}
	m := meetingPage{Frame: s.groupFrame(c, SectionMeetings)}
	m.fillNotice(a, v)
	if v.IsAdjourned() {
		v.Items = slices.DeleteFunc(v.Items, func(it meeting.Item) bool { return it.State != meeting.Waiting })
	}
	m.fillAgenda(a, v)
	m.fillUrgent(a, v)
	p := noticePage{Frame: m.Frame, Urgent: m.Urgent, Facts: m.Facts, Help: m.Help, Agenda: m.Agenda, QR: QR{Label: lang.M("meeting.scan"), Address: s.base.String() + "/m/" + v.Code}}
	p.Head = Head{Crumbs: []Link{{meetingPath(a.Group, v.Number), meetingKind(v.Meeting)}}, Kind: plain(a.Group.Name), Title: plain(v.Title), State: lang.M("meeting.print.state")}
	p.Strip = Strip{Next: meetingNext(v), Decides: lang.M("meeting.decides"), Change: lang.M("powers.change"), Href: groupPath(a.Group) + "/rules#meetings"}
	return noticeTmpl.render(c, http.StatusOK, p)
}

// doorPage is what somebody sees who has photographed the code of a meeting, whoever they are: where it is, and how to come in. Nothing of what it talks about.
type doorPage struct {
	Frame
	Facts []Fact
	Over  bool
}

var doorTmpl = newPage[doorPage]("meeting/door.html")

func (s *Server) showDoor(c echo.Context) error {
	ctx := c.Request().Context()
	d, err := s.Meetings.ByCode(ctx, c.Param("code"))
	if err != nil {
		return err
	}
	if v := s.visitor(c); v.signedIn() {
		a, _, err := s.Members.Visit(ctx, v.session.Person, d.Group.Slug)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
		if err == nil && a.IsMember() {
			return see(c, meetingPath(d.Group, d.Meeting.Number))
		}
	}
	here := member.Actor{Group: d.Group}
	p := doorPage{Frame: s.frame(c), Facts: []Fact{{Label: lang.M("meeting.fact.opens"), At: local(here, d.Meeting.Opens)}, {Label: lang.M("meeting.fact.stop"), At: local(here, d.Meeting.Stop)}}}
	if d.Meeting.Place != "" {
		p.Facts = append(p.Facts, Fact{Label: lang.M("meeting.fact.place"), Value: plain(d.Meeting.Place)})
	}
	p.Head = Head{Kind: plain(d.Group.Name), Title: plain(d.Meeting.Title), State: meetingState(d.Meeting, s.now())}
	p.Head.Act = Action{Href: "/sign-in?next=" + meetingPath(d.Group, d.Meeting.Number), Label: lang.M("meeting.door.sign_in")}
	if !d.Meeting.IsOver() {
		p.Head.Also = []Action{{Href: "/m/" + d.Meeting.Code + "/in", Label: lang.M("door.code.have")}}
	}
	p.Head.Can = lang.M("meeting.door.can")
	p.Strip = Strip{Next: lang.M("meeting.door.next"), Decides: lang.M("meeting.decides"), Change: lang.M("meeting.door.change")}
	if p.Over = d.Meeting.IsOver(); p.Over { // how many were there is the members' to know
		p.Facts[0].Label, p.Facts = lang.M("meeting.fact.was_to_begin"), append(p.Facts[:1:1], p.Facts[2:]...)
		p.Head.State, p.Head.Can, p.Head.Act.Label = lang.M("meeting.door.over"), lang.Msg{}, lang.M("layout.sign_in")
		p.Strip.Next, p.Strip.Decides = lang.M("meeting.door.over_next"), lang.M("meeting.decides.over")
	}
	return doorTmpl.render(c, http.StatusOK, p)
}
