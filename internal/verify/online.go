package verify

import "slices"

// goesOnline checks that whoever facilitates sent the proposals still before the meeting to a vote online, all of them, when too few were there to decide.
func (b *book) goesOnline(m *gathering, e entry) bool {
	list := e.data.list("items")
	if m.state != "session" || m.enough || e.data.num("present") >= m.quorum || m.open != 0 || m.putOff != 0 || len(m.online) > 0 || len(list) == 0 ||
		!b.waited(m, e) || !b.chairs(m.ref, e.by) {
		return false
	}
	m.online = map[string]bool{}
	for _, v := range list {
		id, _ := v.(int64)
		it := b.assembly.points[id]
		if it == nil || it.meeting != m.ref || it.kind != "proposal" || it.state != "waiting" && it.id != m.now || m.online[it.motion] {
			return false
		}
		if p := b.motions[it.motion]; b.only == "" && (p == nil || p.meeting != m.ref) {
			return false
		}
		it.state = "online"
		m.online[it.motion] = true
	}
	if b.only != "" {
		m.online = nil // a file of one meeting does not tell of what became of proposals
	}
	return !slices.ContainsFunc(m.items, func(id int64) bool {
		it := b.assembly.points[id]
		p := b.motions[it.motion]
		return it.kind == "proposal" && (it.state == "waiting" || it.state == "now") && p != nil && p.meeting == m.ref
	})
}

// sentOnline checks that a proposal left the agenda of a meeting because that had sent it online.
func (b *book) sentOnline(e entry, m *motion) *Problem {
	if b.only == "" {
		g := b.assembly.meetings[e.data.str("meeting")]
		if g == nil && len(b.assembly.meetings) > 0 || g != nil && !g.online[e.of] {
			return broken("agenda", "N", e.n)
		}
		if g != nil {
			delete(g.online, e.of)
		}
	}
	return m.agenda(e)
}
