package flow_test

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"folkmoot/internal/flow"
	"folkmoot/internal/tally"

	"pgregory.net/rapid"
)

func count(t interface{ Fatal(...any) }, method string, e *tally.Election, o tally.Options) *tally.Sheet {
	m, ok := tally.Find(method)
	if !ok {
		t.Fatal("no method " + method)
	}
	s, err := m.Count(e, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// vector is the example of practice.md §2.8.4.
func vector(t *testing.T) *tally.Sheet {
	t.Helper()
	e := &tally.Election{Seats: 3, Lots: []int{2, 0, 4, 1, 3, 5}}
	for _, name := range []string{"A", "B", "C", "D", "E", "RON"} {
		e.Candidates = append(e.Candidates, tally.Candidate{Name: name})
	}
	for _, p := range []struct {
		times int64
		marks []tally.Mark
	}{{9, []tally.Mark{0, 1, 2}}, {2, []tally.Mark{1, 0, 3}}, {4, []tally.Mark{2, 3}}, {3, []tally.Mark{3, 2}}, {3, []tally.Mark{4, 3}}, {1, []tally.Mark{4}}, {1, []tally.Mark{5}}} {
		if err := e.Papers.Add(p.marks, p.times); err != nil {
			t.Fatal(err)
		}
	}
	s := count(t, "scottish", e, tally.Options{RON: 6})
	return s
}

// TestFlowVector_2_8_4: the picture of the example has exactly its figures, who is elected and excluded when, and what moved from whom to whom.
func TestFlowVector_2_8_4(t *testing.T) {
	f, err := flow.New(vector(t))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"A 9.00000 elected, B 2.00000 standing, C 4.00000 standing, D 3.00000 standing, E 4.00000 standing, RON 1.00000 standing",
		"A 6.00000 elected, B 4.99997 standing, C 4.00000 standing, D 3.00000 standing, E 4.00000 standing, RON 1.00000 excluded,  0.00003 nobody: A>B 2.99997, A> 0.00003",
		"A 6.00000 elected, B 4.99997 standing, C 4.00000 standing, D 3.00000 excluded, E 4.00000 standing,  1.00003 nobody: RON> 1.00000",
		"A 6.00000 elected, B 4.99997 standing, C 7.00000 elected, E 4.00000 standing,  1.00003 nobody: D>C 3.00000",
		"A 6.00000 elected, B 4.99997 standing, C 6.00000 elected, E 4.00000 excluded,  2.00003 nobody: C> 1.00000",
		"A 6.00000 elected, B 4.99997 elected, C 6.00000 elected,  6.00003 nobody: E> 4.00000",
	}
	var got []string
	for _, st := range f.Stages {
		got = append(got, tell(f, st))
	}
	if !slices.Equal(got, want) || f.Quota != "6" || f.Papers != 23 {
		t.Errorf("got\n%s\nquota %s, %d papers", strings.Join(got, "\n"), f.Quota, f.Papers)
	}
}

func tell(f *flow.Flow, st flow.Stage) string {
	var bands, moves []string
	for _, b := range st.Bands {
		bands = append(bands, fmt.Sprintf("%s %s %s", f.Lanes[b.Lane].Name, b.Votes, b.State))
	}
	for _, r := range st.Ribbons {
		if r.Moves() {
			moves = append(moves, fmt.Sprintf("%s>%s %s", f.Lanes[r.From].Name, f.Lanes[r.To].Name, r.Votes))
		}
	}
	if len(moves) == 0 {
		return strings.Join(bands, ", ")
	}
	return strings.Join(bands, ", ") + ": " + strings.Join(moves, ", ")
}

// drawn makes up an election of 2 to 30 candidates. Few kinds of papers make ties frequent.
func drawn(t *rapid.T) (*tally.Election, tally.Options) {
	n := rapid.IntRange(2, 30).Draw(t, "candidates")
	e := &tally.Election{Seats: rapid.IntRange(1, 7).Draw(t, "seats")}
	all := make([]int, n)
	for c := range n {
		all[c] = c
		e.Candidates = append(e.Candidates, tally.Candidate{Name: rapid.StringMatching(`[A-Z][a-zé ]{0,30}[漢字]{0,3}[a-z]`).Draw(t, "name")})
	}
	e.Lots = rapid.Permutation(all).Draw(t, "lots")
	if rapid.IntRange(0, 3).Draw(t, "withdrawing") == 0 {
		e.Withdrawn = []int{rapid.IntRange(0, n-1).Draw(t, "withdrawn")}
	}
	kinds := rapid.IntRange(1, 40).Draw(t, "kinds")
	for range kinds {
		var marks []tally.Mark
		for _, c := range rapid.Permutation(all).Draw(t, "order")[:rapid.IntRange(1, n).Draw(t, "names")] {
			marks = append(marks, tally.Mark(c))
		}
		if err := e.Papers.Add(marks, rapid.Int64Range(1, 3000).Draw(t, "times")); err != nil {
			t.Fatal(err)
		}
	}
	o := tally.Options{RON: rapid.IntRange(0, n).Draw(t, "RON")}
	if slices.Contains(e.Withdrawn, o.RON-1) {
		o.RON = 0
	}
	return e, o
}

// TestFlowProperties: of any count by AV and by STV every stage comes to the papers, ribbons are what somebody loses and gains, and nothing lies over
// something else.
func TestFlowProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e, o := drawn(t)
		method := rapid.SampledFrom([]string{"scottish", "irv", "meek"}).Draw(t, "method")
		if method == "irv" {
			e.Seats = 1
		}
		if method != "scottish" {
			o.RON = 0
		}
		s := count(t, method, e, o)
		f, err := flow.New(s)
		if s.Valid == 0 && errors.Is(err, flow.ErrSheet) {
			return // no paper counts for anybody
		}
		if err != nil {
			t.Fatal(err)
		}
		if len(f.Stages) != len(s.Stages) || len(f.Lanes) != len(e.Candidates)-len(e.Withdrawn)+1 {
			t.Fatalf("%d stages of %d, %d lanes", len(f.Stages), len(s.Stages), len(f.Lanes))
		}
		for i, st := range f.Stages {
			wantSum(t, s, f, st)
			wantApart(t, f, st)
			if i > 0 {
				wantFlow(t, f, f.Stages[i-1], st)
				wantEdges(t, f, f.Stages[i-1], st)
			}
		}
	})
}

func rat(t *rapid.T, figure string) *big.Rat {
	r, ok := new(big.Rat).SetString(figure)
	if !ok {
		t.Fatalf("%q is not a figure", figure)
	}
	return r
}

func wantSum(t *rapid.T, s *tally.Sheet, f *flow.Flow, st flow.Stage) {
	sum := new(big.Rat)
	for _, b := range st.Bands {
		sum.Add(sum, rat(t, b.Votes))
		if n := f.Lanes[b.Lane].Number; n > 0 && rat(t, b.Votes).Cmp(rat(t, s.Stages[st.Number-1].Votes[n-1])) != 0 {
			t.Errorf("stage %d: candidate %d has %s", st.Number, n, b.Votes)
		}
	}
	if sum.Cmp(new(big.Rat).SetInt64(s.Valid)) != 0 {
		t.Errorf("stage %d comes to %s of %d papers", st.Number, sum.FloatString(5), s.Valid)
	}
}

// wantFlow compares ribbons with the figures of the two stages: what leaves a band is all it had, and what arrives all it has.
func wantFlow(t *rapid.T, f *flow.Flow, before, after flow.Stage) {
	out, in := make([]*big.Rat, len(f.Lanes)), make([]*big.Rat, len(f.Lanes))
	for l := range f.Lanes {
		out[l], in[l] = new(big.Rat), new(big.Rat)
	}
	pool := new(big.Rat)
	for _, r := range after.Ribbons {
		v := rat(t, r.Votes)
		if v.Sign() <= 0 {
			t.Errorf("a ribbon of %s votes", r.Votes)
		}
		if r.From == flow.Pool {
			pool.Sub(pool, v)
		} else {
			out[r.From].Add(out[r.From], v)
		}
		if r.To == flow.Pool {
			pool.Add(pool, v)
		} else {
			in[r.To].Add(in[r.To], v)
		}
	}
	if pool.Sign() != 0 {
		t.Errorf("stage %d: %s votes stay in the pool", after.Number, pool.FloatString(5))
	}
	for l := range f.Lanes {
		if had, has := votes(t, before, l), votes(t, after, l); out[l].Cmp(had) != 0 || in[l].Cmp(has) != 0 {
			t.Errorf("stage %d: %s leave lane %d, which had %s; %s arrive where %s are", after.Number, out[l].FloatString(5), l, had.FloatString(5), in[l].FloatString(5), has.FloatString(5))
		}
	}
}

func votes(t *rapid.T, st flow.Stage, lane int) *big.Rat {
	for _, b := range st.Bands {
		if b.Lane == lane {
			return rat(t, b.Votes)
		}
	}
	return new(big.Rat)
}

// wantApart: bands lie in their lanes below their labels, lanes below each other, and the pool within the gap.
func wantApart(t *rapid.T, f *flow.Flow, st flow.Stage) {
	end := flow.Px(0)
	for _, l := range f.Lanes {
		if l.Top < end || l.Band < l.Top+3400 {
			t.Errorf("lane %q begins at %s, within what is above it", l.Name, l.Top)
		}
		end = l.Band + l.Room
	}
	if end > f.Height {
		t.Errorf("the picture is %s high and its last lane ends at %s", f.Height, end)
	}
	last := -1
	for _, b := range st.Bands {
		lane := f.Lanes[b.Lane]
		if b.Lane <= last || b.Box.Y != lane.Band || b.Box.Bottom() > lane.Band+lane.Room || b.Mark > lane.Band+lane.Room || b.Box.Right() > f.Width {
			t.Errorf("stage %d: band %+v is not in its lane %+v", st.Number, b, lane)
		}
		last = b.Lane
	}
	if p := st.Pool; p != (flow.Box{}) && (p.X <= 0 || p.Right() >= f.Width || p.Y < 0 || p.Bottom() > f.Height) {
		t.Errorf("stage %d: the pool %+v is outside", st.Number, p)
	}
}

// wantEdges: the ribbons that leave a band cover it from top to bottom without a gap, and so do those that arrive.
func wantEdges(t *rapid.T, f *flow.Flow, before, after flow.Stage) {
	for l := range f.Lanes {
		for _, side := range []struct {
			st   flow.Stage
			left bool
		}{{before, true}, {after, false}} {
			at := f.Lanes[l].Band
			for _, r := range after.Ribbons {
				from, to := r.Ends()
				edge, lane := to, r.To
				if side.left {
					edge, lane = from, r.From
				}
				if lane == l {
					if edge.Y != at {
						t.Errorf("stage %d: a ribbon meets lane %d at %s, not %s", after.Number, l, edge.Y, at)
					}
					at = edge.Bottom()
				}
			}
			for _, b := range side.st.Bands {
				if b.Lane == l && b.Box.Bottom() != at {
					t.Errorf("stage %d: ribbons of lane %d end at %s, its band at %s", after.Number, l, at, b.Box.Bottom())
				}
			}
		}
	}
}

// TestFlowOfMany holds the largest picture there may be: 30 candidates for one place, of whom one is excluded a stage, and one with 60 stages.
func TestFlowOfMany(t *testing.T) {
	for _, n := range []int{30, 61} {
		e := &tally.Election{Seats: 1}
		for c := range n {
			e.Candidates = append(e.Candidates, tally.Candidate{Name: fmt.Sprintf("Candidate %d with a long name", c+1)})
			if err := e.Papers.Add([]tally.Mark{tally.Mark(c), tally.Mark((c + 1) % n)}, int64(100+c)); err != nil {
				t.Fatal(err)
			}
		}
		s := count(t, "scottish", e, tally.Options{})
		f, err := flow.New(s)
		if err != nil {
			t.Fatal(err)
		}
		if len(f.Stages) < n-10 || len(f.Lanes) != n+1 {
			t.Errorf("%d stages and %d lanes of %d candidates", len(f.Stages), len(f.Lanes), n)
		}
		for _, l := range f.Lanes[:n] {
			if len([]rune(l.Short)) > 17 {
				t.Errorf("the label %q is too long", l.Short)
			}
		}
	}
}

func TestFlowRefuses(t *testing.T) {
	for name, spoil := range map[string]func(*tally.Sheet){
		"no stages":         func(s *tally.Sheet) { s.Stages = nil },
		"no papers":         func(s *tally.Sheet) { s.Valid = 0 },
		"a vote is missing": func(s *tally.Sheet) { s.Stages[2].Votes[0] = "5.99999" },
		"less than nothing": func(s *tally.Sheet) { s.Stages[0].Votes[0], s.Stages[0].Votes[1] = "-1", "12" },
		"not a figure":      func(s *tally.Sheet) { s.Stages[1].Nontransferable = "some" },
		"another method":    func(s *tally.Sheet) { s.Stages[1].Action = tally.Buy },
		"too exact":         func(s *tally.Sheet) { s.Stages[0].Votes[0] = "9." + strings.Repeat("0", 20) },
		"too few figures":   func(s *tally.Sheet) { s.Stages[0].Votes = s.Stages[0].Votes[:2] },
	} {
		t.Run(name, func(t *testing.T) {
			s := vector(t)
			spoil(s)
			if _, err := flow.New(s); !errors.Is(err, flow.ErrSheet) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestCut(t *testing.T) {
	for _, tt := range []struct{ name, want string }{
		{"Ada", "Ada"}, {"Ada Lovelace", "Ada Lovel…"}, {"0123456789", "0123456789"}, {"Ada Love K", "Ada Love K"}, {"漢字漢字漢", "漢字漢字漢"}, {"漢字漢字漢字", "漢字漢字…"},
	} {
		if got := flow.Cut(tt.name, 10); got != tt.want {
			t.Errorf("Cut(%q) = %q, want %q", tt.name, got, tt.want)
		}
	}
}
