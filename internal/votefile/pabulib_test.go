package votefile_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"folkmoot/internal/tally"
	"folkmoot/internal/votefile"
)

// pb is a Pabulib file of the kind, with the votes under the column names.
func pb(kind, columns string, votes ...string) string {
	return fmt.Sprintf("META\nkey;value\ndescription;Parks\nbudget;1000,50\nvote_type;%s\nnum_projects;3\nnum_votes;%d\n"+
		"PROJECTS\nproject_id;cost;name;selected\na;500;\"A \"\"bench\"\"; green\";1\nb 2;700.5;Trees;0\nc;0;;0\nVOTES\n%s\n%s\n",
		kind, len(votes), columns, strings.Join(votes, "\n"))
}

func TestPabulib(t *testing.T) {
	same := tally.Same
	for _, tt := range []struct {
		kind, columns, vote string
		marks               []tally.Mark
		scores              []int32
	}{
		{"approval", "voter_id;vote", "1;c,a", []tally.Mark{0, 2 | same}, nil},
		{"choose-1", "voter_id;age;vote", "1;40;b 2", []tally.Mark{1}, nil},
		{"ordinal", "voter_id;vote", "1;c, a", []tally.Mark{2, 0}, nil},
		{"cumulative", "voter_id;points;vote", "1;1,3,1;a,b 2,c", []tally.Mark{1, 0, 2 | same}, []int32{3, 1, 1}},
		{"scoring", "voter_id;vote;points", "1;\"a,c\";\"-1,0\"", []tally.Mark{2, 0}, []int32{0, -1}},
		{"scoring", "voter_id;vote;points", "1;;", nil, nil},
	} {
		text := pb(tt.kind, tt.columns, tt.vote)
		for _, file := range []string{text, "\ufeff" + strings.ReplaceAll(text, "\n", "\r\n"), strings.TrimRight(text, "\n")} {
			e, err := votefile.Read("votes", strings.NewReader(file))
			if err != nil {
				t.Fatal(err)
			}
			want := []tally.Candidate{{Name: `A "bench"; green`, ID: "a", Cost: 5000}, {Name: "Trees", ID: "b 2", Cost: 7005}, {Name: "c", ID: "c"}}
			if e.Title != "Parks" || e.Unit != 10 || e.Budget != 10005 || !slices.Equal(e.Candidates, want) {
				t.Errorf("read %q %d/%d %v", e.Title, e.Budget, e.Unit, e.Candidates)
			}
			marks, papers := e.Papers.At(0)
			if !slices.Equal(marks, tt.marks) || !slices.Equal(e.Papers.Scores(0), tt.scores) || papers != 1 || e.Papers.Len() != 1 {
				t.Errorf("%s %s: marks %v scores %v, want %v %v", tt.kind, tt.vote, marks, e.Papers.Scores(0), tt.marks, tt.scores)
			}
		}
	}
}

// TestPabulibSays what to do about what could be meant in two ways.
func TestPabulibSays(t *testing.T) {
	votes := pb("approval", "voter_id;vote", "1;a", ";c", "2;a", ";c", "1;c")
	wantFaults(t, "x.pb", map[string]string{
		votes: `19:1: the voter "1" is there already, in line 15`,
		strings.Replace(votes, "1000,50", "2,000", 1): `4:8: "2,000" could be thousands, or have three decimals: write 2000, or 2.000`,
		strings.Replace(votes, "a;500", "a", 1):       "10:1: the row has 3 cells, under 4 names of columns",
	})
}

// TestPabulibFaults says where each fault is.
func TestPabulibFaults(t *testing.T) {
	good := pb("cumulative", "voter_id;vote;points", "1;a,b 2;1,2")
	for _, tt := range []struct{ from, to, where string }{
		{"META", "MET", "1:1"},
		{"budget;1000,50", "budget;1000,50;1", "4:1"},
		{"budget;1000,50", "budget;1,000,50", "4:8"},
		{"budget;1000,50", "budget;0", "4:8"},
		{"budget;", "bud;", "8:1"},
		{"budget;", "description;", "4:1"},
		{"cumulative", "cumulated", "5:11"},
		{"num_projects;3", "num_projects;2", "6:14"},
		{"num_votes;1", "num_votes;2", "7:11"},
		{"PROJECTS\n", "VOTES\n", "8:1"},
		{"project_id;cost", "id;cost", "9:1"},
		{"name;selected", "cost;selected", "9:17"},
		{"budget;1000,50", "budget;2,000", "4:8"},
		{"budget;1000,50", "budget;,000", "4:8"},
		{"a;500", "a;1,500", "10:3"},
		{"a;500", "a;-500", "10:3"},
		{"a;500", "a;1234567890123456", "10:3"},
		{"a;500", "a;1.2345", "10:3"},
		{"green\";1", "green\"x;1", "10:27"},
		{"green\";1", "green", "10:7"},
		{"c;0;;0", "c;0;;0;0", "12:1"},
		{"c;0;;0", "a;0;;0", "12:1"},
		{"c;0;;0", ";0;;0", "12:1"},
		{"c;0;;0", "c;0;\xff;0", "12:5"},
		{";points", ";score", "14:1"},
		{"a,b 2", "a,d", "15:5"},
		{"a,b 2", "a, a", "15:5"},
		{"a,b 2", "a,b 2,", "15:9"},
		{"1,2\n", "1\n", "15:11"},
		{"1,2\n", "1,2,3\n", "15:13"},
		{"1,2\n", "1,2.5\n", "15:11"},
		{"1,2\n", "1,2\nMETA\n", "16:1"},
	} {
		text := strings.Replace(good, tt.from, tt.to, 1)
		_, err := votefile.Read("x.pb", strings.NewReader(text))
		var f *votefile.Fault
		if !errors.As(err, &f) || !strings.HasPrefix(err.Error(), "x.pb:"+tt.where+": ") {
			t.Errorf("%q for %q: %v, want it at %s", tt.to, tt.from, err, tt.where)
		}
	}
}
