package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/export"
	"folkmoot/internal/member"
	"folkmoot/internal/role"
	"folkmoot/internal/rulebook"
	"folkmoot/internal/webtest"
)

// school is a group with a role that somebody holds, at whose pages people look.
type school struct {
	*office
	term role.Term
}

func newSchool(t *testing.T, d *db.DB, c *dbtest.Clock, key string, days int) *school {
	t.Helper()
	l := &school{office: newOffice(t, d, c, 10)}
	l.Write(func(tx *db.Tx) error { // so that people are found by their names
		for _, a := range l.Who {
			if err := tx.Exec("UPDATE members SET name_key = ? WHERE id = ?", member.Fold(a.Member.Name), a.Member.ID).Error; err != nil {
				return err
			}
		}
		return nil
	})
	c.Advance(60 * 24 * time.Hour)
	l.term = l.give(key, 1, days)
	return l
}

// give gives a member a term that begins now, as a decision would.
func (l *school) give(key string, who, days int) (t role.Term) {
	l.Helper()
	l.Write(func(tx *db.Tx) error {
		r, err := role.Find(tx, l.Group.ID, key)
		if err != nil {
			return err
		}
		t = role.Term{
			Ref: "t_" + key + l.Who[who].Member.Ref, Group: l.Group.ID, Role: r.ID, Member: l.Who[who].Member.ID, Seat: 1, Caps: r.Caps,
			Begins: tx.Now, Ends: tx.Now.AddDate(0, 0, days), Cause: "draw/9",
		}
		why, err := role.Begin(tx, l.Ledger, l.Group, r, t, l.Who[who].Member)
		if why != "" {
			l.Fatal(why)
		}
		return err
	})
	l.at(l.Clock.Now())
	return t
}

// at moves the clock and has handovers looked after. Everybody signs in anew, as sessions may have run out.
func (l *school) at(to time.Time) {
	l.Helper()
	l.Clock.Set(to)
	l.office.at = map[int]*webtest.Visitor{}
	if err := l.s.Handovers.Tick(l.Context()); err != nil {
		l.Fatal(err)
	}
}

// told checks that nothing of what a third person sees, takes along or could find in the record has any of the texts.
func (l *school) told(who int, key string, texts ...string) {
	l.Helper()
	var all strings.Builder
	for _, path := range []string{"", "/powers", "/powers/" + key, "/powers/" + key + "/learn", "/people", "/record", "/record?before=60", "/record?before=30"} {
		all.Write(l.office.visitor(who).Get("/g/" + l.Group.Slug + path).Want(http.StatusOK).Body)
	}
	f, err := l.s.Exports.Everything(l.Context(), l.Who[who], export.Options{Format: export.JSON, Voice: l.s.views.catalog.Voice("en")})
	if err != nil {
		l.Fatal(err)
	}
	var b strings.Builder
	buf := make([]byte, 1<<16)
	for {
		n, err := f.Read(buf)
		b.Write(buf[:n])
		if err != nil {
			break
		}
	}
	if err := f.Close(); err != nil {
		l.Fatal(err)
	}
	for _, text := range texts {
		if strings.Contains(all.String(), text) {
			l.Errorf("a third person's pages have %q", text)
		}
		if strings.Contains(b.String(), text) {
			l.Errorf("a third person's export has %q", text)
		}
	}
}

// TestLearnOnPages: somebody asks, the holder agrees, they sit together, and others see a number.
func TestLearnOnPages(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		l := newSchool(t, d, c, "tellers", 90)
		role, learn := "/g/"+l.Group.Slug+"/powers/tellers", "/g/"+l.Group.Slug+"/powers/tellers/learn"
		l.page(3).WantText("main", "Nobody could take this over tomorrow yet.", "Nobody is learning beside whoever holds it now.", "There is no understudy to Member-001 yet.")
		l.visitor(2).Get(role).Follow("Learn it, or help somebody learn").Want(http.StatusOK).WantPath(learn).Form("Ask to learn beside Member-001").Submit().
			Want(http.StatusOK).WantText("main", "You have asked Member-001.")
		l.visitor(1).Get("/g/"+l.Group.Slug).Want(http.StatusOK).WantText("#learning ~ *", "Somebody waits for your answer")
		l.visitor(1).Get(learn).WantText("main", "Member-002 would like to learn beside you.").Form("Agree").Submit().Want(http.StatusOK).WantText("main", "Member-002 learns beside you")
		for range 2 {
			c.Advance(24 * time.Hour)
			l.visitor(2).Get(learn).Form("We sat together today").Submit().Want(http.StatusOK).WantText("main", "It counts once Member-001 says so too.")
			l.visitor(1).Get(learn).Form("Yes, we did on " + l.s.views.catalog.Voice("en").Date(c.Now())).Submit().Want(http.StatusOK)
		}
		l.visitor(2).Get(learn).WantText("main", "2 sittings that both of you confirmed.")
		l.page(3).WantText("main", "One other member could do this tomorrow.", "One member is learning beside whoever holds it.")
		l.visitor(3).Get("/g/"+l.Group.Slug+"/powers").WantText("main", "One other member could do this tomorrow.")
		l.visitor(3).Get(learn).WantNoText("main", "Member-002")
		p := l.visitor(1).Get(learn).Form("Invite").Set("member", "Nobody at all").Submit().Want(http.StatusUnprocessableEntity)
		if p.Problems()["member"] == "" {
			t.Errorf("who is called by no name: %v", p.Problems())
		}
		l.visitor(1).Get(learn).Form("Invite").Set("member", "Member-004").Submit().Want(http.StatusOK).WantText("main", "You have invited Member-004.")
		l.visitor(4).Get(learn).WantText("main", "Member-001 invites you").Form("Say no").Submit().Want(http.StatusOK).WantNoText("main", "invites you")
		l.visitor(1).Get(learn).Form("End this").Submit().Want(http.StatusOK).WantNoText("main", "learns beside you")
	})
}

// TestNobodyElseSeesWhoLearns_G15: of who shadows, who said what and what is written, a third person's pages, export and record say nothing.
func TestNobodyElseSeesWhoLearns_G15(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		l := newSchool(t, d, c, "convenors", 180)
		path := "/g/" + l.Group.Slug + "/powers/convenors"
		names := map[string]string{"shadow": "Quietly-Learning", "yes": "Would-Gladly"}
		l.Write(func(tx *db.Tx) error {
			if err := tx.Exec("UPDATE members SET name = ?, name_key = 'quietly-learning' WHERE id = ?", names["shadow"], l.Who[2].Member.ID).Error; err != nil {
				return err
			}
			return tx.Exec("UPDATE members SET name = ?, name_key = 'would-gladly' WHERE id = ?", names["yes"], l.Who[4].Member.ID).Error
		})
		l.visitor(2).Get(path + "/learn").Form("Ask to learn beside Member-001").Submit().Want(http.StatusOK)
		l.visitor(1).Get(path+"/learn").WantText("main", names["shadow"]).Form("Agree").Submit().Want(http.StatusOK)
		l.visitor(5).Get(path + "/learn").Form("I would be understudy to Member-001").Submit().Want(http.StatusOK)
		l.at(l.term.Ends.AddDate(0, 0, -42))
		l.visitor(4).Get("/g/"+l.Group.Slug).Want(http.StatusOK).WantText("section[aria-labelledby=asked]", "Would you do this?", "Say whether you would do it")
		l.visitor(4).Get(path).Form("Answer").Set("would", "yes").Submit().Want(http.StatusOK).WantNoText("main", "One person")
		l.visitor(3).Get(path).WantNoText("main", "One person")
		l.at(l.term.Ends.AddDate(0, 0, -21))
		l.visitor(1).Get(path).Follow("Hand your role over").Want(http.StatusOK).Form("Keep this").Set("item-3", "Ada, 555-0101").Submit().Want(http.StatusOK).WantText("main", "555-0101")
		l.visitor(3).Get(path + "/handover/" + l.term.Ref).Want(http.StatusNotFound)
		for _, who := range []int{3, 6} {
			page := l.visitor(who).Get(path)
			page.WantNoText("main", names["shadow"], names["yes"], "555-0101")
			l.toldBut(who, "555-0101", "shadowing", names)
		}
	})
}

// toldBut looks through what a third person gets. Names stand on the page of people, so they are looked for everywhere else.
func (l *school) toldBut(who int, secret, word string, names map[string]string) {
	l.Helper()
	l.told(who, "convenors", secret, word)
	for _, path := range []string{"", "/powers", "/powers/convenors", "/powers/convenors/learn"} {
		for _, name := range names {
			l.visitor(who).Get("/g/"+l.Group.Slug+path).WantNoText("main", name)
		}
	}
}

// TestRotationDay_5_7: on the day on which a job changes hands a member is told of it, the outgoing writes, and the incoming checks, meets and
// ends the handover.
func TestRotationDay_5_7(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		l := newSchool(t, d, c, "tellers", 90)
		path := "/g/" + l.Group.Slug + "/powers/tellers"
		l.at(l.term.Begins.AddDate(0, 0, 46))
		l.page(3).WantText("main", "Member-001 is half-way through the term.", "Write a proposal about this role")
		l.visitor(3).Get("/g/"+l.Group.Slug).WantText("main", "Member-001 is half-way through the term.")
		l.visitor(1).Get(path).Follow("Change what a handover asks").Form("Change the list").Set("items", "What to bring\nWhom to call").Submit().Want(http.StatusOK)
		l.visitor(3).Get(path + "/handover-list").Want(http.StatusNotFound)
		l.at(l.term.Ends.AddDate(0, 0, -21))
		sheet := path + "/handover/" + l.term.Ref
		l.visitor(1).Get("/g/"+l.Group.Slug).WantText("main", "Hand your role over")
		l.visitor(1).Get(sheet).WantText("main", "What to bring", "Nobody else could do this yet.").Form("Keep this").Set("item-1", strings.Repeat("word ", 301)).Submit().Want(http.StatusUnprocessableEntity)
		l.visitor(1).Get(sheet).Form("Keep this").Set("item-1", "Pens.").Submit().Want(http.StatusOK)
		l.at(l.term.Ends)
		l.give("tellers", 6, 90)
		l.visitor(3).Get("/g/"+l.Group.Slug).WantText("main", "One job changes hands today")
		l.page(3).WantText("main", "Handover not finished: nobody has marked it complete yet.").WantNoText("main", "You can ask Member-001")
		l.page(6).WantText("main", "You can ask Member-001 about this role", "Members can end this")
		l.page(1).WantText("main", "can ask you about it").Form("I would rather not be asked").Submit().Want(http.StatusOK).WantText("main", "Nobody is told to ask you")
		l.page(6).WantNoText("main", "You can ask Member-001").Follow("What was handed over to you").WantText("main", "Pens.").Form("Keep the ticks").Check("item-1").Check("item-2").Submit().Want(http.StatusOK)
		l.visitor(1).Get(sheet).Form("We have met").Submit().Want(http.StatusOK).WantText("main", "says that you have met")
		p := l.visitor(6).Get(sheet)
		if p.HasButton("Yes, it is complete") {
			t.Error("it can be ended before the new holder says that the two have met")
		}
		p.Form("We have met").Submit().Want(http.StatusOK).Form("Yes, it is complete").Submit().Want(http.StatusOK).WantText("main", "The handover is complete.")
		l.page(3).WantNoText("main", "Handover not finished: nobody has marked it complete yet.")
	})
}

// TestUnderstudyOnPages: one tap, a lot that names nobody, and a file of it that anybody can check.
func TestUnderstudyOnPages(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		l := newSchool(t, d, c, "tellers", 90)
		learn := "/g/" + l.Group.Slug + "/powers/tellers/learn"
		for i := 2; i < 5; i++ {
			l.visitor(i).Get(learn).Form("I would be understudy to Member-001").Submit().Want(http.StatusOK).WantText("main", "Nobody else sees this before somebody is named.")
		}
		l.visitor(4).Get(learn).Form("I would not after all").Submit().Want(http.StatusOK)
		l.at(l.term.Begins.AddDate(0, 0, 28))
		l.visitor(2).Get(learn).WantText("main", "A lot will be drawn for an understudy to Member-001", "You have number 1 in the lot.")
		l.visitor(9).Get(learn).WantNoText("main", "Member-002", "Member-003", "You have number")
		l.visitor(9).Get("/g/" + l.Group.Slug + "/lots/1").Want(http.StatusOK)
		l.visitor(9).Get("/g/" + l.Group.Slug + "/lots/2").Want(http.StatusNotFound)
		l.at(l.term.Begins.AddDate(0, 0, 30))
		l.page(9).WantText("main", "is understudy to Member-001.", "An understudy has no powers.")
		drawn := 2
		if !strings.Contains(l.visitor(9).Get(learn).Text("main"), "Member-002 is understudy") {
			drawn = 3
		}
		l.visitor(drawn).Get(learn).Form("Stop being understudy").Submit().Want(http.StatusOK).WantNoText("main", "You are understudy")
		l.visitor(5-drawn).Get(learn).WantText("main", "You are understudy to Member-001.")
	})
}

// TestEveryRoleSaysWhatItMayNotDo: whoever holds one reads it in their own words.
func TestEveryRoleSaysWhatItMayNotDo(t *testing.T) {
	catalog := testViews(t).catalog
	for _, r := range role.Types(rulebook.Branch) {
		for _, id := range []string{".name", ".does", ".not", ".you_not"} {
			if !catalog.Has("role." + r.Key + id) {
				t.Errorf("no catalogue has %q", "role."+r.Key+id)
			}
		}
	}
}
