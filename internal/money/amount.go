package money

import (
	"fmt"
	"strings"
	"time"

	"folkmoot/internal/lang"
)

// Amount is money in hundredths of a currency.
type Amount int64

// MaxAmount is the most that can be written, either way: ten thousand million. Sums of a report's lines stay far below what a number holds.
const MaxAmount Amount = 1_000_000_000_000

// ParseAmount reads an amount as people write it: "1234", "1 234,5", "1,234.50", "1.234,50", "-12". The last point or comma with one or two
// figures behind it is where hundredths begin; any other parts thousands. ok is false for anything else, and for more than MaxAmount.
func ParseAmount(s string) (a Amount, ok bool) {
	s = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "'", "", "’", "").Replace(strings.TrimSpace(s))
	s, below := strings.CutPrefix(strings.Replace(s, "−", "-", 1), "-")
	whole, part := s, ""
	if at := strings.LastIndexAny(s, ".,"); at >= 0 && len(s)-at-1 < 3 {
		whole, part = s[:at], s[at+1:]
		if part == "" {
			return 0, false
		}
	}
	whole, ok = joined(whole)
	if !ok || !figures(part+"0") || len(whole) > 11 {
		return 0, false
	}
	for _, r := range whole + (part + "00")[:2] {
		a = a*10 + Amount(r-'0')
	}
	if a > MaxAmount {
		return 0, false
	}
	if below {
		a = -a
	}
	return a, true
}

// joined returns the figures of a whole number whose thousands are parted by one mark throughout, or by none.
func joined(s string) (string, bool) {
	if strings.Contains(s, ".") && strings.Contains(s, ",") {
		return "", false
	}
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == '.' || r == ',' })
	if len(parts) != strings.Count(s, ".")+strings.Count(s, ",")+1 {
		return "", false // a mark stands where no figures do
	}
	for i, p := range parts {
		if !figures(p) || len(parts) > 1 && (i > 0 && len(p) != 3 || len(p) > 3) {
			return "", false
		}
	}
	return strings.TrimLeft(strings.Join(parts, ""), "0"), true
}

func figures(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// String returns the amount as it stands in a field and in files: "1234.50".
func (a Amount) String() string {
	sign := ""
	if a < 0 {
		sign, a = "-", -a
	}
	return fmt.Sprintf("%s%d.%02d", sign, a/100, a%100)
}

// Say returns the amount as a language writes it, with its thousands parted.
func (a Amount) Say() lang.Msg {
	id := "money.amount"
	if a < 0 {
		id, a = "money.amount.below", -a
	}
	whole := fmt.Sprint(int64(a / 100))
	var parts []string
	for len(whole) > 3 {
		parts, whole = append([]string{whole[len(whole)-3:]}, parts...), whole[:len(whole)-3]
	}
	return lang.M(id, "Whole", strings.Join(append([]string{whole}, parts...), "\u202f"), "Part", fmt.Sprintf("%02d", a%100))
}

// Day is a day without a time: "2026-03-31". Days compare as texts do.
type Day string

// ParseDay reads a day. ok is false for what is none.
func ParseDay(s string) (d Day, ok bool) {
	t, err := time.Parse(time.DateOnly, strings.TrimSpace(s))
	return Day(t.Format(time.DateOnly)), err == nil && t.Year() > 1900 && t.Year() < 10000
}

// DayOf returns the day that an instant falls on in its zone.
func DayOf(t time.Time) Day { return Day(t.Format(time.DateOnly)) }

// Next returns the day after.
func (d Day) Next() Day { return d.plus(1) }

func (d Day) plus(days int) Day { return DayOf(d.In(time.UTC).AddDate(0, 0, days)) }

// In returns when the day begins in a zone; zero for what is no day.
func (d Day) In(zone *time.Location) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, string(d), zone)
	if err != nil {
		return time.Time{}
	}
	return t
}
