package ballot

import (
	"context"
	"sync"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
)

// frozen remembers what opening has fixed for good, so that taking a vote need not read it again: the ballot, and who has which
// place on its roll. Whether the ballot is still open is not remembered; every vote asks that in its own transaction.
type frozen struct {
	mu   sync.RWMutex
	open map[asked]known
}

// asked is what a vote names its ballot by.
type asked struct {
	group  member.GroupID
	number int // of the motion
}

type known struct {
	Ballot
	slots map[member.ID]int64
	hands map[member.ID]bool // who votes by show of hands
}

func (f *frozen) find(q asked, now time.Time) (known, bool) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	k, ok := f.open[q]
	return k, ok && k.IsOpen(now)
}

func (f *frozen) keep(q asked, k known) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.open[q] = k
}

func (f *frozen) drop(id ID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for q, k := range f.open {
		if k.ID == id {
			delete(f.open, q)
		}
	}
}

// entitled returns the ballot on the motion that was opened last, and the member's place on its roll.
func (s *Service) entitled(ctx context.Context, a member.Actor, number int) (Ballot, int64, error) {
	if !a.IsMember() {
		return Ballot{}, 0, fault.New(fault.NotFound, "fault.not_found")
	}
	q := asked{a.Group.ID, number}
	k, ok := s.frozen.find(q, s.db.Now())
	if !ok || k.hands[a.Member.ID] { // who votes by hand may have a device since
		err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
			k, err = read(tx, q)
			return err
		})
		if err != nil {
			return k.Ballot, 0, err
		}
		s.frozen.keep(q, k)
	}
	if k.hands[a.Member.ID] {
		return k.Ballot, 0, fault.New(fault.Denied, "ballot.hands.yours")
	}
	if k.slots[a.Member.ID] == 0 {
		return k.Ballot, 0, fault.New(fault.Denied, "ballot.not_on_roll")
	}
	return k.Ballot, k.slots[a.Member.ID], nil
}

// read reads a ballot that takes votes, with its roll.
func read(tx *db.Tx, q asked) (known, error) {
	b, err := latest(tx, q.group, q.number)
	if err != nil {
		return known{}, err
	}
	if err := b.Takes(tx.Now); err != nil {
		return known{}, err
	}
	roll, err := Roll(tx, b.ID)
	if err != nil {
		return known{}, err
	}
	k := known{b, make(map[member.ID]int64, len(roll)), map[member.ID]bool{}}
	for i, slot := range places(roll) {
		k.slots[roll[i]] = slot
	}
	if b.ByHand == 0 {
		return k, nil
	}
	hands, err := handVoters(tx, b.ID)
	for _, id := range hands {
		k.hands[id] = true
	}
	return k, err
}
