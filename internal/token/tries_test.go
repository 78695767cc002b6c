package token

import (
	"fmt"
	"testing"
	"time"

	"folkmoot/internal/effort"
)

// TestManyNamesStayCheap: made-up names cost the server what real ones do, and are forgotten.
func TestManyNamesStayCheap(t *testing.T) {
	l, now := NewTries(), time.Unix(0, 0)
	took := effort.Of(func() {
		for i := range 20 * crowd {
			if !l.Take(fmt.Sprint(i), now) {
				t.Fatal("a name that was never tried has no attempt left")
			}
		}
	})
	if took > 5*time.Second {
		t.Errorf("%d names took %v", 20*crowd, took)
	}
	now = now.Add(Burst * Refill)
	for i := range 40 * crowd {
		if !l.Take(fmt.Sprint("later", i), now.Add(time.Duration(i)*Refill/crowd)) {
			t.Fatal("a name that was never tried has no attempt left")
		}
	}
	if len(l.names) > 4*crowd {
		t.Errorf("%d names are kept", len(l.names))
	}
}
