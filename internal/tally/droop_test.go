package tally_test

import (
	"math/big"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"folkmoot/internal/published"
	"folkmoot/internal/tally"
)

// line is one line of a dump of droop: how it stood after an action. A candidate is H hopeful, e elected and waiting, E elected or D
// defeated; those who have withdrawn are not there.
type line struct {
	round, action, quota, nontransferable string
	state, votes                          map[int]string
}

// with returns the candidates who are in the state.
func (l line) with(state string) (out []int) {
	for n, s := range l.state {
		if s == state {
			out = append(out, n)
		}
	}
	return sorted(out)
}

// eachLine reads a dump: a head that names the columns, and a line for each action, those without figures left out.
func eachLine(t *testing.T, file string, each func(line)) {
	t.Helper()
	text := published.Text(t, file)
	lines := strings.Split(strings.TrimSpace(text), "\n")
	head := strings.Split(lines[0], "\t")
	for _, text := range lines[1:] {
		f := strings.Split(text, "\t")
		if len(f) != len(head) {
			continue
		}
		l := line{round: f[0], action: f[1], quota: f[2], nontransferable: f[3], state: map[int]string{}, votes: map[int]string{}}
		for i, column := range head {
			if name, ok := strings.CutSuffix(column, ".name"); ok {
				n, err := strconv.Atoi(name)
				if err != nil {
					t.Fatal(err)
				}
				l.state[n], l.votes[n] = strings.ToUpper(f[i+1]), f[i+2]
			}
		}
		each(l)
	}
}

// dumped is a stage as droop has it: how it stood after papers were moved, and who was elected and excluded after that.
type dumped struct {
	quota, nontransferable string
	votes                  []string
	elected, excluded      []int
}

func dump(t *testing.T, file string) (stages []dumped, winners []int) {
	t.Helper()
	state := map[int]string{}
	eachLine(t, file, func(l line) {
		if len(stages) == 0 || l.action == "transfer" {
			st := dumped{quota: l.quota, nontransferable: l.nontransferable}
			for n, v := range l.votes {
				st.votes = append(st.votes, make([]string, max(0, n-len(st.votes)))...)
				st.votes[n-1] = v
			}
			stages = append(stages, st)
		}
		last := &stages[len(stages)-1]
		for n, st := range l.state {
			if st != state[n] && st == "E" {
				last.elected = append(last.elected, n)
			} else if st != state[n] && st == "D" {
				last.excluded = append(last.excluded, n)
			}
			state[n] = st
		}
		winners = l.with("E")
	})
	return stages, winners
}

// counted returns the elections that droop has counted with the tag.
func counted(t *testing.T, tag string) (ids []string) {
	t.Helper()
	root := published.Path(t, "droop", "ref", "dump")
	for _, file := range published.Files(t, "droop/ref/dump/*-"+tag+".txt", "droop/ref/dump/*/*-"+tag+".txt") {
		name, _ := filepath.Rel(root, file)
		ids = append(ids, strings.TrimSuffix(name, "-"+tag+".txt"))
	}
	return ids
}

// named is the name of what is called by its name.
func named(id string) string { return id }

// residuals returns what droop's report calls residual, by stage.
func residuals(t *testing.T, file string) (out []string) {
	t.Helper()
	text := published.Text(t, file)
	_, blocks, _ := strings.Cut(text, "Action: ")
	for i, block := range strings.Split(blocks, "Action: ") {
		what, _, _ := strings.Cut(block, "\n")
		surplus := strings.HasPrefix(what, "Surplus transferred") || strings.HasPrefix(what, "Transfer surplus") && strings.HasSuffix(what, ")")
		if i == 0 || surplus || strings.HasPrefix(what, "Transfer defeated") {
			_, after, _ := strings.Cut(block, "Residual: ")
			out = append(out, strings.Fields(after)[0])
		}
	}
	return out
}

// TestDroop compares every stage with the reference counts of droop: votes, what is not transferable, what is lost by cutting off, the
// quota, and who is elected and excluded where.
func TestDroop(t *testing.T) {
	for _, rule := range []struct{ tag, method, variant string }{
		{"scotland-fixed-p5-d5", "scottish", ""},
		{"wigm-guarded-p18-g9-d18", "wigm", "guarded"},
		{"wigm-rational-d12", "wigm", "rational"},
		{"wigm-prf-fixed-p4-d4", "wigm", "prf"},
		{"wigm-prf-batch-fixed-p4-d4", "wigm", "prf-batch"},
		{"cfer-fixed-p5-d5", "cfer", "single"},
		{"cfer-batch-fixed-p5-d5", "cfer", "batch"},
		{"mpls-fixed-p4-d4", "mpls", ""},
	} {
		ids := counted(t, rule.tag)
		right := published.Agree(t, ids, named, func(t *testing.T, id string) {
			want, winners := dump(t, published.Path(t, "droop", "ref", "dump", id+"-"+rule.tag+".txt"))
			var lost []string
			if strings.Contains(rule.tag, "fixed") {
				lost = residuals(t, published.Path(t, "droop", "ref", "report", id+"-"+rule.tag+".txt"))
			}
			s := count(t, rule.method, read(t, published.Path(t, "droop", "blt", id+".blt")), tally.Options{Variant: rule.variant})
			if rule.method == "scottish" {
				for i := range s.Stages {
					s.Stages[i].Quota = s.Quota + ".00000"
				}
				want, lost = withoutZeros(want, lost)
			}
			sameAsDroop(t, s, want, lost, winners)
		})
		t.Logf("%s: %d of %d counts as droop's", rule.tag, right, len(ids))
	}
}

// withoutZeros leaves out the stages that droop spends on a surplus of zero in Scottish counts, of which the rules know none: a stage
// in which nothing moves and nobody is excluded before it. Of these elections only weak-surplus has any.
func withoutZeros(want []dumped, lost []string) (out []dumped, kept []string) {
	for i, st := range want {
		if i > 0 && slices.Equal(st.votes, want[i-1].votes) && len(want[i-1].excluded) == 0 {
			last := &out[len(out)-1]
			last.elected, last.excluded = append(last.elected, st.elected...), append(last.excluded, st.excluded...)
			continue
		}
		out, kept = append(out, st), append(kept, lost[i])
	}
	return out, kept
}

func sameAsDroop(t *testing.T, s *tally.Sheet, want []dumped, lost []string, winners []int) {
	t.Helper()
	if len(want) != len(s.Stages) || lost != nil && len(lost) != len(want) {
		t.Fatalf("%d stages, want %d, %d", len(s.Stages), len(want), len(lost))
	}
	for i, w := range want {
		got := s.Stages[i]
		for n, v := range w.votes {
			if v == "" {
				w.votes[n] = got.Votes[n] // has withdrawn
			}
		}
		left := less(got.Nontransferable, got.Loss)
		if got.Rounding != "" {
			left.Sub(left, number(got.Rounding))
		}
		if !slices.Equal(got.Votes[:len(w.votes)], w.votes) || got.Quota != w.quota || left.Cmp(number(w.nontransferable)) != 0 {
			t.Errorf("stage %d: %v, %s, %s\nwant %v, %s, %s\n%s", i+1, got.Votes, got.Quota, got.Nontransferable, w.votes, w.quota, w.nontransferable, got.Say)
		}
		if lost != nil && got.Loss != lost[i] {
			t.Errorf("stage %d: %s lost, want %s", i+1, got.Loss, lost[i])
		}
		if !slices.Equal(sorted(got.Elected), sorted(w.elected)) {
			t.Errorf("stage %d: %v elected, want %v", i+1, got.Elected, w.elected)
		}
		if i < len(want)-1 && !slices.Equal(sorted(got.Excluded), sorted(w.excluded)) { // at the end droop calls all who are left defeated
			t.Errorf("stage %d: %v excluded, want %v", i+1, got.Excluded, w.excluded)
		}
	}
	if !slices.Equal(sorted(s.Elected), winners) {
		t.Errorf("%v elected, want %v", s.Elected, winners)
	}
}

// TestDroopQPQ compares the quotients and the quota of every round.
func TestDroopQPQ(t *testing.T) {
	const tag = "qpq-guarded-p9-g9-d9"
	ids := counted(t, tag)
	right := published.Agree(t, ids, named, func(t *testing.T, id string) {
		s := count(t, "qpq", read(t, published.Path(t, "droop", "blt", id+".blt")), tally.Options{})
		round, stage := "", -1
		var elected []int
		eachLine(t, published.Path(t, "droop", "ref", "dump", id+"-"+tag+".txt"), func(l line) {
			if l.action == "end" {
				elected = l.with("E")
			}
			if l.action != "elect" && l.action != "defeat" || l.round == round {
				return
			}
			round = l.round
			if stage++; stage >= len(s.Stages) {
				t.Fatalf("%d stages are too few", len(s.Stages))
			}
			st := s.Stages[stage]
			for n, q := range l.votes {
				if l.state[n] != "D" && st.Votes[n-1] != q || st.Quota != l.quota {
					t.Errorf("stage %d: %v with quota %s, want %v and %s", stage+1, st.Votes, st.Quota, l.votes, l.quota)
					break
				}
			}
		})
		if stage+1 != len(s.Stages) || !slices.Equal(sorted(s.Elected), elected) {
			t.Errorf("%v elected in %d stages, want %v in %d", s.Elected, len(s.Stages), elected, stage+1)
		}
	})
	t.Logf("%s: %d of %d counts as droop's", tag, right, len(ids))
}

func sorted(ns []int) []int { return slices.Sorted(slices.Values(ns)) }

func number(s string) *big.Rat {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		panic(s)
	}
	return r
}

func less(a, b string) *big.Rat { return new(big.Rat).Sub(number(a), number(b)) }
