package urn

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
)

// world is a database with ballots that have no group worth the name, and an urn.
type world struct {
	testing.TB
	d    *db.DB
	keys string
	u    *Urn
}

func newWorld(t testing.TB, d *db.DB, ballots ...Ballot) *world {
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
		if err := w.u.Prepare(b.Ref, b.Size); err != nil {
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
	r, err := w.try(b, slot, Vote{paper(b, choice), client, w.ticket(b, slot).Basis})
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

func question(n byte, size int) Ballot {
	return Ballot{ID: int64(n), Ref: fmt.Sprintf("b_%d", n), Question: [32]byte{n}, Size: size}
}

// paper is a paper of the ballot's size. Of two choices the papers differ in every byte.
func paper(b Ballot, choice byte) []byte {
	out := make([]byte, b.Size)
	for i := range out {
		out[i] = choice + 7*byte(i)
	}
	return out
}

// says returns the choices by code, of papers that are as paper makes them.
func (w *world) says(b Ballot, c Contents) map[string]byte {
	w.Helper()
	out := map[string]byte{}
	for _, p := range c.Papers {
		if len(p.Choice) != b.Size || !bytes.Equal(p.Choice, paper(b, p.Choice[0])) {
			w.Fatalf("a paper of %d bytes says %x", b.Size, p.Choice)
		}
		out[p.Code] = p.Choice[0]
	}
	return out
}

// sizes are that of a choice, which is all that there once was, and two of rankings.
var sizes = []int{1, 9, 60}

// eachSize is dbtest.Each for papers of each size.
func eachSize(t *testing.T, f func(*testing.T, *db.DB, int)) {
	t.Helper()
	for _, size := range sizes {
		t.Run(fmt.Sprint(size, " bytes"), func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) { f(t, d, size) })
		})
	}
}

func TestCastChangeAndCount(t *testing.T) {
	eachSize(t, func(t *testing.T, d *db.DB, size int) {
		b, other := question(1, size), question(2, size)
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
		if got := w.says(b, c); !maps.Equal(got, want) {
			t.Errorf("the papers say %v, want %v", got, want)
		}
		if !slices.IsSortedFunc(c.Papers, func(a, b Paper) int { return strings.Compare(a.Code, b.Code) }) {
			t.Error("papers are not sorted by code")
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
	eachSize(t, func(t *testing.T, d *db.DB, size int) {
		b := question(1, size)
		w := newWorld(t, d, b)
		form := Vote{paper(b, 1), "mine", w.ticket(b, 4).Basis}
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
		if err != nil || !maps.Equal(w.says(b, c), map[string]byte{changed.Code: 2}) {
			t.Errorf("%+v, %v", c, err)
		}
	})
}
