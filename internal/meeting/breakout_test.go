package meeting_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/floor"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/script"
)

// table returns the group in which somebody is.
func (w world) table(who, n int) meeting.Table {
	w.Helper()
	return w.show(who, n).Together.Table
}

// sizes returns how many are in each group.
func sizes(v meeting.View) (out []int) {
	for _, t := range v.Together.Tables {
		out = append(out, len(t.People))
	}
	return out
}

// TestBreakOut: everybody but whoever facilitates is in a group of four to six by lot, with those on the phone together; late ones are in the smallest; meanwhile nobody speaks to all and nothing is
// voted on; a minute before the end it is said; the clock ends it, and what they wrote is on record and read out one by one.
func TestBreakOut(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, v, _ := sitting(t, d, c, 15)
		ctx, n, m := t.Context(), v.Number, w.Meetings
		chair := w.at(v.Chair)
		part := func(who int, once db.Once, p meeting.Parting) error {
			return m.BreakOut(ctx, w.visit(who), once, n, p)
		}
		ten := meeting.Parting{Question: "What do we need?", Minutes: 10}
		w.WantKind("while nothing is talked about", part(chair, db.Once{}, ten), fault.Conflict)
		v = w.item(v, 2)
		chair = w.at(v.Chair)
		others := w.but(v.Chair, w.jobs(v)[meeting.Vice])
		w.WantKind("by somebody else", part(others[0], db.Once{}, ten), fault.Denied)
		w.WantKind("for an hour", part(chair, db.Once{}, meeting.Parting{Minutes: 60}), fault.Invalid)
		w.WantKind("by choice without topics", part(chair, db.Once{}, meeting.Parting{Minutes: 8, Choice: true, Topics: "One\n\nOne"}), fault.Invalid)
		w.WantKind("a long topic", part(chair, db.Once{}, meeting.Parting{Minutes: 8, Choice: true, Topics: "One\n" + strings.Repeat("a", 81)}), fault.Invalid)
		late := others[12]
		w.must(m.CheckOut(ctx, w.visit(late), n))
		phones := others[:3]
		for _, i := range phones {
			w.must(m.CheckIn(ctx, w.visit(i), n, meeting.Phone))
		}
		w.must(m.CheckIn(ctx, w.visit(others[3]), n, meeting.Phone))
		w.WantKind("with four on the phone", part(chair, db.Once{}, ten), fault.Conflict)
		w.must(m.CheckIn(ctx, w.visit(others[3]), n, meeting.Remote))
		once := onces()()
		for range 2 { // the same form
			w.must(part(chair, once, ten))
		}
		w.WantKind("two at once", part(chair, db.Once{}, ten), fault.Conflict)
		v = w.show(chair, n)
		b := v.Together.Breakout
		if b.People != 13 || b.Tables != 3 || b.Question != "What do we need?" || b.Closes.Sub(b.Opens) != 10*time.Minute || !slices.Equal(sizes(v), []int{5, 4, 4}) {
			t.Fatalf("they talk as %+v, %v", b, sizes(v))
		}
		if v.Together.Table.Number != 0 {
			t.Error("whoever facilitates is in a group")
		}
		for _, i := range phones {
			if w.table(i, n).Number != 1 {
				t.Error("who is on the phone is not with the others who are")
			}
		}
		if x := w.show(others[5], n); len(x.Together.Tables) != 0 || len(x.Together.Table.People) < 4 || x.People[x.Together.Table.People[0]].Name == "" {
			t.Errorf("somebody in a group sees %+v", x.Together)
		}
		if x := v.Reading; x.Cue != script.CueGroups {
			t.Errorf("what is to be said: %+v", x)
		}

		// meanwhile nobody speaks to all, and nothing else begins
		w.must(m.Raise(ctx, w.visit(others[6]), n, meeting.Raised{Kind: floor.Speak}))
		w.must(m.Raise(ctx, w.visit(others[1]), n, meeting.Raised{Kind: floor.Rules, About: "§ 1"}))
		w.WantKind("a speaker", m.CallNext(ctx, w.visit(chair), n, 0), fault.Conflict)
		w.WantKind("a rules question", m.Hear(ctx, w.visit(chair), n, w.show(chair, n).Asked[0].ID), fault.Conflict)
		w.WantKind("a round", m.GoRound(ctx, w.visit(chair), db.Once{}, n, "", 60), fault.Conflict)
		w.WantKind("a show of feeling", m.AskFeeling(ctx, w.visit(chair), db.Once{}, n, ""), fault.Conflict)
		w.WantKind("the end of the item", m.Finish(ctx, w.visit(chair), n, v.Current.ID), fault.Conflict)
		w.WantKind("the end of the meeting", m.Close(ctx, w.visit(chair), n), fault.Conflict)

		// who comes late is in the smallest group; who goes is in none, and comes back to their own
		w.must(m.CheckIn(ctx, w.visit(late), n, meeting.Room))
		if got := w.table(late, n).Number; got != 2 {
			t.Errorf("who comes late is in group %d", got)
		}
		w.must(m.CheckOut(ctx, w.visit(phones[0]), n))
		w.must(m.CheckIn(ctx, w.visit(phones[0]), n, meeting.Phone))
		if got := w.table(phones[0], n).Number; got != 1 {
			t.Errorf("who calls again is in group %d", got)
		}
		if got := sizes(w.show(chair, n)); !slices.Equal(got, []int{5, 5, 4}) {
			t.Errorf("the groups have %v people", got)
		}
		third := slices.DeleteFunc(slices.Clone(others), func(i int) bool { return w.table(i, n).Number != 3 || i == others[6] })[:2] // whose hand is up
		for _, i := range append(third, late) {
			w.must(m.CheckOut(ctx, w.visit(i), n))
		}
		for _, i := range append([]int{late}, third...) {
			w.must(m.CheckIn(ctx, w.visit(i), n, meeting.Room))
		}
		if got := sizes(w.show(chair, n)); !slices.Equal(got, []int{5, 5, 4}) || w.table(late, n).Number != 2 {
			t.Errorf("who comes back is in group %d, and the groups have %v people", w.table(late, n).Number, got)
		}
		if x := w.show(others[5], n).Together; x.Lot < 1 || x.Lot > 13 || w.show(late, n).Together.Lot != 0 || w.show(phones[0], n).Together.Lot > 3 {
			t.Errorf("the lot knew somebody by %d", x.Lot)
		}

		// a card has three lines, and nobody's words are lost
		card := func(who int, was, mine meeting.Lines) (bool, error) {
			return m.WriteCard(ctx, w.visit(who), n, b.ID, w.table(who, n).Number, was, mine)
		}
		first := w.table(late, n)
		mates := func(t meeting.Table) (out []int) {
			for _, id := range t.People {
				out = append(out, w.at(id))
			}
			return out
		}
		two := mates(first)
		_, err := card(two[0], meeting.Lines{}, meeting.Lines{"A table", "", ""})
		w.must(err)
		clashed, err := card(two[1], meeting.Lines{}, meeting.Lines{"", "Two chairs", ""})
		if err != nil || clashed {
			t.Errorf("another line: %t, %v", clashed, err)
		}
		for range 2 { // the same form
			clashed, err = card(two[2], meeting.Lines{}, meeting.Lines{"A bench", "", ""})
		}
		if got := w.table(two[0], n); err != nil || !clashed || !slices.Equal(got.Said(), []string{"A table / A bench", "Two chairs"}) || got.Version != 3 {
			t.Errorf("both wrote in one line: %t, %v, %+v", clashed, err, got)
		}
		_, err = card(two[0], meeting.Lines{}, meeting.Lines{strings.Repeat("a", 141), "", ""})
		w.WantKind("a long line", err, fault.Invalid)
		_, err = m.WriteCard(ctx, w.visit(phones[0]), n, b.ID, 2, meeting.Lines{}, meeting.Lines{"X"})
		w.WantKind("on the card of others", err, fault.Denied)
		_, err = m.WriteCard(ctx, w.visit(chair), n, b.ID, 1, meeting.Lines{}, meeting.Lines{"X"})
		w.WantKind("by whoever facilitates", err, fault.Denied)
		_, err = m.WriteCard(ctx, w.visit(two[0]), n, b.ID+7, 1, meeting.Lines{}, meeting.Lines{"X"})
		w.WantKind("on no card", err, fault.NotFound)
		if x := w.show(chair, n).Together.Tables; len(x[1].Said()) != 0 {
			t.Errorf("whoever facilitates reads a card before the end: %+v", x)
		}
		_, err = card(phones[1], meeting.Lines{}, meeting.Lines{"", "", "A kettle"})
		w.must(err)

		// the end is said a minute before, and comes by itself
		w.Pass(b.Closes.Add(-time.Minute))
		if x := w.show(others[4], n); !x.Together.Breakout.LastMinute(x.Now) {
			t.Error("nobody is told that a minute is left")
		}
		w.must(m.CallGroupsBack(ctx, w.visit(chair), n, b.ID))
		if got := w.show(chair, n).Together.Breakout.Closes; !got.Equal(b.Closes) {
			t.Errorf("with a minute left they are called back at %v", got)
		}
		w.Pass(b.Closes)
		v = w.show(chair, n)
		if v.Together.Breakout.ID != 0 || len(v.Together.Breakouts) != 1 || v.Reading.Cue != script.CueGroupsEnd {
			t.Fatalf("at the end: %+v", v.Together)
		}
		x := v.Together.Breakouts[0]
		if x.State != meeting.BreakoutDone || x.People != 14 || len(x.Cards) != 2 || x.Cards[0].Number != 1 || x.Cards[0].Lines[2] != "A kettle" || x.Cards[1].Number != 2 {
			t.Errorf("it is kept as %+v", x)
		}
		if w.kept("meeting_seats")+w.kept("meeting_tables") != 0 {
			t.Error("who talked with whom is kept")
		}
		_, err = m.WriteCard(ctx, w.visit(two[0]), n, b.ID, 2, meeting.Lines{}, meeting.Lines{"X"})
		w.WantKind("after the end", err, fault.Conflict)
		w.WantKind("a seat after the end", m.Sit(ctx, w.visit(two[0]), n, b.ID, w.Who[two[0]].Member.ID, 0), fault.Conflict)

		// cards are shown one by one: whoever runs the meeting goes on, and the clock does
		reads := func() int {
			v := w.show(others[0], n)
			at, _ := v.Together.Breakouts[0].Reads(v.Now)
			return at
		}
		if reads() != 0 {
			t.Errorf("first card %d is shown", reads())
		}
		w.WantKind("by somebody else", m.NextCard(ctx, w.visit(others[5]), n, b.ID, 0), fault.Denied)
		for range 2 { // pressed twice
			w.must(m.NextCard(ctx, w.visit(chair), n, b.ID, 0))
		}
		if reads() != 1 {
			t.Errorf("then card %d is shown", reads())
		}
		c.Advance(meeting.CardTime)
		if reads() != -1 {
			t.Errorf("after the last card %d is shown", reads())
		}
		if s := w.show(0, n).Speaker; s.ID != 0 {
			t.Errorf("%+v speaks", s)
		}
		w.must(m.CallNext(ctx, w.visit(chair), n, 0)) // whose hand was up is heard now
		if s := w.show(0, n).Speaker; s.ID == 0 || s.Spoke(c.Now()) != 0 {
			t.Errorf("after it %+v speaks", s)
		}
	})
}

// TestBreakOutEnds: groups are called back a minute before; they end with the item and with the meeting, which nobody has to close; and they do not begin where they could not end.
func TestBreakOutEnds(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, v, _ := sitting(t, d, c, 9)
		ctx, n, m := t.Context(), v.Number, w.Meetings
		v = w.item(v, 2)
		chair, others := w.at(v.Chair), w.but(v.Chair)
		eight := meeting.Parting{Minutes: 8}
		w.must(m.BreakOut(ctx, w.visit(chair), db.Once{}, n, eight))
		b := w.show(chair, n).Together.Breakout
		if b.Tables != 2 {
			t.Errorf("eight people are in %d groups", b.Tables)
		}
		w.WantKind("called back by somebody else", m.CallGroupsBack(ctx, w.visit(others[0]), n, b.ID), fault.Denied)
		w.WantKind("no groups called back", m.CallGroupsBack(ctx, w.visit(chair), n, b.ID+7), fault.NotFound)
		c.Advance(2 * time.Minute)
		at := c.Now().Add(meeting.CallBack)
		for range 2 {
			w.must(m.CallGroupsBack(ctx, w.visit(chair), n, b.ID))
			c.Advance(time.Second)
		}
		if got := w.show(chair, n).Together.Breakout.Closes; !got.Equal(at) {
			t.Errorf("they are called back at %v, want %v", got, at)
		}
		w.Pass(at)
		if x := w.show(chair, n).Together; x.Breakout.ID != 0 || len(x.Breakouts[0].Cards) != 0 {
			t.Errorf("called back: %+v", x)
		}
		w.must(m.CheckOut(ctx, w.visit(others[0]), n))
		w.WantKind("with seven others", m.BreakOut(ctx, w.visit(chair), db.Once{}, n, eight), fault.Conflict)
		w.must(m.CheckIn(ctx, w.visit(others[0]), n, meeting.Remote))

		// whoever facilitates goes in the middle of it, and it ends by itself
		w.must(m.BreakOut(ctx, w.visit(chair), db.Once{}, n, eight))
		b = w.show(chair, n).Together.Breakout
		_, err := m.WriteCard(ctx, w.visit(others[1]), n, b.ID, w.table(others[1], n).Number, meeting.Lines{}, meeting.Lines{"We stay."})
		w.must(err)
		w.must(m.CheckOut(ctx, w.visit(chair), n))
		w.must(m.CheckIn(ctx, w.visit(chair), n, meeting.Room))
		w.must(m.CheckOut(ctx, w.visit(others[2]), n))
		w.Pass(b.Closes)
		if x := w.show(chair, n).Together.Breakouts[0]; x.State != meeting.BreakoutDone || len(x.Cards) != 1 {
			t.Errorf("it is kept as %+v", x)
		}
		w.must(m.CheckIn(ctx, w.visit(others[2]), n, meeting.Room))

		// they do not begin where the meeting ends first
		chair = w.at(w.show(0, n).Chair)
		w.Pass(v.Stop.Add(-9 * time.Minute))
		w.WantKind("for ten minutes, with nine left", m.BreakOut(ctx, w.visit(chair), db.Once{}, n, meeting.Parting{Minutes: 10}), fault.Conflict)
		w.must(m.BreakOut(ctx, w.visit(chair), db.Once{}, n, eight))
		w.Pass(v.Stop.Add(5 * time.Hour))
		x := w.show(chair, n)
		if !x.IsOver() || w.kept("meeting_seats")+w.kept("meeting_tables") != 0 {
			t.Errorf("at the end of the meeting: %s", x.State)
		}
	})
}

// TestBreakOutByChoice: each chooses a group by its topic and can change; whoever runs the meeting does it for those without a page; who chooses none is in none.
func TestBreakOutByChoice(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, v, _ := sitting(t, d, c, 10)
		ctx, n, m := t.Context(), v.Number, w.Meetings
		v = w.item(v, 2)
		chair, others := w.at(v.Chair), w.but(v.Chair, w.jobs(v)[meeting.Vice])
		id := func(i int) member.ID { return w.Who[i].Member.ID }
		w.must(m.BreakOut(ctx, w.visit(chair), db.Once{}, n, meeting.Parting{Minutes: 12, Choice: true, Topics: " The stall \r\n\r\nThe leaflet\nThe stall\n"}))
		x := w.show(others[0], n)
		b := x.Together.Breakout
		if b.Tables != 2 || len(x.Together.Tables) != 2 || x.Together.Tables[1].Topic != "The leaflet" || x.Together.Table.Number != 0 {
			t.Fatalf("they choose among %+v", x.Together.Tables)
		}
		sit := func(by, who, table int) error { return m.Sit(ctx, w.visit(by), n, b.ID, id(who), table) }
		w.must(sit(others[0], others[0], 1))
		w.must(sit(others[0], others[0], 2))
		w.must(sit(others[1], others[1], 2))
		w.must(sit(chair, others[2], 1))
		w.WantKind("for somebody else", sit(others[3], others[4], 1), fault.Denied)
		w.WantKind("a group that there is not", sit(others[3], others[3], 3), fault.NotFound)
		w.must(m.CheckOut(ctx, w.visit(others[5]), n))
		w.WantKind("who is not there", sit(others[5], others[5], 1), fault.Conflict)
		w.must(m.CheckIn(ctx, w.visit(others[5]), n, meeting.Room))
		if got := sizes(w.show(chair, n)); !slices.Equal(got, []int{1, 2}) || w.table(others[5], n).Number != 0 {
			t.Errorf("the groups have %v people", got)
		}
		_, err := m.WriteCard(ctx, w.visit(others[0]), n, b.ID, 2, meeting.Lines{}, meeting.Lines{"Short words"})
		w.must(err)
		w.must(sit(others[0], others[0], 1))
		_, err = m.WriteCard(ctx, w.visit(others[0]), n, b.ID, 2, meeting.Lines{}, meeting.Lines{"Long words"})
		w.WantKind("on the card of the group they left", err, fault.Denied)
		w.Pass(b.Closes)
		y := w.show(0, n).Together.Breakouts[0]
		if y.People != 3 || len(y.Cards) != 1 || y.Cards[0].Topic != "The leaflet" || y.Cards[0].Number != 2 {
			t.Errorf("it is kept as %+v", y)
		}
	})
}
