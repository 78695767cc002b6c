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
