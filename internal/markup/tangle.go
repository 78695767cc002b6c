package markup

import "strings"

// Limits beyond which text is shown as it was typed. The parser takes time in the square of each of the
// counts below; at these limits the worst text of the greatest length takes about a tenth of a second on a small machine.
const (
	// Max is the greatest length in bytes that is read as Markdown.
	Max        = 64 << 10
	maxNesting = 24  // quotes and lists opened in one line
	maxSigns   = 500 // signs of emphasis, links and code between two empty lines
)

// tooTangled tells whether reading the text as Markdown could take long.
func tooTangled(md string) bool {
	if len(md) > Max {
		return true
	}
	signs := 0
	for line := range strings.Lines(md) {
		if strings.TrimSpace(line) == "" {
			signs = 0
			continue
		}
		if signs += count(line); signs > maxSigns || nesting(line) > maxNesting {
			return true
		}
	}
	return false
}

// count returns how many places of a line the parser may have to come back to; a row of equal signs is one.
func count(line string) int {
	n, last := 0, byte(0)
	for i := range len(line) {
		if c := line[i]; strings.IndexByte("*_~[`<", c) >= 0 && (c != last || c == '[' || c == '<') {
			n++
		}
		last = line[i]
	}
	return n
}

// nesting returns how many quotes and lists a line opens. A line of nothing but one sign is a rule, however long.
func nesting(line string) int {
	if bare := strings.Join(strings.Fields(line), ""); strings.Trim(bare, bare[:1]) == "" && strings.Contains("-*_", bare[:1]) {
		return 0
	}
	n := 0
	for {
		line = strings.TrimLeft(line, " \t")
		rest := strings.TrimLeft(line, "0123456789")
		switch {
		case strings.HasPrefix(line, ">"):
			line = line[1:]
		case rest == line && marks(rest, "-*+"), rest != line && marks(rest, ".)"):
			line = rest[1:]
		default:
			return n
		}
		n++
	}
}

// marks tells whether the text starts with one of the signs and a space.
func marks(s, signs string) bool {
	return len(s) > 1 && strings.IndexByte(signs, s[0]) >= 0 && strings.IndexByte(" \t\r\n", s[1]) >= 0
}
