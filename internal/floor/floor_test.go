package floor

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var start = time.Date(2026, 3, 1, 19, 0, 0, 0, time.UTC)

// hand returns a hand raised as the nth.
func hand(n int64, h Hand) Hand {
	h.ID, h.Raised = n, start.Add(time.Duration(n)*time.Second)
	if h.Kind == "" {
		h.Kind = Speak
	}
	h.Spoken = h.Spoken || h.Seconds > 0 || h.Turns > 0
	return h
}

func ids(list []Place) (out []int64) {
	for _, p := range list {
		out = append(out, p.ID)
	}
	return out
}

func whys(list []Place) (out []Reason) {
	for _, p := range list {
		out = append(out, p.Why)
	}
	return out
}

// TestQueueCase is the case of practice.md §2.5.5.
func TestQueueCase(t *testing.T) {
	const p, r, tt, v, w = 1, 2, 3, 4, 5
	list := List(Item{}, []Hand{hand(p, Hand{Turns: 1}), hand(r, Hand{Seconds: 130}), hand(tt, Hand{}), hand(v, Hand{Soon: true}), hand(w, Hand{Seconds: 70})})
	if got := ids(list); !slices.Equal(got, []int64{v, tt, w, r, p}) {
		t.Errorf("the order is %v", got)
	}
	if got := whys(list); !slices.Equal(got, []Reason{First, Sooner, Unheard, Shorter, Turns}) {
		t.Errorf("because of %v", got)
	}
}

func TestList(t *testing.T) {
	for _, tt := range []struct {
		name  string
		item  Item
		hands []Hand
		want  []int64
		why   []Reason
	}{
		{"nobody", Item{}, nil, nil, nil},
		{"who raised first", Item{}, []Hand{hand(2, Hand{}), hand(1, Hand{})}, []int64{1, 2}, []Reason{First, Earlier}},
		{"sides take turns", Item{Proposal: true, Last: For}, []Hand{hand(1, Hand{Side: For}), hand(2, Hand{Side: For}), hand(3, Hand{Side: Against}), hand(4, Hand{Side: Against})},
			[]int64{3, 1, 4, 2}, []Reason{First, Sides, Sides, Sides}},
		{"nobody has spoken yet", Item{Proposal: true}, []Hand{hand(1, Hand{Side: Against}), hand(2, Hand{Side: For})}, []int64{2, 1}, []Reason{First, Sides}},
		{"one side only", Item{Proposal: true, Last: For}, []Hand{hand(1, Hand{Side: For}), hand(2, Hand{Side: For}), hand(3, Hand{})}, []int64{1, 2, 3}, []Reason{First, Earlier, Earlier}},
		{"who takes no side waits only while both queue", Item{Proposal: true, Last: Against}, []Hand{hand(1, Hand{}), hand(2, Hand{Side: For}), hand(3, Hand{Side: Against})},
			[]int64{2, 1, 3}, []Reason{First, Sides, Earlier}},
		{"no proposal, no sides", Item{Last: For}, []Hand{hand(1, Hand{Side: For}), hand(2, Hand{Side: Against})}, []int64{1, 2}, []Reason{First, Earlier}},
		{"questions of fact first, two in a row", Item{}, []Hand{hand(1, Hand{}), hand(2, Hand{Kind: Fact}), hand(3, Hand{Kind: Fact}), hand(4, Hand{Kind: Fact})},
			[]int64{2, 3, 1, 4}, []Reason{First, Earlier, Facts, Enough}},
		{"two were heard before", Item{Facts: 2}, []Hand{hand(1, Hand{Kind: Fact}), hand(2, Hand{})}, []int64{2, 1}, []Reason{First, Enough}},
		{"whoever was named replies", Item{}, []Hand{hand(1, Hand{Kind: Fact}), hand(2, Hand{Kind: Reply, Turns: 3})}, []int64{2, 1}, []Reason{First, Replies}},
		{"a second turn waits for a first, whatever its side", Item{Proposal: true, Last: For}, []Hand{hand(1, Hand{Side: Against, Turns: 1}), hand(2, Hand{Side: For})},
			[]int64{2, 1}, []Reason{First, Turns}},
		{"less than a minute is no difference", Item{}, []Hand{hand(1, Hand{Seconds: 59}), hand(2, Hand{Seconds: 5})}, []int64{1, 2}, []Reason{First, Earlier}},
	} {
		list := List(tt.item, tt.hands)
		if got, why := ids(list), whys(list); !slices.Equal(got, tt.want) || len(why) > 0 && !slices.Equal(why, tt.why) {
			t.Errorf("%s: %v, because of %v; want %v and %v", tt.name, got, why, tt.want, tt.why)
		}
	}
}

// TestQuestionsInterrupt: rules questions stand on no list, and are heard in the order in which they were raised.
func TestQuestionsInterrupt(t *testing.T) {
	hands := []Hand{hand(3, Hand{Kind: Rules}), hand(1, Hand{}), hand(2, Hand{Kind: Rules})}
	if got := ids(List(Item{}, hands)); !slices.Equal(got, []int64{1}) {
		t.Errorf("the list is %v", got)
	}
	if got := Questions(hands); len(got) != 2 || got[0].ID != 2 || got[1].ID != 3 {
		t.Errorf("questions are %+v", got)
	}
}

func TestRearrange(t *testing.T) {
	list := List(Item{}, []Hand{hand(1, Hand{}), hand(2, Hand{}), hand(3, Hand{}), hand(4, Hand{})})
	for _, tt := range []struct {
		name  string
		moves []Move
		want  []int64
		why   []Reason
	}{
		{"nothing", nil, []int64{1, 2, 3, 4}, []Reason{First, Earlier, Earlier, Earlier}},
		{"to the front", []Move{{Hand: 4, Other: 1}}, []int64{4, 1, 2, 3}, []Reason{First, Moved, Earlier, Earlier}},
		{"lets one first", []Move{{Hand: 1, Other: 2, Behind: true}}, []int64{2, 1, 3, 4}, []Reason{First, Moved, Moved, Earlier}},
		{"one after the other", []Move{{Hand: 4, Other: 1}, {Hand: 1, Other: 4}}, []int64{1, 4, 2, 3}, []Reason{First, Moved, Moved, Earlier}},
		{"who is gone", []Move{{Hand: 9, Other: 1}, {Hand: 2, Other: 9}}, []int64{1, 2, 3, 4}, []Reason{First, Earlier, Earlier, Earlier}},
		{"before oneself", []Move{{Hand: 2, Other: 2}}, []int64{1, 2, 3, 4}, []Reason{First, Earlier, Earlier, Earlier}},
	} {
		got := Rearrange(list, tt.moves)
		if !slices.Equal(ids(got), tt.want) || !slices.Equal(whys(got), tt.why) {
			t.Errorf("%s: %v, because of %v; want %v and %v", tt.name, ids(got), whys(got), tt.want, tt.why)
		}
	}
	if !slices.Equal(ids(list), []int64{1, 2, 3, 4}) {
		t.Error("the list itself has changed")
	}
}

func anyHands(t *rapid.T) (hands []Hand) {
	for i := range rapid.IntRange(0, 12).Draw(t, "hands") {
		hands = append(hands, Hand{
			ID: int64(i + 1), Kind: rapid.SampledFrom([]Kind{Speak, Speak, Speak, Fact, Reply, Rules}).Draw(t, "kind"),
			Side: rapid.SampledFrom([]Side{Either, For, Against}).Draw(t, "side"), Turns: rapid.IntRange(0, 2).Draw(t, "turns"),
			Soon: rapid.Bool().Draw(t, "soon"), Spoken: rapid.Bool().Draw(t, "spoken"), Seconds: rapid.IntRange(0, 400).Draw(t, "seconds"),
			Raised: start.Add(time.Duration(rapid.IntRange(0, 5).Draw(t, "raised")) * time.Second),
		})
	}
	return hands
}

// TestListProperties: whatever hands are up, everybody but rules questions is on the list once; the order does not depend on the order in
// which hands are known; nobody speaks twice before somebody who waits speaks once; at most two questions of fact are heard while somebody
// waits to speak; while both sides wait for the same turn nobody of the side that has just spoken is heard; whoever asks to be heard sooner
// never stands further behind for it; and who is heard next is who is first.
func TestListProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hands := anyHands(t)
		item := Item{Proposal: rapid.Bool().Draw(t, "proposal"), Last: rapid.SampledFrom([]Side{Either, For, Against}).Draw(t, "last"), Facts: rapid.IntRange(0, 3).Draw(t, "facts")}
		list := List(item, hands)
		if len(list)+len(Questions(hands)) != len(hands) {
			t.Fatalf("%d hands make %d places", len(hands), len(list))
		}
		if got := ids(List(item, rapid.Permutation(hands).Draw(t, "known as"))); !slices.Equal(got, ids(list)) {
			t.Fatalf("known in another order they are %v and not %v", got, ids(list))
		}
		now := item
		for i, p := range list {
			waits := func(f func(Hand) bool) bool {
				return slices.ContainsFunc(list[i+1:], func(o Place) bool { return f(o.Hand) })
			}
			if p.Kind == Speak && waits(func(o Hand) bool { return o.Kind == Speak && o.Turns < p.Turns }) {
				t.Fatalf("%d has its turn %d before somebody with fewer: %v", p.ID, p.Turns, ids(list))
			}
			if p.Kind == Fact && now.Facts >= mostFacts && waits(func(o Hand) bool { return o.Kind == Speak }) {
				t.Fatalf("question of fact %d is heard as one too many: %v", p.ID, ids(list))
			}
			if item.Proposal && p.Kind == Speak && p.Side != now.Last.other() && waits(func(o Hand) bool { return o.Kind == Speak && o.Turns == p.Turns && o.Side == now.Last.other() }) &&
				bothSides(now, placesOf(list[i:])) {
				t.Fatalf("%d speaks out of its side's turn: %v", p.ID, ids(list))
			}
			now = now.after(p.Hand)
			if i == 0 && len(list) > 1 && !slices.Equal(ids(List(now, placesOf(list[1:]))), ids(list[1:])) {
				t.Fatalf("after the first the others stand otherwise")
			}
		}
		if len(hands) == 0 {
			return
		}
		who := rapid.IntRange(0, len(hands)-1).Draw(t, "who")
		at := func(list []Place) int { return slices.Index(ids(list), hands[who].ID) }
		calm, eager := slices.Clone(hands), slices.Clone(hands)
		calm[who].Soon, eager[who].Soon = false, true
		if !item.Proposal && at(List(item, eager)) > at(List(item, calm)) {
			t.Fatalf("%d asks to be heard sooner and is heard later", hands[who].ID)
		}
	})
}

func placesOf(list []Place) (out []Hand) {
	for _, p := range list {
		out = append(out, p.Hand)
	}
	return out
}
