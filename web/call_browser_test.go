package web

import (
	"fmt"
	"testing"

	"folkmoot/internal/agree"
	"folkmoot/internal/browsertest"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/motion"
	"folkmoot/internal/votetest"
)

// TestAgreementForEverybody: axe finds nothing on the pages of a call for agreement, on a phone and at a desk, light and dark, and a phone answers one.
func TestAgreementForEverybody(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	h, v := agreeing(t, dbtest.SQLite(t, c), c)
	chair := h.chair(1)
	list, paper := "/g/"+h.Group.Slug+"/meetings/1", h.path("/vote")
	look := func(who int, page, shot string) {
		t.Helper()
		for _, l := range []browsertest.Look{browsertest.Phone, browsertest.Desktop} {
			browsertest.Start(t, h.voting.signedIn(who)).Person(l).Open(page).AxeLightAndDark().WantNoSideways().WantTargets().Shots(fmt.Sprintf("call-%s-%d", shot, l.Width))
		}
	}
	if err := h.s.Meetings.CallForAgreement(t.Context(), h.Visit(h.Who[chair].Person), 1, v.Current.ID); err != nil {
		t.Fatal(err)
	}
	phone := browsertest.Start(t, h.voting.signedIn((chair+1)%len(h.Who))).Person(browsertest.Phone)
	phone.Open(paper).Choose("I agree").Click("Send my answer").WantText("main", "Now: Buy a kettle").Axe()
	look(chair, list, "open")
	look(chair, paper, "answer")
	for i, say := range []agree.Answer{
		{Response: agree.Block, Ground: agree.Safety, Names: "The stairs", Words: "Somebody will fall."}, {Response: agree.Reservation, Words: "It is dear."}, {Response: agree.Aside, Named: true},
	} {
		if _, err := h.s.Ballots.Answer(t.Context(), h.Who[(chair+2+i)%len(h.Who)], 1, db.Once{}, say); err != nil {
			t.Fatal(err)
		}
	}
	h.to(h.Show(1).Closes)
	look(chair, list, "blocked")
	look(chair, "/g/"+h.Group.Slug+"/decisions/"+fmt.Sprint(dbtest.Start.Year())+"-001", "decision")
}

// TestAgreementOnlineForEverybody: the same of a call online: the proposal, the answer, and the group's first page while it is open.
func TestAgreementOnlineForEverybody(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	w := newVoting(t, dbtest.SQLite(t, c), c, "A", 6)
	p := votetest.Sample("Buy a kettle")
	p.Text.Forum = motion.ByAgreement
	m, err := w.Motions.Propose(t.Context(), w.Who[0], db.Once{}, 0, p)
	if err != nil {
		t.Fatal(err)
	}
	w.GoTo(w.Motion(m.ID).Opens)
	for page, shot := range map[string]string{w.path(""): "proposal", w.path("/vote"): "answer", "/g/" + w.Group.Slug: "first"} {
		for _, l := range []browsertest.Look{{Width: 320, Height: 640, Touch: true}, browsertest.Phone, browsertest.Desktop} {
			browsertest.Start(t, w.signedIn(1)).Person(l).Open(page).AxeLightAndDark().WantNoSideways().WantTargets().Shots(fmt.Sprintf("call-online-%s-%d", shot, l.Width))
		}
	}
}
