package verify

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// absence is until when those who were absent can object to a decision, as the entries tell of it; without a state there is none.
type absence struct {
	state  string // open, stands, stopped
	until  time.Time
	ended  string
	blocks int64
	said   []late
}

// late is what somebody who was absent said of a decision.
type late struct {
	stamp, by, how string
	data           object
}

// provisional checks that a decision is provisional where the rules say so: what was agreed in a room, unless everybody who could answer did, or it was urgent. One file of a decision does
// not tell who could.
func (b *book) provisional(e entry, d *decision) *Problem {
	opened, closed := d.ballot.opened.data, d.ballot.closed.data
	days := b.rules[opened.num("rulebook")].votes.absentDays
	can := calls(opened) && (inRoom(opened) || atOnce(opened)) && closed.str("outcome") == "carried" && days > 0 && !opened.flag("urgent")
	must, may := can, can
	if can && b.only == "" {
		opens, err := time.Parse(stamp, opened.str("opens_at"))
		on, doubtful := b.couldVote(opened, opens)
		missed := int64(len(on)) - closed.num("turnout")
		must, may = err == nil && missed-doubtful > 0, missed+doubtful > 0
	} else if can {
		must = false
	}
	says := e.data.flag("provisional")
	if says && !may || !says && must || !says && e.data.has("until") {
		return broken("provisional", "N", e.n, "Number", d.number)
	}
	if !says {
		return nil
	}
	d.absent.state = "open"
	if strings.HasPrefix(opened.str("meeting"), "meeting/") == e.data.has("until") {
		return broken("provisional", "N", e.n, "Number", d.number)
	}
	if e.data.has("until") && !b.begins(e, d) {
		return broken("provisional", "N", e.n, "Number", d.number)
	}
	return nil
}

// begins takes down until when those who were absent can object, and says whether that is as many days as the rules give.
func (b *book) begins(e entry, d *decision) bool {
	until, ok := e.data.when("until")
	want := e.at.Add(time.Duration(b.rules[d.ballot.opened.data.num("rulebook")].votes.absentDays) * day)
	d.absent.until = until
	return ok && (until.Equal(want) || until.Before(want) && b.late(e))
}

// afterwards checks what the entries say of a decision that is provisional.
func (b *book) afterwards(e entry, d *decision) *Problem {
	w := &d.absent
	ok := w.state == "open"
	switch e.kind {
	case "decision.record_out":
		ok = ok && w.until.IsZero() && b.begins(e, d) && b.isOut(d.ballot.opened.data.str("meeting"))
	case "decision.objected":
		ok = ok && b.objects(e, w)
	case "decision.stands":
		ok = ok && !w.enough(d.ballot) && (!w.until.IsZero() && !e.at.Before(w.until) || b.archived)
		w.state, w.ended = "stands", e.stamp
	case "decision.stopped":
		ok = ok && w.enough(d.ballot) && e.data.num("blocks") == w.blocks
		w.state, w.ended, d.ballot.overturned = "stopped", e.stamp, true
	}
	if !ok {
		return broken("absent", "N", e.n, "Number", d.number)
	}
	return nil
}

// isOut says whether the record of a meeting is published; a file of one decision, and one without meetings, do not tell.
func (b *book) isOut(meeting string) bool {
	m := b.assembly.meetings[meeting]
	return b.only != "" || len(b.assembly.meetings) == 0 || m != nil && m.record.isOut()
}

// objects takes down what somebody who was absent says, and says whether they can: a member, in time, each of the two once, a block with what it rests on.
func (b *book) objects(e entry, w *absence) bool {
	d, how := e.data, e.data.str("how")
	block := how == "block"
	twice := slices.ContainsFunc(w.said, func(l late) bool { return l.by == e.by && l.how == how })
	w.said = append(w.said, late{e.stamp, e.by, how, d})
	if block {
		w.blocks++
	}
	switch {
	case e.by == "", twice, !b.isMember(e.by), !block && how != "concern", !d.said("text"):
		return false
	case !w.until.IsZero() && !e.at.Before(w.until) && !b.late(e):
		return false
	case block:
		return slices.Contains([]string{"aim", "principle", "safety"}, d.str("ground")) && d.said("names")
	}
	return d.str("ground") == "" && !(d.words("names").known() && d.words("names").s != "")
}

// enough says whether those who blocked afterwards are enough, with those who did at the call.
func (w absence) enough(bal *ballot) bool {
	return bal.closed.data.num("block")+w.blocks >= bal.opened.data.obj("call").num("blocks")
}

// blocked checks that a proposal is open again because what was agreed on it was stopped.
func (b *book) blocked(e entry, m *motion) *Problem {
	m.others = append(m.others, e.n)
	m.meeting = ""
	if b.only != "" {
		return nil // it holds one of the ballots
	}
	d := b.byNumber[strings.TrimPrefix(e.data.str("decision"), "decision/")]
	if n := len(m.rounds); d == nil || d.motion != m || n == 0 || m.rounds[n-1] != d.ballot || !d.ballot.overturned {
		return broken("agenda", "N", e.n)
	}
	return nil
}

// objected is until when those who were absent could object, and what they said, in the shape of the file; nil if there is no such time.
func (d *decision) objected() map[string]any {
	w := d.absent
	if w.state == "" {
		return nil
	}
	until, said := "", []any{}
	if !w.until.IsZero() {
		until = w.until.Format(stamp)
	}
	slices.SortFunc(w.said, func(a, b late) int {
		return cmp.Or(cmp.Compare(a.stamp, b.stamp), cmp.Compare(a.by, b.by), cmp.Compare(a.how, b.how))
	})
	for _, l := range w.said {
		said = append(said, map[string]any{
			"at": l.stamp, "by": l.by, "how": l.how, "ground": l.data.str("ground"), "names": l.data.words("names").value(), "text": l.data.words("text").value(),
		})
	}
	return map[string]any{"state": w.state, "until": until, "ended_at": w.ended, "said": said}
}
