package tally_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"folkmoot/internal/tally"
	"folkmoot/internal/votefile"
)

func blt(t testing.TB, text string) *tally.Election {
	t.Helper()
	e, err := votefile.Read("test.blt", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestQuestions(t *testing.T) {
	const asked = "3 1\n6 1 0\n3 2 0\n3 3 0\n1 0\n0\n\"For\" \"Against\" \"Abstain\"\n"
	for _, tt := range []struct {
		q       tally.Question
		outcome string
		elected []int
		say     string
	}{
		{tally.Question{}, "carried", []int{1}, "6 for and 3 against, 3 abstaining. At least 5 for were needed (more than 1/2 of the 9 for and against), so this is carried."},
		{tally.Question{Rule: tally.ThreeQuarters()}, "not_carried", []int{}, "6 for and 3 against, 3 abstaining. At least 7 for were needed (at least 3/4 of the 9 for and against), so this is not carried."},
		{tally.Question{Rule: tally.AbsoluteOfRoll(), Entitled: 12}, "not_carried", []int{}, "6 for and 3 against, 3 abstaining. At least 7 for were needed (more than 1/2 of the 12 who could have voted), so this is not carried."},
		{tally.Question{Rule: tally.AtLeast(1, 3, tally.Valid)}, "carried", []int{1}, "6 for and 3 against, 3 abstaining. At least 5 for were needed (at least 1/3 of the 12 who voted or abstained, and more for than against), so this is carried."},
		{tally.Question{Rule: tally.MoreThan(1, 2, tally.Present), Present: 20}, "not_carried", []int{}, "6 for and 3 against, 3 abstaining. At least 11 for were needed (more than 1/2 of the 20 who were present), so this is not carried."},
		{tally.Question{Quorum: 10}, "carried", []int{1}, "12 took part, and 10 were needed. 6 for and 3 against, 3 abstaining. At least 5 for were needed (more than 1/2 of the 9 for and against), so this is carried."},
		{tally.Question{Quorum: 13}, "inquorate", []int{}, "12 took part and 13 were needed, so the votes are not counted. Nothing is decided: this is neither carried nor lost."},
		{tally.Question{Quorum: 13, Present: 12, Entitled: 40}, "inquorate", []int{}, "12 were present and 13 were needed, so the votes are not counted. Nothing is decided: this is neither carried nor lost."},
		{tally.Question{Quorum: 13, Present: 13}, "carried", []int{1}, "13 were present, and 13 were needed. 6 for and 3 against, 3 abstaining. At least 5 for were needed (more than 1/2 of the 9 for and against), so this is carried."},
	} {
		s := count(t, "majority", blt(t, asked), tally.Options{Question: tt.q})
		if s.Outcome != tt.outcome || !slices.Equal(s.Elected, tt.elected) || s.Stages[0].Say != tt.say || s.Valid != 12 {
			t.Errorf("%+v: %s %v of %d, %q", tt.q, s.Outcome, s.Elected, s.Valid, s.Stages[0].Say)
		}
		if hidden := s.Stages[0].Votes[0] == ""; hidden != (tt.outcome == "inquorate") {
			t.Errorf("%+v: the votes are %v", tt.q, s.Stages[0].Votes)
		}
	}
	m, _ := tally.Find("majority")
	if _, err := m.Count(blt(t, asked), tally.Options{Question: tally.Question{Rule: tally.AbsoluteOfRoll()}}); !errors.Is(err, tally.ErrElection) {
		t.Errorf("a share of a roll that nobody knows: %v", err)
	}
	if _, err := m.Count(blt(t, asked), tally.Options{Question: tally.Question{Entitled: 11}}); !errors.Is(err, tally.ErrElection) {
		t.Errorf("more votes than people: %v", err)
	}
}

func TestConsensusSheet(t *testing.T) {
	e := blt(t, "4 1\n6 1 0\n1 2 0\n0\n\"agree\" \"reservation\" \"aside\" \"block\"\n")
	s := count(t, "consensus", e, tally.Options{Question: tally.Question{Entitled: 10, Quorum: 4}})
	if want := "6 agree, 1 with a reservation, 0 stand aside, 0 block and 3 were not heard from. This is agreed."; s.Outcome != "agreed" || s.Stages[0].Say != want {
		t.Errorf("%s: %q", s.Outcome, s.Stages[0].Say)
	}
	for text, want := range map[string]string{
		"4 1\n12 1 0\n1 4 0\n": "12 agree, 0 with a reservation, 0 stand aside and 1 blocks. Among more than 12 it takes 2 who block to stop a decision. This is agreed. Those who block and those who proposed meet to resolve it.",
		"4 1\n12 1 0\n2 4 0\n": "12 agree, 0 with a reservation, 0 stand aside and 2 block. Among more than 12 it takes 2 who block to stop a decision. The 2 blocks stop it. Those who block and those who proposed meet to resolve it.",
		"4 1\n11 1 0\n1 4 0\n": "11 agree, 0 with a reservation, 0 stand aside and 1 blocks. The block stops it. Those who block and those who proposed meet to resolve it.",
	} {
		s := count(t, "consensus", blt(t, text+"0\n\"agree\" \"reservation\" \"aside\" \"block\"\n"), tally.Options{})
		if s.Stages[0].Say != want {
			t.Errorf("%q", s.Stages[0].Say)
		}
	}
}

func TestFillTheBlank(t *testing.T) {
	const text = "4 1\n4 1 2 3 0\n3 2 3 0\n4 3 4 0\n0\n\"500\" \"300\" \"200\" \"100\"\n"
	s := count(t, "fill", blt(t, text), tally.Options{})
	if len(s.Stages) != 2 || !slices.Equal(s.Elected, []int{2}) || s.Stages[1].Say != "300: 7 accept it and 4 do not. More accept it than not, so it fills the blank." {
		t.Errorf("elected %v: %+v", s.Elected, s.Stages)
	}
	none := count(t, "fill", blt(t, "2 1\n1 1 0\n1 2 0\n0\n\"a\" \"b\"\n"), tally.Options{})
	if len(none.Elected) != 0 || none.Unfilled != 1 || len(none.Stages) != 2 {
		t.Errorf("half is not more than half: %+v", none)
	}
}

// TestQuestionRefuses says in plain words what cannot be: an answer that is withdrawn, which would take those who gave it out of the
// count, and more votes than people.
func TestQuestionRefuses(t *testing.T) {
	const call = "4 1\n10 1 0\n9 4 0\n0\n\"Agree\" \"Reservation\" \"Aside\" \"Block\"\n"
	const motion = "3 1\n12 1 0\n10 2 0\n0\n\"For\" \"Against\" \"Abstain\"\n"
	for _, tt := range []struct {
		method, file string
		q            tally.Question
		want         string
	}{
		{"consensus", strings.Replace(call, "\n", "\n-4\n", 1), tally.Question{}, "cannot be counted: Block is an answer, and an answer cannot be withdrawn"},
		{"majority", strings.Replace(motion, "\n", "\n-2\n", 1), tally.Question{}, "cannot be counted: Against is an answer, and an answer cannot be withdrawn"},
		{"consensus", call, tally.Question{Entitled: 5}, "cannot be counted: there are 19 valid papers, and only 5 people could vote"},
		{"majority", motion, tally.Question{Entitled: 1}, "cannot be counted: there are 22 valid papers, and only 1 person could vote"},
		{"majority", motion, tally.Question{Present: 20}, "cannot be counted: there are 22 valid papers, and only 20 people were present"},
		{"majority", motion, tally.Question{Present: 30, Entitled: 25}, "cannot be counted: 30 people were present, and only 25 could vote"},
	} {
		m, _ := tally.Find(tt.method)
		if _, err := m.Count(blt(t, tt.file), tally.Options{Question: tt.q}); !errors.Is(err, tally.ErrElection) || err.Error() != tt.want {
			t.Errorf("%s: %v, want %s", tt.method, err, tt.want)
		}
	}
	if s := count(t, "fill", blt(t, strings.Replace(motion, "\n", "\n-1\n", 1)), tally.Options{}); len(s.Elected) > 0 || len(s.Stages) != 2 {
		t.Errorf("a value that is withdrawn is not put to the vote: %+v", s)
	}
}
