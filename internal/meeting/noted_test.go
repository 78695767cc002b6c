package meeting_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/ledger"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/rulebook"
	"folkmoot/internal/tally"
)

// noted is an entry by which somebody is noted as there, or not any more.
type noted struct {
	by, how                 string
	present, noted, refused int
}

// notes returns what the record says of a kind, and has nothing of whom it is about in it.
func (w world) notes(kind string, about ...int) (out []noted) {
	w.Helper()
	w.Read(func(tx *db.Tx) error {
		es, err := ledger.Entries(tx, w.Group.Log(), 0, 10000)
		for _, e := range es {
			if e.Kind != kind {
				continue
			}
			var leaf struct {
				By   string
				Data struct {
					How            string
					Present, Noted int
					Refused        int
				}
			}
			w.must(json.Unmarshal([]byte(e.Leaf), &leaf))
			out = append(out, noted{leaf.By, leaf.Data.How, leaf.Data.Present, leaf.Data.Noted, leaf.Data.Refused})
			for _, i := range about {
				if m := w.Who[i].Member; strings.Contains(e.Leaf, m.Ref) || strings.Contains(e.Leaf, m.Name) {
					w.Errorf("the record names whom it is about: %s", e.Leaf)
				}
			}
		}
		return err
	})
	return out
}

func (w world) coming(who int) meeting.Coming {
	w.Helper()
	v, err := w.Meetings.Coming(w.Context(), w.visit(who), rulebook.Version{}, false)
	w.must(err)
	return v
}

// TestPaddedQuorum: whoever facilitates makes a quorum out of people who are not there. The record counts them and names who did it; each of them is told wherever they look, and takes it
// back; then too few are there, and the record says that too.
func TestPaddedQuorum(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 8)
		ctx := t.Context()
		v, _ := w.few()
		n, chair := v.Number, w.at(v.Chair)
		absent := w.but(w.Who[1].Member.ID, w.Who[2].Member.ID)[:2] // with one of them they are enough
		for _, i := range absent[:1] {
			if x := w.show(i, n); x.Told.ID != 0 || len(w.coming(i).Told) != 0 {
				t.Errorf("before anybody did it: %+v", x.Told)
			}
			w.WantKind("nothing to take back", w.Meetings.NotThere(ctx, w.visit(i), n), fault.Conflict)
			w.must(w.Meetings.LetIn(ctx, w.visit(chair), n, w.Who[i].Member.ID))
		}
		if v = w.show(0, n); !v.Enough || v.Meeting.Noted != 1 || v.Total() != v.Needed {
			t.Fatalf("padded: %d are there, %d of them noted: %+v", v.Total(), v.Meeting.Noted, v.Meeting)
		}
		ref := w.Who[chair].Member.Ref
		for i, got := range w.notes("meeting.noted", absent...) {
			if want := (noted{ref, "name", 3 + i, 1 + i, 0}); got != want {
				t.Errorf("the record says %+v, not %+v", got, want)
			}
		}
		told := w.show(absent[0], n).Told
		if told.Note != (meeting.Note{How: meeting.ByName, By: v.Chair}) || !told.Came.Equal(c.Now()) || !told.Left.IsZero() {
			t.Errorf("the first is told %+v", told)
		}
		if list := w.coming(absent[0]).Told; len(list) != 1 || list[0].Meeting.Number != n || list[0].By.ID != v.Chair {
			t.Errorf("on the first page the first is told %+v", list)
		}
		if x := w.show(chair, n); x.Told.ID != 0 || len(w.coming(chair).Told) != 0 {
			t.Errorf("who came themselves is told %+v", x.Told)
		}

		w.must(w.Meetings.NotThere(ctx, w.visit(absent[0]), n))
		if v = w.show(0, n); v.Enough || v.Total() != v.Needed-1 || v.Meeting.Noted != 0 {
			t.Errorf("taken back: %d are there, %d of them noted", v.Total(), v.Meeting.Noted)
		}
		if got := w.notes("meeting.unnoted", absent...); len(got) != 1 || got[0] != (noted{"", "self", 2, 0, 1}) {
			t.Errorf("the record says %+v", got)
		}
		if q := w.notes("meeting.quorum"); len(q) != 2 || q[1].present != v.Needed-1 {
			t.Errorf("of the quorum the record says %+v", q)
		}
		if x := w.show(absent[0], n); x.Told.ID != 0 || x.Here.ID != 0 || len(w.coming(absent[0]).Told) != 0 {
			t.Errorf("who has taken it back is told %+v", x.Told)
		}
		w.WantKind("twice", w.Meetings.NotThere(ctx, w.visit(absent[0]), n), fault.Conflict)

		// the door takes another back; nobody is there any more once it is over, and who was noted can still say that they were not
		w.must(w.Meetings.LetIn(ctx, w.visit(chair), n, w.Who[absent[1]].Member.ID))
		w.must(w.Meetings.LetOut(ctx, w.visit(chair), n, w.Who[absent[1]].Member.ID))
		if got := w.notes("meeting.unnoted", absent...); len(got) != 2 || got[1].how != "door" || got[1].by != ref {
			t.Errorf("the record says %+v", got)
		}
		if told := w.show(absent[1], n).Told; told.ID == 0 || told.Left.IsZero() {
			t.Errorf("whom the door has let out again is told %+v", told)
		}
		w.WantKind("noted again", w.Meetings.LetIn(ctx, w.visit(chair), n, w.Who[absent[0]].Member.ID), fault.Conflict)
		w.must(w.Meetings.CheckIn(ctx, w.visit(absent[0]), n, meeting.Room)) // they come after all
		w.must(w.Meetings.CheckOut(ctx, w.visit(absent[0]), n))
		w.must(w.Meetings.LetIn(ctx, w.visit(chair), n, w.Who[absent[0]].Member.ID))
		w.must(w.Meetings.Close(ctx, w.visit(chair), n))
		if list := w.coming(absent[0]).Told; len(list) != 1 || list[0].Left.IsZero() {
			t.Errorf("after the meeting the first is told %+v", list)
		}
		w.must(w.Meetings.NotThere(ctx, w.visit(absent[0]), n))
		w.must(w.Meetings.WasThere(ctx, w.visit(absent[1]), n))
		for _, i := range absent[:2] {
			if len(w.coming(i).Told) != 0 || w.show(i, n).Told.ID != 0 {
				t.Errorf("%d is asked again", i)
			}
			w.WantKind("again", w.Meetings.WasThere(ctx, w.visit(i), n), fault.Conflict)
		}
		if got := w.notes("meeting.unnoted", absent...); len(got) != 4 || got[2] != (noted{"", "came", 3, 0, 0}) || got[3] != (noted{"", "late", 0, 0, 1}) {
			t.Errorf("the record says %+v", got)
		}
		w.WantKind("a stranger", w.Meetings.NotThere(ctx, member.Actor{Group: w.Group}, n), fault.NotFound)
		w.Pass(c.Now().Add(8 * 24 * time.Hour))
		if w.kept("meeting_presence") != 0 {
			t.Error("who was there is kept")
		}
	})
}

// TestNotedOnceOnly: whoever has said that they are not there is not noted again in this sitting, neither by name nor by their code, whoever tries; once they have come themselves, or the
// meeting goes on at another date, they can be. Who says that they were there can be noted at once.
func TestNotedOnceOnly(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 8)
		ctx := t.Context()
		v, _ := w.few()
		n, chair := v.Number, w.at(v.Chair)
		out := w.but(w.Who[1].Member.ID, w.Who[2].Member.ID)
		gone, left := out[0], out[1]
		in := func(who int) error {
			return w.Meetings.LetIn(ctx, w.visit(w.at(w.show(0, n).Chair)), n, w.Who[who].Member.ID)
		}
		byCode := func(who int) error {
			door := w.visit(w.at(w.show(0, n).Chair))
			secret, err := w.Meetings.MakeCodes(ctx, door, n)
			w.must(err)
			sheet, err := w.Meetings.DoorCodes(ctx, door, n, secret, 0)
			w.must(err)
			at := slices.IndexFunc(sheet.People, func(x meeting.CodeOf) bool { return x.Member == w.Who[who].Member.ID })
			_, err = w.Meetings.ComeByCode(ctx, v.Code, sheet.People[at].Code, member.Actor{}, "here")
			return err
		}
		refused := func(who int) bool {
			x, err := w.Meetings.AtDoor(ctx, w.visit(chair), n, "", 0)
			w.must(err)
			return slices.ContainsFunc(x.People, func(a meeting.Arrival) bool { return a.Refused && a.Member == w.Who[who].Member.ID })
		}
		w.must(in(gone))
		w.must(in(left))
		w.must(w.Meetings.NotThere(ctx, w.visit(gone), n))
		w.must(w.Meetings.LetOut(ctx, w.visit(chair), n, w.Who[left].Member.ID))
		w.must(w.Meetings.WasThere(ctx, w.visit(left), n))
		if !refused(gone) || refused(left) {
			t.Error("the door is not shown whom nobody notes again")
		}
		w.WantKind("by name", in(gone), fault.Conflict)
		w.WantKind("by their code", byCode(gone), fault.Conflict)
		w.must(in(left))
		w.must(w.Meetings.LetOut(ctx, w.visit(chair), n, w.Who[left].Member.ID))
		w.must(w.Meetings.NotThere(ctx, w.visit(left), n)) // they were not, as they say later in the same sitting
		w.WantKind("said later", in(left), fault.Conflict)
		if got := w.notes("meeting.unnoted", gone, left); got[len(got)-1] != (noted{"", "late", 2, 0, 2}) {
			t.Errorf("the record says %+v", got)
		}
		w.must(w.Meetings.CheckIn(ctx, w.visit(gone), n, meeting.Room))
		w.must(w.Meetings.CheckOut(ctx, w.visit(gone), n))
		w.must(in(gone))
		w.must(w.Meetings.NotThere(ctx, w.visit(gone), n))
		opens := c.Now().Add(2 * 24 * time.Hour)
		c.Advance(v.Stop.Sub(c.Now()))
		w.must(w.Meetings.Adjourn(ctx, w.visit(chair), n, opens, 60))
		w.Pass(opens)
		for _, i := range []int{1, 2} {
			w.must(w.Meetings.CheckIn(ctx, w.Who[i], n, meeting.Room))
			w.must(w.Meetings.Would(ctx, w.visit(i), n, []meeting.Job{meeting.Facilitates}))
		}
		w.Pass(opens.Add(time.Hour))
		w.must(w.Meetings.Begin(ctx, w.visit(1), n))
		w.must(in(gone))
		w.must(byCode(left))
		if got := w.notes("meeting.noted", gone, left); got[len(got)-1].refused != 0 {
			t.Errorf("in another sitting the record says %+v", got)
		}
	})
}

// TestNotedByCode: whoever made the codes answers for what is typed where nobody is signed in; where whoever keeps the door is, they do. Who leaves the group is not told of beside their name.
func TestNotedByCode(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, v, _ := sits(t, d, c)
		ctx, n := t.Context(), v.Number
		keeper, _ := w.keeper(v, meeting.Doors)
		secret, err := w.Meetings.MakeCodes(ctx, w.visit(keeper), n)
		w.must(err)
		sheet, err := w.Meetings.DoorCodes(ctx, w.visit(keeper), n, secret, 0)
		w.must(err)
		var busy []member.ID
		for _, x := range v.Terms {
			if !x.Shadow {
				busy = append(busy, x.Member)
			}
		}
		one, two := w.but(busy...)[0], w.but(busy...)[1] // of eight at most six have a job
		come := func(who int, on member.Actor) {
			t.Helper()
			at := slices.IndexFunc(sheet.People, func(x meeting.CodeOf) bool { return x.Member == w.Who[who].Member.ID })
			_, err := w.Meetings.ComeByCode(ctx, v.Code, sheet.People[at].Code, on, "here")
			w.must(err)
		}
		w.must(w.Meetings.CheckOut(ctx, w.visit(one), n))
		come(one, member.Actor{})
		if told := w.show(one, n).Told.Note; told != (meeting.Note{How: meeting.ByCode, By: w.Who[keeper].Member.ID}) {
			t.Errorf("told %+v", told)
		}
		w.must(w.Meetings.CheckOut(ctx, w.visit(two), n))
		come(two, w.visit(keeper))
		if told := w.show(two, n).Told.Note; told != (meeting.Note{How: meeting.ByTyped, By: w.Who[keeper].Member.ID}) {
			t.Errorf("told %+v", told)
		}
		w.must(w.Meetings.CheckIn(ctx, w.visit(two), n, meeting.Room))
		if got := w.notes("meeting.noted", one, two); len(got) != 2 || got[0] != (noted{"", "code", 8, 1, 0}) || got[1] != (noted{w.Who[keeper].Member.Ref, "typed", 8, 2, 0}) {
			t.Errorf("the record says %+v", got)
		}
		if got := w.notes("meeting.unnoted", one, two); len(got) != 1 || got[0] != (noted{"", "device", 8, 1, 0}) {
			t.Errorf("the record says %+v", got)
		}
		before := len(w.notes("meeting.unnoted"))
		_, err = w.Members.Leave(ctx, w.visit(one), false)
		w.must(err)
		if len(w.notes("meeting.unnoted")) != before {
			t.Error("beside the entry that names who left stands that they were noted as there")
		}
	})
}

// TestDeviceFound: who was noted at the door has a device after all, while a vote is open: they vote with it, and the two who count start anew with those who are left. Nobody counts twice,
// and from numbers that were seen before nothing is taken.
func TestDeviceFound(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, v, p, keeper, ana := unaided(t, d, c)
		ctx := t.Context()
		bo := w.but(v.Chair, v.Second, p.Mover, w.Who[keeper].Member.ID, w.Who[ana].Member.ID)[0]
		w.letIn(v, keeper, bo)
		for _, i := range w.but(v.Chair, p.Mover, w.Who[ana].Member.ID, w.Who[bo].Member.ID) {
			w.must(w.would(v, i, true))
		}
		w.must(w.vote(v))
		v = w.show(0, v.Number)
		both := w.tellers(v)
		count := func(i, among int, h ballot.Hands) error {
			_, err := w.Meetings.CountHands(ctx, w.visit(both[i]), v.Number, v.Current.ID, among, h)
			return err
		}
		cast := func(who int, x ballot.Choice) error {
			_, err := w.Ballots.Cast(ctx, w.visit(who), p.Number, w.Form(w.visit(who), p.Number, x))
			return err
		}
		w.WantKind("by hand, online", cast(ana, ballot.For), fault.Denied)
		w.must(count(0, 2, ballot.Hands{For: 2}))
		w.must(w.Meetings.CheckIn(ctx, w.visit(ana), v.Number, meeting.Room))
		r := w.show(both[0], v.Number).Raising
		if r.Unaided != 1 || r.Vote.ByHand != 1 || r.Vote.Fewer != 1 || r.Counting == nil || r.Counting.Entered {
			t.Fatalf("with a device found, who counts sees %+v", r)
		}
		w.must(cast(ana, ballot.For))
		for i := range both {
			w.WantKind("hands that were seen before", count(i, 2, ballot.Hands{For: 2}), fault.Conflict)
		}
		w.WantKind("more than are left", count(0, 1, ballot.Hands{For: 2}), fault.Invalid)
		for i := range both {
			w.must(count(i, 1, ballot.Hands{Against: 1}))
		}
		w.WantKind("once both have signed", w.Meetings.CheckIn(ctx, w.visit(bo), v.Number, meeting.Room), fault.Conflict)
		w.WantKind("and voting", cast(bo, ballot.For), fault.Denied)
		if here := w.show(bo, v.Number).Here; !here.Paper {
			t.Errorf("refused, and there as %+v", here)
		}
		w.must(w.Meetings.NotThere(ctx, w.visit(bo), v.Number)) // they go; what was signed stays
		for _, i := range w.but(w.Who[ana].Member.ID, w.Who[bo].Member.ID) {
			w.must(cast(i, ballot.For))
		}
		w.Pass(c.Now())
		if end := w.Show(p.Number); !end.IsCounted() || end.Votes != (tally.Votes{For: 7, Against: 1, Entitled: 8}) || end.Turnout != 8 || end.Hands != (ballot.Hands{Against: 1}) {
			t.Errorf("counted: %+v", end.Ballot)
		}
	})
}

// TestNobodyLeftToCount: the last who votes by hand has a device, or is not there: no hands are waited for, and the count says nothing of any. While hands alone are counted nobody finds one,
// as they would have no vote.
func TestNobodyLeftToCount(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, v, p, _, ana := unaided(t, d, c)
		ctx := t.Context()
		for _, i := range w.but(v.Chair, p.Mover, w.Who[ana].Member.ID) {
			w.must(w.would(v, i, true))
		}
		w.must(w.vote(v))
		v = w.show(0, v.Number)
		for _, i := range w.but(w.Who[ana].Member.ID)[:4] {
			w.Cast(w.visit(i), p.Number, ballot.For)
		}
		w.GoTo(v.Raising.Vote.Closes)
		if b := w.Show(p.Number); b.State != ballot.Open {
			t.Fatalf("it does not wait for hands: %+v", b.Ballot)
		}
		w.WantKind("a device while only hands are counted", w.Meetings.CheckIn(ctx, w.visit(ana), v.Number, meeting.Room), fault.Conflict)
		w.must(w.Meetings.CheckOut(ctx, w.visit(ana), v.Number))
		w.Pass(c.Now())
		if end := w.Show(p.Number); !end.IsCounted() || end.ByHand != 0 || end.Fewer != 1 || end.HandsHow != "" || end.Turnout != 4 || end.Entitled != 8 {
			t.Errorf("counted: %+v", end.Ballot)
		}
	})
}

// TestDeviceRace: the second who counts signs while somebody finds their device, again and again: either they vote by hand, and their device is refused, or with it, and no hand of theirs is
// in the count. Never both, and never neither.
func TestDeviceRace(t *testing.T) {
	for range 4 {
		dbtest.EachClock(t, deviceRace)
	}
}

func deviceRace(t *testing.T, d *db.DB, c *dbtest.Clock) {
	w, v, p, _, ana := unaided(t, d, c)
	ctx := t.Context()
	for _, i := range w.but(v.Chair, p.Mover, w.Who[ana].Member.ID) {
		w.must(w.would(v, i, true))
	}
	w.must(w.vote(v))
	v = w.show(0, v.Number)
	both := w.tellers(v)
	hands := func(i int) error {
		_, err := w.Meetings.CountHands(ctx, w.visit(both[i]), v.Number, v.Current.ID, 1, ballot.Hands{For: 1})
		return err
	}
	w.must(hands(0))
	var all sync.WaitGroup
	var signed, device, voted error
	all.Go(func() { signed = hands(1) })
	all.Go(func() {
		if device = w.Meetings.CheckIn(ctx, w.visit(ana), v.Number, meeting.Room); device == nil {
			_, voted = w.Ballots.Cast(ctx, w.visit(ana), p.Number, w.Form(w.visit(ana), p.Number, ballot.Against))
		}
	})
	all.Wait()
	if (signed == nil) == (device == nil) || voted != nil {
		t.Fatal(signed, device, voted)
	}
	for _, err := range []error{signed, device} {
		if err != nil && fault.KindOf(err) != fault.Conflict {
			t.Fatal(errors.Join(signed, device))
		}
	}
	for _, i := range w.but(w.Who[ana].Member.ID) {
		w.Cast(w.visit(i), p.Number, ballot.For)
	}
	w.Pass(c.Now())
	want := tally.Votes{For: 7, Against: 1, Entitled: 8}
	if signed == nil {
		want = tally.Votes{For: 8, Entitled: 8}
	}
	if end := w.Show(p.Number); end.Votes != want || end.Turnout != 8 {
		t.Errorf("signed %v, device %v: %+v", signed, device, end.Ballot)
	}
}
