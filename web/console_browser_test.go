package web

import (
	"strconv"
	"testing"

	"folkmoot/internal/browsertest"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/floor"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/script"
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

// TestOpeningConsoleInABrowser: while a meeting is opened, what whoever facilitates says next and the button for it are on the first screen of a desk, with reports due and places that nobody fills; on a
// phone they come before the list of what to do.
func TestOpeningConsoleInABrowser(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	h := newMeetHall(t, dbtest.SQLite(t, c), c, 9)
	m, _ := h.due()
	h.to(m.Opens)
	h.starts(1)
	chair := h.chair(1)
	run := "/g/" + h.Group.Slug + "/meetings/1/run"
	desk := browsertest.Look{Width: 1280, Height: 800}
	act := func(do func(a member.Actor) error) {
		t.Helper()
		h.must()(do(h.Visit(h.Who[h.chair(1)].Person)))
	}
	for _, look := range []browsertest.Look{{Width: 320, Height: 640, Touch: true}, browsertest.Phone, desk} {
		p := browsertest.Start(t, h.office.signedIn(chair)).Person(look).Open(run).WantText("main", "Opening, step by step").AxeLightAndDark().WantNoSideways().WantTargets().
			Shot("console opening " + strconv.FormatInt(look.Width, 10))
		if order := browsertest.Eval[bool](p, `document.querySelector("#script").getBoundingClientRect().top < document.querySelector("#opening").getBoundingClientRect().top + 1`); !order {
			t.Errorf("at %d the list of what to do comes before what to say", look.Width)
		}
	}
	p := browsertest.Start(t, h.office.signedIn(chair)).Person(desk)
	step := func(cue string, button string) {
		t.Helper()
		p.Open(run).WantText("#script ~ *", "“").WantText("main", button).Shot("console opening step " + cue)
		for what, such := range map[string]string{"the words": `e.matches("#script ~ .text")`, "the button": `e.matches(".button:enabled") && e.textContent.startsWith("` + button + `")`} {
			end := browsertest.Eval[float64](p, `Math.max(0, ...[...document.querySelectorAll(".console-says *")].filter((e) => `+such+`).map((e) => e.getBoundingClientRect().bottom))`)
			if end > 800 || end == 0 {
				t.Errorf("%s: %s end at %v, and the screen at 800", cue, what, end)
			}
		}
	}
	for range 12 {
		r, err := h.s.Meetings.Console(t.Context(), h.Visit(h.Who[h.chair(1)].Person), 1)
		h.must()(err)
		switch cue := r.Reading.Cue; cue {
		case script.CueAgenda:
			step(string(cue), "The agenda is adopted")
			act(func(a member.Actor) error { return h.s.Meetings.Adopt(t.Context(), a, 1) })
		case script.CueBegin, script.CueCall, script.CueNextUp:
			step(string(cue), "Go to the next item")
			return
		default:
			step(string(cue), "Said")
			act(func(a member.Actor) error { return h.s.Meetings.Said(t.Context(), a, 1, 0, cue) })
		}
	}
	t.Error("the opening does not end")
}
