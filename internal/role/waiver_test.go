package role_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/draw"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/role"
	"folkmoot/internal/tally"
	"folkmoot/internal/votetest"
)

const day = 24 * time.Hour

// called has members be found by their names, as those are who joined by invitation.
func (w world) called(who ...int) {
	w.Helper()
	w.Write(func(tx *db.Tx) error {
		for _, i := range who {
			m := w.Who[i].Member
			if err := tx.Exec("UPDATE members SET name_key = ? WHERE id = ?", member.Fold(m.Name), m.ID).Error; err != nil {
				return err
			}
		}
		return nil
	})
}

// seated has two members drawn, and their terms begun.
func (w world) seated() role.Term {
	w.Helper()
	w.Say(draw.Yes, 1, 2, 3, 4, 5)
	w.Pass(w.show(0).Draw.Closes)
	w.Pass(w.show(0).Draw.At)
	for _, t := range w.show(0).Terms {
		if t.Begins.After(w.Clock.Now()) {
			w.Pass(t.Begins)
		}
	}
	return w.show(0).Terms[0]
}

// TestWaiverRoad: two thirds let somebody take a role once although the limits stand against it. They are drawn by it, the next term
// uses it up, and everybody sees that.
func TestWaiverRoad(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 12)
		term := w.seated()
		ctx, who := t.Context(), w.Place(term.Member)
		w.called(who)
		w.EndTerm("tellers", term) // for a while nobody could give it back by lot
		_, err := w.Roles.ProposeWaiver(ctx, w.Who[6], db.Once{}, "tellers", "Nobody Here", "")
		w.WantKind("a waiver for nobody", err, fault.Invalid)
		propose := func(yes, no int) (motion.Motion, ballot.View) {
			m, err := w.Roles.ProposeWaiver(ctx, w.Who[6], db.Once{}, "tellers", w.Who[who].Member.Name, "They have learnt.")
			for i := 7; err == nil && m.State == motion.Seeking; i++ {
				m, err = w.Motions.Support(ctx, w.Who[i], m.Number, 1)
			}
			if err != nil || m.Kind != motion.Waiver || !m.AboutPerson || m.About != term.Member {
				t.Fatalf("%+v, %v", m, err)
			}
			_, err = w.Motions.Reword(ctx, w.Who[6], m.Number, 1, motion.Text{Title: "Something else", Clauses: []motion.Clause{{Text: "Something else."}}})
			w.WantKind("other words for the same effect", err, fault.Conflict)
			w.Pass(m.Opens)
			b := w.Vote(w.Show(m.Number), yes, no, 0)
			w.Pass(c.Now())
			return m, b
		}
		if _, b := propose(5, 3); b.Outcome != tally.NotCarried || !b.Secret {
			t.Fatalf("5 to 3: %s", b.Outcome)
		}
		if _, b := propose(6, 3); b.Outcome != tally.Carried {
			t.Fatalf("6 to 3: %s", b.Outcome)
		}
		_, err = w.Roles.ProposeWaiver(ctx, w.Who[6], db.Once{}, "tellers", w.Who[who].Member.Name, "")
		w.WantKind("a second waiver", err, fault.Conflict)
		m, err := w.Roles.Map(ctx, w.Who[0])
		if err != nil || m.Waivers.All != 1 || m.Waivers.List[0].Term != 0 || m.Waivers.List[0].Cause != "decision/2026-003" {
			t.Fatalf("%+v, %v", m.Waivers, err)
		}
		first := w.show(who).Draw.Number
		for i := 0; i < 40 && w.show(who).Draw.Number == first; i++ {
			w.Pass(c.Now().Add(5 * day))
		}
		v := w.show(who)
		if v.Draw.Number == first || v.Draw.State != draw.Asking || len(v.Bars) > 0 {
			t.Fatalf("asked again: %+v, bars %v", v.Draw, v.Bars)
		}
		w.Say(draw.Yes, who)
		w.Pass(v.Draw.Closes)
		w.Pass(w.show(0).Draw.At)
		if m, err = w.Roles.Map(ctx, w.Who[0]); err != nil || m.Waivers.All != 1 || m.Waivers.List[0].Term == 0 || len(m.Waivers.List[0].Bars) == 0 {
			t.Errorf("used up: %+v, %v", m.Waivers, err)
		}
	})
}

// TestEffectThatCannotHappen: the decision stands, and why nothing was done is written down.
func TestEffectThatCannotHappen(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 12)
		w.called(2)
		m, err := w.Roles.ProposeWaiver(t.Context(), w.Who[6], db.Once{}, "tellers", w.Who[2].Member.Name, "")
		for i := 7; err == nil && m.State == motion.Seeking; i++ {
			m, err = w.Motions.Support(t.Context(), w.Who[i], m.Number, 1)
		}
		if err != nil {
			t.Fatal(err)
		}
		w.Pass(m.Opens)
		b := w.Show(m.Number)
		if _, err := w.Members.Leave(t.Context(), w.Who[2], false); err != nil {
			t.Fatal(err)
		}
		for i := range 9 {
			if i != 2 {
				w.Cast(w.Who[i], m.Number, ballot.For)
			}
		}
		w.Pass(b.Closes)
		v, err := w.Decisions.Show(t.Context(), w.Who[0], "2026-001")
		if err != nil || v.Outcome != tally.Carried || len(v.Effects) != 1 || v.Effects[0].Why != role.Left {
			t.Errorf("%+v, %v", v.Effects, err)
		}
		if got := w.Kinds("decision/2026-001"); !slices.Equal(got, []string{"decision.recorded", "effect.failed"}) {
			t.Errorf("recorded %v", got)
		}
	})
}

// TestEffectIsPartOfTheText: what would happen is in the hash of what is voted on.
func TestEffectIsPartOfTheText(t *testing.T) {
	seen := map[string]motion.Effect{}
	text := votetest.Sample("End a term").Text
	for _, e := range []motion.Effect{
		{}, {Kind: motion.EndTerm, Role: "tellers", Member: "m_a", Term: "t_a"}, {Kind: motion.EndTerm, Role: "tellers", Member: "m_a", Term: "t_b"},
		{Kind: motion.EndTerm, Role: "tellers", Member: "m_b", Term: "t_a"}, {Kind: motion.Waive, Role: "tellers", Member: "m_a"}, {Kind: motion.Waive, Role: "others", Member: "m_a"},
	} {
		text.Effect = e
		hash := fmt.Sprintf("%x", text.Hash())
		if was, ok := seen[hash]; ok {
			t.Errorf("%+v and %+v have the same hash", was, e)
		}
		seen[hash] = e
	}
}
