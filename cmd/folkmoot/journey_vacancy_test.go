package main

import (
	"strings"
	"testing"
	"time"

	"folkmoot/internal/browsertest"
)

// TestJourneyVacancy is a role that nobody takes: somebody is drawn to look after it, members decide what shall become of it, all are asked
// at once, and the lot that falls then is drawn again with the command. One walks by keyboard alone, one on a phone without scripts.
func TestJourneyVacancy(t *testing.T) {
	walkTogether(t, trio(newTown(t)), []part{
		{"nobody", nobodySaysYes}, {"caretaker", lookAfter}, {"question", askWhatShallBe}, {"vote", voteOnRole},
		{"answer", answerAll}, {"throw in", throwInWords}, {"check", checkDraw}, {"filled", seatsFilled},
	})
}

// nobodySaysYes has one say that they would do it with someone, and nobody that they would.
func nobodySaysYes(all []*walker) {
	for i, answer := range []string{"not_now", "with_someone", "not_now"} {
		p := all[i]
		p.waitFor(p.group(tellersPage), "form[action$='/answer']")
		p.look().pick(answer, "powers.answer."+answer)
		p.push("powers.ask.do").reads(".notice", "powers.flash.said")
	}
	all[0].goTo(all[0].group(tellersPage)).passUntil(".head time")
}

// lookAfter finds Bo looking after one of the two places, chores only, and nobody after the other.
func lookAfter(all []*walker) {
	for _, p := range all {
		p.waitFor(p.group(tellersPage), "#vacant")
		p.look().reads("main", "vacancy.common").WantText("#held ~ .powers", "Bo")
		is := p.goTo(p.group("")).name == "Bo"
		if told := strings.Contains(p.Text("main"), p.say("vacancy.mine")); told != is {
			p.t.Errorf("%s is told to look after the role: %t", p.name, told)
		}
	}
	bo := all[1]
	bo.goTo(bo.group(tellersPage)).reads("main", "vacancy.mine").reads("main", "powers.resign")
}

// askWhatShallBe lets a week pass, after which the program itself asks what shall become of the role.
func askWhatShallBe(all []*walker) {
	ada, question := all[0], "#vacant ~ p a.go[href*='/proposals/']"
	ada.town.clock.pass(ada.t, 7*day+time.Hour)
	ada.waitFor(ada.group(tellersPage), question)
	ada.look().reads("main", "vacancy.asked")
	ada.isAbout(browsertest.Eval[string](ada.Tab, `document.querySelector("`+question+`").getAttribute("href")`))
	for _, p := range all {
		p.goTo(p.proposal("")).reads(".head", "motion.kind.vacancy").reads("main", "vacancy.choice.abolish", "Role", p.say("role.tellers.name"))
		p.reads("main", "vacancy.called_row").reads("main", "vacancy.called")
	}
	ada.passUntil(".head time")
}

// voteOnRole has everybody put first that all are asked again: by keyboard alone, with numbers, and with the buttons.
func voteOnRole(all []*walker) {
	for _, p := range all {
		again := p.say("vacancy.name.again")
		p.waitFor(p.proposal("/vote"), ".rank")
		p.look()
		switch {
		case p.keys:
			p.tabOn(`[aria-label="` + p.say("rank.add_name", "Name", again) + `"]`).Keys("\r")
			p.tabOn(".paper .button.act").Leaves(func() { p.Keys("\r") })
			p.look().at("ballot.check.title").WantText(".ranked", again)
			p.tabOn("form.form .button.act").Leaves(func() { p.Keys("\r") })
			p.look().at("ballot.done.title")
			continue
		case p.face.NoJavaScript:
			p.fill(again, "1")
		default:
			p.Press(p.say("rank.add_name", "Name", again))
		}
		p.press("ballot.check").at("ballot.check.title").WantText(".ranked", again)
		p.press("ballot.cast").at("ballot.done.title")
	}
	ada := all[0]
	ada.goTo(ada.proposal("")).passUntil(".head time")
	for _, p := range all {
		p.waitFor(p.proposal("/vote"), ".outcome")
		p.look().reads("main", "vacancy.chosen", "Choice", p.say("vacancy.name.again"))
	}
}

// seatsFilled lets the time to decline pass. Nobody looks after the role any more: two hold it.
func seatsFilled(all []*walker) {
	all[0].town.clock.pass(all[0].t, 4*day)
	held := 0
	for _, p := range all {
		p.waitFor(p.group(tellersPage), "main:not(:has(#vacant))")
		p.look().WantText("#past + ul", "Bo")
		if p.Has("form[action$='/give-up']") {
			held++
		}
	}
	if held != 2 {
		all[0].t.Errorf("%d hold the role, want 2", held)
	}
}
