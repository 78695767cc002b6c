package meeting_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/ledger"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/procedure"
)

// typed has the codes of the meeting's door made, and typed for members on a device on which nobody is signed in.
func (w world) typed(maker, number int, who ...int) {
	w.Helper()
	secret, err := w.Meetings.MakeCodes(w.Context(), w.visit(maker), number)
	w.must(err)
	sheet, err := w.Meetings.DoorCodes(w.Context(), w.visit(maker), number, secret, 0)
	w.must(err)
	for _, p := range sheet.People {
		if slices.Contains(who, w.at(p.Member)) {
			_, err := w.Meetings.ComeByCode(w.Context(), sheet.Code, p.Code, member.Actor{}, "here")
			w.must(err)
		}
	}
}

// TestNobodyAbsentIsDrawn: somebody offers to facilitate and goes home, and others type their code: they count, and are drawn for nothing. Nor does whoever is noted begin the meeting or offer anything.
func TestNobodyAbsentIsDrawn(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 8)
		ctx := t.Context()
		m := w.called()
		n, home := m.Number, 7
		w.Pass(m.Opens)
		w.must(w.Meetings.CheckIn(ctx, w.Who[home], n, meeting.Room))
		w.must(w.Meetings.Would(ctx, w.Who[home], n, meeting.Offers()))
		w.must(w.Meetings.CheckOut(ctx, w.Who[home], n))
		w.typed(0, n, 5, 6, home)
		w.must(w.Meetings.CheckIn(ctx, w.Who[1], n, meeting.Room))
		v := w.show(1, n)
		if v.Total() != 4 || v.Willing[meeting.Facilitates] != 0 {
			t.Fatalf("%d are there, and %d would facilitate", v.Total(), v.Willing[meeting.Facilitates])
		}
		w.WantKind("nobody who is there would facilitate", w.Meetings.Begin(ctx, w.visit(1), n), fault.Conflict)
		w.WantKind("begun by who is noted", w.Meetings.Begin(ctx, w.visit(home), n), fault.Conflict)
		w.WantKind("offered by who is noted", w.Meetings.Would(ctx, w.visit(home), n, meeting.Offers()), fault.Conflict)

		w.must(w.Meetings.CheckIn(ctx, w.Who[2], n, meeting.Room))
		w.must(w.Meetings.Would(ctx, w.Who[2], n, meeting.Offers()))
		w.must(w.Meetings.Begin(ctx, w.visit(1), n))
		v = w.show(1, n)
		if !v.Enough || v.Total() != 5 || w.at(v.Chair) != 2 {
			t.Errorf("enough: %v, %d are there, %d facilitates", v.Enough, v.Total(), w.at(v.Chair))
		}
		for _, term := range v.Terms {
			if w.at(term.Member) != 2 {
				t.Errorf("%s was given to %d, who is not there", term.Job, w.at(term.Member))
			}
		}
		// with a device they come to a job as anybody does
		w.must(w.Meetings.CheckIn(ctx, w.Who[home], n, meeting.Remote))
		w.must(w.Meetings.HandOver(ctx, w.visit(2), n, meeting.Notes, w.Who[home].Member.ID))
		if v = w.show(home, n); !v.Jobs[meeting.Notes] {
			t.Errorf("who came has no job: %+v", v.Jobs)
		}
	})
}

// TestNotedHaveNoJob: whoever has a job and went does not get it back by a note of somebody else: another takes it. Nobody hands a job over to who is noted, and they do nothing by a page.
func TestNotedHaveNoJob(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, v, _ := sits(t, d, c)
		ctx, n := t.Context(), v.Number
		keeper, _ := w.keeper(v, meeting.Doors)
		vice, _ := w.keeper(v, meeting.Vice)
		lister, _ := w.keeper(v, meeting.List)
		chair := w.at(v.Chair)
		for _, i := range []int{chair, vice, lister} {
			w.must(w.Meetings.CheckOut(ctx, w.visit(i), n))
			w.must(w.Meetings.LetIn(ctx, w.visit(keeper), n, w.Who[i].Member.ID))
		}
		other := w.but(v.Chair, w.Who[vice].Member.ID, w.Who[lister].Member.ID, w.Who[keeper].Member.ID)[0]
		v = w.show(other, n)
		if v.Total() != 8 || v.Chair != 0 || v.Seat.ID != 0 || v.Second != 0 {
			t.Fatalf("%d are there, and %d facilitates", v.Total(), v.Chair)
		}
		for _, i := range []int{chair, vice} {
			w.WantKind("facilitated from home", w.Meetings.Take(ctx, w.visit(i), n, v.Items[2].ID), fault.Denied)
			if x := w.show(i, n); x.Desk().Acts() || len(x.Jobs) > 0 {
				t.Errorf("from home they run it: %+v, %+v", x.Desk(), x.Jobs)
			}
		}
		w.WantKind("handed over from home", w.Meetings.HandOver(ctx, w.visit(lister), n, meeting.List, w.Who[other].Member.ID), fault.Conflict)
		w.WantKind("taken over from home", w.Meetings.TakeOver(ctx, w.visit(chair), n), fault.Conflict)
		w.must(w.Meetings.TakeOver(ctx, w.visit(other), n))
		if v = w.show(other, n); w.at(v.Chair) != other || slices.Contains(v.Present, w.Who[chair].Member.ID) {
			t.Errorf("taken over: %d facilitates, and can hand over to %v", w.at(v.Chair), v.Present)
		}
		w.WantKind("handed over to who is noted", w.Meetings.HandOver(ctx, w.visit(other), n, meeting.Vice, w.Who[vice].Member.ID), fault.Invalid)
		if !slices.ContainsFunc(v.Free, func(f meeting.Free) bool { return f.Job == meeting.List }) {
			t.Errorf("nobody keeps the list, and it is not free: %+v", v.Free)
		}
		w.WantKind("taken by who is noted", w.Meetings.TakeJob(ctx, w.visit(chair), n, meeting.List), fault.Conflict)
		w.must(w.Meetings.TakeJob(ctx, w.visit(other), n, meeting.List))

		w.WantKind("a move by who is noted", w.make(chair, v, procedure.Quorum, meeting.Named{}), fault.Conflict)
		w.WantKind("what they need", w.Meetings.SayNeed(ctx, w.visit(chair), n, "A chair"), fault.Conflict)
		// whoever comes with a device has their job again, where nobody took it
		w.must(w.Meetings.CheckIn(ctx, w.Who[vice], n, meeting.Room))
		w.must(w.Meetings.CheckOut(ctx, w.Who[other], n))
		if v = w.show(vice, n); w.at(v.Chair) != vice {
			t.Errorf("who came back does not facilitate: %d", w.at(v.Chair))
		}
	})
}

// TestNotedDoNotGoOn: in the second sitting whoever facilitated before is noted by a code, and does not go on: somebody who is there is drawn.
func TestNotedDoNotGoOn(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, v, _ := sits(t, d, c)
		ctx, n, chair := t.Context(), v.Number, w.at(v.Chair)
		w.Pass(v.Stop)
		w.must(w.Meetings.Adjourn(ctx, w.visit(chair), n, c.Now().Add(26*time.Hour), 60))
		w.Pass(w.show(0, n).Opens)
		w.typed(0, n, chair)
		who := w.but(v.Chair)
		for _, i := range who {
			w.must(w.Meetings.CheckIn(ctx, w.visit(i), n, meeting.Room))
			w.must(w.Meetings.Would(ctx, w.visit(i), n, meeting.Offers()))
		}
		w.must(w.Meetings.Begin(ctx, w.visit(who[0]), n))
		x := w.show(who[0], n)
		if x.Total() != 8 || x.Chair == v.Chair || x.Chair == 0 {
			t.Errorf("%d are there, and %d facilitates, as did %d", x.Total(), x.Chair, v.Chair)
		}
		for _, term := range x.Terms {
			if term.Member == v.Chair && term.Ended.IsZero() {
				t.Errorf("who is not there has a job: %+v", term)
			}
		}
	})
}

// TestTheDoorsPowerGoesAlong: whoever keeps the door and has gone lets nobody in or out, makes no codes, and reads neither who is there nor what people need; somebody who is there takes the job.
func TestTheDoorsPowerGoesAlong(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, v, _ := sits(t, d, c)
		ctx, n := t.Context(), v.Number
		keeper, other := w.keeper(v, meeting.Doors)
		last := w.but(v.Chair, w.Who[keeper].Member.ID, w.Who[other].Member.ID)[0]
		secret, err := w.Meetings.MakeCodes(ctx, w.visit(keeper), n)
		w.must(err)
		w.must(w.Meetings.SayNeed(ctx, w.visit(other), n, "A seat near the door"))
		w.must(w.Meetings.CheckOut(ctx, w.visit(last), n))
		w.must(w.Meetings.LetIn(ctx, w.visit(keeper), n, w.Who[last].Member.ID))
		w.must(w.Meetings.CheckOut(ctx, w.visit(keeper), n))
		sheet, err := w.Meetings.DoorCodes(ctx, w.visit(w.at(v.Chair)), n, secret, 0)
		w.must(err)

		denied := func(what string, i int) {
			t.Helper()
			_, err := w.door(i, v, "", 0)
			w.WantKind(what+": who is there", err, fault.Denied)
			_, err = w.Meetings.MakeCodes(ctx, w.visit(i), n)
			w.WantKind(what+": makes codes", err, fault.Denied)
			_, err = w.Meetings.DoorCodes(ctx, w.visit(i), n, secret, 0)
			w.WantKind(what+": reads codes", err, fault.Denied)
			w.WantKind(what+": ends codes", w.Meetings.EndCodes(ctx, w.visit(i), n), fault.Denied)
			w.WantKind(what+": lets in", w.Meetings.LetIn(ctx, w.visit(i), n, w.Who[keeper].Member.ID), fault.Denied)
			w.WantKind(what+": lets out", w.Meetings.LetOut(ctx, w.visit(i), n, w.Who[last].Member.ID), fault.Denied)
		}
		denied("gone", keeper)
		// a code that is typed where they are signed in is not theirs to answer for
		for _, p := range sheet.People {
			if w.at(p.Member) == keeper {
				_, err := w.Meetings.ComeByCode(ctx, sheet.Code, p.Code, w.visit(keeper), "here")
				w.must(err)
			}
		}
		if got := w.notes("meeting.noted"); len(got) != 2 || got[1].how != string(meeting.ByCode) || got[1].by != "" {
			t.Errorf("the record says %+v", got)
		}
		denied("noted", keeper)
		w.must(w.Meetings.TakeJob(ctx, w.visit(other), n, meeting.Doors))
		w.must(w.Meetings.CheckIn(ctx, w.visit(keeper), n, meeting.Room))
		denied("back, and somebody else has it", keeper)
		w.must(w.Meetings.LetOut(ctx, w.visit(other), n, w.Who[last].Member.ID))
		if x, err := w.door(other, v, "", 0); err != nil || !x.Mine || len(x.Needs) != 1 {
			t.Errorf("who took the job: %+v, %v", x.Needs, err)
		}
	})
}

// TestOneMemberHoldsUpNothing: with one too few, somebody comes and goes again and again. It is not waited anew for that, the record has nothing of it, and once they have done so often they count as
// there a little longer; nobody is kept from coming.
func TestOneMemberHoldsUpNothing(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 8)
		ctx := t.Context()
		v, _ := w.few()
		n, chair, one := v.Number, w.at(v.Chair), 7
		if v.Total() != v.Needed-1 {
			t.Fatalf("%d are there, of %d", v.Total(), v.Needed)
		}
		wait := time.Duration(w.Rulebook().Meeting.QuorumWaitMinutes) * time.Minute
		rows, entries := w.kept("meeting_presence"), len(w.notes("meeting.quorum"))
		for range 3 {
			w.must(w.Meetings.CheckIn(ctx, w.visit(one), n, meeting.Remote))
			if v = w.show(chair, n); !v.Few.IsZero() || v.TalksOnly() {
				t.Errorf("enough are there, and too few since %v", v.Few)
			}
			w.WantKind("only talk with enough", w.Meetings.TalkOnly(ctx, w.visit(chair), n), fault.Conflict)
			w.Pass(c.Now().Add(meeting.Holds - time.Millisecond))
			w.must(w.Meetings.CheckOut(ctx, w.visit(one), n))
			if v = w.show(chair, n); !v.Few.Equal(v.Opens) {
				t.Errorf("too few since %v", v.Few)
			}
			w.must(w.Meetings.TalkOnly(ctx, w.visit(chair), n))
			if !w.show(chair, n).TalksOnly() {
				t.Error("it was chosen to talk only")
			}
			c.Advance(wait - time.Second)
		}
		often := 3
		for {
			w.must(w.Meetings.CheckIn(ctx, w.visit(one), n, meeting.Remote))
			if err := w.Meetings.CheckOut(ctx, w.visit(one), n); err != nil {
				w.WantKind("gone again and again", err, fault.TooMany)
				break
			}
			if often++; often > 30 {
				t.Fatal("there is no end to it")
			}
		}
		if got := len(w.notes("meeting.quorum")) - entries; got != 0 || w.kept("meeting_presence")-rows != often+1 {
			t.Errorf("%d entries, %d rows after %d times", got, w.kept("meeting_presence")-rows, often)
		}
		if v = w.show(one, n); !v.Here.HasDevice() {
			t.Error("who came is not there")
		}
		w.must(w.Meetings.CheckIn(ctx, w.visit(one), n, meeting.Room)) // in another way
		w.must(w.Meetings.CheckIn(ctx, w.visit(6), n, meeting.Room))   // and others as they like
		w.must(w.Meetings.CheckOut(ctx, w.visit(6), n))
		w.Pass(c.Now().Add(5 * time.Minute))
		w.must(w.Meetings.CheckOut(ctx, w.visit(one), n))
	})
}

// TestAQuorumHolds: that enough are there again is written down once it has held, with since when; that too few are, at once. Whoever talks only talks on after a quorum that did not hold, and a vote is
// put and counted by who is there then and there.
func TestAQuorumHolds(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 8)
		ctx := t.Context()
		v, ps := w.few()
		n, chair := v.Number, w.at(v.Chair)
		said := func() (out []string) {
			w.Read(func(tx *db.Tx) error {
				es, err := ledger.About(tx, w.Group.Log(), v.Ref())
				for _, e := range es {
					if e.Kind == "meeting.quorum" {
						out = append(out, e.Leaf)
					}
				}
				return err
			})
			return out
		}
		w.must(w.Meetings.TalkOnly(ctx, w.visit(chair), n))
		since := c.Now()
		w.must(w.Meetings.CheckIn(ctx, w.visit(7), n, meeting.Room))
		w.Pass(c.Now().Add(time.Minute))
		if v = w.show(chair, n); v.Enough || v.TalksOnly() || !v.Meeting.TalksOnly() || len(said()) != 0 {
			t.Errorf("after a minute: %v, %v", v.Enough, said())
		}
		w.must(w.Meetings.CheckIn(ctx, w.visit(6), n, meeting.Room)) // one more is nothing new
		w.Pass(since.Add(meeting.Holds))
		if v = w.show(chair, n); !v.Enough || v.Meeting.TalksOnly() || v.Most != 4 {
			t.Errorf("that has held, and it is %+v", v.Meeting)
		}
		if got := said(); len(got) != 1 || !strings.Contains(got[0], `"since":"`+since.Format("2006-01-02T15:04:05")) {
			t.Errorf("the record says %v", got)
		}
		lost := c.Now().Add(time.Minute)
		w.Pass(lost)
		w.must(w.Meetings.CheckOut(ctx, w.visit(6), n))
		w.must(w.Meetings.CheckOut(ctx, w.visit(7), n))
		if v = w.show(chair, n); v.Enough || !v.Few.Equal(lost) || len(said()) != 2 {
			t.Errorf("lost: %+v, %v", v.Meeting, said())
		}
		// again for a while, in which a vote is put; the vote says itself how many are there
		w.must(w.Meetings.CheckIn(ctx, w.visit(7), n, meeting.Room))
		item := v.Items[slices.IndexFunc(v.Items, func(it meeting.Item) bool { return it.Motion == ps[0].ID })]
		w.must(w.Meetings.Take(ctx, w.visit(chair), n, item.ID))
		chair = w.at(w.show(chair, n).Chair)
		w.must(w.Meetings.PutToVote(ctx, w.visit(chair), n, item.ID, false))
		if b := w.Show(ps[0].Number); b.Present != 3 {
			t.Errorf("%d are there, the vote says", b.Present)
		}
		w.must(w.Meetings.CheckOut(ctx, w.visit(7), n))
		if v = w.show(chair, n); !v.Few.Equal(lost) || len(said()) != 2 {
			t.Errorf("a vote was put in between: too few since %v, %v", v.Few, said())
		}
		w.Pass(c.Now().Add(2 * time.Minute))
		// what has held is written down before what comes next, however late the clock is
		w.must(w.Meetings.CheckIn(ctx, w.visit(7), n, meeting.Room))
		since = c.Now()
		c.Advance(meeting.Holds)
		w.must(w.Meetings.CheckOut(ctx, w.visit(7), n))
		if got := said(); len(got) != 4 || !strings.Contains(got[2], since.Format("2006-01-02T15:04:05")) || !strings.Contains(got[3], `"enough":false`) {
			t.Errorf("the record says %v", got)
		}
		if v = w.show(chair, n); !v.Few.Equal(c.Now()) {
			t.Errorf("too few since %v", v.Few)
		}
		// and it still closes by itself
		w.Pass(v.Stop.Add(4 * time.Hour))
		if v = w.show(chair, n); v.State != meeting.Closed {
			t.Errorf("it is %s", v.State)
		}
	})
}
