package meeting

import (
	"sync"
	"time"

	"folkmoot/internal/token"
)

// Limits of how often a code of the door can be guessed. A code has six symbols of 32, so that there are 2^30, of which as many are good as the group has members. Whoever tries without
// end hits one of a thousand in a million tries. From one network there are ten at once and then one each half a minute (token.Burst, token.Refill); what is right gives all ten back, so
// that a tablet that a room shares is not shut by slips. From all networks together there are WrongAtOnce, and then one each wrongRefill: about 800 in a meeting of six hours, which hit
// one of a thousand codes once in more than a thousand meetings. Who fills that up shuts no tablet at a door: a network from which a right code came is held to its own limit alone.
const (
	WrongAtOnce = 60
	wrongRefill = 30 * time.Second
	knownFor    = 12 * time.Hour // a network from which a right code came

	goAgain = 5 * time.Minute // one person goes token.Burst times at once, and then so often: each time is kept until the names are forgotten, and may be an entry of the record
)

// tries counts wrong codes, in memory alone.
type tries struct {
	near *token.Tries // by meeting and network
	all  *token.Tries // by meeting

	mu    *sync.Mutex
	known map[string]time.Time // from where a right code came, and when
}

func newTries() tries {
	return tries{near: token.NewTries(), all: token.NewLimit(WrongAtOnce, wrongRefill), mu: &sync.Mutex{}, known: map[string]time.Time{}}
}

// take uses up a try at a meeting's door from an address. It says no if there is none left.
func (t tries) take(place, from string, now time.Time) bool {
	name := place + " " + token.Network(from)
	if !t.near.Take(name, now) {
		return false
	}
	return t.isKnown(name, now) || t.all.Take(place, now)
}

// right notes that what was typed was right: the try was none.
func (t tries) right(place, from string, now time.Time) {
	name := place + " " + token.Network(from)
	t.near.Forget(name)
	if !t.isKnown(name, now) {
		t.all.Return(place, now)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for other, at := range t.known {
		if now.Sub(at) >= knownFor {
			delete(t.known, other)
		}
	}
	t.known[name] = now
}

func (t tries) isKnown(name string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	at, ok := t.known[name]
	return ok && now.Sub(at) < knownFor
}
