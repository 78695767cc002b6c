package web

import (
	"bytes"
	"net/http"
	"slices"
	"strconv"
	"testing"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/votefile"
)

// sharePageOf is the page on which a member asks and is asked.
func (w *electing) sharePageOf(i int, label string) {
	w.Helper()
	w.page(i).Follow(label).Want(http.StatusOK).WantPath(w.below("/share"))
}

// share has two members stand together through the pages.
func (w *electing) share(i, j int) {
	w.Helper()
	w.visitor(i).Get(w.below("/share")).Form("Ask them").Set("with", w.Who[j].Member.Name).Set("statement", "We would share the work.").Set("interests", "None").Submit().Want(http.StatusOK)
	w.yes(j, nil)
}

// yes has a member say yes to what they are asked.
func (w *electing) yes(i int, more map[string]string) {
	w.Helper()
	v := w.view(i)
	id := strconv.FormatInt(int64(v.Offers[len(v.Offers)-1].ID), 10)
	f := w.visitor(i).Get(w.below("/share")).Form("Yes, I stand").Set("interests-"+id, "A bakery")
	for name, value := range more {
		f.Set(name+"-"+id, value)
	}
	f.Submit().Want(http.StatusOK)
}

// offered is the newest offer to a member, as it stands in forms.
func (w *electing) offered(i int) string {
	w.Helper()
	v := w.view(i)
	return strconv.FormatInt(int64(v.Offers[len(v.Offers)-1].ID), 10)
}

// ref is the reference under which a member stood.
func (w *electing) ref(i int) string {
	w.Helper()
	for _, c := range w.view(0).Candidates {
		if c.Member == w.Who[i].Member.ID {
			return c.Ref
		}
	}
	return ""
}

// TestSharingThroughThePages: two people ask and agree, are one line on the paper, in the count and in the file, hold the place together, and one
// goes on when the other gives it up.
func TestSharingThroughThePages(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newElecting(t, d, c, 14)
		home := groupPath(w.Group)
		w.sharePageOf(1, "Share the place with somebody")
		ask := func(with, statement string) {
			w.visitor(1).Get(w.below("/share")).Form("Ask them").Set("with", with).Set("statement", statement).Set("interests", "None").Submit().
				Want(http.StatusUnprocessableEntity)
		}
		ask("", "We would")
		ask("Nobody at all", "We would")
		ask("Member-001", "We would")
		ask("Member-002", "")
		w.visitor(1).Get(w.below("/share")).Form("Ask them").Set("with", "Member-002").Set("statement", "We would share the work.").Set("interests", "None").Submit().
			Want(http.StatusOK).WantText("main", "Only they are told.", "Nobody stands.", "You asked Member-002. See who has said yes.")
		w.page(0).WantText("main", "Nobody stands.").WantNoText("main", "Member-001", "Member-002")
		w.visitor(0).Get(w.below("/share")).Want(http.StatusOK).WantNoText("main", "Member-001", "We would share the work.")
		if f := w.visitor(1).Get(w.below("/share")).WantText("main", "Take it back", "You. You have said yes. The rules allow it.").WantNoText("main", "Say no").Form("Ask them"); f.Value("statement") != "" {
			t.Errorf("the form for others has %q in it", f.Value("statement"))
		}
		asked := w.visitor(2).Get(home).WantText("main", "Member-001 asks you to share a place: Convenors.").Follow("Convenors").
			WantText("main", "Member-001 and Member-002, sharing", "We would share the work.", "Member-001 has said yes.", "You. The rules allow it.", "What might pull Member-001 another way: None").
			WantNoText("main", "This is you")
		if !asked.Has("details form[action$='/share']") || !asked.Has("form[action$='/share/agree'] button.act") {
			t.Error("asking others is not folded below one's own yes and no, which is what the page is for")
		}
		w.page(2).WantText("main", "Member-001 asks you to share a place: Convenors. Would you?")
		v := w.view(2)
		id := strconv.FormatInt(int64(v.Offers[0].ID), 10)
		w.visitor(2).Get(w.below("/share")).Form("Yes, I stand").Submit().Want(http.StatusUnprocessableEntity).WantText("main", "Write what might pull you another way")
		w.send(3, "/share/agree", "offer", id, "interests-"+id, "None").Want(http.StatusNotFound)
		w.send(3, "/share/agree", "offer", "x").Want(http.StatusNotFound)
		w.visitor(2).Get(w.below("/share")).Form("Yes, I stand").Set("interests-"+id, "A bakery").Submit().Want(http.StatusOK).WantText(".notice", "All have said yes. You stand together.")
		w.visitor(1).Get(home).WantText("main", "All have said yes. Member-002 and you stand together.")
		w.visitor(2).Get(home).WantText("main", "All have said yes. Member-001 and you stand together.")
		w.page(0).WantText("main", "One candidate stands, 2 people in all.", "Member-001 and Member-002, sharing", "They share the place: one vote elects them together.", "A bakery")
		w.page(1).WantText("main", "They stand no longer either").WantNoText("main", "Put them up Put them up")

		w.share(3, 4)
		w.page(4).Form("Yes, step back").Submit().Want(http.StatusOK)
		w.page(0).WantText("#who-"+w.ref(4), "Stands no longer.").WantText("#who-"+w.ref(3), "is asked whether to stand all the same").WantNoText("#who-"+w.ref(3), "Stands no longer")
		w.visitor(3).Get(home).WantText("main", "Do you stand alone?")
		if p := w.page(3).WantText("main", "Do you stand alone?", "Say whether you stand alone"); p.Has("form[action$='/stand']") {
			t.Error("there are two ways to stand")
		}
		alone := w.visitor(3).Get(w.below("/share")).WantText("main", "Member-004 no longer stands. Do you stand alone?").WantNoText("main", "We would share the work.", "Ask somebody")
		if words := alone.Form("Yes, I stand").Value("statement-" + w.offered(3)); words != "" {
			t.Errorf("the form is filled with %q", words)
		}
		w.yes(3, map[string]string{"statement": "Then I would do it alone."})
		w.page(0).WantText("main", "Then I would do it alone.", "2 candidates stand, 3 people in all.")
		w.visitor(5).Get(w.below("/share")).Form("Ask them").Set("with", "Member-006").Set("statement", "We too").Set("interests", "None").Submit().Want(http.StatusOK)
		w.visitor(6).Get(w.below("/share")).Form("Yes, say no").Submit().Want(http.StatusOK)
		w.visitor(5).Get(w.below("/share")).WantText("main", "Standing alone")
		w.open(7)
		w.visitor(0).Get(w.below("/share")).Want(http.StatusOK).WantText("main", "Nominations are closed.")

		w.visitor(9).Get(w.below("/vote")).WantText("main", "Member-001 and Member-002, sharing", "What Member-001 and Member-002, sharing says")
		for i := range 12 {
			w.vote(i, []int{1, 3, 1}[i%3], 7)
		}
		w.goTo(w.Show(w.number).Closes)
		w.page(0).WantText("main", "Member-001 and Member-002, sharing; Member-003", "Who shares a place has a term each", "Member-002: from")
		w.visitor(0).Get(home+"/decisions/2026-001").Want(http.StatusOK).WantText("main", "Member-001 and Member-002, sharing")
		papers := w.visitor(0).Get(w.below("/papers.blt")).Want(http.StatusOK)
		e, err := votefile.Read("papers.blt", bytes.NewReader(papers.Body))
		if err != nil || len(e.Candidates) != 4 || e.Candidates[slices.Index(w.Show(w.number).Options, w.lead(1))].Name != "Member-001 and Member-002, sharing" {
			t.Errorf("the file has %+v, %v", e, err)
		}

		w.goTo(w.view(0).Final)
		w.goTo(w.view(0).Starts)
		for _, path := range []string{"/powers", "/powers/convenors"} {
			w.visitor(0).Get(home+path).WantText("main", "Shares the place with Member-002", "Shares the place with Member-001")
		}
		w.visitor(0).Get(home+"/powers").WantText(".times, details", "Place 1, shared:")
		w.visitor(1).Get(home+"/powers/convenors").WantText("main", "You share the place with Member-002.", "The place is not free. Who goes on with it: Member-002.", "2 places").
			Form("Yes, give it up").Submit().Want(http.StatusOK)
		w.visitor(0).Get(home+"/powers/convenors").WantText("main", "The place was shared; whoever is left goes on with it").WantNoText("main", "Nobody holds")
	})
}

// lead is the reference under which a member stands.
func (w *electing) lead(i int) string {
	w.Helper()
	for _, c := range w.view(0).Stand() {
		if c.Has(w.Who[i].Member.ID) {
			return c.Ref
		}
	}
	return ""
}
