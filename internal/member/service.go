package member

import (
	"context"
	"errors"
	"fmt"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/token"
)

// Service is the use cases of groups and membership.
type Service struct {
	db     *db.DB
	ledger *ledger.Ledger
	begin  func(*db.Tx, Group, Member) error
	form   func(*db.Tx, Group) error
	left   []func(*db.Tx, Member) error
	gone   []func(*db.Tx, PersonID) error
	visits visits
}

// New returns the Service. Before it serves, OnBegin must have been called.
func New(d *db.DB, l *ledger.Ledger) *Service {
	return &Service{db: d, ledger: l, form: func(*db.Tx, Group) error { return nil }, begin: func(*db.Tx, Group, Member) error {
		return errors.New("member: nobody makes the group's first rulebook")
	}}
}

// OnBegin has f make the first version of a new group's rules, in the transaction that founds the group.
func (s *Service) OnBegin(f func(*db.Tx, Group, Member) error) { s.begin = f }

// OnForm has f give a group what it has from when it stops forming, in the transaction in which its third member joins.
func (s *Service) OnForm(f func(*db.Tx, Group) error) { s.form = f }

// OnLeave has f clear up after a member who leaves, in the same transaction.
func (s *Service) OnLeave(f func(*db.Tx, Member) error) { s.left = append(s.left, f) }

// OnGone has f clear up after a person who has left their last group, in the same transaction.
func (s *Service) OnGone(f func(*db.Tx, PersonID) error) { s.gone = append(s.gone, f) }

// Again reads the actor anew inside a transaction, so that what was true when the page was made is true now. Whatever a member does begins
// with it, so it is here that an archived group refuses all of it.
// It returns fault.NotFound to who is not a member, or not any more, and fault.Conflict while the group is archived.
func Again(tx *db.Tx, a Actor) (Actor, error) {
	now, err := AgainAnyhow(tx, a)
	if err == nil {
		err = now.Group.MayChange()
	}
	return now, err
}

// AgainAnyhow is Again also in an archived group, for the two things that can be done there: leaving it and reopening it.
func AgainAnyhow(tx *db.Tx, a Actor) (Actor, error) {
	now, err := ActorIn(tx, a.Person, a.Group.Slug)
	if err == nil && !now.IsMember() {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	return now, err
}

// Visit returns the person as an actor in the group with the slug, and the newest head of the group's record.
// It returns fault.NotFound if there is no such group.
func (s *Service) Visit(ctx context.Context, person PersonID, slug string) (a Actor, h ledger.Head, err error) {
	q, turn := visit{person, slug}, s.db.Turn()
	if v, ok := s.visits.find(q, turn, s.db.Now()); ok {
		return v.actor, v.head, nil
	}
	var r actorRow
	found, err := s.db.Row(ctx, actorQuery, []any{db.At(s.db.Now()), db.At(s.db.Now()), person, slug}, r.into()...)
	if a, err = r.actor(person, found, err); err != nil || !a.IsMember() {
		return a, h, err
	}
	h, ok := s.ledger.Known(a.Group.Log(), r.size)
	if !ok {
		err = s.db.Read(ctx, func(tx *db.Tx) error {
			h, err = s.ledger.Head(tx, a.Group.Log(), a.Group.Ref)
			return err
		})
	}
	if err == nil {
		s.visits.keep(visit{person, a.Group.Slug}, visited{a, h, s.db.Now().Add(visitFor)}, turn)
	}
	return a, h, err
}

// Turn is another number after every commit of this process that is more than papers (db.Turn): who was let in before is let in still
// while it is the same, but for what another process wrote.
func (s *Service) Turn() uint64 { return s.db.Turn() }

// Membership is one of a person's groups.
type Membership struct {
	Group  Group
	Member Member
}

// Groups returns the groups the person is a member of, the one joined first at the top.
func (s *Service) Groups(ctx context.Context, person PersonID) (out []Membership, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		out, err = memberships(tx, person)
		return err
	})
	return out, err
}

// People is a page of a group's members.
type People struct {
	Members []Member
	After   ID  // where the next page begins; 0: there is none
	Count   int // all members
}

const peoplePage = 50

// People returns a page of the members who follow after, in the order they joined. Only a member may see them:
// it returns fault.NotFound to everybody else.
func (s *Service) People(ctx context.Context, a Actor, after ID) (p People, err error) {
	if !a.IsMember() {
		return p, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		if p.Count, err = countMembers(tx, a.Group.ID); err != nil {
			return err
		}
		p.Members, err = listMembers(tx, a.Group.ID, after, peoplePage+1)
		return err
	})
	if len(p.Members) > peoplePage {
		p.Members = p.Members[:peoplePage]
		p.After = p.Members[peoplePage-1].ID
	}
	return p, err
}

// Founders returns the members whose start-up powers have not ended, as a rule one or none.
func (s *Service) Founders(ctx context.Context, a Actor) (out []Member, err error) {
	if !a.IsMember() {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		all, err := listFounders(tx, a.Group.ID)
		for _, m := range all {
			if Can(Actor{Person: m.Person, Member: m, Group: a.Group}, CallFounding, tx.Now) {
				out = append(out, m)
			}
		}
		return err
	})
	return out, err
}

// Invitation is a link by which people join. Its secret is known only to who has the link.
type Invitation struct {
	ID      int64
	Group   GroupID
	By      ID
	Made    time.Time
	Expires time.Time
	Left    int // how many may still join by it
	Revoked time.Time
}

// Open says whether somebody may join by it.
func (i Invitation) Open(now time.Time) bool {
	return i.Left > 0 && now.Before(i.Expires) && i.Revoked.IsZero()
}

// Limits of an invitation.
const (
	MaxUses       = 500
	MaxInviteDays = 60
)

// Invite makes a link by which so many people may join within so many days, and returns its secret, which is shown once.
// Any member may. The same form sent again makes no second link and returns no secret.
// It returns fault.Invalid with the fields "uses" or "days".
func (s *Service) Invite(ctx context.Context, once db.Once, a Actor, uses, days int) (secret string, err error) {
	wrong := map[string]lang.Msg{}
	if uses < 1 || uses > MaxUses {
		wrong["uses"] = lang.M("people.invite.uses", "Max", MaxUses)
	}
	if days < 1 || days > MaxInviteDays {
		wrong["days"] = lang.M("people.invite.days", "Max", MaxInviteDays)
	}
	if err := fault.Form(wrong); err != nil {
		return "", err
	}
	fresh := token.New()
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		secret = ""
		a, err := Again(tx, a)
		if err != nil {
			return err
		}
		if _, seen, err := tx.Seen(once); err != nil || seen {
			return err
		}
		i, err := insertInvitation(tx, a, token.Hash(fresh), uses, tx.Now.AddDate(0, 0, days))
		if err != nil {
			return fmt.Errorf("insert invitation: %w", err)
		}
		secret = fresh
		if err := tx.Did(once, i.ID); err != nil {
			return err
		}
		return s.note(tx, a.Group, a.Member.Ref, "invitation.made", "group", ledger.Data{"invitation": i.ID, "uses": uses, "expires": i.Expires})
	})
	return secret, err
}

// Invitations returns the group's open invitations, the newest first.
func (s *Service) Invitations(ctx context.Context, a Actor) (out []Invitation, err error) {
	if !a.IsMember() {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		out, err = openInvitations(tx, a.Group.ID)
		return err
	})
	return out, err
}

// Revoke closes an invitation. Any member may: a link that has got about is everybody's trouble.
// Revoking it again changes nothing. It returns fault.NotFound if the group has no such invitation.
func (s *Service) Revoke(ctx context.Context, a Actor, id int64) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		a, err := Again(tx, a)
		if err != nil {
			return err
		}
		first, err := revoke(tx, a.Group.ID, id)
		if err != nil || !first {
			return err
		}
		return s.note(tx, a.Group, a.Member.Ref, "invitation.revoked", "group", ledger.Data{"invitation": id})
	})
}
