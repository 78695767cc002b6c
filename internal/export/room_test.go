package export_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/export"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/votetest"
)

// TestARoomIsExported: files of votes in a meeting hold, with every way in which one can end, and say where it was, and with how many.
func TestARoomIsExported(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c)
		hold := func(title string, secret bool, room ballot.Room, voters int, more bool) {
			t.Helper()
			p := votetest.Sample(title)
			p.Text.Forum = motion.AtMeeting
			m, err := w.Motions.Propose(t.Context(), w.Who[0], db.Once{}, 0, p)
			for i := 1; err == nil && m.State == motion.Seeking; i++ {
				m, err = w.Motions.Support(t.Context(), w.Who[i], m.Number, m.Version)
			}
			for i := 0; err == nil && secret && i < w.Rulebook().SecretRequest; i++ {
				m, err = w.Motions.AskSecret(t.Context(), w.Who[i], m.Number)
			}
			if err != nil {
				t.Fatal(err)
			}
			w.Schedule(m, "meeting/1", c.Now().Add(time.Hour))
			w.NotReached(m, "meeting/1")
			w.Schedule(m, room.Meeting, c.Now().Add(time.Hour))
			b, err := w.TryRoom(m.Number, room)
			if err != nil {
				t.Fatal(err)
			}
			if more {
				w.Write(func(tx *db.Tx) error { return w.Ballots.Extend(tx, b.ID, "connections") })
			}
			for i, a := range w.Who[:voters] {
				c.Advance(time.Second)
				w.Cast(a, m.Number, ballot.Choices()[i%2])
			}
			for _, who := range room.Tellers {
				i := slices.IndexFunc(w.Who, func(a member.Actor) bool { return a.Member.ID == who })
				if _, err := w.Ballots.CountHands(t.Context(), w.Who[i], m.Number, w.Show(m.Number).ByHand, ballot.Hands{For: 1, Abstain: 1}); err != nil {
					t.Fatal(err)
				}
			}
			c.Advance(time.Second)
			w.Tick()
			if v := w.Show(m.Number); !v.IsCounted() {
				w.GoTo(v.Closes)
			}
		}
		all := w.Present(7)
		hold("Early and in secret", true, ballot.Room{Meeting: "meeting/2", Present: all[:5]}, 5, false)
		hold("By name and extended", false, ballot.Room{Meeting: "meeting/3", Present: all, Named: true}, 6, true)
		hold("Too few", false, ballot.Room{Meeting: "meeting/3", Present: all[:3]}, 2, true)
		hold("By hand", false, ballot.Room{Meeting: "meeting/3", Present: all, ByHand: all[5:], Tellers: all[:2]}, 5, false)
		hold("By hand, and too few", false, ballot.Room{Meeting: "meeting/3", Present: all[:4], ByHand: all[2:4], Tellers: all[:2]}, 0, false)
		for _, n := range []string{"2026-001", "2026-002", "2026-003", "2026-004", ""} {
			for _, hide := range []bool{false, true} {
				_, text := w.file(w.Who[0], n, export.Options{Format: export.JSON, HideNames: hide})
				check(t, text)
			}
		}
		_, text := w.file(w.Who[0], "2026-002", export.Options{Format: export.Markdown})
		for _, says := range []string{"at meeting 3, with 7 present. 7 of them could vote.", "It was a vote by name."} {
			if !strings.Contains(strings.Join(strings.Fields(text), " "), says) {
				t.Errorf("the file does not say %q:\n%s", says, text)
			}
		}
		_, text = w.file(w.Who[0], "2026-004", export.Options{Format: export.Markdown})
		if says := "By hand: 1 for, 0 against, 1 abstain."; !strings.Contains(strings.Join(strings.Fields(text), " "), says) {
			t.Errorf("the file does not say %q:\n%s", says, text)
		}
	})
}
