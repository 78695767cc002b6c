package ballot_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/agree"
	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/motion"
	"folkmoot/internal/tally"
	"folkmoot/internal/votetest"
)

var concern = agree.Answer{Response: agree.Aside, Words: "The lease ends in May."}

// atOnce has the first member put a sentence to those who are there.
func atOnce(w *votetest.World) ballot.View {
	w.Helper()
	m, err := w.Ballots.DecideNow(w.Context(), w.Who[0], db.Once{}, "  We meet on  Tuesdays. ")
	if err != nil {
		w.Fatal(err)
	}
	return w.Show(m.Number)
}

// TestDecideAtOnce: all who are there agree, and enough are, or the sentence stays an ordinary proposal (practice.md §2.16).
func TestDecideAtOnce(t *testing.T) {
	for _, tt := range []struct {
		name   string
		people int
		says   []agree.Answer // of the others
		want   tally.Outcome
		reason tally.Reason
		call   tally.Call
		state  motion.State
	}{
		{"everybody agrees", 3, []agree.Answer{yes, yes}, tally.Carried, tally.EnoughAgree, tally.Call{Agree: 3, Entitled: 3}, motion.Carried},
		{"one is not there", 3, []agree.Answer{yes}, tally.Carried, tally.EnoughAgree, tally.Call{Agree: 2, Entitled: 3}, motion.Carried},
		{"one of seven has a concern", 7, []agree.Answer{yes, yes, yes, yes, yes, concern}, tally.NotAgreed, tally.TooManyAside, tally.Call{Agree: 6, Aside: 1, Entitled: 7}, motion.Tabled},
		{"nobody else is there", 3, nil, tally.Inquorate, tally.TooFewVoted, tally.Call{}, motion.Tabled},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
				w := votetest.New(t, d, c, "A", tt.people)
				v := atOnce(w)
				if !v.Calls() || !v.IsAtOnce() || v.Secret || v.InRoom() || v.Closes.Sub(v.Opens) != ballot.AtOnceTime || v.Entitled != tt.people || !v.Voted || v.Mine != yes {
					t.Fatalf("called as %+v", v)
				}
				if v.Motion.Title != "We meet on Tuesdays." || v.Motion.Kind != motion.Action || v.Motion.State != motion.Voting {
					t.Errorf("the sentence is %+v", v.Motion)
				}
				online := v.Motion.Opens
				for i, a := range tt.says {
					w.Clock.Advance(time.Second)
					if _, err := w.Ballots.Answer(t.Context(), w.Who[i+1], v.Motion.Number, db.Once{}, a); err != nil {
						t.Fatal(err)
					}
				}
				if len(tt.says)+1 < tt.people {
					w.Tick()
					if w.Show(v.Motion.Number).IsCounted() {
						t.Error("it did not wait for who was not there")
					}
					w.Clock.Set(v.Closes)
				}
				w.Tick()
				v = w.Show(v.Motion.Number)
				r, err := v.Result()
				if err != nil || r.Outcome != tt.want || r.Reason != tt.reason || v.Answers != tt.call {
					t.Errorf("%+v, %+v: %v", r, v.Answers, err)
				}
				if v.ClosedEarly() != (len(tt.says)+1 == tt.people) || v.Motion.State != tt.state {
					t.Errorf("closed at %s, and the proposal is %s", v.Closes, v.Motion.State)
				}
				if all := decided(w, v.Motion.ID); len(all) != 1 || all[0].Outcome != tt.want {
					t.Errorf("recorded %+v", all)
				}
				if tt.state == motion.Tabled && (v.Motion.Opens.Before(online) || v.Motion.Meeting != "" || v.Motion.TextUntil.Before(c.Now())) {
					t.Errorf("it goes on as %+v", v.Motion)
				}
			})
		})
	}
}

// TestWhatIsNotDecidedAtOnce: large groups, groups that vote, what is no sentence, a second call, and answers that no such call takes.
func TestWhatIsNotDecidedAtOnce(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		ctx := t.Context()
		for _, g := range []struct {
			preset string
			people int
			want   string
		}{{"A", 8, "decide.no.large"}, {"B", 5, "decide.no.rules"}} {
			w := votetest.New(t, d, c, g.preset, g.people)
			_, err := w.Ballots.DecideNow(ctx, w.Who[0], db.Once{}, "We meet on Tuesdays.")
			if fault.KindOf(err) != fault.Conflict || said(err) != g.want {
				t.Errorf("%s: %v", g.want, err)
			}
		}
		w := votetest.New(t, d, c, "A", 4)
		for _, s := range []string{"", " \u200b ", strings.Repeat("a", motion.MaxSentence+1)} {
			if _, err := w.Ballots.DecideNow(ctx, w.Who[0], db.Once{}, s); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%q: %v", s, err)
			}
		}
		once := db.OnceFor(1, "decide")
		m, err := w.Ballots.DecideNow(ctx, w.Who[0], once, "We meet on Tuesdays.")
		if err != nil {
			t.Fatal(err)
		}
		if again, err := w.Ballots.DecideNow(ctx, w.Who[0], once, "We meet on Tuesdays."); err != nil || again.ID != m.ID {
			t.Errorf("the form sent again: %+v, %v", again, err)
		}
		if _, err := w.Ballots.DecideNow(ctx, w.Who[1], db.Once{}, "We meet on Mondays."); said(err) != "decide.no.open" {
			t.Errorf("a second call: %v", err)
		}
		for _, a := range []agree.Answer{doubts, blocks, {Response: "none"}} {
			if _, err := w.Ballots.Answer(ctx, w.Who[1], m.Number, db.Once{}, a); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s is taken: %v", a.Response, err)
			}
		}
		if _, err := w.Ballots.Answer(ctx, w.Who[0], m.Number, db.Once{}, concern); err != nil {
			t.Errorf("who wrote it thinks again: %v", err)
		}
	})
}

// said returns which sentence a refusal says.
func said(err error) string {
	if e, ok := errors.AsType[*fault.Error](err); ok {
		return e.Say.ID
	}
	return ""
}

// TestTheSameIsNotDecidedAtOnceAgain: a sentence is the matter of one proposal at a time, whatever its letters look like, and is not asked again while others can stop it, nor in the
// days in which what was not agreed is not taken up again. Where too few answered, its writer asks again without a second proposal.
func TestTheSameIsNotDecidedAtOnceAgain(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		ctx := t.Context()
		w := votetest.New(t, d, c, "A", 3)
		ask := func(who int, s string) (motion.Motion, string) {
			m, err := w.Ballots.DecideNow(ctx, w.Who[who], db.Once{}, s)
			if f := fault.Fields(err); f != nil {
				return m, f["sentence"].ID
			}
			return m, said(err)
		}
		answer := func(m motion.Motion, a agree.Answer, who ...int) {
			t.Helper()
			for _, i := range who {
				if _, err := w.Ballots.Answer(ctx, w.Who[i], m.Number, db.Once{}, a); err != nil {
					t.Fatal(err)
				}
			}
			w.Clock.Set(w.Show(m.Number).Closes)
			w.Tick()
		}
		later := func(days int) {
			t.Helper()
			w.Clock.Advance(time.Duration(days) * 24 * time.Hour)
			w.Tick()
		}
		refused := func(want string, who int, s string) {
			t.Helper()
			if _, no := ask(who, s); no != want {
				t.Errorf("%q: %q, want %q", s, no, want)
			}
		}
		w.Table(false)
		refused("decide.same.on_its_way", 1, " we do it by MAY ")
		refused("decide.same.on_its_way", 1, "Buy a kettle!")
		// Too few answer: whoever wrote it asks again, nobody else does, and not tomorrow.
		lonely, no := ask(0, "We paint the door.")
		if no != "" {
			t.Fatal(no)
		}
		answer(lonely, yes)
		refused("decide.same.on_its_way", 1, "We paint the door")
		again, no := ask(0, "We paint the door")
		if no != "" || again.ID != lonely.ID {
			t.Fatalf("asked again: %+v, %s", again, no)
		}
		if v := w.Show(again.Number); v.Round != 2 || !v.IsOpen(c.Now()) {
			t.Errorf("%+v", v.Ballot)
		}
		answer(again, yes, 1)
		refused("decide.same.provisional", 0, "We paint the door.")
		refused("decide.same.provisional", 1, "We paint the door.")
		for _, unseen := range []string{"\ufe0f", "\u17b4", "\u3164", "\U0001d159", "\u00ad", "\u200d", "\U000e0020"} {
			refused("decide.same.provisional", 1, "We paint"+unseen+" the door.")
		}
		// Once it stands, the same can be decided again.
		later(6)
		if m, no := ask(1, "We paint the door."); no != "" {
			t.Error("it stands, and the same: ", no)
		} else {
			answer(m, concern, 0, 2)
			refused("decide.same.on_its_way", 0, "We paint the door.")
			if _, err := w.Motions.Withdraw(ctx, w.Who[1], m.Number); err != nil {
				t.Fatal(err)
			}
			later(3)
			refused("decide.same.lately", 0, "We paint the door.")
			later(31)
			if _, no := ask(0, "We paint the door."); no != "" {
				t.Error("after the days of the rules: ", no)
			}
		}
	})
}

// TestAnotherSumIsAnotherMatter: a wrong sentence put first does not bar the right one, which differs from it by a mark only.
func TestAnotherSumIsAnotherMatter(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "A", 3)
		for _, s := range []string{"We pay 1.50 euros.", "We pay 150 euros.", "We pay 15.0 euros.", "We raise the dues by 5%.", "We raise the dues by 5€.", "We raise the dues by -5€."} {
			m, err := w.Ballots.DecideNow(t.Context(), w.Who[0], db.Once{}, s)
			if err != nil {
				t.Fatalf("%s: %v %v", s, err, fault.Fields(err))
			}
			if m.Title != s {
				t.Errorf("%q is kept as %q", s, m.Title)
			}
			if _, err := w.Ballots.Answer(t.Context(), w.Who[1], m.Number, db.Once{}, yes); err != nil {
				t.Fatal(err)
			}
			w.Clock.Set(w.Show(m.Number).Closes)
			w.Tick()
		}
	})
}

// TestNobodyFloodsTheGroupWithSentences: after as many as one table decides in a day, somebody else has to ask.
func TestNobodyFloodsTheGroupWithSentences(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "A", 3)
		for i := range ballot.AtOnceMostADay + 1 {
			m, err := w.Ballots.DecideNow(t.Context(), w.Who[0], db.Once{}, "Point "+strings.Repeat("x", i+1))
			if i == ballot.AtOnceMostADay {
				if fault.KindOf(err) != fault.Conflict || said(err) != "decide.no.often" {
					t.Errorf("the last: %v", err)
				}
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			w.Clock.Set(w.Show(m.Number).Closes)
			w.Tick()
		}
		if _, err := w.Ballots.DecideNow(t.Context(), w.Who[1], db.Once{}, "Another thing."); err != nil {
			t.Errorf("somebody else: %v", err)
		}
		w.Clock.Set(c.Now().Add(24 * time.Hour))
		w.Tick()
		if _, err := w.Ballots.DecideNow(t.Context(), w.Who[0], db.Once{}, "Tomorrow."); err != nil {
			t.Errorf("the next day: %v", err)
		}
	})
}
