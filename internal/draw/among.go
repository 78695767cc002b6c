package draw

import (
	"fmt"

	"folkmoot/internal/db"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/role"
	"folkmoot/internal/rulebook"
)

// LotTime is how long it is from when a pool is settled until the first terms that come of it can begin.
const LotTime = WordsTime + declineTime

// Among is a draw in which nobody is asked: its pool comes of something else, as of a vote on whom members trust.
type Among struct {
	Seats    []role.Vacancy
	Rulebook rulebook.Version
	Who      []member.ID
	Relaxed  []role.Bar // limits that gave way for them
	Cause    string     // election/12
}

// Among announces a draw among given people, in the transaction in which it is settled who they are: from then on everything is as in every
// draw. Those who have left, or may not take the role any more, are not in the pool; if nobody is left, there is no draw and ok is false.
func (s *Service) Among(tx *db.Tx, g member.Group, r role.Role, a Among) (ok bool, err error) {
	d := Draw{
		Group: g.ID, Role: r.ID, State: Asking, Seats: len(a.Seats), Rulebook: a.Rulebook.Number, Cause: a.Cause, Asked: tx.Now, Closes: tx.Now,
		At: tx.Now.Add(WordsTime),
	}
	d.Starts = rulebook.Later(d.At.Add(declineTime), a.Seats[len(a.Seats)-1].From)
	all, err := role.JudgeAll(tx, g, a.Who, r, d.filling(), a.Rulebook.Rules, a.Relaxed)
	if err != nil {
		return false, err
	}
	var who []role.Judged
	for _, c := range all {
		if len(c.Bars) == 0 {
			who = append(who, c)
		}
	}
	if len(who) == 0 {
		return false, nil
	}
	if d, err = insert(tx, d); err != nil {
		return false, fmt.Errorf("insert draw: %w", err)
	}
	if err := s.note(tx, g, d.Ref(), "draw.begun", "", ledger.Data{
		"role": r.Ref(), "seats": d.Seats, "rulebook": d.Rulebook, "cause": d.Cause, "closes": d.Closes, "at": d.At, "starts": d.Starts,
	}); err != nil {
		return false, err
	}
	return true, s.publish(tx, g, d, ticketsOf(who), a.Relaxed, ledger.Data{})
}
