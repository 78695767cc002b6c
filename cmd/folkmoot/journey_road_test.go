package main

import (
	"path"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/browsertest"
)

// What the group of the journeys decides.
const (
	motionTitle = "Ask the owner in writing to mend the damp"
	firstPoint  = "Ada writes to the owner about the damp in every flat by the end of the month."
	firstBetter = "Ada and Bo write to the owner about the damp in every flat by the end of the month."
	secondPoint = "We show the letter to everyone before it goes out."
)

// TestJourneyRoad is the whole road of a first decision with three people, one of them at a desk, from a draft to the
// checked export, and out of the group again.
func TestJourneyRoad(t *testing.T) {
	w := newTown(t)
	ada, bo, cem := w.person("Ada", browsertest.Phone), w.person("Bo", browsertest.Phone), w.person("Cem", browsertest.Desktop)
	invitation := begin(ada)
	join(bo, invitation)
	join(cem, invitation)
	walkRoad(t, ada, bo, cem)
}

// walkRoad walks three members of one group along the whole road.
func walkRoad(t *testing.T, ada, bo, cem *walker) {
	t.Helper()
	for _, part := range []struct {
		name string
		walk func(ada, bo, cem *walker)
	}{
		{"propose", propose}, {"talk", talk}, {"argue", argue}, {"reword", reword}, {"secret", askSecret},
		{"vote", vote}, {"result", result}, {"dissent", dissent}, {"export", takeAlong}, {"leave", leave},
	} {
		if !t.Run(part.name, func(t *testing.T) { part.walk(ada.in(t), bo.in(t), cem.in(t)) }) {
			return // the rest of the road begins where this part ends
		}
	}
}

// propose writes a draft, puts it forward and finds it a second supporter.
func propose(ada, bo, _ *walker) {
	ada.goTo(ada.group("")).goTo(ada.group("/decisions")).goTo(ada.group("/proposals")).press("motions.start").at("motion.form.new")
	ada.press("motion.form.propose").reads(".problems", "motion.need_title")
	ada.fill("title", motionTitle, "clause-1", firstPoint)
	ada.press("motion.form.add").fill("clause-2", secondPoint, "why", "Four flats have **mould**, and nobody answered the phone.")
	ada.press("motion.form.save").at(motionTitle).reads(".head", "motion.is.draft")
	ada.press("motion.act.edit").fill("won", "The owner names a date for the repairs.")
	ada.press("motion.form.propose").at(motionTitle).isAbout(ada.Path())
	bo.goTo(bo.group(""))
	bo.Click(motionTitle)
	bo.look().press("motion.act.support").reads(".notice", "motion.flash.supported")
	bo.WantText(".clauses", firstPoint, secondPoint)
}

// proposal is the path of the proposal that the journey is about.
func (p *walker) proposal(below string) string {
	return p.group("/proposals/" + p.town.about + below)
}

// isAbout has the journey be about the proposal at the path. Which number it has depends on what the group was asked before.
func (p *walker) isAbout(at string) {
	p.t.Helper()
	if p.town.about = path.Base(at); at != p.proposal("") {
		p.t.Fatalf("%s is no proposal's page", at)
	}
}

// talk asks a question about one point, and has it answered and the answer mended.
func talk(_, bo, cem *walker) {
	cem.goTo(cem.proposal("")).press("motion.clause_talk_none")
	cem.press("talk.send").reads(".problems", "talk.need_kind")
	cem.choose("talk.kind.question").fill("text", "Who signs it?").press("talk.send").WantText(".thread", "Who signs it?")
	bo.goTo(bo.proposal("/talk")).press("talk.answer").fill("text", "Ada does.").press("talk.send").WantText(".thread", "Ada does.")
	if left := bo.Value("text"); left != "" {
		bo.t.Errorf("what was sent stands in the form again: %q", left)
	}
	bo.press("talk.edit").fill("text", "Ada and I do.").press("talk.edit_send").WantText(".thread", "Ada and I do.")
	cem.goTo(cem.proposal("/talk")).WantText(".thread", "Who signs it?", "Ada and I do.")
	cem.goTo(cem.proposal("")).WantText(".thread", "Ada and I do.")
}

// argue writes a statement on each side.
func argue(ada, _, cem *walker) {
	cem.goTo(cem.proposal("")).press("motion.side.write.against").fill("text", "A letter without a date to answer by is easy to ignore.")
	cem.press("motion.side.send").WantText(".statement", "easy to ignore")
	ada.goTo(ada.proposal("")).press("motion.side.write.for").fill("text", "A letter is proof that they knew.")
	ada.press("motion.side.send").WantText(".statement", "proof that they knew")
}

// reword changes the text, shows what changed, and has the support confirmed.
func reword(ada, bo, cem *walker) {
	ada.goTo(ada.proposal("")).press("motion.act.reword").fill("clause-1", firstBetter).press("motion.form.check").at("motion.check.title")
	ada.press("motion.form.reword").WantText(".clauses", firstBetter)
	if kept := browsertest.Eval[string](ada.Tab, `sessionStorage.getItem("keep:proposal-`+ada.town.about+`") || ""`); kept != "" {
		ada.t.Errorf("the browser still keeps the words that were taken: %s", kept)
	}
	cem.goTo(cem.proposal("/versions")).WantText("ins", "Bo")
	bo.goTo(bo.proposal("")).press("motion.act.confirm").WantText(".clauses", firstBetter)
}

// askSecret asks for a secret vote, as many as the rules want.
func askSecret(_, bo, cem *walker) {
	bo.goTo(bo.proposal("")).press("motion.act.secret").reads("main", "motion.held.open")
	cem.goTo(cem.proposal("")).press("motion.act.secret").reads("main", "motion.held.secret")
}

// vote waits for the vote to open, casts three secret votes, changes one, and waits for the close.
func vote(ada, bo, cem *walker) {
	ada.goTo(ada.proposal("")).reads(".head", "motion.until.text").passUntil(".head time")
	ada.goTo(ada.proposal("")).reads(".head", "motion.until.opens").passUntil(".head time")
	ada.waitFor(ada.group(""), "#voting")
	ada.look().reads(".head", "now.to_vote")
	first := cast(cem, "ballot.for")
	cem.press("ballot.act_change")
	second := cast(cem, "ballot.against")
	if first == "" || first == second {
		cem.t.Errorf("the changed vote has the code %q, the first had %q", second, first)
	}
	cem.town.kept = second
	cast(ada, "ballot.for")
	cast(bo, "ballot.for")
	bo.goTo(bo.group("")).goTo(bo.proposal(""))
	bo.goTo(bo.proposal("/vote")).reads(".head", "ballot.can_change").passUntil(".head time")
}

// cast fills in the paper, once it is there, and returns the receipt code.
func cast(p *walker, choice string) (code string) {
	p.t.Helper()
	p.waitFor(p.proposal("/vote"), ".choices")
	p.WantText(".statement", "easy to ignore", "proof that they knew")
	p.look().choose(choice).press("ballot.check").at("ballot.check.title").reads(".chosen", choice)
	p.press("ballot.cast").at("ballot.done.title")
	return p.Text(".big-code")
}

// result reads the counted vote and looks for the kept code among the published ones.
func result(_, _, cem *walker) {
	cem.waitFor(cem.proposal("/vote"), ".outcome")
	cem.look().reads(".outcome", "ballot.outcome.carried").reads(".why", "ballot.why.enough_for", "For", 2, "Against", 1)
	cem.press("decision.codes").WantText("main", cem.town.kept)
	cem.goTo(cem.proposal("")).goTo(cem.group("")).goTo(cem.group("/decisions")).WantText(".rows", motionTitle)
}

// dissent sets a minority report beside the decision, and has it signed by a second member.
func dissent(_, bo, cem *walker) {
	cem.goTo(cem.group("/decisions"))
	cem.Click(motionTitle)
	cem.look().press("ballot.result.disagree").press("decision.dissent.send").reads(".problems", "decision.dissent.empty")
	cem.fill("text", "Without a date the letter asks for nothing. I would have set one.").press("decision.dissent.send").WantText("main", "I would have set one")
	bo.goTo(bo.group("/decisions"))
	bo.Click(motionTitle)
	bo.look().press("decision.report.sign").reads(".notice", "decision.flash.signed").reads("main", "decision.report")
}

// passUntil lets time pass until the moment that the page itself names, and a second more.
func (p *walker) passUntil(selector string) *walker {
	p.t.Helper()
	stamp := browsertest.Eval[string](p.Tab, `(document.querySelector("`+selector+`") || {dateTime: ""}).dateTime`)
	at, err := time.Parse(time.RFC3339, stamp)
	if err != nil {
		p.t.Fatalf("%s names no time in %s: %q", p.Path(), selector, stamp)
	}
	p.town.clock.pass(p.t, at.Sub(p.town.clock.now())+time.Second)
	return p
}

// waitFor opens a path again and again until it shows what is waited for: the program acts on its times every second.
func (p *walker) waitFor(path, selector string) {
	p.t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(300 * time.Millisecond) {
		p.Open(path)
		if p.Has(selector) {
			return
		}
		if time.Now().After(end) {
			p.t.Fatalf("%s does not show %s:\n%s", path, selector, strings.TrimSpace(p.Text("main")))
		}
	}
}
