package asset_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/asset"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/votetest"
)

const day = 24 * time.Hour

type world struct {
	*votetest.World
	keys *asset.Service
}

func newWorld(t *testing.T, d *db.DB, c *dbtest.Clock) *world {
	w := votetest.Found(t, d, c, member.Founding{Name: "Elm", Aim: "We fix the damp.", Preset: "B", Zone: "UTC", Lang: "en", By: "Ana"})
	w.Invite("Ben", "Cai", "Dot")
	return &world{w, asset.NewService(d, w.Ledger)}
}

func (w *world) note(by int, e asset.Entry) {
	w.Helper()
	if err := w.keys.Note(w.Context(), w.Who[by], e); err != nil {
		w.Fatal(err)
	}
}

func (w *world) list() []asset.Key {
	w.Helper()
	r, err := w.keys.List(w.Context(), w.Who[0])
	if err != nil {
		w.Fatal(err)
	}
	return r.Keys
}

// name is what a member is called.
func (w *world) name(i int) string { return w.Who[i].Member.Name }

// entries counts what the record says of keys.
func (w *world) entries() (n int64) {
	w.Helper()
	w.Read(func(tx *db.Tx) error {
		return tx.Raw("SELECT COUNT(*) FROM ledger_entries WHERE kind IN ('key.noted', 'key.tested')").Scan(&n).Error
	})
	return n
}

// TestHandingOn: any member writes down who has a key; who receives it confirms it, and nobody else can; who keeps it need not confirm it again.
func TestHandingOn(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c)
		w.note(3, asset.Entry{Kind: asset.Server, What: "The server", Holder: strings.ToUpper(w.name(0)), Second: "Our host"})
		k := w.list()[0]
		if k.First.Member != w.Who[0].Member.ID || k.Second.Member != 0 || k.Second.Name != "Our host" || !k.Until.Equal(c.Now().Add(asset.UsualHeld)) {
			t.Fatalf("%+v", k)
		}
		if err := w.keys.Test(t.Context(), w.Who[3], k.ID); fault.KindOf(err) != fault.Denied {
			t.Errorf("somebody else confirms it: %v", err)
		}
		for range 2 {
			if err := w.keys.Test(t.Context(), w.Who[0], k.ID); err != nil {
				t.Fatal(err)
			}
		}
		tried := c.Now()
		if n := w.entries(); n != 2 {
			t.Errorf("%d entries, want 2", n)
		}

		c.Advance(10 * day)
		w.note(0, asset.Entry{Kind: asset.Server, What: "The server", Holder: w.name(1), Second: w.name(0)}) // the first becomes the second
		k = w.list()[0]
		if k.First.Member != w.Who[1].Member.ID || !k.First.Since.Equal(c.Now()) || !k.First.Tested.IsZero() {
			t.Errorf("the receiver: %+v", k.First)
		}
		if !k.Second.Tested.Equal(tried) || !k.Second.Since.Equal(tried) {
			t.Errorf("who kept it: %+v", k.Second)
		}
		if err := w.keys.Test(t.Context(), w.Who[0], k.ID); err != nil || !w.list()[0].First.Tested.IsZero() {
			t.Errorf("the giver confirms it for the receiver: %v", err)
		}
		if err := w.keys.Test(t.Context(), w.Who[1], k.ID); err != nil || !w.list()[0].First.Tested.Equal(c.Now()) {
			t.Errorf("the receiver cannot: %v", err)
		}
	})
}

// TestNobodyHoldsAKeyForEver: the date is 400 days ahead at most, and passes unless somebody writes it down anew (G2, in spirit).
func TestNobodyHoldsAKeyForEver(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c)
		e := asset.Entry{Kind: asset.Bank, What: "The bank", Holder: w.name(0), Second: w.name(1)}
		for _, bad := range []time.Time{c.Now(), c.Now().Add(-day), c.Now().Add(asset.MaxHeld + time.Millisecond)} {
			e.Until = bad
			if err := w.keys.Note(t.Context(), w.Who[0], e); fault.Fields(err)["until"].IsZero() {
				t.Errorf("until %v: %v", bad, err)
			}
		}
		e.Until = c.Now().Add(asset.MaxHeld)
		w.note(0, e)
		c.Advance(asset.MaxHeld)
		if got := w.list()[0].Warnings(c.Now()); len(got) == 0 || got[0] != asset.Overdue {
			t.Errorf("after the date: %q", got)
		}
		e.Until = time.Time{}
		before := w.entries()
		w.note(2, e) // the same without a date changes nothing, and so keeps nobody
		if w.entries() != before {
			t.Error("a form without a date keeps who is overdue")
		}
		e.Until = c.Now().Add(day)
		w.note(2, e)
		if w.entries() != before+1 || w.list()[0].Warnings(c.Now())[0] != asset.Untested {
			t.Errorf("written down anew: %q", w.list()[0].Warnings(c.Now()))
		}
	})
}

// TestTheRegisterStaysFull: what the group has no more comes back only while there is room for it.
func TestTheRegisterStaysFull(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c)
		gone := asset.Entry{Kind: asset.Other, What: "The old shed", Holder: w.name(0)}
		w.note(0, gone)
		gone.Gone = true
		w.note(0, gone)
		for i := range asset.MaxKeys {
			w.note(0, asset.Entry{Kind: asset.Other, What: fmt.Sprint("Shed ", i), Holder: w.name(0)})
		}
		gone.Gone = false
		if err := w.keys.Note(t.Context(), w.Who[0], gone); fault.KindOf(err) != fault.Conflict {
			t.Errorf("one more than there can be: %v", err)
		}
		if n := len(w.list()); n != asset.MaxKeys {
			t.Errorf("%d lines", n)
		}
		gone.Gone = true
		w.note(0, gone) // what is gone can be said of a full one too
	})
}

// TestLeavingAndLosing: who leaves the group counts as nobody, and what the group has no more leaves the list and can come back.
func TestLeavingAndLosing(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c)
		e := asset.Entry{Kind: asset.Other, What: "The van", Holder: w.name(2)}
		w.note(0, e)
		if _, err := w.Members.Leave(t.Context(), w.Who[2], true); err != nil {
			t.Fatal(err)
		}
		if got := w.list()[0].Warnings(c.Now()); len(got) < 2 || got[0] != asset.Nobody || got[1] != asset.Left {
			t.Errorf("after leaving: %q", got)
		}
		e.Gone = true
		w.note(0, e)
		if got := w.list(); len(got) != 0 {
			t.Errorf("the van is gone, and there is %+v", got)
		}
		w.note(0, asset.Entry{Kind: asset.Other, What: "The van", Holder: w.name(1)})
		if got := w.list(); len(got) != 1 || got[0].First.Member != w.Who[1].Member.ID {
			t.Errorf("the van is back, and there is %+v", got)
		}
	})
}

// TestWhoMayWrite: members and nobody else, and what they write is checked.
func TestWhoMayWrite(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c)
		outside := member.Actor{Person: 987654, Group: w.Group}
		if err := w.keys.Note(t.Context(), outside, asset.Entry{Kind: asset.Bank, What: "The bank"}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("who is no member writes: %v", err)
		}
		if _, err := w.keys.List(t.Context(), outside); fault.KindOf(err) != fault.NotFound {
			t.Errorf("who is no member reads: %v", err)
		}
		if err := w.keys.Test(t.Context(), w.Who[0], 987654); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a key that is not there: %v", err)
		}
		for field, e := range map[string]asset.Entry{
			"what": {Kind: asset.Bank}, "kind": {Kind: "sceptre", What: "The sceptre"}, "holder": {Kind: asset.Bank, What: "The bank", Second: "Ben"},
			"second": {Kind: asset.Bank, What: "The bank", Holder: "Ben", Second: " BEN"},
		} {
			if err := w.keys.Note(t.Context(), w.Who[0], e); fault.Fields(err)[field].IsZero() {
				t.Errorf("%s: %v", field, err)
			}
		}
		for i := range asset.MaxKeys {
			w.note(0, asset.Entry{Kind: asset.Other, What: "Key " + string(rune('A'+i%26)) + strings.Repeat("!", i/26)})
		}
		if err := w.keys.Note(t.Context(), w.Who[0], asset.Entry{Kind: asset.Other, What: "One more"}); fault.KindOf(err) != fault.Conflict {
			t.Errorf("one too many: %v", err)
		}
	})
}

// TestThatIsMe: who was written down by name before they joined says so themselves, and the line has them from then on; nobody else can.
func TestThatIsMe(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c)
		w.note(0, asset.Entry{Kind: asset.Bank, What: "The bank", Holder: w.name(0), Second: "mina"})
		wrote, k := c.Now(), w.list()[0]
		if k.Second.Called != 0 || k.MayClaim(w.Who[1].Member.ID) {
			t.Fatalf("%+v", k)
		}
		c.Advance(3 * day)
		w.Invite("Mina")
		mina := w.Who[len(w.Who)-1]
		if k = w.list()[0]; k.Second.Called != mina.Member.ID || !k.MayClaim(mina.Member.ID) || k.MayClaim(w.Who[1].Member.ID) || k.Second.Member != 0 {
			t.Fatalf("after she joined: %+v", k)
		}
		if err := w.keys.Claim(t.Context(), w.Who[1], k.ID); fault.KindOf(err) != fault.Denied {
			t.Errorf("somebody else says that it is them: %v", err)
		}
		if err := w.keys.Claim(t.Context(), mina, k.ID+99); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a key there is none of: %v", err)
		}
		n := w.entries()
		for range 2 {
			if err := w.keys.Claim(t.Context(), mina, k.ID); err != nil {
				t.Fatal(err)
			}
		}
		got := w.list()[0]
		if got.Second.Member != mina.Member.ID || got.Second.Name != "" || !got.Second.Since.Equal(wrote) || !got.Until.Equal(k.Until) || got.First != k.First || !got.MayTest(mina.Member.ID) {
			t.Errorf("she has it: %+v", got)
		}
		if w.entries() != n+1 {
			t.Errorf("%d entries, want one more than %d", w.entries(), n)
		}
	})
}
