package export

import (
	"context"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
)

// Log is a part of the record as people read it.
type Log struct {
	Head  ledger.Head
	Key   string
	Lines []Line // the newest first
	Older int64  // before which entry the next part begins; 0: there are no older ones
}

// linesAtOnce is how many entries one part has.
const linesAtOnce = 50

// Log returns the entries before the given place, or the newest if it is 0. It returns fault.NotFound to who is no member.
func (s *Service) Log(ctx context.Context, a member.Actor, before int64) (out Log, err error) {
	return s.read(ctx, a, func(tx *db.Tx, head ledger.Head) ([]ledger.Entry, error) {
		if before <= 0 || before > head.Size {
			before = head.Size
		}
		return ledger.Before(tx, a.Group.Log(), before, linesAtOnce)
	})
}

// Entry returns one entry. It returns fault.NotFound if there is none at the place, or to who is no member.
func (s *Service) Entry(ctx context.Context, a member.Actor, n int64) (Log, error) {
	return s.read(ctx, a, func(tx *db.Tx, head ledger.Head) ([]ledger.Entry, error) {
		if n < 0 || n >= head.Size {
			return nil, fault.New(fault.NotFound, "fault.not_found")
		}
		return ledger.Entries(tx, a.Group.Log(), n, 1)
	})
}

func (s *Service) read(ctx context.Context, a member.Actor, find func(*db.Tx, ledger.Head) ([]ledger.Entry, error)) (out Log, err error) {
	if !a.IsMember() {
		return out, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		out = Log{Key: s.ledger.VerifierKey()}
		if out.Head, err = s.ledger.Head(tx, a.Group.Log(), a.Group.Ref); err != nil {
			return err
		}
		es, err := find(tx, out.Head)
		if err != nil || len(es) == 0 {
			return err
		}
		low, high := es[0].N, es[len(es)-1].N
		texts, err := ledger.Texts(tx, a.Group.Log(), min(low, high), max(low, high)+1)
		if err != nil {
			return err
		}
		names, err := namesIn(tx, a.Group.ID, es)
		if err != nil {
			return err
		}
		named, err := namedIn(tx, a.Group.ID, es)
		if err != nil {
			return err
		}
		for _, e := range es {
			out.Lines = append(out.Lines, LineOf(e, names, texts, named).In(a.Group.Zone))
		}
		if len(es) == linesAtOnce && high > 0 {
			out.Older = high
		}
		return nil
	})
	return out, err
}

// Title names a decision.
type Title struct{ Number, Title string }

// Decisions returns the newest decisions of the group, up to limit, and with them the one of the number if it is older.
// It returns fault.NotFound to who is no member, or if there is none of the number.
func (s *Service) Decisions(ctx context.Context, a member.Actor, number string, limit int) (out []Title, err error) {
	if !a.IsMember() {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		out = nil
		rows, err := newestDecisions(tx, a.Group.ID, limit)
		if err != nil {
			return err
		}
		there := number == ""
		for _, r := range rows {
			out = append(out, Title{r.number(), r.Title})
			there = there || r.number() == number
		}
		if there {
			return nil
		}
		r, err := findDecision(tx, a.Group, number)
		out = append([]Title{{r.number(), r.Title}}, out...)
		return err
	})
	return out, err
}
