package votefile

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"folkmoot/internal/tally"
)

func TestRanksCSV(t *testing.T) {
	const text = "\xef\xbb\xbfcount,rank1,rank2,rank3\r\n" +
		"12,Ann,\"Cy, Dee\",undervote\r\n" +
		"3,overvote,Bo,UWI\n" +
		"2,Ann,\"Cy, Dee\",\n" +
		"1,Ann|Bo,,Ann\n" +
		"4,,undervote,\n"
	const want = `[Ann Cy, Dee Bo] 22
14: 0 1
3: over 2 undeclared
1: 0 =2 blank again
4:`
	e, err := Read("papers.csv", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if got := described(e); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// described writes the candidates and papers of an election.
func described(e *tally.Election) string {
	var names []string
	for _, c := range e.Candidates {
		names = append(names, c.Name)
	}
	out := fmt.Sprint(names, " ", e.Papers.Total())
	other := map[tally.Mark]string{tally.Blank: "blank", tally.Over: "over", tally.Undeclared: "undeclared", tally.Again: "again"}
	for i := range e.Papers.Len() {
		marks, n := e.Papers.At(i)
		out += fmt.Sprintf("\n%d:", n)
		for _, m := range marks {
			out += " "
			if m&tally.Same != 0 {
				out += "="
			}
			if c, _ := m.Candidate(); m.Names() {
				out += fmt.Sprint(c)
			} else {
				out += other[m&^tally.Same]
			}
		}
	}
	return out
}

// TestRanksCSVNone: a line of no papers says who stands, and in which order.
func TestRanksCSVNone(t *testing.T) {
	e, err := Read("papers.csv", strings.NewReader("count,rank1,rank2\n0,Ann,Bo\n0,Cy,\n2,Bo,overvote\n1,Cy,Bo\n"))
	if want := "[Ann Bo Cy] 3\n2: 1 over\n1: 2 1"; err != nil || described(e) != want {
		t.Fatalf("%v, want %s", err, want)
	}
}

// TestRanksCSVNames: a name that is written with other spaces or composed otherwise is the same, as is a word for a mark with other
// capitals. What only capitals or hidden signs tell apart nobody can have meant.
func TestRanksCSVNames(t *testing.T) {
	const text = "count,rank1,rank2\n4,Ann Archer,Zoe\u0308\n3,Ann  Archer,Zo\u00eb\n2,Ann\u00a0Archer,Overvote\n1,UNDERVOTE,Uwi|Zoe\u0308\n1,undeclared,UnderVote\n"
	const want = `[Ann Archer Zo\u00eb] 11
7: 0 1
2: 0 over
1: blank undeclared =1
1: undeclared`
	e, err := Read("papers.csv", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if got := described(e); got != strings.ReplaceAll(want, `\u00eb`, "\u00eb") {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	e, err = ReadRanks("papers", strings.NewReader("count,rank1\n5,Zoe\u0308\n"), []tally.Candidate{{Name: "Ann"}, {Name: "Zo\u00eb"}})
	if want := "[Ann Zo\u00eb] 5\n5: 1"; err != nil || described(e) != want {
		t.Errorf("%v, want %s", err, want)
	}
}

func TestReadRanksForCandidates(t *testing.T) {
	cs := []tally.Candidate{{Name: "Dee"}, {Name: "Bo"}, {Name: "Ann"}}
	e, err := ReadRanks("papers", strings.NewReader("count,rank1,rank2\n5,Ann,Bo\n"), cs)
	if want := "[Dee Bo Ann] 5\n5: 2 1"; err != nil || described(e) != want {
		t.Fatalf("%v, want %s", err, want)
	}
	_, err = ReadRanks("papers", strings.NewReader("count,rank1,rank2\n5,Ann,Cy\n"), cs)
	if err == nil || err.Error() != `papers:2:7: "Cy" is not a candidate` {
		t.Errorf("somebody else: %v", err)
	}
}

// TestRanksCSVLong: where a line is too long is known too.
func TestRanksCSVLong(t *testing.T) {
	_, err := Read("f.csv", strings.NewReader("count,rank1\n1,Bo\n1,"+strings.Repeat("x", mostRow+bufferSize)))
	var fault *Fault
	if !errors.As(err, &fault) || fault.Line != 3 || fault.Column < mostRow/2 {
		t.Error(err)
	}
}

func TestRanksCSVFaults(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"", `1:1: the file is empty`},
		{"count,ranks1\n", `1:7: "ranks1" stands where rank1 should be: the first line is count,rank1,rank2 and so on, or count,opt1,opt2 and so on`},
		{"rank1\n", `1:1: "rank1" stands where`},
		{"count,rank1,rank2\n", `cannot be counted: there are no candidates`},
		{"count,rank1\nAnn,Bo\n", `2:1: "Ann" is not a number of papers`},
		{"count,rank1\n0,Bo\n00,Bo\n", `3:1: "00" is not`},
		{"count,rank1\n0,Bo|Bo\n", `2:3: "Bo" is there twice`},
		{"count,rank1\n+1,Bo\n", `2:1: "+1" is not`},
		{"count,rank1\n9223372036854775807,Bo\n", `2:1: 9223372036854775807 is too large for a number of papers: the most is 1099511627776`},
		{"count,rank1\n1,Bo,Cy\n", `2:1: the row has 3 cells, and the first line has 2`},
		{"count,rank1\n1,\"Bo\n", `2:3: the quotes are not closed`},
		{"count,rank1\n1,B\"o\n", `2:4: a quote stands within a cell that does not begin with one`},
		{"count,rank1,rank2\n1,Bo,Bo|Bo\n", `2:6: "Bo" is there twice`},
		{"count,rank1\n1,Bo|overvote\n", `2:3: "overvote" cannot be on one level with others`},
		{"count,rank1\n1,Bo|\n", `2:3: "" cannot be on one level with others`},
		{"count,rank1\n1,Ann\n2,ann\n", `3:3: "ann" and "Ann", which has come before, differ only in capitals or in signs that nobody sees; write both alike`},
		{"count,rank1\n1,Ann  B\n2,Cy|AN\u200dN B\n", `3:3: "AN\u200dN B" and "Ann B", which has come before, differ only`},
		{"count,rank1\n1,Bo|Undervote\n", `2:3: "Undervote" cannot be on one level with others`},
		{"count,rank1\n1,Bo\u00a0\n", `2:3: the name "Bo\u00a0" has spaces around it`},
		{"count,rank1\n1, Bo\n", `2:3: the name " Bo" has spaces around it`},
		{"count,rank1\n1,\"B\no\"\n", `2:3: there are signs in this that are not shown, or change how others are`},
		{"count,rank1\n1," + strings.Repeat("x", 1001), `2:3: the name is longer than 1000 bytes`},
		{"count,rank1\n1,B\xff\n", `2:3: the cell is not UTF-8`},
		{"count,rank1\n1," + strings.Repeat("x", mostRow+bufferSize), `2:1048578: the row is longer than 1048576 bytes`},
	} {
		_, err := Read("f.csv", strings.NewReader(tt.text))
		var fault *Fault
		if !errors.As(err, &fault) || !strings.Contains(err.Error(), tt.want) || tt.want[0] < 'a' && !strings.HasPrefix(err.Error(), "f.csv:"+tt.want) {
			t.Errorf("%.60q: %v, want %s", tt.text, err, tt.want)
		}
	}
}
