package ballot

import (
	"folkmoot/internal/lang"
	"folkmoot/internal/tally"
)

// Explain returns the sentence that explains a result from the rule and the numbers.
func (c Contest) Explain(r tally.Result) lang.Msg {
	v := r.Votes
	id := "ballot.why." + string(r.Reason)
	if c.IsAtOnce() && r.Reason != tally.TooFewVoted {
		id = "decide.why." + string(r.Reason)
	}
	switch r.Reason {
	case tally.EnoughFor, tally.ShortOfNeeded:
		if r.Rule != tally.Simple() {
			id += "." + string(r.Rule.Base)
		}
	case tally.TooFewVoted:
		if r.Turnout == 0 {
			id = "ballot.why.nobody_took_part"
		}
	}
	return lang.M(id, "For", v.For, "Against", v.Against, "Abstain", v.Abstain, "Turnout", r.Turnout, "Entitled", v.Entitled,
		"Of", r.Of, "Needed", r.Needed, "Short", r.Short(), "Missing", r.Missing(), "Quorum", r.Quorum, "Num", r.Rule.Num, "Den", r.Rule.Den)
}

// ExplainRule returns the sentence that says, before anybody votes, what it takes to carry.
func ExplainRule(r tally.Rule) lang.Msg {
	if r == tally.Simple() {
		return lang.M("ballot.rule.simple")
	}
	id := "ballot.rule." + string(r.Base)
	if r.Strict {
		id += ".more"
	}
	return lang.M(id, "Num", r.Num, "Den", r.Den)
}

// ExplainBallot is ExplainRule for a ballot of either kind: one by ranking is decided by the order in which people put the options.
func ExplainBallot(b Ballot) lang.Msg {
	if b.IsAtOnce() {
		return lang.M("decide.rule")
	}
	if b.Calls() {
		id := "call.rule"
		if b.Call.Blocks > 1 {
			id = "call.rule_two"
		}
		return lang.M(id, "Num", b.Call.AsideNum, "Den", b.Call.AsideDen)
	}
	if b.Approves() {
		return lang.M("approval.rule", "Count", b.Seats)
	}
	if b.AboutRole() {
		return lang.M("vacancy.rule")
	}
	if b.Ranked() {
		return lang.M("ballot.rule.ranked", "Count", b.Seats)
	}
	return ExplainRule(b.Rule)
}

// What says the outcome in a word or two.
func What(o tally.Outcome) lang.Msg { return lang.M("ballot.outcome." + string(o)) }

// Came says what came of a counted vote, or call, in one line: "Carried: 4 for, 1 against, 0 abstain". Of one in which too few took part, and of one by ranking, it tells no numbers.
func (b Ballot) Came() lang.Msg {
	ended := b.Ended(b.Outcome)
	switch {
	case b.Outcome == tally.Inquorate || b.Ranked():
		return ended
	case b.Calls():
		return lang.M("ballot.came_call", "Outcome", ended, "Line", b.Line())
	}
	return lang.M("ballot.came", "Outcome", ended, "For", b.Votes.For, "Against", b.Votes.Against, "Abstain", b.Votes.Abstain)
}

// Ended says the outcome of a ballot in a word or two: what was chosen of several things is not carried, and whom members trust is not elected.
func (c Contest) Ended(o tally.Outcome) lang.Msg {
	switch {
	case c.Calls() && o != tally.Inquorate:
		return lang.M("call.outcome." + string(o))
	case o == tally.Inquorate || !c.Ranked():
		return What(o)
	case c.Approves():
		return lang.M("approval.outcome." + string(o))
	case c.AboutRole():
		return lang.M("vacancy.outcome." + string(o))
	}
	return lang.M("election.outcome." + string(o))
}
