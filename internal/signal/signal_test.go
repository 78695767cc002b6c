package signal_test

import (
	"maps"
	"math/rand/v2"
	"testing"
	"time"

	"folkmoot/internal/lang"
	"folkmoot/internal/signal"
)

var start = time.Date(2026, 3, 3, 19, 0, 1, 0, time.UTC)

// TestOneOfEach: whatever people do, in whatever rooms, a board counts the last signal of each who has not taken it back, until it fades, and counts it once.
func TestOneOfEach(t *testing.T) {
	type key struct{ room, who int }
	type sign struct {
		kind signal.Kind
		at   time.Time
	}
	for range 200 {
		var b signal.Board[int, int]
		want, now := map[key]sign{}, start
		for range 60 {
			k := key{rand.IntN(3), rand.IntN(5)}
			now = now.Add(time.Duration(rand.IntN(9000)) * time.Millisecond)
			lasts := func(s sign) bool { return s.kind != "" && now.Before(signal.Beats(s.at.Add(signal.Lasts))) }
			before := want[k]
			if !lasts(before) {
				before = sign{}
			}
			switch rand.IntN(12) {
			case 0:
				b.Clear(k.room)
				maps.DeleteFunc(want, func(o key, _ sign) bool { return o.room == k.room })
			case 1, 2:
				if was := b.Take(k.room, k.who, now); was != before.kind {
					t.Fatalf("took back %q, want %q", was, before.kind)
				}
				delete(want, k)
			default:
				kind := signal.Kinds()[rand.IntN(len(signal.Kinds()))]
				was, until := b.Give(k.room, k.who, kind, now)
				if was != before.kind || until.Before(now.Add(signal.Lasts)) || !until.Before(now.Add(signal.Lasts+signal.Beat)) {
					t.Fatalf("gave %q after %q, want after %q; until %v, now %v", kind, was, before.kind, until, now)
				}
				want[k] = sign{kind, now}
			}
			counts := map[int]map[signal.Kind]int{0: {}, 1: {}, 2: {}}
			for k, s := range want {
				kind, until := b.Of(k.room, k.who, now)
				if !lasts(s) {
					s.kind = ""
				} else {
					counts[k.room][s.kind]++
				}
				if kind != s.kind || until.IsZero() != (s.kind == "") {
					t.Fatalf("%v signals %q until %v, want %q", k, kind, until, s.kind)
				}
			}
			for room, n := range counts {
				if got := b.Count(room, now); !maps.Equal(got, n) {
					t.Fatalf("room %d: %v, want %v", room, got, n)
				}
			}
		}
	}
}

// TestBeats: a beat is no earlier than the time, less than one beat later, and its own.
func TestBeats(t *testing.T) {
	for range 1000 {
		at := start.Add(time.Duration(rand.Int64N(int64(time.Hour))))
		beat := signal.Beats(at)
		if beat.Before(at) || !beat.Before(at.Add(signal.Beat)) || !signal.Beats(beat).Equal(beat) {
			t.Fatalf("%v: %v", at, beat)
		}
	}
}

// TestSignalsHaveNames: each kind has words of its own in every language, and none both says what somebody thinks and is shown to all.
func TestSignalsHaveNames(t *testing.T) {
	c, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, tag := range c.Tags() {
		seen := map[string]bool{}
		for _, k := range signal.Kinds() {
			said := c.Voice(tag).Say(k.Name())
			if !c.Has(k.Name().ID) || said == "" || seen[said] || k.Opinion() && k.ForAll() {
				t.Errorf("%s: %s is called %q", tag, k, said)
			}
			seen[said] = true
		}
	}
}
