package web

import (
	"net/http"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/meeting"
)

// TestMeetingAskedForThroughThePages: where nobody holds a role that calls meetings, the pages say so beforehand, enough members ask, and those who asked first are named and led to the
// form from their first page at once; nobody else is, and the meeting of the rule is not mistaken for theirs.
func TestMeetingAskedForThroughThePages(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		h := newMeetHall(t, d, c, 6)
		h.keepsRhythm()
		home := "/g/" + h.Group.Slug
		p := h.see(0, "").WantText("#ask ~ *", "Nobody holds a role that calls meetings now. So the first three who ask can call it at once.")
		p.WantText(".strip", "All members are told at least 7 days before a meeting. For one that members asked for, 5 are enough.")
		p.Form("Begin to collect names").Set("business", "The heating is broken.").Submit().Want(http.StatusOK).WantText("#ask ~ *", "1 of 2 names so far.", "can call it at once.")
		h.visitor(0).Get(home).WantCount("#to-call", 0)
		h.see(3, "").Form("I ask for it too").Submit().Want(http.StatusOK).
			WantText("#ask ~ *", "Those who asked first can call it now: "+h.Who[0].Member.Name+", "+h.Who[3].Member.Name+". If they do not, it is called by itself on").
			WantText(".strip", "at least 7 days before a meeting. For one that members asked for, 5 are enough.").WantNoText("#rhythm ~ *", "You can call this meeting")
		h.visitor(1).Get(home).WantCount("#to-call", 0).WantText("#rhythm ~ *", "Whoever is chosen to call meetings can call it until")
		h.visitor(3).Get(home).WantText("#to-call ~ *", "You can call it", "If nobody does, it is called by itself on").WantNoText("#rhythm ~ *", "You can call this meeting").
			Follow("Call the meeting that members asked for").Want(http.StatusOK).WantPath(home+"/meetings/new").
			Form("Give notice to all members").Set("title", "The heating").Set("place", "The hall").Submit().Want(http.StatusOK).WantText("body", "Notice is given to all members.")
		h.visitor(3).Get(home).WantCount("#to-call", 0).WantText("main", "Next meeting", "The heating")
		h.see(1, "/1").WantText("#agenda ~ *", "The lot puts new proposals in order on").WantNoText("main", "when notice is given")
		h.visitor(1).Get(home+"/record").WantText("main", "Nobody holds a role that calls meetings, so those who asked first can.")
	})
}

// TestStateForWhoIsNoted: before a meeting begins, whoever is noted as there is told that, and not that they can say so.
func TestStateForWhoIsNoted(t *testing.T) {
	now := dbtest.Start
	m := meeting.Meeting{State: meeting.Called, Details: meeting.Details{Opens: now.Add(10 * time.Minute)}}
	for _, f := range []struct {
		here meeting.Presence
		at   time.Time
		want string
	}{
		{meeting.Presence{}, now, "meeting.state.door"}, {meeting.Presence{ID: 1}, now, "meeting.state.here"}, {meeting.Presence{ID: 1, Paper: true}, now, "meeting.state.noted"},
		{meeting.Presence{ID: 1, Paper: true}, now.Add(time.Hour), "meeting.state.to_begin"},
	} {
		if got := stateFor(m, f.here, f.at); got.ID != f.want {
			t.Errorf("%+v at %v: %s, want %s", f.here, f.at, got.ID, f.want)
		}
	}
}
