package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// kindFiles makes a folder with what draws by strata and of panels are announced from.
func kindFiles(t *testing.T) (in func(name string) string) {
	t.Helper()
	dir := t.TempDir()
	in = func(name string) string { return filepath.Join(dir, name) }
	for name, text := range map[string]string{
		"strata":  "stratum,size\nnorth,10\nsouth,10\neast,10\n",
		"willing": "id,weight,stratum\n1,4,north\n2,2,north\n3,1,south\n4,1,east\n5,0,east\n",
		"lost":    "id,weight,stratum\n1,4,west\n",
		"twice":   "id,weight,stratum\n1,4,north\n1,4,south\n",
		"quotas":  "feature,value,min,max\nshift,day,1,2\nshift,night,1,1\n",
		"high":    "feature,value,min,max\nshift,day,1,2\nshift,night,3,3\n",
		"people":  "id,name,shift\n1,Ann,day\n2,Bo,day\n3,Cy,night\n4,Di,night\n",
		"throws":  "3:a stone\n",
	} {
		if err := os.WriteFile(in(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return in
}

// TestEveryKindOfDraw announces, makes and checks a draw by strata and one of a panel, and one of which a word was changed.
func TestEveryKindOfDraw(t *testing.T) {
	in := kindFiles(t)
	for _, tt := range []struct {
		kind, says, then string
		args             []string
		spoil            [2]string
		wrong            string
	}{
		{
			"strata", "north, south, east, whose remainders are equal, the lot gives 2 places more, each with a chance of 2 in 3.", "remainders are equal, the lot gave one place more to ",
			[]string{in("willing"), "--strata=" + in("strata"), "--places=5"},
			[2]string{`"size": 10`, `"size": 11`}, "! The places were not shared or filled as they should",
		},
		{
			"panel", "4 people with a chance of 50.00%: 1, 2, 3, 4.", "was drawn: ",
			[]string{in("people"), "--quotas=" + in("quotas"), "--places=2"},
			[2]string{`"shift": "day"`, `"shift": "night"`}, "! The list of panels is not as it should be",
		},
	} {
		announced, done := in(tt.kind+".json"), in(tt.kind+"-done.json")
		want(t, exitOK, tt.says, append([]string{"draw", "--id=x", "--out=" + announced}, tt.args...)...)
		want(t, exitAnnounced, "announced and not yet revealed", "draw", "--check="+announced)
		want(t, exitOK, tt.then, "draw", "--reveal="+announced, "--contributions="+in("throws"), "--out="+done)
		want(t, exitOK, tt.then, "draw", "--check="+done)
		want(t, exitUnusable, "revealed already", "draw", "--reveal="+done, "--secret="+announced+".secret", "--out="+in("again.json"))

		text, err := os.ReadFile(done)
		if err != nil || bytes.Contains(text, []byte("Ann")) {
			t.Fatalf("%v; the record is %s", err, text)
		}
		spoiled := bytes.Replace(text, []byte(tt.spoil[0]), []byte(tt.spoil[1]), 1)
		if err := os.WriteFile(in("spoiled.json"), spoiled, 0o600); err != nil {
			t.Fatal(err)
		}
		plain(t, want(t, exitFailed, tt.wrong, "draw", "--check="+in("spoiled.json")))
	}
	said := want(t, exitOK, "This draw holds", "draw", "--check="+in("strata-done.json"))
	if !strings.Contains(said, "east has ") || !strings.Contains(said, " empty, for want of members in the pool") {
		t.Errorf("two are willing for two places in the north, and one for one or two in the south and east: %s", said)
	}
}

// TestDrawChecksAsJSON: a check answers programs too, in each of its states.
func TestDrawChecksAsJSON(t *testing.T) {
	in := kindFiles(t)
	want(t, exitOK, "", "draw", in("people"), "--quotas="+in("quotas"), "--places=2", "--id=assembly", "--out="+in("a.json"))
	want(t, exitOK, "", "draw", "--reveal="+in("a.json"), "--out="+in("b.json"))
	text, err := os.ReadFile(in("b.json"))
	if err == nil {
		err = os.WriteFile(in("c.json"), bytes.Replace(text, []byte(`"seed": "`), []byte(`"seed": "0`), 1), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		file, state string
		code, drawn int
	}{{"a.json", "announced", exitAnnounced, 0}, {"b.json", "holds", exitOK, 2}, {"c.json", "fails", exitFailed, 0}} {
		var rep report
		said := want(t, tt.code, "", "draw", "--check="+in(tt.file), "--format=json")
		if err := json.Unmarshal([]byte(said), &rep); err != nil || rep.Schema != "folkmoot-draw-check/1" || rep.ID != "assembly" || rep.State != tt.state || len(rep.Drawn) != tt.drawn || len(rep.Findings) < 4 {
			t.Errorf("%s: %v, %s", tt.file, err, said)
		}
	}
	want(t, exitUnusable, "--format goes with --check", "draw", in("people"), "--id=x", "--out="+in("x.json"), "--format=json")
}

// TestKindsOfDrawsAreRefused: what cannot be drawn is said in one sentence that names the file, and nothing is written.
func TestKindsOfDrawsAreRefused(t *testing.T) {
	in := kindFiles(t)
	for _, tt := range []struct {
		text string
		args []string
	}{
		{"need --places", []string{in("willing"), "--strata=" + in("strata")}},
		{"need --places", []string{in("willing"), "--places=3"}},
		{"need --places", []string{in("people"), "--quotas=" + in("quotas"), "--places=-1"}},
		{"standard input can be read once only", []string{"-", "--strata=-", "--places=2"}},
		{"can't be used together", []string{in("people"), "--quotas=" + in("quotas"), "--strata=" + in("strata"), "--places=2"}},
		{`member 1 is in the stratum "west", which ` + in("strata") + " does not have", []string{in("lost"), "--strata=" + in("strata"), "--places=2"}},
		{in("twice") + ": line 3: member 1 is there already, in line 2", []string{in("twice"), "--strata=" + in("strata"), "--places=2"}},
		{in("people") + ": line 1: there is no column weight", []string{in("people"), "--strata=" + in("strata"), "--places=2"}},
		{in("willing") + ": line 1: there is no column shift", []string{in("willing"), "--quotas=" + in("quotas"), "--places=2"}},
		{"at least 3 with shift: night are asked for, and the pool has 2", []string{in("people"), "--quotas=" + in("high"), "--places=3"}},
		{"a panel of 9 cannot be drawn from 4 people", []string{in("people"), "--quotas=" + in("quotas"), "--places=9"}},
		{in("people") + ": line 1: a member is a line like 3,4", []string{in("people")}},
	} {
		said := want(t, exitUnusable, tt.text, append([]string{"draw", "--id=x", "--out=" + in("x.json")}, tt.args...)...)
		plain(t, said)
	}
	if left, err := filepath.Glob(in("x.json*")); err != nil || left != nil {
		t.Errorf("%v is there (%v)", left, err)
	}
}

// TestDrawTellsAndStops: work on chances says every few seconds how far it is, and leaves nothing behind when it is stopped.
func TestDrawTellsAndStops(t *testing.T) {
	in := kindFiles(t)
	clock := time.Unix(0, 0)
	now := func() time.Time { clock = clock.Add(5 * time.Second); return clock }
	args := []string{"draw", in("people"), "--quotas=" + in("quotas"), "--places=2", "--id=x", "--out=" + in("x.json")}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	var out, told bytes.Buffer
	if code := run(stopped, args, noEnv, nil, &out, &told, now); code != exitFailed || !strings.Contains(told.String(), "the draw was stopped; nothing was written") {
		t.Errorf("exit %d, says %q", code, &told)
	}
	if left, err := filepath.Glob(in("x.json*")); err != nil || left != nil {
		t.Errorf("%v is there (%v)", left, err)
	}
	told.Reset()
	if code := run(t.Context(), args, noEnv, nil, &out, &told, now); code != exitOK || !strings.Contains(told.String(), "Working out the fairest chances: 4 of 4 people settled, ") {
		t.Errorf("exit %d, says %q", code, &told)
	}
}
