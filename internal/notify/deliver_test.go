package notify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/lang"
	"folkmoot/internal/mailtest"
)

// TestWhoIsSentWhat: who wants it gets it once, whoever is told again; who does not, has given no address, or was promised that nothing is sent
// to it, gets nothing, and it is written down that they do not.
func TestWhoIsSentWhat(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		srv := mailtest.Start(t, mailtest.StartTLS)
		w := begin(t, d, c, reach(srv, StartTLS), "ana@example.org", "", "!ben@example.org", "?eva@example.org")
		n := w.notice(1, "Spring meeting")
		w.tell(n)
		w.want(n, "waiting", "no_address", "unwanted", "unwanted")
		w.tell(n)
		w.deliver()
		w.deliver()
		w.want(n, "sent", "no_address", "unwanted", "unwanted")
		if all := srv.Mails(t); len(all) != 1 || all[0].To != "ana@example.org" || all[0].From != "notices@vote.example.org" {
			t.Fatalf("the server has %d mails: %+v", len(all), all)
		}
		w.tell(w.notice(2, "Spring meeting, an hour later"))
		w.deliver()
		if all := srv.Mails(t); len(all) != 2 {
			t.Errorf("after a change the server has %d mails", len(all))
		}
		w.read(func(tx *db.Tx) error {
			got, err := Totals(tx, w.group.ID, n.Kind, n.Subject, n.Revision)
			if err != nil || len(got) != 3 || got[Sent] != 1 || got[NoAddress] != 1 || got[Declined] != 2 {
				t.Errorf("in total it is %v (%v)", got, err)
			}
			return nil
		})
	})
}

// TestWhatIsSent: the mail as a reader's program has it.
func TestWhatIsSent(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		srv := mailtest.Start(t, mailtest.TLS)
		w := begin(t, d, c, reach(srv, TLS), "ana@example.org")
		w.tell(w.notice(1, "Frühling: اجتماع\r\nBcc: eve@example.org"))
		w.deliver()
		m := srv.Wait(t, 1)[0].Parse(t)
		ref := "m_tenants_member-000"
		stop := "<" + base + "/stop/" + stopToken(w.s.key, ref) + ">"
		for name, want := range map[string]string{
			"To": "<ana@example.org>", "Bcc": "", "From": `"tenants" <notices@vote.example.org>`, "Auto-Submitted": "auto-generated",
			"List-Unsubscribe": stop, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "User-Agent": "", "X-Mailer": "",
		} {
			if got := m.Header.Get(name); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
		at, err := m.Header.Date()
		if err != nil || !at.Equal(c.Now().Truncate(time.Second)) {
			t.Errorf("its date is %v (%v), want %v", at, err, c.Now())
		}
		if !strings.HasSuffix(m.Header.Get("Message-ID"), "@vote.example.org>") {
			t.Errorf("it is called %s", m.Header.Get("Message-ID"))
		}
		if strings.ContainsAny(m.Subject, "\r\n") || !strings.Contains(m.Subject, "Frühling: اجتماع") {
			t.Errorf("its subject is %q", m.Subject)
		}
		if !strings.HasPrefix(m.Text, "Come: Frühling") || !strings.Contains(m.HTML, "<p>Come: Frühling") || !strings.HasPrefix(m.ICS, "BEGIN:VCALENDAR\r\n") {
			t.Errorf("it reads %q, %q and %q", m.Text, m.HTML, m.ICS)
		}
	})
}

// TestTriedAgain: a server that asks to come back is asked again after a minute, then after twice as long each time up to six hours, until three
// days have gone by.
func TestTriedAgain(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		srv := mailtest.Start(t, mailtest.StartTLS)
		w := begin(t, d, c, reach(srv, StartTLS), "ana@example.org")
		tries := 0
		srv.OnRcpt(func(string) error { tries++; return mailtest.Answer(451, "ana@example.org is away") })
		n, began := w.notice(1, "x"), c.Now()
		w.tell(n)
		var waits []time.Duration
		for last := began; w.states(n)[0] != "given_up not_now"; last = c.Now() {
			w.deliver()
			w.deliver() // at once, it is not due
			if tries > 40 {
				t.Fatalf("it is %v after %d tries", w.states(n), tries)
			}
			var next db.Instant
			w.read(func(tx *db.Tx) error { return tx.Raw("SELECT next_at FROM mails").Row().Scan(&next) })
			if next.IsZero() {
				break
			}
			w.want(n, "failed not_now")
			waits = append(waits, next.Sub(last))
			c.Set(next.Time)
		}
		w.want(n, "given_up not_now")
		m := time.Minute
		first := []time.Duration{m, 2 * m, 4 * m, 8 * m, 16 * m, 32 * m, 64 * m, 128 * m, 256 * m, 6 * time.Hour, 6 * time.Hour}
		if len(waits) != tries-1 || !slices.Equal(waits[:len(first)], first) || slices.Max(waits) != 6*time.Hour {
			t.Errorf("%d tries, with waits of %v", tries, waits)
		}
		if took := c.Now().Sub(began); took < 66*time.Hour || took > 72*time.Hour {
			t.Errorf("given up after %v", took)
		}
		c.Advance(24 * time.Hour)
		w.deliver()
		if before := tries; before != len(waits)+1 {
			t.Errorf("tried again after giving up")
		}
	})
}

// TestWhatGoesWrong: each failure has its word, what can be mended is tried again and then arrives, and nothing that is said of it holds an
// address or what the server said.
func TestWhatGoesWrong(t *testing.T) {
	for _, tt := range []struct {
		name, state string
		fails       func(*mailtest.Server, *Server)
		stays       bool // no way to mend it
	}{
		{name: "reader unknown", state: "given_up refused", stays: true,
			fails: func(s *mailtest.Server, _ *Server) {
				s.OnRcpt(func(to string) error { return mailtest.Answer(550, to+" is unknown") })
			}},
		{name: "come back", state: "failed not_now", fails: func(s *mailtest.Server, _ *Server) {
			s.OnData(func(mailtest.Mail) error { return mailtest.Answer(452, "full") })
		}},
		{name: "will not have it", state: "given_up refused", stays: true, fails: func(s *mailtest.Server, _ *Server) {
			s.OnData(func(mailtest.Mail) error { return mailtest.Answer(554, "spam") })
		}},
		{name: "hangs", state: "failed too_slow", fails: func(s *mailtest.Server, to *Server) {
			to.Patience = time.Second
			s.OnData(func(mailtest.Mail) error { time.Sleep(1500 * time.Millisecond); return errors.New("too late") })
		}},
		{name: "nobody there", state: "failed unreachable", fails: func(_ *mailtest.Server, to *Server) { to.Port = 1 }},
		{name: "somebody else's certificate", state: "failed certificate", fails: func(_ *mailtest.Server, to *Server) { to.Roots = nil }},
		{name: "in the clear only", state: "failed no_tls", fails: func(_ *mailtest.Server, to *Server) {}},
		{name: "wrong password", state: "failed login", fails: func(_ *mailtest.Server, to *Server) { to.Password = "wrong" }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
				speaks := mailtest.StartTLS
				if tt.name == "in the clear only" {
					speaks = mailtest.Plain
				}
				srv := mailtest.Start(t, speaks)
				to := reach(srv, StartTLS)
				w := begin(t, d, c, to, "ana@example.org")
				right := *to
				tt.fails(srv, to)
				n := w.notice(1, "x")
				w.tell(n)
				err := w.s.Deliver(t.Context())
				if err != nil && strings.ContainsAny(err.Error(), "@0123456789") {
					t.Errorf("the error says %q", err)
				}
				w.want(n, tt.state)
				if tt.stays {
					return
				}
				srv.OnRcpt(nil)
				srv.OnData(nil)
				*to = right
				if speaks == mailtest.Plain {
					to.TLS = NoCipher
				}
				c.Advance(2 * time.Minute)
				w.deliver()
				w.want(n, "sent")
				if all := srv.Mails(t); len(all) != 1 {
					t.Errorf("the server has %d mails", len(all))
				}
			})
		})
	}
}

// TestNotSentInTheClear: where enciphering is asked for and the server does not offer it, neither password nor mail goes over the line.
func TestNotSentInTheClear(t *testing.T) {
	lis, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer lis.Close()
	heard := make(chan string, 1)
	go func() {
		c, err := lis.Accept()
		if err != nil {
			heard <- err.Error()
			return
		}
		defer c.Close()
		var all bytes.Buffer
		buf := make([]byte, 4096)
		fmt.Fprint(c, "220 localhost\r\n")
		for {
			n, err := c.Read(buf)
			all.Write(buf[:n])
			if err != nil {
				break
			}
			fmt.Fprint(c, "250-localhost\r\n250 AUTH PLAIN LOGIN\r\n")
		}
		heard <- all.String()
	}()
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		if d.Dialect() != db.SQLite {
			return // one listener; the database plays no part
		}
		a, ok := lis.Addr().(*net.TCPAddr)
		if !ok {
			t.Fatal("not TCP")
		}
		w := begin(t, d, c, &Server{Host: "127.0.0.1", Port: a.Port, From: "n@vote.example.org", TLS: StartTLS, User: "u", Password: "hunter2", Patience: 2 * time.Second}, "ana@example.org")
		n := w.notice(1, "x")
		w.tell(n)
		if err := w.s.Deliver(t.Context()); err == nil {
			t.Error("it worked")
		}
		w.want(n, "failed no_tls")
	})
	if all := <-heard; strings.Contains(all, "AUTH") || strings.Contains(all, "MAIL") || !strings.Contains(all, "EHLO vote.example.org") {
		t.Errorf("over the line went %q", all)
	}
}

// TestDropAfterData: a server that takes a mail and is gone before it says so gets it once more, under the same name.
func TestDropAfterData(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		srv := mailtest.Start(t, mailtest.StartTLS)
		w := begin(t, d, c, reach(srv, StartTLS), "ana@example.org", "ben@example.org")
		first := true
		srv.OnTaken(func(c net.Conn) {
			if first {
				first = false
				if err := c.Close(); err != nil {
					t.Error(err)
				}
			}
		})
		n := w.notice(1, "x")
		w.tell(n)
		w.deliver()
		w.want(n, "failed broken", "sent") // the others do not wait for it
		c.Advance(2 * time.Minute)
		w.deliver()
		w.want(n, "sent", "sent")
		all := srv.Mails(t)
		if len(all) != 3 || all[0].Parse(t).Header.Get("Message-ID") != all[2].Parse(t).Header.Get("Message-ID") || all[0].To != all[2].To {
			t.Errorf("the server has %d mails", len(all))
		}
		if all[0].Parse(t).Header.Get("Message-ID") == all[1].Parse(t).Header.Get("Message-ID") {
			t.Error("two mails have one name")
		}
	})
}

// TestStopsWhenTheProgramDoes: what was taken in hand and not tried waits as before.
func TestStopsWhenTheProgramDoes(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		srv := mailtest.Start(t, mailtest.StartTLS)
		w := begin(t, d, c, reach(srv, StartTLS), "ana@example.org", "ben@example.org", "eva@example.org")
		ctx, cancel := context.WithCancel(t.Context())
		srv.OnData(func(mailtest.Mail) error { cancel(); return nil })
		n := w.notice(1, "x")
		w.tell(n)
		if err := w.s.Deliver(ctx); err != nil {
			t.Fatal(err)
		}
		w.want(n, "sent", "waiting", "waiting")
		srv.OnData(nil)
		w.deliver()
		w.want(n, "sent", "sent", "sent")
		if all := srv.Mails(t); len(all) != 3 {
			t.Errorf("the server has %d mails", len(all))
		}
	})
}

// TestKilledWhileSending kills a program that is sending, after the server has taken the mail and before it has said so: the mail is sent once
// more, and the others are sent.
func TestKilledWhileSending(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		if d.Dialect() != db.SQLite {
			return // the child opens a file by its path; what follows from a state is the same on both, and TestOrphans has it
		}
		srv := mailtest.Start(t, mailtest.StartTLS)
		w := begin(t, d, c, reach(srv, StartTLS), "ana@example.org", "ben@example.org")
		n := w.notice(1, "x")
		w.tell(n)
		taken, killed := make(chan struct{}), make(chan struct{})
		srv.OnTaken(func(net.Conn) { close(taken); <-killed })
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), child+"="+strings.TrimSuffix(d.Path(), "/"+db.FileName), "FOLKMOOT_TEST_MAIL_PORT="+strconv.Itoa(srv.Port), "SSL_CERT_FILE="+srv.CA,
			"FOLKMOOT_TEST_MAIL_NOW="+strconv.FormatInt(c.Now().UnixMilli(), 10))
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		select {
		case <-taken:
		case <-time.After(30 * time.Second):
			t.Errorf("the child sent nothing: %s", out.String())
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err == nil {
			t.Error("the child ended by itself")
		}
		close(killed)
		srv.OnTaken(nil)
		w.want(n, "sending", "sending")
		w.deliver()
		w.want(n, "failed broken", "failed broken")
		c.Advance(2 * time.Minute)
		w.deliver()
		w.want(n, "sent", "sent")
		all := srv.Mails(t)
		if len(all) != 3 || all[0].To != all[1].To || all[0].Parse(t).Header.Get("Message-ID") != all[1].Parse(t).Header.Get("Message-ID") {
			t.Errorf("the server has %d mails", len(all))
		}
	})
}

// deliverAndDie is what the child does: it delivers what is in the database of the test that started it, until it is killed.
func deliverAndDie() int {
	port, errP := strconv.Atoi(os.Getenv("FOLKMOOT_TEST_MAIL_PORT"))
	now, errN := strconv.ParseInt(os.Getenv("FOLKMOOT_TEST_MAIL_NOW"), 10, 64)
	catalog, errC := lang.Load()
	d, err := db.Open(context.Background(), db.Options{Dir: os.Getenv(child), Now: func() time.Time { return time.UnixMilli(now) }, NoMigrate: true})
	if err = errors.Join(errP, errN, errC, err); err != nil {
		fmt.Println(err)
		return 1
	}
	s, err := NewService(context.Background(), d, catalog, plainWords(catalog), &Server{Host: "127.0.0.1", Port: port, From: "notices@vote.example.org", TLS: StartTLS,
		User: mailtest.User, Password: mailtest.Password}, base)
	if err == nil {
		err = s.Deliver(context.Background())
	}
	fmt.Println(err)
	return 1
}

// TestOrphans: what a program left as being sent is sent, after a while.
func TestOrphans(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		srv := mailtest.Start(t, mailtest.StartTLS)
		w := begin(t, d, c, reach(srv, StartTLS), "ana@example.org")
		n := w.notice(1, "x")
		w.tell(n)
		w.write(func(tx *db.Tx) error { _, err := claim(tx, 1); return err })
		w.want(n, "sending")
		w.deliver()
		w.want(n, "failed broken")
		c.Advance(time.Minute)
		w.deliver()
		w.want(n, "sent")
	})
}

// TestManyAtOnce: more than are taken in hand together, to readers of two languages, over few connections.
func TestManyAtOnce(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		srv := mailtest.Start(t, mailtest.StartTLS)
		addresses := make([]string, 3*atOnce+1)
		for i := range addresses {
			addresses[i] = fmt.Sprintf("member-%d@example.org", i)
		}
		w := begin(t, d, c, reach(srv, StartTLS), addresses...)
		w.write(func(tx *db.Tx) error { return tx.Exec("UPDATE people SET lang = 'es' WHERE id % 2 = 0").Error })
		w.tell(w.notice(1, "x"))
		w.deliver()
		got := map[string]int{}
		for _, m := range srv.Mails(t) {
			got[m.To]++
		}
		if len(got) != len(addresses) {
			t.Errorf("%d people have mail", len(got))
		}
		w.read(func(tx *db.Tx) error {
			var n int64
			if err := tx.Table("letters").Count(&n).Error; err != nil || n != 2 {
				t.Errorf("%d letters were written (%v)", n, err)
			}
			return nil
		})
	})
}

// TestExim sends through a real mail server: by STARTTLS and by TLS, with a password, to who is there, who is not, and who is not now.
func TestExim(t *testing.T) {
	exim, tlsPort := mailtest.Exim(t)
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		had := len(exim.Mails(t))
		to := reach(exim, StartTLS)
		w := begin(t, d, c, to, "ana@example.org", "nobody@example.org", "later@example.org", "josé@example.org")
		n := w.notice(1, "Frühling – اجتماع")
		w.tell(n)
		w.deliver()
		w.want(n, "sent", "given_up refused", "failed not_now", "sent")
		all := exim.Wait(t, had+2)
		var subjects []string
		for _, m := range all[had:] {
			p := m.Parse(t)
			subjects = append(subjects, p.Subject)
			if !strings.HasPrefix(p.Text, "Come: Frühling – اجتماع") || p.ICS == "" || p.Header.Get("List-Unsubscribe-Post") == "" {
				t.Errorf("Exim has %s", m.Raw)
			}
		}
		if !slices.Equal(subjects, []string{"Frühling – اجتماع", "Frühling – اجتماع"}) {
			t.Errorf("the subjects are %q", subjects)
		}
		to.TLS, to.Port = TLS, tlsPort
		n = w.notice(2, "x")
		w.tell(n)
		w.deliver()
		w.want(n, "sent", "given_up refused", "failed not_now", "sent")
		exim.Wait(t, had+4)
		to.Password = "wrong"
		n = w.notice(3, "x")
		w.tell(n)
		if err := w.s.Deliver(t.Context()); err == nil || err.Error() != "mail: login" {
			t.Errorf("with a wrong password: %v", err)
		}
		w.want(n, "failed login", "failed login", "failed login", "failed login")
	})
}
