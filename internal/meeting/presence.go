package meeting

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/fault"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
)

// count is how many are there.
func (in *room) count() (n int) {
	for _, c := range in.heads {
		n += c
	}
	return n
}

// quorum returns how many members count as active now, and how many of them have to be there for a decision (practice.md §2.2).
func (in *room) quorum() (active, quorum int, err error) {
	r := in.rules.Rules
	active, err = member.ActiveOnRoll(in.tx, in.a.Group.ID, in.tx.Now, time.Duration(r.VotingWaitDays)*day, time.Duration(r.ActiveWindowDays)*day)
	return active, r.Quorum(active), err
}

// recount notes who is there after somebody came or went. That a quorum is lost is written down at once; that there is one again, once it has held (see held).
func (in *room) recount() (err error) {
	if in.m.State != Session {
		return nil
	}
	if in.heads, err = headcount(in.tx, in.m.ID); err != nil {
		return err
	}
	was, here, lost := in.m, in.count(), false
	in.m.Most = max(in.m.Most, here)
	switch waits := !in.m.due.After(in.tx.Now.Add(Holds)); { // or it closes so soon by itself
	case here < in.m.Quorum && in.m.Enough:
		in.m.Enough, lost = false, true
	case here < in.m.Quorum && waits:
		in.m.due = in.m.closes(in.rules.Rules)
	case in.regains() && !waits:
		in.m.due = in.tx.Now.Add(Holds)
	}
	if was.Most == in.m.Most && !lost && was.due.Equal(in.m.due) {
		return nil
	}
	if err := put(in.tx, in.m, Session); err != nil || !lost {
		return err
	}
	return in.note("meeting.quorum", "", ledger.Data{"meeting": in.m.Ref(), "present": here, "enough": false})
}

// CheckIn notes that the actor is there, and how. Who was noted at the door as there without a device has one from now on, and votes with it, in a vote that is open as well. It returns fault.NotFound for who is no member or if there is no such meeting, fault.Invalid for what is no mode, and
// fault.Conflict when nobody can enter, and while their hand is counted already, or hands alone are.
func (s *Service) CheckIn(ctx context.Context, a member.Actor, number int, mode Mode) error {
	if !slices.Contains(Modes(), mode) {
		return fault.New(fault.Invalid, "meeting.no_mode")
	}
	return s.act(ctx, a, func(sc *scene) error {
		in, err := sc.enter(number)
		if err != nil {
			return err
		}
		if err := in.m.MayEnter(in.tx.Now); err != nil {
			return err
		}
		in.tell()
		if err := in.held(); err != nil {
			return err
		}
		was := in.here[in.a.Member.ID]
		if was.Paper { // from now on they vote with it, and nobody raises a hand for them
			if err := in.handed(func(b ballot.Ballot) error { return in.Service.votes.HasDevice(in.tx, b, in.a.Member.ID) }); err != nil {
				return err
			}
		}
		refused := false
		if was.ID == 0 {
			if refused, err = in.refused(in.a.Member.ID); err != nil {
				return err
			}
		}
		first, err := come(in.tx, in.m.ID, in.a.Member.ID, mode)
		if err == nil && first {
			err = in.joinIn(in.a.Member.ID, mode)
		}
		switch {
		case err != nil:
		case was.Note.How != "":
			err = in.unnoted(byDevice)
		case refused:
			err = in.tellNoted("meeting.unnoted", "", ledger.Data{"how": byComing})
		}
		if err != nil {
			return err
		}
		return in.recount()
	})
}

// CheckOut notes that the actor has gone. Their hand is down, and their turn is over. Of whom somebody else noted as there it does what NotThere does. It returns fault.NotFound for who is no member or if there is no such meeting,
// and fault.TooMany for who has come and gone again and again: they count as there a little longer. Nobody is kept from coming.
func (s *Service) CheckOut(ctx context.Context, a member.Actor, number int) error {
	may := sync.OnceValue(func() bool {
		return s.goings.Take(fmt.Sprintf("%d/%d/%d", a.Group.ID, number, a.Member.ID), s.db.Now())
	})
	return s.act(ctx, a, func(sc *scene) error {
		in, err := sc.enter(number)
		if err != nil {
			return err
		}
		in.tell()
		if in.here[in.a.Member.ID].Paper {
			return in.notThere()
		}
		if in.isHere(in.a.Member.ID) && !may() {
			return fault.New(fault.TooMany, "meeting.gone.often")
		}
		return in.away(in.a.Member.ID, "")
	})
}

// away has somebody be gone; how is why a note of somebody else that they are there counts no more; "" says nothing of it.
func (in *room) away(who member.ID, how string) error {
	if err := in.held(); err != nil {
		return err
	}
	there, err := hereOf(in.tx, in.m.ID, []member.ID{who})
	if err != nil {
		return err
	}
	was, err := goAway(in.tx, in.m.ID, who)
	if err != nil || !was {
		return err
	}
	if there[who].Note.How != "" && how != "" {
		if how == bySelf {
			if err := answered(in.tx, there[who].ID, false); err != nil {
				return err
			}
		}
		if err := in.unnoted(how); err != nil {
			return err
		}
	}
	log, m, now := in.a.Group.Log(), in.m, in.tx.Now
	in.tx.After(func() { in.unsignal(log, m, who, now) })
	if err := putNeed(in.tx, in.m.ID, who, ""); err != nil {
		return err
	}
	if err := lower(in.tx, in.m.ID, who); err != nil {
		return err
	}
	hands, err := handsOf(in.tx, in.m.ID)
	if err != nil {
		return err
	}
	for _, h := range hands {
		if h.Member == who && h.State == Speaking {
			h.State, h.Ended = Spoken, in.tx.Now
			if err := putHand(in.tx, h, Speaking); err != nil {
				return err
			}
		}
	}
	delete(in.here, who)
	if err := in.settleRound(); err != nil {
		return err
	}
	if err := in.leaveCircle(who); err != nil {
		return err
	}
	return in.recount()
}
