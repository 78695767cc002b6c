package db_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
)

// TestWorkOff: everything that is due is done, also behind many things that fail, and what fails is undone and told.
func TestWorkOff(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const many = 65
		done := func(tx *db.Tx, i int) (bool, error) {
			text, err := tx.Setting(fmt.Sprint("done ", i))
			return text != nil, err
		}
		broken := errors.New("broken")
		find := func(tx *db.Tx, limit int) (out []db.Due, err error) {
			for i := 0; i < many && len(out) < limit; i++ {
				was, err := done(tx, i)
				if err != nil {
					return nil, err
				}
				if was {
					continue
				}
				out = append(out, db.Due{Name: fmt.Sprint("thing ", i), Do: func(tx *db.Tx) error {
					if err := tx.PutSetting(fmt.Sprint("done ", i), []byte("x")); err != nil || i >= 40 {
						return err
					}
					if i%2 == 0 {
						return broken
					}
					return nil
				}})
			}
			return out, nil
		}
		err := d.WorkOff(t.Context(), find)
		if !errors.Is(err, broken) || strings.Count(err.Error(), "broken") != 20 || !strings.Contains(err.Error(), "thing 38: broken") {
			t.Errorf("%v", err)
		}
		if err := d.Read(t.Context(), func(tx *db.Tx) error {
			for i := range many {
				was, err := done(tx, i)
				if want := i >= 40 || i%2 == 1; err == nil && was != want {
					err = fmt.Errorf("thing %d is done: %v", i, was)
				}
				if err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Error(err)
		}
		nothing := errors.New("nobody knows what is due")
		if err := d.WorkOff(t.Context(), func(*db.Tx, int) ([]db.Due, error) { return nil, nothing }); !errors.Is(err, nothing) {
			t.Errorf("%v", err)
		}
	})
}

// TestWorkOffEnds: what is due for ever keeps nothing else from being done, and is told.
func TestWorkOffEnds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		other := 0
		err := d.WorkOff(t.Context(), func(*db.Tx, int) ([]db.Due, error) {
			list := []db.Due{{Name: "for ever", Do: func(*db.Tx) error { return nil }}}
			if other == 0 {
				list = append(list, db.Due{Name: "other", Do: func(*db.Tx) error { other++; return nil }})
			}
			return list, nil
		})
		if err == nil || !strings.Contains(err.Error(), "for ever: is still due") || other != 1 {
			t.Errorf("got %v, and did the other %d times", err, other)
		}
	})
}
