package election_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/decision"
	"folkmoot/internal/draw"
	"folkmoot/internal/election"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/role"
	"folkmoot/internal/tally"
	"folkmoot/internal/votetest"
)

// world is a group with an election under way.
type world struct {
	*votetest.World
	number int // of the election of convenors
}

func newWorld(t *testing.T, d *db.DB, c *dbtest.Clock, people int) *world {
	t.Helper()
	return newWorldOf(t, d, c, people, 2)
}

// newWorldOf is newWorld for an election of so many convenors.
func newWorldOf(t *testing.T, d *db.DB, c *dbtest.Clock, people, seats int) *world {
	t.Helper()
	return newWorldBy(t, d, c, "B", people, seats)
}

// newWorldBy is newWorldOf for a group that began with the preset.
func newWorldBy(t *testing.T, d *db.DB, c *dbtest.Clock, preset string, people, seats int) *world {
	t.Helper()
	w := &world{World: votetest.New(t, d, c, preset, people)}
	w.GiveRoles()
	w.Write(func(tx *db.Tx) error {
		return errors.Join(dbtest.Unguard(tx, "roles"), tx.Exec("UPDATE roles SET seats = ? WHERE key = 'convenors'", seats).Error)
	})
	if len(w.running()) > 0 {
		t.Fatal("an election opens before the founding meeting")
	}
	w.goTo(c.Now().AddDate(0, 0, 14))
	for _, e := range w.running() {
		if v := w.show(0, e.Number); v.Role.Key == "convenors" {
			w.number = e.Number
		}
	}
	if w.number == 0 {
		t.Fatal("nobody asked for convenors")
	}
	return w
}

func (w *world) running() []election.Election {
	w.Helper()
	out, err := w.Elections.Running(w.Context(), w.Who[0])
	if err != nil {
		w.Fatal(err)
	}
	return out
}

// goTo moves the clock and does everything that is due.
func (w *world) goTo(at time.Time) {
	w.Helper()
	w.GoTo(at)
	if err := w.TickRoles(); err != nil {
		w.Fatal(err)
	}
}

func (w *world) show(i, number int) election.View {
	w.Helper()
	v, err := w.Elections.Show(w.Context(), w.Who[i], number)
	if err != nil {
		w.Fatal(err)
	}
	return v
}

func (w *world) now() election.View { w.Helper(); return w.show(0, w.number) }

// stand has members stand.
func (w *world) stand(who ...int) {
	w.Helper()
	for _, i := range who {
		say := election.Standing{Statement: fmt.Sprint("I would do it, says ", i), Interests: "None."}
		if err := w.Elections.Stand(w.Context(), w.Who[i], w.number, say); err != nil {
			w.Fatalf("member %d stands: %v", i, err)
		}
	}
}

// vote has a member put options in order: members who stand, or -1 for asking again.
func (w *world) vote(i int, order ...int) error {
	w.Helper()
	v := w.ShowTo(w.Who[i], w.number)
	var ranking []int
	for _, o := range order {
		ref := election.RON
		if o >= 0 {
			for _, c := range w.now().Candidates {
				if c.Member == w.Who[o].Member.ID {
					ref = c.Ref
				}
			}
		}
		ranking = append(ranking, 1+slices.Index(v.Options, ref))
	}
	_, err := w.Ballots.Cast(w.Context(), w.Who[i], w.number, ballot.Vote{Ranking: ranking, Client: "mine", Basis: v.Basis})
	return err
}

// open has members stand and opens the ballot.
func (w *world) open(who ...int) {
	w.Helper()
	w.stand(who...)
	w.goTo(w.now().Until)
	w.goTo(w.now().Opens)
}

// TestRoadByElection takes an election from its opening to the powers that come of it: nominations, questions whose answers nobody reads
// early, a secret ballot by ranking, a count that anybody can repeat, objections, and terms with their dates.
func TestRoadByElection(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, ctx := newWorld(t, d, c, 14), t.Context()
		v := w.now()
		if v.State != election.Nominating || len(v.Seats) != 2 || v.Mine.ID != 0 || len(v.Candidates) != 0 {
			t.Fatalf("on the first day: %+v", v)
		}
		if err := w.Elections.Nominate(ctx, w.Who[0], w.number, w.Who[1].Member.ID); err != nil {
			t.Fatal(err)
		}
		w.WantKind("putting oneself up", w.Elections.Nominate(ctx, w.Who[0], w.number, w.Who[0].Member.ID), fault.Invalid)
		if asked, err := w.Elections.Asked(ctx, w.Who[1]); err != nil || len(asked) != 1 || len(w.now().Candidates) != 0 {
			t.Fatalf("put up: %+v, %v; others see %+v", asked, err, w.now().Candidates)
		}
		w.WantKind("standing without words", w.Elections.Stand(ctx, w.Who[1], w.number, election.Standing{}), fault.Invalid)
		w.stand(1, 2, 3, 4)
		if err := w.Elections.StandDown(ctx, w.Who[4], w.number); err != nil {
			t.Fatal(err)
		}
		if err := w.Elections.Ask(ctx, w.Who[5], db.OnceFor(1, "q"), w.number, "What will you hand over?"); err != nil {
			t.Fatal(err)
		}
		q := w.now().Questions[0].ID
		reply := func(i int) {
			t.Helper()
			if err := w.Elections.Reply(ctx, w.Who[i], w.number, q, fmt.Sprint("Answer of ", i)); err != nil {
				t.Fatal(err)
			}
		}
		reply(1)
		w.WantKind("an answer of who does not stand", w.Elections.Reply(ctx, w.Who[4], w.number, q, "Me too"), fault.NotFound)

		w.goTo(w.now().Until)
		v = w.now()
		if v.State != election.Answering || len(v.Stand()) != 3 || v.Extended {
			t.Fatalf("settled: %+v", v)
		}
		w.WantKind("standing late", w.Elections.Stand(ctx, w.Who[6], w.number, election.Standing{Statement: "x", Interests: "y"}), fault.Conflict)
		if len(v.Answers) != 0 || len(w.show(1, w.number).Answers) != 1 {
			t.Fatalf("answers before all have answered: %+v, and to their author %+v", v.Answers, w.show(1, w.number).Answers)
		}
		reply(2)
		reply(3)
		if got := w.now().Answers; len(got) != 3 {
			t.Fatalf("answers once all have answered: %+v", got)
		}

		w.goTo(v.Opens)
		b := w.Show(w.number)
		if !b.Secret || !b.IsOpen(c.Now()) || b.Method != ballot.Scottish || b.Seats != 2 || len(b.Options) != 4 || b.Options[3] != election.RON || b.RON != 4 {
			t.Fatalf("the ballot: %+v", b.Ballot)
		}
		w.WantKind("standing down when the paper is printed", w.Elections.StandDown(ctx, w.Who[1], w.number), fault.Conflict)
		_, err := w.Ballots.Cast(ctx, w.Who[0], w.number, ballot.Vote{Ranking: []int{1, 1}, Client: "mine", Basis: b.Basis})
		w.WantKind("one option twice", err, fault.Invalid)
		_, err = w.Ballots.Cast(ctx, w.Who[0], w.number, ballot.Vote{Choice: ballot.For, Client: "mine", Basis: b.Basis})
		w.WantKind("a vote for", err, fault.Invalid)
		for i := range 12 {
			order := [][]int{{1, 2}, {2, 1, 3}, {3, -1}, {1}}[i%4]
			if err := w.vote(i, order...); err != nil {
				t.Fatal(i, err)
			}
		}
		if err := w.vote(11, 2); err != nil { // thinks better of it
			t.Fatal(err)
		}

		w.goTo(b.Closes)
		v = w.now()
		r, err := w.Elections.Result(ctx, w.Who[0], w.number)
		if err != nil || v.State != election.Objecting || r.Turnout != 12 || v.Decision != "decision/2026-001" {
			t.Fatalf("counted: %+v, %+v, %v", v.Election, r, err)
		}
		recount(t, r)
		if err := w.Elections.Object(ctx, w.Who[7], w.number, "Count the papers again, please."); err != nil {
			t.Fatal(err)
		}
		w.WantKind("a second objection", w.Elections.Object(ctx, w.Who[7], w.number, "And again."), fault.Conflict)

		w.goTo(v.Final)
		v = w.now()
		m, err := w.Roles.Map(ctx, w.Who[0])
		if err != nil {
			t.Fatal(err)
		}
		terms := m.Roles[slices.IndexFunc(m.Roles, func(p role.Powers) bool { return p.Key == "convenors" })].Terms
		if v.State != election.Final || len(terms) != 2 || terms[0].Cause != v.Decision || !terms[0].Begins.Equal(v.Starts) || terms[0].Ends.Equal(terms[1].Ends) {
			t.Fatalf("terms: %+v of %+v", terms, v.Election)
		}
		for _, held := range terms { // the role has chores and no powers; whoever holds it is a member like any other
			i := slices.IndexFunc(w.Who, func(a member.Actor) bool { return a.Member.ID == held.Member })
			who, _, err := w.Members.Visit(ctx, w.Who[i].Person, w.Group.Slug)
			if err != nil || len(who.Terms) != 1 || who.Terms[0].Role != "convenors" || !who.Terms[0].Begins.Equal(held.Begins) {
				t.Errorf("whoever was elected comes in as %+v, %v", who, err)
			}
		}
		for _, kind := range []string{"election.opened", "election.settled", "question.answered", "election.counted", "election.final"} {
			if !slices.Contains(w.Kinds(v.Ref()), kind) {
				t.Errorf("%s is not on record: %v", kind, w.Kinds(v.Ref()))
			}
		}
	})
}

// recount counts the published papers anew, and wants the very same sheet.
func recount(t *testing.T, r election.Result) {
	t.Helper()
	method, _ := tally.Find(r.Method)
	e, err := r.Election("", r.Options, r.Lots(), r.Kinds)
	if err != nil {
		t.Fatal(err)
	}
	sheet, err := method.Count(e, tally.Options{RON: r.CountedRON(), Seed: r.Lots()})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(sheet)
	if err != nil || string(text) != r.Sheet {
		t.Errorf("counted anew: %s\nas stored: %s", text, r.Sheet)
	}
	var papers int64
	for _, k := range r.Kinds {
		papers += k.Papers
	}
	if papers != r.Turnout {
		t.Errorf("%d papers are published of %d", papers, r.Turnout)
	}
}

// TestNobodyIsCrownedUnopposed: with no more candidates than seats nominations go on by half once, and "ask again" can win.
func TestNobodyIsCrownedUnopposed(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, 8)
		w.stand(1)
		first := w.now()
		w.goTo(first.Until)
		v := w.now()
		if !v.Extended || v.State != election.Nominating || !v.Until.After(first.Until) || !v.Opens.After(first.Opens) {
			t.Fatalf("extended: %+v", v.Election)
		}
		w.goTo(v.Until)
		w.goTo(w.now().Opens)
		for i := range 6 {
			if err := w.vote(i, -1, 1); err != nil {
				t.Fatal(err)
			}
		}
		w.goTo(w.Show(w.number).Closes)
		if v = w.now(); v.State != election.Nobody || v.Decision == "" {
			t.Fatalf("asked again: %+v", v.Election)
		}
		r, err := w.Elections.Result(t.Context(), w.Who[0], w.number)
		if err != nil || r.Outcome != tally.NotCarried || len(r.Kinds) != 0 || !strings.Contains(r.Sheet, `"elected":[2]`) {
			t.Errorf("six papers are too few to be published, and asking again won: %+v, %v", r, err)
		}
		rv, err := w.Draws.Show(t.Context(), w.Who[0], "convenors")
		if err != nil || rv.Draw.State != draw.Asking {
			t.Errorf("then everybody is asked, for a lot: %+v, %v", rv.Draw, err)
		}
	})
}

// TestOnePlace: for one place the votes go on until somebody has more than half of those that still count, and asking again can win it
// like anybody.
func TestOnePlace(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		for _, again := range []bool{false, true} {
			w := newWorldOf(t, d, c, 12, 1)
			w.open(1, 2, 3)
			b := w.Show(w.number)
			if b.Method != ballot.IRV || b.Seats != 1 || b.RON != len(b.Options) || !b.IsOpen(c.Now()) {
				t.Fatalf("the ballot: %+v", b.Ballot)
			}
			for i := range 11 {
				order := [][]int{{1}, {2, 1}, {3, 2, 1}}[i%3]
				if again && i > 3 {
					order = []int{-1, 1}
				}
				if err := w.vote(i, order...); err != nil {
					t.Fatal(err)
				}
			}
			w.goTo(b.Closes)
			v := w.now()
			r, err := w.Elections.Result(t.Context(), w.Who[0], w.number)
			if err != nil {
				t.Fatal(err)
			}
			recount(t, r)
			if want := map[bool]election.State{false: election.Objecting, true: election.Nobody}[again]; v.State != want {
				t.Errorf("asking again wins: %v, and the election is %s", again, v.State)
			}
		}
	})
}

// TestNobodyStands: the seats stay free, the motion lapses without a ballot, and a lot is tried instead; then an election again.
func TestNobodyStands(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, 8)
		w.goTo(w.now().Until)
		w.goTo(w.now().Until)
		if v := w.now(); v.State != election.Nobody {
			t.Fatalf("nobody stood: %+v", v.Election)
		}
		m, err := w.Motions.Show(t.Context(), w.Who[0], w.number)
		if err != nil || m.State != motion.Lapsed {
			t.Fatalf("the motion: %+v, %v", m.Motion, err)
		}
		latest := func() draw.Draw {
			v, err := w.Draws.Show(t.Context(), w.Who[0], "convenors")
			if err != nil {
				t.Fatal(err)
			}
			return v.Draw
		}
		if d := latest(); d.State != draw.Asking || d.Seats != 2 {
			t.Fatalf("a lot: %+v", d)
		}
		w.goTo(latest().Closes)
		w.goTo(latest().Closes.AddDate(0, 0, 15))
		if open := w.running(); !slices.ContainsFunc(open, func(e election.Election) bool { return e.Number > w.number && e.State == election.Nominating }) {
			t.Fatalf("no election again: %+v", open)
		}
	})
}

// TestTooFewVote: an election is held once more with the same paper, and then the seats stay free; nothing is counted.
func TestTooFewVote(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, 14)
		w.open(1, 2, 3)
		for range 2 {
			if err := w.vote(1, 1); err != nil {
				t.Fatal(err)
			}
			w.goTo(w.Show(w.number).Closes)
			if again := w.Show(w.number); again.State == ballot.Announced {
				w.goTo(again.Opens)
			}
		}
		if v := w.now(); v.State != election.Nobody {
			t.Fatalf("twice too few: %+v", v.Election)
		}
		r, err := w.Elections.Result(t.Context(), w.Who[0], w.number)
		if err != nil || r.Sheet != "" || len(r.Kinds) != 0 || r.Outcome != tally.Inquorate {
			t.Errorf("%+v, %v", r, err)
		}
	})
}

// TestAVoteThatCannotBeHeld: where the key is lost twice, nobody is elected, and the role is looked after as after any election that failed.
func TestAVoteThatCannotBeHeld(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, 8)
		w.open(1, 2, 3)
		for range 2 {
			v := w.Show(w.number)
			if err := os.Remove(filepath.Join(w.Keys, "ballots", v.Ref+".key")); err != nil {
				t.Fatal(err)
			}
			w.Restart()
			c.Set(v.Closes)
			if err := w.Ballots.Tick(t.Context()); err == nil {
				t.Error("nobody is told that the key is missing")
			}
			w.goTo(v.Closes.Add(24 * time.Hour))
			if next := w.Show(w.number); next.State == ballot.Announced {
				w.goTo(next.Opens)
			}
		}
		w.goTo(c.Now().Add(24 * time.Hour))
		if v := w.now(); v.State != election.Nobody || v.Decision != "" {
			t.Fatalf("a vote that was stopped twice: %+v", v.Election)
		}
		rv, err := w.Draws.Show(t.Context(), w.Who[0], "convenors")
		if err != nil || rv.Draw.State != draw.Asking {
			t.Errorf("then everybody is asked, for a lot: %+v, %v", rv.Draw, err)
		}
	})
}

// TestLeavingStandsDown: who leaves stands no longer, and who is the last to stand ends the election.
func TestLeavingStandsDown(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, 8)
		w.stand(1, 2, 3)
		w.goTo(w.now().Until)
		for _, i := range []int{1, 2, 3} {
			if _, err := w.Members.Leave(t.Context(), w.Who[i], false); err != nil {
				t.Fatal(err)
			}
		}
		w.goTo(c.Now())
		if v := w.now(); v.State != election.Nobody || len(v.Stand()) != 0 {
			t.Fatalf("all have left: %+v", v)
		}
	})
}

// TestWaiverIsUsedUpByElection: who is elected although the limits stand against them uses their waiver up, and everybody sees which limits did.
// Somebody whose term members end while they are voted on is not given the next one, and the seat stays free.
func TestWaiverIsUsedUpByElection(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, 14)
		served := func(i, seat int, begins, ends time.Time) (ref string) {
			t.Helper()
			w.Write(func(tx *db.Tx) error {
				r, err := role.Find(tx, w.Group.ID, "convenors")
				if err != nil {
					return err
				}
				ref = fmt.Sprint("t_served_", i)
				why, err := role.Begin(tx, w.Ledger, w.Group, r, role.Term{
					Ref: ref, Group: w.Group.ID, Role: r.ID, Member: w.Who[i].Member.ID, Seat: seat, Begins: begins, Ends: ends, Cause: "decision/2025-001",
				}, w.Who[i].Member)
				if err == nil && why != "" {
					err = errors.New(string(why))
				}
				return err
			})
			return ref
		}
		served(1, 1, c.Now().AddDate(0, 0, -280), c.Now().AddDate(0, 0, -100))
		holds := served(2, 2, c.Now(), w.now().Starts) // goes on to the next term, if elected
		w.Write(func(tx *db.Tx) error {
			_, err := role.WaiveByDecision(tx, w.Ledger, w.Group, "decision/2025-002", "convenors", w.Who[1].Member.Ref)
			return err
		})
		w.open(1, 2, 3, 4, 5)
		b := w.Show(w.number)
		for i := range 14 {
			order := []int{1, 2}
			if i%2 == 1 {
				order = []int{2, 1}
			}
			if err := w.vote(i, order...); err != nil {
				t.Fatal(i, err)
			}
		}
		w.goTo(b.Closes)
		w.Write(func(tx *db.Tx) error {
			_, _, err := role.EndByDecision(tx, w.Ledger, w.Group, holds)
			return err
		})
		w.goTo(w.now().Final)
		m, err := w.Roles.Map(t.Context(), w.Who[0])
		if err != nil || m.Waivers.All != 1 || m.Waivers.List[0].Term == 0 || !slices.Contains(m.Waivers.List[0].Bars, role.Cooling) {
			t.Errorf("used up: %+v, %v", m.Waivers, err)
		}
		terms := m.Roles[slices.IndexFunc(m.Roles, func(p role.Powers) bool { return p.Key == "convenors" })].Terms
		if len(terms) != 1 || terms[0].Member != w.Who[1].Member.ID {
			t.Errorf("given: %+v", terms)
		}
		v, err := w.Decisions.Show(t.Context(), w.Who[0], "2026-001")
		if err != nil || len(v.Effects) != 2 || !slices.ContainsFunc(v.Effects, func(e decision.Effect) bool { return e.Why == role.RecalledBefore }) {
			t.Errorf("done by itself: %+v, %v", v.Effects, err)
		}
	})
}

// TestG10_NobodySignsTheirOwnElection: who stood does not put their name under the count, whether they won or lost, nor as somebody new; who stood
// down before the vote does, as everybody else.
func TestG10_NobodySignsTheirOwnElection(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, 14)
		w.stand(4)
		if err := w.Elections.StandDown(t.Context(), w.Who[4], w.number); err != nil {
			t.Fatal(err)
		}
		w.open(1, 2, 3)
		b := w.Show(w.number)
		for i := range 12 {
			if err := w.vote(i, 1, 2); err != nil {
				t.Fatal(i, err)
			}
		}
		w.goTo(b.Closes)
		if _, err := w.Members.Leave(t.Context(), w.Who[3], false); err != nil {
			t.Fatal(err)
		}
		for what, who := range map[string]member.Actor{"who won": w.Who[1], "who lost": w.Rejoin(w.Who[3], "Back")} {
			w.WantKind(what, w.Ballots.SignCount(t.Context(), who, b.ID), fault.Denied)
			if v, err := w.Decisions.Show(t.Context(), who, "2026-001"); err != nil || v.MaySign || v.Common != "" {
				t.Errorf("%s is asked to sign: %v", what, err)
			}
		}
		if err := errors.Join(w.Ballots.SignCount(t.Context(), w.Who[4], b.ID), w.Ballots.SignCount(t.Context(), w.Who[5], b.ID)); err != nil {
			t.Error(err)
		}
	})
}

// TestLeavingAsTheBallotOpens: the clock may open the ballot before it has published the answers. Whoever leaves in between is on the paper, as who
// leaves a moment later is, and the vote goes on.
func TestLeavingAsTheBallotOpens(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, 14)
		w.stand(1)
		w.goTo(w.now().Until) // extended
		w.goTo(w.now().Until)
		c.Set(w.now().Opens)
		if err := w.Ballots.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		if v := w.now(); v.State != election.Answering || !w.Show(w.number).IsOpen(c.Now()) {
			t.Fatalf("%s, and the ballot is %s", v.State, w.Show(w.number).State)
		}
		if _, err := w.Members.Leave(t.Context(), w.Who[1], false); err != nil {
			t.Fatal(err)
		}
		w.goTo(c.Now())
		if v := w.now(); v.State != election.Voting || len(v.Stand()) != 1 {
			t.Errorf("after they left: %s, %d stand", v.State, len(v.Stand()))
		}
	})
}
