package handover

import (
	"testing"
	"time"

	"folkmoot/internal/role"
	"folkmoot/internal/rulebook"

	"pgregory.net/rapid"
)

var start = time.Date(2026, time.March, 2, 20, 0, 0, 0, time.UTC)

// TestCalendar is the calendar of a term of preset B (practice.md §2.12.5), and of those that are shorter or end early.
func TestCalendar(t *testing.T) {
	rules, ok := rulebook.Preset(rulebook.Branch)
	if !ok {
		t.Fatal("there is no such preset")
	}
	office, drawn := role.Role{Type: role.Type{Fill: role.ByElection}}, role.Role{Type: role.Type{Fill: role.ByLot}}
	term := role.Term{Begins: start, Ends: start.Add(180 * day)}
	c := CalendarOf(office, term, rules)
	for what, x := range map[string][2]time.Time{
		"the willing are looked at": {c.Settle, start.Add(58 * day)}, "half": {c.Half, start.Add(90 * day)}, "asked": {c.Ask, term.Ends.Add(-42 * day)},
		"handover": {c.Open, term.Ends.Add(-21 * day)}, "adviser": {c.Advise, term.Ends.Add(30 * day)}, "forgotten": {c.Forget, term.Ends.AddDate(1, 0, 0)},
	} {
		if !x[0].Equal(x[1]) {
			t.Errorf("%s at %v, want %v", what, x[0], x[1])
		}
	}
	if c.IsHalf(c.Half.Add(-1)) || !c.IsHalf(c.Half) || c.IsHalf(c.Half.Add(14*day)) {
		t.Error("half of the term is shown at another time")
	}
	if c := CalendarOf(drawn, term, rules); !c.Ask.IsZero() || !c.Count.IsZero() {
		t.Errorf("where a lot is drawn everybody is asked by the draw: %+v", c)
	}
	term.Ended = start.Add(10 * day)
	if c := CalendarOf(office, term, rules); !c.Ask.IsZero() || !c.Open.Equal(term.Ended) || !c.Over.Equal(term.Ended) {
		t.Errorf("a term that ends early: %+v", c)
	}
}

// TestCalendarIsInOrder: whatever the length of a term and the rules' figures, nothing comes before the term begins, and each step comes after those
// that it follows from.
func TestCalendarIsInOrder(t *testing.T) {
	rules, ok := rulebook.Preset(rulebook.Branch)
	if !ok {
		t.Fatal("there is no such preset")
	}
	rapid.Check(t, func(t *rapid.T) {
		rules.NominationsDays = rapid.IntRange(3, 60).Draw(t, "nominations")
		rules.Office.UnderstudyBy = rulebook.Fraction{Num: rapid.IntRange(1, 6).Draw(t, "of ten"), Den: 10}
		over := time.Duration(rapid.Int64Range(0, int64(day/time.Millisecond)).Draw(t, "ms")) * time.Millisecond
		term := role.Term{Begins: start, Ends: start.Add(time.Duration(rapid.IntRange(28, 400).Draw(t, "days"))*day + over)}
		if rapid.Bool().Draw(t, "early") {
			term.Ended = start.Add(time.Duration(rapid.Int64Range(1, int64(term.Ends.Sub(start))).Draw(t, "after")))
		}
		c := CalendarOf(role.Role{Type: role.Type{Fill: role.ByElection}}, term, rules)
		for _, at := range []time.Time{c.Settle, c.Half, c.Open} {
			if at.Before(c.Begins) {
				t.Fatalf("before the term begins: %+v", c)
			}
		}
		if at := c.Settle; !at.Equal(at.Truncate(stored)) {
			t.Fatalf("an understudy is to be named at %v, which cannot be kept and would be due for ever", at)
		}
		if c.Open.After(c.Over) || !c.Over.Before(c.Advise) || !c.Advise.Before(c.Forget) || !c.Ask.IsZero() && (c.Ask.Before(c.Begins) || c.Count.Before(c.Ask)) {
			t.Fatalf("out of order: %+v", c)
		}
		now := start.Add(time.Duration(rapid.Int64Range(0, int64(500*day)).Draw(t, "now")))
		if again := c.again(now); now.After(c.Settle) && (!again.After(now) || again.Sub(now) > againTime) {
			t.Fatalf("at %v it is looked for again at %v", now, again)
		}
	})
}

// TestEnough: two sittings that both confirm where a lot is drawn, two months where members elect, over all holders whom somebody shadowed.
func TestEnough(t *testing.T) {
	sat := func(confirmed ...bool) (s Shadowing) {
		for _, c := range confirmed {
			s.Sits = append(s.Sits, Sitting{Confirmed: c})
		}
		return s
	}
	long := func(days int) Shadowing { return Shadowing{Agreed: start, Ended: start.Add(time.Duration(days) * day)} }
	now := start.Add(400 * day)
	for what, x := range map[string]struct {
		fill role.Fill
		own  []Shadowing
		want bool
	}{
		"nothing": {role.ByLot, nil, false}, "one alone says so": {role.ByLot, []Shadowing{sat(true, false)}, false}, "twice": {role.ByLot, []Shadowing{sat(true, true)}, true},
		"once with each": {role.ByLot, []Shadowing{sat(true), sat(true)}, true}, "long without a sitting": {role.ByLot, []Shadowing{long(300)}, false},
		"59 days": {role.ByElection, []Shadowing{long(59)}, false}, "60 days": {role.ByElection, []Shadowing{long(60)}, true},
		"a month with each": {role.ByElection, []Shadowing{long(30), long(30)}, true}, "not agreed": {role.ByElection, []Shadowing{{Asked: start}}, false},
		"under way": {role.ByElection, []Shadowing{{Agreed: start}}, true},
	} {
		if got := Enough(x.fill, x.own, now); got != x.want {
			t.Errorf("%s: %v", what, got)
		}
	}
}

// TestSealTellsTextsApart: no two sheets have the same seal by moving words from one field to the next.
func TestSealTellsTextsApart(t *testing.T) {
	text := rapid.StringOfN(rapid.RuneFrom([]rune("ab1:")), 0, 4, -1)
	items := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Item { return Item{Label: text.Draw(t, "label"), Text: text.Draw(t, "text")} }), 1, 3)
	rapid.Check(t, func(t *rapid.T) {
		a, b := items.Draw(t, "a"), items.Draw(t, "b")
		same := len(a) == len(b)
		for i := 0; same && i < len(a); i++ {
			same = a[i].Label == b[i].Label && a[i].Text == b[i].Text
		}
		if (SealOf([]byte("salt"), a) == SealOf([]byte("salt"), b)) != same {
			t.Fatalf("%+v and %+v", a, b)
		}
		if SealOf([]byte("other"), a) == SealOf([]byte("salt"), a) {
			t.Fatal("the salt changes nothing")
		}
	})
}
