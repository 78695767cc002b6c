package web

import (
	"database/sql"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/member"
	"folkmoot/internal/token"
)

// towns is an installation with groups of a hundred members each, who have had roles for twenty years.
type towns struct {
	s       *Server
	d       *db.DB
	url     string // of a PostgreSQL database
	path    string // the power map of a group in the middle
	session string // of a member of it

	mu   sync.Mutex
	sent []string // statements
}

const townTerms = 40 // of half a year

// newTowns makes n groups. Everything but the first group's rules and roles is laid by SQL.
func newTowns(t testing.TB, dialect string, n int) *towns {
	t.Helper()
	c := dbtest.NewClock(dbtest.Start)
	w := &towns{}
	o := db.Options{Now: c.Now, Watch: w.note}
	if dialect == db.Postgres {
		w.url = dbtest.PostgresURL(t)
		o.URL, o.Dir = w.url, t.TempDir()
	} else {
		o.Dir = dbtest.SQLiteDir(t)
	}
	var err error
	if w.d, err = db.Open(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.d.Close(); err != nil {
			t.Error(err)
		}
	})
	w.s = serve(t, w.d, c)
	w.session = token.New()
	write := func(f func(tx *db.Tx) error) {
		t.Helper()
		if err := w.d.Write(t.Context(), f); err != nil {
			t.Fatal(err)
		}
	}
	write(func(tx *db.Tx) error { return w.lay(tx, n, townPeople) })
	write(func(tx *db.Tx) error {
		g, err := member.GetGroup(tx, 1)
		if err != nil {
			return err
		}
		first, err := member.Get(tx, 1)
		if err == nil {
			err = w.s.Rulebooks.Begin(tx, g, first)
		}
		if err == nil {
			err = w.s.Roles.Form(tx, g)
		}
		return err
	})
	write(func(tx *db.Tx) error { return w.lay(tx, n, townPowers) })
	write(func(tx *db.Tx) error {
		hash, now := token.Hash(w.session), tx.Now.UnixMilli()
		return tx.Exec("INSERT INTO sessions (person_id, hash, label, created_at, seen_at, expires_at) VALUES (?, ?, 'Firefox', ?, ?, ?)",
			n/2*100+50, hash, now, tx.Now.Truncate(24*time.Hour).UnixMilli(), now+1e9).Error
	})
	w.path = fmt.Sprintf("/g/town-%d/powers", n/2+1)
	return w
}

// townPeople makes @n groups and their people.
var townPeople = []string{
	`INSERT INTO groups (ref, slug, name, preset, zone, lang, created_at, third_at) ` + numbersTo("@n") + `
		SELECT 'g_' || i, 'town-' || i, 'Town ' || i, 'B', 'UTC', 'en', @born, @born FROM c`,
	`INSERT INTO people (ref, handle, handle_key, created_at) ` + numbersTo("100 * @n") + `
		SELECT 'p_' || i, 'Person ' || i, 'person ' || i, @born FROM c`,
	`INSERT INTO members (ref, group_id, person_id, name, name_key, founder, joined_at, active_month) ` + numbersTo("100 * @n") + `
		SELECT 'm_' || i, (i - 1) / 100 + 1, i, 'Member ' || i, 'member ' || i, CASE WHEN i % 100 = 1 THEN 1 ELSE 0 END, @born, 202603 FROM c`,
}

// townPowers gives all groups the rules and roles of the first, terms for twenty years one after the other, and what they came from.
var townPowers = []string{
	`INSERT INTO rulebooks (group_id, number, params, hash, prev_hash, from_at, by_what)
		SELECT g.id, r.number, r.params, r.hash, r.prev_hash, r.from_at, r.by_what FROM rulebooks r JOIN groups g ON r.group_id = 1 AND g.id > 1`,
	`INSERT INTO roles (group_id, key, family, fill, seats, caps, begun_at, cause)
		SELECT g.id, r.key, r.family, r.fill, r.seats, r.caps, @born, r.cause FROM roles r JOIN groups g ON r.group_id = 1 AND g.id > 1`,
	`INSERT INTO terms (ref, group_id, role_id, member_id, seat, caps, starts_at, ends_at, cause) ` + numbersTo("@terms") + `
		SELECT 't_' || r.id || '_' || s.seat || '_' || i, r.group_id, r.id, (r.group_id - 1) * 100 + 1 + (i * 7 + s.seat * 13 + r.id) % 100, s.seat, r.caps,
			@begun + i * @half, @begun + (i + 1) * @half, 'draw/' || i
		FROM c JOIN roles r ON i > 0 JOIN (SELECT 1 AS seat UNION ALL SELECT 2 UNION ALL SELECT 3) s ON s.seat <= r.seats`,
	`INSERT INTO draws (group_id, role_id, number, state, seats, rulebook, asked_at, closes_at, drawn_at, starts_at) ` + numbersTo("@terms") + `
		SELECT r.group_id, r.id, r.id * 100 + i, 'drawn', r.seats, 1, @begun + (i - 1) * @half, @begun + (i - 1) * @half + 1, @begun + (i - 1) * @half + 2, @begun + i * @half
		FROM c JOIN roles r ON i > 0`,
	`INSERT INTO motions (group_id, number, mover_id, kind, state, version, title, created_at, rulebook) ` + numbersTo("@terms") + `
		SELECT g.id, i, g.id * 100, 'election', 'carried', 1, 'Election ' || i, @begun + (i - 1) * @half, 1 FROM c JOIN groups g ON i > 0`,
	`INSERT INTO elections (group_id, role_id, motion_id, number, state, seats, rulebook, opened_at, until_at, opens_at, starts_at)
		SELECT m.group_id, r.id, m.id, m.number, 'final', '1@1', 1, m.created_at, m.created_at, m.created_at, m.created_at + @half
		FROM motions m JOIN roles r ON r.group_id = m.group_id AND r.id = (SELECT MIN(id) FROM roles WHERE group_id = m.group_id AND fill = 'election')`,
	`INSERT INTO waivers (group_id, cause, role_id, member_id, granted_at) ` + numbersTo("@terms") + `
		SELECT r.group_id, 'decision/' || (2005 + i) || '-' || r.id, r.id, r.group_id * 100, @begun + i * @half FROM c JOIN roles r ON i > 0`,
}

// numbersTo begins a statement with the numbers from 1 to most, as c (i).
func numbersTo(most string) string {
	return "WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < " + most + ")"
}

func (w *towns) lay(tx *db.Tx, n int, statements []string) error {
	half := (182 * 24 * time.Hour).Milliseconds()
	begun := tx.Now.UnixMilli() - townTerms*half - half/2 // so that the last terms run for a quarter of a year more
	r := strings.NewReplacer("@n", fmt.Sprint(n), "@terms", fmt.Sprint(townTerms), "@half", fmt.Sprint(half), "@begun", fmt.Sprint(begun),
		"@born", fmt.Sprint(begun-half))
	for _, s := range statements {
		if err := tx.Exec(r.Replace(s)).Error; err != nil {
			return fmt.Errorf("%s: %w", s[:40], err)
		}
	}
	return nil
}

func (w *towns) terms(t testing.TB) (n int64) {
	t.Helper()
	err := w.d.Read(t.Context(), func(tx *db.Tx) error { return tx.Raw("SELECT COUNT(*) FROM terms").Scan(&n).Error })
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (w *towns) note(sql string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent = append(w.sent, sql)
}

// open opens the power map. It returns how long it took, and the statements that it sent.
func (w *towns) open(t testing.TB) (took time.Duration, sent []string) {
	t.Helper()
	w.sent = nil
	r := browserRequest(http.MethodGet, w.path, nil)
	r.AddCookie(&http.Cookie{Name: sessionCookie, Value: w.session})
	page, began := httptest.NewRecorder(), time.Now()
	w.s.ServeHTTP(page, r)
	took = time.Since(began)
	if page.Code != http.StatusOK {
		t.Fatalf("%s answers %d", w.path, page.Code)
	}
	return took, w.sent
}

// dialects are those that can be tried here.
func dialects() []string {
	if os.Getenv(dbtest.Env) == "" && os.Getenv("CI") != "true" {
		return []string{db.SQLite}
	}
	return []string{db.SQLite, db.Postgres}
}

// BenchmarkPowerMap opens the power map in turns where there are ten groups and where there are a thousand, with 100,000 members and
// twenty years of terms. It must cost the same: as many statements, none of which walks through a table, and as long.
func BenchmarkPowerMap(b *testing.B) {
	for _, dialect := range dialects() {
		b.Run(dialect, func(b *testing.B) {
			few, many := newTowns(b, dialect, 10), newTowns(b, dialect, 1000)
			few.settle(b)
			many.settle(b)
			_, sent := few.open(b)
			_, asked := many.open(b)
			if len(sent) != len(asked) {
				b.Errorf("%d statements in a small installation, %d in a large one", len(sent), len(asked))
			}
			for _, scan := range many.scans(b, asked, false) {
				b.Error(scan)
			}
			var small, large []time.Duration
			for b.Loop() {
				took, _ := few.open(b)
				small = append(small, took)
				took, _ = many.open(b)
				large = append(large, took)
			}
			slices.Sort(small)
			slices.Sort(large)
			a, z := small[len(small)/2], large[len(large)/2]
			b.ReportMetric(float64(a.Microseconds())/1000, "ms/10-groups")
			b.ReportMetric(float64(z.Microseconds())/1000, "ms/1000-groups")
			b.ReportMetric(float64(z)/float64(a), "ratio")
			b.ReportMetric(float64(len(asked)), "statements")
			b.ReportMetric(float64(many.terms(b)), "terms")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// TestPowerMapUsesIndexes asks both databases how they run what the power map asks. PostgreSQL walks through what is small even if there is an
// index, so it is told that walking is dear.
func TestPowerMapUsesIndexes(t *testing.T) {
	for _, dialect := range dialects() {
		t.Run(dialect, func(t *testing.T) {
			w := newTowns(t, dialect, 3)
			_, sent := w.open(t)
			if len(sent) < 8 {
				t.Errorf("only %d statements were looked at", len(sent))
			}
			for _, scan := range w.scans(t, sent, true) {
				t.Error(scan)
			}
			if len(w.scans(t, []string{"SELECT * FROM terms WHERE caps = 'x'"}, true)) != 1 {
				t.Error("nothing objects to a walk through all terms")
			}
		})
	}
}

// settle has PostgreSQL tidy up and look at what there is, as it does by itself before long.
func (w *towns) settle(t testing.TB) {
	t.Helper()
	if w.url == "" {
		return
	}
	s, err := sql.Open("pgx", w.url)
	if err == nil {
		_, err = s.Exec("VACUUM ANALYZE")
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// scanned finds the table, or the name it has in the statement, that a step of a plan walks through.
var scanned = regexp.MustCompile(`^SCAN (\S+)|Seq Scan on (\S+)`)

// scans returns which steps of the statements' plans walk through a table of towns, each with its statement.
func (w *towns) scans(t testing.TB, sent []string, dear bool) (out []string) {
	t.Helper()
	tables := []string{"groups", "people", "members", "rulebooks", "roles", "terms", "draws", "motions", "elections", "waivers", "g", "p", "m", "r", "t", "d", "e", "w"}
	for _, s := range slices.Compact(slices.Sorted(slices.Values(sent))) {
		for _, step := range w.plan(t, s, dear) {
			if found := scanned.FindStringSubmatch(step); found != nil && slices.Contains(tables, found[1]+found[2]) {
				out = append(out, step+"\n"+s)
			}
		}
	}
	return out
}

// plan returns the steps by which the database would run a statement, whatever the values in it.
func (w *towns) plan(t testing.TB, statement string, dear bool) (steps []string) {
	t.Helper()
	err := w.d.Read(t.Context(), func(tx *db.Tx) error {
		if tx.Dialect() == db.SQLite {
			var rows []struct{ Detail string }
			err := tx.Raw("EXPLAIN QUERY PLAN "+statement, slices.Repeat([]any{1}, strings.Count(statement, "?"))...).Scan(&rows).Error
			for _, r := range rows {
				steps = append(steps, r.Detail)
			}
			return err
		}
		for n := 1; strings.Contains(statement, "?"); n++ {
			statement = strings.Replace(statement, "?", fmt.Sprint("$", n), 1)
		}
		values := strings.Repeat(", NULL", len(slices.Compact(slices.Sorted(slices.Values(regexp.MustCompile(`\$\d+`).FindAllString(statement, -1))))))
		if values != "" {
			values = "(" + values[2:] + ")"
		}
		prepare := "PREPARE looked_at AS " + statement
		for _, s := range []string{"SET LOCAL plan_cache_mode = force_generic_plan", fmt.Sprintf("SET LOCAL enable_seqscan = %v", !dear), prepare} {
			if err := tx.Exec(s).Error; err != nil {
				return err
			}
		}
		if err := tx.Raw("EXPLAIN EXECUTE looked_at" + values).Scan(&steps).Error; err != nil {
			return err
		}
		return tx.Exec("DEALLOCATE looked_at").Error
	})
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return steps
}
