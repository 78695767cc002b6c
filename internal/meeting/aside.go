package meeting

import (
	"context"
	"slices"

	"folkmoot/internal/fault"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
)

// Aside returns who handed over to speak about what is talked about, while somebody else facilitates because of that; 0: nobody.
func (v View) Aside() member.ID {
	if slices.Contains(v.About, v.Current.Aside) {
		return v.Current.Aside
	}
	return 0
}

// StepAside has the actor, who facilitates, hand over to speak about the item (practice.md §2.5.6): until it ends the next who can facilitates, and then they do again by themselves. They do before that,
// too, if nobody else is there any more who can. Again changes nothing. It returns what running does, fault.Denied for who does not facilitate, and fault.Conflict where they cannot hand over now.
func (s *Service) StepAside(ctx context.Context, a member.Actor, number int, id ItemID) error {
	return s.running(ctx, a, number, func(in *room) error {
		it, _ := in.item(in.m.Item)
		if it.ID == id && it.Aside == in.a.Member.ID {
			return nil
		}
		if err := in.facilitates(); err != nil {
			return err
		}
		if it.ID != id {
			return fault.New(fault.Conflict, "meeting.no_item")
		}
		if err := in.mayStepAside(); err != nil {
			return err
		}
		it.Aside = in.a.Member.ID
		if err := putItem(in.tx, it, Now); err != nil {
			return err
		}
		return in.note("item.aside", in.by(), ledger.Data{"meeting": in.m.Ref(), "item": int64(it.ID)})
	})
}

// mayStepAside returns nil if whoever facilitates can hand over to speak about what is talked about.
func (in *room) mayStepAside() error {
	about, err := in.about()
	if err != nil {
		return err
	}
	it, called := in.item(in.m.Item)
	switch {
	case !called:
		return fault.New(fault.Conflict, "meeting.no_item")
	case it.Aside != 0:
		return fault.New(fault.Conflict, "meeting.aside.once")
	case in.chair(append(slices.Clone(about), in.chair(about))) == 0:
		return fault.New(fault.Conflict, "meeting.aside.nobody")
	}
	if err := in.noVote(); err != nil {
		return err
	}
	return in.apart()
}
