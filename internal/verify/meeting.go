package verify

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// gathering is a meeting as the entries tell of it.
type gathering struct {
	ref, state, kind   string // state: called, session, closed, unheld
	commit, jobsCommit string
	opens, stop, lotAt time.Time
	items              []int64 // on its agenda, in the order in which they stand there
	ordered, adopted   bool
	now                int64 // the item that is talked about; 0: none
	present, most      int64
	quorum             int64
	enough, talks      bool
	few                time.Time // too few are there since then, or were to be as it was to begin
	byRule             bool      // nobody called it
	nowhere            bool      // nobody has said where it is
	drawn              bool
	hires              []hire          // who has to be given a job next, as the lot fell
	open               int             // votes that are open
	handing            string          // a job that somebody has just handed over
	putOff             int64           // an item that is to come before a later meeting, as members are about to have decided
	online             map[string]bool // proposals that it has just said members vote on online
	replaced           bool            // somebody is not to facilitate any more, as members are about to have decided
	lot                string          // what the secret of the next lot for who counts hands must come to
	lots               int64           // how often that was drawn
	ended              time.Time
	unfinished         bool            // what was talked about is, so that it is adjourned next
	sittings           int64           // before the one that it is in, or waits for
	paused             map[string]bool // jobs and who had them as it was adjourned
	codesBy            string          // who made the codes of its door last
	noted              int64           // how often somebody was noted as there by somebody else in this sitting, and it was not taken back
	before             int64           // how many had left the group by when this sitting was called
	notes, denied      int64           // how often that was in all, and how often those who were noted said that they were not there
	refused, gone      int64           // how many said so in this sitting and have not come themselves since; how many have left the group since that was told
	record             writing
}

// calling is that members ask for a meeting.
type calling struct {
	state   string
	needed  int64
	reached time.Time
	closes  time.Time
	can     map[string]bool // who was given the power to call it
}

// assembly is what the entries say of a group's meetings.
type assembly struct {
	ref      string // the group's
	meetings map[string]*gathering
	points   map[int64]*point
	calls    map[string]*calling
	jobs     map[string]*held
	roles    map[string]*held            // terms of roles with the power to call meetings, by their names
	done     map[string]map[string]int64 // how often members have had which job
	hears    bool                        // meetings hear what was reported on money: one has said how much of it was received
	received int64                       // up to which number
	refuses  bool                        // an entry has told how many said that they are not there, and so each later one does
	fixes    bool                        // as a meeting began to talk about reports, it was told which; and so it is each later time
}

func newAssembly() assembly {
	return assembly{
		meetings: map[string]*gathering{}, points: map[int64]*point{}, calls: map[string]*calling{}, jobs: map[string]*held{}, roles: map[string]*held{},
		done: map[string]map[string]int64{},
	}
}

// The jobs in a meeting, in the order in which they are drawn, and what power goes with each. Who would facilitate would also be the second.
var (
	jobsInOrder = []string{"facilitate", "vice", "note", "timekeep", "stack", "door"}
	offered     = []string{"facilitate", "note", "timekeep", "stack", "door"}
	takeable    = []string{"note", "timekeep", "stack", "door"} // by anybody who is there, while nobody does them
	powerOf     = map[string]string{
		"facilitate": "facilitate", "vice": "facilitate", "note": "note", "timekeep": "timekeep", "stack": "stack", "door": "door", "convene": "convene", "count": "",
	}
)

const (
	callWait  = 7 * day // for whoever convenes, once members have asked for a meeting; then as long for those who asked first
	callers   = 3
	turned    = 2 * time.Hour // at most, by which clocks are put forward or back between two days
	fullItems = 60            // so many that wait are all on the agenda of the next meeting
)

// when is an instant in an entry; ok is false if there is none.
func (o object) when(name string) (t time.Time, ok bool) {
	t, err := time.Parse(stamp, o.str(name))
	return t, err == nil
}

// aboutMeeting checks what an entry says of meetings, of what members asked for, of items and of jobs.
func (b *book) aboutMeeting(e entry) *Problem {
	if b.only != "" && !strings.HasPrefix(b.only, Meeting+"/") {
		return nil
	}
	area, _, _ := strings.Cut(e.kind, ".")
	ok, id := false, area
	switch area {
	case "call":
		ok, id = b.asked(e), "call"
	case "topic":
		ok, id = b.topic(e), "meeting"
	case "meeting":
		ok = b.meets(e)
	case "item":
		ok, id = b.item(e), "meeting"
	case "job":
		ok = b.job(e)
	case "minutes":
		ok = b.minutes(e)
	}
	if !ok {
		return broken(id, "N", e.n)
	}
	return nil
}

// late says whether an entry may be dated later than what it tells of.
func (b *book) late(e entry) bool { return e.at.Equal(b.last) }

// isMember says whether somebody is a member; a file of one meeting does not tell.
func (b *book) isMember(ref string) bool { return b.only != "" || b.people[ref].isThere() }

// asked takes down that members ask for a meeting.
func (b *book) asked(e entry) bool {
	d, k := e.data, b.assembly.calls[e.of]
	if e.kind == "call.started" {
		closes, ok := d.when("closes")
		b.assembly.calls[e.of] = &calling{state: "collecting", needed: d.num("needed"), closes: closes, can: map[string]bool{}}
		return k == nil && ok && closes.After(e.at) && d.num("needed") > 0
	}
	if k == nil {
		return false
	}
	switch e.kind {
	case "call.reached":
		ok := k.state == "collecting" && d.num("signed") >= k.needed
		k.state, k.reached = "reached", e.at
		return ok
	case "call.unanswered":
		ok := k.state == "reached" && !e.at.Before(k.reached.Add(callWait))
		k.state = "convening"
		return ok
	case "call.ended":
		was := k.state
		k.state = d.str("how")
		switch k.state {
		case "called": // by a meeting that says that it answers them
			return was == "answered"
		case "expired":
			return was == "collecting" && !e.at.Before(k.closes)
		case "dropped":
			return was == "collecting" && d.num("signed") == 0
		case "archived":
			return was == "collecting" || was == "reached" || was == "convening"
		}
	}
	return false
}

// meets checks an entry about a meeting.
func (b *book) meets(e entry) bool {
	d, m := e.data, b.assembly.meetings[e.of]
	if e.kind == "meeting.called" {
		return m == nil && b.called(e)
	}
	if m == nil || !b.fit(d.num("present")) {
		return false
	}
	switch e.kind {
	case "meeting.moved":
		opens, ok := d.when("opens")
		stop, ok2 := d.when("stop")
		ok = ok && ok2 && m.state == "called" && m.kind == "ordinary" && !opens.Before(m.opens) && opens.Before(stop) && (e.at.Before(m.opens) || b.late(e)) &&
			b.convenes(e.by, d.str("cause"))
		m.opens, m.stop = opens, stop
		m.saysWhere(d)
		return ok
	case "meeting.placed":
		ok := m.state == "called" && m.byRule && (e.at.Before(m.opens) || b.late(e)) &&
			(d.str("cause") == "" && m.nowhere && b.isMember(e.by) || b.convenes(e.by, d.str("cause")))
		m.saysWhere(d)
		return ok && !m.nowhere
	case "meeting.ordered":
		return m.state == "called" && !m.ordered && !e.at.Before(m.lotAt) && b.inOrder(m, d)
	case "meeting.began":
		ok := m.state == "called" && m.ordered && !e.at.Before(m.opens) && b.quorate(m, e) && d.num("present") > 0 && b.isMember(e.by) && !b.employs(m.ref)
		m.state, m.present, m.quorum, m.enough = "session", d.num("present"), d.num("quorum"), d.flag("enough")
		m.most, m.few = max(m.most, m.present), m.opens
		return ok && m.enough == (m.present >= m.quorum) && (m.enough || b.waited(m, e)) && (m.sittings > 0 || b.heard(m))
	case "meeting.jobs":
		return m.state == "session" && !m.drawn && b.drawJobs(m, e)
	case "meeting.codes":
		m.codesBy = e.by
		return (m.state == "called" || m.state == "session") && b.isMember(e.by)
	case "meeting.noted":
		return b.noted(m, e)
	case "meeting.unnoted":
		return b.unnoted(m, e)
	case "meeting.lot":
		ok := m.state == "session" && m.lot == "" && len(d.str("commit")) == 64
		m.lot = d.str("commit")
		return ok
	case "meeting.tellers":
		return m.state == "session" && len(m.hires) == 0 && m.handing == "" && b.drawTellers(m, d)
	case "meeting.adopted":
		ok := m.state == "session" && !m.adopted && b.chairs(m.ref, e.by)
		m.adopted = true
		return ok
	case "meeting.quorum":
		was := m.enough
		m.enough, m.most = d.flag("enough"), max(m.most, d.num("present"))
		m.talks, m.few = m.talks && !m.enough, e.at
		return m.state == "session" && m.enough != was && m.enough == (d.num("present") >= m.quorum)
	case "meeting.adjourned":
		return b.adjourned(m, e)
	case "meeting.talk":
		ok := m.state == "session" && !m.enough && d.num("present") < m.quorum && !m.talks && m.open == 0 && b.waited(m, e) && b.chairs(m.ref, e.by)
		m.talks = true
		return ok
	case "meeting.online":
		return b.goesOnline(m, e)
	case "meeting.ended":
		return b.ended(m, e)
	}
	return false
}

// mayCall takes down who holds a role with the power to call meetings.
func (b *book) mayCall(e entry) {
	ref := strings.TrimPrefix(e.of, "term/")
	switch h := b.assembly.roles[ref]; {
	case e.kind == "term.begun" && slices.Contains(strings.Split(e.data.str("caps"), ","), "convene"):
		b.assembly.roles[ref] = &held{of: e.of, member: e.data.str("member")}
	case h != nil && (e.kind == "term.ended" || e.kind == "term.recalled"):
		h.how = "ended"
	}
}

// saysWhere takes down whether anything is said of where a meeting is.
func (m *gathering) saysWhere(d object) {
	m.nowhere = true
	for _, k := range []string{"place", "link", "dial_in"} {
		w := d.words(k)
		m.nowhere = m.nowhere && w.known() && w.s == ""
	}
}

// called checks that a meeting was called by whoever could, and takes down its agenda.
func (b *book) called(e entry) bool {
	d := e.data
	m := &gathering{ref: e.of, state: "called", kind: d.str("kind"), commit: d.str("commit"), jobsCommit: d.str("jobs_commit"), byRule: e.by == "" && d.str("kind") == "ordinary"}
	m.saysWhere(d)
	var ok [3]bool
	m.opens, ok[0] = d.when("opens")
	m.stop, ok[1] = d.when("stop")
	m.lotAt, ok[2] = d.when("lot_at")
	if !ok[0] || !ok[1] || !ok[2] || !m.opens.Before(m.stop) || !m.lotAt.Before(m.opens) || !e.at.Before(m.opens) && !b.late(e) || len(m.commit) != 64 || len(m.jobsCommit) != 64 {
		return false
	}
	if b.only == "" && e.of != "meeting/"+strconv.Itoa(len(b.assembly.meetings)+1) {
		return false
	}
	b.assembly.meetings[e.of], m.before = m, b.departed
	return b.byWhom(e, m) && b.gathered(e, m)
}

// byWhom says whether who called a meeting could: whoever convenes, or one of those who asked for it, or the clock, as nobody had called it.
func (b *book) byWhom(e entry, m *gathering) bool {
	d := e.data
	if b.only != "" {
		return true
	}
	k := b.assembly.calls[d.str("call")]
	if asked := k != nil && (k.state == "reached" || k.state == "convening"); asked != (m.kind == "special") || m.kind != "special" && m.kind != "ordinary" {
		return false
	}
	was := ""
	if k != nil {
		was, k.state = k.state, "answered"
	}
	if e.by == "" && m.kind == "ordinary" {
		return b.byRhythm(e, m)
	}
	if e.by == "" {
		return was == "convening" && d.str("cause") == d.str("call") && !e.at.Before(k.reached.Add(2*callWait))
	}
	return b.convenes(e.by, d.str("cause"))
}

// byRhythm says whether the rule on how often the group meets had the clock call a meeting then: the rules in force have one, the day is that of the rhythm or a later one, nobody
// has called a meeting for the week from it on, and all hear of it in time and not sooner than they must.
func (b *book) byRhythm(e entry, m *gathering) bool {
	number := int64(len(b.rules))
	r := b.rules[number].votes
	if r.everyWeeks == 0 || e.data.str("cause") != "rulebook/"+strconv.FormatInt(number, 10) {
		return false
	}
	notice, had := time.Duration(r.notice)*day, m.opens.Sub(e.at)
	if had < notice && !b.late(e) || had > notice+7*day+turned {
		return false
	}
	for _, o := range b.assembly.meetings {
		if o == m || o.kind != "ordinary" {
			continue
		}
		due := o.opens.Add(time.Duration(r.everyWeeks)*7*day - turned) // the next after it
		if o.state == "called" && o.opens.Before(m.opens.Add(7*day-turned)) || o.state != "called" && (m.opens.Before(due) || e.at.Before(due.Add(-notice-day))) {
			return false
		}
	}
	return true
}

// asks says whether a vote is under way in the meeting on a move of the kind.
func (b *book) asks(meeting, kind string) bool {
	for _, a := range b.askings {
		if a.meeting == meeting && a.kind == kind && a.state == "voting" {
			return true
		}
	}
	return false
}

// follows checks what a move that was carried has led to: something that is not urgent any more, more time, an item that comes before a later meeting, somebody who facilitates no more.
func (b *book) follows(a *asking, d object) bool {
	m := b.assembly.meetings[a.meeting]
	switch does := a.kind == "more_time" && (a.whole || d.has("minutes")) || a.kind == "replace" || a.kind == "come_back" || a.kind == "not_urgent"; {
	case !does:
		return true
	case m == nil || m.state != "session":
		return false
	case a.kind == "more_time" && !a.whole:
		it := b.assembly.points[d.num("item")]
		if it == nil || d.num("minutes") <= it.minutes {
			return !d.has("minutes") // the meeting was done with it meanwhile
		}
		it.minutes = d.num("minutes")
	case a.kind == "more_time":
		stop, ok := d.when("stop")
		ok = ok && stop.After(m.stop)
		m.stop = stop
		return ok
	case a.kind == "not_urgent": // of what the notice called so, while it is talked about and not decided
		it := b.assembly.points[d.num("item")]
		if it == nil || it.id != m.now || !it.urgent || m.open > 0 || b.carriedIn(m.ref, it.motion) {
			return false
		}
		it.urgent = false
	case a.kind == "replace":
		ok := m.replaced == a.whole
		m.replaced = false
		return ok
	case a.kind == "come_back":
		it := b.assembly.points[m.putOff]
		m.putOff = 0
		if it == nil || d.num("item") != it.id || d.has("next") == (it.kind == "proposal") {
			return false
		}
		if !d.has("next") {
			return true
		}
		next := d.num("next")
		if b.assembly.points[next] != nil {
			return false
		}
		again := *it
		again.aside = ""
		again.id, again.carried, again.meeting, again.state, again.dated = next, it.carried+1, "", "waiting", true
		b.assembly.points[next] = &again
	}
	return true
}

// ended checks the end of a meeting: nothing is talked about any more, no vote is open, nobody has a job, and what it did not reach waits for the next.
func (b *book) ended(m *gathering, e entry) bool {
	how := e.data.str("how")
	ok := m.now == 0 && !m.unfinished && m.open == 0 && m.putOff == 0 && len(m.online) == 0 && !m.replaced && len(m.hires) == 0 && m.handing == "" && (how == "closed") == (m.state == "session" || m.sittings > 0) && (how == "closed" || how == "unheld") &&
		(m.state == "session" || m.state == "called") && e.data.num("most") >= m.most && (b.only != "" || e.data.num("most") <= int64(len(b.people))) && !b.employs(m.ref)
	left := e.data.list("left")
	for _, id := range m.items {
		it := b.assembly.points[id]
		if it.state != "waiting" {
			continue
		}
		at := slices.IndexFunc(left, func(v any) bool {
			o, _ := v.(map[string]any)
			return object(o).num("item") == id
		})
		if at < 0 {
			return false
		}
		o, _ := left[at].(map[string]any)
		left, it.state = slices.Delete(slices.Clone(left), at, at+1), "left"
		next := object(o).num("next")
		if ok = ok && object(o).num("item") == id; !object(o).has("next") {
			ok = ok && (it.kind == "proposal" || it.kind == "other")
			continue
		}
		ok = ok && b.assembly.points[next] == nil
		again := *it
		again.id, again.carried, again.meeting, again.state, again.dated = next, it.carried+1, "", "waiting", false
		b.assembly.points[next] = &again
	}
	m.state, m.ended, m.noted = how, e.at, 0
	return ok && len(left) == 0
}

// voted checks that a vote in a meeting lies inside it: it is opened by whoever facilitates, before the end, about the item that is talked about.
func (b *book) voted(e entry) *Problem {
	if b.only != "" {
		return nil
	}
	bal := b.ballots[e.of]
	if bal == nil || !inRoom(bal.opened.data) {
		return nil
	}
	m := b.assembly.meetings[bal.opened.data.str("meeting")]
	if m == nil {
		if len(b.assembly.meetings) > 0 {
			return broken("meeting", "N", e.n)
		}
		return nil
	}
	switch e.kind {
	case "ballot.opened":
		it := b.assembly.points[m.now]
		if m.open++; m.state != "session" || it == nil || b.motions[it.motion] != bal.motion || !e.at.Before(m.stop) && !b.late(e) || !b.chairs(m.ref, e.by) {
			return broken("meeting", "N", e.n)
		}
	case "ballot.closed", "ballot.stopped":
		m.open--
	}
	return nil
}
