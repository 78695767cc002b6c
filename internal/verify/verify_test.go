package verify_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"folkmoot/internal/lang"
	"folkmoot/internal/verify"
)

var open = counted{yes: 2, no: 1, quorum: 2, outcome: "carried", reason: "enough_for"}

func check(t testing.TB, f fileJSON) verify.Report {
	return verify.Check(bytes.NewReader(f.bytes(t)), verify.Sent())
}

func wantHolds(t *testing.T, r verify.Report) {
	t.Helper()
	if r.Problem != nil || r.Verdict != verify.Holds {
		t.Fatalf("does not hold (%d): %v", r.Verdict, r.Problem)
	}
}

func wantProblem(t *testing.T, r verify.Report, v verify.Verdict, id string) {
	t.Helper()
	if r.Problem == nil || r.Verdict != v || r.Problem.ID != "verify."+id {
		t.Errorf("verdict %d, problem %v; want %d, verify.%s", r.Verdict, r.Problem, v, id)
	}
}

func TestARecordHolds(t *testing.T) {
	l := newLog(t)
	l.begin()
	carried := l.decide(1, open)
	secret := l.decide(2, counted{yes: 1, no: 1, abstain: 1, quorum: 2, outcome: "not_carried", reason: "tied", codes: []string{"AAAA", "BBBB", "CCCC"}})
	few := l.decide(3, counted{yes: 1, quorum: 2, outcome: "inquorate", reason: "too_few_voted"})
	nobodyKnows := l.decide(4, counted{no: 1, quorum: 2, outcome: "inquorate", reason: "too_few_voted", codes: []string{"DDDD"}})
	full := func(o data) { o["receipt"] = "full" }
	shown := l.decide(5, counted{yes: 2, no: 1, quorum: 2, outcome: "carried", reason: "enough_for", codes: []string{"EEEE 1", "FFFF 2", "GGGG 1"}, opened: full})
	kept := l.decide(6, counted{yes: 1, quorum: 2, outcome: "inquorate", reason: "too_few_voted", codes: []string{"HHHH"}, opened: full})
	all := []data{carried, secret, few, nobodyKnows, shown, kept}
	r := check(t, l.file(all, nil))
	wantHolds(t, r)
	if r.Group != "Bakers" || r.Entries != len(l.leaves) || len(r.Decisions) != len(all) || !r.Until.Equal(l.at) {
		t.Errorf("reports %+v", r)
	}
	for _, d := range all {
		r := check(t, l.file([]data{d}, entriesOf(d)))
		wantHolds(t, r)
		if r.Scope != verify.Decision || r.Checkpoint != l.checkpoint() {
			t.Errorf("reports %+v", r)
		}
	}
}

func TestTimeAndPlace(t *testing.T) {
	for name, spoil := range map[string]func(*fileJSON){
		"count":       func(f *fileJSON) { f.Entries = f.Entries[:len(f.Entries)-1]; f.Decisions = nil },
		"order":       func(f *fileJSON) { f.Entries[3], f.Entries[4] = f.Entries[4], f.Entries[3] },
		"leaf_number": func(f *fileJSON) { f.Entries[3].Leaf, f.Entries[4].Leaf = f.Entries[4].Leaf, f.Entries[3].Leaf },
		"leaf":        func(f *fileJSON) { f.Entries[2].Leaf = strings.Replace(f.Entries[2].Leaf, `,"by"`, `, "by"`, 1) },
		"time": func(f *fileJSON) {
			f.Entries[3].Leaf = strings.Replace(f.Entries[3].Leaf, `"at":"2026`, `"at":"2025`, 1)
		},
		"root": func(f *fileJSON) {
			f.Entries[3].Leaf = strings.Replace(f.Entries[3].Leaf, `"introduced_by":""`, `"introduced_by":"m_ada"`, 1)
		},
		"text_missing": func(f *fileJSON) { f.Entries[3].Texts = map[string]textJSON{} },
		"text_extra":   func(f *fileJSON) { maps.Copy(f.Entries[3].Texts, f.Entries[2].Texts) },
		"removed": func(f *fileJSON) {
			for k := range f.Entries[3].Texts {
				f.Entries[3].Texts[k] = textJSON{Removed: true}
			}
		},
		"withheld": func(f *fileJSON) {
			for k := range f.Entries[3].Texts {
				f.Entries[3].Texts[k] = textJSON{Withheld: true}
			}
		},
		"text": func(f *fileJSON) {
			other := "Bea"
			for k, v := range f.Entries[3].Texts {
				f.Entries[3].Texts[k] = textJSON{Salt: v.Salt, Text: &other}
			}
		},
		"name":             func(f *fileJSON) { f.Names["m_bo"] = "Bea" },
		"group_name":       func(f *fileJSON) { f.Group["name"] = "Butchers" },
		"origin":           func(f *fileJSON) { f.Group["ref"] = "g_2" },
		"key":              func(f *fileJSON) { f.Log.Key = "folkmoot-test+00000000+AAAA" },
		"signature":        func(f *fileJSON) { f.Log.Checkpoint = strings.Replace(f.Log.Checkpoint, "\n1", "\n2", 1) },
		"selection":        func(f *fileJSON) { f.Log.Selection = f.Log.Checkpoint },
		"decision_missing": func(f *fileJSON) { f.Decisions = f.Decisions[:0] },
		"no_decision":      func(f *fileJSON) { f.Decisions = append(f.Decisions, f.Decisions[0]) },
		"hidden":           func(f *fileJSON) { f.NamesHidden = true },
	} {
		t.Run(name, func(t *testing.T) {
			l := newLog(t)
			l.begin()
			f := l.file([]data{l.decide(1, open)}, nil)
			spoil(&f)
			wantProblem(t, check(t, f), verify.Broken, name)
		})
	}
}

func TestUnusable(t *testing.T) {
	l := newLog(t)
	l.begin()
	good := string(l.file([]data{l.decide(1, open)}, nil).bytes(t))
	for name, text := range map[string]string{
		"empty":         "",
		"not JSON":      "%PDF-1.7",
		"half":          good[:len(good)/2],
		"twice":         strings.Replace(good, `"group":{`, `"group":{"name":"x",`, 1),
		"unknown":       strings.Replace(good, `"group":{`, `"group":{"zz":1,`, 1),
		"case":          strings.Replace(good, `"group"`, `"Group"`, 1),
		"float":         strings.Replace(good, `"n":0`, `"n":0.0`, 1),
		"exponent":      strings.Replace(good, `"n":0`, `"n":0e0`, 1),
		"zeros":         strings.Replace(good, `"n":0`, `"n":00`, 1),
		"not UTF-8":     strings.Replace(good, "Bakers", "B\xffkers", 1),
		"half a letter": strings.Replace(good, "Bakers", `B\ud800kers`, 1),
		"trailing":      good + "{}",
		"deep":          strings.Replace(good, `"group":{`, `"group":{"x":`+strings.Repeat("[", 100), 1),
	} {
		r := verify.Check(strings.NewReader(text), verify.Sent())
		if r.Verdict != verify.Unusable {
			t.Errorf("%s: verdict %d (%v)", name, r.Verdict, r.Problem)
		}
	}
	r := verify.Check(strings.NewReader(strings.Replace(good, "record/1", "record/2", 1)), verify.Sent())
	wantProblem(t, r, verify.Unusable, "format")
	r = verify.Check(strings.NewReader(good), verify.Limits{Bytes: 2000, Values: 1000})
	wantProblem(t, r, verify.Unusable, "unusable")
	r = verify.Check(strings.NewReader(good), verify.Limits{Bytes: 1 << 20, Values: 50})
	wantProblem(t, r, verify.Unusable, "unusable")
}

// TestNoNumbersOfTooFewG9 (and security.md §1.5): a record that says how the votes of too few fell is refused, and so is one that
// does not say how those of enough did, each by its name.
func TestNoNumbersOfTooFewG9(t *testing.T) {
	with := func(kv ...any) func(data) {
		return func(d data) {
			for i := 0; i < len(kv); i += 2 {
				d[kv[i].(string)] = kv[i+1]
			}
		}
	}
	without := func(name string) func(data) { return func(d data) { delete(d, name) } }
	full := with("receipt", "full")
	few := counted{yes: 1, quorum: 2, outcome: "inquorate", reason: "too_few_voted"}
	for _, tt := range []struct {
		want string
		of   counted
		do   func(*counted)
	}{
		{"few_counted", few, func(c *counted) { c.closed = with("for", 1, "against", 0, "abstain", 0) }},
		{"few_counted", few, func(c *counted) { c.closed = with("abstain", 0) }},
		{"few_counted", few, func(c *counted) { c.closed = with("for", nil) }},
		{"few_counted", few, func(c *counted) { c.closed = with("voted_for", 1) }},
		{"turnout", few, func(c *counted) { c.closed = without("turnout") }},
		{"turnout", few, func(c *counted) { c.closed = with("turnout", 4) }},
		{"turnout", few, func(c *counted) { c.closed = with("turnout", -1) }},
		{"turnout", few, func(c *counted) { c.codes = []string{"A"}; c.closed = with("turnout", 0) }},
		{"outcome", few, func(c *counted) { c.outcome, c.reason = "carried", "enough_for" }},
		{"outcome", few, func(c *counted) { c.reason = "nobody_voted" }},
		{"uncounted", few, func(c *counted) { c.yes = 3 }}, // enough, and hushed up
		{"uncounted", open, func(c *counted) { c.closed = without("abstain") }},
		{"uncounted", open, func(c *counted) { c.closed = with("against", nil) }},
		{"outcome", open, func(c *counted) { c.closed = with("outcome", "inquorate", "reason", "too_few_voted") }},
		{"papers_tell", few, func(c *counted) { c.codes, c.opened = []string{"A 1"}, full }},
		{"papers_tell", few, func(c *counted) { c.codes = []string{"A 1"} }},
		{"papers_tell", open, func(c *counted) { c.codes = []string{"A 1", "B 1", "C 2"} }},
		{"recount", open, func(c *counted) { c.codes, c.opened = []string{"A 1", "B 2", "C 2"}, full }},
		{"recount", open, func(c *counted) { c.codes, c.opened = []string{"A 1", "B 1", "C"}, full }},
	} {
		c := tt.of
		tt.do(&c)
		l := newLog(t)
		l.begin()
		wantProblem(t, check(t, l.file([]data{l.decide(1, c)}, nil)), verify.Broken, tt.want)
	}
	t.Run("in what is shown only", func(t *testing.T) {
		l := newLog(t)
		l.begin()
		d := l.decide(1, few)
		d["votes"].(data)["for"] = 1
		wantProblem(t, check(t, l.file([]data{d}, entriesOf(d))), verify.Broken, "differs")
	})
}

// TestWhatAServerMightSign is about records that are properly signed and still not in order.
func TestWhatAServerMightSign(t *testing.T) {
	for _, c := range []struct {
		want string
		c    counted
	}{
		{"outcome", counted{yes: 1, no: 2, quorum: 2, outcome: "carried", reason: "enough_for"}},
		{"outcome", counted{yes: 1, no: 1, quorum: 2, outcome: "carried", reason: "enough_for"}},
		{"outcome", counted{yes: 1, quorum: 2, outcome: "carried", reason: "enough_for"}},
		{"turnout", counted{yes: 3, no: 1, quorum: 2, outcome: "carried", reason: "enough_for"}},
		{"turnout", counted{yes: 2, no: 1, quorum: 2, outcome: "carried", reason: "enough_for", codes: []string{"A", "B"}}},
		{"turnout", counted{yes: 2, no: 1, quorum: 2, outcome: "carried", reason: "enough_for", codes: []string{}}}, // nobody can look for theirs
		{"papers", counted{yes: 2, quorum: 2, outcome: "carried", reason: "enough_for", codes: []string{"B", "A"}}},
		{"papers", counted{yes: 2, quorum: 2, outcome: "carried", reason: "enough_for", codes: []string{"A", "A"}}},
	} {
		l := newLog(t)
		l.begin()
		wantProblem(t, check(t, l.file([]data{l.decide(1, c.c)}, nil)), verify.Broken, c.want)
	}
	t.Run("a decision without a ballot", func(t *testing.T) {
		l := newLog(t)
		l.begin()
		d := l.decide(1, open)
		l.add("", "decision.recorded", "decision/2026-002", data{"number": "2026-002", "motion": "motion/1", "version": 2,
			"ballot": "b_9", "outcome": "carried", "title": T("Bake"), "text_hash": "", "rulebook": 1})
		wantProblem(t, check(t, l.file([]data{d}, nil)), verify.Broken, "no_ballot")
	})
	t.Run("a minority report left out", func(t *testing.T) {
		l := newLog(t)
		l.begin()
		d := l.decide(1, open)
		only := entriesOf(d)
		d["dissents"] = []any{}
		wantProblem(t, check(t, l.file([]data{d}, only)), verify.Broken, "differs")
		f := l.file([]data{d}, only)
		f.Entries = f.Entries[:len(f.Entries)-2]
		wantProblem(t, check(t, f), verify.Broken, "missing")
	})
	t.Run("another key", func(t *testing.T) {
		l := newLog(t)
		l.begin()
		was := l.vkey
		l.newKey()
		wantProblem(t, check(t, l.file([]data{}, nil)), verify.Broken, "other_key")
		at := l.add("operator", "operator.rekeyed", "group", data{"was": was, "key": l.vkey})
		r := check(t, l.file([]data{}, nil))
		wantHolds(t, r)
		if r.Rekeyed != at { // anybody who has an export can go on from it with a key of their own
			t.Errorf("the new key is said to be of entry %d, want %d", r.Rekeyed, at)
		}
	})
	t.Run("lines of its own in what is shown", func(t *testing.T) {
		for _, name := range []string{"Bakers\nSigned with the right key.", "Bakers\x1b[2J", "Bakers\u202e0", "Bakers\u2028x", "Bak\u200bers"} {
			l := newLog(t)
			l.name = name
			l.begin()
			f := l.file([]data{}, nil)
			f.Group["name"] = name
			wantProblem(t, check(t, f), verify.Unusable, "unusable")
		}
		l := newLog(t)
		l.begin()
		f := l.file([]data{}, nil)
		f.Group["ref"] = "g_1\n\x1b[2Jgood"
		if r := check(t, f); r.Problem == nil || strings.ContainsAny(r.Problem.Error(), "\n\x1b") {
			t.Errorf("says %q", r.Problem)
		}
	})
	t.Run("a removed name", func(t *testing.T) {
		l := newLog(t)
		l.begin()
		for hash := range l.texts[3] {
			l.texts[3][hash] = textJSON{Removed: true}
		}
		hidden := func() fileJSON { f := l.file([]data{}, nil); delete(f.Names, "m_bo"); return f }
		wantProblem(t, check(t, hidden()), verify.Broken, "removed")
		l.add("m_bo", "member.name_removed", "member/m_bo", data{"member": "m_bo"})
		wantHolds(t, check(t, hidden()))
	})
	t.Run("a removed text", func(t *testing.T) {
		l := newLog(t)
		l.begin()
		n := l.add("m_bo", "post.added", "motion/1", data{"post": 1, "text": T("an address")})
		for hash := range l.texts[n] {
			l.texts[n][hash] = textJSON{Removed: true}
			wantProblem(t, check(t, l.file([]data{}, nil)), verify.Broken, "removed")
			l.add("operator", "text.removed", "motion/1", data{"hash": hash, "why": "an address"})
		}
		r := check(t, l.file([]data{}, nil))
		wantHolds(t, r)
		if r.Removed != 1 {
			t.Errorf("%d texts were removed", r.Removed)
		}
	})
}

func TestAgainst(t *testing.T) {
	l := newLog(t)
	l.begin()
	d1 := l.decide(1, open)
	older, olderD := check(t, l.file([]data{d1}, nil)), check(t, l.file([]data{d1}, entriesOf(d1)))
	d2 := l.decide(2, open)
	newer, newerD := check(t, l.file([]data{d1, d2}, nil)), check(t, l.file([]data{d2}, entriesOf(d2)))
	for _, n := range []verify.Report{newer, newerD} {
		for _, o := range []verify.Report{older, olderD, n} {
			wantHolds(t, n)
			wantHolds(t, verify.Against(n, o))
			if n.Checkpoint.Size > o.Checkpoint.Size {
				wantProblem(t, verify.Against(o, n), verify.Broken, "shorter")
			}
		}
	}
	blind := l.file([]data{d2}, entriesOf(d2))
	blind.LeafHashes = nil
	blind.LeafHashes = []string{}
	wantProblem(t, verify.Against(check(t, blind), older), verify.Unusable, "incomparable")

	other := newLog(t)
	other.skey, other.vkey = l.skey, l.vkey
	other.begin()
	o1 := other.decide(1, counted{yes: 1, no: 2, quorum: 2, outcome: "not_carried", reason: "more_against"})
	other.add("m_bo", "post.added", "motion/1", data{"text": T("x")})
	wantProblem(t, verify.Against(check(t, other.file([]data{o1}, nil)), older), verify.Broken, "rewritten")
	wantProblem(t, verify.Against(check(t, other.file([]data{o1}, entriesOf(o1))), olderD), verify.Broken, "rewritten")

	spoilt := l.file([]data{d1}, entriesOf(d1))
	spoilt.Names["m_bo"] = "Bea"
	if r := verify.Against(newer, check(t, spoilt)); !r.InOlder || r.Verdict != verify.Broken {
		t.Errorf("an older file that does not hold: %+v", r)
	}

	stranger := newLog(t)
	stranger.begin()
	stranger.decide(1, open)
	stranger.add("m_bo", "post.added", "motion/1", data{"text": T("x")})
	r := verify.Against(check(t, stranger.file([]data{stranger.decide(2, open)}, nil)), older)
	if r.Verdict != verify.Broken {
		t.Errorf("a log with another key passes: %v", r.Problem)
	}
}

// backup returns a copy of the log as a backup holds it: what is added to one of the two is not in the other.
func (l *log) backup() *log {
	c := *l
	c.leaves, c.texts, c.stored = slices.Clip(l.leaves), slices.Clip(l.texts), slices.Clip(l.stored)
	return &c
}

// rekey has the log sign with a new key from here on, and say so.
func (l *log) rekey() {
	was := l.vkey
	l.newKey()
	l.add("operator", "operator.rekeyed", "group", data{"was": was, "key": l.vkey})
}

// TestAgainstARestoredRecord: what a restore lost is lost all the same, and the newer record's own account of it is told;
// with the older key and without it, and where the newer record is the shorter one. It accounts for nothing else.
func TestAgainstARestoredRecord(t *testing.T) {
	post := data{"text": T("x")}
	for _, rekeyed := range []bool{false, true} {
		for _, more := range []int{0, 12} {
			l := newLog(t)
			l.begin()
			keep, forged := l.backup(), l.backup()
			at := int64(len(l.leaves))
			decided := l.decide(1, open)
			older := check(t, l.file([]data{decided}, nil))
			was := at
			now := "operator.restored"
			if rekeyed {
				keep.rekey()
				was, now = at+1, "operator.rekeyed"
			}
			keep.add("operator", "operator.restored", "group", data{"was_size": older.Checkpoint.Size})
			for range more {
				keep.add("m_bo", "post.added", "motion/1", post)
			}
			newer := check(t, keep.file([]data{}, nil))
			wantHolds(t, newer)
			r := verify.Against(newer, older)
			wantProblem(t, r, verify.Broken, "restored")
			want := map[string]any{"N": at, "At": was, "Was": "motion.proposed", "Now": now, "Size": older.Checkpoint.Size}
			if !reflect.DeepEqual(r.Problem.Args, want) {
				t.Errorf("rekeyed %v, %d more: %v, want %v", rekeyed, more, r.Problem.Args, want)
			}
			if r := verify.Against(older, newer); r.Verdict != verify.Broken || r.Problem.ID == "verify.restored" {
				t.Errorf("the other way round: %v", r.Problem)
			}

			// An entry that was changed before the restore is none that it lost.
			forged.add("m_bo", "post.added", "motion/1", post)
			if rekeyed {
				forged.rekey()
			}
			forged.add("operator", "operator.restored", "group", data{"was_size": older.Checkpoint.Size})
			for range 12 {
				forged.add("m_bo", "post.added", "motion/1", post)
			}
			r = verify.Against(check(t, forged.file([]data{}, nil)), older)
			wantProblem(t, r, verify.Broken, "rewritten")
			if want := (map[string]any{"N": at, "Was": "motion.proposed", "Now": "post.added"}); !reflect.DeepEqual(r.Problem.Args, want) {
				t.Errorf("rekeyed %v: %v, want %v", rekeyed, r.Problem.Args, want)
			}

			// The older record had another key by then, of which the newer one knows nothing.
			l.rekey()
			wantProblem(t, verify.Against(newer, check(t, l.file([]data{decided}, nil))), verify.Broken, "restored")
		}
	}
}

// TestTamper_6_2_10 changes single bytes: a file that still holds says the same.
func TestTamper_6_2_10(t *testing.T) {
	l := newLog(t)
	l.begin()
	d1 := l.decide(1, counted{yes: 2, no: 1, quorum: 2, outcome: "carried", reason: "enough_for", codes: []string{"AAAA", "BBBB", "CCCC"}})
	d2 := l.decide(2, open)
	for name, good := range map[string][]byte{
		"everything": l.file([]data{d1, d2}, nil).bytes(t), "decision": l.file([]data{d1}, entriesOf(d1)).bytes(t),
	} {
		t.Run(name, func(t *testing.T) { tamper(t, good) })
	}
}

func tamper(t *testing.T, good []byte) {
	var says any
	if err := json.Unmarshal(good, &says); err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	flips, held := 0, 0
	try := func(at int, b byte) {
		if good[at] == b {
			return
		}
		bad := bytes.Clone(good)
		bad[at] = b
		flips++
		if verify.Check(bytes.NewReader(bad), verify.Sent()).Verdict != verify.Holds {
			return
		}
		held++
		var now any
		if err := json.Unmarshal(bad, &now); err != nil || !reflect.DeepEqual(now, says) {
			t.Errorf("byte %d made %q holds: …%s…", at, b, good[max(0, at-40):min(len(good), at+40)])
		}
	}
	for i := range 2700 {
		try(i*len(good)/2700, good[i*len(good)/2700]^1<<r.IntN(8))
		try(r.IntN(len(good)), byte(r.IntN(256)))
	}
	t.Logf("%d changes, %d without effect", flips, held)
}

func FuzzCheck(f *testing.F) {
	l := newLog(f)
	l.begin()
	d := l.decide(1, open)
	f.Add(l.file([]data{d}, nil).bytes(f))
	f.Add(l.file([]data{d}, entriesOf(d)).bytes(f))
	f.Add([]byte(`{"format":"folkmoot-record/1","scope":"decision"`))
	f.Fuzz(func(t *testing.T, b []byte) {
		r := verify.Check(bytes.NewReader(b), verify.Limits{Bytes: 1 << 20, Values: 1 << 16})
		if (r.Problem == nil) != (r.Verdict == verify.Holds) {
			t.Errorf("verdict %d with problem %v", r.Verdict, r.Problem)
		}
		_ = fmt.Sprint(verify.Against(r, r).Problem)
	})
}

// TestSentences: every problem has its sentence in every language.
func TestSentences(t *testing.T) {
	cat, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`(?:broken\(|problem\((?:Unusable|Broken), )"(\w+)"`)
	n := 0
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range named.FindAllSubmatch(b, -1) {
			n++
			if id := "verify." + string(m[1]); !cat.Has(id) {
				t.Errorf("no sentence %s", id)
			}
		}
	}
	if n < 50 {
		t.Errorf("only %d problems found in the source", n)
	}
}
