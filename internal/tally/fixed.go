package tally

import (
	"math/bits"
	"strconv"
)

// mulDiv returns a·b/c, cut off to a whole number, by way of 128 bits. All must be at least 0 and c more; the quotient must fit,
// as it does where a ≤ c or b ≤ c.
func mulDiv(a, b, c int64) int64 {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	q, _ := bits.Div64(hi, lo, uint64(c))
	return int64(q)
}

// decimal writes n in units of 1/10^places.
func decimal(n int64, places int) string {
	if places == 0 {
		return strconv.FormatInt(n, 10)
	}
	var b [24]byte // a sign, a point and up to 19 digits
	out := b[:0]
	if n < 0 {
		out, n = append(out, '-'), -n
	}
	unit := pow10(places)
	out = strconv.AppendInt(out, n/unit, 10)
	point := len(out)
	out = strconv.AppendInt(out, unit+n%unit, 10) // the 1 that it begins with makes room for the point
	out[point] = '.'
	return string(out)
}

func pow10(places int) int64 {
	n := int64(1)
	for range places {
		n *= 10
	}
	return n
}
