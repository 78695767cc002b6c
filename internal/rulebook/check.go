package rulebook

import (
	"slices"

	"folkmoot/internal/lang"
)

// Breach is a rule whose value is not allowed, by itself or beside another.
type Breach struct {
	Key string
	Say lang.Msg // what is wrong, for members
}

// Check returns every breach of the bounds, in the order of Params; none if the rules may come into force.
// The bounds keep settings from removing what no vote can remove (Floor).
func (r Rules) Check() []Breach {
	var out []Breach
	for _, p := range Params() {
		if say := p.check(&r); !say.IsZero() {
			out = append(out, Breach{p.Key, say})
		}
	}
	for _, m := range []func(Rules) []Breach{checkOffice, checkDelegates, checkConference, checkConstitution} {
		out = append(out, m(r)...)
	}
	return out
}

// check says what is wrong with the rule's own value, or nothing.
func (p Param) check(r *Rules) lang.Msg {
	if p.isOff(r) {
		return lang.Msg{}
	}
	switch f := p.at(r).(type) {
	case *Word:
		return p.inChoices(*f)
	case *Fraction:
		return p.inShares(*f)
	case *Threshold:
		if f.Rule != "" && f.Number == 0 {
			return p.inChoices(f.Rule)
		}
		if f.Rule != "" {
			return lang.M("rule.breach.choice")
		}
	}
	return p.inRange(p.get(r).Number)
}

func (p Param) inChoices(w Word) lang.Msg {
	if slices.Contains(p.Choices, w) {
		return lang.Msg{}
	}
	return lang.M("rule.breach.choice")
}

func (p Param) inShares(f Fraction) lang.Msg {
	if g, err := parseFraction(f.String()); err == nil && g == f && !f.IsZero() && !f.less(p.Low) && !p.High.less(f) {
		return lang.Msg{}
	}
	return lang.M("rule.breach.share", "Low", shareMsg(p.Low), "High", shareMsg(p.High))
}

func (p Param) inRange(n int) lang.Msg {
	switch {
	case n >= p.Min && n <= p.Max:
		return lang.Msg{}
	case p.Off:
		return lang.M("rule.breach.range_or_off", "Min", p.Min, "Max", p.Max)
	}
	return lang.M("rule.breach.range", "Min", p.Min, "Max", p.Max)
}

// checkOffice: the limits of holding office must leave room for one term, and for each other.
func checkOffice(r Rules) (out []Breach) {
	o := r.Office
	if o.MaxConsecutiveDays < o.TermDays {
		out = append(out, Breach{"office.max_consecutive_days", lang.M("rule.breach.under_term")})
	}
	if o.MaxDaysInWindow < o.TermDays {
		out = append(out, Breach{"office.max_days_in_window", lang.M("rule.breach.under_term")})
	}
	if o.MaxDaysInWindow > o.WindowDays {
		out = append(out, Breach{"office.max_days_in_window", lang.M("rule.breach.over_window")})
	}
	if o.LifetimeDays != 0 && o.LifetimeDays < o.TermDays {
		out = append(out, Breach{"office.lifetime_days", lang.M("rule.breach.under_term")})
	}
	return out
}

// checkDelegates: the rules for delegates are all used or none, and nothing is left to delegates where there are none.
func checkDelegates(r Rules) (out []Breach) {
	out = allOrNone(r, "delegates.")
	if r.Delegates.PerMembers != 0 {
		return out
	}
	for _, p := range Params() {
		switch Word(p.get(&r).Word) {
		case DelegateMajority, ThirdOfDelegates, ByDelegates, OneBranchOrK:
			out = append(out, Breach{p.Key, lang.M("rule.breach.no_delegates")})
		}
	}
	return out
}

// checkConference: the stages before a conference are all used or none, and follow each other.
func checkConference(r Rules) []Breach {
	out := allOrNone(r, "conference_days_before.")
	if len(out) > 0 {
		return out
	}
	c := r.ConferenceDaysBefore
	last := c.Call
	for _, stage := range []struct {
		key  string
		days int
	}{
		{"motions", c.Motions}, {"preliminary_agenda", c.PreliminaryAgenda}, {"amendments", c.Amendments},
		{"final_agenda", c.FinalAgenda}, {"emergency", c.Emergency},
	} {
		if stage.days > last {
			out = append(out, Breach{"conference_days_before." + stage.key, lang.M("rule.breach.stage_order")})
		}
		last = stage.days
	}
	return out
}

// checkConstitution: consensus on the rules needs a way on when it does not come, or a block would be for ever;
// a vote of delegates needs the members' vote after it, because the rules are the members'.
func checkConstitution(r Rules) (out []Breach) {
	c := r.Constitution
	if (c.Majority == Consensus) == c.Fallback.IsZero() {
		out = append(out, Breach{"constitution.fallback", lang.M("rule.breach.fallback")})
	}
	if (c.Quorum == ByDelegates) != (c.Then == AllMemberBallot) {
		out = append(out, Breach{"constitution.then", lang.M("rule.breach.then")})
	}
	return out
}

// allOrNone returns the rules under the prefix that are switched off while others under it are not.
func allOrNone(r Rules, prefix string) []Breach {
	var off []Breach
	all := 0
	for _, p := range Params() {
		if len(p.Key) <= len(prefix) || p.Key[:len(prefix)] != prefix {
			continue
		}
		all++
		if p.isOff(&r) {
			off = append(off, Breach{p.Key, lang.M("rule.breach.all_or_none")})
		}
	}
	if len(off) == all {
		return nil
	}
	return off
}
