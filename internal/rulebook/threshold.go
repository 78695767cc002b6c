package rulebook

import "sort"

// maxPeople bounds the sizes that thresholds are computed for, far above any group, so that squares fit an int64.
const maxPeople = 1 << 40

// rootUp is the least n with den·n² ≥ num: the root of num/den, rounded up, by search instead of floating point.
func rootUp(num, den int64) int {
	return sort.Search(1<<22, func(n int) bool { return den*int64(n)*int64(n) >= num })
}

// people brings a count of members into the range the thresholds are made for.
func people(a int) int { return min(max(a, 0), maxPeople) }

// halfUp is half of a, rounded up.
func halfUp(a int) int { return a/2 + a%2 }

// S is how many members make the group act by petition: a recall, a special meeting, a call-in, a rule change.
// It is a fifth of the active members or twice their root, whichever is less, and at least 2.
func S(active int) int {
	a := people(active)
	return max(2, min((a+4)/5, rootUp(4*int64(a), 1)))
}

// Q is how many are enough to decide: a quarter of the active members or one and a half times their root, whichever is
// less, and at least 3; 2 in groups of up to 4, so that one absence never stops them.
func Q(active int) int {
	a := people(active)
	switch {
	case a < 2:
		return a
	case a <= 4:
		return 2
	}
	return max(3, min((a+3)/4, rootUp(9*int64(a), 4)))
}

// K is how many supporters, the proposer included, bring a proposal before a large group: half the root of the active
// members, at least 2 and at most 20.
func K(active int) int {
	return min(20, max(2, rootUp(int64(people(active)), 4)))
}

// Q2 is how many are enough to change the rules or to exclude someone: twice Q, but no more than half of the active members.
func Q2(active int) int {
	q := Q(active)
	return min(2*q, max(halfUp(people(active)), q))
}
