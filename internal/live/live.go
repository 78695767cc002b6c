package live

import (
	"crypto/rand"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	// atMost is how soon after one waking a watch is woken again (performance.md §8: four times a second).
	atMost = 250 * time.Millisecond
	// remembered is how many topics' versions are kept, twice over, for readers who come back.
	remembered = 4096
)

// Hub knows which topics changed, and wakes who watches them. It is safe for concurrent use.
type Hub struct {
	epoch string
	now   func() time.Time
	began time.Time
	done  chan struct{}
	end   sync.Once

	mu     sync.Mutex
	last   int64            // the newest version given out
	young  map[string]int64 // versions of the topics touched after edge
	old    map[string]int64 // of those touched after floor and no later than edge
	edge   int64
	floor  int64 // what was not touched after it is in neither map
	watch  map[string]*Watch
	topics map[string][]*Watch
	coming map[coming]bool
}

// coming is a touch at a moment, in nanoseconds, that a timer waits for.
type coming struct {
	topic string
	at    int64
}

// New returns a Hub without watchers, of an epoch of its own. The clock need not be right, and may stand still.
func New(now func() time.Time) *Hub {
	return &Hub{
		epoch: rand.Text(), now: now, began: now(), done: make(chan struct{}),
		young: map[string]int64{}, old: map[string]int64{}, watch: map[string]*Watch{}, topics: map[string][]*Watch{}, coming: map[coming]bool{},
	}
}

// Topic returns what a hub calls a thing of a group, by the number of the group's log and the thing's name: what entries of the record
// have for a subject, as "meeting/3". The name "group" stands for the whole of the record.
func Topic(log int64, name string) string {
	group := "g/" + strconv.FormatInt(log, 10)
	if name == "group" {
		return group
	}
	return group + "/" + name
}

// Mark is a moment of a hub, by which it knows what changed since. The zero value is before everything.
type Mark struct {
	epoch string
	n     int64
}

// String returns the mark as ParseMark reads it. It tells of nothing but how much time passed between two of them.
func (m Mark) String() string { return m.epoch + "-" + strconv.FormatInt(m.n, 10) }

// ParseMark returns the mark, or the zero one if it is none: who brings no mark is told of everything.
func ParseMark(s string) Mark {
	epoch, number, _ := strings.Cut(s, "-")
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n < 0 {
		return Mark{}
	}
	return Mark{epoch, n}
}

// At is a topic and the version it is at.
type At struct {
	Topic   string
	Version int64
}

// tick returns the next version: microseconds since the hub began, and never the same twice. A count would tell how much happens in
// other groups.
func (h *Hub) tick() int64 {
	h.last = max(h.last+1, h.now().Sub(h.began).Microseconds())
	return h.last
}

// Now returns the present mark. A page that takes it before it reads anything misses nothing that comes after.
func (h *Hub) Now() Mark {
	h.mu.Lock()
	defer h.mu.Unlock()
	return Mark{h.epoch, h.tick()}
}

// Touch says that what the topics stand for has changed, and wakes who watches any of them. Call it once the change is committed.
func (h *Hub) Touch(topics ...string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := h.tick()
	for _, topic := range topics {
		if len(h.young) >= remembered {
			h.old, h.young = h.young, map[string]int64{}
			h.floor, h.edge = h.edge, n-1
		}
		h.young[topic] = n
	}
	for _, topic := range topics {
		for _, w := range h.topics[topic] {
			h.wakeSoon(w)
		}
	}
}

// TouchAt touches the topic once the moment has come, which no change goes with: something shown passes by itself then, or many small changes are told together. To ask for the same again does
// nothing more.
func (h *Hub) TouchAt(at time.Time, topic string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	k := coming{topic, at.UnixNano()}
	if h.coming[k] {
		return
	}
	h.coming[k] = true
	time.AfterFunc(at.Sub(h.now()), func() {
		h.mu.Lock()
		delete(h.coming, k)
		h.mu.Unlock()
		h.Touch(topic)
	})
}

// wakeSoon wakes the watch now, or as soon as it may be woken again.
func (h *Hub) wakeSoon(w *Watch) {
	wait := min(w.woken.Add(atMost).Sub(h.now()), atMost) // also if the clock was set back
	switch {
	case w.waiting:
	case wait <= 0:
		w.wake()
	default:
		w.waiting = true
		time.AfterFunc(wait, func() {
			h.mu.Lock()
			defer h.mu.Unlock()
			w.waiting = false
			w.wake()
		})
	}
}

// version returns when the topic was touched last. Of one that is in no map that is the latest it can have been.
func (h *Hub) version(topic string) int64 {
	if n, ok := h.young[topic]; ok {
		return n
	}
	if n, ok := h.old[topic]; ok {
		return n
	}
	return h.floor
}

// Close wakes everybody for good: Done is closed. Touch may still be called.
func (h *Hub) Close() { h.end.Do(func() { close(h.done) }) }

// Done is closed by Close.
func (h *Hub) Done() <-chan struct{} { return h.done }

// Watch is a set of topics that some readers wait for together.
type Watch struct {
	hub     *Hub
	key     string
	topics  []string
	readers int
	changed chan struct{}
	woken   time.Time
	waiting bool // a timer will wake it
}

// Watch returns the watch of these topics, which all who name the same ones share. Each caller closes it once.
func (h *Hub) Watch(topics ...string) *Watch {
	topics = slices.Clone(topics)
	slices.Sort(topics)
	topics = slices.Compact(topics)
	key := strings.Join(topics, "\n")
	h.mu.Lock()
	defer h.mu.Unlock()
	w := h.watch[key]
	if w == nil {
		w = &Watch{hub: h, key: key, topics: topics, changed: make(chan struct{})}
		h.watch[key] = w
		for _, topic := range topics {
			h.topics[topic] = append(h.topics[topic], w)
		}
	}
	w.readers++
	return w
}

// wake has everybody look who waits.
func (w *Watch) wake() {
	close(w.changed)
	w.changed, w.woken = make(chan struct{}), w.hub.now()
}

// Changed is closed when one of the topics is touched the next time. Ask for it before Since, and nothing comes between.
func (w *Watch) Changed() <-chan struct{} {
	w.hub.mu.Lock()
	defer w.hub.mu.Unlock()
	return w.changed
}

// Since returns the topics that changed after the mark, and the mark to ask with the next time. A mark of another epoch, or so old that
// the hub no longer knows, is answered with every topic it may concern.
func (w *Watch) Since(m Mark) (changed []At, now Mark) {
	h := w.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, topic := range w.topics {
		if n := h.version(topic); m.epoch != h.epoch || n > m.n || m.n > h.last {
			changed = append(changed, At{topic, n})
		}
	}
	return changed, Mark{h.epoch, h.tick()}
}

// Close says that one reader watches no longer.
func (w *Watch) Close() {
	h := w.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	if w.readers--; w.readers > 0 {
		return
	}
	delete(h.watch, w.key)
	for _, topic := range w.topics {
		left := slices.DeleteFunc(h.topics[topic], func(other *Watch) bool { return other == w })
		if len(left) == 0 {
			delete(h.topics, topic)
		} else {
			h.topics[topic] = left
		}
	}
}
