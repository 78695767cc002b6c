package tally_test

import (
	"strings"
	"testing"

	"folkmoot/internal/tally"

	"pgregory.net/rapid"
)

func written(t fatal, s *tally.Sheet) string {
	var b strings.Builder
	if err := s.WriteText(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestTextIsTidy: no line of any sheet ends with a space, one is not many, and each tie is said once.
func TestTextIsTidy(t *testing.T) {
	everyWay(t, func(t *rapid.T, m tally.Method, e *tally.Election, o tally.Options) {
		s, err := m.Count(e, o)
		if err != nil {
			t.Fatal(err)
		}
		text := written(t, s)
		for _, line := range strings.Split(text, "\n") {
			if strings.TrimRight(line, " ") != line {
				t.Fatalf("%q ends with a space", line)
			}
		}
		if got := strings.Count(text, "Tie ("); got != len(s.Ties) {
			t.Fatalf("%d of %d ties in\n%s", got, len(s.Ties), text)
		}
		if strings.Contains(text, " 1 papers") || strings.Contains(text, " 1 places") || strings.Contains(text, "\n\n\n") {
			t.Fatalf("%s", text)
		}
	})
}

// TestTextOfReservedPlaces says who has them and why they stay empty, and so of re-opening nominations.
func TestTextOfReservedPlaces(t *testing.T) {
	const text = "4 3\n-4\n5 1 0\n4 2 0\n3 3 0\n2 0\n1 4 0\n0\n\"Ann\" \"Bo\" \"Cy\" \"Di\"\n\"Board\"\n"
	for _, tt := range []struct {
		o        tally.Options
		reserved tally.Reserved
		want     []string
	}{
		{tally.Options{Reserved: tally.Reserve{Places: 2, For: []int{2, 3}}}, tally.Reserved{Places: 2, For: []int{3, 4}, Filled: 1},
			[]string{"\nReserved: 2 places for Cy, Di.\n", "\nOf 2 reserved places 1 is filled. Only 1 of those for whom they are kept stands.\n", " 1 place stays empty.\n"}},
		{tally.Options{Reserved: tally.Reserve{Places: 1, For: []int{3}}}, tally.Reserved{Places: 1, For: []int{4}},
			[]string{"\nThe reserved place is not filled. Nobody stands for whom it is kept.\n"}},
		{tally.Options{RON: 1, Reserved: tally.Reserve{Places: 1, For: []int{1}}}, tally.Reserved{Places: 1, For: []int{2}},
			[]string{"\nAnn stands for re-opening nominations, and can take any place, a reserved one too.\n", "takes a place\n", "The reserved place is not filled. Re-opening nominations has taken a place.\n",
				"Only 2 candidates stand for 3 places.\n", "Nobody is elected. 3 places stay empty, because re-opening nominations has taken one.\n"}},
	} {
		s := count(t, "scottish", blt(t, text), tt.o)
		got := written(t, s)
		for _, w := range append(tt.want, "12 valid papers of 15\n3 papers are not valid: 2 are blank, 1 names nobody who stands.\nWithdrawn: Di.\n") {
			if !strings.Contains(got, w) {
				t.Errorf("%q is not in\n%s", w, got)
			}
		}
		if r := s.Reserved; r == nil || r.Places != tt.reserved.Places || r.Filled != tt.reserved.Filled || s.RON != tt.o.RON {
			t.Errorf("%+v, want %+v", r, tt.reserved)
		}
	}
}

// TestEqualNames: who is called as another, or nothing, is told apart by number wherever the sheet says something, and JSON has the names.
func TestEqualNames(t *testing.T) {
	const text = "5 1\n4 1 0\n3 2 0\n2 3 0\n1 4 0\n1 5 0\n0\n\"Lee\" \" Lee\" \"\" \"Lee (no. 1)\" \"Bo\"\n\"\"\n"
	for _, m := range tally.Methods() {
		if strings.Contains("majority consensus greedy debian score", m.Name) {
			continue
		}
		s := count(t, m.Name, blt(t, text), tally.Options{})
		if s.Candidates[0] != "Lee" || s.Candidates[2] != "" {
			t.Errorf("%s: %q", m.Name, s.Candidates)
		}
		for _, line := range strings.Split(written(t, s), "\n") {
			for _, name := range []string{"Lee is ", "Lee, ", "Lee and ", "Lee.", "Lee  "} {
				if strings.Contains(line, name) {
					t.Errorf("%s: which Lee? %s", m.Name, line)
				}
			}
		}
	}
	s := count(t, "scottish", blt(t, text), tally.Options{})
	for _, w := range []string{"Lee (no. 1) (no. 1)", "Lee (no. 1) (no. 4)", "candidate 3"} {
		if !strings.Contains(written(t, s), w) {
			t.Errorf("%q is not in\n%s", w, written(t, s))
		}
	}
}

// TestUnseenNames: names that differ only in what nobody sees are told apart, and one of nothing else is no name.
func TestUnseenNames(t *testing.T) {
	s := count(t, "scottish", blt(t, "6 1\n1 1 0\n0\n\"Lee\" \"Lee\u061c\" \"L\u034fee\" \"Lee\U000e0041\" \"\u3164\" \"\u2800\"\n\"\"\n"), tally.Options{})
	for _, w := range []string{"Lee (no. 1)", "Lee\u061c (no. 2)", "L\u034fee (no. 3)", "Lee\U000e0041 (no. 4)", "candidate 5", "candidate 6"} {
		if !strings.Contains(written(t, s), w) {
			t.Errorf("%q is not in\n%s", w, written(t, s))
		}
	}
}

// TestTextOfABudget has what each project costs and who supports it, a line for each that is skipped, and speaks of buying.
func TestTextOfABudget(t *testing.T) {
	e := &tally.Election{Title: "Town", Budget: 100, Candidates: []tally.Candidate{{Name: "Hall", Cost: 90}, {Name: "Path", Cost: 30}, {Name: "Tree", Cost: 10}}}
	for c, n := range []int64{3, 2, 1} {
		if err := e.Papers.Add([]tally.Mark{tally.Mark(c)}, n); err != nil {
			t.Fatal(err)
		}
	}
	const want = `Town
Counted by greedy (votes), a budget of 100, 6 valid papers
Greedy budgeting: projects are bought by their votes, most first; one that costs more than is left is skipped, and those after it are still looked at.
Variant votes: most votes first.

   No.  Project  Cost  Votes
     1  Hall       90      3  bought
     2  Path       30      2
     3  Tree       10      1  bought

1. Hall is bought for 90: it is next with 3 votes. Of the money 10 is left.
2. Path, with 2 votes, costs 30. That is more than the 10 that is left, so it is skipped.
3. Tree is bought for 10: it is next with 1 vote. Of the money 0 is left.

Bought: Hall, Tree. Spent: 100 of 100.
`
	if got := written(t, count(t, "greedy", e, tally.Options{})); got != want {
		t.Errorf("%s", got)
	}
}

// TestTextOfAFile: a file without a title is called by its name, without what could forge a line.
func TestTextOfAFile(t *testing.T) {
	s := count(t, "approval", blt(t, "1 1\n1 1 0\n0\n\"Ann\"\n\"\"\n"), tally.Options{})
	s.File = "votes/a\nElected: Bo.blt"
	if got := written(t, s); !strings.HasPrefix(got, "a?Elected: Bo.blt\nCounted by approval, 1 place, 1 valid paper\n") {
		t.Errorf("%s", got)
	}
}

// TestTextOfTooFew: what is not quorate is not lost.
func TestTextOfTooFew(t *testing.T) {
	e := blt(t, "4 1\n1 1 0\n0\n\"agree\" \"reservation\" \"aside\" \"block\"\n\"Tea?\"\n")
	o := tally.Options{Question: tally.Question{Quorum: 3}}
	const want = `Tea?
Counted by consensus, 1 valid paper
A call for consensus: candidate 1 agrees, 2 agrees with a reservation, 3 stands aside, 4 blocks; agreed if at most a third stand aside and nobody blocks, or among more than 12 at most one.

1. 1 answered and 3 were needed, so the answers are not counted. Nothing is decided: this is neither agreed nor refused.

Outcome: inquorate.
`
	if got := written(t, count(t, "consensus", e, o)); got != want {
		t.Errorf("%s", got)
	}
	m, _ := tally.Find("consensus")
	if _, err := m.Count(blt(t, "1 1\n1 1 0\n0\n\"Ann\"\n\"\"\n"), o); err == nil || !strings.Contains(err.Error(), "takes 4 answers, and there are 1") {
		t.Errorf("%v", err)
	}
}

// TestTextOfNobody has no tables of nothing, and no order of those whom nothing tells apart.
func TestTextOfNobody(t *testing.T) {
	for text, want := range map[string]string{
		"2 2\n-1\n-2\n4 1 0\n0\n\"A\" \"B\"\n\"Gone\"\n": `Gone
Counted by scottish, 2 places, 0 valid papers of 4
4 papers are not valid: they name nobody who stands.
Withdrawn: A, B.
Single transferable vote by the rules of Scottish council elections: surpluses move at a value, to five decimals, and the last is excluded until the places are filled.

1. All candidates have withdrawn, so nobody is elected.

Nobody is elected. 2 places stay empty.
`,
		"2 3\n0\n\"A\" \"B\"\n\"None\"\n": `None
Counted by scottish, 3 places, 0 valid papers
Single transferable vote by the rules of Scottish council elections: surpluses move at a value, to five decimals, and the last is excluded until the places are filled.

1. There are no papers, so nobody is elected.
   No.  Candidate    Votes
     1  A          0.00000
     2  B          0.00000
        total      0.00000

Only 2 candidates stand for 3 places.
Nobody is elected. 3 places stay empty.
`,
	} {
		if got := written(t, count(t, "scottish", blt(t, text), tally.Options{})); got != want {
			t.Errorf("%s", got)
		}
	}
}

// saying is what the sheet of a count of a file must say, by a method.
type saying struct{ method, file, want string }

// wantSaid counts each file, with as much of the lot order as it has candidates.
func wantSaid(t *testing.T, o tally.Options, all []saying) {
	t.Helper()
	for _, s := range all {
		e, with := blt(t, s.file), o
		with.Lots = o.Lots[:min(len(o.Lots), len(e.Candidates))]
		if got := written(t, count(t, s.method, e, with)); !strings.Contains(got, s.want) {
			t.Errorf("%s: %q is not in\n%s", s.method, s.want, got)
		}
	}
}

// TestTextSaysNoMore: a sheet says no more than there is to say: no full stop twice, no surplus of nothing, no papers that nobody has, no tie about a place
// that both get.
func TestTextSaysNoMore(t *testing.T) {
	const stv = "5 2\n9 1 2 3 0\n7 2 1 0\n6 3 4 0\n4 4 3 5 0\n3 5 4 0\n1 0\n0\n\"Ann\" \"Bo\" \"Cy\" \"Di\" \"Ed Jr.\"\n\"Board\"\n"
	const level = "4 2\n3 1 2 0\n3 2 1 0\n2 3 0\n2 4 0\n0\n\"Ann\" \"Bo\" \"Cy\" \"Di\"\n\"Level\"\n"
	wantSaid(t, tally.Options{}, []saying{
		{"meek", stv, "\n1. First preferences of 29 papers. The quota is 9.666666667. Ed Jr. has the fewest votes and is excluded.\n"},
		{"meek", stv, "\n2. The papers of Ed Jr. go to the next candidates named on them. The quota is still 9.666666667. Cy has"},
		{"ers97", stv, " Of the papers that came last, none names somebody further. Ann is elected"},
		{"qpq", stv, " Ed Jr. has the lowest quotient and is excluded next, because no quotient is more than the quota of 9.666666667.\n"},
		{"irv", stv, "\n1. First preferences of 29 papers. More than half"},
		{"approval", "2 1\n2 2 0\n1 1 0\n0\n\"Ann\" \"Ed Jr.\"\n\"\"\n", "\nElected: Ed Jr.\n"},
		{"scottish", level, "   Tie (order of election): Ann and Bo stood alike. Ann was elected first,"},
		{"borda", stv, "\nHow many papers prefer the candidate of the row to the candidate whose number is above the column:\n"},
		{"spav", level, "2. Bo is elected with a score of 3.000000000.\n"},
		{"mes", level, "\nVariant cost-add1-greedy: a purchase is worth its cost to each supporter; "},
		{"approval", "2 2\n2 2 0\n1 1 0\n0\n\"Dee, Ann\" \"Bo\"\n\"\"\n", "\nElected: Bo; Dee, Ann.\n"},
		{"fill", level, "\n1. Ann: 6 accept it and 4 do not. More accept it than not, so it fills the blank.\n\nThe file says 2 places."},
		{"mes", level, "which is what a supporter pays for it.\n"},
	})
}

// TestTextShowsWhatIsBought beside those whose figure has changed, also where its own has not.
func TestTextShowsWhatIsBought(t *testing.T) {
	e := &tally.Election{Title: "Garden", Budget: 1000, Candidates: []tally.Candidate{{Name: "Bench", Cost: 600}, {Name: "Bulbs", Cost: 400}, {Name: "Shed", Cost: 300}, {Name: "Compost", Cost: 200}}}
	for _, p := range []struct {
		marks []tally.Mark
		n     int64
	}{{[]tally.Mark{0, 1}, 2}, {[]tally.Mark{0}, 1}, {[]tally.Mark{2, 3}, 2}, {[]tally.Mark{3}, 1}} {
		if err := e.Papers.Add(p.marks, p.n); err != nil {
			t.Fatal(err)
		}
	}
	const want = `   No.  Project  Earned
     1  Bench    200.00  bought
     3  Shed     216.66
`
	if got := written(t, count(t, "phragmen", e, tally.Options{})); !strings.Contains(got, want) {
		t.Errorf("%s", got)
	}
}

// TestTextOfTies says what became of the one who was chosen, and of nobody who is tied that they alone are last.
func TestTextOfTies(t *testing.T) {
	const last = "2 1\n5 1 0\n5 2 0\n0\n\"A\" \"B\"\n\"\"\n"
	const surplus = "4 2\n9 1 3 0\n9 2 4 0\n1 3 0\n1 4 0\n0\n\"A\" \"B\" \"C\" \"D\"\n\"\"\n"
	wantSaid(t, tally.Options{Lots: []int{0, 1, 2, 3, 4}}, []saying{
		{"scottish", last, " Of those with the fewest votes A is excluded next.\n   Tie (exclusion): A and B stood alike. A was excluded, by lot.\n"},
		{"ers97", last, " Of those with the fewest votes A is excluded next. B is elected, because no more are left than there are places.\n   Tie (exclusion): A and B stood alike. A was excluded, by lot.\n"},
		{"wigm", last, " Of those with the fewest votes A is excluded.\n"},
		{"cfer", last, " Of those with the fewest votes A is excluded."},
		{"mpls", last, " Of those with the fewest votes A is excluded."},
		{"n-ireland", last, " Of those with the fewest votes A is excluded next.\n"},
		{"meek", last, " Of those with the fewest votes A is excluded.\n"},
		{"qpq", last, " Of those with the lowest quotient A is excluded next, because"},
		{"scottish", "3 2\n9 1 0\n9 2 0\n1 3 0\n0\n\"A\" \"B\" \"C\"\n\"\"\n", "   Tie (order of election): A and B stood alike. A was elected first, by lot.\n"},
		{"scottish", "5 3\n9 1 3 0\n9 2 4 0\n3 3 0\n3 4 0\n2 5 0\n0\n\"A\" \"B\" \"C\" \"D\" \"E\"\n\"\"\n", "   Tie (transfer): A and B stood alike. The surplus of A was passed on first, by lot.\n"},
		{"ranked-pairs", "3 1\n2 1 2 3 0\n2 2 3 1 0\n2 3 1 2 0\n0\n\"A\" \"B\" \"C\"\n\"\"\n", "   Tie (order): A, B and C stood alike. A came first, by lot.\n"},
		{"mpls", "3 2\n4 1 2 0\n3 2 0\n3 3 0\n0\n\"A\" \"B\" \"C\"\n\"\"\n", "A has exactly the quota, so there is no surplus to be passed on."},
		{"wigm", surplus, "A is elected with 9.000000000000000000 votes."},
	})
}
