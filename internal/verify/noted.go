package verify

// Who is noted as there by somebody else (practice.md §2.6).

// noted checks that somebody was noted as there by whoever has the door of a meeting under way, or by a code of it that somebody had made, and that it says how many were.
func (b *book) noted(m *gathering, e entry) bool {
	d, ok := e.data, m.state == "session"
	switch d.str("how") {
	case "name":
		ok = ok && b.keepsDoor(m.ref, e.by) && !d.has("codes_by")
	case "typed":
		ok = ok && b.keepsDoor(m.ref, e.by) && m.made(d)
	case "code":
		ok = (ok || m.state == "called") && e.by == "" && m.made(d)
	default:
		ok = false
	}
	m.noted, m.notes = m.noted+1, m.notes+1
	return ok && b.counted(m, e)
}

// unnoted checks that a note that there was is taken back: while it counts, by whom it is about, by what they do, or by whoever has the door; later, by whom it is about.
func (b *book) unnoted(m *gathering, e entry) bool {
	ok := (m.state == "called" || m.state == "session") && m.noted > 0
	switch e.data.str("how") {
	case "self":
		m.denied++
		ok = ok && e.by == ""
	case "device":
		ok = ok && e.by == ""
	case "door":
		ok = ok && b.keepsDoor(m.ref, e.by)
	case "late":
		m.denied++
		return e.by == "" && m.state != "unheld" && m.notes >= m.denied && e.data.num("noted") == m.noted
	default:
		ok = false
	}
	m.noted--
	return ok && m.notes >= m.denied && b.counted(m, e)
}

// counted checks how many an entry says are there, and how many of them others have noted. Where one of those leaves the group, nothing is said of it, and they stay counted as noted.
func (b *book) counted(m *gathering, e entry) bool {
	here := e.data.num("present")
	if m.state == "session" {
		m.most = max(m.most, here)
	}
	return here >= 0 && e.data.num("noted") == m.noted && (b.only != "" || m.noted <= here+b.departed-m.before)
}

// made says whether codes of the door had been made, by whom the entry says, if it does.
func (m *gathering) made(d object) bool {
	return m.codesBy != "" && (!d.has("codes_by") || d.str("codes_by") == m.codesBy)
}

// keepsDoor says whether somebody has a job in a meeting by which they say who is there.
func (b *book) keepsDoor(meeting, who string) bool {
	for _, h := range b.assembly.jobs {
		if h.of == meeting && h.member == who && !h.shadow && h.runs() && (h.job == "door" || powerOf[h.job] == "facilitate") {
			return true
		}
	}
	return false
}

// fewer checks that one fewer votes by show of hands, in a vote that is open and in which somebody does.
func (b *book) fewer(e entry) *Problem {
	bal := b.ballots[e.of]
	if bal == nil || bal.opened.data == nil || bal.closed != nil || bal.stopped {
		return broken("no_opening", "N", e.n)
	}
	bal.fewer = append(bal.fewer, e.n)
	if n := e.data.num("fewer"); e.by != "" || n != int64(len(bal.fewer)) || n > bal.opened.data.num("by_hand") {
		return broken("hands", "N", e.n)
	}
	return nil
}
