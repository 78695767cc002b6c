package audit

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/draw"
	"folkmoot/internal/member"
	"folkmoot/internal/role"
	"folkmoot/internal/votetest"
)

// learning is a group in which roles are learnt and handed over: understudies alone and by lot, a list that is changed, a handover that is
// finished and forgotten and one that never is, and a question that is counted.
func learning(t *testing.T, d *db.DB, c *dbtest.Clock, keys string) {
	t.Helper()
	r := &road{World: votetest.FoundIn(t, d, c, keys, member.Founding{Name: "Learners", Aim: "We learn.", Preset: "B", Zone: "Europe/Madrid", Lang: "es", By: "Lea"})}
	names := make([]string, 9)
	for i := range names {
		names[i] = "Learner " + strconv.Itoa(i)
	}
	r.Invite(names...)
	ctx, h := r.Context(), r.Handovers
	at := func(to time.Time) { r.Helper(); c.Set(to); r.must(h.Tick(ctx)) }
	at(c.Now().AddDate(0, 0, 60))
	teller, office := r.begin("tellers", 1, 90), r.begin("convenors", 2, 180)
	for i := 3; i < 6; i++ {
		r.must(h.Volunteer(ctx, r.Who[i], "tellers", teller.Ref, true))
	}
	at(teller.Begins.AddDate(0, 0, 30))
	at(c.Now().AddDate(0, 0, 2)) // the lot falls
	v, err := h.Show(ctx, r.Who[0], "tellers")
	r.must(err)
	first := slices.IndexFunc(r.Who, func(a member.Actor) bool { return a.Member.ID == v.Terms[0].Understudy })
	r.must(h.Stop(ctx, r.Who[first], "tellers", teller.Ref))
	c.Advance(time.Hour)
	r.must(h.ChangeList(ctx, r.Who[1], "tellers", "What to bring\nWhom to call"))
	at(teller.Ends.AddDate(0, 0, -21))
	r.must(h.Write(ctx, r.Who[1], "tellers", teller.Ref, map[int]string{1: "Pens."}))
	at(teller.Ends)
	r.begin("tellers", 6, 90)
	r.must(h.Check(ctx, r.Who[6], "tellers", teller.Ref, []int{1, 2}))
	r.must(h.Meet(ctx, r.Who[6], "tellers", teller.Ref))
	r.must(h.Finish(ctx, r.Who[6], "tellers", teller.Ref))
	r.must(h.Volunteer(ctx, r.Who[7], "convenors", office.Ref, true))
	at(office.Ends.AddDate(0, 0, -42))
	r.must(h.Answer(ctx, r.Who[3], "convenors", draw.Yes))
	r.must(h.Answer(ctx, r.Who[4], "convenors", draw.NotNow))
	_, err = r.Members.Leave(ctx, r.Who[7], false)
	r.must(err)
	at(office.Ends.AddDate(0, 0, -7))
	at(teller.Ends.AddDate(1, 0, 0))
	r.must(r.Ballots.Close())
}

// begin gives a member a term, as a decision would.
func (r *road) begin(key string, who, days int) (t role.Term) {
	r.Helper()
	r.Write(func(tx *db.Tx) error {
		ro, err := role.Find(tx, r.Group.ID, key)
		if err != nil {
			return err
		}
		t = role.Term{
			Ref: "t_" + key + strconv.Itoa(who), Group: r.Group.ID, Role: ro.ID, Member: r.Who[who].Member.ID, Seat: 1, Caps: ro.Caps,
			Begins: tx.Now, Ends: tx.Now.AddDate(0, 0, days), Cause: "draw/9",
		}
		why, err := role.Begin(tx, r.Ledger, r.Group, ro, t, r.Who[who].Member)
		if why != "" {
			r.Fatal(why)
		}
		return err
	})
	r.must(r.Handovers.Tick(r.Context()))
	return t
}
