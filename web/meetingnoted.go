package web

import (
	"folkmoot/internal/lang"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"

	"github.com/labstack/echo/v4"
)

// notedPart tells the reader that somebody else noted them as there, and lets them take it back.
type notedPart struct {
	Title lang.Msg
	Say   []lang.Msg
	Acts  []Action
}

// notedSay says how many of those who are there others have noted; nothing where nobody did.
func notedSay(m meeting.Meeting) lang.Msg {
	if m.Noted == 0 {
		return lang.Msg{}
	}
	return lang.M("meeting.present.noted", "Count", m.Noted)
}

// toldOf says by whom and when the reader was noted as there, or as having been there.
func (f *Frame) toldOf(a member.Actor, x meeting.AsNoted) notedPart {
	how := string(x.Note.How)
	if x.Note.How == meeting.ByCode && x.Note.By == 0 {
		how = "code_only"
	}
	args := []any{"Name", memberName(x.By), "Title", x.Meeting.Title}
	act := func(label, below string) Action {
		return Action{Href: meetingPath(a.Group, x.Meeting.Number, below), Label: lang.M(label), Post: true, Guard: f.Guard()}
	}
	if x.Left.IsZero() {
		at := f.voice().Clock(local(a, x.Came))
		return notedPart{
			Title: lang.M("door.noted.title"), Say: []lang.Msg{lang.M("door.noted."+how, append(args, "At", at)...), lang.M("door.noted.wrong")},
			Acts: []Action{act("door.noted.not", "not-there")},
		}
	}
	return notedPart{
		Title: lang.M("door.noted.was"), Say: []lang.Msg{lang.M("door.noted.was."+how, append(args, "At", local(a, x.Came))...), lang.M("door.noted.was.wrong")},
		Acts: []Action{act("door.noted.was_not", "not-there"), act("door.noted.was_there", "was-there")},
	}
}

// fillNoted tells the reader on the meeting's page.
func (p *meetingPage) fillNoted(a member.Actor, v meeting.View) {
	if v.Told.Note.How == "" {
		return
	}
	p.Noted = append(p.Noted, p.toldOf(a, meeting.AsNoted{Meeting: v.Meeting, Presence: v.Told, By: v.People[v.Told.Note.By]}))
}

func notThere(s *Server, c echo.Context, a member.Actor, n int) error {
	return s.answered(c, s.Meetings.NotThere(c.Request().Context(), a, n), "door.flash.not_there")
}

func wasThere(s *Server, c echo.Context, a member.Actor, n int) error {
	return s.answered(c, s.Meetings.WasThere(c.Request().Context(), a, n), "door.flash.was_there")
}

// answered says that what the reader said is kept, if it is.
func (s *Server) answered(c echo.Context, err error, flash string) error {
	if err == nil {
		s.flash(c, flash)
	}
	return err
}
