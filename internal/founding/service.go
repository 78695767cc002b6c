package founding

import (
	"context"
	"fmt"
	"strconv"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/rulebook"
	"time"
)

// Service puts the question.
type Service struct {
	db     *db.DB
	ledger *ledger.Ledger
	words  *lang.Catalog
}

// NewService returns a Service on the database that writes to the record, in words of the group's language.
func NewService(d *db.DB, l *ledger.Ledger, words *lang.Catalog) *Service {
	return &Service{d, l, words}
}

// Tick puts the question to the groups whose date has come.
func (s *Service) Tick(ctx context.Context) error {
	return s.db.WorkOff(ctx, func(tx *db.Tx, limit int) (out []db.Due, err error) {
		due, err := member.DueQuestions(tx, limit)
		for _, g := range due {
			out = append(out, db.Due{Name: fmt.Sprintf("founding of group %d", g.ID), Do: func(tx *db.Tx) error { return s.ask(tx, g) }})
		}
		return out, err
	})
}

// Next returns when Tick has something to do next, which may be due already; zero if nothing will be.
func (s *Service) Next(tx *db.Tx) (time.Time, error) { return member.NextQuestion(tx) }

// ask puts the question. Between that and the vote there is as much time as for any proposal.
func (s *Service) ask(tx *db.Tx, g member.Group) error {
	rules, err := rulebook.Current(tx, g.ID, tx.Now)
	if err != nil {
		return err
	}
	if err := member.Asked(tx, g.ID); err != nil {
		return err
	}
	_, err = motion.Call(tx, s.ledger, g, motion.Called{
		Kind: motion.Founding, Text: s.text(g, rules), By: rulebook.Ref(rules.Number),
		Opens: opens(rules.Rules, tx.Now),
	})
	if err != nil {
		return fmt.Errorf("put the question: %w", err)
	}
	return nil
}

// opens returns when the vote opens on a question that is put at the given time.
func opens(r rulebook.Rules, put time.Time) time.Time {
	return put.Add(time.Duration(r.OnlineDiscussMinHours) * time.Hour)
}

// text is the proposal in the group's language. It names the rules by their number and by their print, so that nothing else can be meant.
func (s *Service) text(g member.Group, v rulebook.Version) motion.Text {
	say := s.words.Voice(g.Lang)
	print := v.Hash.String()
	return motion.Text{
		Title: say.T("founding.motion"), Why: say.T("founding.why"),
		Clauses: []motion.Clause{{Text: say.T("founding.clause", "Number", v.Number, "Print", print[:16])}, {Text: say.T("founding.clause_before")}},
		Effect:  motion.Effect{Kind: motion.AdoptRules, Rules: print},
	}
}

// Call notes, with the actor's name, that they want the question put without waiting for its date; the second member who does has it
// put. Doing it again changes nothing. It returns fault.NotFound for who is not a member, and what MayCall returns.
func (s *Service) Call(ctx context.Context, a member.Actor) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		a, err := member.Again(tx, a)
		if err != nil {
			return err
		}
		if err := MayCall(a.Group, tx.Now); err != nil {
			return err
		}
		first, err := insertCall(tx, a.Member)
		if err != nil || !first {
			return err
		}
		n, err := countCalls(tx, a.Group.ID)
		if err != nil {
			return err
		}
		if _, err := s.ledger.Append(tx, a.Group.Log(), ledger.Event{
			Kind: "founding.wanted", Subject: "group", Actor: a.Member.Ref, Data: ledger.Data{"count": n},
		}); err != nil {
			return fmt.Errorf("note a call: %w", err)
		}
		if err := member.Touch(tx, a.Member); err != nil || n < Callers {
			return err
		}
		return s.ask(tx, a.Group)
	})
}

// Show returns how far the group is. It returns fault.NotFound for who is not a member.
func (s *Service) Show(ctx context.Context, a member.Actor) (v View, err error) {
	if !a.IsMember() {
		return v, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		g, err := member.GetGroup(tx, a.Group.ID)
		if err != nil {
			return err
		}
		v = View{Now: tx.Now, Due: g.Question, Adopted: g.Adopted, Founding: g.Founding, MayCall: MayCall(g, tx.Now) == nil}
		if v.Number, v.Open, err = newest(tx, g.ID); err != nil {
			return err
		}
		if !v.Due.IsZero() {
			rules, err := rulebook.Current(tx, g.ID, tx.Now)
			if err != nil {
				return err
			}
			v.Opens = opens(rules.Rules, v.Due)
			v.Closes = motion.Founding.Closes(rules.Rules, v.Opens, g.Zone)
		}
		if !v.MayCall {
			return nil
		}
		v.Calls, v.Called, err = callsOf(tx, a.Member)
		return err
	})
	return v, err
}

// Ref names the newest proposal in the record.
func (v View) Ref() string { return "motion/" + strconv.Itoa(v.Number) }
