package tally_test

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"folkmoot/internal/tally"
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
	dir := votes(t)
	if dir == "" {
		return
	}
	right, all := map[string]int{}, map[string]int{}
	for _, file := range files(t, filepath.Join(dir, "pabulib", "expected", "*.json")) {
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
		expected(t, file, &want)
		e := read(t, filepath.Join(dir, "pabulib", want.File))
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
	dir := votes(t)
	if dir == "" {
		return
	}
	right, all := 0, 0
	for _, file := range files(t, filepath.Join(dir, "pabulib", "*.pb")) {
		e := read(t, file)
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		approvals := count(t, "approval", e, tally.Options{}).Stages[0].Votes
		var points []string
		if e.Papers.Scores(0) != nil {
			points = count(t, "score", e, tally.Options{}).Stages[0].Votes
		}
		_, projects, _ := strings.Cut(string(text), "\nPROJECTS\n")
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
