package resolve

import (
	"context"
	"strconv"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/line"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/sortition"
)

// Service is what those in resolution groups do, and the clock.
type Service struct {
	db     *db.DB
	ledger *ledger.Ledger
}

// NewService returns a Service on the database that writes to the record.
func NewService(d *db.DB, l *ledger.Ledger) *Service { return &Service{d, l} }

// inside is somebody in the resolution group on a motion, who does something.
type inside struct {
	tx    *db.Tx
	a     member.Actor
	m     motion.Motion
	r     Resolution
	seats []Seat
	own   Seat
	said  []Word
}

// act runs what somebody in the open resolution group on a motion does. The same form sent again changes nothing. It returns fault.NotFound for who is no member and where there is no such motion,
// fault.Conflict where there is no group or it is over, and fault.Denied for who is not in it.
func (s *Service) act(ctx context.Context, a member.Actor, once db.Once, number int, do func(in *inside) error) error {
	if !a.IsMember() {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		a, err := member.Again(tx, a)
		if err != nil {
			return err
		}
		in := &inside{tx: tx, a: a}
		if in.m, err = motion.Look(tx, a, number); err != nil {
			return err
		}
		if _, seen, err := tx.Seen(once); err != nil || seen {
			return err
		}
		r, open, err := openOn(tx, in.m.ID)
		if err != nil {
			return err
		}
		if !open {
			return fault.New(fault.Conflict, "resolve.over")
		}
		if err := r.takes(tx.Now); err != nil {
			return err
		}
		in.r = r
		if in.seats, err = seatsOf(tx, r.ID); err != nil {
			return err
		}
		if in.own = seatOf(in.seats, a.Member.ID); in.own.Sitting != Sits {
			return fault.New(fault.Denied, "resolve.not_in_it")
		}
		if in.said, err = wordsOf(tx, r.ID); err != nil {
			return err
		}
		if err := do(in); err != nil {
			return err
		}
		if err := member.Touch(tx, a.Member); err != nil {
			return err
		}
		return tx.Did(once, int64(r.ID))
	})
}

// say has all members read what somebody in the group says.
func (s *Service) say(in *inside, w Word) error {
	w.N, w.By, w.At = len(in.said)+1, in.own.Member, in.tx.Now
	if err := insertWord(in.tx, in.r.ID, w); err != nil {
		return err
	}
	in.said = append(in.said, w)
	d := ledger.Data{"resolution": int64(in.r.ID), "n": w.N, "how": string(w.How)}
	switch w.How {
	case Meets:
		d["text"], d["on"] = ledger.Text(w.Text), w.On
	case Difference:
		d["text"] = ledger.Text(w.Text)
	case Behind:
		d["version"] = w.Version
	}
	return note(in.tx, s.ledger, in.a.Group, in.m, "resolution.said", in.a.Member.Ref, d)
}

// Meet says when and where they meet. It returns fault.Invalid with the fields "on" and "place", fault.Conflict once they have had their meetings, and what act does.
func (s *Service) Meet(ctx context.Context, a member.Actor, once db.Once, number int, on time.Time, place string) error {
	place = line.Tidy(place)
	return s.act(ctx, a, once, number, func(in *inside) error {
		wrong := map[string]lang.Msg{}
		if on.Before(in.tx.Now) || on.After(in.r.Until) {
			wrong["on"] = lang.M("resolve.when", "Until", in.r.Until)
		}
		if w := wrongText(place, MaxPlace); !w.IsZero() {
			wrong["place"] = w
		}
		if len(wrong) > 0 {
			return fault.Form(wrong)
		}
		if err := mayMeet(in.r, in.said); err != nil {
			return err
		}
		return s.say(in, Word{How: Meets, Text: place, On: on})
	})
}

// Differ says on what they agree, and on what not, as the actor sees it. It returns fault.Invalid with the field "text", fault.Conflict for who has said it, and what act does.
func (s *Service) Differ(ctx context.Context, a member.Actor, once db.Once, number int, text string) error {
	text = motion.Tidy(text)
	return s.act(ctx, a, once, number, func(in *inside) error {
		if w := wrongText(text, MaxText); !w.IsZero() {
			return fault.Form(map[string]lang.Msg{"text": w})
		}
		if err := mayDiffer(in.said, in.own.Member); err != nil {
			return err
		}
		return s.say(in, Word{How: Difference, Text: text})
	})
}

// StandBehind has the actor, who blocked, be behind the words as they are now, which must be the version they have seen. Once all who block are, there is a call on these words. It returns
// fault.Denied for who did not block, fault.Conflict for words that are no longer the current ones, and what act does.
func (s *Service) StandBehind(ctx context.Context, a member.Actor, once db.Once, number, version int) error {
	return s.act(ctx, a, once, number, func(in *inside) error {
		if err := mayStand(in.r, in.m, in.own, in.said); err != nil {
			return err
		}
		if version != in.m.Version {
			return fault.New(fault.Conflict, "resolve.changed")
		}
		if err := s.say(in, Word{How: Behind, Version: version}); err != nil {
			return err
		}
		if !behindAll(in.seats, in.said, version) {
			return nil
		}
		return finish(in.tx, s.ledger, in.a.Group, in.m, in.r, Joint, version)
	})
}

// Pass has the next in the order of the lot be in the group in place of the actor. It returns fault.Denied for who was not drawn, and what act does.
func (s *Service) Pass(ctx context.Context, a member.Actor, once db.Once, number int) error {
	return s.act(ctx, a, once, number, func(in *inside) error {
		if err := mayPass(in.own); err != nil {
			return err
		}
		return pass(in.tx, s.ledger, in.a.Group, in.m, in.r, in.own, Passed, in.a.Member.Ref)
	})
}

// Lift takes the actor's block back. It returns fault.Denied for who did not block, and what act does.
func (s *Service) Lift(ctx context.Context, a member.Actor, once db.Once, number int) error {
	return s.act(ctx, a, once, number, func(in *inside) error {
		if err := mayLift(in.own); err != nil {
			return err
		}
		return lift(in.tx, s.ledger, in.a.Group, in.m, in.r, in.a.Member, Unblock, in.a.Member.Ref)
	})
}

// Part has somebody who leaves be out of resolution groups: the next is drawn for them, and what they blocked is not blocked by them any more.
func (s *Service) Part(tx *db.Tx, who member.Member) error {
	all, err := sittingOf(tx, who.ID)
	if err != nil || len(all) == 0 {
		return err
	}
	g, err := member.GetGroup(tx, who.Group)
	if err != nil {
		return err
	}
	for _, r := range all {
		m, err := motion.Get(tx, r.Motion)
		if err != nil {
			return err
		}
		seats, err := seatsOf(tx, r.ID)
		if err != nil {
			return err
		}
		switch own := seatOf(seats, who.ID); own.Part {
		case Drawn:
			err = pass(tx, s.ledger, g, m, r, own, Left, "")
		case Blocker:
			err = lift(tx, s.ledger, g, m, r, who, Left, "")
		default:
			err = putSeat(tx, r.ID, who.ID, Left)
			if err == nil {
				err = note(tx, s.ledger, g, m, "resolution.lifted", "", ledger.Data{"resolution": int64(r.ID), "how": string(Left), "member": who.Ref})
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Tick ends the groups whose days are over.
func (s *Service) Tick(ctx context.Context) error {
	return s.db.WorkOff(ctx, func(tx *db.Tx, limit int) (out []db.Due, err error) {
		all, err := due(tx, limit)
		for _, r := range all {
			out = append(out, db.Due{Name: "resolution group " + strconv.FormatInt(int64(r.ID), 10), Do: func(tx *db.Tx) error { return s.end(tx, r) }})
		}
		return out, err
	})
}

func (s *Service) end(tx *db.Tx, r Resolution) error {
	g, err := member.GetGroup(tx, r.Group)
	if err != nil {
		return err
	}
	m, err := motion.Get(tx, r.Motion)
	if err != nil {
		return err
	}
	return finish(tx, s.ledger, g, m, r, Over, 0)
}

// Next returns when Tick has something to do next, which may be due already; zero if nothing will be.
func (s *Service) Next(tx *db.Tx) (time.Time, error) { return db.Soonest(tx, nextDue) }

// Archive ends the resolution groups of a group that is archived.
func Archive(tx *db.Tx, l *ledger.Ledger, g member.Group) error {
	all, err := openIn(tx, g.ID)
	if err != nil {
		return err
	}
	for _, r := range all {
		m, err := motion.Get(tx, r.Motion)
		if err != nil {
			return err
		}
		if err := finish(tx, l, g, m, r, Over, 0); err != nil {
			return err
		}
	}
	return nil
}

// Last returns the last resolution group on a motion that the page of somebody who may see it has shown; without an ID there was none.
func (s *Service) Last(ctx context.Context, m motion.ID) (r Resolution, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		r, err = Last(tx, m)
		return err
	})
	return r, err
}

// Shown is a resolution group with what it says.
type Shown struct {
	Resolution
	Ref   string // of the call, in the record
	Seats []Seat
	Said  []Word
	Mine  int // the viewer's number in the lot, while it is open; 0: none
}

// View is the resolution groups on a motion as one member sees them.
type View struct {
	Now    time.Time
	Motion motion.Motion
	Groups []Shown // the last first
	People map[member.ID]member.Member
	Own    Seat // where the viewer sits in the open one
	Can    Can
}

// Can is what the viewer can do now; nil is that they can.
type Can struct{ Meet, Differ, Stand, Pass, Lift error }

// Show returns the resolution groups on the motion with the number. It returns fault.NotFound for who is no member, and where there is no such motion, or no such group on it.
func (s *Service) Show(ctx context.Context, a member.Actor, number int) (v View, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		v = View{Now: tx.Now}
		if v.Motion, err = motion.Look(tx, a, number); err != nil {
			return err
		}
		all, err := of(tx, v.Motion.ID)
		if err != nil {
			return err
		}
		if len(all) == 0 {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		var ids []member.ID
		for _, r := range all {
			x := Shown{Resolution: r}
			if x.Ref, err = ballotRef(tx, r.Ballot); err != nil {
				return err
			}
			if x.Seats, err = seatsOf(tx, r.ID); err != nil {
				return err
			}
			if x.Said, err = wordsOf(tx, r.ID); err != nil {
				return err
			}
			for _, seat := range x.Seats {
				ids = append(ids, seat.Member)
			}
			if r.State == Open {
				if x.Mine, err = numberOf(tx, r.ID, a.Member.ID); err != nil {
					return err
				}
			}
			v.Groups = append(v.Groups, x)
		}
		v.may(a.Member.ID)
		v.People, err = member.Many(tx, ids)
		return err
	})
	return v, err
}

// may adds what the viewer can do.
func (v *View) may(who member.ID) {
	x := v.Groups[0]
	if x.takes(v.Now) != nil {
		return
	}
	own := seatOf(x.Seats, who)
	if own.Sitting != Sits {
		return
	}
	v.Own = own
	v.Can = Can{mayMeet(x.Resolution, x.Said), mayDiffer(x.Said, who), mayStand(x.Resolution, v.Motion, own, x.Said), mayPass(own), mayLift(own)}
}

// Published returns the lot of a resolution group on a motion, as `folkmoot draw --check` reads it. It returns fault.NotFound where Show does, and where no lot fell.
func (s *Service) Published(ctx context.Context, a member.Actor, number int, id ID) (out sortition.Record, err error) {
	v, err := s.Show(ctx, a, number)
	if err != nil {
		return out, err
	}
	for _, x := range v.Groups {
		if x.ID == id && x.Draw > 0 {
			d, err := lotIn(x.Ref, x.Resolution)
			return sortition.Record{Draw: &d}, err
		}
	}
	return out, fault.New(fault.NotFound, "fault.not_found")
}
