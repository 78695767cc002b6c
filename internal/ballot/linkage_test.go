package ballot_test

import (
	"database/sql"
	"encoding/hex"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/votetest"
)

// The linkage test (V05). Somebody holds everything the server keeps on disk: the state of the database after every
// single vote (which is what its write-ahead log gives, and what backups taken in between give), the layout of its pages, the
// transactions PostgreSQL stamps its rows with, the order of the journal. They know who is on the roll. They try to tell which
// paper is whose. The same attacks are let loose on the two designs that are commonly taken for secret, and have to break them.

// source is a table that an attacker looks at, and the column that says what a row is.
type source struct{ table, id string }

// name is what the source calls a row: numbers of people and places on the roll must not be taken for each other.
func (s source) name(id string) string { return s.id + " " + id }

// design is a way of storing secret votes: where people are to be seen, and where papers.
type design struct {
	people, papers []source
}

var (
	whileOpen = design{
		people: []source{{"roll", "slot"}, {"members", "id"}, {"turnout", "slot"}, {"sessions", "person_id"}, {"once_keys", "subject"}},
		papers: []source{{"urn", "pseud"}},
	}
	afterClose = design{
		people: []source{{"roll", "slot"}, {"members", "id"}, {"turnout", "slot"}},
		papers: []source{{"papers", "code"}},
	}
	control = design{people: []source{{"control_marks", "slot"}}, papers: []source{{"control_papers", "code"}}}
)

// seenRow is a row as an attacker sees it.
type seenRow struct{ id, xmin, place, text string }

type sight map[string][]seenRow // by table, in the order of the table

// evidence is what the attacker has collected.
type evidence struct {
	steps  []map[string][]string // what changed with each vote: table to ids
	last   sight
	layout map[string][]string // SQLite: table to ids in the order of the cells in its pages
	log    []string            // papers in the order of the journal
}

// look reads every source of the design, with PostgreSQL's stamps.
func look(t *testing.T, d *db.DB, of design) sight {
	t.Helper()
	out := sight{}
	err := d.Outside(t.Context(), func(s *sql.DB) error {
		for _, src := range slices.Concat(of.people, of.papers) {
			columns := "'', ''"
			if d.Dialect() == db.Postgres {
				columns = "xmin::text, ctid::text"
			}
			rows, err := s.QueryContext(t.Context(), fmt.Sprintf("SELECT %s, %s, %s.* FROM %s", src.id, columns, src.table, src.table))
			if err != nil {
				return err
			}
			if out[src.table], err = scan(rows); err != nil {
				return err
			}
			for i := range out[src.table] {
				out[src.table][i].id = src.name(out[src.table][i].id)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func scan(rows *sql.Rows) (out []seenRow, err error) {
	defer func() {
		if cerr := rows.Close(); err == nil {
			err = cerr
		}
	}()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(any)
		}
		if err := rows.Scan(values...); err != nil {
			return nil, err
		}
		text := make([]string, len(values))
		for i, v := range values {
			switch v := (*v.(*any)).(type) {
			case []byte:
				text[i] = hex.EncodeToString(v)
			default:
				text[i] = fmt.Sprint(v)
			}
		}
		out = append(out, seenRow{text[0], text[1], text[2], strings.Join(text[3:], "|")})
	}
	return out, rows.Err()
}

// changed returns the ids of the rows that are new or different.
func changed(before, after sight) map[string][]string {
	out := map[string][]string{}
	for table, rows := range after {
		had := make(map[string]bool, len(before[table]))
		for _, r := range before[table] {
			had[r.text] = true
		}
		for _, r := range rows {
			if !had[r.text] {
				out[table] = append(out[table], r.id)
			}
		}
	}
	return out
}

// guesses is, for one attack, which paper it takes each person's to be.
type guesses map[string]string

// attacks runs everything there is against the design.
func attacks(of design, e evidence) map[string]guesses {
	out := map[string]guesses{}
	for _, p := range of.people {
		for _, q := range of.papers {
			name := p.table + " and " + q.table
			out["one commit: "+name] = together1(e.steps, p.table, q.table, 1)
			out["backups between four votes: "+name] = together1(e.steps, p.table, q.table, 4)
			out["one transaction stamp: "+name] = stamped(e.last[p.table], e.last[q.table])
			for how, people := range orders(e, p.table) {
				for how2, papers := range orders(e, q.table) {
					out[how+" beside "+how2] = sideBySide(people, papers)
				}
				out[how+" beside the journal"] = sideBySide(people, e.log)
			}
		}
	}
	return out
}

// together1 joins the people and papers that changed within so many votes.
func together1(steps []map[string][]string, people, papers string, every int) guesses {
	g := guesses{}
	for from := 0; from < len(steps); from += every {
		var who, what []string
		for _, s := range steps[from:min(from+every, len(steps))] {
			who, what = append(who, s[people]...), append(what, s[papers]...)
		}
		slices.Sort(who)
		slices.Sort(what)
		if len(who) == len(what) {
			for i := range who {
				g[who[i]] = what[i]
			}
		}
	}
	return g
}

// stamped joins rows that one PostgreSQL transaction wrote.
func stamped(people, papers []seenRow) guesses {
	by := map[string][]string{}
	for _, q := range papers {
		by[q.xmin] = append(by[q.xmin], q.id)
	}
	g := guesses{}
	for _, p := range people {
		if p.xmin != "" && len(by[p.xmin]) == 1 {
			g[p.id] = by[p.xmin][0]
		}
	}
	return g
}

// orders returns the ids of a table in every order that its storage has.
func orders(e evidence, table string) map[string][]string {
	ids := func(less func(a, b seenRow) int) (out []string) {
		rows := slices.Clone(e.last[table])
		if less != nil {
			slices.SortStableFunc(rows, less)
		}
		for _, r := range rows {
			out = append(out, r.id)
		}
		return out
	}
	out := map[string][]string{table + " as it lies": ids(nil)}
	if rows := e.last[table]; len(rows) > 0 && rows[0].xmin != "" {
		out[table+" by transaction"] = ids(func(a, b seenRow) int { return numeric(a.xmin) - numeric(b.xmin) })
		out[table+" by place"] = ids(func(a, b seenRow) int { return place(a.place) - place(b.place) })
	}
	if l := e.layout[table]; l != nil {
		out[table+" by cells"] = l
	}
	return out
}

func numeric(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// place makes "(3,14)" a number.
func place(ctid string) int {
	page, item, _ := strings.Cut(strings.Trim(ctid, "()"), ",")
	return numeric(page)<<16 + numeric(item)
}

func sideBySide(people, papers []string) guesses {
	g := guesses{}
	if len(people) == len(papers) {
		for i, p := range people {
			g[p] = papers[i]
		}
	}
	return g
}

// score counts for each attack how often it was right.
type score map[string]int

func (s score) add(found map[string]guesses, truth map[string]string) {
	for name, g := range found {
		s[name] += 0
		for who, what := range g {
			if truth[who] == what {
				s[name]++
			}
		}
	}
}

// atChance fails the test if the attacks together do better than luck and three deviations, or any of them does what luck does once
// in ten million times. Laying two orders side by side is right once a ballot on average, with as much variance.
func (s score) atChance(t *testing.T, what string, ballots int) {
	t.Helper()
	best, sum := "", 0
	for name, n := range s {
		sum += n
		if best == "" || n > s[best] {
			best = name
		}
	}
	luck := float64(ballots)
	average := float64(sum) / float64(len(s))
	t.Logf("%s: %d attacks on %d ballots found %.1f people's papers on average, %d at best (%s); by luck it would be %d",
		what, len(s), ballots, average, s[best], best, ballots)
	if average > luck+3*math.Sqrt(luck) || s[best] > seldom(luck) {
		t.Errorf("%s: %q finds %d people's papers", what, best, s[best])
	}
}

// seldom returns the number that a Poisson variable with the mean exceeds once in ten million times.
func seldom(mean float64) int {
	k, term := 0, math.Exp(-mean)
	for tail := 1 - term; tail > 1e-7; tail -= term {
		k++
		term *= mean / float64(k)
	}
	return k
}

// TestLinkageV05 is the attack on this program's way of storing secret votes, while the ballot is open and after it.
func TestLinkageV05(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		for _, size := range []struct{ voters, ballots int }{{20, 6}, {300, 1}} {
			open, closed := score{}, score{}
			for range size.ballots {
				attackOne(t, d, c, size.voters, open, closed)
			}
			open.atChance(t, fmt.Sprintf("%d voters, while open", size.voters), size.ballots)
			closed.atChance(t, fmt.Sprintf("%d voters, after the close", size.voters), size.ballots)
		}
	})
}

func attackOne(t *testing.T, d *db.DB, c *dbtest.Clock, voters int, open, closed score) {
	t.Helper()
	w := votetest.New(t, d, c, "A", voters)
	v := w.Open(true)
	order := rand.Perm(voters)
	forms := make([]ballot.Vote, voters)
	for i, a := range w.Who {
		forms[i] = w.Form(a, 1, ballot.Choices()[rand.IntN(3)])
	}
	of, person := only(t, d, v.ID, w)
	e, slots, codes := evidence{}, map[string]string{}, map[string]string{}
	before := look(t, d, whileOpen).only(of)
	for _, i := range order {
		taken, err := w.Ballots.Cast(t.Context(), w.Who[i], 1, forms[i])
		if err != nil {
			t.Fatal(err)
		}
		after := look(t, d, whileOpen).only(of)
		step := changed(before, after)
		if len(step) != 1 || len(step["urn"]) != 1 {
			t.Fatalf("a vote changed %v", step)
		}
		for _, id := range person(i) {
			slots[id], codes[id] = step["urn"][0], source{id: "code"}.name(taken.Receipt.Code)
		}
		e.steps, before = append(e.steps, step), after
	}
	e.last, e.layout, e.log = before, layout(t, d, whileOpen, of), journal(t, filepath.Join(w.Keys, "urn", v.Ref+".log"))
	if len(e.log) != voters {
		t.Fatalf("%d votes in the journal", len(e.log))
	}
	open.add(attacks(whileOpen, e), slots)

	c.Set(v.Closes)
	w.Tick()
	after := look(t, d, afterClose).only(of)
	closed.add(attacks(afterClose, evidence{
		steps: []map[string][]string{changed(sight{}, after)}, last: after, layout: layout(t, d, afterClose, of), log: e.log,
	}), codes)
	if n := len(after["papers"]); n != voters {
		t.Fatalf("%d papers", n)
	}
}

// only returns what belongs to the ballot, and what its voters are called in each table.
func only(t *testing.T, d *db.DB, id ballot.ID, w *votetest.World) (of func(table string, r seenRow) bool, person func(i int) []string) {
	t.Helper()
	member := map[string]bool{}
	for _, a := range w.Who {
		member[fmt.Sprint(a.Member.ID)] = true
	}
	of = func(table string, r seenRow) bool {
		switch table {
		case "members":
			return member[strings.TrimPrefix(r.id, "id ")]
		case "sessions", "once_keys":
			return true
		}
		return strings.HasPrefix(r.text, fmt.Sprint(id, "|"))
	}
	return of, func(i int) []string {
		a := w.Who[i]
		return []string{source{id: "slot"}.name(fmt.Sprint(i + 1)), source{id: "id"}.name(fmt.Sprint(a.Member.ID)), source{id: "person_id"}.name(fmt.Sprint(a.Person))}
	}
}

func (s sight) only(of func(string, seenRow) bool) sight {
	out := sight{}
	for table, rows := range s {
		for _, r := range rows {
			if of(table, r) {
				out[table] = append(out[table], r)
			}
		}
	}
	return out
}

// journal returns the pseudonyms in the order of the journal.
func journal(t *testing.T, path string) (out []string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const record, head, pseud = 111, 2, 16
	for ; len(text) >= record; text = text[record:] {
		out = append(out, source{id: "pseud"}.name(hex.EncodeToString(text[head:head+pseud])))
	}
	return out
}

// TestControlDesignsAreCaughtV05 lets the same attacks loose on the common design: a mark on the roll and a paper without a name under
// a random key, written in one transaction. They have to find nearly everybody, or they prove nothing.
func TestControlDesignsAreCaughtV05(t *testing.T) {
	const mark = "UPDATE control_marks SET voted = 1 WHERE slot = "
	const insert = "INSERT INTO control_marks (slot, voted) VALUES "
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		for _, tt := range []struct {
			name   string
			voters int
			marked bool   // the roll is there beforehand, and marked
			by     string // the attack that must do it, on each database
		}{
			{"marks on a roll", 20, true, "one commit: control_marks and control_papers"},
			{"marks on a roll", 300, true, "one commit: control_marks and control_papers"},
			{"rows in a turnout", 20, false, map[string]string{db.SQLite: "control_marks by cells beside control_papers by cells", db.Postgres: "one transaction stamp: control_marks and control_papers"}[d.Dialect()]},
			{"rows in a turnout", 20, false, "one commit: control_marks and control_papers"},
		} {
			build(t, d, tt.voters, tt.marked)
			e, truth := evidence{}, map[string]string{}
			before := look(t, d, control)
			for _, i := range rand.Perm(tt.voters) {
				slot, code := strconv.Itoa(i+1), fmt.Sprintf("%016x", rand.Uint64())
				err := d.Write(t.Context(), func(tx *db.Tx) error {
					sql := insert + "(" + slot + ", 1)"
					if tt.marked {
						sql = mark + slot
					}
					if err := tx.Exec(sql).Error; err != nil {
						return err
					}
					return tx.Exec("INSERT INTO control_papers (code, choice) VALUES ('" + code + "', 1)").Error
				})
				if err != nil {
					t.Fatal(err)
				}
				after := look(t, d, control)
				e.steps, before, truth[control.people[0].name(slot)] = append(e.steps, changed(before, after)), after, control.papers[0].name(code)
			}
			e.last, e.layout = before, layout(t, d, control, func(string, seenRow) bool { return true })
			s := score{}
			s.add(attacks(control, e), truth)
			t.Logf("%s, %d voters: %q finds %d", tt.name, tt.voters, tt.by, s[tt.by])
			if s[tt.by] < tt.voters*9/10 {
				t.Errorf("%s, %d voters: %q finds only %d", tt.name, tt.voters, tt.by, s[tt.by])
			}
		}
	})
}

// build makes the control's tables, with its roll in them if it is one that is marked.
func build(t *testing.T, d *db.DB, voters int, roll bool) {
	t.Helper()
	tail := " WITHOUT ROWID"
	if d.Dialect() == db.Postgres {
		tail = ""
	}
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		for _, sql := range []string{
			"DROP TABLE IF EXISTS control_marks", "DROP TABLE IF EXISTS control_papers",
			"CREATE TABLE control_marks (slot INTEGER NOT NULL PRIMARY KEY, voted INTEGER NOT NULL)" + tail,
			"CREATE TABLE control_papers (code TEXT NOT NULL PRIMARY KEY, choice INTEGER NOT NULL)" + tail,
		} {
			if err := tx.Exec(sql).Error; err != nil {
				return err
			}
		}
		for i := range voters {
			if !roll {
				break
			}
			if err := tx.Exec(fmt.Sprintf("INSERT INTO control_marks (slot, voted) VALUES (%d, 0)", i+1)).Error; err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
