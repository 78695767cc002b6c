// Package member knows groups and who belongs to them: founding, inviting, joining, leaving, the roll at any moment,
// and what each member may do.
//
// Rights belong to membership and are not stored anywhere; the few powers beyond them are computed from dates
// (practice.md §2.1, §2.12.1). There is no administrator.
package member

import (
	"slices"
	"strings"
	"time"

	"folkmoot/internal/ledger"
)

// ID names a membership: one person in one group from joining to leaving.
type ID int64

// GroupID names a group.
type GroupID int64

// PersonID names a person, who may be in several groups.
type PersonID int64

// Group is a body of members with rules, a roll and a record of its own.
type Group struct {
	ID            GroupID
	Ref           string // stands for the group in the record
	Slug          string // in addresses
	Name          string
	Aim           string // "We exist to…"
	Preset        string // A, B or C
	Zone          *time.Location
	Lang          string
	Parent        GroupID // 0: none
	Created       time.Time
	Third         time.Time // when the third member joined; zero until then
	Founding      time.Time // the founding meeting; zero if no date is set
	FoundingPlace string
	Adopted       time.Time // members adopted the rules; zero until then
	Question      time.Time // when they are asked next whether they do; zero: they are being asked, have adopted them, or are too few
	SetupStep     int       // where the founder is in the wizard; 0 when done
	Archived      time.Time // read-only since; zero while it lives
	ArchivedBy    string    // what brought that about: decision/2026-014, revival/2
	Reopened      time.Time // the last time
}

// Log returns the group's record.
func (g Group) Log() ledger.Log { return ledger.Log(g.ID) }

// Forming says whether the group is too small to decide anything (practice.md §2.13.1).
func (g Group) Forming() bool { return g.Third.IsZero() }

// Limits of the founder's start-up powers (practice.md §2.13.1).
const (
	founderAfterThird   = 30 * 24 * time.Hour
	founderAfterCreated = 60 * 24 * time.Hour
)

// FoundingWait is how long after its third member joined a group is asked whether it adopts its rules, if nobody set another date.
const FoundingWait = 14 * 24 * time.Hour

// FounderUntil returns when the founder's start-up powers end: when members adopted the rules, 60 days after the group began, or 30 days
// after the third member joined, whichever is earliest.
func (g Group) FounderUntil() time.Time {
	end := g.Created.Add(founderAfterCreated)
	if third := g.Third.Add(founderAfterThird); !g.Third.IsZero() && third.Before(end) {
		end = third
	}
	if !g.Adopted.IsZero() && g.Adopted.Before(end) {
		end = g.Adopted
	}
	return end
}

// Provisional says whether what is decided at an instant is so before the members have adopted their rules.
func (g Group) Provisional(at time.Time) bool { return g.Adopted.IsZero() || at.Before(g.Adopted) }

// Member is one person's membership of one group.
type Member struct {
	ID          ID
	Ref         string // stands for the member in the record
	Group       GroupID
	Person      PersonID
	Name        string // as they want to be called here
	Founder     bool
	Joined      time.Time
	Left        time.Time // zero while a member
	ActiveMonth int       // yyyymm of the last activity; nothing finer is kept
}

// VotesFrom returns when a vote must open, at the earliest, for the member to be on its roll: a while after joining, but for
// those who joined while the group was forming. It is the rule of RollAt for one member.
func (m Member) VotesFrom(g Group, wait time.Duration) time.Time {
	if g.Forming() || !m.Joined.After(g.Third) {
		return m.Joined
	}
	return m.Joined.Add(wait)
}

// Actor is who asks: a person, and their membership of the group that is asked about, if any.
type Actor struct {
	Person PersonID // 0: nobody is signed in
	Member Member   // zero: not a member of the group
	Group  Group    // zero: no group is concerned
	Terms  []Term   // of the member's roles: those that have not ended, also if they have not begun
}

// Term is that a member holds a role: what it lets them do, from when and until when. It is as short as powers are read; what else
// there is to know of a term is package role's.
type Term struct {
	Ref          string
	Role         string // its key, or the name of a job in a meeting
	Kind         string // how it is held: package role's, or InMeeting
	Caps         []Capability
	Begins, Ends time.Time
}

// InMeeting is the kind of a term for one meeting, which is package meeting's. It stands for no role that goes on.
const InMeeting = "meeting"

// SignedIn says whether somebody is signed in.
func (a Actor) SignedIn() bool { return a.Person != 0 }

// IsMember says whether the actor is, now, a member of the group.
func (a Actor) IsMember() bool { return a.Member.ID != 0 && a.Member.Left.IsZero() }

// Capability is a power beyond the rights of membership. The list is closed (practice.md §2.1).
type Capability string

// The founder's capabilities while the group begins.
const (
	ChoosePreset Capability = "choose_preset" // replace the rules nobody has adopted yet by another preset
	CallFounding Capability = "call_founding" // set date and place of the founding meeting
)

// The capabilities that go with roles.
const (
	SignCount   Capability = "sign_count"   // put one's name under a count that one has gone over
	Convene     Capability = "convene"      // issue notice of a meeting
	FinanceNote Capability = "finance_note" // file a report on money; the program holds none, so nobody can move any
)

// The capabilities that go with a job in one meeting.
const (
	Facilitate Capability = "facilitate" // call items and speakers, and put what is on the agenda to the vote
	TakeNotes  Capability = "note"       // write the notes
	KeepTime   Capability = "timekeep"   // give a speaker more time
	Stack      Capability = "stack"      // keep the speakers' list
	Door       Capability = "door"       // let people in who have no device
)

// Capabilities returns the whole list.
func Capabilities() []Capability {
	return []Capability{ChoosePreset, CallFounding, SignCount, Convene, FinanceNote, Facilitate, TakeNotes, KeepTime, Stack, Door}
}

// ParseCaps reads capabilities as WriteCaps writes them. A name that is not on the list gives nothing.
func ParseCaps(s string) (out []Capability) {
	names := strings.Split(s, ",")
	for _, c := range Capabilities() {
		if slices.Contains(names, string(c)) {
			out = append(out, c)
		}
	}
	return out
}

// WriteCaps writes capabilities as tables and the record hold them: their names with commas between.
func WriteCaps(caps []Capability) string {
	names := make([]string, len(caps))
	for i, c := range caps {
		names[i] = string(c)
	}
	return strings.Join(names, ",")
}

// Until returns when the actor's capability ends, or the zero time if they do not have it now. Nothing else gives a power, so none
// is without its end.
func Until(a Actor, c Capability, now time.Time) time.Time {
	if !a.IsMember() {
		return time.Time{}
	}
	switch c {
	case ChoosePreset:
		if a.Member.Founder && a.Group.Forming() {
			return within(a.Group.Created, a.Group.FounderUntil(), now)
		}
	case CallFounding:
		if a.Member.Founder {
			return within(a.Group.Created, a.Group.FounderUntil(), now)
		}
	case SignCount, Convene, FinanceNote, Facilitate, TakeNotes, KeepTime, Stack, Door:
		return a.term(c, now)
	}
	return time.Time{}
}

// term returns the end of the actor's term that gives the capability now, the latest if there are several.
func (a Actor) term(c Capability, now time.Time) (until time.Time) {
	for _, t := range a.Terms {
		if end := within(t.Begins, t.Ends, now); slices.Contains(t.Caps, c) && end.After(until) {
			until = end
		}
	}
	return until
}

// within returns the end of a time that has begun and not ended, or the zero time.
func within(begins, ends, now time.Time) time.Time {
	if now.Before(begins) || !now.Before(ends) {
		return time.Time{}
	}
	return ends
}

// Can says whether the actor has the capability at the moment, in a matter about the given members. It is computed from dates, so
// nothing has to run for a power to end. Nobody has a power in a matter about themselves (practice.md §1.2, G10).
func Can(a Actor, c Capability, now time.Time, about ...ID) bool {
	return !Until(a, c, now).IsZero() && !slices.Contains(about, a.Member.ID)
}

// Month returns the moment as yyyymm, in UTC.
func Month(t time.Time) int {
	t = t.UTC()
	return t.Year()*100 + int(t.Month())
}
