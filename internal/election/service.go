package election

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"folkmoot/internal/db"
	"folkmoot/internal/draw"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/role"
	"folkmoot/internal/rulebook"
	"folkmoot/internal/token"
)

// Service holds elections.
type Service struct {
	db     *db.DB
	ledger *ledger.Ledger
	begin  role.BeginTerm
	words  func(g member.Group, r role.Role, seats int) motion.Text
	draws  Draws
}

// Draws draws among those whom half of the members trust. It is package draw.
type Draws interface {
	// Among announces a draw among given people; ok is false if none of them can take a seat.
	Among(tx *db.Tx, g member.Group, r role.Role, a draw.Among) (ok bool, err error)
}

// NewService returns a Service on the database that writes to the record. Terms of those who are elected are given through begin; the
// motions that elections are have the words that words puts together. Where a lot follows the vote, draws has it drawn.
func NewService(d *db.DB, l *ledger.Ledger, begin role.BeginTerm, words func(g member.Group, r role.Role, seats int) motion.Text, draws Draws) *Service {
	return &Service{d, l, begin, words, draws}
}

// scene is what a member does in an election, with everything that the rules need to judge it, read in the transaction that does it.
type scene struct {
	*Service
	tx    *db.Tx
	a     member.Actor
	e     Election
	role  role.Role
	rules rulebook.Rules
}

// act runs what a member does in the election with the number. It returns fault.NotFound to everybody who is no member, and if there is no
// such election.
func (s *Service) act(ctx context.Context, a member.Actor, number int, do func(*scene) error) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		a, err := member.Again(tx, a)
		if err != nil {
			return err
		}
		e, err := find(tx, a.Group.ID, number)
		if err != nil {
			return err
		}
		rules, err := rulebook.Get(tx, a.Group.ID, e.Rulebook)
		if err != nil {
			return err
		}
		r, err := role.Get(tx, e.Role)
		if err != nil {
			return err
		}
		if err := do(&scene{s, tx, a, e, r, rules.Rules}); err != nil {
			return err
		}
		return member.Touch(tx, a.Member)
	})
}

func (sc *scene) note(kind string, data ledger.Data) error {
	data["election"] = sc.e.Ref()
	_, err := sc.ledger.Append(sc.tx, sc.a.Group.Log(), ledger.Event{Kind: kind, Subject: sc.e.Ref(), Actor: sc.a.Member.Ref, Data: data})
	return err
}

// of returns the actor's candidature in the election, zero if there is none.
func (sc *scene) of(who member.ID) (Candidate, error) {
	all, err := candidates(sc.tx, sc.e.ID)
	return mine(all, who), err
}

// mine returns which of the candidates somebody is, zero if none.
func mine(all []Candidate, who member.ID) Candidate {
	for _, c := range all {
		if c.Member == who {
			return c
		}
	}
	return Candidate{}
}

// Nominate puts another member up. Only they are told, by no name, and nobody sees it until they accept. Doing it again changes nothing,
// and who has declined is not asked again. It returns fault.NotFound if there is no such member, fault.Invalid with the field "member" for
// the actor themselves, and fault.Conflict once nominations are closed.
func (s *Service) Nominate(ctx context.Context, a member.Actor, number int, who member.ID) error {
	return s.act(ctx, a, number, func(sc *scene) error {
		m, err := member.Get(sc.tx, who)
		if err == nil && (m.Group != sc.a.Group.ID || !m.Left.IsZero()) {
			err = fault.New(fault.NotFound, "fault.not_found")
		}
		if err != nil {
			return err
		}
		return sc.nominate(m)
	})
}

// NominateByName is Nominate for who is called so in the group. If nobody is, it returns fault.Invalid with the field "member".
func (s *Service) NominateByName(ctx context.Context, a member.Actor, number int, name string) error {
	return s.act(ctx, a, number, func(sc *scene) error {
		m, err := member.ByName(sc.tx, sc.a.Group.ID, name)
		if db.IsNotFound(err) {
			return oneField("member", "election.nobody_called")
		}
		if err != nil {
			return err
		}
		return sc.nominate(m)
	})
}

func (sc *scene) nominate(m member.Member) error {
	if err := sc.e.MayNominate(sc.tx.Now); err != nil {
		return err
	}
	if m.ID == sc.a.Member.ID {
		return oneField("member", "election.stand_yourself")
	}
	was, err := sc.of(m.ID)
	if err != nil || was.ID != 0 {
		return err
	}
	_, err = insertCandidate(sc.tx, Candidate{Ref: token.Ref("c_"), Election: sc.e.ID, Member: m.ID, Asked: sc.tx.Now})
	return err // nothing is recorded: who was asked and declined is nobody's business
}

// Stand has the actor stand, whether they were put up or not, or changes what they say of themselves. It returns fault.Invalid with the
// fields "statement" and "interests", fault.Denied where the limits are against them, and fault.Conflict once nominations are closed.
func (s *Service) Stand(ctx context.Context, a member.Actor, number int, say Standing) error {
	return s.act(ctx, a, number, func(sc *scene) error {
		if err := sc.e.MayNominate(sc.tx.Now); err != nil {
			return err
		}
		was, err := sc.of(sc.a.Member.ID)
		if err != nil {
			return err
		}
		if was.Stands() && was.Share != "" {
			say.Statement = was.Statement
		}
		if err := say.check(sc.rules); err != nil {
			return err
		}
		if err := sc.mayStand(); err != nil {
			return err
		}
		return sc.stand(say)
	})
}

// stand has the actor stand alone, or changes what they say of themselves: what people who stand together say is theirs together (Share).
func (sc *scene) stand(say Standing) error {
	all, err := candidates(sc.tx, sc.e.ID)
	if err != nil {
		return err
	}
	one := Offer{Election: sc.e.ID, Statement: say.Statement}
	one.People = []Sharer{{Member: sc.a.Member.ID, Interests: say.Interests, Reserved: say.Reserved && sc.e.Reserved > 0}}
	one.People[0].Trial = say.Trial && sc.e.Tries(sc.role, sc.rules)
	c := mine(all, sc.a.Member.ID)
	if !c.Stands() {
		if err := sc.settleAlone(); err != nil {
			return err
		}
		return sc.stands(one, all)
	}
	if c.Share != "" {
		one.Statement, one.People[0].Trial = c.Statement, false
	}
	was := c
	c.Statement, c.Interests, c.Reserved, c.Trial = one.Statement, say.Interests, one.People[0].Reserved, one.People[0].Trial
	if c == was {
		return nil
	}
	return sc.putStanding(c)
}

// settleAlone closes the question whether the actor stands alone, which they have answered.
func (sc *scene) settleAlone() error {
	open, err := offersOf(sc.tx, sc.e.ID, sc.a.Member.ID, false)
	if err != nil {
		return err
	}
	for _, o := range open {
		if len(o.People) == 1 {
			err = errors.Join(err, closeOffer(sc.tx, o.ID))
		}
	}
	return err
}

// StandDown declines, or steps back: no reason is asked for. Doing it again changes nothing. Who stands with others breaks that up by it: they
// are asked whether they stand with the rest or alone. It returns fault.NotFound for who is no
// candidate, and fault.Conflict once the ballot is open.
func (s *Service) StandDown(ctx context.Context, a member.Actor, number int) error {
	return s.act(ctx, a, number, func(sc *scene) error {
		c, err := sc.of(sc.a.Member.ID)
		if err == nil && c.ID == 0 {
			err = fault.New(fault.NotFound, "fault.not_found")
		}
		if err != nil || !c.Gone.IsZero() {
			return err
		}
		if err := sc.e.MayStandDown(sc.tx.Now); err != nil {
			return err
		}
		return sc.stepBack(c)
	})
}

// stepBack has a candidate stand no longer, and with them those with whom they stand, who are asked how they go on. Who is the last to do so
// ends the election.
func (sc *scene) stepBack(c Candidate) error {
	all, err := candidates(sc.tx, sc.e.ID)
	if err != nil {
		return err
	}
	together, stood := Candidature{}, c.Stands()
	if stood {
		if together, err = ofRef(all, c.under()); err != nil {
			return err
		}
	}
	c.Gone = sc.tx.Now
	if err := putCandidate(sc.tx, c); err != nil || !stood {
		return err // that somebody declined is not recorded
	}
	if err := sc.note("candidate.stood_down", ledger.Data{"candidate": c.Ref}); err != nil {
		return err
	}
	if err := sc.breakUp(together, c.Member); err != nil {
		return err
	}
	return sc.lastGone()
}

// oneField is a fault.Invalid about one field.
func oneField(field, id string) error { return fault.Form(map[string]lang.Msg{field: lang.M(id)}) }

// Ask puts a question to all candidates, with the actor's name. The same form sent again changes nothing. It returns fault.Invalid with the
// field "question", and fault.Conflict once no more questions are taken.
func (s *Service) Ask(ctx context.Context, a member.Actor, once db.Once, number int, text string) error {
	text, err := tidy("question", text, QuestionWords)
	if err != nil {
		return err
	}
	return s.act(ctx, a, number, func(sc *scene) error {
		if err := sc.e.MayAsk(sc.tx.Now); err != nil {
			return err
		}
		if _, seen, err := sc.tx.Seen(once); err != nil || seen {
			return err
		}
		have, err := questions(sc.tx, sc.e.ID)
		if err != nil {
			return err
		}
		if len(have) >= MaxQuestions {
			return fault.New(fault.Conflict, "election.questions_enough")
		}
		q, err := insertQuestion(sc.tx, Question{Election: sc.e.ID, Author: sc.a.Member.ID, Text: text, At: sc.tx.Now})
		if err != nil {
			return fmt.Errorf("insert question: %w", err)
		}
		if err := sc.tx.Did(once, int64(q.ID)); err != nil {
			return err
		}
		return sc.note("question.asked", ledger.Data{"question": int64(q.ID), "text": ledger.Text(text)})
	})
}

// Reply keeps the actor's answer to a question to all candidates, in place of an earlier one. It is read by nobody else until all have
// answered or the ballot opens, and recorded then. It returns fault.Invalid with the field "answer", fault.NotFound for who does not stand
// and if there is no such question, and fault.Conflict once the ballot is open.
func (s *Service) Reply(ctx context.Context, a member.Actor, number int, to QuestionID, text string) error {
	text, err := tidy("answer", text, AnswerWords)
	if err != nil {
		return err
	}
	return s.act(ctx, a, number, func(sc *scene) error {
		if err := sc.e.MayAnswer(sc.tx.Now); err != nil {
			return err
		}
		all, err := candidates(sc.tx, sc.e.ID)
		if err != nil {
			return err
		}
		asked, err := questions(sc.tx, sc.e.ID)
		if err != nil {
			return err
		}
		for _, c := range standing(all) { // who stand together have one answer, which each of them can change
			if c.Has(sc.a.Member.ID) && slices.ContainsFunc(asked, func(q Question) bool { return q.ID == to }) {
				return putAnswer(sc.tx, Answer{Question: to, Candidate: c.Lead().ID, Text: text, At: sc.tx.Now})
			}
		}
		return fault.New(fault.NotFound, "fault.not_found")
	})
}

// Object sets what the actor holds against the count beside it, with their name; a member has one objection. It stops nothing by itself:
// tellers go over the count, anybody can repeat it, and a term can be ended at any time. It returns fault.Invalid with the field
// "objection", and fault.Conflict for a second one and out of time.
func (s *Service) Object(ctx context.Context, a member.Actor, number int, text string) error {
	text, err := tidy("objection", text, ObjectWords)
	if err != nil {
		return err
	}
	return s.act(ctx, a, number, func(sc *scene) error {
		if err := sc.e.MayObject(sc.tx.Now); err != nil {
			return err
		}
		have, err := objections(sc.tx, sc.e.ID)
		if err != nil {
			return err
		}
		for _, o := range have {
			if o.Member == sc.a.Member.ID {
				return fault.New(fault.Conflict, "election.objected")
			}
		}
		if err := insertObjection(sc.tx, sc.e.ID, Objection{sc.a.Member.ID, text, sc.tx.Now}); err != nil {
			return fmt.Errorf("insert objection: %w", err)
		}
		return sc.note("election.objected", ledger.Data{"text": ledger.Text(text)})
	})
}

// Part has a member who leaves step back from elections whose ballots have not opened, in the transaction in which they leave.
func (s *Service) Part(tx *db.Tx, who member.Member) error {
	all, err := standings(tx, who.ID)
	if err != nil {
		return fmt.Errorf("find candidatures: %w", err)
	}
	g, err := member.GetGroup(tx, who.Group)
	if err != nil {
		return err
	}
	at := func(id ID) (sc *scene, before bool, err error) {
		e, err := get(tx, id)
		if err != nil {
			return nil, false, err
		}
		m, err := motion.Get(tx, e.Motion)
		return &scene{Service: s, tx: tx, a: member.Actor{Member: who, Group: g}, e: e}, m.State == motion.Tabled, err
	}
	for _, c := range all {
		sc, before, err := at(c.Election)
		if err != nil {
			return err
		}
		if !before {
			continue // the ballot is open, though the clock has not come round to the election: they are on the paper
		}
		if err := sc.stepBack(c); err != nil {
			return err
		}
	}
	asked, err := offersOfMember(tx, who.ID)
	if err != nil {
		return err
	}
	for _, o := range asked {
		sc, before, err := at(o.Election)
		if err != nil {
			return err
		}
		if !before {
			continue
		}
		if err := errors.Join(sc.part(o, o.of(who.ID)), sc.lastGone()); err != nil {
			return err
		}
	}
	return nil
}
