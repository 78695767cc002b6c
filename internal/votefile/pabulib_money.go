package votefile

import (
	"strconv"
	"strings"
)

const (
	mostDigits   = 15 // of an amount of money
	mostDecimals = 3  // of an amount of money, without zeros at the end
)

// money is an amount in units of 1/10^decimals.
type money struct {
	place
	n        int64
	decimals int
}

// amount reads an amount of money, which is not negative. It may have a decimal comma, but not one that could be meant for thousands.
func amount(c field) (money, error) {
	if _, part, comma := strings.Cut(c.text, ","); comma && len(part) == 3 {
		return money{}, c.fault("%q could be thousands, or have three decimals: write %s, or %s", c.text, strings.Replace(c.text, ",", "", 1), strings.Replace(c.text, ",", ".", 1))
	}
	whole, part, _ := strings.Cut(strings.Replace(c.text, ",", ".", 1), ".")
	part = strings.TrimRight(part, "0")
	digits := whole + part
	if whole == "" || len(digits) > mostDigits || len(part) > mostDecimals || strings.Trim(digits, "0123456789") != "" {
		return money{}, c.fault("%q is no amount of money with up to %d digits, %d of them decimals", c.text, mostDigits, mostDecimals)
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return money{}, c.fault("%q is no amount of money", c.text)
	}
	return money{c.place, n, len(part)}, nil
}
