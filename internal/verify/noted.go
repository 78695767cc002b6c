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
	return ok && b.counted(m, e, m.refused, m.refused)
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
	case "late": // in this sitting or one before
		m.denied++
		return e.by == "" && m.state != "unheld" && m.notes >= m.denied && b.counted(m, e, m.refused, m.refused+1)
	case "came": // who had said that they were not there, and was not noted again
		return (m.state == "called" || m.state == "session") && e.by == "" && m.refused > 0 && b.counted(m, e, m.refused-1, m.refused-1)
	default:
		ok = false
	}
	m.noted--
	refused := m.refused
	if e.data.str("how") == "self" {
		refused++
	}
	return ok && m.notes >= m.denied && b.counted(m, e, refused, refused)
}

// counted checks how many an entry says are there, how many of them others have noted, and how many have said in this sitting that they are not there and have not come themselves since: from
// least to most, without those of them who have left the group. Nobody notes those again, so that together with who is there they are no more than
// there are members. Where one who was noted leaves the group, nothing is said of it, and they stay counted as noted.
func (b *book) counted(m *gathering, e entry, least, most int64) bool {
	here := e.data.num("present")
	if m.state == "session" {
		m.most = max(m.most, here)
	}
	ok := here >= 0 && e.data.num("noted") == m.noted && (b.only != "" || m.noted <= here+b.departed-m.before)
	if !e.data.has("refused") { // it was written before that was told
		return ok && !b.assembly.refuses
	}
	n := e.data.num("refused")
	if b.only != "" { // a file of one meeting does not tell who has left the group, nor how many members there are
		least = 0
	} else {
		least = max(0, least-m.gone)
		ok = ok && here+n <= int64(b.within)
	}
	b.assembly.refuses, m.refused, m.gone = true, n, 0
	return ok && least <= n && n <= most
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
