package votefile_test

import (
	"strings"
	"testing"

	"folkmoot/internal/votefile"
)

func TestRanks(t *testing.T) {
	e, err := votefile.Read("x.csv", strings.NewReader("count,opt1,opt2,opt3\n155,3,1,2\n\"3\",2,1,1\r\n71,,9,2\n1,,,\n2,,2,1"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := orders(e), "155: 2 3 1; 3: 2=3 1; 73: 3 2; 1:"; got != want || e.Default != 3 || e.Candidates[2].Name != "Option 3" {
		t.Errorf("%s with default option %d of %v, want %s", got, e.Default, e.Candidates, want)
	}
}

func TestRanksFaults(t *testing.T) {
	wantFaults(t, "x.csv", map[string]string{
		"":                             "1:1: the file is empty",
		"count,rang1\n":                `1:7: "rang1" stands where the head of the table should have count, and rank1, rank2 or opt1, opt2 and so on`,
		"count,opt1,opt3\n":            `1:12: "opt3" stands where opt2 should be`,
		"count,opt1,opt2\n1,1\n":       "2:1: the row has 2 cells, and the first line has 3",
		"count,opt1,opt2\nx,1,2\n":     `2:1: "x" is not a number of papers, from 1 to 1099511627776`,
		"count,opt1,opt2\n3,1,0\n":     `2:5: "0" is not a rank, from 1 to 16384`,
		"count,opt1,opt2\n3,01,\n":     `2:3: "01" is not a rank, from 1 to 16384`,
		"count,opt1,opt2\n3,\"1\"2,\n": "2:6: something stands behind the quotes",
		"count,opt1,opt2\n3,1\"2,\n":   `2:4: "\"" stands within a cell without quotes`,
		"count,opt1,opt2\n3,1,\"2\n":   "2:5: the quotes are not closed",
		"count,opt1,opt2\n3,1,\r2\n":   "2:6: a carriage return stands within a row",
		"count,opt1,opt2\n3,1,\xff\n":  "2:5: the cell is not UTF-8",
	})
}

func FuzzCSV(f *testing.F) {
	f.Add("count,opt1,opt2,opt3\n155,3,1,2\n\"3\",2,1,1\r\n71,,9,2\n")
	f.Fuzz(func(t *testing.T, text string) { readsOrFaults(t, "x.csv", text) })
}
