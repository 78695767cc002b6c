package role

import (
	"cmp"
	"context"
	"slices"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
)

// How far back a timeline goes: folded, and at most.
const (
	foldedYears = 2
	mostYears   = 20
)

// mostStretches bounds a timeline: twenty years of thirty roles with two seats and terms of half a year are half of it.
const mostStretches = 5000

// Timeline is who held the roles of a group over time.
type Timeline struct {
	Now    time.Time
	From   time.Time // where it begins
	Until  time.Time // the last planned end, or Now
	Roles  []RoleTime
	Folded bool // there may be more before From, which is shown if it is asked for
	Cut    bool // there is more before From than is ever shown
}

// IsEmpty says whether nobody has held, or is to hold, anything on it.
func (t Timeline) IsEmpty() bool {
	for _, r := range t.Roles {
		for _, s := range r.Seats {
			if slices.ContainsFunc(s.Stretches, func(x Stretch) bool { return !x.Nobody() }) {
				return false
			}
		}
	}
	return true
}

// RoleTime is one role on a timeline, seat by seat.
type RoleTime struct {
	Role
	Seats []SeatTime
}

// SeatTime is one seat: who held it, and when nobody did, the earliest first. A seat that people have shared has a SeatTime for each who
// held it at once; those after the first are beside it, and have no gaps.
type SeatTime struct {
	Seat      int
	Beside    bool
	Stretches []Stretch
}

// Stretch is that somebody holds a seat, or that nobody does. Term is zero where nobody does; then only Begins and Ends of it are set.
type Stretch struct {
	Term
	Name string // of the holder; empty if they have taken it out
}

// Nobody says whether the seat was empty.
func (s Stretch) Nobody() bool { return s.ID == 0 }

// Timeline returns who has held the group's roles, of the last two years or of all that is shown. It returns fault.NotFound to who is not a
// member.
func (s *Service) Timeline(ctx context.Context, a member.Actor, all bool) (t Timeline, err error) {
	if !a.IsMember() {
		return t, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		roles, err := rolesOf(tx, a.Group.ID)
		if err != nil || len(roles) == 0 {
			return err
		}
		from := tx.Now.AddDate(-foldedYears, 0, 0)
		if all {
			from = tx.Now.AddDate(-mostYears, 0, 0)
		}
		spans, more, err := spansOf(tx, a.Group.ID, from, mostStretches)
		if err != nil {
			return err
		}
		if more {
			from = spans[len(spans)-1].Begins // none older has been read
		}
		t = NewTimeline(roles, spans, from, tx.Now)
		t.Folded, t.Cut = !all && t.From.Equal(from), all && t.From.Equal(from)
		return nil
	})
	return t, err
}

// NewTimeline puts terms into their seats, in any order, and says when nobody held one between from, or the beginning of the role, and now.
// What comes later has not been decided and is no gap. A timeline does not begin before the first of its roles.
func NewTimeline(roles []Role, spans []Stretch, from, now time.Time) Timeline {
	first := now
	for _, r := range roles {
		if r.Begun.Before(first) {
			first = r.Begun
		}
	}
	if first.After(from) {
		from = first
	}
	t := Timeline{Now: now, From: from, Until: now}
	at := map[ID]int{}
	for i, r := range roles {
		at[r.ID] = i
		t.Roles = append(t.Roles, RoleTime{Role: r})
		for seat := range r.Seats {
			t.Roles[i].Seats = append(t.Roles[i].Seats, SeatTime{Seat: seat + 1})
		}
	}
	for _, sp := range spans {
		r := &t.Roles[at[sp.Role]]
		for len(r.Seats) < sp.Seat { // a seat there was when the role had more of them
			r.Seats = append(r.Seats, SeatTime{Seat: len(r.Seats) + 1})
		}
		r.Seats[sp.Seat-1].Stretches = append(r.Seats[sp.Seat-1].Stretches, sp)
		if sp.Over().After(t.Until) {
			t.Until = sp.Over()
		}
	}
	for _, r := range t.Roles {
		begun := from
		if r.Begun.After(from) {
			begun = r.Begun
		}
		for i := range r.Seats {
			until := now
			if i >= r.Role.Seats {
				until = time.Time{} // the seat is gone, and nobody was to hold it
			}
			r.Seats[i].Stretches = withGaps(r.Seats[i].Stretches, begun, until)
		}
	}
	for i := range t.Roles {
		t.Roles[i].Seats = sideBySide(t.Roles[i].Seats)
	}
	return t
}

// sideBySide puts terms of one seat that people share beside each other.
func sideBySide(seats []SeatTime) (out []SeatTime) {
	for _, s := range seats {
		lanes := []SeatTime{{Seat: s.Seat}}
		for _, x := range s.Stretches {
			at := slices.IndexFunc(lanes, func(l SeatTime) bool {
				return x.Nobody() || !x.Fills() || len(l.Stretches) == 0 || !l.Stretches[len(l.Stretches)-1].Over().After(x.Begins) ||
					!l.Stretches[len(l.Stretches)-1].Shared(x.Term)
			})
			if at < 0 {
				at, lanes = len(lanes), append(lanes, SeatTime{Seat: s.Seat, Beside: true})
			}
			lanes[at].Stretches = append(lanes[at].Stretches, x)
		}
		out = append(out, lanes...)
	}
	return out
}

// withGaps sorts the spans of a seat and puts between them those in which nobody held it.
func withGaps(spans []Stretch, from, until time.Time) (out []Stretch) {
	slices.SortFunc(spans, func(a, b Stretch) int { return cmp.Or(a.Begins.Compare(b.Begins), cmp.Compare(a.ID, b.ID)) })
	gap := func(to time.Time) {
		if to.After(until) {
			to = until
		}
		if to.After(from) {
			out = append(out, Stretch{Term: Term{Begins: from, Ends: to}})
		}
	}
	for _, s := range spans {
		gap(s.Begins)
		out = append(out, s)
		if s.Over().After(from) {
			from = s.Over()
		}
	}
	gap(until)
	return out
}
