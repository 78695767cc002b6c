package web

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"folkmoot/internal/export"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/minutes"
	"folkmoot/internal/motion"

	"github.com/labstack/echo/v4"
)

// notesPage is where whoever takes notes writes them, beside what is on record by itself; everybody else reads along.
type notesPage struct {
	Frame
	Say     lang.Msg
	Facts   []Fact
	Changes []lang.Msg
	Items   []noteView
	Publish *Grave
}

// noteView is an item with what is on record of it and its notes.
type noteView struct {
	ID    string
	Title string
	Auto  []lang.Msg // what is on record by itself
	Text  string
	Now   bool // it is talked about
	Field *Field
	Base  int
	Href  string
	Keep  string
	Guard Guard
}

var notesTmpl = newPage[notesPage]("meeting/notes.html")

// minutesPage is what is on record of a meeting.
type minutesPage struct {
	Frame
	Facts    []Fact
	Changes  []lang.Msg
	Jobs     []Fact
	Items    []sectionView
	Open     bool // the record is published
	Fixes    []fixView
	Suggest  *suggestForm
	Confirm  *Grave
	Confirms lang.Msg // why it cannot be confirmed now
	Publish  *Grave
	Take     []Action // files
}

// sectionView is an item as it is on record.
type sectionView struct {
	ID    string
	Title string
	Href  string
	Auto  []lang.Msg
	Moves []lang.Msg
	Did   []Link // decisions
	Text  string
	Names []lang.Msg
	Fixed []fixView
	Name  Action // has the reader's own name be there, or no longer
}

// fixView is a correction that somebody suggested.
type fixView struct {
	ID     string
	Say    lang.Msg
	About  string
	Text   string
	State  lang.Msg
	Answer string
	Form   *fixForm
}

// fixForm answers a correction.
type fixForm struct {
	Href  string
	Field Field
	Guard Guard
}

// suggestForm suggests a correction.
type suggestForm struct {
	Href  string
	Until lang.Msg
	Item  Choice
	Field Field
	Guard Guard
}

var minutesTmpl = newPage[minutesPage]("meeting/record.html")

func (s *Server) showNotes(c echo.Context) error { return s.renderNotes(c, http.StatusOK, nil, nil) }

func (s *Server) showMinutes(c echo.Context) error {
	return s.renderMinutes(c, http.StatusOK, nil, nil)
}

// minutesOf returns what is on record of the meeting in the address.
func (s *Server) minutesOf(c echo.Context) (minutes.Record, error) {
	n, err := param(c, "n")
	if err != nil {
		return minutes.Record{}, err
	}
	return s.Minutes.Show(c.Request().Context(), s.actor(c), int(n))
}

func minutesHead(a member.Actor, r minutes.Record, title, state lang.Msg) Head {
	return Head{
		Crumbs: []Link{{meetingsPath(a.Group), lang.M("meeting.list.title")}, {meetingPath(a.Group, r.Number), plain(r.Title)}},
		Kind:   meetingKind(r.Book.Meeting), Title: title, State: state,
	}
}

// minutesState says how far the record is.
func minutesState(a member.Actor, r minutes.Record) lang.Msg {
	switch r.Minutes.State {
	case minutes.Live:
		return lang.M("minutes.state.live")
	case minutes.Draft:
		return lang.M("minutes.state.draft", "At", local(a, r.DraftUntil))
	case minutes.Confirmed:
		return lang.M("minutes.state.confirmed", "Number", r.In.Number)
	}
	if r.Now.Before(r.Until) {
		return lang.M("minutes.state.published", "At", local(a, r.Until))
	}
	return lang.M("minutes.state.waits")
}

// minutesFacts is how many were there, and when.
func minutesFacts(a member.Actor, r minutes.Record) (facts []Fact, changes []lang.Msg) {
	count := func(n int) lang.Msg { return lang.M("minutes.members", "Count", n) }
	facts = []Fact{
		{Label: lang.M("minutes.fact.began"), At: local(a, r.Began)}, {Label: lang.M("minutes.fact.present"), Value: count(r.Present)},
		{Label: lang.M("minutes.fact.quorum"), Value: count(r.Book.Quorum)},
	}
	if !r.Ended.IsZero() {
		facts = append(facts, Fact{Label: lang.M("minutes.fact.ended"), At: local(a, r.Ended)}, Fact{Label: lang.M("minutes.fact.most"), Value: count(r.Most)})
	}
	if r.Noted > 0 {
		facts = append(facts, Fact{Label: lang.M("minutes.fact.noted"), Value: lang.M("minutes.noted", "Count", r.Noted)})
	}
	if r.Denied > 0 {
		facts = append(facts, Fact{Label: lang.M("minutes.fact.noted_back"), Value: count(r.Denied)})
	}
	for _, q := range r.Quorum {
		changes = append(changes, lang.M("minutes."+string(q.What), "At", local(a, q.At), "Count", q.Present, "Next", local(a, q.Next)))
	}
	return facts, changes
}

// itemKey is an item in the name of a field, and of a part of the page.
func itemKey(id meeting.ItemID) string { return strconv.FormatInt(int64(id), 10) }

// sectionTitle is what an item is about, in people's words: other things that were said belong to none.
func (s *Server) sectionTitle(c echo.Context, a member.Actor, x minutes.Section) string {
	switch {
	case x.Item.ID == 0:
		return s.views.catalog.Voice(s.wishes(c, s.visitor(c), a)...).T("minutes.other")
	case x.Item.Motion != 0:
		return x.Motion.Title
	}
	return x.Item.Title
}

// sectionAuto is what is on record of an item by itself, but for decisions.
func sectionAuto(a member.Actor, r minutes.Record, x minutes.Section) (out []lang.Msg) {
	it := x.Item
	if it.Motion != 0 {
		out = append(out, motionName(x.Motion))
	}
	for _, t := range x.Talked {
		if t.Ended.IsZero() {
			out = append(out, lang.M("minutes.item.since", "Began", local(a, t.Began)))
			continue
		}
		out = append(out, lang.M("minutes.item.times", "Began", local(a, t.Began), "Ended", local(a, t.Ended)))
	}
	if len(x.Talked) > 1 {
		out = append(out, lang.M("minutes.item.in_all", "Count", x.Minutes(r.Now)))
	}
	if it.ID != 0 && (len(x.Talked) == 0 || it.State != meeting.Now && it.State != meeting.Done) {
		out = append(out, itemState(it, it.State == meeting.Online))
	}
	if it.Aside != 0 {
		out = append(out, lang.M("meeting.aside.said"))
	}
	return append(out, it.Said(a.Group.Zone)...)
}

// movesSaid is what came of the moves that were made about an item.
func movesSaid(a member.Actor, r minutes.Record, x minutes.Section) (out []lang.Msg) {
	for _, mv := range x.Moves {
		if mv.Rule != "" {
			out = append(out, lang.M("minutes.asked", "Move", mv.Name(), "Text", mv.Rule))
		}
		out = append(out, localSay(a, mv.Came(r.Book.Moves)))
	}
	return out
}

// decisionsSaid is what was decided about an item, as it stands beside its notes.
func decisionsSaid(x minutes.Section) (out []lang.Msg) {
	for _, d := range x.Decisions {
		out = append(out, lang.M("minutes.decision", "Number", d.Number(), "Outcome", d.Ended()))
	}
	return out
}

// renderNotes answers with the page, as it is or with what was typed and what is wrong with it.
func (s *Server) renderNotes(c echo.Context, status int, wrong map[string]lang.Msg, typed map[string]string) error {
	r, err := s.minutesOf(c)
	if err != nil {
		return err
	}
	a := s.actor(c)
	p := notesPage{Frame: s.groupFrame(c, SectionMeetings)}
	p.Head = minutesHead(a, r, lang.M("minutes.notes.title"), minutesState(a, r))
	p.Strip = Strip{Next: lang.M("minutes.notes.next"), Decides: lang.M("minutes.notes.decides"), Change: lang.M("powers.change"), Href: groupPath(a.Group) + "/rules#record"}
	p.Facts, p.Changes = minutesFacts(a, r)
	if !r.IsOut() {
		p.follow(r.Ref(), "head", "notes", "kept")
		p.follow(minutes.Topic(r.Number), "notes")
		p.Reload = r.Minutes.State == minutes.Live && !r.MayWrite
	}
	switch p.Say = lang.M("minutes.notes.read"); {
	case r.IsOut():
		p.Say, p.Strip.Next = lang.M("minutes.notes.out"), lang.M("minutes.next."+string(r.Minutes.State))
	case r.MayWrite:
		p.Say = lang.M("minutes.notes.write")
	}
	for _, x := range r.Sections {
		key := itemKey(x.Item.ID)
		n := noteView{ID: "item-" + key, Title: s.sectionTitle(c, a, x), Auto: slices.Concat(sectionAuto(a, r, x), movesSaid(a, r, x), togetherSaid(x), decisionsSaid(x)), Text: x.Note.Text, Now: x.Item.State == meeting.Now}
		if r.IsOut() {
			n.Text = x.Text
		}
		if r.MayWrite {
			name := "text-" + key
			n.Field = &Field{
				Name: name, Label: lang.M("minutes.notes.label", "Title", n.Title), Hint: lang.M("minutes.notes.hint"), Value: x.Note.Text, Wrong: wrong[name],
				Max: minutes.MaxNote, Rows: 6, Optional: true, Markdown: true,
			}
			n.Base, n.Href, n.Guard = x.Note.Version, meetingPath(a.Group, r.Number, "notes", key), p.Guard()
			n.Keep = fmt.Sprintf("notes-%s-%d-%s-%d", a.Group.Slug, r.Number, key, x.Note.Version)
			if text, ok := typed[name]; ok {
				n.Field.Value = text
			}
		}
		p.Items = append(p.Items, n)
	}
	if r.MayPublish {
		p.Publish = publishing(a, r, p.Guard())
	}
	if r.Minutes.State != minutes.Live {
		p.Head.Also = []Action{{Href: meetingPath(a.Group, r.Number, "record"), Label: lang.M("minutes.record")}}
	}
	p.refuse(wrong)
	return notesTmpl.render(c, status, p)
}

// publishing publishes the draft, after a question.
func publishing(a member.Actor, r minutes.Record, g Guard) *Grave {
	return &Grave{
		ID: "publish", Label: lang.M("minutes.publish"), Ask: lang.M("minutes.publish.ask"), Say: []lang.Msg{lang.M("minutes.publish.say")},
		Yes: lang.M("minutes.publish.yes"), Href: meetingPath(a.Group, r.Number, "record", "publish"), Guard: g,
	}
}

// saveNotes keeps what whoever takes notes has written about an item.
func (s *Server) saveNotes(c echo.Context) error {
	n, err := param(c, "n")
	if err != nil {
		return err
	}
	item, err := place(c.Param("item"))
	if err != nil {
		return err
	}
	a, name := s.actor(c), "text-"+c.Param("item")
	base, err := strconv.Atoi(value(c, "base"))
	if err != nil || base < 0 {
		return fault.New(fault.Invalid, "fault.form")
	}
	note, clashed, err := s.Minutes.Save(c.Request().Context(), a, int(n), meeting.ItemID(item), base, value(c, name))
	if wrong := fault.Fields(err); wrong != nil {
		return s.renderNotes(c, http.StatusUnprocessableEntity, map[string]lang.Msg{name: wrong["text"]}, map[string]string{name: value(c, name)})
	}
	if err != nil {
		return err
	}
	if note.Text == motion.Tidy(value(c, name)) {
		c.Response().Header().Set("Base", strconv.Itoa(note.Version)) // for what was sent while its form goes on, see assets/js/send.js
	}
	flash := "minutes.flash.saved"
	if clashed {
		flash = "minutes.flash.both"
	}
	s.flash(c, flash)
	return see(c, meetingPath(a.Group, int(n), "notes")+"#item-"+c.Param("item"))
}

// renderMinutes answers with the page, as it is or with what was typed and what is wrong with it.
func (s *Server) renderMinutes(c echo.Context, status int, wrong map[string]lang.Msg, typed map[string]string) error {
	r, err := s.minutesOf(c)
	if err != nil {
		return err
	}
	a := s.actor(c)
	p := minutesPage{Frame: s.groupFrame(c, SectionMeetings), Open: r.IsOut()}
	p.Head = minutesHead(a, r, lang.M("minutes.title", "Title", r.Title), minutesState(a, r))
	p.Strip = Strip{Next: lang.M("minutes.next." + string(r.Minutes.State)), Decides: lang.M("minutes.decides"), Change: lang.M("powers.change"), Href: groupPath(a.Group) + "/rules#record"}
	p.Facts, p.Changes = minutesFacts(a, r)
	for _, t := range r.Terms {
		if !t.Shadow {
			label := lang.M("meeting.job." + string(t.Job))
			if r.Sitting > 1 {
				label = lang.M("minutes.job_sitting", "Job", label, "Number", r.SittingAt(t.Begins))
			}
			p.Jobs = append(p.Jobs, Fact{Label: label, Value: memberName(r.People[t.Member])})
		}
	}
	for _, x := range r.Sections {
		if r.IsOut() && x.Item.ID == 0 && x.Text == "" && len(x.Fixed)+len(x.Moves) == 0 {
			continue // nothing was said beside the items
		}
		p.Items = append(p.Items, s.sectionView(c, p.Frame, a, r, x))
	}
	for _, f := range r.Corrections {
		p.Fixes = append(p.Fixes, s.fixView(c, p.Frame, a, r, f, wrong, typed))
	}
	if r.MaySuggest {
		p.Suggest = s.suggesting(c, p.Frame, a, r, wrong, typed)
	}
	if r.MayPublish {
		p.Publish = publishing(a, r, p.Guard())
	}
	p.fillConfirm(a, r)
	for _, f := range export.Formats() {
		if p.Practice { // nothing of it is taken along
			break
		}
		p.Take = append(p.Take, Action{
			Href: groupPath(a.Group) + "/record/export/file?of=" + r.Ref() + "&format=" + string(f), Label: lang.M("export.format." + string(f)),
		})
	}
	if r.MayWrite || r.Minutes.State == minutes.Live {
		p.Head.Also = []Action{{Href: meetingPath(a.Group, r.Number, "notes"), Label: lang.M("minutes.notes.title")}}
	}
	p.refuse(wrong)
	return minutesTmpl.render(c, status, p)
}

// fillConfirm lets whoever facilitates a later meeting confirm the record in it, or says what is in the way.
func (p *minutesPage) fillConfirm(a member.Actor, r minutes.Record) {
	switch {
	case r.MayConfirm:
		p.Confirm = &Grave{
			ID: "confirm", Label: lang.M("minutes.confirm"), Ask: lang.M("minutes.confirm.ask", "Number", r.Later.Number), Say: []lang.Msg{lang.M("minutes.confirm.say")},
			Yes: lang.M("minutes.confirm.yes"), Href: meetingPath(a.Group, r.Number, "record", "confirm"), Guard: p.Guard(),
		}
	case r.Later.ID != 0 && r.Minutes.State == minutes.Published:
		p.Confirms = lang.M("minutes.unanswered")
	}
}

func (s *Server) sectionView(c echo.Context, f Frame, a member.Actor, r minutes.Record, x minutes.Section) sectionView {
	key := itemKey(x.Item.ID)
	v := sectionView{ID: "item-" + key, Title: s.sectionTitle(c, a, x), Auto: append(sectionAuto(a, r, x), togetherSaid(x)...), Moves: movesSaid(a, r, x), Text: x.Note.Text}
	if r.IsOut() {
		v.Text = x.Text
	}
	if x.Item.Motion != 0 {
		v.Href = motionPath(a.Group, x.Motion)
	}
	for i, d := range x.Decisions {
		v.Did = append(v.Did, Link{Href: decisionPath(a.Group, d.Number()), Label: decisionsSaid(x)[i]})
	}
	if since := wentOnline(a, x.Item, x.Motion, x.Later, r.Now); since.Href != "" {
		v.Did = append(v.Did, since)
	}
	mine := false
	for _, id := range x.Named {
		mine = mine || id == r.Me
		v.Names = append(v.Names, memberName(r.People[id]))
	}
	for _, fix := range x.Fixed {
		v.Fixed = append(v.Fixed, fixView{Say: lang.M("minutes.fixed", "Who", memberName(r.People[fix.By]), "At", local(a, fix.At)), Text: fix.Text})
	}
	if r.MayName && x.Item.ID != 0 && !x.Item.Began.IsZero() {
		does := "name"
		if mine {
			does = "unname"
		}
		v.Name = Action{Href: meetingPath(a.Group, r.Number, "record", "items", key, does), Label: lang.M("minutes." + does), Post: true, Guard: f.Guard()}
	}
	return v
}

func (s *Server) fixView(c echo.Context, f Frame, a member.Actor, r minutes.Record, fix minutes.Correction, wrong map[string]lang.Msg, typed map[string]string) fixView {
	n := strconv.Itoa(fix.N)
	v := fixView{
		ID: "correction-" + n, Say: lang.M("minutes.suggested", "Who", memberName(r.People[fix.By]), "At", local(a, fix.At)), Text: fix.Text,
		State: lang.M("minutes.waits"), Answer: fix.Answer,
	}
	if x, ok := r.Section(fix.Item); ok {
		v.About = s.sectionTitle(c, a, x)
	}
	if fix.How != "" {
		v.State = lang.M("minutes.is_"+fix.How, "Who", memberName(r.People[fix.AnsweredBy]), "At", local(a, fix.Answered))
		return v
	}
	if r.MayAnswer {
		name := "answer-" + n
		v.Form = &fixForm{Href: meetingPath(a.Group, r.Number, "record", "corrections", n), Guard: f.Guard(), Field: Field{
			Name: name, Label: lang.M("minutes.answer"), Hint: lang.M("minutes.answer.hint"), Value: typed[name], Wrong: wrong[name], Max: minutes.MaxCorrection, Rows: 3, Optional: true,
		}}
	}
	return v
}

func (s *Server) suggesting(c echo.Context, f Frame, a member.Actor, r minutes.Record, wrong map[string]lang.Msg, typed map[string]string) *suggestForm {
	form := &suggestForm{
		Href: meetingPath(a.Group, r.Number, "record", "corrections"), Until: lang.M("minutes.suggest.until", "At", local(a, r.Until)), Guard: f.Guard(),
		Item:  Choice{Name: "item", Legend: lang.M("minutes.suggest.item")},
		Field: Field{Name: "text", Label: lang.M("minutes.suggest.text"), Hint: lang.M("minutes.suggest.hint"), Value: typed["text"], Wrong: wrong["text"], Max: minutes.MaxCorrection, Rows: 4},
	}
	for _, x := range r.Sections {
		key := itemKey(x.Item.ID)
		form.Item.Options = append(form.Item.Options, Option{Value: key, Label: plain(s.sectionTitle(c, a, x)), Chosen: typed["item"] == key})
	}
	return form
}

// minutesAct is a handler that does something about the record of the meeting in the address, and shows it again.
func minutesAct(flash string, do func(s *Server, c echo.Context, a member.Actor, number int) error) func(*Server, echo.Context) error {
	return func(s *Server, c echo.Context) error {
		n, err := param(c, "n")
		if err != nil {
			return err
		}
		a := s.actor(c)
		err = do(s, c, a, int(n))
		if wrong := fault.Fields(err); wrong != nil {
			k, typed := c.Param("k"), map[string]string{"text": value(c, "text"), "item": value(c, "item")}
			if k != "" { // an answer
				wrong = map[string]lang.Msg{"answer-" + k: wrong["answer"]}
				typed = map[string]string{"answer-" + k: value(c, "answer-"+k)}
			}
			return s.renderMinutes(c, http.StatusUnprocessableEntity, wrong, typed)
		}
		if err != nil {
			return err
		}
		s.flash(c, flash)
		return see(c, meetingPath(a.Group, int(n), "record"))
	}
}

func publishMinutes(s *Server, c echo.Context, a member.Actor, n int) error {
	return s.Minutes.Publish(c.Request().Context(), a, n)
}

func confirmMinutes(s *Server, c echo.Context, a member.Actor, n int) error {
	return s.Minutes.Confirm(c.Request().Context(), a, n)
}

// nameMe puts the reader's own name beside what was said, or takes it away.
func nameMe(there bool) func(*Server, echo.Context, member.Actor, int) error {
	return func(s *Server, c echo.Context, a member.Actor, n int) error {
		item, err := param(c, "item")
		if err != nil {
			return err
		}
		return s.Minutes.Name(c.Request().Context(), a, n, meeting.ItemID(item), there)
	}
}

func suggestCorrection(s *Server, c echo.Context, a member.Actor, n int) error {
	item, err := place(value(c, "item"))
	if err != nil {
		return err
	}
	return s.Minutes.Suggest(c.Request().Context(), a, s.once(c), n, meeting.ItemID(item), value(c, "text"))
}

func answerCorrection(s *Server, c echo.Context, a member.Actor, n int) error {
	k, err := param(c, "k")
	if err != nil {
		return err
	}
	return s.Minutes.Answer(c.Request().Context(), a, n, int(k), value(c, "how") == minutes.Taken, value(c, "answer-"+c.Param("k")))
}
