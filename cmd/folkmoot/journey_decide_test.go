package main

import (
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/browsertest"
)

// TestJourneyDecideNow has a crew of three, each on a phone, decide on the spot: one writes a sentence, the others see it on the group's first page and press one of two
// buttons. The test says how long that takes from the sentence to the decision; people need some seconds more to read (practice.md, claim 13: under a minute).
func TestJourneyDecideNow(t *testing.T) {
	walkDecideNow(t, browsertest.Phone)
}

// TestJourneyDecideNowPlain is the same where no scripts run, in the second language.
func TestJourneyDecideNowPlain(t *testing.T) {
	face := browsertest.Phone
	face.NoJavaScript, face.Language = true, "es"
	walkDecideNow(t, face)
}

func walkDecideNow(t *testing.T, face browsertest.Look) {
	w := newTown(t)
	w.preset = "A"
	all := []*walker{w.person("Ada", face), w.person("Bo", face), w.person("Cem", face)}
	invitation := begin(all[0])
	for _, p := range all[1:] {
		join(p, invitation)
	}
	walkTogether(t, all, []part{{"all agree", agreeOnTheSpot}, {"one is not there", decideWithout}, {"one has a concern", concernOnTheSpot}})
}

// sees has somebody who looks at the group's first page be led to the buttons; where no scripts run they load it anew.
func (p *walker) sees(sentence string) *walker {
	p.t.Helper()
	if p.face.NoJavaScript {
		p.Open(p.group(""))
	}
	p.WantText(".head", sentence)
	p.Click(p.say("decide.answer"))
	return p
}

// asks has somebody put a sentence to the others, from the first page.
func (p *walker) asks(sentence string) {
	p.t.Helper()
	p.Click(p.say("decide.do"))
	p.fill("sentence", sentence)
	p.Click(p.say("decide.do"))
	p.reads(".notice", "decide.flash.asked")
}

func agreeOnTheSpot(all []*walker) {
	ada, bo, cem := all[0], all[1], all[2]
	for _, p := range all {
		p.Open(p.group(""))
	}
	began := time.Now()
	ada.asks("We meet on Tuesdays.")
	for _, p := range []*walker{bo, cem} {
		p.sees("We meet on Tuesdays.")
		p.Click(p.say("agree.response.agree"))
	}
	if ada.face.NoJavaScript {
		ada.t.Logf("three plain phones have answered after %s", time.Since(began).Round(time.Millisecond))
		ada.waitFor(ada.group("/decisions"), ".rows > li")
		return
	}
	ada.reads(".head", "decide.ended.carried")
	ada.t.Logf("three phones: %s from the sentence to the decision, with at most three presses each", time.Since(began).Round(time.Millisecond))
	ada.press("decide.to_decision").reads("main", "decide.why.enough_agree", "Turnout", 3, "Entitled", 3)
	for _, p := range []*walker{bo, cem} {
		p.reads(".head", "decide.ended.carried")
	}
}

// decideWithout has two of three decide, and the third, who was not there, stop it.
func decideWithout(all []*walker) {
	ada, bo, cem := all[0], all[1], all[2]
	ada.goTo(ada.group("")).asks("We sing in the rain.")
	bo.Open(bo.group(""))
	bo.sees("We sing in the rain.").look().press("agree.response.agree")
	ada.town.clock.pass(ada.t, ballot.AtOnceTime+time.Second)
	cem.waitFor(cem.group("/decisions"), ".rows > li + li")
	cem.Click("We sing in the rain.")
	cem.look().reads("main", "call.outcome.provisional").press("decision.object.act").at("decision.object.title")
	cem.choose("agree.response.block").choose("agree.ground.safety").fill("names", "Everybody's health", "words", "Two of us are ill.")
	cem.press("decision.object.send").reads("main", "call.outcome.stopped")
}

// concernOnTheSpot has one concern be enough.
func concernOnTheSpot(all []*walker) {
	ada, bo, cem := all[0], all[1], all[2]
	ada.goTo(ada.group("")).asks("We buy a tent.")
	for i, p := range []*walker{bo, cem} {
		p.Open(p.group(""))
		p.sees("We buy a tent.")
		if i == 0 {
			p.press("agree.response.agree")
			continue
		}
		p.fill("words", "We have one.").press("decide.concern")
	}
	ada.waitFor(ada.group("/decisions"), ".rows > li + li + li")
	ada.Click("We buy a tent.")
	ada.look().reads("main", "decide.why.too_many_aside", "Turnout", 3, "Entitled", 3).WantText("main", "We have one.")
}
