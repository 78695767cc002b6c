package main

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/config"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/member"
	"folkmoot/internal/token"
	"folkmoot/internal/webtest"
	"folkmoot/web"
)

// mostQueries is how many statements a page may need.
const mostQueries = 30

// fuller names the pages on which parts of the program that know nothing of each other each say something: what waits for the reader on
// the first page, which is also what somebody sees who has joined already; the screen of a meeting that has small groups and spokes at once, which none has; a meeting
// that opens, which is counted with all that its page reads for everybody and mostly has read already, with what is due in the group.
var fuller = map[string]int{"/g/:group": 49, "/join/:token": 53, "/screen/:token": 34, "a meeting that opens: before anything is talked about": 34, "a meeting that opens: the console, before that": 31}

// uncounted names the routes that are not held to this: an export reads more the more there is, since it sends all of it; some
// are only there with the living sample; files are not in the database; a stream does not end; a calendar has all that has a date in all groups; a lot among those who would be understudy is one row and its list; the pages of a practice are those of meetings; what somebody
// who was absent says is written below what the decision's page reads.
var uncounted = []string{"/g/:group/record/export/file", "/style", "/sample/:guest", "/assets/*", "/g/:group/lots/:lot", "/g/:group/live", "/calendar/:file", "/screen/:token/live", "/practice/the_hall/live", "/practice/the_hall/*",
	"/g/:group/decisions/:number/object"}

// TestQueriesPerPage opens every page in a town where everything has happened once and in one where it has happened so often that
// every list is full: what a page asks the database must not depend on how much there is.
func TestQueriesPerPage(t *testing.T) {
	few, many := countQueries(t, 10, 1), countQueries(t, 60, 30)
	var paths []string
	for _, r := range web.Routes() {
		if method, path, _ := strings.Cut(r, " "); method == http.MethodGet && !slices.Contains(uncounted, path) {
			paths = append(paths, path)
		}
	}
	for _, path := range append(paths, slices.Sorted(maps.Keys(opening("")))...) {
		a, b := few[path], many[path]
		t.Logf("%-50s %2d %2d", path, a.n, b.n)
		if b.n > max(mostQueries, fuller[path]) || b.n > a.n+1 {
			t.Errorf("%s: %d statements where there is little, %d where there is much:\n%s", path, a.n, b.n, strings.Join(b.which, "\n"))
		}
	}
}

// opening names the pages of a meeting that opens, in a group: before it begins, with who is there and who would do what; and before anything is talked about, with the list of what to do first.
func opening(slug string) map[string]string {
	out := map[string]string{}
	for what, below := range map[string]string{
		"before it begins": "/1", "its door, before it begins": "/1/codes", "before anything is talked about": "/2", "the console, before that": "/2/run", "the door, before that": "/2/door", "the first page": "",
	} {
		at := "/g/" + slug
		if below != "" {
			at += "/meetings" + below
		}
		out["a meeting that opens: "+what] = at
	}
	return out
}

type asked struct {
	n     int
	which []string
}

func countQueries(t *testing.T, people, n int) map[string]asked {
	w := newCrowd(t, people, config.Config{})
	l := w.live(n)
	invitation, err := w.members.Invite(w.Context(), db.Once{}, w.folk[0].Actor, 5, 5)
	if err != nil {
		t.Fatal(err)
	}
	link, err := w.members.MakeSetupLink(w.Context())
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]string{
		"group": w.group.Slug, "n": fmt.Sprint(l.talked), "post": fmt.Sprint(l.post), "number": l.decision, "version": "1", "entry": "2", "step": "1", "role": "tellers", "draw": fmt.Sprint(l.draw), "term": l.term,
	}
	in := map[string]map[string]string{
		"/setup/:token":                         {"token": link},
		"/setup/:token/:step":                   {"token": link},
		"/join/:token":                          {"token": invitation},
		"/g/:group/begin/:step":                 {"step": "4"},
		"/g/:group/powers/:role/end/:term":      {"role": "convenors"},
		"/g/:group/powers/:role/reserved":       {"role": "convenors"},
		"/g/:group/proposals/:n/count.json":     {"n": fmt.Sprint(l.elected)},
		"/g/:group/proposals/:n/papers.blt":     {"n": fmt.Sprint(l.elected)},
		"/g/:group/proposals/:n/vote":           {"n": fmt.Sprint(l.secret)},
		"/g/:group/proposals/:n/vote/codes":     {"n": fmt.Sprint(l.counted)},
		"/g/:group/proposals/:n/vote/codes.txt": {"n": fmt.Sprint(l.counted)},
	}
	in["/g/:group/selections/:n"] = map[string]string{"group": w.choosing(t, people), "n": "1"}
	in["/g/:group/proposals/:n/share"] = map[string]string{"group": w.nominating(t, people), "n": "1"}
	in["/g/:group/decide"] = map[string]string{"group": w.join(t, "crew", "A", 5, "UPDATE groups SET third_at = COALESCE(third_at, ?) WHERE ? + ? > 0 AND id = ?")}
	till := w.reporting(t, people)
	for _, path := range []string{"", "/new", "/reports.csv", "/:n", "/:n/correct"} {
		in["/g/:group/money"+path] = map[string]string{"group": till, "n": fmt.Sprint(people)}
	}
	var talks int64 // after a block, of which that vote knows nothing
	w.write(func(tx *db.Tx) error {
		if err := tx.Exec(`INSERT INTO resolutions (group_id, motion_id, ballot_id, version, stops, meetings, people, draw, secret, state, opens_at, until_at, ended_at)
			SELECT m.group_id, m.id, MIN(b.id), 1, 1, 2, ?, 1, ?, 'over', 1, 2, 2 FROM motions m JOIN ballots b ON b.motion_id = m.id WHERE m.group_id = ? AND m.number = ? GROUP BY m.group_id, m.id`,
			people, strings.Repeat("0", 64), w.group.ID, l.counted).Error; err != nil {
			return err
		}
		if err := tx.Exec(`INSERT INTO resolution_seats (resolution_id, member_id, part, number, state)
			SELECT r.id, m.id, 'blocker', 0, 'sits' FROM resolutions r JOIN members m ON m.group_id = r.group_id ORDER BY m.id LIMIT ?`, n).Error; err != nil {
			return err
		}
		return tx.Raw("SELECT MAX(id) FROM resolutions").Scan(&talks).Error
	})
	in["/g/:group/proposals/:n/resolution"] = map[string]string{"n": fmt.Sprint(l.counted)}
	in["/g/:group/proposals/:n/resolution/lots/:lot"] = map[string]string{"n": fmt.Sprint(l.counted), "lot": fmt.Sprint(talks)}
	hall := w.meeting(t, people, n)
	for path, number := range map[string]string{"": "2", "/captions": "2", "/door": "2", "/codes": "2", "/event": "1", "/move": "1", "/notes": "2", "/print": "1", "/screen": "1", "/record": "3", "/run": "2", "/where": "1"} {
		in["/g/:group/meetings/:n"+path] = map[string]string{"group": hall, "n": number}
	}
	w.write(func(tx *db.Tx) error { // the first page of the town tells of one, too
		cols := "kind, state, title, place, getting_in, link, dial_in, help, opens_at, stop_at, notice_at, called_at, cause, rulebook, commit_to, secret, lot_at, jobs_commit, jobs_secret, quorum, enough"
		if err := tx.Exec("INSERT INTO meetings (group_id, number, code, "+cols+") SELECT t.id, 901, 'HALLO-TOWN1', "+cols+
			" FROM meetings, groups t WHERE number = 1 AND group_id = (SELECT id FROM groups WHERE slug = ?) AND t.slug = ?", hall, w.group.Slug).Error; err != nil {
			return err
		}
		return tx.Exec(`INSERT INTO meeting_items (group_id, meeting_id, kind, motion_id, title, text, added_at, minutes, place, state)
			SELECT g.group_id, g.id, 'proposal', m.id, '', '', 0, 5, 0, 'waiting' FROM meetings g JOIN motions m ON m.group_id = g.group_id WHERE g.code = 'HALLO-TOWN1'`).Error
	})
	in["/g/:group/meetings/new"], in["/g/:group/meetings"] = map[string]string{"group": hall}, map[string]string{"group": hall}
	values["code"] = "HALLO-00001"
	const onScreen = "of-a-screen"
	w.write(func(tx *db.Tx) error {
		return tx.Exec("INSERT INTO meeting_screens (meeting_id, hash, made_at) SELECT m.id, ?, 1 FROM meetings m JOIN groups g ON g.id = m.group_id WHERE g.slug = ? AND m.number = 2",
			token.Hash(onScreen), hall).Error
	})
	in["/screen/:token"] = map[string]string{"token": onScreen}
	in["/stop/:token"] = map[string]string{"token": strings.TrimPrefix(w.notices.StopPath(w.folk[0].Member.Ref), "/stop/")}
	leaves, by := w.handing(t)
	in["/g/:group/powers/:role/handover/:term"] = map[string]string{"role": leaves.key, "term": leaves.ref}
	in["/g/:group/powers/:role/handover-list"] = map[string]string{"role": leaves.key}
	out := map[string]asked{}
	first, outgoing := w.visitor(t, w.folk[0]), w.visitor(t, by)
	for _, r := range web.Routes() {
		method, path, _ := strings.Cut(r, " ")
		if method != http.MethodGet || slices.Contains(uncounted, path) {
			continue
		}
		var missing []string
		at := fill(path, func(name string) string {
			v, ok := in[path][name]
			if !ok {
				v, ok = values[name]
			}
			if !ok {
				missing = append(missing, name)
			}
			return v
		})
		if len(missing) > 0 {
			t.Errorf("%s: give this test a value for %v", path, missing)
			continue
		}
		site := first
		if strings.Contains(path, "/handover") { // only they see it
			site = outgoing
		}
		site.Get(at) // what is kept in memory is kept now
		var status int
		var a asked
		a.n, a.which = w.asked.during(func() { status = site.Get(at).Status })
		if status != http.StatusOK {
			t.Errorf("%s answers %d", at, status)
		}
		out[path] = a
	}
	for what, at := range opening(w.porch(t, people, n)) {
		first.Get(at)
		w.clock.Advance(time.Minute) // what was read of a meeting for others is read anew
		var page *webtest.Page
		var a asked
		a.n, a.which = w.asked.during(func() { page = first.Get(at) })
		page.Want(http.StatusOK)
		if strings.HasSuffix(at, "/1") || strings.HasSuffix(at, "/2") {
			page.WantCount("#opening", 1)
		}
		out[what] = a
	}
	return out
}

// meeting makes a branch of so many whom the first of the folk is in, and who may call meetings there, with a meeting that is called, one under way in which everybody is there and would like to
// speak, and one that is over, each with so many items.
func (w *crowd) meeting(t *testing.T, people, n int) (slug string) {
	t.Helper()
	items := `INSERT INTO meeting_items (group_id, meeting_id, kind, title, text, by_id, added_at, minutes, place, state)
		SELECT g.group_id, g.id, 'topic', 'Topic', 'Words.', m.id, ?, 5, m.id, CASE g.state WHEN 'closed' THEN 'done' ELSE 'waiting' END
		FROM meetings g JOIN members m ON m.group_id = g.group_id AND m.id < (SELECT MIN(f.id) FROM members f WHERE f.group_id = g.group_id) + ` + fmt.Sprint(n) + ` WHERE ? + ? > 0 AND g.group_id = ?`
	return w.join(t, "hall", "B", people,
		`INSERT INTO meetings (group_id, number, kind, state, title, place, getting_in, link, dial_in, help, opens_at, stop_at, notice_at, called_at, cause, rulebook, code, commit_to, secret,
			lot_at, jobs_commit, jobs_secret, quorum, enough, ordered_at, began_at, adopted_at)
			SELECT g.id, s.n, 'ordinary', s.state, 'Meeting', 'The hall', '', '', '', '', ? + s.n * 0 + CASE s.n WHEN 1 THEN 900000000 ELSE 0 END, ? + 1800000000, ?, 0, 'call/1', 1, 'HALLO-0000' || s.n, 'to', CAST('secret' AS BLOB), 0, 'to',
			CAST('secret' AS BLOB), 3, 1, 1, CASE s.n WHEN 1 THEN NULL ELSE 1 END, 1
			FROM groups g, (SELECT 1 AS n, 'called' AS state UNION ALL SELECT 2, 'session' UNION ALL SELECT 3, 'closed') s WHERE g.id = ?`,
		items,
		`UPDATE meeting_items SET state = 'now' WHERE ? + ? + ? > 0 AND id = (SELECT MIN(i.id) FROM meeting_items i JOIN meetings g ON g.id = i.meeting_id WHERE g.number = 2 AND g.group_id = ?)`,
		`UPDATE meetings SET item_id = (SELECT MIN(i.id) FROM meeting_items i WHERE i.meeting_id = meetings.id) WHERE number = 2 AND ? + ? + ? > 0 AND group_id = ?`,
		`INSERT INTO meeting_presence (meeting_id, member_id, mode, came_at) SELECT g.id, m.id, 'room', ? FROM meetings g JOIN members m ON m.group_id = g.group_id WHERE g.number = 2 AND ? + ? > 0 AND g.group_id = ?`,
		`UPDATE meeting_presence SET paper = 1 WHERE ? + ? + ? > 0 AND meeting_id IN (SELECT g.id FROM meetings g WHERE g.number = 2 AND g.group_id = ?) AND member_id % 3 = 0`,
		`INSERT INTO meeting_willing (meeting_id, member_id, job) SELECT g.id, m.id, 'count' FROM meetings g JOIN members m ON m.group_id = g.group_id WHERE g.number = 2 AND ? + ? + ? > 0 AND g.group_id = ?`,
		`INSERT INTO meeting_hands (meeting_id, item_id, member_id, kind, side, state, raised_at) SELECT g.id, g.item_id, m.id, 'speak', '', 'up', ? FROM meetings g JOIN members m ON m.group_id = g.group_id WHERE g.number = 2 AND ? + ? > 0 AND g.group_id = ?`,
		`INSERT INTO meeting_terms (ref, group_id, meeting_id, job, member_id, caps, starts_at, ends_at, cause) SELECT 'j_' || g.id, g.group_id, g.id, 'facilitate', MIN(m.id), 'facilitate', ? - 1000, ? + 100000000, 'meeting/2'
			FROM meetings g JOIN members m ON m.group_id = g.group_id WHERE g.number = 2 AND ? > 0 AND g.group_id = ? GROUP BY g.id, g.group_id`,
		`INSERT INTO meeting_terms (ref, group_id, job, member_id, caps, starts_at, ends_at, cause) SELECT 'j_call', m.group_id, 'convene', MIN(m.id), 'convene', ? - 1000, ? + 100000000, 'call/1'
			FROM members m WHERE ? > 0 AND m.group_id = ? GROUP BY m.group_id`,
		`INSERT INTO meeting_breakouts (group_id, meeting_id, item_id, by_id, question, choice, tables, state, opens_at, closes_at, people)
			SELECT g.group_id, g.id, g.item_id, MIN(m.id), '', 0, 2, 'open', ?, ? + 600000, 9
			FROM meetings g JOIN members m ON m.group_id = g.group_id WHERE g.number = 2 AND ? > 0 AND g.group_id = ? GROUP BY g.group_id, g.id, g.item_id`,
		`INSERT INTO meeting_tables (breakout_id, number, topic) SELECT b.id, t.n, '' FROM meeting_breakouts b, (SELECT 1 AS n UNION ALL SELECT 2) t WHERE ? + ? + ? > 0 AND b.group_id = ?`,
		`INSERT INTO meeting_seats (breakout_id, member_id, number) SELECT b.id, m.id, 1 + m.id % 2 FROM meeting_breakouts b JOIN members m ON m.group_id = b.group_id
			WHERE ? + ? + ? > 0 AND b.group_id = ?`,
		`INSERT INTO meeting_spokes (group_id, meeting_id, item_id, by_id, circles, people, state, opens_at)
			SELECT g.group_id, g.id, g.item_id, MIN(m.id), 2, 30, 'open', ?
			FROM meetings g JOIN members m ON m.group_id = g.group_id WHERE g.number = 2 AND ? + ? > 0 AND g.group_id = ? GROUP BY g.group_id, g.id, g.item_id`,
		`INSERT INTO meeting_circles (spokes_id, number) SELECT x.id, t.n FROM meeting_spokes x, (SELECT 1 AS n UNION ALL SELECT 2) t WHERE ? + ? + ? > 0 AND x.group_id = ?`,
		`INSERT INTO meeting_circle_seats (spokes_id, member_id, number, lot) SELECT x.id, m.id, 1 + m.id % 2, m.id FROM meeting_spokes x JOIN members m ON m.group_id = x.group_id
			WHERE ? + ? + ? > 0 AND x.group_id = ?`,
		`INSERT INTO minutes (meeting_id, group_id, state, draft_until) SELECT g.id, g.group_id, 'draft', ? + 100000000 FROM meetings g WHERE g.number = 3 AND ? + ? > 0 AND g.group_id = ?`)
}

// porch makes a branch of so many whom the first of the folk is in, with a meeting that can begin, for which everybody is there and would do every job, and one that has just begun, each with so
// many items and as many reports on money to hear.
func (w *crowd) porch(t *testing.T, people, n int) (slug string) {
	t.Helper()
	return w.join(t, "porch", "B", people,
		`INSERT INTO meetings (group_id, number, kind, state, title, place, getting_in, link, dial_in, help, opens_at, stop_at, notice_at, called_at, cause, rulebook, code, commit_to, secret,
			lot_at, jobs_commit, jobs_secret, quorum, enough, ordered_at, began_at, sat_at)
			SELECT g.id, s.n, 'ordinary', s.state, 'Meeting', 'The porch', '', '', '', '', ?, ? + 1800000000, ?, 0, 'call/1', 1, 'PORCH-0000' || s.n, 'to', CAST('secret' AS BLOB), 0, 'to',
			CAST('secret' AS BLOB), 3, 1, 1, s.began, s.began
			FROM groups g, (SELECT 1 AS n, 'called' AS state, NULL AS began UNION ALL SELECT 2, 'session', 1) s WHERE g.id = ?`,
		`INSERT INTO meeting_items (group_id, meeting_id, kind, title, text, by_id, added_at, minutes, place, state)
			SELECT g.group_id, g.id, 'topic', 'Topic', 'Words.', m.id, ?, 5, m.id, 'waiting'
			FROM meetings g JOIN members m ON m.group_id = g.group_id AND m.id < (SELECT MIN(f.id) FROM members f WHERE f.group_id = g.group_id) + `+fmt.Sprint(n)+` WHERE ? + ? > 0 AND g.group_id = ?`,
		`INSERT INTO meeting_presence (meeting_id, member_id, mode, came_at) SELECT g.id, m.id, 'room', ? FROM meetings g JOIN members m ON m.group_id = g.group_id WHERE ? + ? > 0 AND g.group_id = ?`,
		`INSERT INTO meeting_willing (meeting_id, member_id, job) SELECT g.id, m.id, j.job FROM meetings g JOIN members m ON m.group_id = g.group_id,
			(SELECT 'facilitate' AS job UNION ALL SELECT 'note' UNION ALL SELECT 'timekeep' UNION ALL SELECT 'stack' UNION ALL SELECT 'door') j WHERE g.number = 1 AND ? + ? + ? > 0 AND g.group_id = ?`,
		`INSERT INTO meeting_terms (ref, group_id, meeting_id, job, member_id, caps, starts_at, ends_at, cause) SELECT 'j_porch', g.group_id, g.id, 'facilitate', MIN(m.id), 'facilitate', ? - 1000, ? + 100000000, 'meeting/2'
			FROM meetings g JOIN members m ON m.group_id = g.group_id WHERE g.number = 2 AND ? > 0 AND g.group_id = ? GROUP BY g.id, g.group_id`,
		`INSERT INTO meeting_terms (ref, group_id, job, member_id, caps, starts_at, ends_at, cause) SELECT 'j_porch_call', m.group_id, 'convene', MIN(m.id), 'convene', ? - 1000, ? + 100000000, 'call/1'
			FROM members m WHERE ? > 0 AND m.group_id = ? GROUP BY m.group_id`,
		reports)
}

// reports are as many as there are members, each by one of them.
const reports = `INSERT INTO money_reports (group_id, number, corrects, from_day, to_day, currency, start, came_in, paid, counted, text, by_id, at)
	SELECT m.group_id, m.id + 1 - (SELECT MIN(f.id) FROM members f WHERE f.group_id = m.group_id), 0, '2026-01-01', '2026-01-02', 'euros', 0, 500, 200, 300, 'Words.', m.id, ?
	FROM members m WHERE ? + ? > 0 AND m.group_id = ?`

// choosing makes a crew of so many whom the first of the folk is in, and in which everybody has written a name that all can read.
func (w *crowd) choosing(t *testing.T, people int) (slug string) {
	t.Helper()
	return w.join(t, "cooks", "A", people,
		`INSERT INTO selections (group_id, role_id, number, state, seats, rulebook, opened_at, until_at, starts_at, active, quorum, commit_to, secret)
			SELECT r.group_id, r.id, 1, 'changing', '1@1 2@1', 1, ?, ? + 86400000, ? + 400000000, 6, 3, 'to', CAST('secret' AS BLOB) FROM roles r WHERE r.group_id = ?`,
		`INSERT INTO selection_papers (selection_id, round, member_id, named_id, reason) SELECT s.id, 1, m.id, m.id, 'Why.'
			FROM selections s JOIN members m ON m.group_id = s.group_id WHERE ? + ? + ? > 0 AND s.group_id = ?`)
}

// reporting makes a branch of so many whom the first of the folk is in, and writes the reports on money of, of which there are as many.
func (w *crowd) reporting(t *testing.T, people int) (slug string) {
	t.Helper()
	return w.join(t, "till", "B", people,
		`INSERT INTO terms (ref, group_id, role_id, member_id, seat, caps, starts_at, ends_at, cause)
			SELECT 't_till', r.group_id, r.id, (SELECT MIN(m.id) FROM members m WHERE m.group_id = r.group_id), 1, 'finance_note', ? - 1000, ? + 900000000, 'rulebook/1'
			FROM roles r WHERE r.key = 'treasurers' AND ? > 0 AND r.group_id = ?`,
		reports,
		`INSERT INTO money_lines (report_id, n, purpose, amount) SELECT r.id, l.n, 'Dues', l.amount
			FROM money_reports r, (SELECT 1 AS n, 500 AS amount UNION ALL SELECT 2, -200) l WHERE ? + ? + ? > 0 AND r.group_id = ?`)
}

// nominating makes a branch of so many whom the first of the folk is in, in which people can stand for a role and half of the members do.
func (w *crowd) nominating(t *testing.T, people int) (slug string) {
	t.Helper()
	return w.join(t, "bakers", "B", people,
		`INSERT INTO motions (group_id, number, mover_id, kind, state, version, title, created_at, rulebook)
			SELECT g.id, 1, (SELECT MIN(id) FROM members m WHERE m.group_id = g.id), 'election', 'tabled', 1, 'Election 1', ?, 1 FROM groups g WHERE ? + ? > 0 AND g.id = ?`,
		`INSERT INTO elections (group_id, role_id, motion_id, number, state, seats, rulebook, opened_at, until_at, opens_at, starts_at)
			SELECT m.group_id, r.id, m.id, m.number, 'nominating', '1@1 2@1', 1, ?, ? + 86400000, ? + 200000000, m.created_at + 900000000
			FROM motions m JOIN roles r ON r.group_id = m.group_id AND r.key = 'convenors' WHERE m.group_id = ?`,
		`INSERT INTO candidates (ref, election_id, member_id, asked_at, accepted_at, statement, interests) SELECT 'c_' || m.id, e.id, m.id, e.opened_at, e.opened_at, 'Why.', 'None.'
			FROM elections e JOIN members m ON m.group_id = e.group_id AND m.id % 2 = (SELECT MIN(id) FROM members f WHERE f.group_id = e.group_id) % 2
			WHERE ? + ? + ? > 0 AND e.group_id = ?`)
}

// join makes a group with so many members, the first of whom is the first of the folk, and puts into its tables what the statements say: each is
// given the present instant three times, and the group.
func (w *crowd) join(t *testing.T, slug, preset string, people int, inserts ...string) string {
	t.Helper()
	err := w.db.Write(w.Context(), func(tx *db.Tx) error {
		names := make([]string, people)
		for i := range names {
			names[i] = fmt.Sprint(slug, " ", i)
		}
		id, members, err := dbtest.PutGroup(tx, slug, preset, names...)
		if err != nil {
			return err
		}
		if err := tx.Exec("UPDATE members SET person_id = ? WHERE id = ?", w.folk[0].Person, members[0]).Error; err != nil {
			return err
		}
		a, err := member.ActorIn(tx, w.folk[0].Person, slug)
		if err != nil {
			return err
		}
		if err := errors.Join(w.rules.Begin(tx, a.Group, a.Member), w.roles.Form(tx, a.Group)); err != nil {
			return err
		}
		now := tx.Now.UnixMilli()
		for _, insert := range inserts {
			if err := tx.Exec(insert, now, now, now, id).Error; err != nil {
				return fmt.Errorf("%s: %w", insert[:24], err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return slug
}

// handing returns a term that is being handed over, and who holds it.
func (w *crowd) handing(t *testing.T) (leaves struct{ ref, key string }, by citizen) {
	t.Helper()
	var who member.PersonID
	err := w.db.Read(w.Context(), func(tx *db.Tx) error {
		found, err := tx.Row(`SELECT t.ref, r.key, m.person_id FROM handovers h JOIN terms t ON t.id = h.term_id JOIN roles r ON r.id = t.role_id
			JOIN members m ON m.id = t.member_id WHERE h.forgotten_at IS NULL AND t.ended_at IS NULL AND t.ends_at > ? ORDER BY h.id LIMIT 1`,
			[]any{db.At(tx.Now)}, &leaves.ref, &leaves.key, &who)
		if err == nil && !found {
			err = errors.New("nothing is being handed over")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range w.folk {
		if w.folk[i].Person == who {
			by = w.folk[i]
		}
	}
	return leaves, by
}

// fill puts values into a route's path.
func fill(path string, value func(string) string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if name, ok := strings.CutPrefix(p, ":"); ok {
			parts[i] = value(name)
		}
	}
	return strings.Join(parts, "/")
}
