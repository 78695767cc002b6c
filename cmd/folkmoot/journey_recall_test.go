package main

import (
	"strings"
	"testing"
	"time"

	"folkmoot/internal/browsertest"
)

// TestJourneyRecall walks from an election to the end of a term by petition and vote, to the understudy who looks after the place, and to
// the election that follows, in the browser.
func TestJourneyRecall(t *testing.T) {
	w := newTown(t)
	walkRecall(t, []*walker{w.person("Ada", browsertest.Phone), w.person("Bo", browsertest.Phone), w.person("Cem", browsertest.Desktop)})
}

// TestJourneyRecallPlain is the same on phones that run no scripts, in the second language.
func TestJourneyRecallPlain(t *testing.T) {
	face := browsertest.Phone
	face.NoJavaScript, face.Language = true, "es"
	w := newTown(t)
	walkRecall(t, []*walker{w.person("Ada", face), w.person("Bo", face), w.person("Cem", face)})
}

func walkRecall(t *testing.T, all []*walker) {
	invitation := begin(all[0])
	join(all[1], invitation)
	join(all[2], invitation)
	walkTogether(t, all, []part{
		{"elected", electBo}, {"signed in anew", signInAnew}, {"understudy", learnFromBo}, {"petition", petitionAgainstBo}, {"recalled", recallBo}, {"by-election", replaceBo},
	})
}

const convenorsPage = "/powers/convenors"

// pass lets days go by; everybody looks in every few days, since nobody stays signed in who is away for long.
func pass(all []*walker, days int) {
	for ; days > 0; days -= 6 {
		all[0].town.clock.pass(all[0].t, time.Duration(min(days, 6))*day)
		for _, p := range all {
			p.Open(p.group(""))
		}
	}
}

// electBo has Ada and Bo stand for the two places, and everybody vote for both.
func electBo(all []*walker) {
	pass(all, 15) // to the founding meeting
	ada := all[0]
	ada.waitFor(ada.group(convenorsPage), "#filled ~ p a.go[href*='/proposals/']")
	ada.isAbout(browsertest.Eval[string](ada.Tab, `document.querySelector("#filled ~ p a.go[href*='/proposals/']").getAttribute("href")`))
	for _, p := range all[:2] {
		p.goTo(p.proposal("")).fill("statement", "I would do it.", "interests", "None").press("election.stand.do").reads(".notice", "election.flash.stands")
	}
	for days := 0; !ada.Open(ada.proposal("/vote")).Has(".rank"); days++ {
		if pass(all, 2); days > 20 {
			ada.t.Fatal("no vote opens")
		}
	}
	for _, p := range all {
		p.goTo(p.proposal("/vote"))
		for i, name := range []string{"Ada", "Bo"} { // who comes second has the shorter of the first terms
			if p.face.NoJavaScript {
				p.fill(name, string(rune('1'+i)))
			} else {
				p.Press(p.say("rank.add_name", "Name", name))
			}
		}
		p.press("ballot.check").press("ballot.cast").at("ballot.done.title")
	}
	bo := all[1]
	for days := 0; !bo.Open(bo.group(convenorsPage)).Has("form[action$='/give-up']"); days++ {
		if pass(all, 2); days > 20 {
			bo.t.Fatal("Bo does not hold the role")
		}
	}
	pass(all, 4) // to the day on which the term begins
	bo.goTo(bo.group("")).press("role.convenors.name").WantText("#held ~ .powers", "Bo")
}

// signInAnew has everybody sign out and in: a session lasts ninety days, and the way is longer.
func signInAnew(all []*walker) {
	for _, p := range all {
		p.goTo("/me").push("people.me.sign_out").push("layout.sign_in").at("people.sign_in.title")
		if p.keys {
			p.tabOn("[name=name]").Keys(p.name)
			p.tabOn("[name=passphrase]").Keys(passphrases[p.name])
		} else {
			p.fill("name", p.name, "passphrase", passphrases[p.name])
		}
		p.push("people.sign_in.do")
	}
}

// learnFromBo has Cem be understudy: at a third of the term, one who would is enough.
func learnFromBo(all []*walker) {
	cem := all[2]
	cem.goTo(cem.group(convenorsPage)).press("handover.learn.link")
	cem.press("handover.volunteer.do", "Holder", "Bo").reads("main", "handover.volunteer.mine", "Holder", "Bo")
	for days := 0; !strings.Contains(cem.goTo(cem.group(convenorsPage+"/learn")).Text("main"), cem.say("handover.understudy.you", "Holder", "Bo")); days++ {
		if pass(all, 4); days > 6 {
			cem.t.Fatalf("Cem is not named as understudy: %s", cem.Text("main"))
		}
	}
}

// petitionAgainstBo: Cem begins, Bo answers in the same place, Ada signs, and the vote is called.
func petitionAgainstBo(all []*walker) {
	ada, bo, cem := all[0], all[1], all[2]
	cem.goTo(cem.group(convenorsPage)).press("petition.link", "Name", "Bo")
	cem.press("petition.start.look").reads(".problems", "petition.empty")
	cem.fill("reason", "Nothing was called for weeks.").press("petition.start.look").WantText("main", "Nothing was called for weeks.")
	cem.look().press("petition.start.do").reads(".notice", "petition.flash.started")
	bo.goTo(bo.group("")).reads("main", "petition.can.answer").press("petition.title", "Name", "Bo")
	bo.fill("answer", "I was ill.").press("petition.answer.do").reads(".notice", "petition.flash.answered")
	ada.goTo(ada.group("")).press("petition.title", "Name", "Bo").WantText("main", "Nothing was called for weeks.", "I was ill.")
	ada.Press(ada.say("petition.sign"))
	ada.press("petition.sign.yes").reads(".notice", "petition.flash.signed")
	ada.isAbout(browsertest.Eval[string](ada.Tab, `document.querySelector("main a[href*='/proposals/']").getAttribute("href")`))
	ada.goTo(ada.proposal("")).reads("main", "motion.effect.end_term").WantText("main", "I was ill.")
	ada.passUntil(".head time")
}

// recallBo: two of three vote to end the term, and it is over.
func recallBo(all []*walker) {
	ada, bo := all[0], all[1]
	for _, p := range all {
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
	ada.goTo(ada.group("/powers")).goTo(ada.group(convenorsPage)).WantText("#past + ul", "Bo")
}

// replaceBo: the understudy looks after the place at once, nominations are open, and Bo, who may not stand, could with a waiver.
func replaceBo(all []*walker) {
	ada, bo, cem := all[0], all[1], all[2]
	cem.waitFor(cem.group(convenorsPage), "#vacant")
	cem.look().reads("main", "vacancy.mine").WantText("#held ~ .powers", "Cem")
	cem.waitFor(cem.group(convenorsPage), "#filled ~ p a.go[href*='/proposals/']")
	cem.look().isAbout(browsertest.Eval[string](cem.Tab, `document.querySelector("#filled ~ p a.go[href*='/proposals/']").getAttribute("href")`))
	cem.goTo(cem.proposal("")).reads(".head", "election.is.nominating")
	bo.goTo(bo.proposal("")).reads("main", "election.bar.recalled")
	ada.goTo(ada.group(convenorsPage)).press("waiver.title")
	ada.press("waiver.do").reads(".problems", "role.waiver.nobody")
	ada.fill("name", "Bo", "why", "Bo has learnt.").press("waiver.do").reads("main", "motion.effect.waiver")
}
