package agree

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/lang"
	"folkmoot/internal/tally"

	"pgregory.net/rapid"
)

var now = time.Date(2026, 3, 3, 19, 0, 0, 0, time.UTC)

func day(n int) time.Time { return now.AddDate(0, 0, n) }

// The rules of the presets A and B (practice.md §2.15).
var (
	affinity = Rules{AsideNum: 1, AsideDen: 3, Meetings: 2, MeetingDays: 14, Fallback: tally.ThreeQuarters(), AbsentDays: 5, TwoBlocksAbove: 12}
	branch   = Rules{AsideNum: 1, AsideDen: 3, Meetings: 1, MeetingDays: 14, Fallback: tally.TwoThirds(), AbsentDays: 5, TwoBlocksAbove: 12}
)

func TestDecide(t *testing.T) {
	noVote, atOnce := affinity, affinity
	noVote.Fallback, atOnce.AbsentDays = tally.Rule{}, 0
	agreed := tally.Call{Agree: 6, Reservation: 1, Entitled: 10}
	blocked := tally.Call{Agree: 6, Block: 1, Entitled: 10}
	for _, tt := range []struct {
		name string
		c    Case
		r    Rules
		want Result // without what was counted
	}{
		{"agreed, the record is not out", Case{Call: agreed}, affinity, Result{Next: Provisional}},
		{"agreed, the absent have their days", Case{Call: agreed, Published: day(0)}, affinity, Result{Next: Provisional, Until: day(5)}},
		{"agreed, a moment before", Case{Call: agreed, Published: day(-5).Add(1)}, affinity, Result{Next: Provisional, Until: now.Add(1)}},
		{"agreed, the days are over", Case{Call: agreed, Published: day(-5)}, affinity, Result{Next: Stands, Until: now}},
		{"agreed, and urgent", Case{Call: agreed, Urgent: true, Published: day(0)}, affinity, Result{Next: Stands}},
		{"agreed, a group without such days", Case{Call: agreed}, atOnce, Result{Next: Stands}},
		{"a third aside", Case{Call: tally.Call{Agree: 4, Aside: 2, Entitled: 10}, Urgent: true}, affinity, Result{Next: Stands}},
		{"more than a third aside", Case{Call: tally.Call{Agree: 3, Aside: 2, Entitled: 10}}, affinity, Result{Next: Redraft}},
		{"too few answered", Case{Call: tally.Call{Agree: 3, Entitled: 10}}, affinity, Result{Next: AskAgain}},
		{"too few answered, one with a block", Case{Call: tally.Call{Agree: 2, Block: 1, Entitled: 10}}, affinity, Result{Next: AskAgain}},
		{"a block", Case{Call: blocked}, affinity, Result{Next: Meet, Meetings: 2, By: day(14), Majority: tally.ThreeQuarters(), Minority: true}},
		{"a block after one meeting", Case{Call: blocked, FirstBlock: day(-7), Held: 1}, affinity,
			Result{Next: Meet, Meetings: 1, By: day(7), Majority: tally.ThreeQuarters(), Minority: true}},
		{"a block after both", Case{Call: blocked, FirstBlock: day(-7), Held: 2}, affinity, Result{Next: Vote, Majority: tally.ThreeQuarters(), Minority: true}},
		{"a block after fourteen days", Case{Call: blocked, FirstBlock: day(-14), Held: 1}, affinity, Result{Next: Vote, Majority: tally.ThreeQuarters(), Minority: true}},
		{"a block in a branch after its meeting", Case{Call: blocked, FirstBlock: day(-7), Held: 1}, branch, Result{Next: Vote, Majority: tally.TwoThirds(), Minority: true}},
		{"a block about the aims", Case{Call: blocked, NoVote: true, Held: 2}, affinity, Result{Next: Blocked, Minority: true}},
		{"a block about the aims, at first", Case{Call: blocked, NoVote: true}, affinity, Result{Next: Meet, Meetings: 2, By: day(14), Minority: true}},
		{"a block in a group that never votes", Case{Call: blocked, Held: 2}, noVote, Result{Next: Blocked, Minority: true}},
		{"one block in a group of twelve", Case{Call: tally.Call{Agree: 9, Block: 1, Entitled: 12}, Members: 12}, affinity,
			Result{Next: Meet, Meetings: 2, By: day(14), Majority: tally.ThreeQuarters(), Minority: true}},
		{"one block in a group of thirteen", Case{Call: tally.Call{Agree: 9, Block: 1, Entitled: 13}, Members: 13, Urgent: true}, affinity,
			Result{Next: Stands, Meetings: 1, By: day(14), OneMore: true, Minority: true}},
		{"and its meeting was held", Case{Call: tally.Call{Agree: 9, Block: 1, Entitled: 13}, Members: 13, Urgent: true, Held: 1}, affinity,
			Result{Next: Stands, OneMore: true, Minority: true}},
		{"two blocks in a group of thirteen", Case{Call: tally.Call{Agree: 9, Block: 2, Entitled: 13}, Members: 13}, affinity,
			Result{Next: Meet, Meetings: 2, By: day(14), Majority: tally.ThreeQuarters(), Minority: true}},
	} {
		if tt.c.Members == 0 {
			tt.c.Members = 10
		}
		tt.c.Quorum, tt.c.Now = 4, now
		got, err := Decide(tt.c, tt.r)
		got.Consented = tally.Consented{}
		if err != nil || got != tt.want {
			t.Errorf("%s: %+v (%v), want %+v", tt.name, got, err, tt.want)
		}
	}
}

// TestAbsentMemberBlocks: a member who was absent blocks within their days, and what follows is what had followed had they been there.
func TestAbsentMemberBlocks(t *testing.T) {
	c := Case{Call: tally.Call{Agree: 6, Entitled: 8}, Members: 8, Quorum: 4, Published: day(-2), Now: now}
	got, err := Decide(c, affinity)
	if err != nil || !Late(got, false) || Late(got, true) {
		t.Fatalf("%+v, %v: who was absent may speak, and who answered may not", got, err)
	}
	c.Call.Block, c.FirstBlock = 1, now
	if got, err = Decide(c, affinity); err != nil || got.Next != Meet || got.By != day(14) || Late(got, false) {
		t.Errorf("after the block: %+v, %v", got, err)
	}
	c.Call.Block, c.Published = 0, day(-5)
	if got, err = Decide(c, affinity); err != nil || got.Next != Stands || Late(got, false) {
		t.Errorf("after their days: %+v, %v", got, err)
	}
}

func TestDecideRefuses(t *testing.T) {
	if _, err := Decide(Case{Call: tally.Call{Agree: 3, Entitled: 2}}, affinity); !errors.Is(err, tally.ErrVotes) {
		t.Errorf("more answers than people: %v", err)
	}
	if _, err := Decide(Case{Call: tally.Call{Agree: 2, Entitled: 2}}, Rules{}); !errors.Is(err, tally.ErrRule) {
		t.Errorf("no rules: %v", err)
	}
}

func TestCount(t *testing.T) {
	got := Count(10, []Response{Yes, Block, Yes, Aside, Reservation, "", "perhaps", Yes})
	if want := (tally.Call{Agree: 3, Reservation: 1, Aside: 1, Block: 1, Entitled: 10}); got != want {
		t.Errorf("counted %+v", got)
	}
}

// TestFallback: those who do not vote are not in the majority, but it needs its quorum.
func TestFallback(t *testing.T) {
	for _, tt := range []struct {
		v    tally.Votes
		r    Rules
		want tally.Outcome
	}{
		{tally.Votes{For: 3, Against: 1, Abstain: 5, Entitled: 20}, affinity, tally.Carried}, {tally.Votes{For: 5, Against: 2, Entitled: 20}, affinity, tally.NotCarried},
		{tally.Votes{For: 5, Against: 2, Entitled: 20}, branch, tally.Carried}, {tally.Votes{For: 6, Against: 2, Entitled: 20}, affinity, tally.Carried},
		{tally.Votes{For: 2, Entitled: 20}, affinity, tally.Inquorate},
	} {
		if got, err := Fallback(tt.v, tt.r, 3); err != nil || got.Outcome != tt.want {
			t.Errorf("%+v: %s, %v", tt.v, got.Outcome, err)
		}
	}
	if _, err := Fallback(tally.Votes{For: 3, Entitled: 3}, Rules{}, 1); !errors.Is(err, tally.ErrRule) {
		t.Errorf("a vote without a majority: %v", err)
	}
}

func TestObjection(t *testing.T) {
	for _, tt := range []struct {
		o    Objection
		want []Reason
	}{
		{Objection{Safety, "the stairs", "somebody will fall"}, nil},
		{Objection{Aim, "", "no"}, []Reason{NoWhich}},
		{Objection{"dislike", "it", ""}, []Reason{NoGround, NoWhy}},
		{Objection{}, []Reason{NoGround, NoWhich, NoWhy}},
	} {
		if got := tt.o.Missing(); !slices.Equal(got, tt.want) {
			t.Errorf("%+v: %v", tt.o, got)
		}
	}
}

func TestOnline(t *testing.T) {
	all := Online(now)
	var stages []Stage
	for i, w := range all {
		stages = append(stages, w.Stages...)
		if w.From != day(2*i) || w.Until != day(2*i+2) {
			t.Errorf("%v is from %v until %v", w.Stages, w.From, w.Until)
		}
	}
	if !slices.Equal(stages, []Stage{Question, Ideas, Draft, Concerns, Call}) {
		t.Errorf("stages are %v", stages)
	}
}

// TestWords: the line of the record is the one of practice.md §2.7, and everything else has words in every language, of at most 20 a sentence.
func TestWords(t *testing.T) {
	c, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	call := tally.Call{Agree: 6, Reservation: 1, Entitled: 10}
	if got, want := c.Voice("en").Say(Line(call)), "agree 6, reservation 1, aside 0, block 0, not heard from 3"; got != want {
		t.Errorf("the record prints %q, want %q", got, want)
	}
	all := []lang.Msg{Line(call), NoGround.Say(), NoWhich.Say(), NoWhy.Say()}
	for _, r := range Responses() {
		all = append(all, r.Name())
	}
	for _, s := range Stages() {
		all = append(all, s.Name())
	}
	for _, n := range []Next{Stands, Provisional, Redraft, Meet, Vote, Blocked, AskAgain} {
		r := Result{Next: n, Meetings: 2, By: now, Majority: tally.TwoThirds()}
		all = append(all, r.Say()...)
		r.Until, r.OneMore, r.Meetings, r.Reason = now, true, 1, tally.NobodyAgreed
		all = append(all, r.Say()...)
	}
	for _, tag := range c.Tags() {
		for _, m := range all {
			said := c.Voice(tag).Say(m)
			if said == m.ID || strings.Contains(said, "<no value>") {
				t.Errorf("%s: %s says %q", tag, m.ID, said)
			}
			for _, s := range strings.FieldsFunc(said, func(r rune) bool { return strings.ContainsRune(".?!:", r) }) {
				if len(strings.Fields(s)) > 20 {
					t.Errorf("%s: %s is long: %s", tag, m.ID, said)
				}
			}
		}
	}
}

// TestDecideProperties: silence never changes what follows but by the quorum; no decision is made against enough blocks, and none of them is
// forgotten: there is a meeting for it, or was; a block ends in a vote or in nothing decided once meetings or days are used up, so nobody stops
// a decision by taking their time, unless the group has no vote on it; and somebody who agrees instead of standing aside never undoes an
// agreement.
func TestDecideProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := func(name string, most int64) int64 { return rapid.Int64Range(0, most).Draw(t, name) }
		call := tally.Call{Agree: n("agree", 12), Reservation: n("reservation", 3), Aside: n("aside", 6), Block: n("block", 3)}
		call.Entitled = call.Responders() + n("silent", 9)
		c := Case{
			Call: call, Members: call.Entitled + n("others", 5), Quorum: n("quorum", 8), NoVote: rapid.Bool().Draw(t, "no vote"),
			Urgent: rapid.Bool().Draw(t, "urgent"), Held: int(n("held", 3)), Now: now, FirstBlock: day(-int(n("days", 20))),
		}
		if rapid.Bool().Draw(t, "published") {
			c.Published = day(-int(n("out", 9)))
		}
		r := rapid.SampledFrom([]Rules{affinity, branch}).Draw(t, "rules")
		got, err := Decide(c, r)
		if err != nil {
			t.Fatal(err)
		}
		enough := int64(1)
		if c.Members > 12 {
			enough = 2
		}
		made := got.Next == Stands || got.Next == Provisional
		counts := got.Next != AskAgain
		switch {
		case counts != (call.Responders() >= max(1, c.Quorum)):
			t.Fatalf("%+v: %s", c, got.Next)
		case made && (call.Block >= enough || call.Agree+call.Reservation == 0 || 3*call.Aside > call.Responders()):
			t.Fatalf("%+v is %s", c, got.Next)
		case counts && call.Block >= enough && made, got.Minority != (counts && call.Block > 0):
			t.Fatalf("%+v: a block is forgotten: %+v", c, got)
		case made && call.Block > 0 && c.Held == 0 && got.Meetings != 1:
			t.Fatalf("%+v: nobody talks with who blocks: %+v", c, got)
		case got.Next == Meet && (got.Meetings < 1 || !got.By.After(now)):
			t.Fatalf("%+v: a meeting that cannot be: %+v", c, got)
		case counts && call.Block >= enough && (c.Held >= r.Meetings || !c.Now.Before(c.FirstBlock.AddDate(0, 0, 14))) && got.Next != Vote && got.Next != Blocked:
			t.Fatalf("%+v: it goes on for ever: %+v", c, got)
		case (got.Majority != tally.Rule{}) != (counts && call.Block >= enough && !c.NoVote):
			t.Fatalf("%+v: the vote needs %+v", c, got.Majority)
		}
		more := c
		more.Call.Entitled += 5
		if other, err := Decide(more, r); err != nil || other.Next != got.Next {
			t.Fatalf("%+v: five more are silent, and it is %s and not %s (%v)", c, other.Next, got.Next, err)
		}
		if call.Aside > 0 && made {
			more = c
			more.Call.Aside--
			more.Call.Agree++
			if other, err := Decide(more, r); err != nil || other.Next != got.Next {
				t.Fatalf("%+v: one more agrees, and it is %s and not %s (%v)", c, other.Next, got.Next, err)
			}
		}
	})
}
