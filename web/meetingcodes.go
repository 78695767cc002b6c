package web

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"

	"github.com/labstack/echo/v4"
)

// doorCookie holds the secret from which the codes of a door follow that this browser made: the server keeps only their hashes.
const doorCookie = "folkmoot_door"

// doorCodesFor is how long the browser that made codes can show them again.
const doorCodesFor = 12 * time.Hour

// doorSheet is the sheet of a door's codes, to print or to show.
type doorSheet struct {
	Frame
	Only  Notice // that no other computer can reach it
	Say   []lang.Msg
	Made  []lang.Msg // when, and how many were used
	Place QR         // where they are typed
	Lines []doorCode
	Make  Action
	Again Grave // makes new ones in place of those there are
	End   Grave
	Pager Pager
}

// doorCode is the code of a member.
type doorCode struct {
	Name lang.Msg
	Code string // "" where it was used
	QR   string
}

var doorSheetTmpl = newPage[doorSheet]("meeting/codes.html")

func (s *Server) showDoorCodes(c echo.Context) error {
	n, err := param(c, "n")
	if err != nil {
		return err
	}
	after, err := afterMember(c)
	if err != nil {
		return err
	}
	a := s.actor(c)
	d, err := s.Meetings.DoorCodes(c.Request().Context(), a, int(n), s.cookie(c, doorCookie), after)
	if err != nil {
		return err
	}
	at, place := meetingPath(a.Group, d.Number, "codes"), "/m/"+d.Code+"/in"
	p := doorSheet{Frame: s.groupFrame(c, SectionMeetings), Say: []lang.Msg{lang.M("door.codes.say"), lang.M("door.codes.only"), lang.M("door.codes.record")}}
	p.Head = Head{Crumbs: []Link{{meetingsPath(a.Group), lang.M("meeting.list.title")}, {meetingPath(a.Group, d.Number), plain(d.Title)}}, Title: lang.M("door.codes.title"), State: lang.M("door.codes.state")}
	p.Strip = Strip{Next: lang.M("door.codes.next"), Decides: lang.M("door.codes.decides"), Change: lang.M("door.change"), Href: meetingPath(a.Group, d.Number)}
	p.Place = QR{Label: lang.M("door.codes.place"), Address: s.address(place)}
	if s.onlyHere() {
		p.Only = Notice{Say: lang.M("door.codes.only_here")}
	}
	if d.All == 0 {
		p.Make = Action{Href: at, Label: lang.M("door.codes.make"), Post: true, Main: true, Guard: p.Guard()}
		return doorSheetTmpl.render(c, http.StatusOK, p)
	}
	p.Made = []lang.Msg{lang.M("door.codes.made", "At", local(a, d.Made)), lang.M("door.codes.used", "Used", d.Used, "All", d.All)}
	if len(d.People) == 0 {
		p.Made = append(p.Made, lang.M("door.codes.elsewhere"))
	}
	p.Again = Grave{ID: "new-codes", Label: lang.M("door.codes.renew"), Ask: lang.M("door.codes.renew_ask"), Say: []lang.Msg{lang.M("door.codes.end_say")},
		Yes: lang.M("door.codes.renew"), Href: at, Guard: p.Guard()}
	p.End = Grave{ID: "end-codes", Label: lang.M("door.codes.end"), Ask: lang.M("door.codes.end_ask"), Say: []lang.Msg{lang.M("door.codes.end_say")},
		Yes: lang.M("door.codes.end"), Href: at + "/end", Guard: p.Guard()}
	for _, x := range d.People {
		line := doorCode{Name: plain(x.Name), Code: x.Code}
		if x.Code != "" {
			line.QR = s.address(place + "?code=" + x.Code)
		}
		p.Lines = append(p.Lines, line)
	}
	if d.After != 0 {
		p.Pager.Older = at + "?after=" + strconv.FormatInt(int64(d.After), 10)
	}
	if after != 0 {
		p.Pager.Newer = at
	}
	return doorSheetTmpl.render(c, http.StatusOK, p)
}

// afterMember is the last member of the page before; 0 on the first.
func afterMember(c echo.Context) (member.ID, error) {
	q := c.QueryParam("after")
	if q == "" {
		return 0, nil
	}
	after, err := strconv.ParseInt(q, 10, 63)
	if err != nil || after < 1 {
		return 0, fault.New(fault.NotFound, "fault.not_found")
	}
	return member.ID(after), nil
}

func (s *Server) makeDoorCodes(c echo.Context) error {
	n, err := param(c, "n")
	if err != nil {
		return err
	}
	a := s.actor(c)
	secret, err := s.Meetings.MakeCodes(c.Request().Context(), a, int(n))
	if err != nil {
		return err
	}
	s.setCookie(c, doorCookie, secret, doorCodesFor)
	s.flash(c, "door.codes.flash.made")
	return see(c, meetingPath(a.Group, int(n), "codes"))
}

func (s *Server) endDoorCodes(c echo.Context) error {
	n, err := param(c, "n")
	if err != nil {
		return err
	}
	a := s.actor(c)
	if err := s.Meetings.EndCodes(c.Request().Context(), a, int(n)); err != nil {
		return err
	}
	s.setCookie(c, doorCookie, "", -time.Second)
	s.flash(c, "door.codes.flash.ended")
	return see(c, meetingPath(a.Group, int(n), "codes"))
}

// codePage is where somebody types a code of the door, on any device: nobody has to be signed in, and nobody is afterwards.
func (s *Server) codePage(c echo.Context, d meeting.Door, typed string) formPage {
	f := s.frame(c)
	f.Head = Head{Kind: plain(d.Group.Name), Title: plain(d.Meeting.Title), State: meetingState(d.Meeting, s.now()), Can: lang.M("door.code.can")}
	f.Strip = Strip{Next: lang.M("door.code.next"), Decides: lang.M("door.codes.decides"), Change: lang.M("door.change")}
	p := s.form(c, f, "/m/"+url.PathEscape(d.Meeting.Code)+"/in", lang.M("door.code.do"),
		field(Field{Name: "code", Value: typed, Label: lang.M("door.code.label"), Hint: lang.M("door.code.hint"), Max: 20, Short: true, Code: true}))
	p.Below = []Link{{"/m/" + url.PathEscape(d.Meeting.Code), lang.M("door.code.none")}}
	return p
}

func (s *Server) showCodeDoor(c echo.Context) error {
	d, err := s.Meetings.ByCode(c.Request().Context(), c.Param("code"))
	if err != nil {
		return err
	}
	return formTmpl.render(c, http.StatusOK, s.codePage(c, d, c.QueryParam("code")))
}

func (s *Server) comeByCode(c echo.Context) error {
	ctx, place := c.Request().Context(), c.Param("code")
	d, err := s.Meetings.ByCode(ctx, place)
	if err != nil {
		return err
	}
	var on member.Actor // who is signed in on this device; mostly nobody
	if v := s.visitor(c); v.signedIn() {
		on, _, err = s.Members.Visit(ctx, v.session.Person, d.Group.Slug)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
	}
	name, err := s.Meetings.ComeByCode(ctx, place, value(c, "code"), on, c.RealIP())
	if err == nil {
		p := s.codePage(c, d, "")
		p.Flash = Notice{Say: lang.M("door.code.done", "Name", name)}
		return formTmpl.render(c, http.StatusOK, p)
	}
	p := s.codePage(c, d, value(c, "code"))
	if wrong := fault.Fields(err); wrong != nil {
		return p.again(c, wrong)
	}
	if t := judge(err); t.status == http.StatusConflict || t.status == http.StatusTooManyRequests {
		p.refuse(map[string]lang.Msg{"": localSay(member.Actor{Group: d.Group}, t.say)})
		return formTmpl.render(c, t.status, p)
	}
	return err
}
