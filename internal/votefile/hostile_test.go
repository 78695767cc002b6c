package votefile_test

import (
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"folkmoot/internal/votefile"
)

// endless repeats a text, of which it has given away so many bytes.
type endless struct {
	text string
	at   int
}

func (e *endless) Read(p []byte) (n int, err error) {
	for n < len(p) {
		k := copy(p[n:], e.text[e.at%len(e.text):])
		n, e.at = n+k, e.at+k
	}
	return n, nil
}

// TestHostile: files that never end are refused soon, or cost no memory for as long as they go on.
func TestHostile(t *testing.T) {
	const (
		long   = 8 << 20 // bytes that are offered
		memory = 8 << 20 // bytes that may be used, with what is freed on the way
	)
	const meta = "META\nkey;value\nbudget;100\nvote_type;approval\nnum_projects;1\nnum_votes;1\n"
	const soi = "# DATA TYPE: soi\n# NUMBER ALTERNATIVES: 1\n# NUMBER VOTERS: 1\n# NUMBER UNIQUE ORDERS: 1\n# ALTERNATIVE NAME 1: A\n"
	for _, tt := range []struct{ name, head, again, want string }{
		{"x.csv", "count", ",rank1", "1:98311: the row has more than 16385 cells, which are the number of papers and 16384 others"},
		{"x.csv", "", "count,", "1:98311: the row has more than 16385 cells"},
		{"x.csv", "count,rank1\n1", ",Bo", "2:49155: the row has more than 16385 cells"},
		{"x.csv", "count,rank1\n1,", "x", "2:1048578: the row is longer than 1048576 bytes"},
		{"x.csv", "count,rank1\n1,\"", "\n", "1048577:1: the row is longer than 1048576 bytes"},
		{"x.csv", "count,rank1\n1,", "A|B|", "2:1048578: the row is longer than 1048576 bytes"},
		{"x.csv", "count,rank1\n", "9", "2:1048577: the row is longer than 1048576 bytes"},
		{"x.csv", "count,rank1\n", "\r\n", "there are no candidates"},
		{"x.csv", "count,opt1\n", "\x00", "2:1: a byte 0 stands here"},
		{"x.csv", "count,opt1,opt2\n", "1,16384,1\n", ""},
		{"x.blt", "", "9", "1:1: the number of candidates is more than 16384"},
		{"x.blt", "", "\n", "the file ends where the number of candidates should be"},
		{"x.blt", "3 1\n#", "#", "the file ends where the number of papers"},
		{"x.blt", "3 1\n", "9", "2:1: the number of papers is more than 1099511627776"},
		{"x.blt", "3 1\n1 ", "- ", "2:17: the paper skips more ranks than there can be"},
		{"x.blt", "3 1\n1 ", "2=", "2:5: candidate 2 is on the paper twice"},
		{"x.blt", "3 1\n(", "7", "2:1: the parenthesis is not closed"},
		{"x.blt", "3 1\n", "(7) 1 0\n", "the file ends where"},
		{"x.blt", "3 1\n[nick ", "a ", "2:1: there are more words in the brackets than candidates"},
		{"x.blt", "3 1\n[nick ", "a", "2:7: the word is longer than 64 bytes"},
		{"x.blt", "3 1\n", "[tie 1]\n", "3:2: [tie] is there twice"},
		{"x.blt", "3 1\n", "-1 ", "2:5: candidate 1 has withdrawn already"},
		{"x.blt", "3 1\n0\n\"", "\\\"", "3:1: a name is longer than 1000 bytes"},
		{"x.blt", "1 1\n0\n\"A\" \"T\"\n", "and so on 1 2 3 ", ""},
		{"x.soi", "", "#", "1:1: the line is longer than 65536 bytes"},
		{"x.soi", "", "# ALTERNATIVE NAME 1: A\n", "2:1: ALTERNATIVE NAME 1 stands where number 2 should be"},
		{"x.soi", "", "# TITLE: X\n", "2:1: TITLE is there twice"},
		{"x.soi", soi + "1: ", "1,", "6:6: alternative 1 is in the line twice"},
		{"x.soi", soi, "9", "6:1: the number of papers is more than 1099511627776"},
		{"x.soi", soi + "1: 1\n", "\n", ""},
		{"x.pb", "META\n", "a;b\n", "3:1: a is there twice"},
		{"x.pb", "META\n", ";", "2:257: there are more than 256 cells in the row"},
		{"x.pb", "META\na;", "b", "2:3: the row is longer than 1048576 bytes"},
		{"x.pb", "META\na;\"", "\n", "the row is longer than 1048576 bytes"},
		{"x.pb", "META\n", strings.Repeat("x", 1<<13) + ";", "the row is longer than 1048576 bytes"},
		{"x.pb", meta + "PROJECTS\nproject_id;cost\n", "a;1\n", "10:1: the project has no ID, or one that is there twice"},
		{"x.pb", meta + "PROJECTS\nproject_id;cost\na;", "1", "the row is longer"},
		{"x.pb", meta + "PROJECTS\nproject_id;cost\na;1\nVOTES\nvoter_id;vote\n", "1;a\n", `13:1: the voter "1" is there already, in line 12`},
		{"x.pb", meta + "PROJECTS\nproject_id;cost\na;1\nVOTES\nvoter_id;vote\n", ";a\n", `6:11: num_votes is "1"`},
		{"x.pb", meta + "PROJECTS\nproject_id;cost\na;1\nVOTES\nvoter_id;vote\n1;", "a,", "the row is longer"},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := votefile.Read(tt.name, io.MultiReader(strings.NewReader(tt.head), io.LimitReader(&endless{text: tt.again}, long/int64(len(tt.again))*int64(len(tt.again)))))
		runtime.ReadMemStats(&after)
		var fault *votefile.Fault
		switch said := ""; {
		case tt.want == "" && err != nil, tt.want != "" && !errors.As(err, &fault):
			t.Errorf("%q and %q again and again: %v", tt.head, tt.again, err)
		case err != nil:
			if said = err.Error(); !strings.Contains(said, tt.want) || len(said) > 300 {
				t.Errorf("%q and %q again and again: %.300s\nwant %s", tt.head, tt.again, said, tt.want)
			}
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > memory && !strings.HasPrefix(tt.again, ";a") {
			t.Errorf("%q and %q again and again: %d bytes of memory used", tt.head, tt.again, used)
		}
	}
}

// TestForeign: what is no file of votes is called by its name.
func TestForeign(t *testing.T) {
	const expected = ": expected is BLT, PrefLib, Pabulib or a table with commas (CSV), as text in UTF-8"
	for text, want := range map[string]string{
		"\xff\xfe3\x00 \x001\x00":               "the file is text in UTF-16 or UTF-32",
		"\xfe\xff\x003\x00 \x001":               "the file is text in UTF-16",
		"3\x00 \x001\x00\n\x00":                 "the file is text in UTF-16, or no text at all",
		"\x00c\x00o\x00u\x00n\x00t\x00,":        "the file is text in UTF-16, or no text at all",
		"\x00\x00\xfe\xff\x00\x00\x003":         "the file is text in UTF-32",
		"{\"schema\": \"folkmoot-count/1\"}":    "the file begins like JSON",
		"\xef\xbb\xbf \n[{\"candidates\": []}]": "the file begins like JSON",
		"<!DOCTYPE html>":                       "the file begins like HTML or XML",
		"PK\x03\x04\x14\x00":                    "the file is a ZIP archive, as spreadsheets are (.xlsx, .ods)",
		"\xd0\xcf\x11\xe0\xa1\xb1":              "the file is an old spreadsheet (.xls)",
		"\x1f\x8b\x08\x00":                      "the file is compressed by gzip",
		"%PDF-1.7\n":                            "the file is a PDF",
	} {
		for _, name := range []string{"x", "x.blt", "x.csv", "x.soi", "x.pb"} {
			_, err := votefile.Read(name, strings.NewReader(text))
			var fault *votefile.Fault
			if !errors.As(err, &fault) || fault.Line < 1 || fault.Column < 1 || fault.Say != want+expected {
				t.Errorf("%s, %q: %v\nwant %s", name, text, err, want)
			}
		}
	}
}

// TestIllegible: where a name has signs that are not shown is told by its line, not by the end of the file.
func TestIllegible(t *testing.T) {
	for name, text := range map[string]string{
		"x.blt": "2 1\n0\n\"A\"\n\"B\u202e\"\n\"T\"\n",
		"x.csv": "count,rank1\n1,A\n2,A\n3,B\u202e\n4,A\n",
		"x.soi": "# DATA TYPE: soi\n# NUMBER ALTERNATIVES: 2\n# ALTERNATIVE NAME 1: A\n# ALTERNATIVE NAME 2: B\u202eC\n# NUMBER VOTERS: 1\n# NUMBER UNIQUE ORDERS: 1\n1: 1\n",
		"x.pb":  "META\nkey;value\nbudget;1\ndescription;X\u202eY\nvote_type;approval\nnum_projects;1\nnum_votes;0\nPROJECTS\nproject_id;cost\na;1\nVOTES\nvoter_id;vote\n",
	} {
		_, err := votefile.Read(name, strings.NewReader(text))
		var fault *votefile.Fault
		if !errors.As(err, &fault) || fault.Line != 4 || !strings.Contains(fault.Say, "not shown") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSameHoweverItComes: a mark at the beginning, line ends and the pieces in which a file comes change nothing.
func TestSameHoweverItComes(t *testing.T) {
	for name, text := range map[string]string{
		"blt":     "3 2 # for two\n[nick a b c]\n# more\n5 a b 0 # five\n1 b=c 0\n(7) c 0\n0\n\"A\"\n\"B\"\n\"C\"\n\"T\"\nnotes\n",
		"ranks":   "count,rank1,rank2\n5,A,B\n\n1,B|C,\n1,C,undervote\n",
		"options": "count,opt1,opt2,opt3\n5,1,2,\n1,,1,1\n\n1,,,1\n",
		"preflib": prefLib("soi", "5: 1,2\n1: 2,3\n1: 3\n", 7),
		"pabulib": pb("approval", "voter_id;vote", "1;a", "2;\"b 2,c\""),
	} {
		want, err := votefile.Read(name, strings.NewReader(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		crlf := strings.ReplaceAll(text, "\n", "\r\n")
		for how, r := range map[string]io.Reader{
			"with a mark": strings.NewReader("\ufeff" + text), "with both": strings.NewReader(crlf), "with all three": strings.NewReader("\ufeff" + crlf),
			"byte by byte": iotest.OneByteReader(strings.NewReader("\ufeff" + crlf)), "by halves": iotest.HalfReader(strings.NewReader(text)),
			"with the end": iotest.DataErrReader(strings.NewReader(text)),
		} {
			if got, err := votefile.Read(name, r); err != nil || orders(got) != orders(want) || got.Title != want.Title || len(got.Candidates) != len(want.Candidates) {
				t.Errorf("%s %s: %v", name, how, err)
			}
		}
		if name == "blt" {
			if got, err := votefile.Read(name, strings.NewReader(strings.ReplaceAll(text, "\n", "\r"))); err != nil || orders(got) != orders(want) {
				t.Errorf("%s with carriage returns alone: %v", name, err)
			}
		}
	}
}
