package paper

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/effort"

	"pgregory.net/rapid"
)

// plain is a document that needs no fonts of the system.
func plain(lang string) *Doc {
	return New(Options{Title: "Decision", Lang: lang, FontDirs: []string{}})
}

func TestTextComesBack(t *testing.T) {
	d := plain("en")
	d.Heading(1, "Decision 2026-014")
	d.Para("Carried by 41 votes to 7.\nZażółć; Ελληνικά; Українська; cafe\u0301.")
	d.List([]string{"one", "two"}, true)
	d.List([]string{"three"}, false)
	d.Rule()
	d.Table([]string{"Choice", "Votes"}, [][]string{{"Yes", "41"}, {"No"}})
	d.Heading(9, "Deep")
	p := made(t, d)
	want := "H1 Decision 2026-014\nP Carried by 41 votes to 7.\nP Zażółć; Ελληνικά; Українська; café.\n" +
		"Lbl 1.\nLBody one\nLbl 2.\nLBody two\nLbl •\nLBody three\n" +
		"TH Choice\nTH Votes\nTD Yes\nTD 41\nTD No\nTD\nH6 Deep\n"
	if got := p.all(t); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	const tree = "Document(H1 P L(LI(Lbl LBody) LI(Lbl LBody)) L(LI(Lbl LBody)) Table(TR(TH TH) TR(TD TD) TR(TD TD)) H6)"
	if got := p.structure(t); got != tree {
		t.Errorf("tree %s\nwant %s", got, tree)
	}
	for _, want := range []string{"/Lang <FEFF0065006E>", "/MarkInfo<</Marked true>>", "/DisplayDocTitle true"} {
		if !strings.Contains(p.catalog(t), want) {
			t.Errorf("catalogue lacks %s: %s", want, p.catalog(t))
		}
	}
}

// A forced right-to-left stretch of Latin takes the same way through the writer as Hebrew does, without its fonts.
func TestRightToLeftIsReadInOrder(t *testing.T) {
	d := plain("he")
	d.Para("\u202eabc def\u202c")
	d.Para("41")
	p := made(t, d)
	if got := strings.NewReplacer("\u202e", "", "\u202c", "").Replace(p.all(t)); got != "P abc def\nP 41\n" {
		t.Errorf("read as %q", got)
	}
	var xs []string
	for line := range strings.Lines(p.streams[p.find(t, p.pages(t)[0], contentsOf)]) {
		if m := operator.FindStringSubmatch(strings.TrimSpace(line)); m != nil && m[8] != "" {
			xs = append(xs, m[6])
		}
	}
	if last := xs[len(xs)-1]; len(last) < 3 || last < "500" {
		t.Errorf("a paragraph of a Hebrew document ends at %s, want flush right", last)
	}
	if !strings.Contains(p.catalog(t), "/Direction/R2L") {
		t.Error("the catalogue does not say that pages go from right to left")
	}
}

// Set with the Noto fonts where they are installed, refused where not: both ways are right, empty boxes are not.
func TestOtherScripts(t *testing.T) {
	for script, text := range map[string]string{
		"Arabic":     "تم اعتماد القرار بأغلبية 41 صوتًا (Motion 12)",
		"Hebrew":     "ההחלטה התקבלה ברוב של 41 קולות",
		"Devanagari": "प्रस्ताव स्वीकृत हुआ: क्षत्रिय – 41 मत",
		"Thai":       "สวัสดี 41",
	} {
		d := New(Options{Lang: "en"})
		d.Para(text)
		data, err := d.Bytes()
		if missing := (MissingScript{}); errors.As(err, &missing) {
			if missing.Script != script {
				t.Errorf("%s: missing %s", script, missing.Script)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if got := open(t, data).all(t); got != "P "+text+"\n" {
			t.Errorf("%s\n got %q\nwant %q", script, got, "P "+text+"\n")
		}
	}
}

func TestMissingScript(t *testing.T) {
	for text, script := range map[string]string{"a ไทย": "Thai", "漢字": "Han", "שלום": "Hebrew"} {
		d := plain("en")
		d.Table(nil, [][]string{{text}})
		var buf bytes.Buffer
		n, err := d.WriteTo(&buf)
		var missing MissingScript
		if !errors.As(err, &missing) || missing.Script != script || n != 0 || buf.Len() != 0 {
			t.Errorf("%q: %v, want MissingScript %s", text, err, script)
		}
		if err != nil && !strings.Contains(err.Error(), script) {
			t.Errorf("%q: the sentence %q does not name the script", text, err)
		}
	}
	d := plain("en")
	d.Para("Bread 😀 and roses")
	if got := made(t, d).all(t); got != "P Bread 😀 and roses\n" {
		t.Errorf("a symbol nobody has: %q", got)
	}
}

// A folder of the administrator's own is searched; here it holds a damaged font, which is passed over.
func TestDamagedFontsAreNotUsed(t *testing.T) {
	dir := t.TempDir()
	for name, data := range map[string][]byte{"NotoSansThai-Regular.ttf": []byte("no font"), "Own.ttf": make([]byte, 4096), "readme.txt": nil} {
		if err := os.WriteFile(dir+"/"+name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	d := New(Options{Lang: "th", FontDirs: []string{dir, dir + "/none"}})
	d.Para("ไทย")
	if _, err := d.Bytes(); !errors.Is(err, MissingScript{"Thai"}) {
		t.Errorf("got %v, want MissingScript Thai", err)
	}
}

func TestTableRepeatsItsHeader(t *testing.T) {
	d := plain("en")
	var rows [][]string
	for i := range 100 {
		rows = append(rows, []string{fmt.Sprint("Row ", i), "1"})
	}
	d.Table([]string{"Choice", "Votes"}, rows)
	d.Footer(func(page, pages int) string { return fmt.Sprintf("page %d of %d", page, pages) })
	p := made(t, d)
	pages := p.pages(t)
	if len(pages) < 3 {
		t.Fatalf("%d pages", len(pages))
	}
	for i, page := range pages {
		var marked int
		decoration := ""
		for _, s := range p.read(t, page) {
			if s.mcid >= 0 {
				marked++
			} else if s.text != "" {
				decoration += s.text + "|"
			}
		}
		foot := fmt.Sprintf("page %d of %d|", i+1, len(pages))
		if i > 0 {
			foot = "Choice|Votes|" + foot
		}
		if decoration != foot {
			t.Errorf("page %d has decoration %q, want %q", i+1, decoration, foot)
		}
		if marked < 4 {
			t.Errorf("page %d has %d cells: a single row stands alone", i+1, marked)
		}
	}
	if n := strings.Count(p.all(t), "TH "); n != 2 {
		t.Errorf("%d header cells are read aloud, want 2", n)
	}
}

func TestExtremesAreSet(t *testing.T) {
	long := strings.Repeat("x", 3000)
	for name, add := range map[string]func(*Doc){
		"nothing":               func(*Doc) {},
		"empty parts":           func(d *Doc) { d.Heading(-3, ""); d.Para(""); d.List(nil, true); d.Table(nil, nil); d.Rule() },
		"empty cells":           func(d *Doc) { d.Table([]string{""}, [][]string{{}, {""}}) },
		"a word over pages":     func(d *Doc) { d.Para(strings.Repeat(long, 10)) },
		"a heading over pages":  func(d *Doc) { d.Heading(1, long) },
		"a header over pages":   func(d *Doc) { d.Table([]string{"a", strings.Repeat(long, 4)}, [][]string{{"b", "c"}, {"d"}}) },
		"a cell over pages":     func(d *Doc) { d.Table([]string{"a", "b"}, [][]string{{"c", strings.Repeat(long, 4)}, {"d"}}) },
		"columns of long words": func(d *Doc) { d.Table([]string{long, long, long}, [][]string{{long, long, "1"}}) },
		"many columns": func(d *Doc) {
			d.Table(make([]string, 50), [][]string{make([]string, 60), strings.Split(long[:90], "")})
		},
		"rules":            func(d *Doc) { d.Rule(); d.Rule() },
		"many line breaks": func(d *Doc) { d.Para(strings.Repeat("\n", 200)) },
		"odd characters":   func(d *Doc) { d.Para("a\x00\xff\u2028b\u202e\u2067\ufeff\u00ad\U000e0041\ue000\ufffec") },
	} {
		t.Run(name, func(t *testing.T) {
			d := plain("en")
			add(d)
			p := made(t, d)
			p.all(t)
			p.structure(t)
		})
	}
}

// The greatest text a member can send must not keep the program busy, whatever it is made of: four times the text may
// take some four times as long, never sixteen times. Spaces that carry a mark once took 20 s.
func TestLongTextsTakeTimeByTheirLength(t *testing.T) {
	took := func(text string) time.Duration {
		d := plain("en")
		d.Para(text)
		return effort.Of(func() {
			if _, err := d.Bytes(); err != nil {
				t.Fatal(err)
			}
		})
	}
	for _, part := range []string{"a", "a b ", "aaaaaaaa \u0301", " \u200d", "\u0301", "a\u202eb\u202c "} {
		short, long := took(strings.Repeat(part, 16<<10/len(part))), took(strings.Repeat(part, 64<<10/len(part)))
		if long > 12*short+time.Second { // a second for what else this process does meanwhile
			t.Errorf("64 KiB of %q took %v, a quarter of it %v", part, long, short)
		}
	}
}

func TestTooWideTableIsSetAsLists(t *testing.T) {
	d := plain("en")
	header, row := make([]string, 20), make([]string, 20)
	header[0], row[0], row[1] = "Choice", "Yes", "41"
	d.Table(header, [][]string{row})
	if got := made(t, d).all(t); got != "Lbl •\nLBody Choice: Yes\nLbl •\nLBody 41\n" {
		t.Errorf("got %q", got)
	}
}

func TestAttachments(t *testing.T) {
	d := New(Options{Title: "A", Date: time.Date(2026, 11, 22, 10, 0, 0, 0, time.FixedZone("", 3600)), FontDirs: []string{}})
	d.Attach("record.json", "application/json", []byte(`{"votes":41}`))
	d.Attach("a é.txt", "text/plain; x=(1)", nil)
	p := made(t, d)
	found := 0
	for i, o := range p.objects {
		if strings.Contains(o, "/Type/EmbeddedFile") {
			found++
			if strings.Contains(o, "/Subtype/application#2Fjson") && p.streams[i] != `{"votes":41}` {
				t.Errorf("record.json holds %q", p.streams[i])
			}
			if !strings.Contains(o, "/ModDate(D:20261122090000Z)") {
				t.Errorf("no date in %s", o)
			}
		}
	}
	if found != 2 || strings.Index(p.catalog(t), "<FEFF0061") > strings.Index(p.catalog(t), "<FEFF0072") {
		t.Errorf("%d files in %s, want two sorted by name", found, p.catalog(t))
	}
	d.Attach("record.json", "", nil)
	if _, err := d.Bytes(); err == nil {
		t.Error("two files of one name are accepted")
	}
}

// Figures under each other must be equally wide, or columns of numbers cannot be compared.
func TestFiguresAreTabular(t *testing.T) {
	fs, err := newFonts(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range fs.own {
		zero, _ := f.NominalGlyph('0')
		for r := '1'; r <= '9'; r++ {
			if g, _ := f.NominalGlyph(r); f.width(g) != f.width(zero) {
				t.Errorf("%c is %d wide, 0 is %d", r, f.width(g), f.width(zero))
			}
		}
	}
}

func TestShare(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 9).Draw(t, "columns")
		low, high := make([]float64, n), make([]float64, n)
		for i := range low {
			low[i] = rapid.Float64Range(narrowest, 250).Draw(t, "low")
			high[i] = low[i] + rapid.Float64Range(0, 400).Draw(t, "more")
		}
		room := measure - gutter*float64(n-1)
		out := share(low, high, room)
		for i, w := range out {
			if w < narrowest-0.01 || sum(low) < room && w < low[i]-0.01 {
				t.Fatalf("column %d of %v is too narrow: low %v high %v", i, out, low, high)
			}
		}
		if d := sum(out) - room; d > 0.01 || d < -0.01 {
			t.Fatalf("%v fills %v of %v", out, sum(out), room)
		}
	})
}

// words draws text that is hard to set, of characters the built-in fonts have.
var words = rapid.Custom(func(t *rapid.T) string {
	few := rapid.SampledFrom([]string{"votes", " ", "41", "\n", "é", "e\u0301\u0301", "\u202e", "\u2067", "\u00a0", "😀", "Ж", "ω", "(", ")", "\u200d", strings.Repeat("long", 40), "\x00", "\xff", "\t", "ﬁ"})
	return strings.Join(rapid.SliceOfN(few, 0, 25).Draw(t, "words"), "")
})

func TestAnyDocumentIsSound(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := plain(rapid.SampledFrom([]string{"en", "ar", "", "x-\xff"}).Draw(rt, "lang"))
		some := rapid.SliceOfN(words, 0, 5)
		for range rapid.IntRange(0, 8).Draw(rt, "blocks") {
			switch rapid.IntRange(0, 4).Draw(rt, "kind") {
			case 0:
				d.Heading(rapid.IntRange(0, 7).Draw(rt, "level"), words.Draw(rt, "heading"))
			case 1:
				d.Para(strings.Repeat(words.Draw(rt, "para"), rapid.IntRange(1, 20).Draw(rt, "times")))
			case 2:
				d.List(some.Draw(rt, "items"), rapid.Bool().Draw(rt, "ordered"))
			case 3:
				d.Table(some.Draw(rt, "header"), rapid.SliceOfN(some, 0, 30).Draw(rt, "rows"))
			case 4:
				d.Rule()
			}
		}
		d.Footer(func(page, pages int) string { return fmt.Sprintf("%d/%d", page, pages) })
		rt.Logf("%#v", d.blocks)
		p := made(rt, d)
		p.all(rt)
		p.structure(rt)
	})
}

func FuzzPara(f *testing.F) {
	f.Add("Carried by 41 votes\nto 7", "cell", "en")
	f.Add("\u202eabc \u2067def", "\xff\x00", "he")
	f.Add("e\u0301\u200d😀", "", "zz-Arab")
	f.Fuzz(func(t *testing.T, text, cell, lang string) {
		d := New(Options{Title: text, Lang: lang, FontDirs: []string{}})
		d.Para(text)
		d.Table([]string{cell, "b"}, [][]string{{text, cell}, {cell}})
		data, err := d.Bytes()
		if errors.As(err, new(MissingScript)) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		p := open(t, data)
		p.all(t)
		p.structure(t)
	})
}

func FuzzFont(f *testing.F) {
	f.Add([]byte("\x00\x01\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00head\x00\x00\x00\x00\x00\x00\x00\x0c\x00\x00\x00\x10"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if tab, ok := tables(data); ok {
			subset(tab, nil)
		}
		parts(data)
	})
}

// Records of large ballots have thousands of rows.
func BenchmarkTable(b *testing.B) {
	rows := make([][]string, 2000)
	for i := range rows {
		rows[i] = []string{fmt.Sprintf("tracker-%06d", i), "Yes, with the change", "1"}
	}
	for b.Loop() {
		d := plain("en")
		d.Table([]string{"Tracker", "Choice", "Count"}, rows)
		if _, err := d.Bytes(); err != nil {
			b.Fatal(err)
		}
	}
}
