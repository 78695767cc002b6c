package web

import (
	"bufio"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/live"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/votetest"
)

// hall is a group with a proposal that seeks support, behind a real connection: streams are not answers that end.
type hall struct {
	*voting
	t    *testing.T
	at   string // of the server
	n    int    // the proposal
	path string // of the stream, with its topics
}

func newHall(t *testing.T, d *db.DB, c *dbtest.Clock) *hall {
	t.Helper()
	w := newVoting(t, d, c, "B", 9)
	w.Ledger.OnAppend(TellOf(w.s.live))
	srv := httptest.NewServer(w.s)
	t.Cleanup(srv.Close)
	t.Cleanup(w.s.Stop)
	m, err := w.s.Motions.Propose(t.Context(), w.Who[0], db.Once{}, 0, votetest.Sample("Mend the roof"))
	if err != nil {
		t.Fatal(err)
	}
	h := &hall{voting: w, t: t, at: srv.URL, n: m.Number}
	h.path = fmt.Sprintf("%s/live?topic=%s", groupPath(w.Group), m.Ref())
	return h
}

// earpiece is one open stream.
type earpiece struct {
	t      *testing.T
	status int
	header http.Header
	lines  chan string // closed when the stream ends
	stop   context.CancelFunc
}

// tuneIn opens a stream as the person of the session; last is what the browser heard last.
func (h *hall) tuneIn(secret, path, last string) *earpiece {
	h.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	h.t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, h.at+path, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	r.AddCookie(&http.Cookie{Name: sessionCookie, Value: secret})
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	r.Header.Set("Accept-Encoding", "gzip")
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		h.t.Fatal(err)
	}
	l := &earpiece{t: h.t, status: res.StatusCode, header: res.Header, lines: make(chan string, 100), stop: cancel}
	go func() {
		defer close(l.lines)
		defer res.Body.Close()
		for sc := bufio.NewScanner(res.Body); sc.Scan(); {
			l.lines <- sc.Text()
		}
	}()
	return l
}

// await returns the first line that begins so, or fails if none comes in time.
func (l *earpiece) await(begin string, within time.Duration) string {
	l.t.Helper()
	for end := time.After(within); ; {
		select {
		case text, more := <-l.lines:
			if !more {
				l.t.Fatalf("the stream ended before %q", begin)
			}
			if strings.HasPrefix(text, begin) {
				return text
			}
		case <-end:
			l.t.Fatalf("no line with %q in %v", begin, within)
		}
	}
}

// ends says whether the stream ends in time, without another word about a topic.
func (l *earpiece) ends(within time.Duration) bool {
	l.t.Helper()
	for end := time.After(within); ; {
		select {
		case text, more := <-l.lines:
			if !more {
				return true
			}
			if strings.HasPrefix(text, "data: motion") || strings.HasPrefix(text, "data: group") {
				l.t.Errorf("heard %q after the end", text)
			}
		case <-end:
			return false
		}
	}
}

const soon = 20 * time.Second // on a busy machine

func (h *hall) support(i int) {
	h.t.Helper()
	if _, err := h.s.Motions.Support(h.t.Context(), h.Who[i], h.n, 1); err != nil {
		h.t.Fatal(err)
	}
}

func TestStreamTellsWhatChanged(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		h := newHall(t, d, c)
		secret := h.session(h.Who[1].Person)
		l := h.tuneIn(secret, h.path+"&topic=group&since="+h.s.live.Now().String(), "")
		for name, want := range map[string]string{"Content-Type": "text/event-stream", "Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no", "Content-Encoding": ""} {
			if got := l.header.Get(name); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
		l.await("retry: ", soon)
		l.await(": ", soon)
		h.support(2)
		id := strings.TrimPrefix(l.await("id: ", soon), "id: ")
		topics := []string{strings.Fields(l.await("data: ", soon))[1], strings.Fields(l.await("data: ", soon))[1]}
		if slices.Sort(topics); !slices.Equal(topics, []string{"group", "motion/1"}) {
			t.Errorf("heard of %q", topics)
		}
		l.stop()

		h.support(3) // while nobody listens
		l = h.tuneIn(secret, h.path+"&since=x", id)
		l.await("data: motion/1 ", soon)
		l.stop()
		l = h.tuneIn(secret, h.path, h.s.live.Now().String())
		l.await(": ", soon)
		if l.stop(); !l.ends(soon) {
			t.Error("still open")
		}
	})
}

// TestCastingTellsNobody: when a vote comes would tell whose it was, so nothing moves until the close.
func TestCastingTellsNobody(t *testing.T) {
	for _, secret := range []bool{true, false} {
		dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
			w := newVoting(t, d, c, "B", 9)
			w.Ledger.OnAppend(TellOf(w.s.live))
			n := w.Open(secret).Motion.Number
			watch := w.s.live.Watch(topicOf(w.Group.Log(), "group"), topicOf(w.Group.Log(), fmt.Sprintf("motion/%d", n)))
			defer watch.Close()
			mark := w.s.live.Now()
			for i := range 8 {
				w.Cast(w.Who[i], n, ballot.For)
			}
			if got, _ := watch.Since(mark); got != nil {
				t.Errorf("secret %v: casting touched %v", secret, got)
			}
			w.GoTo(w.Show(n).Closes)
			if got, _ := watch.Since(mark); len(got) == 0 {
				t.Errorf("secret %v: the close touched nothing", secret)
			}
		})
	}
}

// TestARoomIsTold: a meeting's page and the proposal's are told that a vote begins and that it ends, and of no paper in between.
func TestARoomIsTold(t *testing.T) {
	for _, secret := range []bool{true, false} {
		dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
			w := newVoting(t, d, c, "B", 9)
			w.Ledger.OnAppend(TellOf(w.s.live))
			room := w.s.live.Watch(topicOf(w.Group.Log(), "meeting/3"))
			defer room.Close()
			mark := w.s.live.Now()
			m := w.OpenRoom(secret, 5).Motion
			n := m.Number
			paper := w.s.live.Watch(topicOf(w.Group.Log(), m.Ref()))
			defer paper.Close()
			heard := func(what string, want bool) {
				t.Helper()
				for name, l := range map[string]*live.Watch{"the meeting": room, "the proposal": paper} {
					if got, _ := l.Since(mark); (len(got) > 0) != want {
						t.Errorf("secret %v, %s: %s was told of %v", secret, what, name, got)
					}
				}
				mark = w.s.live.Now()
			}
			heard("it opens", true)
			for i := range 4 {
				w.Cast(w.Who[i], n, ballot.For)
			}
			heard("people vote", false)
			w.GoTo(w.Show(n).Closes)
			heard("it closes", true)
		})
	}
}

// TestV57_WhoMayListen: a stream opens to whom the page opens, and to nobody else.
func TestV57_WhoMayListen(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		h := newHall(t, d, c)
		draft, err := h.s.Motions.Save(t.Context(), h.Who[0], db.Once{}, 0, votetest.Sample("Mine alone"))
		if err != nil {
			t.Fatal(err)
		}
		_, others := dbtest.Group(t, d, "other", "A", "Else", "Elsa", "Elke")
		in, mover, out := h.session(h.Who[1].Person), h.session(h.Who[0].Person), h.session(h.Actor(others[0]).Person)
		home := groupPath(h.Group) + "/live"
		for _, tt := range []struct {
			who, secret, path string
			want              int
		}{
			{"a member", in, h.path, 200},
			{"a member, to the whole record", in, home + "?topic=group", 200},
			{"a member of another group", out, h.path, 404},
			{"nobody", "", h.path, 404},
			{"a member, to another's draft", in, home + "?topic=motion/" + motion.FormatNumber(draft.Number), 404},
			{"its author", mover, home + "?topic=motion/" + motion.FormatNumber(draft.Number), 200},
			{"a member, to a proposal that is not there", in, home + "?topic=motion/99", 404},
			{"a member, to no topic", in, home, 400},
			{"a member, to another group's topics", in, home + "?topic=g/2/motion/1", 400},
			{"a member, to somebody's sessions", in, home + "?topic=person/1", 400},
			{"a member, to a topic with a line in it", in, home + "?topic=motion/1%0adata:x", 404},
			{"a member, below the record", in, home + "?topic=group/1", 404},
			{"a member, to very many", in, home + "?topic=group" + strings.Repeat("&topic=group", topicsOfOne), 400},
		} {
			l := h.tuneIn(tt.secret, tt.path, "")
			if l.status != tt.want {
				t.Errorf("%s: %d, want %d", tt.who, l.status, tt.want)
			}
			l.stop()
		}
	})
}

// TestV27_V57_StreamsCloseAtOnce: whoever is signed out, has left, or is signed out elsewhere hears nothing more.
func TestV27_V57_StreamsCloseAtOnce(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		h := newHall(t, d, c)
		ctx := t.Context()
		ends := map[string]func(a member.Actor, secret string) error{
			"signing out": func(_ member.Actor, secret string) error { return h.s.Accounts.SignOut(ctx, secret) },
			"ending that session from another": func(a member.Actor, secret string) error {
				ses, _, err := h.s.Accounts.Session(ctx, h.session(a.Person))
				if err != nil {
					return err
				}
				return h.s.Accounts.EndOthers(ctx, ses)
			},
			"leaving the group": func(a member.Actor, _ string) error {
				_, err := h.s.Members.Leave(ctx, a, false)
				return err
			},
		}
		stays := h.tuneIn(h.session(h.Who[8].Person), h.path, h.s.live.Now().String())
		stays.await(": ", soon)
		i := 2
		for what, do := range ends {
			i++
			secret := h.session(h.Who[i].Person)
			l := h.tuneIn(secret, h.path, h.s.live.Now().String())
			l.await(": ", soon)
			began := time.Now()
			if err := do(h.Who[i], secret); err != nil {
				t.Fatal(what, err)
			}
			h.s.live.Touch(topicOf(h.Group.Log(), "motion/1")) // at the same moment
			if !l.ends(soon) {
				t.Errorf("%s: the stream goes on", what)
			}
			if took := time.Since(began); took > time.Second {
				t.Errorf("%s: the stream ended after %v", what, took)
			}
		}
		h.support(1)
		stays.await("data: motion/1 ", soon)
	})
}

// TestV57_WhatAnotherProcessEnds: what was changed beside the server shows when it is asked again, every few seconds.
func TestV57_WhatAnotherProcessEnds(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	h := newHall(t, dbtest.SQLite(t, c), c)
	l := h.tuneIn(h.session(h.Who[3].Person), h.path, h.s.live.Now().String())
	l.await(": ", soon)
	h.Write(func(tx *db.Tx) error {
		return tx.Exec("UPDATE members SET left_at = ? WHERE id = ?", db.At(tx.Now), h.Who[3].Member.ID).Error
	})
	if !l.ends(askTime + soon) {
		t.Error("the stream goes on")
	}
}

// TestV57_StreamsHaveALimit: the oldest of one person's gives way, and when all places are taken the next one is told to come later.
func TestV57_StreamsHaveALimit(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	h := newHall(t, dbtest.SQLite(t, c), c)
	h.s.ears.most = listenersOfOne + 1
	secret := h.session(h.Who[1].Person)
	var mine []*earpiece
	for range listenersOfOne + 1 {
		l := h.tuneIn(secret, h.path, h.s.live.Now().String())
		l.await(": ", soon)
		mine = append(mine, l)
	}
	mine[0].await("event: enough", soon)
	if !mine[0].ends(soon) {
		t.Error("the oldest is still open")
	}
	other := h.tuneIn(h.session(h.Who[2].Person), h.path, "")
	full := h.tuneIn(h.session(h.Who[3].Person), h.path, "")
	if other.status != 200 || full.status != 503 || full.header.Get("Retry-After") == "" {
		t.Errorf("%d and %d, Retry-After %q", other.status, full.status, full.header.Get("Retry-After"))
	}
	for _, l := range append(mine, other) {
		l.stop()
	}
	taken := func() (places, people int) {
		h.s.ears.mu.Lock()
		defer h.s.ears.mu.Unlock()
		return h.s.ears.n, len(h.s.ears.of)
	}
	for end := time.Now().Add(soon); ; time.Sleep(10 * time.Millisecond) {
		places, people := taken()
		if places == 0 && people == 0 {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%d places of %d people are still taken", places, people)
		}
	}
}

// TestStreamsEndWithTheServer: each is told to come back, at different times.
func TestStreamsEndWithTheServer(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	h := newHall(t, dbtest.SQLite(t, c), c)
	times := map[string]bool{}
	var all []*earpiece
	for i := range 9 {
		l := h.tuneIn(h.session(h.Who[i].Person), h.path, h.s.live.Now().String())
		l.await(": ", soon)
		all = append(all, l)
	}
	h.s.Stop()
	for _, l := range all {
		times[l.await("retry: ", soon)] = true
		if !l.ends(soon) {
			t.Error("still open")
		}
	}
	if len(times) < 5 {
		t.Errorf("nine browsers come back at %v", times)
	}
}

// TestStreamsOutliveRequests: the server's deadlines for requests do not end a stream, nor does the time an answer may take.
func TestStreamsOutliveRequests(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	h := newHall(t, dbtest.SQLite(t, c), c)
	srv := httptest.NewUnstartedServer(h.s)
	srv.Config.ReadTimeout = 300 * time.Millisecond
	srv.Start()
	defer srv.Close()
	h.at = srv.URL
	l := h.tuneIn(h.session(h.Who[1].Person), h.path, h.s.live.Now().String())
	l.await(": ", soon)
	time.Sleep(time.Second)
	h.support(2)
	l.await("data: motion/1 ", soon)
	l.stop()
	if !endless["GET "+livePath] {
		t.Error("an answer would have to come in time")
	}
}

// parts asks for parts of a page, showing the tags of what is there.
func (h *hall) parts(secret, path, names string, tags ...string) *httptest.ResponseRecorder {
	r := browserRequest(http.MethodGet, path, nil)
	r.AddCookie(&http.Cookie{Name: sessionCookie, Value: secret})
	r.Header.Set(partHeader, names)
	r.Header.Set("Accept-Encoding", "gzip")
	if len(tags) > 0 {
		r.Header.Set("If-None-Match", strings.Join(tags, ", "))
	}
	p := httptest.NewRecorder()
	h.s.ServeHTTP(p, r)
	return p
}

// partTags returns the names and the tags in an answer.
func partTags(t *testing.T, p *httptest.ResponseRecorder) (names, tags []string, text string) {
	t.Helper()
	body, err := io.Reader(p.Body), error(nil)
	if p.Header().Get("Content-Encoding") == "gzip" {
		if body, err = gzip.NewReader(body); err != nil {
			t.Fatal(err)
		}
	}
	all, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	for _, piece := range strings.Split(string(all), `<template data-part="`)[1:] {
		name, rest, _ := strings.Cut(piece, `" data-tag=`)
		tag, _, _ := strings.Cut(rest, ">")
		names, tags = append(names, name), append(tags, tag)
	}
	return names, tags, string(all)
}

// TestPartsOfAPage: a page's own address answers with the parts that are asked for and changed, and with nothing else.
func TestPartsOfAPage(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		h := newHall(t, d, c)
		secret, path := h.session(h.Who[1].Person), groupPath(h.Group)+"/proposals/1"
		p := h.parts(secret, path, "head,support,text")
		if size := p.Body.Len(); p.Code != 200 || size > 3<<10 || p.Header().Get("ETag") == "" || !strings.Contains(p.Header().Get("Vary")+strings.Join(p.Header().Values("Vary"), ","), partHeader) {
			t.Errorf("%d, %d bytes, %v", p.Code, size, p.Header())
		}
		names, tags, text := partTags(t, p)
		if !slices.Equal(names, []string{"head", "support", "text"}) || strings.Contains(text, "<html") {
			t.Errorf("sent %q: %s", names, text)
		}
		if again := h.parts(secret, path, "head,support,text", tags...); again.Code != http.StatusNotModified || again.Body.Len() > 0 {
			t.Errorf("nothing changed: %d, %d bytes", again.Code, again.Body.Len())
		}
		h.support(2) // brings it before the group, so that its dates change as well
		_, tags, _ = partTags(t, h.parts(secret, path, "head,support,text"))
		h.support(3)
		p = h.parts(secret, path, "head,support,text", tags...)
		size := p.Body.Len()
		names, _, text = partTags(t, p)
		if !slices.Equal(names, []string{"support"}) || !strings.Contains(text, h.Who[3].Member.Name) || size > 2<<10 {
			t.Errorf("after a supporter %q in %d bytes: %s", names, size, text)
		}
		for _, odd := range []string{"nonsense", "head,nonsense", "main", `x"><script>`} {
			if p := h.parts(secret, path, odd); p.Code != http.StatusNotFound {
				t.Errorf("part %q: %d", odd, p.Code)
			}
		}
		if p := h.parts(secret, path, strings.Repeat("head,", partsOfOne)+"head"); p.Code != http.StatusBadRequest {
			t.Errorf("very many parts: %d", p.Code)
		}
		if p := h.parts("", path, "head"); p.Code != http.StatusNotFound {
			t.Errorf("nobody: %d", p.Code)
		}
		if p := h.parts(secret, groupPath(h.Group), "head,now"); p.Code != 200 || p.Body.Len() > 3<<10 {
			t.Errorf("the first page: %d, %d bytes", p.Code, p.Body.Len())
		}
	})
}

// TestPartsTakeNoFlash: what is to be said once is said by the page, not by a part that came first.
func TestPartsTakeNoFlash(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	h := newHall(t, dbtest.SQLite(t, c), c)
	r := browserRequest(http.MethodGet, groupPath(h.Group), nil)
	r.AddCookie(&http.Cookie{Name: sessionCookie, Value: h.session(h.Who[1].Person)})
	r.AddCookie(&http.Cookie{Name: flashCookie, Value: "people.flash.signed_out"})
	r.Header.Set(partHeader, "head")
	p := httptest.NewRecorder()
	h.s.ServeHTTP(p, r)
	if got := p.Header().Values("Set-Cookie"); p.Code != 200 || len(got) > 0 {
		t.Errorf("%d, %q", p.Code, got)
	}
}

// TestPartsAreWhatThePageSays: each part that a template marks is there by itself, the other way about, and what a page follows it has.
func TestPartsAreWhatThePageSays(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		h := newHall(t, d, c)
		v := h.as(t, 1)
		for _, path := range []string{"/proposals/1", ""} {
			page := v.Get(groupPath(h.Group) + path).Want(200)
			marked := map[string]bool{}
			for _, part := range page.Doc.Find("[data-part]").EachIter() {
				marked[part.AttrOr("data-part", "")] = true
			}
			topics, _ := page.Doc.Find("main").Attr("data-live")
			if topics == "" {
				t.Errorf("%s follows nothing", path)
			}
			for _, one := range strings.Fields(topics) {
				_, list, _ := strings.Cut(one, "=")
				for _, name := range strings.Split(list, ",") {
					if !marked[name] {
						t.Errorf("%s follows %s, and has no such part", path, name)
					}
					if p := h.parts(h.session(h.Who[1].Person), groupPath(h.Group)+path, name); p.Code != 200 {
						t.Errorf("%s: part %s: %d", path, name, p.Code)
					}
				}
			}
		}
	})
}
