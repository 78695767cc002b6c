package role

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
	"folkmoot/internal/rulebook"
)

const aDay = 24 * time.Hour

// Petition starts a petition to end a term early, with the actor's name as its first. It returns fault.Invalid with the field "reason",
// fault.NotFound if there is no such term, and fault.Conflict if the term is over, if there is a petition already, or if the members
// have kept the same person in the same role not long ago.
func (s *Service) Petition(ctx context.Context, a member.Actor, ref, reason string) (p Petition, err error) {
	if reason, err = tidyReason("reason", reason); err != nil {
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
			Started: sc.tx.Now, Closes: sc.tx.Now.AddDate(0, 0, rules.Recall.SignDays),
		}
		p.due = p.next(t, sc.tx.Now)
		if p, err = insertPetition(sc.tx, p); err != nil {
			return fmt.Errorf("insert petition: %w", err)
		}
		if err := sc.note(sc.tx, sc.a.Group, p.Ref(), "petition.started", "", ledger.Data{
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
func (sc *scene) termToEnd(ref string) (Term, error) {
	t, why, err := living(sc.tx, sc.a.Group, ref)
	switch {
	case err != nil:
		return t, err
	case why == Unknown:
		return t, fault.New(fault.NotFound, "fault.not_found")
	case why != "":
		return t, fault.New(fault.Conflict, "role.petition.term_over")
	}
	if open, err := openPetition(sc.tx, t.ID); err != nil || open.ID != 0 {
		if err == nil {
			err = fault.New(fault.Conflict, "role.petition.open")
		}
		return t, err
	}
	until, err := restUntil(sc.tx, t, sc.rules.Rules)
	if err == nil && sc.tx.Now.Before(until) {
		err = fault.New(fault.Conflict, "role.petition.rest", "At", until)
	}
	return t, err
}

// restUntil is until when no petition may start against whoever holds the term, because the members have kept them in the role.
func restUntil(tx *db.Tx, t Term, rules rulebook.Rules) (time.Time, error) {
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
	return putPetition(tx, p)
}

// petition looks up a petition of the group and the term it is about.
func (sc *scene) petition(number int) (p Petition, t Term, err error) {
	if p, err = findPetition(sc.tx, sc.a.Group.ID, number); err != nil {
		return p, t, err
	}
	t, err = getTerm(sc.tx, p.Term)
	return p, t, err
}

// sign adds the actor's name, and has the members vote if it was the last that was lacking.
func (sc *scene) sign(p Petition, t Term) (_ Petition, err error) {
	if err := addName(sc.tx, p.ID, sc.a.Member.ID); err != nil {
		return p, fmt.Errorf("add a name: %w", err)
	}
	if p.Signed, err = countNames(sc.tx, p.ID); err != nil {
		return p, err
	}
	if p.Signed < p.Needed {
		return p, putPetition(sc.tx, p)
	}
	return sc.reach(p, t)
}

// reach puts the matter before the members, and forgets who signed.
func (sc *scene) reach(p Petition, t Term) (Petition, error) {
	r, err := Get(sc.tx, t.Role)
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
			Title: v.T("role.petition.motion", say...), Clauses: []motion.Clause{{Text: v.T("role.petition.clause", say...)}}, Why: p.Reason,
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
	if err := putPetition(sc.tx, p); err != nil {
		return p, err
	}
	return p, sc.note(sc.tx, g, p.Ref(), "petition.reached", "", ledger.Data{"petition": p.Ref(), "term": t.Ref, "signed": p.Signed, "motion": m.Ref()})
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
		if err := putPetition(sc.tx, p); err != nil {
			return err
		}
		return sc.note(sc.tx, sc.a.Group, p.Ref(), "petition.answered", sc.a.Member.Ref, ledger.Data{"petition": p.Ref(), "text": ledger.Text(text)})
	})
}

// motionOf returns the motion that the petition called for; zero while there is none.
func motionOf(tx *db.Tx, p Petition) (motion.Motion, error) {
	if p.Motion == 0 {
		return motion.Motion{}, nil
	}
	return motion.Get(tx, p.Motion)
}

// overtake ends what is under way against a term that has ended, unless the vote is open: that goes on to its close, and has nothing
// left to end then.
func overtake(tx *db.Tx, l *ledger.Ledger, g member.Group, t Term, at time.Time) error {
	p, err := openPetition(tx, t.ID)
	if err != nil || p.ID == 0 {
		return err
	}
	m, err := motionOf(tx, p)
	if err != nil {
		return err
	}
	if p.State == Reached {
		if m.State != motion.Tabled {
			return nil
		}
		if err := motion.Cancel(tx, l, g, p.Motion); err != nil {
			return fmt.Errorf("cancel the vote: %w", err)
		}
	}
	return finish(tx, l, g, p, Overtaken, at)
}

// finish ends a petition and forgets who signed it.
func finish(tx *db.Tx, l *ledger.Ledger, g member.Group, p Petition, how PetitionState, at time.Time) error {
	if err := forgetNames(tx, p.ID); err != nil {
		return fmt.Errorf("forget names: %w", err)
	}
	p.State, p.Ended, p.due = how, at, time.Time{}
	if err := putPetition(tx, p); err != nil {
		return err
	}
	return note(tx, l, g, p.Ref(), "petition.ended", "", ledger.Data{"petition": p.Ref(), "how": string(how), "signed": p.Signed, "at": at})
}

// Settle ends the petition that called for a motion, once the vote on that is counted for good. What ended it is told by the vote; a term
// that was over before is told as that.
func Settle(tx *db.Tx, l *ledger.Ledger, g member.Group, m motion.ID, how PetitionState, at time.Time) error {
	p, err := petitionFor(tx, m)
	if err != nil || !p.IsOpen() {
		return err
	}
	return finish(tx, l, g, p, how, at)
}

// watch does for a petition what time alone brings about.
func (s *Service) watch(tx *db.Tx, p Petition) error {
	g, err := member.GetGroup(tx, p.Group)
	if err != nil {
		return err
	}
	t, err := getTerm(tx, p.Term)
	if err != nil {
		return err
	}
	if over := t.Over(); !tx.Now.Before(over) && (p.State == Reached || !over.After(p.Closes)) {
		if err := overtake(tx, s.ledger, g, t, over); err != nil {
			return err
		}
	} else if p.State == Collecting {
		return finish(tx, s.ledger, g, p, RanOut, p.Closes)
	}
	if p, err = getPetition(tx, p.ID); err != nil || !p.IsOpen() {
		return err
	}
	m, err := motionOf(tx, p)
	if err != nil {
		return err
	}
	if m.IsOver() { // its urn was damaged twice: nothing was decided
		return finish(tx, s.ledger, g, p, Void, tx.Now)
	}
	p.due = p.next(t, tx.Now)
	return putPetition(tx, p)
}

// partPetitions takes the name of a member who leaves from under petitions.
func partPetitions(tx *db.Tx, l *ledger.Ledger, g member.Group, who member.ID) error {
	ps, err := signedBy(tx, who)
	if err != nil {
		return err
	}
	for _, p := range ps {
		if err := unsign(tx, l, g, p, who); err != nil {
			return err
		}
	}
	return nil
}

// ProposeWaiver puts forward in the actor's name that somebody may take a role once although the limits stand against it. It returns
// fault.Invalid with the fields "name" and "why", fault.NotFound if there is no such role, and fault.Conflict if they have a waiver for it.
func (s *Service) ProposeWaiver(ctx context.Context, a member.Actor, once db.Once, key, name, why string) (m motion.Motion, err error) {
	err = s.act(ctx, a, func(sc *scene) error {
		if id, seen, err := sc.tx.Seen(once); err != nil || seen {
			if err == nil {
				m, err = motion.Get(sc.tx, motion.ID(id))
			}
			return err
		}
		r, err := find(sc.tx, sc.a.Group.ID, key)
		if err != nil {
			return err
		}
		who, err := member.ByName(sc.tx, sc.a.Group.ID, name)
		if db.IsNotFound(err) {
			return fault.Form(map[string]lang.Msg{"name": lang.M("role.waiver.nobody")})
		}
		if err != nil {
			return err
		}
		if was, err := freeWaiver(sc.tx, r.ID, who.ID); err != nil || was.ID != 0 {
			if err == nil {
				err = fault.New(fault.Conflict, "role.waiver.has")
			}
			return err
		}
		v := sc.words.Voice(sc.a.Group.Lang)
		say := []any{"Name", who.Name, "Role", lang.M("role." + r.Key + ".name")}
		m, err = motion.Bring(sc.tx, sc.ledger, sc.a, who.ID, motion.Proposal{Text: motion.Text{
			Title: v.T("role.waiver.motion", say...), Clauses: []motion.Clause{{Text: v.T("role.waiver.clause", say...)}}, Why: why,
			Effect: motion.Effect{Kind: motion.Waive, Role: r.Key, Member: who.Ref},
		}})
		if err != nil {
			return err
		}
		return sc.tx.Did(once, int64(m.ID))
	})
	return m, err
}
