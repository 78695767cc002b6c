package web

import (
	"time"

	"folkmoot/internal/lang"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"

	"github.com/labstack/echo/v4"
)

// comingMeeting is the meeting that is under way or comes next, on the group's first page: it is the same for everybody.
type comingMeeting struct {
	Title   lang.Msg
	First   bool // it stands above everything: it is today, or under way
	Row     []Row
	Say     lang.Msg // of what will be decided
	Decides []Link
	More    Link // to the others
}

// decidesShown is how many proposals the first page names; the meeting's own has all.
const decidesShown = 6

// fillMeeting puts the next meeting on the page, or when the group meets by its rule. Where people can come in now, that comes before everything else that waits for the reader.
func (s *Server) fillMeeting(c echo.Context, p *nowPage, n motion.Now) error {
	a := s.actor(c)
	m, err := s.Meetings.Coming(c.Request().Context(), a, n.Rules, !p.Revival.Title.IsZero())
	if err != nil {
		return err
	}
	for _, x := range m.Told {
		p.Noted = append(p.Noted, p.toldOf(a, x))
	}
	if k := m.Ask; k.ID != 0 {
		by := k.ClockCalls()
		say := lang.M("now.call.clock")
		if k.State == meeting.Reached {
			by, say = k.CallBy(), lang.M("now.call.others")
		}
		p.Calls = []Row{{Href: meetingsPath(a.Group, "new"), Title: p.voice().T("now.call.title"), Can: lang.M("now.call.can"), Until: Until{Say: say, At: local(a, by)}}}
	}
	if m.ID == 0 {
		p.fillRhythm(a, m.Rhythm, m.Ask.ID != 0, n.At)
		return nil
	}
	open, there := m.MayEnter(m.Now) == nil, m.Here.HasDevice()
	out := comingMeeting{
		Title: lang.M("now.coming.next"), First: open || sameDay(a, m.Opens, m.Now), Row: []Row{comingRow(a, m.Meeting, m.Now)},
		Say: lang.M("now.coming.no_proposal"),
	}
	out.Row[0].State = stateFor(m.Meeting, m.Here, m.Now)
	if there {
		out.Row[0].Can = lang.M("meeting.row.in")
	}
	switch {
	case m.State == meeting.Session:
		out.Title = lang.M("now.coming.on")
	case out.First:
		out.Title = lang.M("now.coming.today")
	}
	if n := len(m.Decides); n > 0 {
		out.Say = lang.M("now.coming.decides", "Count", n)
		if m.TalksOnly() {
			out.Say = lang.M("now.coming.talks", "Count", n)
		}
	} else if m.State == meeting.Session {
		out.Say = lang.Msg{} // what there was may be decided
	}
	for _, pr := range m.Decides[:min(decidesShown, len(m.Decides))] {
		out.Decides = append(out.Decides, Link{motionPath(a.Group, pr), plain(pr.Title)})
	}
	if m.More || len(m.Decides) > decidesShown {
		out.More = Link{meetingsPath(a.Group), lang.M("now.coming.more")}
		if len(m.Decides) > decidesShown {
			out.More.Href = meetingPath(a.Group, m.Number)
		}
	}
	p.Coming = out
	if !there {
		p.Urgent = urgentOf(a, m.Meeting, m.Urgent)
		p.Urgent.Meeting = Link{meetingPath(a.Group, m.Number), lang.M("call.urgent_box.meeting", "Title", m.Title, "At", local(a, m.Opens))}
	}
	for _, at := range []time.Time{m.Door(), m.Opens, m.Stop} {
		if at.After(m.Now) {
			p.refreshBy(at)
		}
	}
	if open && p.Revival.Title.IsZero() {
		p.joinFirst(a, m.Meeting, there)
	}
	return nil
}

// joinFirst has the page begin with going to the meeting; what else waits for the reader stays beside it.
func (p *nowPage) joinFirst(a member.Actor, m meeting.Meeting, there bool) {
	p.Joins = true
	if p.Head.Act.Href != "" {
		p.Head.Also = append([]Action{p.Head.Act}, p.Head.Also...)
	}
	id, to := "now.can_", "now.to_meeting"
	if there {
		id, to = "now.in_", "now.at_meeting"
	}
	if m.State == meeting.Session {
		id += "join"
	} else {
		id += "come"
	}
	p.Head.Can, p.Head.Until = lang.M(id, "Title", m.Title), Until{Say: lang.M("meeting.until.stop"), At: local(a, m.Stop)}
	p.Head.Act = Action{Href: meetingPath(a.Group, m.Number), Label: lang.M(to)}
}

// comingRow is the row of a list of meetings, and where the meeting is.
func comingRow(a member.Actor, m meeting.Meeting, now time.Time) Row {
	r := meetingRow(a, m, now)
	if m.State == meeting.Called && m.MayEnter(now) == nil {
		r.Can = lang.M("meeting.row.join")
	}
	if m.Place != "" {
		r.Notes = append(r.Notes, lang.M("now.coming.place", "Place", m.Place))
	}
	switch {
	case m.Link != "" && m.Phone != "":
		r.Notes = append(r.Notes, lang.M("now.coming.link_phone"))
	case m.Link != "":
		r.Notes = append(r.Notes, lang.M("now.coming.link"))
	case m.Phone != "":
		r.Notes = append(r.Notes, lang.M("now.coming.phone"))
	}
	return r
}

// sameDay says whether two instants are on one day where the group is.
func sameDay(a member.Actor, x, y time.Time) bool {
	return local(a, x).Format(time.DateOnly) == local(a, y).Format(time.DateOnly)
}
