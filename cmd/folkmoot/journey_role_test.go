package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"folkmoot/internal/browsertest"
)

// TestJourneyRole takes a role from the question who would do it to a count that its holders sign: one person by keyboard alone, one on a
// phone that runs no scripts, and one at a desk in the dark.
func TestJourneyRole(t *testing.T) {
	walkTogether(t, trio(newTown(t)), []part{
		{"answer", answerAll}, {"throw in", throwInWords}, {"check", checkDraw}, {"decline", declinePlace}, {"begin", termsBegin}, {"sign", signCount},
	})
}

// trio is a group of three: Ada uses the keyboard alone, Bo's phone runs no scripts, and Cem sits at a desk in the dark.
func trio(w *town) []*walker {
	w.t.Helper()
	plain, dark := browsertest.Phone, browsertest.Desktop
	plain.NoJavaScript, dark.Dark = true, true
	ada, bo, cem := w.person("Ada", browsertest.Phone), w.person("Bo", plain), w.person("Cem", dark)
	invitation := begin(ada)
	join(bo, invitation)
	join(cem, invitation)
	ada.keys = true
	return []*walker{ada, bo, cem}
}

// part is a part of a journey that several walk together.
type part struct {
	name string
	walk func([]*walker)
}

// walkTogether walks the parts one after the other: each begins where the last ends.
func walkTogether(t *testing.T, all []*walker, parts []part) {
	t.Helper()
	for _, part := range parts {
		if !t.Run(part.name, func(t *testing.T) {
			here := make([]*walker, len(all))
			for i, p := range all {
				here[i] = p.in(t)
			}
			part.walk(here)
		}) {
			return
		}
	}
}

const tellersPage = "/powers/tellers"

// push is press, by keyboard for whoever uses nothing else.
func (p *walker) push(id string, kv ...any) *walker {
	p.t.Helper()
	if !p.keys {
		return p.press(id, kv...)
	}
	p.tabTo("a[href], button, summary", p.say(id, kv...))
	p.Leaves(func() { p.Keys("\r") })
	return p.look()
}

// tabTo presses Tab until the focus is on what the selector finds with these words.
func (p *walker) tabTo(selector, words string) {
	p.t.Helper()
	is := fmt.Sprintf(`((e) => e.matches(%q) && e.checkVisibility() && e.textContent.trim() === %q)(document.activeElement)`, selector, words)
	for range 200 {
		p.Keys("\t")
		if browsertest.Eval[bool](p.Tab, is) {
			return
		}
	}
	p.t.Fatalf("%s: the keyboard does not reach %q", p.Path(), words)
}

// tabOn presses Tab until the focus is on what the selector finds.
func (p *walker) tabOn(selector string) *walker {
	p.t.Helper()
	for range 200 {
		if browsertest.Eval[bool](p.Tab, `document.activeElement.matches(`+"`"+selector+"`"+`)`) {
			return p
		}
		p.Keys("\t")
	}
	p.t.Fatalf("%s: the keyboard does not reach %s", p.Path(), selector)
	return p
}

// pick chooses an answer, by keyboard for whoever uses nothing else: Tab comes to the first, and arrows go on.
func (p *walker) pick(value, id string) {
	p.t.Helper()
	if !p.keys {
		p.choose(id)
		return
	}
	is := func(what string) bool {
		return browsertest.Eval[bool](p.Tab, `((e) => e.type === 'radio' && `+what+`)(document.activeElement)`)
	}
	for range 200 {
		if p.Keys("\t"); is("true") {
			break
		}
	}
	p.Keys(" ")
	for range 10 {
		if is("e.checked && e.value === '" + value + "'") {
			return
		}
		p.Keys("\u0301") // arrow down, as chromedp has it
	}
	p.t.Fatalf("%s: the keyboard does not reach %s", p.Path(), value)
}

// confirm opens what asks again before it is done, and says yes.
func (p *walker) confirm(open, yes string) *walker {
	p.t.Helper()
	return p.unfold(open).push(yes)
}

// answerAll has everybody find the question on the first page and say yes.
func answerAll(all []*walker) {
	for _, p := range all {
		p.waitFor(p.group(""), "#asked")
		p.look().reads("main", "powers.ask").push("role.tellers.name").at("role.tellers.name")
		p.pick("yes", "powers.answer.yes")
		p.push("powers.ask.do").reads(".notice", "powers.flash.said")
		if p.goTo(p.group("")); p.Has("#asked") {
			p.t.Error("who has answered is asked again")
		}
	}
}

// throwInWords waits for the list and has somebody throw in what dice gave. It keeps the announced record.
func throwInWords(all []*walker) {
	ada := all[0]
	ada.goTo(ada.group(tellersPage)).passUntil(".head time")
	for _, p := range all {
		p.waitFor(p.group(tellersPage), "input[name=words]")
		p.look().reads("main", "powers.pool").WantText("table", "Ada", "Bo", "Cem")
	}
	bo := all[1]
	bo.fill("words", "dice 4 6 1").push("powers.words.do").reads(".notice", "powers.flash.words").WantText("table", "dice 4 6 1")
	ada.goTo(ada.group(tellersPage))
	ada.tabTo("a[href]", ada.say("powers.draw.file"))
	ada.town.announced = keepRecord(ada, "announced")
}

// unfold opens what is folded, by keyboard for whoever uses nothing else.
func (p *walker) unfold(id string) *walker {
	p.t.Helper()
	if !p.keys {
		p.Press(p.say(id))
		return p
	}
	p.tabTo("summary", p.say(id))
	p.Keys("\r")
	return p
}

// keepRecord downloads what is published of the draw into a file. Once the lot has fallen it is folded.
func keepRecord(p *walker, name string) (path string) {
	p.t.Helper()
	if browsertest.Eval[bool](p.Tab, `document.querySelector("details:not([open]) a[href*='/draws/']") !== null`) {
		p.unfold("powers.draw.look")
	}
	b, _ := p.Download(p.say("powers.draw.file"))
	path = filepath.Join(p.town.t.TempDir(), name+".json")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		p.t.Fatal(err)
	}
	return path
}

// checkDraw waits for the lot and repeats it with the command: alone, and against what was announced.
func checkDraw(all []*walker) {
	cem := all[2]
	want(cem.t, exitAnnounced, "This draw is announced and not yet revealed.", "draw", "--check", cem.town.announced)
	cem.goTo(cem.group(tellersPage)).passUntil(".head time")
	cem.waitFor(cem.group(tellersPage), "thead th:nth-child(5)")
	cem.look().reads("main", "powers.fact.secret").reads("main", "powers.pool.turn")
	drawn := keepRecord(cem, "drawn")
	want(cem.t, exitOK, "dice 4 6 1", "draw", "--check", drawn)
	want(cem.t, exitOK, "The draw is the one that was announced", "draw", "--check", drawn, "--against", cem.town.announced)
	other := strings.Replace(readFile(cem.t, drawn), "dice 4 6 1", "dice 4 6 2", 1)
	if err := os.WriteFile(drawn, []byte(other), 0o600); err != nil {
		cem.t.Fatal(err)
	}
	want(cem.t, exitFailed, "", "draw", "--check", drawn)
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// declinePlace has the first who was drawn decline. Whoever came last in the order is offered the place.
func declinePlace(all []*walker) {
	var gone, next *walker
	for _, p := range all {
		p.goTo(p.group(tellersPage))
		switch offered := p.Has("details.confirm"); {
		case !offered && next == nil:
			next = p
		case offered && gone == nil:
			gone = p
		}
	}
	if gone == nil || next == nil {
		all[0].t.Fatal("two of three should have been drawn")
	}
	gone.goTo(gone.group(tellersPage)).confirm("powers.decline", "powers.decline.yes").reads(".notice", "powers.flash.given_up")
	next.waitFor(next.group(tellersPage), "details.confirm")
	next.look().reads("main", "powers.decline")
	if gone.goTo(gone.group(tellersPage)); gone.Has("details.confirm") {
		gone.t.Error("who has declined is offered a place again")
	}
}

// termsBegin lets the time to decline pass. The first page says to whoever holds a place what they may do, and until when.
func termsBegin(all []*walker) {
	all[0].town.clock.pass(all[0].t, 4*day)
	for _, p := range all {
		p.goTo(p.group("/powers")).reads("main", "role.tellers.name").goTo(p.group(tellersPage))
		if !p.Has("details.confirm") {
			continue
		}
		p.reads("main", "powers.resign").reads("main", "power.sign_count.you").reads("main", "powers.mine.nobody")
		p.goTo(p.group("")).reads("main", "powers.mine").reads("main", "role.tellers.you_not").reads("main", "powers.mine.ends")
	}
}

// signCount has a proposal voted on, and its count signed by the two who hold places and nobody else.
func signCount(all []*walker) {
	ada, bo, cem := all[0], all[1], all[2]
	ada.keys = false // the proposal and the vote have journeys of their own
	propose(ada, bo, cem)
	ada.goTo(ada.proposal("")).passUntil(".head time")
	ada.goTo(ada.proposal("")).passUntil(".head time")
	for _, p := range all {
		p.waitFor(p.proposal("/vote"), ".choices")
		p.choose("ballot.for").press("ballot.check").press("ballot.cast").at("ballot.done.title_open")
	}
	ada.goTo(ada.proposal("/vote")).passUntil(".head time")
	ada.waitFor(ada.proposal("/vote"), ".outcome")
	ada.keys = true
	signed := 0
	for _, p := range all {
		p.goTo(p.group("/decisions"))
		p.Click(motionTitle)
		if p.look(); p.Has("#sign-count") {
			p.confirm("decision.sign", "decision.sign.yes").reads(".notice", "decision.flash.signed_count")
			signed++
		}
	}
	if signed != 2 {
		ada.t.Errorf("%d have signed the count, want the two who hold places", signed)
	}
}
