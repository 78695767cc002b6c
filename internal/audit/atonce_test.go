package audit

import (
	"strings"
	"testing"
	"time"

	"folkmoot/internal/agree"
	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/votetest"
)

// spot is a crew that decides on the spot in every way that it can end.
func spot(t *testing.T, d *db.DB, c *dbtest.Clock, keys string) *road {
	t.Helper()
	r := &road{World: votetest.FoundIn(t, d, c, keys, member.Founding{Name: "Crew", Aim: "We sing.", Preset: "A", Zone: "UTC", Lang: "en", By: "Tula"})}
	r.Invite("Ada", "Bo", "Cem")
	c.Advance(60 * day)
	yes := agree.Answer{Response: agree.Yes}
	concern := agree.Answer{Response: agree.Aside, Words: "The hall is shut."}
	block := agree.Answer{Response: agree.Block, Ground: agree.Aim, Names: "We sing", Words: "Nobody can sing there."}
	put := func(sentence string) motion.Motion {
		t.Helper()
		c.Advance(time.Hour)
		m, err := r.Ballots.DecideNow(r.Context(), r.Who[0], db.Once{}, sentence)
		r.must(err)
		return m
	}
	decide := func(sentence string, all ...agree.Answer) motion.Motion {
		t.Helper()
		m := put(sentence)
		for i, a := range all {
			c.Advance(time.Second)
			_, err := r.Ballots.Answer(r.Context(), r.Who[i+1], m.Number, db.Once{}, a)
			r.must(err)
		}
		if len(all)+1 < len(r.Who) {
			c.Advance(ballot.AtOnceTime)
		}
		r.Tick()
		return m
	}
	object := func(m motion.Motion, all ...agree.Answer) {
		t.Helper()
		ds, err := r.Decisions.About(r.Context(), m.ID)
		r.must(err)
		for _, a := range all {
			_, err := r.Decisions.Object(r.Context(), r.Who[3], db.Once{}, ds[len(ds)-1].Number(), a)
			r.must(err)
		}
	}
	decide("We meet on Mondays.", yes, yes, yes)
	decide("We sing in the hall.", yes, concern, yes)
	m := decide("We sing in the yard.")
	r.must(func() error { _, err := r.Motions.Withdraw(r.Context(), r.Who[0], m.Number); return err }())
	object(decide("We sing in the rain.", yes, yes), agree.Answer{Response: agree.Concern, Words: "It is cold."}, block)
	again := decide("We sing twice.")
	if decide("we sing TWICE", yes, yes).ID != again.ID {
		t.Error("it was put again as another proposal")
	}
	decide("We sing on Sundays.", yes, yes)
	c.Advance(6 * day)
	r.Tick()
	object(decide("We sing at night.", yes, yes), agree.Answer{Response: agree.Concern, Words: "Who sleeps?"})
	m = put("We sing now.")
	_, err := r.Ballots.Answer(r.Context(), r.Who[1], m.Number, db.Once{}, concern)
	r.must(err)
	return r
}

// TestWhatIsDecidedAtOnceIsRebuilt: what the entries say of sentences that were decided on the spot is what stands in the tables, and the files hold.
func TestWhatIsDecidedAtOnceIsRebuilt(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		r := spot(t, d, c, t.TempDir())
		for _, x := range compare(t, d) {
			t.Errorf("%+v", x)
		}
		all := r.files()
		for _, says := range []string{
			"agree 4, concern 0, not heard from 0", "agree 3, concern 1, not heard from 0", "The hall is shut.", "I have a concern", "Agreed, provisional", "Agreed, then blocked",
			"Nobody can sing there.", "Who sleeps?", "The decision stands since", "Somebody has a concern, so this is not decided.",
		} {
			if !strings.Contains(all, says) {
				t.Errorf("no file says %q", says)
			}
		}
		for _, never := range []string{"I stand aside", "aside 1"} {
			if strings.Contains(all, never) {
				t.Errorf("a file says %q", never)
			}
		}
	})
}
