package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/account"
	"folkmoot/internal/audit"
	"folkmoot/internal/config"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/demo"
	"folkmoot/internal/export"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/verify"
	"folkmoot/internal/webtest"
)

// TestTheSample tells the story once on each database, and looks at what came of it.
func TestTheSample(t *testing.T) {
	t.Run(db.SQLite, func(t *testing.T) { tellSample(t, config.Config{}) })
	if os.Getenv(dbtest.Env) != "" {
		t.Run(db.Postgres, func(t *testing.T) { tellSample(t, config.Config{Database: dbtest.PostgresURL(t)}) })
	}
}

func tellSample(t *testing.T, c config.Config) {
	clock := demo.NewClock(time.Now)
	began := clock.Now()
	c.Data, c.Keys, c.Addr = t.TempDir(), t.TempDir(), "localhost:8080"
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
	t.Run("it has two years behind it", func(t *testing.T) { wantSamplePast(t, a, began) })
	t.Run("what is due next is known of every kind", func(t *testing.T) { wantDueKnown(t, a) })
	t.Run("it leaves something to vote on", func(t *testing.T) { wantSampleVotes(t, a, people) })
	t.Run("its links lead in", func(t *testing.T) {
		e := &env{ctx: t.Context(), stdout: &bytes.Buffer{}, log: slog.New(slog.DiscardHandler), now: clock.Now}
		wantSampleEntered(t, e, c, a, people)
	})
}

// wantSampleVerified: two years of three groups, under each preset, with votes held again, people who left and
// newcomers, pass the check that knows the program only by its files, and the tables are what the records say; and all of it can
// be taken along in each form.
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
		for _, to := range []export.Format{export.Page, export.Markdown, export.PDF, export.Tables} {
			f, err := a.exports.ByOperator(t.Context(), slug, "", export.Options{Format: to, Voice: catalog.Voice("es")})
			if err != nil {
				t.Errorf("%s as %s: %v", slug, to, err)
				continue
			}
			if err := f.Close(); err != nil || f.Size == 0 {
				t.Errorf("%s as %s: %d bytes, %v", slug, to, f.Size, err)
			}
		}
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
		"selection by consent that is over":          "SELECT COUNT(*) FROM selections WHERE state = 'final'",
		"selection by consent that is under way":     "SELECT COUNT(*) FROM selections WHERE state IN ('naming', 'changing', 'asking')",
		"meeting whose record another has confirmed": "SELECT COUNT(*) FROM minutes WHERE state = 'confirmed'",
		"record that waits for a later meeting":      "SELECT COUNT(*) FROM minutes WHERE state = 'published'",
		"correction that was taken up":               "SELECT COUNT(*) FROM minutes_corrections WHERE how = 'taken'",
		"correction that was not":                    "SELECT COUNT(*) FROM minutes_corrections WHERE how = 'declined'",
		"money that was reported on for two years":   "SELECT COUNT(*) FROM money_reports r JOIN groups g ON g.id = r.group_id WHERE g.preset = 'B' AND r.number >= 6",
		"report on money that a meeting received":    "SELECT COUNT(*) FROM meeting_items WHERE report_to > 0",
		"meeting that is to come":                    "SELECT COUNT(*) FROM meetings WHERE state = 'called'",
		"proposal on its agenda": `SELECT COUNT(*) FROM meeting_items i JOIN meetings m ON m.id = i.meeting_id
			WHERE m.state = 'called' AND i.kind = 'proposal'`,
		"proposal sent online by too few, and carried": `SELECT COUNT(*) FROM meeting_items i JOIN meetings m ON m.id = i.meeting_id
			JOIN ballots b ON b.motion_id = i.motion_id WHERE i.state = 'online' AND m.enough = 0 AND b.meeting = '' AND b.outcome = 'carried'`,
		"proposal that was carried at a meeting": "SELECT COUNT(*) FROM ballots WHERE meeting <> '' AND method <> 'consensus' AND outcome = 'carried'",
		"proposal that was not carried at one":   "SELECT COUNT(*) FROM ballots WHERE meeting <> '' AND outcome = 'not_carried'",
		"call for agreement":                     "SELECT COUNT(*) FROM ballots WHERE method = 'consensus' AND outcome = 'carried'",
		"show of feeling":                        "SELECT COUNT(*) FROM meeting_feelings WHERE state = 'shown'",
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

// wantSamplePast: the union and the federation have been through all that their roles can bring. Each query counts what there is of it.
func wantSamplePast(t *testing.T, a *app, began time.Time) {
	if days := time.Since(began).Hours() / 24; days < 729 || days > 731 {
		t.Errorf("the story began %.0f days ago", days)
	}
	if first := ask[int64](t, a, "SELECT MIN(created_at) FROM groups")[0]; time.UnixMilli(first).Sub(began) > 24*time.Hour {
		t.Errorf("the first group began on %s", time.UnixMilli(first))
	}
	type past struct {
		Slug, Role     string
		Terms, Holders int
	}
	over := fmt.Sprintf(`SELECT g.slug, r.key AS role, COUNT(*) AS terms, COUNT(DISTINCT t.member_id) AS holders
		FROM terms t JOIN roles r ON r.id = t.role_id JOIN groups g ON g.id = r.group_id
		WHERE g.preset <> 'A' AND t.kind = '' AND t.ends_at < %d GROUP BY g.slug, r.key`, time.Now().UnixMilli())
	roles := ask[past](t, a, over)
	if len(roles) != 6 {
		t.Errorf("%d roles have past terms, want 6", len(roles))
	}
	for _, p := range roles {
		if p.Terms < 3 || p.Holders < 3 {
			t.Errorf("%s of %s: %d past terms of %d people", p.Role, p.Slug, p.Terms, p.Holders)
		}
	}
	after := ` FROM petitions p JOIN terms t ON t.id = p.term_id JOIN roles r ON r.id = t.role_id JOIN motions m ON m.id = p.motion_id
		WHERE p.state = 'carried' AND m.state = 'carried' AND r.key = 'convenors' AND t.ended_how = 'vote'`
	for what, query := range map[string]string{
		"recall that is followed by a caretaker": "SELECT COUNT(*)" + after + ` AND EXISTS (SELECT 1 FROM terms c WHERE c.role_id = r.id
			AND c.seat = t.seat AND c.kind = 'caretaker' AND c.starts_at = t.ended_at)`,
		"recall that is followed by a by-election": "SELECT COUNT(*)" + after + ` AND EXISTS (SELECT 1 FROM terms n WHERE n.role_id = r.id
			AND n.seat = t.seat AND n.kind = '' AND n.starts_at > t.ended_at AND n.cause LIKE 'decision/%')`,
		"recall that was not carried":                    "SELECT COUNT(*) FROM petitions WHERE state = 'lost'",
		"draw with its secret and all of its order":      "SELECT COUNT(*) FROM draws WHERE state = 'drawn' AND secret IS NOT NULL AND seed <> ''",
		"lot of those whom members trust":                "SELECT COUNT(*) FROM draws WHERE state = 'drawn' AND cause LIKE 'election/%'",
		"vacancy that members answered and that is over": "SELECT COUNT(*) FROM vacancies v JOIN motions m ON m.id = v.motion_id WHERE m.state = 'carried' AND v.closed_how = 'filled'",
		"filling for which a limit gave way":             "SELECT COUNT(*) FROM elections WHERE state = 'final' AND relaxed = 'cooling'",
		"election in which nobody stood":                 "SELECT COUNT(*) FROM elections e WHERE e.state = 'nobody' AND NOT EXISTS (SELECT 1 FROM candidates c WHERE c.election_id = e.id)",
		"waiver":                                         "SELECT COUNT(*) FROM waivers",
		"place that two people shared":                   "SELECT COUNT(*) FROM terms a JOIN terms b ON b.share = a.share AND b.id > a.id WHERE a.share <> ''",
		"election with a reserved place":                 "SELECT COUNT(*) FROM elections e JOIN candidates c ON c.election_id = e.id AND c.reserved = 1 AND c.turn > 0 WHERE e.reserved = 1",
		"understudy who stopped":                         "SELECT COUNT(*) FROM understudies WHERE ended_how = 'stopped'",
		"handover that was finished":                     "SELECT COUNT(*) FROM handovers WHERE finished_at IS NOT NULL",
		"member who left, and a role with that":          "SELECT COUNT(*) FROM terms t JOIN members m ON m.id = t.member_id WHERE m.left_at IS NOT NULL",
		"term that was given up":                         "SELECT COUNT(*) FROM terms WHERE ended_how = 'resigned'",
		"pause in learning, before the term was over": `SELECT COUNT(*) FROM shadowings s JOIN terms t ON t.id = s.term_id WHERE s.ended_at < t.ends_at - 864000000
			AND (SELECT COUNT(*) FROM sittings x WHERE x.shadowing_id = s.id AND x.confirmed = 1) = 2`,
		"open election": "SELECT COUNT(*) FROM elections WHERE state IN ('nominating', 'voting')",
	} {
		if n := ask[int](t, a, query)[0]; n == 0 {
			t.Errorf("there is no %s", what)
		}
	}
	if n := ask[int](t, a, "SELECT COUNT(*) FROM revivals")[0]; n > 0 {
		t.Errorf("a group fell asleep %d times", n)
	}
}

// wantDueKnown: whatever the clock of a service looks at, Next looks at too. Were one forgotten, the sample would pass over what is due.
// The row that was made last in each table is said to be due long before everything else, and that is undone.
func wantDueKnown(t *testing.T, a *app) {
	undone, early := errors.New("undone"), time.UnixMilli(1000).UTC()
	for column, where := range map[string]string{
		"groups.question_at": "", "groups.look_at": "", "groups.rhythm_at": "", "roles.due_at": "", "roles.watch_at": "", "draws.due_at": "", "elections.due_at": "", "selections.due_at": "",
		"petitions.due_at": "", "ballots.due_at": "", "sessions.expires_at": "", "motions.due_at": " WHERE state = 'tabled'", "learnings.due_at": "",
		"askings.closes_at": "",
	} {
		table, name, _ := strings.Cut(column, ".")
		id := "id"
		if table == "learnings" {
			id = "term_id"
		}
		set := name + " = ?"
		if table == "askings" {
			set += ", counted_at = NULL"
		}
		err := a.db.Write(t.Context(), func(tx *db.Tx) error {
			if err := dbtest.Unguard(tx, table); err != nil {
				return err
			}
			res := tx.Exec(fmt.Sprintf("UPDATE %s SET %s WHERE %s = (SELECT MAX(%s) FROM %s%s)", table, set, id, id, table, where), early.UnixMilli())
			if res.Error != nil || res.RowsAffected != 1 {
				return fmt.Errorf("%d rows are due: %w", res.RowsAffected, res.Error)
			}
			found := 0
			for _, d := range a.due() {
				at, err := d.next(tx)
				if err != nil {
					return err
				}
				if at.Equal(early) {
					found++
				}
			}
			if found != 1 {
				t.Errorf("%s: %d services say that it is due", column, found)
			}
			return undone
		})
		if !errors.Is(err, undone) {
			t.Errorf("%s: %v", column, err)
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
