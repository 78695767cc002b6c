// Package resolve has a block to a call for agreement begin a duty on both sides (practice.md §2.7.3 to 5): whoever blocks, whoever brought the proposal and one more member, drawn by
// lot, meet and bring back words on which they agree, or say where they differ.
//
// Nothing waits for any of them. The days end by the clock, whatever they did, and then what the rules say comes next: the vote opens, or what stands stays as it is.
package resolve

import (
	"slices"
	"strings"
	"time"

	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/line"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
)

// ID names a resolution group.
type ID int64

// State is how far a resolution group is.
type State string

// The states.
const (
	Open   State = "open"
	Joint  State = "joint"  // they agree on words, on which there is a call
	Lifted State = "lifted" // nobody of them blocks any more
	Over   State = "over"   // the days are over
)

// Part is what brings somebody into a resolution group.
type Part string

// The parts.
const (
	Mover   Part = "mover"
	Blocker Part = "blocker"
	Drawn   Part = "drawn"
)

// Sitting is whether somebody still is in it.
type Sitting string

// How somebody sits in a resolution group, or went out of it.
const (
	Sits    Sitting = "sits"
	Passed  Sitting = "passed" // who was drawn had the next be in it
	Unblock Sitting = "lifted" // who blocked took that back
	Left    Sitting = "left"   // the whole group
)

// Seat is somebody in a resolution group.
type Seat struct {
	Member member.ID
	Part   Part
	Number int // by which the lot knew them; 0: it did not draw them
	Sitting
}

// Name returns the words for it.
func (s Seat) Name() lang.Msg {
	if s.Sitting != Sits {
		return lang.M("resolve.seat." + string(s.Sitting))
	}
	return lang.M("resolve.part."+string(s.Part), "Number", s.Number)
}

// How is what they say to all members.
type How string

// What they say.
const (
	Meets      How = "meets"      // when and where they meet
	Difference How = "difference" // on what they agree, and on what not
	Behind     How = "behind"     // a version of the text: it takes the block away
)

// Word is something that somebody in a resolution group says to all members.
type Word struct {
	N       int
	By      member.ID
	How     How
	Text    string
	On      time.Time // when they meet
	Version int       // behind which they are
	At      time.Time
}

// Resolution is a resolution group.
type Resolution struct {
	ID       ID
	Group    member.GroupID
	Motion   motion.ID
	Ballot   int64 // the call
	Version  int   // of the words that were called on
	Stops    bool  // the block stops the decision; one alone in a larger group does not
	Meetings int   // how many they can have
	People   int   // in the lot
	Draw     int   // which lot of the call it was; 0: there was nobody to draw
	Secret   string
	State    State
	Joint    int // the version that they agree on
	Opens    time.Time
	Until    time.Time
	Ended    time.Time
}

// MaxText is how many characters a statement has at most, and MaxPlace the place of a meeting.
const (
	MaxText  = 2000
	MaxPlace = 200
)

// takes returns nil while the group can still say something, or fault.Conflict. After the last of its days it is over before the clock has looked.
func (r Resolution) takes(now time.Time) error {
	if r.State != Open || !now.Before(r.Until) {
		return fault.New(fault.Conflict, "resolve.over")
	}
	return nil
}

// Holds says whether a meeting cannot vote on the motion now, or call for agreement on it, because people try to resolve a block: words that were changed since can be called on.
func (r Resolution) Holds(m motion.Motion, agree bool, now time.Time) bool {
	return r.Stops && r.takes(now) == nil && !(agree && m.Version != r.Version)
}

// Say says in one or two sentences what the group is for, or what came of it.
func (r Resolution) Say() lang.Msg {
	id := "resolve.state." + string(r.State)
	if !r.Stops {
		id += ".stands"
	}
	return lang.M(id, "Until", r.Until, "Version", r.Joint, "At", r.Ended)
}

// seatOf returns where somebody sits; without a Part: nowhere.
func seatOf(seats []Seat, who member.ID) Seat {
	if i := slices.IndexFunc(seats, func(s Seat) bool { return s.Member == who }); i >= 0 {
		return seats[i]
	}
	return Seat{}
}

// blockers returns who still blocks.
func blockers(seats []Seat) (out []member.ID) {
	for _, s := range seats {
		if s.Part == Blocker && s.Sitting == Sits {
			out = append(out, s.Member)
		}
	}
	return out
}

// behindAll says whether all who still block are behind the version.
func behindAll(seats []Seat, said []Word, version int) bool {
	still := blockers(seats)
	for _, w := range said {
		if w.How == Behind && w.Version == version {
			still = slices.DeleteFunc(still, func(id member.ID) bool { return id == w.By })
		}
	}
	return len(still) == 0
}

// mayMeet, mayDiffer and mayStand return nil if somebody who sits there can say where and when they meet, where they differ, and that they are behind the words; or fault.Conflict or fault.Denied.
func mayMeet(r Resolution, said []Word) error {
	n := 0
	for _, w := range said {
		if w.How == Meets {
			n++
		}
	}
	if n >= r.Meetings {
		return fault.New(fault.Conflict, "resolve.met", "Count", r.Meetings)
	}
	return nil
}

func mayDiffer(said []Word, who member.ID) error {
	if slices.ContainsFunc(said, func(w Word) bool { return w.How == Difference && w.By == who }) {
		return fault.New(fault.Conflict, "resolve.differed")
	}
	return nil
}

func mayStand(r Resolution, m motion.Motion, s Seat, said []Word) error {
	switch {
	case s.Part != Blocker:
		return fault.New(fault.Denied, "resolve.not_blocker")
	case !r.Stops || m.State != motion.Tabled || m.Version == r.Version:
		return fault.New(fault.Conflict, "resolve.no_words")
	case slices.ContainsFunc(said, func(w Word) bool { return w.How == Behind && w.By == s.Member && w.Version == m.Version }):
		return fault.New(fault.Conflict, "resolve.is_behind")
	}
	return nil
}

// mayPass returns nil if somebody who sits there was drawn, or fault.Denied; mayLift if they blocked.
func mayPass(s Seat) error {
	if s.Part != Drawn {
		return fault.New(fault.Denied, "resolve.not_drawn")
	}
	return nil
}

func mayLift(s Seat) error {
	if s.Part != Blocker {
		return fault.New(fault.Denied, "resolve.not_blocker")
	}
	return nil
}

// wrongText returns what is wrong with a text; zero if nothing.
func wrongText(text string, most int) lang.Msg {
	switch {
	case text == "":
		return lang.M("resolve.empty")
	case len([]rune(text)) > most:
		return lang.M("agree.long", "Max", most)
	case strings.ContainsFunc(strings.ReplaceAll(text, "\n", " "), line.Hidden):
		return lang.M("agree.hidden")
	}
	return lang.Msg{}
}
