package ballot

import (
	"context"
	"fmt"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
)

// How long a call in a room is held open for whoever blocks, and for all of them together: a block has to say what it rests on (practice.md §2.7.2), and that is not
// written in a minute; yet nobody, and no few who take turns, can hold a call open for ever.
const (
	HoldTime = 2 * time.Minute
	MostHeld = 8 * time.Minute // after its end as it was frozen
)

// blockLine is why a call was held open, as the record says it; it names nobody, as somebody who has it held open may still answer otherwise.
const blockLine = "block"

// Hold notes that the actor is writing why they block the open call in a room on the motion with the number, takes back what they answered before, and has the call take
// answers for two more minutes from now on. It is no answer: whoever sends no reasons until the end is not heard from. Once for each member and call; held says whether this
// was that time, and is false with a nil error if they had it before or there is no time left to add.
// It returns what Cast does, and fault.Conflict for what is no call in a room.
func (s *Service) Hold(ctx context.Context, a member.Actor, number int) (b Ballot, held bool, err error) {
	if b, _, err = s.entitled(ctx, a, number); err != nil {
		return b, false, err
	}
	if !b.Calls() || !b.InRoom() {
		return b, false, fault.New(fault.Conflict, "call.none")
	}
	err = s.db.Write(ctx, func(tx *db.Tx) (err error) {
		held = false
		if b, err = Get(tx, b.ID); err == nil {
			err = b.Takes(tx.Now)
		}
		if err != nil {
			return err
		}
		if held, err = hold(tx, b.ID, a.Member.ID); err != nil || !held {
			return err
		}
		return s.holdOpen(tx, b)
	})
	return b, held, err
}

// holdOpen has a call close two minutes from now, unless it does so later anyhow or has been held open for as long as there is.
func (s *Service) holdOpen(tx *db.Tx, b Ballot) error {
	until := tx.Now.Add(HoldTime)
	if last := b.Planned.Add(MostHeld); until.After(last) {
		until = last
	}
	if !until.After(b.Closes) {
		return nil
	}
	if err := s.prolong(tx, b, until, blockLine); err != nil {
		return fmt.Errorf("hold a call open: %w", err)
	}
	return nil
}

// prolong has an open vote in a room close later, for a reason that the record keeps.
func (s *Service) prolong(tx *db.Tx, b Ballot, until time.Time, why string) error {
	b.Closes = until
	due, err := looksAt(tx, b)
	if err != nil {
		return err
	}
	if err := update(tx, b.ID, Open, map[string]any{"over_at": db.At(b.Closes), "due_at": db.At(due)}); err != nil {
		return err
	}
	if err := motion.Prolong(tx, b.Motion, b.Closes); err != nil {
		return err
	}
	tx.After(func() { s.frozen.drop(b.ID) })
	g, err := member.GetGroup(tx, b.Group)
	if err != nil {
		return err
	}
	m, err := motion.Get(tx, b.Motion)
	if err != nil {
		return err
	}
	return s.note(tx, g, "ballot.extended", b.InRecord(), ledger.Data{
		"ballot": b.InRecord(), "motion": m.Ref(), "closes_at": b.Closes, "why": why,
	}, b.changes(m)...)
}
