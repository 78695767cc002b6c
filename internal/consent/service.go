package consent

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/role"
)

// Service holds selections.
type Service struct {
	db     *db.DB
	ledger *ledger.Ledger
	chance io.Reader
	begin  role.BeginTerm
}

// NewService returns a Service on the database that writes to the record. What decides between names that are written as often is read from
// chance, which must be such that nobody can guess it. Terms are given through begin.
func NewService(d *db.DB, l *ledger.Ledger, chance io.Reader, begin role.BeginTerm) *Service {
	return &Service{d, l, chance, begin}
}

// scene is what a member does in a selection, with everything that the rules need to judge it, read in the transaction that does it.
type scene struct {
	*stage
	a member.Actor
}

// act runs what a member does in the group's selection with the number. It returns fault.NotFound to everybody who is no member, and if there is
// no such selection.
func (s *Service) act(ctx context.Context, a member.Actor, number int, do func(*scene) error) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		a, err := member.Again(tx, a)
		if err != nil {
			return err
		}
		x, err := find(tx, a.Group.ID, number)
		if err != nil {
			return err
		}
		st, err := s.stage(tx, x)
		if err != nil {
			return err
		}
		if err := do(&scene{st, a}); err != nil {
			return err
		}
		return member.Touch(tx, a.Member)
	})
}

// onRoll returns fault.Denied to who could not vote yet as the selection opened.
func (st *stage) onRoll(m member.Member) error {
	if m.VotesFrom(st.g, time.Duration(st.rules.VotingWaitDays)*24*time.Hour).After(st.x.Opened) {
		return fault.New(fault.Denied, "selection.not_on_roll")
	}
	return nil
}

// Write keeps the name that the actor writes in this round, and why, in place of an earlier one. Nobody else reads it, or learns that they
// wrote, until the round ends; then all do, with their name. They may name themselves. It returns fault.Invalid with the fields "member", also
// for who cannot be named, and "reason"; fault.Denied to who could not vote yet as the selection opened; and fault.Conflict while no names
// are written.
func (s *Service) Write(ctx context.Context, a member.Actor, number int, named member.ID, reason string) error {
	return s.act(ctx, a, number, func(sc *scene) error {
		if err := sc.x.MayWrite(sc.tx.Now); err != nil {
			return err
		}
		if err := sc.onRoll(sc.a.Member); err != nil {
			return err
		}
		wrong := map[string]lang.Msg{}
		reason := tidy(wrong, reason, true)
		ok, err := sc.canBeNamed(named)
		switch {
		case err != nil:
			return err
		case named == 0:
			wrong["member"] = lang.M("selection.member.empty")
		case !ok:
			wrong["member"] = lang.M("selection.member.cannot")
		}
		if err := fault.Form(wrong); err != nil {
			return err
		}
		return putPaper(sc.tx, sc.x.ID, Paper{sc.x.State.paperRound(), sc.a.Member.ID, named, reason})
	})
}

// canBeNamed says whether the member takes part, has not refused, and is within the limits as they are in this selection.
func (st *stage) canBeNamed(id member.ID) (bool, error) {
	roll, err := st.roll(st.tx)
	if err != nil || !slices.Contains(roll, id) {
		return false, err
	}
	out, err := refusals(st.tx, st.x.ID)
	if err != nil || slices.Contains(out, id) {
		return false, err
	}
	may, err := role.JudgeAll(st.tx, st.g, []member.ID{id}, st.role, st.x.filling(), st.rules, st.x.Relaxed)
	return len(may) == 1 && len(may[0].Bars) == 0, err
}

// Answer keeps what the actor says to the name whose turn it is, in place of what they said before. Nobody else reads it, or learns that they
// have spoken, until the round ends; then all do, with their name. It returns fault.Invalid with the fields "answer" and "reason", which an
// objection needs; fault.NotFound for a name that is not proposed now; fault.Denied for the actor's own name and to who could not vote yet as
// the selection opened; and fault.Conflict out of time.
func (s *Service) Answer(ctx context.Context, a member.Actor, number, turn int, answer Answer, reason string) error {
	return s.answering(ctx, a, number, func(sc *scene) error {
		if !sc.x.asks(sc.nominees, turn) {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		said, wrong, err := sc.hear(Said{Turn: turn, Answer: answer, Reason: reason})
		if err != nil {
			return err
		}
		if err := fault.Form(wrong); err != nil {
			return err
		}
		return putSaid(sc.tx, sc.x.ID, said)
	})
}

// AnswerAll keeps what the actor says to several names at once, as Answer does: all of it, or nothing if something is wrong with any. A name to
// which nothing is said stays as it is, and so does one that has dropped out of the round meanwhile. It returns what Answer does, and
// fault.Invalid with the fields "answer-1" and "reason-1" for the name whose turn is 1; "answer" of all names if nothing is said to any; and
// fault.NotFound if none of the names is proposed now.
func (s *Service) AnswerAll(ctx context.Context, a member.Actor, number int, all []Said) error {
	return s.answering(ctx, a, number, func(sc *scene) error {
		all := slices.DeleteFunc(slices.Clone(all), func(said Said) bool { return !sc.x.asks(sc.nominees, said.Turn) })
		if len(all) == 0 {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		silent := !slices.ContainsFunc(all, Said.says)
		wrong := map[string]lang.Msg{}
		for _, said := range all {
			if !silent && !said.says() {
				continue
			}
			said, fields, err := sc.hear(said)
			if err != nil {
				return err
			}
			for field, say := range fields {
				wrong[field+"-"+strconv.Itoa(said.Turn)] = say
			}
			if len(fields) > 0 {
				continue
			}
			if err := putSaid(sc.tx, sc.x.ID, said); err != nil {
				return err
			}
		}
		return fault.Form(wrong) // takes back what was put
	})
}

// says says whether there is anything in it.
func (s Said) says() bool { return s.Answer != "" || motion.Tidy(s.Reason) != "" }

// answering runs what a member does who says what they think of names, while that can be said and if they take part.
func (s *Service) answering(ctx context.Context, a member.Actor, number int, do func(*scene) error) error {
	return s.act(ctx, a, number, func(sc *scene) error {
		if err := sc.x.MayAnswer(sc.tx.Now); err != nil {
			return err
		}
		if err := sc.onRoll(sc.a.Member); err != nil {
			return err
		}
		return do(sc)
	})
}

// hear returns what the actor says to a name that is proposed as it is kept, or what is wrong with its fields. Of their own name they say nothing.
func (sc *scene) hear(said Said) (Said, map[string]lang.Msg, error) {
	if i := sc.mine(sc.a.Member.ID); i >= 0 && sc.nominees[i].Turn == said.Turn {
		return said, nil, fault.New(fault.Denied, "selection.own_name")
	}
	wrong := map[string]lang.Msg{}
	if !slices.Contains(Answers(), said.Answer) {
		wrong["answer"] = lang.M("selection.answer.empty")
	}
	said.By, said.Reason = sc.a.Member.ID, tidy(wrong, said.Reason, said.Answer == Object)
	return said, wrong, nil
}

// Accept has the actor, on whom the others can agree, say yes. Doing it again changes nothing. Once all who were asked have said yes or no, the
// clock goes on without waiting. It returns fault.NotFound to who was not asked, and fault.Conflict out of time.
func (s *Service) Accept(ctx context.Context, a member.Actor, number int) error {
	return s.act(ctx, a, number, func(sc *scene) error {
		i := sc.mine(sc.a.Member.ID)
		if i < 0 {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		n := &sc.nominees[i]
		if err := sc.x.MayAccept(*n, sc.tx.Now); err != nil {
			return err
		}
		if !n.Accepted.IsZero() {
			return nil
		}
		n.Accepted = sc.tx.Now
		if err := putNominee(sc.tx, sc.x.ID, *n); err != nil {
			return err
		}
		if err := sc.note("selection.accepted", sc.a.Member.Ref, ledger.Data{"turn": n.Turn, "member": sc.a.Member.Ref}); err != nil {
			return err
		}
		return sc.hurry()
	})
}

// mine returns the place of a member among those who were named and for whom it has not ended, or -1.
func (st *stage) mine(id member.ID) int {
	return slices.IndexFunc(st.nominees, func(n Nominee) bool { return n.Member == id && n.How == "" })
}

// hurry has the clock go on now where nobody is left whom it would wait for.
func (st *stage) hurry() error {
	waits := slices.ContainsFunc(st.inQuestion(), func(n *Nominee) bool { return st.x.State == Asking || n.Accepted.IsZero() })
	if waits || st.x.State != Asking && st.x.State != Accepting {
		return nil
	}
	st.x.due = st.tx.Now
	return put(st.tx, st.x, st.x.State)
}

// Decline has the actor be out of the selection, whether they were named or not, for no reason that anybody hears. Doing it again changes
// nothing. It returns fault.Conflict once the selection has ended.
func (s *Service) Decline(ctx context.Context, a member.Actor, number int) error {
	return s.act(ctx, a, number, func(sc *scene) error {
		if !sc.x.State.IsOpen() {
			return fault.New(fault.Conflict, "selection.is_over")
		}
		first, err := putRefusal(sc.tx, sc.x.ID, sc.a.Member.ID)
		if err != nil || !first {
			return err
		}
		if err := sc.note("selection.declined", sc.a.Member.Ref, ledger.Data{"member": sc.a.Member.Ref}); err != nil {
			return err
		}
		return sc.out(sc.a.Member.ID, Refused)
	})
}

// out has somebody who was named be out of it. What others were about to say of them is forgotten.
func (st *stage) out(id member.ID, how How) error {
	i := st.mine(id)
	if i < 0 {
		return nil
	}
	n := &st.nominees[i]
	if st.x.State == Asking && st.x.proposes(*n) {
		if err := forgetTurn(st.tx, st.x.ID, n.Turn); err != nil {
			return err
		}
	}
	n.How = how
	if err := st.settled(*n); err != nil {
		return err
	}
	return st.hurry()
}

// Part has a member who leaves be out of all selections, and forgets what nobody has read of them yet, in the transaction in which they leave.
func (s *Service) Part(tx *db.Tx, who member.Member) error {
	all, err := open(tx, who.Group)
	if err != nil {
		return fmt.Errorf("find selections: %w", err)
	}
	for _, x := range all {
		st, err := s.stage(tx, x)
		if err != nil {
			return err
		}
		if round := x.State.paperRound(); round != 0 {
			if err := forgetPaper(tx, x.ID, round, who.ID); err != nil {
				return err
			}
		}
		if x.State == Asking {
			if err := forgetSaid(tx, x.ID, x.Round, who.ID); err != nil {
				return err
			}
		}
		if err := st.out(who.ID, HasLeft); err != nil {
			return err
		}
	}
	return nil
}
