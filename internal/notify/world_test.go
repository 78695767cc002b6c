package notify

import (
	"context"
	"fmt"
	"html"
	"os"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/lang"
	"folkmoot/internal/mailtest"
	"folkmoot/internal/member"
)

// plainWords says notices without templates: the text as a page would, and nothing that a test of delivery needs to know.
func plainWords(c *lang.Catalog) Words {
	return Words{
		Compose: func(tag string, n Notice) (Letter, error) {
			v := c.Voice(tag)
			l := Letter{Title: v.Say(n.Title)}
			for _, m := range n.Say {
				l.Text += v.Say(m) + "\n"
			}
			l.HTML = "<p>" + html.EscapeString(l.Text) + "</p>"
			if n.Event != nil {
				l.ICS = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
			}
			return l, nil
		},
		Finish: func(l Letter, stop string) (string, string, error) {
			return l.Text + "\n" + stop + "\n", l.HTML + "<a href=" + stop + ">stop</a>", nil
		},
	}
}

type world struct {
	testing.TB
	d       *db.DB
	clock   *dbtest.Clock
	s       *Service
	group   member.Group
	members []member.ID
}

const base = "https://vote.example.org"

// begin makes a group of people who have the addresses: "" none; with "!" before it they want nothing, with "?" they were never asked.
func begin(t testing.TB, d *db.DB, c *dbtest.Clock, server *Server, addresses ...string) *world {
	t.Helper()
	w := &world{TB: t, d: d, clock: c}
	catalog, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	if w.s, err = NewService(t.Context(), d, catalog, plainWords(catalog), server, base); err != nil {
		t.Fatal(err)
	}
	names := make([]string, len(addresses))
	for i := range names {
		names[i] = fmt.Sprintf("Member-%03d", i)
	}
	g, ids := dbtest.Group(t, d, "tenants", "A", names...)
	for _, id := range ids {
		w.members = append(w.members, member.ID(id))
	}
	w.write(func(tx *db.Tx) (err error) {
		for i, a := range addresses {
			var want any = 1
			if rest, ok := strings.CutPrefix(a, "!"); ok {
				a, want = rest, 0
			} else if rest, ok := strings.CutPrefix(a, "?"); ok {
				a, want = rest, nil
			}
			var key any
			if a != "" {
				key = a
			}
			err = tx.Exec(`INSERT INTO logins (person_id, email, email_key, passphrase, recovery, changed_at, notices)
				SELECT person_id, ?, ?, 'x', ?, 0, ? FROM members WHERE id = ?`, a, key, []byte("x"), want, ids[i]).Error
			if err != nil {
				return err
			}
		}
		w.group, err = member.GetGroup(tx, member.GroupID(g))
		return err
	})
	return w
}

func (w *world) write(f func(*db.Tx) error) {
	w.Helper()
	if err := w.d.Write(context.Background(), f); err != nil {
		w.Fatal(err)
	}
}

func (w *world) read(f func(*db.Tx) error) {
	w.Helper()
	if err := w.d.Read(context.Background(), f); err != nil {
		w.Fatal(err)
	}
}

// notice is one about a meeting.
func (w *world) notice(revision int, say string) Notice {
	return Notice{Group: w.group, Kind: Meeting, Subject: "meeting/3", Revision: revision,
		Title: lang.M("layout.plain", "Text", say), Say: []lang.Msg{lang.M("layout.plain", "Text", "Come: "+say)}, Event: &Event{}}
}

// tell puts a notice to everybody into the outbox.
func (w *world) tell(n Notice) {
	w.Helper()
	w.write(func(tx *db.Tx) error { return w.s.Put(tx, n, w.members) })
}

// states is what became of the notice for each member, in order: "sent", "failed not_now".
func (w *world) states(n Notice) (out []string) {
	w.Helper()
	w.read(func(tx *db.Tx) error {
		out = nil
		for _, id := range w.members {
			d, ok, err := Own(tx, member.Actor{Member: member.Member{ID: id}}, n.Kind, n.Subject, n.Revision)
			if err != nil {
				return err
			}
			state := "none"
			if ok {
				state = strings.TrimSpace(string(d.State) + " " + string(d.Error))
			}
			out = append(out, state)
		}
		return nil
	})
	return out
}

func (w *world) want(n Notice, states ...string) {
	w.Helper()
	if got := w.states(n); strings.Join(got, ", ") != strings.Join(states, ", ") {
		w.Errorf("it is %q, want %q", got, states)
	}
}

// deliver runs the job, which must work.
func (w *world) deliver() {
	w.Helper()
	if err := w.s.Deliver(context.Background()); err != nil {
		w.Fatal(err)
	}
}

// reach is how a test's server is reached.
func reach(s *mailtest.Server, how string) *Server {
	return &Server{Host: s.Host, Port: s.Port, From: "notices@vote.example.org", TLS: how, User: mailtest.User, Password: mailtest.Password, Roots: s.Roots, Patience: 5 * time.Second}
}

// child is set in the program that TestKilledWhileSending starts and kills.
const child = "FOLKMOOT_TEST_MAIL_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(child) != "" {
		os.Exit(deliverAndDie())
	}
	os.Exit(m.Run())
}
