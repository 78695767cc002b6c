package account

import (
	"context"
	"crypto/sha256"
	"sync"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/token"
)

// Session returns the session with the secret; ok is false if there is none, or no more.
func (s *Service) Session(ctx context.Context, secret string) (ses Session, ok bool, err error) {
	key := sha256.Sum256([]byte(secret))
	ses, ok, turn := s.cache.find(key, s.now())
	if ok {
		return ses, true, nil
	}
	ses, ok, err = findSession(ctx, s.db, token.Hash(secret))
	if err != nil || !ok {
		return Session{}, false, err
	}
	s.cache.keep(key, ses, turn, s.now())
	return ses, true, nil
}

// Seen notes that the session is in use today. It does nothing if that is noted already.
// Never call it while a secret paper is cast.
func (s *Service) Seen(ctx context.Context, ses Session) error {
	if !ses.Seen.Before(day(s.now())) {
		return nil
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		tx.After(func() { s.cache.drop(ses.Person, "") })
		return touchSession(tx, ses)
	})
}

// SignOut ends the session with the secret, if there is one.
func (s *Service) SignOut(ctx context.Context, secret string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		tx.After(func() { s.cache.drop(0, secret) })
		return deleteSessionByHash(tx, token.Hash(secret))
	})
}

// Sessions returns the person's sessions, the newest first.
func (s *Service) Sessions(ctx context.Context, person member.PersonID) (out []Session, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		out, err = listSessions(tx, person)
		return err
	})
	return out, err
}

// EndSession ends one of the person's sessions. It returns fault.NotFound if they have no such session.
func (s *Service) EndSession(ctx context.Context, person member.PersonID, id int64) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		tx.After(func() { s.cache.drop(person, "") })
		n, err := deleteSessions(tx, person, id, 0)
		if err == nil && (n == 0 || id == 0) {
			err = fault.New(fault.NotFound, "fault.not_found")
		}
		return err
	})
}

// EndOthers ends all of the person's sessions but this one.
func (s *Service) EndOthers(ctx context.Context, ses Session) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		tx.After(func() { s.cache.drop(ses.Person, "") })
		_, err := deleteSessions(tx, ses.Person, 0, ses.ID)
		return err
	})
}

// Tick deletes the sessions that have ended.
func (s *Service) Tick(ctx context.Context) error {
	var due bool
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		due, err = expired(tx)
		return err
	})
	if err != nil || !due {
		return err
	}
	return s.db.Write(ctx, sweep)
}

// Next returns when Tick has something to do next, which may be due already; zero if nothing will be.
func (s *Service) Next(tx *db.Tx) (time.Time, error) { return db.Soonest(tx, nextExpiry) }

// cache spares the query for a session that was just used. What ends a session drops it here once that is committed,
// so an ended session is not found again.
type cache struct {
	mu    sync.Mutex
	found map[[sha256.Size]byte]cached
	told  []func(member.PersonID, string)
	turn  uint64 // moves with every drop: what was read before a drop is not kept after it
}

type cached struct {
	Session
	until time.Time
}

const (
	cacheFor  = 30 * time.Second
	cacheSize = 20_000
)

func newCache() *cache { return &cache{found: map[[sha256.Size]byte]cached{}} }

func (c *cache) find(key [sha256.Size]byte, now time.Time) (Session, bool, uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f, ok := c.found[key]
	return f.Session, ok && now.Before(f.until) && now.Before(f.Expires), c.turn
}

func (c *cache) keep(key [sha256.Size]byte, s Session, turn uint64, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if turn != c.turn {
		return
	}
	if len(c.found) >= cacheSize {
		clear(c.found)
	}
	c.found[key] = cached{s, now.Add(cacheFor)}
}

// OnChange has f called after something was committed that ended or changed sessions: all of a person, or the one with the secret. The
// other is zero. It is for starting up.
func (s *Service) OnChange(f func(person member.PersonID, secret string)) {
	s.cache.told = append(s.cache.told, f)
}

// drop forgets the person's sessions, and the one with the secret, and tells who wants to know.
func (c *cache) drop(person member.PersonID, secret string) {
	c.forget(person, secret)
	for _, tell := range c.told {
		tell(person, secret)
	}
}

func (c *cache) forget(person member.PersonID, secret string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.turn++
	if secret != "" {
		delete(c.found, sha256.Sum256([]byte(secret)))
	}
	if person == 0 {
		return
	}
	for key, f := range c.found {
		if f.Person == person {
			delete(c.found, key)
		}
	}
}
