package web

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/discussion"
	"folkmoot/internal/draw"
	"folkmoot/internal/meeting"
	"folkmoot/internal/money"
	"folkmoot/internal/role"
)

// The leak sweep (practice.md §6.2, item 4; V03). The same vote is held in several worlds that differ in one thing only, and everybody
// looks everywhere: until the close nobody can tell worlds apart that differ in what was voted, and neither then nor later ones that
// differ in who voted, but for those who did or did not.

// leaky is a world that is swept: a group with one decision behind it and a vote that is open.
type leaky struct {
	*voting
	post       discussion.PostID
	invitation string
	setup      string
	feed       string // secret in the address of a calendar
	code       string // of a meeting
	screen     string // secret in the address of its screen
	term       string // that somebody asks to end
	secret     bool
	viewers    map[string]string // to the secret of their session
}

// viewers by what they are. Those who vote in one world and not in the other see what is their own, so they do not look.
const (
	voters  = 13
	former  = 12 // votes, and leaves before anybody looks
	waiting = 11 // has not voted yet
)

func newLeaky(t *testing.T, d *db.DB, c *dbtest.Clock, secret bool, choice ballot.Choice, more ...int) *leaky {
	t.Helper()
	w := &leaky{voting: newVoting(t, d, c, "B", voters), secret: secret, viewers: map[string]string{"nobody": ""}}
	w.s.Stop() // a stream says what it has to say, and ends
	term := w.drawTellers()
	w.Vote(w.Open(secret), 8, 3, 2)
	ctx := t.Context()
	if _, err := w.Decisions.File(ctx, w.Who[8], db.Once{}, "2026-001", "It costs too much."); err != nil {
		t.Fatal(err)
	}
	if len(more) > 1 { // who asks to end a term, and who signs that
		p, err := w.s.Petitions.Start(ctx, w.Who[more[0]], term.Ref, "Counts were left unsigned.")
		if err == nil {
			err = w.s.Petitions.Sign(ctx, w.Who[more[1]], p.Number)
		}
		if err != nil || p.Needed != 3 {
			t.Fatal(p, err)
		}
		w.term = term.Ref
	}
	m := w.Table(secret)
	post, err := w.s.Talk.Add(ctx, w.Who[1], db.Once{}, m.Number, discussion.Draft{Kind: discussion.Question, Text: "Who has the key?"})
	if err == nil {
		w.post = post.ID
		w.invitation, err = w.s.Members.Invite(ctx, db.Once{}, w.Who[1], 5, 30)
	}
	if err == nil {
		w.setup, err = w.s.Members.MakeSetupLink(ctx)
	}
	if err == nil {
		w.feed, err = w.s.Notices.MakeFeed(ctx, w.Who[5].Person)
	}
	if err == nil {
		w.code, err = w.callMeeting(c)
	}
	if err == nil {
		w.screen, err = w.s.Screens.Make(ctx, w.Who[1], 1)
	}
	if err == nil {
		w.reportsMoney(w.Who[1], time.Hour)
		_, err = w.s.Money.File(ctx, w.Who[1], db.Once{}, money.Typed{From: w.ago(9), To: w.ago(1), Start: "0", Currency: "euros", End: "0"})
	}
	if err != nil {
		t.Fatal(err)
	}
	w.GoTo(m.Opens)
	v := w.Show(m.Number)
	if m.Number != 4 || v.Secret != secret || v.Entitled != voters {
		t.Fatalf("proposal %d, secret %v, %d entitled", m.Number, v.Secret, v.Entitled)
	}
	newcomer := w.Join("Newcomer")
	_, others := dbtest.Group(t, d, "other", "A", "Else", "Elsa", "Elke")
	for name, a := range map[string]int{"founder": 0, "voted": 5, "not yet": waiting, "former member": former} {
		w.viewers[name] = w.session(w.Who[a].Person)
	}
	w.viewers["newcomer in waiting"], w.viewers["member of another group"] = w.session(newcomer.Person), w.session(w.Actor(others[0]).Person)
	for _, i := range append([]int{0, 1, 2, 3, 4, 5, former}, more...) {
		w.Cast(w.Who[i], m.Number, choice)
	}
	c.Advance(2 * time.Minute)
	w.Write(func(tx *db.Tx) error {
		return tx.Exec("UPDATE members SET left_at = ? WHERE id = ?", db.At(tx.Now), w.Who[former].Member.ID).Error
	})
	return w
}

// callMeeting has a meeting be called, and returns the code by which it is found.
func (w *leaky) callMeeting(c *dbtest.Clock) (string, error) {
	w.Write(func(tx *db.Tx) error {
		return tx.Exec("INSERT INTO meeting_terms (ref, group_id, job, member_id, caps, starts_at, ends_at, cause) VALUES (?, ?, 'convene', ?, 'convene', ?, ?, 'call/1')",
			"j_"+w.Group.Slug, w.Group.ID, w.Who[1].Member.ID, db.At(tx.Now), db.At(tx.Now.Add(time.Hour))).Error
	})
	opens := c.Now().AddDate(0, 0, 30)
	m, err := w.s.Meetings.Call(w.Context(), w.Who[1], db.Once{}, meeting.Details{Title: "All of us", Place: "The hall", Opens: opens, Stop: opens.Add(time.Hour)})
	return m.Code, err
}

// drawTellers has a role, and people drawn for it. It returns one of their terms.
func (w *leaky) drawTellers() role.Term {
	w.Helper()
	w.Write(func(tx *db.Tx) error { return w.s.Roles.Form(tx, w.Group) })
	tick := func(at time.Time) draw.View {
		w.Clock.Set(at)
		err := cmp.Or(w.s.Draws.Tick(w.Context()), w.s.Roles.Tick(w.Context()))
		var v draw.View
		if err == nil {
			v, err = w.s.Draws.Show(w.Context(), w.Who[0], "tellers")
		}
		if err != nil {
			w.Fatal(err)
		}
		return v
	}
	d := tick(w.Clock.Now()).Draw
	for _, a := range w.Who[1:5] {
		if err := w.s.Draws.Say(w.Context(), a, d.Number, draw.Yes); err != nil {
			w.Fatal(err)
		}
	}
	return tick(tick(d.Closes).Draw.At).Terms[0]
}

// looks is every address that somebody looks at, under the route it belongs to.
func (w *leaky) looks(t *testing.T, r route) (paths []string) {
	t.Helper()
	values := map[string][]string{
		"group": {w.Group.Slug}, "n": {"3", "4"}, "post": {fmt.Sprint(w.post)}, "number": {"2026-001"}, "dissent": {"1"}, "version": {"1"}, "entry": {"2"}, "role": {"tellers"}, "term": {w.term}, "draw": {"1"}, "lot": {"1"},
		"step": {"4"}, "token": {w.invitation}, "invitation": {"99"}, "session": {"1"}, "key": {"1"}, "file": {w.feed + ".ics"}, "code": {w.code}, "item": {"1"}, "hand": {"1"}, "move": {"1"}, "feeling": {"1"}, "round": {"1"}, "breakout": {"1"}, "spokes": {"1"}, "member": {"1"}, "k": {"1"},
	}
	switch {
	case strings.HasPrefix(r.path, "/stop/"):
		values["token"] = []string{strings.TrimPrefix(w.s.Notices.StopPath(w.Who[5].Member.Ref), "/stop/")}
	case strings.HasPrefix(r.path, screenPrefix):
		values["token"] = []string{w.screen}
	case strings.HasPrefix(r.path, "/setup/"):
		values["token"], values["step"] = []string{w.setup}, []string{"1"}
	case strings.Contains(r.path, ":post"), strings.HasSuffix(r.path, "/talk/seen"):
		values["n"] = []string{"4"}
	case strings.HasPrefix(r.path, "/g/:group/proposals/:n/vote/codes"):
		values["n"] = []string{"3"} // of the open vote there are none, and that is looked at below
	}
	if n, seen := w.decided(), "2026-002"; n > 1 {
		values["number"] = append(values["number"], seen)
		values["n"] = slices.Compact(append(values["n"], "4"))
	}
	if strings.HasPrefix(r.path, "/g/:group/meetings/") || strings.HasPrefix(r.path, "/g/:group/money/") {
		values["n"] = []string{"1"}
	}
	paths = []string{""}
	for _, part := range strings.Split(strings.TrimPrefix(r.path, "/"), "/") {
		some := []string{part}
		if name, ok := strings.CutPrefix(part, ":"); ok {
			if some = values[name]; some == nil {
				t.Fatalf("%s: give this test a value for %s", r.path, name)
			}
		}
		var longer []string
		for _, p := range paths {
			for _, s := range some {
				longer = append(longer, p+"/"+s)
			}
		}
		paths = longer
	}
	files := []string{"?of=everything&format=md", "?of=everything&format=html"}
	for _, of := range append([]string{"everything"}, values["number"]...) {
		files = append(files, "?of="+of+"&format=json", "?of="+of+"&format=csv")
	}
	queries := map[string][]string{
		"/g/:group/proposals":          {"", "?state=voting", "?state=closed", "?state=all"},
		"/g/:group/proposals/:n/vote":  {"", "?round=1"},
		"/g/:group/decisions":          {"", "?before=2"},
		"/g/:group/decisions/without":  {"", "?after=1"},
		"/g/:group/record/export":      {"", "?of=2026-001"},
		"/g/:group/record/export/file": files,
		livePath:                       {"?topic=group", "?topic=group&topic=motion/3&topic=motion/4"},
	}[r.path]
	if queries == nil {
		return paths
	}
	var all []string
	for _, p := range paths {
		for _, q := range queries {
			all = append(all, p+q)
		}
	}
	return all
}

// decided is how many decisions there are.
func (w *leaky) decided() (n int) {
	w.Helper()
	w.Read(func(tx *db.Tx) error { return tx.Raw("SELECT COUNT(*) FROM decisions").Scan(&n).Error })
	return n
}

// quiet are the forms that are not sent here: they end the viewer's membership, or know nothing of any group.
func quiet(r route) bool {
	return r.method == http.MethodPost && (!strings.HasPrefix(r.path, "/g/") || slices.Contains([]string{"/g/:group/leave", "/g/:group/begin/:step"}, r.path))
}

// sweep has everybody look at every page there is and send every form about the group, and returns what they saw.
func (w *leaky) sweep(t *testing.T) map[string]string {
	t.Helper()
	seen := map[string]string{}
	for _, r := range routes() {
		if r.access == demoOnly || r.path == "/assets/*" || quiet(r) {
			continue
		}
		for _, path := range w.looks(t, r) {
			for _, name := range slices.Sorted(maps.Keys(w.viewers)) { // the forms that are sent leave traces
				status, text := w.see(r, path, w.viewers[name])
				seen[r.method+" "+calm(path)+" for "+name] = text
				if why := w.odd(r, path, name, status); why != "" {
					t.Errorf("%s %s for %s answers %d: %s", r.method, path, name, status, why)
				}
			}
		}
	}
	return seen
}

// see sends the request and returns the answer without what is random.
func (w *leaky) see(r route, path, secret string) (status int, text string) {
	form := url.Values{}
	if r.method == http.MethodPost {
		form.Set("csrf", (&visitor{secret: secret}).formToken())
		if strings.Contains(r.path, "/vote") {
			form.Set("choice", sent(ballot.For))
		}
	}
	req := browserRequest(r.method, path, form)
	req.AddCookie(&http.Cookie{Name: sessionCookie, Value: secret})
	p := httptest.NewRecorder()
	w.s.ServeHTTP(p, req)
	return p.Code, fmt.Sprint(p.Code, " ", calm(p.Header().Get("Location")), " ", calmBody(p))
}

// versions are what a stream says of when something changed; that a vote that is cast changes nothing is seen in TestCastingTellsNobody.
var versions = regexp.MustCompile(`(?m)^(data: \S+|id:|retry:) \S+$`)

// calmBody is calm, and puts in order what a JSON file has in the order of hashes.
func calmBody(p *httptest.ResponseRecorder) string {
	var v any
	if strings.HasPrefix(p.Header().Get("Content-Type"), "text/event-stream") {
		return versions.ReplaceAllString(p.Body.String(), "$1")
	}
	if !strings.HasPrefix(p.Header().Get("Content-Type"), "application/json") || json.Unmarshal(p.Body.Bytes(), &v) != nil {
		return calm(partTag.ReplaceAllString(squareCode.ReplaceAllString(p.Body.String(), "#"), "#"))
	}
	return ordered(v)
}

func ordered(v any) string {
	var parts []string
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			parts = append(parts, calm(k)+": "+ordered(x))
		}
		slices.Sort(parts)
	case []any:
		for _, x := range v {
			parts = append(parts, ordered(x))
		}
	default:
		return calm(fmt.Sprintf("%q", fmt.Sprint(v)))
	}
	return "{" + strings.Join(parts, "\n") + "}"
}

// odd says what is wrong with a status, if anything is. A page that does not open shows no leak either.
func (w *leaky) odd(r route, path, viewer string, status int) string {
	inside := slices.Contains([]string{"founder", "voted", "not yet", "newcomer in waiting"}, viewer)
	switch {
	case status >= 500:
		return "it is broken"
	case r.access == members && !inside && status != http.StatusNotFound && !(r.method == http.MethodPost && status == http.StatusForbidden):
		return "somebody from outside comes in"
	case r.access == members && inside && r.method == http.MethodGet && status == http.StatusNotFound && !w.absent(r.path):
		return "there is nothing, so nothing was looked at"
	case r.access == anyone && status == http.StatusNotFound:
		return "there is nothing, so nothing was looked at"
	}
	return ""
}

// absent says that the route shows nothing of a vote's kind: only secret ones have codes, only elections papers and a sheet, only whoever
// leaves or takes over a role has a handover to look at, and only a small crew chooses by consent.
func (w *leaky) absent(path string) bool {
	return strings.Contains(path, "/handover") || strings.Contains(path, "/selections/") || strings.HasSuffix(path, "/lots/:lot") || strings.HasPrefix(path, "/g/:group/proposals/:n/vote/codes") && !w.secret || strings.HasSuffix(path, "/papers.blt") || strings.HasSuffix(path, "/proposals/:n/share") || strings.HasSuffix(path, "/proposals/:n/resolution") || strings.HasSuffix(path, "/count.json")
}

// meetingCode is a code by which a meeting is found.
var meetingCode = regexp.MustCompile(`^(/m/)?[0-9A-Z]{5}-[0-9A-Z]{5}(/in)?$`)

// squareCode is the picture of such a code.
var squareCode = regexp.MustCompile(`(?s)<svg[^>]*shape-rendering="crispEdges".*?</svg>`)

// partTag is the tag of a part. It is made of nothing but what stands in the part, which is compared itself, with its tokens.
var partTag = regexp.MustCompile(`data-tag="?[\w-]+"?`)

// calm puts # for what differs between two runs without telling anything: tokens, references, hashes, codes.
func calm(s string) string {
	s = strings.ReplaceAll(s, "&#43;", "+")
	var out strings.Builder
	out.Grow(len(s))
	for i := 0; i < len(s); {
		end := i
		for end < len(s) && isToken(s[end]) {
			end++
		}
		switch run := s[i:end]; {
		case isRandom(run), meetingCode.MatchString(run):
			out.WriteByte('#')
		case len(run) == 4 && isFours(s[i:]):
			out.WriteByte('#')
			end = i + fours
		default:
			for _, part := range strings.SplitAfter(run, "/") {
				if isReference(strings.TrimSuffix(part, "/")) {
					part = "#"
				}
				out.WriteString(part)
			}
		}
		if i = end; i < len(s) {
			out.WriteByte(s[i])
			i++
		}
	}
	return out.String()
}

func isToken(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || strings.IndexByte("_/=+-", c) >= 0
}

// isRandom tells what was drawn by lot from words and addresses of the same length, which are in small letters.
func isRandom(run string) bool {
	if len(run) < 16 {
		return false
	}
	digit, capital := strings.ContainsAny(run, "0123456789"), strings.ToLower(run) != run
	if strings.Contains(run, "/") {
		return capital && (digit || len(run) >= 22) // one in some thousand hashes holds no digit
	}
	return digit || capital
}

// isReference tells what a ballot, a term or a candidate is called in the record, also at the end of the name of a place on a page.
func isReference(s string) bool {
	s = s[strings.LastIndexByte(s, '-')+1:]
	return len(s) == len("b_")+13 && (strings.HasPrefix(s, "b_") || strings.HasPrefix(s, "t_") || strings.HasPrefix(s, "c_"))
}

// fours is how long a checkpoint is, which is read out in four times four.
const fours = 4*4 + 3

func isFours(s string) bool {
	if len(s) < fours {
		return false
	}
	for i := range fours {
		if i%5 == 4 && s[i] != ' ' || i%5 < 4 && strings.IndexByte("0123456789abcdef", s[i]) < 0 {
			return false
		}
	}
	return true
}

// TestCalm has references be alike with a digit in them, as most have, and without.
func TestCalm(t *testing.T) {
	for _, place := range []string{`id="%s"`, `href="#who-%s"`, `/end/%s/answer`} {
		a, b := calm(fmt.Sprintf(place, "c_vdvcwfzygcwgk")), calm(fmt.Sprintf(place, "c_vdv2wfzy6cwgk"))
		if a != b || strings.Contains(a, "cwgk") {
			t.Errorf("%s becomes %s and %s", place, a, b)
		}
	}
	if words := "what-everybody-has-voted"; calm(words) != words {
		t.Errorf("%s becomes %s", words, calm(words))
	}
}

// differ returns where two sweeps saw different things, with the first line that differs.
func differ(a, b map[string]string) (out []string) {
	for _, what := range slices.Sorted(maps.Keys(a)) {
		x, y := strings.Split(a[what], "\n"), strings.Split(b[what], "\n")
		for i := range max(len(x), len(y)) {
			if i >= len(x) || i >= len(y) || x[i] != y[i] {
				out = append(out, fmt.Sprintf("%s, line %d:\n\t%s\n\t%s", what, i, lineAt(x, i), lineAt(y, i)))
				break
			}
		}
	}
	return out
}

func lineAt(lines []string, i int) string {
	if i < len(lines) {
		return strings.TrimSpace(lines[i])
	}
	return "(nothing)"
}

// TestLeakSweep_6_2_4_G9_V03 holds the vote three times: once as it comes, once with the other choice, and once with the same choice by
// other people, as many.
func TestLeakSweep_6_2_4_G9_V03(t *testing.T) {
	for _, secret := range []bool{false, true} {
		t.Run(fmt.Sprintf("secret %v", secret), func(t *testing.T) {
			dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
				world := func(choice ballot.Choice, more ...int) (*leaky, map[string]string) {
					t.Helper()
					c.Set(dbtest.Start)
					w := newLeaky(t, another(t, d, c), c, secret, choice, more...)
					return w, w.sweep(t)
				}
				look := func(w *leaky, below string, person int) string {
					status, text := w.see(route{method: get}, groupPath(w.Group)+below, w.session(w.Who[person].Person))
					if status != http.StatusOK {
						t.Fatalf("%s answers %d", below, status)
					}
					return text
				}
				const vote, decision = "/proposals/4/vote", "/decisions/2026-002"
				first, open := world(ballot.For, 6, 7)
				own := look(first, vote, 6)
				first.closeNow()
				counted := look(first, decision, waiting)
				var closed map[string]string
				if secret { // an open vote tells who voted how, once it is counted
					closed = first.sweep(t)
				}
				if len(open) < 600 || secret && len(closed) < len(open) {
					t.Errorf("only %d pages were looked at before the close, and %d after it", len(open), len(closed))
				}

				second, otherwise := world(ballot.Against, 6, 7)
				for _, leak := range differ(open, otherwise) {
					t.Errorf("before the close a page tells what was voted: %s", leak)
				}
				second.closeNow()
				if look(second, decision, waiting) == counted {
					t.Error("the comparison sees nothing even after the close")
				}

				third, others := world(ballot.For, 9, 10)
				for _, leak := range differ(open, others) {
					t.Errorf("before the close a page tells who voted: %s", leak)
				}
				if look(third, vote, 6) == own {
					t.Error("the comparison sees no difference even where somebody looks at their own vote")
				}
				third.closeNow()
				if secret {
					for _, leak := range differ(closed, third.sweep(t)) {
						t.Errorf("after the close a page tells who voted: %s", leak)
					}
				}
			})
		})
	}
}

// closeNow lets the vote end.
func (w *leaky) closeNow() {
	w.Helper()
	w.GoTo(w.Show(4).Closes)
}
