package verify

import (
	"slices"
	"strings"
	"time"
)

// writing is the record of a meeting as the entries tell of it.
type writing struct {
	state string // "" before there is one; draft, published, confirmed
	draft time.Time
	until time.Time
	fixes []bool // corrections: whether each is answered
}

// minutes checks an entry about the record of a meeting.
func (b *book) minutes(e entry) bool {
	m := b.assembly.meetings[e.of]
	if m == nil {
		return false
	}
	d, r := e.data, &m.record
	switch e.kind {
	case "minutes.begun":
		until, ok := d.when("draft_until")
		ok = ok && r.state == "" && m.state == "closed" && until.After(e.at)
		r.state, r.draft = "draft", until
		return ok
	case "minutes.named", "minutes.unnamed":
		return (m.state == "session" || m.state == "closed") && r.state != "confirmed" && b.isMember(e.by) && slices.Contains(m.items, d.num("item"))
	case "minutes.published":
		return b.published(m, e)
	case "minutes.correction":
		r.fixes = append(r.fixes, false)
		return r.isOut() && (e.at.Before(r.until) || b.late(e)) && b.isMember(e.by) && d.num("n") == int64(len(r.fixes)) &&
			(d.num("item") == 0 || slices.Contains(m.items, d.num("item")))
	case "minutes.answered":
		n := d.num("n")
		if !r.isOut() || n < 1 || n > int64(len(r.fixes)) || r.fixes[n-1] {
			return false
		}
		r.fixes[n-1] = true
		how := d.str("how") == "taken" || d.str("how") == "declined"
		if d.has("in") {
			return how && b.inLater(m, d.str("in"), e.by)
		}
		return how && slices.Contains(b.tookNotes(m.ref), e.by) && (e.at.Before(r.until) || b.late(e))
	case "minutes.confirmed":
		ok := r.state == "published" && !slices.Contains(r.fixes, false) && b.inLater(m, d.str("in"), e.by)
		r.state = "confirmed"
		return ok
	}
	return false
}

func (r *writing) isOut() bool { return r.state == "published" || r.state == "confirmed" }

// published checks that a draft was published by whoever took notes, before its time was over, or by the clock, and not sooner.
func (b *book) published(m *gathering, e entry) bool {
	r := &m.record
	until, ok := e.data.when("until")
	ok = ok && r.state == "draft" && until.After(e.at)
	r.state, r.until = "published", until
	for _, v := range e.data.list("notes") {
		o, _ := v.(map[string]any)
		ok = ok && (object(o).num("item") == 0 || slices.Contains(m.items, object(o).num("item")))
	}
	if e.by != "" {
		return ok && (e.at.Before(r.draft) || b.late(e)) && slices.Contains(b.tookNotes(m.ref), e.by)
	}
	return ok && (!e.at.Before(r.draft) || b.archived)
}

// tookNotes returns who had the job to take notes as a meeting closed, or facilitated it where nobody had.
func (b *book) tookNotes(meeting string) (who []string) {
	for _, power := range []string{"note", "facilitate"} {
		for _, h := range b.assembly.jobs {
			if h.of == meeting && powerOf[h.job] == power && !h.shadow && h.how == "meeting" {
				who = append(who, h.member)
			}
		}
		if len(who) > 0 {
			return who
		}
	}
	return nil
}

// inLater says whether a meeting is under way that was called later than one, and somebody can facilitate it. A file of one meeting holds no other.
func (b *book) inLater(m *gathering, later, who string) bool {
	if b.only != "" {
		return strings.HasPrefix(later, "meeting/") && later != m.ref
	}
	in := b.assembly.meetings[later]
	return in != nil && in != m && in.state == "session" && b.chairs(later, who)
}
