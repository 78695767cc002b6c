package signal

import (
	"sync"
	"time"
)

// What is typed while somebody speaks stays so long, and no more than so many lines of it.
const (
	LineLasts = 90 * time.Second
	LinesKept = 6
)

// Strip has the lines that somebody types in rooms R while people speak, for those who cannot hear them (practice.md §5.5: captions). They fade by
// themselves, and are in memory alone. The zero value is empty. It is safe for concurrent use.
type Strip[R comparable] struct {
	mu    sync.Mutex
	rooms map[R][]typed
}

type typed struct {
	text  string
	until time.Time
}

// Add adds a line, and returns when it fades. The same line again, as of a form that is sent twice, is not added.
func (s *Strip[R]) Add(room R, text string, now time.Time) (until time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rooms == nil {
		s.rooms = map[R][]typed{}
	}
	lines := s.rooms[room]
	if n := len(lines); n > 0 && lines[n-1].text == text && now.Before(lines[n-1].until) {
		return lines[n-1].until
	}
	until = Beats(now.Add(LineLasts))
	lines = append(lines, typed{text, until})
	s.rooms[room] = lines[max(0, len(lines)-LinesKept):]
	return until
}

// Lines returns the lines that have not faded, the newest last.
func (s *Strip[R]) Lines(room R, now time.Time) (out []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.rooms[room] {
		if now.Before(l.until) {
			out = append(out, l.text)
		}
	}
	return out
}

// Clear forgets the lines of a room.
func (s *Strip[R]) Clear(room R) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.rooms, room)
}
