package web

import (
	"net/http"

	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"

	"github.com/labstack/echo/v4"
)

// captionsPage is where somebody types what is said, line by line, for those who cannot hear it.
type captionsPage struct {
	Frame
	Lines []string
	Field Field
	Href  string
	Guard Guard
}

var captionsTmpl = newPage[captionsPage]("meeting/captions.html")

func (s *Server) showCaptions(c echo.Context) error { return s.renderCaptions(c, http.StatusOK, nil) }

func (s *Server) renderCaptions(c echo.Context, status int, wrong map[string]lang.Msg) error {
	a, v, err := s.meetingOf(c)
	switch {
	case err != nil:
		return err
	case v.IsOver():
		return fault.New(fault.Conflict, "meeting.over")
	case v.State != meeting.Session:
		return fault.New(fault.Conflict, "meeting.not_begun")
	case !v.MayCaption():
		return fault.New(fault.Denied, "meeting.captions.not_yours")
	}
	p := captionsPage{Frame: s.groupFrame(c, SectionMeetings), Lines: s.captions(v), Href: meetingPath(a.Group, v.Number, "captions")}
	p.Head = Head{
		Crumbs: []Link{{meetingsPath(a.Group), lang.M("meeting.list.title")}, {meetingPath(a.Group, v.Number), plain(v.Title)}},
		Kind:   meetingKind(v.Meeting), Title: lang.M("meeting.captions.type"), State: lang.M("meeting.captions.state"),
	}
	p.Strip = Strip{Next: lang.M("meeting.captions.next"), Decides: lang.M("meeting.captions.not_yours"), Change: lang.M("meeting.captions.change")}
	p.Field = Field{
		Name: "caption", Label: lang.M("meeting.captions.line"), Hint: lang.M("meeting.captions.hint", "Max", meeting.MaxCaption), Max: meeting.MaxCaption,
		Wrong: wrong["caption"], Focus: wrong == nil,
	}
	if wrong != nil {
		p.Field.Value = value(c, "caption")
	}
	p.Guard = p.Frame.Guard()
	p.follow(v.CaptionsTopic(), "captions")
	p.refuse(wrong)
	return captionsTmpl.render(c, status, p)
}

// captions returns what was typed of what is said, the newest last: nothing outside the meeting and on a break.
func (s *Server) captions(v meeting.View) []string {
	if v.State != meeting.Session || v.OnBreak(v.Now) {
		return nil
	}
	return s.Meetings.Captions(v.ID, v.Now)
}

func (s *Server) typeCaption(c echo.Context) error {
	n, err := param(c, "n")
	if err != nil {
		return err
	}
	a := s.actor(c)
	err = s.Meetings.Caption(c.Request().Context(), a, int(n), value(c, "caption"))
	if wrong := fault.Fields(err); wrong != nil {
		return s.renderCaptions(c, http.StatusUnprocessableEntity, wrong)
	}
	if err != nil {
		return err
	}
	return see(c, meetingPath(a.Group, int(n), "captions"))
}

// fillCaptions shows on the meeting's page what is typed of what is said, and leads whoever may type it there.
func (s *Server) fillCaptions(p *meetingPage, a member.Actor, v meeting.View) {
	p.Captions = s.captions(v)
	if v.MayCaption() {
		p.Head.Also = append(p.Head.Also, Action{Href: meetingPath(a.Group, v.Number, "captions"), Label: lang.M("meeting.captions.type")})
	}
}

// captionsShown returns as many of the newest lines as a screen shows at a glance.
func captionsShown(lines []string) []string {
	n, first := 0, len(lines)
	for first > 0 && n+len([]rune(lines[first-1])) <= meeting.MaxCaption {
		first--
		n += len([]rune(lines[first])) + 1
	}
	return lines[first:]
}
