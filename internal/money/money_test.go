package money

import (
	"maps"
	"slices"
	"testing"
	"time"

	"folkmoot/internal/fault"
	"folkmoot/internal/member"

	"pgregory.net/rapid"
)

// TestParseAmount: amounts as people write them in several countries, and what is none.
func TestParseAmount(t *testing.T) {
	for in, want := range map[string]Amount{
		"0": 0, "0.00": 0, "12": 1200, "12.5": 1250, "12,50": 1250, ".5": -1, "1234": 123400, "1,234": 123400, "1.234": 123400, "1 234,5": 123450,
		"1.234,50": -1, "1'234.50": 123450, "1’234.50": 123450, "1\u202f234.50": 123450, "-3": -300, "−3.20": -320, "007": 700, " 5 ": 500,
		"10000000000": MaxAmount, "-10000000000": -MaxAmount,
	} {
		got, ok := ParseAmount(in)
		switch in {
		case ".5":
			if ok {
				t.Errorf("%q is %d", in, got)
			}
			continue
		case "1.234,50":
			want = 123450
		}
		if !ok || got != want {
			t.Errorf("%q is %d, %v, want %d", in, got, ok, want)
		}
	}
	for _, in := range []string{"", " ", "-", ".", "12.", "1,23,456", "12,3456", "1..5", "1.2.3", "1,2,3", "12a", "€5", "1e3", "--1", "+1", "10000000000.01", "99999999999999999999", "٣", ",,", "1.234,5.6"} {
		if got, ok := ParseAmount(in); ok {
			t.Errorf("%q is %d", in, got)
		}
	}
}

// TestAmountsAreReadAsWritten: what a field shows is read back as the same amount.
func TestAmountsAreReadAsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := Amount(rapid.Int64Range(-int64(MaxAmount), int64(MaxAmount)).Draw(t, "amount"))
		if got, ok := ParseAmount(a.String()); !ok || got != a {
			t.Fatalf("%d is written %s and read %d, %v", a, a, got, ok)
		}
	})
}

// TestDays: the day after, over the ends of months and years.
func TestDays(t *testing.T) {
	for in, want := range map[Day]Day{"2026-03-31": "2026-04-01", "2026-12-31": "2027-01-01", "2028-02-28": "2028-02-29", "2027-02-28": "2027-03-01"} {
		if got := in.Next(); got != want {
			t.Errorf("after %s comes %s", in, got)
		}
	}
	for _, in := range []string{"", "2026-02-30", "31.3.2026", "2026-3-1", "0001-01-01"} {
		if d, ok := ParseDay(in); ok {
			t.Errorf("%q is %s", in, d)
		}
	}
}

// TestDue: a quarter and two weeks after what was reported last, or after there were three members, or after the group came back.
func TestDue(t *testing.T) {
	madrid, err := time.LoadLocation("Europe/Madrid")
	if err != nil {
		t.Fatal(err)
	}
	at := func(month time.Month, day int) time.Time { return time.Date(2026, month, day, 0, 0, 0, 0, madrid) }
	third := time.Date(2026, time.January, 10, 15, 0, 0, 0, time.UTC)
	report := Report{Number: 1, To: "2026-03-31"}
	for name, tt := range map[string]struct {
		g    member.Group
		last Report
		want time.Time
	}{
		"too few":         {member.Group{Zone: madrid}, Report{}, time.Time{}},
		"the first":       {member.Group{Zone: madrid, Third: third}, Report{}, at(time.January, 10+104)},
		"the next":        {member.Group{Zone: madrid, Third: third}, report, at(time.April, 1+104)},
		"archived":        {member.Group{Zone: madrid, Third: third, Archived: at(time.May, 1)}, report, time.Time{}},
		"back again":      {member.Group{Zone: madrid, Third: third, Reopened: at(time.June, 1)}, report, at(time.June, 1+104)},
		"back before one": {member.Group{Zone: madrid, Third: third, Reopened: at(time.February, 1)}, report, at(time.April, 1+104)},
	} {
		if got := Due(tt.g, tt.last); !got.Equal(tt.want) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

// good is a first report that is in order.
func good() Typed {
	return Typed{
		From: "2026-01-01", To: "2026-03-31", Start: "100", Currency: "euros", End: "250.50",
		Lines: []TypedLine{{"Dues", "200", ""}, {}, {"Rent of the hall", "", "49.50"}}, Words: "The accounts lie in the office.",
	}
}

// TestWhatIsTyped: each thing that can be wrong is said at its field, and nothing else.
func TestWhatIsTyped(t *testing.T) {
	const today = Day("2026-04-02")
	r, err := good().report(Chain{}, today)
	if err != nil || r.Number != 1 || r.In != 20000 || r.Out != 4950 || r.End != 25050 || len(r.Lines) != 2 || r.Lines[1].Amount != -4950 {
		t.Fatalf("%+v, %v", r, err)
	}
	long := make([]byte, MaxWhat+1)
	for i := range long {
		long[i] = 'x'
	}
	for name, tt := range map[string]struct {
		change func(*Typed)
		want   []string
	}{
		"no first day":              {func(t *Typed) { t.From = "" }, []string{"from"}},
		"no last day":               {func(t *Typed) { t.To = "soon" }, []string{"to"}},
		"the last before the first": {func(t *Typed) { t.To = "2025-12-31" }, []string{"to"}},
		"a day that is not over":    {func(t *Typed) { t.To = string(today) }, []string{"to"}},
		"no start":                  {func(t *Typed) { t.Start = "" }, []string{"start"}},
		"no currency":               {func(t *Typed) { t.Currency = " " }, []string{"currency"}},
		"a currency that hides":     {func(t *Typed) { t.Currency = "eu\u200bros" }, []string{"currency"}},
		"no end":                    {func(t *Typed) { t.End = "much" }, []string{"end"}},
		"it does not fit":           {func(t *Typed) { t.End = "250.49" }, []string{"end"}},
		"a line without a word":     {func(t *Typed) { t.Lines[0].What = "" }, []string{"what-1"}},
		"a long line":               {func(t *Typed) { t.Lines[2].What = string(long) }, []string{"what-3"}},
		"a line both ways":          {func(t *Typed) { t.Lines[0].Out = "1" }, []string{"in-1"}},
		"a line no way":             {func(t *Typed) { t.Lines[2].Out = "" }, []string{"in-3"}},
		"less than nothing":         {func(t *Typed) { t.Lines[2].Out = "-49.50" }, []string{"out-3"}},
		"nothing":                   {func(t *Typed) { t.Lines[0].In = "0" }, []string{"in-1"}},
		"too many lines":            {func(t *Typed) { t.Lines = slices.Repeat([]TypedLine{{"Dues", "1", ""}}, MaxLines+1) }, []string{"what-1"}},
		"too much in the end":       {func(t *Typed) { t.End = "10000000001" }, []string{"end"}},
	} {
		typed := good()
		typed.Lines = slices.Clone(typed.Lines)
		tt.change(&typed)
		_, err := typed.report(Chain{}, today)
		if got := slices.Sorted(maps.Keys(fault.Fields(err))); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

// TestGoesOn: the next report begins where the last one ended, whatever is typed; a correction where that one began, and the first is free.
func TestGoesOn(t *testing.T) {
	first := Report{Number: 1, From: "2026-01-01", To: "2026-03-31", Currency: "euros", Start: 10000, In: 20000, Out: 4950, End: 25050}
	typed := Typed{After: 1, From: "2020-01-01", To: "2026-06-30", Start: "7", Currency: "pounds", End: "250.50"}
	r, err := typed.report(Chain{first, true}, "2026-07-02")
	if err != nil || r.Number != 2 || r.From != "2026-04-01" || r.Start != 25050 || r.Currency != "euros" || r.Corrects != 0 {
		t.Fatalf("the second: %+v, %v", r, err)
	}
	fix := typed
	fix.Corrects = true
	if again, err := fix.report(Chain{r, false}, "2026-07-02"); err != nil || again.Number != 3 || again.From != r.From || again.Start != r.Start || again.Corrects != 2 {
		t.Errorf("its correction: %+v, %v", again, err)
	}
	fix = good()
	fix.Corrects, fix.Currency, fix.From = true, "francs", "2026-02-01"
	if again, err := fix.report(Chain{first, true}, "2026-07-02"); err != nil || again.From != "2026-02-01" || again.Currency != "francs" || again.Corrects != 1 {
		t.Errorf("a correction of the first: %+v, %v", again, err)
	}
	if _, err := (Typed{To: "2026-03-31", End: "250.50"}).report(Chain{first, true}, "2026-07-02"); fault.Fields(err)["to"].IsZero() {
		t.Errorf("a report of no day: %v", err)
	}
}

// TestSpan: the days that are proposed for a report are a quarter, or all until yesterday where that is not over, or where the one after it would be late as well.
func TestSpan(t *testing.T) {
	first := time.Date(2026, 1, 1, 15, 0, 0, 0, time.UTC)
	g := member.Group{Third: first, Zone: time.UTC}
	for _, f := range []struct {
		last     Day
		now      time.Time
		from, to Day
	}{
		{"", first.Add(time.Hour), "2026-01-01", ""},
		{"", first.AddDate(0, 0, 10), "2026-01-01", "2026-01-10"},
		{"", first.AddDate(0, 0, 94), "2026-01-01", "2026-03-31"},
		{"", first.AddDate(0, 0, 193), "2026-01-01", "2026-03-31"},
		{"", first.AddDate(0, 0, 194), "2026-01-01", "2026-07-13"},
		{"2026-03-31", first.AddDate(0, 0, 99), "2026-04-01", "2026-04-09"},
		{"2026-03-31", first.AddDate(0, 0, 90), "2026-04-01", ""},
	} {
		v := View{Now: f.now}
		if f.last != "" {
			v.Last = Report{Number: 1, To: f.last}
		}
		if from, to := v.Span(g); from != f.from || to != f.to {
			t.Errorf("after %q, at %s: %s to %s, want %s to %s", f.last, f.now.Format(time.DateOnly), from, to, f.from, f.to)
		}
	}
}
