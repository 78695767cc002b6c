package web

import (
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/script"

	"github.com/labstack/echo/v4"
)

// What a form says of the page that it was sent from: Guard.Back.
const (
	toConsole   = "run"  // it leads back to the console
	fromConsole = "over" // it was on the console, and leads to the meeting's page
	toSignals   = "signals"
)

// signOfLife is how often the page of somebody who has a job asks anew. Whoever facilitates shows by it that they are there, and the others hear by it that they are not.
const signOfLife = 25 * time.Second

// queueShown is how many of the speakers' list a console shows at once.
const queueShown = 6

// consolePage is a meeting as somebody sees it who runs it (practice.md §5.3).
type consolePage struct {
	meetingPage
	DeskSay []lang.Msg // what the reader has to do with it, where that is not all of it
	Talk    nowPart
	Speaks  speakPart
	Asked   []placeLine // rules questions, with Hear as First
	Queue   []queueLine
	Rest    []queueLine
	Coming  lang.Msg
	Own     lang.Msg     // that somebody else facilitates what comes next; zero: the same person does
	Others  []agendaLine // that could be taken instead
	NoOther lang.Msg     // why none can be taken now
	Keys    *keysPart    // nil: the reader does nothing here
}

// nowPart is what is talked about, and how much time there is.
type nowPart struct {
	Title   lang.Msg
	Facts   []lang.Msg
	Link    Link // to the text
	Says    []Link
	Item    time.Time
	Stop    time.Time
	Here    lang.Msg
	Others  lang.Msg // how many of them others have noted
	Talks   lang.Msg
	Vote    Link
	VoteSay lang.Msg
	Result  []lang.Msg
}

// speakPart is who speaks.
type speakPart struct {
	Who   lang.Msg
	Until time.Time
	Over  bool // it has come
	Acts  []deskAct
}

// deskAct is an act, or why it is not in order now.
type deskAct struct {
	Act Action
	No  lang.Msg
}

// queueLine is somebody on the speakers' list, with their number on it.
type queueLine struct {
	placeLine
	At int
}

// keysPart says which keys do what, for scripts to show.
type keysPart struct{ Say, On, Off lang.Msg }

// dropPart says that whoever facilitates has no connection.
type dropPart struct {
	Title, Say lang.Msg
	Take       Action
}

// desks knows when each of those who could facilitate a meeting was last seen at it. It is in memory alone, and forgets: who is not in it has not been seen for longer than it takes to be
// taken over from.
type desks struct {
	mu    sync.Mutex
	since time.Time // it began; nobody was seen before
	last  map[deskKey]time.Time
}

type deskKey struct {
	group   member.GroupID
	meeting int
	who     member.ID
}

func (d *desks) saw(k deskKey, now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.last == nil {
		d.last = map[deskKey]time.Time{}
	}
	for other, at := range d.last {
		if now.Sub(at) > meeting.DropsAfter+meeting.SecondFirst {
			delete(d.last, other)
		}
	}
	d.last[k] = now
}

// seen returns when somebody was last seen, as far as that matters.
func (d *desks) seen(k deskKey, now time.Time) time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	if at, ok := d.last[k]; ok {
		return at
	}
	if long := now.Add(-meeting.DropsAfter - meeting.SecondFirst); d.since.Before(long) {
		return long
	}
	return d.since
}

// chairSeen returns when whoever facilitates was last seen at the meeting, or at the proposal that it talks about.
func (s *Server) chairSeen(a member.Actor, v meeting.View) time.Time {
	if m, ok := v.Motions[v.Current.Motion]; ok && s.ears.follows(v.People[v.Chair].Person, topicOf(a.Group.Log(), m.Ref())) {
		return v.Now
	}
	return s.desks.seen(deskKey{a.Group.ID, v.Number, v.Chair}, v.Now)
}

// fillDesk is what the page of a meeting has for those who have a job in it, the checklist that everybody sees, and the way to the console.
func (s *Server) fillDesk(c echo.Context, p *meetingPage, a member.Actor, v meeting.View) error {
	if err := s.fillOpening(c, p, a, v); err != nil {
		return err
	}
	desk, works := v.Desk(), false
	for _, t := range v.Terms {
		if t.Member != v.Me || t.Shadow || !t.Runs(v.Now) || v.State != meeting.Session {
			continue
		}
		works = true
		if t.Job == meeting.Facilitates || t.Job == meeting.Vice {
			s.desks.saw(deskKey{a.Group.ID, v.Number, v.Me}, v.Now)
		}
	}
	if works {
		p.followEvery(signOfLife, "drop")
		p.fillDrop(a, v, v.Drop(s.chairSeen(a, v)))
	}
	if !desk.Open || p.back != "" {
		return nil
	}
	run := Action{Href: meetingPath(a.Group, v.Number, "run"), Label: lang.M("meeting.console.open")}
	switch {
	case v.Facilitates():
		p.Head.Act, p.Head.Can = run, lang.M("meeting.run")
		return nil
	case !desk.Acts():
		run.Label = lang.M("meeting.console.look")
	}
	p.Head.Also = append([]Action{run}, p.Head.Also...)
	return nil
}

// fillDrop says that whoever facilitates has no connection, and offers the reader their job.
func (p *meetingPage) fillDrop(a member.Actor, v meeting.View, d meeting.Drop) {
	if d.Term == "" || d.Member == v.Me {
		return
	}
	name := memberName(v.People[d.Member])
	p.Drop = &dropPart{Title: lang.M("meeting.drop", "Name", name), Say: lang.M("meeting.drop.wait")}
	if !d.May {
		return
	}
	p.Drop.Say = lang.M("meeting.drop.say", "Name", name)
	p.Drop.Take = Action{
		Href: meetingPath(a.Group, v.Number, "take-over"), Label: lang.M("meeting.drop.take"), Post: true, Guard: p.Guard(), Main: true, Send: []Hidden{{"term", d.Term}},
	}
	p.Drop.Take.Guard.Back = toConsole
}

// takeOverFrom has the actor facilitate in place of somebody whose connection dropped.
func (s *Server) takeOverFrom(c echo.Context, a member.Actor, n int, term string) error {
	v, err := s.Meetings.Show(c.Request().Context(), a, n)
	if err != nil {
		return err
	}
	return s.Meetings.TakeOverFrom(c.Request().Context(), a, n, term, s.chairSeen(a, v))
}

// fillOpening is the checklist of the opening (practice.md §2.5.3).
func (s *Server) fillOpening(c echo.Context, p *meetingPage, a member.Actor, v meeting.View) error {
	for _, point := range v.Opening {
		p.Opening = append(p.Opening, Check{Done: point.Done, Say: lang.M("meeting.opening." + string(point.Cue))})
	}
	if len(v.Opening) == 0 {
		return nil
	}
	waiting, err := s.Minutes.Unconfirmed(c.Request().Context(), a)
	if err != nil {
		return err
	}
	record := Check{Done: true, Say: lang.M("meeting.opening.record_none")}
	if len(waiting) > 0 {
		record = Check{Say: lang.M("meeting.opening.record", "Number", waiting[0]), Href: meetingPath(a.Group, waiting[0], "record")}
	}
	at := slices.IndexFunc(v.Opening, func(p meeting.Point) bool { return p.Cue == script.CueDue })
	if at < 0 {
		at = len(p.Opening)
	}
	p.Opening, p.Matters = slices.Insert(p.Opening, at, record), mattersSay(a, v)
	return nil
}

var consoleTmpl = newPage[consolePage]("meeting/run.html")

func (s *Server) showConsole(c echo.Context) error { return s.renderConsole(c, http.StatusOK, nil) }

// renderConsole answers with the console, as it is or with what could not be done. It returns fault.Denied to who has nothing to do with running the meeting.
func (s *Server) renderConsole(c echo.Context, status int, wrong map[string]lang.Msg) error {
	n, err := param(c, "n")
	if err != nil {
		return err
	}
	a := s.actor(c)
	v, err := s.Meetings.Console(c.Request().Context(), a, int(n))
	if err != nil {
		return err
	}
	if v.State != meeting.Session && status == http.StatusOK {
		return see(c, meetingPath(a.Group, v.Number)) // it has not begun, or is over
	}
	if !v.Desk().Open {
		if v.Chair == 0 {
			return fault.New(fault.Denied, "meeting.console.nobody")
		}
		return fault.New(fault.Denied, "meeting.console.not_you", "Name", memberName(v.People[v.Chair]))
	}
	p := consolePage{meetingPage: meetingPage{Frame: s.groupFrame(c, SectionMeetings)}}
	p.back = toConsole
	p.refuse(wrong)
	p.Head = Head{Crumbs: []Link{{meetingsPath(a.Group), lang.M("meeting.list.title")}, {meetingPath(a.Group, v.Number), meetingKind(v.Meeting)}}, Title: lang.M("meeting.console.title")}
	p.Strip = Strip{Next: meetingNext(v.View), Decides: lang.M("meeting.decides"), Change: lang.M("powers.change"), Href: groupPath(a.Group) + "/rules#meetings"}
	p.follow(v.Ref(), "drop", "desk", "now", "few", "speaking", "asked", "signals", "queue", "script", "run", "hands", "together", "felt", "calls", "next", "wanted", "opening", "over")
	p.follow(v.SignalsTopic(), "signals")
	p.followEvery(signOfLife, "speaking", "script")
	p.Reload = true
	if err := s.fillDesk(c, &p.meetingPage, a, v.View); err != nil {
		return err
	}
	s.fillPractice(&p.meetingPage, v.View)
	p.fillSession(c, a, v.View, wrong)
	p.fillAgenda(a, v.View)
	p.fill(c, a, v, wrong)
	return consoleTmpl.render(c, status, p)
}

// fill is the console's own: what is talked about, who speaks, what can be done, and what comes next.
func (p *consolePage) fill(c echo.Context, a member.Actor, v meeting.Console, wrong map[string]lang.Msg) {
	desk := v.Desk()
	p.fillNow(a, v)
	p.fillSpeaking(a, v)
	p.fillQueue(a, v)
	if p.Script != nil && p.Script.Said.Href != "" {
		p.Script.Said.Key = "s"
	}
	p.Coming = lang.M("meeting.console.none_left")
	for i, it := range v.Items {
		switch {
		case it.ID == v.Next.ID:
			p.Coming = lang.M("meeting.console.then", "Item", itemTitle(v.View, it), "Minutes", lang.M("meeting.minutes", "Count", it.Minutes))
		case p.Agenda[i].Take.Href != "":
			p.Others = append(p.Others, p.Agenda[i])
			if no, not := v.No[meeting.TakeNext]; not && p.NoOther.IsZero() { // as for the next
				p.NoOther = localSay(a, no)
			}
		}
	}
	switch {
	case v.Own && v.Facilitates() && v.Heir == 0:
		p.Own = lang.M("meeting.console.own")
	case v.Own && v.Facilitates():
		p.Own = lang.M("meeting.console.heir", "Name", memberName(v.People[v.Heir]))
	}
	if v.Facilitates() {
		p.fillRun(a, v.View)
		p.fillActs(a, v)
		p.fillLater(c, a, v, wrong)
		p.waitFor(v)
	}
	switch {
	case !v.Here.HasDevice():
		p.DeskSay = append(p.DeskSay, lang.M("meeting.console.not_here"))
	case v.Aside() == v.Me && v.Chair != 0:
		p.DeskSay = append(p.DeskSay, lang.M("meeting.aside.you", "Name", memberName(v.People[v.Chair])))
	case desk.About && v.Chair != 0:
		p.DeskSay = append(p.DeskSay, lang.M("meeting.console.about_you", "Name", memberName(v.People[v.Chair])))
	case v.Chair == 0:
		p.DeskSay = append(p.DeskSay, lang.M("meeting.console.nobody"))
	case desk.Runs && !v.Facilitates():
		p.DeskSay = append(p.DeskSay, lang.M("meeting.console.second", "Name", memberName(v.People[v.Chair])))
	case desk.List || desk.Time:
		p.DeskSay = append(p.DeskSay, lang.M("meeting.console.part", "Name", memberName(v.People[v.Chair])))
	case !desk.Acts():
		p.DeskSay = append(p.DeskSay, lang.M("meeting.console.learns", "Name", memberName(v.People[v.Chair])))
	}
	if desk.Runs || desk.Time {
		p.Keys = &keysPart{lang.M("meeting.console.keys"), lang.M("meeting.console.keys_on"), lang.M("meeting.console.keys_off")}
	}
}

// waitFor has the console be fetched anew when the time comes from which on an act is in order.
func (p *consolePage) waitFor(v meeting.Console) {
	for _, no := range v.No {
		if at, ok := no.Args["At"].(lang.Clock); ok && v.Now.Before(time.Time(at)) {
			p.refreshBy(time.Time(at))
		}
	}
}

func (p *consolePage) fillNow(a member.Actor, v meeting.Console) {
	p.Talk = nowPart{Title: lang.M("meeting.no_item"), Stop: local(a, v.Stop), Here: presentSay(v.View), Others: notedSay(v.Meeting), Talks: p.Talks}
	it := v.Current
	if it.ID == 0 {
		return
	}
	at := slices.IndexFunc(v.Items, func(x meeting.Item) bool { return x.ID == it.ID })
	p.Talk.Title = lang.M("meeting.console.now", "Place", at+1, "Item", itemTitle(v.View, it))
	p.Talk.Item = local(a, it.Began.Add(time.Duration(it.Minutes)*time.Minute))
	if it.Motion != 0 {
		m := v.Motions[it.Motion]
		p.Talk.Facts = []lang.Msg{motionName(m), lang.M("meeting.console.version", "Version", m.Version)}
	}
	if f := p.Floor; f != nil {
		if v.Aside() != 0 && v.Aside() != v.Me {
			p.DeskSay = append(p.DeskSay, f.Aside)
		}
		p.Talk.Link, p.Talk.Says, p.Talk.Vote, p.Talk.VoteSay, p.Talk.Result = f.Link, f.Says, p.Wanted.Vote, p.Wanted.VoteSay, f.Result
		p.Wanted.Vote = Link{} // it stands beside what is talked about
	}
}

// post is an act of the console.
func (p *consolePage) post(a member.Actor, v meeting.Console, label, key string, send []Hidden, below ...string) Action {
	return Action{Href: meetingPath(a.Group, v.Number, below...), Label: lang.M(label), Post: true, Guard: p.Guard(), Send: send, Key: key}
}

// orNot is an act if it is in order, and else why it is not.
func orNot(a member.Actor, v meeting.Console, act meeting.Act, does Action) deskAct {
	if no, not := v.No[act]; not {
		return deskAct{Act: Action{Label: does.Label}, No: localSay(a, no)}
	}
	return deskAct{Act: does}
}

func (p *consolePage) fillSpeaking(a member.Actor, v meeting.Console) {
	desk, speaker := v.Desk(), strconv.FormatInt(v.Speaker.ID, 10)
	if v.Speaker.ID != 0 {
		p.Speaks.Who, p.Speaks.Until = memberName(v.People[v.Speaker.Member]), local(a, v.Speaker.Until())
		p.Speaks.Over = !v.Now.Before(v.Speaker.Until())
	}
	if desk.Runs {
		next := p.post(a, v, "meeting.call_next", "n", []Hidden{{"ends", speaker}}, "next")
		next.Main = true
		p.Speaks.Acts = append(p.Speaks.Acts, orNot(a, v, meeting.CallSpeaker, next))
	}
	p.fillTurn(a, v)
	if desk.Runs || desk.Time {
		p.Speaks.Acts = append(p.Speaks.Acts, orNot(a, v, meeting.GiveTime, p.post(a, v, "meeting.more", "t", nil, "hands", speaker, "more")))
	}
}

func (p *consolePage) fillQueue(a member.Actor, v meeting.Console) {
	if p.Floor != nil {
		for i, line := range p.Floor.List {
			q := queueLine{line, i + 1}
			if i < queueShown {
				p.Queue = append(p.Queue, q)
			} else {
				p.Rest = append(p.Rest, q)
			}
		}
	}
	for i, q := range v.Asked {
		h := v.Hands[q.ID]
		line := placeLine{Name: memberName(v.People[h.Member]), What: handSay(h)}
		if v.Desk().Runs {
			key := ""
			if i == 0 {
				key = "h"
			}
			line.First = p.post(a, v, "meeting.hear", key, nil, "hands", strconv.FormatInt(q.ID, 10), "hear")
		}
		p.Asked = append(p.Asked, line)
	}
}

// fillActs is what only whoever facilitates does, with why it cannot be done now.
func (p *consolePage) fillActs(a member.Actor, v meeting.Console) {
	r := p.Run
	item, next := strconv.FormatInt(int64(v.Current.ID), 10), strconv.FormatInt(int64(v.Next.ID), 10)
	if v.Adopted.IsZero() {
		r.Acts = append(r.Acts, orNot(a, v, meeting.AdoptAgenda, p.post(a, v, "meeting.adopt", "", nil, "adopt")))
	}
	if vote, no := v.No[meeting.OpenVote]; no { // the form is there only where there can be a vote
		r.Acts, r.Vote = append(r.Acts, deskAct{Act: Action{Label: lang.M("meeting.vote.do")}, No: localSay(a, vote)}), nil
	}
	finish := p.post(a, v, "meeting.finish", "", nil, "items", item, "finish")
	finish.Main = v.Resolving.Holds(v.Motions[v.Current.Motion], true, v.Now) // people look for a way, and nothing else is to be done here
	r.Acts = append(r.Acts,
		orNot(a, v, meeting.FinishItem, finish),
		orNot(a, v, meeting.TakeNext, p.post(a, v, "meeting.console.take", "", nil, "items", next, "take")))
	if v.Current.ID != 0 {
		aside := p.post(a, v, "meeting.aside.label", "", nil, "items", item, "aside")
		if v.Second != 0 {
			aside.Label = lang.M("meeting.aside.do", "Name", memberName(v.People[v.Second]))
		}
		aside.Guard.Back = fromConsole
		r.Aside = []deskAct{orNot(a, v, meeting.StandAside, aside)}
	}
	if v.Second != 0 {
		name := memberName(v.People[v.Second])
		r.Second = p.post(a, v, "meeting.console.hand_over", "", []Hidden{{"member", strconv.FormatInt(int64(v.Second), 10)}}, "hand-over")
		r.Second.Label = lang.M("meeting.console.hand_over", "Name", name)
		r.Second.Guard.Back = fromConsole
	}
	r.Guard.Back = fromConsole
	p.fillFew(a, v)
	if closing, no := v.No[meeting.CloseDown]; no {
		r.Acts, r.Close = append(r.Acts, deskAct{Act: Action{Label: lang.M("meeting.close")}, No: localSay(a, closing)}), nil
	} else {
		r.Close.Guard.Back = fromConsole
	}
}
