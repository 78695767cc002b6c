package rulebook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// anyValue draws a value within the rule's own bounds.
func (p Param) anyValue(t *rapid.T) Value {
	v := Value{}
	words := make([]string, 0, len(p.Choices))
	for _, w := range p.Choices {
		words = append(words, string(w))
	}
	switch {
	case p.Off && rapid.Bool().Draw(t, p.Key+" off"):
		if p.Kind == Share {
			v.Word = string(None)
		}
	case p.Kind == Share:
		v.Word = p.anyShare(t).String()
	case p.Kind == Choice, p.Kind == Support && rapid.Bool().Draw(t, p.Key+" by rule"):
		v.Word = rapid.SampledFrom(words).Draw(t, p.Key)
	default:
		v.Number = rapid.IntRange(p.Min, p.Max).Draw(t, p.Key)
	}
	return v
}

func (p Param) anyShare(t *rapid.T) Fraction {
	return rapid.Custom(func(t *rapid.T) Fraction {
		den := rapid.IntRange(1, maxDen).Draw(t, "den")
		return Fraction{rapid.IntRange(1, den).Draw(t, "num"), den}
	}).Filter(func(f Fraction) bool {
		return gcd(f.Num, f.Den) == 1 && !f.less(p.Low) && !p.High.less(f)
	}).Draw(t, p.Key)
}

// anyRules draws rules that keep each its own bounds, though not always those beside each other.
func anyRules(t *rapid.T) Rules {
	r := preset(t, rapid.SampledFrom(Names()).Draw(t, "preset"))
	all := Params()
	for range rapid.IntRange(0, 12).Draw(t, "changes") {
		p := rapid.SampledFrom(all).Draw(t, "rule")
		if err := p.set(&r, p.anyValue(t)); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// leaves collects the address of every rule in v by the name of its field.
func leaves(name string, v reflect.Value, out map[any]string) {
	switch v.Interface().(type) {
	case int, Word, Fraction, Threshold:
		out[v.Addr().Interface()] = name
		return
	}
	for i := range v.NumField() {
		leaves(name+"."+v.Type().Field(i).Name, v.Field(i), out)
	}
}

// TestEveryFieldHasOneParam: no field of Rules lacks its description, and none is described twice.
func TestEveryFieldHasOneParam(t *testing.T) {
	var r Rules
	fields := map[any]string{}
	leaves("Rules", reflect.ValueOf(&r).Elem(), fields)
	keys := map[string]bool{}
	parts := map[Part]bool{}
	for _, p := range Params() {
		at := p.at(&r)
		if fields[at] == "" {
			t.Errorf("%s describes no field, or one that another rule describes", p.Key)
		}
		delete(fields, at)
		if keys[p.Key] {
			t.Errorf("%s is there twice", p.Key)
		}
		keys[p.Key], parts[p.Part] = true, true
		if p.Tier < TierConstitution || p.Tier > TierPractice {
			t.Errorf("%s is of tier %d", p.Key, p.Tier)
		}
	}
	for _, name := range fields {
		t.Errorf("%s has no Param", name)
	}
	if len(parts) != len(Parts()) {
		t.Errorf("%d parts are used, %d are listed", len(parts), len(Parts()))
	}
}

// TestTermsAndThresholdsAreConstitution: what protects members from each other cannot be changed by the quick road.
func TestTermsAndThresholdsAreConstitution(t *testing.T) {
	for _, p := range Params() {
		for _, prefix := range []string{"office.", "recall.", "quorum.", "constitution.", "delegates.", "emergency."} {
			if strings.HasPrefix(p.Key, prefix) && p.Tier != TierConstitution {
				t.Errorf("%s is of tier %d", p.Key, p.Tier)
			}
		}
	}
}

// TestPresetsAsPrinted compares the presets, rule by rule, with the standing orders as they were designed.
func TestPresetsAsPrinted(t *testing.T) {
	b, err := os.ReadFile("testdata/presets.json")
	if err != nil {
		t.Fatal(err)
	}
	var printed map[Name]map[string]any
	if err := json.Unmarshal(b, &printed); err != nil {
		t.Fatal(err)
	}
	if len(printed) != len(Names()) {
		t.Fatalf("%d presets are printed", len(printed))
	}
	for _, n := range Names() {
		want := map[string]string{}
		flattenPrinted("", printed[n], want)
		got := map[string]string{}
		for _, p := range Params() {
			r := preset(t, n)
			v := p.Get(r)
			if _, there := want[p.Key]; !there && (p.isOff(&r) || v.Word == string(None)) {
				continue // what is not printed is not used
			}
			got[p.Key] = v.String()
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("preset %s (-printed +got):\n%s", n, diff)
		}
	}
}

func flattenPrinted(prefix string, group map[string]any, out map[string]string) {
	for k, v := range group {
		switch v := v.(type) {
		case map[string]any:
			flattenPrinted(prefix+k+".", v, out)
		case nil:
			out[prefix+k] = map[string]string{"office.lifetime_days": "0", "constitution.fallback": "none"}[prefix+k]
		default:
			out[prefix+k] = fmt.Sprint(v)
		}
	}
}

func TestPresetsKeepTheirBounds(t *testing.T) {
	for _, n := range Names() {
		if b := preset(t, n).Check(); len(b) > 0 {
			t.Errorf("preset %s: %v", n, b)
		}
	}
	if _, ok := Preset("D"); ok {
		t.Error("there is a preset D")
	}
}

// TestCheckFindsOneStepOutside: for every rule, the last allowed value passes and the next one does not.
func TestCheckFindsOneStepOutside(t *testing.T) {
	for _, p := range Params() {
		for _, tt := range p.edges() {
			r := preset(t, Federation)
			if err := p.set(&r, tt.v); err != nil {
				t.Errorf("%s = %s: %v", p.Key, tt.v, err)
				continue
			}
			if got := p.check(&r).IsZero(); got != tt.ok {
				t.Errorf("%s = %s: allowed is %v", p.Key, tt.v, got)
			}
			if !tt.ok && !mentions(r.Check(), p.Key) {
				t.Errorf("%s = %s is not among %v", p.Key, tt.v, r.Check())
			}
		}
	}
}

type edge struct {
	v  Value
	ok bool
}

func (p Param) edges() []edge {
	switch p.Kind {
	case Choice:
		return []edge{{Value{Word: string(p.Choices[0])}, true}}
	case Share:
		return []edge{
			{Value{Word: p.Low.String()}, true}, {Value{Word: p.High.String()}, true}, {Value{Word: "none"}, p.Off},
			{Value{Word: "1/100"}, false}, {Value{Word: "99/100"}, false},
		}
	}
	return []edge{
		{Value{Number: p.Min}, true}, {Value{Number: p.Max}, true}, {Value{Number: p.Max + 1}, false},
		{Value{Number: p.Min - 1}, p.Off && p.Min == 1}, {Value{}, p.Off}, {Value{Number: -1}, false},
	}
}

func mentions(bs []Breach, key string) bool {
	for _, b := range bs {
		if b.Key == key {
			return true
		}
	}
	return false
}

func TestCheck(t *testing.T) {
	for _, tt := range []struct {
		name   string
		preset Name
		change func(*Rules)
		want   []string
	}{
		{"a term over 400 days", Branch, func(r *Rules) { r.Office.TermDays = 401; r.Office.MaxConsecutiveDays = 401 }, []string{"office.term_days"}},
		{"a long silence after a lost recall", Branch, func(r *Rules) { r.Recall.CooldownDays = 181 }, []string{"recall.cooldown_days"}},
		{"a petition by a rule that is none", Branch, func(r *Rules) { r.Recall.Petition = Threshold{Rule: ByK} }, []string{"recall.petition"}},
		{"a petition by rule and by number", Branch, func(r *Rules) { r.Recall.Petition = Threshold{Rule: ByS, Number: 3} }, []string{"recall.petition"}},
		{"a quorum of one", Branch, func(r *Rules) { r.QuorumBy.Min = 1 }, []string{"quorum.min"}},
		{"no notice", Branch, func(r *Rules) { r.NoticeDays.Meeting = 0 }, []string{"notice_days.meeting"}},
		{"too long a notice", Branch, func(r *Rules) { r.NoticeDays.RuleChange = 36 }, []string{"notice_days.rule_change"}},
		{"secrecy out of reach", Branch, func(r *Rules) { r.SecretRequest = 11 }, []string{"secret_request"}},
		{"a fallback under two-thirds", Branch, func(r *Rules) { r.Consensus.Fallback = Fraction{3, 5} }, []string{"consensus.fallback"}},
		{"a share not in lowest terms", Branch, func(r *Rules) { r.Consensus.Fallback = Fraction{4, 6} }, []string{"consensus.fallback"}},
		{"a share of nothing", Branch, func(r *Rules) { r.Consensus.Fallback = Fraction{2, 0} }, []string{"consensus.fallback"}},
		{"figures about too few", Branch, func(r *Rules) { r.KAnonymity = 4 }, []string{"k_anonymity"}},
		{"a ballot under two days", Branch, func(r *Rules) { r.OnlineVoteHours = 47 }, []string{"online_vote_hours"}},
		{"a word that is none", Branch, func(r *Rules) { r.DecideDefault = "chair" }, []string{"decide_default"}},
		{"no room for one term", Branch, func(r *Rules) {
			r.Office.MaxConsecutiveDays, r.Office.MaxDaysInWindow, r.Office.LifetimeDays = 179, 179, 179
		},
			[]string{"office.max_consecutive_days", "office.max_days_in_window", "office.lifetime_days"}},
		{"more days than the window has", Branch, func(r *Rules) { r.Office.MaxDaysInWindow = 1096 }, []string{"office.max_days_in_window"}},
		{"delegates decide where there are none", Branch, func(r *Rules) { r.DecideDefault = DelegateMajority }, []string{"decide_default"}},
		{"half the rules for delegates", Branch, func(r *Rules) { r.Delegates.PerMembers, r.Delegates.MinPerBranch = 75, 1 },
			[]string{"delegates.max_days_running", "delegates.report_days", "delegates.vacate_after_overdue_days"}},
		{"everything without delegates", Federation, func(r *Rules) { r.Delegates = DelegateRules{} },
			[]string{"table_support", "decide_default", "quorum.rule", "constitution.quorum"}},
		{"no conference", Federation, func(r *Rules) { r.ConferenceDaysBefore = ConferenceRules{} }, nil},
		{"half a conference", Federation, func(r *Rules) { r.ConferenceDaysBefore.Motions = 0 }, []string{"conference_days_before.motions"}},
		{"stages out of order", Federation, func(r *Rules) { r.ConferenceDaysBefore.Motions = 101 }, []string{"conference_days_before.motions"}},
		{"consensus with no way on", Affinity, func(r *Rules) { r.Constitution.Fallback = Fraction{} }, []string{"constitution.fallback"}},
		{"a fallback from a vote", Branch, func(r *Rules) { r.Constitution.Fallback = Fraction{3, 4} }, []string{"constitution.fallback"}},
		{"delegates alone change the rules", Federation, func(r *Rules) { r.Constitution.Then = None }, []string{"constitution.then"}},
	} {
		r := preset(t, tt.preset)
		tt.change(&r)
		var got []string
		for _, b := range r.Check() {
			got = append(got, b.Key)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestCanonical(t *testing.T) {
	b := preset(t, Affinity).Canonical()
	if !bytes.HasPrefix(b, []byte(`{"active_window_days":90,"amend_depth":1,"assessment.minority_min":1,`)) ||
		!bytes.HasSuffix(b, []byte(`"schema":1,"secret_request":1,"speech_seconds.last_word":60,"speech_seconds.mover":0,"speech_seconds.other":120,"table_support":1,"voting_wait_days":0,"working_group_days":90}`)) {
		t.Errorf("got %s", b)
	}
	if bytes.ContainsAny(b, " \n\t") {
		t.Errorf("spaces in %s", b)
	}
	// What a group's records name must not change under them: these are the presets' hashes for good, as they were in the first schema and as they are.
	for n, want := range map[Name][2]string{
		Affinity:   {"71e4b2c99409c8623a37d70d120cd28ac0bcecbc45816f74e6ee8d442545f325", "71e4b2c99409c8623a37d70d120cd28ac0bcecbc45816f74e6ee8d442545f325"},
		Branch:     {"7002beb7b75df2e45a28855a040d67420989b518caf18fca1eff0732950c7195", "b8e54140f00a2a9d352fa0e1245ab94fec0f96ba723fd540f290f9e5bd543916"},
		Federation: {"3603e0bab9a2e6ba57b48a0fc3a2f0ff82cdcff0a8182e06ec7f9d946feced23", "0bdad086f8917a189fb16e26f9aba6959c748102b19ada6fa8453fe2b0239922"},
	} {
		first := preset(t, n)
		first.Meeting.EveryWeeks = 0
		if got := first.Hash().String(); got != want[0] {
			t.Errorf("preset %s of the first schema has hash %s, want %s", n, got, want[0])
		}
		if got := preset(t, n).Hash().String(); got != want[1] {
			t.Errorf("preset %s has hash %s, want %s", n, got, want[1])
		}
	}
}

// TestOlderSchemas: a group whose rules were made before there was a rule does not use it, and its rules are written as they were.
func TestOlderSchemas(t *testing.T) {
	for _, p := range Params() {
		if p.added > newest || p.added > 1 && !p.Off {
			t.Errorf("%s came with schema %d, and cannot be left out of an older one", p.Key, p.added)
		}
	}
	r := preset(t, Branch)
	r.Meeting.EveryWeeks = 0
	b := r.Canonical()
	if got, err := Parse(b); err != nil || got != r || !bytes.Contains(b, []byte(`"schema":1,`)) || bytes.Contains(b, []byte("every_weeks")) {
		t.Errorf("%v: %s", err, b)
	}
}

func TestParseReadsWhatCanonicalWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := anyRules(t)
		got, err := Parse(r.Canonical())
		if err != nil || got != r {
			t.Fatalf("%v (-want +got):\n%s", err, cmp.Diff(r, got))
		}
		if got.Hash() != r.Hash() {
			t.Fatal("the same rules have two hashes")
		}
	})
}

func TestParseRefuses(t *testing.T) {
	good := string(preset(t, Branch).Canonical())
	swap := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("%s is not in %s", old, good)
		}
		return strings.Replace(good, old, new, 1)
	}
	for name, in := range map[string]string{
		"nothing":              "",
		"not JSON":             "rules",
		"a list":               "[]",
		"null":                 "null",
		"an empty object":      "{}",
		"cut short":            good[:len(good)-1],
		"something after it":   good + "{}",
		"a space":              swap(`":2,`, `": 2,`),
		"a line break":         good + "\n",
		"an unknown key":       swap(`{`, `{"a_chair_decides":1,`),
		"a missing key":        swap(`"secret_request":2,`, ``),
		"a repeated key":       swap(`"secret_request":2,`, `"secret_request":2,"secret_request":2,`),
		"keys out of order":    swap(`"active_window_days":180,"amend_depth":2`, `"amend_depth":2,"active_window_days":180`),
		"a schema to come":     swap(`"schema":2`, `"schema":3`),
		"an older schema":      swap(`"schema":2`, `"schema":1`),
		"a word for a schema":  swap(`"schema":2`, `"schema":"2"`),
		"no schema":            swap(`"schema":2,`, ``),
		"a rule too new":       strings.Replace(swap(`"schema":2`, `"schema":1`), `"meeting.every_weeks":4`, `"meeting.every_weeks":0`, 1),
		"a schema too new":     swap(`"meeting.every_weeks":4`, `"meeting.every_weeks":0`),
		"a fraction":           swap(`"secret_request":2`, `"secret_request":2.5`),
		"an exponent":          swap(`"secret_request":2`, `"secret_request":2e0`),
		"a negative number":    swap(`"secret_request":2`, `"secret_request":-2`),
		"a very large number":  swap(`"secret_request":2`, `"secret_request":99999999999999999999`),
		"a word for a number":  swap(`"secret_request":2`, `"secret_request":"2"`),
		"a number for a word":  swap(`"decide_default":"majority"`, `"decide_default":1`),
		"an unknown word":      swap(`"decide_default":"majority"`, `"decide_default":"chair"`),
		"true":                 swap(`"secret_request":2`, `"secret_request":true`),
		"null for a number":    swap(`"secret_request":2`, `"secret_request":null`),
		"a group":              swap(`"secret_request":2`, `"secret_request":{}`),
		"a share out of terms": swap(`"emergency.admit":"2/3"`, `"emergency.admit":"4/6"`),
		"a share over one":     swap(`"emergency.admit":"2/3"`, `"emergency.admit":"3/2"`),
		"a share of nothing":   swap(`"emergency.admit":"2/3"`, `"emergency.admit":"2/0"`),
		"a share with a sign":  swap(`"emergency.admit":"2/3"`, `"emergency.admit":"+2/3"`),
		"an escaped letter":    swap(`"decide_default":"majority"`, `"decide_default":"m\u0061jority"`),
		"too long":             swap(`{`, `{`+strings.Repeat(" ", maxJSON)),
	} {
		if _, err := Parse([]byte(in)); !errors.Is(err, ErrJSON) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if _, err := Parse([]byte(good)); err != nil {
		t.Error(err)
	}
}

func FuzzParse(f *testing.F) {
	for _, n := range Names() {
		f.Add(preset(f, n).Canonical())
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if r, err := Parse(b); err == nil && !bytes.Equal(r.Canonical(), b) {
			t.Errorf("%q is read but not written", b)
		}
	})
}

func TestWith(t *testing.T) {
	r := preset(t, Branch)
	for _, tt := range []struct {
		key, value string
		want       error
	}{
		{"quorum.min", "5", nil},
		{"consensus.fallback", "4/5", nil},
		{"table_support", "K", nil},
		{"table_support", "3", nil},
		{"constitution.fallback", "none", nil},
		{"decide_default", "consensus", nil},
		{"no_such_rule", "5", ErrKey},
		{"quorum.min", "five", ErrValue},
		{"quorum.min", "05", ErrValue},
		{"quorum.min", "", ErrValue},
		{"quorum.min", "99999999999999999999999", ErrValue},
		{"consensus.fallback", "8/10", ErrValue},
		{"consensus.fallback", "4", ErrValue},
		{"table_support", "S", ErrValue},
		{"decide_default", "chair", ErrValue},
		{"decide_default", "1", ErrValue},
	} {
		p, ok := ParamOf(tt.key)
		var v Value
		var err error = ErrKey
		if ok {
			v, err = p.ParseValue(tt.value)
		}
		if !errors.Is(err, tt.want) {
			t.Errorf("%s = %q: %v, want %v", tt.key, tt.value, err, tt.want)
			continue
		}
		got, err := r.With(tt.key, v)
		if tt.want == ErrKey && !errors.Is(err, ErrKey) {
			t.Errorf("%s: %v", tt.key, err)
		}
		if tt.want == nil && (err != nil || p.Get(got).String() != tt.value) {
			t.Errorf("%s = %q: got %s, %v", tt.key, tt.value, p.Get(got), err)
		}
	}
	if r != preset(t, Branch) {
		t.Error("With changed what it was called on")
	}
}
