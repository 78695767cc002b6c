// Package minutes keeps what meetings have on record (practice.md §2.5.7, §5.4).
//
// A part of it writes itself, from what the meeting did: how many were there, whether they were enough, what was talked about and when, what was
// decided, and who had which job. Nobody can edit that. Beside it stand notes, item by item: the main reasons for and against, and what members
// agreed to do. They name nobody, unless somebody says that they want their own name there.
//
// # Who may do what
//
// Whoever takes notes in the meeting writes them, and everybody sees them at once. The job ends with the meeting; whoever had it then, or facilitated
// where nobody had, may write on until the draft is published, which the clock does when its days are over. From then on the notes stay as they are. Whoever was a member at the
// meeting may suggest a correction for some days; it is answered by whoever took the notes, as long as corrections can be suggested, and by whoever
// facilitates a later meeting. What is taken up stands beside the text, which is not changed. A later meeting confirms the record: that it is
// accurate, and nothing else.
package minutes

import (
	"slices"
	"time"

	"folkmoot/internal/decision"
	"folkmoot/internal/fault"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
)

// State is how far a record is.
type State string

// The states.
const (
	Live      State = "live" // the meeting is under way
	Draft     State = "draft"
	Published State = "published"
	Confirmed State = "confirmed"
)

// Limits of what is written.
const (
	MaxNote         = 8000
	MaxCorrection   = 1000
	mostOpen        = 10  // corrections of one member that wait for an answer
	mostSuggestions = 500 // of one record
)

const day = 24 * time.Hour

// Minutes is how far the record of a meeting is.
type Minutes struct {
	Meeting     meeting.ID
	Group       member.GroupID
	State       State
	DraftUntil  time.Time // it is published then at the latest
	Published   time.Time
	PublishedBy member.ID // 0: the clock did
	Until       time.Time // corrections can be suggested until then
	Confirmed   time.Time
	ConfirmedIn meeting.ID
	due         time.Time
}

// IsOut says whether the record has been published.
func (m Minutes) IsOut() bool { return m.State == Published || m.State == Confirmed }

// MaySuggest returns nil if a member who joined then may suggest a correction now of the record of a meeting that ended.
func (m Minutes) MaySuggest(joined, ended, now time.Time) error {
	switch {
	case joined.After(ended):
		return fault.New(fault.Denied, "minutes.not_member_then")
	case !m.IsOut():
		return fault.New(fault.Conflict, "minutes.still_draft")
	case !now.Before(m.Until):
		return fault.New(fault.Conflict, "minutes.corrections_over")
	}
	return nil
}

// Note is what is written about an item; with item 0, about none.
type Note struct {
	Item    meeting.ItemID
	Version int // from 1; 0: nothing has been written
	Text    string
	By      member.ID
	At      time.Time
}

// How a correction was answered.
const (
	Taken    = "taken"
	Declined = "declined"
)

// Correction is that somebody says that it was otherwise.
type Correction struct {
	N          int
	Item       meeting.ItemID
	By         member.ID
	Text       string
	At         time.Time
	How        string // "": it waits for an answer
	Answer     string
	AnsweredBy member.ID
	AnsweredIn meeting.ID // 0: in none
	Answered   time.Time
}

// Section is what is on record of one item.
type Section struct {
	Item      meeting.Item // without an ID: what belongs to no item
	Motion    motion.Motion
	Note      Note           // as it is written now
	Text      string         // as it was published
	Moves     []meeting.Move // procedural ones that were settled
	Decisions []decision.Decision
	Later     []decision.Decision // of a proposal that the meeting sent to an online vote: what came of it since
	Named     []member.ID         // who wants their name there
	Fixed     []Correction
	Feelings  []meeting.Feeling // that people showed, and that are over
	Rounds    []meeting.Round   // that are over
	Breakouts []meeting.Breakout
	Spokes    []meeting.Spokes
	Talked    []Stretch // when the meeting talked about it, each time
}

// Stretch is that a meeting talked about an item from then to then; Ended is zero while it does.
type Stretch struct{ Began, Ended time.Time }

// Minutes is for how long the meeting has talked about the item in all, up to now where it still does.
func (s Section) Minutes(now time.Time) int {
	var all time.Duration
	for _, t := range s.Talked {
		if t.Ended.IsZero() {
			t.Ended = now
		}
		all += t.Ended.Sub(t.Began)
	}
	return int(all.Round(time.Minute) / time.Minute)
}

// Change is that there were enough members for decisions, or no longer; that a sitting began or ended; or that it was chosen to talk only.
type Change struct {
	At      time.Time
	What    What
	Present int
	Next    time.Time // when an adjourned meeting goes on
}

// What is what changed.
type What string

// What there is.
const (
	Enough      What = "enough"
	Few         What = "few"
	AgainEnough What = "again_enough" // as a later sitting began
	AgainFew    What = "again_few"
	Adjourned   What = "adjourned"
	TalkOnly    What = "talk"
)

// Record is all that is on record of a meeting, as one member sees it.
type Record struct {
	meeting.Book
	Minutes
	Now         time.Time
	Me          member.ID
	Sections    []Section // the last one belongs to no item
	Quorum      []Change
	Noted       int // how often somebody was noted as there by somebody else
	Denied      int // how often who it was about said that they were not
	Corrections []Correction
	People      map[member.ID]member.Member
	In          meeting.Meeting // that confirmed it
	Later       meeting.Meeting // under way, which the viewer facilitates; without a number: none

	MayWrite   bool
	MayPublish bool
	MaySuggest bool
	MayAnswer  bool
	MayConfirm bool // now, in Later
	MayName    bool
}

// SittingAt returns which sitting of the meeting an instant lies in, from 1.
func (r Record) SittingAt(at time.Time) int {
	n := 1
	for _, c := range r.Quorum {
		if c.What == Adjourned && !c.At.After(at) {
			n++
		}
	}
	return n
}

// Open returns the corrections that wait for an answer.
func (r Record) Open() []Correction {
	return slices.DeleteFunc(slices.Clone(r.Corrections), func(c Correction) bool { return c.How != "" })
}

// Section returns what is on record of an item; ok is false if the meeting has not talked about it.
func (r Record) Section(id meeting.ItemID) (s Section, ok bool) {
	i := slices.IndexFunc(r.Sections, func(s Section) bool { return s.Item.ID == id })
	if i < 0 {
		return s, false
	}
	return r.Sections[i], true
}
