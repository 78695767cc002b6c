package verify

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Who does what in a meeting (practice.md §2.12.1, §2.12.3, §2.16): worked out again from who would do it and the lot.

// hire is that somebody has to be given a job.
type hire struct {
	job, member string
	shadow      bool
}

// held is that somebody has a job in a meeting, or the power to call one.
type held struct {
	of, job, member string
	shadow          bool
	begins, ends    time.Time
	how             string // it ended; "" if it has not
}

// dropping is before a job and who takes it over, as whoever had it was not connected any more.
const dropping = "dropped "

// runs says whether the power has begun and not ended. An entry may be dated late, so the end of its time is for the meeting to see to.
func (h *held) runs() bool { return h != nil && h.how == "" }

// convenes says whether somebody holds the term that is named, and can call meetings by it. A file of one meeting does not tell.
func (b *book) convenes(who, cause string) bool {
	h := cmp.Or(b.assembly.jobs[cause], b.assembly.roles[cause])
	return b.only != "" || h.runs() && h.member == who && (h.job == "convene" || h.job == "")
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
func (b *book) drawJobs(m *gathering, e entry) bool {
	d := e.data
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
	kept := map[string]bool{} // jobs that go on, and who has them
	for _, h := range b.assembly.jobs {
		if h.of == m.ref && h.runs() {
			kept[h.job], kept[h.member] = true, true
		}
	}
	for _, v := range d.list("waits") {
		job, _ := v.(string)
		if kept[job] || !slices.Contains(takeable, job) || !b.waits(m, e, job, people) {
			return false
		}
		kept[job] = true
	}
	for _, w := range people {
		w.busy = kept[w.member]
	}
	for _, job := range jobsInOrder {
		if !kept[job] {
			m.hires = append(m.hires, shareOut(people, job)...)
		}
	}
	return len(list) > 0
}

// waits says whether a job can wait for whoever had it in the sitting before: they are not among those who would do something, and so long the meeting would have waited for others as well. A file
// of one meeting does not tell the rules.
func (b *book) waits(m *gathering, e entry, job string, people []*would) bool {
	wait := time.Duration(b.rules[int64(len(b.rules))].votes.quorumWait) * time.Minute
	if b.only == "" && !b.late(e) && !e.at.Before(m.opens.Add(wait)) {
		return false
	}
	for had := range m.paused {
		of, who, _ := strings.Cut(had, " ")
		if of == job && !slices.ContainsFunc(people, func(w *would) bool { return w.member == who }) {
			return true
		}
	}
	return false
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
	if !h.shadow && h.job != "count" { // which is asked of people for a vote, and no turn at running meetings
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
	if m == nil || m.state != "session" || !slices.Contains(jobsInOrder, h.job) && h.job != "count" {
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
	case "went_on": // before others are drawn
		ok := !m.drawn && !h.shadow && m.paused[h.job+" "+h.member] && e.by == ""
		return ok && !b.doneBy(h)
	case "handed_over":
		return handing != "" && handing == h.job+" "+e.by && !h.shadow && h.member != e.by
	case "taken_over":
		if strings.HasPrefix(handing, dropping) {
			return handing == dropping+h.job+" "+e.by && !h.shadow && h.member == e.by
		}
		return handing == "" && m.drawn && (h.job == "vice" || slices.Contains(takeable, h.job) && !b.doneBy(h)) && !h.shadow && h.member == e.by
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
		if m == nil || m.state != "session" || len(m.hires) > 0 || h.shadow || h.job == "count" {
			return false
		}
		m.handing = h.job + " " + h.member
		return true
	case "dropped": // by somebody who has a job in the meeting, and takes this one over at once
		if m == nil || m.state != "session" || len(m.hires) > 0 || h.shadow || powerOf[h.job] != "facilitate" || e.by == h.member || !b.works(m.ref, e.by) {
			return false
		}
		m.handing = dropping + h.job + " " + e.by
		return true
	case "gone": // from the meeting, by somebody who is there and takes it at once
		if m == nil || m.state != "session" || len(m.hires) > 0 || h.shadow || !slices.Contains(takeable, h.job) || e.by == h.member || e.by == "" {
			return false
		}
		m.handing = dropping + h.job + " " + e.by
		return true
	case "replaced":
		if m == nil || m.state != "session" || len(m.hires) > 0 || h.shadow || powerOf[h.job] != "facilitate" || !b.asks(m.ref, "replace") {
			return false
		}
		m.replaced = true
		return true
	case "meeting": // the end of it follows, by which all have to have ended
		return m != nil && m.state == "session" && len(m.hires) == 0
	case "adjourned": // which was said just before
		if m == nil || m.state != "called" || m.sittings == 0 {
			return false
		}
		if !h.shadow && h.job != "count" {
			m.paused[h.job+" "+h.member] = true
		}
		return true
	case "called":
		return k != nil && k.state == "answered"
	case "archived":
		return k != nil || m != nil
	case "left":
		return b.only != "" || !b.people[h.member].isThere()
	}
	return false
}

// doneBy says whether somebody else has the job in the same meeting.
func (b *book) doneBy(h *held) bool {
	for _, o := range b.assembly.jobs {
		if o != h && o.of == h.of && o.job == h.job && !o.shadow && o.runs() {
			return true
		}
	}
	return false
}

// works says whether somebody has a job in the meeting.
func (b *book) works(meeting, who string) bool {
	for _, h := range b.assembly.jobs {
		if h.of == meeting && h.member == who && !h.shadow && h.runs() {
			return true
		}
	}
	return false
}

// employs says whether somebody has a job in the meeting.
func (b *book) employs(meeting string) bool {
	for _, h := range b.assembly.jobs {
		if h.of == meeting && h.runs() {
			return true
		}
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

// other says whether somebody else has a job by which they can facilitate the meeting.
func (b *book) other(meeting, who string) bool {
	for _, h := range b.assembly.jobs {
		if h.member != who && b.chairs(meeting, h.member) {
			return true
		}
	}
	return false
}
