package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"folkmoot/internal/account"
	"folkmoot/internal/asset"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/meeting"
	"folkmoot/internal/notify"

	"github.com/labstack/echo/v4"
)

// noticesPage is what somebody wants of notices by mail, and what became of theirs.
type noticesPage struct {
	Frame
	Promise lang.Msg // what they were told when they gave their address
	Wish    Choice   // no options: there is nothing to choose
	Without lang.Msg // why there is not
	Address Link     // where to give one; zero: there is one, or it would be of no use
	List    []Row
	Pager   Pager
	Empty   Empty
}

var noticesTmpl = newPage[noticesPage]("people/notices.html")

// mailSay says whether somebody gets notices by mail.
func (s *Server) mailSay(me account.Person) lang.Msg {
	switch {
	case !s.Notices.Sends():
		return lang.M("notify.me.off")
	case me.Email == "":
		return lang.M("notify.me.no_address")
	case me.Wish == account.Wanted:
		return lang.M("notify.me.yes")
	}
	return lang.M("notify.me.no")
}

// emailHint says what an address is for, which whoever gives one is promised.
func (s *Server) emailHint() lang.Msg {
	if s.Notices.Sends() {
		return lang.M("notify.email_hint")
	}
	return lang.M("people.me.email.hint")
}

func (s *Server) showNotices(c echo.Context) error {
	p, err := s.noticesOf(c)
	if err != nil {
		return err
	}
	return noticesTmpl.render(c, http.StatusOK, p)
}

func (s *Server) noticesOf(c echo.Context) (noticesPage, error) {
	ctx, person := c.Request().Context(), s.visitor(c).session.Person
	p := noticesPage{Frame: s.frame(c)}
	me, err := s.Accounts.Profile(ctx, person)
	if err != nil {
		return p, err
	}
	p.Head = Head{Crumbs: []Link{{"/me", lang.M("people.me.title")}}, Title: lang.M("notify.title"), State: s.mailSay(me)}
	p.Strip = Strip{Next: lang.M("notify.next"), Decides: lang.M("people.me.decides"), Change: lang.M("notify.change"), Href: "/me/calendar"}
	p.fill(me, s.Notices.Sends())
	before, err := strconv.ParseInt(c.QueryParam("before"), 10, 64)
	if err != nil || before < 0 {
		before = 0
	}
	list, more, err := s.Notices.Mine(ctx, person, before)
	for _, d := range list {
		p.List = append(p.List, deliveryRow(d))
	}
	if more {
		p.Pager.Older = "/me/notices?before=" + strconv.FormatInt(list[len(list)-1].ID, 10)
	}
	if before > 0 {
		p.Pager.Newer = "/me/notices"
	}
	p.Empty = Empty{Title: lang.M("notify.empty"), Say: []lang.Msg{lang.M("notify.empty1")}}
	return p, err
}

// fill puts on the page what there is to choose.
func (p *noticesPage) fill(me account.Person, sends bool) {
	switch {
	case !sends:
		p.Without = lang.M("notify.off")
		return
	case me.Email == "":
		p.Without, p.Address = lang.M("notify.no_address"), Link{"/me/email", lang.M("people.me.change_email")}
		return
	case me.Wish == account.Unasked:
		p.Promise = lang.M("notify.promise")
	}
	wish := "no"
	if me.Wish == account.Wanted {
		wish = "yes"
	}
	p.Wish = Choice{Name: "notices", Legend: lang.M("notify.ask"), Options: chosen(wish,
		Option{Value: "yes", Label: lang.M("notify.yes"), Hint: lang.M("notify.yes_hint", "Address", me.Email)},
		Option{Value: "no", Label: lang.M("notify.no"), Hint: lang.M("notify.no_hint")})}
}

func (s *Server) chooseNotices(c echo.Context) error {
	want := value(c, "notices")
	if want != "yes" && want != "no" {
		p, err := s.noticesOf(c)
		if err != nil {
			return err
		}
		wrong := map[string]lang.Msg{"notices": lang.M("notify.choose")}
		p.Wish.Wrong = wrong["notices"]
		p.refuse(wrong, "notices")
		return noticesTmpl.render(c, http.StatusUnprocessableEntity, p)
	}
	if err := s.Accounts.SetNotices(c.Request().Context(), s.visitor(c).session.Person, want == "yes"); err != nil {
		return err
	}
	s.flash(c, "notify.flash."+want)
	return see(c, "/me/notices")
}

// deliveryRow is what became of a notice in the list of its reader.
func deliveryRow(d notify.Delivery) Row {
	at := func(t time.Time) time.Time { return t.In(d.Zone) }
	r := Row{Href: noticePath(d.Slug, d.Kind, d.Subject), Kind: lang.M("notify.kind." + string(d.Kind)), Title: d.Title, Facts: []lang.Msg{plain(d.Group), lang.M("notify.queued", "At", at(d.Queued))}}
	switch d.State {
	case notify.Sent, notify.GivenUp:
		r.State = lang.M("notify.state."+string(d.State), "At", at(d.Settled))
	case notify.Failed:
		r.State = lang.M("notify.state.failed", "At", at(d.Next))
	default:
		r.State = lang.M("notify.state." + string(d.State))
	}
	if d.Error != "" {
		r.Notes = append(r.Notes, lang.M("notify.error."+string(d.Error)))
	}
	return r
}

// noticePath is the page that a notice is about.
func noticePath(slug string, k notify.Kind, subject string) string {
	path := "/g/" + slug
	switch number, isMeeting := strings.CutPrefix(subject, "meeting/"); {
	case isMeeting && k == notify.Meeting:
		number, _, _ = strings.Cut(number, "/") // of something about the meeting: meeting/3/online
		return path + "/meetings/" + number
	case k == notify.Decision:
		return path + "/decisions/" + strings.TrimPrefix(subject, "decision/")
	case k == notify.Trial:
		return path + "/keys"
	}
	return path
}

// deliverySay says of how many deliveries of a notice what has become, for those who sent it; it names nobody.
func deliverySay(totals map[notify.State]int) (out []lang.Msg) {
	for _, st := range notify.States() {
		if n := totals[st]; n > 0 {
			out = append(out, lang.M("notify.total."+string(st), "Count", n))
		}
	}
	return out
}

// fillDelivery says what became of the notice of a meeting for the reader, and for how many to whoever called it, or may call meetings.
func (s *Server) fillDelivery(c echo.Context, p *meetingPage, v meeting.View) error {
	a := s.actor(c)
	called := v.CalledBy == a.Member.ID || meeting.MayCall(a, v.Now) == nil
	own, ok, all, err := s.Notices.About(c.Request().Context(), a, notify.Meeting, v.Ref(), v.Revision(), called)
	if err != nil {
		return err
	}
	if ok && own.State != notify.Off {
		p.Delivered = append(p.Delivered, lang.M("meeting.mail.own", "Say", deliveryRow(own).State))
	}
	if list := deliverySay(all); len(list) > 0 {
		p.Delivered = append(append(p.Delivered, lang.M("meeting.mail.totals")), list...)
	}
	return nil
}

func (s *Server) sendMeeting(c echo.Context) error {
	a, v, err := s.meetingOf(c)
	if err != nil {
		return err
	}
	return s.sendEvent(c, "meeting-"+strconv.Itoa(v.Number), meetingPath(a.Group, v.Number), v.Event())
}

// stopPage is what the link in a mail leads to, and what the button on it and in mail programs does.
type stopPage struct {
	Frame
	Say  []lang.Msg
	Href string // where the button posts; empty: it is done
}

var stopTmpl = newPage[stopPage]("people/stop.html")

func (s *Server) stopFrame(c echo.Context, title, state string) stopPage {
	p := stopPage{Frame: s.frame(c)}
	p.Here = "" // whose link it is stands in the address
	p.Head = Head{Title: lang.M(title), State: lang.M(state)}
	p.Strip = Strip{Next: lang.M("notify.stop.next"), Decides: lang.M("people.me.decides"), Change: lang.M("notify.stop.change"), Href: "/me/notices"}
	return p
}

func (s *Server) showStop(c echo.Context) error {
	if !s.Notices.Stoppable(c.Param("token")) {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	p := s.stopFrame(c, "notify.stop.title", "notify.stop.state")
	p.Say, p.Href = []lang.Msg{lang.M("notify.stop.say")}, "/stop/"+c.Param("token")
	return stopTmpl.render(c, http.StatusOK, p)
}

// stop ends notices to whoever the link was made for. Mail programs send it by themselves (RFC 8058), without a page, a cookie or an origin.
func (s *Server) stop(c echo.Context) error {
	if err := s.Notices.Stop(c.Request().Context(), c.Param("token")); err != nil {
		return err
	}
	p := s.stopFrame(c, "notify.stopped.title", "notify.stopped.state")
	p.Say = []lang.Msg{lang.M("notify.stopped.say")}
	return stopTmpl.render(c, http.StatusOK, p)
}

// trial is the button for whoever holds the key of the server and wants to know whether mail arrives; zero for everybody else.
func (s *Server) trial(c echo.Context, r asset.Register, g Guard) Action {
	me := s.actor(c).Member.ID
	if !s.Notices.Sends() {
		return Action{}
	}
	for _, k := range r.Keys {
		if k.Kind == asset.Server && (k.First.Member == me || k.Second.Member == me) {
			return Action{Href: keysPath(s.actor(c).Group, "mail"), Label: lang.M("notify.try"), Post: true, Guard: g}
		}
	}
	return Action{}
}

func (s *Server) tryMail(c echo.Context) error {
	a := s.actor(c)
	r, err := s.Keys.List(c.Request().Context(), a)
	if err != nil {
		return err
	}
	if s.trial(c, r, Guard{}).Href == "" {
		return fault.New(fault.Denied, "notify.try.holder")
	}
	if err := s.Notices.Try(c.Request().Context(), a, lang.M("mail.trial.title"), lang.M("mail.trial.say", "Group", a.Group.Name)); err != nil {
		return err
	}
	s.flash(c, "notify.flash.tried")
	return see(c, "/me/notices")
}
