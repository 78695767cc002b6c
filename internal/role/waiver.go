package role

import (
	"context"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
)

// ProposeWaiver puts forward in the actor's name that somebody may take a role once although the limits stand against it. It returns
// fault.Invalid with the fields "name" and "why", fault.NotFound if there is no such role, and fault.Conflict if they have a waiver for it.
func (s *Service) ProposeWaiver(ctx context.Context, a member.Actor, once db.Once, key, name, why string) (motion.Motion, error) {
	return motion.BringOnce(ctx, s.db, s.ledger, a, once, func(tx *db.Tx, a member.Actor) (p motion.Proposal, about member.ID, err error) {
		r, err := Find(tx, a.Group.ID, key)
		if err != nil {
			return p, 0, err
		}
		who, err := member.ByName(tx, a.Group.ID, name)
		if db.IsNotFound(err) {
			err = fault.Form(map[string]lang.Msg{"name": lang.M("role.waiver.nobody")})
		}
		if err != nil {
			return p, 0, err
		}
		if was, err := freeWaiver(tx, r.ID, who.ID); err != nil || was.ID != 0 {
			if err == nil {
				err = fault.New(fault.Conflict, "role.waiver.has")
			}
			return p, 0, err
		}
		v := s.words.Voice(a.Group.Lang)
		say := []any{"Name", who.Name, "Role", lang.M("role." + r.Key + ".name")}
		p.Text = motion.Text{
			Title: v.T("role.waiver.motion", say...), Clauses: []motion.Clause{{Text: v.T("role.waiver.clause", say...)}}, Why: why,
			Effect: motion.Effect{Kind: motion.Waive, Role: r.Key, Member: who.Ref},
		}
		return p, who.ID, nil
	})
}

// waiversShown is how many waivers the power map shows.
const waiversShown = 20

// Waivers are those of a group, for everybody to count (practice.md §2.12.2).
type Waivers struct {
	All    int
	List   []Granted // the newest first
	Roles  map[ID]Role
	People map[member.ID]member.Member
}

func waivers(tx *db.Tx, g member.GroupID, roles []Role) (w Waivers, err error) {
	if w.List, w.All, err = waiversOf(tx, g, waiversShown); err != nil || len(w.List) == 0 {
		return w, err
	}
	w.Roles = map[ID]Role{}
	for _, r := range roles {
		w.Roles[r.ID] = r
	}
	var ids []member.ID
	for _, l := range w.List {
		ids = append(ids, l.Member)
	}
	w.People, err = member.Many(tx, ids)
	return w, err
}
