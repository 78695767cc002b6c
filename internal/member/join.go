package member

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/token"
)

// Invited returns the group that the invitation leads to. It returns fault.NotFound if there is no such invitation, or
// it was revoked, used up or has run out: all look the same from outside.
func (s *Service) Invited(ctx context.Context, secret string) (g Group, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		i, err := findInvitation(tx, token.Hash(secret))
		if err != nil {
			return err
		}
		g, err = GetGroup(tx, i.Group)
		return err
	})
	return g, err
}

// InvitedUntil returns when an invitation ends, or fault.NotFound as Invited does.
func (s *Service) InvitedUntil(ctx context.Context, secret string) (until time.Time, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		i, err := findInvitation(tx, token.Hash(secret))
		until = i.Expires
		return err
	})
	return until, err
}

// Join takes a person who has an account into the group of the invitation, under the name they want to have there.
// Who is a member already stays what they are. It returns fault.SignIn, fault.NotFound as Invited does, or fault.Invalid
// with the field "name".
func (s *Service) Join(ctx context.Context, person PersonID, secret, name string) (g Group, err error) {
	if person == 0 {
		return g, fault.New(fault.SignIn, "fault.sign_in")
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		g, err = s.JoinIn(tx, person, secret, name)
		return err
	})
	return g, err
}

// JoinIn is Join within a transaction, for package account, which makes the person in the same one.
func (s *Service) JoinIn(tx *db.Tx, person PersonID, secret, name string) (Group, error) {
	i, err := anyInvitation(tx, token.Hash(secret))
	if err != nil {
		return Group{}, err
	}
	g, err := GetGroup(tx, i.Group)
	if err == nil {
		err = g.MayChange()
	}
	if err != nil {
		return Group{}, err
	}
	if a, err := ActorIn(tx, person, g.Slug); err != nil || a.IsMember() {
		return g, err
	}
	name, wrong := CleanName(name, MaxName)
	if wrong.IsZero() {
		wrong, err = nameTaken(tx, g.ID, name, 0)
	}
	if err != nil {
		return Group{}, err
	}
	if !i.Open(tx.Now) {
		return Group{}, fault.New(fault.NotFound, "fault.not_found")
	}
	if !wrong.IsZero() {
		return Group{}, fault.Form(map[string]lang.Msg{"name": wrong})
	}
	if err := useInvitation(tx, i.ID); err != nil {
		return Group{}, err
	}
	m, err := insertMember(tx, memberRow{GroupID: g.ID, PersonID: person, Name: name, IntroducedBy: &i.By})
	if err != nil {
		return Group{}, fmt.Errorf("insert member: %w", err)
	}
	third, err := setThird(tx, g.ID)
	if err != nil {
		return Group{}, fmt.Errorf("note the third member: %w", err)
	}
	by, err := Get(tx, i.By)
	if err != nil {
		return Group{}, err
	}
	if err := s.noteJoined(tx, g, m, by.Ref, i.ID); err != nil || !third {
		return g, err
	}
	if g, err = GetGroup(tx, g.ID); err != nil {
		return Group{}, err
	}
	return g, s.form(tx, g)
}

// Rename changes how the actor is called in the group. What the record says of the time before stays.
// It returns fault.Invalid with the field "name".
func (s *Service) Rename(ctx context.Context, a Actor, name string) error {
	name, wrong := CleanName(name, MaxName)
	if !wrong.IsZero() {
		return fault.Form(map[string]lang.Msg{"name": wrong})
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		a, err := Again(tx, a)
		if err != nil || a.Member.Name == name {
			return err
		}
		if wrong, err := nameTaken(tx, a.Group.ID, name, a.Member.ID); err != nil {
			return err
		} else if !wrong.IsZero() {
			return fault.Form(map[string]lang.Msg{"name": wrong})
		}
		if err := setName(tx, a.Member.ID, name); err != nil {
			return err
		}
		return s.note(tx, a.Group, a.Member.Ref, "member.renamed", "member/"+a.Member.Ref,
			ledger.Data{"member": a.Member.Ref, "name": ledger.Text(name)})
	})
}

// Leave ends the actor's membership at once; nobody is asked. Open invitations they made are closed. With hideName the
// record and the pages speak of a former member from now on. Who has left their last group is forgotten: contact data,
// passphrase and sessions go in the same transaction, and gone is true.
// It returns fault.NotFound to who is not a member.
func (s *Service) Leave(ctx context.Context, a Actor, hideName bool) (gone bool, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		gone = false
		a, err := AgainAnyhow(tx, a)
		if err != nil {
			return err
		}
		if err := endMembership(tx, a.Member.ID); err != nil {
			return fmt.Errorf("end membership: %w", err)
		}
		if err := revokeAllOf(tx, a.Member.ID); err != nil {
			return fmt.Errorf("close invitations: %w", err)
		}
		if err := s.note(tx, a.Group, a.Member.Ref, "member.left", "member/"+a.Member.Ref, ledger.Data{"member": a.Member.Ref}); err != nil {
			return err
		}
		for _, f := range s.left {
			if err := f(tx, a.Member); err != nil {
				return fmt.Errorf("clear up after a member: %w", err)
			}
		}
		if hideName {
			if err := s.removeName(tx, a); err != nil {
				return err
			}
		}
		gone, err = s.forgetIfGone(tx, a.Person)
		return err
	})
	return gone, err
}

// forgetIfGone has everything forgotten by which a person could be reached, if they are in no group any more.
func (s *Service) forgetIfGone(tx *db.Tx, person PersonID) (bool, error) {
	rest, err := memberships(tx, person)
	if err != nil || len(rest) > 0 {
		return false, err
	}
	for _, f := range s.gone {
		if err := f(tx, person); err != nil {
			return false, fmt.Errorf("forget a person: %w", err)
		}
	}
	return true, nil
}

// removeName takes the member's names out of the record, where only their hashes stay, and out of the pages.
func (s *Service) removeName(tx *db.Tx, a Actor) error {
	entries, err := ledger.About(tx, a.Group.Log(), "member/"+a.Member.Ref)
	if err != nil {
		return err
	}
	for _, e := range entries {
		var leaf struct {
			Data struct{ Name string }
		}
		if err := json.Unmarshal([]byte(e.Leaf), &leaf); err != nil {
			return fmt.Errorf("entry %d: %w", e.N, err)
		}
		hash, ok := ledger.ParseText(leaf.Data.Name)
		if !ok {
			continue
		}
		if err := ledger.RemoveText(tx, a.Group.Log(), hash); err != nil {
			return fmt.Errorf("remove the name in entry %d: %w", e.N, err)
		}
	}
	if err := hideName(tx, a.Member.ID); err != nil {
		return err
	}
	return s.note(tx, a.Group, a.Member.Ref, "member.name_removed", "member/"+a.Member.Ref, ledger.Data{"member": a.Member.Ref})
}
