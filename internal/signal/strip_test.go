package signal_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"folkmoot/internal/signal"
)

// TestLinesFade: the newest lines are there until they fade, the same one only once, and nothing is left of a room that is cleared.
func TestLinesFade(t *testing.T) {
	var s signal.Strip[int]
	for i := range 8 {
		s.Add(1, fmt.Sprint("line ", i), start.Add(time.Duration(i)*time.Second))
	}
	s.Add(1, "line 7", start.Add(9*time.Second))
	s.Add(2, "elsewhere", start)
	want := []string{"line 2", "line 3", "line 4", "line 5", "line 6", "line 7"}
	if got := s.Lines(1, start.Add(9*time.Second)); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got := s.Lines(1, start.Add(signal.LineLasts+6*time.Second)); !slices.Equal(got, want[4:]) && !slices.Equal(got, want[3:]) {
		t.Errorf("the older ones have not faded: %q", got)
	}
	if got := s.Lines(1, start.Add(2*signal.LineLasts)); got != nil {
		t.Errorf("nothing fades: %q", got)
	}
	s.Clear(1)
	if s.Lines(1, start) != nil || s.Lines(2, start) == nil {
		t.Error("another room was cleared")
	}
}
