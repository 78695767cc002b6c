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
var runners = []string{"Bo", "Cem", "Dora", "Eli", "Fatima", "Gus", "Hana", "Ines", "Juma"}

// shared is what the two are called, standing how many candidates there are, and night for whom a place is reserved: Hana alone says that it is
// for her.
const (
	shared   = "Ines and Juma, sharing"
	standing = 8
	night    = "night shift"
)

// orders is how each of the ten puts them in order. Three votes are needed: Bo has four, and what is too much helps the two who share over Eli's
// paper to the second place. Cem would have the third with more than two votes, if it were not kept for Hana, who has one.
var orders = map[string][]string{
	"Ada": {"Bo", shared, "Cem"}, "Bo": {"Bo", shared}, "Fatima": {"Bo", shared}, "Gus": {"Bo", "Cem"}, "Cem": {"Cem", "Bo"}, "Dora": {"Cem", "Dora"},
	"Ines": {shared}, "Juma": {shared, "Cem"}, "Eli": {"Eli", shared}, "Hana": {"Hana", "Cem"},
}

// TestJourneyElection elects three of eight in a federation in secret, by ranking, with one place that members have reserved: people stand, are
// asked, vote with buttons, by keyboard alone and without scripts, look for their receipts among the published ones, and count all papers again
// with the command that the page names.
func TestJourneyElection(t *testing.T) {
	w := newTown(t)
	w.preset, w.meets = "C", 53 // days, in which a rule on reserved places can come into force
	plain := browsertest.Phone
	plain.NoJavaScript, plain.Language = true, "es"
	e := &contest{people: map[string]*walker{"Ada": w.person("Ada", browsertest.Phone), "Bo": w.person("Bo", browsertest.Desktop), "Cem": w.person("Cem", plain)}}
	e.people["Bo"].keys = true
	invitation := begin(e.people["Ada"])
	e.founding = w.clock.now().AddDate(0, 0, w.meets+1)
	join(e.people["Bo"], invitation)
	join(e.people["Cem"], invitation)
	for _, part := range []struct {
		name string
		walk func(*testing.T)
	}{{"reserve", e.reserve}, {"join", e.join}, {"nominations", e.nominations}, {"questions", e.questions}, {"vote", e.vote}, {"result", e.result}} {
		if !t.Run(part.name, part.walk) {
			return // the rest of the road begins where this part ends
		}
	}
}

// contest is the election under way.
type contest struct {
	people   map[string]*walker
	founding time.Time // when its nominations are open
	path     string
	codes    map[string]string // that people wrote down
}

func (e *contest) in(t *testing.T, name string) *walker { return e.people[name].in(t) }

// reserve: three members, before anybody is elected, carry that one of the places is for those who work at night.
func (e *contest) reserve(t *testing.T) {
	ada, bo, cem := e.in(t, "Ada"), e.in(t, "Bo"), e.in(t, "Cem")
	ada.goTo(ada.group(convenorsPage)).reads("main", "balance.none").press("balance.change").reads("main", "balance.places", "Seats", 3)
	ada.press("waiver.do").reads(".problems", "balance.words.empty")
	ada.fill("words", night, "why", "Nobody who works at night has ever called a meeting.").press("waiver.do").reads(".notice", "motion.flash.proposed")
	ada.reads("main", "motion.effect.reserve").WantText("main", night)
	ada.isAbout(ada.Path())
	bo.goTo(bo.proposal("")).push("motion.act.support").reads(".notice", "motion.flash.supported")
	ada.goTo(ada.proposal("")).reads(".head", "motion.until.text").passUntil(".head time")
	ada.goTo(ada.proposal("")).reads(".head", "motion.until.opens").passUntil(".head time")
	e.lookIn(t)
	for _, p := range []*walker{ada, bo, cem} {
		p.waitFor(p.proposal("/vote"), ".choices")
		p.choose("ballot.for").press("ballot.check").press("ballot.cast").at("ballot.done.title_open")
	}
	ada.goTo(ada.proposal("/vote")).passUntil(".head time")
	ada.waitFor(ada.proposal("/vote"), ".outcome")
	ada.look().reads(".outcome", "ballot.outcome.carried").reads("main", "decision.effect.places_reserved")
	ada.goTo(ada.group(convenorsPage)).WantText("#reserved ~ .text", night)
}

// lookIn has everybody open the group's page: nobody stays signed in who is away for thirty days, and the page of a vote notes nobody.
func (e *contest) lookIn(t *testing.T) {
	for name := range e.people {
		p := e.in(t, name)
		p.Open(p.group(""))
	}
}

// join: the others join a few days before the group first meets. Whoever is not a member for thirty days when nominations close cannot stand.
func (e *contest) join(t *testing.T) {
	ada := e.in(t, "Ada")
	ada.town.clock.pass(t, e.founding.Sub(ada.town.clock.now())-3*day)
	ada.goTo(ada.group("/invite")).press("people.invite.make")
	invitation := ada.Value(ada.say("people.invite.link"))
	for _, name := range runners[2:] {
		e.people[name] = ada.town.person(name, browsertest.Phone)
		join(e.in(t, name), invitation)
	}
	ada.town.clock.pass(t, e.founding.Sub(ada.town.clock.now()))
}

// nominations: the role's page leads to the election; Ada puts Bo up, and eight stand.
func (e *contest) nominations(t *testing.T) {
	ada := e.in(t, "Ada")
	ada.waitFor(ada.group(convenorsPage), "#filled ~ p a.go[href*='/proposals/']")
	ada.look().reads("main", "role.convenors.does").WantText("#reserved ~ .text", night)
	e.path = browsertest.Eval[string](ada.Tab, `document.querySelector("#filled ~ p a.go[href*='/proposals/']").getAttribute("href")`)
	ada.goTo(ada.group("/powers")).goTo(e.path).reads(".head", "election.is.nominating").reads("main", "election.reserved.more_nobody")
	ada.press("election.nominate.do").reads(".problems", "election.nobody_called")
	ada.fill("member", "Bo").press("election.nominate.do").reads(".notice", "election.flash.nominated").reads("main", "election.standing_none")
	bo := e.in(t, "Bo")
	bo.goTo(bo.group("")).reads("main", "election.put_up").goTo(e.path)
	bo.tabOn("[name=statement]").Keys("I am Bo, and I would do it.")
	bo.tabOn("[name=interests]").Keys("None")
	bo.push("election.stand.do").reads(".notice", "election.flash.stands")
	for _, name := range runners[1 : standing-1] {
		p := e.in(t, name)
		p.goTo(e.path)
		if name == "Dora" {
			p.press("election.stand.do").reads(".problems", "election.statement.empty")
		}
		if name == "Hana" {
			p.choose("election.reserved.yes", "For", night)
		}
		p.fill("statement", "I am "+name+", and I would do it.", "interests", "None").press("election.stand.do").reads(".notice", "election.flash.stands")
	}
	e.share(t)
	ada.goTo(e.path).reads("main", "election.standing_shared", "Count", standing, "People", len(runners)).WantText("main", shared, "We would take turns.")
	ada.reads("main", "election.reserved.stands", "For", night)
}

// share: Ines asks Juma, whom nobody sees until he says yes.
func (e *contest) share(t *testing.T) {
	ines, juma := e.in(t, "Ines"), e.in(t, "Juma")
	ines.goTo(e.path).press("election.share.link").press("election.share.do").reads(".problems", "election.share.nobody")
	ines.fill("with", "Juma", "statement", "We would take turns.", "interests", "None").press("election.share.do").reads(".notice", "election.flash.share_asked")
	if text := e.in(t, "Ada").goTo(e.path).Text("main"); strings.Contains(text, "We would take turns.") {
		t.Error("others see what only the two have said to each other")
	}
	juma.goTo(e.path).press("election.act.offer").WantText("main", shared, "We would take turns.")
	juma.fill("interests-1", "None").press("election.share.yes").reads(".notice", "election.flash.share_all")
}

// questions: nobody reads an answer before all have answered or the vote opens.
func (e *contest) questions(t *testing.T) {
	ada, dora := e.in(t, "Ada"), e.in(t, "Dora")
	ada.fill("question", "What will you hand over?").press("election.ask.do").WantText("main", "What will you hand over?")
	ada.passUntil(".head time")
	e.lookIn(t)
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
	e.codes = map[string]string{}
	signInAnew([]*walker{e.in(t, "Ada"), e.in(t, "Bo"), e.in(t, "Cem")})
	for _, name := range append([]string{"Ada"}, runners...) {
		p := e.in(t, name)
		p.waitFor(e.path+"/vote", ".rank")
		p.look()
		order := orders[name]
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
		e.codes[name] = p.Text(".big-code")
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

// result reads the count, finds receipts among the published ones, and counts the papers again.
func (e *contest) result(t *testing.T) {
	ada := e.in(t, "Ada")
	ada.waitFor(e.path, ".flow")
	ada.look().reads(".outcome", "election.outcome.carried").reads("main", "count.papers").reads("main", "count.excluded_reserved", "Name", "Cem")
	ada.reads("#count ~ ul", "count.reserved", "Count", 1, "Names", "Hana")
	elected := ada.Text("#count ~ .text")
	for _, name := range []string{"Bo", shared, "Hana"} {
		if !strings.Contains(elected, name) {
			t.Errorf("%s is not told to be elected: %s", name, elected)
		}
	}
	line := ada.Value(ada.say("count.repeat"))
	papers, _ := ada.Download(ada.say("count.blt"))
	sheet, _ := ada.Download(ada.say("count.sheet"))
	e.recount(t, line, papers, sheet)
	for _, name := range []string{"Ada", "Bo", "Cem"} {
		p := e.in(t, name)
		p.goTo(e.path+"/vote").push("decision.codes").WantText("main", e.codes[name])
	}
	ada.goTo(ada.group("/decisions")).reads(".rows", "election.outcome.carried")
	ada.goTo(ada.group("/record")).goTo(ada.group("/record/export")).choose("export.page.all").choose("export.format.json")
	everything, _ := ada.Download(ada.say("export.page.make"))
	if r := verify.Check(bytes.NewReader(everything), verify.Own()); r.Verdict != verify.Holds {
		t.Errorf("what Ada takes along does not hold: %v", r.Problem)
	}
}

// outcome returns the sheet's elected, and its actions.
func outcome(s tally.Sheet) (elected []string, actions []tally.Action) {
	for _, n := range s.Elected {
		elected = append(elected, s.Candidates[n-1])
	}
	for _, stage := range s.Stages {
		actions = append(actions, stage.Action)
	}
	return elected, actions
}

// recount runs the line that the page names on the file of papers, and wants what the published count says: votes that moved from those who had
// more than they needed and from those who dropped out, and a place for Hana that, were it not reserved, would be Cem's.
func (e *contest) recount(t *testing.T, line string, papers, sheet []byte) {
	t.Helper()
	words := strings.Fields(line)
	file := filepath.Join(t.TempDir(), words[len(words)-1])
	if err := os.WriteFile(file, papers, 0o600); err != nil {
		t.Fatal(err)
	}
	words[len(words)-1] = file
	count := func(words ...string) (out string, s tally.Sheet) {
		t.Helper()
		out, code := runOnce(t, program(t, append(words[1:], "--format=json")...))
		if err := json.Unmarshal([]byte(out), &s); err != nil || code != 0 {
			t.Fatalf("%q ends with %d: %v\n%s", words, code, err, out)
		}
		return out, s
	}
	out, got := count(words...)
	var want tally.Sheet
	if err := json.Unmarshal(sheet, &want); err != nil {
		t.Fatal(err)
	}
	same := len(got.Stages) == len(want.Stages) && slices.Equal(got.Elected, want.Elected) && slices.Equal(got.Lot, want.Lot) && got.Valid == want.Valid && got.Seed == want.Seed
	for i := range min(len(got.Stages), len(want.Stages)) {
		same = same && slices.Equal(got.Stages[i].Votes, want.Stages[i].Votes)
	}
	if !same {
		t.Errorf("%s\ncounts\n%s\nand the record has\n%s", line, out, sheet)
	}
	elected, actions := outcome(got)
	if !slices.Equal(elected, []string{"Bo", shared, "Hana"}) || !slices.Contains(actions, tally.Surplus) || !slices.Contains(actions, tally.Exclude) {
		t.Errorf("elected are %q, by %q", elected, actions)
	}
	at := slices.Index(words, "--reserve")
	if at < 0 || words[at+2] != "--reserved-for" {
		t.Fatalf("%s does not say what is reserved", line)
	}
	_, open := count(slices.Delete(slices.Clone(words), at, at+4)...)
	if elected, _ := outcome(open); !slices.Contains(elected, "Cem") || slices.Contains(elected, "Hana") {
		t.Errorf("with no place reserved the elected are %q", elected)
	}
}
