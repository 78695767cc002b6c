package money

import (
	"slices"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/member"
	"folkmoot/internal/role"
)

// Writers is who writes a group's reports.
type Writers struct {
	Holders []Holder // now
	By      []string // the keys of the roles that do, whether somebody holds them or not
	Early   bool     // somebody holds one of them in a term that began before the role had that chore
	Lacks   []string // the keys of the roles that members could have do it, where none does
}

// writers returns who writes the group's reports; of the members only who they are.
func writers(tx *db.Tx, g member.Group) (w Writers, err error) {
	roles, terms, early, err := role.WithPower(tx, g.ID, member.FinanceNote)
	if err != nil {
		return w, err
	}
	w.Early = early
	for _, r := range roles {
		if r.Ended.IsZero() && r.Gives(member.FinanceNote) {
			w.By = append(w.By, r.Key)
		}
	}
	for _, r := range role.Lacks(roles, member.FinanceNote) {
		w.Lacks = append(w.Lacks, r.Key)
	}
	for _, t := range terms {
		w.Holders = append(w.Holders, Holder{Member: member.Member{ID: t.Member}, Role: t.Key, Until: t.Ends})
	}
	soonest(w.Holders)
	return w, nil
}

// unasked says whether nobody was ever asked for a report: the group began before there were any.
func (w Writers) unasked(last Report) bool { return len(w.By) == 0 && last.Number == 0 }

// newestShown is how many of the reports that wait to be received are read.
const newestShown = 4

// Waiting is what a meeting is to hear of a group's money (practice.md §2.5.4, 3): the reports that no meeting has received, and one that is late.
type Waiting struct {
	From, To int         // the numbers of those that were filed; 0: none
	New      []Report    // the newest of them, without their lines, the oldest first
	Filed    []member.ID // who filed any of them, first whoever filed the newest
	Due      time.Time   // when the next was due, which is not there; zero: none is late
	Later    [2]int      // from which number to which reports were filed that are not among these any more; 0: none were
	Since    Day         // from which day on that one is; "": from whichever the first begins with
	Writers              // who is to file it
}

// IsZero says whether there is nothing to hear.
func (w Waiting) IsZero() bool { return w.To == 0 && w.Due.IsZero() }

// People returns who has filed those reports, or is to file the one that is late; whoever speaks about them comes first.
func (w Waiting) People() (ids []member.ID) {
	ids = slices.Clone(w.Filed)
	if !w.Due.IsZero() {
		for _, h := range w.Holders {
			ids = append(ids, h.Member.ID)
		}
	}
	return ids
}

// WaitingFor returns what a meeting has to hear of the group's money: the reports with numbers above after and below before, which is 0 if all are meant to the newest; and whether by the
// time the next after those was late. At a zero time none is.
func WaitingFor(tx *db.Tx, g member.Group, after, before int, at time.Time) (w Waiting, err error) {
	newest, _, _, err := page(tx, g.ID, before, newestShown)
	if err != nil {
		return w, err
	}
	if before > 0 {
		if c, err := chain(tx, g.ID); err != nil {
			return w, err
		} else if c.Last.Number >= before {
			w.Later = [2]int{before, c.Last.Number}
		}
	}
	var last Report
	if len(newest) > 0 {
		last = newest[0]
	}
	for _, r := range slices.Backward(newest) {
		if r.Number > after {
			w.From, w.To, w.New = after+1, last.Number, append(w.New, r)
		}
	}
	if w.To != 0 {
		if w.Filed, err = filers(tx, g.ID, w.From, w.To); err != nil {
			return w, err
		}
	}
	due := Due(g, last)
	if due.IsZero() || at.IsZero() || at.Before(due) {
		return w, nil
	}
	if w.Writers, err = writers(tx, g); err != nil || w.unasked(last) {
		return w, err
	}
	if w.Due = due; last.Number != 0 {
		w.Since = last.To.Next()
	}
	return w, nil
}
