package meeting

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/floor"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/procedure"
)

// LeastSpokes is how many have to be there for spokes: as many can still be heard one by one in a round (practice.md §2.16).
const LeastSpokes = 30

// perCircle is how many people a group has that one of them speaks for, if it can be: ten to twenty (practice.md §2.5.5).
const perCircle = 15

// SpokesID names the spokes of one time.
type SpokesID int64

// SpokesState is how far they are.
type SpokesState string

// The states.
const (
	SpokesOpen    SpokesState = "open"
	SpokesDone    SpokesState = "done"    // the item ended
	SpokesStopped SpokesState = "stopped" // all speak for themselves again, before it did
)

// Spokes is that those who are there are in groups, and one of each, its spoke, speaks for it about an item (practice.md §2.5.5). The others confer with their group; all vote. Who was in which group,
// who was its spoke and who was named as one is on no record, and forgotten when they are over.
type Spokes struct {
	ID      SpokesID
	Group   member.GroupID
	Meeting ID
	Item    ItemID
	By      member.ID // who facilitated; of those that members decided on, who had asked for them
	Circles int       // how many groups
	People  int       // who were shared out
	State   SpokesState
	Opens   time.Time
	Ended   time.Time
}

// Circle is a group for which a spoke speaks.
type Circle struct {
	Number int
	Spoke  member.ID // 0: nobody is named yet
	People []member.ID
}

// circleSeat is somebody in such a group, and whom they would have speak for it.
type circleSeat struct {
	Member member.ID
	Number int
	Lot    int // those whom the lot had first come first at a tie
	Named  member.ID
}

// spokeOf returns who speaks for a group, of which those in seats are there: whoever most of them name, and of those who are named as often, whom the lot had first. 0: nobody is named. As everybody
// can name somebody else at any time, most of a group can always have another speak.
func spokeOf(seats []circleSeat) member.ID {
	votes := map[member.ID]int{}
	for _, s := range seats {
		votes[s.Named]++
	}
	seats = slices.DeleteFunc(slices.Clone(seats), func(s circleSeat) bool { return votes[s.Member] == 0 })
	if len(seats) == 0 {
		return 0
	}
	return slices.MinFunc(seats, func(a, b circleSeat) int { return cmp.Or(votes[b.Member]-votes[a.Member], a.Lot-b.Lot) }).Member
}

// UseSpokes has everybody who is there, but for whoever facilitates, be in a group of ten to twenty by lot, for which one of them speaks until the item ends. The same form sent again changes nothing.
// It returns what running does, fault.Denied for who does not facilitate, and fault.Conflict while nothing is talked about or something else comes first, for too few people, and where there are spokes.
func (s *Service) UseSpokes(ctx context.Context, a member.Actor, once db.Once, number int) error {
	return s.jointly(ctx, a, once, number, func(in *room) (int64, error) {
		if err := in.mayUseSpokes(); err != nil {
			return 0, err
		}
		if err := in.silence(); err != nil { // their time was over
			return 0, err
		}
		if err := in.gathered(procedure.Spokes); err != nil {
			return 0, err
		}
		return in.beginSpokes(in.a.Member.ID, in.a.Member.ID, in.by(), 0)
	})
}

// mayUseSpokes returns nil if whoever facilitates can have spokes speak now.
func (in *room) mayUseSpokes() error {
	if err := in.spokesFit(); err != nil {
		return err
	}
	if err := in.fallsAgain(procedure.Spokes); err != nil {
		return err
	}
	return in.mayGather(procedure.Spokes)
}

// spokesFit returns nil if so many are there as it takes, and there are no spokes yet.
func (in *room) spokesFit() error {
	_, open, err := in.spokesNow()
	switch {
	case err != nil:
		return err
	case open:
		return fault.New(fault.Conflict, "meeting.spokes.open")
	case in.count() < LeastSpokes:
		return fault.New(fault.Conflict, "meeting.spokes.few", "Min", LeastSpokes)
	}
	return nil
}

// beginSpokes shares everybody but the chair out; by is who the record says did it, and move the move by which members decided on it, 0 for none.
func (in *room) beginSpokes(who, chair member.ID, by string, move MoveID) (int64, error) {
	people, err := allHere(in.tx, in.m.ID)
	if err != nil {
		return 0, err
	}
	people = slices.DeleteFunc(people, func(p Presence) bool { return p.Member == chair })
	seats, d, err := in.share(people, "spokes", perCircle)
	if err != nil {
		return 0, err
	}
	x := Spokes{
		Group: in.a.Group.ID, Meeting: in.m.ID, Item: in.m.Item, By: who, Circles: seats[len(seats)-1].Number, People: len(people), State: SpokesOpen, Opens: in.tx.Now,
	}
	if x, err = insertSpokes(in.tx, x, seats); err != nil {
		return 0, err
	}
	in.jointly = nil
	maps.Copy(d, ledger.Data{"spokes": int64(x.ID), "item": int64(x.Item), "circles": x.Circles, "people": x.People, "opens": x.Opens})
	if move != 0 {
		d["move"] = int64(move)
	}
	return int64(x.ID), in.note("spokes.begun", by, d)
}

// spokesBy does what members decided on: that spokes speak, or that all speak for themselves again.
func (in *room) spokesBy(mv Move) error {
	about, err := in.about()
	if err != nil {
		return err
	}
	who, err := member.Get(in.tx, mv.By)
	if err != nil || in.m.Item != mv.Item {
		return err
	}
	if mv.Kind == procedure.AllSpeak {
		x, open, err := in.spokesNow()
		if err != nil || !open {
			return err
		}
		return in.endSpokes(x, SpokesStopped, who.Ref, mv.ID)
	}
	if in.spokesFit() != nil {
		return nil
	}
	_, err = in.beginSpokes(mv.By, in.chair(about), who.Ref, mv.ID)
	return err
}

// StopSpokes has all speak for themselves again. Once they do, again changes nothing. It returns what running does, fault.Denied for who does not facilitate, and fault.NotFound for what were no spokes
// of the meeting.
func (s *Service) StopSpokes(ctx context.Context, a member.Actor, number int, id SpokesID) error {
	return s.running(ctx, a, number, func(in *room) error {
		x, err := in.spokesOf(id)
		if err != nil {
			return err
		}
		if err := in.facilitates(); err != nil || x.State != SpokesOpen {
			return err
		}
		if err := in.gathered(procedure.AllSpeak); err != nil {
			return err
		}
		return in.endSpokes(x, SpokesStopped, in.by(), 0)
	})
}

// endSpokes has all speak for themselves again.
func (in *room) endSpokes(x Spokes, how SpokesState, by string, move MoveID) error {
	x.State, x.Ended = how, in.tx.Now
	if err := forgetCircles(in.tx, x.ID); err != nil {
		return err
	}
	if err := putSpokes(in.tx, x); err != nil {
		return err
	}
	in.jointly = nil
	d := ledger.Data{"meeting": in.m.Ref(), "spokes": int64(x.ID), "how": string(how)}
	if move != 0 {
		d["move"] = int64(move)
	}
	return in.note("spokes.ended", by, d)
}

// NameSpoke has the actor name somebody of their group, themselves too, to speak for it, in place of whom they named before; 0: nobody. Nobody is told whom they named. It returns what running does,
// fault.NotFound for what were no spokes of the meeting, and fault.Conflict once those are over, for who is in no group, and for somebody who is not in it, or not there.
func (s *Service) NameSpoke(ctx context.Context, a member.Actor, number int, id SpokesID, who member.ID) error {
	return s.circling(ctx, a, number, id, func(in *room, x Spokes) error {
		own, err := circleSeatOf(in.tx, x.ID, in.a.Member.ID)
		if err != nil {
			return err
		}
		if own.Number == 0 {
			return fault.New(fault.Conflict, "meeting.spokes.no_group")
		}
		seats, err := circleSeats(in.tx, x, own.Number)
		if err != nil {
			return err
		}
		sits := func(id member.ID) bool {
			return slices.ContainsFunc(seats, func(s circleSeat) bool { return s.Member == id })
		}
		switch {
		case !sits(own.Member) || !in.isHere(own.Member):
			return fault.New(fault.Conflict, "meeting.not_there")
		case who != 0 && !sits(who):
			return fault.New(fault.Conflict, "meeting.spokes.not_in_it")
		}
		if err := nameSpoke(in.tx, x.ID, own.Member, who); err != nil {
			return err
		}
		return in.chooseSpoke(x, own.Number)
	})
}

// JoinCircle has the actor, who is there and in no group, be in the smallest. It returns what NameSpoke does.
func (s *Service) JoinCircle(ctx context.Context, a member.Actor, number int, id SpokesID) error {
	return s.circling(ctx, a, number, id, func(in *room, _ Spokes) error {
		if !in.isHere(in.a.Member.ID) {
			return fault.New(fault.Conflict, "meeting.not_there")
		}
		in.tell()
		return in.joinCircle(in.a.Member.ID)
	})
}

// circling runs what a member does with spokes that are there.
func (s *Service) circling(ctx context.Context, a member.Actor, number int, id SpokesID, do func(*room, Spokes) error) error {
	return s.quietly(ctx, a, number, func(in *room) error {
		x, err := in.spokesOf(id)
		if err != nil {
			return err
		}
		if x.State != SpokesOpen {
			return fault.New(fault.Conflict, "meeting.spokes.over")
		}
		return do(in, x)
	})
}

// chooseSpoke has whoever speaks for a group be whom most of it name.
func (in *room) chooseSpoke(x Spokes, number int) error {
	seats, err := circleSeats(in.tx, x, number)
	if err != nil {
		return err
	}
	changed, err := putSpoke(in.tx, x.ID, number, spokeOf(seats))
	if changed {
		in.tell()
	}
	return err
}

// joinCircle has somebody who comes be in the smallest group, or in that in which they were before.
func (in *room) joinCircle(who member.ID) error {
	x, open, err := in.spokesNow()
	if err != nil || !open {
		return err
	}
	own, err := circleSeatOf(in.tx, x.ID, who)
	if err != nil {
		return err
	}
	if own.Number == 0 {
		if own, err = sitInSmallest(in.tx, x, who); err != nil {
			return err
		}
	}
	return in.chooseSpoke(x, own.Number)
}

// leaveCircle has a group choose anew once somebody of it has gone: nobody who is not there speaks for it, or says who does.
func (in *room) leaveCircle(who member.ID) error {
	x, open, err := in.spokesNow()
	if err != nil || !open {
		return err
	}
	own, err := circleSeatOf(in.tx, x.ID, who)
	if err != nil || own.Number == 0 {
		return err
	}
	return in.chooseSpoke(x, own.Number)
}

// spokesNow returns the spokes that are there.
func (j *joint) spokesNow() (Spokes, bool) {
	i := slices.IndexFunc(j.spokes, func(x Spokes) bool { return x.State == SpokesOpen })
	if i < 0 {
		return Spokes{}, false
	}
	return j.spokes[i], true
}

func (in *room) spokesNow() (Spokes, bool, error) {
	j, err := in.joint()
	if err != nil {
		return Spokes{}, false, err
	}
	x, open := j.spokesNow()
	return x, open, nil
}

// spokesOf returns the spokes with the number, or fault.NotFound.
func (in *room) spokesOf(id SpokesID) (Spokes, error) {
	j, err := in.joint()
	if err != nil {
		return Spokes{}, err
	}
	i := slices.IndexFunc(j.spokes, func(x Spokes) bool { return x.ID == id })
	if i < 0 {
		return Spokes{}, fault.New(fault.NotFound, "fault.not_found")
	}
	return j.spokes[i], nil
}

// speakers returns who speaks about the item: nil while all can, and else the spokes, and who has brought the item, whose first and last word it is.
func (in *room) speakers() (map[member.ID]bool, error) {
	x, open, err := in.spokesNow()
	if err != nil || !open {
		return nil, err
	}
	circles, err := in.circles(x)
	if err != nil {
		return nil, err
	}
	it, _ := in.item(in.m.Item)
	mover := it.By
	if it.Motion != 0 {
		p, err := in.proposal(it)
		if err != nil {
			return nil, err
		}
		mover = p.Mover
	}
	out := map[member.ID]bool{mover: true}
	for _, c := range circles {
		out[c.Spoke] = true
	}
	delete(out, 0)
	return out, nil
}

// circles returns the groups, with who speaks for each.
func (in *room) circles(x Spokes) ([]Circle, error) {
	return recall(in.looked, "circles", func() ([]Circle, error) { return circlesOf(in.tx, x.ID) })
}

// maySpeak returns nil if the actor may raise a hand to speak: while there are spokes, they do.
func (in *room) maySpeak() error {
	who, err := in.speakers()
	if err == nil && who != nil && !who[in.a.Member.ID] {
		err = fault.New(fault.Conflict, "meeting.spokes.not_you")
	}
	return err
}

// heard returns the hands without those that wait until all speak for themselves again.
func (in *room) heard(all []Hand) ([]Hand, error) {
	who, err := in.speakers()
	if err != nil || who == nil {
		return all, err
	}
	return slices.DeleteFunc(slices.Clone(all), func(h Hand) bool { return h.State == Up && h.Kind == floor.Speak && !who[h.Member] }), nil
}

// SpokesOf returns the spokes of a meeting that are over, as they were.
func SpokesOf(tx *db.Tx, m ID) ([]Spokes, error) {
	all, err := spokesOf(tx, m)
	return slices.DeleteFunc(all, func(x Spokes) bool { return x.State == SpokesOpen }), err
}

// circled is who is in which group while there are spokes.
type circled struct {
	circles []Circle // by number
	seats   map[member.ID]circleSeat
	modes   map[member.ID]Mode
	people  map[member.ID]member.Member
}

// circles adds spokes that are there: to who is in a group, who else is, and whom they named; to all, who speaks for each; and to whoever runs
// the meeting, who is in which, so that they can tell those without a page.
func (v *View) circles(in *room, j *joint) error {
	x, open := j.spokesNow()
	if !open {
		return nil
	}
	all, err := in.circles(x)
	if err != nil {
		return err
	}
	c, err := recall(in.looked, "circled", func() (c circled, err error) {
		if c, err = circledOf(in.tx, x, all); err != nil {
			return c, err
		}
		c.people, err = member.Many(in.tx, slices.Collect(maps.Keys(c.seats)))
		return c, err
	})
	if err != nil {
		return err
	}
	t := &v.Together
	seat := c.seats[v.Me]
	t.Spokes, t.Circles, t.Modes, t.Named, t.Lot = x, slices.Clone(c.circles), c.modes, seat.Named, seat.Lot
	runs := v.Desk().Runs
	for i, circle := range c.circles {
		if circle.Spoke != 0 {
			v.People[circle.Spoke] = c.people[circle.Spoke]
		}
		if circle.Number == seat.Number {
			t.Circle = circle
		}
		if !runs && circle.Number != seat.Number {
			t.Circles[i].People = nil
		}
		for _, who := range t.Circles[i].People {
			v.People[who] = c.people[who]
		}
	}
	return nil
}

// Speaks says whether the viewer may raise a hand to speak about the item, as far as spokes are concerned.
func (v View) Speaks() bool {
	_, _, mover := v.stands()
	return v.Together.Spokes.ID == 0 || v.Together.Circle.Spoke == v.Me || mover == v.Me
}
