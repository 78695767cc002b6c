package ballot_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"folkmoot/internal/agree"
	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/decision"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/tally"
	"folkmoot/internal/votetest"
)

var (
	yes     = agree.Answer{Response: agree.Yes}
	doubts  = agree.Answer{Response: agree.Reservation, Words: "It is dear."}
	aside   = agree.Answer{Response: agree.Aside}
	blocks  = agree.Answer{Response: agree.Block, Ground: agree.Aim, Names: "We buy nothing new", Words: "This is new."}
	because = agree.Answer{Response: agree.Aside, Words: "I have no time."}
)

// calls brings a proposal before a meeting of the first n members and calls for agreement on it there.
func calls(w *votetest.World, n int) ballot.View {
	w.Helper()
	m := w.TableForMeeting(false)
	w.Schedule(m, meeting, w.Clock.Now().Add(time.Hour))
	return callAgain(w, m.Number, n)
}

func callAgain(w *votetest.World, number, n int) ballot.View {
	w.Helper()
	w.Clock.Advance(time.Second)
	if _, err := w.TryRoom(number, ballot.Room{Meeting: meeting, Present: w.Present(n), Agree: true}); err != nil {
		w.Fatal(err)
	}
	return w.Show(number)
}

// say has the first members answer a call, and closes it when its time is over, or everybody has answered.
func say(w *votetest.World, v ballot.View, all ...agree.Answer) ballot.View {
	w.Helper()
	for i, a := range all {
		if _, err := w.Ballots.Answer(w.Context(), w.Who[i], v.Motion.Number, db.Once{}, a); err != nil {
			w.Fatal(err)
		}
	}
	if len(all) < v.Entitled {
		w.Clock.Set(v.Closes)
	}
	w.Tick()
	return w.Show(v.Motion.Number)
}

// decided returns the decisions on a motion.
func decided(w *votetest.World, m motion.ID) []decision.Decision {
	w.Helper()
	all, err := w.Decisions.About(w.Context(), m)
	if err != nil {
		w.Fatal(err)
	}
	return all
}

// TestCallsForAgreement: what each comes to, what the record prints of it, and where the proposal is then (practice.md §2.7).
func TestCallsForAgreement(t *testing.T) {
	for _, tt := range []struct {
		name   string
		people int // all of them are here, and active
		says   []agree.Answer
		want   tally.Outcome
		reason tally.Reason
		call   tally.Call
		state  motion.State
	}{
		{"agreed", 10, []agree.Answer{yes, yes, yes, yes, yes, yes, doubts}, tally.Carried, tally.EnoughAgree, tally.Call{Agree: 6, Reservation: 1, Entitled: 10}, motion.Carried},
		{"a third aside", 9, []agree.Answer{yes, yes, yes, yes, yes, yes, aside, aside, because}, tally.Carried, tally.EnoughAgree, tally.Call{Agree: 6, Aside: 3, Entitled: 9}, motion.Carried},
		{"more than a third aside", 9, []agree.Answer{yes, yes, yes, yes, aside, aside, because}, tally.NotAgreed, tally.TooManyAside, tally.Call{Agree: 4, Aside: 3, Entitled: 9}, motion.Tabled},
		{"blocked", 9, []agree.Answer{yes, yes, yes, yes, yes, yes, yes, blocks}, tally.Blocked, tally.EnoughBlock, tally.Call{Agree: 7, Block: 1, Entitled: 9}, motion.Tabled},
		{"one block among twelve", 12, []agree.Answer{yes, yes, yes, yes, yes, yes, blocks}, tally.Blocked, tally.EnoughBlock, tally.Call{Agree: 6, Block: 1, Entitled: 12}, motion.Tabled},
		{"one block among thirteen", 13, []agree.Answer{yes, yes, yes, yes, yes, yes, blocks}, tally.Carried, tally.EnoughAgree, tally.Call{Agree: 6, Block: 1, Entitled: 13}, motion.Carried},
		{"two blocks among thirteen", 13, []agree.Answer{yes, yes, yes, yes, yes, blocks, blocks}, tally.Blocked, tally.EnoughBlock, tally.Call{Agree: 5, Block: 2, Entitled: 13}, motion.Tabled},
		{"too few answer", 10, []agree.Answer{yes}, tally.Inquorate, tally.TooFewVoted, tally.Call{}, motion.Tabled},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
				w := votetest.New(t, d, c, "A", tt.people)
				v := calls(w, tt.people)
				if !v.Calls() || v.Secret || v.Closes.Sub(v.Opens) != time.Minute || v.Entitled != tt.people {
					t.Fatalf("called as %+v", v.Ballot)
				}
				online := v.Motion.Opens
				v = say(w, v, tt.says...)
				r, err := v.Result()
				if err != nil || r.Outcome != tt.want || r.Reason != tt.reason || v.Answers != tt.call || v.Votes != (tally.Votes{}) {
					t.Errorf("%+v, %+v: %v", r, v.Answers, err)
				}
				if v.Motion.State != tt.state {
					t.Errorf("the proposal is %s", v.Motion.State)
				}
				all := decided(w, v.Motion.ID)
				if len(all) != 1 || all[0].Outcome != tt.want || all[0].Decided() != (tt.want == tally.Carried) {
					t.Errorf("recorded %+v", all)
				}
				if tt.state == motion.Tabled && (v.Motion.Opens != online || v.Motion.Meeting != meeting || !v.Motion.Closes.IsZero()) {
					t.Errorf("back on the agenda as %+v", v.Motion)
				}
			})
		})
	}
}

// TestAfterABlock: the words can be changed and called on again; if the block remains the group votes, by three quarters, and why somebody blocked stands
// beside what it decides.
func TestAfterABlock(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "A", 8)
		v := say(w, calls(w, 8), yes, yes, yes, yes, yes, yes, yes, blocks)
		words := votetest.Sample("Buy a used kettle").Text
		words.Forum = motion.Online
		if _, err := w.Motions.Reword(t.Context(), w.Who[0], v.Motion.Number, v.Version, words); fault.KindOf(err) != fault.Conflict {
			t.Errorf("it leaves the meeting by its words: %v", err)
		}
		words.Forum = motion.AtMeeting
		m, err := w.Motions.Reword(t.Context(), w.Who[0], v.Motion.Number, v.Version, words)
		if err != nil || m.Version != 2 || m.Meeting != meeting {
			t.Fatalf("%+v: %v", m, err)
		}
		if err := m.MayUnsupport(w.Who[1].Member.ID, c.Now()); fault.KindOf(err) != fault.Conflict {
			t.Errorf("it falls for want of support: %v", err)
		}
		v = say(w, callAgain(w, m.Number, 8), yes, yes, yes, yes, yes, yes, yes, blocks)
		if v.Round != 2 || v.Version != 2 || v.Outcome != tally.Blocked {
			t.Fatalf("%+v", v.Ballot)
		}
		w.Clock.Advance(time.Second)
		if _, err := w.TryRoom(m.Number, ballot.Room{Meeting: meeting, Present: w.Present(8)}); err != nil {
			t.Fatal(err)
		}
		if v = w.Show(m.Number); v.Rule != tally.ThreeQuarters() || v.Round != 3 || v.Calls() {
			t.Fatalf("the vote: %+v", v.Ballot)
		}
		for i, a := range w.Who {
			choice := ballot.For
			if i > 5 {
				choice = ballot.Against
			}
			w.Cast(a, m.Number, choice)
		}
		w.Tick()
		all := decided(w, m.ID)
		if len(all) != 3 || all[2].Outcome != tally.Carried {
			t.Fatalf("%+v", all)
		}
		shown, err := w.Decisions.Show(t.Context(), w.Who[0], all[2].Number())
		if err != nil || len(shown.Reports) != 1 || shown.Reports[0].Author != w.Who[7].Member.ID || !strings.Contains(shown.Reports[0].Text, blocks.Names) {
			t.Errorf("beside it: %+v, %v", shown.Reports, err)
		}
	})
}

// TestAFallbackOnline: who does not agree in the room and does not vote there votes online, on the day that was set before.
func TestAFallbackOnline(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "A", 8)
		v := say(w, calls(w, 8), yes, yes, aside, aside, aside)
		w.GoTo(v.Motion.Opens)
		if v = w.Show(v.Motion.Number); v.State != ballot.Open || v.InRoom() || v.Round != 2 || v.Entitled != 8 {
			t.Fatalf("%+v", v.Ballot)
		}
		w.GoTo(v.Closes) // nobody votes
		if v = w.Show(v.Motion.Number); v.State != ballot.Announced || v.Round != 3 || v.Motion.State != motion.Inquorate {
			t.Errorf("it is not held once more: %+v", v.Ballot)
		}
	})
}

// TestWhoAnswersACall: who is here and on the roll, until it closes; anybody can change it, and only what counts is taken.
func TestWhoAnswersACall(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "A", 8)
		v := calls(w, 6)
		try := func(a member.Actor, once string, say agree.Answer) error {
			_, err := w.Ballots.Answer(t.Context(), a, 1, db.OnceFor(int64(a.Member.ID), once), say)
			return err
		}
		w.WantKind("who is not here", try(w.Who[7], "", yes), fault.Denied)
		w.WantKind("a stranger", try(member.Actor{}, "", yes), fault.NotFound)
		for name, a := range map[string]agree.Answer{
			"answer": {Response: "perhaps"}, "ground": {Response: agree.Block, Names: "Aim", Words: "No."}, "names": {Response: agree.Block, Ground: agree.Aim, Words: "No."},
			"words": {Response: agree.Reservation},
		} {
			err := try(w.Who[0], "", a)
			w.WantKind(name, err, fault.Invalid)
			if _, ok := fault.Fields(err)[name]; !ok {
				t.Errorf("%s: %v", name, fault.Fields(err))
			}
		}
		_, err := w.Ballots.Cast(t.Context(), w.Who[0], 1, ballot.Vote{Choice: ballot.For})
		w.WantKind("a vote", err, fault.Conflict)
		for i, a := range []agree.Answer{blocks, yes} {
			if err := try(w.Who[0], fmt.Sprint("form", i), a); err != nil {
				t.Fatal(err)
			}
		}
		if err := try(w.Who[0], "form1", yes); err != nil {
			t.Errorf("the same form again: %v", err)
		}
		w.WantKind("an old form again", try(w.Who[0], "form0", blocks), fault.Conflict)
		if mine := w.ShowTo(w.Who[0], 1); mine.Mine != yes || mine.TookPart != 1 || !mine.Voted {
			t.Errorf("they see %+v of %d", mine.Mine, mine.TookPart)
		}
		if other := w.ShowTo(w.Who[1], 1); other.Mine != (agree.Answer{}) || other.Answers != (tally.Call{}) {
			t.Errorf("others see %+v", other)
		}
		c.Set(v.Closes)
		w.WantKind("too late", try(w.Who[1], "", yes), fault.Conflict)
		for _, refuse := range []struct {
			what   string
			preset string
			secret bool
		}{{"a group that votes", "B", false}, {"where somebody wants secrecy", "A", true}} {
			o := votetest.New(t, d, c, refuse.preset, 8)
			m := o.TableForMeeting(refuse.secret)
			o.Schedule(m, meeting, c.Now().Add(time.Hour))
			_, err := o.TryRoom(m.Number, ballot.Room{Meeting: meeting, Present: o.Present(6), Agree: true})
			o.WantKind(refuse.what, err, fault.Conflict)
		}
	})
}

// TestTheLastAnswerAndTheClose: answers that come at once are all counted, the call closes once, and it closes early when everybody has answered.
func TestTheLastAnswerAndTheClose(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "A", 8)
		calls(w, 8)
		var all sync.WaitGroup
		for _, a := range w.Who {
			all.Go(func() {
				if _, err := w.Ballots.Answer(t.Context(), a, 1, db.Once{}, yes); err != nil {
					t.Error(err)
				}
			})
			all.Go(func() {
				if err := w.Ballots.Tick(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		w.Tick()
		v := w.Show(1)
		if !v.ClosedEarly() || v.Answers.Agree != 8 || len(decided(w, v.Motion.ID)) != 1 {
			t.Errorf("%+v", v.Ballot)
		}
		if _, err := w.Ballots.Answer(t.Context(), w.Who[0], 1, db.Once{}, blocks); fault.KindOf(err) != fault.Conflict {
			t.Errorf("an answer after the close: %v", err)
		}
	})
}

// TestWhoIsNamed: beside what is on record of the answers stand those who want it and those who block; nothing that is kept, or in the log, tells whose the rest is,
// and the order tells nothing either.
func TestWhoIsNamed(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "A", 9)
		named := aside
		named.Named = true
		unnamed := because
		v := say(w, calls(w, 9), yes, unnamed, doubts, named, blocks, yes, yes, yes, yes)
		ref := func(i int) string { return w.Who[i].Member.Ref }
		w.Read(func(tx *db.Tx) error {
			told, err := ballot.ToldIn(tx, v.Ballot)
			var got []agree.Said
			for _, one := range told {
				got = append(got, one.Said)
			}
			want := []agree.Said{
				{Response: agree.Reservation, Words: doubts.Words}, {Response: agree.Aside, Member: ref(3)}, {Response: agree.Aside, Words: because.Words},
				{Response: agree.Block, Member: ref(4), Words: blocks.Words, Ground: blocks.Ground, Names: blocks.Names},
			}
			if !slices.Equal(got, want) {
				t.Errorf("on record: %+v", got)
			}
			var left int
			if err := tx.Raw("SELECT (SELECT COUNT(*) FROM call_answers) + (SELECT COUNT(*) FROM open_votes)").Scan(&left).Error; err != nil || left != 0 {
				t.Errorf("%d rows still tell who answered what: %v", left, err)
			}
			var leaves []string
			if err := tx.Raw("SELECT leaf FROM ledger_entries").Scan(&leaves).Error; err != nil {
				return err
			}
			for _, leaf := range leaves {
				if !strings.Contains(leaf, `"kind":"ballot.closed"`) {
					continue
				}
				for i := range w.Who {
					if strings.Contains(leaf, ref(i)) != (i == 3 || i == 4) {
						t.Errorf("member %d stands in %s", i, leaf)
					}
				}
			}
			return err
		})
	})
}

// callOnline brings a proposal before the group that is to be decided online by agreement, and opens its call.
func callOnline(w *votetest.World) ballot.View {
	w.Helper()
	p := votetest.Sample("Buy a kettle")
	p.Text.Forum = motion.ByAgreement
	m, err := w.Motions.Propose(w.Context(), w.Who[0], db.Once{}, 0, p)
	if err != nil {
		w.Fatal(err)
	}
	for _, a := range w.Who[1:] {
		if now := w.Motion(m.ID); now.State == motion.Seeking {
			if _, err := w.Motions.Support(w.Context(), a, now.Number, now.Version); err != nil {
				w.Fatal(err)
			}
		}
	}
	w.GoTo(w.Motion(m.ID).Opens)
	return w.Show(w.Motion(m.ID).Number)
}

// TestCallsOnline: where a proposal says so, everybody is asked for agreement over days. What is agreed stands at once, for nobody was absent; after a block the words can be
// changed and are called on again, and if they are not, members vote by three quarters.
func TestCallsOnline(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "A", 8)
		v := callOnline(w)
		if !v.Calls() || v.InRoom() || v.Entitled != 8 || v.Closes.Sub(v.Opens) < 72*time.Hour {
			t.Fatalf("called as %+v", v.Ballot)
		}
		if v = say(w, v, yes, yes, yes, yes, yes, doubts, aside); v.TookPart != 0 || v.Motion.State != motion.Carried || v.Answers != (tally.Call{Agree: 5, Reservation: 1, Aside: 1, Entitled: 8}) {
			t.Errorf("%+v, %s", v.Ballot, v.Motion.State)
		}
		if all := decided(w, v.Motion.ID); len(all) != 1 || all[0].Window.State != "" {
			t.Errorf("recorded %+v", all)
		}
		v = say(w, callOnline(w), yes, yes, yes, yes, yes, blocks)
		m := v.Motion
		if m.State != motion.Tabled || m.Meeting != "" || m.Opens.Sub(v.Closes) < 14*24*time.Hour || !m.TextUntil.Before(m.Opens) {
			t.Fatalf("after the block: %+v", m)
		}
		words := votetest.Sample("Buy a used kettle").Text
		words.Forum = motion.ByAgreement
		if _, err := w.Motions.Reword(t.Context(), w.Who[0], m.Number, m.Version, words); err != nil {
			t.Fatal(err)
		}
		w.GoTo(m.Opens)
		if v = w.Show(m.Number); !v.Calls() || v.Version != 2 || v.Round != 2 {
			t.Fatalf("changed words: %+v", v.Ballot)
		}
		v = say(w, v, yes, yes, yes, aside, aside, aside)
		if m = v.Motion; m.State != motion.Tabled || m.Opens.Sub(v.Closes) < agree.DraftTime {
			t.Fatalf("not agreed: %+v", m)
		}
		w.GoTo(m.Opens)
		if v = w.Show(m.Number); v.Calls() || v.Rule != tally.ThreeQuarters() {
			t.Errorf("the same words again: %+v", v.Ballot)
		}
		v = callOnline(w)
		number := v.Motion.Number
		if v = say(w, v, yes); v.Motion.State != motion.Inquorate {
			t.Fatalf("too few: %+v", v.Motion)
		}
		w.GoTo(v.Motion.Opens)
		if v = w.Show(number); !v.Calls() || !v.IsOpen(c.Now()) {
			t.Fatalf("once more: %+v", v.Ballot)
		}
		if v = say(w, v, yes); v.Motion.State != motion.Lapsed {
			t.Errorf("too few twice: %s", v.Motion.State)
		}
	})
}

// TestWhoCallsOnline: only a group whose rules decide by agreement does, on nothing that is about a person; and a secret vote that enough ask for is a vote.
func TestWhoCallsOnline(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		p := votetest.Sample("Buy a kettle")
		p.Text.Forum = motion.ByAgreement
		w := votetest.New(t, d, c, "B", 6)
		if _, err := w.Motions.Propose(t.Context(), w.Who[0], db.Once{}, 0, p); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a group that votes: %v", err)
		}
		w = votetest.New(t, d, c, "A", 6)
		p.AboutPerson = true
		if _, err := w.Motions.Propose(t.Context(), w.Who[0], db.Once{}, 0, p); fault.KindOf(err) != fault.Invalid {
			t.Errorf("about a person: %v", err)
		}
	})
}

// TestAnswersLeaveTheLog: once a call is counted, no file of the database has what somebody said without their name.
func TestAnswersLeaveTheLog(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	w := votetest.New(t, dbtest.SQLite(t, c), c, "A", 6)
	v := calls(w, 6)
	nameless := []byte("I have my doubts about the boiler.")
	found := func() (in []string) {
		t.Helper()
		for _, name := range []string{w.DB.Path(), w.DB.Path() + "-wal"} {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(text, nameless) {
				in = append(in, filepath.Base(name))
			}
		}
		return in
	}
	if _, err := w.Ballots.Answer(t.Context(), w.Who[1], v.Motion.Number, db.Once{}, agree.Answer{Response: agree.Aside, Words: string(nameless)}); err != nil {
		t.Fatal(err)
	}
	if len(found()) == 0 {
		t.Fatal("the search finds nothing while the call is open")
	}
	if _, err := w.Ballots.Answer(t.Context(), w.Who[1], v.Motion.Number, db.Once{}, yes); err != nil { // they take it back
		t.Fatal(err)
	}
	w.Clock.Set(v.Closes)
	w.Tick()
	if in := found(); len(in) > 0 {
		t.Errorf("what was taken back is left in %v", in)
	}
}
