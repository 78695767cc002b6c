package sortition

import (
	"context"
	"errors"
	"testing"
)

// TestLeximinTellsHowFarItIs: what is told only grows, and ends with everybody settled.
func TestLeximinTellsHowFarItIs(t *testing.T) {
	var last Progress
	told := 0
	p := assembly(60, 12)
	d, err := p.Leximin(t.Context(), 1000, func(now Progress) {
		if now.People < last.People || now.Fixed < last.Fixed || now.Panels < last.Panels || now.Fixed > now.People {
			t.Errorf("after %+v comes %+v", last, now)
		}
		last = now
		told++
	})
	if err != nil {
		t.Fatal(err)
	}
	if can := len(p.People) - len(d.Never); told < 3 || last.People != can || last.Fixed != can {
		t.Errorf("told %d times, at the end %+v, want all of %d", told, last, can)
	}
}

// TestLeximinCanBeStopped stops the work at each of its steps in turn.
func TestLeximinCanBeStopped(t *testing.T) {
	for at := 0; ; at++ {
		ctx, stop := context.WithCancel(t.Context())
		told := 0
		if at == 0 {
			stop()
		}
		_, err := assembly(60, 12).Leximin(ctx, 1000, func(done Progress) {
			if told++; told == at {
				stop()
			}
		})
		if done := told < at; done {
			if err != nil {
				t.Fatal(err)
			}
			stop()
			return
		}
		if !errors.Is(err, context.Canceled) || errors.Is(err, ErrDraw) {
			t.Fatalf("stopped at step %d of %d: %v", at, told, err)
		}
		stop()
	}
}
