package votefile_test

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"folkmoot/internal/published"
	"folkmoot/internal/tally"
	"folkmoot/internal/votefile"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// plainForm is an election as plain values, for comparing.
type plainForm struct {
	Title, Seats any
	Candidates   []tally.Candidate
	Withdrawn    []int
	Lots         []int
	Papers       [][]tally.Mark
	Weights      []int64
}

func plain(e *tally.Election) plainForm {
	p := plainForm{e.Title, e.Seats, e.Candidates, e.Withdrawn, e.Lots, nil, nil}
	for i := range e.Papers.Len() {
		marks, n := e.Papers.At(i)
		p.Papers, p.Weights = append(p.Papers, append([]tally.Mark{}, marks...)), append(p.Weights, n)
	}
	return p
}

func TestBLT(t *testing.T) {
	const text = "\xef\xbb\xbf4 2 # four for two\r\n[nick ann bo cy dee]\n[tie cy ann bo dee]\n-4\n" +
		"9 ann bo=cy 0\n(17) 2 - 1 0 # numbered\n3 0\n2 1 2=3 0 1 3 0 # two kinds\n0\n" +
		"\"Ann\" \"Bo \\\"the\\\" Bell\" \"Cy\n\"\n"
	if _, err := votefile.Read("x.blt", strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), "x.blt:10:25: the quotes are not closed") {
		t.Errorf("an open quote: %v", err)
	}
	good := strings.Replace(text, "\"Cy\n\"\n", "\"Cy \"C. C\"\n\"\"\n\"The # committee\"\nand what else there is to say\n123 votes of 200\nin 2019 2020\n7", 1)
	e, err := votefile.Read("x.blt", strings.NewReader(good))
	if err != nil {
		t.Fatal(err)
	}
	// As the councils of Scotland publish them.
	for text, names := range map[string][]string{
		"3 1\n0\nAnn \"Bo\" CY (Lab)\r\n O'Dee \nRenée\nThe #1 ward":                                {`Ann "Bo" CY (Lab)`, "O'Dee", "Renée", "The #1 ward"},
		"3 1\n0\n\"Ann \"\"The Party\"\"\"\n\"\"\"Bo\"\" Dee\"\n\"Cy\"\nWard 3":                     {`Ann "The Party"`, `"Bo" Dee`, "Cy", "Ward 3"},
		"3 1\n0\n\"Ann\" \"Green\"\n\"Bo\" \"Labour\"\r\n\"Cy\" \"Green\" # new\n\"Ward 4\"\nnotes": {"Ann", "Bo", "Cy", "Ward 4"},
		"3 1\n0\n\"Ann\" \"Green\"\n\"Bo\" \"Labour\"\n\"Cy\" \"Green\"\nWard 4\n":                  {"Ann", "Bo", "Cy", "Ward 4"},
		"3 1\n0\n\"Ann\" \"Green\"\n\"Bo\" \"Labour\"\n\"Cy\" \"Green\"\n":                          {"Ann", "Bo", "Cy", ""},
		"3 1\n0\n\"Ann\" \"Bo\"\n\"Cy\" \"Ward 4\"\n":                                               {"Ann", "Bo", "Cy", "Ward 4"},
	} {
		e, err := votefile.Read("x.blt", strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		got := []string{e.Candidates[0].Name, e.Candidates[1].Name, e.Candidates[2].Name, e.Title}
		if diff := cmp.Diff(names, got); diff != "" {
			t.Error(diff)
		}
	}
	want := plainForm{
		"The # committee", 2,
		[]tally.Candidate{{Name: "Ann", ID: "ann"}, {Name: `Bo "the" Bell`, ID: "bo"}, {Name: `Cy "C. C`, ID: "cy"}, {Name: "", ID: "dee"}},
		[]int{3}, []int{2, 0, 1, 3},
		[][]tally.Mark{{0, 1, 2 | tally.Same}, {1, tally.Blank, 0}, {}, {2}}, []int64{11, 1, 3, 1},
	}
	if diff := cmp.Diff(want, plain(e)); diff != "" {
		t.Error(diff)
	}
}

// TestBLTRest reads a file with a table of figures behind the title, as Wichmann's have one: no election begins with 0.
func TestBLTRest(t *testing.T) {
	const text = "2 1\n1 1 2 0\n0\n\"A\"\n\"B\"\n\"T\"\n\"by W\"\nFirst Prefs\n  0 12 34  0\n  0119 2\nQuota  84.88\n"
	if _, err := votefile.Read("x.blt", strings.NewReader(text)); err != nil {
		t.Error(err)
	}
}

// TestBLTNamesTooMany: what stands in quotes behind the title is told on the sheet, so that nobody's name gets lost there.
func TestBLTNamesTooMany(t *testing.T) {
	const head = "2 1\n1 1 2 0\n0\n\"A\"\n\"B\"\n\"T\""
	for text, want := range map[string]string{
		head + "\n": "", head + "\n# \"C\"\nby 20\n": "", head + "\n\"C\"\n": `"C"`, head + "\n\"C\" # or so\n by 20\n\"D\"": `"C", "D"`,
	} {
		e, err := votefile.Read("x.blt", strings.NewReader(text))
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		m, _ := tally.Find("irv")
		s, err := m.Count(e, tally.Options{})
		told := slices.ContainsFunc(s.Notes, func(n string) bool {
			return strings.HasPrefix(n, "Behind the title the file has more, which is not counted: "+want+". Names of candidates stand before the title")
		})
		if err != nil || told != (want != "") {
			t.Errorf("%q: %v, %q", text, err, s.Notes)
		}
	}
}

// TestBrokenNames reads names with bytes that are no UTF-8, or letters that were taken for others, and says on the sheet that they are.
func TestBrokenNames(t *testing.T) {
	for name, text := range map[string]string{
		"x.blt": "2 1\n1 1 2 0\n0\n\"\xc9milie\"\n\"\u00c3\u0089ric\"\n\"T\"\n",
		"x.soc": "# DATA TYPE: soc\n# NUMBER ALTERNATIVES: 2\n# NUMBER VOTERS: 1\n# NUMBER UNIQUE ORDERS: 1\n# OFFICIAL RESULTS: {\u00c3\u0089ric: 1}\n" +
			"# ALTERNATIVE NAME 1: \xc9milie\n# ALTERNATIVE NAME 2: \u00c3\u0089ric\n1: 1,2\n",
	} {
		e, err := votefile.Read(name, strings.NewReader(text))
		if err != nil {
			t.Error(err)
			continue
		}
		m, _ := tally.Find("borda")
		s, err := m.Count(e, tally.Options{})
		if err != nil || !slices.Equal(s.Candidates, []string{"\ufffdmilie", "\u00c3\ufffdric"}) || !slices.Contains(s.Notes, "Letters of names are broken in the file, and shown as \ufffd.") {
			t.Errorf("%s: %v, %+v", name, err, s)
		}
	}
}

func TestBLTFaults(t *testing.T) {
	const (
		names   = "\"A\" \"B\" \"C\"\n"
		tooMany = "another name stands behind the title: the file says that there are 3 candidates, whose names are followed by one title"
	)
	open := func(line int) string {
		return fmt.Sprintf("the paper that begins in line %d has no 0 at its end: write one behind its last candidate, on the same line", line)
	}
	for text, want := range map[string]string{
		"":                                   "1:1: the file ends where the number of candidates should be",
		"x":                                  `1:1: "x" stands where the number of candidates should be`,
		"3":                                  "1:2: the file ends where the number of seats should be",
		"0 1\n":                              "1:4: there are no candidates",
		"3x 1":                               `1:2: "x" stands where a space after the number should be`,
		"99999 1":                            "1:1: the number of candidates is more than 16384, which is the most",
		"3 1\n-4\n":                          "2:2: there is no candidate 4",
		"3 1\n-2 -2\n":                       "2:5: candidate 2 has withdrawn already",
		"3 1\n[nick a b]\n":                  "2:1: there are 2 nicknames for 3 candidates",
		"3 1\n[nick a b a]\n":                "2:11: the nickname a is there twice, or begins with a digit",
		"3 1\n[tie 1 2 9]\n":                 "2:10: there is no candidate 9",
		"3 1\n[tie 1 1]\n":                   "2:8: 1 is there twice",
		"3 1\n[what]\n":                      "2:2: [what] is not known",
		"3 1\n[]\n":                          "2:1: the brackets are empty",
		"3 1\n[nick a":                       "2:1: the bracket is not closed",
		"3 1\n2 1 4 0\n":                     "2:5: there is no candidate 4",
		"3 1\n2 1 2 1 0\n":                   "2:7: candidate 1 is on the paper twice",
		"3 1\n2 1=2= 0\n":                    "2:8: = stands before the end of the paper",
		"3 1\n2 1=- 0\n":                     "2:5: a skipped rank cannot be on one level with another",
		"3 1\n2 - - - - - - - - 0\n":         "2:17: the paper skips more ranks than there can be",
		"3 1\n2 1 a 0\n":                     `2:5: "a" stands where a candidate, or the 0 at the end of the paper, should be`,
		"3 1\n[nick a b c]\n2 a d 0\n":       "3:5: there is no candidate d",
		"3 1\n2 1 2":                         "2:6: the file ends where a candidate, or the 0 at the end of the paper, should be",
		"3 1\n(7 1 0\n":                      "2:1: the parenthesis is not closed",
		"3 1\n2.5 1 0\n":                     `2:2: "." stands where a space after the number should be`,
		"3 1\n9999999999999 1 0\n":           "2:1: the number of papers is more than 1099511627776, which is the most",
		"3 1\n1099511627776 1 0\n1 1 0\n":    "3:1: cannot be counted: there are more than 1099511627776 papers in all, which is the most",
		"3 1\n0\nA B C":                      "3:6: the file ends where the name of a candidate should be",
		"3 1\n0\n\"A\" \"B\"":                "3:8: the file ends where the name of a candidate should be",
		"é":                                  `1:1: "é" stands where the number of candidates should be`,
		"\xe9 1\n":                           "1:1: a byte that is not UTF-8 (0xe9) stands where the number of candidates should be",
		"3 1\n0\n\"A\x1b[1m\" \"B\" \"C\"\n": "3:1: there are signs in this that are not shown, or change how others are",
		"3 1\r1 9 0\r":                       "2:3: there is no candidate 9",
		"3 1\r# a comment\r1 9 0\r":          "3:3: there is no candidate 9",
		"3 1\r\n1 1 0\r\n1 9 0":              "3:3: there is no candidate 9",
		// a second election
		"3 1\n0\n" + names + "\"T\"\n" + "3 1\n1 1 0\n0\n" + names + "\"U\"\n": "5:1: something like another election stands behind the title; a file can have one only",
		"3 1\n0\n" + names + "\"T\" # and\n\n# more\n 3\n1 1 1 0\n":            "7:2: something like another election stands behind the title; a file can have one only",
		"3 1\n0\n" + names + "\"T\" 3 1\n":                                     "4:5: something like another election stands behind the title; a file can have one only",
		"3 1\n0\n" + names + "\"T\"\nby 20 people\n\"9 9\"\r3 1":               "7:1: something like another election stands behind the title; a file can have one only",
		"3 1\n0\n" + names + "\"T\"\n0\n3 1\n":                                 "6:1: something like another election stands behind the title; a file can have one only",
		"3 1\n0\n\"" + strings.Repeat("a", 1100):                               "3:1: a name is longer than 1000 bytes",
		"3 1\n[nick " + strings.Repeat("a", 99):                                "2:7: the word is longer than 64 bytes",
		"3 1\n1 1 0\n\x00\n0\n" + names + "\"T\"\n":                            `3:1: a byte 0 stands where the number of papers, or the 0 behind the last of them, should be`,
		"3 1\n0\n2 1 0\n" + names:                                              `3:1: "2 1 0" stands where the name of a candidate should be: the 0 in line 2 says that there are no more papers`,
		"3 1\n0\n0\nA\nB\nC":                                                   `3:1: "0" stands where the name of a candidate should be: the 0 in line 2 says that there are no more papers`,
		"3 1\n0\nA\nB\n" + strings.Repeat("c", 1100):                           "5:1: a name is longer than 1000 bytes",
		"3 1\n0\nA\nB\x1b[1m":                                                  "4:1: there are signs in this that are not shown, or change how others are",
		"3 1\n4 1 0\n0 2 0\n0\n" + names:                                       "3:1: no kind of paper can have the count 0: a 0 in this place says that there are no more papers, and stands alone",
		// a 0 that was forgotten
		"4 2\n9 1 2 0\n8 2\n4 3 0\n":        "3:1: " + open(3),
		"4 2\n9 1 2 0\n 8 2 # Bo\n0\n0\n":   "3:2: " + open(3),
		"4 2\n9 1 2 0\n8\n2 4 0\n0\n":       "3:1: " + open(3),
		"4 2\n(1)\n2 4 0\n0\n":              "2:1: " + open(2),
		"4 2\n9 1 2=\n3 0\n0\n":             "2:1: " + open(2),
		"4 2\n9 1 2 0\r8 2\r4 3 0\r":        "3:1: " + open(3),
		"3 1\n5 3 1\n0\n" + names:           "2:1: " + open(2),
		"3 1\n5 3 1\n" + names:              "2:1: " + open(2),
		"3 1\n5 3 1\n":                      "2:1: " + open(2),
		"3 1\n[nick a b c]\n5 a\n4 b c 0\n": "3:1: " + open(3),
		// numbers too many, or too few
		"3 1 2\n3 1 0\n":              "1:5: a third number stands in the first line, which has the number of candidates and that of seats; papers begin on a line of their own",
		"3 1 -2 3 1 0\n":              "1:8: a third number stands in the first line, which has the number of candidates and that of seats; papers begin on a line of their own",
		"3 1\n[tie 1 2 3] 4 1 0\n0\n": "2:13: a number stands here behind what the file begins with; papers begin on a line of their own",
		"3 0\n1 1 0\n0\n" + names:     "1:3: there are no seats: the first line has the number of candidates and that of seats, which is 1 at least",
		// a name too many
		"3 1\n0\n\"A\" \"P\"\n\"B\" \"Q\"\n\"C\"\n\"T\"\n": "5:1: " + tooMany,
		"3 1\n0\nA\nB\nC\nD\nT\n":                          "7:1: " + tooMany,
		"3 1\n0\n" + names + "7":                           `4:1: "7" stands where the title should be`,
	} {
		_, err := votefile.Read("x.blt", strings.NewReader(text))
		var f *votefile.Fault
		if !errors.As(err, &f) || err.Error() != "x.blt:"+want {
			t.Errorf("%.40q: %v\nwant x.blt:%s", text, err, want)
		}
	}
}

// TestPublishedBLT reads every BLT file of the published elections.
func TestPublishedBLT(t *testing.T) {
	all := published.Files(t, "*/*.blt", "*/*/*.blt", "*/*/*/*.blt")
	for _, file := range all {
		e, err := votefile.Read(file, strings.NewReader(published.Text(t, file)))
		if err != nil {
			t.Error(err)
			continue
		}
		again(t, e)
	}
	t.Logf("%d BLT files read and written", len(all))
}

type fataler interface {
	Helper()
	Errorf(string, ...any)
}

// again writes the election and reads it: it must be the same.
func again(t fataler, e *tally.Election) {
	t.Helper()
	var b bytes.Buffer
	if err := votefile.WriteBLT(&b, e); err != nil {
		t.Errorf("write: %v", err)
	}
	back, err := votefile.Read("back.blt", &b)
	if err != nil {
		t.Errorf("what was written cannot be read: %v", err)
		return
	}
	want := plain(e)
	for i := range want.Candidates {
		want.Candidates = append([]tally.Candidate{}, want.Candidates...)
		want.Candidates[i].ID = "" // nicknames are not written
	}
	if got := plain(back); !reflect.DeepEqual(want, got) {
		t.Errorf("%s", cmp.Diff(want, got))
	}
}

func TestWriteBLT(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(t, "candidates")
		e := &tally.Election{Title: rapid.StringMatching(`[ -~äß"\\]{0,9}[a-z]`).Draw(t, "title"), Seats: rapid.IntRange(1, 9).Draw(t, "seats")}
		e.Title = strings.TrimSpace(e.Title)
		for range n {
			e.Candidates = append(e.Candidates, tally.Candidate{Name: strings.TrimSpace(rapid.StringMatching(`[ -~é"\\#]{0,8}`).Draw(t, "name"))})
		}
		for range rapid.IntRange(0, 5).Draw(t, "papers") {
			order := rapid.Permutation(seq(n)).Draw(t, "order")
			var marks []tally.Mark
			for i, c := range order[:rapid.IntRange(0, n).Draw(t, "length")] {
				m := tally.Mark(c)
				if i > 0 && marks[i-1] != tally.Blank && rapid.Bool().Draw(t, "same") {
					m |= tally.Same
				} else if rapid.IntRange(0, 5).Draw(t, "skip") == 0 {
					m = tally.Blank
				}
				marks = append(marks, m)
			}
			if err := e.Papers.Add(marks, int64(rapid.IntRange(1, 1000).Draw(t, "weight"))); err != nil {
				t.Fatal(err)
			}
		}
		again(t, e)
	})
}

func seq(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// TestWriteBLTWithoutSeats: a file has 1 where nobody said how many.
func TestWriteBLTWithoutSeats(t *testing.T) {
	var b strings.Builder
	e := &tally.Election{Candidates: []tally.Candidate{{Name: "A"}}}
	if err := votefile.WriteBLT(&b, e); err != nil || !strings.HasPrefix(b.String(), "1 1\n") {
		t.Errorf("%q, %v", b.String(), err)
	}
}
