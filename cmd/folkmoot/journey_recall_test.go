package main

import (
	"testing"
	"time"

	"folkmoot/internal/browsertest"
)

// TestJourneyRecall walks from a petition to the end of a term, in the browser.
func TestJourneyRecall(t *testing.T) {
	w := newTown(t)
	ada, bo, cem := w.person("Ada", browsertest.Phone), w.person("Bo", browsertest.Phone), w.person("Cem", browsertest.Desktop)
	walkRecall(ada, bo, cem)
}

// TestJourneyRecallPlain is the same on phones that run no scripts, in the second language.
func TestJourneyRecallPlain(t *testing.T) {
	face := browsertest.Phone
	face.NoJavaScript, face.Language = true, "es"
	w := newTown(t)
	ada, bo, cem := w.person("Ada", face), w.person("Bo", face), w.person("Cem", face)
	walkRecall(ada, bo, cem)
}

func walkRecall(ada, bo, cem *walker) {
	invitation := begin(ada)
	join(bo, invitation)
	join(cem, invitation)
	tellers := "/powers/tellers"
	bo.waitFor(bo.group(tellers), "form[action$='/answer']")
	bo.look().choose("powers.answer.yes").press("powers.ask.do").passUntil(".head time")
	bo.waitFor(bo.group(tellers), "form[action$='/words']")
	bo.passUntil(".head time")
	bo.waitFor(bo.group(tellers), "form[action$='/give-up']")
	bo.town.clock.pass(bo.t, 4*24*time.Hour)

	cem.goTo(cem.group(tellers)).press("petition.link", "Name", "Bo")
	cem.press("petition.start.look").reads(".problems", "petition.empty")
	cem.fill("reason", "Counts were left unsigned.").press("petition.start.look").WantText("main", "Counts were left unsigned.")
	cem.look().press("petition.start.do").reads(".notice", "petition.flash.started")
	bo.goTo(bo.group("")).reads("main", "petition.can.answer").press("petition.title", "Name", "Bo")
	bo.fill("answer", "I was ill.").press("petition.answer.do").reads(".notice", "petition.flash.answered")
	ada.goTo(ada.group("")).press("petition.title", "Name", "Bo").WantText("main", "Counts were left unsigned.", "I was ill.")
	ada.Press(ada.say("petition.sign"))
	ada.press("petition.sign.yes").reads(".notice", "petition.flash.signed")

	ada.isAbout(browsertest.Eval[string](ada.Tab, `document.querySelector("main a[href*='/proposals/']").getAttribute("href")`))
	ada.goTo(ada.proposal("")).reads("main", "motion.effect.end_term").WantText("main", "I was ill.")
	ada.passUntil(".head time")
	for _, p := range []*walker{ada, bo, cem} {
		choice := "ballot.for"
		if p == bo {
			choice = "ballot.against"
		}
		p.waitFor(p.proposal("/vote"), ".choices")
		p.look().choose(choice).press("ballot.check").press("ballot.cast").at("ballot.done.title")
	}
	ada.goTo(ada.proposal("/vote")).passUntil(".head time")
	ada.waitFor(ada.proposal("/vote"), ".outcome")
	ada.look().reads(".outcome", "ballot.outcome.carried").reads("main", "decision.effect.term_ends")
	ada.goTo(ada.group("/powers")).goTo(ada.group(tellers)).WantText("#past + ul", "Bo")
	ada.goTo(ada.group(tellers)).press("waiver.title")
	ada.press("waiver.do").reads(".problems", "role.waiver.nobody")
	ada.fill("name", "Bo", "why", "Bo has learnt.").press("waiver.do").reads("main", "motion.effect.waiver")
}
