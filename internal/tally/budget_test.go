package tally_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"folkmoot/internal/published"
	"folkmoot/internal/tally"
	"folkmoot/internal/votefile"
)

// purchases are the counts of budgets that the published files have, and how they are called here.
var purchases = []struct{ theirs, method, variant string }{
	{"greedy_votes", "greedy", "votes"},
	{"greedy_votes_per_cost", "greedy", "votes-per-cost"},
	{"greedy_points_x_cost", "greedy", "points-per-cost"},
	{"mes_cost_utility", "mes", "cost"},
	{"mes_cardinality_utility", "mes", "one"},
	{"mes_points_utility", "mes", "points"},
	{"mes_cost_utility_add1", "mes", "cost-add1"},
	{"sequential_phragmen", "phragmen", ""},
}

// TestBudgets counts real budgets and compares what is bought, by every method and by the city, with what the files say.
func TestBudgets(t *testing.T) {
	right, all := map[string]int{}, map[string]int{}
	for _, file := range published.Files(t, "pabulib/expected/*.json") {
		var want struct {
			File    string
			Voters  int64
			City    []string `json:"city_selected"`
			Same    *bool    `json:"city_equals_greedy"`
			Results map[string]struct {
				Selected []string
				TieFree  bool `json:"tie_free"`
				Cost     string
			}
		}
		published.JSON(t, file, &want)
		e := read(t, published.Path(t, "pabulib", want.File))
		if e.Papers.Total() != want.Voters {
			t.Errorf("%s: %d papers, want %d", want.File, e.Papers.Total(), want.Voters)
		}
		for _, p := range purchases {
			w, ok := want.Results[p.theirs]
			if !ok {
				continue
			}
			all[p.theirs]++
			s := count(t, p.method, e, tally.Options{Variant: p.variant})
			same := slices.Equal(bought(e, s), slices.Sorted(slices.Values(w.Selected))) && money(t, s.Budget.Spent) == money(t, w.Cost)
			if same {
				right[p.theirs]++
			} else {
				t.Errorf("%s, %s: %v for %s, want %v for %s (tie-free: %v)", want.File, p.theirs, bought(e, s), s.Budget.Spent, w.Selected, w.Cost, w.TieFree)
			}
			if p.theirs == "greedy_votes" && want.Same != nil {
				all["city"]++
				same := slices.Equal(bought(e, s), slices.Sorted(slices.Values(want.City)))
				if same != *want.Same {
					t.Errorf("%s: the city's own purchases equal greedy: %v, want %v", want.File, same, *want.Same)
				}
				if same {
					right["city"]++
				}
			}
		}
	}
	for _, p := range purchases {
		t.Logf("pabulib: %d of %d as published: %s %s", right[p.theirs], all[p.theirs], p.method, p.variant)
	}
	t.Logf("pabulib: %d of %d cities bought what greedy buys, as the files say", right["city"], all["city"])
}

// bought returns the IDs of what was bought, in order.
func bought(e *tally.Election, s *tally.Sheet) []string {
	var ids []string
	for _, n := range s.Elected {
		ids = append(ids, e.Candidates[n-1].ID)
	}
	slices.Sort(ids)
	return ids
}

// money reads an amount, which can be a fraction with the denominator 2, in tenths.
func money(t *testing.T, text string) int64 {
	t.Helper()
	whole, half, _ := strings.Cut(text, "/")
	whole, part, _ := strings.Cut(whole, ".")
	n, err := strconv.ParseInt(whole+(part + "0")[:1], 10, 64)
	if err != nil || half != "" && half != "2" || len(part) > 1 {
		t.Fatalf("amount %s", text)
	}
	if half == "2" {
		n /= 2
	}
	return n
}

// TestBudgetVotes compares the approvals and points of every project with what the cities have published.
func TestBudgetVotes(t *testing.T) {
	right, all := 0, 0
	for _, file := range published.Files(t, "pabulib/*.pb") {
		e := read(t, file)
		text := published.Text(t, file)
		approvals := count(t, "approval", e, tally.Options{}).Stages[0].Votes
		var points []string
		if e.Papers.Scores(0) != nil {
			points = count(t, "score", e, tally.Options{}).Stages[0].Votes
		}
		_, projects, _ := strings.Cut(text, "\nPROJECTS\n")
		projects, _, _ = strings.Cut(projects, "\nVOTES\n")
		rows := strings.Split(projects, "\n")
		head := strings.Split(rows[0], ";")
		for c, row := range rows[1:] {
			cells := strings.Split(row, ";")
			if got, want := approvals[c], cells[slices.Index(head, "votes")]; got != want {
				t.Errorf("%s: %s has %s votes, want %s", file, e.Candidates[c].ID, got, want)
				continue
			}
			if points != nil && points[c] != cells[slices.Index(head, "score")] {
				t.Errorf("%s: %s has %s points, want %s", file, e.Candidates[c].ID, points[c], cells[slices.Index(head, "score")])
				continue
			}
			right++
		}
		all += len(e.Candidates)
	}
	t.Logf("pabulib: %d of %d projects have the votes, and the points, that were published", right, all)
}

// TestEqualSharesVector is a budget small enough to follow on paper: ten people share 100. Six of them want the hall and the path, and
// four want the tree and the bench.
func TestEqualSharesVector(t *testing.T) {
	e := &tally.Election{Budget: 1000, Unit: 10, Candidates: []tally.Candidate{
		{Name: "Hall", Cost: 540}, {Name: "Path", Cost: 300}, {Name: "Tree", Cost: 200}, {Name: "Bench", Cost: 250},
	}}
	for _, p := range []struct {
		marks []tally.Mark
		n     int64
	}{{[]tally.Mark{0, 1}, 6}, {[]tally.Mark{2, 3}, 3}, {[]tally.Mark{2}, 1}} {
		if err := e.Papers.Add(p.marks, p.n); err != nil {
			t.Fatal(err)
		}
	}
	s := count(t, "mes", e, tally.Options{Variant: "cost-greedy"})
	want := []struct{ say, votes string }{
		{"The voters of 10 papers share the money, 100.0, equally: each has 10.000 to spend. Bought is, each time, what has the lowest price, which is what a supporter pays divided by the whole cost.", "6 6 4 3"},
		{"Hall is bought for 54.0: the 6 supporters pay 9.000 each. Of the money 46.0 is left.", "0.166666666 0.166666666 0.250000000 0.333333333"},
		{"Tree is bought for 20.0: the 4 supporters pay 5.000 each. Of the money 26.0 is left.", "  0.250000000 0.333333333"},
		{"Path, with 6 votes, costs 30.0. That is more than the 26.0 that is left, so it is skipped.", "6 6 4 3"},
		{"Bench is bought for 25.0: it is next with 3 votes. Of the money 1.0 is left.", "6 6 4 3"},
	}
	for i, st := range s.Stages {
		if i >= len(want) || st.Say != want[i].say || strings.Join(st.Votes, " ") != want[i].votes {
			t.Errorf("stage %d: %s %q", i+1, st.Say, strings.Join(st.Votes, " "))
		}
	}
	if b := s.Budget; len(s.Stages) != len(want) || b.Money != "100.0" || b.Spent != "99.0" || !slices.Equal(b.Costs, []string{"54.0", "30.0", "20.0", "25.0"}) {
		t.Errorf("%d stages, budget %+v", len(s.Stages), b)
	}
	if tie := s.Ties; len(tie) != 1 || tie[0].Stage != 2 || tie[0].Chosen != 1 || !slices.Equal(tie[0].Among, []int{1, 2}) || tie[0].By != tally.ByOrder {
		t.Errorf("ties %+v", tie)
	}
}

// TestAdd1InATie is why add1 alone is not what is meant by mes: three groups of two share four places, and it stops in the middle of
// what all three can pay for.
func TestAdd1InATie(t *testing.T) {
	e := &tally.Election{Seats: 4}
	for c := range 6 {
		e.Candidates = append(e.Candidates, tally.Candidate{Name: string(rune('A' + c))})
	}
	for c := tally.Mark(0); c < 6; c += 2 {
		if err := e.Papers.Add([]tally.Mark{c, c + 1}, 2); err != nil {
			t.Fatal(err)
		}
	}
	for variant, want := range map[string][]int{"cost-add1": {1, 2, 3, 4}, "": {1, 3, 5, 2}} {
		if got := count(t, "mes", e, tally.Options{Variant: variant}).Elected; !slices.Equal(got, want) {
			t.Errorf("%q: elected %v, want %v", variant, got, want)
		}
	}
}

// TestBudgetByRanks: papers of a budget that rank are taken as approvals, and the sheet says so.
func TestBudgetByRanks(t *testing.T) {
	for kind, want := range map[string]bool{"ordinal": true, "approval": false} {
		e, err := votefile.Read("x.pb", strings.NewReader("META\nbudget;10\nvote_type;"+kind+"\nnum_projects;2\nnum_votes;2\nPROJECTS\nproject_id;cost\na;5\nb;6\nVOTES\nvoter_id;vote\n1;a\n2;b,a\n"))
		if err != nil {
			t.Fatal(err)
		}
		for _, method := range []string{"mes", "phragmen", "greedy"} {
			notes := strings.Join(count(t, method, e, tally.Options{}).Notes, " ")
			if got := strings.Contains(notes, "The papers rank projects."); got != want {
				t.Errorf("%s of %s: %q", method, kind, notes)
			}
		}
	}
}
