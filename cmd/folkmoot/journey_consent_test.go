package main

import "testing"

// TestJourneyConsent has a crew of three choose its stewards together: names in private, all read at once, a round of consent, and whoever is
// proposed last. One walks by keyboard alone, one on a phone without scripts, one at a desk in the dark.
func TestJourneyConsent(t *testing.T) {
	w := newTown(t)
	w.preset = "A"
	walkTogether(t, trio(w), []part{{"names", writeNames}, {"read", readNames}, {"consent", sayWhatTheyThink}, {"yes", sayYes}})
}

// choosingPage is the page of a group's first selection.
const choosingPage = "/selections/1"

// writeNames has everybody find on the first page that they can write a name, and write one. Nobody sees another's.
func writeNames(all []*walker) {
	all[0].town.clock.pass(all[0].t, 16*day) // the founding meeting is over
	for i, named := range []string{"Bo", "Cem", "Bo"} {
		p := all[i]
		p.waitFor(p.group(""), "#choosing")
		p.look().push("role.stewards.name").reads(".head", "selection.is.naming").reads("main", "selection.write.open")
		if p.keys {
			p.tabOn("#f-member").Keys(named[:1])
			p.tabOn("#f-reason").Keys("Listens.")
		} else {
			p.fill("member", named, "reason", "Listens, says "+p.name+".")
		}
		if p.name == named {
			p.t.Fatal("this journey has nobody name themselves")
		}
		p.push("selection.write.do").reads(".notice", "selection.flash.written").reads(".head", "selection.can.written")
	}
	if ada := all[0]; ada.goTo(ada.group(choosingPage)).Has("#names-1") {
		ada.t.Error("names can be read before their time")
	}
}

// readNames lets the first days pass. Everybody reads who wrote which name, and one writes another.
func readNames(all []*walker) {
	all[0].passUntil(".head time")
	for _, p := range all {
		p.waitFor(p.group(choosingPage), "#names-1")
		p.look().reads("main", "selection.by", "Name", "Ada").WantText("main", "Listens.", "Listens, says Bo.")
	}
	bo := all[1]
	bo.fill("member", bo.say("selection.member.you", "Name", "Bo"), "reason", "I would like to.").push("selection.write.instead").reads(".notice", "selection.flash.written")
}

// sayWhatTheyThink lets the next days pass: who is named most is proposed, with the next for the second place, and the others say what they think.
func sayWhatTheyThink(all []*walker) {
	all[1].passUntil(".head time")
	for _, p := range all {
		p.waitFor(p.group(choosingPage), "#consent")
		p.look().reads("main", "selection.consent.private")
		if p.name == "Bo" { // the only one who was named in the end
			p.reads("main", "selection.own")
			continue
		}
		p.pick("agree", "selection.answer.agree")
		p.push("selection.answer.do", "Count", 1).reads(".notice", "selection.flash.spoken")
	}
}

// sayYes has whoever is agreed on say yes, last of all, and finds the term on the role's page.
func sayYes(all []*walker) {
	all[0].passUntil(".head time")
	ada, bo := all[0], all[1]
	bo.waitFor(bo.group(choosingPage), "#accept")
	bo.look().push("selection.accept.do").reads(".notice", "selection.flash.accepted")
	ada.waitFor(ada.group(choosingPage), "#terms")
	ada.look().reads(".head", "selection.rest.again", "Count", 1).reads("main", "selection.count", "Agree", 2, "Aside", 0, "Object", 0, "Silent", 0).WantText("#terms + ul", "Bo")
	ada.goTo(ada.group("/powers/stewards")).reads("main", "powers.cause.selection", "Number", 1).WantText("#held ~ .powers", "Bo")
}
