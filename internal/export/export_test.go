package export_test

import (
	"compress/zlib"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/discussion"
	"folkmoot/internal/export"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/revival"
	"folkmoot/internal/rulebook"
	"folkmoot/internal/verify"
	"folkmoot/internal/votetest"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

const number = "2026-001"

// decided is a world with an open and a secret decision, reports beside the first, and talk.
func decided(t *testing.T, d *db.DB, c *dbtest.Clock) *world {
	w := newWorld(t, d, c)
	w.vote("Bake bread", false, 4, 2, 1)
	ds, err := w.Decisions.File(t.Context(), w.Who[4], db.Once{}, number, "We have *no oven*.")
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range w.Who[5:7] {
		if err := w.Decisions.Sign(t.Context(), a, number, ds.ID); err != nil {
			t.Fatal(err)
		}
	}
	w.Clock.Advance(20 * 24 * time.Hour)
	if _, err := w.Decisions.File(t.Context(), w.Who[5], db.Once{}, number, "Nor flour."); err != nil {
		t.Fatal(err)
	}
	w.vote("=HYPERLINK(evil)", true, 2, 4, 1)
	return w
}

func check(t *testing.T, text string) verify.Report {
	t.Helper()
	r := verify.Check(strings.NewReader(text), verify.Sent())
	if r.Problem != nil {
		t.Fatalf("does not hold: %v", r.Problem)
	}
	return r
}

// TestExportHolds: what is exported verifies, of one decision and of everything, with and without names.
func TestExportHolds(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := decided(t, d, c)
		var older verify.Report
		for _, hide := range []bool{false, true} {
			for _, n := range []string{number, "2026-002", ""} {
				_, text := w.file(w.Who[3], n, export.Options{Format: export.JSON, HideNames: hide})
				r := check(t, text)
				want := 1
				if n == "" {
					want, older = 2, r
				}
				if len(r.Decisions) != want || r.NamesHidden != hide || r.Group != "Bread & Roses" {
					t.Errorf("%q: %+v", n, r)
				}
				if strings.Contains(text, "Ada ✿") == hide {
					t.Errorf("%q hides names: %v, and has one", n, hide)
				}
			}
		}
		// The group goes on; somebody leaves and takes their name along.
		w.vote("Bake cake", true, 1, 0, 0)
		if _, err := w.members.Leave(t.Context(), w.Who[4], true); err != nil {
			t.Fatal(err)
		}
		for _, n := range []string{number, "2026-003", ""} {
			_, text := w.file(w.Who[3], n, export.Options{Format: export.JSON})
			newer := check(t, text)
			if r := verify.Against(newer, older); r.Problem != nil {
				t.Errorf("%q does not go on from the older file: %v", n, r.Problem)
			}
			if strings.Contains(text, "Élise") {
				t.Errorf("%q still has a name that was removed", n)
			}
		}
	})
}

// TestTablesAgreeWithTheRecord: a change in the tables that the log does not know of is found.
func TestTablesAgreeWithTheRecord(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := decided(t, d, c)
		w.Write(func(tx *db.Tx) error {
			return errors.Join(dbtest.Unguard(tx, "dissents"),
				tx.Exec("UPDATE dissents SET text = 'All is well.' WHERE id = (SELECT MIN(id) FROM dissents)").Error)
		})
		_, text := w.file(w.Who[0], number, export.Options{Format: export.JSON})
		if r := verify.Check(strings.NewReader(text), verify.Sent()); r.Problem == nil || r.Problem.ID != "verify.differs" {
			t.Errorf("verify says %v", r.Problem)
		}
	})
}

// TestAClockPutBack: the log's time never goes back, the tables' may; what is exported goes by the log.
func TestAClockPutBack(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := decided(t, d, c)
		w.Write(func(tx *db.Tx) error {
			for _, table := range []string{"dissents", "statements"} {
				if err := errors.Join(dbtest.Unguard(tx, table), tx.Exec("UPDATE "+table+" SET at = at - id * 60000").Error); err != nil {
					return err
				}
			}
			return nil
		})
		for _, n := range []string{number, ""} {
			_, text := w.file(w.Who[0], n, export.Options{Format: export.JSON})
			check(t, text)
		}
	})
}

// TestG13_AnyMemberExports: a member without any role gets every format; nobody else gets any.
func TestG13_AnyMemberExports(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := decided(t, d, c)
		stranger := member.Actor{Person: 99, Group: w.Group}
		for _, f := range export.Formats() {
			for _, n := range []string{number, ""} {
				name, text := w.file(w.Who[6], n, export.Options{Format: f})
				if !regexp.MustCompile(`^folkmoot-[a-z0-9-]+\.(html|pdf|md|json|csv)$`).MatchString(name) || text == "" {
					t.Errorf("%s: %q, %d bytes", f, name, len(text))
				}
				if _, again := w.file(w.Who[0], n, export.Options{Format: f}); again != text {
					t.Errorf("%s of %q: the same state gave other bytes to another member", f, n)
				}
			}
			_, err := w.exports.Decision(t.Context(), stranger, number, export.Options{Format: f, Voice: w.voices.Voice("en")})
			w.WantKind("export by a stranger", err, fault.NotFound)
			_, err = w.exports.Everything(t.Context(), stranger, export.Options{Format: f, Voice: w.voices.Voice("en")})
			w.WantKind("export by a stranger", err, fault.NotFound)
		}
		for _, n := range []string{"2026-999", "2026-1", "x", "2026-001'"} {
			_, err := w.exports.Decision(t.Context(), w.Who[0], n, export.Options{Format: export.JSON, Voice: w.voices.Voice("en")})
			w.WantKind("export of "+n, err, fault.NotFound)
		}
		_, err := w.exports.Everything(t.Context(), w.Who[0], export.Options{Format: "exe", Voice: w.voices.Voice("en")})
		w.WantKind("export of a format that is none", err, fault.Invalid)
	})
}

// TestG09_NothingOfAnOpenBallot: an export made while a vote is open says nothing about it but that it is open.
func TestG09_NothingOfAnOpenBallot(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c)
		for _, secret := range []bool{false, true} {
			v := w.Open(secret)
			before := map[export.Format]string{}
			for _, f := range export.Formats() {
				_, before[f] = w.file(w.Who[0], "", export.Options{Format: f})
			}
			for i := range 5 {
				w.Cast(w.Who[i], v.Motion.Number, 1)
			}
			for _, f := range export.Formats() {
				if _, after := w.file(w.Who[0], "", export.Options{Format: f}); after != before[f] {
					t.Errorf("%s changed while votes were cast", f)
				}
			}
		}
	})
}

// TestG11_DissentIsAlwaysThere, and the order of the parts is the same in every format that people read.
func TestG11_DissentIsAlwaysThere(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := decided(t, d, c)
		for _, f := range []export.Format{export.Page, export.Markdown} {
			for _, n := range []string{number, ""} {
				_, text := w.file(w.Who[0], n, export.Options{Format: f})
				if !strings.Contains(text, "no oven") || !strings.Contains(text, "Minority report by Élise") ||
					!strings.Contains(text, "Personal note by Faruk") || !strings.Contains(text, "written late") {
					t.Errorf("%s of %q lacks a report", f, n)
				}
				at := -1
				for _, part := range []string{"Bake bread", "The text", "The result", "How the vote was held", "How the text came about",
					"For and against", "Minority reports", "Proof", "The fingerprint of the record", "How to check this"} {
					next := strings.Index(text[max(at, 0):], part)
					if next < 0 {
						t.Fatalf("%s of %q: %q is missing or out of order", f, n, part)
					}
					at = max(at, 0) + next
				}
			}
		}
	})
}

// TestEverythingForPeopleIsWhole: what a proposal says beside its points, what a post is meant as and is about, and when
// and where the group is founded stand in the files that people read, under the words of the pages.
func TestEverythingForPeopleIsWhole(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c)
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		w.Write(func(tx *db.Tx) error { // by now its founder could not call it any more
			return tx.Exec("UPDATE groups SET founding_at = ?, founding_place = ?", db.At(time.Date(2026, 5, 9, 16, 0, 0, 0, time.UTC)), "The *old* bakery").Error
		})
		w.Read(func(tx *db.Tx) (err error) {
			w.Who[1], err = member.ActorIn(tx, 2, w.Group.Slug)
			return err
		})
		p := votetest.Sample("Bake bread")
		p.Text.Why, p.Text.Partly, p.Text.NotAcceptable, p.Text.Able = "W-why.", "W-partly.", "W-not.", "W-able."
		m, err := w.Motions.Propose(t.Context(), w.Who[0], db.Once{}, 0, p)
		must(err)
		say := func(who int, draft discussion.Draft) discussion.PostID {
			t.Helper()
			post, err := w.talk.Add(t.Context(), w.Who[who], db.Once{}, m.Number, draft)
			must(err)
			return post.ID
		}
		asked := say(1, discussion.Draft{Kind: discussion.Question, Clause: 2, Text: "Which two?"})
		say(0, discussion.Draft{Kind: discussion.Comment, Clause: 2, Parent: asked, Text: "You and me."})
		say(2, discussion.Draft{Kind: discussion.Concern, Clause: 1, Text: "Too soon."})
		say(3, discussion.Draft{Kind: discussion.Idea, Text: "Cake too."})
		p.Text.Clauses = []motion.Clause{{ID: 2, Text: "Two of us report."}}
		_, err = w.Motions.Reword(t.Context(), w.Who[0], m.Number, 1, p.Text)
		must(err)
		for _, tt := range []struct {
			lang string
			want []string
		}{
			{"en", []string{
				"Founding meeting: Saturday 9 May 2026, 6 pm", "> The *old* bakery",
				"Why:", "> W-why.", "How this leaves people more able to act:", "> W-able.", "How we would know that it worked:", "> It is done.",
				"What would count as part of it:", "> W-partly.", "What would not be acceptable:", "> W-not.",
				"1 · Question on point 1 · Bo, ", "> Which two?", "2 · Answer · Ada ✿ to 1, ", "> You and me.",
				"3 · Concern on a point that is gone by now · =Cy, ", "> Too soon.", "4 · Idea · Dina, ", "> Cake too.",
			}},
			{"es", []string{
				"Reunión fundadora: ", "> The *old* bakery",
				"Cómo sabríamos que ha funcionado:", "> It is done.", "Qué contaría como una parte:", "> W-partly.",
				"1 · Pregunta sobre el punto 1 · Bo, ", "2 · Respuesta · Ada ✿ a 1, ", "3 · Preocupación sobre un punto que ya no está · =Cy, ", "4 · Idea · Dina, ",
			}},
		} {
			for _, f := range []export.Format{export.Markdown, export.Page} {
				_, text := w.file(w.Who[1], "", export.Options{Format: f, Voice: w.voices.Voice(tt.lang)})
				at := 0
				for _, part := range tt.want {
					if quoted, ok := strings.CutPrefix(part, "> "); f == export.Page && ok {
						part = "<p>" + strings.ReplaceAll(quoted, "*old*", "<em>old</em>") + "</p>"
					}
					next := strings.Index(text[at:], part)
					if next < 0 {
						t.Fatalf("%s in %s: %q is missing or out of order", f, tt.lang, part)
					}
					at += next + len(part)
				}
			}
		}
	})
}

// TestRulesThatWaitStandApart: the files that people read do not say that a rule is in force which the page of the rules
// puts among those that nothing goes by for now.
func TestRulesThatWaitStandApart(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	w := newWorld(t, dbtest.SQLite(t, c), c)
	rules := w.Rulebook()
	for _, tag := range w.voices.Tags() {
		v := w.voices.Voice(tag)
		_, text := w.file(w.Who[0], "", export.Options{Format: export.Markdown, Voice: v})
		_, text, _ = strings.Cut(text, "\n## "+v.T("export.all_rules")+"\n")
		text, _, _ = strings.Cut(text, "\n## ")
		inForce, waiting, ok := strings.Cut(text, "\n#### "+v.T("rules_page.later")+"\n")
		if !ok {
			t.Fatalf("%s: no rules wait in %.300q", tag, text)
		}
		waits := 0
		for _, p := range rulebook.Params() {
			say := v.Say(p.Say(rules))
			if !p.Waits(rules) {
				if less := p.Meanwhile(rules); !less.IsZero() {
					say += " " + v.Say(less)
				}
				if !strings.Contains(inForce, "- "+say+"\n") {
					t.Errorf("%s: %s is not among the rules in force", tag, p.Key)
				}
				continue
			}
			waits++
			if strings.Contains(inForce, "- "+say+"\n") {
				t.Errorf("%s: %s waits, and stands among the rules in force", tag, p.Key)
			}
			if !strings.Contains(waiting, "- "+v.Say(p.Name())+": "+say+"\n") {
				t.Errorf("%s: %s is not among the rules that wait", tag, p.Key)
			}
		}
		if said := v.N("rules_page.later_say", waits); waits == 0 || !strings.HasPrefix(waiting, "\n"+said+"\n") {
			t.Errorf("%s: of the rules that wait it says %.300q, want %q", tag, waiting, said)
		}
		if n := strings.Count(waiting, "\n- "); n != waits {
			t.Errorf("%s: %d rules wait, %d are listed", tag, waits, n)
		}
	}
}

// varying is what no two runs have in common: keys, references, hashes, receipts.
var varying = []struct {
	re *regexp.Regexp
	as string
}{
	{regexp.MustCompile(`folkmoot-[0-9a-f]{8}\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+`), "KEY"},
	{regexp.MustCompile(`[0-9a-f]{64}`), "HASH"},
	{regexp.MustCompile(`\b[0-9a-f]{16}\b`), "HASH16"},
	{regexp.MustCompile(`\b(\d+) / [0-9a-f]{4}( [0-9a-f]{4}){3}\b`), "$1 / ROOT"},
	{regexp.MustCompile(`(?m)^- [0-9A-Z]{4,6}(-[0-9A-Z]{4,6}){3,}$`), "- CODE"},
	{regexp.MustCompile(`<li>[0-9A-Z]{4,6}(-[0-9A-Z]{4,6}){3,}</li>`), "<li>CODE</li>"},
	{regexp.MustCompile(`(?m)[^|]+ \| HASH16 \|$`), " SENTENCE | HASH16 |"}, // their owners may put them better
	{regexp.MustCompile(`<td>[^<]*</td><td>HASH16</td>`), "<td>SENTENCE</td><td>HASH16</td>"},
	{regexp.MustCompile(`\b([mbg]_)[a-z0-9]+`), "${1}REF"},
}

// TestGolden holds the files that people read to what they were when somebody last read them.
func TestGolden(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := decided(t, d, c)
		golden(t, w, "decision.md", number, export.Options{Format: export.Markdown})
		golden(t, w, "decision.es.md", number, export.Options{Format: export.Markdown, Voice: w.voices.Voice("es")})
		golden(t, w, "decision.hidden.md", number, export.Options{Format: export.Markdown, HideNames: true})
		golden(t, w, "decision.html", number, export.Options{Format: export.Page})
		golden(t, w, "everything.csv", "", export.Options{Format: export.Tables})
	})
}

// TestGoldenOfTooFewG9_Security1_5: of a vote in which too few took part every file tells the turnout and no other number of votes.
func TestGoldenOfTooFewG9_Security1_5(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c)
		w.vote("Bake bread", true, 1, 0, 1)
		golden(t, w, "few.md", number, export.Options{Format: export.Markdown})
		golden(t, w, "few.es.md", number, export.Options{Format: export.Markdown, Voice: w.voices.Voice("es")})
		golden(t, w, "few.html", number, export.Options{Format: export.Page})
		golden(t, w, "few.csv", number, export.Options{Format: export.Tables})
		for _, n := range []string{number, ""} {
			_, text := w.file(w.Who[0], n, export.Options{Format: export.JSON})
			check(t, text)
			var file struct {
				Decisions []struct{ Votes map[string]int64 }
			}
			if err := json.Unmarshal([]byte(text), &file); err != nil {
				t.Fatal(err)
			}
			want := map[string]int64{"turnout": 2, "entitled": 7, "active": 7, "quorum": 3}
			if diff := cmp.Diff(want, file.Decisions[0].Votes); diff != "" {
				t.Errorf("%q: %s", n, diff)
			}
			_, pdf := w.file(w.Who[0], n, export.Options{Format: export.PDF})
			if !slices.Contains(unpacked(t, pdf), text) {
				t.Errorf("%q: the PDF carries another record", n)
			}
		}
	})
}

// unpacked returns the streams of a PDF that are packed.
func unpacked(t *testing.T, pdf string) (out []string) {
	t.Helper()
	for _, part := range strings.Split(pdf, "\nstream\n")[1:] {
		r, err := zlib.NewReader(strings.NewReader(part))
		if err != nil {
			continue // a picture or a font as it is
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(b))
	}
	return out
}

// golden holds a file, without what varies, to what it was when somebody last read it.
func golden(t *testing.T, w *world, name, number string, o export.Options) {
	t.Helper()
	_, text := w.file(w.Who[0], number, o)
	for _, v := range varying {
		text = v.re.ReplaceAllString(text, v.as)
	}
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(text, "\n")); diff != "" {
		t.Errorf("%s: %s", name, diff)
	}
}

// TestNothingComesAlive: what members typed is text in every format (V30, V36, V40).
func TestNothingComesAlive(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	w := decided(t, dbtest.SQLite(t, c), c)
	_, html := w.file(w.Who[0], "", export.Options{Format: export.Page})
	if strings.Contains(html, "<script") || strings.Contains(html, "http:") || strings.Contains(html, "https:") {
		t.Error("the page holds a script or fetches something")
	}
	_, md := w.file(w.Who[0], number, export.Options{Format: export.Markdown})
	if strings.Contains(md, "\n# Result: carried") || !strings.Contains(md, "\n> # Result: carried") || strings.Contains(strings.ReplaceAll(md, `\<`, ""), "<script") {
		t.Error("a member's heading passes for one of the record's")
	}
	_, text := w.file(w.Who[0], "", export.Options{Format: export.Tables})
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\uFEFF"))).ReadAll()
	if err != nil || !strings.HasPrefix(text, "\uFEFF") {
		t.Fatal(err)
	}
	for _, cell := range slices.Concat(rows...) {
		if strings.ContainsAny(cell[:min(1, len(cell))], "=+-@\t\r\n") {
			t.Errorf("a spreadsheet would compute %q", cell)
		}
	}
	_, pdf := w.file(w.Who[0], number, export.Options{Format: export.PDF})
	if !strings.HasPrefix(pdf, "%PDF-") || !strings.Contains(pdf, "/EmbeddedFile") {
		t.Error("the PDF is none, or lacks the record")
	}
}

// TestEveryEntryIsASentence: no entry of a lived-in group is shown by its code.
func TestEveryEntryIsASentence(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	w := decided(t, dbtest.SQLite(t, c), c)
	w.Read(func(tx *db.Tx) error {
		es, err := ledger.Entries(tx, w.Group.Log(), 0, 1000)
		if err != nil {
			return err
		}
		texts, err := ledger.Texts(tx, w.Group.Log(), 0, 1000)
		for _, e := range es {
			l := export.LineOf(e, map[string]string{w.Who[0].Member.Ref: "Ada"}, texts, export.Named{}).In(w.Group.Zone)
			if who := w.voices.Voice("en").Say(l.Who()); e.Kind == "motion.secret_asked" && who != "by a member who is not named" {
				t.Errorf("entry %d, which names nobody, is %q", e.N, who)
			}
			for _, tag := range w.voices.Tags() {
				said := w.voices.Voice(tag).Say(l.Say)
				if strings.HasPrefix(said, "ledger.") || strings.Contains(said, "<no value>") || strings.Contains(said, "text:") {
					t.Errorf("%s: entry %d (%s) is %q", tag, e.N, e.Kind, said)
				}
			}
		}
		return err
	})
}

// TestKindsAreSaid: where only the kind of an entry is known, it is said in people's words all the same, in every language; a
// kind that nobody knows is not repeated, since a file that anybody sent could speak through it.
func TestKindsAreSaid(t *testing.T) {
	catalog, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("../lang/en/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	kinds := 0
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range regexp.MustCompile(`"ledger\.([a-z_.]+)":`).FindAllSubmatch(b, -1) {
			kinds++
			for _, tag := range catalog.Tags() {
				said := catalog.Voice(tag).Say(export.KindsSaid(catalog, "verify.rewritten", map[string]any{"N": 3, "Was": string(id[1]), "Now": ""}, "Was", "Now"))
				if strings.Contains(said, string(id[1])) || strings.Contains(said, "no value") || !strings.Contains(said, catalog.Voice(tag).T("record.unseen")) {
					t.Errorf("%s: %s is %q", tag, id[1], said)
				}
			}
		}
	}
	if kinds < 40 {
		t.Errorf("%d kinds were tried", kinds)
	}
	const forged = "fine.\nThis record holds."
	said := catalog.Voice("en").Say(export.KindsSaid(catalog, "verify.rewritten", map[string]any{"N": 3, "Was": forged, "Now": "member.joined"}, "Was", "Now"))
	if said != "Entry 3 was rewritten: it was “This entry cannot be read.” and is “… joined the group.” now." {
		t.Errorf("says %q", said)
	}
}

// TestEveryKindHasWords: what any service writes into a record can be read there. It looks for kinds in the source: what is handed to a function called
// note or Append, or stands as the Kind of an event.
func TestEveryKindHasWords(t *testing.T) {
	catalog, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("../*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	isKind := regexp.MustCompile(`^"[a-z]+\.[a-z_]+"$`)
	kinds := map[string]bool{}
	found := func(e ast.Expr) {
		if l, ok := e.(*ast.BasicLit); ok && isKind.MatchString(l.Value) {
			kinds[strings.Trim(l.Value, `"`)] = true
		}
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if f, ok := n.Fun.(*ast.SelectorExpr); ok && (f.Sel.Name == "note" || f.Sel.Name == "Append") {
					for _, arg := range n.Args {
						found(arg)
					}
				}
			case *ast.KeyValueExpr:
				if k, ok := n.Key.(*ast.Ident); ok && k.Name == "Kind" {
					found(n.Value)
				}
			}
			return true
		})
	}
	if len(kinds) < 100 {
		t.Errorf("%d kinds were found", len(kinds))
	}
	for kind := range kinds {
		if !catalog.Has("ledger." + kind) {
			t.Errorf("no catalogue has words for %s", kind)
		}
	}
}

// TestLettersNoFontHas: one name in a script that no font has costs the PDF, with a sentence; all else is still there.
func TestLettersNoFontHas(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	w := newWorld(t, dbtest.SQLite(t, c), c)
	w.exports = export.NewService(w.DB, w.Ledger, []string{t.TempDir()}) // no fonts but its own
	if err := w.members.Rename(t.Context(), w.Who[1], "ᏣᎳᎩ"); err != nil {
		t.Fatal(err)
	}
	for _, f := range export.Formats() {
		file, err := w.exports.Everything(t.Context(), w.Who[0], export.Options{Format: f, Voice: w.voices.Voice("en")})
		if f == export.PDF {
			if fault.KindOf(err) != fault.Conflict {
				t.Errorf("PDF: %v, want fault.Conflict", err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		if err := file.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestSentencesNameRoles: an entry that only refers to a term, a draw or a vacancy is told with the role's name, as far as it is known, in
// every language.
func TestSentencesNameRoles(t *testing.T) {
	voices, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	named := export.Named{
		Places: map[string]export.Place{"t_1": {Role: "tellers", Seat: 2}, "draw/3": {Role: "tellers"}, "vacancy/4": {Role: "tellers", Seat: 1}},
		Titles: map[string]string{"motion/9": "Open the hall", "decision/2026-002": "Close it again"},
	}
	for _, tt := range []struct{ kind, of, data, without, with, title string }{
		{"role.begun", "role/tellers", `{}`, "The group has a role that its rules ask for: Tellers.", "", ""},
		{"term.begun", "term/t_1", `{"role":"role/tellers","member":"m_1","seat":2}`, "Ada was given a term in the role Tellers.", "Ada was given a term in the role Tellers, place 2.", ""},
		{"term.ended", "term/t_1", `{"term":"t_1"}`, "A term in a role ended before its date.", "A term in the role Tellers ended before its date.", ""},
		{"handover.opened", "handover/t_1", `{"term":"t_1"}`, "The handover of a role opened.", "The handover of the role Tellers opened.", ""},
		{"draw.drawn", "draw/3", `{}`, "Draw 3: the secret", "Draw 3 (Tellers): the secret", ""},
		{"vacancy.opened", "vacancy/4", `{"role":"role/tellers"}`, "Nobody holds the role Tellers, and", "Nobody holds place 1 of the role Tellers, and", ""},
		{"vacancy.asked", "vacancy/4", `{"motion":"motion/9"}`, "of a role, which", "of the role Tellers, which", "Open the hall"},
		{"effect.done", "decision/2026-002", `{"effect":"term_ends","subject":"term/t_1"}`, "Done by itself: a term ends.", "Done by itself: a term ends (Tellers).", "Close it again"},
		{"effect.failed", "decision/2026-002", `{"effect":"role_ends","subject":"role/tellers"}`, "Could no longer be done: a role ends (Tellers).", "", "Close it again"},
	} {
		e := ledger.Entry{Kind: tt.kind, Subject: tt.of, Leaf: `{"by":"","data":` + tt.data + `}`}
		if tt.with == "" {
			tt.with = tt.without
		}
		for want, known := range map[string]export.Named{tt.without: {}, tt.with: named} {
			l := export.LineOf(e, map[string]string{"m_1": "Ada"}, nil, known)
			if said := voices.Voice("en").Say(l.Say); !strings.Contains(said, want) {
				t.Errorf("%s is %q, want %q", tt.kind, said, want)
			}
			if said := voices.Voice("es").Say(l.Say); strings.Contains(said, "ledger.") || strings.Contains(said, "<no value>") {
				t.Errorf("%s in Spanish is %q", tt.kind, said)
			}
			if l.Title != known.Titles[l.About] || known.Titles != nil && l.Title != tt.title {
				t.Errorf("%s is about %q, want %q", tt.kind, l.Title, tt.title)
			}
		}
	}
}

// TestEveryEffectIsSaid: whatever happens by itself has words in the record, so that no entry shows a code.
func TestEveryEffectIsSaid(t *testing.T) {
	catalog, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("../decision/effect.go")
	if err != nil {
		t.Fatal(err)
	}
	kinds := []string{revival.VoteAgain, revival.Ended}
	for _, m := range regexp.MustCompile(`EffectKind = "([a-z_]+)"`).FindAllSubmatch(source, -1) {
		kinds = append(kinds, string(m[1]))
	}
	if len(kinds) < 10 {
		t.Fatalf("only %q are found", kinds)
	}
	for _, k := range kinds {
		if !catalog.Has("record.effect." + k) {
			t.Errorf("%s is not said", k)
		}
	}
}
