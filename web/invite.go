package web

import (
	"net/http"
	"strconv"
	"time"

	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/token"

	"github.com/labstack/echo/v4"
)

// invitePage makes invitation links and shows the one that was just made.
type invitePage struct {
	Frame
	Steps  Steps
	Link   string // empty: none is at hand
	QR     QR
	Copies []Copy
	Only   Notice // only this computer can open a link
	Host   lang.Msg
	Poster string
	Go     Action // goes on with the wizard
	Make   formPage
	Open   []openLine
}

type openLine struct {
	Until  time.Time
	Left   int
	Revoke Action
}

var inviteTmpl = newPage[invitePage]("people/invite.html")

// inviteFor is how long the browser that made a link can show it again.
const inviteFor = time.Hour

// inviteCookie holds the secret of the link that this browser made for the group: the server keeps only its hash.
func inviteCookie(g member.Group) string {
	return "folkmoot_invite_" + strconv.FormatInt(int64(g.ID), 10)
}

// madeHere returns the address of the link this browser made, or "".
func (s *Server) madeHere(c echo.Context, g member.Group) string {
	secret := s.cookie(c, inviteCookie(g))
	if len(secret) != len(token.New()) {
		return ""
	}
	if to, err := s.Members.Invited(c.Request().Context(), secret); err != nil || to.ID != g.ID {
		return "" // revoked, used up or over
	}
	return s.address("/join/" + secret)
}

func (s *Server) showInvite(c echo.Context) error {
	p, err := s.invitePage(c, "30", "14")
	if err != nil {
		return err
	}
	return inviteTmpl.render(c, http.StatusOK, p)
}

func (s *Server) invitePage(c echo.Context, uses, days string) (invitePage, error) {
	a := s.actor(c)
	path := groupPath(a.Group)
	p := invitePage{Frame: s.groupFrame(c, SectionPeople), Link: s.madeHere(c, a.Group)}
	p.Head = Head{Crumbs: []Link{{path + "/people", lang.M("people.people.title")}}, Title: lang.M("people.invite.title"), State: lang.M("people.invite.state")}
	p.Strip = Strip{Next: lang.M("people.invite.next"), Decides: lang.M("people.invite.decides"), Change: lang.M("people.invite.change"), Href: path + "/rules"}
	if a.Member.Founder && a.Group.SetupStep == member.LastStep-1 {
		p.Steps = beginSteps(a.Group, member.LastStep-1)
		p.Go = Action{Href: stepPath(a.Group, member.LastStep-1), Label: lang.M("setup.go_on"), Post: true, Guard: p.Guard(), Main: p.Link != ""}
	}
	if s.onlyHere() {
		p.Only, p.Host = Notice{Say: lang.M("people.invite.only_here")}, s.hostSay()
	}
	if p.Link != "" {
		p.QR = QR{Label: lang.M("people.invite.qr"), Address: p.Link}
		p.Copies = []Copy{
			{ID: "invite-link", Label: lang.M("people.invite.link"), Text: p.Link},
			{ID: "invite-text", Label: lang.M("people.invite.text"), Long: true,
				Text: p.voice().T("people.invite.paste", "Group", a.Group.Name, "Aim", aimSay(a.Group), "Link", p.Link)},
		}
		p.Poster = path + "/invite/poster"
	}
	p.Make = s.form(c, p.Frame, path+"/invite", lang.M("people.invite.make"),
		selection(Choice{Name: "uses", Legend: lang.M("people.invite.how_many"), Options: chosen(uses, counts("people.invite.people", 1, 5, 30, 100, 500)...)}),
		selection(Choice{Name: "days", Legend: lang.M("people.invite.how_long"), Options: chosen(days, counts("people.invite.for_days", 1, 3, 14, 30, 60)...)}))
	open, err := s.Members.Invitations(c.Request().Context(), a)
	for _, i := range open {
		p.Open = append(p.Open, openLine{Until: local(a, i.Expires), Left: i.Left, Revoke: Action{
			Href: path + "/invite/" + strconv.FormatInt(i.ID, 10) + "/revoke", Label: lang.M("people.invite.revoke"), Post: true, Guard: p.Guard()}})
	}
	return p, err
}

func counts(id string, numbers ...int) []Option {
	out := make([]Option, len(numbers))
	for i, n := range numbers {
		out[i] = Option{Value: strconv.Itoa(n), Label: lang.M(id, "Count", n)}
	}
	return out
}

func (s *Server) invite(c echo.Context) error {
	a := s.actor(c)
	uses, days := value(c, "uses"), value(c, "days")
	nUses, errUses := strconv.Atoi(uses)
	nDays, errDays := strconv.Atoi(days)
	if errUses != nil || errDays != nil {
		nUses, nDays = 0, 0
	}
	secret, err := s.Members.Invite(c.Request().Context(), s.once(c), a, nUses, nDays)
	if wrong := fault.Fields(err); wrong != nil {
		p, err := s.invitePage(c, uses, days)
		if err != nil {
			return err
		}
		for _, i := range p.Make.Items {
			i.refuse(wrong)
		}
		p.refuse(wrong, "uses", "days")
		return inviteTmpl.render(c, http.StatusUnprocessableEntity, p)
	}
	if err != nil {
		return err
	}
	if secret != "" {
		s.setCookie(c, inviteCookie(a.Group), secret, inviteFor)
	}
	return see(c, groupPath(a.Group)+"/invite")
}

func (s *Server) revokeInvite(c echo.Context) error {
	id, err := strconv.ParseInt(c.Param("invitation"), 10, 64)
	if err != nil {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	if err := s.Members.Revoke(c.Request().Context(), s.actor(c), id); err != nil {
		return err
	}
	s.flash(c, "people.flash.revoked")
	return see(c, groupPath(s.actor(c).Group)+"/invite")
}

// posterPage is a sheet to print and put up.
type posterPage struct {
	Frame
	Only Notice
	Host lang.Msg
	QR   QR
}

var posterTmpl = newPage[posterPage]("people/poster.html")

func (s *Server) showPoster(c echo.Context) error {
	a := s.actor(c)
	link := s.madeHere(c, a.Group)
	if link == "" {
		return see(c, groupPath(a.Group)+"/invite")
	}
	until, err := s.Members.InvitedUntil(c.Request().Context(), s.cookie(c, inviteCookie(a.Group)))
	if err != nil {
		return err
	}
	p := posterPage{Frame: s.groupFrame(c, SectionPeople), QR: QR{Label: lang.M("people.poster.scan"), Address: link}}
	if s.onlyHere() {
		p.Only, p.Host = Notice{Say: lang.M("people.invite.only_here")}, s.hostSay()
	}
	p.Head = Head{Crumbs: []Link{{groupPath(a.Group) + "/invite", lang.M("people.invite.title")}}, Title: lang.M("people.poster.title", "Group", a.Group.Name), State: aimSay(a.Group),
		Until: Until{Say: lang.M("people.poster.until"), At: local(a, until)}}
	p.Strip = Strip{Next: lang.M("people.join.next"), Decides: lang.M("people.join.decides"), Change: lang.M("people.join.change")}
	return posterTmpl.render(c, http.StatusOK, p)
}
