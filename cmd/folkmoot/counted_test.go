package main

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/rulebook"
	"folkmoot/internal/tally"
	"folkmoot/internal/webtest"
)

// voter is a citizen at their ballot. Only one goroutine at a time may use it.
type voter struct {
	caller
	vote    string // its path
	options int    // that can be put in order; 0: the vote is for or against

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
	w.closeVotes(t, number)
	w.wantTally(t, number, voters)
	w.wantRecord(t)
}

// closeVotes takes the town up again and closes the votes, after which nothing of their urns is left.
func (w *crowd) closeVotes(t *testing.T, numbers ...int) {
	t.Helper()
	w.open()
	if forked, err := w.heads.Check(w.Context()); err != nil || len(forked) > 0 {
		t.Errorf("the record is older than it was: %v, %v", forked, err)
	}
	last := w.clock.Now()
	for _, n := range numbers {
		last = rulebook.Later(last, w.ballot(n).Closes.Add(time.Second))
	}
	w.clock.Set(last)
	w.tick()
	if files, err := os.ReadDir(filepath.Join(w.KeysDir(), "ballots")); err != nil || len(files) > 0 {
		t.Errorf("%d keys are left: %v", len(files), err)
	}
}

func (w *crowd) ballot(number int) ballot.View {
	w.Helper()
	v, err := w.ballots.Show(w.Context(), w.folk[0].Actor, number)
	w.must(err)
	return v
}

// wantTally compares a vote for and against with what was acknowledged.
func (w *crowd) wantTally(t *testing.T, number int, voters []*voter) {
	t.Helper()
	want := tally.Votes{Entitled: int64(len(w.folk))}
	for _, v := range voters {
		if v.acked == nil {
			continue
		}
		switch ballot.ParseChoice(strings.TrimRight(v.acked.Get("choice"), ".")) {
		case ballot.For:
			want.For++
		case ballot.Against:
			want.Against++
		case ballot.Abstain:
			want.Abstain++
		}
	}
	if v := w.ballot(number); v.State != ballot.Purged || v.Votes != want {
		t.Errorf("the vote is %s with %+v, acknowledged were %+v", v.State, v.Votes, want)
	}
	w.wantCodes(t, number, voters)
}

// wantPapers compares the papers of a ballot by ranking with what was acknowledged.
func (w *crowd) wantPapers(t *testing.T, number int, voters []*voter) {
	t.Helper()
	want, got := map[string]int64{}, map[string]int64{}
	for _, v := range voters {
		if v.acked != nil {
			order, _, _ := strings.Cut(v.acked.Get("order"), "..") // then comes what was not put in order
			want[strings.ReplaceAll(strings.ReplaceAll(strings.TrimSuffix(order, "."), "o", ""), ".", " ")]++
		}
	}
	v := w.ballot(number)
	w.read(func(tx *db.Tx) error {
		kinds, err := ballot.Kinds(tx, v.ID)
		for _, k := range kinds {
			got[k.Ranking] = k.Papers
		}
		return err
	})
	if v.State != ballot.Purged || !maps.Equal(got, want) {
		t.Errorf("the election is %s with the papers %v, acknowledged were %v", v.State, got, want)
	}
	w.wantCodes(t, number, voters)
}

// wantCodes compares the receipt codes that are published with those that were acknowledged.
func (w *crowd) wantCodes(t *testing.T, number int, voters []*voter) {
	t.Helper()
	var codes []string
	for _, v := range voters {
		if v.acked != nil {
			codes = append(codes, v.code)
		}
	}
	slices.Sort(codes)
	list := w.visitor(t, w.folk[0]).Get(votePath(w, number) + "/codes.txt").Want(http.StatusOK).Body
	if got := strings.Fields(string(list)); !slices.Equal(got, codes) {
		t.Errorf("%d codes are published, %d were acknowledged, and they differ", len(got), len(codes))
	}
}

// wantRecord exports the record and has another process verify it.
func (w *crowd) wantRecord(t *testing.T) {
	t.Helper()
	record := filepath.Join(t.TempDir(), "record.json")
	text := w.visitor(t, w.folk[0]).Get("/g/" + w.group.Slug + "/record/export/file?of=everything&format=json").Want(http.StatusOK).Body
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
