package dbtest

import (
	"bytes"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"

	"folkmoot/internal/db"
)

// OnLine runs f on an empty PostgreSQL database at the end of a line that can be cut. An SQLite file has no line to it.
func OnLine(t *testing.T, f func(*testing.T, *db.DB, *Clock, *Line)) {
	t.Helper()
	Each(t, func(t *testing.T, d *db.DB) {
		if d.Dialect() != db.Postgres {
			return
		}
		l, at := Through(t, PostgresURL(t))
		c := NewClock(Start)
		f(t, open(t, db.Options{URL: at, Dir: t.TempDir(), Now: c.Now}), c, l)
	})
}

// Line is the way to a PostgreSQL server, which can be cut.
type Line struct {
	listener net.Listener

	to string

	mu    sync.Mutex
	wires []*wire
	mute  atomic.Bool // the answer to the next COMMIT of a Write is to be lost
}

// wire is one connection.
type wire struct {
	client, server net.Conn
	orphan         atomic.Bool // the server's end stays open
}

// Through returns a line to the database and the URL that leads along it.
func Through(t *testing.T, at string) (*Line, string) {
	t.Helper()
	u, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	l := &Line{to: "tcp:" + u.Host}
	if host := u.Query().Get("host"); host != "" { // a socket in a folder
		port := u.Query().Get("port")
		if port == "" {
			port = "5432"
		}
		l.to = "unix:" + host + "/.s.PGSQL." + port
	}
	if l.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Cut)
	go l.serve()
	u.Host = l.listener.Addr().String()
	q := u.Query()
	q.Del("host")
	q.Del("port")
	q.Set("sslmode", "disable")
	u.RawQuery = q.Encode()
	return l, u.String()
}

func (l *Line) serve() {
	for {
		client, err := l.listener.Accept()
		if err != nil {
			return
		}
		kind, at, _ := bytes.Cut([]byte(l.to), []byte(":"))
		server, err := net.Dial(string(kind), string(at))
		if err != nil {
			client.Close()
			continue
		}
		l.mu.Lock()
		w := &wire{client: client, server: server}
		l.wires = append(l.wires, w)
		l.mu.Unlock()
		var deaf atomic.Bool
		writing := false
		go l.carry(w, server, client, func(b []byte) {
			if bytes.Contains(b, []byte("serializable")) {
				writing = true
			}
			if writing && bytes.Contains(b, []byte("commit")) {
				writing = false
				if l.mute.CompareAndSwap(true, false) {
					deaf.Store(true)
				}
			}
		})
		go l.carry(w, client, server, func([]byte) {
			if deaf.Load() {
				client.Close()
			}
		})
	}
}

func (l *Line) carry(w *wire, to, from net.Conn, look func([]byte)) {
	defer func() {
		if w.client.Close(); !w.orphan.Load() {
			w.server.Close()
		}
	}()
	b := make([]byte, 64<<10)
	for {
		n, err := from.Read(b)
		if err != nil {
			return
		}
		look(b[:n])
		if _, err := to.Write(b[:n]); err != nil {
			return
		}
	}
}

// LoseCommit has the server's answer to the next COMMIT of a Write lost, and the connection with it.
func (l *Line) LoseCommit() { l.mute.Store(true) }

// Orphan cuts every connection there is on the program's side only, as a network does that goes away: the server does not
// learn of it. New ones can be made.
func (l *Line) Orphan() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, w := range l.wires {
		w.orphan.Store(true)
		w.client.Close()
	}
}

// Drop cuts every connection there is; new ones can be made.
func (l *Line) Drop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, w := range l.wires {
		w.client.Close()
		w.server.Close()
	}
	l.wires = nil
}

// Cut is Drop for good.
func (l *Line) Cut() {
	l.listener.Close()
	l.Drop()
}
