package draw

import (
	"context"
	"maps"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/role"
	"folkmoot/internal/rulebook"
	"folkmoot/internal/sortition"
)

// Asked is a role for which the viewer has been asked whether they would do it, and has not said.
type Asked struct {
	role.Role
	Draw
}

// Asked returns the roles for which the actor has been asked and has not answered, those first whose answers close first.
func (s *Service) Asked(ctx context.Context, a member.Actor) (out []Asked, err error) {
	if !a.IsMember() {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		draws, err := unanswered(tx, a.Group.ID, a.Member.ID)
		if err != nil || len(draws) == 0 {
			return err
		}
		for _, d := range draws {
			r, err := role.Get(tx, d.Role)
			if err != nil {
				return err
			}
			out = append(out, Asked{r, d})
		}
		return nil
	})
	return out, err
}

// Latest returns the newest draw of each of the actor's group's roles that has had one.
func (s *Service) Latest(ctx context.Context, a member.Actor, roles []role.ID) (out map[role.ID]Draw, err error) {
	if !a.IsMember() {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		out, err = latest(tx, roles)
		for id, d := range out {
			if d.Group != a.Group.ID {
				delete(out, id)
			}
		}
		return err
	})
	return out, err
}

// View is a role and its newest draw as one member sees them at one moment.
type View struct {
	role.View
	Draw     Draw           // zero: there has been none
	Mine     Answer         // what the viewer has said; "" is nothing yet
	Bars     []role.Bar     // what keeps the viewer from being drawn
	From     time.Time      // from when on the limits would let them begin a term; zero if nobody can say
	Pool     []Ticket       // by place
	MindDays int            // how long somebody who is willing may be drawn to look after a seat for which nobody is found
	Record   sortition.Draw // what is published of the draw
	Chances  int64          // the sum of weights in the pool
}

// Show returns the role with the key, or fault.NotFound.
func (s *Service) Show(ctx context.Context, a member.Actor, key string) (v View, err error) {
	if !a.IsMember() {
		return v, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		v = View{}
		if v.View, err = role.ShowIn(tx, a, key); err != nil {
			return err
		}
		last, err := latest(tx, []role.ID{v.Role.ID})
		if err != nil {
			return err
		}
		v.Draw = last[v.Role.ID]
		if err := v.asked(tx, a); err != nil {
			return err
		}
		return v.published(tx, a.Group)
	})
	return v, err
}

// asked adds what the viewer needs to answer.
func (v *View) asked(tx *db.Tx, a member.Actor) (err error) {
	if v.Draw.State != Asking {
		return nil
	}
	if v.Mine, err = answerOf(tx, v.Draw.ID, a.Member.ID); err != nil {
		return err
	}
	rules, err := rulebook.Get(tx, a.Group.ID, v.Draw.Rulebook)
	if err != nil {
		return err
	}
	v.MindDays = rules.Rules.CaretakerDays
	v.Bars, v.From, err = role.JudgeActor(tx, a, v.Role, rules.Rules, v.Draw.filling())
	return err
}

// published adds what everybody may know of the newest draw.
func (v *View) published(tx *db.Tx, g member.Group) (err error) {
	if v.Draw.State != Announced && v.Draw.State != Drawn {
		return nil
	}
	if v.Pool, err = pool(tx, v.Draw.ID); err != nil {
		return err
	}
	ids := make([]member.ID, len(v.Pool))
	for i, t := range v.Pool {
		ids[i] = t.Member
	}
	who, err := member.Many(tx, ids)
	if err != nil {
		return err
	}
	maps.Copy(v.People, who)
	v.Chances = poolOf(v.Pool).Total()
	v.Record, err = v.Draw.record(g, v.Pool)
	return err
}

// Published returns what is published of the group's draw with the number, as `folkmoot draw --check` reads it. It returns fault.NotFound
// if there is no such draw, or if nothing of it is published.
func (s *Service) Published(ctx context.Context, a member.Actor, number int) (r sortition.Record, err error) {
	if !a.IsMember() {
		return r, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		d, err := find(tx, a.Group.ID, number)
		if err == nil && d.State != Announced && d.State != Drawn {
			err = fault.New(fault.NotFound, "fault.not_found")
		}
		if err != nil {
			return err
		}
		tickets, err := pool(tx, d.ID)
		if err != nil {
			return err
		}
		lot, err := d.record(a.Group, tickets)
		r = sortition.Record{Draw: &lot}
		return err
	})
	return r, err
}
