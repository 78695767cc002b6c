package audit

import (
	"slices"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
)

// unaided has somebody who neither facilitates nor keeps the door go out and be let in at the door, without a device, while all others who may would count hands. It returns who.
func (r meetingRoad) unaided(v meeting.View) int {
	r.Helper()
	ctx, busy, keeper := r.Context(), append([]member.ID{v.Chair, v.Second}, v.About...), -1
	for _, x := range v.Terms {
		if x.Job == meeting.Doors && !x.Shadow {
			busy, keeper = append(busy, x.Member), r.at(x.Member)
		}
	}
	who := slices.IndexFunc(r.Who, func(a member.Actor) bool { return !slices.Contains(busy, a.Member.ID) })
	r.must(r.Meetings.CheckOut(ctx, r.visit(who), v.Number))
	r.must(r.Meetings.LetIn(ctx, r.visit(keeper), v.Number, r.Who[who].Member.ID))
	for i := range r.Who {
		if i != who { // nobody counts hands from elsewhere
			r.must(r.Meetings.CheckIn(ctx, r.visit(i), v.Number, meeting.Room))
			r.must(r.Meetings.WouldCount(ctx, r.visit(i), v.Number, true))
		}
	}
	r.Clock.Advance(time.Second)
	return who
}

// count has both who count hands write down the same numbers.
func (r meetingRoad) count(n int, id meeting.ItemID, h ballot.Hands) {
	r.Helper()
	found := 0
	for i := range r.Who {
		v, err := r.Meetings.Show(r.Context(), r.visit(i), n)
		r.must(err)
		if v.Raising.Counting == nil {
			continue
		}
		again, err := r.Meetings.CountHands(r.Context(), r.visit(i), n, id, v.Raising.Vote.ByHand, h)
		r.must(err)
		if found++; again {
			r.Fatal("they count again")
		}
	}
	if found != ballot.Tellers {
		r.Fatalf("%d count hands", found)
	}
}

// TestHandsAreRebuilt: whatever becomes of a show of hands, the tables are as the record says, at every moment.
func TestHandsAreRebuilt(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		r := crafts(t, d, c, t.TempDir(), "Mender", 9)
		open := func(title string, present int) ballot.View {
			r.Helper()
			m := r.waits(title)
			r.Schedule(m, "meeting/9", c.Now().Add(time.Hour))
			here := r.Present(present)
			_, err := r.TryRoom(m.Number, ballot.Room{Meeting: "meeting/9", Present: here, ByHand: here[present-2:], Tellers: here[:2]})
			r.must(err)
			same(t, d, "now")
			return r.Show(m.Number)
		}
		said := func(m motion.Motion, who int, h ballot.Hands) {
			r.Helper()
			_, err := r.Ballots.CountHands(r.Context(), r.Who[who], m.Number, r.Show(m.Number).ByHand, h)
			r.must(err)
			same(t, d, "now")
		}
		for title, hands := range map[string][]ballot.Hands{
			"Nobody counts": nil, "One counts": {{For: 1}}, "They do not agree": {{For: 1}, {Against: 1}}, "They agree": {{For: 1, Abstain: 1}, {For: 1, Abstain: 1}},
		} {
			v := open(title, 8)
			for _, a := range r.Who[:5] {
				r.Cast(a, v.Motion.Number, ballot.For)
			}
			for i, h := range hands {
				said(v.Motion, i, h)
			}
			r.GoTo(v.Closes)
			same(t, d, "now")
			r.GoTo(v.HandsUntil())
			same(t, d, "now")
		}
		v := open("Too few", 4)
		said(v.Motion, 0, ballot.Hands{For: 1})
		said(v.Motion, 1, ballot.Hands{For: 1})
		r.GoTo(v.Closes)
		same(t, d, "now")
	})
}
