package notify

import (
	"strings"
	"testing"
	"time"

	"folkmoot/internal/account"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/mailtest"
	"folkmoot/internal/member"
	"folkmoot/internal/token"
)

// TestV22_TheLinkThatEndsNoticesDoesNothingElse: it ends them for the one it was made for, also what waits; no other string does, and it is
// neither a calendar's address nor anything that is kept.
func TestV22_TheLinkThatEndsNoticesDoesNothingElse(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		srv := mailtest.Start(t, mailtest.StartTLS)
		w := begin(t, d, c, reach(srv, StartTLS), "ana@example.org", "ben@example.org")
		n := w.notice(1, "x")
		w.tell(n)
		tok := stopToken(w.s.key, "m_tenants_member-000")
		feed, err := w.s.MakeFeed(t.Context(), 2)
		if err != nil {
			t.Fatal(err)
		}
		mac := tok[strings.IndexByte(tok, '.'):]
		for _, wrong := range []string{"", ".", "m_tenants_member-000", "m_tenants_member-000.", "m_tenants_member-001" + mac, tok + "A", tok[:len(tok)-1],
			strings.ToUpper(tok), feed, token.New(), stopToken([]byte("another server's"), "m_tenants_member-000")} {
			if err := w.s.Stop(t.Context(), wrong); fault.KindOf(err) != fault.NotFound || w.s.Stoppable(wrong) {
				t.Errorf("%q: %v", wrong, err)
			}
		}
		w.want(n, "waiting", "waiting")
		if _, _, err := w.s.FeedOwner(t.Context(), tok); fault.KindOf(err) != fault.NotFound {
			t.Errorf("it opens a calendar: %v", err)
		}
		for range 2 {
			if err := w.s.Stop(t.Context(), tok); err != nil || !w.s.Stoppable(tok) {
				t.Fatal(err)
			}
		}
		w.deliver()
		w.want(n, "unwanted", "sent")
		if all := srv.Mails(t); len(all) != 1 || all[0].To != "ben@example.org" {
			t.Errorf("the server has %+v", all)
		}
		w.write(func(tx *db.Tx) error { return tx.Exec("DELETE FROM logins WHERE email = 'ana@example.org'").Error })
		if err := w.s.Stop(t.Context(), tok); err != nil {
			t.Errorf("when the account is gone: %v", err)
		}
	})
}

// TestLeaving: what waits for somebody who leaves is not sent, and their calendar ends with their account.
func TestLeaving(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		srv := mailtest.Start(t, mailtest.StartTLS)
		w := begin(t, d, c, reach(srv, StartTLS), "ana@example.org", "ben@example.org")
		sent, n := w.notice(1, "x"), w.notice(2, "y")
		w.tell(sent)
		w.deliver()
		w.tell(n)
		feed, err := w.s.MakeFeed(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		w.write(func(tx *db.Tx) error {
			m, err := member.Get(tx, w.members[0])
			if err != nil {
				return err
			}
			if err := Part(tx, m); err != nil {
				return err
			}
			if err := Gone(tx, m.Person); err != nil {
				return err
			}
			return tx.Exec("UPDATE members SET left_at = ? WHERE id = ?", db.At(tx.Now), m.ID).Error
		})
		w.deliver()
		w.want(sent, "sent", "sent")
		w.want(n, "none", "sent")
		w.tell(w.notice(3, "z"))
		w.want(w.notice(3, "z"), "none", "waiting")
		if _, _, err := w.s.FeedOwner(t.Context(), feed); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the calendar is there: %v", err)
		}
		mine, _, err := w.s.Mine(t.Context(), 1, 0)
		if err != nil || len(mine) != 0 {
			t.Errorf("who has left sees %v (%v)", mine, err)
		}
	})
}

// TestLeavingWhileItIsSent: writing down what became of a mail does no harm when its reader has left meanwhile.
func TestLeavingWhileItIsSent(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		srv := mailtest.Start(t, mailtest.StartTLS)
		w := begin(t, d, c, reach(srv, StartTLS), "ana@example.org")
		w.tell(w.notice(1, "x"))
		srv.OnData(func(mailtest.Mail) error {
			w.write(func(tx *db.Tx) error { return unsent(tx, w.members[0]) })
			return nil
		})
		w.deliver()
		w.want(w.notice(1, "x"), "none")
	})
}

// TestNoServer: where no mail is sent, nothing waits and nothing that was to be said is kept; from when some is, notices are sent.
func TestNoServer(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := begin(t, d, c, nil, "ana@example.org", "")
		n := w.notice(1, "x")
		w.tell(n)
		w.deliver()
		w.want(n, "off", "off")
		w.read(func(tx *db.Tx) error {
			var kept int64
			if err := tx.Table("letters").Where("body <> '' OR html <> '' OR ics <> ''").Count(&kept).Error; err != nil || kept != 0 {
				t.Errorf("%d letters are kept (%v)", kept, err)
			}
			return nil
		})
		srv := mailtest.Start(t, mailtest.StartTLS)
		w.s.server = reach(srv, StartTLS)
		w.tell(n) // again: it was queued, and is not again
		w.tell(w.notice(2, "y"))
		w.deliver()
		w.want(n, "off", "off")
		w.want(w.notice(2, "y"), "sent", "no_address")
		w.s.server = nil // and back: what waits is not lost, and is sent when there is one again
	})
}

// TestForget: what letters say goes before what became of them, and that in the end.
func TestForget(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		srv := mailtest.Start(t, mailtest.StartTLS)
		w := begin(t, d, c, reach(srv, StartTLS), "ana@example.org")
		n := w.notice(1, "x")
		w.tell(n)
		w.deliver()
		said := func() (all string) {
			w.read(func(tx *db.Tx) error { return tx.Raw("SELECT body || html || ics FROM letters").Scan(&all).Error })
			return all
		}
		c.Advance(LettersFor - time.Minute)
		w.write(Forget)
		if said() == "" {
			t.Error("it was forgotten at once")
		}
		c.Advance(2 * time.Minute)
		w.write(Forget)
		if said() != "" {
			t.Errorf("it says %q", said())
		}
		mine, more, err := w.s.Mine(t.Context(), 1, 0)
		if err != nil || more || len(mine) != 1 || mine[0].Title != "x" || mine[0].State != Sent {
			t.Errorf("of it is kept %+v (%v)", mine, err)
		}
		c.Advance(KeptFor)
		w.write(Forget)
		if mine, _, err = w.s.Mine(t.Context(), 1, 0); err != nil || len(mine) != 0 {
			t.Errorf("of it is kept %+v (%v)", mine, err)
		}
	})
}

// TestEmptyLetterIsNotSent: a mail that waited for longer than its letter was kept, as when the server stood still, is given up.
func TestEmptyLetterIsNotSent(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		srv := mailtest.Start(t, mailtest.StartTLS)
		w := begin(t, d, c, reach(srv, StartTLS), "ana@example.org")
		n := w.notice(1, "x")
		w.tell(n)
		c.Advance(LettersFor + time.Minute)
		w.write(Forget)
		w.deliver()
		w.want(n, "given_up")
		if all := srv.Mails(t); len(all) != 0 {
			t.Errorf("the server has %d mails", len(all))
		}
	})
}

// TestFeed: one address at a time, of which only the hash is kept.
func TestFeed(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := begin(t, d, c, nil, "", "")
		first, err := w.s.MakeFeed(t.Context(), 1)
		if err != nil || len(first) < 22 {
			t.Fatal(first, err)
		}
		second, err := w.s.MakeFeed(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := w.s.FeedOwner(t.Context(), first); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the first address: %v", err)
		}
		if p, _, err := w.s.FeedOwner(t.Context(), second); err != nil || p != 1 {
			t.Errorf("the second address: %d (%v)", p, err)
		}
		if since, ok, err := w.s.FeedSince(t.Context(), 1); err != nil || !ok || !since.Equal(c.Now().Truncate(time.Millisecond)) {
			t.Errorf("since %v, %v (%v)", since, ok, err)
		}
		if err := w.s.EndFeed(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		if _, ok, err := w.s.FeedSince(t.Context(), 1); err != nil || ok {
			t.Errorf("it has not ended (%v)", err)
		}
	})
}

// TestTry: somebody can have a mail sent to themselves, once a minute, whatever they want otherwise.
func TestTry(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		srv := mailtest.Start(t, mailtest.StartTLS)
		w := begin(t, d, c, reach(srv, StartTLS), "!ana@example.org", "")
		actor := func(i int) (a member.Actor) {
			w.read(func(tx *db.Tx) (err error) { a, err = member.ActorIn(tx, member.PersonID(i), "tenants"); return err })
			return a
		}
		try := func(i int) error {
			return w.s.Try(t.Context(), actor(i), lang.M("layout.plain", "Text", "A trial"), lang.M("layout.plain", "Text", "It works."))
		}
		if err := try(1); err != nil {
			t.Fatal(err)
		}
		if err := try(1); fault.KindOf(err) != fault.Conflict {
			t.Errorf("at once again: %v", err)
		}
		if err := try(2); fault.KindOf(err) != fault.Conflict {
			t.Errorf("without an address: %v", err)
		}
		w.deliver()
		c.Advance(time.Minute)
		if err := try(1); err != nil {
			t.Error(err)
		}
		w.deliver()
		if all := srv.Mails(t); len(all) != 2 || all[0].Parse(t).Subject != "A trial" {
			t.Errorf("the server has %+v", all)
		}
		w.s.server = nil
		c.Advance(time.Minute)
		if err := try(1); fault.KindOf(err) != fault.Conflict {
			t.Errorf("without a server: %v", err)
		}
	})
}

// TestMine: a person's deliveries of all their groups come in pages, and nobody else's.
func TestMine(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := begin(t, d, c, nil, "", "")
		for i := range page + 3 {
			w.tell(w.notice(i, "x"))
		}
		first, more, err := w.s.Mine(t.Context(), 1, 0)
		if err != nil || len(first) != page || !more || first[0].Revision != page+2 {
			t.Fatalf("%d on the first page, more %v (%v)", len(first), more, err)
		}
		rest, more, err := w.s.Mine(t.Context(), 1, first[page-1].ID)
		if err != nil || len(rest) != 3 || more || rest[2].Revision != 0 {
			t.Errorf("%d on the second page, more %v (%v)", len(rest), more, err)
		}
	})
}

// TestWishes: who gave their address when nothing was sent to it is not asked for by anything but themselves; who was told is sent notices, and
// what somebody has said stays so when they change the address.
func TestWishes(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := begin(t, d, c, nil, "?ana@example.org", "ben@example.org", "!eva@example.org")
		wants := func() (out []bool) {
			w.read(func(tx *db.Tx) error {
				who, err := account.Contacts(tx, w.members)
				out = nil
				for _, id := range w.members {
					out = append(out, who[id].Wants)
				}
				return err
			})
			return out
		}
		if got := wants(); got[0] || !got[1] || got[2] {
			t.Errorf("they want %v", got)
		}
		for _, want := range []bool{true, false, false} {
			w.write(func(tx *db.Tx) error { return account.SetNotices(tx, 1, want) })
			if got := wants(); got[0] != want || !got[1] || got[2] {
				t.Errorf("after saying %v they want %v", want, got)
			}
		}
	})
}

func TestWait(t *testing.T) {
	for _, tt := range []struct {
		attempts int
		want     time.Duration
	}{{0, time.Minute}, {1, time.Minute}, {2, 2 * time.Minute}, {9, 256 * time.Minute}, {10, 6 * time.Hour}, {1000000, 6 * time.Hour}} {
		if got := wait(tt.attempts); got != tt.want {
			t.Errorf("after %d tries: %v, want %v", tt.attempts, got, tt.want)
		}
	}
}
