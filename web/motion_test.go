package web

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/motion"
	"folkmoot/internal/rulebook"
	"folkmoot/internal/webtest"

	"github.com/PuerkitoBio/goquery"
	"gorm.io/gorm"
)

// moot is a group of three with browsers, at /g/elm.
type moot struct {
	s             *Server
	d             *db.DB
	c             *dbtest.Clock
	ana, ben, cai *webtest.Visitor
}

const elm = "/g/elm"

func newMoot(t *testing.T, d *db.DB, c *dbtest.Clock) moot {
	t.Helper()
	s := serve(t, d, c)
	ana := begin(t, s, "Elm")
	link := inviteLink(t, ana, "elm", "30")
	return moot{s, d, c, ana, enterBy(t, s, link, "Ben"), enterBy(t, s, link, "Cai")}
}

// propose writes the sample proposal and presses the button.
func propose(t *testing.T, v *webtest.Visitor, button string) *webtest.Page {
	t.Helper()
	f := v.Get(elm + "/proposals/new").Want(http.StatusOK).Form(button)
	f.Set("title", "Open the hall on Sundays").Set("clause-1", "open the hall every Sunday").Set("won", "Thirty people come.")
	return f.Submit().Want(http.StatusOK)
}

// reword changes a field of the first proposal and publishes it.
func reword(t *testing.T, v *webtest.Visitor, name, text string) *webtest.Page {
	t.Helper()
	f := v.Get(elm+"/proposals/1/edit").Want(http.StatusOK).Form("Look at what changes").Set(name, text)
	return f.Submit().Want(http.StatusOK).WantText("main", "Nothing is published yet").Form("Publish these words").Submit().Want(http.StatusOK)
}

// TestEnterPublishesNothing: the first button of the form of a public proposal shows what would change, and so does the one
// that can be seen. Words that are the same are not published.
func TestEnterPublishesNothing(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		m := newMoot(t, d, c)
		propose(t, m.ana, "Ask for support now")
		p := m.ana.Get(elm+"/proposals/1/edit").WantText(".crumbs", "Open the hall on Sundays").WantCount(`button[value="reword"]`, 0)
		if got := p.All("form button").First().AttrOr("value", ""); p.All("main form button").First().AttrOr("value", "") != "check" {
			t.Errorf("the enter key presses %q", got)
		}
		f := p.Form("Look at what changes").Set("title", "Open the hall on Saturdays").Set("why", "One line.\nAnother.")
		p = f.Submit().Want(http.StatusOK).WantText("ins", "Saturdays").WantText("main", "your supporters have to support it anew")
		if got := rowsOf(t, m, "SELECT COUNT(*) FROM motion_versions"); got != 1 {
			t.Errorf("looking at the changes makes %d versions", got)
		}
		asked := m.ana.Get(elm + "/proposals/1/edit").Text(`label[for="f-won"]`)
		again := press(t, p.Form("Change them again"), "do", "again").Want(http.StatusOK).WantText(`label[for="f-won"]`, asked)
		if got := again.Text(`label[for="f-won"]`); got != asked {
			t.Errorf("the form asks for %q, and before for %q", got, asked)
		}
		back := again.Form("Look at what changes")
		if back.Value("title") != "Open the hall on Saturdays" || !strings.Contains(back.Value("why"), "Another.") {
			t.Errorf("what was typed is lost: %v", back.Values())
		}
		p = back.Submit()
		m.ana.Get(elm+"/proposals/1").WantText("h1", "Sundays")
		press(t, p.Form("Publish these words"), "do", "reword").WantText("h1", "Saturdays").WantText(".notice", "The old ones stay readable")
		p = m.ana.Get(elm+"/proposals/1/edit").Form("Look at what changes").Submit().WantText("main", "There is nothing to publish").WantCount(`button[value="reword"]`, 0)
		press(t, p.Form("Change them again"), "do", "reword").WantText(".notice", "Nothing was published")
		if got := rowsOf(t, m, "SELECT COUNT(*) FROM motion_versions"); got != 2 {
			t.Errorf("%d versions", got)
		}
		m.ana.Get(elm+"/proposals/1/edit").Form("Look at what changes").Set("title", "").Submit().Want(http.StatusUnprocessableEntity).WantText(".problems", "Give it a title")
	})
}

// TestProposalG4: the whole road of a proposal through its pages, by people who hold no role, up to the day of the vote.
func TestProposalG4(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		m := newMoot(t, d, c)
		m.ben.Get(elm).Want(http.StatusOK).WantText("main", "Nothing is waiting for you").Follow("Start something").Want(http.StatusOK)

		p := propose(t, m.ben, "Save as a draft")
		p.WantText(".state", "A draft. Only you can see it.").WantText(".notice", "Your draft is saved")
		draft := p.URL.Path
		m.cai.Get(draft).Want(http.StatusNotFound)
		m.cai.Get(elm).Want(http.StatusOK).WantNoText("main", "Open the hall")
		m.ben.Get(elm).WantText("main", "Your drafts", "Open the hall")

		p = p.Form("Ask for support").Submit().Want(http.StatusOK).WantPath(elm + "/proposals/1")
		p.WantText(".state", "It needs supporters: 1 of 2").WantText(".cannot", "You support this")

		p = m.cai.Get(elm).WantText("main", "Seeking support", "You can say whether it is worth discussing").Follow("Open the hall on Sundays")
		p.WantText(".can", "You may still vote against it").WantText(".until", "You can support it until")
		p = p.Form("Support this").Submit().Want(http.StatusOK)
		p.WantText(".notice", "You support this").WantText(".state", "It is being discussed").WantText(".until", "Words can change until").WantText(".facts", "Vote from")
		p.WantText(".strip", "The rules set these dates; nobody can move them")

		p = m.cai.Get(elm+"/proposals/1").Follow("Write a statement against it").Form("Put it beside the proposal").Set("text", "It costs *too much*.").Submit()
		p.Want(http.StatusOK).WantText(".statement", "It costs too much.", "Cai").WantCount(".statement em", 1)

		m.ben.Get(elm+"/proposals/1").Follow("Change the words").Want(http.StatusOK).WantText("h1", "Change the words")
		p = reword(t, m.ben, "clause-1", "open the hall every second Sunday")
		p.WantText(".notice", "The old ones stay readable").WantText(".clauses", "every second Sunday")
		m.cai.Get(elm+"/proposals/1").WantText(".can", "The words have changed since you supported it").
			Form("I still support it").Submit().Want(http.StatusOK).WantNoText(".can", "The words have changed")
		p = m.cai.Get(elm + "/proposals/1/versions").Want(http.StatusOK)
		p.WantText("ins", "second").WantText(".note", "Changed")

		p = m.cai.Get(elm + "/proposals/1").Form("Ask for a secret vote").Submit().Want(http.StatusOK)
		p.WantText("main", "You have asked for a secret vote. So far one has; 2 are enough")
		m.ana.Get(elm+"/proposals/1").WantText("main", "One member has asked").WantNoText("main", "Cai has asked").
			Form("Ask for a secret vote").Submit().WantText("main", "The vote will be secret")

		c.Advance(5 * 24 * time.Hour)
		if err := m.s.Ballots.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		m.ben.Get(elm+"/proposals/1").Want(http.StatusOK).WantText(".state", "The vote is open")
		m.ben.Get(elm).WantText(".can", "A vote is open for you: Open the hall on Sundays").Follow("Go to the vote").Want(http.StatusOK)
	})
}

// TestFormWithoutScript: points are added and taken out by buttons that only show the form again; nothing typed is lost,
// and what is wrong stands beside its field.
func TestFormWithoutScript(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		m := newMoot(t, d, c)
		f := m.ana.Get(elm+"/proposals/new").Form("Add a point").Set("title", "Two things").Set("clause-1", "first").Set("why", "Because.")
		p := press(t, f, "do", "add")
		f = p.Form("Add a point").Set("clause-2", "second")
		p = press(t, f, "do", "add")
		f = p.Form("Add a point").Set("clause-3", "third")
		p = press(t, f, "do", "remove-2")
		f = p.Form("Ask for support now")
		for name, want := range map[string]string{"title": "Two things", "clause-1": "first", "clause-2": "third", "why": "Because."} {
			if got := strings.TrimSpace(f.Value(name)); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
		if got := rowsOf(t, m, "SELECT COUNT(*) FROM motions"); got != 0 {
			t.Errorf("%d proposals were stored by showing the form", got)
		}
		f.Set("title", strings.Repeat("long ", 30)).Set("review_days", "soon")
		p = press(t, f, "do", "propose").Want(http.StatusUnprocessableEntity)
		p.WantText(".problems", "The title has", "For an action, say how", "This must be between 0 and 400 days")
		if got := p.Form("Ask for support now").Value("review_days"); got != "soon" {
			t.Errorf("what was typed became %q", got)
		}
		for _, field := range []string{"title", "won", "review_days"} {
			p.WantCount(fmt.Sprintf(`[name=%q][aria-invalid="true"]`, field), 1)
		}
	})
}

// press sends the form as the button with this name and value would.
func press(t *testing.T, f *webtest.Form, name, button string) *webtest.Page {
	t.Helper()
	return f.Forge(name, button).Submit()
}

// TestRetryPages6212: every form of a proposal and its talk sent three times has one effect (practice.md §6.2, 12).
func TestRetryPages6212(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		m := newMoot(t, d, c)
		thrice := func(f *webtest.Form) (p *webtest.Page) {
			t.Helper()
			for range 3 {
				p = f.Submit().Want(http.StatusOK)
				c.Advance(replyFor) // so that it is the once keys in the database that see to it
			}
			return p
		}
		f := m.ben.Get(elm + "/proposals/new").Form("Save as a draft")
		f.Set("title", "Once").Set("clause-1", "only once").Set("won", "There is one.")
		p := thrice(f)
		p = thrice(p.Form("Ask for support"))
		p.WantPath(elm + "/proposals/1")
		thrice(m.cai.Get(elm + "/proposals/1").Form("Support this"))
		thrice(m.cai.Get(elm + "/proposals/1").Form("Ask for a secret vote"))
		thrice(m.cai.Get(elm+"/proposals/1/statements?side=for").Form("Put it beside the proposal").Set("text", "Yes."))
		p = thrice(m.cai.Get(elm+"/proposals/1/talk").Form("Say it").Set("kind", "question").Set("text", "When?"))
		p = thrice(p.Follow("Answer").Form("Say it").Set("text", "On Sunday."))
		thrice(p.Follow("Change").Form("Change it").Set("text", "When, exactly?"))
		f = m.ben.Get(elm+"/proposals/1/edit").Form("Look at what changes").Set("title", "Once and for all")
		thrice(thrice(f).Form("Publish these words"))
		thrice(m.ben.Get(elm + "/proposals/1").Form("Yes, withdraw it"))
		thrice(m.cai.Get(elm + "/proposals/1").Form("Take it over"))
		for query, want := range map[string]int{
			"SELECT COUNT(*) FROM motions": 1, "SELECT COUNT(*) FROM motion_versions": 2, "SELECT COUNT(*) FROM supports": 2, "SELECT COUNT(*) FROM secret_asks": 1,
			"SELECT COUNT(*) FROM statements": 1, "SELECT COUNT(*) FROM posts": 2, "SELECT COUNT(*) FROM post_versions": 1,
			"SELECT COUNT(*) FROM ledger_entries WHERE kind LIKE 'motion.%' OR kind LIKE 'post.%'": 11,
		} {
			if got := rowsOf(t, m, query); got != want {
				t.Errorf("%s: %d, want %d", query, got, want)
			}
		}
	})
}

func rowsOf(t *testing.T, m moot, query string) (n int) {
	t.Helper()
	if err := m.d.Read(t.Context(), func(tx *db.Tx) error { return tx.Raw(query).Scan(&n).Error }); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestNotYours: another group's proposals, drafts and posts by their numbers, and words that the pages do not know.
func TestNotYours(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		m := newMoot(t, d, c)
		propose(t, m.ana, "Ask for support now")
		m.ana.Get(elm+"/proposals/1/talk").Form("Say it").Set("kind", "idea").Set("text", "Ours alone.").Submit().Want(http.StatusOK)
		other := m.cai
		other.Get("/start").Form("Begin the group").Set("preset", "A").Set("name", "Oak").Set("by", "Cai").Submit().Want(http.StatusOK)
		post := rowsOf(t, m, "SELECT MAX(id) FROM posts")
		for _, path := range []string{
			"/g/oak/proposals/1", "/g/oak/proposals/1/talk", fmt.Sprintf("/g/oak/proposals/1/talk/%d", post), elm + "/proposals/2", elm + "/proposals/0",
			elm + "/proposals/-1", elm + "/proposals/d1", elm + "/proposals/01", elm + "/proposals/x", elm + "/proposals/1/versions?from=9",
			elm + "/proposals?state=secret", elm + "/proposals?after=x", elm + "/proposals/1/talk?show=liked", elm + "/proposals/1/talk?clause=x",
			elm + "/proposals/1/talk?after=-4", elm + "/proposals/1/talk/0", elm + "/proposals/1/talk/99999", elm + "/proposals/1/statements?side=sideways",
			elm + "/rules/9", elm + "/rules/x", elm + "/rules/0",
		} {
			other.Get(path).Want(http.StatusNotFound)
		}
		form := url.Values{"csrf": {tokenOf(m.cai)}, "version": {"1"}, "text": {"Mine now."}}
		if p := m.cai.Post(fmt.Sprintf("%s/proposals/1/talk/%d/edit", elm, post), form); p.Status != http.StatusForbidden {
			t.Errorf("another's post can be changed: %d", p.Status)
		}
		form = url.Values{"csrf": {tokenOf(m.cai)}, "do": {"reword"}, "version": {"1"}, "title": {"Mine"}, "clause-1": {"x"}, "won": {"x"}}
		if p := m.cai.Post(elm+"/proposals/1/edit", form); p.Status != http.StatusForbidden {
			t.Errorf("another's proposal can be reworded: %d", p.Status)
		}
		for _, act := range []string{"withdraw", "take-over", "propose"} {
			if p := m.cai.Post(elm+"/proposals/1/"+act, form); p.Status < 400 || p.Status > 499 {
				t.Errorf("%s by another: %d", act, p.Status)
			}
		}
		m.ana.Get(elm+"/proposals/1").WantText("h1", "Open the hall on Sundays").WantText(".state", "1 of 2")
	})
}

// TestTalkPages: a talk through its pages, without scripts.
func TestTalkPages(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		m := newMoot(t, d, c)
		propose(t, m.ana, "Ask for support now")
		p := m.ben.Get(elm + "/proposals/1").Follow("Talk about this point").Want(http.StatusOK)
		p.WantText("main", "Nobody has said anything here yet")
		p = p.Form("Say it").Set("text", "Who has the **key**?").Submit().Want(http.StatusUnprocessableEntity)
		p.WantText(".problems", "Choose: question, concern, idea or comment")
		p = p.Form("Say it").Set("kind", "question").Submit().Want(http.StatusOK)
		p.WantText(".post", "Question", "Ben", "on point 1", "Who has the key?").WantCount(".post strong", 1)

		m.ana.Get(elm).WantText(".rows", "One post, new to you")
		p = m.ana.Get(elm + "/proposals/1/talk").Want(http.StatusOK)
		p.Form("I have read all of this").Submit().Want(http.StatusOK).WantNoText("main", "I have read all of this")
		m.ana.Get(elm).WantText(".rows", "One post").WantNoText(".rows", "new to you")
		m.ana.Get(elm+"/proposals/1/talk?show=open").WantText(".post", "Who has the key?")

		p = m.ana.Get(elm+"/proposals/1/talk").Follow("Answer").Form("Say it").Set("text", "The caretaker.").Submit().Want(http.StatusOK)
		p.WantText(".post .post", "Answer", "Ana", "The caretaker.")
		m.ben.Get(elm+"/proposals/1/talk?show=open").WantText("main", "No question is waiting")
		m.ben.Get(elm+"/proposals/1").WantText(".clauses", "2 posts on this point")

		p = m.ben.Get(elm+"/proposals/1/talk").Follow("Change").Form("Change it").Set("text", "Who keeps the key?").Submit().Want(http.StatusOK)
		p.WantText(".post", "Who keeps the key?", "Changed")
		p = m.cai.Get(p.URL.Path).Want(http.StatusOK)
		var label string
		p.All(".post-foot a").Each(func(_ int, a *goquery.Selection) {
			if strings.HasPrefix(a.Text(), "Changed") {
				label = a.Text()
			}
		})
		p.Follow(strings.TrimSpace(label)).WantText("del", "has").WantText("ins", "keeps")
	})
}

// TestRulesPage: every rule in one sentence, with why and how it is changed.
func TestRulesPage(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	m := newMoot(t, dbtest.SQLite(t, c), c)
	p := m.ben.Get(elm + "/rules").Want(http.StatusOK)
	p.WantText("main", "Chosen by Ana", "Members have not adopted these rules yet", "two weeks after you join")
	all, waiting := p.All("main .rule").Length(), p.All("#later details .rule").Length()
	if all != len(rulebook.Params()) || waiting == 0 || waiting == all {
		t.Errorf("%d rules, %d of them waiting", all, waiting)
	}
	p.WantText("#later", strconv.Itoa(waiting)+" rules are about things that this program does not do yet")
	p.WantText("main #rule-office\\.window_days", "three years").WantText("#rule-online_vote_hours details", "How it will be changed")
	p.WantText("main .meanwhile", "Single rules cannot be changed in this version")
	m.ben.Get(elm+"/rules/1").Want(http.StatusOK).WantText(".kind", "version 1")
	m.ben.Language = "es"
	m.ben.Get(elm+"/rules").WantText("h1", "Las reglas")
}

// TestNowListsChangedWords: who supports earlier words finds it on the group's first page, whether it seeks support or is
// being discussed; others do not.
func TestNowListsChangedWords(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		m := newMoot(t, d, c)
		propose(t, m.ana, "Ask for support now")
		m.ben.Get(elm + "/proposals/1").Form("Support this").Submit().Want(http.StatusOK)
		m.ben.Get(elm).WantNoText("main", "New words to look at")
		reword(t, m.ana, "title", "Open the hall on Saturdays")
		m.ben.Get(elm).WantText("main", "New words to look at", "The words have changed since you supported it").WantCount(".rows > li", 1)
		m.ana.Get(elm).WantNoText("main", "New words to look at")
		m.ben.Get(elm + "/proposals/1").Form("I still support it").Submit().Want(http.StatusOK)
		m.ben.Get(elm).WantNoText("main", "New words to look at")
	})
}

// TestEndedProposalsSayNothingOfWhatWillNotBe: no day of a vote that will not be held, and no talk of changes.
func TestEndedProposalsSayNothingOfWhatWillNotBe(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		m := newMoot(t, d, c)
		propose(t, m.ana, "Ask for support now")
		m.ben.Get(elm+"/proposals/1").Form("Support this").Submit().WantText(".facts", "Vote from")
		m.ben.Get(elm+"/proposals/1/versions").WantText(".strip", "Say in the talk what should be different")
		m.ana.Get(elm + "/proposals/1").Form("Yes, withdraw it").Submit().Want(http.StatusOK)
		c.Advance(49 * time.Hour)
		if err := m.s.Motions.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		m.ben.Get(elm+"/proposals/1").WantText(".state", "Withdrawn").WantText(".facts", "Ended").WantNoText(".facts", "Vote from").WantText("main", "It was not a vote for it")
		m.ben.Get(elm+"/proposals/1/versions").WantText(".strip", "Nobody can change these words any more").WantNoText(".strip", "should be different")
	})
}

// TestRemindTheGroup: whoever wants to remind others has a text at hand, the same for everybody, as long as something waits.
func TestRemindTheGroup(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	m := newMoot(t, dbtest.SQLite(t, c), c)
	propose(t, m.ana, "Ask for support now").WantText("#remind", "Elm: a proposal looks for supporters until", "Open the hall on Sundays", base+elm+"/proposals/1")
	if ana, ben := m.ana.Get(elm+"/proposals/1").Text("#remind"), m.ben.Get(elm+"/proposals/1").Text("#remind"); ana != ben {
		t.Errorf("Ana has %q and Ben %q", ana, ben)
	}
	if p := m.ben.Get(elm + "/proposals/1").Form("Support this").Submit(); p.Has("#remind") {
		t.Error("while it is discussed nothing waits")
	}
	c.Advance(5 * 24 * time.Hour)
	if err := m.s.Ballots.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	m.ben.Get(elm+"/proposals/1").WantText("#remind", "Elm: a vote is open until")
}

// unsaid finds the name of a sentence that no catalogue has, or a value that is not there.
var unsaid = regexp.MustCompile(`\b(motion|motions|talk|now)\.[a-z]|<no value>`)

// TestEveryStateHasItsWords renders a proposal's page and its row in every state, in both languages: no sentence is missing.
func TestEveryStateHasItsWords(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	m := newMoot(t, dbtest.SQLite(t, c), c)
	propose(t, m.ana, "Ask for support now")
	for _, state := range []motion.State{motion.Seeking, motion.Tabled, motion.Withdrawn, motion.Expired} {
		for _, leaving := range []any{nil, db.At(c.Now())} {
			err := m.d.Write(t.Context(), func(tx *db.Tx) error {
				return tx.Exec("UPDATE motions SET state = ?, withdrawn_at = ?, tabled_at = ?, text_until = ?, opens_at = ?", state, leaving,
					db.At(c.Now()), db.At(c.Now().Add(time.Hour)), db.At(c.Now().Add(100*time.Hour))).Error
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, lang := range []string{"en", "es"} {
				for _, v := range []*webtest.Visitor{m.ana, m.ben} {
					v.Language = lang
					for _, path := range []string{elm, elm + "/proposals/1", elm + "/proposals?state=all", elm + "/proposals/1/talk", elm + "/proposals/1/statements"} {
						p := v.Get(path).Want(http.StatusOK)
						if text := p.Text("body"); unsaid.MatchString(text) {
							t.Errorf("%s, %s, %s: a sentence is missing in %q", state, lang, path, text)
						}
					}
				}
			}
		}
	}
}

// counting counts the statements sent to the database's readers.
func counting(t *testing.T, d *db.DB) *atomic.Int64 {
	t.Helper()
	var n atomic.Int64
	count := func(*gorm.DB) { n.Add(1) }
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		cb := tx.Callback()
		for _, err := range []error{
			cb.Query().Before("gorm:query").Register("count", count), cb.Row().Before("gorm:row").Register("count", count),
			cb.Raw().Before("gorm:raw").Register("count", count),
		} {
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return &n
}

// TestQueriesPerPage: a page asks the database as often for sixty rows as for one.
func TestQueriesPerPage(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	m := newMoot(t, dbtest.SQLite(t, c), c)
	propose(t, m.ana, "Ask for support now")
	m.ben.Get(elm+"/proposals/1/talk").Form("Say it").Set("kind", "question").Set("text", "One?").Submit()
	m.ana.Get(elm+"/proposals/1/talk").Follow("Answer").Form("Say it").Set("text", "One.").Submit()
	m.ben.Get(elm+"/proposals/1/statements").Form("Put it beside the proposal").Set("text", "Yes.").Submit()
	paths := []string{elm, elm + "/proposals", elm + "/proposals?state=all", elm + "/proposals/1", elm + "/proposals/1/talk", elm + "/proposals/1/talk?show=open",
		elm + "/proposals/1/talk/1", elm + "/proposals/1/statements", elm + "/proposals/1/versions", elm + "/rules"}
	n := counting(t, m.d)
	ask := func() map[string]int64 {
		out := map[string]int64{}
		for _, path := range paths {
			m.ana.Get(path).Want(http.StatusOK)
			n.Store(0)
			m.ana.Get(path).Want(http.StatusOK)
			out[path] = n.Load()
		}
		return out
	}
	one := ask()
	many(t, m)
	for path, got := range ask() {
		if got != one[path] {
			t.Errorf("%s asks %d times for one row and %d times for sixty", path, one[path], got)
		}
		if got > 30 {
			t.Errorf("%s asks %d times", path, got)
		}
	}
}

// many makes sixty of everything, by sixty people.
func many(t *testing.T, m moot) {
	t.Helper()
	err := m.d.Write(t.Context(), func(tx *db.Tx) error {
		now := tx.Now.UnixMilli()
		for i := range 60 {
			for _, sql := range []string{
				fmt.Sprintf(`INSERT INTO people (ref, handle, handle_key, created_at) VALUES ('p_x%d', 'X%d', 'x%d', %d)`, i, i, i, now),
				fmt.Sprintf(`INSERT INTO members (ref, group_id, person_id, name, name_key, joined_at, active_month)
					SELECT 'm_x%d', 1, MAX(id), 'X%d', 'x%d', %d, 202603 FROM people`, i, i, i, now),
				fmt.Sprintf(`INSERT INTO motions (group_id, number, mover_id, kind, state, version, title, created_at, sought_at, tabled_at, text_until, opens_at, rulebook)
					SELECT 1, %d, MAX(id), 'policy', '%s', 1, 'x', %d, %d, %d, %d, %d, 1 FROM members`,
					i+2, []string{"seeking_support", "tabled"}[i%2], now, now, now, now+1e7, now+2e7),
				fmt.Sprintf(`INSERT INTO posts (motion_id, phase, author_id, kind, text, at) SELECT 1, 'before', MAX(id), 'concern', 'x', %d FROM members`, now),
				fmt.Sprintf(`INSERT INTO posts (motion_id, phase, author_id, kind, text, at, parent_id, reply_no) SELECT 1, 'before', MAX(id), 'comment', 'x', %d, 1, %d FROM members`, now, i+2),
				fmt.Sprintf(`INSERT INTO statements (motion_id, member_id, side, text, at, used, lot) SELECT 1, MAX(id), 'for', 'x', %d, 0, x'%02x' FROM members`, now, i),
				`INSERT INTO supports (motion_id, member_id, version, at) SELECT 1, MAX(id), 1, 0 FROM members`,
			} {
				if err := tx.Exec(sql).Error; err != nil {
					return fmt.Errorf("%s: %w", sql, err)
				}
			}
		}
		return tx.Exec("UPDATE posts SET replies = 61 WHERE id = 1").Error
	})
	if err != nil {
		t.Fatal(err)
	}
}
