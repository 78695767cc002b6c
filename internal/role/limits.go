// Package role holds what keeps leadership moving: who may take a role, for how long, and when they may again.
//
// Limits are counted in days and not in terms, because terms that begin or end midway cannot be counted fairly
// (practice.md §2.12.2). They run over all roles of a family, so that nobody stays by changing chairs.
package role

import (
	"cmp"
	"slices"

	"folkmoot/internal/rulebook"
)

// Day is a day in the group's zone, counted from any fixed one.
type Day int

// Span is the days from From until before To.
type Span struct{ From, To Day }

// Held is a term that somebody serves or has served. A term that ended early is held until the day it ended. Job-shares and
// caretakers count in full; who shadows or is an understudy holds nothing.
type Held struct {
	Role, Family string
	Span
}

// Post is what somebody would take: a term of a role.
type Post struct {
	Role, Family string
	Start        Day
	Days         int  // how long the term is
	Exclusive    bool // a role of leadership, of which nobody may hold two at once
}

// Past is what there is to know of somebody who would take a post.
type Past struct {
	Held     []Held
	Recalled []Recall
}

// Recall is that the members ended somebody's term.
type Recall struct {
	Role string
	On   Day
}

// Bar is a reason for which somebody cannot take a post.
type Bar string

// The bars, in the order in which they are told.
const (
	Holding     Bar = "holding"     // another role of leadership is held
	Recalled    Bar = "recalled"    // the members ended a term in this role not long ago
	Lifetime    Bar = "lifetime"    // the days in this role, over all years
	Cooling     Bar = "cooling"     // the time since the last run in the family
	Consecutive Bar = "consecutive" // the days of one run in the family
	Window      Bar = "window"      // the days in the family within the last years
)

const (
	joinGap    = 30  // days between two terms that are one run all the same
	recallRest = 180 // days after a recall
)

// Relaxations are the limits that give way where too few are within them, in this order (practice.md §2.12.2). That over a
// lifetime never does.
func Relaxations() []Bar { return []Bar{Cooling, Consecutive, Window} }

// Bars returns what keeps somebody with the past from taking the post, under limits of which some are relaxed. Nothing: they may.
//
// The rule is that of practice.md §2.12.2, with each sum of days taken over days and not over terms: where terms overlap, a day
// counts once, and a term that somebody has been given already for later counts as held.
func Bars(limits rulebook.OfficeRules, past Past, post Post, relaxed []Bar) (out []Bar) {
	term := Span{post.Start, post.Start + Day(post.Days)}
	family := past.within(func(h Held) bool { return h.Family == post.Family })
	role := past.within(func(h Held) bool { return h.Role == post.Role })
	run := lastRun(family, term.From)
	continuing := len(run) > 0 && term.From-run[len(run)-1].To <= joinGap

	bar := func(b Bar, barred bool) {
		if barred && !slices.Contains(relaxed, b) {
			out = append(out, b)
		}
	}
	bar(Holding, post.Exclusive && past.holdsOther(post, term))
	bar(Recalled, past.recalled(post))
	bar(Lifetime, limits.LifetimeDays > 0 && days(with(role, term)) > limits.LifetimeDays)
	bar(Cooling, len(run) > 0 && !continuing && term.From-run[len(run)-1].To < Day(limits.CoolingDays))
	bar(Consecutive, continuing && days(with(run, term)) > limits.MaxConsecutiveDays)
	bar(Window, days(cut(with(family, term), Span{term.To - Day(limits.WindowDays), term.To})) > limits.MaxDaysInWindow)
	return out
}

// FirstDay returns the first day, not before the post's, on which a term of the post could begin; ok is false if the days of a
// lifetime are used up, or so far ahead that nobody can say.
func FirstDay(limits rulebook.OfficeRules, past Past, post Post) (first Day, ok bool) {
	last := post.Start
	for _, h := range past.Held {
		last = max(last, h.To)
	}
	last += Day(max(limits.CoolingDays, limits.WindowDays, recallRest))
	for ; post.Start <= last; post.Start++ {
		if len(Bars(limits, past, post, nil)) == 0 {
			return post.Start, true
		}
	}
	return 0, false
}

// Relax returns which limits have to give way so that at least twice as many as there are seats may take the post, of those who are
// willing (the scale clamp of practice.md §2.12.2), or as many as can be if there are not so many. A limit that would let nobody
// more stand does not give way: it would only make terms shorter. Nothing: none has to. Of each of the willing there is the past, or
// the pasts of people who would take the post together, and may only if each of them may.
func Relax(limits rulebook.OfficeRules, willing [][]Past, post Post, seats int) []Bar {
	all, enough := Relaxations(), 0
	most := count(limits, willing, post, nil)
	for n := 1; n <= len(all) && most < 2*seats; n++ {
		if fit := count(limits, willing, post, all[:n]); fit > most {
			most, enough = fit, n
		}
	}
	return all[:enough]
}

func count(limits rulebook.OfficeRules, willing [][]Past, post Post, relaxed []Bar) (n int) {
	for _, team := range willing {
		if !slices.ContainsFunc(team, func(p Past) bool { return len(Bars(limits, p, post, relaxed)) > 0 }) {
			n++
		}
	}
	return n
}

func (p Past) within(of func(Held) bool) (out []Span) {
	for _, h := range p.Held {
		if of(h) {
			out = append(out, h.Span)
		}
	}
	return union(out)
}

func (p Past) holdsOther(post Post, term Span) bool {
	return slices.ContainsFunc(p.Held, func(h Held) bool {
		return h.Family == post.Family && h.Role != post.Role && h.From < term.To && term.From < h.To
	})
}

func (p Past) recalled(post Post) bool {
	return slices.ContainsFunc(p.Recalled, func(r Recall) bool {
		return r.Role == post.Role && r.On <= post.Start && post.Start < r.On+recallRest
	})
}

// lastRun returns those of the spans, which are a union, that make up the last unbroken run that began before the day.
func lastRun(spans []Span, before Day) []Span {
	end := len(spans)
	for end > 0 && spans[end-1].From >= before {
		end--
	}
	first := end
	for first > 0 && (first == end || spans[first].From-spans[first-1].To <= joinGap) {
		first--
	}
	return spans[first:end]
}

// union returns the days of all spans, as spans that do not touch, in order.
func union(spans []Span) (out []Span) {
	slices.SortFunc(spans, func(a, b Span) int { return cmp.Compare(a.From, b.From) })
	for _, s := range spans {
		if n := len(out); n > 0 && s.From <= out[n-1].To {
			out[n-1].To = max(out[n-1].To, s.To)
		} else if s.From < s.To {
			out = append(out, s)
		}
	}
	return out
}

func with(spans []Span, s Span) []Span { return union(append(slices.Clone(spans), s)) }

func cut(spans []Span, to Span) (out []Span) {
	for _, s := range spans {
		if s = (Span{max(s.From, to.From), min(s.To, to.To)}); s.From < s.To {
			out = append(out, s)
		}
	}
	return out
}

func days(spans []Span) (n int) {
	for _, s := range spans {
		n += int(s.To - s.From)
	}
	return n
}
