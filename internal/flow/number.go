package flow

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"folkmoot/internal/tally"
)

const (
	largest    = 1<<63 - 1
	mostPlaces = 15
)

// precision returns how many decimals the figures of the sheet have at most, or ErrSheet if they are more than can be drawn.
func precision(s *tally.Sheet) (places int, err error) {
	look := func(figure string) {
		if _, after, ok := strings.Cut(figure, "."); ok {
			places = max(places, len(after))
		}
	}
	look(s.Quota)
	for _, st := range s.Stages {
		look(st.Quota)
		look(st.Nontransferable)
		for _, v := range st.Votes {
			look(v)
		}
	}
	if places > mostPlaces {
		return 0, fmt.Errorf("%w: figures have %d decimals", ErrSheet, places)
	}
	return places, nil
}

func pow10(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}

// parse reads a figure of a sheet in units of the last of so many decimals; "" is nothing.
func parse(figure string, places int) (int64, error) {
	whole, decimals, _ := strings.Cut(figure, ".")
	if figure == "" {
		return 0, nil
	}
	if len(decimals) > places {
		return 0, fmt.Errorf("%w: the figure %q", ErrSheet, figure)
	}
	n, err := strconv.ParseInt(whole+decimals+strings.Repeat("0", places-len(decimals)), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%w: the figure %q", ErrSheet, figure)
	}
	return n, nil
}

// figure writes what parse reads.
func figure(n int64, places int) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	if places == 0 {
		return sign + strconv.FormatInt(n, 10)
	}
	unit := pow10(places)
	return fmt.Sprintf("%s%d.%0*d", sign, n/unit, places, n%unit)
}

// Cut shortens a name to so many signs, of which the last then says that it is not whole. Signs of scripts that are set wide count double.
func Cut(name string, signs int) string {
	used, end := 0, 0
	for i, r := range name {
		width := 1
		if r >= 0x1100 && r <= 0x115f || r >= 0x2e80 && r <= 0xffdc || r >= 0x1f000 {
			width = 2
		}
		if used += width; used > signs {
			return strings.TrimSpace(name[:end]) + "…"
		}
		if used < signs {
			end = i + utf8.RuneLen(r)
		}
	}
	return name
}
