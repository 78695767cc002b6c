package live

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func names(all []At) (out []string) {
	for _, at := range all {
		out = append(out, at.Topic)
	}
	return out
}

func TestWhoWatchesIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := New(time.Now)
		w := h.Watch("g/1/motion/2", "g/1")
		defer w.Close()
		mark, changed := h.Now(), w.Changed()
		if got, _ := w.Since(mark); got != nil {
			t.Errorf("nothing happened, and told of %v", got)
		}
		h.Touch("g/1/motion/3", "g/2")
		select {
		case <-changed:
			t.Error("woken for another topic")
		default:
		}
		h.Touch("g/1/motion/2", "g/1/motion/3")
		<-changed
		got, next := w.Since(mark)
		if !slices.Equal(names(got), []string{"g/1/motion/2"}) {
			t.Errorf("told of %v", got)
		}
		if again, _ := w.Since(next); again != nil {
			t.Errorf("told twice: %v", again)
		}
	})
}

// TestNothingIsMissedBetweenPageAndStream: what happens after the page took its mark and before it listens is told at once.
func TestNothingIsMissedBetweenPageAndStream(t *testing.T) {
	h := New(time.Now)
	mark := ParseMark(h.Now().String())
	h.Touch("a")
	w := h.Watch("a", "b")
	defer w.Close()
	if got, _ := w.Since(mark); !slices.Equal(names(got), []string{"a"}) {
		t.Errorf("told of %v", got)
	}
	if got, _ := w.Since(Mark{}); !slices.Equal(names(got), []string{"a", "b"}) {
		t.Errorf("without a mark told of %v, want everything", got)
	}
}

// TestMarksSurviveComingBack: a reader who was away hears of what changed, and not of what did not; unless so much happened that
// nobody remembers.
func TestMarksSurviveComingBack(t *testing.T) {
	h := New(time.Now)
	first := h.Watch("a", "b")
	mark := h.Now()
	first.Close()
	h.Touch("b")
	back := h.Watch("a", "b")
	defer back.Close()
	got, mark := back.Since(ParseMark(mark.String()))
	if !slices.Equal(names(got), []string{"b"}) {
		t.Errorf("told of %v", got)
	}
	for i := range 2*remembered + 1 {
		h.Touch(fmt.Sprint("other/", i))
	}
	got, mark = back.Since(mark)
	if len(got) != 2 {
		t.Errorf("told of %v by a hub that cannot know", got)
	}
	if got, _ = back.Since(mark); got != nil {
		t.Errorf("told of %v twice", got)
	}
	if n := len(h.young) + len(h.old); n > 2*remembered {
		t.Errorf("%d topics are remembered", n)
	}
}

// TestARestartIsNoticedOnce: marks of another server's life count as old, whatever number they bear, and only the first time.
func TestARestartIsNoticedOnce(t *testing.T) {
	before, after := New(time.Now), New(time.Now)
	for _, mark := range []Mark{before.Now(), {after.epoch, 1 << 60}, ParseMark("rubbish"), ParseMark("x-9"), ParseMark(after.epoch + "--4")} {
		w := after.Watch("a")
		got, next := w.Since(mark)
		if len(got) != 1 {
			t.Errorf("%v: told of %v", mark, got)
		}
		if got, _ := w.Since(next); got != nil {
			t.Errorf("%v: told again of %v", mark, got)
		}
		w.Close()
	}
}

// TestFourTimesASecond: a storm wakes a watch four times a second and no more, and its end is not lost.
func TestFourTimesASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := New(time.Now)
		w := h.Watch("a", "b")
		mark, woken, end := h.Now(), 0, make(chan struct{})
		var seen int64
		var readers sync.WaitGroup
		readers.Go(func() {
			defer w.Close()
			for {
				changed := w.Changed()
				got, next := w.Since(mark)
				mark = next
				for _, at := range got {
					seen = max(seen, at.Version)
				}
				select {
				case <-changed:
					woken++
				case <-end:
					return
				}
			}
		})
		for range 10 * 1000 {
			h.Touch("a")
			h.Touch("b")
			time.Sleep(time.Millisecond)
		}
		time.Sleep(time.Second)
		last := h.young["b"]
		close(end)
		readers.Wait()
		if woken < 40 || woken > 42 || seen != last {
			t.Errorf("woken %d times in 10 s; saw version %d of %d", woken, seen, last)
		}
	})
}

// TestFirstChangeComesAtOnce: who was left in peace is not made to wait.
func TestFirstChangeComesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := New(time.Now)
		w := h.Watch("a")
		defer w.Close()
		for range 3 {
			time.Sleep(time.Hour)
			changed, began := w.Changed(), time.Now()
			h.Touch("a")
			<-changed
			if waited := time.Since(began); waited != 0 {
				t.Errorf("waited %v", waited)
			}
		}
	})
}

// TestAnythingGoes has readers come, stall and go while topics are touched at random: after the storm each reader that is left has seen
// the last version of each of its topics, and nothing is kept of those that went. Run with -race it also looks for races.
func TestAnythingGoes(t *testing.T) {
	for seed := range uint64(20) {
		synctest.Test(t, func(t *testing.T) {
			h, end := New(time.Now), make(chan struct{})
			var readers sync.WaitGroup
			for i := range 50 {
				readers.Go(func() {
					chance := rand.New(rand.NewPCG(seed, uint64(i)))
					topics := []string{fmt.Sprint(chance.IntN(5)), fmt.Sprint(chance.IntN(5)), "all"}
					mark, seen := h.Now(), map[string]int64{}
					for over := false; !over; {
						w := h.Watch(topics...) // comes back each time, as after a lost connection
						for left := 1 + chance.IntN(3); left > 0 && !over; left-- {
							changed := w.Changed()
							var got []At
							got, mark = w.Since(mark)
							for _, at := range got {
								if at.Version <= seen[at.Topic] {
									t.Errorf("%s went from version %d to %d", at.Topic, seen[at.Topic], at.Version)
								}
								seen[at.Topic] = at.Version
							}
							select {
							case <-changed:
							case <-time.After(time.Duration(chance.IntN(400)) * time.Millisecond):
							case <-end:
								over = true
							}
						}
						var got []At
						got, mark = w.Since(mark)
						for _, at := range got {
							seen[at.Topic] = at.Version
						}
						w.Close()
					}
					h.mu.Lock()
					defer h.mu.Unlock()
					for _, topic := range topics {
						if v := h.version(topic); seen[topic] != v {
							t.Errorf("seed %d, reader %d: %s ended at %d, seen %d", seed, i, topic, v, seen[topic])
						}
					}
				})
			}
			chance := rand.New(rand.NewPCG(seed, 1000))
			for range 2000 {
				h.Touch(fmt.Sprint(chance.IntN(5)), "all")
				time.Sleep(time.Duration(chance.IntN(3000)) * time.Microsecond)
			}
			close(end)
			readers.Wait()
			time.Sleep(time.Second) // the last timers
			if len(h.watch)+len(h.topics) > 0 {
				t.Errorf("%d watches and %d topics are left of nobody", len(h.watch), len(h.topics))
			}
		})
	}
}

// TestWaitingCostsNoGoroutine: topics and watches are rows in a map.
func TestWaitingCostsNoGoroutine(t *testing.T) {
	h, before := New(time.Now), runtime.NumGoroutine()
	for i := range 1000 {
		w := h.Watch(fmt.Sprint(i))
		h.Touch(fmt.Sprint(i))
		defer w.Close()
	}
	if n := runtime.NumGoroutine(); n > before {
		t.Errorf("%d goroutines, %d before", n, before)
	}
}

func TestCloseEndsTheWait(t *testing.T) {
	h := New(time.Now)
	h.Close()
	h.Close()
	<-h.Done()
	h.Touch("a")
}

func FuzzParseMark(f *testing.F) {
	f.Add("ABC-12")
	f.Add("--")
	f.Fuzz(func(t *testing.T, s string) {
		if m := ParseMark(s); m != (Mark{}) && ParseMark(m.String()) != m {
			t.Errorf("%q is %v and then %v", s, m, ParseMark(m.String()))
		}
	})
}

// TestWhatPassesByItself: what is to be touched at a moment is touched then, once for all who ask, and not before.
func TestWhatPassesByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := New(time.Now)
		w := h.Watch("a")
		defer w.Close()
		mark, at := h.Now(), time.Now().Add(3*time.Second)
		for range 100 {
			h.TouchAt(at, "a")
			h.TouchAt(at.Add(time.Minute), "a")
			h.TouchAt(at, "b")
		}
		if n := len(h.coming); n != 3 {
			t.Errorf("%d timers wait, want 3", n)
		}
		time.Sleep(2999 * time.Millisecond)
		if got, _ := w.Since(mark); got != nil {
			t.Errorf("told before its moment of %v", got)
		}
		for range 2 {
			time.Sleep(time.Minute)
			synctest.Wait()
			got, next := w.Since(mark)
			if !slices.Equal(names(got), []string{"a"}) {
				t.Errorf("told of %v", got)
			}
			mark = next
		}
		if got, _ := w.Since(mark); got != nil || len(h.coming) != 0 {
			t.Errorf("told again of %v; %d timers wait", got, len(h.coming))
		}
		h.TouchAt(time.Now(), "a")
		synctest.Wait()
		if got, _ := w.Since(mark); !slices.Equal(names(got), []string{"a"}) {
			t.Errorf("of a moment that is now, told of %v", got)
		}
	})
}
