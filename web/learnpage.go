package web

import (
	"bytes"
	"net/http"
	"strconv"
	"time"

	"folkmoot/internal/draw"
	"folkmoot/internal/fault"
	"folkmoot/internal/handover"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"

	"github.com/labstack/echo/v4"
)

// learnPage is where a role is learnt: who shadows whom, for those two alone, and who would be understudy.
type learnPage struct {
	Frame
	Say     []lang.Msg
	Pairs   []learnPair
	Ask     []Action // to learn beside a holder
	Invite  smallForm
	Lines   []lang.Msg // who is understudy
	Explain lang.Msg
	Mine    []lang.Msg // what the reader is, or would be
	Would   []Action
	Lots    []Link
}

// learnPair is a shadowing of which the reader is one.
type learnPair struct {
	Say  []lang.Msg
	Acts []Action
}

var learnTmpl = newPage[learnPage]("group/learn.html")

func (s *Server) showLearn(c echo.Context) error { return s.renderLearn(c, http.StatusOK, "", nil) }

// renderLearn shows the page, with a name that was typed and what is wrong with it.
func (s *Server) renderLearn(c echo.Context, status int, typed string, wrong map[string]lang.Msg) error {
	a := s.actor(c)
	v, err := s.Handovers.Show(c.Request().Context(), a, c.Param("role"))
	if err != nil {
		return err
	}
	p := learnPage{Frame: s.groupFrame(c, SectionPeople)}
	p.refuse(wrong)
	p.Head = Head{
		Crumbs: []Link{{powersPath(a.Group), lang.M("powers.title")}, {powersPath(a.Group, v.Role.Key), roleName(v.Role)}},
		Kind:   lang.M("handover.page.kind"), Title: lang.M("handover.page.title", "Role", roleName(v.Role)), State: lang.M("handover.page.state"),
	}
	p.Strip = Strip{Next: lang.M("handover.page.next"), Decides: lang.M("handover.page.decides"), Change: lang.M("powers.change"), Href: groupPath(a.Group) + "/rules#roles"}
	p.Say = []lang.Msg{lang.M("handover.page.shadow_say"), lang.M("handover.page.counts." + string(v.Role.Fill))}
	p.fillPairs(a, v)
	p.fillShadow(a, v, typed, wrong)
	p.fillUnderstudy(a, v)
	return learnTmpl.render(c, status, p)
}

// act is a button that does something about learning the role.
func (p *learnPage) act(a member.Actor, v handover.View, what string, label lang.Msg, send ...Hidden) Action {
	return Action{Href: learnPath(a.Group, v.Role.Key, what), Label: label, Post: true, Guard: p.Guard(), Send: send}
}

// fillPairs shows the reader those with whom they learn.
func (p *learnPage) fillPairs(a member.Actor, v handover.View) {
	for _, sh := range v.Mine {
		id, other := Hidden{"shadowing", strconv.FormatInt(int64(sh.ID), 10)}, memberName(v.People[sh.Other(v.Me)])
		pair := learnPair{}
		switch {
		case !sh.Agreed.IsZero():
			p.fillSittings(a, v, sh, &pair, id)
		case sh.MayAgree(v.Me) == nil:
			say := "handover.shadow.asks"
			if sh.Invited {
				say = "handover.shadow.invites"
			}
			pair.Say = []lang.Msg{lang.M(say, "Other", other)}
			pair.Acts = []Action{p.act(a, v, "agree", lang.M("handover.shadow.agree"), id), p.act(a, v, "end", lang.M("handover.shadow.decline"), id)}
		default:
			say := "handover.shadow.asked"
			if sh.Invited {
				say = "handover.shadow.invited"
			}
			pair.Say = []lang.Msg{lang.M(say, "Other", other)}
			pair.Acts = []Action{p.act(a, v, "end", lang.M("handover.shadow.take_back"), id)}
		}
		p.Pairs = append(p.Pairs, pair)
	}
}

// fillSittings shows what the two have said of when they sat together.
func (p *learnPage) fillSittings(a member.Actor, v handover.View, sh handover.Shadowing, pair *learnPair, id Hidden) {
	other, say := memberName(v.People[sh.Other(v.Me)]), "handover.shadow.with"
	if sh.Holder == v.Me {
		say = "handover.shadow.beside"
	}
	pair.Say = []lang.Msg{lang.M(say, "Other", other, "Since", local(a, sh.Agreed)), lang.M("handover.shadow.sat_none")}
	if n := sh.Sat(); n > 0 {
		pair.Say[1] = lang.M("handover.shadow.sat", "Count", n)
	}
	today, said := handover.DayOf(v.Now, a.Group.Zone), false
	for _, x := range sh.Sits {
		said = said || x.Day == today
		if !x.Confirmed && x.ByHolder == (v.Me == sh.Holder) {
			pair.Say = append(pair.Say, lang.M("handover.shadow.waits", "Day", p.dayIn(x.Day), "Other", other))
		}
	}
	for _, d := range sh.Unconfirmed(v.Me) {
		pair.Acts = append(pair.Acts, p.act(a, v, "confirm", lang.M("handover.shadow.confirm", "Day", p.dayIn(d)), id, Hidden{"day", strconv.Itoa(d)}))
	}
	if !said {
		pair.Acts = append(pair.Acts, p.act(a, v, "sit", lang.M("handover.shadow.sit"), id))
	}
	pair.Acts = append(pair.Acts, p.act(a, v, "end", lang.M("handover.shadow.end"), id))
}

// dayIn is a day as sittings have it, as a date.
func (p *learnPage) dayIn(day int) string {
	return p.voice().Date(time.Date(day/10000, time.Month(day/100%100), day%100, 0, 0, 0, 0, time.UTC))
}

// fillShadow lets the reader ask to learn, or invite somebody to.
func (p *learnPage) fillShadow(a member.Actor, v handover.View, typed string, wrong map[string]lang.Msg) {
	learns := false
	for _, sh := range v.Mine {
		learns = learns || sh.Member == v.Me
	}
	for _, t := range v.Terms {
		of := Hidden{"term", t.Term.Ref}
		switch {
		case t.Term.Member == v.Me:
			p.Invite = smallForm{
				Href: learnPath(a.Group, v.Role.Key, "invite"), Guard: p.Guard(), Send: []Hidden{of}, Submit: lang.M("handover.invite.do"),
				Line: Field{Name: "member", Value: typed, Label: lang.M("handover.invite.label"), Hint: lang.M("handover.invite.hint"), Wrong: wrong["member"], Max: member.MaxName},
			}
		case !learns && !v.Holds:
			p.Ask = append(p.Ask, p.act(a, v, "shadow", lang.M("handover.shadow.do", "Holder", memberName(v.People[t.Term.Member])), of))
		}
	}
}

// fillUnderstudy says who is understudy, and lets the reader say that they would be.
func (p *learnPage) fillUnderstudy(a member.Actor, v handover.View) {
	p.Lines, p.Explain = understudies(a, v), lang.M("handover.page.understudy_say")
	for _, t := range v.Terms {
		if !t.Term.Fills() {
			continue // whoever only looks after a place has none
		}
		holder, of := memberName(v.People[t.Term.Member]), Hidden{"term", t.Term.Ref}
		if t.Lot.ID != 0 {
			p.Lots = append(p.Lots, Link{Href: groupPath(a.Group) + "/lots/" + strconv.Itoa(t.Lot.Number), Label: lang.M("handover.understudy.file")})
		}
		if t.Place > 0 {
			p.Mine = append(p.Mine, lang.M("handover.understudy.place", "Place", t.Place))
		}
		switch {
		case t.Understudy == v.Me:
			p.Mine = append(p.Mine, lang.M("handover.understudy.you", "Holder", holder))
			p.Would = append(p.Would, p.act(a, v, "stop", lang.M("handover.understudy.stop"), of))
		case t.Understudy != 0 || v.Holds || t.Lot.State == handover.Announced:
		case t.Would:
			p.Mine = append(p.Mine, lang.M("handover.volunteer.mine", "Holder", holder))
			p.Would = append(p.Would, p.act(a, v, "volunteer", lang.M("handover.volunteer.undo"), of, Hidden{"would", "no"}))
		default:
			p.Would = append(p.Would, p.act(a, v, "volunteer", lang.M("handover.volunteer.do", "Holder", holder), of, Hidden{"would", "yes"}))
		}
		if t.Understudy == 0 && v.Now.Before(t.Calendar.Settle) {
			p.Mine = append(p.Mine, lang.M("handover.volunteer.by", "Holder", holder, "At", local(a, t.Calendar.Settle)))
		}
	}
}

// learnAct is a handler that does something about learning the role in the address, and shows its page again.
func learnAct(flash string, do func(s *Server, c echo.Context, key string) error) func(*Server, echo.Context) error {
	return func(s *Server, c echo.Context) error {
		key := c.Param("role")
		if err := do(s, c, key); err != nil {
			return err
		}
		s.flash(c, flash)
		return see(c, learnPath(s.actor(c).Group, key))
	}
}

// shadowing returns which one a form is about, or fault.NotFound.
func shadowing(c echo.Context) (handover.ShadowID, error) {
	n, err := strconv.ParseInt(value(c, "shadowing"), 10, 64)
	if err != nil {
		return 0, fault.New(fault.NotFound, "fault.not_found")
	}
	return handover.ShadowID(n), nil
}

func askShadow(s *Server, c echo.Context, key string) error {
	return s.Handovers.Shadow(c.Request().Context(), s.actor(c), key, value(c, "term"))
}

func agreeShadow(s *Server, c echo.Context, key string) error {
	id, err := shadowing(c)
	if err == nil {
		err = s.Handovers.Agree(c.Request().Context(), s.actor(c), key, id)
	}
	return err
}

func endShadow(s *Server, c echo.Context, key string) error {
	id, err := shadowing(c)
	if err == nil {
		err = s.Handovers.Unshadow(c.Request().Context(), s.actor(c), key, id)
	}
	return err
}

func sitTogether(s *Server, c echo.Context, key string) error {
	id, err := shadowing(c)
	if err == nil {
		err = s.Handovers.Sit(c.Request().Context(), s.actor(c), key, id)
	}
	return err
}

func confirmSitting(s *Server, c echo.Context, key string) error {
	id, err := shadowing(c)
	if err != nil {
		return err
	}
	day, err := strconv.Atoi(value(c, "day"))
	if err != nil {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	return s.Handovers.Confirm(c.Request().Context(), s.actor(c), key, id, day)
}

func volunteer(s *Server, c echo.Context, key string) error {
	return s.Handovers.Volunteer(c.Request().Context(), s.actor(c), key, value(c, "term"), value(c, "would") != "no")
}

func stopUnderstudy(s *Server, c echo.Context, key string) error {
	return s.Handovers.Stop(c.Request().Context(), s.actor(c), key, value(c, "term"))
}

func (s *Server) inviteShadow(c echo.Context) error {
	key, name := c.Param("role"), value(c, "member")
	err := s.Handovers.Invite(c.Request().Context(), s.actor(c), key, value(c, "term"), name)
	if wrong := fault.Fields(err); wrong != nil {
		return s.renderLearn(c, http.StatusUnprocessableEntity, name, wrong)
	}
	if err != nil {
		return err
	}
	s.flash(c, "handover.flash.asked")
	return see(c, learnPath(s.actor(c).Group, key))
}

// wouldYou keeps the answer to the question, and shows the role again.
func (s *Server) wouldYou(c echo.Context) error {
	key := c.Param("role")
	if err := s.Handovers.Answer(c.Request().Context(), s.actor(c), key, draw.Answer(value(c, "would"))); err != nil {
		return err
	}
	s.flash(c, "powers.flash.said")
	return see(c, powersPath(s.actor(c).Group, key))
}

// mayAsk keeps whether a former holder can be asked, and shows the role again.
func (s *Server) mayAsk(c echo.Context) error {
	key := c.Param("role")
	if err := s.Handovers.Advise(c.Request().Context(), s.actor(c), key, value(c, "term"), value(c, "may") != "no"); err != nil {
		return err
	}
	s.flash(c, "handover.flash.kept")
	return see(c, powersPath(s.actor(c).Group, key))
}

// sendLot sends what is published of a lot for an understudy, as `folkmoot draw --check` reads it.
func (s *Server) sendLot(c echo.Context) error {
	n, err := strconv.Atoi(c.Param("lot"))
	if err != nil || n < 1 {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	r, err := s.Handovers.Published(c.Request().Context(), s.actor(c), n)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := r.Write(&b); err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="lot-`+strconv.Itoa(n)+`.json"`)
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, b.Bytes())
}
