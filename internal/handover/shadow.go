package handover

import (
	"time"

	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/role"
)

// ShadowID names a shadowing.
type ShadowID int64

// Shadowing is that a member learns beside whoever holds a term. It has no power in it, and only the two know of it.
type Shadowing struct {
	ID      ShadowID
	Group   member.GroupID
	Role    role.ID
	Term    role.TermID
	Member  member.ID // who learns
	Holder  member.ID
	Invited bool // by the holder; otherwise who learns has asked
	Asked   time.Time
	Agreed  time.Time
	Ended   time.Time
	Sits    []Sitting
}

// Sitting is that the two sat together on a day. It counts once both have said so.
type Sitting struct {
	Day       int // 20260302, in the group's zone
	ByHolder  bool
	Confirmed bool
}

// Has says whether somebody is one of the two.
func (s Shadowing) Has(m member.ID) bool { return s.Member == m || s.Holder == m }

// MayAgree returns nil if the member may say yes to it: the one of the two who did not begin it, while it is under way.
func (s Shadowing) MayAgree(m member.ID) error {
	switch {
	case !s.Has(m), s.Invited && m == s.Holder, !s.Invited && m == s.Member:
		return fault.New(fault.NotFound, "fault.not_found")
	case !s.Ended.IsZero():
		return fault.New(fault.Conflict, "handover.shadow.over")
	}
	return nil
}

// MaySit returns nil if the member may say that the two sat together.
func (s Shadowing) MaySit(m member.ID) error {
	switch {
	case !s.Has(m):
		return fault.New(fault.NotFound, "fault.not_found")
	case s.Agreed.IsZero():
		return fault.New(fault.Conflict, "handover.shadow.not_agreed")
	case !s.Ended.IsZero():
		return fault.New(fault.Conflict, "handover.shadow.over")
	}
	return nil
}

// Sat returns how many sittings both have told of.
func (s Shadowing) Sat() (n int) {
	for _, x := range s.Sits {
		if x.Confirmed {
			n++
		}
	}
	return n
}

// Enough says whether somebody has learnt the role by what they shadowed of it: two sittings where it is drawn by lot, two months where it
// is an office (practice.md §2.12.4).
func Enough(fill role.Fill, own []Shadowing, now time.Time) bool {
	var sat int
	var long time.Duration
	for _, s := range own {
		sat += s.Sat()
		if s.Agreed.IsZero() {
			continue
		}
		until := now
		if !s.Ended.IsZero() {
			until = s.Ended
		}
		long += until.Sub(s.Agreed)
	}
	if fill == role.ByElection {
		return long >= enoughDays*day
	}
	return sat >= enoughTimes
}

// DayOf returns the day of an instant in a zone, as sittings have it.
func DayOf(t time.Time, zone *time.Location) int {
	y, m, d := t.In(zone).Date()
	return y*10000 + int(m)*100 + d
}

// Unconfirmed lists the days of which the other of the two says that they sat together, and the member has not.
func (s Shadowing) Unconfirmed(m member.ID) (days []int) {
	for _, x := range s.Sits {
		if !x.Confirmed && x.ByHolder != (m == s.Holder) {
			days = append(days, x.Day)
		}
	}
	return days
}

// Other returns the other of the two.
func (s Shadowing) Other(m member.ID) member.ID {
	if m == s.Holder {
		return s.Member
	}
	return s.Holder
}
