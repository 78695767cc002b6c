package web

import (
	"strconv"
	"testing"

	"folkmoot/internal/browsertest"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
)

// TestMeetingBesideOnWideScreens: on a wide screen a meeting's agenda and jobs stand beside all else, which does not come apart by it and makes the page shorter; on a phone and on paper
// they stand in their place below. Axe finds nothing, before the meeting and in it, light and dark.
func TestMeetingBesideOnWideScreens(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	h := newMeetHall(t, dbtest.SQLite(t, c), c, 6)
	m := h.comes()
	at := list(h) + "/" + strconv.Itoa(m.Number)
	// where the agenda begins, how high what stands beside it is torn, and how high the page is
	const where = `(() => {
		const box = e => e.getBoundingClientRect(), side = document.querySelector('.at-side'), left = [...side.parentElement.children].filter(e => e !== side && box(e).height > 0);
		let torn = 0;
		for (let i = 1; i < left.length; i++) { torn = Math.max(torn, box(left[i]).top - box(left[i - 1]).bottom); }
		return [Math.round(box(side).left), Math.round(box(left[0]).right), Math.round(box(side).top - box(left[0]).top), Math.round(torn)];
	})()`
	look := func(name string, who int) {
		t.Helper()
		for _, l := range []browsertest.Look{{Width: 320, Height: 640, Touch: true}, browsertest.Phone, {Width: 1100, Height: 800}, browsertest.Desktop} {
			p := browsertest.Start(t, h.office.signedIn(who)).Person(l).For(t).Open(at).WantNoSideways().WantTargets().AxeLightAndDark().Shot("wide-" + name + "-" + strconv.FormatInt(l.Width, 10))
			got := browsertest.Eval[[]int](p, where)
			if beside := l.Width >= 1100; beside != (got[0] >= got[1]) || beside && (got[2] > 64 || got[2] < -64 || got[3] > 90) {
				t.Errorf("%s at %d: the agenda begins at %d beside what ends at %d, %d below it, and a gap is %d high", name, l.Width, got[0], got[1], got[2], got[3])
			}
		}
	}
	look("called", 1)
	h.to(m.Opens)
	h.starts(m.Number)
	look("session", 1)
	look("chair", h.chair(m.Number))
}

// TestPowersAndMoneyForEverybody: axe finds nothing on the map of powers where somebody holds several, on the form of a report whose days are proposed, and on the first page of who can call
// a meeting that members asked for, on a phone and at a desk, light and dark.
func TestPowersAndMoneyForEverybody(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	h := newMeetHall(t, dbtest.SQLite(t, c), c, 6)
	h.keepsRhythm()
	home := "/g/" + h.Group.Slug
	h.Write(func(tx *db.Tx) error {
		for key, seat := range map[string]int{"tellers": 1, "treasurers": 1} {
			if err := tx.Exec(`INSERT INTO terms (ref, group_id, role_id, member_id, seat, caps, starts_at, ends_at, cause)
				SELECT ?, group_id, id, ?, ?, caps, ?, ?, 'draw/1' FROM roles WHERE key = ? AND group_id = ?`,
				"t_"+key, h.Who[1].Member.ID, seat, db.At(tx.Now), db.At(tx.Now.AddDate(0, 0, 200)), key, h.Group.ID).Error; err != nil {
				return err
			}
		}
		return nil
	})
	k, err := h.s.Meetings.AskFor(t.Context(), h.Who[1], "The heating is broken.")
	if err == nil {
		err = h.s.Meetings.Sign(t.Context(), h.Who[2], k.Number)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range []browsertest.Look{{Width: 320, Height: 640, Touch: true}, browsertest.Phone, browsertest.Desktop} {
		p := browsertest.Start(t, h.office.signedIn(1)).Person(l).For(t)
		for name, path := range map[string]string{"first": "", "meetings": "/meetings", "powers": "/powers", "report": "/money/new"} {
			p.Open(home + path).WantNoSideways().WantTargets().AxeLightAndDark().Shot("eyes-" + name + "-" + strconv.FormatInt(l.Width, 10))
		}
	}
}
