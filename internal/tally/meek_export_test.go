package tally

// MeekRational counts as droop does in fractions: with so many decimals that the twelve it prints are those of the fractions.
func MeekRational(e *Election, o Options, warren bool) (*Sheet, error) {
	r := meekRule{name: "rational", places: 12, guard: 48, same: 40, split: splitDown, over: true, omega: 1, omegaTo: 10, sure: 2, near: true}
	if warren {
		r.split = splitFlat
	}
	return countMeek(e, o, r)
}

// MeekApprox counts as stv-rs does in fractions with keep values rounded up to six decimals. Without candidates on one level all
// its figures have at most six decimals a candidate.
func MeekApprox(e *Election, o Options) (*Sheet, error) {
	return countMeek(e, o, meekRule{
		name: "approx", places: 60, same: 60, split: splitDown, keepTo: 6, over: true, omega: 1, omegaTo: 6, near: true,
	})
}
