package handover

import (
	"context"
	"io"
	"slices"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/draw"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/role"
	"folkmoot/internal/rulebook"
)

// Service has roles learnt and handed over.
type Service struct {
	db     *db.DB
	ledger *ledger.Ledger
	chance io.Reader
	words  *lang.Catalog
}

// NewService returns a Service on the database that writes to the record. The secrets of its lots are read from chance, which must be such
// that nobody can guess them. Lists that nobody has changed are worded by words, in the group's language.
func NewService(d *db.DB, l *ledger.Ledger, chance io.Reader, words *lang.Catalog) *Service {
	return &Service{db: d, ledger: l, chance: chance, words: words}
}

// scene is what somebody does about a role, with what the rules need to judge it, read in the transaction that does it.
type scene struct {
	*Service
	tx    *db.Tx
	a     member.Actor
	role  role.Role
	rules rulebook.Rules
}

// act runs what a member does about the role with the key. It returns fault.NotFound to everybody who is no member, and if there is no such
// role.
func (s *Service) act(ctx context.Context, a member.Actor, key string, do func(*scene) error) error {
	return rulebook.Act(ctx, s.db, a, func(tx *db.Tx, a member.Actor, rules rulebook.Version) error {
		r, err := role.Find(tx, a.Group.ID, key)
		if err != nil {
			return err
		}
		return do(&scene{s, tx, a, r, rules.Rules})
	})
}

// term returns a term of the role, or fault.NotFound.
func (sc *scene) term(ref string) (role.Term, error) {
	t, err := role.FindTerm(sc.tx, sc.a.Group.ID, ref)
	if err == nil && t.Role != sc.role.ID {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	return t, err
}

// living is term for one that is under way; if it is not, fault.Conflict is returned.
func (sc *scene) living(ref string) (role.Term, error) {
	t, err := sc.term(ref)
	if err == nil && !t.Holds(sc.tx.Now) {
		err = fault.New(fault.Conflict, "handover.not_held")
	}
	return t, err
}

// holds says whether the member holds the role, and their term in it.
func holds(tx *db.Tx, r role.ID, who member.ID) (role.Term, bool, error) {
	terms, err := role.Living(tx, r)
	i := slices.IndexFunc(terms, func(t role.Term) bool { return t.Member == who && t.Holds(tx.Now) })
	if err != nil || i < 0 {
		return role.Term{}, false, err
	}
	return terms[i], true, nil
}

func (s *Service) note(tx *db.Tx, g member.Group, subject, kind, actor string, data ledger.Data) error {
	_, err := s.ledger.Append(tx, g.Log(), ledger.Event{Kind: kind, Subject: subject, Actor: actor, Data: data})
	return err
}

// Part forgets what a member who leaves said and whom they shadowed, and ends that they are understudy, in the transaction in which they
// leave. What they wrote for whoever follows them in a role stays until its time.
func (s *Service) Part(tx *db.Tx, who member.Member) error {
	g, err := member.GetGroup(tx, who.Group)
	if err != nil {
		return err
	}
	if err := dropShadowings(tx, "s.member_id = ? OR s.term_id IN (SELECT t.id FROM terms t WHERE t.member_id = ?)", who.ID, who.ID); err != nil {
		return err
	}
	if err := forgetAnswers(tx, who.ID); err != nil {
		return err
	}
	if err := partWilling(tx, who.ID); err != nil {
		return err
	}
	all, err := namedOf(tx, who.ID)
	if err != nil {
		return err
	}
	for _, u := range all {
		t, err := role.GetTerm(tx, u.Term)
		if err != nil {
			return err
		}
		if err := s.endUnderstudy(tx, g, t, u, Left); err != nil {
			return err
		}
	}
	return nil
}

// Answer keeps what the actor says when asked whether they would do the role, until nominations close; they may change it. Nobody else ever
// sees it: only how many said what. It returns fault.Conflict if nobody is asked now, and fault.Invalid for what is no answer.
func (s *Service) Answer(ctx context.Context, a member.Actor, key string, answer draw.Answer) error {
	if !slices.Contains(draw.Answers(), answer) {
		return fault.New(fault.Invalid, "role.answer.none")
	}
	return s.act(ctx, a, key, func(sc *scene) error {
		k, err := latestAsking(sc.tx, sc.a.Group.ID, sc.role.ID)
		if err == nil && !k.Open(sc.tx.Now) {
			err = fault.New(fault.Conflict, "role.answer.closed")
		}
		if err != nil {
			return err
		}
		return putAnswer(sc.tx, k.ID, sc.a.Member.ID, answer)
	})
}

// before returns the terms of those from whom a term's holder takes over: of who shared the place and left it to them, and then of who held
// the seat before.
func before(tx *db.Tx, t role.Term) ([]role.Term, error) {
	gone, err := role.GoneFrom(tx, t)
	if err != nil {
		return nil, err
	}
	all, err := role.BeforeIn(tx, t)
	return append(gone, all...), err
}

// adviser returns until when whoever held the seat before the term can be asked, and their term; zero where nobody can. Of people who
// shared it, it is the one who held it longest of those who can be asked.
func adviser(tx *db.Tx, t role.Term) (was role.Term, until time.Time, err error) {
	all, err := before(tx, t)
	if err != nil {
		return was, until, err
	}
	for _, b := range all {
		if b.Member == t.Member || b.How == role.ByVote || b.How == role.Left {
			continue
		}
		l, found, err := getLearning(tx, b.ID)
		if err != nil {
			return was, until, err
		}
		if found && !l.Unasked && tx.Now.Before(b.Over().Add(adviseTime)) {
			return b, b.Over().Add(adviseTime), nil
		}
	}
	return was, until, nil
}

// Advise keeps whether the actor, who held the term, may be asked about the role in the thirty days after it. It returns fault.NotFound to
// everybody else, and fault.Conflict once the days are over.
func (s *Service) Advise(ctx context.Context, a member.Actor, key, ref string, may bool) error {
	return s.act(ctx, a, key, func(sc *scene) error {
		t, err := sc.term(ref)
		if err == nil && t.Member != sc.a.Member.ID {
			err = fault.New(fault.NotFound, "fault.not_found")
		}
		if err != nil {
			return err
		}
		if !sc.tx.Now.Before(t.Over().Add(adviseTime)) {
			return fault.New(fault.Conflict, "handover.advise.over")
		}
		return setUnasked(sc.tx, t.ID, !may)
	})
}
