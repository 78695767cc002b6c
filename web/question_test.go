package web

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/draw"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/role"
	"folkmoot/internal/vacancy"
)

// emptied has tellers drawn who give up, with somebody else who said that they might.
func (o *office) emptied() {
	o.Helper()
	d := o.view().Draw
	for i, a := range map[int]draw.Answer{1: draw.Yes, 2: draw.Yes, 3: draw.WithSomeone} {
		if err := o.Draws.Say(o.Context(), o.Who[i], d.Number, a); err != nil {
			o.Fatal(err)
		}
	}
	o.Pass(d.Closes)
	o.Pass(o.view().Draw.At)
	v := o.view()
	o.Pass(later(v.Terms[0].Begins, v.Terms[1].Begins).AddDate(0, 0, 1))
	for _, t := range v.Terms {
		if err := o.Roles.GiveUp(o.Context(), o.Who[o.place(t)], t.Ref); err != nil {
			o.Fatal(err)
		}
	}
	o.Pass(o.Clock.Now())
}

// asked lets days go by until members are asked, and returns what.
func (o *office) asked() motion.Motion {
	o.Helper()
	for range 60 {
		o.Pass(o.Clock.Now().AddDate(0, 0, 1))
		all, err := o.Vacancies.Asked(o.Context(), o.Who[0])
		if err != nil {
			o.Fatal(err)
		}
		if len(all) > 0 {
			return all[0]
		}
	}
	o.Fatal("members are not asked")
	return motion.Motion{}
}

// TestNobodySteppedUp walks through the pages while nobody holds a role: the question says that one may be drawn to look after it, the role and
// the power map say who does and what the clock does next, two members sign a count in common, and members choose what becomes of the role.
func TestNobodySteppedUp(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		o := newOffice(t, d, c, 9)
		path := groupPath(o.Group)
		o.page(6).WantText("main", "somebody is drawn to look after it for up to 28 days", "you can decline at any time")
		o.emptied()
		o.page(6).WantText("main", "Place 1 is free since", "looks after it until", "any two members together", "members are asked on", "the role falls asleep")
		o.visitor(6).Get(path+"/powers").Want(http.StatusOK).WantText("main", "2 places are free.", "Looks after it, because nobody was found.", "any two members together")
		o.page(3).WantText("main", "You look after this role", "You do not hold the role")
		o.visitor(3).Get(path).Want(http.StatusOK).WantText("main", "You look after this role")
		o.inCommon(path)

		m := o.asked()
		o.visitor(6).Get(path).Want(http.StatusOK).WantText("main", "A place that nobody takes", "What shall become of the role “Tellers”?")
		at := motionPath(o.Group, m)
		o.visitor(6).Get(at).Want(http.StatusOK).WantText("main", "One of these, which members put in order", "1. Ask again at once", "Do without it", "“Convenors” takes over the chores", "None of these: everything stays as it is", "That happens by itself").
			WantNoText("main", "We will", "Nothing follows", "For and against")
		o.Pass(m.Opens)
		b := o.ShowTo(o.Who[0], m.Number)
		abolish := "rank." + optionID(1+slices.Index(b.Options, string(vacancy.Abolish)))
		for i := range 8 {
			o.visitor(i).Get(at+"/vote").Want(http.StatusOK).WantText("main", "None of these", "Everything stays as it is.").
				Form("Check my vote").Set(abolish, "1").Submit().Want(http.StatusOK).WantText("main", "Do without it").
				Form("Cast this vote").Submit().Want(http.StatusOK)
		}
		o.Pass(b.Closes)
		for _, list := range []string{"", "/decisions", "/proposals?state=closed", "/proposals?state=all"} { // a result says what it is
			o.visitor(6).Get(path+list).Want(http.StatusOK).WantText("main", "What shall become of the role", "Members chose: Do without it").WantNoText("main", "Members chose a change")
		}
		o.visitor(6).Get(path+"/decisions/2026-002").Want(http.StatusOK).WantText("main", "Members chose: Do without it. That was done by itself.", "The role has ended. Its history stays.")
		o.visitor(6).Get(at).Want(http.StatusOK).WantText("footer, main", "The program did by itself what follows from it").WantNoText("main", "The group does it")
		o.visitor(6).Get(at + "/count.json").Want(http.StatusOK)
		o.page(6).WantText("main", "Members ended this role on")
	})
}

// TestSomebodyHoldsTheOther: members are asked about a role of which one place is free; the page says who holds the other, and whose term would end.
func TestSomebodyHoldsTheOther(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		o := newOffice(t, d, c, 9)
		draws := o.view().Draw
		for _, i := range []int{1, 2} {
			if err := o.Draws.Say(o.Context(), o.Who[i], draws.Number, draw.Yes); err != nil {
				t.Fatal(err)
			}
		}
		o.Pass(draws.Closes)
		o.Pass(o.view().Draw.At)
		terms := o.view().Terms
		o.Pass(later(terms[0].Begins, terms[1].Begins).AddDate(0, 0, 1))
		if err := o.Roles.GiveUp(o.Context(), o.Who[o.place(terms[0])], terms[0].Ref); err != nil {
			t.Fatal(err)
		}
		m := o.asked()
		holder := o.Who[o.place(terms[1])].Member.Name
		at := motionPath(o.Group, m)
		o.visitor(6).Get(at).Want(http.StatusOK).WantText("main", "one of 2 places has been free for a week. Held now: "+holder+".", "It ends also for "+holder+".").
			WantNoText("main", "because nobody has taken the role")
		o.Pass(m.Opens)
		o.visitor(6).Get(at+"/vote").Want(http.StatusOK).WantText("main", "The role ends, also for "+holder+".")
	})
}

// inCommon has a count signed by two members together.
func (o *office) inCommon(path string) {
	o.Helper()
	b := o.Vote(o.Open(false), 5, 1, 0)
	at := path + "/decisions/2026-001"
	o.visitor(5).Get(at).Want(http.StatusOK).WantText("main", "Nobody holds the role “Tellers” now").
		Form("Yes, sign it").Submit().Want(http.StatusOK).WantText("main", "A second member makes it count")
	o.visitor(6).Get(at).Want(http.StatusOK).Form("Yes, sign it").Submit().Want(http.StatusOK).
		WantText("main", "Signed in common by", "while nobody holds the role “Tellers”")
	if p := o.visitor(7).Get(at).Want(http.StatusOK); p.Has("form[action$='/sign']") {
		o.Errorf("a third is asked to sign the count of ballot %d", b.ID)
	}
}

// TestWakeAndStay: on the pages members let who held a role last look after it, and wake a role that sleeps.
func TestWakeAndStay(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		o := newOffice(t, d, c, 9)
		o.emptied()
		free, err := o.Vacancies.Of(t.Context(), o.Who[0], o.view().Role.ID)
		if err != nil || len(free.Stay) != 1 {
			t.Fatalf("one seat is looked after, and for the other somebody could stay: %+v, %v", free, err)
		}
		o.page(6).Follow("Let "+free.Stay[0].Name+" look after it for some weeks").WantText("main", "in secret, with two of every three votes").
			Form("Put it forward").Set("why", "They know the list.").Submit().Want(http.StatusOK).WantText("main", free.Stay[0].Name, "chores only")
		o.visitor(6).Get(groupPath(o.Group)+"/powers/tellers/stay?who=m_none").Want(http.StatusOK).WantText("main", "They cannot look after this role now")
		for day := 0; !o.view().Sleeps() && day < 200; day++ {
			o.Pass(c.Now().AddDate(0, 0, 1))
		}
		o.as(t, 7).Get(groupPath(o.Group)+"/powers/tellers").Want(http.StatusOK).WantText("main", "This role sleeps since").Follow("Wake it").Form("Put it forward").Submit().Want(http.StatusOK).
			WantText("main", "Wake the role “Tellers”", "Everybody is asked who would take it")
	})
}

// TestNothingIsForetoldThatIsPast: what the clock does next has a date while that is to come; once it is behind, and something else holds it up, the
// page says what is waited for.
func TestNothingIsForetoldThatIsPast(t *testing.T) {
	now := time.Date(2026, 11, 26, 20, 0, 0, 0, time.UTC)
	a := member.Actor{Group: member.Group{Zone: time.UTC}}
	for _, tt := range []struct {
		asks, sleeps time.Time
		want         []string
	}{
		{now.Add(time.Hour), now.AddDate(0, 0, 80), []string{"vacancy.asks", "vacancy.sleeps"}},
		{now.AddDate(0, 0, -11), now.AddDate(0, 0, 80), []string{"vacancy.asks_after", "vacancy.sleeps"}},
		{time.Time{}, now, []string{"vacancy.sleeps_after"}},
		{time.Time{}, time.Time{}, nil},
	} {
		v := vacancy.View{AsksAt: tt.asks, SleepsAt: tt.sleeps}
		p := vacantOf(a, role.Powers{}, v, now)
		p.places(a, role.Powers{}, nil, v, now)
		var got []string
		for _, m := range p.Next {
			got = append(got, m.ID)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("asked at %v, asleep at %v: %q, want %q", tt.asks, tt.sleeps, got, tt.want)
		}
	}
}
