package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"folkmoot/internal/account"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"

	"gorm.io/gorm"
)

// crowd is a group with n proposals, and n posts about the first one, and a member who is signed in.
type crowd struct {
	s       *Server
	d       *db.DB
	session string
}

func newCrowd(t testing.TB, n int) crowd {
	t.Helper()
	c := dbtest.NewClock(dbtest.Start)
	d := dbtest.SQLite(t, c)
	s := serve(t, d, c)
	link, err := s.Members.MakeSetupLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	in, g, err := s.Accounts.Found(t.Context(), db.Once{}, account.SignUp{Name: "Ana", Passphrase: passphraseForTests, Lang: "en"}, link,
		member.Founding{Name: "Elm", Preset: "B", Lang: "en", Zone: "UTC", By: "Ana"}, account.Browser{})
	if err != nil {
		t.Fatal(err)
	}
	third(t, d)
	a, _, err := s.Members.Visit(t.Context(), in.Person, g.Slug)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Motions.Propose(t.Context(), a, db.Once{}, 0, motion.Proposal{
		Kind: motion.Policy, ReviewDays: 90, Text: motion.Text{Title: "The first", Clauses: []motion.Clause{{Text: "begin"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	fill100(t, d, n)
	return crowd{s, d, in.Session}
}

// third makes the group one of three.
func third(t testing.TB, d *db.DB) {
	t.Helper()
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		return tx.Exec("UPDATE groups SET third_at = created_at").Error
	})
	if err != nil {
		t.Fatal(err)
	}
}

// fill100 lays n proposals in all states but those with a vote, and n posts about the first, one in ten of them an answer.
func fill100(t testing.TB, d *db.DB, n int) {
	t.Helper()
	const count = "WITH RECURSIVE c (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM c WHERE i <= ?) "
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		now := tx.Now.UnixMilli()
		for _, sql := range []string{
			`INSERT INTO motions (group_id, number, mover_id, kind, state, version, title, created_at, sought_at, tabled_at, text_until, opens_at, rulebook)
			` + count + `SELECT 1, i, 1, 'policy', CASE i % 4 WHEN 0 THEN 'seeking_support' WHEN 1 THEN 'tabled' WHEN 2 THEN 'withdrawn' ELSE 'expired' END,
				1, 'Proposal ' || i, @now, @now, @now, @now + 100000000, @now + 200000000, 1 FROM c`,
			`INSERT INTO posts (motion_id, phase, author_id, kind, text, at, parent_id, reply_no)
			` + count + `SELECT 1, 'before', 1, 'question', 'Words of post ' || i, @now, CASE WHEN i % 10 = 0 THEN 1 END, CASE WHEN i % 10 = 0 THEN i ELSE 0 END FROM c`,
			`INSERT INTO talk_counts (motion_id, phase, clause_id, posts) SELECT motion_id, phase, clause_id, COUNT(*) FROM posts WHERE ? > 0 GROUP BY 1, 2, 3`,
		} {
			sql = strings.ReplaceAll(sql, "@now", fmt.Sprint(now))
			if err := tx.Exec(sql, n).Error; err != nil {
				return err
			}
		}
		if err := tx.Exec("UPDATE posts SET replies = (SELECT COUNT(*) FROM posts p WHERE p.parent_id = 1), answers = 1 WHERE id = 1").Error; err != nil {
			return err
		}
		return tx.Exec("UPDATE motions SET posts = (SELECT COUNT(*) FROM posts), last_post_id = (SELECT MAX(id) FROM posts) WHERE id = 1").Error
	})
	if err != nil {
		t.Fatal(err)
	}
}

// get asks for a page as the member's browser does.
func (k crowd) get(t testing.TB, path string) *httptest.ResponseRecorder {
	t.Helper()
	r := browserRequest(http.MethodGet, path, nil)
	r.AddCookie(&http.Cookie{Name: sessionCookie, Value: k.session})
	w := httptest.NewRecorder()
	k.s.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Fatalf("%s answers %d", path, w.Code)
	}
	return w
}

// busyPages are the pages whose cost must not grow with the group: from the start, from the middle, and at the end.
func busyPages(n int) map[string]string {
	return map[string]string{
		"now":             elm,
		"proposals":       elm + "/proposals",
		"proposals/deep":  elm + fmt.Sprintf("/proposals?after=%d", n/2),
		"proposals/all":   elm + fmt.Sprintf("/proposals?state=all&after=%d", n/2),
		"proposals/ended": elm + "/proposals?state=closed",
		"proposal":        elm + "/proposals/1",
		"talk":            elm + "/proposals/1/talk",
		"talk/deep":       elm + fmt.Sprintf("/proposals/1/talk?after=%d", n/2),
		"talk/last":       elm + "/proposals/1/talk?last=1",
		"talk/open":       elm + "/proposals/1/talk?show=open",
		"talk/clause":     elm + "/proposals/1/talk?clause=0",
		"thread":          elm + "/proposals/1/talk/1",
	}
}

// BenchmarkPages asks for whole pages, through the whole stack, of groups that grow a thousandfold and more.
func BenchmarkPages(b *testing.B) {
	for _, n := range []int{10, 1000, 100_000} {
		k := newCrowd(b, n)
		for name, path := range busyPages(n) {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				k.get(b, path)
				for b.Loop() {
					k.get(b, path)
				}
			})
		}
	}
}

// statement is one that a page sent to the database.
type statement struct {
	sql  string
	vars []any
}

// TestPagesUseIndexes asks SQLite how it would run every statement that the busy pages send: none may walk through a table
// that grows with a group's life, or sort what it finds there.
func TestPagesUseIndexes(t *testing.T) {
	k := newCrowd(t, 2000)
	var sent []statement
	note := func(g *gorm.DB) {
		sent = append(sent, statement{g.Statement.SQL.String(), slices.Clone(g.Statement.Vars)})
	}
	err := k.d.Read(t.Context(), func(tx *db.Tx) error {
		if err := tx.Callback().Query().After("gorm:query").Register("note", note); err != nil {
			return err
		}
		return tx.Callback().Row().After("gorm:row").Register("note", note)
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range busyPages(2000) {
		k.get(t, path)
	}
	asked, seen := sent, map[string]bool{}
	for _, st := range asked {
		if seen[st.sql] {
			continue
		}
		seen[st.sql] = true
		for _, step := range plan(t, k.d, st) {
			if grows(step, st.sql) {
				t.Errorf("%s\n%s", step, st.sql)
			}
		}
	}
	if len(seen) < 20 {
		t.Errorf("only %d statements were looked at", len(seen))
	}
}

// plan returns the steps by which SQLite would run a statement.
func plan(t *testing.T, d *db.DB, st statement) (steps []string) {
	t.Helper()
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		var rows []struct{ Detail string }
		err := tx.Raw("EXPLAIN QUERY PLAN "+st.sql, st.vars...).Scan(&rows).Error
		for _, r := range rows {
			steps = append(steps, r.Detail)
		}
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", st.sql, err)
	}
	return steps
}

// grows says whether a step costs more the more there is. The clauses of one text may be sorted, they are few; and
// where a state is asked for, only the index by state will do.
func grows(step, sql string) bool {
	for _, table := range []string{"motions", "posts", "statements", "supports", "read_marks", "talk_counts", "ledger_entries", "decisions", "ballots", "roll", "people"} {
		if strings.HasPrefix(step, "SCAN "+table) {
			return true
		}
	}
	if strings.HasPrefix(step, "SEARCH motions") && strings.Contains(sql, "state = ?") && !strings.Contains(step, "state=?") {
		return true
	}
	return strings.Contains(step, "TEMP B-TREE FOR ORDER BY") && !strings.Contains(sql, "`clauses`")
}
