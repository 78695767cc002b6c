package member

import (
	"sync"
	"time"

	"folkmoot/internal/ledger"
)

// visits remembers who somebody was in a group when they last came, while nothing but votes is written: in a ballot many people
// come several times within a minute each.
type visits struct {
	mu    sync.RWMutex
	turn  uint64 // of the database, for all of them
	known map[visit]visited
}

type visit struct {
	person PersonID
	slug   string
}

type visited struct {
	actor Actor
	head  ledger.Head
	until time.Time
}

const (
	visitFor   = 30 * time.Second // as long as what an operator's command writes beside the server may go unseen
	mostVisits = 1 << 14
)

func (vs *visits) find(q visit, turn uint64, now time.Time) (visited, bool) {
	vs.mu.RLock()
	defer vs.mu.RUnlock()
	v, ok := vs.known[q]
	return v, ok && vs.turn == turn && now.Before(v.until)
}

// keep remembers what was read after the database's turn was asked.
func (vs *visits) keep(q visit, v visited, turn uint64) {
	vs.mu.Lock()
	defer vs.mu.Unlock()
	if turn < vs.turn {
		return
	}
	if turn > vs.turn || vs.known == nil || len(vs.known) >= mostVisits {
		vs.known, vs.turn = map[visit]visited{}, turn
	}
	vs.known[q] = v
}
