// Package audit holds the tables against the record. The tables are projections: what a group's entries say is rebuilt, and
// where they differ is named (practice.md §6.1): each row, up to Most, and each column however many there are. It reads only,
// one group after the other, each in one snapshot.
//
// The entries are read twice: once in order for the group itself, and then once more by proposal. In memory are never more
// than 500 entries; of the group its members, invitations and versions of the rules, and the references of its ballots and
// decisions; and of one proposal its supporters, the hashes of its texts and the posts about it, and one roll.
//
// What is not compared, and why, stands beside the tables' columns in store_tables.go: numbers of rows; contact data,
// passphrases, sessions and links; drafts, read marks, who asked for a secret vote and who voted, which are private on purpose.
// Where an entry may have been held to the time of the one before it, an earlier time in a table agrees with it.
//
// An open vote's choices, the published papers and the sheets of ballots by ranking are held against the numbers and the hashes that were
// recorded. Who was put up in an election and has not accepted is recorded nowhere, and neither is an answer before the vote opens, or a name that is
// written in a selection before all are read.
package audit

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"folkmoot/internal/db"
	"folkmoot/internal/lang"
	"folkmoot/internal/meeting"

	"golang.org/x/mod/sumdb/tlog"
)

// Difference is a place where a table does not say what the record says.
type Difference struct {
	Group   string // the group's reference
	Slug    string // the group's name in addresses
	Subject string // what it is about, as the record names it: "motion/14"
	Table   string
	Row     string // which row, by the record's names: "m_abc for"; "" where there is one only
	Field   string // the column, or Whole
	Record  lang.Msg
	Has     lang.Msg // what the table says
}

// Whole stands for a field where a row is lacking, or is one too many.
const Whole = "row"

// Most is how many differences of a group are named one by one. Where there are more, nobody reads them, and of each further
// column only the first is named: many harmless differences must not hide one of another kind.
const Most = 200

// Say puts the difference into a sentence.
func (d Difference) Say() lang.Msg {
	of := d.Subject
	if d.Row != "" && !strings.HasSuffix(of, "/"+d.Row) {
		of += " " + d.Row
	}
	return lang.M("audit.differs", "Group", d.Slug, "Subject", of, "Table", lang.M("audit.table."+d.Table),
		"Field", meeting.FieldName(d.Table, d.Field), "Record", d.Record, "Has", d.Has)
}

// Compare returns where the tables differ from the record, group by group. It returns an error only if it could not look; what
// the other groups' tables say is returned with it.
func Compare(ctx context.Context, d *db.DB) (all []Difference, err error) {
	var errs []error
	for after := int64(0); ; {
		var gs []group
		err := d.Read(ctx, func(tx *db.Tx) (err error) {
			gs, err = groupsAfter(tx, after)
			return err
		})
		if err != nil || len(gs) == 0 {
			return all, errors.Join(append(errs, err)...)
		}
		for _, g := range gs {
			c := &check{group: g, named: map[[2]string]bool{}}
			if err := d.Read(ctx, func(tx *db.Tx) error {
				c.tx = tx
				return c.run()
			}); err != nil {
				errs = append(errs, fmt.Errorf("compare the tables of group %s: %w", g.Ref, err))
			}
			all = append(all, c.found...)
			after = g.ID
		}
	}
}

// check is the comparison of one group, in one snapshot.
type check struct {
	tx    *db.Tx
	group group
	book  *book
	found []Difference
	named map[[2]string]bool // tables and fields in found
}

// wanted is a row as the record has it.
type wanted func() row

func (c *check) run() error {
	c.book = newBook()
	err := c.entries(nil, true, c.book.note)
	if err == nil {
		err = c.aboutGroup()
	}
	if err == nil {
		err = c.aboutRoles()
	}
	if err == nil {
		err = c.aboutLearning()
	}
	if err == nil {
		err = c.aboutSelections()
	}
	if err == nil {
		err = c.aboutMeetings()
	}
	for n := int64(1); err == nil && n <= c.book.motions; n++ {
		err = c.aboutProposal(n)
	}
	if err != nil {
		return err
	}
	_, err = c.rows(strangers, "group", nil, c.group.ID, c.book.motions)
	return err
}

// leaf holds a leaf against its hash in the tree. One that is no entry, hashed or not, says nothing.
func (c *check) leaf(r entryRow, stored tlog.Hash, readable error) {
	if readable != nil || stored != tlog.RecordHash([]byte(r.Leaf)) {
		c.differ(r.of(), "ledger_entries", "", "leaf", this(), other())
	}
}

// column holds what stands beside a leaf against the leaf.
func (c *check) column(r entryRow, e entry) {
	want := row{"n": e.n, "at": exactly(e.at.Time), "kind": e.kind, "subject": e.of}
	got := row{"n": r.N, "at": r.At.UnixMilli(), "kind": r.Kind, "subject": r.Subject}
	c.columns(r.of(), "ledger_entries", "", want, got)
}

func (c *check) aboutGroup() error {
	b := c.book
	people, invited, keys, rules, founders := map[string]wanted{}, map[string]wanted{}, map[string]wanted{}, map[string]wanted{}, map[string]wanted{}
	for ref, r := range b.founders {
		founders[ref] = func() row { return r }
	}
	for ref, p := range b.people {
		people[ref] = p.row
	}
	for id, i := range b.invitations {
		invited[fmt.Sprint(id)] = i.row
	}
	for i, k := range b.keys {
		keys[fmt.Sprint(i+1)] = k.row
	}
	for _, v := range b.rules {
		rules[fmt.Sprint(v.data.num("number"))] = func() row { return b.rulebookRow(v) }
	}
	reports, lines := map[string]wanted{}, map[string]wanted{}
	for name, r := range b.money.reports {
		reports[name] = func() row { return r }
	}
	for name, r := range b.money.lines {
		lines[name] = func() row { return r }
	}
	for _, x := range []struct {
		t    table
		want map[string]wanted
	}{{groups, map[string]wanted{"": b.groupRow}}, {members, people}, {invitations, invited}, {heldKeys, keys}, {moneyReports, reports}, {moneyLines, lines}, {rulebooks, rules}, {foundingCalls, founders}} {
		if _, err := c.rows(x.t, "group", x.want, c.group.ID); err != nil {
			return err
		}
	}
	return nil
}

// rows compares the rows of a table with those the record has, by their keys, and returns the keys that both have.
func (c *check) rows(t table, of string, want map[string]wanted, args ...any) (both map[string]bool, err error) {
	both = map[string]bool{}
	err = t.each(c.tx, func(got row) {
		name := t.nameOf(got)
		w, ok := want[name]
		if !ok {
			c.differ(of, t.name, name, Whole, none(), there())
			return
		}
		both[name] = true
		c.columns(of, t.name, name, w(), got)
	}, args...)
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if err == nil && !both[name] {
			c.differ(of, t.name, name, Whole, there(), none())
		}
	}
	return both, err
}

// nameOf is what a row is called in the record.
func (t table) nameOf(r row) string {
	var parts []string
	for _, c := range t.columns {
		if c.in == key {
			parts = append(parts, fmt.Sprint(r[c.name]))
		}
	}
	return strings.Join(parts, " ")
}

// columns compares what the record says of a row with what the table says.
func (c *check) columns(of, table, name string, want, got row) {
	for _, column := range slices.Sorted(maps.Keys(want)) {
		if w, g := want[column], got[column]; !agrees(w, g) {
			record, has := said(w, g)
			c.differ(of, table, name, column, record, has)
		}
	}
}

func (c *check) differ(of, table, name, field string, record, has lang.Msg) {
	column := [2]string{table, field}
	if len(c.found) < Most || !c.named[column] {
		c.named[column] = true
		c.found = append(c.found, Difference{c.group.Ref, c.group.Slug, of, table, name, field, record, has})
	}
}
