package votefile_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"folkmoot/internal/published"
	"folkmoot/internal/tally"
	"folkmoot/internal/votefile"
)

// orders writes all papers of an election on one line.
func orders(e *tally.Election) string {
	var out []string
	for i := range e.Papers.Len() {
		marks, weight := e.Papers.At(i)
		line := fmt.Sprintf("%d:", weight)
		for _, m := range marks {
			c, same := m.Candidate()
			line += map[bool]string{false: " ", true: "="}[same] + fmt.Sprint(c+1)
		}
		out = append(out, line)
	}
	return strings.Join(out, "; ")
}

// TestPrefLib reads all published files; the reader refuses one whose header does not agree with its papers.
// TestPrefLibCategoryZero reads categories that are numbered from 0.
func TestPrefLibCategoryZero(t *testing.T) {
	const text = "# DATA TYPE: cat\n# NUMBER ALTERNATIVES: 2\n# NUMBER VOTERS: 3\n# NUMBER UNIQUE PREFERENCES: 1\n# NUMBER CATEGORIES: 2\n" +
		"# CATEGORY NAME 0: Vote\n# CATEGORY NAME %d: Not Selected\n# ALTERNATIVE NAME 1: A\n# ALTERNATIVE NAME 2: B\n3: 2, 1\n"
	if _, err := votefile.Read("x.cat", strings.NewReader(fmt.Sprintf(text, 1))); err != nil {
		t.Error(err)
	}
	_, err := votefile.Read("x.cat", strings.NewReader(fmt.Sprintf(text, 2)))
	if err == nil || err.Error() != "x.cat:7:1: CATEGORY NAME 2 stands where number 1 should be" {
		t.Error(err)
	}
}

func TestPrefLib(t *testing.T) {
	all := published.Files(t, "preflib/*/*.[sct][oa][cit]")
	read := published.Agree(t, all, filepath.Base, func(t *testing.T, file string) {
		text := published.Text(t, file)
		byEnd, err := votefile.Read(file, strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		byStart, err := votefile.Read("file", strings.NewReader(text))
		if err != nil || orders(byEnd) != orders(byStart) {
			t.Errorf("read otherwise without its ending (%v)", err)
		}
	})
	t.Logf("preflib: %d of %d files read", read, len(all))
}

// prefLib makes a file of three alternatives with the papers.
func prefLib(format, papers string, voters int) string {
	lines := strings.Count(strings.TrimSpace(papers), "\n") + 1
	head := fmt.Sprintf("# FILE NAME: x.%s\n# TITLE: X\n# DATA TYPE: %s\n# NUMBER ALTERNATIVES: 3\n# NUMBER VOTERS: %d\n", format, format, voters)
	if format == "cat" {
		head += fmt.Sprintf("# NUMBER UNIQUE PREFERENCES: %d\n# NUMBER CATEGORIES: 2\n# CATEGORY NAME 1: Yes\n# CATEGORY NAME 2: No\n", lines)
	} else {
		head += fmt.Sprintf("# NUMBER UNIQUE ORDERS: %d\n", lines)
	}
	return head + "# ALTERNATIVE NAME 1: Ann\n# ALTERNATIVE NAME 2: Bo: the second\n# ALTERNATIVE NAME 3: Cy\n" + papers
}

func TestPrefLibOrders(t *testing.T) {
	for _, c := range []struct{ format, papers, want string }{
		{"soc", "4: 2,1,3\n1: 3,2,1\n", "4: 2 1 3; 1: 3 2 1"},
		{"soi", "4: 2\r\n1: 3, 2\r\n", "4: 2; 1: 3 2"},
		{"soi", "4: 2\n0: 1\n1: 3,2\n", "4: 2; 1: 3 2"},
		{"toc", "4: {3,2},1\n1: 3,{ 1 , 2 }\n\n", "4: 2=3 1; 1: 3 1=2"},
		{"toi", "4: {3,2}\n1: 3", "4: 2=3; 1: 3"},
		{"cat", "4: {},{1,2,3}\n1: {2,1},3\n", "4:; 1: 1=2"},
	} {
		e, err := votefile.Read("x."+c.format, strings.NewReader(prefLib(c.format, c.papers, 5)))
		if err != nil {
			t.Error(err)
			continue
		}
		if got := orders(e); got != c.want || e.Title != "X" || e.Candidates[1].Name != "Bo: the second" {
			t.Errorf("%s: %s of %v, want %s", c.format, got, e.Candidates, c.want)
		}
	}
}

// wantFaults reads each text and compares where and what is wrong.
func wantFaults(t *testing.T, name string, texts map[string]string) {
	t.Helper()
	for text, want := range texts {
		_, err := votefile.Read(name, strings.NewReader(text))
		var fault *votefile.Fault
		if !errors.As(err, &fault) || err.Error() != name+":"+want {
			t.Errorf("%q:\n%v\nwant %s:%s", text, err, name, want)
		}
	}
}

func TestPrefLibFaults(t *testing.T) {
	good := prefLib("toi", "4: {3,2}\n1: 3\n", 5)
	wantFaults(t, "x.toi", map[string]string{
		prefLib("toi", "4: {3,2}\n1: 3\n", 6):                      "5:1: there are 5 papers, not 6",
		strings.Replace(good, "S: 2", "S: 3", 1):                   "6:1: there are 2 lines of papers, not 3",
		strings.Replace(good, "TIVES: 3", "S: 3", 1):               `4:1: "NUMBER ALTERNAS" is not known`,
		strings.Replace(good, "TIVES: 3", "TIVES", 1):              "4:1: the line has no colon",
		strings.Replace(good, ": 3\n", ": 4\n", 1):                 "10:1: NUMBER ALTERNATIVES is 4, but 3 have names",
		strings.Replace(good, ": 3\n", ": x\n", 1):                 "4:1: NUMBER ALTERNATIVES is not a number",
		strings.Replace(good, "TYPE: toi", "TYPE: soi", 1):         `3:1: the data type is "soi", where it should be that of the file: soc, soi, toc, toi or cat`,
		strings.Replace(good, "NAME 2", "NAME 3", 1):               "8:1: ALTERNATIVE NAME 3 stands where number 2 should be",
		strings.Replace(good, "# TITLE: X", "# DATA TYPE: toi", 1): "3:1: DATA TYPE is there twice",
		prefLib("toi", "4 {3,2}\n", 4):                             `10:2: " " stands where the colon behind the number of papers should be`,
		prefLib("toi", "4: {3,2\n", 4):                             `10:8: "\n" stands where a comma, or the brace that closes, should be`,
		prefLib("toi", "4: {3,3}\n", 4):                            "10:7: alternative 3 is in the line twice",
		prefLib("toi", "4: 4\n", 4):                                "10:4: there is no alternative 4",
		prefLib("toi", "4: {}\n", 4):                               `10:5: "}" stands where the number of an alternative should be`,
		prefLib("toi", "4: 0\n", 4):                                "10:4: the number of an alternative is less than 1",
		prefLib("toi", "4: 3 2\n", 4):                              `10:6: "2" stands where the end of the line should be`,
		prefLib("toi", "4: {3,2}\n1: {2,3}", 5):                    "11:1: the order stands in a line before",
		prefLib("toi", "4: 3,", 4):                                 "10:6: the file ends where the number of an alternative should be",
	})
	wantFaults(t, "x.soi", map[string]string{prefLib("soi", "4: 1,{2,3}\n", 4): "10:6: a soi file has no ties"})
	wantFaults(t, "x.soc", map[string]string{prefLib("soc", "4: 1,2\n", 4): "10:1: the line has 2 alternatives of 3, and a soc file must have all"})
	wantFaults(t, "x.cat", map[string]string{prefLib("cat", "4: 1\n", 4): "13:1: the line has 1 categories of 2"})
}
