package main

import (
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"

	"folkmoot/internal/line"
	"folkmoot/internal/sortition"
)

// nameOf returns what a draw is called, without the hashes that a record has behind it.
func nameOf(r sortition.Record) string {
	if r.Draw != nil && r.Draw.Panels != nil {
		return strings.TrimSuffix(r.ID(), r.ID()[max(0, strings.LastIndex(r.ID(), "/")):])
	}
	return r.ID()
}

// sayPool says of a draw that was announced how likely each member is.
func sayPool(w io.Writer, d sortition.Draw) {
	fmt.Fprintf(w, "The draw %s is announced: %s in the pool.\n", d.ID, line.Count(len(d.Pool), "member"))
	sayWeights(w, d.Pool, "")
}

func sayWeights(w io.Writer, pool sortition.Pool, indent string) {
	for _, c := range weights(pool) {
		chance := fmt.Sprintf("each is drawn first with a chance of %d in %d.", c.weight, pool.Total())
		if c.weight == 0 {
			chance = "never drawn."
		}
		fmt.Fprintf(w, "%s%s with the weight %d%s: %s\n", indent, line.Count(len(c.members), "member"), c.weight, c.who(), chance)
	}
}

// class is who has a weight.
type class struct {
	weight  int64
	members []int64
}

// mostNamed is of how many members a line names each. A record has them all.
const mostNamed = 50

func (c class) who() string {
	if len(c.members) > mostNamed {
		return ""
	}
	return " (" + list(c.members) + ")"
}

// weights sorts the members of a pool by their weight, the largest first.
func weights(pool sortition.Pool) []class {
	of := map[int64][]int64{}
	for _, m := range pool {
		of[m.Weight] = append(of[m.Weight], m.ID)
	}
	var out []class
	for weight, members := range of {
		out = append(out, class{weight, members})
	}
	slices.SortFunc(out, func(a, b class) int { return int(b.weight - a.weight) })
	return out
}

// sayStrata says how the places of a draw that was announced are shared.
func sayStrata(w io.Writer, s sortition.StrataDraw) {
	fmt.Fprintf(w, "The draw %s is announced: %s, shared between %s by their sizes.\n", s.ID, line.Count(s.Places, "place"), strata(len(s.Strata)))
	for i, st := range s.Strata {
		fmt.Fprintf(w, "\n%s: %s for %s, with %s in the pool.\n", st.Name, line.Count(st.Places, "place"), people(int(st.Size)), people(len(st.Draw.Pool)))
		if n := st.Places - able(st.Draw.Pool); n > 0 {
			fmt.Fprintf(w, "  Too few are in the pool: %s will stay empty.\n", line.Count(n, "place"))
		}
		sayWeights(w, st.Draw.Pool, "  ")
		sayPlace(w, s, i)
	}
	if s.Tie != nil {
		fmt.Fprintf(w, "\nBetween %s, whose remainders are equal, the lot gives %s more, each with a chance of %d in %d.\n", tiedNames(s), line.Count(s.Tie.Places, "place"), s.Tie.Places, len(s.Tie.Among))
	}
}

// sayPlace says how likely it is that somebody in a stratum has a place, where all who can be drawn have the same weight.
func sayPlace(w io.Writer, s sortition.StrataDraw, i int) {
	st := s.Strata[i]
	n, weight := able(st.Draw.Pool), int64(0)
	for _, m := range st.Draw.Pool {
		if m.Weight > 0 && weight > 0 && m.Weight != weight {
			return
		}
		weight = max(weight, m.Weight)
	}
	got, of := int64(min(st.Places, n)), int64(n)
	if s.Tie != nil && slices.Contains(s.Tie.Among, i+1) {
		more, among := int64(s.Tie.Places), int64(len(s.Tie.Among))
		got, of = got*(among-more)+int64(min(st.Places+1, n))*more, of*among
	}
	switch {
	case n == 0:
	case got == of:
		fmt.Fprintln(w, "  Everybody who can be drawn has a place.")
	case got == 0:
		fmt.Fprintln(w, "  It has no place, so nobody in it has one.")
	default:
		chance := big.NewRat(got, of)
		fmt.Fprintf(w, "  Each has a place with a chance of %d in %d.\n", chance.Num(), chance.Denom())
	}
}

// able counts who can be drawn.
func able(pool sortition.Pool) (n int) {
	for _, m := range pool {
		if m.Weight > 0 {
			n++
		}
	}
	return n
}

func tiedNames(s sortition.StrataDraw) string {
	var names []string
	for _, n := range s.Tie.Among {
		names = append(names, s.Strata[n-1].Name)
	}
	return strings.Join(names, ", ")
}

// sayPanels says of a draw that was announced who has which chance.
func sayPanels(w io.Writer, d sortition.Draw) {
	fmt.Fprintf(w, "The draw %s is announced: one of %s of %d will be drawn, for a pool of %s.\n",
		nameOf(sortition.Record{Draw: &d}), line.Count(len(d.Panels), "panel"), d.Asked.Size, people(len(d.Asked.People)))
	fmt.Fprintln(w, "The chances are the fairest that the quotas allow (LEXIMIN): the lowest is as high as it can be, then the next lowest, and so on.")
	tickets, total := d.Chances()
	by := map[string][]int64{}
	for id, n := range tickets {
		chance := fmt.Sprintf("%6.2f%%", 100*float64(n)/float64(total))
		if n == 0 {
			chance = "none"
		}
		by[chance] = append(by[chance], id)
	}
	chances := make([]string, 0, len(by))
	for chance, ids := range by {
		slices.Sort(ids)
		chances = append(chances, chance)
	}
	slices.Sort(chances)
	for _, chance := range chances {
		switch ids := by[chance]; chance {
		case "none":
			fmt.Fprintf(w, "On no panel that the quotas allow: %s: %s.\n", people(len(ids)), list(ids))
		default:
			fmt.Fprintf(w, "%s with a chance of %s: %s.\n", people(len(ids)), strings.TrimSpace(chance), list(ids))
		}
	}
}

// drawn returns who was drawn: everybody in the order of a plain draw, and otherwise those who have a place.
func drawn(r sortition.Record) (ids []int64) {
	switch {
	case r.Strata != nil:
		for _, st := range r.Strata.Strata {
			ids = append(ids, st.Chosen...)
		}
	case r.Draw.Panels != nil:
		ids = r.Draw.Drawn()
	default:
		ids = r.Draw.Order
	}
	return ids
}

// sayDrawn prints who was drawn.
func sayDrawn(w io.Writer, r sortition.Record) {
	switch {
	case r.Strata != nil:
		sayChosen(w, *r.Strata)
	case r.Draw.Panels != nil:
		fmt.Fprintf(w, "Panel %d of %d was drawn: %s.\n", r.Draw.Order[0], len(r.Draw.Panels), list(drawn(r)))
	default:
		fmt.Fprintf(w, "The order is %s.\n", list(r.Draw.Order))
		fmt.Fprintln(w, "Whoever comes first is drawn. Should they not be able to, the next in the order takes their place.")
	}
}

func sayChosen(w io.Writer, s sortition.StrataDraw) {
	if s.Tie != nil {
		fmt.Fprintf(w, "Between %s, whose remainders are equal, the lot gave one place more to ", tiedNames(s))
		var names []string
		for _, n := range s.Tie.Got {
			names = append(names, s.Strata[n-1].Name)
		}
		fmt.Fprintf(w, "%s.\n", strings.Join(names, ", "))
	}
	for _, st := range s.Strata {
		fmt.Fprintf(w, "%s has %s", st.Name, line.Count(st.Places, "place"))
		if len(st.Chosen) > 0 {
			fmt.Fprintf(w, ", for %s", list(st.Chosen))
		}
		if st.Unfilled > 0 {
			fmt.Fprintf(w, "; %s empty, for want of members in the pool", line.Count(st.Unfilled, "place"))
		}
		if rest := st.Draw.Order[len(st.Chosen):]; len(rest) > 0 && st.Places > 0 {
			fmt.Fprintf(w, "; should somebody not be able to, then in this order: %s", list(rest))
		}
		fmt.Fprintln(w, ".")
	}
}

func people(n int) string {
	if n == 1 {
		return "1 person"
	}
	return fmt.Sprint(n, " people")
}

func strata(n int) string {
	if n == 1 {
		return "1 stratum"
	}
	return fmt.Sprint(n, " strata")
}

func list(ids []int64) string {
	return strings.ReplaceAll(strings.Trim(fmt.Sprint(ids), "[]"), " ", ", ")
}

// sayThrown prints what was thrown in, so that everybody can look for their own.
func sayThrown(w io.Writer, r sortition.Record) {
	if len(r.Contributions()) == 0 {
		fmt.Fprintln(w, "Nobody threw anything in: whoever made the secret could know beforehand who would be drawn.")
	}
	for _, c := range r.Contributions() {
		fmt.Fprintf(w, "  %d threw in: %s\n", c.ID, c.Text)
	}
}

// sayChecked prints what came of a check, which may have been against an announcement.
func sayChecked(w io.Writer, r sortition.Record, rep report, against bool) {
	fmt.Fprintln(w, map[string]string{
		"holds":     "This draw holds. Whoever repeats it gets what was published.",
		"fails":     "This draw does not hold.",
		"announced": "This draw is announced and not yet revealed. What was announced is in order.",
	}[rep.State])
	for _, f := range rep.Findings {
		if rep.State == "holds" && f.Of != "" { // as many lines for every stratum would hide who was drawn
			continue
		}
		mark := map[bool]string{true: "  ", false: "! "}[f.Agrees]
		if f.Of != "" {
			mark += f.Of + ": "
		}
		fmt.Fprintln(w, mark+f.Say)
	}
	if rep.State == "holds" {
		if r.Strata != nil {
			fmt.Fprintln(w, "  The draw in every stratum follows from its pool, the secret and the contributions.")
		}
		sayThrown(w, r)
		sayDrawn(w, r)
	}
	if rep.State != "fails" && !against {
		fmt.Fprintln(w, "Whether the pool and the commitment are those of before the draw, you can tell from what was published then: --against compares.")
	}
}
