package rulebook

import (
	"testing"

	"pgregory.net/rapid"
)

func TestThresholdTable(t *testing.T) {
	for _, tt := range []struct{ a, s, q, k, q2 int }{
		{3, 2, 2, 2, 2},
		{5, 2, 3, 2, 3},
		{8, 2, 3, 2, 4},
		{12, 3, 3, 2, 6},
		{20, 4, 5, 3, 10},
		{30, 6, 8, 3, 15},
		{50, 10, 11, 4, 22},
		{100, 20, 15, 5, 30},
		{200, 29, 22, 8, 44},
		{500, 45, 34, 12, 68},
		{1000, 64, 48, 16, 96},
		{5000, 142, 107, 20, 214},
		{10000, 200, 150, 20, 300},
		// the smallest groups
		{0, 2, 0, 2, 0},
		{1, 2, 1, 2, 1},
		{2, 2, 2, 2, 2},
		{4, 2, 2, 2, 2},
		{-3, 2, 0, 2, 0},
	} {
		if s, q, k, q2 := S(tt.a), Q(tt.a), K(tt.a), Q2(tt.a); s != tt.s || q != tt.q || k != tt.k || q2 != tt.q2 {
			t.Errorf("A=%d: S %d Q %d K %d Q2 %d, want %d %d %d %d", tt.a, s, q, k, q2, tt.s, tt.q, tt.k, tt.q2)
		}
	}
}

func TestRootUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		num := rapid.Int64Range(0, 9*maxPeople).Draw(t, "num")
		den := rapid.SampledFrom([]int64{1, 4}).Draw(t, "den")
		if den == 1 {
			num = min(num, 4*maxPeople)
		}
		n := int64(rootUp(num, den))
		if den*n*n < num || n > 0 && den*(n-1)*(n-1) >= num {
			t.Fatalf("%d is not the root of %d/%d, rounded up", n, num, den)
		}
	})
}

func anyActive(t *rapid.T) int {
	return rapid.OneOf(rapid.IntRange(0, 60), rapid.IntRange(0, 20000), rapid.IntRange(0, maxPeople)).Draw(t, "active")
}

// TestThresholdsGrowSlowly: one more member never makes any threshold fall, and never makes it jump by more than two.
func TestThresholdsGrowSlowly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := anyActive(t)
		for name, f := range map[string]func(int) int{"S": S, "Q": Q, "K": K, "Q2": Q2} {
			if step := f(a+1) - f(a); step < 0 || step > 2 {
				t.Fatalf("%s(%d) = %d, %s(%d) = %d", name, a, f(a), name, a+1, f(a+1))
			}
		}
	})
}

func TestThresholdBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := anyActive(t)
		s, q, k, q2 := S(a), Q(a), K(a), Q2(a)
		switch {
		case s < 2 || a >= 10 && s > halfUp(a):
			t.Fatalf("S(%d) = %d", a, s)
		case k < 2 || k > 20 || k > s:
			t.Fatalf("K(%d) = %d, S = %d", a, k, s)
		case q > highestQuorum(a) || q > a:
			t.Fatalf("Q(%d) = %d", a, q)
		case q2 < q || q2 > 2*q || q2 > max(q, halfUp(a)):
			t.Fatalf("Q2(%d) = %d, Q = %d", a, q2, q)
		}
	})
}
