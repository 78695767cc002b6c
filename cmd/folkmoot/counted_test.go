package main

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/tally"
	"folkmoot/internal/webtest"
)

// voter is a citizen at their ballot. Only one goroutine at a time may use it.
type voter struct {
	caller
	form  url.Values // sent, and not answered yet; nil: none
	acked url.Values // answered last
	code  string     // and the receipt it had
}

func votePath(w *crowd, number int) string {
	return fmt.Sprintf("/g/%s/proposals/%d/vote", w.group.Slug, number)
}

// wantCounted closes the secret vote and compares what was counted with what was acknowledged. The close itself refuses an
// urn that is not what its journal says.
func (w *crowd) wantCounted(t *testing.T, number int, voters []*voter) {
	t.Helper()
	w.open()
	ctx, me := w.Context(), w.folk[0]
	if forked, err := w.heads.Check(ctx); err != nil || len(forked) > 0 {
		t.Errorf("the record is older than it was: %v, %v", forked, err)
	}
	v, err := w.ballots.Show(ctx, me.Actor, number)
	if err != nil {
		t.Fatal(err)
	}
	w.clock.Set(v.Closes.Add(time.Second))
	w.tick()
	if v, err = w.ballots.Show(ctx, me.Actor, number); err != nil {
		t.Fatal(err)
	}
	var codes []string
	want := tally.Votes{Entitled: int64(len(w.folk))}
	for _, v := range voters {
		if v.acked == nil {
			continue
		}
		codes = append(codes, v.code)
		switch ballot.ParseChoice(strings.TrimRight(v.acked.Get("choice"), ".")) {
		case ballot.For:
			want.For++
		case ballot.Against:
			want.Against++
		case ballot.Abstain:
			want.Abstain++
		}
	}
	if v.State != ballot.Purged || v.Votes != want {
		t.Errorf("the vote is %s with %+v, acknowledged were %+v", v.State, v.Votes, want)
	}
	if files, err := os.ReadDir(filepath.Join(w.KeysDir(), "ballots")); err != nil || len(files) > 0 {
		t.Errorf("%d keys are left: %v", len(files), err)
	}
	slices.Sort(codes)
	reader := w.visitor(t, me)
	if got := strings.Fields(string(reader.Get(votePath(w, number) + "/codes.txt").Want(http.StatusOK).Body)); !slices.Equal(got, codes) {
		t.Errorf("%d codes are published, %d were acknowledged, and they differ", len(got), len(codes))
	}
	record := filepath.Join(t.TempDir(), "record.json")
	text := reader.Get("/g/" + w.group.Slug + "/record/export/file?of=everything&format=json").Want(http.StatusOK).Body
	if err := os.WriteFile(record, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, code := runOnce(t, program(t, "verify", record)); code != exitOK {
		t.Errorf("the exported record does not hold: %s", out)
	}
}

// visitor returns the citizen at a browser in front of the town's pages.
func (w *crowd) visitor(t *testing.T, c citizen) *webtest.Visitor {
	v := webtest.New(t, w.site())
	v.SetCookie("folkmoot", c.session)
	return v
}
