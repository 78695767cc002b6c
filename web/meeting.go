package web

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"folkmoot/internal/lang"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/tally"

	"github.com/labstack/echo/v4"
)

// meetingPage is one meeting: its notice until it begins, what goes on in it, and what it talked about.
type meetingPage struct {
	Frame
	Ahead     bool // it is to come: where and when stand before what it will talk about
	Facts     []Fact
	Delivered []lang.Msg  // what became of the notice by mail
	Help      []Statement // getting in; children, food, travel
	CodeSay   lang.Msg    // what the code is for
	Urgent    urgentBox
	Noted     []notedPart // that somebody else noted the reader as there
	Enter     enterPart
	Would     Choice // jobs, before it begins; without options there is none
	WouldAt   string
	Willing   []lang.Msg
	Begin     beginPart
	Hands     *handsPart  // nil: everybody has a device
	Need      *needPart   // nil: the reader is not there
	Captions  []string    // what is typed of what is said
	Floor     *floorPart  // nil: nothing is talked about
	Calls     *callsPart  // for agreement; nil: there is nothing
	Script    *scriptPart // what should happen now; nil: the meeting is not under way
	Wanted    wantedPart
	Also      []Action   // of the head, while there is a vote
	Moves     *movesPart // nil: there is nothing
	Together  *togetherPart
	Signals   *signalPart
	Run       *runPart  // on the console, for whoever facilitates
	Drop      *dropPart // whoever facilitates has no connection; nil: they have, or it is not this reader's to know
	Opening   []Check   // the checklist, until the first item is called
	Matters   []Link    // that are due, beside it
	TakeSay   lang.Msg
	Take      Action // for anybody who is there, where nobody facilitates
	Agenda    []agendaLine
	Lot       []lang.Msg // how the order came about
	Jobs      []jobLine
	JobsTitle lang.Msg
	Nothing   lang.Msg // on the agenda
	Quorum    lang.Msg
	Others    lang.Msg // how many of those who are there others have noted
	Talks     lang.Msg // that it only talks; the zero Msg if that was not chosen
	After     []lang.Msg
	Tips      tipsPart // on the pages of a practice
	Practise  Link     // for who has not facilitated before; zero: it does not begin yet
}

// enterPart is how the reader says that they are there, or that they have gone.
type enterPart struct {
	Title lang.Msg
	Say   []lang.Msg
	Href  string
	Modes []Option
	Guard Guard
	Gone  Action
}

// beginPart begins the meeting, or says why it cannot begin yet.
type beginPart struct {
	Say lang.Msg
	Act Action
}

// runPart is what whoever facilitates can do.
type runPart struct {
	Main   []Action
	Acts   []deskAct // with those that are not in order now, and why
	Vote   *voteForm
	Over   Choice // to whom it can be handed over; without options nobody
	OverAt string
	Aside  []deskAct // hands over until the item ends, to speak about it
	Second Action    // hands over to whoever is the second facilitator
	Guard  Guard
	Close  *Grave
	Few    *fewPart   // nil: enough are there to decide
	Later  *laterForm // has it go on at another time; nil: it stands in Few, or nowhere yet
}

// voteForm puts the proposal to the vote.
type voteForm struct {
	Href  string
	Say   []lang.Msg
	No    lang.Msg // why there can be none now
	Named Tick
	Main  bool // it comes next: where the group looks for agreement, once a call has led to a vote
	Guard Guard
	Send  []Hidden
}

var meetingTmpl = newPage[meetingPage]("meeting/show.html")

func (s *Server) showMeeting(c echo.Context) error { return s.renderMeeting(c, http.StatusOK, nil) }

// meetingOf returns who asks, and the meeting in the address as they see it; without one fault.NotFound.
func (s *Server) meetingOf(c echo.Context) (a member.Actor, v meeting.View, err error) {
	n, err := param(c, "n")
	if err != nil {
		return a, v, err
	}
	a = s.actor(c)
	v, err = s.Meetings.Show(c.Request().Context(), a, int(n))
	return a, v, err
}

// renderMeeting answers with the page, as it is or with what could not be done.
func (s *Server) renderMeeting(c echo.Context, status int, wrong map[string]lang.Msg) error {
	a, v, err := s.meetingOf(c)
	if err != nil {
		return err
	}
	p := meetingPage{Frame: s.groupFrame(c, SectionMeetings)}
	p.refuse(wrong)
	p.Head = Head{Crumbs: []Link{{meetingsPath(a.Group), lang.M("meeting.list.title")}}, Kind: meetingKind(v.Meeting), Title: plain(v.Title), State: stateFor(v.Meeting, v.Here, v.Now)}
	p.Strip = Strip{Next: meetingNext(v), Decides: meetingDecides(v), Change: lang.M("powers.change"), Href: groupPath(a.Group) + "/rules#meetings"}
	if !v.IsOver() {
		p.follow(v.Ref(), "head", "urgent", "drop", "wanted", "count", "noted", "opening", "enter", "hands", "together", "floor", "signals", "calls", "felt", "script", "moves", "agenda", "jobs", "gone", "also", "needs")
		p.follow(v.AsksTopic(), "signals")
		p.follow(v.CaptionsTopic(), "captions")
		if t := v.Together.Table; t.Number != 0 {
			p.follow(v.CardTopic(t.Number), "together")
		}
		p.Reload = v.State == meeting.Session
	}
	p.fillNotice(a, v)
	if !wantsParts(c.Request()) { // none of them says it
		if err := s.fillDelivery(c, &p, v); err != nil {
			return err
		}
	}
	if !v.IsOver() && s.hall == nil {
		p.CodeSay = lang.M("meeting.code.say", "Address", s.address("/m/"+v.Code))
	}
	if err := s.fillScreen(c, &p, a, v); err != nil {
		return err
	}
	p.fillNoted(a, v)
	p.fillEnter(a, v)
	p.fillDoor(c, a, v, wrong)
	p.fillAgenda(a, v)
	p.fillUrgent(a, v)
	if err := s.fillResults(c, &p, a, v); err != nil {
		return err
	}
	p.fillJobs(a, v)
	if err := s.fillDesk(c, &p, a, v); err != nil {
		return err
	}
	s.fillPractice(&p, v)
	switch v.State {
	case meeting.Called:
		p.fillBefore(a, v)
	case meeting.Session:
		p.fillSession(c, a, v, wrong)
		s.fillCaptions(&p, a, v)
		if p.Wanted.Votes { // what else there is to do stands at the end meanwhile
			p.Also, p.Head = p.Head.Also, Head{Kind: p.Head.Kind, Title: p.Head.Title, Act: p.Head.Act, Can: p.Head.Can}
		}
	case meeting.Closed:
		p.After = append(p.After, lang.M("meeting.after.note"))
	}
	return meetingTmpl.render(c, status, p)
}

func meetingNext(v meeting.View) lang.Msg {
	switch {
	case v.State == meeting.Unheld:
		return lang.M("meeting.next.unheld")
	case v.IsOver():
		return lang.M("meeting.next.over")
	case v.IsAdjourned():
		return lang.M("meeting.next.adjourned")
	case v.State == meeting.Called && !v.OrderedAt.IsZero():
		return lang.M("meeting.next.ordered")
	case v.State == meeting.Session && v.Adopted.IsZero():
		return lang.M("meeting.next.adopt")
	}
	return lang.M("meeting.next." + string(v.State))
}

// meetingDecides says who decides in it, or did.
func meetingDecides(v meeting.View) lang.Msg {
	switch v.State {
	case meeting.Unheld:
		return lang.M("meeting.decides.unheld")
	case meeting.Closed:
		return lang.M("meeting.decides.over")
	}
	return lang.M("meeting.decides")
}

// fillNotice says when and where, and by whose power it was called.
func (p *meetingPage) fillNotice(a member.Actor, v meeting.View) {
	opens, until := "meeting.fact.opens", "meeting.until.opens"
	if v.Sitting > 1 {
		opens, until = "meeting.fact.again", "meeting.until.again"
	}
	switch v.State {
	case meeting.Closed:
		p.Head.Also = append(p.Head.Also, Action{Href: meetingPath(a.Group, v.Number, "record"), Label: lang.M("minutes.record")})
		p.Facts = []Fact{{Label: lang.M("minutes.fact.began"), At: local(a, v.Began)}, {Label: lang.M("minutes.fact.ended"), At: local(a, v.Ended)}}
	case meeting.Unheld:
		p.Facts = []Fact{{Label: lang.M("meeting.fact.was_to_begin"), At: local(a, v.Opens)}}
	default:
		p.Facts = []Fact{{Label: lang.M(opens), At: local(a, v.Opens)}, {Label: lang.M("meeting.fact.stop"), At: local(a, v.Stop)}}
	}
	if v.Place != "" {
		p.Facts = append(p.Facts, Fact{Label: lang.M("meeting.fact.place"), Value: plain(v.Place)})
	}
	maySayWhere := meeting.MaySayWhere(a, v.Meeting, v.Now) == nil
	if v.Nowhere() {
		where := lang.M("meeting.where.unsaid")
		if maySayWhere {
			where = lang.M("meeting.where.open")
		}
		p.Facts = append(p.Facts, Fact{Label: lang.M("meeting.fact.place"), Value: where})
	}
	if v.Link != "" && !v.IsOver() {
		p.Facts = append(p.Facts, Fact{Label: lang.M("meeting.fact.link"), Value: plain(v.Link), Href: v.Link})
	}
	if v.Phone != "" && !v.IsOver() {
		p.Facts = append(p.Facts, Fact{Label: lang.M("meeting.fact.phone"), Value: plain(v.Phone)})
	}
	by := lang.M("meeting.by.clock")
	switch {
	case v.ByRhythm():
		by = lang.M("meeting.by.rhythm")
	case v.CalledBy != 0:
		by = memberName(v.People[v.CalledBy])
	}
	p.Facts = append(p.Facts, Fact{Label: lang.M("meeting.fact.by"), Value: by}, Fact{Label: lang.M("meeting.fact.notice"), At: local(a, v.Notice)})
	if v.IsOver() { // nobody comes to it any more
		return
	}
	p.Facts = append(p.Facts, Fact{Label: lang.M("meeting.fact.code"), Value: plain(v.Code), Code: true})
	if v.GettingIn != "" {
		p.Help = append(p.Help, Statement{Title: lang.M("meeting.form.getting_in"), Text: v.GettingIn})
	}
	if v.Meeting.Help != "" {
		p.Help = append(p.Help, Statement{Title: lang.M("meeting.form.help"), Text: v.Meeting.Help})
	}
	if v.State == meeting.Called && v.Now.Before(v.Opens) {
		p.Head.Until, p.RefreshAt = Until{Say: lang.M(until), At: local(a, v.Opens)}, local(a, v.Opens)
		if v.Now.Before(v.Door()) {
			p.RefreshAt = local(a, v.Door())
		}
	}
	if v.State == meeting.Session {
		p.Head.Until = Until{Say: lang.M("meeting.until.stop"), At: local(a, v.Stop)}
	}
	switch v.State {
	case meeting.Called:
		p.Ahead = true
		if !p.Practice { // nobody is to come to it
			p.Head.Also = append(p.Head.Also, Action{Href: meetingPath(a.Group, v.Number, "print"), Label: lang.M("meeting.print")},
				Action{Href: meetingPath(a.Group, v.Number, "event"), Label: lang.M("meeting.event")})
		}
	case meeting.Session:
		p.Head.Also = append(p.Head.Also, Action{Href: meetingPath(a.Group, v.Number, "notes"), Label: lang.M("minutes.notes.title")})
	}
	if maySayWhere {
		p.Head.Also = append(p.Head.Also, Action{Href: meetingPath(a.Group, v.Number, "where"), Label: lang.M("meeting.where")})
	}
	if v.IsAdjourned() {
		p.Head.Also = append(p.Head.Also, Action{Href: meetingPath(a.Group, v.Number, "notes"), Label: lang.M("minutes.notes.title")})
	}
	if v.MayMove {
		p.Head.Also = append(p.Head.Also, Action{Href: meetingPath(a.Group, v.Number, "move"), Label: lang.M("meeting.move")})
	}
}

// fillEnter lets the reader say that they are there.
func (p *meetingPage) fillEnter(a member.Actor, v meeting.View) {
	p.Enter.Title = lang.M("meeting.enter")
	if v.MayEnter(v.Now) != nil {
		if v.State == meeting.Called {
			p.Enter.Say = []lang.Msg{lang.M("meeting.enter.later", "At", local(a, v.Door()))}
		}
		return
	}
	if !v.Here.HasDevice() {
		p.Enter.Say = []lang.Msg{lang.M("meeting.enter.say")}
		if v.Here.Paper {
			p.Enter.Title, p.Enter.Say = lang.M("door.enter.title"), []lang.Msg{lang.M("door.enter.paper"), lang.M("door.enter.jobs")}
		}
		p.Enter.Href, p.Enter.Guard = meetingPath(a.Group, v.Number, "here"), p.Guard()
		for _, m := range meeting.Modes() {
			p.Enter.Modes = append(p.Enter.Modes, Option{Value: string(m), Label: lang.M("meeting.mode." + string(m))})
		}
		return
	}
	p.Enter.Say = []lang.Msg{lang.M("meeting.enter.is." + string(v.Here.Mode))}
	p.Enter.Gone = Action{Href: meetingPath(a.Group, v.Number, "gone"), Label: lang.M("meeting.enter.gone"), Post: true, Guard: p.Guard()}
}

// presentSay says how many are there, and whether they are enough.
func presentSay(v meeting.View) lang.Msg {
	enough := "few"
	if v.Total() >= v.Needed {
		enough = "enough"
	}
	return lang.M("meeting.present."+enough, "Count", v.Total(), "Room", v.Count[meeting.Room], "Remote", v.Count[meeting.Remote], "Phone", v.Count[meeting.Phone], "Need", v.Needed)
}

// fillBefore shares out jobs, and lets whoever is there begin the meeting.
func (p *meetingPage) fillBefore(a member.Actor, v meeting.View) {
	if v.Now.Before(v.Door()) {
		return
	}
	p.Quorum, p.Others = presentSay(v), notedSay(v.Meeting)
	for _, job := range meeting.Offers() {
		willing := "meeting.willing"
		if v.Willing[job] >= meeting.WillingShown {
			willing = "meeting.willing.many"
		}
		p.Willing = append(p.Willing, lang.M(willing, "Job", lang.M("meeting.job."+string(job)), "Count", v.Willing[job]))
	}
	if !v.Here.HasDevice() {
		return
	}
	p.WouldAt = meetingPath(a.Group, v.Number, "would")
	p.Would = Choice{Name: "job", Legend: lang.M("meeting.would"), Hint: lang.M("meeting.would_hint"), Many: true}
	for _, job := range meeting.Offers() {
		p.Would.Options = append(p.Would.Options, Option{
			Value: string(job), Label: lang.M("meeting.job." + string(job)), Hint: lang.M("meeting.job." + string(job) + ".does"), Chosen: slices.Contains(v.Would, job),
		})
	}
	wait := time.Duration(v.Rules.Meeting.QuorumWaitMinutes) * time.Minute
	err := v.Meeting.MayBegin(v.Total(), v.Needed, v.Willing[meeting.Facilitates], wait, v.Now)
	if err != nil {
		p.Begin.Say = localSay(a, judge(err).say)
		if v.Total() < v.Needed && v.Now.Before(v.Opens.Add(wait)) && !v.Now.Before(v.Opens) {
			p.RefreshAt = local(a, v.Opens.Add(wait))
		}
		return
	}
	p.Begin.Say = lang.M("meeting.begin.say")
	if v.Total() < v.Needed {
		p.Begin.Say = lang.M("meeting.begin.talk")
	}
	p.Begin.Act = Action{Href: meetingPath(a.Group, v.Number, "begin"), Label: lang.M("meeting.begin"), Post: true, Guard: p.Guard(), Main: true}
}

// localSay has times in a sentence be those of the group's zone.
func localSay(a member.Actor, m lang.Msg) lang.Msg {
	if a.Group.Zone == nil {
		return m
	}
	return m.In(a.Group.Zone)
}

// fillSession is what goes on.
func (p *meetingPage) fillSession(c echo.Context, a member.Actor, v meeting.View, wrong map[string]lang.Msg) {
	p.Quorum, p.Others = presentSay(v), notedSay(v.Meeting)
	if v.TalksOnly() {
		p.Talks = lang.M("meeting.talk.now")
	}
	p.fillScript(a, v)
	p.fillMoves(a, v, wrong)
	p.fillTogether(c, a, v, wrong)
	p.fillHands(c, a, v, wrong)
	p.fillSignals(a, v)
	path := func(below ...string) string { return meetingPath(a.Group, v.Number, below...) }
	if v.Current.ID != 0 {
		p.fillFloor(a, v)
		p.fillCalls(a, v)
	}
	if v.Chair == 0 && v.Here.HasDevice() && !slices.Contains(v.About, v.Me) {
		p.Take = Action{Href: path("take-over"), Label: lang.M("meeting.take_over"), Post: true, Guard: p.Guard(), Main: true}
		p.Take.Guard.Back, p.TakeSay = toConsole, nobodySay(v)
	}
}

// nobodySay says why nobody facilitates.
func nobodySay(v meeting.View) lang.Msg {
	name := memberName(v.People[v.Kept])
	switch {
	case v.Kept == 0:
		return lang.M("meeting.nobody_say")
	case v.Motions[v.Current.Motion].Mover == v.Kept:
		return lang.M("meeting.nobody.proposed", "Name", name)
	case slices.ContainsFunc(v.Settled, func(mv meeting.Move) bool { return mv.About == v.Kept && mv.State == meeting.MoveCarried }):
		return lang.M("meeting.nobody.replaced", "Name", name)
	}
	return lang.M("meeting.nobody.about", "Name", name)
}

// noCallNow says why there can be no call for agreement now; the zero Msg if there can.
func noCallNow(a member.Actor, v meeting.View) (no lang.Msg) {
	switch {
	case slices.ContainsFunc(v.Moves, func(mv meeting.MoveLine) bool { return !mv.Ready.IsZero() }):
		return lang.M("meeting.moves.before")
	case v.OnBreak(v.Now):
		return localSay(a, lang.M("meeting.on_break", "At", v.Break))
	case v.Total() < v.Quorum:
		return lang.M("meeting.too_few", "Count", v.Quorum-v.Total())
	case !v.Now.Before(v.Stop):
		return lang.M("meeting.past_stop")
	case v.Resolving.Holds(v.Motions[v.Current.Motion], true, v.Now):
		return localSay(a, lang.M("meeting.resolving", "Until", v.Resolving.Until))
	}
	return no
}

// fillRun is what only whoever facilitates can do; see fillActs for what is done again and again.
func (p *meetingPage) fillRun(a member.Actor, v meeting.View) {
	path := func(below ...string) string { return meetingPath(a.Group, v.Number, below...) }
	r := &runPart{OverAt: path("hand-over"), Guard: p.Guard()}
	p.Run = r
	if v.Current.ID != 0 {
		item := strconv.FormatInt(int64(v.Current.ID), 10)
		if v.Prolongs {
			r.Main = append(r.Main, Action{Href: path("vote-longer"), Label: lang.M("meeting.vote_longer"), Post: true, Guard: p.Guard()})
		}
		if v.Current.Motion != 0 && v.Motions[v.Current.Motion].OnAgenda() {
			f := &voteForm{Href: path("items", item, "vote"), Guard: p.Guard(), Say: []lang.Msg{lang.M("meeting.vote.say")}, Named: Tick{Name: "named", Label: lang.M("meeting.vote.named")}}
			f.Main = !v.Agrees || len(v.Calls) > 0 && v.Calls[0].IsCounted() && v.Calls[0].Outcome == tally.Blocked
			if m := v.Motions[v.Current.Motion]; v.Resolving.Holds(m, false, v.Now) {
				f.No, f.Main = localSay(a, lang.M("meeting.resolving", "Until", v.Resolving.Until)), false
			}
			r.Vote = f
		}
	}
	over := Choice{Name: "member", Legend: lang.M("meeting.over.to")}
	for _, id := range byName(v.Present, v.People) {
		if id != v.Me {
			over.Options = append(over.Options, Option{Value: strconv.FormatInt(int64(id), 10), Label: memberName(v.People[id])})
		}
	}
	r.Over = over
	r.Close = &Grave{ID: "close-meeting", Label: lang.M("meeting.close"), Ask: lang.M("meeting.close.ask"), Say: []lang.Msg{lang.M("meeting.close.say")}, Yes: lang.M("meeting.close.yes"), Href: path("end"), Guard: p.Guard()}
}
