package motion_test

import (
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/motion"
	"folkmoot/internal/votetest"
)

// forMeeting returns the numbers of what a meeting that opens then can decide.
func forMeeting(w *votetest.World, opens time.Time, limit int) (out []int) {
	w.Helper()
	w.Read(func(tx *db.Tx) error {
		ms, err := motion.ForMeeting(tx, w.Group.ID, opens, limit)
		for _, m := range ms {
			out = append(out, m.Number)
		}
		return err
	})
	return out
}

// TestAMeetingGetsWhatWaitsForIt: what was tabled as long before as a meeting is called ahead, the oldest first, and nothing else.
func TestAMeetingGetsWhatWaitsForIt(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "B", 12)
		notice := time.Duration(w.Rulebook().NoticeDays.Meeting) * day
		w.Table(false) // to be decided online
		first := w.TableForMeeting(false)
		if first.Opens != first.Tabled.Add(motion.FallbackTime) || first.Fallback != first.Opens || first.Due != first.Opens {
			t.Errorf("its vote opens %v, tabled %v", first.Opens, first.Tabled)
		}
		c.Set(c.Now().Add(time.Hour))
		second := w.TableForMeeting(false)
		third := w.TableForMeeting(false)
		if got := forMeeting(w, first.Tabled.Add(notice-time.Millisecond), 9); len(got) != 0 {
			t.Errorf("%v were not known in time", got)
		}
		if got := forMeeting(w, first.Tabled.Add(notice), 9); len(got) != 1 || got[0] != first.Number {
			t.Errorf("got %v, want the first", got)
		}
		if got := forMeeting(w, second.Tabled.Add(notice), 9); len(got) != 3 || got[0] != first.Number || got[2] != third.Number {
			t.Errorf("got %v, want three, the oldest first", got)
		}
		if got := forMeeting(w, second.Tabled.Add(notice), 2); len(got) != 2 {
			t.Errorf("got %v, want two", got)
		}
		if got := forMeeting(w, first.Opens, 9); len(got) != 2 || got[0] != second.Number {
			t.Errorf("got %v: whose online vote opens is not for the meeting", got)
		}
		w.Schedule(second, "meeting/1", c.Now().Add(10*day))
		if _, err := w.Motions.Withdraw(t.Context(), w.Who[0], third.Number); err != nil {
			t.Fatal(err)
		}
		if got := forMeeting(w, second.Tabled.Add(notice), 9); len(got) != 1 || got[0] != first.Number {
			t.Errorf("got %v: what is on an agenda, or is to be withdrawn, waits for no meeting", got)
		}
	})
}

// TestWhatIsOnAnAgendaBelongsToTheMeeting: its words stand, and its mover cannot take it back (practice.md §2.3.1).
func TestWhatIsOnAnAgendaBelongsToTheMeeting(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "B", 12)
		m := w.TableForMeeting(false)
		if err := m.MayEdit(m.Mover, c.Now()); err != nil {
			t.Fatalf("before the notice: %v", err)
		}
		m = w.Schedule(m, "meeting/1", c.Now().Add(10*day))
		if m.TextUntil != c.Now() || m.Meeting != "meeting/1" || m.Meetings != 1 || !m.OnAgenda() || m.Opens != m.Fallback {
			t.Errorf("scheduled: %+v", m)
		}
		for what, err := range map[string]error{
			"reword": m.MayEdit(m.Mover, c.Now()), "withdraw": m.MayWithdraw(m.Mover, c.Now()), "take support back": m.MayUnsupport(w.Who[1].Member.ID, c.Now()),
		} {
			if fault.KindOf(err) != fault.Conflict {
				t.Errorf("%s: %v", what, err)
			}
		}
		if _, err := w.Motions.Withdraw(t.Context(), w.Who[0], m.Number); fault.KindOf(err) != fault.Conflict {
			t.Errorf("it was withdrawn: %v", err)
		}
		if m.MayAskSecret(c.Now()) != nil || m.MayArgue(c.Now()) != nil {
			t.Error("secrecy and statements are open until the vote")
		}
		again := w.Schedule(m, "meeting/1", c.Now().Add(20*day))
		if again != m {
			t.Errorf("scheduled twice: %+v", again)
		}
	})
}

// TestNotReachedTwiceGoesOnline: nothing lapses for want of time.
func TestNotReachedTwiceGoesOnline(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "B", 12)
		m := w.TableForMeeting(false)
		m = w.Schedule(m, "meeting/1", c.Now().Add(10*day))
		c.Set(c.Now().Add(10 * day))
		if same := w.NotReached(m, "meeting/7"); same != m {
			t.Error("another meeting took it off the agenda")
		}
		m = w.NotReached(m, "meeting/1")
		if m.OnAgenda() || m.Opens != m.Fallback || m.GoesOnline() {
			t.Errorf("after the first meeting: %+v", m)
		}
		if m.MayEdit(m.Mover, c.Now()) == nil || m.MayWithdraw(m.Mover, c.Now()) == nil {
			t.Error("what a meeting had before it stays as it is")
		}
		m = w.Schedule(m, "meeting/2", c.Now().Add(10*day))
		c.Set(c.Now().Add(10 * day))
		m = w.NotReached(m, "meeting/2")
		if want := c.Now().Add(time.Duration(w.Rulebook().NoticeDays.Meeting) * day); m.Opens != want || m.Due != want || !m.GoesOnline() {
			t.Errorf("its vote opens %v, want %v", m.Opens, want)
		}
		if same := w.NotReached(m, "meeting/2"); same != m {
			t.Error("told twice, it waits longer")
		}
		if got := forMeeting(w, c.Now().Add(day), 9); len(got) != 0 {
			t.Errorf("%v waits for a third meeting", got)
		}
		w.Write(func(tx *db.Tx) error {
			if err := motion.Schedule(tx, w.Ledger, w.Group, m, "meeting/3", c.Now().Add(day)); fault.KindOf(err) != fault.Conflict {
				t.Errorf("a third meeting: %v", err)
			}
			return nil
		})
		w.GoTo(m.Opens)
		if v := w.Show(m.Number); v.InRoom() || v.Closes != w.Rulebook().BallotWindow(v.Opens, w.Group.Zone) {
			t.Errorf("the vote is not everybody's: %+v", v.Ballot)
		}
	})
}

// TestNoMeetingHoldsAProposalBack: sixty days after it was tabled members vote, whoever calls a meeting for when, or none (G4).
func TestNoMeetingHoldsAProposalBack_G4(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "B", 12)
		began := c.Now()
		none := w.TableForMeeting(false)
		held := w.TableForMeeting(false)
		held = w.Schedule(held, "meeting/1", began.AddDate(9, 0, 0))
		if most := began.Add(motion.FallbackTime + 7*day); held.Opens != most {
			t.Errorf("a meeting in nine years puts the vote off until %v, want %v", held.Opens, most)
		}
		w.GoTo(none.Opens)
		if m := w.Motion(none.ID); m.State != motion.Voting {
			t.Errorf("without a meeting it is %s", m.State)
		}
		w.GoTo(held.Opens)
		if m := w.Motion(held.ID); m.State != motion.Voting {
			t.Errorf("for a meeting that never comes it is %s", m.State)
		}
		w.Write(func(tx *db.Tx) error {
			if err := motion.Schedule(tx, w.Ledger, w.Group, held, "meeting/2", c.Now()); fault.KindOf(err) != fault.Conflict {
				t.Errorf("while members vote: %v", err)
			}
			return nil
		})
	})
}

// TestTheForumIsChosenWithTheWords: it changes like them, is part of what is supported, and no going to and fro puts the vote off.
func TestTheForumIsChosenWithTheWords(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "B", 12)
		began := c.Now()
		p := votetest.Sample("Buy a kettle")
		p.Text.Forum, p.AboutPerson = motion.AtMeeting, true
		if _, err := w.Motions.Propose(t.Context(), w.Who[0], db.Once{}, 0, p); fault.Fields(err)["forum"].ID != "motion.bad_forum" {
			t.Errorf("about somebody, in a room: %v", err)
		}
		m := w.Table(false)
		usual := m.Opens
		text := func(f motion.Forum) motion.Text {
			t := votetest.Sample("Buy a kettle").Text
			t.Forum = f
			return t
		}
		move := func(f motion.Forum) {
			t.Helper()
			var err error
			if m, err = w.Motions.Reword(t.Context(), w.Who[0], m.Number, m.Version, text(f)); err != nil {
				t.Fatal(err)
			}
		}
		move(motion.AtMeeting)
		if m.Version != 2 || m.Forum != motion.AtMeeting || m.Opens != began.Add(motion.FallbackTime) {
			t.Errorf("moved to a meeting: %+v", m)
		}
		for range 5 {
			c.Set(c.Now().Add(6 * time.Hour))
			move(motion.Online)
			if m.Opens != usual {
				t.Errorf("online again it opens %v, at first %v", m.Opens, usual)
			}
			move(motion.AtMeeting)
			if m.Opens != began.Add(motion.FallbackTime) {
				t.Errorf("after %v its vote opens %v", c.Now().Sub(began), m.Opens)
			}
		}
		c.Set(c.Now().Add(20 * day))
		move(motion.Online)
		if m.Opens.Before(c.Now().Add(12*time.Hour)) || m.Opens.After(c.Now().Add(2*day)) || m.TextUntil.After(c.Now()) {
			t.Errorf("moved late it opens %v, and its words stand from %v on", m.Opens, m.TextUntil)
		}
		_, err := w.Motions.Reword(t.Context(), w.Who[0], m.Number, m.Version, text(motion.AtMeeting))
		if fault.KindOf(err) != fault.Conflict {
			t.Errorf("put off once more: %v", err)
		}
		var words motion.Version
		w.Read(func(tx *db.Tx) (err error) {
			words, err = motion.TextOf(tx, m.ID, 2)
			return err
		})
		online := words.Text
		online.Forum = motion.Online
		if words.Forum != motion.AtMeeting || words.Hash != online.Hash() {
			t.Errorf("version 2: %+v", words) // where is not among what is voted on
		}
	})
}
