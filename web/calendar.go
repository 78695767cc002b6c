package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"

	"folkmoot/internal/election"
	"folkmoot/internal/fault"
	"folkmoot/internal/ical"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/notify"

	"github.com/labstack/echo/v4"
)

// calendarPage is where somebody gets the address of their own calendar.
type calendarPage struct {
	Frame
	Only  Notice // that nobody else's program can reach it
	Copy  Copy   // the address, while this browser has it; zero: it has not
	Since time.Time
	Make  Action
	End   Grave
}

var calendarTmpl = newPage[calendarPage]("people/calendar.html")

// calendarCookie holds the secret in the address of the calendar that this browser made: the server keeps only its hash.
const calendarCookie = "folkmoot_calendar"

// calendarFor is how long the browser that made an address can show it again.
const calendarFor = time.Hour

func (s *Server) showCalendar(c echo.Context) error {
	ctx, person := c.Request().Context(), s.visitor(c).session.Person
	since, has, err := s.Notices.FeedSince(ctx, person)
	if err != nil {
		return err
	}
	p := calendarPage{Frame: s.frame(c)}
	p.Head = Head{Crumbs: []Link{{"/me", lang.M("people.me.title")}}, Title: lang.M("calendar.title"), State: lang.M("calendar.state")}
	p.Strip = Strip{Next: lang.M("calendar.next"), Decides: lang.M("people.me.decides"), Change: lang.M("calendar.change"), Href: "/me/notices"}
	p.Make = Action{Href: "/me/calendar", Label: lang.M("calendar.make"), Post: true, Main: true, Guard: p.Guard()}
	if s.onlyHere() {
		p.Only = Notice{Say: lang.M("calendar.only_here")}
	}
	if !has {
		return calendarTmpl.render(c, http.StatusOK, p)
	}
	p.Since = since
	p.Make.Label, p.Make.Main = lang.M("calendar.renew"), false
	p.End = Grave{ID: "end-calendar", Label: lang.M("calendar.end"), Ask: lang.M("calendar.end_ask"), Say: []lang.Msg{lang.M("calendar.end_say")},
		Yes: lang.M("calendar.end"), Href: "/me/calendar/end", Guard: p.Guard()}
	if secret := s.cookie(c, calendarCookie); secret != "" {
		if owner, _, err := s.Notices.FeedOwner(ctx, secret); err == nil && owner == person {
			p.Copy = Copy{ID: "calendar-address", Label: lang.M("calendar.address"), Text: s.address(feedPath(secret))}
		} else if err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
	}
	return calendarTmpl.render(c, http.StatusOK, p)
}

func feedPath(secret string) string { return "/calendar/" + secret + ical.Extension }

func (s *Server) makeCalendar(c echo.Context) error {
	secret, err := s.Notices.MakeFeed(c.Request().Context(), s.visitor(c).session.Person)
	if err != nil {
		return err
	}
	s.setCookie(c, calendarCookie, secret, calendarFor)
	s.flash(c, "calendar.flash.made")
	return see(c, "/me/calendar")
}

func (s *Server) endCalendar(c echo.Context) error {
	if err := s.Notices.EndFeed(c.Request().Context(), s.visitor(c).session.Person); err != nil {
		return err
	}
	s.setCookie(c, calendarCookie, "", -time.Second)
	s.flash(c, "calendar.flash.ended")
	return see(c, "/me/calendar")
}

// sendFeed answers a calendar program. Whoever has the address reads it, and no page does.
func (s *Server) sendFeed(c echo.Context) error {
	secret, ok := strings.CutSuffix(c.Param("file"), ical.Extension)
	if !ok {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	ctx := c.Request().Context()
	person, tag, err := s.Notices.FeedOwner(ctx, secret)
	if err != nil {
		return err
	}
	groups, err := s.Members.Groups(ctx, person)
	if err != nil {
		return err
	}
	cal := ical.Calendar{Name: "Folkmoot"}
	for _, m := range groups {
		a := member.Actor{Person: person, Member: m.Member, Group: m.Group}
		v := s.views.catalog.Voice(tag, m.Group.Lang)
		events, err := s.agenda(ctx, a)
		if err != nil {
			return err
		}
		for _, e := range events {
			cal.Events = append(cal.Events, eventOf(v, a.Group, s.base.Hostname(), s.address(e.path), e.Event))
		}
	}
	return sendCalendar(c, cal, "")
}

// sendCalendar answers with a calendar; with a name, as a file to keep, which one event of a meeting is sent as.
func sendCalendar(c echo.Context, cal ical.Calendar, name string) error {
	text := ical.Write(cal)
	sum := sha256.Sum256(text)
	tag := `"` + hex.EncodeToString(sum[:16]) + `"`
	h := c.Response().Header()
	h.Set("ETag", tag)
	h.Set(echo.HeaderCacheControl, "private, no-cache") // programs ask again and again, and mostly nothing has changed
	if name != "" {
		h.Set(echo.HeaderContentDisposition, `attachment; filename="`+name+ical.Extension+`"`)
	}
	for want := range strings.SplitSeq(c.Request().Header.Get("If-None-Match"), ",") {
		if want = strings.TrimPrefix(strings.TrimSpace(want), "W/"); want == tag || want == "*" {
			return c.NoContent(http.StatusNotModified)
		}
	}
	return c.Blob(http.StatusOK, ical.MediaType, text)
}

// sendEvent answers with the file of one event of the actor's group, for the page at the path: what a meeting's page has a link to.
func (s *Server) sendEvent(c echo.Context, name, path string, e notify.Event) error {
	a := s.actor(c)
	v := s.views.catalog.Voice(s.wishes(c, s.visitor(c), a)...)
	return sendCalendar(c, ical.Calendar{Name: a.Group.Name, Events: []ical.Event{eventOf(v, a.Group, s.base.Hostname(), s.address(path), e)}}, name)
}

// dated is an event and the page it is on.
type dated struct {
	notify.Event
	path string
}

// agenda is what in a group has a date for a member: meetings; the ends of the votes in which they are listed, whether they have voted or not, and
// of nominations. It is what the group's pages show them.
func (s *Server) agenda(ctx context.Context, a member.Actor) (out []dated, err error) {
	if !a.Group.Archived.IsZero() {
		return nil, nil
	}
	meetings, err := s.Meetings.Ahead(ctx, a)
	if err != nil {
		return nil, err
	}
	for _, m := range meetings {
		out = append(out, dated{m.Event(), meetingPath(a.Group, m.Number)})
	}
	running, err := s.Elections.Running(ctx, a)
	if err != nil {
		return nil, err
	}
	until := map[motion.ID]election.Election{}
	for _, e := range running {
		until[e.Motion] = e
	}
	f := motion.Filter{States: []motion.State{motion.Voting, motion.Tabled}}
	for {
		page, err := s.Motions.List(ctx, a, f)
		if err != nil {
			return nil, err
		}
		parts, err := s.Ballots.Parts(ctx, a, page.List)
		if err != nil {
			return nil, err
		}
		for _, m := range page.List {
			e, elects := until[m.ID]
			switch {
			case parts[m.ID].May && page.Now.Before(m.Closes):
				out = append(out, closing(a, m))
			case elects && m.State == motion.Tabled && page.Now.Before(e.Until):
				out = append(out, nominations(a, m, e))
			}
			f.After = m.Number
		}
		if !page.More || len(page.List) == 0 {
			return out, nil
		}
	}
}

func closing(a member.Actor, m motion.Motion) dated {
	return dated{notify.Event{UID: "vote-" + strconv.Itoa(m.Number), Start: m.Closes, Modified: m.Opens,
		Summary: lang.M("calendar.vote", "Title", m.Title, "Group", a.Group.Name), Description: lang.M("calendar.vote_say")}, votePath(a.Group, m.Number)}
}

func nominations(a member.Actor, m motion.Motion, e election.Election) dated {
	sequence := 0
	if e.Extended {
		sequence = 1
	}
	return dated{notify.Event{UID: "nominations-" + strconv.Itoa(m.Number), Sequence: sequence, Start: e.Until, Modified: e.Opened,
		Summary: lang.M("calendar.nominations", "Title", m.Title, "Group", a.Group.Name), Description: lang.M("calendar.nominations_say")}, motionPath(a.Group, m)}
}
