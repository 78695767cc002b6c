package db

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Due is something that time alone brings about.
type Due struct {
	Name string // tells it from everything else that is due
	Do   func(*Tx) error
}

// dueBatch is how many things that are due share a transaction.
const dueBatch = 20

// dueTimes is how often the same thing may be due in one WorkOff. Catching up with years, something is due some hundred times; what is
// due for ever would keep everything else from being done.
const dueTimes = 1000

// WorkOff does what is due until nothing is. find returns up to limit such things, the longest overdue first, as they are in the
// transaction; what is done must not be due any more. What fails holds up nothing else: it is undone, left until the next WorkOff, and
// the errors come back together. What is due again and again is left until then too, as an error.
func (d *DB) WorkOff(ctx context.Context, find func(tx *Tx, limit int) ([]Due, error)) error {
	failed, done := map[string]error{}, map[string]int{}
	left := func(tx *Tx) ([]Due, error) {
		list, err := find(tx, dueBatch+len(failed))
		return slices.DeleteFunc(list, func(x Due) bool { return failed[x.Name] != nil }), err
	}
	for {
		n, at := 0, ""
		var names []string
		err := d.Read(ctx, func(tx *Tx) error {
			list, err := left(tx)
			n = len(list)
			return err
		})
		if err == nil && n > 0 {
			err = d.Write(ctx, func(tx *Tx) error {
				at, names = "", nil
				list, err := left(tx)
				for i := 0; err == nil && i < len(list); i++ {
					at = list[i].Name
					names = append(names, at)
					err = list[i].Do(tx)
				}
				return err
			})
		}
		switch {
		case err != nil && at == "":
			return errors.Join(append(all(failed), err)...)
		case err != nil:
			failed[at] = fmt.Errorf("%s: %w", at, err)
		case n == 0:
			return errors.Join(all(failed)...)
		default:
			for _, name := range names {
				if done[name]++; done[name] == dueTimes {
					failed[name] = fmt.Errorf("%s: is still due when it has been done %d times", name, dueTimes)
				}
			}
		}
	}
}

func all(failed map[string]error) (out []error) {
	for _, err := range failed {
		out = append(out, err)
	}
	slices.SortFunc(out, func(a, b error) int { return cmp.Compare(a.Error(), b.Error()) })
	return out
}

// Soonest returns the earliest instant of those that the queries find, each the least of a column; zero if they find none. What was due
// before may be among them.
func Soonest(tx *Tx, queries ...string) (at time.Time, err error) {
	for _, q := range queries {
		var i Instant
		if err := tx.Raw(q).Row().Scan(&i); err != nil {
			return at, fmt.Errorf("find what is due next: %w", err)
		}
		if !i.IsZero() && (at.IsZero() || i.Before(at)) {
			at = i.Time
		}
	}
	return at, nil
}
