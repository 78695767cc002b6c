package tally_test

import (
	"fmt"
	"strings"
	"testing"

	"folkmoot/internal/published"
	"folkmoot/internal/tally"
	"folkmoot/internal/votefile"
)

// largestBudget returns the published budget with the longest file, or "".
func largestBudget(b *testing.B) (largest string) {
	for _, file := range published.Files(b, "pabulib/*.pb") {
		if text := published.Text(b, file); len(text) > len(largest) {
			largest = text
		}
	}
	return largest
}

// madeBudget writes a budget of 100 projects on which 20,000 people vote, nearly all of them differently. A linear congruence makes
// it the same every time.
func madeBudget() string {
	const projects, papers = 100, 20_000
	seed := uint64(1)
	next := func(n uint64) uint64 {
		seed = seed*6364136223846793005 + 1442695040888963407
		return seed >> 33 % n
	}
	var b strings.Builder
	fmt.Fprintf(&b, "META\nkey;value\nbudget;5000000\nvote_type;approval\nnum_projects;%d\nnum_votes;%d\nPROJECTS\nproject_id;cost\n", projects, papers)
	for p := range projects {
		fmt.Fprintf(&b, "%d;%d\n", p, 10_000+next(400_000))
	}
	b.WriteString("VOTES\nvoter_id;vote\n")
	for v := range papers {
		fmt.Fprintf(&b, "%d;", v)
		project := next(projects)
		for i := range 1 + next(10) {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, "%d", project%projects)
			project += 1 + next(9)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// BenchmarkBudgets reads and counts the largest of the published budgets, and one that is larger by far.
func BenchmarkBudgets(b *testing.B) {
	for _, f := range []struct {
		name string
		text string
	}{{"published", largestBudget(b)}, {"made", madeBudget()}} {
		if f.text == "" {
			continue
		}
		for _, m := range []struct{ method, variant string }{
			{"mes", "cost"}, {"mes", "one"}, {"mes", "cost-add1-greedy"}, {"phragmen", ""}, {"greedy", "votes"},
		} {
			if f.name == "made" && strings.Contains(m.variant, "add1") {
				continue // hundreds of counts
			}
			b.Run(f.name+"/"+m.method+m.variant, func(b *testing.B) {
				for b.Loop() {
					e, err := votefile.Read("x.pb", strings.NewReader(f.text))
					if err != nil {
						b.Fatal(err)
					}
					count(b, m.method, e, tally.Options{Variant: m.variant})
				}
			})
		}
	}
}
