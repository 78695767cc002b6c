package web

import (
	"testing"

	"folkmoot/internal/browsertest"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/floor"
	"folkmoot/internal/meeting"
)

// TestConsoleInABrowser: all of a usual meeting on one screen of a desk, light and dark, on a phone and on a narrow one; a key calls the next speaker, and not while somebody types; the second
// console shows it by itself.
func TestConsoleInABrowser(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	h := newMeetHall(t, dbtest.SQLite(t, c), c, 9)
	v := h.begun()
	n, chair := v.Number, h.chair(v.Number)
	second := h.holder(v, meeting.Vice)
	if err := h.s.Meetings.Take(t.Context(), h.Visit(h.Who[chair].Person), n, v.Items[0].ID); err != nil {
		t.Fatal(err)
	}
	var hands []string
	for i := range h.Who {
		if i != chair && i != second && len(hands) < 4 {
			hands = append(hands, h.Who[i].Member.Name)
			if err := h.s.Meetings.Raise(t.Context(), h.Visit(h.Who[i].Person), n, meeting.Raised{Kind: floor.Speak}); err != nil {
				t.Fatal(err)
			}
		}
	}
	run := "/g/" + h.Group.Slug + "/meetings/1/run"
	for name, look := range map[string]browsertest.Look{"phone": browsertest.Phone, "narrow": {Width: 320, Height: 640, Touch: true}, "desk": {Width: 1280, Height: 800}} {
		browsertest.Start(t, h.office.signedIn(chair)).Person(look).Open(run).WantText("#now", "1. About the heating").AxeLightAndDark().WantNoSideways().WantTargets().Shot("console " + name)
	}
	first := browsertest.Start(t, h.office.signedIn(chair)).Person(browsertest.Look{Width: 1280, Height: 800})
	other := browsertest.Start(t, h.office.signedIn(second)).Person(browsertest.Desktop)
	first.Open(run)
	if end := browsertest.Eval[float64](first, `document.querySelector(".console").getBoundingClientRect().bottom`); end > 800 {
		t.Errorf("the console ends at %v, and the screen at 800", end)
	}
	other.Open(run).WantText("[data-part=desk]", "one list and one clock")
	browsertest.Eval[bool](first.WantText("p.keys", "Turn the keys off"), `(() => {
		const field = document.createElement("input");
		field.setAttribute("aria-label", "typed");
		document.querySelector(".console").append(field);
		field.focus();
		return true;
	})()`)
	first.Keys("n").WantText("[data-part=speaking]", "Nobody speaks now.")
	if typed := browsertest.Eval[string](first, `document.activeElement.value`); typed != "n" {
		t.Errorf("%q was typed", typed)
	}
	first.Press("Turn the keys off").WantText("p.keys", "Turn the keys on").Keys("n").WantText("[data-part=speaking]", "Nobody speaks now.").Press("Turn the keys on")
	first.WantText("p.keys", "Turn the keys off").Keys("n").WantText("[data-part=speaking]", hands[0])
	other.WantText("[data-part=speaking]", hands[0])
	order := browsertest.Eval[string](first, `[...document.querySelectorAll(".console [data-part]")].map((e) => e.dataset.part).join(" ")`)
	if want := "drop desk now few speaking asked signals queue wanted opening script calls run hands next together felt over"; order != want {
		t.Errorf("%s, want %s", order, want)
	}
}
