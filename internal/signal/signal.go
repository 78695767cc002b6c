// Package signal is what somebody in a meeting shows without a word: that they agree, that they have a question, that they cannot hear (practice.md §2.5.5).
// A signal fades by itself. It is kept in memory alone, on a Board, and whoever looks at one sees how many there are and never whose.
package signal

import (
	"slices"
	"sync"
	"time"

	"folkmoot/internal/lang"
)

// Lasts is how long a signal lasts at least; up to one Beat longer.
const Lasts = 45 * time.Second

// Beat is how often those who look can see something change: what happens within one is seen together.
const Beat = 3 * time.Second

// Kind is what somebody signals.
type Kind string

// The kinds. A question about the rules is no signal: it interrupts, and is a hand.
const (
	Agree    Kind = "agree"
	Unsure   Kind = "unsure"
	Disagree Kind = "disagree"
	Question Kind = "question"
	Plainer  Kind = "plainer" // slower, or in plainer words
	Hear     Kind = "hear"    // they cannot hear
	WrapUp   Kind = "wrap_up"
)

// Kinds returns the kinds in the order in which they are offered.
func Kinds() []Kind { return []Kind{Agree, Unsure, Disagree, Question, Plainer, Hear, WrapUp} }

// Is says whether it is a kind.
func (k Kind) Is() bool { return slices.Contains(Kinds(), k) }

// Opinion says whether it tells what somebody thinks of what is said. While people vote nobody gives such a signal, and none is shown.
func (k Kind) Opinion() bool { return k == Agree || k == Unsure || k == Disagree }

// ForAll says whether everybody sees how many give it: whoever speaks is to know, and not only whoever facilitates.
func (k Kind) ForAll() bool { return k == Plainer || k == Hear }

// Name returns the words on the button.
func (k Kind) Name() lang.Msg { return lang.M("signal." + string(k)) }

// Beats returns the first beat that is no earlier than the time.
func Beats(t time.Time) time.Time {
	if at := t.Truncate(Beat); at.Before(t) {
		return at.Add(Beat)
	}
	return t
}

// Board has the signals of rooms R that people P give, one of each person at a time. The zero value is empty. It is safe for concurrent use.
type Board[R, P comparable] struct {
	mu    sync.Mutex
	rooms map[R]map[P]given
	swept time.Time
}

type given struct {
	kind  Kind
	until time.Time
}

// Give has somebody give a signal, in place of what they gave before, which it returns ("": nothing), and when the signal fades.
func (b *Board[R, P]) Give(room R, who P, k Kind, now time.Time) (was Kind, until time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sweep(now)
	if b.rooms == nil {
		b.rooms = map[R]map[P]given{}
	}
	if b.rooms[room] == nil {
		b.rooms[room] = map[P]given{}
	}
	was, until = b.rooms[room][who].at(now), Beats(now.Add(Lasts))
	b.rooms[room][who] = given{k, until}
	return was, until
}

// at returns what is signalled at a time; "": nothing.
func (g given) at(now time.Time) Kind {
	if now.Before(g.until) {
		return g.kind
	}
	return ""
}

// sweep forgets what has faded, of all rooms, as often as a signal lasts.
func (b *Board[R, P]) sweep(now time.Time) {
	if since := now.Sub(b.swept); since >= 0 && since < Lasts {
		return
	}
	b.swept = now
	for room, all := range b.rooms {
		for who, g := range all {
			if g.at(now) == "" {
				delete(all, who)
			}
		}
		if len(all) == 0 {
			delete(b.rooms, room)
		}
	}
}

// Take takes back what somebody signals, and returns what that was; "": nothing.
func (b *Board[R, P]) Take(room R, who P, now time.Time) (was Kind) {
	b.mu.Lock()
	defer b.mu.Unlock()
	was = b.rooms[room][who].at(now)
	delete(b.rooms[room], who)
	return was
}

// Clear forgets the signals of a room.
func (b *Board[R, P]) Clear(room R) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.rooms, room)
}

// Count returns how many give which signal.
func (b *Board[R, P]) Count(room R, now time.Time) map[Kind]int {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := map[Kind]int{}
	for _, g := range b.rooms[room] {
		if k := g.at(now); k != "" {
			out[k]++
		}
	}
	return out
}

// Of returns what somebody signals, "" for nothing, and when it fades.
func (b *Board[R, P]) Of(room R, who P, now time.Time) (Kind, time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	g := b.rooms[room][who]
	if g.at(now) == "" {
		return "", time.Time{}
	}
	return g.kind, g.until
}
