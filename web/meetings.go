package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"

	"github.com/labstack/echo/v4"
)

// meetingsPage is a group's meetings: those to come, what waits for the next one, how members ask for one, and those that are over.
type meetingsPage struct {
	Frame
	Next    []Row
	Rhythm  []lang.Msg // when the group meets by its rule, if nobody calls it
	Empty   Empty
	Waiting []topicLine
	Topic   topicForm
	Ask     askPart
	Past    []Row
	Pager   Pager

	Practise Link // where one can practise
}

// topicLine is something that waits for the next meeting.
type topicLine struct {
	Title string
	Text  string // Markdown; may be empty
	By    lang.Msg
	Back  Action // takes it back; zero: it is not the reader's
}

// topicForm is where something is put down for the next meeting.
type topicForm struct {
	Href    string
	Title   Field
	Text    Field
	Minutes Choice
	Submit  lang.Msg
	Guard   Guard
	Open    bool
}

// askPart is how members ask for a meeting, whoever holds which role: the form that begins it, or how far it is.
type askPart struct {
	Say      []lang.Msg
	Business string // Markdown
	Sign     Action
	Unsign   Action
	Start    topicForm // only its Text; without an address there is none
}

var meetingsTmpl = newPage[meetingsPage]("meeting/list.html")

func meetingsPath(g member.Group, below ...string) string {
	return strings.Join(append([]string{groupPath(g) + "/meetings"}, below...), "/")
}

func meetingPath(g member.Group, number int, below ...string) string {
	return meetingsPath(g, append([]string{strconv.Itoa(number)}, below...)...)
}

func (s *Server) listMeetings(c echo.Context) error { return s.renderMeetings(c, http.StatusOK, nil) }

// renderMeetings answers with the page, as it is or with what was typed and what is wrong with it.
func (s *Server) renderMeetings(c echo.Context, status int, wrong map[string]lang.Msg) error {
	a := s.actor(c)
	under, err := strconv.Atoi(c.QueryParam("before"))
	if err != nil {
		under = 0
	}
	v, err := s.Meetings.List(c.Request().Context(), a, under)
	if err != nil {
		return err
	}
	p := meetingsPage{Frame: s.groupFrame(c, SectionMeetings)}
	p.refuse(wrong, "title", "text", "minutes", "business")
	p.Head = Head{Title: lang.M("meeting.list.title"), State: lang.M("meeting.list.state")}
	if v.MayCall {
		p.Head.Can = lang.M("meeting.list.can." + string(v.Kind))
		p.Head.Act = Action{Href: meetingsPath(a.Group, "new"), Label: lang.M("meeting.call")}
	}
	p.Strip = Strip{Next: lang.M("meeting.list.next", "Days", v.Rules.NoticeDays.Meeting), Decides: lang.M("meeting.list.decides"), Change: lang.M("powers.change"), Href: groupPath(a.Group) + "/rules#meetings"}
	if least := v.Rules.NoticeDays.Special; least != v.Rules.NoticeDays.Meeting {
		p.Strip.Next = lang.M("meeting.list.next_both", "Days", v.Rules.NoticeDays.Meeting, "Special", least)
	}
	for _, m := range v.Next {
		p.Next = append(p.Next, meetingRow(a, m, v.Now))
	}
	if len(v.Next) == 0 {
		p.Empty = Empty{Title: lang.M("meeting.list.empty"), Say: []lang.Msg{lang.M("meeting.list.empty1"), lang.M("meeting.list.empty2")}}
	}
	p.Rhythm = rhythmSay(a, v.Rhythm, v.Kind == meeting.Special, v.Now)
	for _, m := range v.Past {
		p.Past = append(p.Past, meetingRow(a, m, v.Now))
	}
	if v.Older {
		p.Pager.Older = meetingsPath(a.Group) + "?before=" + strconv.Itoa(v.Past[len(v.Past)-1].Number)
	}
	if under > 0 {
		p.Pager.Newer = meetingsPath(a.Group)
	}
	if err := s.fillFoundingMeeting(c, &p, a, v); err != nil {
		return err
	}
	p.Practise = s.practiseLink("practice.link.list")
	p.fillWaiting(c, a, v, wrong)
	p.fillAsk(c, a, v, wrong)
	return meetingsTmpl.render(c, status, p)
}

// rhythmSay says when the group meets next by its rule, and who can call the meeting until when; nothing if it is called already, or the group has no rhythm. Where members
// have asked for a meeting, whoever can call one calls that.
func rhythmSay(a member.Actor, r meeting.Rhythm, asked bool, now time.Time) []lang.Msg {
	if r.Next.IsZero() || r.For.ID != 0 {
		return nil
	}
	who := "others"
	switch {
	case !now.Before(r.Calls):
		who = "due"
	case !asked && meeting.MayCall(a, now) == nil:
		who = "you"
	}
	return []lang.Msg{lang.M("meeting.rhythm.next", "Count", r.Weeks, "At", local(a, r.Next)), lang.M("meeting.rhythm."+who, "At", local(a, r.Calls))}
}

// meetingRow is a meeting in a list.
func meetingRow(a member.Actor, m meeting.Meeting, now time.Time) Row {
	r := Row{Href: meetingPath(a.Group, m.Number), Kind: meetingKind(m), Title: m.Title, State: meetingState(m, now)}
	switch {
	case m.State == meeting.Session:
		r.Can = lang.M("meeting.row.join")
	case m.IsAdjourned():
		r.Until = Until{Say: lang.M("meeting.until.again"), At: local(a, m.Opens)}
	case m.State == meeting.Called:
		r.Until = Until{Say: lang.M("meeting.until.opens"), At: local(a, m.Opens)}
	case m.State == meeting.Unheld:
		r.Until = Until{Say: lang.M("meeting.until.was_to_be"), At: local(a, m.Opens)}
	default:
		r.Until = Until{Say: lang.M("meeting.until.was"), At: local(a, m.Began)}
	}
	return r
}

func meetingKind(m meeting.Meeting) lang.Msg {
	return lang.M("meeting.kind."+string(m.Kind), "Number", m.Number)
}

// meetingState says how far a meeting is, in one sentence.
func meetingState(m meeting.Meeting, now time.Time) lang.Msg {
	switch {
	case m.State == meeting.Called && !now.Before(m.Opens):
		return lang.M("meeting.state.to_begin")
	case m.State == meeting.Called && !now.Before(m.Door()):
		return lang.M("meeting.state.door")
	case m.IsAdjourned():
		return lang.M("meeting.state.adjourned")
	case m.TalksOnly():
		return lang.M("meeting.state.talk")
	case m.State == meeting.Session && !m.Enough:
		return lang.M("meeting.state.few")
	case m.State == meeting.Closed:
		return lang.M("meeting.state.closed", "Count", m.Most)
	}
	return lang.M("meeting.state." + string(m.State))
}

// stateFor is that for somebody who has said that they are there, or of whom others have: they need not be told any more that they can come.
func stateFor(m meeting.Meeting, here meeting.Presence, now time.Time) lang.Msg {
	switch {
	case here.ID == 0 || m.State != meeting.Called || !now.Before(m.Opens):
	case here.Paper:
		return lang.M("meeting.state.noted")
	default:
		return lang.M("meeting.state.here")
	}
	return meetingState(m, now)
}

// fillWaiting puts what waits for the next meeting on the page, and the form with which members put something down.
func (p *meetingsPage) fillWaiting(c echo.Context, a member.Actor, v meeting.Ahead, wrong map[string]lang.Msg) {
	for _, it := range v.Waiting {
		line := topicLine{Title: it.Title, Text: it.Text, By: lang.M("meeting.topic.by", "Name", memberName(v.People[it.By]), "Minutes", it.Minutes)}
		if it.Kind == meeting.Business {
			line.By = lang.M("meeting.topic.asked", "Minutes", it.Minutes)
		}
		if it.Kind == meeting.Report {
			line.By = lang.M("meeting.topic.rule", "Minutes", it.Minutes)
		}
		if it.By == a.Member.ID {
			line.Back = Action{Href: meetingsPath(a.Group, "topics", strconv.FormatInt(int64(it.ID), 10), "back"), Label: lang.M("meeting.topic.back"), Post: true, Guard: p.Guard()}
		}
		p.Waiting = append(p.Waiting, line)
	}
	if a.Group.Forming() {
		return
	}
	f := topicForm{
		Href: meetingsPath(a.Group, "topics"), Submit: lang.M("meeting.topic.put"), Guard: p.Guard(), Open: len(wrong) > 0 && wrong["business"].IsZero(),
		Title: Field{Name: "title", Label: lang.M("meeting.topic.title"), Max: meeting.MaxTitle, Wrong: wrong["title"]},
		Text:  Field{Name: "text", Label: lang.M("meeting.topic.text"), Rows: 4, Optional: true, Wrong: wrong["text"], Markdown: true, Hint: lang.M("meeting.topic.text_hint")},
	}
	minutes := "10"
	if f.Open {
		f.Title.Value, f.Text.Value, minutes = value(c, "title"), value(c, "text"), value(c, "minutes")
	}
	f.Minutes = Choice{Name: "minutes", Legend: lang.M("meeting.topic.minutes"), Wrong: wrong["minutes"]}
	for _, m := range []int{5, 10, 15, 20, 30} {
		f.Minutes.Options = append(f.Minutes.Options, Option{Value: strconv.Itoa(m), Label: lang.M("meeting.minutes", "Count", m), Chosen: strconv.Itoa(m) == minutes})
	}
	p.Topic = f
}

// fillAsk puts on the page how members ask for a meeting. It never says who has asked.
func (p *meetingsPage) fillAsk(c echo.Context, a member.Actor, v meeting.Ahead, wrong map[string]lang.Msg) {
	k := v.Ask
	switch {
	case a.Group.Forming():
		p.Ask.Say = []lang.Msg{lang.M("meeting.ask.forming")}
	case k.ID == 0:
		p.Ask.Say = []lang.Msg{lang.M("meeting.ask.say", "Count", v.Needs), askThen(v), lang.M("meeting.ask.secret")}
		p.Ask.Start = topicForm{Href: meetingsPath(a.Group, "ask"), Submit: lang.M("meeting.ask.start"), Guard: p.Guard(), Open: !wrong["business"].IsZero(), Text: Field{
			Name: "business", Value: value(c, "business"), Label: lang.M("meeting.ask.business"), Hint: lang.M("meeting.ask.business_hint"), Words: meeting.MaxBusiness, Rows: 5, Wrong: wrong["business"], Markdown: true,
		}}
	default:
		p.Ask.Business = k.Business
		var who []lang.Msg
		for _, id := range v.Callers {
			who = append(who, memberName(v.People[id]))
		}
		state, names := string(k.State), plain("")
		switch {
		case len(who) > 0:
			names = namesOf(who)
		case k.State != meeting.Collecting:
			state += "_nobody"
		}
		p.Ask.Say = []lang.Msg{lang.M("meeting.ask.is."+state, "Who", names, "Count", k.Signed, "Need", k.Needed, "Closes", lang.Day(local(a, k.Closes.Add(-time.Minute))), "By", local(a, k.CallBy()), "Clock", local(a, k.ClockCalls()))}
		if k.MaySign(v.Now) != nil {
			return
		}
		p.Ask.Say = append(p.Ask.Say, askThen(v), lang.M("meeting.ask.secret"))
		path := func(below string) string { return meetingsPath(a.Group, "ask", strconv.Itoa(k.Number), below) }
		if v.Signed {
			p.Ask.Unsign = Action{Href: path("unsign"), Label: lang.M("meeting.ask.unsign"), Post: true, Guard: p.Guard()}
		} else {
			p.Ask.Sign = Action{Href: path("sign"), Label: lang.M("meeting.ask.sign"), Post: true, Guard: p.Guard(), Main: true}
		}
	}
}

// askThen says what comes once there are enough names.
func askThen(v meeting.Ahead) lang.Msg {
	if len(v.Callers) == 0 {
		return lang.M("meeting.ask.then_nobody")
	}
	return lang.M("meeting.ask.then")
}

// meetingsAct is a handler that does something on the page of meetings and shows it again.
func meetingsAct(flash string, do func(*Server, echo.Context, member.Actor) error) func(*Server, echo.Context) error {
	return func(s *Server, c echo.Context) error {
		a := s.actor(c)
		err := do(s, c, a)
		if wrong := fault.Fields(err); wrong != nil {
			return s.renderMeetings(c, http.StatusUnprocessableEntity, wrong)
		}
		if err != nil {
			return err
		}
		s.flash(c, flash)
		return see(c, meetingsPath(a.Group))
	}
}

func putTopic(s *Server, c echo.Context, a member.Actor) error {
	minutes, err := strconv.Atoi(value(c, "minutes"))
	if err != nil {
		minutes = 0
	}
	return s.Meetings.PutDown(c.Request().Context(), a, s.once(c), value(c, "title"), value(c, "text"), minutes)
}

func takeTopicBack(s *Server, c echo.Context, a member.Actor) error {
	id, err := param(c, "item")
	if err != nil {
		return err
	}
	return s.Meetings.TakeBack(c.Request().Context(), a, meeting.ItemID(id))
}

func askForMeeting(s *Server, c echo.Context, a member.Actor) error {
	_, err := s.Meetings.AskFor(c.Request().Context(), a, value(c, "business"))
	return err
}

func signForMeeting(s *Server, c echo.Context, a member.Actor) error {
	n, err := param(c, "n")
	if err != nil {
		return err
	}
	return s.Meetings.Sign(c.Request().Context(), a, int(n))
}

func unsignForMeeting(s *Server, c echo.Context, a member.Actor) error {
	n, err := param(c, "n")
	if err != nil {
		return err
	}
	return s.Meetings.Unsign(c.Request().Context(), a, int(n))
}

// param returns a number in the address, from 1, or fault.NotFound.
func param(c echo.Context, name string) (int64, error) {
	n, err := strconv.ParseInt(c.Param(name), 10, 63)
	if err != nil || n < 1 || strconv.FormatInt(n, 10) != c.Param(name) {
		return 0, fault.New(fault.NotFound, "fault.not_found")
	}
	return n, nil
}

// callForm is the form with which a meeting is called or put off.
func (s *Server) callForm(c echo.Context, v meeting.Ahead, d meeting.Details, old *meeting.Meeting, more ...Item) formPage {
	a := s.actor(c)
	href, submit := meetingsPath(a.Group, "new"), lang.M("meeting.call.do")
	f := s.groupFrame(c, SectionMeetings)
	f.Head = Head{Crumbs: []Link{{meetingsPath(a.Group), lang.M("meeting.list.title")}}, Title: lang.M("meeting.call.title." + string(v.Kind)), State: lang.M("meeting.call.state", "Days", v.Notice)}
	if old != nil {
		href, submit = meetingPath(a.Group, old.Number, "move"), lang.M("meeting.move.do")
		f.Head.Title, f.Head.State = lang.M("meeting.move.title", "Title", old.Title), lang.M("meeting.move.state", "Days", v.Notice)
	}
	f.Strip = Strip{Next: lang.M("meeting.call.next"), Decides: lang.M("meeting.list.decides"), Change: lang.M("powers.change"), Href: groupPath(a.Group) + "/rules#meetings"}
	at := local(a, d.Opens)
	var items []Item
	if old == nil {
		items = append(items, field(Field{Name: "title", Value: d.Title, Label: lang.M("meeting.form.title"), Max: meeting.MaxTitle}))
	}
	minutes := ""
	if !d.Stop.IsZero() {
		minutes = strconv.Itoa(int(d.Stop.Sub(d.Opens) / time.Minute))
	}
	date, clock := "", ""
	if !at.IsZero() {
		date, clock = at.Format(time.DateOnly), at.Format("15:04")
	}
	day := Field{Name: "opens", Value: date, Label: lang.M("setup.meeting.date"), Type: "date", Short: true}
	if r := v.Rhythm; !r.Next.IsZero() && (old == nil && v.Kind == meeting.Ordinary && r.For.ID == 0 || old != nil && old.ID == r.For.ID) {
		day.Hint = lang.M("meeting.rhythm.hint", "At", local(a, r.Next))
	}
	items = append(items,
		field(day),
		field(Field{Name: "time", Value: clock, Label: lang.M("setup.meeting.time"), Type: "time", Short: true}),
		field(Field{Name: "minutes", Value: minutes, Label: lang.M("meeting.form.minutes_label"), Hint: lang.M("meeting.form.minutes_hint", "Max", v.Rules.Meeting.HardStopMinutes), InputMode: "numeric", Short: true}),
	)
	p := s.form(c, f, href, submit, slices.Concat(items, more, whereItems(d))...)
	p.Keep = "meeting"
	return p
}

// urgentItem asks whoever calls a meeting which of the proposals that wait for one cannot wait; nothing where none can be called so.
func (s *Server) urgentItem(c echo.Context, a member.Actor, chosen []int) ([]Item, error) {
	ms, err := s.Meetings.MayBeUrgent(c.Request().Context(), a)
	if err != nil || len(ms) == 0 {
		return nil, err
	}
	out := Choice{Name: "urgent", Legend: lang.M("meeting.form.urgent"), Hint: lang.M("meeting.form.urgent_hint"), Many: true, Optional: true}
	for _, m := range ms {
		out.Options = append(out.Options, Option{Value: strconv.Itoa(m.Number), Label: plain(m.Title), Hint: motionName(m), Chosen: slices.Contains(chosen, m.Number)})
	}
	return []Item{choice(out)}, nil
}

// typedUrgent reads which proposals somebody says cannot wait; what is no number is 0, which none has.
func typedUrgent(c echo.Context) (out []int) {
	for _, v := range c.Request().PostForm["urgent"] {
		n, err := strconv.Atoi(v)
		if err != nil {
			n = 0
		}
		out = append(out, n)
	}
	return out
}

// whereItems is what the form asks of the place.
func whereItems(d meeting.Details) []Item {
	return []Item{
		field(Field{Name: "place", Value: d.Place, Label: lang.M("meeting.form.place"), Hint: lang.M("meeting.form.place_hint"), Max: meeting.MaxPlace, Optional: true}),
		area(Field{Name: "getting-in", Value: d.GettingIn, Label: lang.M("meeting.form.getting_in"), Hint: lang.M("meeting.form.getting_in_hint"), Rows: 3, Max: meeting.MaxAccess, Optional: true}),
		field(Field{Name: "link", Value: d.Link, Label: lang.M("meeting.form.link_label"), Hint: lang.M("meeting.form.link_hint"), Max: meeting.MaxLink, Optional: true}),
		field(Field{Name: "phone", Value: d.Phone, Label: lang.M("meeting.form.phone"), Max: meeting.MaxPlace, Optional: true}),
		area(Field{Name: "help", Value: d.Help, Label: lang.M("meeting.form.help"), Hint: lang.M("meeting.form.help_hint"), Rows: 3, Max: meeting.MaxAccess, Optional: true}),
	}
}

// typedDetails reads the form. A time that is none is left out, which the rules say.
func typedDetails(c echo.Context, a member.Actor) meeting.Details {
	d := meeting.Details{Title: value(c, "title"), Place: value(c, "place"), GettingIn: value(c, "getting-in"), Link: value(c, "link"), Phone: value(c, "phone"), Help: value(c, "help")}
	if d.Opens = typedTime(c, a, "opens", "time"); d.Opens.IsZero() {
		return d
	}
	d.Stop = d.Opens
	if minutes, err := strconv.Atoi(strings.TrimSpace(value(c, "minutes"))); err == nil && minutes > 0 && minutes < 24*60 {
		d.Stop = d.Opens.Add(time.Duration(minutes) * time.Minute)
	}
	return d
}

// typedTime reads a day and a time of a form, in the group's zone; what is none is zero.
func typedTime(c echo.Context, a member.Actor, day, clock string) time.Time {
	zone := a.Group.Zone
	if zone == nil {
		zone = time.UTC
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", value(c, day)+" "+value(c, clock), zone)
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}

// showCall shows the form, with day, hour and place of the last meeting where there was one.
func (s *Server) showCall(c echo.Context) error {
	a := s.actor(c)
	v, err := s.Meetings.List(c.Request().Context(), a, 0)
	if err != nil {
		return err
	}
	if err := meeting.MayCall(a, v.Now); err != nil {
		return err
	}
	d := v.Rhythm.Usual
	if d.Opens.IsZero() || v.Kind != meeting.Ordinary {
		d.Opens = suggested(v.Now, a.Group.Zone) // in two weeks
		if least := meeting.EarliestFor(v.Notice+1, v.Now); d.Opens.Before(least) {
			d.Opens = least.In(a.Group.Zone)
		}
		d.Stop = d.Opens.Add(min(2*time.Hour, time.Duration(v.Rules.Meeting.HardStopMinutes)*time.Minute))
	}
	urgent, err := s.urgentItem(c, a, nil)
	if err != nil {
		return err
	}
	return formTmpl.render(c, http.StatusOK, s.callForm(c, v, d, nil, urgent...))
}

func (s *Server) callMeeting(c echo.Context) error {
	a, ctx := s.actor(c), c.Request().Context()
	d, urgent := typedDetails(c, a), typedUrgent(c)
	m, err := s.Meetings.Call(ctx, a, s.once(c), d, urgent...)
	if wrong := fault.Fields(err); wrong != nil {
		v, err := s.Meetings.List(ctx, a, 0)
		if err != nil {
			return err
		}
		asks, err := s.urgentItem(c, a, urgent)
		if err != nil {
			return err
		}
		return s.callForm(c, v, d, nil, asks...).typed(c).again(c, wrong)
	}
	if err != nil {
		return err
	}
	s.flash(c, "meeting.flash.called")
	return see(c, meetingPath(a.Group, m.Number))
}

// typed puts back into the form what was typed, as it was.
func (p formPage) typed(c echo.Context) formPage {
	for _, i := range p.Items {
		if i.Field != nil {
			i.Field.Value = value(c, i.Field.Name)
		}
	}
	return p
}

func (s *Server) showMove(c echo.Context) error {
	m, v, err := s.toMove(c)
	if err != nil {
		return err
	}
	if err := meeting.MayMove(s.actor(c), m.Meeting, m.Now); err != nil {
		return err
	}
	return formTmpl.render(c, http.StatusOK, s.callForm(c, v, m.Details, &m.Meeting))
}

func (s *Server) toMove(c echo.Context) (m meeting.View, v meeting.Ahead, err error) {
	a, m, err := s.meetingOf(c)
	if err != nil {
		return m, v, err
	}
	v, err = s.Meetings.List(c.Request().Context(), a, 0)
	return m, v, err
}

func (s *Server) moveMeeting(c echo.Context) error {
	a, ctx := s.actor(c), c.Request().Context()
	n, err := param(c, "n")
	if err != nil {
		return err
	}
	d := typedDetails(c, a)
	err = s.Meetings.Move(ctx, a, int(n), d)
	if wrong := fault.Fields(err); wrong != nil {
		m, v, err := s.toMove(c)
		if err != nil {
			return err
		}
		return s.callForm(c, v, d, &m.Meeting).typed(c).again(c, wrong)
	}
	if err != nil {
		return err
	}
	s.flash(c, "meeting.flash.moved")
	return see(c, meetingPath(a.Group, int(n)))
}

// whereForm is the form in which somebody says where a meeting is that the rule has called.
func (s *Server) whereForm(c echo.Context, m meeting.View, d meeting.Details) formPage {
	a := s.actor(c)
	f := s.groupFrame(c, SectionMeetings)
	crumbs := []Link{{meetingsPath(a.Group), lang.M("meeting.list.title")}, {meetingPath(a.Group, m.Number), plain(m.Title)}}
	f.Head = Head{Crumbs: crumbs, Title: lang.M("meeting.where"), State: lang.M("meeting.where.state", "At", local(a, m.Opens))}
	if !m.Nowhere() {
		f.Head.State = lang.M("meeting.where.other", "At", local(a, m.Opens))
	}
	f.Strip = Strip{Next: lang.M("meeting.where.next"), Decides: lang.M("meeting.where.decides"), Change: lang.M("powers.change"), Href: groupPath(a.Group) + "/rules#meetings"}
	p := s.form(c, f, meetingPath(a.Group, m.Number, "where"), lang.M("meeting.where.do"), whereItems(d)...)
	p.Keep = "meeting"
	return p
}

func (s *Server) showWhere(c echo.Context) error {
	a, m, err := s.meetingOf(c)
	if err != nil {
		return err
	}
	if err := meeting.MaySayWhere(a, m.Meeting, m.Now); err != nil {
		return err
	}
	return formTmpl.render(c, http.StatusOK, s.whereForm(c, m, m.Details))
}

func (s *Server) sayWhere(c echo.Context) error {
	n, err := param(c, "n")
	if err != nil {
		return err
	}
	a, d := s.actor(c), typedDetails(c, s.actor(c))
	err = s.Meetings.SayWhere(c.Request().Context(), a, int(n), d)
	if wrong := fault.Fields(err); wrong != nil {
		_, m, err := s.meetingOf(c)
		if err != nil {
			return err
		}
		return s.whereForm(c, m, d).again(c, wrong)
	}
	if err != nil {
		return err
	}
	s.flash(c, "meeting.flash.placed")
	return see(c, meetingPath(a.Group, int(n)))
}
