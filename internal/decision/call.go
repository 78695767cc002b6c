package decision

import (
	"folkmoot/internal/agree"
	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/ledger"
	"folkmoot/internal/tally"
)

// blocks puts beside what was decided why somebody blocked it (practice.md §2.7.4): those who blocked the call by which it stands, or the last call on the same
// words if the group voted afterwards. They need not write it again.
func (s *Service) blocks(tx *db.Tx, c ballot.Closed, d Decision) error {
	if d.Outcome != tally.Carried {
		return nil
	}
	call := c.Ballot
	if !call.Calls() {
		var err error
		if call, err = ballot.LastCall(tx, c.Motion.ID); err != nil || call.ID == 0 || call.Version != d.Version {
			return err
		}
	}
	said, err := ballot.ToldIn(tx, call)
	if err != nil {
		return err
	}
	for _, b := range said {
		if b.Response != agree.Block || b.Who == 0 {
			continue
		}
		text := b.Names + "\n\n" + b.Words
		r, err := insertDissent(tx, Dissent{Decision: d.ID, Author: b.Who, Text: text, At: tx.Now, Signers: 1})
		if err != nil {
			return err
		}
		if err := s.note(tx, c.Group, "dissent.filed", d, b.Member, ledger.Data{"decision": d.Ref(), "dissent": r.ID, "text": ledger.Text(text), "late": false}); err != nil {
			return err
		}
	}
	return nil
}
