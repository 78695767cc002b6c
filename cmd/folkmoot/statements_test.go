package main

import (
	"fmt"
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

// during returns how many statements f brings about, and which how often.
func (s *statements) during(f func()) (n int, which []string) {
	s.mu.Lock()
	s.all = nil
	s.mu.Unlock()
	f()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, sql := range slices.Sorted(maps.Keys(s.all)) {
		n += s.all[sql]
		which = append(which, fmt.Sprintf("%d× %s", s.all[sql], sql))
	}
	return n, which
}
