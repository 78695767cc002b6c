package agenda

import "folkmoot/internal/lang"

// Minutes beside the items (practice.md §2.5.4).
const (
	OpeningMinutes = 10
	ClosingMinutes = 10
	BreakMinutes   = 5 // for each full hour after which the meeting goes on
	hour           = 60
)

// Budget is how long a meeting takes, in minutes.
type Budget struct {
	Items     int
	Procedure int // a tenth of the items, rounded up
	Opening   int
	Closing   int
	Breaks    int
	Stop      int // until the hard stop
}

// Total returns all of it.
func (b Budget) Total() int { return b.Items + b.Procedure + b.Opening + b.Closing + b.Breaks }

// Over returns by how many minutes it is too long; 0 if it fits.
func (b Budget) Over() int { return max(0, b.Total()-b.Stop) }

// Say returns how long the meeting takes or, if that is too long, a warning.
func (b Budget) Say() lang.Msg {
	if over := b.Over(); over > 0 {
		return lang.M("agenda.budget.over", "Count", over, "Total", b.Total(), "Stop", b.Stop)
	}
	return lang.M("agenda.budget.fits", "Count", b.Total(), "Stop", b.Stop)
}

// budget returns how long so many minutes of items take.
func budget(items, stop int) Budget {
	b := Budget{Items: items, Procedure: (items + 9) / 10, Opening: OpeningMinutes, Closing: ClosingMinutes, Stop: stop}
	b.Breaks = breaks(b.Total())
	return b
}

// breaks returns the minutes of breaks in so many minutes.
func breaks(minutes int) int { return max(0, minutes-1) / hour * BreakMinutes }

// time says of each entry when it starts and whether it fits. If one does not fit, none after it does: a short item does not pass a long one.
func (a *Agenda) time(stop int) {
	items := 0
	for i := range a.Entries {
		e := &a.Entries[i]
		before := OpeningMinutes + items + (items+9)/10
		e.Starts = before + breaks(before+1)
		items += e.Minutes
		e.Fits = budget(items, stop).Over() == 0
	}
	a.Budget = budget(items, stop)
}
