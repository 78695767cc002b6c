package money

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/line"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
)

// Service files reports on money, and reads them.
type Service struct {
	db     *db.DB
	ledger *ledger.Ledger
	words  *lang.Catalog
}

// NewService returns a Service on the database that writes to the record. What is put before a group is worded by words, in its language.
func NewService(d *db.DB, l *ledger.Ledger, words *lang.Catalog) *Service {
	return &Service{d, l, words}
}

// Typed is a report as somebody writes it.
type Typed struct {
	After    int    // the number of the newest report when they began
	Corrects bool   // it stands for that one
	From     string // only where Chain leaves it free, as Start and Currency
	To       string
	Start    string
	Currency string
	End      string // as it was counted
	Lines    []TypedLine
	Words    string
}

// TypedLine is a line as somebody writes it. Lines with nothing in them are left out.
type TypedLine struct{ What, In, Out string }

func (l TypedLine) empty() bool { return strings.TrimSpace(l.What+l.In+l.Out) == "" }

// wrongs collects what is wrong, by field.
type wrongs map[string]lang.Msg

func (w wrongs) amount(name, s string) Amount {
	a, ok := ParseAmount(s)
	if !ok {
		w[name] = lang.M("money.amount.wrong")
	}
	return a
}

func (w wrongs) line(name, s string, most int, missing string) string {
	s = line.Tidy(s)
	switch {
	case s == "":
		w[name] = lang.M(missing)
	case !utf8.ValidString(s) || strings.ContainsFunc(s, line.Hidden):
		w[name] = lang.M("people.name.invisible")
	case utf8.RuneCountInString(s) > most:
		w[name] = lang.M("people.name.long", "Max", most)
	}
	return s
}

// report returns the report that is typed, as it goes on from the chain, or fault.Invalid with the fields that are wrong.
func (t Typed) report(c Chain, today Day) (r Report, err error) {
	w := wrongs{}
	r.Number = c.Last.Number + 1
	if r.From, r.Start, r.Currency = c.Next(); t.Corrects {
		r.From, r.Start, r.Currency = c.Again()
		r.Corrects = c.Last.Number
	}
	if r.From == "" {
		var ok bool
		if r.From, ok = ParseDay(t.From); !ok {
			w["from"] = lang.M("money.day.wrong")
		}
		r.Start = w.amount("start", t.Start)
		r.Currency = w.line("currency", t.Currency, MaxCurrency, "money.currency.missing")
	}
	var ok bool
	switch r.To, ok = ParseDay(t.To); {
	case !ok:
		w["to"] = lang.M("money.day.wrong")
	case r.To >= today:
		w["to"] = lang.M("money.to.over")
	case w["from"].IsZero() && r.To < r.From:
		w["to"] = lang.M("money.to.before")
	}
	r.Lines = w.lines(t.Lines)
	r.End = w.amount("end", t.End)
	r.In, r.Out = sums(r.Lines)
	if r.Words = motion.Tidy(t.Words); motion.Words(r.Words) > MaxWords || len(r.Words) > 20*MaxWords {
		w["words"] = lang.M("money.words.long", "Max", MaxWords)
	}
	if by := r.Start + r.In - r.Out; len(w) == 0 && by != r.End {
		w["end"] = lang.M("money.end.differs", "Lines", by.Say(), "Counted", r.End.Say(), "Difference", max(by-r.End, r.End-by).Say())
	}
	return r, fault.Form(w)
}

// lines reads those lines that have anything in them.
func (w wrongs) lines(typed []TypedLine) (out []Line) {
	for i, l := range typed {
		if l.empty() {
			continue
		}
		name := func(part string) string { return fmt.Sprintf("%s-%d", part, i+1) }
		in, paid := strings.TrimSpace(l.In) != "", strings.TrimSpace(l.Out) != ""
		made := Line{What: w.line(name("what"), l.What, MaxWhat, "money.what.missing")}
		switch {
		case in == paid:
			w[name("in")] = lang.M("money.line.one")
		case in:
			made.Amount = w.above(name("in"), l.In)
		default:
			made.Amount = -w.above(name("out"), l.Out)
		}
		out = append(out, made)
	}
	if len(out) > MaxLines {
		w["what-1"] = lang.M("money.lines.many", "Max", MaxLines)
	}
	return out
}

// above is amount for what has to be more than nothing.
func (w wrongs) above(name, s string) Amount {
	a := w.amount(name, s)
	if a <= 0 {
		w[name] = lang.M("money.amount.wrong")
	}
	return a
}

// File files a report. It goes into the record for good. The same form sent again changes nothing. It returns the report's number,
// fault.NotFound to who is not a member, fault.Denied to who has not, or no longer, the power to report on money, fault.Invalid with the
// fields that are wrong, and fault.Conflict in an archived group, and if another report was filed since they began.
func (s *Service) File(ctx context.Context, a member.Actor, once db.Once, t Typed) (number int, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		a, err := member.Again(tx, a)
		if err != nil {
			return err
		}
		if n, seen, err := tx.Seen(once); err != nil || seen {
			number = int(n)
			return err
		}
		if !member.Can(a, member.FinanceNote, tx.Now) {
			return fault.New(fault.Denied, "money.not_yours")
		}
		c, err := chain(tx, a.Group.ID)
		if err != nil {
			return err
		}
		if t.After != c.Last.Number || t.Corrects && c.Last.Number == 0 {
			return fault.New(fault.Conflict, "money.changed")
		}
		r, err := t.report(c, DayOf(tx.Now.In(a.Group.Zone)))
		if err != nil {
			return err
		}
		r.Group, r.By, r.At, number = a.Group.ID, a.Member.ID, tx.Now, r.Number
		if r.ID, err = insert(tx, r); err != nil {
			return fmt.Errorf("insert report: %w", err)
		}
		if err := s.note(tx, a, r); err != nil {
			return err
		}
		if err := member.Touch(tx, a.Member); err != nil {
			return err
		}
		return tx.Did(once, int64(r.Number))
	})
	return number, err
}

func (s *Service) note(tx *db.Tx, a member.Actor, r Report) error {
	lines := make([]any, len(r.Lines))
	for i, l := range r.Lines {
		lines[i] = ledger.Data{"what": ledger.Text(l.What), "amount": int64(l.Amount)}
	}
	data := ledger.Data{
		"number": r.Number, "from": string(r.From), "to": string(r.To), "currency": ledger.Text(r.Currency), "start": int64(r.Start),
		"in": int64(r.In), "out": int64(r.Out), "end": int64(r.End), "lines": lines,
	}
	if r.Words != "" {
		data["text"] = ledger.Text(r.Words)
	}
	if r.Corrects != 0 {
		data["corrects"] = r.Corrects
	}
	_, err := s.ledger.Append(tx, a.Group.Log(), ledger.Event{Kind: "money.reported", Subject: r.Ref(), Actor: a.Member.Ref, Data: data})
	return err
}

// View is a group's reports as a member reads them.
type View struct {
	Chain
	Reports   []Report    // without their lines, the newest first
	More      bool        // there are older ones
	Corrected map[int]int // the number of the report that stands for one, by that one's
	People    map[member.ID]member.Member
	Writers
	Due   time.Time // zero: none is
	Until time.Time // until when the reader may file one; zero: they may not
	Now   time.Time
}

// Overdue says whether the next report is late.
func (v View) Overdue() bool { return !v.Due.IsZero() && !v.Now.Before(v.Due) }

// Span returns the days that the next report of the group is proposed to be about, the last of which is over: a quarter from where it begins, or all until yesterday where
// that is not over yet, or where the one after it would be late as well. The last is "" where no day is over yet.
func (v View) Span(g member.Group) (from, to Day) {
	today := DayOf(v.Now.In(g.Zone))
	if from, _, _ = v.Next(); from == "" {
		from = DayOf(g.Third.In(g.Zone))
	}
	if from >= today {
		return from, ""
	}
	to = from.plus(EveryDays - 1)
	if to >= today || from.plus(2*EveryDays+GraceDays) <= today {
		to = today.plus(-1)
	}
	return from, to
}

// PageSize is how many reports a list shows at once.
const PageSize = 20

// Waits returns when the next report is due that waits for the actor, and from when on it does: since the time that it is about was over.
// Both are zero while none does, and for whoever could not file it.
func (s *Service) Waits(ctx context.Context, a member.Actor) (due, from time.Time, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		if !a.IsMember() || !member.Can(a, member.FinanceNote, tx.Now) {
			return nil
		}
		c, err := chain(tx, a.Group.ID)
		if err != nil {
			return err
		}
		if at := Due(a.Group, c.Last); !at.IsZero() && !tx.Now.Before(at.AddDate(0, 0, -GraceDays)) {
			due, from = at, at.AddDate(0, 0, -GraceDays)
		}
		return nil
	})
	return due, from, err
}

// List returns a page of the group's reports, those before the number, or the newest if it is 0. It returns fault.NotFound for who is not a
// member.
func (s *Service) List(ctx context.Context, a member.Actor, before int) (v View, err error) {
	if !a.IsMember() {
		return v, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		if err := v.fill(tx, a); err != nil {
			return err
		}
		v.Reports, v.Corrected, v.More, err = page(tx, a.Group.ID, before, PageSize)
		if err != nil {
			return err
		}
		return v.name(tx)
	})
	return v, err
}

// Show returns a single report, with its lines. It returns fault.NotFound for who is not a member, and if there is no such report.
func (s *Service) Show(ctx context.Context, a member.Actor, number int) (v View, err error) {
	if !a.IsMember() {
		return v, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		if err := v.fill(tx, a); err != nil {
			return err
		}
		v.Reports, v.Corrected, _, err = page(tx, a.Group.ID, number+1, 1)
		if err == nil && (len(v.Reports) == 0 || v.Reports[0].Number != number) {
			err = fault.New(fault.NotFound, "fault.not_found")
		}
		if err != nil {
			return err
		}
		lines, err := linesOf(tx, []ID{v.Reports[0].ID})
		if err != nil {
			return err
		}
		v.Reports[0].Lines = lines[v.Reports[0].ID]
		return v.name(tx)
	})
	return v, err
}

// fill reads what stands beside any list of reports.
func (v *View) fill(tx *db.Tx, a member.Actor) (err error) {
	v.Now = tx.Now
	if v.Chain, err = chain(tx, a.Group.ID); err != nil {
		return err
	}
	v.Due, v.Until = Due(a.Group, v.Last), member.Until(a, member.FinanceNote, tx.Now)
	if !a.Group.Archived.IsZero() {
		v.Until = time.Time{}
	}
	if v.Writers, err = writers(tx, a.Group); err != nil {
		return err
	}
	if v.unasked(v.Last) {
		v.Due = time.Time{}
	}
	return nil
}

// name looks up who is spoken of.
func (v *View) name(tx *db.Tx) (err error) {
	var ids []member.ID
	for _, r := range v.Reports {
		ids = append(ids, r.By)
	}
	for _, h := range v.Holders {
		ids = append(ids, h.Member.ID)
	}
	slices.Sort(ids)
	if v.People, err = member.Many(tx, slices.Compact(ids)); err != nil {
		return err
	}
	for i, h := range v.Holders {
		v.Holders[i].Member = v.People[h.Member.ID]
	}
	return nil
}
