package verify

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Reports on money (practice.md §2.1): each begins where the one before ended, and its sums fit.

// cashBook is what the reports say, as far as the next one rests on it.
type cashBook struct {
	last   cashReport
	number int64
	fresh  int64                // how many are no corrections
	may    map[string]*treasure // who writes them, by term
	roles  map[string]bool      // which file them, by their names
}

// cashReport is what a report begins and ends with.
type cashReport struct {
	from, to   string
	start, end int64
	currency   words
}

// treasure is a term that gives the power to report.
type treasure struct {
	member       string
	begins, ends time.Time
	over         bool
}

func newCashBook() cashBook { return cashBook{may: map[string]*treasure{}, roles: map[string]bool{}} }

const (
	mostMoneyLines = 12
	mostMoney      = 1_000_000_000_000
	aDay           = 24 * time.Hour
	farEast        = 14 * time.Hour // how far ahead of all others a zone is
	farWest        = 12 * time.Hour // how far behind
)

// files takes down which roles file reports on money.
func (c *cashBook) files(e entry) {
	switch {
	case e.kind == "role.ended":
		delete(c.roles, e.of)
	case e.data.has("caps") && slices.Contains(strings.Split(e.data.str("caps"), ","), "finance_note"):
		c.roles[e.of] = true
	}
}

// mayReport takes down who holds a role with the power to report on money.
func (b *book) mayReport(e entry) {
	ref := strings.TrimPrefix(e.of, "term/")
	switch t := b.money.may[ref]; {
	case e.kind == "term.begun" && slices.Contains(strings.Split(e.data.str("caps"), ","), "finance_note"):
		begins, ok := e.data.when("begins")
		ends, ok2 := e.data.when("ends")
		b.money.may[ref] = &treasure{member: e.data.str("member"), begins: begins, ends: ends, over: !ok || !ok2}
	case t != nil && (e.kind == "term.ended" || e.kind == "term.recalled"):
		t.over = true
	}
}

// reports says whether somebody could report on money as the entry was written. Its time may have been held to that of the entry before.
func (b *book) reports(e entry) bool {
	for _, t := range b.money.may {
		if t.member == e.by && !t.over && !e.at.Before(t.begins) && (e.at.Before(t.ends) || b.late(e)) {
			return true
		}
	}
	return false
}

// aboutMoney checks that a report on money was filed by whoever could, goes on from the one before, and that what was counted fits its lines.
func (b *book) aboutMoney(e entry) *Problem {
	if b.only != "" {
		return nil
	}
	d, c := e.data, &b.money
	r := cashReport{from: d.str("from"), to: d.str("to"), start: d.num("start"), end: d.num("end"), currency: d.words("currency")}
	in, out, ok := cashLines(d.list("lines"))
	ok = ok && e.kind == "money.reported" && d.num("number") == c.number+1 && e.of == "money/"+strconv.FormatInt(c.number+1, 10) && b.isMember(e.by) && b.reports(e) &&
		isDay(r.from) && isDay(r.to) && r.from <= r.to && r.to < e.at.Add(farEast).Format(time.DateOnly) &&
		in == d.num("in") && out == d.num("out") && r.end == r.start+in-out && most(r.start) && most(r.end)
	if !ok || !c.goesOn(r, d) {
		return broken("money", "N", e.n)
	}
	if !d.has("corrects") {
		c.fresh++
	}
	c.last, c.number = r, c.number+1
	return nil
}

// goesOn says whether a report begins where it has to: where the last one ended or, as its correction, where that one began. What stands before all
// others begins anywhere.
func (c *cashBook) goesOn(r cashReport, d object) bool {
	from, start := next(c.last.to), c.last.end
	if d.has("corrects") {
		if d.num("corrects") != c.number || c.number == 0 {
			return false
		}
		if c.fresh == 1 {
			return true
		}
		from, start = c.last.from, c.last.start
	} else if c.number == 0 {
		return true
	}
	same := !r.currency.known() || !c.last.currency.known() || r.currency.s == c.last.currency.s
	return r.from == from && r.start == start && same
}

// cashLines adds up what came in and what was paid.
func cashLines(list []any) (in, out int64, ok bool) {
	for _, v := range list {
		o, _ := v.(map[string]any)
		n := object(o).num("amount")
		if n == 0 || !most(n) {
			return 0, 0, false
		}
		if n > 0 {
			in += n
		} else {
			out -= n
		}
	}
	return in, out, len(list) <= mostMoneyLines
}

func most(n int64) bool { return n >= -mostMoney && n <= mostMoney }

func isDay(s string) bool {
	t, err := time.Parse(time.DateOnly, s)
	return err == nil && t.Format(time.DateOnly) == s
}

// next is the day after.
func next(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	return t.Add(aDay).Format(time.DateOnly)
}
