package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/member"
	"folkmoot/internal/webtest"
)

// reportsMoney gives a member the power to report on money for a while.
func (w *voting) reportsMoney(who member.Actor, lasts time.Duration) {
	w.Helper()
	w.Write(func(tx *db.Tx) error {
		return tx.Exec(`INSERT INTO terms (ref, group_id, role_id, member_id, seat, caps, starts_at, ends_at, cause)
			SELECT ?, group_id, id, ?, 1, 'finance_note', ?, ?, 'rulebook/1' FROM roles WHERE key = 'treasurers' AND group_id = ?`,
			"t_money_"+w.Group.Slug, who.Member.ID, db.At(tx.Now), db.At(tx.Now.Add(lasts)), w.Group.ID).Error
	})
}

// ago is a day some days back, as a field has it.
func (w *voting) ago(days int) string {
	return w.Clock.Now().In(w.Group.Zone).AddDate(0, 0, -days).Format(time.DateOnly)
}

// firstMoney fills in a first report that is in order.
func (w *voting) firstMoney(p *webtest.Page) *webtest.Form {
	return p.Form("File a report").Set("from", w.ago(60)).Set("to", w.ago(1)).Set("currency", "euros").Set("start", "1,000").Set("what-1", "Dues").Set("in-1", "200").
		Set("what-2", "Rent of the hall").Set("out-2", "49.50").Set("end", "1150.50").Set("words", "The accounts lie in the **office**.")
}

// TestMoneyOnThePages follows the reports of a group: nobody can file one, then a treasurer does, is told what does not fit, corrects it, and
// goes on from there; everybody reads them.
func TestMoneyOnThePages(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newVoting(t, d, c, "B", 4)
		home := groupPath(w.Group)
		w.Write(func(tx *db.Tx) error { return w.Roles.Form(tx, w.Group) })
		ada, bo := w.as(t, 0), w.as(t, 1)
		p := bo.Get(home + "/people").Follow("Money: the reports").Want(http.StatusOK)
		p.WantText("main", "No report has been filed yet", "The first report is due by", "The role “Treasurers” writes the reports. Nobody holds it now").WantNoText("main", "Reports begin once")
		if p.Has(`a[href$="/money/new"]`) || p.Has(`a[href$="reports.csv"]`) {
			t.Error("there is something to do, and nothing can be done")
		}
		ada.Get(home + "/money/new").Want(http.StatusForbidden)

		w.reportsMoney(w.Who[0], 200*24*time.Hour)
		bo.Get(home+"/money/new").Want(http.StatusForbidden).WantText("main", "Only somebody whose role is to write the money reports")
		bo.Get(home+"/money").WantText("main", "Member-000", "Treasurers")
		form := ada.Get(home+"/money").WantText(".head", "You can file the next report.", "You can file reports until").Follow("File a report")
		wrong := w.firstMoney(form).Set("end", "1150").Set("what-6", "Paper").Submit().Want(http.StatusUnprocessableEntity)
		if got := wrong.Problems(); len(got) != 1 || got["in-6"] == "" {
			t.Errorf("what is wrong: %v", got)
		}
		if !wrong.Has("details[open] #f-what-6") {
			t.Error("the line that is wrong is folded away")
		}
		wrong = wrong.Form("File a report").Set("what-6", "").Submit().Want(http.StatusUnprocessableEntity)
		wrong.WantText("main", "By your lines there should be 1 150.50. You counted 1 150.00, which is 0.50 apart.")
		stale := wrong.Form("File a report")
		wrong.Form("File a report").Set("end", "1150.50").Submit().WantPath(home+"/money/1").WantText(".notice", "The report is filed.").
			WantText("main", "Rent of the hall", "1 000.00", "49.50", "1 150.50", "euros", "office", "by Member-000")
		stale.Forge("once", "another form").Submit().Want(http.StatusConflict).WantText("main", "Another report was filed while you were writing.")
		bo.Get(home+"/money/1").Want(http.StatusOK).WantNoText("main", "Correct this report")
		bo.Get(home + "/money/1/correct").Want(http.StatusForbidden)
		for _, path := range []string{"/money/2", "/money/0", "/money/01", "/money/x", "/money/2/correct"} {
			ada.Get(home + path).Want(http.StatusNotFound)
		}

		again := ada.Get(home+"/money/1").Follow("Correct this report").Want(http.StatusOK).WantText("main", "The old report stays to be read").Form("File a report")
		if again.Value("start") != "1000.00" || again.Value("out-2") != "49.50" || again.Value("what-1") != "Dues" || again.Value("from") != w.ago(60) {
			t.Errorf("the correction begins with %v", again.Values())
		}
		again.Set("out-2", "59.50").Set("end", "1140.50").Submit().WantPath(home+"/money/2").WantText("main", "Corrects report 1")
		ada.Get(home+"/money/1").WantText("main", "Corrected by report 2").WantNoText("main", "Correct this report")
		ada.Get(home + "/money/1/correct").Want(http.StatusConflict)

		c.Advance(40 * 24 * time.Hour)
		next := ada.Get(home+"/money/new").Want(http.StatusOK).WantText("main", "with 1 140.50 euros.")
		if next.Has("#f-from") || next.Has("#f-start") || next.Has("#f-currency") {
			t.Error("the next report is asked where it begins")
		}
		next.Form("File a report").Set("to", w.ago(2)).Set("end", "1140.50").Submit().WantPath(home+"/money/3").WantText("main", "Nothing came in and nothing was paid.")
		bo.Get(home+"/money").WantCount(".rows > li", 3).WantText(".rows", "Corrected by report 2", "Corrects report 1", "1 140.50 euros at the end")
		bo.Get(home+"/money?before=3").WantCount(".rows > li", 2).WantText(".rows", "Corrected by report 2")
		bo.Get(home+"/record").WantText("main", "filed money report 2. It corrects report 1.", "filed money report 3.")

		file := bo.Get(home + "/money/reports.csv").Want(http.StatusOK)
		if text := string(file.Body); !strings.Contains(text, "Rent of the hall,,59.50,") || strings.Count(text, "\n") != 11 {
			t.Errorf("the spreadsheet: %s", text)
		}
	})
}

// TestMoneyIsLate: a late report is spoken of without blame, and no form opens for whoever's time is over.
func TestMoneyIsLate(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	w := newVoting(t, dbtest.SQLite(t, c), c, "B", 4)
	home := groupPath(w.Group)
	w.Write(func(tx *db.Tx) error { return w.Roles.Form(tx, w.Group) })
	w.reportsMoney(w.Who[0], 110*24*time.Hour)
	c.Advance(110*24*time.Hour - time.Minute)
	ada := w.as(t, 0)
	form := w.firstMoney(ada.Get(home+"/money").WantText("main", "The report is late.", "Often a second pair of hands helps.").Follow("File a report"))
	c.Advance(time.Minute)
	form.Submit().Want(http.StatusForbidden)
	ada.Get(home+"/money").WantText("main", "The report is late.", "Nobody holds it now").WantNoText("main", "pair of hands")
}

// TestMoneyWasNoChore: where the roles began before there were reports, the pages say so, and members put it to the vote that a role writes them.
// Whoever holds the role now is told that they cannot.
func TestMoneyWasNoChore(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	w := newVoting(t, dbtest.SQLite(t, c), c, "B", 4)
	home := groupPath(w.Group)
	w.Write(func(tx *db.Tx) error { return w.Roles.Form(tx, w.Group) })
	caps := func(caps string) {
		w.Write(func(tx *db.Tx) error {
			return tx.Exec("UPDATE roles SET caps = ? WHERE key = 'treasurers' AND group_id = ?", caps, w.Group.ID).Error
		})
	}
	ada := w.as(t, 0)
	ada.Get(home+"/powers/treasurers").WantText("main", "write the reports on the group’s money").WantNoText("main", "one more chore")
	ada.Get(home+"/powers/treasurers/reports").Want(http.StatusOK).WantText("main", "writes the money reports already")
	caps("")
	p := ada.Get(home+"/money").WantText("main", "No role in this group writes reports on money").WantNoText("main", "is due by", "is late")
	if p.Has(`a[href$="/powers/convenors/reports"]`) {
		t.Error("another role is offered")
	}
	ada.Get(home+"/powers/treasurers").WantText("main", "The program now has one more chore for this role", "Nobody was given it by that.")
	long := strings.Repeat("word ", 1000)
	form := p.Follow("Have the role “Treasurers” write the money reports").Want(http.StatusOK).WantText("main", "Whoever holds the role now cannot file reports.")
	form.Form("Put it forward").Set("why", long).Submit().Want(http.StatusUnprocessableEntity)
	made := form.Form("Put it forward").Set("why", "So that we know.").Submit().Want(http.StatusOK)
	made.WantText("main", "The role “Treasurers” writes the money reports", "Whoever is given the role “Treasurers” from now on also writes", "as many votes as a change of the rules")
	form.Form("Put it forward").Submit().WantPath(made.URL.Path)
	ada.Get(home + "/powers/nobody/reports").Want(http.StatusNotFound)

	w.Write(func(tx *db.Tx) error {
		return tx.Exec(`INSERT INTO terms (ref, group_id, role_id, member_id, seat, caps, starts_at, ends_at, cause)
			SELECT 't_early', group_id, id, ?, 2, '', ?, ?, 'rulebook/1' FROM roles WHERE key = 'treasurers' AND group_id = ?`,
			w.Who[1].Member.ID, db.At(tx.Now), db.At(tx.Now.AddDate(0, 0, 90)), w.Group.ID).Error
	})
	caps("finance_note")
	ada.Get(home+"/money").WantText("main", "The role “Treasurers” writes the reports from the next term on.").WantNoText("main", "Have the role")
	form.Form("Put it forward").Forge("once", "later").Submit().Want(http.StatusConflict)
}

// TestMoneyWaits: the group's first page tells whoever can file the report of it, once the time is over that it is about.
func TestMoneyWaits(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	w := newVoting(t, dbtest.SQLite(t, c), c, "B", 4)
	home := groupPath(w.Group)
	w.Write(func(tx *db.Tx) error { return w.Roles.Form(tx, w.Group) })
	w.reportsMoney(w.Who[0], 200*24*time.Hour)
	const title = "The next report on the group’s money"
	w.as(t, 0).Get(home).WantNoText("main", title)
	c.Advance(95 * 24 * time.Hour)
	w.as(t, 0).Get(home).WantText("main", title, "The next report is due by", "You may write the reports on the group’s money.")
	w.as(t, 1).Get(home).WantNoText("main", title)
	c.Advance(20 * 24 * time.Hour)
	form := w.as(t, 0).Get(home).WantText("main", title, "It was due by").Follow(title).WantText("main", "It is late, and still wanted.")
	if from, to := form.Form("File a report").Value("from"), form.Form("File a report").Value("to"); from != w.ago(115) || to != w.ago(26) {
		t.Errorf("the days that are proposed: %s to %s, want a quarter from %s on", from, to, w.ago(115))
	}
	w.firstMoney(form).Submit().WantPath(home + "/money/1")
	w.as(t, 0).Get(home).WantNoText("main", title)
}
