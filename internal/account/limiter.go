package account

import (
	"sync"
	"time"

	"folkmoot/internal/fault"
)

const (
	burst  = 10               // attempts at once
	refill = 30 * time.Second // then one more
	crowd  = 10_000           // names remembered before full ones are dropped
)

// limiter slows guessing down, name by name. It is kept in memory only: writing failures down would let a stranger
// make the server write, and would take longer for a name that exists.
type limiter struct {
	mu    sync.Mutex
	names map[string]attempts
	most  int // names until the next tidying
}

// attempts is how many a name had left at a moment.
type attempts struct {
	left float64
	at   time.Time
}

func newLimiter() *limiter { return &limiter{names: map[string]attempts{}, most: crowd} }

func (a attempts) now(t time.Time) float64 {
	return min(burst, a.left+max(0, t.Sub(a.at).Seconds())/refill.Seconds())
}

// take uses up an attempt. It returns fault.TooMany if there is none left.
func (l *limiter) take(name string, now time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	a, ok := l.names[name]
	if !ok {
		l.tidy(now)
		a = attempts{burst, now}
	}
	left := a.now(now)
	if left < 1 {
		return fault.New(fault.TooMany, "people.too_many")
	}
	l.names[name] = attempts{left - 1, now}
	return nil
}

// forget clears a name, because the right passphrase came.
func (l *limiter) forget(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.names, name)
}

// tidy drops the names that have all attempts again, once there are many. If few could be dropped, it looks again only
// when there are twice as many: a stranger who makes up names must not have every one of them looked at each time.
func (l *limiter) tidy(now time.Time) {
	if len(l.names) < l.most {
		return
	}
	for name, a := range l.names {
		if a.now(now) >= burst {
			delete(l.names, name)
		}
	}
	l.most = max(crowd, 2*len(l.names))
}
