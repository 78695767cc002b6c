package role

import (
	"fmt"
	"slices"
	"testing"

	"folkmoot/internal/rulebook"

	"pgregory.net/rapid"
)

const convenor, leadership = "convenor", "leadership"

func office(t *testing.T, preset rulebook.Name) rulebook.OfficeRules {
	t.Helper()
	p, ok := rulebook.Preset(preset)
	if !ok {
		t.Fatalf("no preset %s", preset)
	}
	return p.Office
}

func terms(spans ...Span) (p Past) {
	for _, s := range spans {
		p.Held = append(p.Held, Held{convenor, leadership, s})
	}
	return p
}

// TestEligibility_6_2_8 are the cases of practice.md §2.12.2 for preset B, and what follows from the same rule for families, recalls,
// lifetimes and terms that overlap.
func TestEligibility_6_2_8(t *testing.T) {
	b := office(t, "B")
	vice := Held{"vice-convenor", leadership, Span{0, 180}}
	for _, tt := range []struct {
		name  string
		past  Past
		start Day
		want  []Bar
	}{
		{"nobody's past", Past{}, 0, nil},
		{"once, and on", terms(Span{0, 180}), 180, nil},
		{"twice, and on", terms(Span{0, 180}, Span{180, 360}), 360, []Bar{Consecutive}},
		{"twice, back a day early", terms(Span{0, 180}, Span{180, 360}), 724, []Bar{Cooling}},
		{"twice, back in time", terms(Span{0, 180}, Span{180, 360}), 725, nil},
		{"three times", terms(Span{0, 180}, Span{180, 360}, Span{725, 905}), 905, []Bar{Window}},
		{"once, after a short gap", terms(Span{0, 180}), 200, nil},
		{"once, after the longest gap", terms(Span{0, 180}), 210, nil},
		{"once, after a gap too long", terms(Span{0, 180}), 211, []Bar{Cooling}},
		{"another chair of the family", Past{Held: []Held{vice}}, 180, nil},
		{"another chair twice", Past{Held: []Held{vice, {"vice-convenor", leadership, Span{180, 360}}}}, 360, []Bar{Consecutive}},
		{"another chair still held", Past{Held: []Held{vice}}, 179, []Bar{Holding}},
		{"another chair given for later", Past{Held: []Held{{"vice-convenor", leadership, Span{300, 480}}}}, 180, []Bar{Holding}},
		{"another family", Past{Held: []Held{{"teller", "counting", Span{0, 400}}}}, 180, nil},
		{"days shared by two terms count once", terms(Span{0, 180}, Span{90, 180}), 180, nil},
		{"a term that ended early", terms(Span{0, 180}, Span{180, 181}), 181, []Bar{Consecutive}},
		{"recalled", Past{Recalled: []Recall{{convenor, 100}}}, 279, []Bar{Recalled}},
		{"recalled half a year ago", Past{Recalled: []Recall{{convenor, 100}}}, 280, nil},
		{"recalled from another role", Past{Recalled: []Recall{{"treasurer", 100}}}, 101, nil},
		{"a lifetime", terms(Span{0, 360}, Span{1000, 1360}, Span{2500, 2860}, Span{4000, 4181}), 6000, []Bar{Lifetime}},
		{"a lifetime less a day", terms(Span{0, 360}, Span{1000, 1360}, Span{2500, 2860}, Span{4000, 4180}), 6000, nil},
	} {
		post := Post{Role: convenor, Family: leadership, Start: tt.start, Days: b.TermDays, Exclusive: true}
		if got := Bars(b, tt.past, post, nil); !slices.Equal(got, tt.want) {
			t.Errorf("%s: barred by %v, want %v", tt.name, got, tt.want)
		}
	}
}

// TestFirstDay: who is told from when they may take a post may take it then, and not before.
func TestFirstDay(t *testing.T) {
	b := office(t, "B")
	for _, tt := range []struct {
		past        Past
		start, want Day
		ok          bool
	}{
		{Past{}, 10, 10, true},
		{terms(Span{0, 180}, Span{180, 360}), 360, 725, true},
		{terms(Span{0, 180}, Span{180, 360}, Span{725, 905}), 905, 1270, true},
		{Past{Recalled: []Recall{{convenor, 5}}}, 10, 185, true},
		{terms(Span{0, 360}, Span{1000, 1360}, Span{2500, 2860}, Span{4000, 4360}), 4360, 0, false},
	} {
		post := Post{Role: convenor, Family: leadership, Start: tt.start, Days: b.TermDays}
		if got, ok := FirstDay(b, tt.past, post); got != tt.want || ok != tt.ok {
			t.Errorf("%v from %d: %d, %v, want %d, %v", tt.past, tt.start, got, ok, tt.want, tt.ok)
		}
	}
}

// TestAlwaysStandingAgain: of somebody who stands again on every day on which they may, no run is longer than the rules say, and no
// years, wherever one begins to count them, have more days in the role.
func TestAlwaysStandingAgain(t *testing.T) {
	for _, preset := range []rulebook.Name{"A", "B", "C"} {
		limits := office(t, preset)
		limits.LifetimeDays = 0
		past, post := Past{}, Post{Role: convenor, Family: leadership, Days: limits.TermDays}
		const horizon = 40 * 365
		for post.Start < horizon {
			first, ok := FirstDay(limits, past, post)
			if !ok {
				t.Fatalf("preset %s: barred for ever on day %d", preset, post.Start)
			}
			post.Start = first + Day(post.Days)
			past.Held = append(past.Held, Held{convenor, leadership, Span{first, post.Start}})
		}
		held := past.within(func(Held) bool { return true })
		for _, s := range held {
			if n := int(s.To - s.From); n > limits.MaxConsecutiveDays {
				t.Errorf("preset %s: %d days running", preset, n)
			}
		}
		for from := Day(0); from < horizon; from++ {
			if n := days(cut(held, Span{from, from + Day(limits.WindowDays)})); n > limits.MaxDaysInWindow {
				t.Fatalf("preset %s: %d days of %d from day %d", preset, n, limits.WindowDays, from)
			}
		}
		t.Logf("preset %s: serves %d days of 100", preset, 100*days(held)/horizon)
	}
}

// TestRelax: limits give way in their order, as far as they must and no further.
func TestRelax(t *testing.T) {
	b := office(t, "B")
	cooling := terms(Span{0, 180}, Span{180, 360})                                  // may come back at 725
	consecutive := terms(Span{340, 700})                                            // has just served as long as may be
	window := terms(Span{100, 280}, Span{280, 460}, Span{900, 900}, Span{520, 700}) // 540 days within three years
	post := Post{Role: convenor, Family: leadership, Start: 700, Days: b.TermDays}
	for _, tt := range []struct {
		name    string
		willing [][]Past
		seats   int
		want    []Bar
	}{
		{"enough", [][]Past{{{}}, {{}}}, 1, nil},
		{"one more is cooling", [][]Past{{{}}, {cooling}}, 1, []Bar{Cooling}},
		{"one more has served long", [][]Past{{{}}, {consecutive}}, 1, []Bar{Cooling, Consecutive}},
		{"one more has served often", [][]Past{{{}}, {window}}, 1, []Bar{Cooling, Consecutive, Window}},
		{"never enough, but more", [][]Past{{{}}, {cooling}}, 2, []Bar{Cooling}},
		{"people who would share a place are one to choose from", [][]Past{{{}}, {{}, cooling}}, 1, []Bar{Cooling}},
		{"people who share are enough", [][]Past{{{}}, {{}, {}}}, 1, nil},
		{"none would help", [][]Past{{{}}}, 1, nil},
		{"nobody", nil, 1, nil},
	} {
		if got := Relax(b, tt.willing, post, tt.seats); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v give way, want %v", tt.name, got, tt.want)
		}
	}
}

// slow decides day by day, from the formula of practice.md §2.12.2 and nothing else of this package.
func slow(limits rulebook.OfficeRules, past Past, post Post) (out []Bar) {
	held, role := map[Day]bool{}, map[Day]bool{}
	other := false
	for _, h := range past.Held {
		for d := h.From; d < h.To; d++ {
			if h.Family == post.Family {
				held[d] = true
				other = other || h.Role != post.Role && post.Start <= d && d < post.Start+Day(post.Days)
			}
			if h.Role == post.Role {
				role[d] = true
			}
		}
	}
	end := post.Start + Day(post.Days)
	var since, run, lifetime, window int
	last := Day(-1 << 30)
	for d := Day(-2000); d < post.Start; d++ { // a run goes on over gaps of up to 30 days
		if held[d] {
			if d-last-1 > 30 {
				run = 0
			}
			run++
			last = d
		}
	}
	since = int(post.Start - last - 1)
	served := last >= -2000
	for d := post.Start; d < end; d++ {
		held[d], role[d] = true, true
	}
	lifetime = len(role)
	for d := end - Day(limits.WindowDays); d < end; d++ {
		if held[d] {
			window++
		}
	}
	if post.Exclusive && other {
		out = append(out, Holding)
	}
	if limits.LifetimeDays > 0 && lifetime > limits.LifetimeDays {
		out = append(out, Lifetime)
	}
	if served && since > 30 && since < limits.CoolingDays {
		out = append(out, Cooling)
	}
	if served && since <= 30 && run+post.Days > limits.MaxConsecutiveDays {
		out = append(out, Consecutive)
	}
	if window > limits.MaxDaysInWindow {
		out = append(out, Window)
	}
	return out
}

// TestBarsAgreeWithTheFormula compares with the formula, day by day, for pasts of all kinds that lie before the post.
func TestBarsAgreeWithTheFormula(t *testing.T) {
	presets := []rulebook.OfficeRules{office(t, "A"), office(t, "B"), office(t, "C")}
	rapid.Check(t, func(t *rapid.T) {
		limits := rapid.SampledFrom(presets).Draw(t, "limits")
		var past Past
		at := Day(-1500)
		for i := range rapid.IntRange(0, 6).Draw(t, "terms") {
			from := at + Day(rapid.SampledFrom([]int{-100, 0, 1, 29, 30, 31, 90, 364, 365, 400}).Draw(t, fmt.Sprint("gap", i)))
			at = from + Day(rapid.SampledFrom([]int{1, 90, 179, 180, 181, 365}).Draw(t, fmt.Sprint("days", i)))
			past.Held = append(past.Held, Held{rapid.SampledFrom([]string{convenor, "vice-convenor"}).Draw(t, fmt.Sprint("role", i)),
				rapid.SampledFrom([]string{leadership, "counting"}).Draw(t, fmt.Sprint("family", i)), Span{from, at}})
		}
		post := Post{Role: convenor, Family: leadership, Days: limits.TermDays, Exclusive: rapid.Bool().Draw(t, "exclusive"),
			Start: max(at, -1500) + Day(rapid.IntRange(0, 800).Draw(t, "start"))}
		for _, h := range past.Held {
			post.Start = max(post.Start, h.To)
		}
		if got, want := Bars(limits, past, post, nil), slow(limits, past, post); !slices.Equal(got, want) {
			t.Fatalf("%+v for %+v: barred by %v, day by day %v", past, post, got, want)
		}
		if first, ok := FirstDay(limits, past, post); ok {
			post.Start = first
			if got := Bars(limits, past, post, nil); len(got) > 0 {
				t.Fatalf("told that day %d is the first, barred by %v", first, got)
			}
		}
	})
}
