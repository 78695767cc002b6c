package motion

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/merkle"
	"folkmoot/internal/rulebook"
	"folkmoot/internal/tally"
)

// EffectKind is what a carried motion does by itself.
type EffectKind string

// The effects; there are no others. Each is voted on with a majority of its own.
const (
	EndTerm EffectKind = "end_term" // a term ends early, by a simple majority (practice.md §2.9)
	Waive   EffectKind = "waiver"   // somebody may take a role once outside the limits, by two thirds (§2.12.2)
	WindUp  EffectKind = "wind_up"  // the group is archived, or voted on once more before that, by three quarters each time (§2.12.6)
	Wake    EffectKind = "wake"     // a role that nobody took for long is filled again, by a simple majority (§2.12.6)
	Stay    EffectKind = "stay"     // who held a role last looks after it for some weeks, by two thirds (§2.12.6)

	Reserve EffectKind = "reserve" // so many seats of a role are reserved from then on, as rules are changed (§2.8.2, §2.13.2)

	// A role lets whoever is given it do one thing more, as rules are changed (§1.1, row 18: no capability is added without a rule change).
	Entrust EffectKind = "entrust"

	AdoptRules EffectKind = "adopt_rules" // the rules a group began with become its own, by a simple majority (§2.13.1)
)

// Effect is what happens, in the transaction that records it, if a motion is carried. It is part of the text that is voted on,
// is in its hash, and never changes. Things are named as the record names them.
type Effect struct {
	Kind   EffectKind
	Role   string // the role's key
	Member string // whom it concerns
	Term   string // EndTerm: which of their terms
	After  string // WindUp: the decision of the first of the two votes; empty in the first
	Rules  string // AdoptRules: the hash of the version
	Places int    // Reserve: how many; 0: none any more
	For    string // Reserve: for whom, in the group's words
	Power  string // Entrust: the capability
}

// motionKind is the kind of the motions that have the effect.
func (e Effect) motionKind() Kind {
	switch e.Kind {
	case EndTerm:
		return Recall
	case Waive, Stay:
		return Waiver
	case WindUp:
		return WindingUp
	case AdoptRules:
		return Founding
	case Wake:
		return Waking
	case Reserve:
		return Balance
	case Entrust:
		return Chore
	}
	return ""
}

// Acts says whether what carries out a motion of the kind is the program, by itself, and not the members.
func (k Kind) Acts() bool {
	return slices.Contains([]Kind{Recall, Waiver, WindingUp, Founding, Waking, Vacancy, Chore}, k)
}

// Ranked says whether motions of the kind are voted on by putting options in order.
func (k Kind) Ranked() bool { return k == Election || k == Vacancy }

// Majority returns what it takes to carry a motion with the effect.
func (e Effect) Majority(r rulebook.Rules) tally.Rule {
	switch e.Kind {
	case EndTerm:
		return r.RecallMajority()
	case Waive, Stay:
		return tally.AtLeast(2, 3, tally.Cast)
	case WindUp:
		return tally.AtLeast(3, 4, tally.Cast)
	case Wake:
		return tally.Simple()
	case Reserve, Entrust:
		return r.RuleChangeMajority()
	}
	return r.MotionMajority()
}

// Quorum returns how many must vote on a motion with the effect, with so many active members: to end a group as many as to change its
// rules (practice.md §2.2), which reserving places and giving a role one thing more to do are.
func (e Effect) Quorum(r rulebook.Rules, active int) int {
	if e.Kind == WindUp || e.Kind == Reserve || e.Kind == Entrust {
		return r.RuleChangeQuorum(active)
	}
	return r.Quorum(active)
}

// Closes returns when the vote on a motion of the kind closes that opens at an instant.
func (k Kind) Closes(r rulebook.Rules, opens time.Time, zone *time.Location) time.Time {
	if k == Recall {
		return r.RecallWindow(opens, zone)
	}
	return r.BallotWindow(opens, zone)
}

func (e Effect) data() map[string]any {
	switch e.Kind {
	case WindUp:
		d := map[string]any{"kind": string(e.Kind)}
		if e.After != "" {
			d["after"] = e.After
		}
		return d
	case AdoptRules:
		return map[string]any{"kind": string(e.Kind), "rules": e.Rules}
	case Reserve:
		return map[string]any{"kind": string(e.Kind), "role": e.Role, "places": int64(e.Places), "for": e.For}
	case Entrust:
		return map[string]any{"kind": string(e.Kind), "role": e.Role, "power": e.Power}
	}
	d := map[string]any{"kind": string(e.Kind), "role": e.Role}
	if e.Member != "" {
		d["member"] = e.Member
	}
	if e.Term != "" {
		d["term"] = e.Term
	}
	return d
}

// write returns the effect as it is stored.
func (e Effect) write() (string, error) {
	if e.Kind == "" {
		return "", nil
	}
	b, err := merkle.Canonical(e.data())
	return string(b), err
}

func readEffect(text string) (e Effect, err error) {
	if text == "" {
		return e, nil
	}
	if err := json.Unmarshal([]byte(text), &e); err != nil {
		return e, fmt.Errorf("effect of a motion: %w", err)
	}
	return e, nil
}

// BringOnce has the actor put forward what propose returns, and whom it is about, 0 for nobody, in one transaction. The same form sent again
// returns the motion that it made. It returns what Bring and propose do.
func BringOnce(ctx context.Context, d *db.DB, l *ledger.Ledger, a member.Actor, once db.Once,
	propose func(tx *db.Tx, a member.Actor) (p Proposal, about member.ID, err error)) (m Motion, err error) {
	err = rulebook.Act(ctx, d, a, func(tx *db.Tx, a member.Actor, _ rulebook.Version) error {
		if id, seen, err := tx.Seen(once); err != nil || seen {
			if err == nil {
				m, err = Get(tx, ID(id))
			}
			return err
		}
		p, about, err := propose(tx, a)
		if err != nil {
			return err
		}
		if m, err = Bring(tx, l, a, about, p); err != nil {
			return err
		}
		return tx.Did(once, int64(m.ID))
	})
	return m, err
}

// Bring puts a proposal with an effect before the group in the actor's name, in the transaction in which it was found that the effect
// can be. It returns fault.Invalid with the fields that are wrong, and fault.Conflict while the group is forming.
func Bring(tx *db.Tx, l *ledger.Ledger, a member.Actor, about member.ID, p Proposal) (Motion, error) {
	rules, err := rulebook.Current(tx, a.Group.ID, tx.Now)
	if err != nil {
		return Motion{}, fmt.Errorf("look up rules: %w", err)
	}
	p = p.tidy()
	p.Kind, p.AboutPerson = p.Text.Effect.motionKind(), about != 0
	if err := fault.Form(p.check(rules.Rules)); err != nil {
		return Motion{}, err
	}
	sc := &scene{Service: &Service{ledger: l}, tx: tx, who: a.Member, group: a.Group, rules: rules}
	text := p.Text.number(nil, 0)
	if sc.m, err = insert(tx, Motion{
		Group: a.Group.ID, Mover: a.Member.ID, Kind: p.Kind, AboutPerson: p.AboutPerson, About: about, State: Draft, Created: tx.Now, Rulebook: rules.Number,
	}, text); err != nil {
		return Motion{}, fmt.Errorf("insert motion: %w", err)
	}
	err = sc.putForward(text)
	return sc.m, err
}

// Petitioned is what a petition of members calls for.
type Petitioned struct {
	Petition string // as the record names it
	About    member.ID
	Signed   int
	Text     Text
	Notice   time.Duration // until the vote opens
}

// Petition puts before the group what a petition calls for: without a mover, about a person and so to be voted on in secret, tabled at
// once, and with words that stand from the first moment on.
func Petition(tx *db.Tx, l *ledger.Ledger, g member.Group, p Petitioned) (Motion, error) {
	rules, err := rulebook.Current(tx, g.ID, tx.Now)
	if err != nil {
		return Motion{}, fmt.Errorf("look up rules: %w", err)
	}
	text := p.Text.number(nil, 0)
	m, err := insert(tx, Motion{
		Group: g.ID, Kind: text.Effect.motionKind(), AboutPerson: true, About: p.About, State: Draft, Created: tx.Now, Rulebook: rules.Number,
	}, text)
	if err != nil {
		return m, fmt.Errorf("insert motion: %w", err)
	}
	if err := m.call(tx, p.Notice, p.Signed); err != nil {
		return m, err
	}
	return m, m.recordCall(tx, l, g, text, ledger.Data{"petition": p.Petition, "supporters": m.Supporters})
}

// call numbers and tables a motion without a mover, whose words stand from the first moment on.
func (m *Motion) call(tx *db.Tx, notice time.Duration, supporters int) (err error) {
	if m.Number, err = nextNumber(tx, m.Group); err != nil {
		return err
	}
	m.State, m.Sought, m.Tabled, m.Supporters = Tabled, tx.Now, tx.Now, supporters
	m.TextUntil, m.Opens = tx.Now, tx.Now.Add(notice)
	m.Due = m.next(tx.Now)
	return put(tx, *m, Draft)
}

// recordCall records a motion without a mover, and what called for it.
func (m Motion) recordCall(tx *db.Tx, l *ledger.Ledger, g member.Group, t Text, by ledger.Data) error {
	data := ledger.Data{"number": m.Number, "version": m.Version, "kind": string(m.Kind), "about_person": m.AboutPerson, "review_days": 0}
	maps.Copy(data, by)
	if err := record(tx, l, g, m, "motion.proposed", "", t.said(data)); err != nil {
		return err
	}
	return record(tx, l, g, m, "motion.tabled", "", ledger.Data{
		"supporters": m.Supporters, "needed": m.Supporters, "rulebook": m.Rulebook, "text_until": m.TextUntil, "opens_at": m.Opens,
	})
}

// Called is what the clock puts before the group.
type Called struct {
	Kind        Kind
	AboutPerson bool
	Text        Text
	Opens       time.Time // the vote
	By          string    // what called for it, as the record names it
}

// Call puts before the group what the clock calls for: without a mover, tabled at once, and with words that stand from the first moment on.
func Call(tx *db.Tx, l *ledger.Ledger, g member.Group, c Called) (Motion, error) {
	rules, err := rulebook.Current(tx, g.ID, tx.Now)
	if err != nil {
		return Motion{}, fmt.Errorf("look up rules: %w", err)
	}
	text := c.Text.number(nil, 0)
	m, err := insert(tx, Motion{Group: g.ID, Kind: c.Kind, AboutPerson: c.AboutPerson, State: Draft, Created: tx.Now, Rulebook: rules.Number}, text)
	if err != nil {
		return m, fmt.Errorf("insert motion: %w", err)
	}
	if err := m.call(tx, c.Opens.Sub(tx.Now), 0); err != nil {
		return m, err
	}
	return m, m.recordCall(tx, l, g, text, ledger.Data{"called_by": c.By, "supporters": 0})
}

// Lapse ends a tabled motion that there is nothing to vote on for: nobody stands in the election that it is.
func Lapse(tx *db.Tx, id ID, at time.Time) error {
	return SetState(tx, id, Tabled, Lapsed, Times{Ended: at})
}

// Cancel ends a motion whose effect has nothing left to do, and on which no vote is open, so that nobody is asked to vote on it. A vote that
// has opened goes on to its close; then nothing is done, and Cancel does nothing. What is announced of a second vote ballot.CallOff ends.
func Cancel(tx *db.Tx, l *ledger.Ledger, g member.Group, id ID) error {
	m, err := Get(tx, id)
	was := m.State
	if err != nil || was != Tabled && was != Inquorate {
		return err
	}
	m = m.end(Moot, tx.Now)
	if err := put(tx, m, was); err != nil {
		return err
	}
	return record(tx, l, g, m, "motion.moot", "", nil)
}
