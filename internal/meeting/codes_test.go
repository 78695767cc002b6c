package meeting_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/token"
)

// TestDoorCodes: whoever keeps the door makes codes; each notes once that its member is there, without a device, and nothing else; new ones end the old, and the meeting's end ends all.
func TestDoorCodes(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, v, _ := sits(t, d, c)
		ctx, n := t.Context(), v.Number
		keeper, other := w.keeper(v, meeting.Doors)
		_, err := w.Meetings.MakeCodes(ctx, w.visit(other), n)
		w.WantKind("codes by somebody else", err, fault.Denied)
		_, err = w.Meetings.DoorCodes(ctx, w.visit(other), n, "", 0)
		w.WantKind("a look by somebody else", err, fault.Denied)
		secret, err := w.Meetings.MakeCodes(ctx, w.visit(keeper), n)
		w.must(err)
		sheet := func(secret string) meeting.Codes {
			t.Helper()
			out, err := w.Meetings.DoorCodes(ctx, w.visit(keeper), n, secret, 0)
			w.must(err)
			return out
		}
		of := func(s meeting.Codes, who int) string {
			t.Helper()
			for _, x := range s.People {
				if x.Member == w.Who[who].Member.ID {
					return x.Code
				}
			}
			t.Fatalf("%d has no code", who)
			return ""
		}
		s := sheet(secret)
		if len(s.People) != 8 || s.All != 8 || s.Used != 0 || s.After != 0 || s.Made.IsZero() {
			t.Fatalf("the sheet is %+v", s)
		}
		for _, wrong := range []string{"", token.New()} {
			if x := sheet(wrong); len(x.People) != 0 || x.All != 8 {
				t.Errorf("without the secret it shows %+v", x)
			}
		}
		come := func(typed string) error {
			_, err := w.Meetings.ComeByCode(ctx, v.Code, typed, member.Actor{}, "here")
			return err
		}
		w.must(w.Meetings.CheckOut(ctx, w.visit(other), n))
		code := of(s, other)
		name, err := w.Meetings.ComeByCode(ctx, v.Code, " "+strings.ToLower(strings.ReplaceAll(code, "-", " ")), member.Actor{}, "here")
		w.must(err)
		if here := w.show(other, n).Here; name != w.Who[other].Member.Name || !here.Paper || here.Mode != meeting.Room {
			t.Errorf("%s came as %+v", name, here)
		}
		w.WantKind("once more", come(code), fault.Invalid)
		if x := sheet(secret); x.Used != 1 || of(x, other) != "" {
			t.Errorf("after it the sheet is %+v", x)
		}
		w.WantKind("what is no code", come("K7M"), fault.Invalid)
		w.WantKind("at another meeting", func() error {
			_, err := w.Meetings.ComeByCode(ctx, "AAAAA-AAAAA", of(s, w.at(v.Chair)), member.Actor{}, "here")
			return err
		}(), fault.NotFound)
		w.must(come(of(s, w.at(v.Chair)))) // who is there with their own device stays there with it
		if here := w.show(w.at(v.Chair), n).Here; here.Paper {
			t.Errorf("whoever facilitates is there as %+v", here)
		}

		// who has left has no code any more
		gone := w.but(v.Chair, w.Who[keeper].Member.ID, w.Who[other].Member.ID)[0]
		_, err = w.Members.Leave(ctx, w.visit(gone), false)
		w.must(err)
		w.WantKind("of who has left", come(of(s, gone)), fault.Invalid)

		// guessing is slowed down where it comes from, and there alone
		for i := range token.Burst + 1 {
			want := fault.Invalid
			if i >= token.Burst-1 { // one was used up by the last
				want = fault.TooMany
			}
			w.WantKind("a guess", come("000-000"), want)
		}
		right := of(s, w.but(v.Chair, w.Who[other].Member.ID, w.Who[gone].Member.ID)[0])
		w.WantKind("the right one there", come(right), fault.TooMany)
		_, err = w.Meetings.ComeByCode(ctx, v.Code, right, member.Actor{}, "elsewhere")
		w.must(err)
		w.Clock.Advance(token.Refill)
		w.WantKind("a guess later", come("000-000"), fault.Invalid)

		// new ones, and none
		again, err := w.Meetings.MakeCodes(ctx, w.visit(w.at(v.Chair)), n)
		w.must(err)
		old := of(s, keeper)
		w.WantKind("one of the old", func() error { _, err := w.Meetings.ComeByCode(ctx, v.Code, old, member.Actor{}, "desk"); return err }(), fault.Invalid)
		w.must(w.Meetings.EndCodes(ctx, w.visit(keeper), n))
		w.WantKind("one that was ended", func() error {
			_, err := w.Meetings.ComeByCode(ctx, v.Code, token.Short(again, "door"), member.Actor{}, "desk")
			return err
		}(), fault.Invalid)
		if w.kept("meeting_codes") != 0 {
			t.Error("ended codes are kept")
		}
		_, err = w.Meetings.MakeCodes(ctx, w.visit(keeper), n)
		w.must(err)
		w.Pass(w.Clock.Now().Add(6 * time.Hour)) // the meeting ends by itself
		_, err = w.Meetings.MakeCodes(ctx, w.visit(keeper), n)
		w.WantKind("codes for what is over", err, fault.Conflict)
		w.WantKind("a code of what is over", func() error { _, err := w.Meetings.ComeByCode(ctx, v.Code, right, member.Actor{}, "desk"); return err }(), fault.Conflict)
		if w.kept("meeting_codes") != 0 {
			t.Error("codes outlive their meeting")
		}
	})
}

// TestDoorCodesBefore: whoever called a meeting makes codes before it begins; they open the door when it opens, and who came by one counts for the quorum and not among those who vote on a device.
func TestDoorCodesBefore(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 6)
		ctx := t.Context()
		m := w.called()
		caller := w.at(m.CalledBy)
		secret, err := w.Meetings.MakeCodes(ctx, w.visit(caller), m.Number)
		w.must(err)
		who := w.but(m.CalledBy)
		_, err = w.Meetings.MakeCodes(ctx, w.visit(who[0]), m.Number)
		w.WantKind("by somebody else", err, fault.Denied)
		_, err = w.Meetings.MakeCodes(ctx, member.Actor{Group: w.Group}, m.Number)
		w.WantKind("by a stranger", err, fault.NotFound)
		s, err := w.Meetings.DoorCodes(ctx, w.visit(caller), m.Number, secret, 0)
		w.must(err)
		come := func(who int) error {
			for _, x := range s.People {
				if x.Member == w.Who[who].Member.ID {
					_, err := w.Meetings.ComeByCode(ctx, m.Code, x.Code, member.Actor{}, "here")
					return err
				}
			}
			t.Fatalf("%d has no code", who)
			return nil
		}
		w.WantKind("before the door opens", come(who[0]), fault.Conflict)
		w.Pass(m.Opens.Add(-meeting.EarlyDoor))
		w.must(come(who[0]))
		if v := w.show(caller, m.Number); v.Total() != 1 {
			t.Errorf("%d are there", v.Total())
		}
		rest, err := w.Meetings.DoorCodes(ctx, w.visit(caller), m.Number, secret, s.People[2].Member)
		w.must(err)
		if len(rest.People) != len(s.People)-3 || rest.People[0].Member != s.People[3].Member {
			t.Errorf("after the third come %+v", rest.People)
		}
	})
}

// TestCodesNextSitting: who came by a code comes by it again when the meeting goes on at another date; and once in each sitting.
func TestCodesNextSitting(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 8)
		ctx := t.Context()
		v, _ := w.few()
		n, chair := v.Number, w.at(v.Chair)
		secret, err := w.Meetings.MakeCodes(ctx, w.visit(chair), n)
		w.must(err)
		s, err := w.Meetings.DoorCodes(ctx, w.visit(chair), n, secret, 0)
		w.must(err)
		code := s.People[slices.IndexFunc(s.People, func(x meeting.CodeOf) bool { return x.Member == w.Who[5].Member.ID })].Code
		come := func() error {
			_, err := w.Meetings.ComeByCode(ctx, v.Code, code, member.Actor{}, "here")
			return err
		}
		w.must(come())
		w.WantKind("once more", come(), fault.Invalid)
		w.must(w.Meetings.LetOut(ctx, w.visit(chair), n, w.Who[5].Member.ID))
		w.Pass(c.Now().Add(15 * time.Minute)) // too few, for as long as it is waited for others
		opens := c.Now().Add(3 * 24 * time.Hour).Truncate(time.Minute)
		w.must(w.Meetings.Adjourn(ctx, w.visit(chair), n, opens, 60))
		w.WantKind("before the door opens again", come(), fault.Conflict)
		w.Pass(opens.Add(-meeting.EarlyDoor))
		w.must(come())
		if v := w.show(0, n); v.Total() != 1 || v.Meeting.Noted != 1 {
			t.Errorf("%d are there, %d of them noted", v.Total(), v.Meeting.Noted)
		}
		w.WantKind("twice in this sitting", come(), fault.Invalid)
	})
}

// TestGuessing: tries count by network, and not by address; all networks together have a limit of their own, which shuts nobody out who has typed a right code.
func TestGuessing(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, v, _ := sits(t, d, c)
		ctx := t.Context()
		keeper, _ := w.keeper(v, meeting.Doors)
		secret, err := w.Meetings.MakeCodes(ctx, w.visit(keeper), v.Number)
		w.must(err)
		s, err := w.Meetings.DoorCodes(ctx, w.visit(keeper), v.Number, secret, 0)
		w.must(err)
		try := func(code, from string) error {
			_, err := w.Meetings.ComeByCode(ctx, v.Code, code, member.Actor{}, from)
			return err
		}
		const tablet = "192.0.2.7"
		slips := func(n int) {
			t.Helper()
			for range n {
				w.WantKind("a slip at the door", try("000-000", tablet), fault.Invalid)
			}
		}
		slips(token.Burst - 1)
		w.must(try(s.People[0].Code, tablet)) // what is right gives all tries back
		slips(token.Burst - 1)
		w.must(try(s.People[1].Code, tablet))

		for i := range token.Burst { // whoever has a network has all its addresses
			w.WantKind("a guess", try("000-000", fmt.Sprintf("2001:db8:0:1::%x", i)), fault.Invalid)
		}
		w.WantKind("one more from there", try("000-000", "2001:db8:0:1:ffff::1"), fault.TooMany)

		guesses, refused := 0, 0
		for i := range 200 {
			switch err := try("000-000", fmt.Sprintf("2001:db8:1:%x::1", i)); fault.KindOf(err) {
			case fault.Invalid:
				guesses++
			case fault.TooMany:
				refused++
			default:
				t.Fatal(err)
			}
		}
		if guesses >= meeting.WrongAtOnce || refused < 200-meeting.WrongAtOnce {
			t.Errorf("from many networks %d guesses were taken, and %d refused", guesses, refused)
		}
		w.WantKind("even what is right, from elsewhere", try(s.People[2].Code, "198.51.100.1"), fault.TooMany)
		slips(1)
		w.must(try(s.People[2].Code, tablet))
	})
}
