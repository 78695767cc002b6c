package web

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"folkmoot/internal/browsertest"
	"folkmoot/internal/consent"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/webtest"
)

// newCrew is a small crew whose first selection is open.
func newCrew(t *testing.T, d *db.DB, c *dbtest.Clock, people int) *office {
	t.Helper()
	o := &office{newVoting(t, d, c, "A", people), t, map[int]*webtest.Visitor{}}
	o.Write(func(tx *db.Tx) error { return o.s.Roles.Form(tx, o.Group) })
	o.Pass(c.Now().AddDate(0, 0, 14)) // as long as after the third member joined
	if v := o.choosing(0); v.State != consent.Naming {
		t.Fatalf("nobody is asked to write a name: %+v", v)
	}
	return o
}

// choosing is the first selection as a member sees it.
func (o *office) choosing(i int) consent.View {
	o.Helper()
	v, err := o.Consent.Show(o.Context(), o.Who[i], 1)
	if err != nil {
		o.Fatal(err)
	}
	return v
}

// named writes a name on the page.
func (o *office) named(by, named int, button string) *webtest.Page {
	o.Helper()
	return o.visitor(by).Get(groupPath(o.Group)+"/selections/1").Want(http.StatusOK).Form(button).Set("member", fmt.Sprint(o.Who[named].Member.ID)).
		Set("reason", fmt.Sprintf("They listen, says %d.", by)).Submit()
}

// TestSelectionOnPages goes through a selection by its pages, from the first page to the terms, and on the role's page and the record.
func TestSelectionOnPages(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		o := newCrew(t, d, c, 6)
		home := groupPath(o.Group)
		at := home + "/selections/1"
		o.visitor(0).Get(home).WantText("main", "Choosing together", "Write who could do this, and why.").Follow("Stewards").
			WantPath(at).WantText("main", "nobody sees whether you have written", "with the name of whoever wrote it", "Two people call everybody together")
		o.visitor(0).Get(home+"/powers").WantText("main", "Stewards", "Members are choosing.").Follow("Choosing together 1").WantPath(at)
		o.visitor(0).Get(home+"/powers/stewards").WantText("main", "Everybody writes one name in private.").WantNoText("body", "<no value>").WantText(".strip", "choosing begins by itself")

		wrong := o.visitor(0).Get(at).Form("Keep this name").Submit().Want(http.StatusUnprocessableEntity)
		wrong.WantText(".problems", "Choose a name.", "Write why.")
		o.visitor(0).Get(at).Form("Keep this name").Set("member", fmt.Sprint(o.Who[1].Member.ID)).Set("reason", strings.Repeat("word ", 101)).Submit().
			Want(http.StatusUnprocessableEntity).WantText(".problems", "It can have 100 at most").WantText("select option[selected]", "Member-001")
		for by, named := range []int{1, 2, 1, 1, 2, 1} {
			o.named(by, named, "Keep this name").Want(http.StatusOK).WantText("main", "You have written a name. Nobody else can see that.")
		}
		o.named(5, 2, "Change what I wrote").Want(http.StatusOK)
		o.visitor(4).Get(at).Form("Yes, leave me out").Submit().Want(http.StatusOK).WantText("main", "These have said “not me”: Member-004.").WantNoText("main", "Yes, leave me out")
		o.visitor(4).Get(home).WantNoText("main", "Write who could do this, and why.")

		o.Pass(o.choosing(0).Until)
		page := o.visitor(3).Get(at).Want(http.StatusOK).WantText("main", "Written by Member-000", "They listen, says 4.", "The first names, and why",
			"Member-001: named by 3 people", "Your first name stands: Member-001.")
		inOrder(t, page, "The first names, and why", "Write another name instead", "What the role is", "Not me")
		page.WantNoText("select", "Member-004")
		o.Pass(o.choosing(0).Until)
		page = o.visitor(3).Get(at).Want(http.StatusOK).WantText("main", "In which order names are proposed", "What do you say to Member-001?", "What do you say to Member-002?")
		turn := map[int]string{}
		for _, n := range o.choosing(0).Proposed() {
			turn[o.Place(n.Member)] = fmt.Sprint(n.Turn)
		}
		page.WantText("#name-"+turn[1], "Member-001: named by 3 people", "They listen, says 3.", "Written by Member-003")
		page.WantText("main", "At least 3 members must say what they think of a name. Whoever is proposed counts as one of them.")
		page.WantText("#steps + ol", "The 2 who are named most are proposed.", "From ", "at the earliest: Whoever can be agreed on is asked")
		inOrder(t, page, "Do you agree?", "What the role is", "Not me")
		const button = "Keep my answers"
		page.Form(button).Submit().Want(http.StatusUnprocessableEntity).WantText(".problems", "Choose one of the three.")
		wrong = page.Form(button).Set("answer-"+turn[1], "agree").Set("reason-"+turn[1], "Calm, always.").Set("answer-"+turn[2], "object").Submit().
			Want(http.StatusUnprocessableEntity)
		wrong.WantText(".problems", "Write why.").WantText("#name-"+turn[2]+" .wrong", "Write why.").WantNoText("#name-"+turn[1], "Write why.").
			WantText("#name-"+turn[1]+" textarea", "Calm, always.")
		if v := o.choosing(3); len(v.MineSaid) > 0 {
			t.Errorf("half a form is kept: %+v", v.MineSaid)
		}
		wrong.Form(button).Set("reason-"+turn[2], "They are away.").Submit().Want(http.StatusOK)
		if v := o.choosing(3); len(v.MineSaid) != 2 {
			t.Errorf("of two answers in one form is kept: %+v", v.MineSaid)
		}
		for _, by := range []int{0, 3, 5} {
			answers := o.visitor(by).Get(at).Form(button).Set("answer-"+turn[1], "agree").Set("answer-"+turn[2], "agree").Set("reason-"+turn[2], "")
			if answers.Submit().Want(http.StatusOK); len(o.choosing(by).MineSaid) != 2 {
				t.Errorf("%d has said %+v", by, o.choosing(by).MineSaid)
			}
		}
		o.visitor(1).Get(at).WantText("main", "This is you. You speak last").Form("Keep my answer")
		o.visitor(0).Get(home).WantNoText("main", "Say what you think of the names")
		o.Pass(o.choosing(0).Until)
		o.visitor(0).Get(at).WantText("main", "Agree: 3. Stand aside: 0. Object: 0. Not heard from: 2.", "Agree: Member-000, Member-003, Member-005",
			"Nobody objects. Member-001 is being asked.", "Calm, always.").WantText(".strip", "Once everybody who is asked has answered").WantNoText(".strip", "at once")
		for _, i := range []int{1, 2} {
			o.visitor(i).Get(home).WantText("main", "The others can agree on you. Would you do it?")
			page := o.visitor(i).Get(at).WantText("#accept ~ .buttons", "Yes, I will do it", "No, not me")
			page.Form("Yes, I will do it").Submit().Want(http.StatusOK).WantText("main", "You have said yes. You are given the term once everybody who is asked has answered")
		}
		o.Pass(c.Now())
		o.visitor(0).Get(at).Want(http.StatusOK).WantText(".state", "Agreed. The terms are given.").WantText("main", "Agreed on", "What was said to Member-001")
		o.visitor(0).Get(home+"/powers/stewards").WantText("main", "Came from choosing together 1.", "Member-002")
		o.visitor(1).Get(home).WantText("main", "you cannot stop or hold back a proposal", "Your powers started on", "They end by themselves.", "You may call a meeting of the group.")
		o.visitor(1).Get(home+"/powers/stewards").WantText("main", "Nobody has been chosen for the place after you yet.")
		o.visitor(0).Get(home+"/record").WantText("main", "said yes in choosing together 1 (Stewards).", "Choosing together 1 (Stewards): all names were read.").
			Follow("Choosing together 1").WantPath(at)
		o.visitor(0).Get(home + "/selections/9").Want(http.StatusNotFound)
		o.visitor(0).Get(home + "/selections/x").Want(http.StatusNotFound)
	})
}

// inOrder checks that a page says these one after the other.
func inOrder(t *testing.T, p *webtest.Page, says ...string) {
	t.Helper()
	rest := p.Text("main")
	for _, say := range says {
		_, after, found := strings.Cut(rest, say)
		if !found {
			t.Fatalf("%q is missing, or stands too early, in %q", say, p.Text("main"))
		}
		rest = after
	}
}

// TestSelectionFillsOneOfTwo: who is asked says no, and the page says which place is filled, and where members choose again. Who holds a place
// then is told only that, with days.
func TestSelectionFillsOneOfTwo(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	o := newCrew(t, dbtest.SQLite(t, c), c, 6)
	home := groupPath(o.Group)
	at := home + "/selections/1"
	for by, named := range []int{1, 2, 1, 1, 2, 1} {
		o.named(by, named, "Keep this name").Want(http.StatusOK)
	}
	o.Pass(o.choosing(0).Until)
	o.Pass(o.choosing(0).Until)
	for by := range o.Who {
		for _, n := range o.choosing(by).Proposed() {
			if n.Member == o.Who[by].Member.ID {
				continue
			}
			if err := o.Consent.Answer(t.Context(), o.Who[by], 1, n.Turn, consent.Agree, ""); err != nil {
				t.Fatal(err)
			}
		}
	}
	o.Pass(o.choosing(0).Until)
	o.visitor(0).Get(at).WantText("main", "All agree. Member-001 is being asked.")
	o.visitor(1).Get(at).Form("Yes, I will do it").Submit().Want(http.StatusOK)
	o.visitor(0).Get(at).WantText("main", "Member-001 has said yes.")
	no := o.visitor(2).Get(at).WantText("main", "No, not me").Form("Yes, leave me out").Submit().Want(http.StatusOK)
	no.WantText("#steps + ol", "The 2 who are named most are proposed.")
	o.Pass(c.Now())
	page := o.visitor(0).Get(at).WantText(".state", "One of 2 places is filled: Member-001. For the other, members choose again.").WantNoText("body", "The terms are given.")
	page = page.Follow("Choosing together 2").WantPath(home + "/selections/2")
	page.WantText("#limits ~ ul", "Member-001 holds a place until", "They can be named again for terms from").WantNoText("#limits ~ ul", "such roles", " pm", " am")
	page.WantText("#steps + ol", "Whoever is named most is proposed.")
}

// looksAt is every page and file of the group that somebody can get, by its address.
func (o *office) looksAt(i int) map[string]string {
	o.Helper()
	home, seen := groupPath(o.Group), map[string]string{}
	paths := []string{"", "/powers", "/powers/stewards", "/powers/stewards/learn", "/selections/1", "/people", "/record", "/rules", "/decisions", "/proposals", "/record/export"}
	for _, format := range []string{"json", "csv", "md", "html"} {
		paths = append(paths, "/record/export/file?of=everything&format="+format)
	}
	for n := range 12 {
		paths = append(paths, fmt.Sprint("/record/", n))
	}
	secret := o.session(o.Who[i].Person)
	for _, path := range paths {
		w := &leaky{voting: o.voting}
		status, text := w.see(route{method: get}, home+path, secret)
		if status != http.StatusOK && !strings.HasPrefix(path, "/record/") {
			o.Errorf("%s answers %d", path, status)
		}
		seen[path] = text
	}
	return seen
}

// TestNothingOfASelectionBeforeItIsRead: until a round ends no page, entry, file or line of the log that others get changes by what somebody
// writes, whom they name, or that they write at all; then all of it is there, with their name.
func TestNothingOfASelectionBeforeItIsRead(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		o := newCrew(t, d, c, 6)
		home := groupPath(o.Group)
		const words = "zebras would say"
		quiet := func(what string, act func()) {
			t.Helper()
			before, lines := o.looksAt(3), o.log.Len()
			act()
			if after := o.looksAt(3); !maps.Equal(before, after) {
				t.Errorf("%s: another sees that: %s", what, strings.Join(differ(before, after), "\n"))
			}
			if log := o.log.String()[lines:]; strings.Contains(log, words) || strings.Contains(log, "/selections/1/") {
				t.Errorf("%s: the log tells of it: %s", what, log)
			}
		}
		write := func(by, named int, button string) func() {
			return func() {
				o.visitor(by).Get(home+"/selections/1").Form(button).Set("member", fmt.Sprint(o.Who[named].Member.ID)).Set("reason", words).Submit().Want(http.StatusOK)
			}
		}
		quiet("a first name", write(0, 1, "Keep this name"))
		quiet("another first name", write(0, 2, "Change what I wrote"))
		for _, by := range []int{1, 2, 4} {
			write(by, 1, "Keep this name")()
		}
		o.Pass(o.choosing(0).Until)
		o.visitor(3).Get(home+"/selections/1").WantText("main", words, "Written by Member-000")
		quiet("a second name", write(0, 1, "Write another name instead"))
		o.Pass(o.choosing(0).Until)
		quiet("an answer", func() {
			o.visitor(0).Get(home+"/selections/1").Form("Keep my answer").Set("answer-1", "object").Set("reason-1", words+" no").Submit().Want(http.StatusOK)
		})
		if seen := o.looksAt(0); !strings.Contains(seen["/selections/1"], words+" no") {
			t.Error("the comparison sees nothing even on the writer's own page")
		}
		for _, i := range []int{2, 4, 5} {
			o.visitor(i).Get(home+"/selections/1").Form("Keep my answer").Set("answer-1", "agree").Submit().Want(http.StatusOK)
		}
		o.Pass(o.choosing(0).Until)
		for _, path := range []string{"/selections/1", "/record/export/file?of=everything&format=json"} {
			if seen := o.looksAt(3); !strings.Contains(seen[path], words+" no") {
				t.Errorf("%s does not have it after the round", path)
			}
		}
	})
}

// TestPagesOfSelectionsInABrowser looks at a selection in each of its steps, with what each member sees of it: axe finds nothing, and nothing runs
// over, on a phone and on a desk.
func TestPagesOfSelectionsInABrowser(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	g := &gallery{newCrew(t, dbtest.SQLite(t, c), c, 6), map[int]*browsertest.Browser{}}
	home := groupPath(g.Group)
	at := home + "/selections/1"
	g.look(0, map[string]string{"choosing naming": at, "choosing home": home})
	for by, named := range []int{1, 2, 1, 3, 2} {
		g.named(by, named, "Keep this name").Want(http.StatusOK)
	}
	g.visitor(4).Get(at).Form("Yes, leave me out").Submit().Want(http.StatusOK)
	g.Pass(g.choosing(0).Until)
	g.look(0, map[string]string{"choosing changing": at})
	g.Pass(g.choosing(0).Until)
	first := g.choosing(0).Proposed()
	g.look(g.Place(first[0].Member), map[string]string{"choosing asking": at})
	for i, n := range first {
		for by := range g.Who {
			if g.Who[by].Member.ID == n.Member {
				continue
			}
			answer, reason := consent.Agree, "Gladly."
			if i == 1 && by == 5 {
				answer, reason = consent.Object, "They are away for two months."
			}
			if err := g.Consent.Answer(t.Context(), g.Who[by], 1, n.Turn, answer, reason); err != nil {
				t.Fatal(err)
			}
		}
	}
	g.Pass(g.choosing(0).Until)
	chosen := g.Place(first[0].Member)
	g.look(chosen, map[string]string{"choosing accepting": at, "choosing accepting home": home})
	g.visitor(chosen).Get(at).Form("Yes, I will do it").Submit().Want(http.StatusOK)
	g.Pass(c.Now())
	g.look(5, map[string]string{"choosing next": at, "choosing powers": home + "/powers", "choosing role": home + "/powers/stewards"})
	if open := g.choosing(0).Proposed(); !slices.ContainsFunc(open, func(n consent.Nominee) bool { return n.Round == 2 }) {
		t.Errorf("the second round has %+v", open)
	}
}
