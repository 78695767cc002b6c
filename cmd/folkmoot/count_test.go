package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

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

// command runs the program in this process, with the text as its standard input.
func command(t *testing.T, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, func(string) (string, bool) { return "", false }, strings.NewReader(stdin), &out, &errs, time.Now)
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
counted by scottish, 1 place, 9 valid papers

1. First preferences of 9 papers. The quota is 5. Cy has the fewest votes and is excluded next.
   1  Ann  4.00000    
   2  Bo   3.00000    
   3  Cy   2.00000    excluded

2. Cy is excluded, and the papers go to the next candidate named on them, at the value they have. Bo is elected with 5.00000 votes.
   1  Ann  4.00000            
   2  Bo   5.00000  +2.00000  elected
   3  Cy   0.00000  -2.00000  

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
	if !strings.HasPrefix(errs, bad+":2:5: there is no candidate 3\n") || !strings.Contains(errs, "none.blt: no such file") {
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
	}{
		{nil, "Ann", "as the first in the list, because no lot was given."},
		{[]string{"--lot", "Bo,Cy,Ann"}, "Bo", "by the lot."},
		{[]string{"--lot", "3,1,2"}, "Cy", "by the lot."},
		{[]string{"--seed", "seven of clubs"}, "", "by the lot."},
	} {
		code, out, errs := command(t, tied, slices.Concat([]string{"count", "--method", "scottish"}, tt.args, []string{"-"})...)
		if want := "Stage 1: Ann, Bo, Cy stood alike (exclude). " + tt.want; code != exitOK || !strings.Contains(out, want) || !strings.Contains(out, tt.by) {
			t.Errorf("%v: exit %d %s\n%s", tt.args, code, errs, out)
		}
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
		{[]string{"--method", "scottish", "--variant", "x", file}, exitUnusable, `scottish has no variant "x"`},
		{[]string{"--method", "scottish", "--seats=-1", file}, exitUnusable, "less than none"},
		{[]string{"--method", "majority", "--rule", "most", file}, exitUnusable, `"most" is no majority`},
		{[]string{"--method", "majority", "--rule", "more than 1/1 of roll", file}, exitUnusable, "is no majority"},
		{[]string{"--method", "scottish", "--lot", "a", "--seed", "b", file}, exitUnusable, "--lot"},
		{[]string{"--method", "scottish", "--lot", "ann", file}, exitFailed, "the lot order must have each of the 3 candidates once"},
		{[]string{"--method", "scottish", "--lot", "ann,bo,dee", file}, exitFailed, `there is no candidate "dee"`},
		{[]string{"--method", "scottish", "-", "-"}, exitUnusable, "standard input can be read once only"},
		{[]string{"--method", "irv", "--seats", "2", file}, exitFailed, "irv fills one place"},
		{[]string{"--method", "scottish", "--format", "xml", file}, exitUnusable, "--format"},
	} {
		if code, _, errs := command(t, "", append([]string{"count"}, tt.args...)...); code != tt.code || !strings.Contains(errs, tt.say) {
			t.Errorf("%v: exit %d, %s", tt.args, code, errs)
		}
	}
}

func TestCountList(t *testing.T) {
	code, out, _ := command(t, "", "count", "--list")
	for _, m := range tally.Methods() {
		if !strings.Contains(out, m.Name) || !strings.Contains(out, m.Say) {
			t.Errorf("%s is not named", m.Name)
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
		{[]string{"--ratio", "4=2"}, exitFailed, `"4=2" is no option and majority`},
	} {
		code, out, errs := command(t, "", slices.Concat([]string{"count", "--method", "debian"}, tt.args, []string{file})...)
		if code != tt.code || !strings.Contains(out+errs, tt.want) {
			t.Errorf("%v: exit %d\n%s%s", tt.args, code, out, errs)
		}
	}
}
