package votefile_test

import (
	"strings"
	"testing"

	"folkmoot/internal/votefile"
)

func TestRanks(t *testing.T) {
	e, err := votefile.Read("x.csv", strings.NewReader("count,opt1,opt2,opt3\n155,3,1,2\n\"3\",2,1,1\r\n71,,9,2\n\n1,,,\r\n\r\n2,,2,1\n\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := orders(e), "155: 2 3 1; 3: 2=3 1; 73: 3 2; 1:"; got != want || e.Default != 3 || e.Candidates[2].Name != "Option 3" {
		t.Errorf("%s with default option %d of %v, want %s", got, e.Default, e.Candidates, want)
	}
}

func TestRanksFaults(t *testing.T) {
	wantFaults(t, "x.csv", map[string]string{
		"":                                   "1:1: the file is empty; a table of papers begins with count,rank1,... or count,opt1,...",
		"count,rang1\n":                      `1:7: "rang1" stands where rank1 should be: the first line is count,rank1,rank2 and so on, or count,opt1,opt2 and so on`,
		"count,opt1,opt3\n":                  `1:12: "opt3" stands where opt2 should be: the first line is count,rank1,rank2 and so on, or count,opt1,opt2 and so on`,
		"count,opt1,opt2\n1,1\n":             "2:1: the row has 2 cells, and the first line has 3",
		"count,opt1,opt2\n1\n":               "2:1: the row has 1 cell, and the first line has 3",
		"count,opt1,opt2\nx,1,2\n":           `2:1: "x" is not a number of papers, which is a whole number from 1`,
		"count,opt1,opt2\n3,1,0\n":           `2:5: "0" is not a rank, which is a whole number from 1`,
		"count,opt1,opt2\n3,01,\n":           `2:3: "01" is not a rank, which is a whole number from 1`,
		"count,opt1,opt2\n3,\"1\"2,\n":       "2:6: something stands behind the quotes",
		"count,opt1,opt2\n3,1\"2,\n":         "2:4: a quote stands within a cell that does not begin with one",
		"count,opt1,opt2\n3,1,\"2\n":         "2:5: the quotes are not closed",
		"count,opt1,opt2\n3,1,\r2\n":         "2:5: a carriage return stands here without a line feed: rows end with a line feed, or with both",
		"count;opt1;opt2\n":                  `1:1: "count;opt1;opt2" stands where count should be: the cells are separated by commas, not by ";"`,
		"count\topt1\n":                      `1:1: "count\topt1" stands where count should be: the cells are separated by commas, not by "\t"`,
		"count,opt1\n1,16385\n":              "2:3: 16385 is too large for a rank: the most is 16384",
		"count,opt1\n1099511627777,1\n":      "2:1: 1099511627777 is too large for a number of papers: the most is 1099511627776",
		"count,opt1\n1099511627776,1\n1,1\n": "3:1: cannot be counted: there are more than 1099511627776 papers in all, which is the most",
		"count,opt1\n1,1\ncount,opt1\n1,1\n": `3:1: "count" is not a number of papers, which is a whole number from 1`,
		"count,opt1\r1,1\r":                  "1:11: a carriage return stands here without a line feed: rows end with a line feed, or with both",
		"count,opt1\n1,\x001\n":              "2:3: a byte 0 stands here, so this is no table of text",
		"count,opt1\n1,\"\x00\"\n":           "2:4: a byte 0 stands here, so this is no table of text",
		"count,opt1,opt2\n3,1,\xff\n":        "2:5: the cell is not UTF-8",
	})
}
