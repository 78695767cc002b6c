package verify

import (
	"strings"
	"time"
)

// wakingQuorum is how many are enough in some votes that begin while a sleeping group can wake.
const wakingQuorum = 3

// window is a time in which a sleeping group can wake.
type window struct{ opens, closes, ended time.Time }

// aboutRevival takes down when a sleeping group can wake.
func (b *book) aboutRevival(e entry) *Problem {
	w := b.windows[e.of]
	switch e.kind {
	case "revival.noticed", "revival.late":
		opens, err := time.Parse(stamp, e.data.str("opens"))
		closes, err2 := time.Parse(stamp, e.data.str("closes"))
		if err != nil || err2 != nil || !opens.Before(closes) || e.kind == "revival.noticed" && (w != nil || opens.Sub(e.at) < 14*day) {
			return broken("revival", "N", e.n)
		}
		b.windows[e.of] = &window{opens: opens, closes: closes}
	case "revival.ended":
		if w == nil || !w.ended.IsZero() {
			return broken("revival", "N", e.n)
		}
		w.ended = e.at
	}
	return nil
}

// quorum is how many must vote in the ballot that an entry opens: as the rules have it, or three, where the entry names a window in which the
// sleeping group could wake. That goes for elections, whose quorum it lowers, and for ending the group. A file of one decision does not hold
// the windows.
func (b *book) quorum(e entry, r voting, effect string, opens time.Time) int64 {
	usual := r.quorum(e.data.num("active"))
	by := e.data.str("quorum_by")
	if by == "" || !(elects(e.data) && usual > wakingQuorum || effect == "wind_up") {
		return usual
	}
	w := b.windows[by]
	open := w != nil && !opens.Before(w.opens) && opens.Before(w.closes) && (w.ended.IsZero() || w.ended.After(opens))
	if open || b.only != "" && strings.HasPrefix(by, "revival/") {
		return wakingQuorum
	}
	return usual
}
