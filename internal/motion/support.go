package motion

import (
	"context"
	"crypto/sha256"
	"fmt"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
)

// Support says that the member finds version n of the text worth discussing. Saying it again changes nothing; saying it of
// a new version confirms it. With enough supporters the motion is tabled in the same step.
// It returns fault.Conflict if the text is another by now, or the vote is open or the motion over.
func (s *Service) Support(ctx context.Context, a member.Actor, number, n int) (Motion, error) {
	return s.act(ctx, a, number, func(sc *scene) error {
		if err := sc.m.MaySupport(sc.tx.Now); err != nil {
			return err
		}
		if n != sc.m.Version {
			return fault.New(fault.Conflict, "motion.text_changed")
		}
		has, err := supportOf(sc.tx, sc.m.ID, sc.who.ID)
		if err != nil || has == n {
			return err
		}
		if err := putSupport(sc.tx, sc.m, sc.who.ID); err != nil {
			return err
		}
		if err := sc.recount(); err != nil {
			return err
		}
		if err := sc.tell("motion.supported", ledger.Data{"version": n}); err != nil {
			return err
		}
		return sc.tableIfEnough()
	})
}

// Unsupport takes the member's support back. If too few are left, a tabled motion seeks support again.
// It returns fault.Conflict for the mover, who may withdraw the motion instead, and once the text is settled.
func (s *Service) Unsupport(ctx context.Context, a member.Actor, number int) (Motion, error) {
	return s.act(ctx, a, number, func(sc *scene) error {
		has, err := supportOf(sc.tx, sc.m.ID, sc.who.ID)
		if err != nil || has == 0 {
			return err
		}
		if err := sc.m.MayUnsupport(sc.who.ID, sc.tx.Now); err != nil {
			return err
		}
		if err := removeSupport(sc.tx, sc.m.ID, sc.who.ID); err != nil {
			return err
		}
		if err := sc.recount(); err != nil {
			return err
		}
		if err := sc.tell("motion.unsupported", nil); err != nil {
			return err
		}
		return sc.untableIfFew()
	})
}

// recount brings the motion's counter of supporters up to date.
func (sc *scene) recount() (err error) {
	if sc.m.Supporters, err = countSupport(sc.tx, sc.m); err != nil {
		return fmt.Errorf("count supporters: %w", err)
	}
	return put(sc.tx, sc.m, sc.m.State)
}

// tableIfEnough tables the motion as soon as enough members find it worth discussing. Nobody decides that.
func (sc *scene) tableIfEnough() error {
	m, err := table(sc.tx, sc.ledger, sc.group, sc.m)
	sc.m = m
	return err
}

func table(tx *db.Tx, l *ledger.Ledger, g member.Group, m Motion) (Motion, error) {
	if m.State != Seeking || !m.LeaveAsked.IsZero() || g.Forming() {
		return m, nil
	}
	rules, all, err := rulesAndNeeds(tx, g)
	needed := all.Of(m, tx.Now)
	if err != nil || m.Supporters < needed {
		return m, err
	}
	m = m.table(rules, tx.Now)
	if err := put(tx, m, Seeking); err != nil {
		return m, err
	}
	data := ledger.Data{"supporters": m.Supporters, "needed": needed, "rulebook": m.Rulebook, "text_until": m.TextUntil, "opens_at": m.Opens}
	if !m.Fallback.IsZero() {
		data["fallback_at"] = m.Fallback
	}
	return m, record(tx, l, g, m, "motion.tabled", "", data)
}

func (sc *scene) untableIfFew() error {
	if sc.m.State != Tabled {
		return nil
	}
	all, err := needs(sc.tx, sc.group.ID, sc.rules.Rules, sc.tx.Now)
	needed := all.Of(sc.m, sc.tx.Now)
	if err != nil || sc.m.Supporters >= needed {
		return err
	}
	m := sc.m
	m.State = Seeking
	current, err := countSupport(sc.tx, m) // of the text as it is now
	if err != nil {
		return err
	}
	sc.m = sc.m.untable(current, sc.tx.Now)
	if err := put(sc.tx, sc.m, Tabled); err != nil {
		return err
	}
	return record(sc.tx, sc.ledger, sc.group, sc.m, "motion.untabled", "", ledger.Data{"supporters": current, "needed": needed})
}

// AskSecret asks for a secret vote. Who asked is never shown; that somebody did is. It cannot be taken back, since secrecy
// may only grow. Asking again changes nothing. It returns fault.Conflict once the vote is open or the motion over.
func (s *Service) AskSecret(ctx context.Context, a member.Actor, number int) (Motion, error) {
	return s.act(ctx, a, number, func(sc *scene) error {
		err := AskSecretIn(sc.tx, sc.ledger, sc.group, sc.m.ID, sc.who.ID)
		if err == nil {
			sc.m, err = Get(sc.tx, sc.m.ID)
		}
		return err
	})
}

// AskSecretIn has somebody who is in a meeting ask there that the vote on the motion be secret, in the transaction. Once more changes nothing. It returns fault.Conflict once the vote
// is open or the motion over.
func AskSecretIn(tx *db.Tx, l *ledger.Ledger, g member.Group, id ID, who member.ID) error {
	m, err := Get(tx, id)
	if err != nil {
		return err
	}
	if err := m.MayAskSecret(tx.Now); err != nil {
		return err
	}
	first, err := addSecretAsk(tx, id, who)
	if err != nil || !first {
		return err
	}
	m.SecretAsks++
	if err := put(tx, m, m.State); err != nil {
		return err
	}
	return record(tx, l, g, m, "motion.secret_asked", "", ledger.Data{"asks": m.SecretAsks})
}

// HasAskedSecret says whether somebody has asked that the vote on the motion be secret.
func HasAskedSecret(tx *db.Tx, id ID, who member.ID) (bool, error) { return askedSecret(tx, id, who) }

// Argue writes the member's statement for or against the motion, in place of an earlier one of theirs.
// It returns fault.Invalid if it is empty or too long, fault.Conflict once the vote is open or the motion over.
func (s *Service) Argue(ctx context.Context, a member.Actor, number int, side Side, text string) (Motion, error) {
	text = Tidy(text)
	return s.act(ctx, a, number, func(sc *scene) error {
		if err := sc.m.MayArgue(sc.tx.Now); err != nil {
			return err
		}
		if err := checkStatement(side, text); err != nil {
			return err
		}
		was, ok, err := statementBy(sc.tx, sc.m.ID, sc.who.ID, side)
		if err != nil || ok && was.Text == text {
			return err
		}
		used, err := statementsElsewhere(sc.tx, sc.m.ID, sc.who.ID)
		if err != nil {
			return err
		}
		st := Statement{Author: sc.who.ID, Side: side, Text: text, At: sc.tx.Now, place: place{used, lot(sc.m, sc.who, side)}}
		if err := putStatement(sc.tx, sc.m, st); err != nil {
			return fmt.Errorf("put statement: %w", err)
		}
		return sc.tell("motion.statement", ledger.Data{"side": string(side), "text": ledger.Text(text), "elsewhere": used})
	})
}

func checkStatement(side Side, text string) error {
	wrong := map[string]lang.Msg{}
	if side != For && side != Against {
		wrong["side"] = lang.M("motion.need_side")
	}
	switch {
	case text == "":
		wrong["text"] = lang.M("motion.need_statement")
	case tooLong(text, MaxStatement):
		wrong["text"] = lang.M("motion.words_long", "Max", MaxStatement, "Count", Words(text))
	}
	return fault.Form(wrong)
}

// lot is where the author stands among equals on this motion. Nobody can choose it: a member's reference was drawn when
// they joined, the number came when the proposal was put forward.
func lot(m Motion, who member.Member, side Side) []byte {
	sum := sha256.Sum256([]byte("statement\n" + m.Ref() + "\n" + who.Ref + "\n" + string(side)))
	return sum[:]
}
