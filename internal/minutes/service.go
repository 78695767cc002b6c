package minutes

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"folkmoot/internal/db"
	"folkmoot/internal/decision"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/rulebook"
	"folkmoot/internal/textdiff"
)

// Service keeps the records of meetings.
type Service struct {
	db     *db.DB
	ledger *ledger.Ledger
	words  *lang.Catalog

	changed func(log ledger.Log, subject string)
}

// NewService returns a Service on the database that writes to the record. What stands between two texts that were written at the same time is worded by words, in
// the group's language.
func NewService(d *db.DB, l *ledger.Ledger, words *lang.Catalog) *Service {
	return &Service{d, l, words, func(ledger.Log, string) {}}
}

// OnChange has f told, once it is committed, that something was noted, which the record does not tell before it is published. The subject is Topic's.
func (s *Service) OnChange(f func(log ledger.Log, subject string)) { s.changed = f }

// Topic is what is told of when the notes of the meeting with this number change.
func Topic(number int) string { return "minutes/" + strconv.Itoa(number) }

// desk is the record of a meeting about which a member does something.
type desk struct {
	*Service
	tx    *db.Tx
	a     member.Actor
	rules rulebook.Rules
	book  meeting.Book
	m     Minutes
}

// at runs what a member does about the record of a meeting. It returns fault.NotFound for who is no member or if there is no such meeting, and fault.Conflict
// if it has not begun, or nobody ever began it.
func (s *Service) at(ctx context.Context, a member.Actor, number int, do func(*desk) error) error {
	return rulebook.Act(ctx, s.db, a, func(tx *db.Tx, a member.Actor, rules rulebook.Version) error {
		d, err := s.open(tx, a, number)
		if err != nil {
			return err
		}
		d.rules = rules.Rules
		return do(d)
	})
}

// open returns the record of a meeting that has begun.
func (s *Service) open(tx *db.Tx, a member.Actor, number int) (d *desk, err error) {
	d = &desk{Service: s, tx: tx, a: a}
	if d.book, err = meeting.Find(tx, a.Group.ID, number); err != nil {
		return nil, err
	}
	if d.m, err = get(tx, d.book.ID); err != nil {
		return nil, err
	}
	switch d.book.State {
	case meeting.Session:
		d.m.State = Live
	case meeting.Called:
		return nil, fault.New(fault.Conflict, "minutes.not_begun")
	case meeting.Unheld:
		return nil, fault.New(fault.Conflict, "minutes.not_held")
	}
	return d, nil
}

func (d *desk) note(kind string, data ledger.Data) error {
	data["meeting"] = d.book.Ref()
	_, err := d.ledger.Append(d.tx, d.a.Group.Log(), ledger.Event{Kind: kind, Subject: d.book.Ref(), Actor: d.a.Member.Ref, Data: data})
	return err
}

// Begin has the record of a meeting that was held be drafted, in the transaction that closes the meeting.
func (s *Service) Begin(tx *db.Tx, g member.Group, m meeting.Meeting) error {
	rules, err := rulebook.Current(tx, g.ID, tx.Now)
	if err != nil {
		return err
	}
	until := tx.Now.Add(time.Duration(rules.Rules.Record.DraftDays) * day)
	if err := insert(tx, Minutes{Meeting: m.ID, Group: g.ID, State: Draft, DraftUntil: until, due: until}); err != nil {
		return fmt.Errorf("insert minutes: %w", err)
	}
	d := &desk{Service: s, tx: tx, a: member.Actor{Group: g}, book: meeting.Book{Meeting: m}}
	return d.note("minutes.begun", ledger.Data{"draft_until": until})
}

// mayWrite returns nil if the actor may write notes now.
func (d *desk) mayWrite() error {
	switch {
	case d.m.State == Live:
		return meeting.Has(d.tx, d.a, d.book.Number, member.TakeNotes, member.Can(d.a, member.TakeNotes, d.tx.Now))
	case d.m.State != Draft || !d.tx.Now.Before(d.m.DraftUntil):
		return fault.New(fault.Conflict, "minutes.is_published")
	case !slices.Contains(d.book.TookNotes(), d.a.Member.ID):
		return fault.New(fault.Denied, "minutes.not_yours")
	}
	return nil
}

// has returns nil if the meeting talks about the item, or none is meant; else fault.NotFound.
func (d *desk) has(item meeting.ItemID) error {
	if _, ok := d.book.Item(item); !ok && item != 0 {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	return nil
}

func check(field, text string, most int, must bool) (string, error) {
	text = motion.Tidy(text)
	switch {
	case text == "" && must:
		return text, fault.Form(map[string]lang.Msg{field: lang.M("minutes.form.missing")})
	case utf8.RuneCountInString(text) > most:
		return text, fault.Form(map[string]lang.Msg{field: lang.M("minutes.form.long", "Max", most, "Count", utf8.RuneCountInString(text))})
	}
	return text, nil
}

// Save keeps what the actor writes about an item, 0 for none, and returns the note as it is then. base is the version that they wrote on from, 0 for none. Where
// somebody else has saved another since, both are merged; where both have written in the same place, what both wrote stands there, and clashed is true.
// It returns what at does, fault.Denied for who does not take notes, fault.Conflict once the record is published, fault.NotFound for an item of another
// meeting and a version that there is not, and fault.Invalid with the field "text".
func (s *Service) Save(ctx context.Context, a member.Actor, number int, item meeting.ItemID, base int, text string) (n Note, clashed bool, err error) {
	if text, err = check("text", text, MaxNote, false); err != nil {
		return n, false, err
	}
	err = s.at(ctx, a, number, func(d *desk) error {
		if err := d.mayWrite(); err != nil {
			return err
		}
		if err := d.has(item); err != nil {
			return err
		}
		all, err := notes(d.tx, d.book.ID)
		if err != nil {
			return err
		}
		n = all[item]
		was, err := noteAt(d.tx, d.book.ID, item, base)
		switch {
		case err != nil:
			return err
		case was.Version != base:
			return fault.New(fault.NotFound, "fault.not_found")
		case base != n.Version:
			if text, clashed, err = s.merge(d.a.Group, was.Text, n.Text, text); err != nil {
				return err
			}
		}
		if text == n.Text {
			return nil
		}
		n = Note{Item: item, Version: n.Version + 1, Text: text, By: d.a.Member.ID, At: d.tx.Now}
		d.tx.After(func() { d.changed(d.a.Group.Log(), Topic(number)) })
		return insertNote(d.tx, d.book.ID, n)
	})
	return n, clashed, err
}

// merge joins two texts that came of one. Together they may be too long to be kept: then nothing is saved, and whoever writes sees both.
func (s *Service) merge(g member.Group, base, theirs, ours string) (text string, clashed bool, err error) {
	if ours == theirs || strings.Contains("\n"+theirs+"\n", "\n"+ours+"\n") && base == "" {
		return theirs, false, nil // the same form sent again
	}
	text, clashed = textdiff.Merge(base, theirs, ours, s.words.Voice(g.Lang).T("minutes.at_once"))
	text, err = check("text", text, MaxNote, false)
	return text, clashed, err
}

// Name puts the actor's name beside what was said about an item, or takes it away again. It returns what at does, fault.NotFound for an item that the meeting has not come to, and
// fault.Denied for who was no member then, and fault.Conflict once the record is confirmed.
func (s *Service) Name(ctx context.Context, a member.Actor, number int, item meeting.ItemID, there bool) error {
	return s.at(ctx, a, number, func(d *desk) error {
		it, ok := d.book.Item(item)
		if !ok || it.Began.IsZero() {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		if err := d.mayName(); err != nil {
			return err
		}
		change, kind := addName, "minutes.named"
		if !there {
			change, kind = dropName, "minutes.unnamed"
		}
		changed, err := change(d.tx, item, d.a.Member.ID)
		if err != nil || !changed {
			return err
		}
		return d.note(kind, ledger.Data{"item": int64(item)})
	})
}

func (d *desk) mayName() error {
	switch {
	case d.m.State == Confirmed:
		return fault.New(fault.Conflict, "minutes.is_confirmed")
	case d.m.State != Live && d.a.Member.Joined.After(d.book.Ended):
		return fault.New(fault.Denied, "minutes.not_member_then")
	}
	return nil
}

// Publish publishes the draft in the actor's name. A record that is published stays so. It returns what Save does.
func (s *Service) Publish(ctx context.Context, a member.Actor, number int) error {
	return s.at(ctx, a, number, func(d *desk) error {
		if d.m.IsOut() {
			return nil
		}
		if d.m.State == Live {
			return fault.New(fault.Conflict, "minutes.under_way")
		}
		if err := d.mayWrite(); err != nil {
			return err
		}
		return d.publish()
	})
}

// publish makes the notes public for good, as they are now.
func (d *desk) publish() error {
	all, err := notes(d.tx, d.book.ID)
	if err != nil {
		return err
	}
	was := d.m.State
	d.m.State, d.m.Published, d.m.PublishedBy, d.m.due = Published, d.tx.Now, d.a.Member.ID, time.Time{}
	d.m.Until = d.tx.Now.Add(time.Duration(d.rules.Record.CorrectionsDays) * day)
	if err := put(d.tx, d.m, was); err != nil {
		return err
	}
	said := []any{}
	for _, item := range slices.Sorted(maps.Keys(all)) {
		if n := all[item]; n.Text != "" {
			if err := insertText(d.tx, d.book.ID, item, n.Text); err != nil {
				return err
			}
			said = append(said, ledger.Data{"item": int64(item), "text": ledger.Text(n.Text)})
		}
	}
	if err := d.note("minutes.published", ledger.Data{"notes": said, "until": d.m.Until}); err != nil {
		return err
	}
	return decision.RecordOut(d.tx, d.ledger, d.a.Group, d.book.Ref()) // who was absent can object from now on for some days
}

// Suggest says in the actor's name that something was otherwise than the record says of an item, 0 for none. The same form sent again changes nothing. It returns what
// at does, fault.NotFound for an item of another meeting, fault.Denied for who was no member then, fault.Conflict while there is a draft, once the days for corrections are over, and if much of theirs waits for an
// answer, and fault.Invalid with the field "text".
func (s *Service) Suggest(ctx context.Context, a member.Actor, once db.Once, number int, item meeting.ItemID, text string) error {
	text, err := check("text", text, MaxCorrection, true)
	if err != nil {
		return err
	}
	return s.at(ctx, a, number, func(d *desk) error {
		if _, seen, err := d.tx.Seen(once); err != nil || seen {
			return err
		}
		if err := d.m.MaySuggest(d.a.Member.Joined, d.book.Ended, d.tx.Now); err != nil {
			return err
		}
		if err := d.has(item); err != nil {
			return err
		}
		all, err := corrections(d.tx, d.book.ID)
		if err != nil {
			return err
		}
		open := 0
		for _, c := range all {
			if c.By == d.a.Member.ID && c.How == "" {
				open++
			}
		}
		if open >= mostOpen || len(all) >= mostSuggestions {
			return fault.New(fault.Conflict, "minutes.corrections_full")
		}
		c := Correction{N: len(all) + 1, Item: item, By: d.a.Member.ID, Text: text, At: d.tx.Now}
		if err := insertCorrection(d.tx, d.book.ID, c); err != nil {
			return fmt.Errorf("insert correction: %w", err)
		}
		if err := d.note("minutes.correction", ledger.Data{"n": c.N, "item": int64(item), "text": ledger.Text(text)}); err != nil {
			return err
		}
		return d.tx.Did(once, int64(c.N))
	})
}

// later returns the first meeting after this one that is under way and that the actor facilitates; without a number, if there is none.
func (d *desk) later() (meeting.Meeting, error) {
	all, err := meeting.UnderWay(d.tx, d.a.Group.ID)
	if err != nil {
		return meeting.Meeting{}, err
	}
	for _, m := range all {
		if m.Number <= d.book.Number {
			continue
		}
		if err := meeting.Chairs(d.tx, d.a, m.Number); err == nil {
			return m, nil
		} else if fault.KindOf(err) != fault.Denied {
			return meeting.Meeting{}, err
		}
	}
	return meeting.Meeting{}, nil
}

// mayAnswer returns nil if the actor may answer corrections now, and the later meeting in which they would; else fault.Denied or fault.Conflict.
func (d *desk) mayAnswer() (in meeting.Meeting, err error) {
	if !d.m.IsOut() {
		return in, fault.New(fault.Conflict, "minutes.still_draft")
	}
	if in, err = d.later(); err != nil || in.ID != 0 {
		return in, err
	}
	if !slices.Contains(d.book.TookNotes(), d.a.Member.ID) || !d.tx.Now.Before(d.m.Until) {
		return in, fault.New(fault.Denied, "minutes.not_to_answer")
	}
	return in, nil
}

// Answer says whether a correction is taken up, with a word about it, which a correction that is not needs. An answer stays. It returns what at does, fault.NotFound if there is no such
// correction, fault.Denied for who neither took the notes nor facilitates a later meeting now, and fault.Invalid with the field "answer".
func (s *Service) Answer(ctx context.Context, a member.Actor, number, n int, taken bool, text string) error {
	text, err := check("answer", text, MaxCorrection, !taken)
	if err != nil {
		return err
	}
	return s.at(ctx, a, number, func(d *desk) error {
		in, err := d.mayAnswer()
		if err != nil {
			return err
		}
		all, err := corrections(d.tx, d.book.ID)
		if err != nil {
			return err
		}
		if n < 1 || n > len(all) {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		c := all[n-1]
		if c.How != "" {
			return fault.New(fault.Conflict, "minutes.is_answered")
		}
		c.How, c.Answer, c.AnsweredBy, c.AnsweredIn, c.Answered = Declined, text, d.a.Member.ID, in.ID, d.tx.Now
		if taken {
			c.How = Taken
		}
		if err := putAnswer(d.tx, d.book.ID, c); err != nil {
			return err
		}
		data := ledger.Data{"n": c.N, "how": c.How, "answer": ledger.Text(text)}
		if in.ID != 0 {
			data["in"] = in.Ref()
		}
		return d.note("minutes.answered", data)
	})
}

// mayConfirm returns nil if the record can be confirmed.
func (d *desk) mayConfirm() error {
	switch {
	case d.m.State == Confirmed:
		return fault.New(fault.Conflict, "minutes.is_confirmed")
	case d.m.State != Published:
		return fault.New(fault.Conflict, "minutes.still_draft")
	}
	all, err := corrections(d.tx, d.book.ID)
	if err == nil && slices.ContainsFunc(all, func(c Correction) bool { return c.How == "" }) {
		err = fault.New(fault.Conflict, "minutes.unanswered")
	}
	return err
}

// Confirm notes that a later meeting, which the actor facilitates, finds the record of the one with the number accurate. Doing it again changes nothing. It returns what at does,
// fault.Denied for who facilitates none, and fault.Conflict while there is a draft or a correction without an answer.
func (s *Service) Confirm(ctx context.Context, a member.Actor, number int) error {
	return s.at(ctx, a, number, func(d *desk) error {
		if d.m.State == Confirmed {
			return nil
		}
		in, err := d.later()
		if err != nil {
			return err
		}
		if in.ID == 0 {
			return fault.New(fault.Denied, "minutes.no_later")
		}
		if err := d.mayConfirm(); err != nil {
			return err
		}
		d.m.State, d.m.Confirmed, d.m.ConfirmedIn = Confirmed, d.tx.Now, in.ID
		if err := put(d.tx, d.m, Published); err != nil {
			return err
		}
		return d.note("minutes.confirmed", ledger.Data{"in": in.Ref()})
	})
}

// Waiting returns the numbers of the group's meetings whose record waits to be confirmed, the first one first.
func Waiting(tx *db.Tx, g member.GroupID) ([]int, error) { return unconfirmed(tx, g) }

// Tick publishes drafts whose days are over.
func (s *Service) Tick(ctx context.Context) error { return s.db.WorkOff(ctx, s.due) }

// Next returns when Tick has something to do next, which may be due already; zero if nothing will be.
func (s *Service) Next(tx *db.Tx) (time.Time, error) { return db.Soonest(tx, nextDue) }

func (s *Service) due(tx *db.Tx, limit int) (out []db.Due, err error) {
	all, err := dueOnes(tx, limit)
	for _, m := range all {
		out = append(out, db.Due{Name: fmt.Sprintf("record of meeting %d", m.Meeting), Do: func(tx *db.Tx) error { return s.byClock(tx, m) }})
	}
	return out, err
}

// byClock publishes a draft that nobody has published.
func (s *Service) byClock(tx *db.Tx, m Minutes) error {
	g, err := member.GetGroup(tx, m.Group)
	if err != nil {
		return err
	}
	rules, err := rulebook.Current(tx, g.ID, tx.Now)
	if err != nil {
		return err
	}
	held, err := meeting.Get(tx, m.Meeting)
	if err != nil {
		return err
	}
	d := &desk{Service: s, tx: tx, a: member.Actor{Group: g}, rules: rules.Rules, book: meeting.Book{Meeting: held}, m: m}
	return d.publish()
}

// Archive publishes the drafts of a group that is archived: nothing stays a draft for ever.
func (s *Service) Archive(tx *db.Tx, g member.Group) error {
	all, err := drafts(tx, g.ID)
	if err != nil {
		return err
	}
	for _, m := range all {
		if err := s.byClock(tx, m); err != nil {
			return err
		}
	}
	return nil
}
