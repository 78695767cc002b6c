package audit

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/money"
	"folkmoot/internal/procedure"
	"folkmoot/internal/role"
)

// TestReportsAreRebuilt: what came onto agendas by itself, what a meeting received and what went off again follow from the record, and files of it hold: in a meeting that a report
// was late for, one that one was filed for in the last moment and which did not reach it, one that received it before one that had it too.
func TestReportsAreRebuilt(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		r := crafts(t, d, c, t.TempDir(), "Mender", 8)
		writer := 0
		writes := func() {
			t.Helper()
			r.Write(func(tx *db.Tx) error {
				g := r.Who[3].Group
				of, err := role.Find(tx, g.ID, "treasurers")
				if err != nil {
					return err
				}
				why, err := role.Begin(tx, r.Ledger, g, of, role.Term{
					Ref: fmt.Sprint("t_counting_", writer), Group: g.ID, Role: of.ID, Member: r.Who[writer].Member.ID, Kind: role.Caretaker, Seat: writer%2 + 1, Caps: role.Chores(of.Caps), Begins: tx.Now, Ends: tx.Now.Add(180 * day), Cause: "rulebook/1",
				}, r.Who[writer].Member)
				if err == nil && why != "" {
					err = fmt.Errorf("no term: %s", why)
				}
				return err
			})
		}
		writes()
		r.Pass(c.Now().Add(50 * day))
		chair := func(n int) member.Actor { return r.visit(r.at(r.show(n).Chair)) }
		hold := func(m meeting.Meeting, reached bool) {
			t.Helper()
			v := r.begun(m)
			r.must(r.Meetings.Adopt(t.Context(), chair(m.Number), m.Number))
			at := slices.IndexFunc(v.Items, func(it meeting.Item) bool { return it.Kind == meeting.Report })
			if at < 0 {
				t.Fatalf("meeting %d hears nothing: %+v", m.Number, v.Items)
			}
			if reached {
				r.must(r.Meetings.Take(t.Context(), chair(m.Number), m.Number, v.Items[at].ID))
			}
			r.must(r.Meetings.Close(t.Context(), chair(m.Number), m.Number))
			c.Advance(day)
		}
		file := func(typed money.Typed) {
			t.Helper()
			typed.To, typed.End = string(money.DayOf(c.Now().In(r.Group.Zone).AddDate(0, 0, -1))), "100"
			_, err := r.Money.File(t.Context(), r.visit(writer), db.Once{}, typed)
			r.must(err)
		}
		hold(r.called(1), true) // late
		next := r.called(1)     // it is still late as this one is called
		file(money.Typed{From: string(money.DayOf(c.Now().AddDate(0, 0, -90))), Start: "100", Currency: "euros"})
		hold(next, true)
		next = r.called(1) // nothing is due
		file(money.Typed{After: 1})
		hold(next, false)
		late := r.calledFor(1, 50)
		hold(r.called(1), true) // it receives what the other has as well
		r.begun(late)           // where nothing is left to hear
		r.must(r.Meetings.Adopt(t.Context(), chair(late.Number), late.Number))
		r.must(r.Meetings.Close(t.Context(), chair(late.Number), late.Number))
		writer = 1
		writes()
		file(money.Typed{After: 2})
		off := r.called(1)
		v := r.begun(off)
		r.must(r.Meetings.Adopt(t.Context(), chair(off.Number), off.Number))
		at := slices.IndexFunc(v.Items, func(it meeting.Item) bool { return it.Kind == meeting.Report })
		r.must(r.Meetings.Take(t.Context(), chair(off.Number), off.Number, v.Items[at].ID))
		writer = 2
		writes()
		file(money.Typed{After: 3, Corrects: true}) // while the meeting talks about the one before, which is put off
		r.comesBack(off.Number, c.Now().Add(55*day))
		r.must(r.Meetings.Close(t.Context(), chair(off.Number), off.Number))
		hold(r.called(1), true) // of the correction
		for what, query := range map[string]string{
			"put off": "report_from = 3 AND report_to = 3 AND state = 'left'", "kept for its date": "report_from = 3 AND report_to = 3 AND state = 'waiting' AND meeting_id IS NULL",
			"heard before it": "report_from = 4 AND report_to = 4 AND state = 'done'",
			"late":            "report_due IS NOT NULL AND report_to = 0", "received": "report_from = 1 AND report_to = 1", "received by the one that began first": "report_from = 2 AND report_to = 2",
			"gone": "kind = 'report' AND state = 'withdrawn'", "not reached": "kind = 'report' AND state = 'left' AND place > 0",
		} {
			r.Read(func(tx *db.Tx) error {
				var n int
				err := tx.Raw("SELECT COUNT(*) FROM meeting_items WHERE " + query).Scan(&n).Error
				if n == 0 {
					t.Errorf("none is %s", what)
				}
				return err
			})
		}
		holds(t, d, r.World)
		var b []byte
		for n := off.Number + 1; n > 0; n-- {
			_, record := r.taken(d, n)
			if n == 2 {
				b = record
			}
		}
		if !bytes.Contains(b, []byte("The meeting received money report 1.")) {
			t.Errorf("the record of the second meeting does not say it:\n%s", b)
		}
	})
}

// comesBack has a meeting decide that what it talks about comes back at that time.
func (r meetingRoad) comesBack(n int, at time.Time) {
	r.Helper()
	ctx, v := r.Context(), r.show(n)
	var others []int // than whoever facilitates
	for i := range r.Who {
		if r.Who[i].Member.ID != v.Chair {
			others = append(others, i)
		}
	}
	r.must(r.Meetings.MakeMove(ctx, r.visit(others[0]), db.Once{}, n, procedure.ComeBack, meeting.Named{At: at}))
	mv := r.show(n).Moves[0]
	r.must(r.Meetings.SupportMove(ctx, r.visit(others[1]), n, mv.ID))
	r.must(r.Meetings.PutMove(ctx, r.visit(r.at(r.show(n).Moves[0].Runner)), n, mv.ID))
	for i := range r.Who {
		r.must(r.Meetings.AnswerMove(ctx, r.visit(i), n, mv.ID, meeting.Yes))
	}
}
