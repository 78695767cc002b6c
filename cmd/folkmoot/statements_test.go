package main

import (
	"maps"
	"slices"
	"strings"
	"sync"
)

// statements counts what the database is asked.
type statements struct {
	mu  sync.Mutex
	all map[string]int
}

func (s *statements) note(sql string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all == nil {
		s.all = map[string]int{}
	}
	s.all[strings.Join(strings.Fields(sql), " ")]++
}

// during returns how many statements f brings about, and which.
func (s *statements) during(f func()) (n int, which []string) {
	s.mu.Lock()
	s.all = nil
	s.mu.Unlock()
	f()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.all {
		n += c
	}
	return n, slices.Sorted(maps.Keys(s.all))
}
