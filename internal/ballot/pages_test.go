package ballot_test

import (
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"folkmoot/internal/db"
)

// Reading SQLite's pages as an attacker does who holds the file: where within a page a row's cell lies tells when it was
// written, because SQLite fills a page from its end (https://www.sqlite.org/fileformat2.html).

// layout returns, for each table of the design, the ids of its rows in the order of their cells, the oldest first; nil on PostgreSQL.
func layout(t *testing.T, d *db.DB, of design, mine func(string, seenRow) bool) map[string][]string {
	t.Helper()
	if d.Dialect() != db.SQLite {
		return nil
	}
	roots := map[string]int{}
	err := d.Outside(t.Context(), func(s *sql.DB) error {
		var busy, frames, moved int
		if err := s.QueryRow("PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &moved); err != nil || busy != 0 {
			return fmt.Errorf("checkpoint: busy %d, %w", busy, err)
		}
		for _, src := range slices.Concat(of.people, of.papers) {
			var root int
			if err := s.QueryRow("SELECT rootpage FROM sqlite_master WHERE name = ?", src.table).Scan(&root); err != nil {
				return err
			}
			roots[src.table] = root
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(d.Path())
	if err != nil {
		t.Fatal(err)
	}
	f := sqliteFile{file, int(binary.BigEndian.Uint16(file[16:]))}
	out := map[string][]string{}
	for _, src := range slices.Concat(of.people, of.papers) {
		for _, row := range f.walk(roots[src.table]) {
			id := row[0] // or the second column, where the first is the ballot's
			if len(row) > 1 && src.id != "id" && !strings.HasPrefix(src.table, "control") {
				id = row[1]
			}
			if mine(src.table, seenRow{id: src.name(id), text: row[0] + "|"}) {
				out[src.table] = append(out[src.table], src.name(id))
			}
		}
	}
	return out
}

type sqliteFile struct {
	bytes []byte
	size  int // of a page
}

// walk returns the records of the tree at the root, page by page, in each page the cell nearest its end first.
func (f sqliteFile) walk(root int) (rows [][]string) {
	page := f.bytes[(root-1)*f.size : root*f.size]
	kind := page[0]
	leaf := kind == 0x0a || kind == 0x0d
	if kind != 0x0a && kind != 0x0d && kind != 0x02 && kind != 0x05 {
		panic(fmt.Sprintf("page %d is no tree", root))
	}
	pointers := 8
	if !leaf {
		pointers = 12
	}
	var at []int
	for i := range int(binary.BigEndian.Uint16(page[3:])) {
		at = append(at, int(binary.BigEndian.Uint16(page[pointers+2*i:])))
	}
	if !leaf {
		for _, p := range at {
			rows = append(rows, f.walk(int(binary.BigEndian.Uint32(page[p:])))...)
		}
		rows = append(rows, f.walk(int(binary.BigEndian.Uint32(page[8:])))...)
	}
	slices.SortFunc(at, func(a, b int) int { return b - a })
	for _, p := range at {
		if kind == 0x05 {
			continue // holds keys only
		}
		cell := page[p:]
		if kind == 0x02 {
			cell = cell[4:]
		}
		_, n := varint(cell)
		cell = cell[n:]
		rowid := ""
		if kind == 0x0d {
			id, n := varint(cell)
			rowid, cell = fmt.Sprint(id), cell[n:]
		}
		rows = append(rows, record(cell, rowid))
	}
	return rows
}

// record returns the first columns of a record; a NULL in the first place of a table with row ids is the row id.
func record(b []byte, rowid string) (out []string) {
	head, n := varint(b)
	types, body := b[n:head], b[head:]
	for len(types) > 0 && len(out) < 2 {
		kind, n := varint(types)
		types = types[n:]
		size := []int{0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0}
		switch {
		case kind == 0:
			out = append(out, rowid)
		case kind == 8 || kind == 9:
			out = append(out, fmt.Sprint(kind-8))
		case kind < 7:
			v := int64(0)
			for _, c := range body[:size[kind]] {
				v = v<<8 | int64(c)
			}
			out, body = append(out, fmt.Sprint(v)), body[size[kind]:]
		case kind >= 12 && kind%2 == 0:
			out, body = append(out, hex.EncodeToString(body[:(kind-12)/2])), body[(kind-12)/2:]
		case kind >= 13:
			out, body = append(out, string(body[:(kind-13)/2])), body[(kind-13)/2:]
		}
	}
	return out
}

func varint(b []byte) (v int64, n int) {
	for n < 8 {
		v = v<<7 | int64(b[n]&0x7f)
		n++
		if b[n-1]&0x80 == 0 {
			return v, n
		}
	}
	return v<<8 | int64(b[8]), 9
}
