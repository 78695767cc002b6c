// Package motion takes a proposal from a draft to the day its vote opens.
//
// The words on the screen are practice.md §2.0's: a motion is a "proposal", its mover the person who "put it forward".
// A draft is its mover's alone. Once put forward it seeks support ("worth discussing", not "I am for it"); with enough
// supporters it is tabled, by itself, and from then on the rules set the clock: until when the text may change, when
// the vote opens (§2.3.1). Nobody approves, orders or refuses anything, and every act is open to every member from
// their first day (G4).
//
// What a vote says about a text is said about that text: each wording is a version that is never edited, support given
// to an earlier wording does not count for a later one while support is sought, and a ballot names the version and its hash.
//
// Package ballot goes on from here. It finds what is due with DueToOpen and moves motions with SetState.
package motion

import (
	"fmt"
	"strconv"
	"time"

	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/rulebook"
)

// ID names a motion.
type ID int64

// State is where a motion is in its life.
type State string

// The states (practice.md §2.3.1).
const (
	Draft      State = "draft"
	Seeking    State = "seeking_support"
	Tabled     State = "tabled"
	Voting     State = "voting"
	Carried    State = "carried"
	NotCarried State = "not_carried"
	Inquorate  State = "inquorate" // too few voted; waits for its one re-run
	Lapsed     State = "lapsed"    // too few voted twice
	Withdrawn  State = "withdrawn"
	Expired    State = "expired"  // support did not come in time
	Moot       State = "moot"     // what it would have ended had ended already
	Archived   State = "archived" // the group was archived before it was decided
)

// Open lists the states in which a motion still waits to be decided, Closed those in which nothing will happen to it.
func Open() []State { return []State{Seeking, Tabled, Voting, Inquorate} }

// Closed lists the states that are final.
func Closed() []State {
	return []State{Carried, NotCarried, Lapsed, Withdrawn, Expired, Moot, Archived}
}

// Kind is what a motion would have the group do.
type Kind string

// The kinds that any member may propose as they like. Changing rules and electing people have ways of their own.
const (
	Action       Kind = "action"
	Policy       Kind = "policy"
	Money        Kind = "money"
	Position     Kind = "statement"
	WorkingGroup Kind = "working_group"
)

// The kinds that have an effect of their own and a way of their own to be put forward.
const (
	Recall    Kind = "recall"     // ends a term early; a petition of members calls for it
	Waiver    Kind = "waiver"     // lets somebody take a role once although the limits stand against it
	Election  Kind = "election"   // fills seats of a role; nobody puts it forward, the clock does
	Vacancy   Kind = "vacancy"    // what shall become of a role that nobody takes; the clock asks
	Waking    Kind = "waking"     // has a role filled again that nobody took for long
	Founding  Kind = "founding"   // adopts the rules that the group began with; nobody puts it forward, the clock does
	WindingUp Kind = "winding_up" // ends the group, if it is carried twice
	Balance   Kind = "balance"    // reserves places of a role
	Chore     Kind = "chore"      // has a role do one thing more
)

// Kinds lists the kinds in the order they are offered.
func Kinds() []Kind { return []Kind{Action, Policy, Money, Position, WorkingGroup} }

// Clocks that no rulebook sets.
const (
	SupportTime  = 30 * 24 * time.Hour // to find supporters, then a motion expires
	WithdrawTime = 48 * time.Hour      // for a supporter to take over before a withdrawal takes effect
	lastTextTime = 48 * time.Hour      // at most: from the last change of the text to the opening of the vote
	recheckTime  = 24 * time.Hour      // groups shrink: enough supporters may be there without a further one
)

// Forum is where a motion is to be decided.
type Forum string

// The forums.
const (
	Online      Forum = ""          // by everybody, over days
	AtMeeting   Forum = "meeting"   // by who is in the room
	ByAgreement Forum = "agreement" // online, by a call for agreement, where the rules decide so
)

// FallbackTime is how long after it was first tabled a motion for a meeting waits: then members vote online anyway, so that no meeting, and
// nobody who calls none, can hold it back (G4).
const FallbackTime = 60 * 24 * time.Hour

// holdTime is how much longer it waits at most because it is on the agenda of a meeting.
const holdTime = 7 * 24 * time.Hour

// mostMeetings is on how many agendas a motion may be without being reached, before members vote on it online (practice.md §2.3.1).
const mostMeetings = 2

// Motion is a proposal without its text. Times are zero until they are known.
type Motion struct {
	ID          ID
	Group       member.GroupID
	Number      int       // from 1 in each group; below zero for a draft
	Mover       member.ID // 0: a petition called for it
	Kind        Kind
	AboutPerson bool      // the vote is about a named person, and so secret (G8)
	About       member.ID // whom its effect concerns; 0: nobody
	State       State
	Version     int    // the current version
	Title       string // of the current version
	Forum       Forum  // of the current version
	Created     time.Time
	Sought      time.Time // support is sought since
	Tabled      time.Time
	TextUntil   time.Time // until then the mover may reword or withdraw, and supporters may think again
	Opens       time.Time // the vote opens; while support is sought again, not before then
	Fallback    time.Time // of one for a meeting: the vote opens online then, if no meeting has decided it
	Meeting     string    // on whose agenda it is, or that voted on it, as the record names it: meeting/3
	Meetings    int       // on how many agendas it has been
	Closes      time.Time // the vote closes
	LeaveAsked  time.Time // the mover wants to withdraw it
	Ended       time.Time
	Due         time.Time // the next instant at which time alone changes something
	Again       ID        // the decided motion that it takes up again; 0: none
	BarUntil    time.Time // until then it takes more supporters, because that was decided lately
	ReviewDays  int
	Supporters  int // the mover included; of a petition, how many signed
	SecretAsks  int
	Posts       int
	LastPost    int64
	Rulebook    int // the version of the rules it was tabled under; until then, that of its making
}

// Ref names the motion in the record.
func (m Motion) Ref() string { return "motion/" + strconv.Itoa(m.Number) }

// Needs is how many supporters, the mover included, bring a motion before the group.
type Needs struct {
	Usual int
	Again int // one that takes up again what was decided lately
}

// Of returns how many of them m needs at now. To end the group is as weighty a matter as what a petition is for.
func (n Needs) Of(m Motion, now time.Time) int {
	if m.IsBarred(now) || m.Kind == WindingUp {
		return max(n.Usual, n.Again)
	}
	return n.Usual
}

// IsBarred says whether the motion takes up again what was decided so lately that it needs as many supporters as a
// petition (practice.md §2.3.3). What is the same matter, people say: first its mover, whom the others can read.
func (m Motion) IsBarred(now time.Time) bool { return now.Before(m.BarUntil) }

// Expires returns when the search for supporters ends.
func (m Motion) Expires() time.Time { return m.Sought.Add(SupportTime) }

// Leaves returns when a withdrawal that was asked for takes effect, or the zero time if none was.
func (m Motion) Leaves() time.Time {
	if m.LeaveAsked.IsZero() {
		return time.Time{}
	}
	end := m.Opens
	if m.State == Seeking {
		end = m.Expires()
	}
	if at := m.LeaveAsked.Add(WithdrawTime); at.Before(end) {
		return at
	}
	return end
}

// StateAt returns the state the rules give the motion at now, which is ahead of the stored one for as long as nothing
// has come round to store it.
func (m Motion) StateAt(now time.Time) State {
	switch {
	case (m.State == Seeking || m.State == Tabled) && !m.LeaveAsked.IsZero() && !now.Before(m.Leaves()):
		return Withdrawn
	case m.State == Seeking && !now.Before(m.Expires()):
		return Expired
	case m.State == Tabled && !now.Before(m.Opens):
		return Voting
	}
	return m.State
}

// next returns the instant at which time alone changes the motion next; the zero time if the ballot's clock has it.
func (m Motion) next(now time.Time) time.Time {
	switch {
	case !m.LeaveAsked.IsZero():
		return m.Leaves()
	case m.State == Tabled:
		return m.Opens
	case m.State == Seeking && now.Add(recheckTime).Before(m.Expires()):
		return now.Add(recheckTime)
	case m.State == Seeking:
		return m.Expires()
	}
	return time.Time{}
}

// IsOver says whether nothing will happen to the motion any more.
func (m Motion) IsOver() bool {
	switch m.State {
	case Carried, NotCarried, Lapsed, Withdrawn, Expired, Moot, Archived:
		return true
	}
	return false
}

// Secret says whether the vote will be secret: because it is about a person, or because enough members asked.
func (m Motion) Secret(r rulebook.Rules) bool {
	return m.AboutPerson || m.SecretAsks >= r.SecretRequest
}

// MayBeSeenBy says whether the member may know of the motion: a draft is its mover's alone.
func (m Motion) MayBeSeenBy(who member.ID) bool { return m.State != Draft || m.Mover == who }

// MayEdit returns nil if the member may change the text now: their own draft, or their proposal until its text is settled.
func (m Motion) MayEdit(who member.ID, now time.Time) error {
	switch {
	case m.Mover != who:
		return fault.New(fault.Denied, "motion.only_mover")
	case m.State == Draft:
		return nil
	case m.Kind == Waiver || m.Kind == WindingUp || m.Kind == Balance || m.Kind == Chore:
		return fault.New(fault.Conflict, "motion.effect_fixed")
	}
	return m.mayChange(now)
}

// mayChange: it is put forward, its text is not settled yet, and its mover has not asked to withdraw it.
func (m Motion) mayChange(now time.Time) error {
	if !m.LeaveAsked.IsZero() {
		return fault.New(fault.Conflict, "motion.leaving")
	}
	return m.beforeTextUntil(now)
}

// MayWithdraw returns nil if the member may ask to withdraw the motion now: not once it is on the agenda of a meeting, to which its text belongs
// from then on (practice.md §2.3.1).
func (m Motion) MayWithdraw(who member.ID, now time.Time) error {
	switch {
	case m.State == Draft:
		return fault.New(fault.Conflict, "motion.is_draft")
	case m.Mover != who:
		return fault.New(fault.Denied, "motion.only_mover")
	case m.State == Tabled && m.Meetings > 0:
		return fault.New(fault.Conflict, "motion.belongs_to_meeting")
	}
	return m.mayChange(now)
}

// MayTakeOver returns nil if a member, whose support is given or not, may keep a motion that its mover wants to withdraw.
func (m Motion) MayTakeOver(who member.ID, supports bool, now time.Time) error {
	switch {
	case m.LeaveAsked.IsZero() || m.StateAt(now) == Withdrawn:
		return fault.New(fault.Conflict, "motion.not_leaving")
	case !supports && m.Mover != who:
		return fault.New(fault.Denied, "motion.only_supporters")
	}
	return nil
}

// ByPetition says whether a petition of members put the motion before the group, and no mover or clock.
func (m Motion) ByPetition() bool { return m.Mover == 0 && m.Kind == Recall }

// MaySupport returns nil if members may support the motion now. Supporting goes on until the vote opens, so that there is
// always somebody who can take a proposal over.
//
// What a petition called for has its names already.
func (m Motion) MaySupport(now time.Time) error {
	if err := m.beforeVote(now); err != nil {
		return err
	}
	if m.Mover == 0 && m.Kind == Founding {
		return fault.New(fault.Conflict, "founding.no_support")
	}
	if m.Mover == 0 && m.Kind == WindingUp {
		return fault.New(fault.Conflict, "motion.wind_up.second")
	}
	if m.Mover == 0 {
		return fault.New(fault.Conflict, "motion.by_petition")
	}
	return nil
}

// MayUnsupport returns nil if a supporter may withdraw their support now.
func (m Motion) MayUnsupport(who member.ID, now time.Time) error {
	if m.Mover == who {
		return fault.New(fault.Conflict, "motion.mover_supports")
	}
	if m.State == Tabled && m.Meeting != "" {
		return fault.New(fault.Conflict, "call.stays")
	}
	return m.beforeTextUntil(now)
}

// MayAskSecret returns nil if members may ask for a secret vote now.
func (m Motion) MayAskSecret(now time.Time) error { return m.beforeVote(now) }

// MayArgue returns nil if statements for and against may be written now.
func (m Motion) MayArgue(now time.Time) error { return m.beforeVote(now) }

// beforeVote: put forward, and the vote not open yet.
//
// What is voted on by ranking has no sides, no supporters and nothing to withdraw, and its ballot is secret.
func (m Motion) beforeVote(now time.Time) error {
	switch m.Kind {
	case Election:
		return fault.New(fault.Conflict, "motion.is_election")
	case Vacancy:
		return fault.New(fault.Conflict, "vacancy.no_sides")
	}
	switch s := m.StateAt(now); s {
	case Seeking, Tabled:
		return nil
	case Draft:
		return fault.New(fault.Conflict, "motion.is_draft")
	case Voting, Inquorate:
		return fault.New(fault.Conflict, "motion.vote_open")
	}
	return fault.New(fault.Conflict, "motion.is_over")
}

// beforeTextUntil: put forward, and the text not settled yet.
func (m Motion) beforeTextUntil(now time.Time) error {
	if err := m.beforeVote(now); err != nil {
		return err
	}
	if m.State == Tabled && !now.Before(m.TextUntil) {
		return fault.New(fault.Conflict, "motion.text_settled", "At", m.TextUntil)
	}
	return nil
}

// table returns the motion as it stands once it is tabled at now, with the clock the rules set. One that was tabled before
// keeps its day, or whoever takes support back and gives it again could put the vote off for ever; it only gets the time
// in which its words stand still.
func (m Motion) table(v rulebook.Version, now time.Time) Motion {
	talk, still := m.spans(v.Rules)
	m.State, m.Rulebook, m.Tabled = Tabled, v.Number, now
	return m.place(talk, still, now)
}

// place sets when the vote on a tabled motion opens, by where it is to be decided. One for a meeting has a day on which members vote online anyway,
// which is set once: whoever chose the one and the other in turn could put the vote off for ever otherwise.
func (m Motion) place(talk, still time.Duration, now time.Time) Motion {
	if m.Forum == AtMeeting && m.Fallback.IsZero() {
		m.Fallback = m.Tabled.Add(FallbackTime)
	}
	switch usual := m.Tabled.Add(talk); {
	case m.Forum == AtMeeting:
		m.Opens = m.Fallback
	case m.Opens.IsZero(), !m.Fallback.IsZero() && m.Opens.After(usual):
		m.Opens = usual
	}
	if least := now.Add(still); m.Opens.Before(least) {
		m.Opens = least
	}
	m.TextUntil = m.Opens.Add(-still)
	m.Due = m.next(now)
	return m
}

// spans returns for how long a tabled motion is talked about at least, and for how long of that its words stand still.
func (m Motion) spans(r rulebook.Rules) (talk, still time.Duration) {
	talk = time.Duration(r.OnlineDiscussMinHours) * time.Hour
	if m.Kind == Balance || m.Kind == Chore {
		talk = max(talk, r.RuleChangeNotice())
	}
	return talk, min(lastTextTime, talk/2)
}

// untable returns the motion as it stands once it seeks support again.
func (m Motion) untable(supporters int, now time.Time) Motion {
	m.State, m.Sought, m.Supporters = Seeking, now, supporters
	m.Tabled, m.TextUntil = time.Time{}, time.Time{}
	m.Due = m.next(now)
	return m
}

// end returns the motion as it stands once it is over.
func (m Motion) end(s State, at time.Time) Motion {
	m.State, m.Ended, m.Due = s, at, time.Time{}
	return m
}

// follows says which states package ballot may move a motion to, by the state it is in.
func follows(from, to State) error {
	switch from {
	case Tabled:
		if to == Voting || to == Lapsed {
			return nil
		}
	case Inquorate:
		if to == Voting {
			return nil
		}
	case Voting:
		switch to {
		case Carried, NotCarried, Inquorate, Lapsed, Moot:
			return nil
		}
	}
	return fmt.Errorf("motion: %s does not follow %s", to, from)
}
