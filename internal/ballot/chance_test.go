package ballot_test

import (
	"flag"
	"maps"
	"math"
	"slices"
	"testing"
)

// campaign asks for the long versions of the races and of the linkage test, as `make campaign` runs them.
var campaign = flag.Bool("campaign", false, "run for hours what otherwise runs for seconds")

// long returns so many rounds: short in the gate, and the other in the campaign.
func long(short, other int) int {
	if *campaign {
		return other
	}
	return short
}

// guesses is, for one attack, which paper it takes each person's to be.
type guesses map[string]string

// score is what one attack has done so far.
type score struct {
	right  int
	chance float64 // how often luck alone is right on average
	people int     // of whom it said something
}

// board is the score of every attack, by its name.
type board map[string]score

// add scores what the attacks found in one ballot with so many papers.
func (b board) add(found map[string]guesses, truth map[string]string, papers int) {
	for name, g := range found {
		s := b[name]
		s.people += len(g)
		s.chance += float64(len(g)) / float64(papers)
		for who, what := range g {
			if truth[who] == what {
				s.right++
			}
		}
		b[name] = s
	}
}

// mostJudged is how many attacks are judged at most in one run of the tests, over all designs, sizes and databases.
const mostJudged = 1000

// limit returns the most that luck does: a sound design is above it once in a thousand million attacks, and so, with mostJudged of
// them, once in a million runs.
//
// If nothing tells the papers of a ballot apart, each assignment of its n papers to its n voters is as likely as any other,
// whatever the attacker has seen. Whoever then guesses the papers of m people is right S times, with
// E[S(S-1)…(S-k+1)] <= m(m-1)…(m-k+1) / n(n-1)…(n-k+1) <= (m/n)^k: of the ways to pick k guesses, each is right with (n-k)!/n!, or
// never if two of them name one paper. These are at most the factorial moments of a Poisson variable with the mean m/n, so
// E[(1+x)^S] <= exp(x·m/n) for x >= 0. Ballots are independent of each other, so the same holds of their sum with the sum of the
// means, and Chernoff's bound with x = k/mean - 1 gives P(S >= k) <= exp(-mean) · (e·mean/k)^k for every k above the mean.
func limit(mean float64) int {
	if mean == 0 {
		return 0
	}
	k := math.Floor(mean)
	for -mean+k*(1+math.Log(mean/k)) > math.Log(1e-6/mostJudged) || k <= mean {
		k++
	}
	return int(k) - 1
}

// caught says whether the attack is better than luck.
func (s score) caught() bool { return s.right > limit(s.chance) }

// atChance fails the test for each attack that is better than luck. judged counts them in the whole run.
func (b board) atChance(t *testing.T, what string, ballots int, judged *int) {
	t.Helper()
	if *judged += len(b); *judged > mostJudged {
		t.Fatalf("%d attacks were judged; limit counts on %d", *judged, mostJudged)
	}
	b.show(t, what, ballots)
	for name, s := range b {
		if s.caught() {
			t.Errorf("%s: %q finds %d people's papers; luck finds %.1f, and hardly ever more than %d", what, name, s.right, s.chance, limit(s.chance))
		}
	}
}

// show prints the figures: all of them in the campaign, otherwise those of the best attack.
func (b board) show(t *testing.T, what string, ballots int) {
	t.Helper()
	names := slices.SortedFunc(maps.Keys(b), func(x, y string) int { return b[y].right - b[x].right })
	t.Logf("%s: %d attacks on %d ballots", what, len(b), ballots)
	for _, name := range names[:min(len(names), long(1, len(names)))] {
		s := b[name]
		t.Logf("  %-62s right %5d of %6d, by luck %7.1f, three deviations %7.1f, limit %4d", name, s.right, s.people, s.chance, s.chance+3*math.Sqrt(s.chance), limit(s.chance))
	}
}

// TestLimitIsAboveTheTail compares the limit with the exact tail of the sum that it bounds.
func TestLimitIsAboveTheTail(t *testing.T) {
	const voters = 20
	one := make([]float64, voters+1) // of so many fixed points in a random permutation of the voters
	for k := range one {
		for j := range voters - k + 1 {
			one[k] += math.Pow(-1, float64(j)) / factorial(j)
		}
		one[k] /= factorial(k)
	}
	sum := []float64{1}
	for ballots := 1; ballots <= 50; ballots++ {
		next := make([]float64, len(sum)+voters)
		for i, p := range sum {
			for j, q := range one {
				next[i+j] += p * q
			}
		}
		sum = next
		tail := 0.0
		for k := len(sum) - 1; k > limit(float64(ballots)); k-- {
			tail += max(sum[k], 0)
		}
		if tail > 1e-6/mostJudged {
			t.Errorf("%d ballots: luck is above %d with probability %g", ballots, limit(float64(ballots)), tail)
		}
		if three := float64(ballots) + 3*math.Sqrt(float64(ballots)); float64(limit(float64(ballots))) < three {
			t.Errorf("%d ballots: the limit %d is below three deviations, %.1f", ballots, limit(float64(ballots)), three)
		}
	}
	if got := limit(50); got > 110 {
		t.Errorf("of 1,000 papers an attack may find %d", got)
	}
}

func factorial(n int) float64 {
	f := 1.0
	for i := 2; i <= n; i++ {
		f *= float64(i)
	}
	return f
}
