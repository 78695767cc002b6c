package draw

import (
	"context"
	"io"
	"slices"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/role"
	"folkmoot/internal/rulebook"
)

// Service draws people for the seats of roles.
type Service struct {
	db     *db.DB
	ledger *ledger.Ledger
	chance io.Reader
	begin  role.BeginTerm
}

// NewService returns a Service on the database that writes to the record. The secrets of its draws are read from chance, which must be
// such that nobody can guess them. Terms are given through begin.
func NewService(d *db.DB, l *ledger.Ledger, chance io.Reader, begin role.BeginTerm) *Service {
	return &Service{db: d, ledger: l, chance: chance, begin: begin}
}

// scene is what somebody does in a draw, with everything that the rules need to judge it, read in the transaction that does it.
type scene struct {
	*Service
	tx    *db.Tx
	a     member.Actor
	d     Draw
	role  role.Role
	rules rulebook.Version
}

// act runs what a member does in the group's draw with the number. It returns fault.NotFound to everybody who is no member, and if there is
// no such draw.
func (s *Service) act(ctx context.Context, a member.Actor, number int, do func(*scene) error) error {
	return rulebook.Act(ctx, s.db, a, func(tx *db.Tx, a member.Actor, rules rulebook.Version) error {
		d, err := find(tx, a.Group.ID, number)
		if err != nil {
			return err
		}
		r, err := role.Get(tx, d.Role)
		if err != nil {
			return err
		}
		return do(&scene{s, tx, a, d, r, rules})
	})
}

// Say keeps what the actor says when asked whether they would do it, until the answers close; they may change it. Nobody else sees it,
// unless it is Yes: then the name is in the pool once that is published. It returns fault.NotFound if there is no such draw, fault.Conflict
// once the answers are closed, fault.Invalid for what is no answer, and fault.Denied for a Yes of who may not take the role yet.
func (s *Service) Say(ctx context.Context, a member.Actor, number int, answer Answer) error {
	if !slices.Contains(Answers(), answer) {
		return fault.New(fault.Invalid, "role.answer.none")
	}
	return s.act(ctx, a, number, func(sc *scene) error {
		if sc.d.State != Asking || !sc.tx.Now.Before(sc.d.Closes) {
			return fault.New(fault.Conflict, "role.answer.closed")
		}
		if answer == Yes {
			bars, _, err := role.Judge(sc.tx, sc.a.Group, sc.a.Member.ID, sc.role, sc.rules.Rules, sc.d.filling())
			if err != nil {
				return err
			}
			if !role.Relaxable(bars) {
				return fault.New(fault.Denied, "role.bar."+string(bars[0]))
			}
		}
		return putAnswer(sc.tx, sc.d.ID, sc.a.Member.ID, answer)
	})
}

// ThrowIn keeps a line of words of somebody in the pool of an announced draw, which the lot then follows from too. It replaces what they
// threw in before. It returns fault.NotFound for who is not in the pool, fault.Conflict once the lot has fallen or is due, and
// fault.Invalid with the field "words".
func (s *Service) ThrowIn(ctx context.Context, a member.Actor, number int, words string) error {
	words, err := tidyWords(words)
	if err != nil {
		return err
	}
	return s.act(ctx, a, number, func(sc *scene) error {
		if sc.d.State != Announced || !sc.tx.Now.Before(sc.d.At) {
			return fault.New(fault.Conflict, "role.words.closed")
		}
		place, err := putWords(sc.tx, sc.d.ID, sc.a.Member.ID, words)
		if err != nil {
			return err
		}
		return sc.note(sc.tx, sc.a.Group, sc.d.Ref(), "draw.words", sc.a.Member.Ref, ledger.Data{"place": place, "words": ledger.Text(words)})
	})
}

// Part forgets what a member said who leaves, in the transaction in which they leave.
func (s *Service) Part(tx *db.Tx, who member.Member) error { return forgetAnswer(tx, who.ID) }

func (s *Service) note(tx *db.Tx, g member.Group, subject, kind, actor string, data ledger.Data) error {
	_, err := s.ledger.Append(tx, g.Log(), ledger.Event{Kind: kind, Subject: subject, Actor: actor, Data: data})
	return err
}
