package rulebook

import (
	"errors"
	"testing"
	"time"
)

var adopted = time.Date(2026, 5, 1, 18, 30, 0, 123456789, time.UTC)

// chain is three versions: a preset, a change of quorum, and a change back.
func chain(t *testing.T) []Version {
	t.Helper()
	one, err := First(preset(t, Branch), "preset B", adopted)
	if err != nil {
		t.Fatal(err)
	}
	changed, err := one.Rules.With("quorum.min", Value{Number: 5})
	if err != nil {
		t.Fatal(err)
	}
	two, err := one.Next(changed, "2026-004", adopted.Add(days(40)))
	if err != nil {
		t.Fatal(err)
	}
	three, err := two.Next(one.Rules, "2026-009", adopted.Add(days(90)))
	if err != nil {
		t.Fatal(err)
	}
	return []Version{one, two, three}
}

func TestChainHolds(t *testing.T) {
	c := chain(t)
	for n := range len(c) + 1 {
		if err := CheckChain(c[:n]); err != nil {
			t.Error(err)
		}
	}
	if c[0].Hash == c[2].Hash {
		t.Error("the same rules at another time have the same version hash")
	}
	if got := c[0].From; got.Nanosecond() != 123_000_000 || got.Location() != time.UTC {
		t.Errorf("in force from %s, which a database of milliseconds would not give back", got)
	}
}

func TestChainBreaks(t *testing.T) {
	for name, change := range map[string]func([]Version) []Version{
		"a rule changed":      func(c []Version) []Version { c[1].Rules.QuorumBy.Min = 6; return c },
		"a date changed":      func(c []Version) []Version { c[1].From = c[1].From.Add(time.Millisecond); return c },
		"a decision changed":  func(c []Version) []Version { c[1].By = "2026-005"; return c },
		"a hash changed":      func(c []Version) []Version { c[2].Hash[31]++; return c },
		"a link changed":      func(c []Version) []Version { c[2].PrevHash[0]++; return c },
		"a first with a link": func(c []Version) []Version { c[0].PrevHash[0]++; return c },
		"one left out":        func(c []Version) []Version { return []Version{c[0], c[2]} },
		"the first left out":  func(c []Version) []Version { return c[1:] },
		"two exchanged":       func(c []Version) []Version { return []Version{c[0], c[2], c[1]} },
		"one repeated":        func(c []Version) []Version { return append(c, c[2]) },
		"renumbered and relinked": func(c []Version) []Version {
			c[2].Number, c[2].PrevHash = 2, c[0].Hash
			return []Version{c[0], c[2]}
		},
		"older than the one before": func(c []Version) []Version {
			c[2].From = c[0].From
			c[2].Hash = c[2].sum()
			return c
		},
		"by nothing": func(c []Version) []Version {
			c[2].By = ""
			c[2].Hash = c[2].sum()
			return c
		},
	} {
		if err := CheckChain(change(chain(t))); !errors.Is(err, ErrChain) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestVersionRefuses(t *testing.T) {
	c := chain(t)
	bad, err := c[0].Rules.With("k_anonymity", Value{Number: 4})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := First(bad, "preset B", adopted); !errors.Is(err, ErrBounds) {
		t.Errorf("rules out of bounds: %v", err)
	}
	if _, err := c[2].Next(bad, "2026-010", adopted.Add(days(99))); !errors.Is(err, ErrBounds) {
		t.Errorf("rules out of bounds: %v", err)
	}
	if _, err := First(c[0].Rules, "", adopted); !errors.Is(err, ErrChain) {
		t.Errorf("by nothing: %v", err)
	}
	if _, err := c[2].Next(c[0].Rules, "2026-010", adopted); !errors.Is(err, ErrChain) {
		t.Errorf("before its predecessor: %v", err)
	}
}

func TestInForce(t *testing.T) {
	c := chain(t)
	for _, tt := range []struct {
		at   time.Time
		want int
	}{
		{adopted.Add(-time.Hour), 0}, {c[0].From, 1}, {c[1].From.Add(-time.Millisecond), 1}, {c[1].From, 2}, {adopted.Add(days(900)), 3},
	} {
		if v, ok := InForce(c, tt.at); v.Number != tt.want || ok != (tt.want > 0) {
			t.Errorf("at %s: version %d, %v; want %d", tt.at, v.Number, ok, tt.want)
		}
	}
}
