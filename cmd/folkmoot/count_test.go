package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/sortition"
	"folkmoot/internal/tally"
)

const aVote = `3 1
[nick ann bo cy]
4 ann bo 0
3 bo cy 0
2 cy bo 0
0
"Ann" "Bo" "Cy"
"Who keeps the key?"
`

// noEnv is an environment with nothing in it.
func noEnv(string) (string, bool) { return "", false }

// command runs the program in this process, with the text as its standard input.
func command(t *testing.T, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, noEnv, strings.NewReader(stdin), &out, &errs, time.Now)
	return code, out.String(), errs.String()
}

func voteFile(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestCountAsText(t *testing.T) {
	code, out, errs := command(t, aVote, "count", "--method", "scottish", "-")
	want := `Who keeps the key?
Counted by scottish, 1 place, 9 valid papers
Single transferable vote by the rules of Scottish council elections: surpluses move at a value, to five decimals, and the last is excluded until the places are filled.

1. First preferences of 9 papers. The quota is 5. Cy has the fewest votes and is excluded next.
   No.  Candidate    Votes
     1  Ann        4.00000
     2  Bo         3.00000
     3  Cy         2.00000  excluded
        total      9.00000

2. Cy is excluded, and the papers go to the next candidate named on them, at the value they have. Bo is elected with 5.00000 votes.
   No.  Candidate    Votes     Moved
     1  Ann        4.00000
     2  Bo         5.00000  +2.00000  elected
     3  Cy         0.00000  -2.00000  out
        total      9.00000

Elected: Bo.

`
	if code != exitOK || out != want || errs != "" {
		t.Errorf("exit %d, %s\n%s", code, errs, out)
	}
}

// TestCountAsJSON: one object a line, in the order of the files, also where one between them cannot be read.
func TestCountAsJSON(t *testing.T) {
	good, bad, more := voteFile(t, "good.blt", aVote), voteFile(t, "bad.blt", "2 1\n1 1 3 0\n"), voteFile(t, "more.blt", aVote)
	code, out, errs := command(t, "", "count", "--method", "scottish", "--format", "json", "--seats", "2", good, bad, filepath.Join(t.TempDir(), "none.blt"), more)
	if code != exitFailed {
		t.Errorf("exit %d", code)
	}
	if !strings.HasPrefix(errs, bad+":2:5: there is no candidate 3\n") || !strings.HasSuffix(errs, "none.blt: no such file or directory\n") || strings.Contains(errs, "open ") {
		t.Errorf("on standard error: %s", errs)
	}
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	if len(lines) != 2 {
		t.Fatalf("%d lines:\n%s", len(lines), out)
	}
	for i, file := range []string{good, more} {
		var s map[string]any
		if err := json.Unmarshal([]byte(lines[i]), &s); err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{"schema", "file", "method", "seats", "candidates", "valid", "quota", "stages", "elected", "ties"} {
			if _, ok := s[key]; !ok {
				t.Errorf("%s is missing", key)
			}
		}
		if s["schema"] != tally.Schema || s["file"] != file || s["seats"] != 2.0 || s["quota"] != "4" || fmt.Sprint(s["elected"]) != "[1 2]" {
			t.Errorf("%v", s)
		}
	}
	code, out, _ = command(t, aVote, "count", "--method", "scottish", "--format", "json", "--pretty", "-")
	if code != exitOK || !strings.Contains(out, "\n  \"schema\": ") {
		t.Errorf("pretty: exit %d\n%s", code, out)
	}
}

// TestCountTies: the lot that is given decides, and without one the sheet says so.
func TestCountTies(t *testing.T) {
	const tied = "3 1\n2 1 0\n2 2 0\n2 3 0\n0\n\"Ann\" \"Bo\" \"Cy\"\n"
	for _, tt := range []struct {
		args []string
		want string // the first who is excluded
		by   string
		lot  string
	}{
		{nil, "Ann", "by the order of the list, because no lot was drawn.", ""},
		{[]string{"--lot", "Bo,Cy,Ann"}, "Bo", "by lot.", "The order of the lot was Bo, Cy, Ann.\n"},
		{[]string{"--lot", "3,1,2"}, "Cy", "by lot.", "The order of the lot was Cy, Ann, Bo.\n"},
		{[]string{"--seed", "seven of clubs"}, "", "by lot.", ", drawn from the seed \"seven of clubs\".\n"},
	} {
		code, out, errs := command(t, tied, slices.Concat([]string{"count", "--method", "scottish"}, tt.args, []string{"-"})...)
		if want := "   Tie (exclusion): Ann, Bo and Cy stood alike. " + tt.want; code != exitOK || !strings.Contains(out, want) || !strings.Contains(out, tt.by) {
			t.Errorf("%v: exit %d %s\n%s", tt.args, code, errs, out)
		}
		if said := strings.Contains(out, "The order of the lot was "); said != (tt.lot != "") || !strings.Contains(out, tt.lot) {
			t.Errorf("%v: the order of the lot is not said:\n%s", tt.args, out)
		}
	}
	_, out, _ := command(t, tied, "count", "--method", "scottish", "--seed", "seven of clubs", "--format", "json", "-")
	var s tally.Sheet
	if err := json.Unmarshal([]byte(out), &s); err != nil || s.Seed != "seven of clubs" || fmt.Sprint(s.Lot) != fmt.Sprint(numbered(sortition.Lots(s.Seed, 3))) {
		t.Errorf("%v, the lot %v from %q", err, s.Lot, s.Seed)
	}
}

// numbered are places in a list as numbers from 1.
func numbered(places []int) (out []int) {
	for _, p := range places {
		out = append(out, p+1)
	}
	return out
}

// TestCountNamesEachFileOnce: a file without a title is called by its name, and of several each is.
func TestCountNamesEachFileOnce(t *testing.T) {
	table := voteFile(t, "table.csv", "count,rank1\n2,Ann\n1,Bo\n")
	code, out, _ := command(t, "", "count", "--method", "irv", table, voteFile(t, "a.blt", aVote))
	if code != exitOK || !strings.HasPrefix(out, "== "+table+"\nCounted by irv,") || !strings.Contains(out, "a.blt\nWho keeps the key?\nCounted by irv,") {
		t.Errorf("exit %d\n%s", code, out)
	}
	if _, out, _ = command(t, "", "count", "--method", "irv", table); !strings.HasPrefix(out, "table.csv\nCounted by irv,") {
		t.Errorf("%s", out)
	}
}

func TestCountUsage(t *testing.T) {
	file := voteFile(t, "a.blt", aVote)
	for _, tt := range []struct {
		args []string
		code int
		say  string
	}{
		{[]string{file}, exitUnusable, "say how to count with --method"},
		{[]string{"--method", "coin", file}, exitUnusable, `there is no method "coin"`},
		{[]string{"--method", "scottish"}, exitUnusable, "name a file to count"},
		{[]string{"--method", "scottish", "--variant", "x", file}, exitUnusable, "--variant means nothing to scottish"},
		{[]string{"--method", "meek", "--variant", "x", file}, exitUnusable, `meek has no variant "x"; it has nz, prf`},
		{[]string{"--method", "scottish", "--seats=-1", file}, exitUnusable, "--seats is -1, and must be at least 1"},
		{[]string{"--method", "scottish", "--seats", "-1", file}, exitUnusable, "--seats is -1, and must be at least 1\n"},
		{[]string{"--method", "majority", "--quorum", "-2", file}, exitUnusable, "--quorum is -2, and must be at least 0\n"},
		{[]string{"--method", "majority", "--rule", "at least 50% of cast", file}, exitUnusable, "write the share as a fraction, as 1/2 for 50%"},
		{[]string{"--method", "majority", "--rule", "at least 0/2 of cast", file}, exitUnusable, "nobody would have to be for the motion"},
		{[]string{"--method", "majority", "--rule", "At least 2/3 of Cast", file}, exitOK, ""},
		{[]string{"--method", "majority", "--rule", "Two-Thirds", file}, exitOK, ""},
		{[]string{"--method", "score", file}, exitFailed, "files that have them are Pabulib's (.pb) with the vote type cumulative or scoring"},
		{[]string{"--method", "scottish", "--lot", " cy, bo, ann ", file}, exitOK, ""},
		{[]string{"--method", "scottish", "--lot", "ann, bo, ann", file}, exitUnusable, `--lot has "ann" twice`},
		{[]string{"--method", "scottish", "--reserve", "1", "--reserved-for", "cy, Bo", file}, exitOK, ""},
		{[]string{"--method", "irv", "--ranked", "over=skip, skips=1", file}, exitOK, ""},
		{[]string{"--method", "irv", "--ranked", "over=skip,over=standing", file}, exitUnusable, "the rule over is there twice"},
		{[]string{"--method", "irv", "--ranked", "coin", file}, exitUnusable, `"coin" is no rule; --list`},
		{[]string{"--method", "irv", "--ranked", "skips=x", file}, exitUnusable, `"skips=x" is no rule: skips=1 is how many ranks`},
		{[]string{"--method", "irv", "--ranked", "skips=-2", file}, exitUnusable, "skips=-2 cannot be: it is how many ranks in a row may be left out"},
		{[]string{"--method", "irv", "--ranked", "minimum=-1", file}, exitUnusable, "minimum=-1 cannot be: it is how many votes a candidate must have"},
		{[]string{"--method", "majority", "--rule", "most", file}, exitUnusable, `"most" is no majority`},
		{[]string{"--method", "majority", "--rule", "more than 1/1 of roll", file}, exitUnusable, "is no majority"},
		{[]string{"--method", "scottish", "--lot", "a", "--seed", "b", file}, exitUnusable, "--lot"},
		{[]string{"--method", "scottish", "--lot", "ann", file}, exitFailed, "the lot order must have each of the 3 candidates once"},
		{[]string{"--method", "scottish", "--lot", "ann,bo,dee", file}, exitFailed, `there is no candidate "dee"`},
		{[]string{"--method", "scottish", "-", "-"}, exitUnusable, "standard input can be read once only"},
		{[]string{"--method", "irv", "--seats", "2", file}, exitUnusable, "irv fills one place"},
		{[]string{"--method", "irv", "--seats", "1", file}, exitOK, ""},
		{[]string{"--method", "meek", "--seats", "9223372036854775807", file}, exitUnusable, "more than there can be candidates"},
		{[]string{"--method", "meek", "--seats", "9223372036854775808", file}, exitUnusable, "--seats"},
		{[]string{"--method", "wigm", "--ron", "cy", file}, exitUnusable, "--ron means nothing to wigm"},
		{[]string{"--method", "fill", "--seats", "1", file}, exitUnusable, "--seats means nothing to fill"},
		{[]string{"--method", "greedy", "--seats", "1", file}, exitUnusable, "--seats means nothing to greedy"},
		{[]string{"--method", "majority", "--lot", "1,2,3", file}, exitUnusable, "--lot means nothing to majority"},
		{[]string{"--method", "majority", "--seed", "x", file}, exitUnusable, "--seed means nothing to majority"},
		{[]string{"--method", "scottish", "--seats", "0", file}, exitUnusable, "--seats is 0, and must be at least 1"},
		{[]string{"--method", "scottish", "--seed", "", file}, exitUnusable, "--seed is empty"},
		{[]string{"--method", "scottish", "--lot", "", file}, exitUnusable, "--lot"},
		{[]string{"--method", "scottish", "--lot", "1,,2", file}, exitUnusable, "--lot has something empty in it"},
		{[]string{"--method", "scottish", "--lot", "1,2,1", file}, exitUnusable, `--lot has "1" twice`},
		{[]string{"--method", "scottish", "--ron", " ", file}, exitUnusable, "--ron is empty"},
		{[]string{"--method", "schulze", "--ron", "cy", file}, exitUnusable, "--ron means nothing to schulze"},
		{[]string{"--method", "spav", "--reserve", "1", "--reserved-for", "cy", file}, exitUnusable, "--reserve means nothing to spav"},
		{[]string{"--method", "scottish", "--reserve", "1", file}, exitUnusable, "say for whom with --reserved-for"},
		{[]string{"--method", "scottish", "--reserve", "0", "--reserved-for", "cy", file}, exitUnusable, "--reserve is 0"},
		{[]string{"--method", "scottish", "--reserved-for", "cy", file}, exitUnusable, "say how many with --reserve"},
		{[]string{"--method", "scottish", "--seats", "2", "--reserve", "3", "--reserved-for", "cy", file}, exitUnusable, "--reserve keeps 3 places of 2"},
		{[]string{"--method", "scottish", "--reserve", "2", "--reserved-for", "cy", file}, exitFailed, file + ": cannot be counted: 2 places of 1 are reserved"},
		{[]string{"--method", "scottish", "--reserve", "1", "--reserved-for", "cy", "--ron", "cy", file}, exitUnusable, `"cy" stands for re-opening nominations`},
		{[]string{"--method", "scottish", "--reserve", "1", "--reserved-for", "cy", "--ron", "3", file}, exitFailed, file + ": cannot be counted: Cy stands for re-opening nominations"},
		{[]string{"--method", "irv", "--rule", "simple", file}, exitUnusable, "--rule means nothing to irv"},
		{[]string{"--method", "irv", "--quorum", "1", file}, exitUnusable, "--quorum means nothing to irv"},
		{[]string{"--method", "consensus", "--present", "1", file}, exitUnusable, "--present means nothing to consensus"},
		{[]string{"--method", "irv", "--entitled", "1", file}, exitUnusable, "--entitled means nothing to irv"},
		{[]string{"--method", "schulze", "--ratio", "1=2", file}, exitUnusable, "--ratio means nothing to schulze"},
		{[]string{"--method", "schulze", "--default", "1", file}, exitUnusable, "--default means nothing to schulze"},
		{[]string{"--method", "scottish", "--ranked", "batch", file}, exitUnusable, "--ranked means nothing to scottish"},
		{[]string{"--method", "irv", "--ranked", "batch=2", file}, exitUnusable, `"batch=2" is no rule`},
		{[]string{"--method", "irv", "--ranked", "over=never", file}, exitUnusable, `there is no rule "never"`},
		{[]string{"--method", "irv", "--ranked", "hare", file}, exitUnusable, "for several seats only"},
		{[]string{"--method", "majority", "--rule", "absolute", file}, exitUnusable, "how many were --entitled"},
		{[]string{"--method", "majority", "--rule", "more than 1/2 of present", file}, exitUnusable, "how many were --present"},
		{[]string{"--method", "majority", "--present", "9", "--entitled", "8", file}, exitUnusable, "9 were present, and only 8 entitled"},
		{[]string{"--method", "debian", file}, exitFailed, file + ": cannot be counted: the debian method needs to know which is the default option, by number or name: --default"},
		{[]string{"--method", "scottish", "--pretty", file}, exitUnusable, "--pretty is for --format json"},
		{[]string{"--list", "--method", "coin"}, exitUnusable, `there is no method "coin"`},
		{[]string{"--list", "--method", "irv"}, exitOK, ""},
		{[]string{"--list", "--method", ""}, exitUnusable, "say how to count"},
		{[]string{"--list", "--seats", "2"}, exitUnusable, "--list counts nothing"},
		{[]string{"--list", file}, exitUnusable, "--list counts nothing"},
		{[]string{"--method", "scottish", "--format", "xml", file}, exitUnusable, "--format"},
	} {
		if code, _, errs := command(t, "", append([]string{"count"}, tt.args...)...); code != tt.code || !strings.Contains(errs, tt.say) {
			t.Errorf("%v: exit %d, %s", tt.args, code, errs)
		}
	}
}

// TestCountNames: what could mean two candidates is refused, and a number is not taken for the name of another.
func TestCountNames(t *testing.T) {
	file := voteFile(t, "a.blt", "4 1\n[nick a b c d]\n3 a 0\n2 b 0\n1 c 0\n0\n\"Ann\" \"Ann\" \"2\" \"2024\"\n")
	for _, tt := range []struct {
		ron, say string
	}{
		{"Ann", `"Ann" could be candidate 1 or 2; use the number, as in "#1"`},
		{"2", `"2" could be candidate 2 or 3; use the number, as in "#2"`},
		{"#2", ""}, {"3", ""}, {"#3", ""}, {"2024", ""}, {"#4", ""}, {"d", ""}, {"1", ""},
		{"#5", `there is no candidate "#5"`}, {"0", "there is no candidate"}, {"01", "there is no candidate"}, {"-1", "there is no candidate"}, {"ann", "there is no candidate"},
	} {
		for _, args := range [][]string{{"--ron=" + tt.ron}, {"--reserve=1", "--reserved-for=" + tt.ron}} {
			code, _, errs := command(t, "", slices.Concat([]string{"count", "--method", "scottish"}, args, []string{file})...)
			if (code == exitFailed) != (tt.say != "") || !strings.Contains(errs, tt.say) || tt.say != "" && !strings.HasPrefix(errs, file+": "+args[len(args)-1][:5]) {
				t.Errorf("%v: exit %d, %s", args, code, errs)
			}
		}
	}
	for lot, want := range map[string]int{"1,#2,3,4": exitOK, "#4,#3,#2,#1": exitOK, "a,b,c,d": exitOK, "1,2,3,4": exitFailed, "Ann,b,c,d": exitFailed, "1,a,3,4": exitFailed} {
		if code, _, errs := command(t, "", "count", "--method", "scottish", "--lot", lot, file); code != want {
			t.Errorf("%s: exit %d, %s", lot, code, errs)
		}
	}
}

// TestCountCommas: a name that has a comma is parted in a list, and the way out is said.
func TestCountCommas(t *testing.T) {
	file := voteFile(t, "a.csv", "count,rank1,rank2\n4,\"Dee, Cy\",Bo\n3,Bo,\n")
	for lot, say := range map[string]string{
		"Dee, Cy,Bo": `--lot: there is no candidate "Dee": Dee, Cy has a comma, which parts two names here; use the number, as in "#1"`,
		"Ann,Bo":     `--lot: there is no candidate "Ann"` + "\n",
		"#1, Bo":     "",
	} {
		if code, _, errs := command(t, "", "count", "--method", "irv", "--lot", lot, file); (code == exitOK) != (say == "") || !strings.Contains(errs, say) {
			t.Errorf("%s: exit %d, %s", lot, code, errs)
		}
	}
}

// TestCountAccents: a name is meant however its accents and spaces are typed, and one that two bear so is refused, and numbered.
func TestCountAccents(t *testing.T) {
	file := voteFile(t, "a.csv", "count,rank1,rank2\n4,Zoe\u0308  Bell,Bo\n3,Bo,\n")
	for _, lot := range []string{"Zoe\u0308  Bell,Bo", "Zo\u00eb Bell,Bo"} {
		if code, _, errs := command(t, "", "count", "--method", "irv", "--lot", lot, file); code != exitOK {
			t.Errorf("%q: exit %d, %s", lot, code, errs)
		}
	}
	twice := "2 1\n3 1 0\n0\n\"Zoe\u0308\"\n\"Zo\u00eb\"\n"
	for _, ron := range []string{"Zoe\u0308", "Zo\u00eb"} {
		if code, _, errs := command(t, twice, "count", "--method", "scottish", "--ron", ron, "-"); code != exitFailed || !strings.Contains(errs, "could be candidate 1 or 2") {
			t.Errorf("%q: exit %d, %s", ron, code, errs)
		}
	}
	if code, out, errs := command(t, twice, "count", "--method", "irv", "-"); code != exitOK || !strings.Contains(out, "Zo\u00eb (no. 2)") {
		t.Errorf("exit %d, %s%s", code, out, errs)
	}
}

// TestCountRanked: the rules decide, and the sheet says which they are.
func TestCountRanked(t *testing.T) {
	file := voteFile(t, "a.csv", "count,rank1,rank2\n4,Ann,\n3,Bo,\n2,overvote,Bo\n")
	for rules, want := range map[string]string{"over=skip,skips=-1": "Elected: Bo.", "skips=-1": "Elected: Ann."} {
		code, out, errs := command(t, "", "count", "--method", "irv", "--ranked", rules, file)
		if said := "Counted with the rules " + strings.ReplaceAll(rules, ",", ", ") + "."; code != exitOK || !strings.Contains(out, want) || !strings.Contains(out, said) {
			t.Errorf("%s: exit %d, %s%s", rules, code, out, errs)
		}
	}
	_, one, _ := command(t, "", "count", "--list", "--method", "irv")
	_, many, _ := command(t, "", "count", "--list", "--method", "us-stv")
	for _, w := range tally.RankedWords {
		said := "--ranked " + w.Word + ": " + w.Say
		if strings.Contains(one, said) == w.Many || strings.Contains(many, said) == w.One {
			t.Errorf("%s: for irv %v, for us-stv %v", w.Word, strings.Contains(one, said), strings.Contains(many, said))
		}
	}
}

// TestCountOnePlace: of a file that says two places one is filled, and the sheet says so.
func TestCountOnePlace(t *testing.T) {
	code, out, _ := command(t, strings.Replace(aVote, "3 1", "3 2", 1), "count", "--method", "irv", "-")
	if code != exitOK || !strings.Contains(out, "1 place,") || !strings.Contains(out, "The file says 2 places. irv fills one") {
		t.Errorf("exit %d\n%s", code, out)
	}
}

// TestCountHelp: the help says which methods take a flag, and what the program ends with.
func TestCountHelp(t *testing.T) {
	_, out, _ := command(t, "", "count", "--help")
	out = strings.Join(strings.Fields(out), " ")
	for _, want := range []string{"Only for majority, consensus, debian.", "Only for irv, us-stv.", "Not for majority, consensus, fill.", "Ends with 0 if all files were counted, with 1"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in %s", want, out)
		}
	}
}

// TestCountReadme: what README.md shows can be used as it stands.
func TestCountReadme(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	shown := 0
	for line := range strings.Lines(string(text)) {
		line, _, _ = strings.Cut(line, " #")
		rest, ok := strings.CutPrefix(strings.TrimSpace(line), "folkmoot count --method ")
		if !ok {
			continue
		}
		shown++
		args := []string{"count", "--method"}
		for i, part := range strings.Split(rest, "\"") {
			if i%2 == 1 {
				args = append(args, part)
			} else {
				args = append(args, strings.Fields(part)...)
			}
		}
		if code, _, errs := command(t, "", args...); code != exitFailed || !strings.Contains(errs, "no such file") {
			t.Errorf("%q: exit %d, %s", args, code, errs)
		}
	}
	if shown < 5 {
		t.Errorf("%d commands are shown", shown)
	}
	_, file, _ := strings.Cut(string(text), "cat > board.blt <<END\n")
	file, _, _ = strings.Cut(file, "END\n")
	if code, out, errs := command(t, file, "count", "--method", "scottish", "-"); code != exitOK || !strings.Contains(out, "2 places, 26 valid papers of 27\n1 paper is not valid: it is blank.\n") {
		t.Errorf("the file that is shown: exit %d, %s\n%s", code, errs, out)
	}
}

func TestCountList(t *testing.T) {
	code, out, _ := command(t, "", "count", "--list")
	for _, m := range tally.Methods() {
		if !strings.Contains(out, "  "+m.Name+" ") || !strings.Contains(out, m.Say) || strings.Contains(strings.ReplaceAll(m.Say, "...", ""), ". ") {
			t.Errorf("%s is not named with a sentence", m.Name)
		}
		if len(m.Variants) > 0 && !strings.Contains(out, "Variants: "+m.Variants[0].Name+" (the default), "+m.Variants[1].Name) {
			t.Errorf("which variant of %s is meant without a name is not said", m.Name)
		}
		_, more, _ := command(t, "", "count", "--list", "--method", m.Name)
		for _, v := range m.Variants {
			if say := v.Say; say == "" || strings.Contains(say, "; ;") || strings.HasSuffix(say, "; ") || !strings.Contains(strings.ReplaceAll(more, `"`, ""), fmt.Sprintf("--variant %s: %s.\n", v.Name, say)) {
				t.Errorf("what %s of %s is, is not said: %q", v.Name, m.Name, say)
			}
		}
	}
	for _, say := range tally.Purposes {
		if !strings.Contains(out, say) {
			t.Errorf("%q is not said", say)
		}
	}
	if code != exitOK {
		t.Errorf("exit %d", code)
	}
}

func TestCountAQuestion(t *testing.T) {
	const asked = "3 1\n6 1 0\n3 2 0\n3 3 0\n0\n\"For\" \"Against\" \"Abstain\"\n"
	for rule, want := range map[string]string{
		"": "Outcome: carried", "two-thirds": "Outcome: carried", "three-quarters": "Outcome: not carried", "at least 1/2 of valid": "Outcome: carried",
		"more than 1/2 of valid": "Outcome: not carried", "more than 2/5 of present": "Outcome: not carried", "absolute": "Outcome: not carried",
	} {
		args := []string{"count", "--method", "majority", "--present", "15", "--entitled", "20", "-"}
		if rule != "" {
			args = append(args, "--rule", rule)
		}
		if code, out, errs := command(t, asked, args...); code != exitOK || !strings.Contains(out, want) {
			t.Errorf("%s: exit %d %s\n%s", rule, code, errs, out)
		}
	}
}

// TestCountDebian: what an option needs over the default comes from the command line.
func TestCountDebian(t *testing.T) {
	file := voteFile(t, "vote.csv", "count,opt1,opt2,opt3\n4,1,2,3\n3,2,1,3\n2,3,1,2\n1,3,2,1\n")
	for _, tt := range []struct {
		args []string
		code int
		want string
	}{
		{nil, exitOK, "Elected: Option 2."},
		{[]string{"--ratio", "1=2", "--ratio", "2=9"}, exitOK, "Elected: Option 2."},
		{[]string{"--ratio", "2=10"}, exitOK, "Elected: Option 1."},
		{[]string{"--quorum", "8", "--ratio", "2=10"}, exitOK, "Elected: Option 3."},
		{[]string{"--ratio", "4=2"}, exitFailed, `--ratio: there is no candidate "4"`},
		{[]string{"--ratio", "1=0"}, exitUnusable, `"1=0" is no option and majority`},
		{[]string{"--ratio", "1=2", "--ratio", "opt1=3"}, exitFailed, "--ratio: Option 1 is there twice"},
		{[]string{"--ratio", "3=2"}, exitFailed, "Option 3 is the default option"},
		{[]string{"--default", "2"}, exitOK, "is 2, Option 2."},
		{nil, exitOK, "is 3, Option 3, as tables of such votes have it last."},
	} {
		code, out, errs := command(t, "", slices.Concat([]string{"count", "--method", "debian"}, tt.args, []string{file})...)
		if code != tt.code || !strings.Contains(out+errs, tt.want) {
			t.Errorf("%v: exit %d\n%s%s", tt.args, code, out, errs)
		}
	}
}

// TestCountStopped: whoever stops a count is told so, and not in the words of programmers.
func TestCountStopped(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	var out, errs bytes.Buffer
	code := run(ctx, []string{"count", "--method", "irv", "-"}, noEnv, strings.NewReader("2 1\n1 1 0\n0\n\"Ann\"\n\"Bo\"\n\"Vote\"\n"), &out, &errs, time.Now)
	if code != exitFailed || errs.String() != "folkmoot: stopped before it was done\n" {
		t.Errorf("%d, %q", code, errs.String())
	}
}
