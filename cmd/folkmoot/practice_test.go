package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/account"
	"folkmoot/internal/config"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/practice"
	"folkmoot/internal/webtest"
	"folkmoot/web"

	"github.com/PuerkitoBio/goquery"
)

// school is a server with a group, two of whose members practise.
type school struct {
	*testing.T
	c     config.Config
	app   *app
	site  *web.Server
	clock *dbtest.Clock
	rooms *practice.Rooms[*web.Server]
	ana   *webtest.Visitor
	bea   *webtest.Visitor
	who   member.PersonID // Ana
}

func newSchool(t *testing.T, database string) *school {
	t.Helper()
	s := &school{T: t, c: config.Config{Data: t.TempDir(), Addr: "localhost:8080", Database: database}, clock: dbtest.NewClock(dbtest.Start)}
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	var err error
	if s.app, err = open(t.Context(), s.c, s.clock.Now, log, false); err != nil {
		t.Fatal(err)
	}
	if s.site, err = newSite(&env{ctx: t.Context(), log: log, now: s.clock.Now}, s.c, s.app, nil); err != nil {
		t.Fatal(err)
	}
	s.rooms = s.site.Practices()
	t.Cleanup(func() {
		if err := errors.Join(s.rooms.Close(), s.app.close(t.Context())); err != nil {
			t.Error(err)
		}
	})
	link, err := s.app.members.MakeSetupLink(t.Context())
	s.must(err)
	su := func(name string) account.SignUp {
		return account.SignUp{Name: name, Passphrase: "seven green kettles whistle", Lang: "en"}
	}
	founding := member.Founding{Name: "Elm", Preset: "B", Zone: "UTC", Lang: "en", By: "Ana"}
	e, g, err := s.app.accounts.Found(t.Context(), db.Once{}, su("Ana"), link, founding, account.Browser{})
	s.must(err)
	a, _, err := s.app.members.Visit(t.Context(), e.Person, g.Slug)
	s.must(err)
	invitation, err := s.app.members.Invite(t.Context(), db.Once{}, a, 2, 7)
	s.must(err)
	b, _, err := s.app.accounts.Join(t.Context(), db.Once{}, su("Bea"), invitation, account.Browser{})
	s.must(err)
	_, _, err = s.app.accounts.Join(t.Context(), db.Once{}, su("Cy"), invitation, account.Browser{}) // from three on there are roles
	s.must(err)
	s.ana, s.bea, s.who = webtest.New(t, s.site), webtest.New(t, s.site), e.Person
	s.ana.SetCookie("folkmoot", e.Session)
	s.bea.SetCookie("folkmoot", b.Session)
	return s
}

func (s *school) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// pass has seconds go by in which whoever practises does nothing.
func (s *school) pass(seconds int) {
	s.Helper()
	for i := range seconds {
		s.clock.Advance(time.Second)
		if i%15 == 14 { // as a page without scripts does
			s.ana.Get("/practice/the_hall/meetings/2")
		}
		s.must(s.rooms.Tick(s.Context()))
	}
}

// until has the invented people act until the page of the practice says something.
func (s *school) until(v *webtest.Visitor, at, says string) *webtest.Page {
	s.Helper()
	for range 60 {
		p := v.Get(at).Want(http.StatusOK)
		if strings.Contains(p.Text("main"), says) {
			return p
		}
		s.pass(3)
	}
	s.Fatalf("nobody reads %q:\n%s", says, v.Get(at).Text("main"))
	return nil
}

// wantNoDeadEnds follows every link of the practice from the page on: none leads nowhere.
func (s *school) wantNoDeadEnds(from string) {
	s.Helper()
	next, seen, found := []string{from}, map[string]bool{from: true}, map[string]string{}
	for len(next) > 0 {
		at := next[0]
		next = next[1:]
		p := s.ana.Get(at)
		if p.Status != http.StatusOK {
			s.Errorf("%s answers %d, and %s leads there", at, p.Status, found[at])
			continue
		}
		p.All(`a[href^="/practice/the_hall"], a[href^="/g/"]`).Each(func(_ int, a *goquery.Selection) {
			to, _, _ := strings.Cut(a.AttrOr("href", ""), "#")
			if !strings.HasPrefix(to, "/practice/") {
				s.Errorf("%s leads to %s (%s)", at, to, a.Text())
			} else if !seen[to] {
				seen[to], found[to] = true, at
				next = append(next, to)
			}
		})
	}
	s.Logf("%d pages were followed", len(seen))
}

// everything is all that the real database holds.
func (s *school) everything() map[string][]string {
	s.Helper()
	out := map[string][]string{}
	s.must(s.app.db.Read(s.Context(), func(tx *db.Tx) error {
		var tables []string
		which := "SELECT name FROM sqlite_master WHERE type = 'table'"
		if s.c.Database != "" {
			which = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
		}
		if err := tx.Raw(which).Scan(&tables).Error; err != nil {
			return err
		}
		for _, table := range tables {
			var rows []map[string]any
			if err := tx.Table(table).Find(&rows).Error; err != nil {
				return err
			}
			for _, r := range rows {
				b, err := json.Marshal(r)
				if err != nil {
					return err
				}
				out[table] = append(out[table], string(b))
			}
			slices.Sort(out[table])
		}
		return nil
	}))
	if len(out) < 10 {
		s.Fatalf("only %d tables were looked at", len(out))
	}
	return out
}

// TestPracticeRoad: somebody who has never facilitated takes the practice meeting by plain forms from its beginning to its record. Each screen of
// facilitating comes up, and nothing of it is in the real database.
func TestPracticeRoad(t *testing.T) {
	t.Run(db.SQLite, func(t *testing.T) { practiceRoad(t, "") })
	if os.Getenv(dbtest.Env) != "" {
		t.Run(db.Postgres, func(t *testing.T) { practiceRoad(t, dbtest.PostgresURL(t)) })
	}
}

func practiceRoad(t *testing.T, database string) {
	s := newSchool(t, database)
	s.ana.Get("/g/elm/meetings").Want(http.StatusOK) // notes that the session is used today
	s.ana.Get("/g/elm/powers/convenors").Follow("Practise running a meeting, alone").WantPath("/practice")
	before := s.everything()
	s.ana.Get("/g/elm/meetings").Follow("Practise running a meeting").WantText("main", "invented people")
	s.ana.Get("/practice").Form("Begin a practice meeting").Submit().Want(http.StatusOK).WantPath("/practice/the_hall/meetings/2").
		WantText(".practice", "nobody sees this and nothing is kept").WantText("#tips ~ p", "Say that you are here")
	at := "/practice/the_hall/meetings/2"
	run := at + "/run"
	do := func(page, button string) {
		t.Helper()
		s.ana.Get(page).Form(button).Submit().Want(http.StatusOK)
		s.pass(1)
	}
	press := func(button string) { t.Helper(); do(run, button) }
	do(at, "I’m here, in the room")
	s.ana.Get(at).Form("Keep my answer").Check("job").Submit().Want(http.StatusOK)
	s.pass(2)
	do(at, "Begin the meeting")
	s.ana.Get(at).WantText("#jobs ~ dl", "Ana (2)", "Second facilitatorSam", "NotesInes")
	s.ana.Get(at).Follow("Run the meeting").WantPath(run).WantText("#tips ~ p", "Have the agenda adopted")
	press("The agenda is adopted")
	s.ana.Get(run).WantText("#tips ~ p", "Go through the opening")
	press("Said")
	s.ana.Get(at).WantText("#agenda ~ ol", "broken for a month", "garden", "street party")

	take := func(title string) {
		t.Helper()
		p := s.ana.Get(run)
		if strings.Contains(p.Text("#next ~ p"), title) {
			press("Go to the next item")
			return
		}
		href := ""
		p.All("#next ~ details li").Each(func(_ int, li *goquery.Selection) {
			if strings.Contains(li.Text(), title) {
				href = li.Find("form").AttrOr("action", "")
			}
		})
		if href == "" {
			t.Fatalf("%s cannot be taken: %s", title, p.Text("main"))
		}
		p.Form(href).Submit().Want(http.StatusOK)
		s.pass(1)
	}
	hand := func() { // until somebody wants to speak
		t.Helper()
		for i := 0; !s.ana.Get(run).Has(`form[action$="/next"]`); i++ {
			if s.pass(3); i > 20 {
				t.Fatal("nobody raises a hand")
			}
		}
	}
	take("Meeting about the courtyard")
	hand()
	press("Next speaker")
	s.ana.Get(at).WantText("main", "Priya")
	press("30 seconds more")
	s.pass(60)
	s.ana.Get(run).WantText("#tips ~ p", "Go round").Form("Begin the round").Submit().Want(http.StatusOK)
	for i := 0; strings.Contains(s.ana.Get(run).Text("main"), "Whose turn comes next"); i++ { // each speaks, and the next is called
		if p := s.ana.Get(run); p.HasButton("Next speaker") {
			p.Form("Next speaker").Submit().Want(http.StatusOK)
		}
		if s.pass(15); i > 20 {
			t.Fatal("the round does not end")
		}
	}
	s.ana.Get(run).WantText("#tips ~ p", "Ask for a show of feeling").Form("/practice/the_hall/meetings/2/feelings").Submit().Want(http.StatusOK)
	s.pass(35)
	s.ana.Get(at).WantText("main", "Show of feeling: not a vote", "Very good3")
	press("Done with this item")

	take("garden")
	hand()
	press("Next speaker")
	s.until(s.ana, run, "May Gus speak longer").Form("Give this ruling").Set("ruling", "No, two minutes for everybody.").
		Set("ruling-rule", "How long we speak").Submit().Want(http.StatusOK)
	s.until(s.ana, at, "Tomasz asks for it")
	p := s.until(s.ana, at, "You can answer until")
	p.Form("No").Submit().Want(http.StatusOK)
	s.until(s.ana, at, "Challenge that ruling: not carried")
	p = s.ana.Get(run)
	p.Form("Put it to the vote").Submit().Want(http.StatusOK)
	s.ana.Get(at).Follow("Vote now")
	s.pass(70)
	s.ana.Get(at).WantText("main", "carried")
	press("Done with this item")

	take("gate at ten")
	for range 3 {
		s.pass(20)
		if s.ana.Get(run).Has(`form[action$="/next"]`) {
			press("Next speaker")
		}
	}
	s.until(s.ana, at, "Dolores asks for it")
	for i := 0; !s.ana.Get(run).Has(`form[action$="/put"]`); i++ {
		if s.pass(3); i > 20 {
			t.Fatal("nobody supports the move")
		}
	}
	p = s.ana.Get(run)
	p.Form(p.All(`form[action$="/put"]`).AttrOr("action", "")).Submit().Want(http.StatusOK)
	s.pass(40)
	s.ana.Get(at).WantText("main", "Vote now?: carried")
	p = s.ana.Get(run)
	p.Form(p.All(`form[action*="/items/"][action$="/vote"]`).AttrOr("action", "")).Submit().Want(http.StatusOK)
	s.ana.Get(at).Follow("Vote now").Want(http.StatusOK)
	s.pass(70)
	press("Done with this item")
	s.ana.Get(at+"/notes").Want(http.StatusOK).WantText("main", "some need a car")
	press("Yes, close it")
	s.ana.Get(at+"/record").Want(http.StatusOK).WantText("main", "garden")
	s.ana.Get("/practice/the_hall/proposals").Want(http.StatusOK)
	s.ana.Get("/practice/the_hall/decisions").Want(http.StatusOK)

	s.wantNoDeadEnds(at)
	if after := s.everything(); !maps.EqualFunc(before, after, slices.Equal) {
		for table := range after {
			if !slices.Equal(before[table], after[table]) {
				t.Errorf("the practice has changed %s in the real database", table)
			}
		}
	}
	s.ana.Get("/practice").Form("End and delete it").Submit().WantPath("/practice").WantText(".notice", "Everything in it is deleted")
	if left, err := filepath.Glob(filepath.Join(s.c.Data, practiceFolder, "*")); err != nil || len(left) > 0 {
		t.Errorf("left on the disk: %q, %v", left, err)
	}
}

// TestPracticeIsOnesOwn: two people practise at once and neither reaches the other's; whoever has no practice is sent to where one begins.
func TestPracticeIsOnesOwn(t *testing.T) {
	s := newSchool(t, "")
	const at = "/practice/the_hall/meetings/2"
	s.bea.Get(at).WantPath("/practice").WantText(".notice", "is over")
	s.ana.Get("/practice").Form("Begin a practice meeting").Submit().WantPath(at).Form("I’m here, in the room").Submit().WantText("main", "12 are here")
	s.bea.Get(at).WantPath("/practice")
	s.bea.Get("/practice").Form("Begin a practice meeting").Submit().WantPath(at).WantText("main", "11 are here").WantText(".account", "Bea")
	s.ana.Get(at).WantText("main", "12 are here").WantText(".account", "Ana (2)")
	webtest.New(t, s.site).Get(at).WantNoText("main", "are here")
	for _, out := range []string{"/practice/the_hall/people", "/practice/the_hall/record", "/practice/the_hall/invite", "/g/the_hall/meetings"} {
		s.ana.Get(out).Want(http.StatusNotFound)
	}
	s.clock.Advance(practice.Unwatched)
	s.must(s.rooms.Tick(t.Context()))
	if n := s.rooms.Count(); n != 0 {
		t.Errorf("%d practices at which nobody looks", n)
	}
}

// TestPracticeStream: a page of a practice is told at once what changed in it, whoever did it, and hears nothing more once the person has signed out.
func TestPracticeStream(t *testing.T) {
	s := newSchool(t, "")
	const at = "/practice/the_hall/meetings/2"
	s.ana.Get("/practice").Form("Begin a practice meeting").Submit().WantPath(at)
	srv := httptest.NewServer(s.site)
	t.Cleanup(srv.Close)
	t.Cleanup(s.site.Stop)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, srv.URL+"/practice/the_hall/live?topic=meeting/2", nil)
	s.must(err)
	r.AddCookie(&http.Cookie{Name: "folkmoot", Value: s.ana.Cookie("folkmoot")})
	res, err := srv.Client().Do(r)
	s.must(err)
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Fatalf("the stream answers %d", res.StatusCode)
	}
	lines := make(chan string, 100)
	go func() {
		defer close(lines)
		for sc := bufio.NewScanner(res.Body); sc.Scan(); {
			lines <- sc.Text()
		}
	}()
	await := func(what string) {
		t.Helper()
		for text := range lines {
			if strings.Contains(text, what) {
				return
			}
		}
		t.Fatalf("the stream ended before %q", what)
	}
	s.ana.Get(at).Form("I’m here, in the room").Submit().Want(http.StatusOK)
	await("meeting/2")
	s.ana.Get("/me").Form("/sign-out").Submit()
	for range lines { // it ends
	}
	if ctx.Err() != nil {
		t.Error("the stream goes on after signing out")
	}
}

// TestPracticeLimits: a person begins only so many, there are only so many at a time, and each ends by the clock.
func TestPracticeLimits(t *testing.T) {
	s := newSchool(t, "")
	for range practice.MostOfOne {
		s.must(s.rooms.Open(t.Context(), s.who, "Nia", "en"))
		s.must(s.rooms.Open(t.Context(), s.who, "Nia", "en")) // stays as it is
		s.must(s.rooms.End(s.who))
	}
	if err := s.rooms.Open(t.Context(), s.who, "Nia", "en"); fault.KindOf(err) != fault.TooMany {
		t.Errorf("one more than a person may begin: %v", err)
	}
	s.ana.Get("/practice").Form("Begin a practice meeting").Submit().Want(http.StatusTooManyRequests).WantText("main", "within an hour")
	var before, after runtime.MemStats
	for range 3 { // what other tests have left needs more than one
		runtime.GC()
	}
	runtime.ReadMemStats(&before)
	began := time.Now()
	for i := range practice.MostAtOnce {
		s.must(s.rooms.Open(t.Context(), member.PersonID(1000+i), "Nia", "es"))
	}
	took := time.Since(began) / practice.MostAtOnce
	runtime.GC()
	runtime.ReadMemStats(&after)
	each := (int64(after.HeapAlloc) - int64(before.HeapAlloc)) / practice.MostAtOnce
	t.Logf("a practice takes %v to open and %d kB of the heap", took, each>>10)
	if each > 12<<20 {
		t.Errorf("a practice takes %d kB", each>>10)
	}
	if err := s.rooms.Open(t.Context(), 2000, "Nia", "en"); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("one more than there may be: %v", err)
	}
	s.clock.Advance(practice.Lasts)
	if !s.rooms.Has(1000).IsZero() {
		t.Error("a practice is there after its time")
	}
	s.must(s.rooms.Tick(t.Context()))
	if n := s.rooms.Count(); n != 0 {
		t.Errorf("%d practices are there after their time", n)
	}
	s.must(s.rooms.Open(t.Context(), s.who, "Nia", "en"))
}
