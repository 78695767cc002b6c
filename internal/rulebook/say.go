package rulebook

import (
	"strconv"
	"strings"

	"folkmoot/internal/lang"
)

// Name is what the rule is called.
func (p Param) Name() lang.Msg { return lang.M("rule." + p.Key + ".name") }

// Why is why it is the default.
func (p Param) Why() lang.Msg { return lang.M("rule." + p.Key + ".why") }

// Say is the rule in one sentence, with its value in r.
func (p Param) Say(r Rules) lang.Msg {
	if p.isOff(&r) {
		return lang.M("rule." + p.Key + ".off")
	}
	id, v := "rule."+p.Key+".say", p.get(&r)
	switch p.Kind {
	case Share:
		f := *p.at(&r).(*Fraction)
		return lang.M(id, "Share", shareMsg(f), "Num", f.Num, "Den", f.Den)
	case Weeks, Days, Hours, Minutes, Seconds:
		return lang.M(id, "Time", timeMsg(p.Kind, v.Number))
	case Levels:
		return lang.M(id + "." + strconv.Itoa(v.Number))
	}
	if v.Word != "" {
		return lang.M(id + "." + wordID(Word(v.Word)))
	}
	return lang.M(id, "Count", v.Number)
}

// Waits says whether the rule, as it stands in r, is about something that this version of the program does not do yet.
// Such a rule is part of the group's rules all the same.
func (p Param) Waits(r Rules) bool {
	if p.Key == "consensus.fallback" {
		return r.DecideDefault != Consensus
	}
	consent, calls := r.Elections.Method == ConsentSelection, r.DecideDefault == Consensus
	return p.waits || p.elects && consent || p.agrees && !consent && !calls || p.calls && !calls
}

// Meanwhile is what holds for now where the rule is used but its value asks for more than this version of the program
// does. It is the zero Msg where the rule holds as it stands.
func (p Param) Meanwhile(r Rules) lang.Msg {
	switch word := Word(p.get(&r).Word); {
	case p.Key == "decide_default" && word == Consensus:
		return lang.M("rule.meanwhile.consensus", "Share", shareMsg(r.Consensus.Fallback))
	case p.Key == "constitution.majority" && word == Consensus:
		return lang.M("rule.meanwhile.constitution", "Share", shareMsg(r.Constitution.Fallback))
	case p.Key == "constitution.quorum" && word == ByDelegates:
		return lang.M("rule.meanwhile.constitution_quorum")
	case word == DelegateMajority, word == ThirdOfDelegates, word == OneBranchOrK:
		return lang.M("rule.meanwhile." + string(word))
	}
	return lang.Msg{}
}

// ChoiceName is what one of the rule's Choices is called, for a form.
func (p Param) ChoiceName(w Word) lang.Msg { return lang.M("rule.choice." + wordID(w)) }

// wordID makes a word fit for a message id.
func wordID(w Word) string { return strings.ReplaceAll(string(w), "/", "_of_") }

func shareMsg(f Fraction) lang.Msg { return lang.M("rule.share", "Num", f.Num, "Den", f.Den) }

// timeMsg says a length of time in the largest unit that is whole, with small numbers as words. Months are of 30 days and
// named with them, so that nobody has to guess what is counted.
func timeMsg(k Kind, n int) lang.Msg {
	switch {
	case k == Weeks:
		k, n = Days, 7*n
	case k == Hours && n%24 == 0:
		k, n = Days, n/24
	case k == Seconds && n%60 == 0:
		k, n = Minutes, n/60
	}
	unit, many := string(k), n
	if k == Days {
		switch {
		case n > 0 && n%365 == 0:
			unit, many = "years", n/365
		case n > 0 && n%7 == 0:
			unit, many = "weeks", n/7
		case n > 30 && n%30 == 0:
			unit, many = "months", n/30
		}
	}
	return lang.M("rule.time."+unit, "Count", many, "Many", inWords(many), "Days", n)
}

// inWords says a small number as a word. One is not among them: it goes with what is counted.
func inWords(n int) any {
	if n < 2 || n > 12 {
		return n
	}
	return lang.M("rule.number." + strconv.Itoa(n))
}

// Title is what the part is called.
func (p Part) Title() lang.Msg { return lang.M("rule.part." + string(p)) }

// HowToChange says how members change a rule of the tier, under these rules and in a group with so many active members.
func (r Rules) HowToChange(tier, active int) lang.Msg {
	switch tier {
	case TierConstitution:
		return r.howToAmendConstitution(active)
	case TierStandingOrders:
		return lang.M("rule.tier.2.change", "Notice", timeMsg(Days, r.StandingOrdersNotice()), "Quorum", r.Quorum(active))
	case TierPractice:
		return lang.M("rule.tier.3.change")
	}
	return lang.M("rule.tier.0.change")
}

// StandingOrdersNotice is the notice in days for changing a rule of the second tier: that of a meeting, but at least 7
// and at most 14.
func (r Rules) StandingOrdersNotice() int { return min(14, max(7, r.NoticeDays.Meeting)) }

func (r Rules) howToAmendConstitution(active int) lang.Msg {
	notice, quorum := timeMsg(Days, r.NoticeDays.RuleChange), r.RuleChangeQuorum(active)
	c := r.Constitution
	id, need := "rule.tier.1.change", Fraction{2, 3}
	switch {
	case c.Majority == Consensus:
		id, need = "rule.tier.1.change.consensus", c.Fallback
	case c.Majority == ThreeQuarters:
		need = Fraction{3, 4}
	}
	if c.Quorum == ByDelegates {
		id = "rule.tier.1.change.delegates"
	}
	return lang.M(id, "Notice", notice, "Share", shareMsg(need), "Quorum", quorum)
}

// TierName is what rules of the tier are called.
func TierName(tier int) lang.Msg { return lang.M("rule.tier." + strconv.Itoa(tier) + ".name") }
