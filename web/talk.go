package web

import (
	"net/http"
	"net/url"
	"strconv"

	"folkmoot/internal/discussion"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"

	"github.com/labstack/echo/v4"
)

// talkPage is a page of the talk about a proposal.
type talkPage struct {
	Frame
	Tabs    []Tab // which posts
	Clauses []Tab // about which point
	Phases  []Link
	Posts   []Post
	Order   lang.Msg
	Empty   Empty
	Pager   Pager
	Jump    []Link // to the newest
	Mark    Action // "I have read this"
	Say     *sayForm
	Closed  lang.Msg // why nothing can be said here
}

var talkTmpl = newPage[talkPage]("motion/talk.html")

// sayForm is the form to say something.
type sayForm struct {
	Href  string
	Title lang.Msg
	Kind  Choice
	About Choice
	Text  Field
	Send  lang.Msg
	Name  string // data-keep
	Base  int    // the version that is changed; 0: none
	Guard Guard
}

// talkView turns posts into what a page shows of them, for one reader.
type talkView struct {
	actor  member.Actor
	motion motion.Motion
	text   motion.Version
	people map[member.ID]member.Member
	mark   discussion.PostID
	phase  discussion.Phase // in which something can be said now; "" where nothing is offered
	short  bool             // on another page: leads to the post instead of offering what to do with it
	about  bool             // says which point a post is about
}

func (t talkView) path(id discussion.PostID, below ...string) string {
	return motionPath(t.actor.Group, t.motion, append([]string{"talk", strconv.FormatInt(int64(id), 10)}, below...)...)
}

func postAnchor(id discussion.PostID) string { return "post-" + strconv.FormatInt(int64(id), 10) }

// post is one post as the page shows it.
func (t talkView) post(p discussion.Post) Post {
	out := Post{
		ID: postAnchor(p.ID), Kind: lang.M("talk.kind." + string(p.Kind)), Who: t.people[p.Author].Name, At: local(t.actor, p.At), Text: p.Text,
		New: t.mark != 0 && p.ID > t.mark && p.Author != t.actor.Member.ID,
	}
	if p.Parent != 0 {
		out.Kind = lang.M("talk.kind.answer")
	}
	if t.about && p.Clause != 0 && p.Parent == 0 {
		out.About = Link{Href: motionPath(t.actor.Group, t.motion) + "#" + clauseAnchor(p.Clause), Label: t.clauseName(p.Clause)}
	}
	if t.short {
		out.Actions = []Link{{Href: t.path(p.ID) + "#" + postAnchor(p.ID), Label: lang.M("talk.read")}}
		return out
	}
	if p.Parent == 0 && t.phase == p.Phase {
		out.Actions = append(out.Actions, Link{Href: t.path(p.ID) + "#say", Label: lang.M("talk.answer")})
	}
	if p.Author == t.actor.Member.ID && t.phase == p.Phase {
		out.Actions = append(out.Actions, Link{Href: t.path(p.ID, "edit"), Label: lang.M("talk.edit")})
	}
	if !p.Edited.IsZero() {
		out.Actions = append(out.Actions, Link{Href: t.path(p.ID, "versions"), Label: lang.M("talk.edited", "At", local(t.actor, p.Edited))})
	}
	out.Actions = append(out.Actions, Link{Href: t.path(p.ID) + "#" + postAnchor(p.ID), Label: lang.M("talk.link")})
	return out
}

// clauseName is "Point 2", or that the point is gone.
func (t talkView) clauseName(id int) lang.Msg {
	for i, c := range t.text.Clauses {
		if n := pointNumber(t.motion, i); c.ID == id && n > 0 {
			return lang.M("talk.about", "Number", n)
		} else if c.ID == id {
			return lang.M("talk.whole")
		}
	}
	return lang.M("talk.about_gone")
}

// thread is a post with the first answers to it.
func (t talkView) thread(p discussion.Post, replies []discussion.Post) Post {
	out := t.post(p)
	for _, r := range replies {
		out.Replies = append(out.Replies, t.post(r))
	}
	if p.Replies > len(replies) {
		out.Actions = append([]Link{{Href: t.path(p.ID), Label: lang.M("talk.answers_all", "Count", p.Replies)}}, out.Actions...)
	}
	return out
}

// talkFilter reads from the address which posts to show.
func talkFilter(c echo.Context) (f discussion.Filter, err error) {
	f = discussion.Filter{Clause: -1, Phase: discussion.Phase(c.QueryParam("phase")), Show: discussion.Show(c.QueryParam("show")), Last: c.QueryParam("last") != ""}
	after, errA := startOf(c, "after")
	before, errB := startOf(c, "before")
	f.After, f.Before = discussion.PostID(after), discussion.PostID(before)
	if q := c.QueryParam("clause"); q != "" {
		if f.Clause, err = strconv.Atoi(q); err != nil || f.Clause < 0 {
			return f, fault.New(fault.NotFound, "fault.not_found")
		}
	}
	badPhase := f.Phase != "" && f.Phase != discussion.Before && f.Phase != discussion.After
	badShow := f.Show != discussion.All && f.Show != discussion.Unanswered && f.Show != discussion.New
	if badPhase || badShow || errA != nil || errB != nil {
		return f, fault.New(fault.NotFound, "fault.not_found")
	}
	return f, nil
}

// talkPath returns the address of the talk, filtered.
func talkPath(g member.Group, m motion.Motion, f discussion.Filter) string {
	q := url.Values{}
	set := func(name, v string, on bool) {
		if on {
			q.Set(name, v)
		}
	}
	id := func(p discussion.PostID) string { return strconv.FormatInt(int64(p), 10) }
	set("phase", string(f.Phase), f.Phase != "")
	set("show", string(f.Show), f.Show != "")
	set("clause", strconv.Itoa(f.Clause), f.Clause >= 0)
	set("after", id(f.After), f.After != 0)
	set("before", id(f.Before), f.Before != 0)
	set("last", "1", f.Last)
	path := motionPath(g, m, "talk")
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

func (s *Server) showTalk(c echo.Context) error {
	p, err := s.talk(c)
	if err != nil {
		return err
	}
	return talkTmpl.render(c, http.StatusOK, p)
}

// talk makes the page of the talk that the address asks for.
func (s *Server) talk(c echo.Context) (p talkPage, err error) {
	n, err := number(c)
	if err != nil {
		return p, err
	}
	f, err := talkFilter(c)
	if err != nil {
		return p, err
	}
	a := s.actor(c)
	t, err := s.Talk.Thread(c.Request().Context(), a, n, f)
	if err != nil {
		return p, err
	}
	p = talkPage{Frame: s.talkFrame(c, a, t)}
	f.Phase = t.Phase
	p.tabs(a, t, f)
	view := talkView{actor: a, motion: t.Motion, text: t.Text, people: t.People, mark: t.Mark, phase: t.Current, about: f.Clause < 0}
	for _, post := range t.Posts {
		p.Posts = append(p.Posts, view.thread(post, t.Replies[post.ID]))
	}
	p.turn(a, t, f)
	p.unread(a, t, f)
	p.Order = lang.M("talk.order")
	if len(p.Posts) == 0 {
		p.Empty = Empty{Title: lang.M("talk.empty." + showName(f)), Say: []lang.Msg{lang.M("talk.empty." + showName(f) + "_say")}}
	}
	if t.Phase != t.Current {
		p.Closed = lang.M("talk.closed")
		return p, nil
	}
	form := newSayForm(motionPath(a.Group, t.Motion, "talk"), t.Motion, t.Text, max(f.Clause, 0))
	form.Guard = p.Guard()
	p.Say = &form
	return p, nil
}

func showName(f discussion.Filter) string {
	switch {
	case f.Show == discussion.Unanswered:
		return "open"
	case f.Show == discussion.New:
		return "new"
	case f.Phase == discussion.After:
		return "after"
	}
	return "all"
}

// talkFrame is the top and bottom of every page of a talk.
func (s *Server) talkFrame(c echo.Context, a member.Actor, t discussion.Page) Frame {
	f := s.groupFrame(c, SectionProposals)
	f.Head = Head{
		Kind: motionName(t.Motion), Title: lang.M("talk.title", "Title", t.Motion.Title), State: lang.M("talk.state." + string(t.Phase)),
		Crumbs: []Link{{Href: motionPath(a.Group, t.Motion), Label: plain(t.Motion.Title)}},
	}
	f.Strip = Strip{
		Next: lang.M("talk.next." + string(t.Phase)), Decides: lang.M("talk.decides"), Change: lang.M("talk.change"),
		Href: groupPath(a.Group) + "/rules",
	}
	if t.Phase != t.Current {
		f.Head.Cannot = lang.M("talk.closed")
		return f
	}
	f.Head.Can, f.Head.Act = lang.M("talk.can"), Action{Href: "#say", Label: lang.M("talk.say")}
	if t.Phase == discussion.Before {
		f.Head.Until = deadline(a, t.Motion, t.Now)
	}
	return f
}

// tabs are the filters: which posts, and about which point.
func (p *talkPage) tabs(a member.Actor, t discussion.Page, f discussion.Filter) {
	to := func(f discussion.Filter) string {
		if f.Phase == t.Current {
			f.Phase = ""
		}
		return talkPath(a.Group, t.Motion, f)
	}
	for _, show := range []discussion.Show{discussion.All, discussion.Unanswered, discussion.New} {
		g := discussion.Filter{Phase: f.Phase, Show: show, Clause: -1}
		p.Tabs = append(p.Tabs, Tab{Href: to(g), Label: lang.M("talk.show." + showName(discussion.Filter{Show: show})), Current: f.Show == show && f.Clause < 0})
	}
	p.Clauses = append(p.Clauses, Tab{
		Href: to(discussion.Filter{Phase: f.Phase, Clause: 0}), Label: lang.M("talk.on_whole", "Posts", t.Counts[0]), Current: f.Clause == 0,
	})
	for i, c := range t.Text.Clauses {
		n := pointNumber(t.Motion, i)
		if n == 0 && t.Counts[c.ID] == 0 {
			continue
		}
		p.Clauses = append(p.Clauses, Tab{
			Href: to(discussion.Filter{Phase: f.Phase, Clause: c.ID}), Label: lang.M("talk.on", "Number", n, "Posts", t.Counts[c.ID]), Current: f.Clause == c.ID,
		})
	}
	if t.Current == discussion.After {
		other, label := discussion.Before, "talk.phase.before"
		if t.Phase == discussion.Before {
			other, label = discussion.After, "talk.phase.after"
		}
		p.Phases = []Link{{Href: talkPath(a.Group, t.Motion, discussion.Filter{Phase: other, Clause: -1}), Label: lang.M(label)}}
	}
}

// turn leads to earlier and later pages, and to the last one.
func (p *talkPage) turn(a member.Actor, t discussion.Page, f discussion.Filter) {
	if len(t.Posts) == 0 {
		return
	}
	base := discussion.Filter{Phase: f.Phase, Show: f.Show, Clause: f.Clause}
	if t.Later {
		g := base
		g.After = t.Posts[len(t.Posts)-1].ID
		p.Pager.Newer = talkPath(a.Group, t.Motion, g)
		g = base
		g.Last = true
		p.Jump = append(p.Jump, Link{Href: talkPath(a.Group, t.Motion, g), Label: lang.M("talk.last")})
	}
	if t.Earlier {
		g := base
		g.Before = t.Posts[0].ID
		p.Pager.Older = talkPath(a.Group, t.Motion, g)
	}
}

// unread offers to note how far the reader has read. On the last page of everything, seeing its end is enough.
func (p *talkPage) unread(a member.Actor, t discussion.Page, f discussion.Filter) {
	if t.Motion.LastPost <= int64(t.Mark) {
		return
	}
	path, upTo := motionPath(a.Group, t.Motion, "talk", "seen"), strconv.FormatInt(t.Motion.LastPost, 10)
	p.Mark = Action{Href: path, Label: lang.M("talk.mark"), Post: true, Guard: p.Guard(), Send: []Hidden{{"upto", upTo}}}
	if !t.Later && f.Show != discussion.Unanswered && f.Clause < 0 && len(p.Posts) > 0 {
		p.Posts[len(p.Posts)-1].Seen = Seen{Path: path, CSRF: p.CSRF, UpTo: upTo}
	}
}

// seen notes how far the reader has read: from the button, and from a script when the end of a talk was on the screen.
func (s *Server) seen(c echo.Context) error {
	n, err := number(c)
	if err != nil {
		return err
	}
	upTo, err := strconv.ParseInt(value(c, "upto"), 10, 64)
	if err != nil {
		return fault.New(fault.Invalid, "web.bad_request")
	}
	a := s.actor(c)
	if err := s.Talk.Mark(c.Request().Context(), a, n, discussion.PostID(upTo)); err != nil {
		return err
	}
	return see(c, motionPath(a.Group, motion.Motion{Number: n}, "talk"))
}
