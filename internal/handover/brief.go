package handover

import (
	"context"
	"slices"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/draw"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/role"
	"folkmoot/internal/rulebook"
)

// Brief is what waits for a member, or concerns all, of learning roles and handing them over: for a group's first page.
type Brief struct {
	Asked   []Asked     // roles about which everybody is asked
	Shadows []Shadowing // that wait for the member to agree, or to confirm a sitting
	Sheets  []SheetLink // handovers that are not finished and in which the member has a part
	Half    []role.Term // that are half over
	Roles   map[role.ID]role.Role
	People  map[member.ID]member.Member
	Today   []role.Change    // whose terms begin and end today
	Able    map[role.ID]Able // of the roles that change hands today
}

// Asked is a role about which everybody is asked, and what the member has said; "" is nothing yet.
type Asked struct {
	Asking
	Mine draw.Answer
}

// SheetLink leads to a handover.
type SheetLink struct {
	Term role.Term
	Part Part
}

// Able is how many could do a role tomorrow, and from when on the member could; zero if nobody can say or they hold it, now if
// nothing is in the way.
type Able struct {
	Depth Depth
	From  time.Time
}

// Brief returns it. It returns fault.NotFound to who is not a member.
func (s *Service) Brief(ctx context.Context, a member.Actor) (b Brief, err error) {
	if !a.IsMember() {
		return b, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		b = Brief{Roles: map[role.ID]role.Role{}, Able: map[role.ID]Able{}}
		roles, err := role.Of(tx, a.Group.ID)
		if err != nil || len(roles) == 0 {
			return err
		}
		for _, r := range roles {
			b.Roles[r.ID] = r
		}
		if err := b.asked(tx, a); err != nil {
			return err
		}
		if err := b.waiting(tx, a); err != nil {
			return err
		}
		if err := b.terms(tx, a); err != nil {
			return err
		}
		if b.Today, err = role.Today(tx, a.Group, roles); err != nil {
			return err
		}
		return b.able(tx, a, b.Changing())
	})
	return b, err
}

// Changing returns the roles that change hands today, each once, in the order in which they do.
func (b Brief) Changing() (out []role.ID) {
	for _, ch := range b.Today {
		if !slices.Contains(out, ch.Role.ID) {
			out = append(out, ch.Role.ID)
		}
	}
	return out
}

func (b *Brief) asked(tx *db.Tx, a member.Actor) error {
	all, err := running(tx, a.Group.ID)
	if err != nil {
		return err
	}
	for _, k := range all {
		if !k.Open(tx.Now) {
			continue
		}
		said, err := answerOf(tx, k.ID, a.Member.ID)
		if err != nil {
			return err
		}
		b.Asked = append(b.Asked, Asked{k, said})
	}
	return nil
}

func (b *Brief) waiting(tx *db.Tx, a member.Actor) error {
	all, err := findShadowings(tx, "s.group_id = ? AND s.ended_at IS NULL AND (s.member_id = ? OR t.member_id = ?)", a.Group.ID, a.Member.ID, a.Member.ID)
	for _, s := range all {
		if s.Agreed.IsZero() && s.MayAgree(a.Member.ID) == nil || len(s.Unconfirmed(a.Member.ID)) > 0 {
			b.Shadows = append(b.Shadows, s)
		}
	}
	return err
}

// terms adds handovers of which the member is part, and terms that are half over.
func (b *Brief) terms(tx *db.Tx, a member.Actor) error {
	ids := make([]role.ID, 0, len(b.Roles))
	for id := range b.Roles {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	living, err := role.Living(tx, ids...)
	if err != nil {
		return err
	}
	mine, err := openSheets(tx, a.Member.ID)
	if err != nil {
		return err
	}
	var who []member.ID
	for _, t := range living {
		if t.Fills() && t.Holds(tx.Now) && CalendarOf(role.Role{}, t, rulebook.Rules{}).IsHalf(tx.Now) {
			b.Half, who = append(b.Half, t), append(who, t.Member)
		}
		if t.Member != a.Member.ID {
			continue
		}
		before, err := before(tx, t)
		if err != nil {
			return err
		}
		for _, b := range before {
			mine = append(mine, b.ID)
		}
	}
	for _, id := range mine {
		if err := b.sheet(tx, id, a.Member.ID); err != nil {
			return err
		}
	}
	b.People, err = member.Many(tx, who)
	return err
}

func (b *Brief) sheet(tx *db.Tx, id role.TermID, who member.ID) error {
	t, err := role.GetTerm(tx, id)
	if err != nil {
		return err
	}
	h, err := about(tx, t, who)
	if err == nil && h.ID != 0 && h.Finished.IsZero() && h.Forgotten.IsZero() && !h.needless() && (h.part == Outgoing || h.part == Incoming) {
		b.Sheets = append(b.Sheets, SheetLink{t, h.part})
	}
	return err
}

func (b *Brief) able(tx *db.Tx, a member.Actor, changing []role.ID) error {
	if len(changing) == 0 {
		return nil
	}
	rules, err := rulebook.Current(tx, a.Group.ID, tx.Now)
	if err != nil {
		return err
	}
	for _, id := range changing {
		r, ok := b.Roles[id]
		if !ok {
			continue
		}
		var x Able
		if x.Depth, err = depth(tx, a.Group, r, rules.Rules); err != nil {
			return err
		}
		bars, from, err := role.JudgeActor(tx, a, r, rules.Rules, role.Filling{Closes: tx.Now, Starts: tx.Now, Seats: 1})
		if err != nil {
			return err
		}
		switch {
		case len(bars) == 0:
			x.From = tx.Now
		case !slices.Contains(bars, role.Seated):
			x.From = from
		}
		b.Able[id] = x
	}
	return nil
}
