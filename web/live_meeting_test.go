package web

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/floor"
	"folkmoot/internal/meeting"
	"folkmoot/internal/motion"
	"folkmoot/internal/votetest"

	"github.com/PuerkitoBio/goquery"
)

// TestLiveMeeting has everybody of a meeting look at its page when a vote opens, and vote within a minute. Pages hear of it by their streams, ask for their
// parts as a browser does, and the vote is cast through its pages. With -live it is the measure of that for two thousand (make live).
func TestLiveMeeting(t *testing.T) {
	n, within := min(*listeners, 2000), 55*time.Second
	if n < 100 {
		within = time.Second
	}
	c := dbtest.NewClock(dbtest.Start)
	h := newMeetHall(t, dbtest.SQLite(t, c), c, n)
	p := votetest.Sample("Buy a kettle")
	p.Text.Forum = motion.AtMeeting
	m, err := h.s.Motions.Propose(t.Context(), h.Who[0], db.Once{}, 0, p)
	for i := 1; err == nil && m.State == motion.Seeking; i++ {
		m, err = h.s.Motions.Support(t.Context(), h.Who[i], m.Number, 1)
	}
	if err != nil {
		t.Fatal(err)
	}
	v := h.begun()
	chair := h.Visit(h.Who[h.chair(v.Number)].Person)
	item := v.Items[slices.IndexFunc(v.Items, func(it meeting.Item) bool { return it.Motion != 0 })].ID
	if err := h.s.Meetings.Take(t.Context(), chair, v.Number, item); err != nil {
		t.Fatal(err)
	}
	for i := range min(n/2, 30) { // a list of speakers
		err := h.s.Meetings.Raise(t.Context(), h.Visit(h.Who[n-1-i].Person), v.Number, meeting.Raised{Kind: floor.Speak, Side: floor.Either})
		if err != nil {
			t.Fatal(err)
		}
	}
	var secrets []string
	for _, a := range h.Who {
		secrets = append(secrets, h.session(a.Person))
	}
	addr, stop := serveAt(t, "127.0.0.1:0", h.s)
	defer stop()
	defer h.s.Stop()
	page := meetingPath(h.Group, v.Number)
	live := h.see(1, "/1").All("main")
	var parts string
	var tags []string // of what pages show before the vote
	live.Find("[data-tag]").Each(func(_ int, part *goquery.Selection) { tags = append(tags, strconv.Quote(part.AttrOr("data-tag", ""))) })
	for _, f := range strings.Fields(live.AttrOr("data-live", "")) {
		topic, names, _ := strings.Cut(f, "=")
		if topic == v.Ref() {
			parts = names
		}
	}
	crowd := gather(t, secrets)
	say := func(what string, x told) {
		t.Logf("%-34s %6d  p50 %7.1f ms  p99 %7.1f ms  last %7.1f ms", what, x.N, millis(x.P50), millis(x.P99), millis(x.Max))
	}
	say("pages listen", crowd.do(bidding{Do: "open", At: addr, Path: groupPath(h.Group) + "/live?topic=" + v.Ref() + "&since=" + h.s.live.Now().String(), N: n, Each: 1}))
	time.Sleep(300 * time.Millisecond)
	opened, spent := time.Now(), busy()
	if err := h.s.Meetings.PutToVote(t.Context(), chair, v.Number, item, false); err != nil {
		t.Fatal(err)
	}
	got := crowd.do(bidding{Do: "vote", At: addr, Path: page, Parts: parts, Tags: tags, T0: opened.UnixNano(), Within: within})
	took := time.Since(opened)
	for _, what := range []string{"heard", "seen", "page", "paper", "check", "cast", "all"} {
		say(what, got.Also[what])
	}
	t.Logf("%d votes in %.1f s, %.0f a second; the server worked %.1f s; a page's parts have up to %d bytes compressed", got.N, took.Seconds(), float64(got.N)/took.Seconds(), (busy() - spent).Seconds(), got.Bytes)
	for _, why := range got.Why {
		t.Error(why)
	}
	b, err := h.s.Ballots.Show(t.Context(), h.Who[0], m.Number)
	if err != nil {
		t.Fatal(err)
	}
	if got.Bytes > 3<<10 {
		t.Errorf("what changed has %d bytes", got.Bytes)
	}
	if got.N != n || b.Entitled != n {
		t.Errorf("%d of %d voted", got.N, n)
	}
	h.to(b.Closes)
	if b, err = h.s.Ballots.Show(t.Context(), h.Who[0], m.Number); err != nil || b.State != ballot.Counted || b.Votes.For != int64(n) {
		t.Errorf("counted: %+v, %v", b.Votes, err)
	}
}

// busy is how long this process has worked on all cores.
func busy() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

var (
	hiddenField = regexp.MustCompile(`<input type="hidden" name="([a-z_-]+)" value="([^"]*)">`)
	voteLink    = regexp.MustCompile(`href="([^"]+/proposals/[0-9]+/vote)"`)
)

// voter is one page of the crowd that votes.
type voter struct {
	*phone
	a      bidding
	client *http.Client
	took   map[string]time.Duration
	bytes  int64
}

// allVote has all of them hear, see, and vote within a time, and says what each step took. They go on asking for what changes.
func allVote(phones []*phone, a bidding) told {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: len(phones), DisableCompression: true}, Timeout: time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	out := told{Also: map[string]told{}}
	times := map[string][]time.Duration{}
	var mu sync.Mutex
	var done sync.WaitGroup
	for _, p := range phones {
		done.Go(func() {
			x := &voter{phone: p, a: a, client: client, took: map[string]time.Duration{}}
			err := x.vote()
			mu.Lock()
			defer mu.Unlock()
			for what, d := range x.took {
				times[what] = append(times[what], d)
			}
			out.Bytes = max(out.Bytes, x.bytes)
			switch {
			case err == nil:
				out.N++
			case len(out.Why) < 5:
				out.Why = append(out.Why, err.Error())
			}
		})
	}
	done.Wait()
	for what, all := range times {
		out.Also[what] = toldOf(len(all), all)
	}
	return out
}

func (x *voter) vote() error {
	t0 := time.Unix(0, x.a.T0)
	for x.heard.Load() < x.a.T0 {
		if time.Since(t0) > time.Minute {
			return errors.New("never heard")
		}
		time.Sleep(5 * time.Millisecond)
	}
	x.took["heard"] = time.Unix(0, x.heard.Load()).Sub(t0)
	var link string
	for link == "" { // as live.js does
		time.Sleep(rand.N(500 * time.Millisecond))
		html, err := x.do("page", http.MethodGet, x.a.Path, nil, http.StatusOK, http.StatusNotModified)
		if err != nil {
			return err
		}
		if found := voteLink.FindStringSubmatch(html); found != nil {
			link = found[1]
		} else if time.Since(t0) > time.Minute {
			return errors.New("never seen")
		}
	}
	x.took["seen"] = time.Since(t0)
	time.Sleep(rand.N(max(x.a.Within-time.Since(t0), time.Millisecond)))
	began := time.Now()
	html, err := x.do("paper", http.MethodGet, link, nil, http.StatusOK)
	if err != nil {
		return err
	}
	form := hiddenOf(html, "/vote/check")
	form.Set("choice", "for....")
	if html, err = x.do("check", http.MethodPost, link+"/check", form, http.StatusOK); err != nil {
		return err
	}
	if html, err = x.do("cast", http.MethodPost, link, hiddenOf(html, "/vote"), http.StatusOK); err != nil {
		return err
	}
	if !strings.Contains(html, "Your vote is recorded") {
		return errors.New("not recorded: " + html)
	}
	x.took["all"] = time.Since(began)
	return nil
}

// hiddenOf returns the hidden fields of the form that is sent to an address that ends so.
func hiddenOf(html, action string) url.Values {
	_, form, _ := strings.Cut(html, action+`"`)
	form, _, _ = strings.Cut(form, "</form>")
	out := url.Values{}
	for _, f := range hiddenField.FindAllStringSubmatch(form, -1) {
		out.Set(f[1], f[2])
	}
	return out
}

// do asks for a page as its browser does, and notes how long that took.
func (x *voter) do(what, method, path string, form url.Values, want ...int) (string, error) {
	r, err := http.NewRequest(method, "http://"+x.a.At+path, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	r.Host = strings.TrimPrefix(base, "http://")
	r.Header.Set("Cookie", x.cookie)
	r.Header.Set("Accept-Encoding", "gzip")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", base)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	} else if what == "page" {
		r.Header.Set(partHeader, x.a.Parts)
		r.Header.Set("If-None-Match", strings.Join(x.a.Tags, ", "))
	}
	began := time.Now()
	res, err := x.client.Do(r)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return "", err
	}
	x.took[what] = time.Since(began)
	if what == "page" {
		x.bytes = max(x.bytes, int64(len(text)))
	}
	if res.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(bytes.NewReader(text))
		if err == nil {
			text, err = io.ReadAll(z)
		}
		if err != nil {
			return "", err
		}
	}
	for _, ok := range want {
		if res.StatusCode == ok {
			return string(text), nil
		}
	}
	return "", fmt.Errorf("%s %s: %s: %s", method, path, res.Status, text[:min(len(text), 2000)])
}
