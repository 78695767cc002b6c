package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/meeting"
	"folkmoot/internal/practice"

	"github.com/labstack/echo/v4"
)

// hallPath is where a person's own practice is. There is one address for all of them, and everybody finds theirs there: none leads to another's.
const hallPath = "/practice/" + practice.Slug

// practicePages are the pages of a group that a practice has. What leads out of the meeting, invites somebody or takes something along is none of them.
var practicePages = []string{livePath, "/g/:group/meetings", "/g/:group/proposals", "/g/:group/decisions", "/g/:group/rules"}

// place returns where the server has a page of the table, "" if it has not. The pages of a practice are below its own address, and nothing else is there.
func (s *Server) place(path string) string {
	if s.hall == nil {
		return path
	}
	if !slices.ContainsFunc(practicePages, func(p string) bool { return path == p || strings.HasPrefix(path, p+"/") }) {
		return ""
	}
	return "/practice/:group" + strings.TrimPrefix(path, "/g/:group")
}

func practiceNav(g Group) (tabs []Tab) {
	for _, s := range []Section{SectionMeetings, SectionProposals, SectionDecisions, SectionRules} {
		tabs = append(tabs, Tab{Href: g.Path + "/" + string(s), Label: lang.M("layout.nav." + string(s)), Current: g.Section == s})
	}
	return tabs
}

// Practising returns a server of the pages of a practice, with the services that know nothing but the practice. What all pages have in common it shares.
func (s *Server) Practising(o Options, hall *practice.Hall) (*Server, error) {
	o.Base, o.Catalog, o.views, o.hall = s.base.String(), s.views.catalog, s.views, hall
	return New(o)
}

// Practices returns where people practise, nil if nowhere.
func (s *Server) Practices() *practice.Rooms[*Server] { return s.practice }

// formsKey is the key, in a request's context, of the secret to which the forms of a practice are bound.
type formsKey struct{}

// apart is a request's context without what this server has found out about it: the session that it knows is another's in the practice.
type apart struct {
	context.Context
	forms string
}

// Value implements context.Context.
func (a apart) Value(key any) any {
	if key == (formsKey{}) {
		return a.forms
	}
	return nil
}

// formsOf returns that secret, "" outside a practice.
func formsOf(r *http.Request) string {
	secret, ok := r.Context().Value(formsKey{}).(string)
	if !ok {
		return ""
	}
	return secret
}

// practicePage says what a practice is, and begins and ends the reader's.
type practicePage struct {
	Frame
	Say []lang.Msg
	End Grave // zero: they have none
}

var practiceTmpl = newPage[practicePage]("meeting/practice.html")

func (s *Server) showPractice(c echo.Context) error { return s.renderPractice(c, http.StatusOK, nil) }

// renderPractice answers with the page, with why no practice could begin if that is so.
func (s *Server) renderPractice(c echo.Context, status int, wrong map[string]lang.Msg) error {
	if s.practice == nil {
		return echo.ErrNotFound
	}
	p := practicePage{Frame: s.frame(c)}
	p.refuse(wrong)
	p.Head = Head{Title: lang.M("practice.title"), State: lang.M("practice.state"), Can: lang.M("practice.can")}
	p.Strip = Strip{Next: lang.M("practice.next"), Decides: lang.M("practice.decides"), Change: lang.M("practice.change")}
	for _, what := range []string{"who", "does", "nothing", "ends"} {
		p.Say = append(p.Say, lang.M("practice.say."+what))
	}
	if ends := s.practice.Has(s.visitor(c).session.Person); ends.IsZero() {
		p.Head.Act = Action{Href: "/practice", Label: lang.M("practice.begin"), Post: true, Guard: p.Guard()}
	} else {
		p.Head.Can, p.Head.Act = lang.M("practice.can.on"), Action{Href: hallPath, Label: lang.M("practice.go_on")}
		p.Head.Until = Until{Say: lang.M("practice.until"), At: ends}
		p.End = Grave{
			ID: "end-practice", Label: lang.M("practice.end"), Ask: lang.M("practice.end.ask"), Say: []lang.Msg{lang.M("practice.end.say")},
			Yes: lang.M("practice.end.yes"), Href: "/practice/end", Guard: p.Guard(),
		}
	}
	return practiceTmpl.render(c, status, p)
}

func (s *Server) beginPractice(c echo.Context) error {
	if s.practice == nil {
		return echo.ErrNotFound
	}
	ses := s.visitor(c).session
	err := s.practice.Open(c.Request().Context(), ses.Person, ses.Handle, s.frame(c).Lang)
	if k := fault.KindOf(err); k == fault.TooMany || k == fault.Unavailable {
		t := judge(err)
		return s.renderPractice(c, t.status, map[string]lang.Msg{"": t.say})
	}
	if err != nil {
		return err
	}
	return see(c, hallPath)
}

func (s *Server) endPractice(c echo.Context) error {
	if s.practice == nil {
		return echo.ErrNotFound
	}
	if err := s.practice.End(s.visitor(c).session.Person); err != nil {
		return err
	}
	s.flash(c, "practice.flash.ended")
	return see(c, "/practice")
}

// goToPractice leads to the meeting of the reader's practice.
func (s *Server) goToPractice(c echo.Context) error {
	return s.inPractice(c, func(room *practice.Room[*Server]) error {
		return see(c, hallPath+"/meetings/"+strconv.Itoa(room.Number))
	})
}

// inPractice does something in the reader's practice. If they have none any more, that is said where they could begin another.
func (s *Server) inPractice(c echo.Context, do func(*practice.Room[*Server]) error) error {
	if s.practice == nil {
		return echo.ErrNotFound
	}
	room, leave, ok := s.practice.Enter(s.visitor(c).session.Person)
	if !ok {
		if wantsParts(c.Request()) || strings.HasSuffix(c.Path(), "/live") {
			return fault.New(fault.NotFound, "practice.over")
		}
		s.flash(c, "practice.flash.over")
		return see(c, "/practice")
	}
	defer leave()
	return do(room)
}

// practise has the reader's practice answer. Who they are there, only this server knows: their own session never reaches the practice, and the practice's
// never reaches their browser.
func (s *Server) practise(c echo.Context) error {
	return s.inPractice(c, func(room *practice.Room[*Server]) error {
		if err := s.answerInside(c, c.Request().Context(), room); err != nil {
			return err
		}
		r := c.Request()
		if status := c.Response().Status; status < http.StatusBadRequest {
			room.Did(stepOf(r.Method, strings.TrimPrefix(r.URL.Path, hallPath)))
		}
		if safe(r.Method) {
			return nil
		}
		if err := room.Act(r.Context()); err != nil {
			s.logFailure(c, err) // the answer has been sent, and they act again soon
		}
		return nil
	})
}

func (s *Server) answerInside(c echo.Context, ctx context.Context, room *practice.Room[*Server]) error {
	r := c.Request().WithContext(apart{ctx, s.visitor(c).secret})
	r.Header = r.Header.Clone()
	r.Header.Del("Cookie")
	for _, ck := range c.Request().Cookies() {
		if ck.Name == s.cookieName(languageCookie) || ck.Name == s.cookieName(flashCookie) {
			r.AddCookie(ck)
		}
	}
	r.AddCookie(&http.Cookie{Name: s.cookieName(sessionCookie), Value: room.Secret})
	room.Site.ServeHTTP(c.Response(), r)
	return nil
}

// practiseListening tells a page of the reader's practice what changed, for as long as they are signed in.
func (s *Server) practiseListening(c echo.Context) error {
	return s.inPractice(c, func(room *practice.Room[*Server]) error {
		v := s.visitor(c)
		own := s.live.Watch(personTopic(v.session.Person), sessionTopic(v.secret))
		defer own.Close()
		ctx, cancel := context.WithCancel(c.Request().Context())
		defer cancel()
		mark := s.live.Now()
		go func() {
			for {
				changed := own.Changed()
				_, mark = own.Since(mark)
				if _, ok, err := s.Accounts.Session(ctx, v.secret); err != nil || !ok {
					cancel()
				}
				select {
				case <-changed:
				case <-s.live.Done():
					cancel()
				case <-ctx.Done():
					return
				}
			}
		}()
		return s.answerInside(c, ctx, room)
	})
}

// stepOf returns which step of facilitating a request to a practice was; "" for none. The path is that below the practice.
func stepOf(method, path string) practice.Step {
	words := strings.Split(strings.Trim(path, "/"), "/")
	at := slices.DeleteFunc(words[:len(words)-1:len(words)-1], func(word string) bool { _, err := strconv.Atoi(word); return err == nil })
	return map[string]practice.Step{
		"GET meetings/notes": practice.Notes, "GET meetings/record": practice.Record, "POST proposals/vote": practice.Cast,
		"POST meetings/here": practice.Here, "POST meetings/would": practice.Would, "POST meetings/begin": practice.Begin,
		"POST meetings/adopt": practice.Adopt, "POST meetings/said": practice.Opening, "POST meetings/items/take": practice.Take,
		"POST meetings/next": practice.Next, "POST meetings/hands/more": practice.More, "POST meetings/rounds": practice.Round,
		"POST meetings/feelings": practice.Feeling, "POST meetings/items/finish": practice.Finish, "POST meetings/moves/rule": practice.Rule,
		"POST meetings/moves/answer": practice.Challenge, "POST meetings/items/vote": practice.Vote, "POST meetings/moves/put": practice.Move,
		"POST meetings/end": practice.Close,
	}[method+" "+strings.Join(append(at, words[len(words)-1]), "/")]
}

// tipsPart is what somebody who practises could try next, and what there is to try.
type tipsPart struct {
	Next []lang.Msg // one
	All  []Check
	Done int
}

// fillPractice adds, on the pages of a practice, what could be tried next; on others where one could practise, before a meeting begins.
func (s *Server) fillPractice(p *meetingPage, v meeting.View) {
	if s.hall == nil {
		if v.State == meeting.Called {
			p.Practise = s.practiseLink("practice.link.first")
		}
		return
	}
	if !v.IsOver() {
		p.follow(v.Ref(), "tips")
	}
	for _, step := range practice.Steps() {
		done := s.hall.Done(step)
		p.Tips.All = append(p.Tips.All, Check{Done: done, Say: lang.M("practice.step." + string(step))})
		switch {
		case done:
			p.Tips.Done++
		case len(p.Tips.Next) == 0:
			p.Tips.Next = []lang.Msg{lang.M("practice.step." + string(step)), lang.M("practice.how." + string(step))}
		}
	}
	if now := tipsNow(v); len(now) > 0 {
		p.Tips.Next = now
	}
	if len(p.Tips.Next) == 0 {
		p.Tips.Next = []lang.Msg{lang.M("practice.tips.done")}
	}
}

// tipsNow is what to do in a practice while the meeting does something together, in which no next step can be taken; nothing at other times.
func tipsNow(v meeting.View) []lang.Msg {
	if v.State != meeting.Session || v.Together.Breakout.ID == 0 {
		return nil
	}
	return []lang.Msg{lang.M("practice.tips.groups"), lang.M("practice.tips.groups_how")}
}

// practiseLink leads to where one can practise, said with the sentence; zero if nobody can here.
func (s *Server) practiseLink(id string) Link {
	if s.practice == nil {
		return Link{}
	}
	return Link{"/practice", lang.M(id)}
}
