package sortition

import (
	"bufio"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"folkmoot/internal/line"
)

// The files of a draw are tables: lines of cells with commas between, in which empty lines and lines that begin with # are passed
// over. A cell may stand in quotes. Errors of what is written there wrap ErrDraw and name the line.

// byteOrderMark is how some spreadsheets and editors begin a file.
const byteOrderMark = "\ufeff"

const notText = "this is not text in UTF-8, as a spreadsheet saves it that is asked for CSV in UTF-8"

// ReadPool reads lines "id,weight", in any order, after a line with these words or without.
func ReadPool(r io.Reader) (Pool, error) {
	t, err := readTable(r, mostMembers)
	if err != nil {
		return nil, err
	}
	if len(t) > 0 && slices.Equal(t[0].cells, []string{"id", "weight"}) {
		t = t[1:]
	}
	var members []Member
	seen := map[int64]int{}
	for _, row := range t {
		if len(row.cells) != 2 {
			return nil, row.refuse("a member is a line like 3,4: a number and a weight")
		}
		m, err := row.member(seen, row.cells[0], row.cells[1])
		if err != nil {
			return nil, err
		}
		members = append(members, m)
	}
	return NewPool(members...)
}

// ReadStrata reads strata from two tables: one with the columns stratum and size, and one with the columns id, weight and stratum.
// Errors say which of them they are of by the names given.
func ReadStrata(strataName string, strata io.Reader, poolName string, pool io.Reader) ([]Stratum, error) {
	out, err := readSizes(strata)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", strataName, err)
	}
	if err := readMembers(pool, out, strataName); err != nil {
		return nil, fmt.Errorf("%s: %w", poolName, err)
	}
	return out, nil
}

func readSizes(r io.Reader) (out []Stratum, err error) {
	t, at, err := readColumns(r, mostPlaces, "stratum", "size")
	if err != nil {
		return nil, err
	}
	for _, row := range t {
		size, err := number(row.cells[at["size"]])
		if err != nil {
			return nil, row.refuse("the size %v", err)
		}
		name := row.cells[at["stratum"]]
		if slices.ContainsFunc(out, func(st Stratum) bool { return st.Name == name }) {
			return nil, row.refuse("the stratum %s is there already", name)
		}
		out = append(out, Stratum{Name: name, Size: size})
	}
	return out, nil
}

// readMembers puts members into their strata.
func readMembers(r io.Reader, strata []Stratum, strataName string) error {
	t, at, err := readColumns(r, mostMembers, "id", "weight", "stratum")
	if err != nil {
		return err
	}
	place := map[string]int{}
	for i, st := range strata {
		place[st.Name] = i
	}
	seen := map[int64]int{}
	for _, row := range t {
		m, err := row.member(seen, row.cells[at["id"]], row.cells[at["weight"]])
		if err != nil {
			return err
		}
		name := row.cells[at["stratum"]]
		i, known := place[name]
		if !known {
			return row.refuse("member %d is in the stratum %q, which %s does not have", m.ID, name, strataName)
		}
		strata[i].Pool = append(strata[i].Pool, m)
	}
	for i := range strata {
		slices.SortFunc(strata[i].Pool, func(a, b Member) int { return cmp.Compare(a.ID, b.ID) })
	}
	return nil
}

// ReadPanels reads what is asked of a panel from two tables: quotas with the columns feature, value, min and max, and people with the
// column id, one for each feature, and home if nobody may be on a panel with somebody they live with; it can be empty, and a feature
// cannot. Other columns are passed over, but for weights, which a panel does not know. Errors say which of the tables they are of by
// the names given.
func ReadPanels(size int, quotasName string, quotas io.Reader, peopleName string, people io.Reader) (Panels, error) {
	p := Panels{Size: size}
	var err error
	if p.Quotas, err = readQuotas(quotas); err != nil {
		return p, fmt.Errorf("%s: %w", quotasName, err)
	}
	if p.People, err = readPeople(people, p.Quotas, quotasName); err != nil {
		return p, fmt.Errorf("%s: %w", peopleName, err)
	}
	return p, p.Check()
}

func readQuotas(r io.Reader) (out []Quota, err error) {
	t, at, err := readColumns(r, mostQuotas, "feature", "value", "min", "max")
	if err != nil {
		return nil, err
	}
	for _, row := range t {
		q := Quota{Feature: row.cells[at["feature"]], Value: row.cells[at["value"]]}
		least, err := number(row.cells[at["min"]])
		if err != nil {
			return nil, row.refuse("the min %v", err)
		}
		most, err := number(row.cells[at["max"]])
		if err != nil {
			return nil, row.refuse("the max %v", err)
		}
		q.Min, q.Max = int(least), int(most)
		switch {
		case q.Feature == "" || q.Value == "":
			return nil, row.refuse("a quota needs a feature and a value")
		case q.Feature == "id" || q.Feature == "home":
			return nil, row.refuse("there is no quota of %s, which is a column of its own among the people", q.Feature)
		}
		out = append(out, q)
	}
	return out, nil
}

func readPeople(r io.Reader, quotas []Quota, quotasName string) (out []Person, err error) {
	features, values := []string{}, map[string][]string{}
	for _, q := range quotas {
		if values[q.Feature] == nil {
			features = append(features, q.Feature)
		}
		values[q.Feature] = append(values[q.Feature], q.Value)
	}
	t, at, err := readColumns(r, mostPeople, append([]string{"id"}, features...)...)
	if err != nil {
		return nil, err
	}
	if _, weighted := at["weight"]; weighted && !slices.Contains(features, "weight") {
		return nil, refuse("there is a column weight, and a panel has no weights: its chances are as equal as the quotas allow; leave the column out")
	}
	home, hasHome := at["home"]
	seen := map[int64]int{}
	for _, row := range t {
		id, err := row.id(seen, row.cells[at["id"]])
		if err != nil {
			return nil, err
		}
		person := Person{ID: id, Features: map[string]string{}}
		for _, f := range features {
			value := row.cells[at[f]]
			switch {
			case value == "":
				return nil, row.refuse("person %d has no %s, which %s asks about; if it is not known, give that a word and a quota of its own", id, f, quotasName)
			case !slices.Contains(values[f], value):
				return nil, row.refuse("person %d has %s: %s, and %s has quotas only for %s", id, f, value, quotasName, strings.Join(values[f], ", "))
			default:
				person.Features[f] = value
			}
		}
		if hasHome {
			person.Address = row.cells[home]
		}
		out = append(out, person)
	}
	return out, nil
}

// ReadContributions reads lines "id:text", the text without what nobody sees of its spaces. Errors of what is written there wrap ErrDraw; whether the IDs are those of a pool is not
// looked at.
func ReadContributions(r io.Reader) ([]Contribution, error) {
	var cs []Contribution
	limited := &io.LimitedReader{R: r, N: mostRecord}
	lines := bufio.NewScanner(limited)
	seen := map[int64]int{}
	for n := 1; lines.Scan(); n++ {
		said := strings.TrimSuffix(lines.Text(), "\r")
		if n == 1 {
			said = strings.TrimPrefix(said, byteOrderMark)
		}
		if said == "" || said[0] == '#' {
			continue
		}
		at := row{line: n}
		if !utf8.ValidString(said) {
			return nil, at.refuse(notText)
		}
		before, text, found := strings.Cut(said, ":")
		if !found {
			return nil, at.refuse("a contribution is a said like 7:bread, a member's number and a text")
		}
		id, err := at.id(seen, before)
		if err != nil {
			return nil, err
		}
		text = line.Tidy(text)
		if err := checkText(fmt.Sprintf("what member %d throws in", id), text); err != nil {
			return nil, at.refuse("%v", err)
		}
		if cs = append(cs, Contribution{id, text}); len(cs) > mostMembers {
			return nil, at.refuse("there are more than %d contributions", mostMembers)
		}
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return nil, refuse("a said is too long to be a contribution")
	} else if err != nil {
		return nil, err
	}
	if limited.N == 0 {
		return nil, refuse("the contributions are longer than %d bytes", mostRecord)
	}
	return cs, nil
}

// number reads a whole number as it is written in a pool's lines: digits, with no zero before them.
func number(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != text {
		return 0, refuse("%q is not a whole number from 0 to %d, without zeros before it", text, math.MaxInt64)
	}
	return n, nil
}

// row is a line of a table.
type row struct {
	line  int
	cells []string
}

func (r row) refuse(format string, args ...any) error {
	return refuse("line %d: %s", r.line, fmt.Sprintf(format, args...))
}

// id reads who a line is about. Nobody has two lines.
func (r row) id(seen map[int64]int, text string) (int64, error) {
	id, err := number(text)
	if err != nil {
		return 0, r.refuse("the member's number %v", err)
	}
	if before := seen[id]; before > 0 {
		return 0, r.refuse("member %d is there already, in line %d", id, before)
	}
	seen[id] = r.line
	return id, nil
}

func (r row) member(seen map[int64]int, id, weight string) (m Member, err error) {
	if m.ID, err = r.id(seen, id); err != nil {
		return m, err
	}
	m.Weight, err = number(weight)
	if err != nil || m.Weight > mostWeight {
		return m, r.refuse("member %d has the weight %q; a weight is a whole number from 0 to %d", m.ID, weight, mostWeight)
	}
	return m, nil
}

// readTable reads at most so many rows, without the spaces around cells.
func readTable(r io.Reader, most int) (out []row, err error) {
	limited := &io.LimitedReader{R: r, N: mostRecord}
	text := bufio.NewReader(limited)
	if mark, err := text.Peek(3); err == nil && string(mark) == byteOrderMark {
		text.Discard(3)
	}
	c := csv.NewReader(text)
	c.Comment, c.FieldsPerRecord = '#', -1
	for {
		cells, err := c.Read()
		if bad, is := errors.AsType[*csv.ParseError](err); is {
			return nil, row{line: bad.Line}.refuse("the quotes around a cell are not in order")
		}
		if errors.Is(err, io.EOF) && limited.N > 0 {
			return out, nil
		}
		if errors.Is(err, io.EOF) || len(out) > most {
			return nil, refuse("the table is longer than %d lines or %d bytes", most, mostRecord)
		}
		if err != nil {
			return nil, err
		}
		at, _ := c.FieldPos(0)
		for i := range cells {
			if !utf8.ValidString(cells[i]) {
				return nil, row{line: at}.refuse(notText)
			}
			cells[i] = line.Tidy(cells[i])
		}
		out = append(out, row{at, cells})
	}
}

// readColumns reads a table whose first row names the columns, among them those that are needed, and says where each is.
func readColumns(r io.Reader, most int, needed ...string) (t []row, at map[string]int, err error) {
	if t, err = readTable(r, most); err != nil {
		return nil, nil, err
	}
	if len(t) == 0 {
		return nil, nil, refuse("the table is empty; its first line names the columns %s", strings.Join(needed, ","))
	}
	head, at := t[0], map[string]int{}
	for i, name := range head.cells {
		if _, twice := at[name]; twice && name != "" {
			return nil, nil, head.refuse("two columns are called %s", name)
		}
		at[name] = i
	}
	for _, name := range needed {
		if _, has := at[name]; !has {
			return nil, nil, head.refuse("there is no column %s; the first line names the columns and should have %s", name, strings.Join(needed, ","))
		}
	}
	for _, row := range t[1:] {
		if len(row.cells) != len(head.cells) {
			return nil, nil, row.refuse("the row has %s, and the first line has %d", line.Count(len(row.cells), "cell"), len(head.cells))
		}
	}
	return t[1:], at, nil
}
