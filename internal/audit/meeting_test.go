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
	"folkmoot/internal/procedure"
	"folkmoot/internal/votetest"
)

// meetingRoad is a group whose members meet.
type meetingRoad struct{ *road }

// meets is a group in which members ask for meetings in every way, and hold them: one in which something is decided and something not reached, one
// that the clock calls and nobody begins, one that is put off, and one that is under way.
func meets(t *testing.T, d *db.DB, c *dbtest.Clock, keys string) {
	t.Helper()
	r := crafts(t, d, c, keys, "Mender", 8)
	ctx, m := r.Context(), r.Meetings
	k, err := m.AskFor(ctx, r.Who[0], "Dropped again.")
	r.must(err)
	c.Advance(time.Minute)
	r.must(m.Unsign(ctx, r.Who[0], k.Number))
	p := r.waits("Buy a kettle")
	for i, title := range []string{"The stall", "Taken back", "Not reached"} {
		r.must(m.PutDown(ctx, r.Who[i+1], db.Once{}, title, "Who can come?", 10))
		c.Advance(time.Minute)
	}
	r.must(m.TakeBack(ctx, r.Who[2], r.list().Waiting[1].ID))
	held := r.called(1)
	r.session(r.begun(held), p)
	k = r.asked("The clock calls it.")
	r.Pass(k.ClockCalls())
	r.Pass(r.list().Next[0].Opens.AddDate(0, 0, 2)) // nobody begins it
	k, err = m.AskFor(ctx, r.Who[3], "It runs out.")
	r.must(err)
	r.Pass(k.Closes)
	r.KeepRhythm()
	for range 2 { // the rule calls them, and nobody begins them
		by := r.list().Rhythm
		r.Pass(by.Calls)
		if next := r.list().Next[0]; next.Nowhere() { // the second is where the first was
			r.must(m.SayWhere(ctx, r.Who[1], next.Number, meeting.Details{Place: "The mill", Help: "Soup."}))
		}
		r.Pass(by.Next.AddDate(0, 0, 2))
	}
	r.runs(r.called(1))
	_, err = m.AskFor(ctx, r.Who[3], "Names are still collected.")
	r.must(err)
	r.must(m.PutDown(ctx, r.Who[4], db.Once{}, "It waits", "For the next.", 10))
	r.must(r.Ballots.Close())
}

func (r meetingRoad) list() meeting.Ahead {
	r.Helper()
	v, err := r.Meetings.List(r.Context(), r.Who[0], 0)
	r.must(err)
	return v
}

func (r meetingRoad) visit(who int) member.Actor { return r.Visit(r.Who[who].Person) }

func (r meetingRoad) show(number int) meeting.View {
	r.Helper()
	v, err := r.Meetings.Show(r.Context(), r.visit(0), number)
	r.must(err)
	return v
}

// at is which of the members somebody is.
func (r meetingRoad) at(id member.ID) int {
	return slices.IndexFunc(r.Who, func(a member.Actor) bool { return a.Member.ID == id })
}

func (r meetingRoad) asked(why string) meeting.Ask {
	r.Helper()
	k, err := r.Meetings.AskFor(r.Context(), r.Who[0], why)
	r.must(err)
	for i := 1; r.list().Ask.State == meeting.Collecting; i++ {
		r.Clock.Advance(time.Minute)
		r.must(r.Meetings.Sign(r.Context(), r.Who[i], k.Number))
	}
	return r.list().Ask
}

// called has a meeting called by one of those who asked first.
func (r meetingRoad) called(by int) meeting.Meeting { return r.calledFor(by, 16) }

// calledFor is called for so many days ahead.
func (r meetingRoad) calledFor(by, days int) meeting.Meeting {
	r.Helper()
	k := r.asked("The heating is broken.")
	r.Pass(k.CallBy())
	r.Clock.Advance(time.Minute)
	opens := r.Clock.Now().AddDate(0, 0, days).Truncate(time.Minute)
	m, err := r.Meetings.Call(r.Context(), r.visit(by), db.Once{}, meeting.Details{
		Title: "About the heating", Place: "The hall", GettingIn: "Two steps.", Link: "https://example.org/x", Phone: "112", Help: "Soup.",
		Opens: opens, Stop: opens.Add(90 * time.Minute),
	})
	r.must(err)
	r.Pass(m.LotAt)
	return r.show(m.Number).Meeting
}

// waits tables a proposal that a meeting is to decide.
func (r meetingRoad) waits(title string) motion.Motion {
	r.Helper()
	p := votetest.Sample(title)
	p.Text.Forum = motion.AtMeeting
	m, err := r.Motions.Propose(r.Context(), r.Who[0], db.Once{}, 0, p)
	r.must(err)
	r.Clock.Advance(time.Minute)
	return r.table(m)
}

// begun has everybody come, who would all do everything, and begins the meeting.
func (r meetingRoad) begun(m meeting.Meeting) meeting.View {
	r.Helper()
	r.Pass(m.Opens)
	for i := range r.Who {
		r.must(r.Meetings.CheckIn(r.Context(), r.Who[i], m.Number, meeting.Room))
		r.must(r.Meetings.Would(r.Context(), r.Who[i], m.Number, meeting.Offers()))
	}
	r.must(r.Meetings.Begin(r.Context(), r.Who[0], m.Number))
	r.Clock.Advance(time.Minute)
	return r.show(m.Number)
}

// session goes through an agenda: a proposal is decided, a job is handed over, people go and come back, and the last topic is not reached.
func (r meetingRoad) session(v meeting.View, p motion.Motion) {
	r.Helper()
	ctx, m, n := r.Context(), r.Meetings, v.Number
	chair := r.at(v.Chair)
	r.must(m.Adopt(ctx, r.visit(chair), n))
	r.must(m.Take(ctx, r.visit(chair), n, v.Items[0].ID))
	for i := range r.Who[2:] {
		r.must(m.CheckOut(ctx, r.visit(i+2), n))
	}
	r.Clock.Advance(time.Minute)
	for i := range r.Who[2:] {
		r.must(m.CheckIn(ctx, r.visit(i+2), n, meeting.Remote))
	}
	r.Clock.Advance(time.Minute)
	r.must(m.Take(ctx, r.visit(r.at(r.show(n).Chair)), n, v.Items[1].ID))
	v = r.show(n)
	unaided := r.unaided(v)
	r.must(m.PutToVote(ctx, r.visit(r.at(v.Chair)), n, v.Items[1].ID, false))
	for i := range r.Who {
		if i != unaided {
			r.Cast(r.Who[i], p.Number, ballot.For)
		}
	}
	r.count(n, v.Items[1].ID, ballot.Hands{Against: 1})
	r.Clock.Advance(time.Second)
	r.Pass(r.Clock.Now())
	r.must(m.CheckIn(ctx, r.visit(unaided), n, meeting.Room))     // they have a device now, and can ask for something
	r.must(m.Take(ctx, r.visit(r.at(v.Chair)), n, v.Items[2].ID)) // the lot may have had whoever proposed the last item facilitate
	v = r.show(n)
	r.moves(v)
	note := slices.IndexFunc(v.Terms, func(t meeting.Term) bool { return t.Job == meeting.Notes && !t.Shadow })
	r.must(m.HandOver(ctx, r.visit(r.at(v.Terms[note].Member)), n, meeting.Notes, v.Chair))
	r.Clock.Advance(time.Minute)
	_, _, err := r.Minutes.Save(ctx, r.visit(r.at(v.Chair)), n, v.Items[0].ID, 0, "It is cold.")
	r.must(err)
	for i, there := range []bool{true, true, false} {
		r.must(r.Minutes.Name(ctx, r.visit(i/2), n, v.Items[0].ID, there))
		r.Clock.Advance(time.Minute)
	}
	r.must(m.Close(ctx, r.visit(r.at(v.Chair)), n))
	r.Clock.Advance(time.Hour)
	r.must(r.Minutes.Publish(ctx, r.visit(r.at(v.Chair)), n))
	for _, text := range []string{"It was warm.", "It was cold."} {
		r.Clock.Advance(time.Minute)
		r.must(r.Minutes.Suggest(ctx, r.visit(2), db.Once{}, n, v.Items[0].ID, text))
	}
	r.must(r.Minutes.Answer(ctx, r.visit(r.at(v.Chair)), n, 1, false, "We froze."))
}

// moves has people ask for something about how the meeting goes on, in the topic that it talks about: it is put off to a date in the end.
func (r meetingRoad) moves(v meeting.View) {
	r.Helper()
	ctx, m, n, chair := r.Context(), r.Meetings, v.Number, r.at(v.Chair)
	others := slices.DeleteFunc([]int{0, 1, 2, 3, 4, 5, 6, 7}, func(i int) bool { // whoever facilitates, or would next, runs what others ask for
		return i == chair || slices.ContainsFunc(v.Terms, func(t meeting.Term) bool { return r.at(t.Member) == i && t.Job == meeting.Vice })
	})
	carried := func(by int, k procedure.Kind, named meeting.Named) {
		r.Helper()
		r.must(m.MakeMove(ctx, r.visit(by), db.Once{}, n, k, named))
		r.Clock.Advance(time.Second)
		mv := r.show(n).Moves[0]
		if mv.Ready.IsZero() {
			r.must(m.SupportMove(ctx, r.visit(others[5]), n, mv.ID))
			r.Clock.Advance(time.Second)
		}
		r.must(m.PutMove(ctx, r.visit(r.at(r.show(n).Moves[0].Runner)), n, mv.ID))
		r.Clock.Advance(time.Second)
		for i := range r.Who {
			say := meeting.Yes
			if i == 0 {
				say = meeting.No
			}
			r.must(m.AnswerMove(ctx, r.visit(i), n, mv.ID, say))
		}
		r.Clock.Advance(time.Second)
	}
	r.must(m.MakeMove(ctx, r.visit(others[0]), db.Once{}, n, procedure.RulesQuestion, meeting.Named{Rule: "Nobody speaks twice", Safety: true}))
	r.Clock.Advance(time.Second)
	r.must(m.RuleMove(ctx, r.visit(chair), n, r.show(n).Moves[0].ID, "They may.", "Rule 4"))
	r.Clock.Advance(time.Second)
	carried(others[1], procedure.Challenge, meeting.Named{})
	carried(others[1], procedure.MoreTime, meeting.Named{Minutes: 5})
	carried(others[2], procedure.Adjourn, meeting.Named{Minutes: 5})
	r.Clock.Advance(6 * time.Minute)
	r.must(m.MakeMove(ctx, r.visit(others[3]), db.Once{}, n, procedure.Quorum, meeting.Named{}))
	r.Clock.Advance(time.Second)
	r.together(n)
	carried(others[2], procedure.Replace, meeting.Named{Part: true})
	carried(others[0], procedure.ComeBack, meeting.Named{At: r.Clock.Now().AddDate(0, 0, 20)})
}

// runs begins a meeting that is still under way.
func (r meetingRoad) runs(called meeting.Meeting) {
	r.Helper()
	v := r.begun(called)
	r.must(r.Meetings.Adopt(r.Context(), r.visit(r.at(v.Chair)), v.Number))
	r.Clock.Advance(time.Minute)
	if first := v.Items[len(v.Items)-1]; len(v.Items) > 1 {
		r.must(r.Meetings.MakeMove(r.Context(), r.visit(1), db.Once{}, v.Number, procedure.Reorder, meeting.Named{First: first.ID}))
		r.Clock.Advance(time.Minute)
	}
	r.must(r.Meetings.Take(r.Context(), r.visit(r.at(v.Chair)), v.Number, v.Items[0].ID))
	r.must(r.Minutes.Answer(r.Context(), r.visit(r.at(v.Chair)), 1, 2, true, "So it was."))
	r.Clock.Advance(time.Minute)
	r.must(r.Minutes.Confirm(r.Context(), r.visit(r.at(v.Chair)), 1))
	seen, v := r.Clock.Now(), r.show(v.Number)
	r.Clock.Advance(meeting.DropsAfter)
	r.must(r.Meetings.TakeOverFrom(r.Context(), r.visit(r.at(v.Second)), v.Number, v.Seat.Ref, seen))
}

// TestMeetings: what the entries say of meetings is what stands in the tables, and something does.
func TestMeetings(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		meets(t, d, c, t.TempDir())
		for _, x := range compare(t, d) {
			t.Errorf("%+v", x)
		}
		for what, sql := range map[string]string{
			"meetings that were held": "SELECT COUNT(*) FROM meetings WHERE state = 'closed'", "not begun": "SELECT COUNT(*) FROM meetings WHERE state = 'unheld'",
			"under way": "SELECT COUNT(*) FROM meetings WHERE state = 'session'", "calls by the clock": "SELECT COUNT(*) FROM meetings WHERE called_by IS NULL",
			"items carried over": "SELECT COUNT(*) FROM meeting_items WHERE carried > 0", "taken back": "SELECT COUNT(*) FROM meeting_items WHERE state = 'withdrawn'",
			"items of proposals": "SELECT COUNT(*) FROM meeting_items WHERE motion_id IS NOT NULL", "jobs taken over": "SELECT COUNT(*) FROM meeting_terms WHERE ended_how = 'dropped'", "jobs handed over": "SELECT COUNT(*) FROM meeting_terms WHERE ended_how = 'handed_over'",
			"jobs that are learnt": "SELECT COUNT(*) FROM meeting_terms WHERE shadow = 1", "terms to call": "SELECT COUNT(*) FROM meeting_terms WHERE job = 'convene'",
			"records that are confirmed": "SELECT COUNT(*) FROM minutes WHERE state = 'confirmed'", "corrections": "SELECT COUNT(*) FROM minutes_corrections WHERE answered_in IS NOT NULL",
			"texts of records": "SELECT COUNT(*) FROM minutes_texts", "names in records": "SELECT COUNT(*) FROM minutes_names",
			"moves that were carried": "SELECT COUNT(*) FROM procedural_moves WHERE state = 'carried'", "ruled on": "SELECT COUNT(*) FROM procedural_moves WHERE ruling <> ''",
			"shows of feeling":        "SELECT COUNT(*) FROM meeting_feelings WHERE p1 > 0 AND p2 > 0 AND p5 > 0 AND question <> ''",
			"rounds":                  "SELECT COUNT(*) FROM meeting_rounds WHERE turns > 0 AND turns < people AND question <> '' AND ended_at IS NOT NULL",
			"small groups":            "SELECT COUNT(*) FROM meeting_breakouts WHERE choice = 1 AND question <> '' AND people > 0 AND ended_at IS NOT NULL AND shown > 0",
			"cards":                   "SELECT COUNT(*) FROM meeting_cards WHERE topic <> '' AND line1 <> '' AND line2 <> '' AND line3 <> ''",
			"of too few":              "SELECT COUNT(*) FROM meeting_feelings WHERE state = 'few'",
			"hands that were counted": "SELECT COUNT(*) FROM ballots WHERE hands = 'agreed' AND hands_against = 1", "who counts": "SELECT COUNT(*) FROM hand_tellers",
			"breaks":             "SELECT COUNT(*) FROM meetings WHERE break_until IS NOT NULL",
			"calls that ran out": "SELECT COUNT(*) FROM meeting_calls WHERE state = 'expired'", "dropped": "SELECT COUNT(*) FROM meeting_calls WHERE state = 'dropped'",
		} {
			var n int
			if err := d.Read(t.Context(), func(tx *db.Tx) error { return tx.Raw(sql).Scan(&n).Error }); err != nil || n == 0 {
				t.Errorf("there are no %s to be compared: %v", what, err)
			}
		}
	})
}
