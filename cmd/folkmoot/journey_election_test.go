package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/browsertest"
	"folkmoot/internal/tally"
	"folkmoot/internal/verify"
)

// runners are those who stand, in the order in which they do; the last two share a place.
var runners = []string{"Bo", "Cem", "Dora", "Eli", "Fatima", "Gus", "Hana", "Ines"}

// shared is what the two are called, and standing how many candidates there are.
const (
	shared   = "Hana and Ines, sharing"
	standing = 7
)

// orders is how each of the group puts them in order; those not named vote like Ada.
var orders = map[string][]string{
	"Ada": {"Bo", "Cem", "Dora"}, "Cem": {"Cem", "Bo"}, "Dora": {"Dora", "Eli", "Bo", "Cem"}, "Eli": {"Eli", "Dora"}, "Gus": {"Gus", shared, "Bo"},
}

// TestJourneyElection elects two of eight in secret, by ranking: people stand, are asked, vote with a mouse, by keyboard alone and without
// scripts, look for their receipt among the published ones, and count all papers again with the command that the page names.
func TestJourneyElection(t *testing.T) {
	w := newTown(t)
	plain := browsertest.Phone
	plain.NoJavaScript, plain.Language = true, "es"
	people := map[string]*walker{"Ada": w.person("Ada", browsertest.Phone), "Juma": w.person("Juma", browsertest.Phone)}
	invitation := begin(people["Ada"])
	for _, name := range append(slices.Clone(runners), "Juma") {
		switch name {
		case "Juma":
		case "Bo":
			people[name] = w.person(name, browsertest.Desktop)
		case "Cem":
			people[name] = w.person(name, plain)
		default:
			people[name] = w.person(name, browsertest.Phone)
		}
		join(people[name], invitation)
	}
	e := &contest{people: people}
	for _, part := range []struct {
		name string
		walk func(*testing.T)
	}{{"nominations", e.nominations}, {"questions", e.questions}, {"vote", e.vote}, {"result", e.result}} {
		if !t.Run(part.name, part.walk) {
			return // the rest of the road begins where this part ends
		}
	}
}

// contest is the election under way.
type contest struct {
	people map[string]*walker
	path   string
	code   string // that Juma wrote down
}

func (e *contest) in(t *testing.T, name string) *walker { return e.people[name].in(t) }

// nominations: the role's page leads to the election; Ada puts Bo up, and eight stand.
func (e *contest) nominations(t *testing.T) {
	ada := e.in(t, "Ada")
	ada.town.clock.pass(t, 15*24*time.Hour) // to the founding meeting
	for name := range e.people {
		p := e.in(t, name)
		p.goTo(p.group("")) // nobody stays signed in who is away for long
	}
	ada.waitFor(ada.group("/powers/convenors"), "#filled ~ p a.go[href*='/proposals/']")
	ada.look()
	e.path = browsertest.Eval[string](ada.Tab, `document.querySelector("#filled ~ p a.go[href*='/proposals/']").getAttribute("href")`)
	ada.goTo(ada.group("/powers")).goTo(e.path).reads(".head", "election.is.nominating")
	ada.press("election.nominate.do").reads(".problems", "election.nobody_called")
	ada.fill("member", "Bo").press("election.nominate.do").reads(".notice", "election.flash.nominated").reads("main", "election.standing_none")
	bo := e.in(t, "Bo")
	bo.goTo(bo.group("")).reads("main", "election.put_up")
	for _, name := range runners[:standing-1] {
		p := e.in(t, name)
		p.goTo(e.path)
		if name == "Dora" {
			p.press("election.stand.do").reads(".problems", "election.statement.empty")
		}
		p.fill("statement", "I am "+name+", and I would do it.", "interests", "None").press("election.stand.do").reads(".notice", "election.flash.stands")
	}
	e.share(t)
	ada.goTo(e.path).reads("main", "election.standing_shared", "Count", standing, "People", len(runners)).WantText("main", shared, "We would take turns.")
	ada.goTo(ada.group("/powers/convenors")).press("balance.change").press("waiver.do").reads(".problems", "balance.words.empty")
	ada.fill("words", "night shift").press("waiver.do").reads(".notice", "motion.flash.proposed").reads("main", "motion.effect.reserve").WantText("main", "night shift")
	ada.goTo(e.path)
}

// share: Hana asks Ines, whom nobody sees until she says yes.
func (e *contest) share(t *testing.T) {
	hana, ines := e.in(t, "Hana"), e.in(t, "Ines")
	hana.goTo(e.path).press("election.share.link").press("election.share.do").reads(".problems", "election.share.nobody")
	hana.fill("with", "Ines", "statement", "We would take turns.", "interests", "None").press("election.share.do").reads(".notice", "election.flash.share_asked")
	if text := e.in(t, "Ada").goTo(e.path).Text("main"); strings.Contains(text, "We would take turns.") {
		t.Error("others see what only the two have said to each other")
	}
	ines.goTo(e.path).press("election.act.offer").WantText("main", shared, "We would take turns.")
	ines.fill("interests-1", "None").press("election.share.yes").reads(".notice", "election.flash.share_yes")
}

// questions: nobody reads an answer before all have answered or the vote opens.
func (e *contest) questions(t *testing.T) {
	ada, dora := e.in(t, "Ada"), e.in(t, "Dora")
	ada.fill("question", "What will you hand over?").press("election.ask.do").WantText("main", "What will you hand over?")
	ada.passUntil(".head time")
	dora.waitFor(e.path, ".head a[href='#questions']")
	dora.look().fill("answer-1", "The keys and the list.").press("election.answer.do").reads(".notice", "election.flash.answered")
	ada.goTo(e.path).reads("main", "election.answered_hidden", "Count", 1, "All", standing)
	if text := ada.Text("main"); strings.Contains(text, "The keys and the list.") {
		t.Error("an answer is read before its time")
	}
	ada.passUntil(".head time")
}

// vote has everybody fill in the paper: by keyboard alone, without scripts, and with the buttons.
func (e *contest) vote(t *testing.T) {
	for _, name := range append([]string{"Ada", "Juma"}, runners...) {
		p := e.in(t, name)
		p.waitFor(e.path+"/vote", ".rank")
		p.look()
		order := orders[name]
		if order == nil {
			order = orders["Ada"]
		}
		switch name {
		case "Bo":
			e.byKeyboard(p, order)
		case "Cem":
			for i, who := range order {
				p.fill(who, string(rune('1'+i)))
			}
			p.press("ballot.check")
		default:
			for _, who := range order {
				p.Press(p.say("rank.add_name", "Name", who))
			}
			p.press("ballot.check")
		}
		p.at("ballot.check.title").WantText(".ranked", order...)
		if name == "Bo" {
			p.tabOn("form.form .button.act").Keys("\r").WantText("h1", p.say("ballot.done.title"))
			p.look()
		} else {
			p.press("ballot.cast").at("ballot.done.title")
		}
		if name == "Juma" {
			e.code = p.Text(".big-code")
		}
	}
	ada := e.in(t, "Ada")
	ada.goTo(e.path).passUntil(".head time")
}

// byKeyboard orders and goes on to the check with Tab and Enter alone.
func (e *contest) byKeyboard(p *walker, order []string) {
	p.t.Helper()
	for _, who := range order {
		p.tabOn(`[aria-label="` + p.say("rank.add_name", "Name", who) + `"]`).Keys("\r")
	}
	p.tabOn(".paper .button.act").Keys("\r").WantText("h1", p.say("ballot.check.title"))
	p.look()
}

// result reads the count, finds the receipt among the published ones, and counts the papers again.
func (e *contest) result(t *testing.T) {
	juma := e.in(t, "Juma")
	juma.waitFor(e.path, ".flow")
	juma.look().reads(".outcome", "election.outcome.carried").reads("main", "count.papers")
	for name, want := range map[string]int{"Bo": 1, "Cem": 1} {
		e.in(t, name).goTo(e.path).WantText("main", name)
		if got := strings.Count(juma.Text("#count ~ .text"), name); got < want {
			t.Errorf("%s is not told to be elected: %s", name, juma.Text("#count ~ .text"))
		}
	}
	line := juma.Value(juma.say("count.repeat"))
	papers, _ := juma.Download(juma.say("count.blt"))
	sheet, _ := juma.Download(juma.say("count.sheet"))
	e.recount(t, line, papers, sheet)
	juma.goTo(e.path+"/vote").press("decision.codes").WantText("main", e.code)
	juma.goTo(juma.group("/decisions")).reads(".rows", "election.outcome.carried")
	juma.goTo(juma.group("/record")).goTo(juma.group("/record/export")).choose("export.page.all").choose("export.format.json")
	everything, _ := juma.Download(juma.say("export.page.make"))
	if r := verify.Check(bytes.NewReader(everything), verify.Own()); r.Verdict != verify.Holds {
		t.Errorf("what Juma takes along does not hold: %v", r.Problem)
	}
}

// recount runs the line that the page names on the file of papers, and wants what the published count says.
func (e *contest) recount(t *testing.T, line string, papers, sheet []byte) {
	t.Helper()
	words := strings.Fields(line)
	file := filepath.Join(t.TempDir(), words[len(words)-1])
	if err := os.WriteFile(file, papers, 0o600); err != nil {
		t.Fatal(err)
	}
	words[len(words)-1] = file
	out, code := runOnce(t, program(t, append(words[1:], "--format=json")...))
	var want, got tally.Sheet
	if err := json.Unmarshal(sheet, &want); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil || code != 0 {
		t.Fatalf("%s ends with %d: %v\n%s", line, code, err, out)
	}
	same := len(got.Stages) == len(want.Stages) && slices.Equal(got.Elected, want.Elected) && slices.Equal(got.Lot, want.Lot) && got.Valid == want.Valid && got.Seed == want.Seed
	for i := range min(len(got.Stages), len(want.Stages)) {
		same = same && slices.Equal(got.Stages[i].Votes, want.Stages[i].Votes)
	}
	if !same {
		t.Errorf("%s\ncounts\n%s\nand the record has\n%s", line, out, sheet)
	}
}
