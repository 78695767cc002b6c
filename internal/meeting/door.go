package meeting

import (
	"context"
	"slices"
	"unicode/utf8"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
)

// Limits of the page of the door, and of what somebody writes to who keeps it.
const (
	DoorPage = 30
	MaxNeed  = 300
)

// Doorway is what whoever keeps the door sees: who has come, and whom they can let in (practice.md §5.2, §3.4).
type Doorway struct {
	Meeting
	Count   map[Mode]int
	Unaided int // of them, without a device
	Needed  int // for a quorum
	People  []Arrival
	After   member.ID // there are more members after this one; 0: no more
	Mine    bool      // the viewer has the job, and does not only facilitate
	Needs   []Need    // of those who are there; for whoever has the job alone
	Names   map[member.ID]member.Member
}

// Total is how many are there.
func (d Doorway) Total() (n int) {
	for _, c := range d.Count {
		n += c
	}
	return n
}

// Arrival is a member of the group as the door has them. Here is zero if they are not there.
type Arrival struct {
	Member  member.ID
	Name    string
	Here    Presence
	Refused bool // they have said in this sitting that they are not there, and so nobody else notes that they are
}

// Need is what somebody who is there needs to take part.
type Need struct {
	Member member.ID
	Text   string
}

// keepsDoor returns nil if the actor has the job of the door; whoever facilitates has not for that alone. Else it returns fault.Denied.
func (in *room) keepsDoor() error {
	if member.Can(in.a, member.Door, in.tx.Now) && slices.ContainsFunc(in.terms, func(t Term) bool {
		return t.Member == in.a.Member.ID && t.Job == Doors && !t.Shadow && t.Runs(in.tx.Now)
	}) {
		return nil
	}
	return fault.New(fault.Denied, "door.not_yours")
}

// AtDoor returns who is at the meeting with the number, of those members whose name has the words in it, in order of their names; after is the last of the page before.
// It returns fault.NotFound for who is no member or if there is no such meeting, fault.Conflict if it is not under way, and fault.Denied for who does not keep the door
// and does not facilitate.
func (s *Service) AtDoor(ctx context.Context, a member.Actor, number int, words string, after member.ID) (d Doorway, err error) {
	if !a.IsMember() {
		return d, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		in, err := inSession(tx, a, number)
		if err != nil {
			return err
		}
		if err := in.has(member.Door, member.Can(a, member.Door, tx.Now)); err != nil {
			return err
		}
		d = Doorway{Meeting: in.m, Count: in.heads, Needed: in.m.Quorum, Mine: in.keepsDoor() == nil}
		if d.Unaided, err = unaided(tx, in.m.ID); err != nil {
			return err
		}
		if d.People, err = arrivals(tx, in.m, words, after, DoorPage+1); err != nil {
			return err
		}
		if len(d.People) > DoorPage {
			d.People = d.People[:DoorPage]
			d.After = d.People[DoorPage-1].Member
		}
		listed := make([]member.ID, len(d.People))
		for i, x := range d.People {
			listed[i] = x.Member
		}
		refused, err := whoRefused(tx, in.m, listed)
		if err != nil {
			return err
		}
		for i, x := range d.People {
			d.People[i].Refused = refused[x.Member]
		}
		if !d.Mine {
			return nil
		}
		if d.Needs, err = needsOf(tx, in.m.ID); err != nil {
			return err
		}
		ids := make([]member.ID, len(d.Needs))
		for i, n := range d.Needs {
			ids[i] = n.Member
		}
		d.Names, err = member.Many(tx, ids)
		return err
	})
	return d, err
}

// LetIn notes at the door that a member is there who has no device. Of somebody who is there with their own it changes nothing: nobody else decides how they vote. It returns
// what running does, fault.Denied for who does not keep the door, fault.NotFound for who is no member of the group, and fault.Conflict for who is there with a device, and for who has said
// in this sitting that they are not there and has not come themselves since.
func (s *Service) LetIn(ctx context.Context, a member.Actor, number int, who member.ID) error {
	return s.atDoor(ctx, a, number, who, func(in *room, here Presence) error {
		switch {
		case here.Paper:
			return nil
		case here.ID != 0:
			return fault.New(fault.Conflict, "door.has_device")
		}
		return in.letIn(who, Note{ByName, in.a.Member.ID}, "")
	})
}

// LetOut notes at the door that somebody who was let in there has gone, or never came. Whoever is there with a device says so themselves. It returns what LetIn does.
func (s *Service) LetOut(ctx context.Context, a member.Actor, number int, who member.ID) error {
	return s.atDoor(ctx, a, number, who, func(in *room, here Presence) error {
		if here.ID != 0 && !here.Paper {
			return fault.New(fault.Conflict, "door.has_device")
		}
		return in.away(who, byDoor)
	})
}

// atDoor has whoever keeps the door do something about a member of the group, who is there or not.
func (s *Service) atDoor(ctx context.Context, a member.Actor, number int, who member.ID, do func(in *room, here Presence) error) error {
	return s.running(ctx, a, number, func(in *room) error {
		if err := in.has(member.Door, member.Can(in.a, member.Door, in.tx.Now)); err != nil {
			return err
		}
		m, err := member.Get(in.tx, who)
		if err != nil {
			return err
		}
		if m.Group != in.a.Group.ID || !m.Left.IsZero() {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		there, err := hereOf(in.tx, in.m.ID, []member.ID{who})
		if err != nil {
			return err
		}
		return do(in, there[who])
	})
}

// SayNeed keeps what the actor, who is there, needs to take part, in place of what they said before; without words it takes that back. Nobody but whoever keeps the door
// ever sees it, and nothing else tells of it (practice.md §5.9). It returns fault.NotFound for who is no member or if there is no such meeting, fault.Conflict if it is
// over or they are not there, and fault.Invalid with the field "need".
func (s *Service) SayNeed(ctx context.Context, a member.Actor, number int, text string) error {
	if text = motion.Tidy(text); utf8.RuneCountInString(text) > MaxNeed {
		return fault.Form(map[string]lang.Msg{"need": lang.M("meeting.form.long", "Max", MaxNeed)})
	}
	return s.act(ctx, a, func(sc *scene) error {
		in, err := sc.enter(number)
		switch {
		case err != nil:
			return err
		case in.m.IsOver():
			return fault.New(fault.Conflict, "meeting.over")
		case !in.isHere(in.a.Member.ID):
			return fault.New(fault.Conflict, "meeting.not_there")
		}
		in.tell()
		return putNeed(in.tx, in.m.ID, in.a.Member.ID, text)
	})
}

// mayNeed adds what concerns the viewer alone: what they have said that they need.
func (v *View) mayNeed(tx *db.Tx) (err error) {
	if v.Here.ID == 0 || v.IsOver() {
		return nil
	}
	v.Need, err = needOf(tx, v.ID, v.Me)
	return err
}
