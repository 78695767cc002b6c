package election_test

import (
	"slices"
	"testing"
	"time"

	"folkmoot/internal/consent"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/draw"
	"folkmoot/internal/election"
	"folkmoot/internal/fault"
	"folkmoot/internal/motion"
	"folkmoot/internal/revival"
	"folkmoot/internal/role"
	"folkmoot/internal/rulebook"
	"folkmoot/internal/votetest"
)

// TestZeroHumanClock_6_2_1 leaves groups of each preset alone for 400 days after people were elected, agreed on and drawn once: no power is left, nobody
// was given another, and nothing was decided. The clock went on asking by itself for as long as anybody might have answered; then it told
// everybody that the group is asleep, and archived it.
func TestZeroHumanClock_6_2_1(t *testing.T) {
	for _, preset := range rulebook.Names() {
		t.Run(string(preset), func(t *testing.T) {
			dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
				w := &world{World: votetest.New(t, d, c, string(preset), 9)}
				w.GiveRoles()
				w.KeepRhythm()
				waits := w.TableForMeeting(false) // that nobody calls
				start, most := c.Now(), 0
				w.goTo(start)
				told, asked := time.Time{}, 0
				for day := 0; day <= 400 && w.awake(); day += 2 {
					w.goTo(start.AddDate(0, 0, day))
					w.actOnce()
					most = max(most, w.held())
					asked += w.wantAsked()
					told = w.look(told)
				}
				if w.awake() || told.IsZero() || c.Now().Sub(told) < revival.Notice+revival.Grace {
					t.Errorf("told at %v, and archived: %v at %v", told, !w.awake(), c.Now())
				}
				if seats := seatsOf(preset); w.held() > 0 || most < 2 || most < seats/2 {
					t.Errorf("after 400 days %d terms are under way, and at most %d were", w.held(), most)
				}
				if m := w.Motion(waits.ID); m.State != motion.Lapsed {
					t.Errorf("what waited for a meeting is %s", m.State)
				}
				if asked == 0 {
					t.Error("at no time was a role free, and so nobody was asked")
				}
				var decided, carried, met int64
				w.Read(func(tx *db.Tx) error {
					if err := tx.Raw("SELECT COUNT(*) FROM meetings").Scan(&met).Error; err != nil {
						return err
					}
					if err := tx.Raw("SELECT COUNT(*) FROM decisions").Scan(&decided).Error; err != nil {
						return err
					}
					return tx.Raw("SELECT COUNT(*) FROM decisions WHERE outcome = 'carried'").Scan(&carried).Error
				})
				// The rule calls a meeting every four weeks, where there is one, until the group counts as asleep.
				if rules, _ := rulebook.Preset(preset); (rules.Meeting.EveryWeeks > 0) != (met > 1) || met > 14 {
					t.Errorf("%d meetings were called", met)
				}
				if carried > 2 {
					t.Errorf("%d decisions without anybody", carried)
				}
				if open := w.running(); len(open) > 0 || len(w.selections()) > 0 {
					t.Errorf("in an archived group people are asked: %+v", open)
				}
			})
		})
	}
}

// seatsOf is how many seats the roles have that a group begins with.
func seatsOf(preset rulebook.Name) (n int) {
	for _, t := range role.Types(preset) {
		n += t.Seats
	}
	return n
}

// selections are those under way.
func (w *world) selections() []consent.View {
	w.Helper()
	all, err := w.Consent.Running(w.Context(), w.Who[0])
	if err != nil {
		w.Fatal(err)
	}
	return all
}

// awake says whether the group is not archived.
func (w *world) awake() bool {
	w.Helper()
	return w.Actor(int64(w.Who[0].Member.ID)).Group.Archived.IsZero()
}

// look does what time brings about for sleeping groups, and returns when the group was told that it is one.
func (w *world) look(told time.Time) time.Time {
	w.Helper()
	if err := w.Revivals.Tick(w.Context()); err != nil {
		w.Fatal(err)
	}
	v, err := w.Revivals.Show(w.Context(), w.Who[0])
	if err != nil {
		w.Fatal(err)
	}
	if told.IsZero() && v.IsOpen() {
		return v.Noticed
	}
	return told
}

// wantAsked fails the test if nobody is asked for a role that nobody holds any more, and returns how many such roles there are. While the
// first terms are under way it looks at none.
func (w *world) wantAsked() (free int) {
	w.Helper()
	rules, _ := rulebook.Preset(rulebook.Name(w.Group.Preset))
	if w.Clock.Now().Sub(w.Group.Third) < time.Duration(min(200, rules.Office.TermDays+20))*24*time.Hour {
		return 0
	}
	open := w.running()
	m, err := w.Roles.Map(w.Context(), w.Who[0])
	if err != nil {
		w.Fatal(err)
	}
	for _, r := range m.Roles {
		if len(r.Terms) > 0 {
			continue
		}
		free++
		draws, err := w.Draws.Latest(w.Context(), w.Who[0], []role.ID{r.ID})
		if err != nil {
			w.Fatal(err)
		}
		d := draws[r.ID]
		asks := d.State == draw.Asking || d.State == draw.Announced || d.State == draw.Nobody ||
			slices.ContainsFunc(open, func(e election.Election) bool { return e.Role == r.ID }) ||
			slices.ContainsFunc(w.selections(), func(x consent.View) bool { return x.Role.ID == r.ID })
		if !asks {
			w.Errorf("nobody is asked for %s any more: %+v", r.Key, d)
		}
	}
	return free
}

// held returns how many terms are under way.
func (w *world) held() int {
	w.Helper()
	m, err := w.Roles.Map(w.Context(), w.Who[0])
	if err != nil {
		w.Fatal(err)
	}
	n := 0
	for _, r := range m.Roles {
		for _, t := range r.Terms {
			if t.Holds(w.Clock.Now()) {
				n++
			}
		}
	}
	return n
}

// actOnce has people stand, answer and vote in the first election, selection and draw of each role, and never again.
func (w *world) actOnce() {
	w.Helper()
	for _, x := range w.selections() {
		if x.Number == 1 {
			w.agreeOnce(x)
		}
	}
	for _, e := range w.running() {
		if e.Number > 2 {
			continue // the first two are those of convenors and treasurers
		}
		w.number = e.Number
		switch {
		case e.State == election.Nominating && len(w.now().Candidates) == 0:
			w.stand(3*e.Number-2, 3*e.Number-1, 3*e.Number) // different people for each, so that nobody holds two
		case e.State == election.Voting && w.Show(e.Number).IsOpen(w.Clock.Now()):
			for i := range 7 {
				if err := w.vote(i, 3*e.Number-2, 3*e.Number-1); err != nil {
					w.Fatal(err)
				}
			}
		}
	}
	v, err := w.Draws.Asked(w.Context(), w.Who[7])
	if err != nil {
		w.Fatal(err)
	}
	for _, a := range v {
		if a.Number > 1 {
			continue
		}
		for _, i := range []int{7, 8} {
			if err := w.Draws.Say(w.Context(), w.Who[i], a.Number, draw.Yes); err != nil {
				w.Fatal(err)
			}
		}
	}
}

// agreeOnce has all members name one of two, agree, and those two say yes.
func (w *world) agreeOnce(x consent.View) {
	w.Helper()
	for i, a := range w.Who {
		var err error
		switch x.State {
		case consent.Naming:
			err = w.Consent.Write(w.Context(), a, x.Number, w.Who[i%2].Member.ID, "They would do it well.")
		case consent.Asking:
			for _, n := range x.Proposed() {
				if n.Member != a.Member.ID && err == nil {
					err = w.Consent.Answer(w.Context(), a, x.Number, n.Turn, consent.Agree, "")
				}
			}
		case consent.Accepting:
			if i < 2 {
				err = w.Consent.Accept(w.Context(), a, x.Number)
			}
		}
		if err != nil && fault.KindOf(err) != fault.Conflict { // the step may be over, if nothing has run since
			w.Fatal(err)
		}
	}
}
