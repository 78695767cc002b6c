// Package floor orders those who would like to speak about an item of a meeting (practice.md §2.5.5). There is one list for the room, for who is
// remote and for who has phoned, and everybody can work out why they stand where they do.
//
// It knows of no meeting and no clock: what it needs to know of a person comes with their hand.
package floor

import (
	"cmp"
	"slices"
	"time"
)

// Kind is what somebody raises a hand for.
type Kind string

// The kinds. A rules question interrupts and stands on no list; Questions has them.
const (
	Rules Kind = "rules" // a question about the rules
	Reply Kind = "reply" // of the person who has just been named, once; only where the rules allow it
	Fact  Kind = "fact"  // a question of fact
	Speak Kind = "speak"
	Round Kind = "round" // a turn in a round, for which nobody raises a hand
)

// Side is what somebody would like to say to a proposal.
type Side string

// The sides.
const (
	Either  Side = "" // neither for nor against, or they do not say
	For     Side = "for"
	Against Side = "against"
)

// other returns the side whose turn it is after one.
func (s Side) other() Side {
	if s == For {
		return Against
	}
	return For
}

// Hand is a hand that is up, with what the order takes into account of the person. Seconds and Spoken are of this meeting and are known to who
// orders, and to the person; to others only the order is.
type Hand struct {
	ID      int64 // of the hand; later hands have larger ones
	Kind    Kind
	Side    Side
	Turns   int  // how often they have spoken about this item
	Soon    bool // they have asked to be heard sooner, themselves and for this meeting only
	Spoken  bool // in this meeting
	Seconds int  // that they have spoken in this meeting
	Raised  time.Time
}

// Item is what is being talked about.
type Item struct {
	Proposal bool // so that people can be for and against
	Last     Side // of the last who spoke for or against it; Either: nobody has, or only its mover
	Facts    int  // how many questions of fact were heard in a row, up to now
}

// mostFacts is how many questions of fact are heard before somebody speaks who waits.
const mostFacts = 2

// Reason is why a hand stands behind the one before it: the first thing in which the two differ, in the order in which things count.
type Reason string

// The reasons, in the order in which they count.
const (
	First    Reason = "first"    // nobody stands before it
	Moved    Reason = "moved"    // whoever facilitates has moved one of the two
	Replies  Reason = "replies"  // whoever was named replies first
	Facts    Reason = "facts"    // questions of fact come before speeches
	Enough   Reason = "enough"   // after two questions of fact somebody speaks
	Turns    Reason = "turns"    // nobody speaks twice before everybody who wants has spoken once
	Sides    Reason = "sides"    // it is the other side's turn
	Sooner   Reason = "sooner"   // the one before has asked to be heard sooner
	Unheard  Reason = "unheard"  // the one before has not spoken in this meeting
	Shorter  Reason = "shorter"  // the one before has spoken for less time in this meeting
	Earlier  Reason = "earlier"  // the one before raised their hand first
	Together Reason = "together" // both at the same moment; the number of the hand decides
	Rounds   Reason = "rounds"   // it is a round, in the order in which people came
	Later    Reason = "later"    // it is a round, and they would rather come later
)

// reasons name the parts of a key.
var reasons = [...]Reason{Facts, Turns, Sides, Sooner, Unheard, Shorter, Earlier, Together}

// key is what hands are ordered by, smallest first.
type key [len(reasons)]int64

// class orders kinds.
func (h Hand) class() int64 {
	switch h.Kind {
	case Reply:
		return 0
	case Fact:
		return 1
	}
	return 2
}

// key returns the hand's place among those who wait, if both sides of a proposal do.
func (h Hand) key(item Item, both bool) key {
	k := key{h.class(), int64(h.Turns), 0, 1, 0, int64(h.Seconds / 60), h.Raised.UnixNano(), h.ID}
	if h.Kind == Fact && item.Facts >= mostFacts {
		k[0] = 3
	}
	if both && h.Side != item.Last.other() {
		k[2] = 1
	}
	if h.Soon {
		k[3] = 0
	}
	if h.Spoken {
		k[4] = 1
	}
	return k
}

// bothSides says whether people wait who would speak for it and people who would speak against it.
func bothSides(item Item, hands []Hand) bool {
	waits := func(s Side) bool {
		return slices.ContainsFunc(hands, func(h Hand) bool { return h.Kind == Speak && h.Side == s })
	}
	return item.Proposal && waits(For) && waits(Against)
}

// Place is a hand on the list, and why it stands behind the one before it.
type Place struct {
	Hand
	Why Reason
}

// List returns the hands in the order in which people are heard if nobody else raises one, without rules questions. Who comes next changes with
// each who has been heard: sides take turns, and after two questions of fact in a row somebody speaks who waits.
func List(item Item, hands []Hand) (out []Place) {
	rest := slices.DeleteFunc(slices.Clone(hands), func(h Hand) bool { return h.Kind == Rules })
	var before key // of the one before, among those who waited with them
	var was Item
	var both bool
	for len(rest) > 0 {
		now := bothSides(item, rest)
		next := 0
		for i := range rest {
			if slices.Compare(keyOf(rest[i], item, now), keyOf(rest[next], item, now)) < 0 {
				next = i
			}
		}
		h := rest[next]
		why := First
		if len(out) > 0 {
			why = differ(before, h.key(was, both))
		}
		before, was, both = h.key(item, now), item, now
		out = append(out, Place{h, why})
		rest = slices.Delete(rest, next, next+1)
		item = item.after(h)
	}
	return out
}

func keyOf(h Hand, item Item, both bool) []int64 { k := h.key(item, both); return k[:] }

// differ returns the first thing in which the key of a hand that came first differs from that of one that waited then.
func differ(first, then key) Reason {
	for i, r := range reasons {
		switch {
		case first[i] == then[i]:
			continue
		case r == Facts && first[0] == 0:
			return Replies
		case r == Facts && then[0] == 3:
			return Enough
		}
		return r
	}
	return Together
}

// after returns the item once a hand has been heard.
func (item Item) after(h Hand) Item {
	switch h.Kind {
	case Fact:
		item.Facts++
	case Speak:
		item.Facts = 0
		if h.Side != Either {
			item.Last = h.Side
		}
	}
	return item
}

// Questions returns the rules questions, which interrupt, in the order in which they were raised.
func Questions(hands []Hand) []Hand {
	out := slices.DeleteFunc(slices.Clone(hands), func(h Hand) bool { return h.Kind != Rules })
	slices.SortFunc(out, func(a, b Hand) int { return cmp.Or(a.Raised.Compare(b.Raised), cmp.Compare(a.ID, b.ID)) })
	return out
}

// Move puts a hand somewhere else than where the order has it: directly before another, or behind it. Whoever facilitates may do that with any,
// for everybody to see; and everybody with their own, to let others first.
type Move struct {
	Hand, Other int64
	Behind      bool
}

// Rearrange returns the list after the moves, in the order in which they were made. A move of a hand that is gone, or to one that is, does
// nothing any more. Whoever stands elsewhere by it, and whoever stands behind them now, is told that.
func Rearrange(list []Place, moves []Move) []Place {
	out := slices.Clone(list)
	at := func(id int64) int { return slices.IndexFunc(out, func(p Place) bool { return p.ID == id }) }
	for _, m := range moves {
		from := at(m.Hand)
		if from < 0 || at(m.Other) < 0 || m.Hand == m.Other {
			continue
		}
		p := out[from]
		out = slices.Delete(out, from, from+1)
		to := at(m.Other)
		if m.Behind {
			to++
		}
		out = slices.Insert(out, to, p)
	}
	for i := range out {
		was := slices.IndexFunc(list, func(p Place) bool { return p.ID == out[i].ID })
		switch {
		case i == 0:
			out[i].Why = First
		case was == 0 || list[was-1].ID != out[i-1].ID:
			out[i].Why = Moved
		}
	}
	return out
}
