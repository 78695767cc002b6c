package tally

import "math/big"

// arithmetic is how a rule calculates: how many decimals are kept after a division, and how many are shown.
type arithmetic struct {
	exact  bool // fractions are kept whole
	places int  // decimals kept after each multiplication or division, the rest cut off
	guard  int  // how many of them are too few to tell two figures apart
	shown  int  // decimals on the sheet, rounded where more are kept
}

// cut cuts x, which is not negative, off after the last decimal that is kept.
func (a arithmetic) cut(x *big.Rat) *big.Rat {
	if a.exact || x.IsInt() {
		return x
	}
	unit := power(a.places)
	n := new(big.Int).Mul(x.Num(), unit)
	return new(big.Rat).SetFrac(n.Quo(n, x.Denom()), unit)
}

// mul and div are a product and a quotient as the rule has them.
func (a arithmetic) mul(x, y *big.Rat) *big.Rat { return a.cut(new(big.Rat).Mul(x, y)) }
func (a arithmetic) div(x, y *big.Rat) *big.Rat { return a.cut(new(big.Rat).Quo(x, y)) }

// unit is the smallest figure above 0.
func (a arithmetic) unit() *big.Rat { return new(big.Rat).SetFrac(big.NewInt(1), power(a.places)) }

// same says whether the figures cannot be told apart.
func (a arithmetic) same(x, y *big.Rat) bool {
	if a.guard == 0 {
		return x.Cmp(y) == 0
	}
	d := new(big.Rat).Sub(x, y)
	half := new(big.Rat).SetFrac(power(a.guard), new(big.Int).Mul(big.NewInt(2), power(a.places)))
	return d.Abs(d).Cmp(half) < 0
}

// less says whether x is smaller by enough to be told apart.
func (a arithmetic) less(x, y *big.Rat) bool { return x.Cmp(y) < 0 && !a.same(x, y) }

// write writes x as the sheet shows it.
func (a arithmetic) write(x *big.Rat) string { return x.FloatString(a.shown) }

// round returns x as the sheet shows it.
func (a arithmetic) round(x *big.Rat) *big.Rat {
	r, _ := new(big.Rat).SetString(a.write(x))
	return r
}

func power(places int) *big.Int {
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(places)), nil)
}

func whole(n int64) *big.Rat { return new(big.Rat).SetInt64(n) }

// sum adds up.
func sum(xs ...*big.Rat) *big.Rat {
	s := new(big.Rat)
	for _, x := range xs {
		s.Add(s, x)
	}
	return s
}

func minus(x, y *big.Rat) *big.Rat { return new(big.Rat).Sub(x, y) }
