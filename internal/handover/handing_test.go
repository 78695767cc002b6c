package handover_test

import (
	"strings"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/draw"
	"folkmoot/internal/fault"
	"folkmoot/internal/handover"
	"folkmoot/internal/lang"
	"folkmoot/internal/role"
)

// sheet is the handover of a term as a member sees it.
func (w world) sheet(i int, t role.Term) handover.Sheet {
	w.Helper()
	sh, err := w.Handovers.ShowSheet(w.Context(), w.Who[i], "tellers", t.Ref)
	w.must(err)
	return sh
}

// TestHandover takes one from its opening, three weeks before the end, to the deletion of what was written: the outgoing writes, the new holder
// checks each point and ends it, the understudy reads, and nobody else gets at anything.
func TestHandover(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, 10)
		c.Advance(60 * day)
		term, h := w.term("tellers", 1, 1, 90), w.Handovers
		w.must(h.Volunteer(t.Context(), w.Who[2], "tellers", term.Ref, true))
		w.at(term.Begins.Add(30 * day))
		w.must(h.ChangeList(t.Context(), w.Who[1], "tellers", "What to bring\n\n Whom to call \n"))
		w.WantKind("the list of a stranger to the role", h.ChangeList(t.Context(), w.Who[3], "tellers", "Nothing"), fault.NotFound)
		w.WantKind("an empty list", h.ChangeList(t.Context(), w.Who[1], "tellers", " \n"), fault.Invalid)
		w.at(term.Ends.Add(-21*day - time.Millisecond))
		_, err := h.ShowSheet(t.Context(), w.Who[1], "tellers", term.Ref)
		w.WantKind("a handover before its time", err, fault.NotFound)
		w.at(term.Ends.Add(-21 * day))

		sh := w.sheet(1, term)
		if len(sh.Items) != 2 || sh.Items[1].Label != "Whom to call" || sh.Part != handover.Outgoing || !sh.MayWrite() || sh.MayFinish() {
			t.Fatalf("opened: %+v", sh)
		}
		w.WantKind("what is too long", h.Write(t.Context(), w.Who[1], "tellers", term.Ref, map[int]string{1: strings.Repeat("word ", 301)}), fault.Invalid)
		w.must(h.Write(t.Context(), w.Who[1], "tellers", term.Ref, map[int]string{1: "Pens.", 2: "Ada, 555-0101"}))
		if sh := w.sheet(2, term); sh.Part != handover.Learner || sh.Items[1].Text != "Ada, 555-0101" || sh.MayWrite() {
			t.Errorf("the understudy sees %+v", sh)
		}
		w.WantKind("an understudy who writes", h.Write(t.Context(), w.Who[2], "tellers", term.Ref, map[int]string{1: "No."}), fault.Denied)
		for _, i := range []int{0, 3, 9} {
			_, err := h.ShowSheet(t.Context(), w.Who[i], "tellers", term.Ref)
			w.WantKind("somebody without a part", err, fault.NotFound)
			w.WantKind("somebody who writes without a part", h.Write(t.Context(), w.Who[i], "tellers", term.Ref, map[int]string{1: "No."}), fault.NotFound)
		}

		w.Clock.Set(term.Ends)
		next := w.term("tellers", 1, 3, 90)
		v := w.show(9, "tellers")
		if len(v.Doing) != 1 || !v.Doing[0].Unfinished() || v.Doing[0].Part != handover.Nobody {
			t.Errorf("others see %+v", v.Doing)
		}
		w.WantKind("finishing one's own", h.Finish(t.Context(), w.Who[1], "tellers", term.Ref), fault.Denied)
		w.WantKind("finishing too soon", h.Finish(t.Context(), w.Who[3], "tellers", term.Ref), fault.Conflict)
		w.must(h.Check(t.Context(), w.Who[3], "tellers", term.Ref, []int{1, 2}))
		w.WantKind("finishing without having met", h.Finish(t.Context(), w.Who[3], "tellers", term.Ref), fault.Conflict)
		w.must(h.Meet(t.Context(), w.Who[1], "tellers", term.Ref))
		w.WantKind("finishing with one's own word missing", h.Finish(t.Context(), w.Who[3], "tellers", term.Ref), fault.Conflict)
		w.must(h.Meet(t.Context(), w.Who[3], "tellers", term.Ref))
		w.must(h.Finish(t.Context(), w.Who[3], "tellers", term.Ref))
		sh = w.sheet(3, term)
		if sh.Finished.IsZero() || sh.Seal != handover.SealOf(sh.Salt, sh.Items) || w.show(9, "tellers").Doing[0].Unfinished() {
			t.Errorf("finished: %+v", sh)
		}
		w.WantKind("writing afterwards", h.Write(t.Context(), w.Who[1], "tellers", term.Ref, map[int]string{1: "No."}), fault.Conflict)
		w.secret("555-0101", 1)

		w.adviser(term, next)
		w.at(term.Ends.AddDate(1, 0, 0).Add(-time.Millisecond))
		w.secret("555-0101", 1)
		w.at(term.Ends.AddDate(1, 0, 0))
		w.secret("555-0101", 0)
		if w.sheetRow(term) != 1 {
			t.Error("the salt is kept after the texts")
		}
	})
}

// TestCaretakerIsNoSuccessor: whoever looks after the seat in between reads nothing of what the last holder writes for whoever is next, ends
// nothing of it, and is in nobody's way: the next who fills the seat gets it.
func TestCaretakerIsNoSuccessor(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, 10)
		c.Advance(60 * day)
		term, h := w.term("tellers", 1, 1, 90), w.Handovers
		w.at(term.Ends.Add(-21 * day))
		w.must(h.Write(t.Context(), w.Who[1], "tellers", term.Ref, map[int]string{1: "Ada, 555-0101"}))
		w.at(term.Ends)
		w.Write(func(tx *db.Tx) error {
			r, err := role.Find(tx, w.Group.ID, "tellers")
			if err != nil {
				return err
			}
			_, err = role.Begin(tx, w.Ledger, w.Group, r, role.Term{
				Ref: "t_minds", Group: w.Group.ID, Role: r.ID, Member: w.Who[4].Member.ID, Kind: role.Caretaker, Seat: 1, Begins: tx.Now, Ends: tx.Now.AddDate(0, 0, 28),
				Cause: "vacancy/1",
			}, w.Who[4].Member)
			return err
		})
		w.at(c.Now())
		_, err := h.ShowSheet(t.Context(), w.Who[4], "tellers", term.Ref)
		w.WantKind("what is meant for the next holder", err, fault.NotFound)
		w.WantKind("checking it", h.Check(t.Context(), w.Who[4], "tellers", term.Ref, []int{1}), fault.NotFound)
		w.at(c.Now().AddDate(0, 0, 28))
		next := w.term("tellers", 1, 3, 90)
		if sh := w.sheet(3, term); sh.Part != handover.Incoming || sh.Next.Member != next.Member || sh.Items[0].Text != "Ada, 555-0101" || !sh.MayCheck() {
			t.Errorf("the next holder sees %+v", sh)
		}
		if v := w.show(9, "tellers"); len(v.Doing) != 1 || !v.Doing[0].Unfinished() {
			t.Errorf("others see %+v", v.Doing)
		}
	})
}

// secret checks in how many texts of handovers something stands, and that it is nowhere in the record.
func (w world) secret(text string, want int) {
	w.Helper()
	var kept, told int
	w.Read(func(tx *db.Tx) error {
		if err := tx.Raw("SELECT COUNT(*) FROM handover_items WHERE text LIKE ?", "%"+text+"%").Scan(&kept).Error; err != nil {
			return err
		}
		return tx.Raw("SELECT (SELECT COUNT(*) FROM ledger_entries WHERE leaf LIKE ?) + (SELECT COUNT(*) FROM ledger_texts WHERE text LIKE ?)", "%"+text+"%", "%"+text+"%").Scan(&told).Error
	})
	if kept != want || told != 0 {
		w.Errorf("%d texts of handovers have it and %d of the record, want %d and none", kept, told, want)
	}
}

func (w world) sheetRow(t role.Term) (n int) {
	w.Read(func(tx *db.Tx) error {
		return tx.Raw("SELECT COUNT(*) FROM handovers WHERE salt IS NULL AND seal <> '' AND forgotten_at IS NOT NULL AND term_id = (SELECT id FROM terms WHERE ref = ?)", t.Ref).Scan(&n).Error
	})
	return n
}

// adviser: the new holder is told whom they can ask for thirty days, unless that person would rather not, and nobody else is.
func (w world) adviser(term, next role.Term) {
	w.Helper()
	if v := w.show(3, "tellers"); w.place(v.Terms[0].Adviser) != 1 || !v.Terms[0].AdviseUntil.Equal(term.Ends.Add(30*day)) {
		w.Errorf("the new holder is told of %+v", v.Terms[0])
	}
	if v := w.show(1, "tellers"); v.Terms[0].Adviser != 0 || v.Past.Ref != term.Ref {
		w.Errorf("the former holder sees %+v", v.Terms[0])
	}
	w.WantKind("answering for another", w.Handovers.Advise(w.Context(), w.Who[3], "tellers", term.Ref, false), fault.NotFound)
	w.must(w.Handovers.Advise(w.Context(), w.Who[1], "tellers", term.Ref, false))
	if v := w.show(3, "tellers"); v.Terms[0].Adviser != 0 || !w.show(1, "tellers").Quiet {
		w.Errorf("who would rather not be asked is named: %+v", v.Terms[0])
	}
	w.must(w.Handovers.Advise(w.Context(), w.Who[1], "tellers", term.Ref, true))
	w.at(term.Ends.Add(30 * day))
	if v := w.show(3, "tellers"); v.Terms[0].Adviser != 0 {
		w.Errorf("after thirty days: %+v", v.Terms[0])
	}
	w.WantKind("answering after thirty days", w.Handovers.Advise(w.Context(), w.Who[1], "tellers", term.Ref, false), fault.Conflict)
	if a, err := w.Members.Groups(w.Context(), w.Who[1].Person); err != nil || len(a) != 1 || len(w.Actor(int64(w.Who[1].Member.ID)).Terms) != 0 {
		w.Errorf("who can be asked has a power: %v", err)
	}
}

// TestHandoverOfATermThatEndsEarly: it opens with the end, nothing depends on it, and after a recall nobody is told to ask whoever held it.
func TestHandoverOfATermThatEndsEarly(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, 10)
		c.Advance(60 * day)
		term := w.term("tellers", 1, 1, 90)
		c.Advance(10 * day)
		w.Write(func(tx *db.Tx) error {
			_, _, err := role.EndByDecision(tx, w.Ledger, w.Group, term.Ref)
			return err
		})
		w.tick()
		if sh := w.sheet(1, term); len(sh.Items) != 10 || !sh.Opened.Equal(c.Now()) {
			t.Errorf("after a recall: %+v", sh)
		}
		next := w.term("tellers", 1, 3, 90)
		if v := w.show(3, "tellers"); v.Terms[0].Adviser != 0 || !v.Terms[0].Term.Holds(c.Now()) || next.Begins.After(c.Now()) {
			t.Errorf("the new holder is told of %+v", v.Terms[0])
		}
	})
}

// TestWouldYou: before a seat of an elected role is free everybody is asked, only totals are told, and when nominations close it is forgotten
// who said what.
func TestWouldYou(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, 10)
		c.Advance(60 * day)
		term := w.term("convenors", 1, 1, 180)
		w.at(term.Ends.Add(-42*day - time.Millisecond))
		w.WantKind("an answer before anybody asks", w.Handovers.Answer(t.Context(), w.Who[2], "convenors", draw.Yes), fault.Conflict)
		w.at(term.Ends.Add(-42 * day))
		k := w.show(0, "convenors").Asking
		if lead := term.Ends.Sub(k.Closes); !k.Open(c.Now()) || lead < 14*day || lead > 21*day {
			t.Fatalf("asked: %+v, nominations close %v before the end", k, lead)
		}
		w.WantKind("what is no answer", w.Handovers.Answer(t.Context(), w.Who[2], "convenors", "perhaps"), fault.Invalid)
		for i, a := range []draw.Answer{draw.NotNow, draw.Yes, draw.Yes, draw.WithSomeone} {
			w.must(w.Handovers.Answer(t.Context(), w.Who[2], "convenors", a)) // thinks better of it
			w.must(w.Handovers.Answer(t.Context(), w.Who[3+i], "convenors", a))
		}
		v := w.show(2, "convenors")
		if v.Said != draw.WithSomeone || len(v.Asking.Said) > 0 {
			t.Errorf("before it is counted: %+v, %q", v.Asking.Said, v.Said)
		}
		w.at(k.Closes)
		v = w.show(2, "convenors")
		said := v.Asking.Said
		if said[draw.Yes] != 2 || said[draw.WithSomeone] != 2 || said[draw.NotNow] != 1 || v.Said != "" || w.count("asking_answers") != 0 || w.count("askings") != 1 {
			t.Errorf("counted: %+v, %d answers are kept", v.Asking, w.count("asking_answers"))
		}
		w.WantKind("an answer that is late", w.Handovers.Answer(t.Context(), w.Who[2], "convenors", draw.Yes), fault.Conflict)
	})
}

// TestFewAnswer: of the answers in a small group only that is kept, in tables and record, whether anybody would.
func TestFewAnswer(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, 7)
		c.Advance(60 * day)
		term := w.term("convenors", 1, 1, 180)
		w.at(term.Ends.Add(-42 * day))
		for i, a := range []draw.Answer{draw.WithSomeone, draw.Yes, draw.ShadowFirst, draw.NotNow} {
			w.must(w.Handovers.Answer(t.Context(), w.Who[2+i], "convenors", a))
		}
		w.at(w.show(0, "convenors").Asking.Closes)
		k := w.show(0, "convenors").Asking
		if !k.Few || k.Said[draw.Yes] != 1 || k.Said[draw.WithSomeone]+k.Said[draw.ShadowFirst]+k.Said[draw.NotNow] != 0 {
			t.Errorf("counted: %+v", k)
		}
		var data []string
		w.Read(func(tx *db.Tx) error {
			return tx.Raw("SELECT leaf FROM ledger_entries WHERE kind = 'asking.counted'").Scan(&data).Error
		})
		if len(data) != 1 || !strings.Contains(data[0], `"answers":{"anybody":true}`) {
			t.Errorf("the record says %v", data)
		}
	})
}

// TestArchivedWithTheGroup: what everybody was asked is counted as the group is archived, and nobody learns beside anybody any more. After that
// nothing goes on in it.
func TestArchivedWithTheGroup(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, 10)
		c.Advance(60 * day)
		term := w.term("convenors", 1, 1, 180)
		w.must(w.Handovers.Shadow(t.Context(), w.Who[5], "convenors", term.Ref))
		w.must(w.Handovers.Volunteer(t.Context(), w.Who[6], "convenors", term.Ref, true))
		w.at(term.Ends.Add(-42 * day))
		w.must(w.Handovers.Answer(t.Context(), w.Who[2], "convenors", draw.Yes))
		w.Write(func(tx *db.Tx) error { return w.Revivals.Archive(tx, w.Group, "revival/1") })
		left := map[string]int{}
		for what, query := range map[string]string{
			"answers": "SELECT COUNT(*) FROM asking_answers", "questions": "SELECT COUNT(*) FROM askings WHERE counted_at IS NULL",
			"people who learn": "SELECT COUNT(*) FROM shadowings WHERE ended_at IS NULL", "volunteers": "SELECT COUNT(*) FROM understudy_volunteers",
		} {
			w.Read(func(tx *db.Tx) error {
				var n int
				err := tx.Raw(query).Scan(&n).Error
				left[what] = n
				return err
			})
			if left[what] > 0 {
				t.Errorf("%d %s are left in an archived group", left[what], what)
			}
		}
		if w.count("askings") != 1 {
			t.Fatal("nobody was asked")
		}
		entries := w.count("ledger_entries")
		w.at(term.Ends.AddDate(2, 0, 0))
		if n := w.count("ledger_entries"); n != entries {
			t.Errorf("%d entries are added to the record of an archived group", n-entries)
		}
	})
}

// TestDepthBeginsWithTheTerm: how many could do it when somebody began is kept, and who is not within the limits now is not counted.
func TestDepthBeginsWithTheTerm(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, 10)
		c.Advance(60 * day)
		first := w.term("tellers", 1, 1, 90)
		if v := w.show(2, "tellers"); *v.Terms[0].Began != 0 || v.Depth.Count != 0 {
			t.Errorf("nobody held it before: %+v", v.Depth)
		}
		w.at(first.Ends)
		w.term("tellers", 1, 2, 90)
		for after, want := range map[int]int{0: 1, 31: 0} { // within thirty days they would go on; later they have to pause
			c.Set(first.Ends.AddDate(0, 0, after))
			if v := w.show(2, "tellers"); *v.Terms[0].Began != 1 || v.Depth.Count != want {
				t.Errorf("%d days after their term: %d at the beginning, %+v", after, *v.Terms[0].Began, v.Depth)
			}
		}
	})
}

// TestDefaultItemsAreSaid: each language has the whole list.
func TestDefaultItemsAreSaid(t *testing.T) {
	words, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range []string{"en", "es"} {
		for _, item := range handover.DefaultItems(words.Voice(l)) {
			if item == "" || strings.HasPrefix(item, "handover.") {
				t.Errorf("%s: %q", l, item)
			}
		}
	}
}
