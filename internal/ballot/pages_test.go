package ballot_test

import (
	"bytes"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"folkmoot/internal/db"
)

// Reading SQLite's files as an attacker does who holds them (https://www.sqlite.org/fileformat2.html). Where within a page a row's
// cell lies tells when it was written, because a page is filled from its end. The write-ahead log holds every page as each
// commit left it. What was deleted may still lie in free pages and between cells.

// disk is the database file as it was at one moment.
type disk struct {
	sqliteFile
	roots map[string]int // of the design's tables
	trees []int          // the roots of all tables and indexes
}

// readDisk moves the write-ahead log into the file and reads it; nil on PostgreSQL.
func readDisk(t *testing.T, d *db.DB, of design) *disk {
	t.Helper()
	if d.Dialect() != db.SQLite {
		return nil
	}
	k := &disk{roots: map[string]int{}}
	err := d.Outside(t.Context(), func(s *sql.DB) error {
		var busy, frames, moved int
		if err := s.QueryRow("PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &moved); err != nil || busy != 0 {
			return fmt.Errorf("checkpoint: busy %d, %w", busy, err)
		}
		rows, err := s.Query("SELECT name, rootpage FROM sqlite_master WHERE rootpage > 1")
		if err != nil {
			return err
		}
		for rows.Next() {
			var name string
			var root int
			if err := rows.Scan(&name, &root); err != nil {
				return err
			}
			k.trees = append(k.trees, root)
			if slices.ContainsFunc(of.all(), func(s source) bool { return s.table == name }) {
				k.roots[name] = root
			}
		}
		return rows.Close()
	})
	if err != nil {
		t.Fatal(err)
	}
	if k.bytes, err = os.ReadFile(d.Path()); err != nil {
		t.Fatal(err)
	}
	k.size = int(binary.BigEndian.Uint16(k.bytes[16:]))
	return k
}

// idOf returns what the source calls the row in the cell, and whether the row is one of mine.
func idOf(src source, c cell, mine func(string, seenRow) bool) (string, bool) {
	id := c.columns[0] // or the second column, where the first is the ballot's
	if len(c.columns) > 1 && src.id != "id" && !strings.HasPrefix(src.table, "control") {
		id = c.columns[1]
	}
	return src.name(id), mine(src.table, seenRow{id: src.name(id), text: c.columns[0] + "|"})
}

// layout returns, for each table of the design, the ids of its rows in the order of their cells, the oldest first.
func (k *disk) layout(of design, mine func(string, seenRow) bool) map[string][]string {
	if k == nil {
		return nil
	}
	out := map[string][]string{}
	for _, src := range of.all() {
		for _, n := range k.leaves(k.roots[src.table]) {
			for _, c := range cells(k.page(n)) {
				if id, ok := idOf(src, c, mine); ok {
					out[src.table] = append(out[src.table], id)
				}
			}
		}
	}
	return out
}

// written is what the write-ahead log tells: what each of its commits wrote, and every id in the order of its first appearance.
type written struct {
	steps []map[string][]string
	order map[string][]string
}

// readLog reads the write-ahead log that lies between two states of the file.
func readLog(log []byte, before, after *disk, of design, mine func(string, seenRow) bool) written {
	w := written{order: map[string][]string{}}
	const header, frame = 32, 24
	if len(log) < header {
		return w
	}
	owner := map[int]source{}
	seen, first := map[string]bool{}, map[string]bool{}
	for _, src := range of.all() {
		for _, n := range after.leaves(after.roots[src.table]) {
			owner[n] = src
		}
		owner[after.roots[src.table]] = src // it was a leaf itself once
		for _, n := range before.leaves(before.roots[src.table]) {
			for _, c := range cells(before.page(n)) {
				seen[src.table+c.raw] = true
			}
		}
	}
	salt, step := log[16:24], map[string][]string{}
	for at := header; at+frame+after.size <= len(log); at += frame + after.size {
		head, page := log[at:at+frame], log[at+frame:at+frame+after.size]
		if !bytes.Equal(head[8:16], salt) {
			break // left over from before the log was last begun anew
		}
		if src, ok := owner[int(binary.BigEndian.Uint32(head))]; ok {
			for _, c := range slices.Backward(cells(page)) {
				id, ok := idOf(src, c, mine)
				if !ok || seen[src.table+c.raw] {
					continue
				}
				seen[src.table+c.raw] = true
				step[src.table] = append(step[src.table], id)
				if !first[src.table+id] {
					first[src.table+id] = true
					w.order[src.table] = append(w.order[src.table], id)
				}
			}
		}
		if binary.BigEndian.Uint32(head[4:]) != 0 { // the last frame of a commit
			w.steps, step = append(w.steps, step), map[string][]string{}
		}
	}
	return w
}

// remains returns the bytes of the file that belong to nothing: free pages, and what lies between cells.
func (k *disk) remains() (dead [][]byte) {
	if k == nil {
		return nil
	}
	for trunk := int(binary.BigEndian.Uint32(k.bytes[32:])); trunk != 0; {
		page := k.page(trunk)
		n := int(binary.BigEndian.Uint32(page[4:]))
		for i := range n {
			dead = append(dead, k.page(int(binary.BigEndian.Uint32(page[8+4*i:]))))
		}
		dead = append(dead, page[8+4*n:])
		trunk = int(binary.BigEndian.Uint32(page))
	}
	for _, root := range k.trees {
		for _, n := range k.pages(root) {
			page := k.page(n)
			header := 8
			if !isLeaf(page) {
				header = 12
			}
			content := int(binary.BigEndian.Uint16(page[5:]))
			if content == 0 {
				content = 1 << 16
			}
			dead = append(dead, page[header+2*int(binary.BigEndian.Uint16(page[3:])):content])
			for free := int(binary.BigEndian.Uint16(page[1:])); free != 0; {
				dead = append(dead, page[free:free+int(binary.BigEndian.Uint16(page[free+2:]))])
				free = int(binary.BigEndian.Uint16(page[free:]))
			}
		}
	}
	return dead
}

type sqliteFile struct {
	bytes []byte
	size  int // of a page
}

func (f sqliteFile) page(n int) []byte { return f.bytes[(n-1)*f.size : n*f.size] }

// kinds of pages: of tables and of indexes, which tables without row ids are.
const (
	indexNode = 0x02
	tableNode = 0x05
	indexLeaf = 0x0a
	tableLeaf = 0x0d
)

func isLeaf(page []byte) bool { return page[0] == indexLeaf || page[0] == tableLeaf }

// pages returns the pages of the tree at the root, children before their parent.
func (f sqliteFile) pages(root int) (out []int) {
	page := f.page(root)
	if !isLeaf(page) && page[0] != indexNode && page[0] != tableNode {
		panic(fmt.Sprintf("page %d is no tree", root))
	}
	if !isLeaf(page) {
		for _, p := range pointers(page) {
			out = append(out, f.pages(int(binary.BigEndian.Uint32(page[p:])))...)
		}
		out = append(out, f.pages(int(binary.BigEndian.Uint32(page[8:])))...)
	}
	return append(out, root)
}

// leaves returns the pages of the tree that hold rows; nodes of an index hold some too.
func (f sqliteFile) leaves(root int) []int {
	return slices.DeleteFunc(f.pages(root), func(n int) bool { return f.page(n)[0] == tableNode })
}

// pointers returns where the cells of a page begin, in the order of their keys.
func pointers(page []byte) (at []int) {
	first := 8
	if !isLeaf(page) {
		first = 12
	}
	for i := range int(binary.BigEndian.Uint16(page[3:])) {
		at = append(at, int(binary.BigEndian.Uint16(page[first+2*i:])))
	}
	return at
}

// cell is a row as it lies in a page.
type cell struct {
	columns []string // the first ones
	raw     string
}

// cells returns the rows of a page, the one nearest to its end first.
func cells(page []byte) (out []cell) {
	if page[0] != indexLeaf && page[0] != tableLeaf && page[0] != indexNode {
		return nil
	}
	at := pointers(page)
	slices.SortFunc(at, func(a, b int) int { return b - a })
	for _, p := range at {
		b := page[p:]
		if page[0] == indexNode {
			b = b[4:]
		}
		size, n := varint(b)
		b = b[n:]
		rowid := ""
		if page[0] == tableLeaf {
			id, n := varint(b)
			rowid, b = fmt.Sprint(id), b[n:]
		}
		out = append(out, cell{record(b, rowid), rowid + string(b[:min(int(size), len(b))])})
	}
	return out
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

// dug looks for papers in what is left of deleted rows: in which order they lie there, and whether the number of a person
// stands just before one, as it would in a row that held both.
func dug(dead [][]byte, people, papers source, rows sight) (order []string, g guesses) {
	g = guesses{}
	person := map[string]bool{}
	for _, r := range rows[people.table] {
		person[r.id] = true
	}
	found := map[int]string{}
	for _, r := range rows[papers.table] {
		name := strings.TrimPrefix(r.id, papers.id+" ")
		text := []byte(name)
		if raw, err := hex.DecodeString(name); err == nil && papers.id == "pseud" {
			text = raw
		}
		base := 0
		for _, region := range dead {
			if at := bytes.Index(region, text); at >= 0 {
				if _, ok := found[base+at]; !ok {
					found[base+at] = r.id
				}
				for size := 1; size <= min(2, at); size++ {
					n := 0
					for _, b := range region[at-size : at] {
						n = n<<8 | int(b)
					}
					if who := people.name(fmt.Sprint(n)); person[who] {
						g[who] = r.id
					}
				}
			}
			base += len(region)
		}
	}
	for _, at := range slices.Sorted(maps.Keys(found)) {
		order = append(order, found[at])
	}
	return order, g
}
