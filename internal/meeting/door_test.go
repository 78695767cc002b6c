package meeting_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
)

// keeper returns who has a job now, and somebody who has none at all and does not facilitate.
func (w world) keeper(v meeting.View, job meeting.Job) (keeper, other int) {
	w.Helper()
	var busy []member.ID
	keeper = -1
	for _, t := range w.show(0, v.Number).Terms {
		if !t.Shadow && t.Ended.IsZero() {
			busy = append(busy, t.Member)
			if t.Job == job {
				keeper = w.at(t.Member)
			}
		}
	}
	if keeper < 0 {
		w.Fatalf("nobody has the job %s", job)
	}
	return keeper, w.but(busy...)[0]
}

func (w world) door(who int, v meeting.View, words string, after member.ID) (meeting.Doorway, error) {
	w.Helper()
	return w.Meetings.AtDoor(w.Context(), w.visit(who), v.Number, words, after)
}

// TestDoor: whoever keeps the door lets in who has no device, and nobody else; and takes nobody's own say away from them.
func TestDoor(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, v, _ := sits(t, d, c)
		ctx := t.Context()
		keeper, other := w.keeper(v, meeting.Doors)
		ana := w.Who[other].Member.ID
		_, err := w.door(other, v, "", 0)
		w.WantKind("the door for somebody else", err, fault.Denied)
		w.WantKind("somebody else lets in", w.Meetings.LetIn(ctx, w.visit(other), v.Number, w.Who[keeper].Member.ID), fault.Denied)
		w.WantKind("who is there with a device is locked out", w.Meetings.LetIn(ctx, w.visit(keeper), v.Number, ana), fault.Conflict)
		w.WantKind("who is there with a device is sent away", w.Meetings.LetOut(ctx, w.visit(keeper), v.Number, ana), fault.Conflict)
		w.WantKind("who is nobody", w.Meetings.LetIn(ctx, w.visit(keeper), v.Number, 99999), fault.NotFound)
		w.must(w.Meetings.CheckOut(ctx, w.visit(other), v.Number))
		for range 2 {
			w.must(w.Meetings.LetIn(ctx, w.visit(keeper), v.Number, ana))
		}
		page, err := w.door(keeper, v, "", 0)
		w.must(err)
		if page.Total() != 8 || page.Unaided != 1 || !page.Mine || len(page.People) != 8 || page.After != 0 {
			t.Errorf("at the door: %+v", page)
		}
		if here := w.show(other, v.Number).Here; !here.Paper || here.Mode != meeting.Room {
			t.Errorf("let in as %+v", here)
		}
		w.must(w.Meetings.CheckIn(ctx, w.visit(other), v.Number, meeting.Remote)) // they have a device after all, and say so
		w.WantKind("who has a device now is sent away", w.Meetings.LetOut(ctx, w.visit(keeper), v.Number, ana), fault.Conflict)
		w.must(w.Meetings.CheckOut(ctx, w.visit(other), v.Number))
		w.must(w.Meetings.LetIn(ctx, w.visit(keeper), v.Number, ana))
		for range 2 {
			w.must(w.Meetings.LetOut(ctx, w.visit(keeper), v.Number, ana))
		}
		if page, err = w.door(w.at(v.Chair), v, "", 0); err != nil || page.Total() != 7 || page.Unaided != 0 || page.Mine != (w.at(v.Chair) == keeper) {
			t.Errorf("whoever facilitates sees %+v: %v", page, err)
		}
	})
}

// named has a member be called as they are who choose their name themselves.
func (w world) named(a member.Actor, name string) member.Actor {
	w.Helper()
	w.must(w.Members.Rename(w.Context(), a, name))
	return a
}

// TestDoorFindsPeople: by a part of their name, in pages, and no sign in it means anything else.
func TestDoorFindsPeople(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, v, _ := sits(t, d, c)
		keeper, _ := w.keeper(v, meeting.Doors)
		for i := range meeting.DoorPage {
			w.named(w.Join(fmt.Sprintf("Extra %02d", i)), fmt.Sprintf("Zoë Extra %02d", i))
		}
		odd := w.named(w.Join("Percent"), "100%_!")
		page, err := w.door(keeper, v, "", 0)
		w.must(err)
		next, err := w.door(keeper, v, "", page.After)
		w.must(err)
		if len(page.People) != meeting.DoorPage || len(page.People)+len(next.People) != 8+meeting.DoorPage+1 || next.After != 0 {
			t.Errorf("pages of %d and %d", len(page.People), len(next.People))
		}
		for words, want := range map[string]int{"zoë EXTRA": meeting.DoorPage, "Zoe": meeting.DoorPage, "extra 07": 1, "100%": 1, "_%100": 1, "nobody": 0} {
			if page, err := w.door(keeper, v, words, 0); err != nil || len(page.People) != want {
				t.Errorf("%q finds %d: %v", words, len(page.People), err)
			}
		}
		w.must(w.Meetings.LetIn(t.Context(), w.visit(keeper), v.Number, odd.Member.ID))
		if page, err = w.door(keeper, v, "100", 0); err != nil || len(page.People) != 1 || !page.People[0].Here.Paper {
			t.Errorf("found: %+v, %v", page.People, err)
		}
	})
}

// TestNeedsAreForTheDoorAlone: whoever keeps the door sees what people need, whoever it is at the moment, and nobody else; and it goes.
func TestNeedsAreForTheDoorAlone(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, v, _ := sits(t, d, c)
		ctx := t.Context()
		keeper, other := w.keeper(v, meeting.Doors)
		const need = "A seat near the front, quokka"
		rows := func() (n int) {
			w.Read(func(tx *db.Tx) error { return tx.Raw("SELECT COUNT(*) FROM meeting_needs").Scan(&n).Error })
			return n
		}
		seen := func(who int) bool {
			page, err := w.door(who, v, "", 0)
			if err != nil {
				w.WantKind("the door for somebody else", err, fault.Denied)
			}
			return strings.Contains(fmt.Sprintf("%+v", page), "quokka")
		}
		w.WantKind("too long", w.Meetings.SayNeed(ctx, w.visit(other), v.Number, strings.Repeat("x", meeting.MaxNeed+1)), fault.Invalid)
		w.must(w.Meetings.SayNeed(ctx, w.visit(other), v.Number, "Something else"))
		w.must(w.Meetings.SayNeed(ctx, w.visit(other), v.Number, need))
		for i := range w.Who {
			if seen(i) != (i == keeper) {
				t.Errorf("member %d, who keeps the door: %v, sees it: %v", i, i == keeper, seen(i))
			}
			if in := strings.Contains(fmt.Sprintf("%+v", w.show(i, v.Number)), "quokka"); in != (i == other) {
				t.Errorf("the page of the meeting shows it to member %d: %v", i, in)
			}
		}
		var to int
		for _, i := range w.but(w.Who[keeper].Member.ID, w.Who[other].Member.ID) {
			to = i
		}
		w.must(w.Meetings.HandOver(ctx, w.visit(keeper), v.Number, meeting.Doors, w.Who[to].Member.ID))
		if seen(keeper) || !seen(to) {
			t.Error("whoever kept the door sees it still, or whoever does now not yet")
		}
		w.must(w.Meetings.SayNeed(ctx, w.visit(other), v.Number, " "))
		if seen(to) || rows() != 0 {
			t.Error("what was taken back is there")
		}
		w.must(w.Meetings.SayNeed(ctx, w.visit(other), v.Number, need))
		w.must(w.Meetings.CheckOut(ctx, w.visit(other), v.Number))
		if rows() != 0 {
			t.Error("they have left, and it is there")
		}
		w.WantKind("who is not there", w.Meetings.SayNeed(ctx, w.visit(other), v.Number, need), fault.Conflict)
		w.must(w.Meetings.CheckIn(ctx, w.visit(other), v.Number, meeting.Room))
		w.must(w.Meetings.SayNeed(ctx, w.visit(other), v.Number, need))
		w.Pass(v.Stop.Add(9 * time.Hour))
		if v := w.show(0, v.Number); v.State != meeting.Closed || rows() != 0 {
			t.Errorf("after a meeting that is %s there are %d", v.State, rows())
		}
		w.Read(func(tx *db.Tx) error {
			for _, table := range []string{"ledger_entries", "ledger_texts", "once_keys"} {
				var dump []map[string]any
				if err := tx.Table(table).Find(&dump).Error; err != nil {
					return err
				}
				if strings.Contains(fmt.Sprintf("%s", dump), "quokka") {
					t.Errorf("%s holds it", table)
				}
			}
			return nil
		})
	})
}
