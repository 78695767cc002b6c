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

// TestNetwork: an address of version 6 counts as the network that its owner has, one of version 4 as itself, in whatever way it is written.
func TestNetwork(t *testing.T) {
	for in, want := range map[string]string{
		"192.0.2.7": "192.0.2.7", "::ffff:192.0.2.7": "192.0.2.7", "2001:db8:0:1::7": "2001:db8:0:1::/64", "2001:DB8:0:1:ffff:ffff:ffff:ffff": "2001:db8:0:1::/64",
		"2001:db8:0:2::7": "2001:db8:0:2::/64", "fe80::1%eth0": "fe80::/64", "here": "here", "": "",
	} {
		if got := Network(in); got != want {
			t.Errorf("Network(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestLimit: so many at once, one more after each refill, and what was none comes back, up to all there are.
func TestLimit(t *testing.T) {
	l, now := NewLimit(3, time.Minute), time.Unix(0, 0)
	take := func(want int) {
		t.Helper()
		got := 0
		for l.Take("door", now) {
			got++
		}
		if got != want {
			t.Errorf("%d tries, want %d", got, want)
		}
	}
	l.Return("door", now) // of which nobody has used any
	take(3)
	l.Return("door", now)
	take(1)
	now = now.Add(2 * time.Minute)
	take(2)
	now = now.Add(time.Hour)
	l.Return("door", now)
	take(3)
}
