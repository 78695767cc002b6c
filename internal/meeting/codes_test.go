package meeting_test

import (
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
