package ballot_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"folkmoot/internal/db"
	"folkmoot/internal/ledger"
	"folkmoot/internal/upkeep"

	_ "github.com/mattn/go-sqlite3" // reads backups
)

// source is a table that an attacker looks at, and the column that says what a row is.
type source struct{ table, id string }

// name is what the source calls a row: numbers of people and places on the roll must not be taken for each other.
func (s source) name(id string) string { return s.id + " " + id }

// design is a way of storing secret votes: where people are to be seen, and where papers.
type design struct {
	people, papers []source
}

func (d design) all() []source { return slices.Concat(d.people, d.papers) }

// seenRow is a row as an attacker sees it.
type seenRow struct{ id, xmin, place, text string }

type sight map[string][]seenRow // by table, in the order of the table

// evidence is what the attacker has collected.
type evidence struct {
	steps   []map[string][]string // what changed with each vote: table to ids
	backups []map[string][]string // what changed from one backup to the next
	wal     written
	last    sight
	layout  map[string][]string // SQLite: table to ids in the order of the cells in its pages
	dead    [][]byte            // SQLite: what is left of deleted rows
	journal []string            // papers in the order of the journal
	log     map[string][]string // what the server's log names, in the order of the lines
}

// look reads every source of the design, with PostgreSQL's stamps. where restricts a table to what belongs to the ballot.
func look(t *testing.T, d *db.DB, of design, where map[string]string) (out sight) {
	t.Helper()
	err := d.Outside(t.Context(), func(s *sql.DB) (err error) {
		out, err = lookIn(t.Context(), s, d.Dialect(), of, where)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// lookIn has the database put each row into one text, because it is done after every single vote.
func lookIn(ctx context.Context, s *sql.DB, dialect string, of design, where map[string]string) (sight, error) {
	out := sight{}
	for _, src := range of.all() {
		only := where[src.table]
		if only == "" {
			only = "1 = 1"
		}
		id, stamps, text := src.id, "'', ''", ""
		switch {
		case dialect == db.Postgres:
			stamps, text = "xmin::text, ctid::text", src.table+"::text"
			if id == "pseud" {
				id = "encode(pseud, 'hex')"
			}
		default:
			if err := s.QueryRowContext(ctx, "SELECT group_concat('quote(' || name || ')', ' || ''|'' || ') FROM pragma_table_info(?)", src.table).Scan(&text); err != nil {
				return nil, err
			}
			if id == "pseud" {
				id = "lower(hex(pseud))"
			}
		}
		rows, err := s.QueryContext(ctx, fmt.Sprintf("SELECT %s, %s, %s FROM %s WHERE %s", id, stamps, text, src.table, only))
		if err != nil {
			return nil, err
		}
		if out[src.table], err = scan(rows, src); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func scan(rows *sql.Rows, src source) (out []seenRow, err error) {
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var r seenRow
		if err := rows.Scan(&r.id, &r.xmin, &r.place, &r.text); err != nil {
			return nil, err
		}
		r.id = src.name(r.id)
		out = append(out, r)
	}
	return out, rows.Err()
}

// backUp takes a backup as the operator does, and returns what an attacker sees in it.
func backUp(t *testing.T, d *db.DB, l *ledger.Ledger, of design, where map[string]string) (out sight) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "backup.db")
	if _, err := upkeep.Backup(t.Context(), d, l, file); err != nil {
		t.Fatal(err)
	}
	s, err := sql.Open("sqlite3", "file:"+file+"?mode=ro")
	if err == nil {
		out, err = lookIn(t.Context(), s, db.SQLite, of, where)
		err = errors.Join(err, s.Close(), os.Remove(file))
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
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

var field = regexp.MustCompile(`(\w+)=(\S+)`)

// mentioned returns what the lines of a log name: for each source, its rows in the order in which they first appear.
func mentioned(log string, of design, rows sight) map[string][]string {
	out := map[string][]string{}
	for _, src := range of.all() {
		known := map[string]bool{}
		for _, r := range rows[src.table] {
			known[r.id] = true
		}
		for _, f := range field.FindAllStringSubmatch(log, -1) {
			if id := src.name(strings.Trim(f[2], `"`)); known[id] {
				known[id] = false
				out[src.table] = append(out[src.table], id)
			}
		}
	}
	return out
}

// attacks runs everything there is against the design.
func attacks(of design, e evidence) map[string]guesses {
	out := map[string]guesses{}
	for _, p := range of.people {
		for _, q := range of.papers {
			name := p.table + " and " + q.table
			out["one commit: "+name] = joined(e.steps, p.table, q.table, 1)
			out["states between four votes: "+name] = joined(e.steps, p.table, q.table, 4)
			out["two backups: "+name] = joined(e.backups, p.table, q.table, 1)
			out["one commit in the WAL: "+name] = joined(e.wal.steps, p.table, q.table, 1)
			out["one transaction stamp: "+name] = stamped(e.last[p.table], e.last[q.table])
			rest, row := dug(e.dead, p, q, e.last)
			out["one deleted row: "+name] = row
			for how, people := range orders(e, p.table) {
				for how2, papers := range orders(e, q.table) {
					out[how+" beside "+how2] = sideBySide(people, papers)
				}
				out[how+" beside the journal"] = sideBySide(people, e.journal)
				out[how+" beside what is left of "+q.table] = sideBySide(people, rest)
			}
		}
	}
	return out
}

// joined joins the people and papers that changed within so many steps.
func joined(steps []map[string][]string, people, papers string, every int) guesses {
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

// orders returns the ids of a table in every order that its storage or a log has.
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
	for how, order := range map[string][]string{" by cells": e.layout[table], " by the WAL": e.wal.order[table], " by the server's log": e.log[table]} {
		if order != nil {
			out[table+how] = order
		}
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
