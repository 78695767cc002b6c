package meeting

import (
	"context"
	"slices"
	"time"

	"folkmoot/internal/fault"
	"folkmoot/internal/member"
)

// Times after which somebody takes over from whoever facilitates, because their connection has dropped (practice.md §5.3).
const (
	DropsAfter  = time.Minute
	SecondFirst = 30 * time.Second // so much longer the others wait where there is a second facilitator
)

// Drop is that whoever facilitates has had no connection for so long that somebody else may take over. The zero value: they have one.
type Drop struct {
	Term   string // by which they facilitate
	Member member.ID
	May    bool // the viewer may take over
}

// seats returns by which term somebody facilitates now, and who does where they may not.
func (in *room) seats(about []member.ID) (first Term, second member.ID) {
	first = seat(in.terms, in.isHere, about, in.tx.Now)
	if first.Member != 0 {
		second = Chair(in.terms, in.isHere, append(slices.Clone(about), first.Member), in.tx.Now)
	}
	return first, second
}

// expected returns since when whoever facilitates should be seen at the latest: who begins only now has not been away.
func expected(m Meeting, seat Term, item Item, seen time.Time) time.Time {
	for _, at := range []time.Time{seat.Begins, item.Began, m.Break} {
		if at.After(seen) {
			seen = at
		}
	}
	return seen
}

// mayTakeOver says whether whoever facilitates by the term can be taken over from now, and whether by somebody who is there or not. Anybody who has a job in the meeting may,
// and the second facilitator first. Whom the item is about, and who was replaced, does not; who handed over to speak may.
func mayTakeOver(in Meeting, terms []Term, first Term, second, who member.ID, here bool, about []member.ID, since, now time.Time) (dropped, may bool) {
	if first.Member == 0 || in.State != Session || in.OnBreak(now) || now.Before(since.Add(DropsAfter)) {
		return false, false
	}
	works := slices.ContainsFunc(terms, func(t Term) bool { return t.Member == who && !t.Shadow && t.Runs(now) })
	waits := second != 0 && second != who && now.Before(since.Add(DropsAfter+SecondFirst))
	return true, works && here && !waits && who != first.Member && !slices.Contains(about, who)
}

// Drop returns whether the connection of whoever facilitates has dropped, if seen is when they were last seen; nobody keeps that.
func (v View) Drop(seen time.Time) Drop {
	since := expected(v.Meeting, v.Seat, v.Current, seen)
	barred := slices.DeleteFunc(slices.Clone(v.About), func(id member.ID) bool { return id == v.Aside() })
	dropped, may := mayTakeOver(v.Meeting, v.Terms, v.Seat, v.Second, v.Me, v.Here.HasDevice(), barred, since, v.Now)
	if !dropped {
		return Drop{}
	}
	return Drop{Term: v.Seat.Ref, Member: v.Seat.Member, May: may}
}

// TakeOverFrom has the actor do the job of whoever facilitates by the term, who was last seen then: their connection has dropped. Who facilitates already, changes nothing. It returns what
// running does, fault.NotFound for what is no such term, fault.Conflict if somebody else facilitates meanwhile or they are back, and fault.Denied for who may not take over.
func (s *Service) TakeOverFrom(ctx context.Context, a member.Actor, number int, term string, seen time.Time) error {
	return s.running(ctx, a, number, func(in *room) error {
		if !slices.ContainsFunc(in.terms, func(t Term) bool { return t.Ref == term && t.Job.cap() == member.Facilitate && !t.Shadow }) {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		about, err := in.about()
		if err != nil {
			return err
		}
		barred, err := in.barred()
		if err != nil {
			return err
		}
		me := in.a.Member.ID
		first, second := in.seats(about)
		item, _ := in.item(in.m.Item)
		dropped, may := mayTakeOver(in.m, in.terms, first, second, me, in.isHere(me), barred, expected(in.m, first, item, seen), in.tx.Now)
		switch {
		case first.Member == me:
			return nil
		case first.Ref != term:
			return fault.New(fault.Conflict, "meeting.somebody_facilitates")
		case !dropped:
			return fault.New(fault.Conflict, "meeting.drop.back")
		case !may:
			return fault.New(fault.Denied, "meeting.drop.not_you")
		}
		if err := in.endBy(in.tx, in.a.Group, first, OutOfTouch, in.by()); err != nil {
			return err
		}
		return in.hire(first.Job, me, false, TookItOver)
	})
}
