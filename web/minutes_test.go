package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/procedure"
)

// comes has members ask for a meeting, and call it for in ten days.
func (h *meetHall) comes() meeting.Meeting {
	h.Helper()
	ctx, m := h.Context(), h.s.Meetings
	must := h.must()
	k, err := m.AskFor(ctx, h.Who[0], "The heating is broken.")
	must(err)
	for i := 1; i < len(h.Who) && k.State == meeting.Collecting; i++ {
		must(m.Sign(ctx, h.Who[i], k.Number))
		v, err := m.List(ctx, h.Who[0], 0)
		must(err)
		k = v.Ask
	}
	h.to(h.Clock.Now().AddDate(0, 0, 7))
	opens := h.Clock.Now().AddDate(0, 0, 10).Truncate(time.Hour)
	called, err := m.Call(ctx, h.Visit(h.Who[0].Person), db.Once{}, meeting.Details{Title: "About the heating", Place: "The hall", Opens: opens, Stop: opens.Add(90 * time.Minute)})
	must(err)
	return called
}

// starts has everybody come, offer to do all jobs, and begin the meeting.
func (h *meetHall) starts(n int) {
	h.Helper()
	ctx, m, must := h.Context(), h.s.Meetings, h.must()
	for i := range h.Who {
		must(m.CheckIn(ctx, h.Who[i], n, meeting.Room))
		must(m.Would(ctx, h.Who[i], n, meeting.Offers()))
	}
	must(m.Begin(ctx, h.Who[0], n))
}

// begun has members ask for a meeting, call it, come and begin it, and its agenda is adopted.
func (h *meetHall) begun() meeting.View {
	h.Helper()
	m := h.comes()
	h.to(m.Opens)
	h.starts(m.Number)
	h.must()(h.s.Meetings.Adopt(h.Context(), h.Visit(h.Who[h.chair(m.Number)].Person), m.Number))
	return h.view(m.Number)
}

// must returns what ends the test with an error.
func (h *meetHall) must() func(error) {
	return func(err error) {
		h.Helper()
		if err != nil {
			h.Fatal(err)
		}
	}
}

// writer is who takes notes.
func (h *meetHall) writer(v meeting.View) int {
	h.Helper()
	i := slices.IndexFunc(v.Terms, func(t meeting.Term) bool { return t.Job == meeting.Notes && !t.Shadow })
	return slices.IndexFunc(h.Who, func(a member.Actor) bool { return a.Member.ID == v.Terms[i].Member })
}

// TestMinutesThroughThePages takes a record by plain forms from the notes in the meeting to its confirmation by the next one.
func TestMinutesThroughThePages(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		h := newMeetHall(t, d, c, 6)
		list := "/g/" + h.Group.Slug + "/meetings"
		v := h.begun()
		chair, writer := h.chair(v.Number), h.writer(v)
		reader := slices.IndexFunc(h.Who, func(a member.Actor) bool { // who neither writes nor runs the meeting
			return !slices.ContainsFunc(v.Terms, func(t meeting.Term) bool {
				return t.Member == a.Member.ID && !t.Shadow && (t.Job == meeting.Notes || t.Job == meeting.Facilitates || t.Job == meeting.Vice)
			})
		})
		item := itemKey(v.Items[0].ID)
		if err := h.s.Meetings.Take(t.Context(), h.Visit(h.Who[chair].Person), v.Number, v.Items[0].ID); err != nil {
			t.Fatal(err)
		}
		h.see(writer, "/1").Follow("Notes").Want(http.StatusOK).WantText("main", "Don’t write who said it").Form(list+"/1/notes/"+item).Set("text-"+item, "It is **cold**.").
			Submit().Want(http.StatusOK).WantPath(list+"/1/notes").WantText("main", "Your notes are saved.")
		read := h.see(reader, "/1/notes").WantText("main", "You are reading along.", "It is cold.")
		if read.Has("textarea") {
			t.Error("who reads along can write")
		}
		h.visitor(reader).Do(browserRequest(http.MethodPost, list+"/1/notes/"+item, url.Values{"csrf": {tokenOf(h.visitor(reader))}, "base": {"1"}, "text-" + item: {"No."}})).Want(http.StatusForbidden)
		h.see(writer, "/1/notes").Form(list+"/1/notes/"+item).Set("text-"+item, strings.Repeat("x", 8001)).Submit().Want(http.StatusUnprocessableEntity).WantText("main", "may have 8000")
		old := h.see(writer, "/1/notes").Form(list + "/1/notes/" + item)
		h.see(writer, "/1/notes").Form(list+"/1/notes/"+item).Set("text-"+item, "It is very cold.").Submit().Want(http.StatusOK)
		old.Set("text-"+item, "It is warm.").Submit().Want(http.StatusOK).WantText("main", "Both texts are there now", "It is very cold.", "It is warm.")
		h.see(writer, "/1/notes").Form(list+"/1/notes/"+item).Set("text-"+item, "It is cold.").Submit().Want(http.StatusOK)
		if err := h.s.Meetings.MakeMove(t.Context(), h.Visit(h.Who[reader].Person), db.Once{}, v.Number, procedure.RulesQuestion, meeting.Named{Rule: "One after the other"}); err != nil {
			t.Fatal(err)
		}
		if err := h.s.Meetings.RuleMove(t.Context(), h.Visit(h.Who[chair].Person), v.Number, h.view(v.Number).Moves[0].ID, "Yes, so we do.", "Speaking"); err != nil {
			t.Fatal(err)
		}
		const asked, ruled = "Rules question: “One after the other”", "Ruling: Yes, so we do. (rule: Speaking)"
		h.see(reader, "/1/notes").WantText("main", asked, ruled)
		if err := h.s.Meetings.Close(t.Context(), h.Visit(h.Who[chair].Person), v.Number); err != nil {
			t.Fatal(err)
		}
		if file := h.see(reader, "/1").Follow("Record of this meeting").WantText("#item-"+item, asked, ruled).Follow("Markdown, plain text with signs"); !strings.Contains(string(file.Body), "Yes, so we do.") {
			t.Errorf("the file lacks the ruling:\n%s", file.Body)
		}
		h.see(reader, "/1").Follow("Record of this meeting").Want(http.StatusOK).WantText(".head", "This is a draft.").WantText("main", "It is cold.", "6 members").Form("Add my name here").
			Submit().Want(http.StatusOK).WantText("main", "Named because they asked to be: "+h.Who[reader].Member.Name)
		h.see(reader, "/1/record").Form("Take my name away").Submit().Want(http.StatusOK).WantNoText("main", "Named because")
		h.see(writer, "/1/record").Form("Yes, publish it").Submit().Want(http.StatusOK).WantText("main", "The record is published.").WantText(".head", "suggest corrections")
		h.see(reader, "/1/record").Form("Suggest it").Set("text", "").Submit().Want(http.StatusUnprocessableEntity).WantText("main", "Write something here.")
		h.see(reader, "/1/record").Form("Suggest it").Set("item", item).Set("text", "It was warm.").Submit().Want(http.StatusOK).WantText("#correction-1", "It was warm.", "waits for an answer")
		h.see(writer, "/1/record").Form(list+"/1/record/corrections/1").Forge("how", "declined").Submit().Want(http.StatusUnprocessableEntity).WantText("#correction-1", "Write something here.")
		h.see(writer, "/1/record").Form(list+"/1/record/corrections/1").Forge("how", "taken").Submit().Want(http.StatusOK).WantText("#correction-1", "taken up by").WantText("#item-"+item, "Corrected by", "It was warm.")
		if file := h.see(reader, "/1/record").Follow("JSON, the file that can be checked").Want(http.StatusOK); !strings.Contains(string(file.Body), `"scope":"meeting"`) {
			t.Errorf("the file is of something else: %.200s", file.Body)
		}
		h.visitor(reader).Get("/g/"+h.Group.Slug+"/record").Want(http.StatusOK).WantText("main", "published the record of meeting 1", "suggested a correction of the record of meeting 1").WantNoText("main", "ledger.minutes")
		next := h.begun()
		later := h.chair(next.Number)
		h.see(later, "/1/record").Form("Yes, it is accurate").Submit().Want(http.StatusOK).WantText(".head", "Meeting 2 confirmed that it is accurate.")
		h.visitor(reader).Get(list + "/99/record").Want(http.StatusNotFound)
		h.visitor(reader).Get(list + "/99/notes").Want(http.StatusNotFound)
	})
}
