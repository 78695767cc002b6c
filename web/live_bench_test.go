package web

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/ledger"
	"folkmoot/internal/live"
	"folkmoot/internal/token"
	"folkmoot/internal/votetest"
)

// listeners is how many pages listen at the same time; `make live` asks for ten thousand.
var listeners = flag.Int("live", 60, "how many pages listen in TestLiveHall")

// crowdEnv has the test's program be the crowd of TestLiveHall: a process of its own, as its memory and its open files are not the server's.
const crowdEnv = "FOLKMOOT_LIVE_CROWD"

func TestMain(m *testing.M) {
	if at := os.Getenv(crowdEnv); at != "" {
		if err := beCrowd(at, os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// bidding is what the crowd is told to do, a line of JSON, and told what came of it.
type bidding struct {
	Do     string // "open", "heard", "parts", "back", "vote"
	At     string // host and port
	Path   string
	N      int           // how many
	Each   int           // "open": pages of each person; 0: five
	T0     int64         // "heard", "parts", "vote": when it happened, in ns
	Parts  string        // "vote": that the page follows
	Tags   []string      // "vote": of what the page shows
	Within time.Duration // "vote": all have voted
}

type told struct {
	N        int           // how many it came to
	P50, P99 time.Duration // from T0, or from the first that was cut off
	Max      time.Duration
	Also     map[string]told // of "vote": what each kind of request took
	Bytes    int64           // of "vote": of a refreshed page's parts, the most
	Why      []string        // of "vote": what went wrong, the first few
}

func toldOf(n int, all []time.Duration) told {
	if len(all) == 0 {
		return told{}
	}
	slices.Sort(all)
	return told{N: n, P50: all[len(all)/2], P99: all[len(all)*99/100], Max: all[len(all)-1]}
}

// phone is one page of the crowd.
type phone struct {
	cookie string
	heard  atomic.Int64 // when it last heard of a topic, in ns
	opened atomic.Int64
	cut    atomic.Int64
	last   string
	retry  time.Duration
}

// beCrowd opens streams with the sessions in a file, and answers what is asked.
func beCrowd(file string, in io.Reader, out io.Writer) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	secrets, phones := strings.Fields(string(text)), []*phone(nil)
	for sc := bufio.NewScanner(in); sc.Scan(); {
		var a bidding
		if err := json.Unmarshal(sc.Bytes(), &a); err != nil {
			return err
		}
		var answer told
		switch a.Do {
		case "open":
			phones = nil
			began := time.Now()
			turns := make(chan struct{}, 128)
			for i := range a.N {
				p := &phone{cookie: sessionCookie + "=" + secrets[i/cmp.Or(a.Each, 5)%len(secrets)]}
				phones = append(phones, p)
				turns <- struct{}{}
				go p.keepListening(a.At, a.Path, sync.OnceFunc(func() { <-turns }))
			}
			answer = until(phones, func(p *phone) int64 { return p.opened.Load() }, began)
		case "heard":
			answer = until(phones, func(p *phone) int64 { return p.heard.Load() }, time.Unix(0, a.T0))
		case "parts":
			answer = fetchParts(phones[:min(a.N, len(phones))], a)
		case "vote":
			answer = allVote(phones, a)
		case "back":
			var first int64
			for _, p := range phones {
				if cut := p.cut.Load(); cut > 0 && (first == 0 || cut < first) {
					first = cut
				}
			}
			answer = until(phones, func(p *phone) int64 {
				if p.opened.Load() > p.cut.Load() {
					return p.opened.Load()
				}
				return 0
			}, time.Unix(0, first))
		}
		if err := json.NewEncoder(out).Encode(answer); err != nil {
			return err
		}
	}
	return nil
}

// until waits up to a minute for all of them to have a moment after t0, and says how long they took.
func until(phones []*phone, when func(*phone) int64, t0 time.Time) told {
	for end := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		var all []time.Duration
		for _, p := range phones {
			if at := when(p); at >= t0.UnixNano() {
				all = append(all, time.Duration(at-t0.UnixNano()))
			}
		}
		if len(all) == len(phones) || time.Now().After(end) {
			return toldOf(len(all), all)
		}
	}
}

// keepListening listens, and comes back when it is cut off, after as long as it was told to wait.
func (p *phone) keepListening(at, path string, open func()) {
	for {
		if err := p.listenOnce(at, path, open); err == nil || p.opened.Load() > 0 {
			p.cut.Store(time.Now().UnixNano())
		}
		open()
		time.Sleep(max(p.retry, 100*time.Millisecond))
	}
}

func (p *phone) listenOnce(at, path string, open func()) error {
	conn, err := net.Dial("tcp", at)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\nLast-Event-ID: %s\r\n\r\n", path, at, p.cookie, p.last); err != nil {
		return err
	}
	r := bufio.NewReaderSize(conn, 512)
	if status, err := r.ReadString('\n'); err != nil || !strings.Contains(status, " 200 ") {
		return errors.Join(errors.New(status), err)
	}
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return err
		}
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch name {
		case ":", "": // the first line with something in it that is no header
		case "id":
			p.last = value
		case "retry":
			wait, err := strconv.Atoi(value)
			if err != nil {
				return err
			}
			p.retry = time.Duration(wait) * time.Millisecond
			p.opened.Store(time.Now().UnixNano())
			open()
		case "data":
			p.heard.Store(time.Now().UnixNano())
		}
	}
}

// fetchParts has each ask for parts of a page, as pages do: up to half a second after they heard.
func fetchParts(phones []*phone, a bidding) told {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: len(phones)}, Timeout: time.Minute}
	var mu sync.Mutex
	var all []time.Duration
	var done sync.WaitGroup
	for _, p := range phones {
		done.Go(func() {
			for p.heard.Load() < a.T0 {
				time.Sleep(5 * time.Millisecond)
			}
			time.Sleep(rand.N(500 * time.Millisecond))
			r, err := http.NewRequest(http.MethodGet, "http://"+a.At+a.Path, nil)
			if err != nil {
				return
			}
			r.Header.Set("Cookie", p.cookie)
			r.Header.Set(partHeader, "support")
			res, err := client.Do(r)
			if err != nil {
				return
			}
			n, err := io.Copy(io.Discard, res.Body)
			res.Body.Close()
			if err != nil || n == 0 || res.StatusCode != http.StatusOK {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, time.Duration(time.Now().UnixNano()-a.T0))
		})
	}
	done.Wait()
	return toldOf(len(all), all)
}

// masses runs the crowd.
type masses struct {
	t   *testing.T
	in  io.Writer
	out *json.Decoder
}

func gather(t *testing.T, secrets []string) *masses {
	t.Helper()
	file := filepath.Join(t.TempDir(), "sessions")
	if err := os.WriteFile(file, []byte(strings.Join(secrets, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env, cmd.Stderr = append(os.Environ(), crowdEnv+"="+file), os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		t.Logf("the crowd ends: %v", cmd.Wait()) // it is killed
	})
	return &masses{t, in, json.NewDecoder(out)}
}

func (m *masses) do(a bidding) (got told) {
	m.t.Helper()
	if err := json.NewEncoder(m.in).Encode(a); err != nil {
		m.t.Fatal(err)
	}
	if err := m.out.Decode(&got); err != nil {
		m.t.Fatal(err)
	}
	return got
}

// resident returns how many bytes of memory this process has.
func resident(t *testing.T) int64 {
	t.Helper()
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := strconv.ParseInt(strings.Fields(string(text))[1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return pages * int64(os.Getpagesize())
}

// settled is resident after what nobody needs any more is given back.
func settled(t *testing.T) int64 {
	t.Helper()
	debug.FreeOSMemory()
	return resident(t)
}

// bare is what a stream costs that knows of no sessions, no groups and no topics: a closed channel and a number.
type bare struct {
	mu      sync.Mutex
	n       int
	changed chan struct{}
}

func (b *bare) now() (int, chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.n, b.changed
}

func (b *bare) touch() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.n++
	close(b.changed)
	b.changed = make(chan struct{})
}

func (b *bare) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	_, changed := b.now()
	text := "retry: 1000\n\n"
	for {
		if _, err := io.WriteString(w, text); err != nil || http.NewResponseController(w).Flush() != nil {
			return
		}
		select {
		case <-changed:
			var seen int
			seen, changed = b.now()
			text = fmt.Sprintf("id: AAAAAAAAAAAAAAAAAAAAAAAAAA-%d\ndata: motion/1 %d\n\n", seen, seen)
		case <-r.Context().Done():
			return
		}
	}
}

func serveAt(t *testing.T, at string, h http.Handler) (addr string, stop func()) {
	t.Helper()
	lis, err := net.Listen("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: h}
	go srv.Serve(lis)
	return lis.Addr().String(), func() {
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestLiveHall fills a hall: so many pages listen, all hear of what happens, ask for the part that changed, and come back when the server
// starts again. With -live 10000 it is the measure of that (make live), beside a bare stream in the same run.
func TestLiveHall(t *testing.T) {
	n, rounds := *listeners, 5
	c := dbtest.NewClock(dbtest.Start)
	d := dbtest.SQLite(t, c)
	people := max(n/5, 12)
	w := newVoting(t, d, c, "B", people)
	m, err := w.s.Motions.Propose(t.Context(), w.Who[0], db.Once{}, 0, votetest.Sample("Mend the roof"))
	if err != nil {
		t.Fatal(err)
	}
	var secrets []string
	w.Write(func(tx *db.Tx) error {
		for _, a := range w.Who {
			secret := token.New()
			secrets = append(secrets, secret)
			err := tx.Exec("INSERT INTO sessions (person_id, hash, label, created_at, seen_at, expires_at) VALUES (?, ?, 'test', ?, ?, ?)",
				a.Person, token.Hash(secret), db.At(tx.Now), db.At(tx.Now.Truncate(24*time.Hour)), db.At(tx.Now.Add(300*24*time.Hour))).Error
			if err != nil {
				return err
			}
		}
		return nil
	})
	newSite := func() *Server {
		return serve(t, d, c, func(o *Options) {
			o.Rulebooks, o.Motions, o.Ballots, o.Decisions, o.Log = w.Rules, w.Motions, w.Ballots, w.Decisions, slog.New(slog.DiscardHandler)
			o.Live, o.Ears = live.New(time.Now), n // the world's clock stands still, and four times a second would be never
			w.Ledger.OnAppend(TellOf(o.Live))
		})
	}
	var committed atomic.Int64
	w.Ledger.OnAppend(func(ledger.Log, ...string) { committed.Store(time.Now().UnixNano()) })
	crowd, say := gather(t, secrets), func(what string, k int64, x told) {
		t.Logf("%-34s %6d  p50 %7.1f ms  p99 %7.1f ms  last %7.1f ms  %s", what, x.N, millis(x.P50), millis(x.P99), millis(x.Max), map[bool]string{true: fmt.Sprintf("%.1f KiB each", float64(k)/float64(n)/1024)}[k > 0])
		if x.N != n && what != "asked for a part" {
			t.Errorf("%s: %d of %d", what, x.N, n)
		}
	}

	plain := &bare{changed: make(chan struct{})}
	addr, stop := serveAt(t, "127.0.0.1:0", plain)
	before := settled(t)
	say("bare: connected", 0, crowd.do(bidding{Do: "open", At: addr, Path: "/", N: n}))
	bareSize := settled(t) - before
	var bareTimes []told
	for range rounds {
		time.Sleep(300 * time.Millisecond)
		at := time.Now()
		plain.touch()
		x := crowd.do(bidding{Do: "heard", T0: at.UnixNano()})
		bareTimes = append(bareTimes, x)
		say("bare: heard", bareSize, x)
	}
	stop()

	crowd = gather(t, secrets) // the other one goes on knocking
	s := newSite()
	addr, stop = serveAt(t, "127.0.0.1:0", s)
	path := groupPath(w.Group) + "/live?topic=" + m.Ref() + "&since=" + s.live.Now().String()
	before = settled(t)
	opened := crowd.do(bidding{Do: "open", At: addr, Path: path, N: n})
	say("connected", 0, opened)
	size := settled(t) - before
	var times []told
	next := 1
	act := func() int64 {
		if _, err := w.Motions.Support(t.Context(), w.Who[next], m.Number, 1); err != nil {
			t.Fatal(err)
		}
		next++
		return committed.Load()
	}
	for range rounds {
		time.Sleep(300 * time.Millisecond)
		x := crowd.do(bidding{Do: "heard", T0: act()})
		times = append(times, x)
		say("heard", size, x)
	}
	t.Logf("to a bare stream as 1: p50 %.2f, p99 %.2f, memory %.2f", ratio(times, bareTimes, func(x told) time.Duration { return x.P50 }),
		ratio(times, bareTimes, func(x told) time.Duration { return x.P99 }), float64(size)/float64(max(bareSize, 1)))

	page := groupPath(w.Group) + "/proposals/1"
	asked := crowd.do(bidding{Do: "parts", At: addr, Path: page, N: 2000, T0: act()})
	say("asked for a part", 0, asked)
	if asked.N != min(n, 2000) {
		t.Errorf("%d got their part", asked.N)
	}

	s.Stop() // the server starts again
	time.Sleep(200 * time.Millisecond)
	stop()
	s = newSite()
	again, end := serveAt(t, addr, s)
	defer end()
	defer s.Stop()
	back := crowd.do(bidding{Do: "back"})
	say("back after a restart", 0, back)
	if back.Max > 15*time.Second || again != addr {
		t.Errorf("the last was back after %v", back.Max)
	}
	say("heard after the restart", 0, crowd.do(bidding{Do: "heard", T0: act()}))
}

func millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// ratio compares the middle of several rounds.
func ratio(a, b []told, of func(told) time.Duration) float64 {
	middle := func(all []told) float64 {
		var each []time.Duration
		for _, x := range all {
			each = append(each, of(x))
		}
		slices.Sort(each)
		return float64(max(each[len(each)/2], 1))
	}
	return middle(a) / middle(b)
}
