package role

import (
	"slices"
	"strconv"
	"strings"
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

// WriteVacancies writes vacancies as they are stored: "1@1790000000000 2@…".
func WriteVacancies(vs []Vacancy) string {
	out := make([]string, len(vs))
	for i, v := range vs {
		out[i] = strconv.Itoa(v.Seat) + "@" + strconv.FormatInt(v.From.UnixMilli(), 10)
	}
	return strings.Join(out, " ")
}

// ParseVacancies reads what WriteVacancies writes.
func ParseVacancies(text string) (out []Vacancy) {
	for word := range strings.FieldsSeq(text) {
		number, free, _ := strings.Cut(word, "@")
		n, errN := strconv.Atoi(number)
		ms, errF := strconv.ParseInt(free, 10, 64)
		if errN == nil && errF == nil {
			out = append(out, Vacancy{Seat: n, From: time.UnixMilli(ms).UTC()})
		}
	}
	return out
}
