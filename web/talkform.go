package web

import (
	"net/http"
	"strconv"

	"folkmoot/internal/discussion"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/textdiff"

	"github.com/labstack/echo/v4"
)

// postPage is one thread with all its answers, or one post with what it said before.
type postPage struct {
	Frame
	Posts  []Post
	Pager  Pager
	Say    *sayForm
	Closed lang.Msg
	Was    []wording // what it said before, the newest first
}

// wording is a text a post had, with what changed to the next.
type wording struct {
	Title lang.Msg
	Spans []Span
}

var (
	postTmpl  = newPage[postPage]("motion/post.html")
	wordsTmpl = newPage[postPage]("motion/wordings.html")
	editTmpl  = newPage[postPage]("motion/post_edit.html")
)

// newSayForm is the empty form to begin a thread, about the clause if it is not 0.
func newSayForm(href string, m motion.Motion, text motion.Version, clause int) sayForm {
	f := sayForm{Href: href, Title: lang.M("talk.say"), Send: lang.M("talk.send"), Name: "talk-" + href, Text: sayField("talk.text")}
	f.Kind = Choice{Name: "kind", Legend: lang.M("talk.kind")}
	for _, k := range discussion.Kinds() {
		f.Kind.Options = append(f.Kind.Options, Option{Value: string(k), Label: lang.M("talk.kind." + string(k)), Hint: lang.M("talk.kind." + string(k) + "_hint")})
	}
	f.About = Choice{Name: "clause", Legend: lang.M("talk.clause"), Options: []Option{{Value: "0", Label: lang.M("talk.whole")}}}
	for i, c := range text.Clauses {
		n := pointNumber(m, i)
		if n == 0 {
			continue
		}
		f.About.Options = append(f.About.Options, Option{
			Value: strconv.Itoa(c.ID), Label: lang.M("talk.clause_option", "Number", n, "Text", short(c.Text)), Chosen: c.ID == clause,
		})
	}
	return f
}

func sayField(label string) Field {
	return Field{Name: "text", Label: lang.M(label), Hint: lang.M("talk.text_hint"), Rows: 6, Max: discussion.MaxText, Markdown: true}
}

// short cuts a text to what fits into one line of a list.
func short(s string) string {
	const most = 60
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	return string(r[:most-1]) + "…"
}

// answerForm is the form to answer a post.
func answerForm(href string) sayForm {
	return sayForm{Href: href, Title: lang.M("talk.answer"), Send: lang.M("talk.send"), Name: "talk-" + href, Text: sayField("talk.answer_text")}
}

// again puts what was typed back, and what is wrong with it.
func (f *sayForm) again(c echo.Context, wrong map[string]lang.Msg) {
	f.Text.Value, f.Text.Wrong, f.Kind.Wrong, f.About.Wrong = value(c, "text"), wrong["text"], wrong["kind"], wrong["clause"]
	chosen(value(c, "kind"), f.Kind.Options...)
	chosen(value(c, "clause"), f.About.Options...)
}

// sayWhole says something new about the proposal.
func (s *Server) sayWhole(c echo.Context) error {
	n, err := number(c)
	if err != nil {
		return err
	}
	clause, err := strconv.Atoi(value(c, "clause"))
	if err != nil {
		clause = -1 // refused as a point there is not
	}
	a := s.actor(c)
	d := discussion.Draft{Clause: clause, Kind: discussion.Kind(value(c, "kind")), Text: value(c, "text")}
	post, err := s.Talk.Add(c.Request().Context(), a, s.once(c), n, d)
	if wrong := fault.Fields(err); wrong != nil {
		p, err := s.talk(c)
		if err != nil {
			return err
		}
		if p.Say != nil {
			p.Say.again(c, wrong)
		}
		p.refuse(wrong, "kind", "clause", "text")
		return talkTmpl.render(c, http.StatusUnprocessableEntity, p)
	}
	if err != nil {
		return err
	}
	s.flash(c, "talk.flash.said")
	m := motion.Motion{Number: n}
	return see(c, talkPath(a.Group, m, discussion.Filter{Clause: -1, Last: true})+"#"+postAnchor(post.ID))
}

// postID returns the post in the address, or fault.NotFound.
func postID(c echo.Context) (n int, id discussion.PostID, err error) {
	if n, err = number(c); err != nil {
		return 0, 0, err
	}
	i, err := strconv.ParseInt(c.Param("post"), 10, 64)
	if err != nil || i <= 0 {
		return 0, 0, fault.New(fault.NotFound, "fault.not_found")
	}
	return n, discussion.PostID(i), nil
}

func (s *Server) showPost(c echo.Context) error {
	p, err := s.post(c)
	if err != nil {
		return err
	}
	return postTmpl.render(c, http.StatusOK, p)
}

// post makes the page of one thread.
func (s *Server) post(c echo.Context) (p postPage, err error) {
	n, id, err := postID(c)
	if err != nil {
		return p, err
	}
	after, err := startOf(c, "after")
	if err != nil {
		return p, err
	}
	a := s.actor(c)
	o, err := s.Talk.ShowPost(c.Request().Context(), a, n, id, int(after))
	if err != nil {
		return p, err
	}
	p = postPage{Frame: s.talkFrame(c, a, o.Page)}
	p.Head.Crumbs = append(p.Head.Crumbs, Link{Href: motionPath(a.Group, o.Motion, "talk"), Label: lang.M("motion.talk")})
	t := talkView{actor: a, motion: o.Motion, text: o.Text, people: o.People, mark: o.Mark, phase: o.Current, about: true}
	whole := t.post(o.Post)
	for _, r := range o.Posts {
		whole.Replies = append(whole.Replies, t.post(r))
	}
	p.Posts = []Post{whole}
	if o.Later {
		p.Pager.Newer = t.path(o.Post.ID) + "?after=" + strconv.Itoa(o.Posts[len(o.Posts)-1].No)
	}
	if o.Earlier {
		p.Pager.Older = t.path(o.Post.ID)
	}
	if o.Phase != o.Current {
		p.Closed = lang.M("talk.closed")
		return p, nil
	}
	form := answerForm(t.path(o.Post.ID))
	form.Guard = p.Guard()
	p.Say = &form
	return p, nil
}

// answer answers the post in the address.
func (s *Server) answerPost(c echo.Context) error {
	n, id, err := postID(c)
	if err != nil {
		return err
	}
	a := s.actor(c)
	d := discussion.Draft{Kind: discussion.Comment, Parent: id, Text: value(c, "text")}
	reply, err := s.Talk.Add(c.Request().Context(), a, s.once(c), n, d)
	if wrong := fault.Fields(err); wrong != nil {
		p, err := s.post(c)
		if err != nil {
			return err
		}
		if p.Say != nil {
			p.Say.again(c, wrong)
		}
		p.refuse(wrong, "text")
		return postTmpl.render(c, http.StatusUnprocessableEntity, p)
	}
	if err != nil {
		return err
	}
	s.flash(c, "talk.flash.said")
	path := talkView{actor: a, motion: motion.Motion{Number: n}}.path(reply.Parent)
	if before := (reply.No - 1) / discussion.PageSize * discussion.PageSize; before > 0 {
		path += "?after=" + strconv.Itoa(before)
	}
	return see(c, path+"#"+postAnchor(reply.ID))
}

// wordings returns the post in the address with every text it had.
func (s *Server) wordings(c echo.Context) (a member.Actor, o discussion.One, err error) {
	n, id, err := postID(c)
	if err != nil {
		return a, o, err
	}
	a = s.actor(c)
	o, err = s.Talk.Wordings(c.Request().Context(), a, n, id)
	return a, o, err
}

func (s *Server) showWordings(c echo.Context) error {
	a, o, err := s.wordings(c)
	if err != nil {
		return err
	}
	p := postPage{Frame: s.talkFrame(c, a, o.Page)}
	t := talkView{actor: a, motion: o.Motion, text: o.Text, people: o.People, short: true}
	p.Head = Head{
		Kind: motionName(o.Motion), Title: lang.M("talk.versions"), State: lang.M("talk.versions_state", "Name", o.People[o.Post.Author].Name),
		Crumbs: []Link{{Href: t.path(o.Post.ID), Label: lang.M("motion.talk")}},
	}
	p.Posts = []Post{t.post(o.Post)}
	next := o.Post.Text
	for i := len(o.Was) - 1; i >= 0; i-- {
		w := o.Was[i]
		p.Was = append(p.Was, wording{lang.M("talk.was", "At", local(a, w.At)), spans(textdiff.Diff(w.Text, next))})
		next = w.Text
	}
	return wordsTmpl.render(c, http.StatusOK, p)
}

func (s *Server) showPostEdit(c echo.Context) error {
	p, _, err := s.postEdit(c)
	if err != nil {
		return err
	}
	return editTmpl.render(c, http.StatusOK, p)
}

// editName is the name under which a browser keeps what is typed into a post that is changed at that address.
func editName(path string) string { return "talk-" + path }

// postEdit makes the page on which its author changes a post.
func (s *Server) postEdit(c echo.Context) (p postPage, o discussion.One, err error) {
	a, o, err := s.wordings(c)
	if err != nil {
		return p, o, err
	}
	if err := o.Post.MayEdit(a.Member.ID, o.Motion, o.Now); err != nil {
		return p, o, err
	}
	t := talkView{actor: a, motion: o.Motion}
	p = postPage{Frame: s.talkFrame(c, a, o.Page)}
	p.Head = Head{
		Kind: motionName(o.Motion), Title: lang.M("talk.edit_title"), State: lang.M("talk.edit_state"),
		Crumbs: []Link{{Href: t.path(o.Post.ID), Label: lang.M("motion.talk")}},
	}
	form := sayForm{Href: t.path(o.Post.ID, "edit"), Send: lang.M("talk.edit_send"), Text: sayField("talk.text"), Name: editName(t.path(o.Post.ID, "edit"))}
	form.Text.Value, form.Base = o.Post.Text, o.Post.Version
	form.Guard = p.Guard()
	p.Say = &form
	return p, o, nil
}

// editPost gives the reader's own post another text.
func (s *Server) editPost(c echo.Context) error {
	n, id, err := postID(c)
	if err != nil {
		return err
	}
	version, err := strconv.Atoi(value(c, "version"))
	if err != nil {
		return fault.New(fault.Invalid, "web.bad_request")
	}
	a := s.actor(c)
	post, err := s.Talk.Edit(c.Request().Context(), a, n, id, version, value(c, "text"))
	if wrong := fault.Fields(err); wrong != nil {
		p, _, err := s.postEdit(c)
		if err != nil {
			return err
		}
		p.Say.again(c, wrong)
		p.refuse(wrong, "text")
		return editTmpl.render(c, http.StatusUnprocessableEntity, p)
	}
	if err != nil {
		return err
	}
	s.flash(c, "talk.flash.edited")
	return see(c, talkView{actor: a, motion: motion.Motion{Number: n}}.path(post.ID)+"#"+postAnchor(post.ID))
}
