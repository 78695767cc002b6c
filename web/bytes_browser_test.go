package web

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"folkmoot/internal/browsertest"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/floor"
	"folkmoot/internal/meeting"
)

// metered counts the bytes that go over the connections of a server, in both directions, heads of HTTP/1.1 and all.
type metered struct {
	net.Listener
	sent, received atomic.Int64
}

type meteredConn struct {
	net.Conn
	of *metered
}

func (m *metered) Accept() (net.Conn, error) {
	c, err := m.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return meteredConn{c, m}, nil
}

func (c meteredConn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.of.sent.Add(int64(n))
	return n, err
}

func (c meteredConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.of.received.Add(int64(n))
	return n, err
}

// TestBytesOfAnHour measures what the phone of a member fetches and sends in an hour's meeting: it opens the page for the first time, says that it is there,
// follows each hand and each speaker, raises its own, and votes. With -live 2000 it is the whole hour (make live): two items, 45 turns, a move, a show of
// feeling and a vote; without, five turns of it.
//
// The goals: the first page with all that it needs 30 kB, a part that changed 3 kB, the hour 400 kB.
func TestBytesOfAnHour(t *testing.T) {
	turns := 5
	if *listeners >= 2000 {
		turns = 45
	}
	c := dbtest.NewClock(time.Now())
	s := newScreening(t, dbtest.SQLite(t, c), c)
	t.Cleanup(s.s.Stop)
	s.begin()
	who := s.others()
	me, others := who[0], who[1:]

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	s.must(err)
	wire := &metered{Listener: listener}
	var asked, most atomic.Int64 // for parts; the bytes of the largest answer
	secret := s.session(s.Who[me].Person)
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.AddCookie(&http.Cookie{Name: sessionCookie, Value: secret})
		s.s.ServeHTTP(w, r)
		if r.Header.Get(partHeader) != "" {
			n, _ := strconv.ParseInt(w.Header().Get("Content-Length"), 10, 64) // an answer without anything new has none
			most.Store(max(most.Load(), n))
			asked.Add(1)
		}
	}))
	s.must(srv.Listener.Close())
	srv.Listener = wire
	srv.Start()
	t.Cleanup(srv.Close)

	p := browsertest.Start(t, srv.URL).Person(browsertest.Phone).Open(meetingPath(s.Group, 1))
	eventually(t, "the stream", func() bool { return p.Has(liveOn) })
	first := wire.sent.Load()
	updates := 0
	// follows does something, and waits until the page has asked what came of it.
	follows := func(do func() error) {
		t.Helper()
		had := asked.Load()
		s.must(do())
		eventually(t, "the page follows", func() bool { return asked.Load() > had })
		updates++
	}
	speak := func(proposal bool, turns int) {
		t.Helper()
		follows(func() error { s.take(proposal); return nil })
		for i := range turns {
			side := floor.Either
			if proposal {
				side = []floor.Side{floor.For, floor.Against}[i%2]
			}
			if i%9 == 2 { // their own hand, by the page
				p.Click(map[bool]string{false: "Raise my hand", true: "Speak for"}[proposal])
			} else {
				follows(func() error {
					return s.s.Meetings.Raise(t.Context(), s.Visit(s.Who[others[i%len(others)]].Person), 1, meeting.Raised{Kind: floor.Speak, Side: side})
				})
			}
			c.Advance(20 * time.Second)
			follows(func() error { return s.s.Meetings.CallNext(t.Context(), s.facilitator(), 1, s.view(1).Speaker.ID) })
			c.Advance(40 * time.Second)
		}
	}
	speak(false, turns/3)
	speak(true, turns-turns/3)
	follows(func() error {
		return s.s.Meetings.PutToVote(t.Context(), s.facilitator(), 1, s.view(1).Current.ID, false)
	})
	p.Click("Vote now").Choose("For").Click("Check my vote").Click("Cast this vote").Open(meetingPath(s.Group, 1))
	eventually(t, "the stream", func() bool { return p.Has(liveOn) })
	follows(func() error { s.to(s.Motion(1).Closes); return nil })
	follows(func() error {
		return s.s.Meetings.AskFeeling(t.Context(), s.facilitator(), db.Once{}, 1, "Do we go on like this?")
	})
	beats := int64(time.Hour/beatTime) * int64(len(":\n\n"))
	sent, received := wire.sent.Load()+beats, wire.received.Load()
	t.Logf("first page %d bytes; %d updates of up to %d bytes; in all %d fetched and %d sent", first, updates, most.Load(), sent, received)
	if first > 30<<10 || most.Load() > 3<<10 || sent+received > 400<<10 {
		t.Error("more than a member should have to pay for")
	}
}
