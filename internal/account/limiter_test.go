package account

import (
	"fmt"
	"testing"
	"time"

	"folkmoot/internal/effort"
)

// TestManyNamesStayCheap: made-up names cost the server what real ones do, and are forgotten.
func TestManyNamesStayCheap(t *testing.T) {
	l, now := newLimiter(), time.Unix(0, 0)
	took := effort.Of(func() {
		for i := range 20 * crowd {
			if err := l.take(fmt.Sprint(i), now); err != nil {
				t.Fatal(err)
			}
		}
	})
	if took > 5*time.Second {
		t.Errorf("%d names took %v", 20*crowd, took)
	}
	now = now.Add(burst * refill)
	for i := range 40 * crowd {
		if err := l.take(fmt.Sprint("later", i), now.Add(time.Duration(i)*refill/crowd)); err != nil {
			t.Fatal(err)
		}
	}
	if len(l.names) > 4*crowd {
		t.Errorf("%d names are kept", len(l.names))
	}
}
