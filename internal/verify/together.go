package verify

import (
	"slices"
	"strings"
	"time"
)

// What people do together in a meeting: shows of feeling, rounds in which everybody is asked in turn, small groups, and spokes. None of it is a vote, and nothing follows from it.

const (
	feelingWindow = 30 * time.Second
	leastShown    = 5  // people, for how many chose each point to be told (rule k_anonymity)
	mostRound     = 30 // people whom a round begins with
)

// roundSeconds are how long each can have in a round.
var roundSeconds = []int64{60, 90, 120}

var pointNames = []string{"p1", "p2", "p3", "p4", "p5"}

// felt is a show of feeling.
type felt struct {
	meeting string
	item    int64
	closes  time.Time
	open    bool
}

// turns is a round.
type turns struct {
	meeting string
	item    int64
	people  int64
	open    bool
}

// jointly is what people have done together, as the entries tell of it.
type jointly struct {
	feelings map[int64]*felt
	rounds   map[int64]*turns
	apart    map[int64]*apart
	spokes   map[int64]*council
}

func newJointly() jointly {
	return jointly{map[int64]*felt{}, map[int64]*turns{}, map[int64]*apart{}, map[int64]*council{}}
}

// parted says whether people in a meeting talk in small groups.
func (j jointly) parted(meeting string) bool {
	for _, x := range j.apart {
		if x.open && x.meeting == meeting {
			return true
		}
	}
	return false
}

// busy says whether people in a meeting do something together.
func (j jointly) busy(meeting string) bool {
	for _, f := range j.feelings {
		if f.open && f.meeting == meeting {
			return true
		}
	}
	for _, r := range j.rounds {
		if r.open && r.meeting == meeting {
			return true
		}
	}
	return j.parted(meeting)
}

// aboutTogether checks what people did together in a meeting: whoever facilitates had them do it, about what was talked about, for as long as it may take, and no more is told than may be.
func (b *book) aboutTogether(e entry) *Problem {
	if b.only != "" && !strings.HasPrefix(b.only, Meeting+"/") {
		return nil
	}
	good := false
	switch area, what, _ := strings.Cut(e.kind, "."); {
	case area == "feeling" && what == "asked":
		good = b.feelingAsked(e)
	case area == "feeling" && what == "ended":
		good = b.feelingEnded(e)
	case area == "round" && what == "begun":
		good = b.roundBegun(e)
	case area == "round" && what == "ended":
		good = b.roundEnded(e)
	case area == "breakout":
		good = b.aboutGroups(e, what)
	case area == "spokes":
		good = b.aboutSpokes(e, what)
	}
	if !good {
		return broken("together", "N", e.n)
	}
	return nil
}

// talks says whether the meeting talks about the item, and whether somebody facilitates it. In a file without meetings nothing is known of that.
func (b *book) talks(meeting string, item int64, by string) bool {
	m := b.assembly.meetings[meeting]
	if m == nil {
		return b.only == "" && len(b.assembly.meetings) == 0
	}
	return m.state == "session" && m.now == item && item != 0 && m.open == 0 && (by == "" || b.chairs(meeting, by))
}

func (b *book) feelingAsked(e entry) bool {
	d := e.data
	id, where := d.num("feeling"), d.str("meeting")
	opens, ok := d.when("opens")
	closes, ok2 := d.when("closes")
	ok = ok && ok2 && id > 0 && where == e.of && e.by != "" && b.joint.feelings[id] == nil && !b.joint.busy(where) && !opens.After(e.at) && closes.Sub(opens) == feelingWindow &&
		b.talks(where, d.num("item"), e.by)
	b.joint.feelings[id] = &felt{where, d.num("item"), closes, true}
	return ok
}

func (b *book) feelingEnded(e entry) bool {
	d := e.data
	f := b.joint.feelings[d.num("feeling")]
	if f == nil || !f.open || f.meeting != d.str("meeting") {
		return false
	}
	f.open = false
	told := slices.ContainsFunc(pointNames, d.has)
	switch d.str("how") {
	case "shown":
		all := int64(0)
		for _, name := range pointNames {
			if !d.has(name) || d.num(name) < 0 {
				return false
			}
			all += d.num(name)
		}
		return all >= leastShown && !e.at.Before(f.closes)
	case "few":
		return !told && !e.at.Before(f.closes)
	case "stopped":
		return !told && b.talks(f.meeting, f.item, "")
	}
	return false
}

func (b *book) roundBegun(e entry) bool {
	d := e.data
	id, where, people := d.num("round"), d.str("meeting"), d.num("people")
	opens, ok := d.when("opens")
	ok = ok && id > 0 && where == e.of && e.by != "" && b.joint.rounds[id] == nil && !b.joint.busy(where) && !opens.After(e.at) && people > 0 && people <= mostRound &&
		slices.Contains(roundSeconds, d.num("seconds")) && b.starts(d) && b.carriedBy(e, "go_round", d.num("item"))
	b.joint.rounds[id] = &turns{where, d.num("item"), people, true}
	return ok
}

// carriedBy says whether something could be done: by whoever facilitates, or by the vote on a move of the kind by whoever the entry names, which is being counted.
func (b *book) carriedBy(e entry, kind string, item int64) bool {
	d := e.data
	if !d.has("move") {
		return b.talks(d.str("meeting"), item, e.by)
	}
	a := b.askings[d.num("move")]
	ok := a != nil && a.kind == kind && a.meeting == d.str("meeting") && a.by == e.by && a.state == "voting" && !a.went
	if ok {
		a.went = true
	}
	return ok && b.talks(d.str("meeting"), item, "")
}

func (b *book) roundEnded(e entry) bool {
	d := e.data
	r := b.joint.rounds[d.num("round")]
	if r == nil || !r.open || r.meeting != d.str("meeting") || r.meeting != e.of {
		return false
	}
	r.open = false
	if !d.has("turns") || d.num("people") < r.people || d.num("turns") < 0 || d.num("turns") > d.num("people") {
		return false
	}
	how := d.str("how")
	return (how == "done" && e.by == "" || how == "stopped") && b.talks(r.meeting, r.item, e.by)
}
