package practice

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"folkmoot/internal/fault"
	"folkmoot/internal/member"
)

// Made is what a practice is held with, and where its pages are.
type Made[T any] struct {
	Services
	Site  T
	Stop  func()       // ends what goes on on its pages
	Close func() error // closes its database
}

// Options say where practices are kept while they last, and how one is made: the program put together on an empty database in dir, on the hall's clock.
type Options[T any] struct {
	Dir  string // it is theirs alone, and is emptied at the start
	Now  func() time.Time
	Log  *slog.Logger
	Make func(ctx context.Context, dir string, hall *Hall) (Made[T], error)
	Most int // at a time; 0: MostAtOnce
}

// Rooms are the practices under way, at most one for each person. It is safe for concurrent use.
type Rooms[T any] struct {
	o      Options[T]
	making sync.Mutex // one is made at a time

	mu     sync.Mutex
	closed bool
	last   int
	of     map[member.PersonID]*Room[T]
	begun  map[member.PersonID][]time.Time // within the last hour
}

// Room is a practice and where its pages are.
type Room[T any] struct {
	*Hall
	Site T
	dir  string
	stop func()
	shut func() error
	use  sync.RWMutex // held by whoever looks at it, so that it does not end under them
	seen time.Time    // by mu of Rooms
}

// New returns Rooms without practices, and removes what an end of the program that was none has left in their folder.
func New[T any](o Options[T]) (*Rooms[T], error) {
	if o.Most == 0 {
		o.Most = MostAtOnce
	}
	if err := os.RemoveAll(o.Dir); err != nil {
		return nil, fmt.Errorf("remove what is left of practices: %w", err)
	}
	return &Rooms[T]{o: o, of: map[member.PersonID]*Room[T]{}, begun: map[member.PersonID][]time.Time{}}, nil
}

// Open begins a practice for the person, who is called name in it, in their language. If they have one already it stays as it is. It returns
// fault.Unavailable if there are as many as there may be, and fault.TooMany if the person has begun MostOfOne within the last hour.
func (r *Rooms[T]) Open(ctx context.Context, person member.PersonID, name, tag string) error {
	r.making.Lock()
	defer r.making.Unlock()
	if has, err := r.mayOpen(person); err != nil || has {
		return err
	}
	r.last++
	room := &Room[T]{Hall: newHall(r.o.Now), dir: filepath.Join(r.o.Dir, strconv.Itoa(r.last))}
	err := room.make(ctx, r.o.Make, name, tag)
	r.mu.Lock()
	defer r.mu.Unlock()
	if err == nil && r.closed {
		err = fault.New(fault.Unavailable, "fault.too_busy")
	}
	if err != nil {
		return errors.Join(err, room.close())
	}
	room.seen = r.o.Now()
	r.of[person] = room
	r.begun[person] = append(r.begun[person], r.o.Now())
	return nil
}

// mayOpen says whether the person has a practice, or returns why they cannot begin one.
func (r *Rooms[T]) mayOpen(person member.PersonID) (has bool, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.of[person] != nil:
		return true, nil
	case r.closed || len(r.of) >= r.o.Most:
		return false, fault.New(fault.Unavailable, "practice.full", "Count", r.o.Most)
	case len(r.begun[person]) >= MostOfOne:
		return false, fault.New(fault.TooMany, "practice.often", "Count", MostOfOne)
	}
	return false, nil
}

func (r *Room[T]) make(ctx context.Context, do func(context.Context, string, *Hall) (Made[T], error), name, tag string) error {
	if err := os.MkdirAll(r.dir, 0o700); err != nil {
		return err
	}
	made, err := do(ctx, r.dir, r.Hall)
	if err != nil {
		return fmt.Errorf("make a practice: %w", err)
	}
	r.Services, r.Site, r.stop, r.shut = made.Services, made.Site, made.Stop, made.Close
	if err := r.tell(ctx, name, tag); err != nil {
		return fmt.Errorf("tell a practice: %w", err)
	}
	return nil
}

// close ends what goes on in the room once nobody looks at it any more, and removes its folder.
func (r *Room[T]) close() error {
	if r.shut == nil { // it was not made
		return os.RemoveAll(r.dir)
	}
	r.stop()
	r.use.Lock()
	defer r.use.Unlock()
	err := r.shut()
	return errors.Join(err, os.RemoveAll(r.dir))
}

// Enter returns the person's practice, if they have one. It does not end before the caller leaves.
func (r *Rooms[T]) Enter(person member.PersonID) (room *Room[T], leave func(), ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	room = r.of[person]
	if room == nil || !r.o.Now().Before(room.Ends) {
		return nil, nil, false
	}
	room.seen = r.o.Now()
	room.use.RLock()
	return room, func() {
		r.mu.Lock()
		room.seen = r.o.Now()
		r.mu.Unlock()
		room.use.RUnlock()
	}, true
}

// Has returns when the person's practice ends at the latest; zero: they have none.
func (r *Rooms[T]) Has(person member.PersonID) time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	if room := r.of[person]; room != nil && r.o.Now().Before(room.Ends) {
		return room.Ends
	}
	return time.Time{}
}

// End ends the person's practice, if they have one.
func (r *Rooms[T]) End(person member.PersonID) error {
	r.mu.Lock()
	room := r.of[person]
	delete(r.of, person)
	r.mu.Unlock()
	if room == nil {
		return nil
	}
	return room.close()
}

// watched is how long after somebody looked the invented people still act: a page without scripts asks every 15 seconds.
const watched = time.Minute

// Tick ends the practices whose time is over, and has the invented people of the others do what they are about to.
func (r *Rooms[T]) Tick(ctx context.Context) error {
	now := r.o.Now()
	var over []member.PersonID
	var going []member.PersonID
	r.mu.Lock()
	for person, room := range r.of {
		quiet := now.Sub(room.seen)
		if room.use.TryLock() {
			room.use.Unlock()
		} else {
			quiet = 0 // somebody has a page open that is told what changes
		}
		switch {
		case !now.Before(room.Ends), quiet >= Unwatched:
			over = append(over, person)
		case quiet < watched:
			going = append(going, person)
		}
	}
	for person, at := range r.begun {
		for len(at) > 0 && now.Sub(at[0]) >= time.Hour {
			at = at[1:]
		}
		if r.begun[person] = at; len(at) == 0 {
			delete(r.begun, person)
		}
	}
	r.mu.Unlock()
	var errs []error
	for _, person := range over {
		errs = append(errs, r.End(person))
	}
	for _, person := range going {
		errs = append(errs, r.act(ctx, person))
	}
	return errors.Join(errs...)
}

// act has the invented people of a practice act; unlike Enter it does not count as looking at it.
func (r *Rooms[T]) act(ctx context.Context, person member.PersonID) error {
	r.mu.Lock()
	room := r.of[person]
	if room != nil {
		room.use.RLock()
	}
	r.mu.Unlock()
	if room == nil {
		return nil
	}
	defer room.use.RUnlock()
	return room.Act(ctx)
}

// Stop ends what goes on on the pages of all practices, so that the server can end.
func (r *Rooms[T]) Stop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, room := range r.of {
		room.stop()
	}
}

// Close ends all practices and removes their folder.
func (r *Rooms[T]) Close() error {
	r.mu.Lock()
	r.closed = true
	all := r.of
	r.of = map[member.PersonID]*Room[T]{}
	r.mu.Unlock()
	var errs []error
	for _, room := range all {
		errs = append(errs, room.close())
	}
	return errors.Join(append(errs, os.RemoveAll(r.o.Dir))...)
}

// Count returns how many practices are under way.
func (r *Rooms[T]) Count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.of)
}
