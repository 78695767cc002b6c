package urn

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"testing"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
)

// world is a database with ballots that have no group worth the name, and an urn.
type world struct {
	*testing.T
	d    *db.DB
	keys string
	u    *Urn
}

func newWorld(t *testing.T, d *db.DB, ballots ...Ballot) *world {
	t.Helper()
	w := &world{t, d, t.TempDir(), nil}
	w.restart()
	w.write(func(tx *db.Tx) error {
		for _, q := range []string{
			"INSERT INTO groups (id, ref, slug, name, preset, zone, lang, created_at) VALUES (1, 'g_1', 'one', 'One', 'B', 'UTC', 'en', 0)",
			"INSERT INTO people (id, ref, handle, created_at) VALUES (1, 'p_1', 'ada', 0)",
			"INSERT INTO members (id, ref, group_id, person_id, name, name_key, joined_at, active_month) VALUES (1, 'm_1', 1, 1, 'Ada', 'ada', 0, 0)",
			"INSERT INTO motions (id, group_id, number, mover_id, kind, state, version, title, created_at, rulebook) VALUES (1, 1, 1, 1, 'action', 'voting', 1, 'T', 0, 1)",
		} {
			if err := tx.Exec(q).Error; err != nil {
				return err
			}
		}
		for i, b := range ballots {
			if err := tx.Exec("INSERT INTO ballots (id, ref, group_id, motion_id, version, round, state, secret, receipt, opens_at, closes_at, rulebook) VALUES (?, ?, 1, 1, 1, ?, 'open', 1, 'presence', 0, 0, 1)", b.ID, b.Ref, i+1).Error; err != nil {
				return err
			}
		}
		return nil
	})
	for _, b := range ballots {
		if err := w.u.Prepare(b.Ref); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

func (w *world) restart() {
	w.Helper()
	if w.u != nil {
		if err := w.u.Close(); err != nil {
			w.Fatal(err)
		}
	}
	u, err := Open(w.keys, slog.New(slog.NewTextHandler(w.Output(), nil)))
	if err != nil {
		w.Fatal(err)
	}
	w.u = u
	w.Cleanup(func() {
		if err := u.Close(); err != nil {
			w.Error(err)
		}
	})
}

func (w *world) write(f func(*db.Tx) error) {
	w.Helper()
	if err := w.d.Write(w.Context(), f); err != nil {
		w.Fatal(err)
	}
}

func (w *world) ticket(b Ballot, slot int64) (tk Ticket) {
	w.Helper()
	if err := w.d.Read(w.Context(), func(tx *db.Tx) (err error) {
		tk, err = w.u.Ticket(tx, b, slot)
		return err
	}); err != nil {
		w.Fatal(err)
	}
	return tk
}

func (w *world) try(b Ballot, slot int64, v Vote) (Receipt, error) {
	s, err := w.u.Seal(b, slot, v)
	if err != nil {
		return Receipt{}, err
	}
	return s.Receipt, w.d.Write(w.Context(), s.Put)
}

func (w *world) cast(b Ballot, slot int64, choice byte, client string) Receipt {
	w.Helper()
	r, err := w.try(b, slot, Vote{choice, client, w.ticket(b, slot).Basis})
	if err != nil {
		w.Fatal(err)
	}
	return r
}

func (w *world) unseal(b Ballot, n int64) (c Contents, err error) {
	slots := make([]int64, n)
	for i := range slots {
		slots[i] = int64(i)
	}
	err = w.d.Read(w.Context(), func(tx *db.Tx) error {
		c, err = w.u.Unseal(tx, b, slots)
		return err
	})
	return c, err
}

func (w *world) recover(b Ballot) (int, error) { return w.u.Recover(w.Context(), w.d, b) }

func (w *world) stops(err error, want Reason) {
	w.Helper()
	i, ok := errors.AsType[*Incident](err)
	if !ok || i.Reason != want {
		w.Errorf("got %v, want an incident: %s", err, want)
	}
}

func question(n byte) Ballot {
	return Ballot{ID: int64(n), Ref: fmt.Sprintf("b_%d", n), Question: [32]byte{n}}
}

func TestCastChangeAndCount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b, other := question(1), question(2)
		w := newWorld(t, d, b, other)
		want := map[string]byte{}
		for slot := range int64(12) {
			if w.ticket(b, slot).Voted {
				t.Fatal("voted before voting")
			}
			first := w.cast(b, slot, 1, "first")
			if !w.ticket(b, slot).Voted {
				t.Fatal("not voted after voting")
			}
			choice := byte(1 + slot%3)
			r := w.cast(b, slot, choice, fmt.Sprint("second", slot))
			if r.Code == first.Code || !r.Check(fmt.Sprint("second", slot)) || r.Check("first") {
				t.Errorf("receipt %+v", r)
			}
			want[r.Code] = choice
			w.cast(other, slot, 3, "x")
		}
		c, err := w.unseal(b, 20)
		if err != nil {
			t.Fatal(err)
		}
		if len(c.Papers) != 12 || len(c.Voted) != 12 || c.Voted[11] != 11 {
			t.Fatalf("%d papers, voted %v", len(c.Papers), c.Voted)
		}
		for i, p := range c.Papers {
			if want[p.Code] != p.Choice {
				t.Errorf("paper %s says %d, want %d", p.Code, p.Choice, want[p.Code])
			}
			if i > 0 && c.Papers[i-1].Code >= p.Code {
				t.Error("papers are not sorted by code")
			}
		}
		if err := w.u.Purge(t.Context(), d, b); err != nil {
			t.Fatal(err)
		}
		if err := w.u.Purge(t.Context(), d, b); err != nil {
			t.Errorf("purging twice: %v", err)
		}
		if err := d.Read(t.Context(), func(tx *db.Tx) error {
			n, err := Count(tx, b)
			m, err2 := Count(tx, other)
			if n != 0 || m != 12 {
				t.Errorf("%d and %d rows after the purge, want 0 and 12", n, m)
			}
			return errors.Join(err, err2)
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.unseal(other, 20); err != nil {
			t.Errorf("the other ballot after the purge: %v", err)
		}
		for _, f := range []string{w.u.keyFile(b.Ref), w.u.logFile(b.Ref)} {
			if _, err := os.Stat(f); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("%s is still there", f)
			}
		}
	})
}

func TestSameFormSentAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := question(1)
		w := newWorld(t, d, b)
		form := Vote{1, "mine", w.ticket(b, 4).Basis}
		var codes []string
		for range 3 {
			r, err := w.try(b, 4, form)
			if err != nil {
				t.Fatal(err)
			}
			codes = append(codes, r.Code)
		}
		if codes[0] != codes[1] || codes[1] != codes[2] {
			t.Errorf("one form, receipts %v", codes)
		}
		if records, err := w.u.open[b.Ref].journal.read(); err != nil || len(records) != 1 {
			t.Errorf("%d journal records (%v), want 1", len(records), err)
		}
		changed := w.cast(b, 4, 2, "later")
		if _, err := w.try(b, 4, form); !errors.Is(err, ErrChanged) {
			t.Errorf("an old form over a newer vote: %v", err)
		}
		c, err := w.unseal(b, 5)
		if err != nil || len(c.Papers) != 1 || c.Papers[0] != (Paper{changed.Code, 2}) {
			t.Errorf("%+v, %v", c, err)
		}
	})
}
