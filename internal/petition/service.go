package petition

import (
	"context"
	"fmt"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/role"
	"folkmoot/internal/rulebook"
)

const aDay = 24 * time.Hour

// Service has members ask to end terms.
type Service struct {
	db     *db.DB
	ledger *ledger.Ledger
	words  *lang.Catalog
}

// NewService returns a Service on the database that writes to the record. What a petition calls for is worded by words, in the group's language.
func NewService(d *db.DB, l *ledger.Ledger, words *lang.Catalog) *Service {
	return &Service{db: d, ledger: l, words: words}
}

// scene is what somebody does, with everything that the rules need to judge it, read in the transaction that does it.
type scene struct {
	*Service
	tx    *db.Tx
	a     member.Actor
	rules rulebook.Version
}

// act runs what a member does. It returns fault.NotFound to everybody who is none.
func (s *Service) act(ctx context.Context, a member.Actor, do func(*scene) error) error {
	return rulebook.Act(ctx, s.db, a, func(tx *db.Tx, a member.Actor, rules rulebook.Version) error { return do(&scene{s, tx, a, rules}) })
}

// Start starts a petition to end a term early, with the actor's name as its first. It returns fault.Invalid with the field "reason",
// fault.NotFound if there is no such term, and fault.Conflict if the term is over, if there is a petition already, or if the members
// have kept the same person in the same role not long ago.
func (s *Service) Start(ctx context.Context, a member.Actor, ref, reason string) (p Petition, err error) {
	if reason, err = CheckReason(reason); err != nil {
		return p, err
	}
	err = s.act(ctx, a, func(sc *scene) error {
		t, err := sc.termToEnd(ref)
		if err != nil {
			return err
		}
		rules := sc.rules.Rules
		active, err := member.Active(sc.tx, sc.a.Group.ID, sc.tx.Now, time.Duration(rules.ActiveWindowDays)*aDay)
		if err != nil {
			return fmt.Errorf("count active members: %w", err)
		}
		p = Petition{
			Group: t.Group, Term: t.ID, State: Collecting, Reason: reason, Needed: rules.RecallPetition(active), Rulebook: sc.rules.Number,
			Started: sc.tx.Now, Closes: signUntil(sc.tx.Now, rules.Recall.SignDays, sc.a.Group.Zone),
		}
		p.due = p.next(t, sc.tx.Now)
		if p, err = insert(sc.tx, p); err != nil {
			return fmt.Errorf("insert petition: %w", err)
		}
		if err := note(sc.tx, sc.ledger, sc.a.Group, p.Ref(), "petition.started", "", ledger.Data{
			"petition": p.Ref(), "term": t.Ref, "reason": ledger.Text(reason), "needed": p.Needed, "active": active, "rulebook": p.Rulebook, "closes": p.Closes,
		}); err != nil {
			return err
		}
		p, err = sc.sign(p, t)
		return err
	})
	return p, err
}

// termToEnd returns the term if a petition against it can start.
func (sc *scene) termToEnd(ref string) (role.Term, error) {
	t, err := role.FindTerm(sc.tx, sc.a.Group.ID, ref)
	if err == nil && !sc.tx.Now.Before(t.Over()) {
		err = fault.New(fault.Conflict, "petition.term_over")
	}
	if err != nil {
		return t, err
	}
	if open, err := openAgainst(sc.tx, t.ID); err != nil || open.ID != 0 {
		if err == nil {
			err = fault.New(fault.Conflict, "petition.open")
		}
		return t, err
	}
	until, err := restUntil(sc.tx, t, sc.rules.Rules)
	if err == nil && sc.tx.Now.Before(until) {
		err = fault.New(fault.Conflict, "petition.rest", "At", until)
	}
	return t, err
}

// restUntil is until when no petition may start against whoever holds the term, because the members have kept them in the role.
func restUntil(tx *db.Tx, t role.Term, rules rulebook.Rules) (time.Time, error) {
	kept, err := lastKept(tx, t)
	if err != nil || kept.IsZero() {
		return time.Time{}, err
	}
	return kept.AddDate(0, 0, rules.Recall.CooldownDays), nil
}

// Sign puts the actor's name under a petition. Only the number is told to anybody. Doing it again changes nothing. With enough names the
// matter goes to the members in the same step. It returns fault.NotFound if there is no such petition and fault.Conflict once signing is over.
func (s *Service) Sign(ctx context.Context, a member.Actor, number int) error {
	return s.act(ctx, a, func(sc *scene) error {
		p, t, err := sc.petition(number)
		if err == nil {
			err = p.MaySign(t, sc.tx.Now)
		}
		if err == nil {
			_, err = sc.sign(p, t)
		}
		return err
	})
}

// Unsign takes the actor's name back. A petition without names ends. It returns what Sign returns.
func (s *Service) Unsign(ctx context.Context, a member.Actor, number int) error {
	return s.act(ctx, a, func(sc *scene) error {
		p, t, err := sc.petition(number)
		if err == nil {
			err = p.MaySign(t, sc.tx.Now)
		}
		if err != nil {
			return err
		}
		return unsign(sc.tx, sc.ledger, sc.a.Group, p, sc.a.Member.ID)
	})
}

func unsign(tx *db.Tx, l *ledger.Ledger, g member.Group, p Petition, who member.ID) (err error) {
	if err := removeName(tx, p.ID, who); err != nil {
		return err
	}
	if p.Signed, err = countNames(tx, p.ID); err != nil {
		return err
	}
	if p.Signed == 0 {
		return finish(tx, l, g, p, Dropped, tx.Now)
	}
	return put(tx, p)
}

// petition looks up a petition of the group and the term it is about.
func (sc *scene) petition(number int) (p Petition, t role.Term, err error) {
	if p, err = find(sc.tx, sc.a.Group.ID, number); err != nil {
		return p, t, err
	}
	t, err = role.GetTerm(sc.tx, p.Term)
	return p, t, err
}

// sign adds the actor's name, and has the members vote if it was the last that was lacking.
func (sc *scene) sign(p Petition, t role.Term) (_ Petition, err error) {
	if err := addName(sc.tx, p.ID, sc.a.Member.ID); err != nil {
		return p, fmt.Errorf("add a name: %w", err)
	}
	if p.Signed, err = countNames(sc.tx, p.ID); err != nil {
		return p, err
	}
	if p.Signed < p.Needed {
		return p, put(sc.tx, p)
	}
	return sc.reach(p, t)
}

// reach puts the matter before the members, and forgets who signed.
func (sc *scene) reach(p Petition, t role.Term) (Petition, error) {
	r, err := role.Get(sc.tx, t.Role)
	if err != nil {
		return p, err
	}
	who, err := member.Get(sc.tx, t.Member)
	if err != nil {
		return p, err
	}
	v, g := sc.words.Voice(sc.a.Group.Lang), sc.a.Group
	say := []any{"Name", who.Name, "Role", lang.M("role." + r.Key + ".name"), "Ends", t.Ends.In(g.Zone)}
	m, err := motion.Petition(sc.tx, sc.ledger, g, motion.Petitioned{
		Petition: p.Ref(), About: t.Member, Signed: p.Signed, Notice: time.Duration(sc.rules.Rules.NoticeDays.Recall) * aDay,
		Text: motion.Text{
			Title: v.T("petition.motion", say...), Clauses: []motion.Clause{{Text: v.T("petition.clause", say...)}}, Why: p.Reason,
			Effect: motion.Effect{Kind: motion.EndTerm, Role: r.Key, Member: who.Ref, Term: t.Ref},
		},
	})
	if err != nil {
		return p, err
	}
	if err := forgetNames(sc.tx, p.ID); err != nil {
		return p, fmt.Errorf("forget names: %w", err)
	}
	p.State, p.Reached, p.Motion = Reached, sc.tx.Now, m.ID
	p.due = p.next(t, sc.tx.Now)
	if err := put(sc.tx, p); err != nil {
		return p, err
	}
	return p, note(sc.tx, sc.ledger, g, p.Ref(), "petition.reached", "", ledger.Data{"petition": p.Ref(), "term": t.Ref, "signed": p.Signed, "motion": m.Ref()})
}

// Answer keeps what whoever holds the term says to a petition, in place of what they said before. It stands beside the reason, at
// the same length. It returns fault.Invalid with the field "answer", fault.NotFound if there is no such petition, fault.Denied for
// everybody else, and fault.Conflict once the time for it is over.
func (s *Service) Answer(ctx context.Context, a member.Actor, number int, text string) error {
	text, err := tidyReason("answer", text)
	if err != nil {
		return err
	}
	return s.act(ctx, a, func(sc *scene) error {
		p, t, err := sc.petition(number)
		if err != nil {
			return err
		}
		m, err := motionOf(sc.tx, p)
		if err != nil {
			return err
		}
		if err := p.MayAnswer(t, sc.a.Member.ID, m.Opens, sc.tx.Now); err != nil || p.Answer == text {
			return err
		}
		p.Answer = text
		if err := put(sc.tx, p); err != nil {
			return err
		}
		return note(sc.tx, sc.ledger, sc.a.Group, p.Ref(), "petition.answered", sc.a.Member.Ref, ledger.Data{"petition": p.Ref(), "text": ledger.Text(text)})
	})
}

// motionOf returns the motion that the petition called for; zero while there is none.
func motionOf(tx *db.Tx, p Petition) (motion.Motion, error) {
	if p.Motion == 0 {
		return motion.Motion{}, nil
	}
	return motion.Get(tx, p.Motion)
}

func note(tx *db.Tx, l *ledger.Ledger, g member.Group, subject, kind, actor string, data ledger.Data) error {
	_, err := l.Append(tx, g.Log(), ledger.Event{Kind: kind, Subject: subject, Actor: actor, Data: data})
	return err
}
