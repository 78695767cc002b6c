package web

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/member"
	"folkmoot/internal/role"
	"folkmoot/internal/webtest"

	"github.com/PuerkitoBio/goquery"
)

// seated has tellers drawn, and their terms begun. It returns one of the terms.
func (o *office) seated() role.Term {
	o.Helper()
	for i := 1; i <= 4; i++ {
		o.page(i).Form("Answer").Set("answer", "yes").Submit().Want(http.StatusOK)
	}
	o.goTo(o.view().Draw.Closes)
	o.goTo(o.view().Draw.At)
	v := o.view()
	o.goTo(later(v.Terms[0].Begins, v.Terms[1].Begins))
	return o.view().Terms[0]
}

// TestRecallPages walks from a petition to the end of the term, by members who hold no role: the right sweep of practice.md §6.2, item 3,
// for recall. Nobody's page names who asked.
func TestRecallPages(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		o := newOffice(t, d, c, 8)
		term := o.seated()
		holder, path := o.place(term), "/g/"+o.Group.Slug
		name := o.Who[holder].Member.Name

		start := o.page(0).Follow("End "+name+"’s term early").Want(http.StatusOK).WantText("main", "2 members have to sign within 30 days", "No member is told who starts or signs", "some may guess")
		start.Form("Read it once more").Set("reason", "").Submit().Want(http.StatusUnprocessableEntity).WantText("main", "Please write something.")
		sure := start.Form("Read it once more").Set("reason", "Counts were left **unsigned**.").Submit().Want(http.StatusOK)
		sure.WantText("main", "Start this petition?", "Counts were left unsigned.", "Nothing has started yet.").WantCount("main .md strong", 1)
		o.visitor(5).Get(path).Want(http.StatusOK).WantNoText("main", "Members ask to end a term early")
		sure.Form("Read it once more").Set("reason", "").Submit().Want(http.StatusUnprocessableEntity).WantText("main", "Please write something.")
		p := sure.Form("Start it, and sign it first").Submit().Want(http.StatusOK)
		p.WantText("main", "The petition has started.", "1 of 2 names so far.", "Your name is on it. Only you can see this.", "Counts were left unsigned.")
		if strings.Contains(p.Text("main"), "Member-000") {
			t.Error("the page names who started the petition")
		}
		at := path + "/powers/tellers/end/" + term.Ref
		p.Form("Take my name back").Submit().Want(http.StatusOK).WantText("main", "It ended. All names were taken back.", "Start a petition")
		startPetition(o.visitor(0), at, "Counts were left unsigned.")
		o.visitor(5).Get(path).Want(http.StatusOK).WantText("main", "Members ask to end a term early", "1 of 2 names so far.")
		o.page(5).WantText("main", "Members ask to end "+name+"’s term early: 1 of 2 names")
		o.visitor(holder).Get(at).Form("Publish my answer").Set("answer", "I was ill.").Submit().Want(http.StatusOK).WantText("main", "Your answer is published.", "I was ill.")
		if o.visitor(5).Get(at).Has("form[action$='/answer']") {
			t.Error("somebody else is asked for an answer")
		}
		signed := o.visitor(5).Get(at).Form("Yes, sign it").Submit().Want(http.StatusOK)
		signed.WantText("main", "2 members have signed. All members decide.").WantNoText("main", "Member-005")

		o.visitor(6).Get(path).WantText("main", "By petition of 2 members", "2 members have signed.")
		m := o.visitor(6).Get(path + "/proposals/" + o.newest()).Want(http.StatusOK)
		m.WantText("main", "By petition of 2 members", "Who signed is told to nobody.", "The reason", "Counts were left unsigned.", "The answer", "I was ill.", "What happens by itself if it is carried")
		if m.Has("form[action$='/support']") || m.Has("form[action$='/secret']") {
			t.Error("what a petition called for asks for support, or for a secret vote")
		}
		o.goToVote(5, 1)
		if o.view().Terms[0].Ref == term.Ref || member.Can(o.again(holder), member.SignCount, c.Now()) {
			t.Error("the term goes on")
		}
		o.visitor(6).Get(path+"/decisions/2026-001").Want(http.StatusOK).WantText("main", "The term ended in the moment in which the votes were counted.")
		o.page(6).WantText("main", "Ended by members’ vote.")
		o.visitor(6).Get(at).Want(http.StatusOK).WantText("main", "Members ended the term by vote.", "This term is over.")
		o.visitor(6).Get(path+"/record").Want(http.StatusOK).WantText("main", "The group has a role that its rules ask for: Tellers.", "A term in the role Tellers ended by members’ vote.", "Done by itself: a term ends (Tellers).", "Decision 2026-001: End ", "Petition 2 (Tellers)").WantNoText("main", "ledger.")
		o.onlyDays(path)
	})
}

// onlyDays looks at the record of a petition: of what somebody did whose name is told to nobody, pages show the day and no minute.
func (o *office) onlyDays(path string) {
	o.Helper()
	for p := o.visitor(6).Get(path + "/record").Want(http.StatusOK); ; p = p.Follow("Older") {
		rows := p.All(".rows li").FilterFunction(func(_ int, li *goquery.Selection) bool {
			return strings.Contains(li.Text(), "Members started petition")
		})
		if rows.Length() == 0 {
			continue
		}
		at := rows.First().Find("time")
		if stamp := at.AttrOr("datetime", ""); len(stamp) != len("2006-01-02") || strings.ContainsAny(at.Text(), ":,") {
			o.Errorf("of a petition it is told that it started %q, %s", at.Text(), stamp)
		}
		entry := p.Follow(rows.First().Find(".kind a").AttrOr("href", "")).Want(http.StatusOK).WantText("main", "Only the day is shown here")
		if stamp := entry.All(".facts time").AttrOr("datetime", ""); len(stamp) != len("2006-01-02") {
			o.Errorf("the entry tells %s", stamp)
		}
		return
	}
}

// startPetition starts a petition at the address of a term, in the two steps that it takes.
func startPetition(v *webtest.Visitor, at, reason string) *webtest.Page {
	return v.Get(at).Want(http.StatusOK).Form("Read it once more").Set("reason", reason).Submit().Want(http.StatusOK).Form("Start it, and sign it first").Submit().Want(http.StatusOK)
}

// goToVote has the vote that is next held, with so many for and against, and does what is due then.
func (o *office) goToVote(yes, no int) {
	o.Helper()
	v, err := o.s.Motions.Show(o.Context(), o.Who[0], o.number())
	if err != nil {
		o.Fatal(err)
	}
	o.GoTo(v.Opens)
	o.visitor(6).Get("/g/"+o.Group.Slug+"/proposals/"+o.newest()+"/vote").Want(http.StatusOK).WantText("main", "in which the votes are counted")
	o.Vote(o.Show(o.number()), yes, no, 0)
	o.goTo(o.Clock.Now())
}

// number is that of the proposal that was put before the group last: elections are among them.
func (o *office) number() (n int) {
	o.Helper()
	o.Read(func(tx *db.Tx) error { return tx.Raw("SELECT MAX(number) FROM motions").Scan(&n).Error })
	return n
}

func (o *office) newest() string { return strconv.Itoa(o.number()) }

// again returns a member as they stand now.
func (o *office) again(i int) member.Actor {
	o.Helper()
	a, _, err := o.s.Members.Visit(o.Context(), o.Who[i].Person, o.Group.Slug)
	if err != nil {
		o.Fatal(err)
	}
	return a
}

// TestWaiverPages: any member proposes it, it cannot be reworded, and everybody sees who was let outside the limits.
func TestWaiverPages(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		o := newOffice(t, d, c, 8)
		path := "/g/" + o.Group.Slug
		o.Write(func(tx *db.Tx) error {
			return tx.Exec("UPDATE members SET name_key = ? WHERE id = ?", member.Fold("Member-002"), o.Who[2].Member.ID).Error
		})
		o.visitor(0).Get(path+"/powers").Want(http.StatusOK).WantText("main", "Nobody has been let outside the limits")
		form := o.page(0).Follow("Let somebody take it once outside the limits").Want(http.StatusOK).WantText("main", "before the list of those who can be drawn is made").Form("Put it forward")
		o.visitor(0).Get(path+"/powers/convenors/waiver").Want(http.StatusOK).WantText("main", "It has to be decided before nominations close.")
		form.Set("name", "Nobody Here").Submit().Want(http.StatusUnprocessableEntity).WantText("main", "Nobody in this group is called that.")
		m := form.Set("name", "member 002").Set("why", "They have learnt.").Submit().Want(http.StatusOK)
		m.WantText("main", "One term outside the limits for Member-002", "It takes two of every three votes.", "They have learnt.")
		if m.Has("a[href$='/edit']") {
			t.Error("words that say what will happen can be changed")
		}
		o.visitor(1).Get(path + "/proposals/" + o.newest()).Form("Support this").Submit().Want(http.StatusOK)
		o.Clock.Advance(time.Minute)
		v, err := o.s.Motions.Show(o.Context(), o.Who[0], o.number())
		if err != nil {
			t.Fatal(err)
		}
		o.GoTo(v.Opens)
		o.visitor(6).Get(path+"/proposals/"+o.newest()+"/vote").Want(http.StatusOK).WantText("main", "2 of every 3")
		o.Vote(o.Show(o.number()), 5, 1, 0)
		o.visitor(6).Get(path+"/decisions/2026-001").Want(http.StatusOK).WantText("main", "The person may take the role once outside the limits.")
		o.visitor(6).Get(path+"/powers").Want(http.StatusOK).WantText("main", "Member-002 may take the role Tellers once: decision 2026-001")
	})
}
