package meeting

import (
	"context"
	"sync"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/rulebook"
)

// lookedFor is how long at most what was read of a meeting is told to others who look at it: what comes about by time alone, as new rules, is told no later than that.
const lookedFor = time.Second

// looked is what those who look at a meeting have read of it. When a vote opens, all who are there look at once, and most of what their pages show is the same for all of
// them: it is read once for each writing, and not once for each of them. Nothing that depends on who looks is in it, and nobody changes what is.
type looked struct {
	mu  sync.Mutex
	has map[string]any
}

func newLooked() *looked { return &looked{has: map[string]any{}} }

// recall returns what was read already, or reads it. Without looked it is always read: who does something judges by what is there now.
// read must not recall anything itself.
func recall[T any](l *looked, what string, read func() (T, error)) (T, error) {
	if l == nil {
		return read()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if had, ok := l.has[what].(T); ok {
		return had, nil
	}
	fresh, err := read()
	if err == nil {
		l.has[what] = fresh
	}
	return fresh, err
}

// looks has what was read of each meeting since the database was written to.
type looks struct {
	mu   sync.Mutex
	turn uint64
	at   time.Time
	of   map[place]*looked
}

type place struct {
	group  member.GroupID
	number int
}

// in returns what was read of a meeting at the turn (db.Turn), which is asked before the reading begins.
func (l *looks) in(p place, turn uint64, now time.Time) *looked {
	l.mu.Lock()
	defer l.mu.Unlock()
	if turn != l.turn || now.Sub(l.at).Abs() >= lookedFor || l.of == nil {
		l.turn, l.at, l.of = turn, now, map[place]*looked{}
	}
	x := l.of[p]
	if x == nil {
		x = newLooked()
		l.of[p] = x
	}
	return x
}

// looking runs what reads a meeting for a member who looks at it. It returns fault.NotFound for who is no member or if there is no such meeting.
func (s *Service) looking(ctx context.Context, a member.Actor, number int, do func(*room) error) error {
	if !a.IsMember() {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	l := s.looks.in(place{a.Group.ID, number}, s.db.Turn(), s.db.Now())
	return s.db.Read(ctx, func(tx *db.Tx) error {
		rules, err := recall(l, "rules", func() (rulebook.Version, error) { return rulebook.Current(tx, a.Group.ID, tx.Now) })
		if err != nil {
			return err
		}
		in, err := (&scene{s, tx, a, rules}).look(number, l)
		if err != nil {
			return err
		}
		return do(in)
	})
}
