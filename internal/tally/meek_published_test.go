package tally_test

import (
	"encoding/csv"
	"fmt"
	"math/big"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"folkmoot/internal/published"
	"folkmoot/internal/tally"
)

// TestMeekOpenSTV compares every stage with the round of OpenSTV's MeekNZSTV in which the same was decided: votes, non-transferable
// votes and quota.
func TestMeekOpenSTV(t *testing.T) {
	all, figures := openSTVCounts(t), 0
	right := published.Agree(t, all, openSTVCount.name, func(t *testing.T, c openSTVCount) {
		s, m := count(t, "meek", read(t, c.blt), tally.Options{}), c.MeekNZSTV
		if !slices.Equal(sorted(s.Elected), m.Winners) {
			t.Errorf("elected %v, want %v", s.Elected, m.Winners)
		}
		round := 0
		for i, st := range s.Stages {
			for round < len(m.Count) && !slices.Equal(m.Count[round], st.Votes) {
				if decided(m.Messages, round) {
					t.Errorf("OpenSTV decides in round %d, not so here: %s", round+1, m.Messages[round])
				}
				round++
			}
			if round == len(m.Count) {
				t.Fatalf("stage %d: no round of OpenSTV has the votes %v", i+1, st.Votes)
			}
			if st.Nontransferable != m.Exhausted[round] || st.Quota != m.Threshold[round] {
				t.Errorf("stage %d: %s not transferable, quota %s, want %s and %s", i+1, st.Nontransferable, st.Quota, m.Exhausted[round], m.Threshold[round])
			}
			figures += len(st.Votes) + 2
			round++
		}
		if round != len(m.Count) {
			t.Errorf("ends in round %d of %d", round, len(m.Count))
		}
	})
	t.Logf("openstv: %d of %d elections as MeekNZSTV, %d figures", right, len(all), figures)
}

// decided says whether OpenSTV elects in the round, or excludes at its end.
func decided(messages []string, round int) bool {
	return strings.Contains(messages[round], "elected") || round+1 < len(messages) && strings.Contains(messages[round+1], "eliminating")
}

// meekBlock is one action of a report of droop or stv-rs, with how everything stands then.
type meekBlock struct {
	action, names string
	votes         map[string]string
	keep          map[string]string // from droop's dumps
	figures       map[string]string // Quota, Residual and others
}

var (
	actionLine = regexp.MustCompile(`^Action: ([^:(]*[^:( ])(?: \([^)]*\))?(?:: (.*))?$`)
	votesLine  = regexp.MustCompile(`^\t(Elected|Hopeful|Defeated): +(.*) \(([-0-9./]+)\)$`)
	figureLine = regexp.MustCompile(`^\t([A-Z][a-z]+): ([-0-9./]+)$`)
)

// blocks reads a report.
func meekBlocks(t *testing.T, file string) (out []meekBlock) {
	text := published.Text(t, file)
	for _, line := range strings.Split(text, "\n") {
		if m := actionLine.FindStringSubmatch(line); m != nil {
			out = append(out, meekBlock{action: m[1], names: m[2], votes: map[string]string{}, figures: map[string]string{}})
		} else if len(out) == 0 {
			continue
		} else if m := votesLine.FindStringSubmatch(line); m != nil {
			names := []string{m[2]}
			if m[1] == "Defeated" {
				names = strings.Split(m[2], ", ")
			}
			for _, name := range names {
				out[len(out)-1].votes[name] = m[3]
			}
		} else if m := figureLine.FindStringSubmatch(line); m != nil {
			out[len(out)-1].figures[m[1]] = m[2]
		}
	}
	return out
}

// keepsOf puts the keep values of droop's dump beside the blocks of the report.
func keepsOf(t *testing.T, file string, bs []meekBlock) {
	text := published.Text(t, file)
	i := 0
	for _, line := range strings.Split(text, "\n") {
		cells := strings.Split(line, "\t")
		if len(cells) < 10 || cells[0] == "R" || cells[1] == "tie" {
			continue
		}
		for len(bs[i].votes) == 0 {
			i++
		}
		bs[i].keep = map[string]string{}
		for c := 6; c+3 < len(cells); c += 4 {
			bs[i].keep[cells[c]] = cells[c+3]
		}
		i++
	}
}

// figureEqual compares what a report prints, a decimal number or a fraction, with a figure of a sheet.
func figureEqual(printed, figure string) bool {
	a, ok := new(big.Rat).SetString(printed)
	b, fine := new(big.Rat).SetString(figure)
	return ok && fine && a.Cmp(b) == 0
}

// meekReport is a sheet beside a report.
type meekReport struct {
	s       *tally.Sheet
	stage   int
	figures int
	faults  []string
}

func (r *meekReport) fault(format string, args ...any) {
	r.faults = append(r.faults, fmt.Sprintf("stage %d: %s", r.stage+1, fmt.Sprintf(format, args...)))
}

// compare goes through the report and returns whether all is the same: who is elected and excluded in which stage, and every figure
// that is printed with it, but for those of candidates whom the program excludes or elects one by one where the sheet has one stage.
func (r *meekReport) compare(bs []meekBlock) bool {
	last := bs[len(bs)-1]
	sort := func(st []int) []int { return slices.Sorted(slices.Values(st)) }
	var elected []int
	for i, b := range bs {
		n := 1 + slices.Index(r.s.Candidates, b.names)
		switch b.action {
		case "Begin Count":
			r.stageIs(b, false)
		case "Elect", "Defeat", "Defeat certain loser", "Elect remaining":
			of := func(st tally.Stage) []int { return st.Excluded }
			if strings.HasPrefix(b.action, "Elect") {
				of, elected = func(st tally.Stage) []int { return st.Elected }, append(elected, n)
			}
			for r.stage < len(r.s.Stages) && !slices.Contains(of(r.s.Stages[r.stage]), n) {
				r.stage++
			}
			if r.stage == len(r.s.Stages) {
				r.fault("%s: %s, but not here", b.action, b.names)
				return false
			}
			if b.action == "Elect" || b.action == "Defeat" || b.action == "Defeat certain loser" && bs[i-1].action != b.action {
				r.stageIs(b, true)
			}
		case "Break tie":
			if to := strings.Split(b.names, " -> "); !slices.ContainsFunc(r.s.Ties, func(t tally.Tie) bool { return r.s.Candidates[t.Chosen-1] == to[1] }) {
				r.fault("no tie %s", b.names)
			}
		}
	}
	if !slices.Equal(sort(elected), sort(r.s.Elected)) || last.action != "Count Complete" {
		r.fault("elected %v, want %v", r.s.Elected, elected)
	}
	return len(r.faults) == 0
}

// stageIs compares the figures of the block with those of the stage.
func (r *meekReport) stageIs(b meekBlock, all bool) {
	st := r.s.Stages[r.stage]
	for c, name := range r.s.Candidates {
		if v, ok := b.votes[name]; ok {
			if r.figures++; !figureEqual(v, st.Votes[c]) {
				r.fault("%s %s: %s has %s, want %s", b.action, b.names, name, st.Votes[c], v)
			}
		}
		if k, ok := b.keep[name]; ok {
			if r.figures++; !figureEqual(k, st.Keep[c]) {
				r.fault("%s %s: %s keeps %s, want %s", b.action, b.names, name, st.Keep[c], k)
			}
		}
	}
	if !all {
		return
	}
	left := st.Nontransferable // droop rounds it for itself, and the sheet says what that comes to
	if st.Rounding != "" {
		left = less(left, st.Rounding).RatString()
	}
	if r.figures += 2; !figureEqual(b.figures["Quota"], st.Quota) || !figureEqual(b.figures["Residual"], left) {
		r.fault("%s %s: quota %s, %s not transferable, want %s, %s", b.action, b.names, st.Quota, left, b.figures["Quota"], b.figures["Residual"])
	}
}

// TestMeekDroop compares counts with the reference reports of droop, and the keep values with its dumps.
func TestMeekDroop(t *testing.T) {
	figures := 0
	tag := regexp.MustCompile(`^(.*)-(meek-o10-rational-d12|meek-o9-guarded-p18-g9-d18|meek-prf-o6-fixed-p9-d9|warren-o10-rational-d12|warren-o9-guarded-p18-g9-d18)\.txt$`)
	all := slices.DeleteFunc(published.Files(t, "droop/ref/report/*.txt", "droop/ref/report/meek/*.txt"), func(file string) bool {
		return !tag.MatchString(filepath.Base(file))
	})
	right := published.Agree(t, all, filepath.Base, func(t *testing.T, file string) {
		m, sub := tag.FindStringSubmatch(filepath.Base(file)), ""
		if filepath.Base(filepath.Dir(file)) == "meek" {
			sub = "meek"
		}
		e := read(t, published.Path(t, "droop", "blt", sub, m[1]+".blt"))
		var s *tally.Sheet
		if strings.Contains(m[2], "rational") {
			var err error
			if s, err = tally.MeekRational(e, tally.Options{}, m[2][0] == 'w'); err != nil {
				t.Fatal(err)
			}
		} else {
			s = count(t, "meek", e, tally.Options{Variant: map[byte]string{'o': "guarded", 'p': "prf", 'n': "warren"}[m[2][5]]})
		}
		bs := meekBlocks(t, file)
		keepsOf(t, published.Path(t, "droop", "ref", "dump", sub, filepath.Base(file)), bs)
		r := meekReport{s: s}
		if !r.compare(bs) {
			t.Error(strings.Join(r.faults, "\n"))
		}
		figures += r.figures
	})
	t.Logf("droop: %d of %d reports by Meek's and Warren's rules, %d figures", right, len(all), figures)
}

// droopLevels are transcripts made, to be like droop, without the option --equalize from papers that put several on one level. Of such
// a paper droop gives each on the level an equal part, and what an elected one does not keep of it goes to the next level and not to the
// others of the same; and where all of a level are excluded the paper goes no further. That is not what a voter says who puts two on one
// level, and stv-rs calls it an error of droop: with it a paper a=b c can elect c before b.
var droopLevels = []string{
	"equal_preference/always_behind.fixed9.log",
	"equal_preference/equal_preference.fixed9.log",
	"negative_surplus/below_quota.fixed9.log",
	"negative_surplus/force_positive_surplus.fixed9.log",
	"recursive_descent/transfer_is_blocked.fixed9.log",
	"skewed.fixed9.log",
}

// TestMeekStvRs compares counts with the published transcripts of stv-rs.
func TestMeekStvRs(t *testing.T) {
	all := published.Files(t, "stv-rs/meek/*.log", "stv-rs/meek/*/*.log")
	right, figures := 0, 0
	for _, file := range all {
		name, _ := filepath.Rel(published.Path(t, "stv-rs", "meek"), file)
		id, _, _ := strings.Cut(name, ".")
		if id == "negative_surplus/force_positive_surplus" {
			id = "negative_surplus/below_quota"
		}
		e := read(t, published.Path(t, "stv-rs", "ballots", id+".blt"))
		var s *tally.Sheet
		if strings.Contains(name, ".approx.") {
			var err error
			if s, err = tally.MeekApprox(e, tally.Options{}); err != nil {
				t.Fatal(err)
			}
		} else {
			s = count(t, "meek", e, tally.Options{Variant: "fixed9"})
		}
		r := meekReport{s: s}
		switch ok := r.compare(meekBlocks(t, file)); {
		case ok != !slices.Contains(droopLevels, name):
			t.Errorf("%s: %v: %s", name, ok, strings.Join(r.faults, "\n"))
		case ok:
			right++
			figures += r.figures
		}
	}
	t.Logf("stv-rs: %d of %d transcripts, %d figures; the others, %d, are made with droop's levels", right, len(all), figures, len(droopLevels))
}

// TestMeekModelElection compares every column of the model election of ERS97 as counted by Hill, Wichmann and Woodall's program, which
// prints two decimals.
func TestMeekModelElection(t *testing.T) {
	rows, err := csv.NewReader(strings.NewReader(published.Text(t, published.Path(t, "ers97", "meek_hill_wichmann_woodall.csv")))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) == 0 {
		return
	}
	s := count(t, "meek", read(t, published.Path(t, "ers97", "ers97.blt")), tally.Options{Variant: "hww"})
	state := make([]string, len(s.Candidates))
	for c := range state {
		state[c] = "H"
	}
	right, col := 0, 1
	for _, st := range s.Stages {
		for _, n := range st.Elected {
			state[n-1] = "EL"
		}
		var is, want []string
		for c, name := range s.Candidates {
			is = append(is, rounded(st.Votes[c]), state[c])
			want = append(want, rounded(rows[2+c][col]), rows[2+c][col+1])
			if rows[2+c][0] != name {
				t.Fatalf("%s stands where %s should be", rows[2+c][0], name)
			}
		}
		is = append(is, rounded(st.Nontransferable), rounded(st.Quota))
		want = append(want, rounded(rows[13][col]), rounded(rows[14][col]))
		if slices.Equal(is, want) {
			right++
			if col += 2; col+1 >= len(rows[0]) {
				break
			}
		}
		for _, n := range st.Excluded {
			state[n-1] = "EX"
		}
	}
	if all := len(rows[0]) / 2; right != all {
		t.Errorf("%d of %d columns", right, all)
	}
	t.Logf("ers97: %d columns as published", right)
}

// rounded writes a number with two decimals.
func rounded(n string) string {
	r, _ := new(big.Rat).SetString(n)
	return r.FloatString(2)
}
