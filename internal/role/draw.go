package role

import (
	"slices"
	"strconv"
	"time"

	"folkmoot/internal/member"
	"folkmoot/internal/rulebook"
)

// State is how far a draw is.
type State string

// The states of a draw, in order. It ends as Drawn or, if nobody would, as Nobody.
const (
	Asking    State = "asking"    // everybody is asked whether they would do it
	Announced State = "announced" // who can be drawn is published and the secret is committed to; those people can throw in words
	Drawn     State = "drawn"     // the secret is published, and with it the order of the lot
	Nobody    State = "nobody"    // could be drawn
)

// Answer is what somebody says when they are asked whether they would do it (practice.md §2.12.5).
type Answer string

// The answers. Only who says Yes can be drawn; how many give the others says what would help.
const (
	Yes         Answer = "yes"
	WithSomeone Answer = "with_someone"
	ShadowFirst Answer = "shadow_first"
	NotNow      Answer = "not_now"
)

// Answers lists the answers in the order in which they are shown.
func Answers() []Answer { return []Answer{Yes, WithSomeone, ShadowFirst, NotNow} }

// Draw is a draw of people for free seats of a role.
type Draw struct {
	ID       DrawID
	Group    member.GroupID
	Role     ID
	Number   int // from 1 in each group
	State    State
	Seats    int
	Rulebook int
	Asked    time.Time
	Closes   time.Time // until when people say whether they would
	At       time.Time // when the secret is revealed and the lot falls
	Starts   time.Time // when the terms begin, if nobody declines
	Relaxed  []Bar     // limits that gave way, so that terms are half as long
	PoolHash string
	Commit   string
	Secret   []byte // nil but while it is announced and after
	Seed     string
	due      time.Time
}

// Ref names the draw in the record.
func (d Draw) Ref() string { return "draw/" + strconv.Itoa(d.Number) }

// Ticket is somebody in the pool of a draw.
type Ticket struct {
	Place  int // from 1; stands for the member in what is published of the draw
	Member member.ID
	Weight int64
	Words  string // what they threw in
	Turn   int    // in the order of the lot, from 1; 0 until it has fallen
}

// How long the steps of a draw take, beside the days for the answers that the rules give.
const (
	wordsTime   = 48 * time.Hour // for those in the pool to throw in words
	declineTime = 72 * time.Hour // between the lot and the beginning of a term
	againDays   = 14             // until everybody is asked again, if nobody would
)

// lead is how long before a seat is free everybody is asked who would take it, or its election opens.
func (ro Role) lead(r rulebook.Rules) time.Duration {
	if ro.Fill == ByElection {
		return electionLead(r)
	}
	return time.Duration(r.NominationsDays)*24*time.Hour + wordsTime + declineTime
}

// leastDays is the shortest that a term lasts for which somebody is drawn.
const leastDays = 28

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
	return max(days, leastDays)
}

// Vacancy is a seat, and from when on nobody is there to hold it.
type Vacancy struct {
	Seat int
	From time.Time
}

// vacancies returns the seats of the role in the order in which they become free, by the terms that are not over. A term counts as
// filling its seat also before it begins.
func vacancies(r Role, terms []Term, now time.Time) (out []Vacancy) {
	for seat := 1; seat <= r.Seats; seat++ {
		v := Vacancy{seat, now}
		for _, t := range terms {
			if t.Seat == seat && t.Over().After(v.From) {
				v.From = t.Over()
			}
		}
		out = append(out, v)
	}
	sortVacancies(out)
	return out
}

func sortVacancies(vs []Vacancy) {
	slices.SortStableFunc(vs, func(a, b Vacancy) int { return a.From.Compare(b.From) })
}
