package verify

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
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
	enough             bool
	drawn              bool
	hires              []hire // who has to be given a job next, as the lot fell
	open               int    // votes that are open
	handing            string // a job that somebody has just handed over
	putOff             int64  // an item that is to come before a later meeting, as members are about to have decided
	replaced           bool   // somebody is not to facilitate any more, as members are about to have decided
	ended              time.Time
	record             writing
}

// hire is that somebody has to be given a job.
type hire struct {
	job, member string
	shadow      bool
}

// point is something that meetings talk about.
type point struct {
	id, minutes, carried int64
	kind, motion, by     string
	meeting, state       string // meeting: "" while it waits for the next
	since                time.Time
	dated                bool // it comes before a meeting from a date on
}

// calling is that members ask for a meeting.
type calling struct {
	state   string
	needed  int64
	reached time.Time
	closes  time.Time
	can     map[string]bool // who was given the power to call it
}

// held is that somebody has a job in a meeting, or the power to call one.
type held struct {
	of, job, member string
	shadow          bool
	begins, ends    time.Time
	how             string // it ended; "" if it has not
}

// runs says whether the power has begun and not ended. An entry may be dated late, so the end of its time is for the meeting to see to.
func (h *held) runs() bool { return h != nil && h.how == "" }

// assembly is what the entries say of a group's meetings.
type assembly struct {
	ref      string // the group's
	meetings map[string]*gathering
	points   map[int64]*point
	calls    map[string]*calling
	jobs     map[string]*held
	roles    map[string]*held            // terms of roles with the power to call meetings, by their names
	done     map[string]map[string]int64 // how often members have had which job
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
	powerOf     = map[string]string{
		"facilitate": "facilitate", "vice": "facilitate", "note": "note", "timekeep": "timekeep", "stack": "stack", "door": "door", "convene": "convene",
	}
)

const (
	callWait  = 7 * day // for whoever convenes, once members have asked for a meeting; then as long for those who asked first
	callers   = 3
	fullItems = 60 // so many that wait are all on the agenda of the next meeting
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

// topic takes down what somebody puts down for the next meeting, or takes back.
func (b *book) topic(e entry) bool {
	id := e.data.num("item")
	it := b.assembly.points[id]
	if e.kind == "topic.put" {
		b.assembly.points[id] = &point{id: id, kind: "topic", by: e.by, minutes: e.data.num("minutes"), since: e.at, state: "waiting"}
		return it == nil && b.isMember(e.by)
	}
	ok := it != nil && it.by == e.by && it.state == "waiting" && it.meeting == ""
	if ok {
		it.state = "withdrawn"
	}
	return ok
}

// meets checks an entry about a meeting.
func (b *book) meets(e entry) bool {
	d, m := e.data, b.assembly.meetings[e.of]
	if e.kind == "meeting.called" {
		return m == nil && b.called(e)
	}
	if m == nil {
		return false
	}
	switch e.kind {
	case "meeting.moved":
		opens, ok := d.when("opens")
		stop, ok2 := d.when("stop")
		ok = ok && ok2 && m.state == "called" && m.kind == "ordinary" && !opens.Before(m.opens) && opens.Before(stop) && (e.at.Before(m.opens) || b.late(e)) &&
			b.convenes(e.by, d.str("cause"))
		m.opens, m.stop = opens, stop
		return ok
	case "meeting.ordered":
		return m.state == "called" && !m.ordered && !e.at.Before(m.lotAt) && b.inOrder(m, d)
	case "meeting.began":
		ok := m.state == "called" && m.ordered && !e.at.Before(m.opens) && d.num("quorum") > 0 && d.num("present") > 0 && b.isMember(e.by)
		m.state, m.present, m.most, m.quorum, m.enough = "session", d.num("present"), d.num("present"), d.num("quorum"), d.flag("enough")
		return ok && m.enough == (m.present >= m.quorum)
	case "meeting.jobs":
		return m.state == "session" && !m.drawn && b.drawJobs(m, d)
	case "meeting.adopted":
		ok := m.state == "session" && !m.adopted && b.chairs(m.ref, e.by)
		m.adopted = true
		return ok
	case "meeting.quorum":
		was := m.enough
		m.enough, m.most = d.flag("enough"), max(m.most, d.num("present"))
		return m.state == "session" && m.enough != was && m.enough == (d.num("present") >= m.quorum)
	case "meeting.ended":
		return b.ended(m, e)
	}
	return false
}

// convenes says whether somebody holds the term that is named, and can call meetings by it. A file of one meeting does not tell.
func (b *book) convenes(who, cause string) bool {
	h := cmp.Or(b.assembly.jobs[cause], b.assembly.roles[cause])
	return b.only != "" || h.runs() && h.member == who && (h.job == "convene" || h.job == "")
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

// called checks that a meeting was called by whoever could, and takes down its agenda.
func (b *book) called(e entry) bool {
	d := e.data
	m := &gathering{ref: e.of, state: "called", kind: d.str("kind"), commit: d.str("commit"), jobsCommit: d.str("jobs_commit")}
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
	b.assembly.meetings[e.of] = m
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
	if e.by == "" {
		return was == "convening" && d.str("cause") == d.str("call") && !e.at.Before(k.reached.Add(2*callWait))
	}
	return b.convenes(e.by, d.str("cause"))
}

// gathered takes down what is on the agenda: what waited for a meeting, all of it, and proposals that were put on it.
func (b *book) gathered(e entry, m *gathering) bool {
	waiting, taken := 0, 0
	for _, it := range b.assembly.points {
		if it.meeting == "" && it.state == "waiting" && !it.dated {
			waiting++
		}
	}
	for _, v := range e.data.list("items") {
		o, _ := v.(map[string]any)
		line := object(o)
		id, since := line.num("item"), time.Time{}
		since, _ = line.when("since")
		it := b.assembly.points[id]
		switch {
		case it != nil:
			if it.meeting != "" || it.state != "waiting" || it.minutes != line.num("minutes") || it.carried != line.num("carried") || it.kind != line.str("kind") {
				return false
			}
			if !it.dated {
				taken++
			}
		case b.only == "" && !b.isNew(line, m, len(m.items)):
			return false
		default:
			it = &point{id: id, kind: line.str("kind"), motion: line.str("motion"), minutes: line.num("minutes"), carried: line.num("carried"), since: since, state: "waiting"}
			b.assembly.points[id] = it
		}
		it.meeting = m.ref
		m.items = append(m.items, id)
	}
	return waiting > fullItems || taken == waiting
}

// isNew says whether an item that nobody put down can be on an agenda: the business of a meeting that members asked for, which stands there first, or a
// proposal that was put on it.
func (b *book) isNew(line object, m *gathering, place int) bool {
	switch line.str("kind") {
	case "business":
		return m.kind == "special" && place == 0
	case "proposal":
		p := b.motions[line.str("motion")]
		return p != nil && p.meeting == m.ref
	}
	return false
}

// reveals says whether a secret in hex is the one that was committed to.
func reveals(secret, commit string) bool {
	raw, err := hex.DecodeString(secret)
	return err == nil && len(raw) == 32 && digest(raw) == commit
}

// lots returns the numbers of a pool, in which nobody has more weight than another, in the order in which a lot draws them.
func lots(name, secret string, pool []int64) (order []int64) {
	var lines strings.Builder
	for _, id := range pool {
		fmt.Fprintf(&lines, "%d,1\n", id)
	}
	seed := digest([]byte("draw-v1\n" + name + "\n" + digest([]byte(lines.String())) + "\n" + secret))
	left := slices.Clone(pool)
	for n := uint64(0); len(left) > 0; n++ {
		sum := sha256.Sum256([]byte(seed + ":" + strconv.FormatUint(n, 10)))
		x, of := binary.BigEndian.Uint64(sum[:]), uint64(len(left))
		if over := -of % of; over != 0 && x >= -over {
			continue
		}
		at := int(x % of)
		order = append(order, left[at])
		left = slices.Delete(left, at, at+1)
	}
	return order
}

// classes of items, in the order in which they stand on an agenda.
func (it *point) class() int {
	switch {
	case it.kind == "business":
		return 1
	case it.kind == "proposal" && it.carried > 0:
		return 5
	case it.kind == "proposal":
		return 6
	case it.kind == "topic":
		return 7
	}
	return 8
}

// whyOf is why an item of a class stands where it does, but for new proposals.
var whyOf = map[int]string{1: "safety_first", 5: "waited", 7: "to_talk", 8: "to_tell"}

// takes is how long so many minutes of items take, with what is not talk about them.
func takes(minutes int64) int64 {
	all := minutes + (minutes+9)/10 + 20
	return all + max(0, all-1)/60*5
}

// inOrder works the order of the agenda out again.
func (b *book) inOrder(m *gathering, d object) bool {
	secret := d.str("secret")
	list := d.list("items")
	if !reveals(secret, m.commit) || len(list) != len(m.items) {
		return false
	}
	supporters := map[int64]int64{}
	for _, v := range list {
		o, _ := v.(map[string]any)
		supporters[object(o).num("item")] = object(o).num("supporters")
	}
	var items, fresh []*point
	before := int64(0)
	for _, id := range m.items {
		items = append(items, b.assembly.points[id])
	}
	slices.SortFunc(items, func(x, y *point) int {
		return cmp.Or(cmp.Compare(x.class(), y.class()), x.since.Compare(y.since), cmp.Compare(x.id, y.id))
	})
	for _, it := range items {
		switch {
		case it.class() == 6:
			fresh = append(fresh, it)
		case it.class() < 6:
			before += it.minutes
		}
	}
	stop := int64(m.stop.Sub(m.opens) / time.Minute)
	drawn, why := b.byAgendaLot(m, secret, fresh, supporters, before, stop)
	m.items, m.ordered = nil, true
	minutes := int64(0)
	for i, it := range items {
		reason := whyOf[it.class()]
		if it.class() == 6 {
			it, reason, drawn, why = drawn[0], why[0], drawn[1:], why[1:]
		}
		minutes += it.minutes
		o, _ := list[i].(map[string]any)
		if line := object(o); line.num("item") != it.id || line.str("why") != reason || line.flag("fits") != (takes(minutes) <= stop) {
			return false
		}
		m.items = append(m.items, it.id)
	}
	return true
}

// byAgendaLot returns new proposals in the order of the lot; where not all fit, every other place goes to the most supported of those who are left.
func (b *book) byAgendaLot(m *gathering, secret string, fresh []*point, supporters map[int64]int64, before, stop int64) (out []*point, why []string) {
	if len(fresh) < 2 {
		return fresh, []string{"only_new"}[:len(fresh)]
	}
	pool := make([]int64, len(fresh))
	for i, it := range fresh {
		pool[i], before = it.id, before+it.minutes
	}
	slices.Sort(pool)
	rest := lots("agenda-"+b.assembly.ref+"-"+strings.TrimPrefix(m.ref, "meeting/"), secret, pool)
	fits := takes(before) <= stop
	for len(rest) > 0 {
		next, reason := 0, "by_lot"
		if !fits {
			reason = "by_lot_between"
			if len(out)%2 == 0 {
				reason = "most_supported"
				for i := range rest {
					if supporters[rest[i]] > supporters[rest[next]] {
						next = i
					}
				}
			}
		}
		out, why = append(out, b.assembly.points[rest[next]]), append(why, reason)
		rest = slices.Delete(rest, next, next+1)
	}
	return out, why
}

// would is somebody who would do jobs, and how often they have.
type would struct {
	member string
	turn   int
	any    int64
	same   map[string]int64 // of the jobs that they would do
	busy   bool
}

// drawJobs checks how often those who would do something have done it, and works out who has to be given which job.
func (b *book) drawJobs(m *gathering, d object) bool {
	m.drawn = true
	list := d.list("pool")
	if !reveals(d.str("secret"), m.jobsCommit) {
		return false
	}
	people, numbers := make([]*would, len(list)), make([]int64, len(list))
	last := ""
	for i, v := range list {
		o, _ := v.(map[string]any)
		w := &would{member: object(o).str("member"), same: map[string]int64{}}
		if w.member <= last || !b.isMember(w.member) {
			return false
		}
		last, people[i], numbers[i] = w.member, w, int64(i+1)
		if !b.willing(w, object(o).list("would")) {
			return false
		}
	}
	for turn, n := range lots(m.ref+"/jobs", d.str("secret"), numbers) {
		people[n-1].turn = turn
	}
	for _, job := range jobsInOrder {
		m.hires = append(m.hires, shareOut(people, job)...)
	}
	return len(list) > 0
}

// willing reads what somebody would do, and holds how often they have against the entries before.
func (b *book) willing(w *would, jobs []any) bool {
	all := int64(0)
	for _, n := range b.assembly.done[w.member] {
		all += n
	}
	for _, v := range jobs {
		o, _ := v.(map[string]any)
		job := object(o).str("job")
		if _, twice := w.same[job]; twice || !slices.Contains(offered, job) {
			return false
		}
		w.same[job] = object(o).num("same")
		if w.any = object(o).num("any"); b.only == "" && (w.same[job] != b.assembly.done[w.member][job] || w.any != all) {
			return false
		}
	}
	return len(jobs) > 0
}

// shareOut returns who has to be given a job, and who learns it.
func shareOut(people []*would, job string) (out []hire) {
	of := job
	if job == "vice" {
		of = "facilitate"
	}
	var list, free []*would
	for _, w := range people {
		if _, is := w.same[of]; is {
			list = append(list, w)
		}
	}
	slices.SortFunc(list, func(x, y *would) int {
		return cmp.Or(cmp.Compare(x.same[of], y.same[of]), cmp.Compare(x.any, y.any), cmp.Compare(x.turn, y.turn))
	})
	for _, w := range list {
		if !w.busy {
			free = append(free, w)
		}
	}
	if len(free) == 0 && job != "vice" {
		free = list
	}
	if len(free) == 0 {
		return nil
	}
	free[0].busy = true
	out = []hire{{job: job, member: free[0].member}}
	if job != "facilitate" && job != "vice" && len(free) > 1 {
		out = append(out, hire{job, free[1].member, true})
	}
	return out
}

// job checks that somebody was given a job by the lot, by who had it, or because nobody facilitated; and that it ended rightly.
func (b *book) job(e entry) bool {
	d := e.data
	ref := d.str("term")
	h := b.assembly.jobs[ref]
	if e.kind == "job.ended" {
		return b.jobEnds(e, h)
	}
	if e.kind != "job.begun" || h != nil || ref == "" || d.str("cause") != e.of {
		return false
	}
	h = &held{of: e.of, job: d.str("job"), member: d.str("member"), shadow: d.flag("shadow")}
	var ok [2]bool
	h.begins, ok[0] = d.when("begins")
	h.ends, ok[1] = d.when("ends")
	power := powerOf[h.job]
	if h.shadow {
		power = ""
	}
	if !ok[0] || !ok[1] || !h.begins.Before(h.ends) || h.begins.After(e.at) || d.str("caps") != power || !b.isMember(h.member) {
		return false
	}
	b.assembly.jobs[ref] = h
	if strings.HasPrefix(e.of, "call/") {
		return b.mayConvene(h, d)
	}
	if !h.shadow {
		if b.assembly.done[h.member] == nil {
			b.assembly.done[h.member] = map[string]int64{}
		}
		b.assembly.done[h.member][h.job]++
	}
	return b.hired(e, h)
}

// mayConvene says whether somebody could be given the power to call a meeting: members have asked for it, whoever convenes had their days, and there are
// no more than three.
func (b *book) mayConvene(h *held, d object) bool {
	k := b.assembly.calls[h.of]
	ok := k != nil && k.state == "convening" && h.job == "convene" && !h.shadow && d.str("how") == "asked" && !k.can[h.member] && len(k.can) < callers &&
		!h.ends.After(k.reached.Add(2*callWait))
	if ok {
		k.can[h.member] = true
	}
	return ok
}

// hired says whether somebody could come to a job in a meeting as the entry has it.
func (b *book) hired(e entry, h *held) bool {
	m := b.assembly.meetings[e.of]
	if m == nil || m.state != "session" || !slices.Contains(jobsInOrder, h.job) {
		return false
	}
	how := e.data.str("how")
	if len(m.hires) > 0 {
		next := m.hires[0]
		m.hires = m.hires[1:]
		return how == "drawn" && next == hire{h.job, h.member, h.shadow}
	}
	handing := m.handing
	m.handing = ""
	switch how {
	case "handed_over":
		return handing != "" && handing == h.job+" "+e.by && !h.shadow && h.member != e.by
	case "taken_over":
		return m.drawn && h.job == "vice" && !h.shadow && h.member == e.by
	}
	return false
}

// jobEnds checks that a job ends as it can.
func (b *book) jobEnds(e entry, h *held) bool {
	m, k := b.assembly.meetings[e.of], b.assembly.calls[e.of]
	if !h.runs() || h.of != e.of || m != nil && m.handing != "" { // whoever it was handed over to comes first
		return false
	}
	h.how = e.data.str("how")
	switch h.how {
	case "handed_over":
		if m == nil || m.state != "session" || len(m.hires) > 0 || h.shadow {
			return false
		}
		m.handing = h.job + " " + h.member
		return true
	case "replaced":
		if m == nil || m.state != "session" || len(m.hires) > 0 || h.shadow || powerOf[h.job] != "facilitate" || !b.asks(m.ref, "replace") {
			return false
		}
		m.replaced = true
		return true
	case "meeting": // the end of it follows, by which all have to have ended
		return m != nil && m.state == "session" && len(m.hires) == 0
	case "called":
		return k != nil && k.state == "answered"
	case "archived":
		return k != nil || m != nil
	case "left":
		return b.only != "" || !b.people[h.member].isThere()
	}
	return false
}

// chairs says whether somebody has a job by which they can facilitate the meeting.
func (b *book) chairs(meeting, who string) bool {
	for _, h := range b.assembly.jobs {
		if h.of == meeting && h.member == who && !h.shadow && powerOf[h.job] == "facilitate" && h.runs() {
			return true
		}
	}
	return false
}

// item checks that a meeting begins to talk about an item of its agenda, or is done with it.
func (b *book) item(e entry) bool {
	m, it := b.assembly.meetings[e.of], b.assembly.points[e.data.num("item")]
	if m == nil || it == nil || m.state != "session" || it.meeting != m.ref || len(m.hires) > 0 || m.handing != "" {
		return false
	}
	if e.kind == "item.began" {
		ok := m.adopted && m.now == 0 && it.state == "waiting" && b.chairs(m.ref, e.by)
		m.now, it.state = it.id, "now"
		return ok
	}
	how := e.data.str("how")
	ok := e.kind == "item.ended" && m.now == it.id && m.open == 0 && m.putOff == 0 && (how == "done" || how == "left" && b.asks(m.ref, "come_back"))
	if how == "left" {
		m.putOff = it.id
	}
	m.now, it.state = 0, how
	return ok
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

// follows checks what a move that was carried has led to: more time, an item that comes before a later meeting, somebody who facilitates no more.
func (b *book) follows(a *asking, d object) bool {
	m := b.assembly.meetings[a.meeting]
	switch does := a.kind == "more_time" && (a.whole || d.has("minutes")) || a.kind == "replace" || a.kind == "come_back"; {
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
		again.id, again.carried, again.meeting, again.state, again.dated = next, it.carried+1, "", "waiting", true
		b.assembly.points[next] = &again
	}
	return true
}

// ended checks the end of a meeting: nothing is talked about any more, no vote is open, nobody has a job, and what it did not reach waits for the next.
func (b *book) ended(m *gathering, e entry) bool {
	how := e.data.str("how")
	ok := m.now == 0 && m.open == 0 && m.putOff == 0 && !m.replaced && len(m.hires) == 0 && m.handing == "" && (m.state == "session" && how == "closed" || m.state == "called" && how == "unheld") && e.data.num("most") >= m.most
	for _, h := range b.assembly.jobs {
		ok = ok && (h.of != m.ref || h.how != "")
	}
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
		again.id, again.carried, again.meeting, again.state = next, it.carried+1, "", "waiting"
		b.assembly.points[next] = &again
	}
	m.state, m.ended = how, e.at
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
