package role

import (
	"slices"
	"time"

	"folkmoot/internal/rulebook"
)

// LeastDays is the shortest that a term lasts for which somebody is drawn.
const LeastDays = 28

// TermDays returns how many days a term in the seat lasts. The first terms of a role are half as long as the rules have it, so that those
// who began are rotated soonest (practice.md §2.13.1), and those in even seats half of that, so that not all end at once (R3). A term
// for which limits gave way is half as long too (§2.12.2).
func TermDays(r rulebook.Rules, seat int, first, relaxed bool) int {
	days := r.Office.TermDays
	if first || relaxed {
		days /= 2
	}
	if first && seat%2 == 0 {
		days /= 2
	}
	return max(days, LeastDays)
}

// Vacancy is a seat, and from when on nobody is there to hold it.
type Vacancy struct {
	Seat int
	From time.Time
}

// Vacancies returns the seats of the role in the order in which they become free, by the terms that are not over. A term counts as
// filling its seat also before it begins. One that several people share is free when the last of them is gone.
func Vacancies(r Role, terms []Term, now time.Time) (out []Vacancy) {
	for seat := 1; seat <= r.Seats; seat++ {
		v := Vacancy{seat, now}
		for _, t := range terms {
			if t.Fills() && t.Seat == seat && t.Over().After(v.From) {
				v.From = t.Over()
			}
		}
		out = append(out, v)
	}
	for i, t := range terms { // in seats that members have done away with: whoever holds one goes when their term ends
		longest := !slices.ContainsFunc(terms, func(o Term) bool { return t.Shared(o) && o.Over().After(t.Over()) })
		first := !slices.ContainsFunc(terms[:i], func(o Term) bool { return t.Shared(o) && o.Over().Equal(t.Over()) })
		if !t.Fills() || t.Seat <= r.Seats || !t.Over().After(now) || !longest || !first { // people who share one seat hold one
			continue
		}
		if free := slices.IndexFunc(out, func(v Vacancy) bool { return v.From.Equal(now) }); free >= 0 {
			out[free].From = t.Over()
		}
	}
	sortVacancies(out)
	return out
}

func sortVacancies(vs []Vacancy) {
	slices.SortStableFunc(vs, func(a, b Vacancy) int { return a.From.Compare(b.From) })
}
