package token

import (
	"net/netip"
	"sync"
	"time"
)

const (
	// Burst is how many attempts a name has at once.
	Burst = 10
	// Refill is after what time a name has one more.
	Refill = 30 * time.Second
	crowd  = 10_000 // names remembered before full ones are dropped
)

// Tries slows guessing down, name by name. It is kept in memory only: writing failures down would let a stranger
// make the server write, and would take longer for a name that exists.
type Tries struct {
	burst  float64
	refill time.Duration

	mu    sync.Mutex
	names map[string]attempts
	most  int // names until the next tidying
}

// attempts is how many a name had left at a moment.
type attempts struct {
	left float64
	at   time.Time
}

// NewTries returns Tries of which nobody has used any.
func NewTries() *Tries { return NewLimit(Burst, Refill) }

// NewLimit returns Tries of which a name has so many at once, and one more each time after refill.
func NewLimit(burst int, refill time.Duration) *Tries {
	return &Tries{burst: float64(burst), refill: refill, names: map[string]attempts{}, most: crowd}
}

// Network returns what stands for an address where tries are counted. Whoever has an IPv6 address has a network of 2^64 of them.
func Network(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	if a = a.Unmap(); a.Is4() {
		return a.String()
	}
	return netip.PrefixFrom(a.WithZone(""), 64).Masked().String()
}

func (l *Tries) now(a attempts, t time.Time) float64 {
	return min(l.burst, a.left+max(0, t.Sub(a.at).Seconds())/l.refill.Seconds())
}

// Take uses up an attempt. It says no if there is none left.
func (l *Tries) Take(name string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	a, ok := l.names[name]
	if !ok {
		l.tidy(now)
		a = attempts{l.burst, now}
	}
	left := l.now(a, now)
	if left < 1 {
		return false
	}
	l.names[name] = attempts{left - 1, now}
	return true
}

// Return gives an attempt back that was none.
func (l *Tries) Return(name string, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if a, ok := l.names[name]; ok {
		l.names[name] = attempts{min(l.burst, l.now(a, now)+1), now}
	}
}

// Forget clears a name, because what is right came.
func (l *Tries) Forget(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.names, name)
}

// tidy drops the names that have all attempts again, once there are many. If few could be dropped, it looks again only
// when there are twice as many: a stranger who makes up names must not have every one of them looked at each time.
func (l *Tries) tidy(now time.Time) {
	if len(l.names) < l.most {
		return
	}
	for name, a := range l.names {
		if l.now(a, now) >= l.burst {
			delete(l.names, name)
		}
	}
	l.most = max(crowd, 2*len(l.names))
}
