package verify

import (
	"maps"
	"slices"
	"time"
)

// What a vote in a room may take: as long as this, and half a minute more, once.
const (
	leastWindow = 20 * time.Second
	mostWindow  = 10 * time.Minute
	moreTime    = 30 * time.Second
)

// inRoom says whether the ballot that the entry opens was held in a meeting.
func inRoom(opened object) bool { return opened.str("meeting") != "" }

// agenda takes down on whose agenda a proposal is. Only one that its words leave to a meeting can be on one.
func (m *motion) agenda(e entry) *Problem {
	m.others = append(m.others, e.n)
	where := e.data.str("meeting")
	switch {
	case where == "" || len(m.versions) == 0:
		return broken("agenda", "N", e.n)
	case e.kind == "motion.scheduled":
		if m.versions[len(m.versions)-1].data.str("forum") != "meeting" {
			return broken("agenda", "N", e.n)
		}
		m.meeting = where
	case m.meeting != where:
		return broken("agenda", "N", e.n)
	default:
		m.meeting = ""
	}
	return nil
}

// inRoom checks that a vote that was held in a meeting was the first on a proposal on its agenda, was about nobody, and took as long as one may; and
// that no other vote says what only one in a room has.
func (b *book) inRoom(e entry, m *motion, v version, opens, closes time.Time) *Problem {
	d := e.data
	if atOnce(d) && !inRoom(d) {
		return b.together(e, m, v, opens, closes)
	}
	if !inRoom(d) || atOnce(d) {
		if inRoom(d) || d.has("present") || d.has("named") || d.has("urgent") || calls(d) && (v.data.str("forum") != "agreement" || v.data.flag("about_person") || v.data.has("effect") || d.flag("secret")) {
			return broken("room", "N", e.n)
		}
		return nil
	}
	long := closes.Sub(opens)
	switch {
	case m.meeting != d.str("meeting") || v.data.str("forum") != "meeting" || v.number != m.versions[len(m.versions)-1].number:
		return broken("room", "N", e.n)
	case b.only == "" && d.num("round") != int64(len(m.rounds)+1) || b.announced[e.of] || elects(d) || v.data.flag("about_person") || v.data.has("effect") || d.num("present") < d.num("entitled"):
		return broken("room", "N", e.n)
	case b.urgentWrong(d, m):
		return broken("urgent", "N", e.n)
	case b.joint.parted(d.str("meeting")):
		return broken("together", "N", e.n)
	case d.flag("named") && (d.flag("secret") || calls(d)):
		return broken("secrecy", "N", e.n)
	case long < leastWindow || long > mostWindow:
		return broken("ballot_times", "N", e.n)
	}
	return nil
}

// cannotWait says whether the notice of a meeting said that a proposal cannot wait and nobody decided otherwise there since, and whether the record tells that: one without meetings does not.
func (b *book) cannotWait(m *motion, meeting string) (is, told bool) {
	g := b.assembly.meetings[meeting]
	if g == nil {
		return false, false
	}
	for _, id := range g.items {
		if it := b.assembly.points[id]; it.urgent && b.motions[it.motion] == m {
			return true, true
		}
	}
	return false, true
}

// carriedIn says whether a vote on a proposal was carried in the meeting.
func (b *book) carriedIn(meeting, motion string) bool {
	m := b.motions[motion]
	return m != nil && slices.ContainsFunc(m.rounds, func(bal *ballot) bool {
		return bal.opened.data.str("meeting") == meeting && bal.closed != nil && bal.closed.data.str("outcome") == "carried"
	})
}

// urgentWrong says whether a vote in a room does not say rightly whether it is a call on what cannot wait.
func (b *book) urgentWrong(d object, m *motion) bool {
	is, told := b.cannotWait(m, d.str("meeting"))
	return d.flag("urgent") && !calls(d) || told && b.only == "" && d.flag("urgent") != (is && calls(d))
}

// extended checks that a vote in a room got half a minute more, once, before it closed; an entry that may be dated late, because the clock was put back,
// is not held to that.
func (b *book) extended(e entry) *Problem {
	bal := b.ballots[e.of]
	if bal == nil || bal.motion == nil || bal.closed != nil || bal.stopped {
		return broken("no_opening", "N", e.n)
	}
	at, err := time.Parse(stamp, e.data.str("closes_at"))
	if err != nil || !inRoom(bal.opened.data) || len(bal.more) > 0 || !e.at.Before(bal.end) && !e.at.Equal(b.last) || !at.Equal(bal.end.Add(moreTime)) {
		return broken("ballot_times", "N", e.n)
	}
	bal.end, bal.more = at, append(bal.more, e.n)
	return nil
}

// ends checks that the vote closed when it had to: no sooner than was frozen, or half a minute later if it was extended. One in a room closed sooner if
// everybody on its roll had voted, and never for another reason.
func (bal *ballot) ends(e entry) *Problem {
	said := e.data.has("closes_at")
	at, err := time.Parse(stamp, e.data.str("closes_at"))
	if !said {
		at, err = bal.end, nil
	}
	opens, err2 := time.Parse(stamp, bal.opened.data.str("opens_at"))
	early := at.Before(bal.end)
	switch {
	case err != nil || err2 != nil || e.at.Before(at) || at.After(bal.end) || at.Before(opens):
	case said != (early || len(bal.more) > 0):
	case early && (!inRoom(bal.opened.data) && !atOnce(bal.opened.data) || e.data.num("turnout") != bal.opened.data.num("entitled")):
	default:
		bal.end = at
		return nil
	}
	return broken("ballot_times", "N", e.n)
}

// named checks that who voted how stands in the record where that was said before, of everybody who took part and once, and adds up; and nowhere else.
func (b *book) named(bal *ballot, e entry, turnout int64) *Problem {
	if !bal.opened.data.flag("named") || bal.tooFew(turnout) {
		if e.data.has("votes") {
			return broken("names", "N", e.n)
		}
		return nil
	}
	counted, seen := map[string]int64{}, map[string]bool{}
	for _, v := range e.data.list("votes") {
		o, ok := v.(map[string]any)
		who, choice := object(o).str("member"), object(o).str("choice")
		if !ok || object(o).exactly("choice", "member") != nil || who == "" || seen[who] || b.only == "" && b.people[who] == nil {
			return broken("names", "N", e.n)
		}
		seen[who] = true
		counted[choice]++
	}
	want := map[string]int64{}
	for _, name := range choices {
		if n := e.data.num(name); n > 0 {
			want[name] = n
		}
	}
	if !maps.Equal(counted, want) {
		return broken("names", "N", e.n)
	}
	return nil
}

// room is where and how the vote was held, in the shape of the file.
func (bal *ballot) room() map[string]any {
	o := bal.opened.data
	out := map[string]any{"meeting": o.str("meeting"), "present": o.num("present"), "closed_at": bal.end.Format(stamp)}
	if o.flag("urgent") {
		out["urgent"] = true
	}
	if votes, ok := bal.closed.data["votes"]; ok {
		out["votes"] = votes
	}
	if hands, ok := bal.closed.data["hands"]; ok {
		out["hands"], out["by_hand"], out["tellers"] = hands, o.num("by_hand")-int64(len(bal.fewer)), o.list("tellers")
	}
	return out
}
