package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"testing"
	"time"

	"folkmoot/internal/account"
	"folkmoot/internal/audit"
	"folkmoot/internal/config"
	"folkmoot/internal/db"
	"folkmoot/internal/demo"
	"folkmoot/internal/export"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/verify"
	"folkmoot/internal/webtest"
)

// TestTheSample tells the story once and looks at what came of it.
func TestTheSample(t *testing.T) {
	clock := demo.NewClock(time.Now)
	c := config.Config{Data: t.TempDir(), Keys: t.TempDir(), Addr: "localhost:8080"}
	a, err := open(t.Context(), c, clock.Now, slog.New(slog.DiscardHandler), false)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := a.close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	}()
	people, err := demo.Tell(t.Context(), a.demo(), clock, func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	t.Run("its records hold", func(t *testing.T) { wantSampleVerified(t, a) })
	t.Run("it is what README.md says", func(t *testing.T) { wantSampleAsSaid(t, a) })
	t.Run("it leaves something to vote on", func(t *testing.T) { wantSampleVotes(t, a, people) })
	t.Run("its links lead in", func(t *testing.T) {
		e := &env{ctx: t.Context(), stdout: &bytes.Buffer{}, log: slog.New(slog.DiscardHandler), now: clock.Now}
		wantSampleEntered(t, e, c, a, people)
	})
}

// wantSampleVerified: five months of three groups, under each preset, with votes held again, people who left and
// newcomers, pass the check that knows the program only by its files, and the tables are what the records say.
func wantSampleVerified(t *testing.T, a *app) {
	catalog, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	if found, err := audit.Compare(t.Context(), a.db); err != nil || len(found) != 0 {
		t.Errorf("the tables differ from the records: %v, %v", found, err)
	}
	for _, slug := range ask[string](t, a, "SELECT slug FROM groups ORDER BY id") {
		f, err := a.exports.ByOperator(t.Context(), slug, "", export.Options{Format: export.JSON, Voice: catalog.Voice("en")})
		if err != nil {
			t.Fatal(err)
		}
		r := verify.Check(f, verify.Own())
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		if r.Problem != nil || len(r.Decisions) == 0 {
			t.Errorf("%s: %v; %d decisions", slug, r.Problem, len(r.Decisions))
		}
		t.Logf("%s: %d entries, %d decisions", slug, r.Entries, len(r.Decisions))
	}
}

// wantSampleAsSaid: three groups with the three presets, some forty members, proposals in every
// state that a living group's are in, counted votes.
func wantSampleAsSaid(t *testing.T, a *app) {
	if got := ask[string](t, a, "SELECT preset FROM groups ORDER BY preset"); !slices.Equal(got, []string{"A", "B", "C"}) {
		t.Errorf("the groups' presets are %v", got)
	}
	if n := ask[int](t, a, "SELECT COUNT(DISTINCT person_id) FROM members WHERE left_at IS NULL")[0]; n < 35 || n > 45 {
		t.Errorf("%d people", n)
	}
	states := ask[motion.State](t, a, "SELECT DISTINCT state FROM motions")
	for _, s := range slices.Concat([]motion.State{motion.Draft}, motion.Open(), motion.Closed()) {
		if s != motion.Archived && !slices.Contains(states, s) {
			t.Errorf("no proposal is %s", s)
		}
	}
	if n := ask[int](t, a, "SELECT COUNT(*) FROM groups WHERE adopted_at IS NULL OR NOT EXISTS (SELECT 1 FROM held_keys WHERE held_keys.group_id = groups.id)")[0]; n > 0 {
		t.Errorf("%d groups have not adopted their rules, or say nowhere who holds their keys", n)
	}
	for what, query := range map[string]string{
		"counted in the open": "SELECT COUNT(*) FROM decisions d JOIN ballots b ON b.id = d.ballot_id WHERE b.secret = 0",
		"counted in secret":   "SELECT COUNT(*) FROM decisions d JOIN ballots b ON b.id = d.ballot_id WHERE b.secret = 1",
		"open to all":         "SELECT COUNT(*) FROM ballots WHERE state = 'open'",
	} {
		if n := ask[int](t, a, query)[0]; n == 0 {
			t.Errorf("no vote is %s", what)
		}
	}
	for what, query := range map[string]string{
		"selection by consent that is over":      "SELECT COUNT(*) FROM selections WHERE state = 'final'",
		"selection by consent that is under way": "SELECT COUNT(*) FROM selections WHERE state IN ('naming', 'changing', 'asking')",
		"objection to a name":                    "SELECT COUNT(*) FROM selection_answers WHERE answer = 'object'",
		"understudy":                             "SELECT COUNT(*) FROM understudies WHERE ended_at IS NULL",
		"lot for an understudy":                  "SELECT COUNT(*) FROM understudy_lots WHERE state = 'drawn'",
		"handover under way":                     "SELECT COUNT(*) FROM handovers WHERE met_old = 1 AND finished_at IS NULL AND forgotten_at IS NULL",
		"free place":                             "SELECT COUNT(*) FROM vacancies WHERE closed_at IS NULL",
		"caretaker":                              fmt.Sprint("SELECT COUNT(*) FROM terms WHERE kind = 'caretaker' AND ended_at IS NULL AND ends_at > ", time.Now().UnixMilli()),
	} {
		if n := ask[int](t, a, query)[0]; n == 0 {
			t.Errorf("there is no %s", what)
		}
	}
}

// wantSampleVotes: who looks around reaches all three groups, and can cast a first vote in the open and in secret.
func wantSampleVotes(t *testing.T, a *app, people []demo.Guest) {
	type vote struct {
		GroupID member.GroupID
		Number  int
	}
	open := ask[vote](t, a, "SELECT m.group_id, m.number FROM motions m JOIN ballots b ON b.motion_id = m.id WHERE b.state = 'open'")
	first := map[bool]int{} // votes not cast yet, by whether they are secret
	most := 0
	for _, guest := range people {
		e, err := a.accounts.SignIn(t.Context(), guest.Name, guest.Passphrase, account.Browser{Label: "test"})
		if err != nil {
			t.Fatal(err)
		}
		groups, err := a.members.Groups(t.Context(), e.Person)
		if err != nil {
			t.Fatal(err)
		}
		most = max(most, len(groups))
		for _, g := range groups {
			who := member.Actor{Person: e.Person, Member: g.Member, Group: g.Group}
			for _, o := range open {
				if o.GroupID != who.Group.ID {
					continue
				}
				v, err := a.ballots.Show(t.Context(), who, o.Number)
				if err != nil {
					t.Fatal(err)
				}
				if v.OnRoll && !v.Voted {
					first[v.Secret]++
				}
			}
		}
	}
	if most != 3 || first[true] == 0 || first[false] == 0 {
		t.Errorf("visitors reach %d groups at once, and can cast a first vote in %d secret votes and %d open ones", most, first[true], first[false])
	}
}

// wantSampleEntered follows each link that the start prints, as a visitor does.
func wantSampleEntered(t *testing.T, e *env, c config.Config, a *app, people []demo.Guest) {
	if err := welcome(e, c, people); err != nil {
		t.Fatal(err)
	}
	links := regexp.MustCompile(`http://localhost:8080(/sample/\w+)`).FindAllStringSubmatch(e.stdout.(*bytes.Buffer).String(), -1)
	if len(links) != 3 {
		t.Fatalf("%d links are printed", len(links))
	}
	site, err := newSite(e, c, a, visitors(people))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := newSite(e, c, a, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, link := range links {
		in := webtest.New(t, site)
		in.Get(link[1]).Want(http.StatusOK).WantText("main", people[i].Name).Form(link[1]).Submit()
		in.Get("/").Want(http.StatusOK).WantNoText("body", "Sign in")
		webtest.New(t, plain).Get(link[1]).Want(http.StatusNotFound)
	}
	webtest.New(t, site).Get("/style").Want(http.StatusOK)
	webtest.New(t, plain).Get("/style").Want(http.StatusNotFound)
}

// ask returns what the query finds.
func ask[T any](t *testing.T, a *app, query string) (all []T) {
	t.Helper()
	if err := a.db.Read(t.Context(), func(tx *db.Tx) error { return tx.Raw(query).Scan(&all).Error }); err != nil || len(all) == 0 {
		t.Fatalf("%s: %v %v", query, all, err)
	}
	return all
}
