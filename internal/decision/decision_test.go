package decision_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/decision"
	"folkmoot/internal/fault"
	"folkmoot/internal/tally"
	"folkmoot/internal/votetest"
)

const day = 24 * time.Hour

func show(t *testing.T, w *votetest.World, number string) decision.View {
	t.Helper()
	v, err := w.Decisions.Show(t.Context(), w.Who[0], number)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestEveryCountIsRecorded: carried, not carried and too few voted all leave a decision, numbered through the year.
func TestEveryCountIsRecorded(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "B", 8)
		for i, tt := range []struct {
			yes, no int
			outcome tally.Outcome
		}{{4, 1, tally.Carried}, {1, 4, tally.NotCarried}, {2, 0, tally.Inquorate}} {
			m := w.Table(i == 0)
			w.GoTo(m.Opens)
			for n := range tt.yes + tt.no {
				choice := ballot.For
				if n >= tt.yes {
					choice = ballot.Against
				}
				w.Cast(w.Who[n], m.Number, choice)
			}
			vote := w.Show(m.Number)
			w.GoTo(vote.Closes)
			v := show(t, w, fmt.Sprintf("2026-%03d", i+1))
			if v.Outcome != tt.outcome || v.At != vote.Closes || v.Ballot.ID != vote.ID || v.Motion.ID != m.ID || v.Result.Outcome != tt.outcome || v.Rulebook != 1 {
				t.Errorf("%+v", v)
			}
			if want := vote.Closes.AddDate(0, 0, 90); tt.outcome == tally.Carried && v.Review != want || tt.outcome != tally.Carried && !v.Review.IsZero() {
				t.Errorf("%s: looked at again %s", tt.outcome, v.Review)
			}
			if got := w.Kinds(v.Ref()); !slices.Equal(got, []string{"decision.recorded"}) {
				t.Errorf("recorded %v", got)
			}
			if (v.Next.ID != 0) != (tt.outcome == tally.Inquorate) {
				t.Errorf("%s: held again as %+v", tt.outcome, v.Next)
			}
		}
		again := show(t, w, "2026-003").Next
		w.GoTo(again.Opens)
		w.GoTo(again.Closes)
		second := show(t, w, "2026-004")
		if second.Outcome != tally.Inquorate || second.Next.ID != 0 || second.Motion.State != "lapsed" {
			t.Errorf("the second time: %+v", second)
		}
		about, err := w.Decisions.About(t.Context(), second.Motion.ID)
		if err != nil || len(about) != 2 {
			t.Errorf("%d decisions about the motion, %v", len(about), err)
		}
		c.Set(time.Date(2027, 1, 2, 10, 0, 0, 0, time.UTC))
		m := w.Table(false)
		w.GoTo(m.Opens)
		v := w.Vote(w.Show(m.Number), 5, 0, 0)
		show(t, w, "2027-001")
		list, more, err := w.Decisions.List(t.Context(), w.Who[0], 0)
		if err != nil || more || len(list) != 5 || list[0].Number() != "2027-001" || list[0].Ballot != v.Ballot.ID {
			t.Errorf("%d in the list, %v, %v", len(list), more, err)
		}
		older, _, err := w.Decisions.List(t.Context(), w.Who[0], list[2].ID)
		if err != nil || len(older) != 2 || older[1].Number() != "2026-001" {
			t.Errorf("%d older ones, %v", len(older), err)
		}
	})
}

// TestNumbers: a number is written in one way only.
func TestNumbers(t *testing.T) {
	for _, s := range []string{"2026-001", "2026-999", "2026-1000", "0007-001"} {
		y, n, ok := decision.ParseNumber(s)
		if got := (decision.Decision{Year: y, Seq: n}).Number(); ok != (got == s) {
			t.Errorf("%s reads back as %s, %v", s, got, ok)
		}
	}
	for _, s := range []string{"", "2026", "2026-1", "2026-01", "2026-000", "2026-0001", "2026--01", "-001", "2026-+01", "a-001", "2026-001x", "9999999999999999999999-001"} {
		if _, _, ok := decision.ParseNumber(s); ok {
			t.Errorf("%q is read as a number", s)
		}
	}
}

// TestMinorityReportG11: any member, also one who joined after the vote, can set a report beside any decision, at any time; others
// sign it; it is never edited, and enough names make it a minority report.
func TestMinorityReportG11(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "B", 6) // two names make a minority report
		w.Vote(w.Open(true), 5, 0, 0)
		ctx := t.Context()
		once := db.OnceFor(1, "form")
		var first decision.Dissent
		for range 3 {
			got, err := w.Decisions.File(ctx, w.Who[1], once, "2026-001", "  It costs too much.\r\n\r\nAnd we have one.  ")
			if err != nil || first.ID != 0 && got.ID != first.ID {
				t.Fatal(got, err)
			}
			first = got
		}
		for _, text := range []string{"", " \n ", strings.Repeat("word ", 501), strings.Repeat("x", 20_000)} {
			_, err := w.Decisions.File(ctx, w.Who[2], db.Once{}, "2026-001", text)
			w.WantKind("a report that is no text", err, fault.Invalid)
		}
		_, err := w.Decisions.File(ctx, w.Who[1], db.Once{}, "2026-001", "Another one.")
		w.WantKind("a second report", err, fault.Conflict)
		_, err = w.Decisions.File(ctx, w.Who[1], db.Once{}, "2026-002", "Nowhere.")
		w.WantKind("a report beside no decision", err, fault.NotFound)
		stranger := w.Who[5]
		stranger.Member.ID = 0
		_, err = w.Decisions.File(ctx, stranger, db.Once{}, "2026-001", "Me too.")
		w.WantKind("a stranger's report", err, fault.NotFound)

		v := show(t, w, "2026-001")
		if len(v.Reports) != 1 || v.Reports[0].Text != "It costs too much.\n\nAnd we have one." || v.Reports[0].Late || v.Reports[0].IsReport(v.Least) || v.Least != 2 || v.Filed {
			t.Errorf("%+v, least %d", v.Reports, v.Least)
		}
		for range 3 {
			if err := w.Decisions.Sign(ctx, w.Who[2], "2026-001", v.Reports[0].ID); err != nil {
				t.Fatal(err)
			}
		}
		w.WantKind("signing nothing", w.Decisions.Sign(ctx, w.Who[2], "2026-001", 99), fault.NotFound)
		if err := w.Decisions.Sign(ctx, w.Who[1], "2026-001", v.Reports[0].ID); err != nil { // the author's own name is there already
			t.Fatal(err)
		}
		c.Advance(decisionWindow + time.Second)
		newcomer := w.Join("Newcomer")
		_, err = w.Decisions.File(ctx, newcomer, db.Once{}, "2026-001", "I see it too.")
		w.WantKind("a report by somebody who joined later", err, fault.Denied)
		w.WantKind("signing by somebody who joined later", w.Decisions.Sign(ctx, newcomer, "2026-001", v.Reports[0].ID), fault.Denied)
		late := w.Who[3]
		if _, err := w.Decisions.File(ctx, late, db.Once{}, "2026-001", "I see it too."); err != nil {
			t.Fatal(err)
		}
		v = show(t, w, "2026-001")
		if r := v.Reports[0]; r.Signers != 2 || !r.IsReport(v.Least) || len(r.Names) != 2 || r.Names[0] != w.Who[1].Member.ID || r.Names[1] != w.Who[2].Member.ID {
			t.Errorf("signed: %+v", r)
		}
		if r := v.Reports[1]; !r.Late || r.IsReport(v.Least) || r.Author != late.Member.ID {
			t.Errorf("late: %+v", r)
		}
		if got := w.Kinds("decision/2026-001"); !slices.Equal(got, []string{"decision.recorded", "dissent.filed", "dissent.signed", "dissent.filed"}) {
			t.Errorf("recorded %v", got)
		}
	})
}

const decisionWindow = 14 * day
