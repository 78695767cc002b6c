package web

import (
	"net/http"
	"strconv"
	"testing"

	"folkmoot/internal/browsertest"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/feeling"
	"folkmoot/internal/meeting"
	"folkmoot/internal/signal"
)

// feels begins a meeting that talks about its first item, and returns who facilitates and two others.
func (h *meetHall) feels() (chair int, others []int) {
	h.Helper()
	v := h.begun()
	chair = h.chair(v.Number)
	if err := h.s.Meetings.Take(h.Context(), h.Visit(h.Who[chair].Person), v.Number, v.Items[0].ID); err != nil {
		h.Fatal(err)
	}
	for i := range h.Who {
		if i != chair {
			others = append(others, i)
		}
	}
	return chair, others
}

// TestFeelingThroughThePages: by plain forms, somebody asks for a show of feeling, whoever facilitates has it, everybody shows how they feel, and all see the sum and that it is no vote.
func TestFeelingThroughThePages(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		h := newMeetHall(t, d, c, 6)
		chair, others := h.feels()
		h.see(others[0], "/1").WantNoText("main", "What do you ask?").Form("Ask: Show of feeling").Submit().Want(http.StatusOK).WantText("#wanted ~ *", "Whoever facilitates decides whether this is done now.")
		if h.see(others[1], "/1").HasButton("Not now") {
			t.Error("somebody else can decline it")
		}
		h.see(chair, "/1").Form("Not now").Submit().Want(http.StatusOK).WantText("#moves-over ~ *", "Show of feeling: not now, said whoever facilitates.")
		form := h.see(chair, "/1/run").Form("/g/" + h.Group.Slug + "/meetings/1/feelings")
		form.Set("question", "Do we go on?").Submit().Want(http.StatusOK).WantText("#together ~ *", "Do we go on?", "This is not a vote.")
		points := []string{"Very good", "Very good", "Good", "Bad", "Very bad"}
		for i, who := range others {
			p := h.see(who, "/1").WantText("#script ~ *", "How do you feel about it?").WantNoText("main", "Very good2")
			p.Form(points[i]).Submit().Want(http.StatusOK).WantText("#together ~ *", "You chose: "+points[i]+".")
		}
		h.to(h.view(1).Together.Feeling.Closes)
		for _, who := range []int{chair, others[0]} {
			h.see(who, "/1").WantText("#felt ~ *", "Do we go on?", "Very good2", "In between0").WantNoText("main", "You chose")
		}
		h.see(others[0], "/1/record").WantText("main", "Show of feeling, not a vote: Do we go on? Very good 2, good 1, in between 0, bad 1, very bad 1.")
	})
}

// TestTogetherInABrowser: axe finds nothing on a meeting's page while people show how they feel and after it, on a phone and at a desk, light and dark.
func TestTogetherInABrowser(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	h := newMeetHall(t, dbtest.SQLite(t, c), c, 7)
	chair, others := h.feels()
	ask := func() meeting.Feeling {
		t.Helper()
		if err := h.s.Meetings.AskFeeling(t.Context(), h.Visit(h.Who[chair].Person), db.Once{}, 1, "Do we go on like this until the spring?"); err != nil {
			t.Fatal(err)
		}
		return h.view(1).Together.Feeling
	}
	path := "/g/" + h.Group.Slug + "/meetings/1"
	for i, look := range []browsertest.Look{browsertest.Phone, browsertest.Desktop} {
		f := ask()
		for n, k := range signal.Kinds()[3:] { // opinions are hidden meanwhile
			if err := h.s.Meetings.Signal(t.Context(), h.Visit(h.Who[others[n]].Person), 1, k); err != nil {
				t.Fatal(err)
			}
		}
		where := "together-" + strconv.FormatInt(look.Width, 10) + "-"
		p := browsertest.Start(t, h.signedIn(others[i])).Person(look)
		p.Open(path).WantNoSideways().AxeLightAndDark().WantTargets().Shot(where + "open")
		for n, who := range others {
			if err := h.s.Meetings.ShowFeeling(t.Context(), h.Visit(h.Who[who].Person), 1, f.ID, 1+[]feeling.Point{0, 0, 1, 3, 1, 4}[n]); err != nil {
				t.Fatal(err)
			}
		}
		c.Set(f.Closes)
		if err := h.s.Meetings.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		p.Open(path).WantText("#felt", "not a vote").WantNoSideways().AxeLightAndDark().WantTargets().Shot(where + "shown")
		browsertest.Start(t, h.signedIn(chair)).Person(look).Open(path+"/run").WantText("#felt", "not a vote").WantNoSideways().AxeLightAndDark().WantTargets().Shot(where + "console")
	}
}
