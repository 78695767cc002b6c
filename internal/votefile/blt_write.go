package votefile

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"folkmoot/internal/tally"
)

// WriteBLT writes the election as a BLT file, which Read reads as the same election but for what BLT does not know: costs, scores,
// and marks that name nobody other than skipped ranks. Where nothing says how many seats there are, the file has 1, as a count does.
func WriteBLT(w io.Writer, e *tally.Election) error {
	var b strings.Builder
	flush := func() error {
		_, err := io.WriteString(w, b.String())
		b.Reset()
		return err
	}
	fmt.Fprintf(&b, "%d %d\n", len(e.Candidates), max(1, e.Seats))
	for _, c := range e.Withdrawn {
		fmt.Fprintf(&b, "-%d\n", c+1)
	}
	b.WriteString(bracket("undeclared", e.Undeclared) + bracket("tie", e.Lots))
	for i := range e.Papers.Len() {
		marks, weight := e.Papers.At(i)
		b.WriteString(strconv.FormatInt(weight, 10))
		for _, m := range marks {
			c, same := m.Candidate()
			switch {
			case !m.Names():
				b.WriteString(" -")
			case same:
				b.WriteString("=" + strconv.Itoa(c+1))
			default:
				b.WriteString(" " + strconv.Itoa(c+1))
			}
		}
		b.WriteString(" 0\n")
		if b.Len() > bufferSize {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	b.WriteString("0\n")
	for _, c := range e.Candidates {
		b.WriteString(quote(c.Name))
	}
	b.WriteString(quote(e.Title))
	return flush()
}

// bracket writes a directive about candidates, or nothing if it is about none.
func bracket(word string, cs []int) string {
	if len(cs) == 0 {
		return ""
	}
	for _, c := range cs {
		word += " " + strconv.Itoa(c+1)
	}
	return "[" + word + "]\n"
}

func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", " ", "\r", " ").Replace(s) + "\"\n"
}
