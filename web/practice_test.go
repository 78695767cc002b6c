package web

import (
	"strings"
	"testing"

	"folkmoot/internal/meeting"
	"folkmoot/internal/practice"
)

// TestTipsWhileGroupsTalk: while groups talk, nothing is proposed that cannot be done then.
func TestTipsWhileGroupsTalk(t *testing.T) {
	var v meeting.View
	v.State = meeting.Session
	if got := tipsNow(v); got != nil {
		t.Errorf("while nobody is in groups: %v", got)
	}
	v.Together.Breakout.ID = 1
	if got := tipsNow(v); len(got) != 2 || got[0].ID != "practice.tips.groups" {
		t.Errorf("while groups talk: %v", got)
	}
	v.State = meeting.Closed
	if got := tipsNow(v); got != nil {
		t.Errorf("once it is over: %v", got)
	}
}

// TestStepsOfAPractice: a step is done by what does it, and by nothing that only ends in the same word.
func TestStepsOfAPractice(t *testing.T) {
	for path, want := range map[string]practice.Step{
		"POST /meetings/2/here": practice.Here, "POST /meetings/2/items/7/take": practice.Take, "POST /meetings/2/hands/9/more": practice.More,
		"POST /meetings/2/moves/3/put": practice.Move, "POST /meetings/2/hands/3/put": "", "POST /meetings/2/end": practice.Close,
		"POST /meetings/2/screen/end": "", "GET /meetings/2/notes": practice.Notes, "POST /meetings/2/notes/1": "",
		"POST /proposals/4/vote": practice.Cast, "GET /proposals/4/vote": "", "GET /meetings/2": "", "POST /meetings/2/items/7/vote": practice.Vote,
		"POST /meetings/2/said": practice.Opening, "POST /meetings/2/rounds": practice.Round, "POST /meetings/2/rounds/1/end": "",
		"POST /meetings/2/feelings": practice.Feeling, "POST /meetings/2/feelings/1": "",
	} {
		method, at, _ := strings.Cut(path, " ")
		if got := stepOf(method, at); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
}
