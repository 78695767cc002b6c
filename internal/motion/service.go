package motion

import (
	"context"
	"fmt"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/rulebook"
)

// Service is what members do with proposals before the vote.
type Service struct {
	db     *db.DB
	ledger *ledger.Ledger
}

// NewService returns a Service on the database that writes to the record.
func NewService(d *db.DB, l *ledger.Ledger) *Service { return &Service{d, l} }

// scene is one member's act on one motion: everything the rules need to judge it, read in the transaction that does it.
type scene struct {
	*Service
	tx    *db.Tx
	who   member.Member
	group member.Group
	rules rulebook.Version
	m     Motion
}

// enter looks the member and the group's rules up afresh: somebody may have left since the page was shown.
// It returns fault.NotFound for everybody who is not a member.
func (s *Service) enter(tx *db.Tx, a member.Actor) (*scene, error) {
	a, err := member.Again(tx, a)
	if err != nil {
		return nil, fmt.Errorf("look up member: %w", err)
	}
	rules, err := rulebook.Current(tx, a.Group.ID, tx.Now)
	if err != nil {
		return nil, fmt.Errorf("look up rules: %w", err)
	}
	return &scene{Service: s, tx: tx, who: a.Member, group: a.Group, rules: rules}, nil
}

// find looks the motion up. It returns fault.NotFound also for somebody else's draft.
func (sc *scene) find(number int) (err error) {
	if sc.m, err = Find(sc.tx, sc.group.ID, number); err != nil {
		return err
	}
	if !sc.m.MayBeSeenBy(sc.who.ID) {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	return nil
}

// act runs one member's act on a motion and returns the motion as it stands then. The act may be repeated by the
// database, so it starts from sc each time.
func (s *Service) act(ctx context.Context, a member.Actor, number int, act func(*scene) error) (m Motion, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		sc, err := s.enter(tx, a)
		if err == nil {
			err = sc.find(number)
		}
		if err == nil {
			err = act(sc)
		}
		if err == nil {
			err = member.Touch(tx, sc.who)
			m = sc.m
		}
		return err
	})
	return m, err
}

// tell appends what the member did to the record.
func (sc *scene) tell(kind string, data ledger.Data) error {
	return record(sc.tx, sc.ledger, sc.group, sc.m, kind, sc.who.Ref, data)
}

func record(tx *db.Tx, l *ledger.Ledger, g member.Group, m Motion, kind, actor string, data ledger.Data) error {
	if data == nil {
		data = ledger.Data{}
	}
	_, err := l.Append(tx, g.Log(), ledger.Event{Kind: kind, Subject: m.Ref(), Actor: actor, Data: data})
	return err
}

// needs returns how many supporters bring a motion before the group now.
func needs(tx *db.Tx, g member.GroupID, r rulebook.Rules, now time.Time) (Needs, error) {
	active, err := member.Active(tx, g, now, time.Duration(r.ActiveWindowDays)*24*time.Hour)
	if err != nil {
		return Needs{}, fmt.Errorf("count active members: %w", err)
	}
	return needsOf(r, active), nil
}

func needsOf(r rulebook.Rules, active int) Needs {
	return Needs{Usual: r.TableSupport(active), Again: r.SupportAgain(active)}
}

// Save keeps a draft, which only its writer sees: a new one if number is 0. The same form sent again changes nothing.
// It returns fault.Invalid with the fields that are too long, and fault.NotFound or fault.Conflict if the draft is no more.
func (s *Service) Save(ctx context.Context, a member.Actor, once db.Once, number int, p Proposal) (Motion, error) {
	return s.write(ctx, a, once, number, p, Proposal.checkDraft, nil)
}

// Propose keeps the proposal, a new one if number is 0, and puts it before the group in the same step.
// It returns what Save returns, fault.Invalid also for what a proposal must have, and fault.Conflict while the group is forming.
func (s *Service) Propose(ctx context.Context, a member.Actor, once db.Once, number int, p Proposal) (Motion, error) {
	return s.write(ctx, a, once, number, p, Proposal.check, (*scene).putForward)
}

// ProposeDraft puts a draft before the group as it is kept. It returns what Propose returns.
func (s *Service) ProposeDraft(ctx context.Context, a member.Actor, once db.Once, number int) (m Motion, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		sc, err := s.enter(tx, a)
		if err != nil {
			return err
		}
		id, seen, err := tx.Seen(once)
		if err != nil {
			return err
		}
		if seen {
			m, err = Get(tx, ID(id))
			return err
		}
		if err := sc.find(number); err != nil {
			return err
		}
		if sc.m.State != Draft {
			return fault.New(fault.Conflict, "motion.moved_on")
		}
		v, err := TextOf(tx, sc.m.ID, sc.m.Version)
		if err != nil {
			return err
		}
		p := Proposal{Kind: sc.m.Kind, AboutPerson: sc.m.AboutPerson, ReviewDays: sc.m.ReviewDays, Text: v.Text} // Again was looked up when it was saved
		if err := fault.Form(p.check(sc.rules.Rules)); err != nil {
			return err
		}
		if err := sc.putForward(v.Text); err != nil {
			return err
		}
		m = sc.m
		return tx.Did(once, int64(m.ID))
	})
	return m, err
}

type checker func(Proposal, rulebook.Rules) map[string]lang.Msg

func (s *Service) write(ctx context.Context, a member.Actor, once db.Once, number int, p Proposal, check checker, then func(*scene, Text) error) (m Motion, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		sc, err := s.enter(tx, a)
		if err != nil {
			return err
		}
		id, seen, err := tx.Seen(once)
		if err != nil {
			return err
		}
		if seen {
			m, err = Get(tx, ID(id))
			return err
		}
		p := p.tidy()
		if err := fault.Form(check(p, sc.rules.Rules)); err != nil {
			return err
		}
		text, err := sc.saveDraft(number, p)
		if err == nil && then != nil {
			err = then(sc, text)
		}
		if err != nil {
			return err
		}
		m = sc.m
		return tx.Did(once, int64(m.ID))
	})
	return m, err
}

// saveDraft writes the draft, and returns its text with the clauses numbered.
func (sc *scene) saveDraft(number int, p Proposal) (Text, error) {
	again, err := decided(sc.tx, sc.group.ID, p.Again)
	if err != nil {
		return Text{}, err
	}
	if number == 0 {
		text := p.Text.number(nil, 0)
		m, err := insert(sc.tx, Motion{
			Group: sc.group.ID, Mover: sc.who.ID, Kind: p.Kind, AboutPerson: p.AboutPerson, State: Draft, Created: sc.tx.Now,
			Again: again.ID, ReviewDays: p.ReviewDays, Rulebook: sc.rules.Number,
		}, text)
		sc.m = m
		return text, err
	}
	if err := sc.find(number); err != nil {
		return Text{}, err
	}
	if sc.m.State != Draft {
		return Text{}, fault.New(fault.Conflict, "motion.moved_on")
	}
	text := p.Text.number(nil, 0)
	sc.m.Kind, sc.m.AboutPerson, sc.m.ReviewDays, sc.m.Title, sc.m.Forum, sc.m.Again = p.Kind, p.AboutPerson, p.ReviewDays, text.Title, text.Forum, again.ID
	if err := replaceDraft(sc.tx, sc.m, text); err != nil {
		return text, err
	}
	return text, put(sc.tx, sc.m, Draft)
}

// decided returns the group's motion with the number, or nothing for 0. It returns fault.Invalid for the field again if
// there is none, or none that was decided.
func decided(tx *db.Tx, g member.GroupID, number int) (Motion, error) {
	if number == 0 {
		return Motion{}, nil
	}
	m, err := Find(tx, g, number)
	if err == nil && (m.State == Carried || m.State == NotCarried) {
		return m, nil
	}
	if err != nil && !db.IsNotFound(err) && fault.KindOf(err) != fault.NotFound {
		return Motion{}, err
	}
	return Motion{}, fault.Form(map[string]lang.Msg{"again": lang.M("motion.bad_again")})
}

// bar sets until when the motion needs more supporters because of what it takes up again, which it returns.
func (sc *scene) bar() (earlier Motion, err error) {
	if sc.m.Again == 0 {
		return earlier, nil
	}
	if earlier, err = Get(sc.tx, sc.m.Again); err != nil {
		return earlier, fmt.Errorf("look up what is taken up again: %w", err)
	}
	if !sc.group.Adopted.IsZero() && sc.group.Provisional(earlier.Ended) {
		return earlier, nil // it was decided before the members had adopted rules, and anybody may have it looked at again (practice.md §2.13.1)
	}
	sc.m.BarUntil = earlier.Ended.Add(time.Duration(sc.rules.Rules.ResubmitDays) * 24 * time.Hour)
	return earlier, nil
}

// putForward makes the draft the group's business: it gets its number, its first version is final, its mover supports it.
func (sc *scene) putForward(t Text) (err error) {
	if sc.group.Forming() {
		return fault.New(fault.Conflict, "motion.forming")
	}
	if sc.m.Number, err = nextNumber(sc.tx, sc.group.ID); err != nil {
		return err
	}
	earlier, err := sc.bar()
	if err != nil {
		return err
	}
	sc.m.State, sc.m.Sought, sc.m.Rulebook, sc.m.Supporters = Seeking, sc.tx.Now, sc.rules.Number, 1
	sc.m.Due = sc.m.next(sc.tx.Now)
	if err := put(sc.tx, sc.m, Draft); err != nil {
		return err
	}
	if err := putSupport(sc.tx, sc.m, sc.who.ID); err != nil {
		return err
	}
	data := ledger.Data{
		"number": sc.m.Number, "version": sc.m.Version, "kind": string(sc.m.Kind), "about_person": sc.m.AboutPerson, "review_days": sc.m.ReviewDays,
	}
	if sc.m.Again != 0 {
		data["again"] = earlier.Ref()
		if !sc.m.BarUntil.IsZero() {
			data["bar_until"] = sc.m.BarUntil
		}
	}
	if err = sc.tell("motion.proposed", t.said(data)); err != nil {
		return err
	}
	if err := member.Touch(sc.tx, sc.who); err != nil {
		return err
	}
	return sc.tableIfEnough()
}

// Delete removes the member's own draft. Deleting what is not there, or not theirs to see, is no error and does nothing.
func (s *Service) Delete(ctx context.Context, a member.Actor, number int) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		sc, err := s.enter(tx, a)
		if err != nil {
			return err
		}
		if err := sc.find(number); err != nil {
			if db.IsNotFound(err) || fault.KindOf(err) == fault.NotFound {
				return nil
			}
			return err
		}
		if sc.m.State != Draft {
			return fault.New(fault.Conflict, "motion.not_deletable")
		}
		return remove(tx, sc.m.ID)
	})
}

// Reword gives the mover's proposal a new version; base is the version they changed. While support is sought, everybody
// has to support the new text anew; once tabled, supporters may think again. The text that is there already changes nothing.
// It returns fault.Invalid with the fields that are wrong, fault.Denied for others than the mover, and fault.Conflict
// if the text is settled or is no more the one that was changed.
func (s *Service) Reword(ctx context.Context, a member.Actor, number, base int, t Text) (Motion, error) {
	return s.act(ctx, a, number, func(sc *scene) error {
		_, now, err := sc.rewording(base, t)
		if err != nil || now.N == sc.m.Version {
			return err
		}
		return sc.newVersion(now.Text)
	})
}

// rewording returns the words that stand and those that would; the version is the same if the words are.
func (sc *scene) rewording(base int, t Text) (was, now Version, err error) {
	if sc.m.State == Draft {
		return was, now, fault.New(fault.Conflict, "motion.is_draft")
	}
	if err := sc.m.MayEdit(sc.who.ID, sc.tx.Now); err != nil {
		return was, now, err
	}
	p := Proposal{Kind: sc.m.Kind, AboutPerson: sc.m.AboutPerson, ReviewDays: sc.m.ReviewDays, Text: t}.tidy()
	if err := fault.Form(p.check(sc.rules.Rules)); err != nil {
		return was, now, err
	}
	if was, err = TextOf(sc.tx, sc.m.ID, sc.m.Version); err != nil {
		return was, now, err
	}
	now = Version{N: was.N, Text: p.Text}
	switch {
	case sc.m.State == Tabled && sc.m.Meeting != "" && p.Text.Forum != sc.m.Forum:
		return was, now, fault.New(fault.Conflict, "call.stays")
	case was.Text.equal(p.Text):
		return was, now, nil
	case base != sc.m.Version:
		return was, now, fault.New(fault.Conflict, "motion.text_changed")
	}
	now.N++
	return was, now, nil
}

// TryWords returns what Reword would change, as a History of the words that stand and those that would, and changes nothing.
// Old and New have the same number if the words are the same. It returns what Reword returns.
func (s *Service) TryWords(ctx context.Context, a member.Actor, number, base int, t Text) (h History, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		sc, err := s.enter(tx, a)
		if err == nil {
			err = sc.find(number)
		}
		if err != nil {
			return err
		}
		h = History{Motion: sc.m, Now: tx.Now, Mover: sc.who}
		if h.Old, h.New, err = sc.rewording(base, t); err != nil {
			return err
		}
		known, last, err := clauseIDs(tx, sc.m.ID)
		h.New.Text = h.New.number(known, last)
		return err
	})
	return h, err
}

func (sc *scene) newVersion(t Text) error {
	known, last, err := clauseIDs(sc.tx, sc.m.ID)
	if err != nil {
		return err
	}
	t = t.number(known, last)
	sc.m.Version++
	moved := sc.m.State == Tabled && sc.m.Forum != t.Forum
	sc.m.Title, sc.m.Forum = t.Title, t.Forum
	if moved {
		talk, still := sc.m.spans(sc.rules.Rules)
		sc.m = sc.m.place(talk, still, sc.tx.Now)
	}
	if err := insertVersion(sc.tx, sc.m, t); err != nil {
		return fmt.Errorf("insert version: %w", err)
	}
	if err := putSupport(sc.tx, sc.m, sc.who.ID); err != nil {
		return err
	}
	if sc.m.Supporters, err = countSupport(sc.tx, sc.m); err != nil {
		return err
	}
	if err := put(sc.tx, sc.m, sc.m.State); err != nil {
		return err
	}
	data := ledger.Data{
		"number": sc.m.Number, "version": sc.m.Version, "kind": string(sc.m.Kind), "about_person": sc.m.AboutPerson, "review_days": sc.m.ReviewDays,
	}
	if moved {
		data["text_until"], data["opens_at"], data["fallback_at"] = sc.m.TextUntil, sc.m.Opens, sc.m.Fallback
	}
	if err := sc.tell("motion.reworded", t.said(data)); err != nil {
		return err
	}
	return sc.tableIfEnough()
}
