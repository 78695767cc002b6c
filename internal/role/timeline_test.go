package role_test

import (
	"slices"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/draw"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/role"

	"pgregory.net/rapid"
)

// TestTimeline: what was drawn is on the picture from the group's first day on, with the time in which nobody held a seat, and the planned end.
func TestTimeline(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 8)
		begun := c.Now()
		w.Say(draw.Yes, 1, 2)
		w.goTo(w.show(0).Draw.Closes)
		w.goTo(w.show(0).Draw.At)
		terms := w.show(0).Terms
		if len(terms) != 2 {
			t.Fatalf("%d terms", len(terms))
		}
		w.goTo(terms[0].Begins.AddDate(0, 0, 10))
		got, err := w.Roles.Timeline(w.Context(), w.Who[0], false)
		if err != nil || len(got.Roles) != 3 || len(got.Roles[2].Seats) != 2 || got.Folded || got.Cut || !got.From.Equal(begun) {
			t.Fatalf("%+v, %v", got, err)
		}
		for _, s := range got.Roles[2].Seats {
			i := slices.IndexFunc(terms, func(t role.Term) bool { return t.Seat == s.Seat })
			if len(s.Stretches) != 2 || !s.Stretches[0].Nobody() || !s.Stretches[0].Ends.Equal(terms[i].Begins) || s.Stretches[1].Ref != terms[i].Ref || s.Stretches[1].Name == "" {
				t.Errorf("place %d: %+v", s.Seat, s.Stretches)
			}
		}
		if !got.Until.Equal(terms[0].Ends) && !got.Until.Equal(terms[1].Ends) {
			t.Errorf("it goes on until %s", got.Until)
		}

		w.Clock.Set(terms[0].Ends.AddDate(3, 0, 0))
		folded, err := w.Roles.Timeline(w.Context(), w.Who[0], false)
		if err != nil || !folded.Folded || len(folded.Roles[2].Seats[0].Stretches) != 1 {
			t.Errorf("three years later, folded: %+v, %v", folded, err)
		}
		all, err := w.Roles.Timeline(w.Context(), w.Who[0], true)
		if err != nil || all.Folded || all.Cut || len(all.Roles[2].Seats[0].Stretches) != 3 {
			t.Errorf("three years later, all: %+v, %v", all, err)
		}
		_, err = w.Roles.Timeline(w.Context(), member.Actor{}, true)
		w.WantKind("somebody from outside", err, fault.NotFound)
	})
}

// TestTimelineProperties: on every seat somebody or nobody is there at every moment from the beginning until now, and never both.
func TestTimelineProperties(t *testing.T) {
	day0 := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	at := func(days int) time.Time { return day0.AddDate(0, 0, days) }
	rapid.Check(t, func(t *rapid.T) {
		now, begun, from := at(1000), at(rapid.IntRange(0, 1000).Draw(t, "begun")), at(rapid.IntRange(0, 1000).Draw(t, "from"))
		roles := []role.Role{{ID: 7, Begun: begun, Type: role.Type{Key: "tellers", Seats: 2}}}
		var held []role.Stretch
		for seat := 1; seat <= 2; seat++ {
			for day := rapid.IntRange(0, 300).Draw(t, "first"); day < 1300; day += rapid.IntRange(0, 200).Draw(t, "pause") {
				long := rapid.IntRange(1, 400).Draw(t, "days")
				s := role.Stretch{Term: role.Term{ID: role.TermID(len(held) + 1), Role: 7, Seat: seat, Begins: at(day), Ends: at(day + long)}}
				if day+long > int(from.Sub(day0).Hours()/24) && day >= int(begun.Sub(day0).Hours()/24) {
					held = append(held, s)
				}
				day += long
			}
		}
		for _, seat := range role.NewTimeline(roles, rapid.Permutation(held).Draw(t, "order"), from, now).Roles[0].Seats {
			end := begun
			if from.After(begun) {
				end = from
			}
			for i, s := range seat.Stretches {
				if s.Begins.After(end) && end.Before(now) {
					t.Errorf("place %d: from %s to %s there is neither somebody nor nobody", seat.Seat, end, s.Begins)
				}
				if i > 0 && s.Begins.Before(end) {
					t.Errorf("place %d: two at once from %s", seat.Seat, s.Begins)
				}
				if s.Nobody() && s.Ends.After(now) {
					t.Errorf("place %d: nobody until %s, which has not been decided", seat.Seat, s.Ends)
				}
				end = s.Over()
			}
			if end.Before(now) {
				t.Errorf("place %d ends at %s", seat.Seat, end)
			}
		}
	})
}
