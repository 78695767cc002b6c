// Package meeting has members meet: it is called with notice, whoever is there shares out the jobs by lot, and the agenda is gone through item by
// item (practice.md §2.5).
//
// # Who may do what
//
// Whoever holds the power to convene calls a meeting, and so can enough members together, whoever holds which role; where the rules say how often the group meets, and nobody
// has called that meeting in time, the clock does. In the meeting, jobs are
// drawn from those who are there and would do them, those first who have never done them. They are terms as all others are: they give one power
// each and end by themselves, with the meeting at the latest. Nobody facilitates an item that is about themselves or that they have proposed; then
// the second facilitator does, as they do when the first has gone or hands over.
//
// # Sittings
//
// A meeting that does not get through what it has can go on at another date: whoever facilitates adjourns it when too few are there or its time is over, and
// those who are there do so by a vote at any time (practice.md §2.5.3, §2.5.7, §2.4). It stays the same meeting, with the same agenda, of which only what is
// unfinished is left. People say anew that they are there and are counted anew, against the quorum as it is then; the end is set anew, so that it can be
// put off once more. Jobs end with a sitting. At the next, whoever had one, is there and would still do it goes on with it; the others are drawn. Hands that were up,
// moves, rounds and shows of feeling end with their sitting and count in no other, and the debate of an unfinished item is opened anew. What counts is who
// has spoken already, since the list asks for that in the meeting (§2.5.5): for as long as it is kept, which is a week after the sitting.
//
// A meeting that nobody goes on with ends by the clock as any other does, and what is left waits for the next. So does one that nobody begins: nobody chooses a
// date for it, as whoever calls meetings or the rules will.
//
// # What is kept
//
// The record tells what was called, what it talked about and when, who had which job, how many were there, and whether they were enough. Who was
// there, who raised a hand and who spoke for how long is nobody's record: it is kept while the meeting needs it, and some days longer.
package meeting

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"folkmoot/internal/fault"
	"folkmoot/internal/floor"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
)

// ID names a meeting and ItemID an item of one.
type (
	ID     int64
	ItemID int64
)

// Kind is whether a meeting is called by whoever usually does, or by the rule where they have not, or because members asked for it.
type Kind string

// The kinds.
const (
	Ordinary Kind = "ordinary"
	Special  Kind = "special"
)

// State is how far a meeting is.
type State string

// The states.
const (
	Called  State = "called"
	Session State = "session"
	Closed  State = "closed"
	Unheld  State = "unheld" // nobody began it
)

// Times around a meeting.
const (
	EarlyDoor  = 30 * time.Minute    // people can say that they are there so long before it opens
	ahead      = 60 * 24 * time.Hour // a meeting is called at most so long before it
	lotWait    = 24 * time.Hour      // after the call, the order of new proposals is drawn; sooner where there is less time
	keepNames  = 7 * 24 * time.Hour  // after it, who was there is forgotten (practice.md §3.1)
	LeastTime  = 15 * time.Minute
	closeGrace = 2 * time.Hour // after its end has come and been put off as far as it can be, it closes by itself
)

// Limits of what is written.
const (
	MaxTitle  = 90
	MaxPlace  = 200
	MaxAccess = 1000
	MaxLink   = 500
	MaxTopic  = 2000
	MaxNotes  = 20000
	mostItems = 60
)

// Meeting is one meeting of a group.
type Meeting struct {
	ID     ID
	Group  member.GroupID
	Number int // from 1 in each group
	Kind   Kind
	State  State
	Details
	Notice     time.Time // when members were told of its time and place as they are
	CalledAt   time.Time
	CalledBy   member.ID // 0: nobody did, so the clock has
	Cause      string    // the term by whose power, or call/2
	Rulebook   int
	Code       string // by which it is found
	Commit     string // of the secret from which the order of new proposals follows
	Secret     []byte
	LotAt      time.Time
	OrderedAt  time.Time
	JobsCommit string // of the secret by which a tie about a job is broken
	JobsSecret []byte
	Active     int // members, as the sitting began
	Quorum     int
	Present    int // as it began, the first time
	Most       int // present at once
	Enough     bool
	Began      time.Time // the first time
	Adopted    time.Time // its agenda
	Item       ItemID    // that is talked about; 0: none
	Break      time.Time // it has one until then
	Sitting    int       // 1, or a later one
	Sat        time.Time // when the sitting began, zero until it does; Began is when the first did
	Talk       time.Time // with too few there, people chose then to talk only; zero: they have not
	Noted      int       // how often somebody was noted as there by somebody else in this sitting, and it was not taken back; see Note
	Ended      time.Time
	due        time.Time
}

// Details is what whoever calls a meeting says of it.
type Details struct {
	Title     string
	Place     string
	GettingIn string // steps, doors, how to find it
	Link      string // to take part from elsewhere
	Phone     string
	Help      string    // children, food, travel
	Opens     time.Time // it begins
	Stop      time.Time // from then on nothing is put to the vote
}

// Ref names the meeting in the record.
func (m Meeting) Ref() string { return "meeting/" + strconv.Itoa(m.Number) }

// IsOver says whether nothing can happen in it any more.
func (m Meeting) IsOver() bool { return m.State == Closed || m.State == Unheld }

// IsAdjourned says whether the meeting has sat, and goes on at another date.
func (m Meeting) IsAdjourned() bool { return m.State == Called && m.Sitting > 1 }

// TalksOnly says whether people chose to talk only, as too few were there to decide. It ends by itself as soon as enough are there (see recount): that
// too few were was all it rested on, and if it took somebody to end it, they could keep the others from deciding.
func (m Meeting) TalksOnly() bool { return !m.Talk.IsZero() }

// Door is from when on people can say that they are there.
func (m Meeting) Door() time.Time { return m.Opens.Add(-EarlyDoor) }

// MayEnter returns nil if people can say now that they are there, or fault.Conflict.
func (m Meeting) MayEnter(now time.Time) error {
	switch {
	case m.IsOver():
		return fault.New(fault.Conflict, "meeting.over")
	case m.State == Called && now.Before(m.Door()):
		return fault.New(fault.Conflict, "meeting.door_shut", "At", m.Door())
	}
	return nil
}

// ItemKind is what an item is.
type ItemKind string

// The kinds, in the order in which they stand on an agenda (practice.md §2.5.4).
const (
	Business ItemKind = "business" // what members asked for a meeting for
	Report   ItemKind = "report"   // on the group's money: what a meeting is to receive, and what is late; see money.Waiting
	Proposal ItemKind = "proposal"
	Topic    ItemKind = "topic" // to talk about; nothing is decided
	Other    ItemKind = "other" // any other business, for information
)

// ItemState is how far an item is.
type ItemState string

// The states of an item.
const (
	Waiting   ItemState = "waiting"
	Now       ItemState = "now"
	Done      ItemState = "done"
	Left      ItemState = "left"      // not reached
	Online    ItemState = "online"    // a proposal on which all members vote online, because too few were there
	Withdrawn ItemState = "withdrawn" // by who put it down, before a meeting took it up; a report, because nothing was left to hear
)

// Item is something that a meeting talks about.
type Item struct {
	ID      ItemID
	Group   member.GroupID
	Meeting ID // 0: it waits for the next
	Kind    ItemKind
	Motion  motion.ID
	Title   string
	Text    string
	By      member.ID // who put it down; 0: the rules did
	Added   time.Time
	Minutes int
	Carried int // from how many meetings
	Place   int // on the agenda, from 1; 0 until it is ordered
	Why     string
	Fits    bool // into the time
	State   ItemState
	Began   time.Time
	Ended   time.Time
	Urgent  bool      // the notice said that it cannot wait, so that what is agreed on it in the room is not provisional (practice.md §2.7.6), and nobody has decided otherwise since
	Aside   member.ID // who facilitated and handed over to speak about it; 0: nobody
	Received
}

// Received is which reports on the group's money an item is about, from when a meeting begins to talk about it: what is filed from then on is not heard with them. Once it is done with the
// item, they were received; if it is put off, they are, and none that is filed later.
type Received struct {
	From, To int       // by their numbers; 0: there were none
	Late     time.Time // when the next was due, which was not there; zero: none was late
}

// Mode is how somebody is there.
type Mode string

// The modes.
const (
	Room   Mode = "room"
	Remote Mode = "remote"
	Phone  Mode = "phone"
)

// Modes lists them as they are offered.
func Modes() []Mode { return []Mode{Room, Remote, Phone} }

// Presence is that somebody is there, from when until when.
type Presence struct {
	ID     int64
	Member member.ID
	Mode   Mode
	Paper  bool // let in at the door, without a device
	Note   Note // zero: they said so themselves
	Came   time.Time
	Left   time.Time // zero: they are there
}

// Job is something that somebody does for one meeting.
type Job string

// The jobs, in the order in which they are drawn. There are two who facilitate: the second does when the first may not.
const (
	Facilitates Job = "facilitate"
	Vice        Job = "vice"
	Notes       Job = "note"
	Timer       Job = "timekeep"
	List        Job = "stack"
	Doors       Job = "door"
	Convenes    Job = "convene" // calls the meeting that members asked for
)

// Jobs lists those of a meeting.
func Jobs() []Job { return []Job{Facilitates, Vice, Notes, Timer, List, Doors} }

// Offers lists the jobs that people can say they would do. Who would facilitate would also be the second.
func Offers() []Job { return []Job{Facilitates, Notes, Timer, List, Doors} }

// cap returns the power that goes with a job.
func (j Job) cap() member.Capability {
	switch j {
	case Facilitates, Vice:
		return member.Facilitate
	case Notes:
		return member.TakeNotes
	case Timer:
		return member.KeepTime
	case List:
		return member.Stack
	case Doors:
		return member.Door
	case Counts:
		return ""
	}
	return member.Convene
}

// offer returns what somebody has said yes to who has the job.
func (j Job) offer() Job {
	if j == Vice {
		return Facilitates
	}
	return j
}

// Term is that somebody has a job.
type Term struct {
	ID      int64
	Ref     string
	Group   member.GroupID
	Meeting ID // 0: it is to call one
	Job     Job
	Member  member.ID
	Shadow  bool // learns it, without the power
	Begins  time.Time
	Ends    time.Time
	Cause   string
	Ended   time.Time // before Ends; zero if it did not
	How     string
}

// caps returns the power of a term as it is stored; who learns has none, and who counts hands.
func (t Term) caps() string {
	if t.Shadow || t.Job == Counts {
		return ""
	}
	return member.WriteCaps([]member.Capability{t.Job.cap()})
}

// How a term for a meeting ended before its date.
const (
	WithMeeting = "meeting" // it closed
	HandedOver  = "handed_over"
	HasLeft     = "left" // the group
	Replaced    = "replaced"
	Adjourned   = "adjourned" // it goes on at another date
	OutOfTouch  = "dropped"   // whoever had it was not connected any more, and somebody took it over
	HasGone     = "gone"      // from the meeting, and somebody else who is there took it
	HasCalled   = "called"
)

// Runs says whether the term is under way.
func (t Term) Runs(now time.Time) bool {
	return t.Ended.IsZero() && !now.Before(t.Begins) && now.Before(t.Ends)
}

// Chair returns who facilitates now: the first of those with the power who is there and whom the item is not about. It returns 0 if nobody is;
// then anybody who is there may take it over.
func Chair(terms []Term, there func(member.ID) bool, about []member.ID, now time.Time) member.ID {
	return seat(terms, there, about, now).Member
}

// seat returns the term by which Chair facilitates; the zero one if nobody does.
func seat(terms []Term, there func(member.ID) bool, about []member.ID, now time.Time) Term {
	for _, job := range []Job{Facilitates, Vice} {
		for i := range terms {
			t := terms[len(terms)-1-i] // the last who took it over before the one who was drawn
			if t.Job == job && !t.Shadow && t.Runs(now) && there(t.Member) && !slices.Contains(about, t.Member) {
				return t
			}
		}
	}
	return Term{}
}

// HandState is what became of a hand.
type HandState string

// The states of a hand.
const (
	Up       HandState = "up"
	Speaking HandState = "speaking"
	Spoken   HandState = "spoken"
	Lowered  HandState = "lowered"
)

// Hand is a hand that somebody raised.
type Hand struct {
	ID      int64
	Meeting ID
	Item    ItemID
	Member  member.ID
	Kind    floor.Kind
	Side    floor.Side
	Soon    bool
	About   string // a rules question: which rule
	State   HandState
	Raised  time.Time
	Began   time.Time
	Seconds int // given
	Ended   time.Time
	Round   RoundID // it is a turn in it; 0: somebody raised it
	Later   bool    // in the round: they would rather come at its end
	Lot     int     // in the round: their number in the order in which people came; 0: they came while it was under way
}

// Spoke is how long they have spoken up to now.
func (h Hand) Spoke(now time.Time) time.Duration {
	switch {
	case h.Began.IsZero():
		return 0
	case h.Ended.IsZero():
		return now.Sub(h.Began)
	}
	return h.Ended.Sub(h.Began)
}

// since says whether they began to speak after the item was called, the last time that it was.
func (h Hand) since(it Item) bool { return !h.Began.IsZero() && !h.Began.Before(it.Began) }

// Until is when their time is up.
func (h Hand) Until() time.Time { return h.Began.Add(time.Duration(h.Seconds) * time.Second) }

// Order returns the list as people are heard, from all hands of a meeting and the moves.
func Order(item Item, hands []Hand, moves []floor.Move, now time.Time) []floor.Place {
	var up []floor.Hand
	last := floor.Item{Proposal: item.Kind == Proposal}
	for _, h := range Turns(item, hands) {
		if h.since(item) {
			last = heard(last, h)
		}
	}
	for _, h := range hands {
		if h.State == Up && h.Item == item.ID && h.Round == 0 {
			up = append(up, weigh(h, hands, now))
		}
	}
	return floor.Rearrange(floor.List(last, up), moves)
}

// Turns returns the hands of those who have spoken about the item or do now, in the order in which they began.
func Turns(item Item, hands []Hand) []Hand {
	out := slices.DeleteFunc(slices.Clone(hands), func(h Hand) bool { return h.Item != item.ID || h.Began.IsZero() })
	slices.SortFunc(out, func(a, b Hand) int { return cmp.Or(a.Began.Compare(b.Began), cmp.Compare(a.ID, b.ID)) })
	return out
}

// heard returns the item once somebody has spoken.
func heard(item floor.Item, h Hand) floor.Item {
	switch h.Kind {
	case floor.Fact:
		item.Facts++
	case floor.Speak:
		item.Facts = 0
		if h.Side != floor.Either {
			item.Last = h.Side
		}
	}
	return item
}

// weigh returns a hand with what the order takes into account of the person in this meeting.
func weigh(h Hand, all []Hand, now time.Time) floor.Hand {
	out := floor.Hand{ID: h.ID, Kind: h.Kind, Side: h.Side, Soon: h.Soon, Raised: h.Raised}
	var spoke time.Duration
	for _, o := range all {
		if o.Member != h.Member || o.Began.IsZero() || o.Kind == floor.Rules {
			continue
		}
		out.Spoken = true
		spoke += o.Spoke(now)
		if o.Item == h.Item && o.Kind == floor.Speak {
			out.Turns++
		}
	}
	out.Seconds = int(spoke / time.Second)
	return out
}
