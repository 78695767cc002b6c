package web

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/export"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/token"
	"folkmoot/internal/votetest"
	"folkmoot/internal/webtest"

	"github.com/google/go-cmp/cmp"
)

// voting is a group that votes, and a server that shows it.
type voting struct {
	*votetest.World
	s   *Server
	log bytes.Buffer
}

func newVoting(t *testing.T, d *db.DB, c *dbtest.Clock, preset string, people int) *voting {
	t.Helper()
	w := &voting{World: votetest.New(t, d, c, preset, people)}
	w.s = serve(t, d, c, func(o *Options) {
		o.Rulebooks, o.Motions, o.Ballots, o.Decisions = w.Rules, w.Motions, w.Ballots, w.Decisions
		o.Log = slog.New(slog.NewTextHandler(&w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	return w
}

// session signs the person in and returns the session's secret.
func (w *voting) session(person member.PersonID) string {
	w.Helper()
	secret := token.New()
	w.Write(func(tx *db.Tx) error {
		return tx.Exec("INSERT INTO sessions (person_id, hash, label, created_at, seen_at, expires_at) VALUES (?, ?, 'test', ?, ?, ?)",
			person, token.Hash(secret), db.At(tx.Now), db.At(tx.Now.Truncate(24*time.Hour)), db.At(tx.Now.Add(300*24*time.Hour))).Error
	})
	return secret
}

// browser returns a browser in which the person is signed in.
func (w *voting) browser(t *testing.T, person member.PersonID) *webtest.Visitor {
	t.Helper()
	v := webtest.New(t, w.s)
	v.SetCookie("folkmoot", w.session(person))
	return v
}

func (w *voting) as(t *testing.T, i int) *webtest.Visitor { return w.browser(t, w.Who[i].Person) }

func (w *voting) path(below string) string { return groupPath(w.Group) + "/proposals/1" + below }

// castOn fills in the paper, looks at it and casts it.
func castOn(v *webtest.Visitor, path, choice string) *webtest.Page {
	return v.Get(path).Want(http.StatusOK).Form("Check my vote").Set("choice", sent(ballot.ParseChoice(choice))).Submit().Want(http.StatusOK).Form("Cast this vote").Submit()
}

// TestYourGroupsSayWhatIsOpen: also for who is in several groups, and only of votes in which they may vote.
func TestYourGroupsSayWhatIsOpen(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newVoting(t, d, c, "B", 6)
		ada := w.as(t, 0)
		ada.Get("/").WantCount(".can", 0)
		b := w.Open(true)
		ada.Get("/").WantText("main", "A vote is open for you.", "It closes")
		w.browser(t, w.newcomer(t).Person).Get("/").Want(http.StatusOK).WantCount(".can", 0)
		c.Set(b.Closes)
		ada.Get("/").WantCount(".can", 0)
	})
}

// TestNowFindsTheVoteThatIsLeft: the page shows some of the open votes, and what waits may be none of them.
func TestNowFindsTheVoteThatIsLeft(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newVoting(t, d, c, "B", 4)
		for range 5 {
			w.Table(false)
		}
		last := w.Table(false)
		w.GoTo(last.Opens)
		ada, home := w.as(t, 0), groupPath(w.Group)
		for n := 1; n < last.Number; n++ {
			ada.Get(home).WantText(".head .can", "A vote is open for you")
			w.Cast(w.Who[0], n, ballot.For)
		}
		ada.Get(home).WantText(".head .can", "A vote is open for you.").WantNoText(".head", "You have voted")
		ada.Get(home).Follow("Go to the votes").Want(http.StatusOK).WantText("main", "You can vote.")
		w.Cast(w.Who[0], last.Number, ballot.For)
		ada.Get(home).WantText(".head .can", "You have voted")
	})
}

// TestNowSaysThatYouHaveVoted, in open votes and in secret ones, to the voter and to nobody else. What everybody is told of the
// time that is left is the same for all.
func TestNowSaysThatYouHaveVoted(t *testing.T) {
	for name, secret := range map[string]bool{"open": false, "secret": true} {
		t.Run(name, func(t *testing.T) {
			dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
				w := newVoting(t, d, c, "B", 12)
				v := w.Open(secret)
				home := groupPath(w.Group)
				ada, bela := w.as(t, 0), w.as(t, 1)
				ada.Get(home).WantText(".head .can", "A vote is open for you").WantText("#voting ~ .rows .can", "You can vote.").WantNoText("main", "Half of the time")
				before := state(t, cast{server: w.s})
				castOn(ada, w.path("/vote"), "for")
				cast1 := state(t, cast{server: w.s})
				ada.Get(home).WantText(".head .can", "You have voted: Buy a kettle").WantText(".head", "You can change it until", "Change my vote").WantText(".rows", "You have voted").WantCount(".rows .can", 0)
				ada.Get("/").WantText(".rows", "You have voted in the vote that is open", "You can change it until").WantCount(".can", 0)
				if diff := cmp.Diff(cast1, state(t, cast{server: w.s})); diff != "" || cmp.Equal(before, cast1) {
					t.Errorf("saying so writes: %s", diff)
				}
				bela.Get(home).WantText(".head .can", "A vote is open for you").WantNoText("main", "You have voted")
				bela.Get("/").WantText(".can", "A vote is open for you.")
				late := w.browser(t, w.newcomer(t).Person)
				late.Get(home).WantText("main", "You can vote in votes that open on", "You are not on the list for this vote")
				late.Get(home+"/people").WantText("main", "You can vote in votes that open on")

				for _, when := range []struct {
					moment time.Time
					want   string
				}{
					{v.Opens.Add(v.Closes.Sub(v.Opens)/2 + time.Minute), "Half of the time to vote is over."},
					{v.Closes.Add(-time.Hour), "Less than a day is left to vote."},
				} {
					c.Set(when.moment)
					for _, who := range []*webtest.Visitor{ada, bela, late} {
						who.Get(home).WantText(".rows", when.want)
					}
					ada.Get("/").WantText(".rows", when.want)
				}
			})
		})
	}
}

// TestVoteThroughThePages votes in secret as a person without scripts would, from the paper to the minority report.
func TestVoteThroughThePages(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newVoting(t, d, c, "B", 6)
		v := w.Open(true)
		ada := w.as(t, 0)
		page := ada.Get(w.path("/vote")).Want(http.StatusOK)
		page.WantText("main", "Secret vote · Proposal 1, version 1", "We do it by May.", "Nobody using the program can see how you vote", "Only 6 people can vote here",
			"You get a receipt code", "You trust whoever runs this server", "Fewer than 10 people have voted so far", "We cannot stop someone standing next to you")
		page.WantCount("input[type=radio][name=choice]", 3)
		check := page.Form("Check my vote").Set("choice", sent(ballot.For)).Submit().Want(http.StatusOK)
		check.WantText(".chosen", "You are about to vote", "For")
		if got := w.Show(1); got.Voted {
			t.Error("looking at a vote casts it")
		}
		form := check.Form("Cast this vote")
		if len(form.Value("random")) < 20 {
			t.Errorf("without scripts the random part is %q", form.Value("random"))
		}
		done := form.Submit().Want(http.StatusOK).WantPath(w.path("/vote"))
		done.WantText("main", "Your vote is in the box", "It does not show how you voted")
		code := done.Text(".big-code")
		if !regexp.MustCompile(`^([0-9A-HJKMNP-TV-Z]{4}-){9}[0-9A-HJKMNP-TV-Z]{4}$`).MatchString(code) || done.Header.Get("Cache-Control") != "no-store, no-transform" {
			t.Errorf("code %q, %s", code, done.Header.Get("Cache-Control"))
		}
		proof := done.All("dd code")
		if r := (ballot.Receipt{Code: code, Part: strings.TrimSpace(proof.Eq(1).Text())}); proof.Length() != 2 || !r.Check(strings.TrimSpace(proof.Eq(0).Text())) {
			t.Errorf("the receipt's parts do not make the code: %s", done.Text("dl"))
		}
		again := form.Submit().Want(http.StatusOK)
		if again.Text(".big-code") != code {
			t.Error("the same form sent again has another receipt")
		}
		ada.Get(w.path("/vote")).WantText("main", "You have voted. You can change your vote until the end")
		changed := castOn(ada, w.path("/vote"), "against").Want(http.StatusOK).Text(".big-code")
		if changed == code {
			t.Error("a changed vote has the old receipt")
		}
		stale := form.Submit().Want(http.StatusConflict)
		stale.WantText("main", "You have voted in another window")
		if stale.All("input[name=choice][checked]").AttrOr("value", "") != sent(ballot.For) {
			t.Error("what was chosen is lost")
		}
		codes := []string{changed}
		for i := 1; i < 5; i++ {
			codes = append(codes, castOn(w.as(t, i), w.path("/vote"), []string{"for", "for", "for", "abstain"}[i-1]).Text(".big-code"))
		}
		early := ada.Get(w.path("/vote/codes"))
		early.Want(http.StatusNotFound)
		ada.Get(w.path("")).Want(http.StatusOK).WantText("main", "You have voted. You can change your vote", "Fewer than 10 people have voted").Follow("Change my vote").WantPath(w.path("/vote"))
		late := w.as(t, 5).Get(w.path("/vote")).Form("Check my vote").Set("choice", sent(ballot.For))
		latest := late.Submit().Form("Cast this vote")
		w.GoTo(v.Closes)
		for _, f := range []*webtest.Form{late, latest} {
			f.Submit().Want(http.StatusConflict).WantText("main", "This vote is closed, so your vote was not taken")
		}
		result := ada.Get(w.path("/vote")).Want(http.StatusOK).WantPath(groupPath(w.Group) + "/decisions/2026-001")
		result.WantText("main", "Carried", "3 voted for and 1 against. More for than against was needed, so this is carried.", "5 of 6, 3 needed", "Nobody has added a minority report")
		ada.Get(w.path("")).Want(http.StatusOK).WantText("main", "The vote", "Carried", "3 voted for and 1 against", "It was not a vote for it.").Follow("Decision 2026-001").Want(http.StatusOK)
		list := ada.Get(groupPath(w.Group) + "/decisions").Want(http.StatusOK)
		list.WantText(".rows", "Decision 2026-001", "Buy a kettle", "Carried")
		published := result.Follow("Receipt codes").Want(http.StatusOK)
		slices.Sort(codes)
		var shown []string
		for _, n := range published.All(".codes li").EachIter() {
			shown = append(shown, strings.TrimSpace(n.Text()))
		}
		if diff := cmp.Diff(codes, shown); diff != "" {
			t.Error(diff)
		}
		text := published.Follow("Download all codes as text").Want(http.StatusOK)
		published.WantText("main", fmt.Sprintf("%x", sha256.Sum256(text.Body)))

		note := result.Follow("Disagree? Add a minority report").Want(http.StatusOK).Form("Add my report")
		note.Set("text", strings.Repeat("word ", 501)).Submit().Want(http.StatusUnprocessableEntity).WantText("main", "It can have 500 at most")
		note.Set("text", "A pot would have done. **Think of the pot.**")
		for range 3 {
			note.Submit().Want(http.StatusOK).WantText("main", "Your report stands beside the decision now", "Personal note", "With 2 names")
		}
		bela := w.as(t, 1).Get(groupPath(w.Group) + "/decisions/2026-001")
		bela.WantCount(".statement", 1).Form("Sign this too").Submit().Want(http.StatusOK).WantText(".statement", "Minority report", "Think of the pot.", "Signed too by Member-001", "You have signed this.")
		if got := w.Kinds("decision/2026-001"); !slices.Equal(got, []string{"decision.recorded", "dissent.filed", "dissent.signed"}) {
			t.Errorf("recorded %v", got)
		}
		result.WantText(".strip", "looks at it again on")
		c.Advance(91 * 24 * time.Hour)
		w.as(t, 0).Get(groupPath(w.Group)+"/decisions/2026-001").Want(http.StatusOK).WantText(".strip", "It was to be looked at again on")
	})
}

// TestOpenVoteThroughThePages: an open vote has no receipt and says who can see what.
func TestOpenVoteThroughThePages(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	w := newVoting(t, dbtest.SQLite(t, c), c, "B", 12)
	v := w.Open(false)
	for i := range 11 {
		castOn(w.as(t, i), w.path("/vote"), "against").Want(http.StatusOK).WantText("main", "Your vote is recorded").WantNoText("main", "receipt")
	}
	w.as(t, 11).Get(w.path("/vote")).WantText("main", "Fewer than 10 people") // as of the first look
	c.Advance(time.Minute)
	page := w.as(t, 11).Get(w.path("/vote"))
	page.WantText("main", "Open vote", "whoever runs the server could look up how you voted", "About 10 people have voted so far")
	newcomer := w.Join("Late")
	w.browser(t, newcomer.Person).Get(w.path("/vote")).Want(http.StatusOK).WantText("main", "You joined after the list for this vote was fixed").WantCount("input[type=radio]", 0)
	w.GoTo(v.Closes)
	w.as(t, 0).Get(w.path("/vote")).WantText("main", "Not carried", "0 voted for and 11 against").WantNoText("main", "Receipt codes")
	w.as(t, 0).Get(w.path("/vote/codes")).Want(http.StatusNotFound)
}

// TestBadChoicesV02 sends everything but exactly one of the three choices: nothing of it reaches the urn.
func TestBadChoicesV02(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newVoting(t, d, c, "A", 5)
		w.Open(true)
		ada := w.as(t, 0)
		form := ada.Get(w.path("/vote")).Form("Check my vote")
		base := form.Values()
		for _, choices := range [][]string{
			nil, {""}, {"4"}, {"1"}, {"FOR"}, {"for"}, {"for.... "}, {"for....."}, {"....for"}, {"for....", "for...."}, {"for....", "against"}, {"against", "abstain", "for...."}, {"for....,against"}, {"yes"}, {"none"}, {"für"}, {strings.Repeat("for", 10_000)},
		} {
			for _, path := range []string{"/vote", "/vote/check"} {
				values := maps.Clone(base)
				values["choice"] = choices
				page := ada.Post(w.path(path), values).Want(http.StatusUnprocessableEntity)
				page.WantText("main", "Choose one")
				page.WantCount("input[type=radio][checked]", 0)
			}
		}
		for _, field := range []string{"random", "basis"} {
			values := maps.Clone(base)
			values.Set("choice", sent(ballot.For))
			values.Set(field, strings.Repeat("x", 500))
			ada.Post(w.path("/vote"), values).Want(http.StatusBadRequest)
		}
		values := maps.Clone(base)
		values.Set("choice", sent(ballot.For))
		values.Set("basis", "00")
		ada.Post(w.path("/vote"), values).Want(http.StatusConflict)
		if n := rows(t, d, "urn"); n != 0 || w.Show(1).Voted {
			t.Errorf("%d rows in the urn", n)
		}
		values.Set("basis", base.Get("basis"))
		ada.Post(w.path("/vote")+"?choice=against", values).Want(http.StatusOK)
		bela := w.as(t, 1)
		other := bela.Get(w.path("/vote")).Form("Check my vote").Values()
		values.Set("csrf", other.Get("csrf"))
		bela.Post(w.path("/vote"), values).Want(http.StatusConflict) // a captured form is worth nothing to somebody else
		if n := rows(t, d, "urn"); n != 1 {
			t.Errorf("%d rows in the urn, want 1", n)
		}
	})
}

// TestOneSecretVoteChangesNothingElseV07 compares every table and every file before and after one secret vote goes through the
// whole stack: one row of the urn and one record of its journal are new, and nothing else.
func TestOneSecretVoteChangesNothingElseV07(t *testing.T) {
	// On another day, a session's day would have to be written.
	onlyTheUrnChanges(t, func(w *voting) { w.Open(true) }, 26*time.Hour, "a first vote", "a changed vote")
}

// TestOneSecretVoteInARoomChangesNothingElseV07 is the same in a meeting, where nobody can change a vote.
func TestOneSecretVoteInARoomChangesNothingElseV07(t *testing.T) {
	onlyTheUrnChanges(t, func(w *voting) { w.OpenRoom(true, 5) }, 20*time.Second, "a vote")
}

func onlyTheUrnChanges(t *testing.T, open func(*voting), pause time.Duration, votes ...string) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newVoting(t, d, c, "A", 5)
		open(w)
		ada := w.as(t, 0)
		ada.Get(groupPath(w.Group) + "/decisions") // what the first page of a day writes is written
		for i, what := range votes {
			c.Advance(pause)
			before, files := everything(t, d), contents(t, w.Keys)
			w.log.Reset()
			castOn(ada, w.path("/vote"), "for").Want(http.StatusOK)
			after := everything(t, d)
			if len(after["urn"]) != 1 || slices.Equal(before["urn"], after["urn"]) {
				t.Errorf("%s: the urn has %d rows", what, len(after["urn"]))
			}
			delete(before, "urn")
			delete(after, "urn")
			if diff := cmp.Diff(before, after); diff != "" {
				t.Errorf("%s: the database changed beside the urn: %s", what, diff)
			}
			for name, text := range contents(t, w.Keys) {
				if name == filepath.Join("urn", w.Show(1).Ref+".log") {
					if len(text) != 111*(i+1) {
						t.Errorf("%s: the journal has %d bytes", what, len(text))
					}
				} else if text != files[name] {
					t.Errorf("%s: the file %s changed", what, name)
				}
			}
			log := w.log.String()
			for _, trace := range []string{"group-1", "Member", "m_", fmt.Sprint("person=", ada), "for", "receipt", w.Show(1).Ref, "127.0.0.1", "192.0.2.1", "folkmoot="} {
				if strings.Contains(log, trace) {
					t.Errorf("%s: the log says %q:\n%s", what, trace, log)
				}
			}
		}
	})
}

func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		out[name] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// another returns a fresh database of the same kind.
func another(t *testing.T, d *db.DB, c *dbtest.Clock) *db.DB {
	t.Helper()
	if d.Dialect() == db.Postgres {
		return dbtest.Postgres(t, c)
	}
	return dbtest.SQLite(t, c)
}

// sweepAs has the viewers, by their sessions, look at every page there is.
func (w *voting) sweepAs(viewers map[string]string) map[string]string {
	queries := map[string][]string{"/g/:group/proposals/:n/vote/codes": {"", "?round=1"}, "/g/:group/proposals": {"", "?state=voting"}}
	seen := map[string]string{}
	for _, r := range routes() {
		if r.method != http.MethodGet || r.path == "/assets/*" {
			continue
		}
		path := strings.NewReplacer(":group", w.Group.Slug, ":n", "1", ":number", "2026-001", ":token", "x", ":step", "rules", ":v", "1").Replace(r.path)
		for name, secret := range viewers {
			some := queries[r.path]
			if some == nil {
				some = []string{""}
			}
			for _, query := range some {
				p := ask(w.s, r.method, path+query, func(r *http.Request) { r.AddCookie(&http.Cookie{Name: "folkmoot", Value: secret}) })
				seen[name+" "+path+query] = fmt.Sprint(p.Code, " ", p.Header().Get("Location"), " ", p.Body.String())
			}
		}
	}
	return seen
}

func (w *voting) newcomer(t *testing.T) member.Actor {
	t.Helper()
	return w.Join(fmt.Sprint("Newcomer ", w.Clock.Now().Unix()))
}

// TestSameSizeWhateverIsVoted: whoever sees only how long the answers are does not see what was chosen: not on the paper, not
// on the page to check it, not when it is cast, changed, refused because it was changed elsewhere, or refused as late.
func TestSameSizeWhateverIsVoted(t *testing.T) {
	for _, secret := range []bool{true, false} {
		for _, tag := range []string{"en", "es"} {
			t.Run(fmt.Sprintf("secret %v, %s", secret, tag), func(t *testing.T) {
				c := dbtest.NewClock(dbtest.Start)
				w := newVoting(t, dbtest.SQLite(t, c), c, "A", 5)
				v := w.Open(secret)
				ada := w.as(t, 0)
				ada.Language = tag
				vote, check := w.path("/vote"), w.path("/vote/check")
				sizes := map[string]map[int]bool{}
				look := func(what string, p *webtest.Page, status int) *webtest.Page {
					t.Helper()
					if what = fmt.Sprintf("%s, %d", what, status); sizes[what] == nil {
						sizes[what] = map[int]bool{}
					}
					sizes[what][len(p.Want(status).Body)] = true
					return p
				}
				choices := []string{"for....", "against", "abstain"}
				for _, choice := range choices {
					if len(choice) != len(choices[0]) {
						t.Errorf("%q is sent, and is as long as no other choice", choice)
					}
				}
				filled := func() (papers, checked []*webtest.Form) {
					for _, choice := range choices {
						paper := look("paper", ada.Get(vote), http.StatusOK).Form(check).Set("choice", choice)
						papers, checked = append(papers, paper), append(checked, look("check", paper.Submit(), http.StatusOK).Form(vote))
					}
					return papers, checked
				}
				_, early := filled()
				look("first", early[0].Submit(), http.StatusOK)
				for i, choice := range choices {
					other := w.as(t, i+1)
					other.Language = tag
					look("first", other.Get(vote).Form(check).Set("choice", choice).Submit().Want(http.StatusOK).Form(vote).Submit(), http.StatusOK)
				}
				sizes["paper, 200"] = nil // it says now that there is a vote
				for _, choice := range append(choices, "for....") {
					form := look("paper", ada.Get(vote), http.StatusOK).Form(check).Set("choice", choice).Submit().Want(http.StatusOK).Form(vote)
					look("change", form.Submit(), http.StatusOK)
				}
				for _, form := range early {
					if secret { // in an open vote no form is too old
						look("changed elsewhere", form.Submit(), http.StatusConflict)
					}
				}
				papers, checked := filled()
				w.GoTo(v.Closes)
				for i := range choices {
					look("late check", papers[i].Submit(), http.StatusConflict)
					look("late", checked[i].Submit(), http.StatusConflict)
				}
				if want := map[bool]int{true: 7, false: 6}[secret]; len(sizes) != want {
					t.Errorf("%d kinds of answer were looked at, want %d", len(sizes), want)
				}
				for what, different := range sizes {
					if len(different) != 1 {
						t.Errorf("%s: sizes %v", what, slices.Collect(maps.Keys(different)))
					}
				}
			})
		}
	}
}

// varying is what differs between two runs without telling anything: times of log lines, tokens, references, codes, fingerprints.
var varying = regexp.MustCompile(`time=\S+|(?:[0-9A-Za-z_/+=-]|&#43;){16,}|\b[a-z]{1,2}_[0-9a-z]{10,}|<code>[^<]*</code>|/ [0-9a-f]{4}(?: [0-9a-f]{4}){3}`)

// unlike says in what two texts differ when what varies is left out, and is empty where they do not. The order of their parts does not
// count: the texts beside an entry stand in the order of their hashes, and the log's lines in that of the requests.
func unlike(a, b string) string {
	count := map[string]int{}
	split := func(text string) []string {
		return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",{}[]\n", r) })
	}
	x, y := split(a), split(b)
	for _, part := range y {
		count[part]++
	}
	// What stands in both says nothing, and is most of it: only the rest is worth the time of a regular expression.
	rest := func(parts []string) (out []string) {
		for _, part := range parts {
			if count[part] > 0 {
				count[part]--
				continue
			}
			out = append(out, varying.ReplaceAllString(part, "#"))
		}
		slices.Sort(out)
		return out
	}
	onlyA := rest(x)
	clear(count)
	for _, part := range x {
		count[part]++
	}
	return cmp.Diff(onlyA, rest(y))
}

// kept returns all there is for anybody to look at: every page, with the decisions, the entries of the record and the receipt codes,
// the exports in every format but PDF, which is made of the same parts, all tables, and the log.
func (w *voting) kept(t *testing.T) map[string]string {
	t.Helper()
	out := w.sweepAs(map[string]string{"voter": w.session(w.Who[0].Person)})
	paths := []string{"/decisions/2026-002", "/proposals/1/vote/codes?round=2", "/proposals/1/vote/codes.txt?round=2"}
	for _, of := range []string{"everything", "2026-001", "2026-002"} {
		for _, f := range export.Formats() {
			if f != export.PDF {
				paths = append(paths, "/record/export/file?of="+of+"&format="+string(f))
			}
		}
	}
	err := w.DB.Outside(t.Context(), func(s *sql.DB) error {
		for i := range query(t, s, "SELECT n FROM ledger_entries") {
			paths = append(paths, fmt.Sprint("/record/", i))
		}
		for _, table := range tables(t, s, w.DB.Dialect()) {
			if table != "goose_db_version" { // when the test began
				out["table "+table] = dump(t, s, w.DB.Dialect(), table)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	ada := w.as(t, 0)
	for _, path := range paths {
		p := ada.Get(groupPath(w.Group) + path)
		out[path] = fmt.Sprint(p.Status, " ", string(p.Body))
	}
	out["log"] = w.log.String()
	return out
}

// dump returns the rows of a table, a line each, without the columns of hashes and sealed votes.
func dump(t *testing.T, s *sql.DB, dialect, table string) string {
	t.Helper()
	q := "SELECT name FROM pragma_table_info('" + table + "') WHERE type <> 'BLOB'"
	if dialect == db.Postgres {
		q = "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = '" + table + "' AND data_type <> 'bytea'"
	}
	var columns []string
	for _, r := range query(t, s, q) {
		columns = append(columns, r[0])
	}
	var lines []string
	for _, r := range query(t, s, "SELECT "+strings.Join(columns, ", ")+" FROM "+table) {
		lines = append(lines, strings.Join(r, "|"))
	}
	return strings.Join(lines, "\n")
}

// TestTooFewAreNotCountedG9_Security1_5 holds votes in which too few took part, twice, that differ only in what people voted.
// What they voted is nowhere: not in the tables, the record, the pages, the exports or the log, neither after the first close,
// nor while the vote is held once more, nor at the end. That would be a tally seen before the question is closed (G9), and
// two tallies over nearly the same electorate (security.md §1.5). Then it looks at a vote in which enough took part, to be
// sure that it would see.
func TestTooFewAreNotCountedG9_Security1_5(t *testing.T) {
	// Of 12 people 6 are enough.
	all := func(n int, c ballot.Choice) []ballot.Choice { return slices.Repeat([]ballot.Choice{c}, n) }
	few := [][]ballot.Choice{all(5, ballot.For), {ballot.Against, ballot.For, ballot.Abstain, ballot.Against, ballot.Against}}
	for _, secret := range []bool{false, true} {
		t.Run(fmt.Sprintf("secret %v", secret), func(t *testing.T) {
			dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
				var seen [3][2]map[string]string
				for i, votes := range few {
					c.Set(dbtest.Start)
					if i > 0 {
						d = another(t, d, c)
					}
					w := newVoting(t, d, c, "A", 12)
					cast := func(votes []ballot.Choice) {
						for n, choice := range votes {
							w.Cast(w.Who[n], 1, choice)
						}
					}
					v := w.Open(secret)
					cast(votes)
					w.GoTo(v.Closes)
					ada := w.as(t, 0)
					ada.Get(w.path("")).Want(http.StatusOK).WantText("main", "The vote is held once more.", "The first time too few took part: 5, and 6 were needed.").
						WantCount(".result", 0)
					first := ada.Get(groupPath(w.Group) + "/decisions/2026-001").Want(http.StatusOK)
					first.WantText("main", "Too few took part", "5 took part; 6 were needed. The votes were not counted.").WantCount(".bars", 0)
					seen[0][i] = w.kept(t)
					v = w.Show(1)
					w.GoTo(v.Opens)
					ada.Get(w.path("")).Want(http.StatusOK).WantText("main", "The first time too few took part").WantCount(".result", 0)
					ada.Get(w.path("/vote")).Want(http.StatusOK).WantText("main", "The first time too few took part")
					cast(few[(i+1)%len(few)])
					seen[1][i] = w.kept(t)
					w.GoTo(v.Closes)
					ada.Get(w.path("")).WantText("main", "The first time too few took part", "5 took part; 6 were needed.").WantCount(".bars", 0)
					if v = w.Show(1); v.Motion.State != motion.Lapsed || !v.Voted || v.Turnout != 5 || v.Votes.Turnout() != 0 || v.Earlier[0].Turnout != 5 {
						t.Errorf("%+v", v)
					}
					if n := rows(t, d, "open_votes"); n != 0 {
						t.Errorf("%d rows say who chose what", n)
					}
					if codes := rows(t, d, "papers"); secret && codes != 10 || !secret && codes != 0 {
						t.Errorf("%d receipt codes are published", codes)
					}
					seen[2][i] = w.kept(t)
				}
				for at, when := range []string{"after the first close", "while it is held again", "at the end"} {
					if at == 1 { // the votes of the second round are there, until it closes
						for i := range seen[at] {
							delete(seen[at][i], "table open_votes")
						}
					}
					if len(seen[at][0]) < 100 {
						t.Errorf("%s: only %d things were looked at", when, len(seen[at][0]))
					}
					for _, what := range slices.Sorted(maps.Keys(seen[at][0])) {
						if diff := unlike(seen[at][0][what], seen[at][1][what]); diff != "" {
							t.Errorf("%s it can be seen how people voted, in %s:\n%s", when, what, diff)
						}
					}
				}
				var enough [2]map[string]string
				for i, choice := range []ballot.Choice{ballot.For, ballot.Against} {
					c.Set(dbtest.Start)
					w := newVoting(t, another(t, d, c), c, "A", 12)
					v := w.Open(secret)
					for n := range 6 {
						w.Cast(w.Who[n], 1, choice)
					}
					w.GoTo(v.Closes)
					enough[i] = w.kept(t)
				}
				for _, where := range []string{"table ballots", "table ledger_entries", "/record/export/file?of=2026-001&format=csv", "/record/export/file?of=everything&format=json"} {
					if unlike(enough[0][where], enough[1][where]) == "" {
						t.Errorf("the comparison sees no votes in %s, where they are", where)
					}
				}
			})
		})
	}
}

// TestStoppedBallotOnThePages: a forged vote stops the count, and the page says so.
func TestStoppedBallotOnThePages(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newVoting(t, d, c, "A", 5)
		v := w.Open(true)
		ada := w.as(t, 0)
		castOn(ada, w.path("/vote"), "for")
		w.Write(func(tx *db.Tx) error {
			return tx.Exec("INSERT INTO urn (ballot_id, pseud, box) VALUES (?, ?, ?)", v.ID, bytes.Repeat([]byte{1}, 16), bytes.Repeat([]byte{1}, 89)).Error
		})
		w.GoTo(v.Closes)
		next := w.Show(1)
		if next.State != ballot.Announced || next.Round != 2 || next.Earlier[0].State != ballot.Stopped || next.Earlier[0].Votes.Turnout() != 0 {
			t.Fatalf("%+v", next)
		}
		ada.Get(w.path("")).Want(http.StatusOK).WantText("main", "The vote was stopped on the way", "The ballot box held a vote that was never handed in")
		ada.Get(w.path("/vote")).Want(http.StatusOK).WantText("main", "The vote is held once more").WantCount("input[type=radio]", 0)
		if n := rows(t, d, "urn"); n != 2 {
			t.Errorf("%d rows left of the stopped urn, want all 2", n)
		}
		w.GoTo(next.Opens)
		for i := range 5 {
			castOn(w.as(t, i), w.path("/vote"), "for").Want(http.StatusOK)
		}
		w.GoTo(next.Closes)
		ada.Get(w.path("/vote")).WantText("main", "Carried", "5 of 5 votes were for")
	})
}

// TestWrongAddressesOfVotes: what is no vote, no round and no decision is not there.
func TestWrongAddressesOfVotes(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	w := newVoting(t, dbtest.SQLite(t, c), c, "A", 5)
	v := w.Open(true)
	for i := range 5 {
		w.Cast(w.Who[i], 1, ballot.For)
	}
	w.GoTo(v.Closes)
	ada, g := w.as(t, 0), groupPath(w.Group)
	for _, path := range []string{
		"/proposals/2/vote", "/proposals/0/vote", "/proposals/-1/vote", "/proposals/01/vote", "/proposals/x/vote", "/proposals/d1/vote", "/proposals/99999999999999999999/vote",
		"/proposals/1/vote/codes?round=2", "/proposals/1/vote/codes?round=0", "/proposals/1/vote/codes.txt?round=9", "/decisions/2026-002", "/decisions/2026-1", "/decisions/2026-0001",
		"/decisions/x", "/decisions/2026-001/dissent/1", "/decisions/0-000",
	} {
		if p := ada.Get(g + path); p.Status != http.StatusNotFound {
			t.Errorf("%s answers %d", path, p.Status)
		}
	}
	csrf := ada.Get(g + "/decisions/2026-001/dissent").Form("Add my report").Value("csrf")
	for _, id := range []string{"0", "1", "x", "-1"} {
		ada.Post(g+"/decisions/2026-001/dissent/"+id+"/sign", url.Values{"csrf": {csrf}}).Want(http.StatusNotFound)
	}
	ada.Get(g+"/decisions?before=-5").Want(http.StatusOK).WantCount(".rows > li", 1)
	ada.Get(g+"/decisions?before=1").Want(http.StatusOK).WantCount(".rows > li", 0)
}
