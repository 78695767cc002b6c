package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"folkmoot/internal/config"

	"github.com/labstack/echo/v4"
)

// asHello makes the test binary a bare Echo server that says hello, to measure the program against.
const asHello = "FOLKMOOT_TEST_AS_HELLO"

func hello() error {
	e := echo.New()
	e.GET("/", func(c echo.Context) error { return c.String(http.StatusOK, "hello") })
	lis, err := net.Listen("tcp", os.Getenv(asHello))
	if err != nil {
		return err
	}
	return http.Serve(lis, e)
}

const (
	benchClients  = 64
	benchRounds   = 3
	benchEach     = 3000 // votes of each kind in a round
	benchSteady   = 2000 // votes a second that come in whether the earlier ones have been answered or not, for a second in each round
	benchCitizens = benchRounds * (benchEach + benchSteady)
	benchOpen     = 512 // connections kept open: in a steady stream more people than benchClients wait where it falters
)

// BenchmarkCast sets votes cast through the whole stack beside what the same disk, in the same minutes, gives rows
// committed in groups, beside a POST without effect, which is sent elsewhere before anybody asks who is in which group, and beside a bare
// Echo. The server is a process of its own, so that its CPU time is known; the clients share the machine with it. All figures are
// medians of rounds that take turns; p99 is the time within which 99 of 100 were answered, and steady-p99 the same where votes come in at benchSteady a second
// and their time counts from when they were due. Compare them within one run only.
func BenchmarkCast(b *testing.B) {
	for range b.N {
		s := newStage(b)
		for round := range benchRounds {
			s.round(round)
		}
		s.report()
	}
}

// stage is a server with a town of voters whose forms are filled in.
type stage struct {
	*testing.B
	server, hello *server
	callers       []*caller
	secret, open  []url.Values
	votes         [2]string // paths
	rates         map[string][]float64
	cpu           map[string][]float64
	p99           map[string][]float64 // in ms
}

func newStage(b *testing.B) *stage {
	w := newCrowd(b, benchCitizens, config.Config{})
	s := &stage{B: b, rates: map[string][]float64{}, cpu: map[string][]float64{}, p99: map[string][]float64{}}
	for i, secret := range []bool{true, false} {
		s.votes[i] = fmt.Sprintf("/g/%s/proposals/%d/vote", w.group.Slug, w.propose(secret).Number)
	}
	w.openVotes()
	w.close()
	s.server = start(b, "--data", w.Data)
	s.hello = startHello(b)
	client := newClient(benchOpen)
	for _, p := range w.folk {
		s.callers = append(s.callers, &caller{p, s.server.base, client})
	}
	s.secret, s.open = make([]url.Values, len(s.callers)), make([]url.Values, len(s.callers))
	return s
}

// fillIn opens the papers of n citizens, who cast them within seconds, as everybody does who looks at a paper before casting it.
func (s *stage) fillIn(from, n int) {
	s.atOnce(n, func(i int) (err error) {
		i += from
		s.secret[i], err = s.callers[i].paper(s.Context(), s.votes[0], "for....", "words of my own")
		if err == nil {
			s.open[i], err = s.callers[i].paper(s.Context(), s.votes[1], "for....", "")
		}
		return err
	})
}

func startHello(b *testing.B) *server {
	addr := freeAddr(b)
	s := &server{cmd: program(b), base: "http://" + addr}
	s.cmd.Env = append(os.Environ(), asHello+"="+addr)
	if err := s.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.kill(b) })
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if res, err := http.Get(s.base); err == nil {
			res.Body.Close()
			return s
		}
	}
	b.Fatal("the bare server did not start")
	return nil
}

// atOnce does f for each number below n, as many at once as there are clients, and returns how long it took.
func (s *stage) atOnce(n int, f func(int) error) time.Duration {
	var next atomic.Int64
	var wg sync.WaitGroup
	began := time.Now()
	for range benchClients {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				if err := f(i); err != nil {
					s.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	return time.Since(began)
}

// measure notes the rate and the server's CPU time of n requests.
func (s *stage) measure(what string, server *server, n int, f func(int) error) {
	before, times := cpuTime(s, server), make([]time.Duration, n)
	took := s.atOnce(n, func(i int) error {
		began := time.Now()
		defer func() { times[i] = time.Since(began) }()
		return f(i)
	})
	s.p99[what] = append(s.p99[what], p99(times))
	s.rates[what] = append(s.rates[what], float64(n)/took.Seconds())
	s.cpu[what] = append(s.cpu[what], float64((cpuTime(s, server)-before).Microseconds())/float64(n))
}

// p99 returns the time within which 99 of 100 were done, in ms.
func p99(times []time.Duration) float64 {
	slices.Sort(times)
	return float64(times[len(times)*99/100].Microseconds()) / 1000
}

// steady has benchSteady citizens vote secretly at an even rate within a second.
func (s *stage) steady(from int) {
	times := make([]time.Duration, benchSteady)
	began := time.Now()
	var wg sync.WaitGroup
	for i := range times {
		due := began.Add(time.Duration(i) * time.Second / benchSteady)
		time.Sleep(time.Until(due))
		wg.Go(func() {
			if err := s.castSecretly(from + i); err != nil {
				s.Error(err)
			}
			times[i] = time.Since(due)
		})
	}
	wg.Wait()
	s.p99["steady"] = append(s.p99["steady"], p99(times))
}

func (s *stage) castSecretly(i int) error {
	return expect(s.callers[i].post(s.Context(), s.votes[0], s.secret[i]))(http.StatusOK)
}

// cpuTime returns the CPU time a server has used.
func cpuTime(b testing.TB, s *server) time.Duration {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	if err != nil {
		b.Fatal(err)
	}
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	var ticks int64
	for _, f := range fields[11:13] { // user and system time, in hundredths of a second
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			b.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

func (s *stage) round(round int) {
	const each = benchEach
	from := round * each
	ctx := s.Context()
	s.fillIn(from, each)
	s.rates["raw"] = append(s.rates["raw"], rawInserts(s, 20_000))
	s.measure("hello", s.hello, 4*each, func(i int) error {
		_, err := (&caller{base: s.hello.base, http: s.callers[0].http}).get(ctx, "/")
		return err
	})
	s.measure("noop", s.server, 2*each, func(i int) error {
		i = from + i%each
		return expect(s.callers[i].post(ctx, "/me/code/kept", url.Values{"csrf": s.open[i]["csrf"]}))(http.StatusSeeOther)
	})
	s.measure("secret", s.server, each, func(i int) error { return s.castSecretly(from + i) })
	s.measure("open", s.server, each, func(i int) error {
		return expect(s.callers[from+i].post(ctx, s.votes[1], s.open[from+i]))(http.StatusOK)
	})
	from = benchRounds*each + round*benchSteady
	s.fillIn(from, benchSteady)
	s.steady(from)
}

// expect turns any other answer into an error.
func expect(a answer, err error) func(int) error {
	return func(status int) error {
		if err == nil && a.status != status {
			err = fmt.Errorf("answered %d: %s", a.status, a.excerpt())
		}
		return err
	}
}

func (s *stage) report() {
	mid := func(all []float64) float64 { return slices.Sorted(slices.Values(all))[len(all)/2] }
	for _, what := range []string{"raw", "hello", "noop", "secret", "open"} {
		s.ReportMetric(mid(s.rates[what]), what+"/s")
		if what != "raw" {
			s.ReportMetric(mid(s.cpu[what]), what+"-µs")
		}
	}
	for _, what := range []string{"secret", "open"} {
		s.ReportMetric(100*mid(s.rates[what])/mid(s.rates["raw"]), what+"-%-of-raw")
		s.ReportMetric(100*mid(s.rates[what])/mid(s.rates["noop"]), what+"-%-of-noop")
		s.ReportMetric(mid(s.cpu[what])/mid(s.cpu["hello"]), what+"-hellos")
		s.ReportMetric(mid(s.p99[what]), what+"-p99-ms")
	}
	s.ReportMetric(mid(s.p99["steady"]), "steady-p99-ms")
	s.ReportMetric(0, "ns/op")
	s.Logf("rounds: per second %v; µs of CPU %v; p99 in ms %v", s.rates, s.cpu, s.p99)
}

// rawInserts returns how many rows a second plain SQL inserts for so many clients at once, with nothing around it but the
// grouping: one goroutine takes what has queued up into one durable commit.
func rawInserts(s *stage, n int) float64 {
	d, err := sql.Open("sqlite3", "file:"+filepath.Join(s.TempDir(), "raw.db")+"?_journal_mode=WAL&_synchronous=FULL&_txlock=immediate")
	if err != nil {
		s.Fatal(err)
	}
	defer d.Close()
	d.SetMaxOpenConns(1)
	if _, err := d.Exec("CREATE TABLE ballots (id INTEGER PRIMARY KEY, poll_id INTEGER, voter_id INTEGER, choice BLOB, created_at INTEGER, UNIQUE (poll_id, voter_id))"); err != nil {
		s.Fatal(err)
	}
	insert, err := d.Prepare("INSERT INTO ballots (poll_id, voter_id, choice, created_at) VALUES (1, ?, ?, ?)")
	if err != nil {
		s.Fatal(err)
	}
	type job struct {
		voter int
		done  chan error
	}
	queue := make(chan job, benchClients)
	var writer sync.WaitGroup
	writer.Go(func() {
		for first := range queue {
			batch := []job{first}
			for more := true; more; {
				select {
				case j, ok := <-queue:
					if more = ok; ok {
						batch = append(batch, j)
					}
				default:
					more = false
				}
			}
			err := commitRaw(d, insert, len(batch), func(i int) int { return batch[i].voter })
			for _, j := range batch {
				j.done <- err
			}
		}
	})
	took := s.atOnce(n, func(i int) error {
		j := job{i, make(chan error, 1)}
		queue <- j
		return <-j.done
	})
	close(queue)
	writer.Wait()
	return float64(n) / took.Seconds()
}

func commitRaw(d *sql.DB, insert *sql.Stmt, n int, voter func(int) int) (err error) {
	tx, err := d.BeginTx(context.Background(), nil)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, tx.Rollback())
		}
	}()
	st := tx.Stmt(insert)
	choice := make([]byte, 75)
	for i := range n {
		if _, err := st.Exec(voter(i), choice, i); err != nil {
			return err
		}
	}
	return tx.Commit()
}
