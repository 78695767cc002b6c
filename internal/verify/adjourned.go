package verify

import "time"

// Meetings that go on at another date (practice.md §2.5.3, §2.5.7, §2.4).

// furthest is so long before it a meeting is called, or goes on, at most.
const furthest = 60 * day

// waited says whether it was waited for others as long as the rules in force say, since too few were there. A file of one meeting does not tell the rules.
func (b *book) waited(m *gathering, e entry) bool {
	wait := time.Duration(b.rules[int64(len(b.rules))].votes.quorumWait) * time.Minute
	return b.only != "" || b.late(e) || !e.at.Before(m.few.Add(wait))
}

// adjourned checks that a meeting goes on at another date because too few were there, or its end had come, as whoever facilitated said, or because those who were there voted for it.
func (b *book) adjourned(m *gathering, e entry) bool {
	d := e.data
	opens, ok := d.when("opens")
	stop, ok2 := d.when("stop")
	if !ok || !ok2 || m.state != "session" || m.now != 0 || m.open != 0 || m.putOff != 0 || len(m.online) > 0 || m.replaced || len(m.hires) > 0 || m.handing != "" ||
		b.joint.busy(m.ref) || !opens.Before(stop) || len(d.str("jobs_commit")) != 64 || d.num("sitting") != m.sittings+2 {
		return false
	}
	if opens.After(e.at.Add(furthest)) || !e.at.Before(opens) && !b.late(e) {
		return false
	}
	switch d.str("why") {
	case "few":
		ok = !m.enough && d.num("present") < m.quorum && b.waited(m, e) && b.chairs(m.ref, e.by)
	case "time":
		ok = !e.at.Before(m.stop) && b.chairs(m.ref, e.by)
	case "move":
		ok = e.by == "" && b.asks(m.ref, "adjourn")
	default:
		ok = false
	}
	m.state, m.opens, m.stop, m.jobsCommit, m.sittings, m.paused = "called", opens, stop, d.str("jobs_commit"), m.sittings+1, map[string]bool{}
	m.before = b.departed
	m.enough, m.talks, m.drawn, m.unfinished, m.noted, m.refused = false, false, false, false, 0, 0
	return ok
}
