package textdiff

import (
	"strconv"

	"github.com/aymanbagabas/go-udiff/lcs"
)

// Clause is one numbered piece of a text. ID stays with the clause when its words change;
// zero means a clause without a name of its own, which is recognised by its words.
type Clause struct {
	ID   int64
	Text string
}

// State says what happened to a clause.
type State uint8

// A clause stands as it was, stands with other words, is new at its place, or is gone from its place.
const (
	Kept State = iota
	Changed
	New
	Gone
)

// Row is one line of a comparison of two clause lists.
type Row struct {
	ID    int64
	State State
	Moved bool   // it stands in both lists but at another place; there is one row Gone and one row New
	Old   int    // place in the old list, counted from 0; -1 in a row New
	New   int    // place in the new list; -1 in a row Gone
	Spans []Span // the words: for Kept all Same, for New all Added, for Gone all Removed; empty for an empty text
}

// Clauses compares two lists. Rows without Gone give the new list in order, rows without New the old one.
// At each place what is gone comes before what is new.
func Clauses(old, new []Clause) []Row {
	was, is := names(old), names(new)
	var rows []Row
	i, j := 0, 0
	both := func(end int) {
		for ; i < end; i, j = i+1, j+1 {
			rows = append(rows, paired(old, new, i, j))
		}
	}
	inOld, inNew := count(was), count(is)
	for _, d := range lcs.DiffLines(was, is) {
		both(d.Start)
		for ; i < d.End; i++ {
			rows = append(rows, Row{old[i].ID, Gone, inNew[was[i]] > 0, i, -1, Diff(old[i].Text, "")})
		}
		for ; j < d.ReplEnd; j++ {
			rows = append(rows, Row{new[j].ID, New, inOld[is[j]] > 0, -1, j, Diff("", new[j].Text)})
		}
	}
	both(len(old))
	return rows
}

// paired is the row of a clause that stands in both lists.
func paired(old, new []Clause, i, j int) Row {
	row := Row{ID: new[j].ID, State: Kept, Old: i, New: j, Spans: Diff(old[i].Text, new[j].Text)}
	if old[i].Text != new[j].Text {
		row.State = Changed
	}
	return row
}

// names returns what each clause is recognised by.
func names(clauses []Clause) []string {
	out := make([]string, len(clauses))
	for i, c := range clauses {
		out[i] = "#" + strconv.FormatInt(c.ID, 10)
		if c.ID == 0 {
			out[i] = "=" + c.Text
		}
	}
	return out
}

func count(names []string) map[string]int {
	n := map[string]int{}
	for _, name := range names {
		n[name]++
	}
	return n
}
