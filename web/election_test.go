package web

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/election"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/sortition"
	"folkmoot/internal/tally"
	"folkmoot/internal/votefile"
	"folkmoot/internal/webtest"

	"github.com/google/go-cmp/cmp"
)

// electing is a group with an election of convenors, at whose pages people look.
type electing struct {
	*voting
	t      *testing.T
	number int
	at     map[int]*webtest.Visitor
}

func newElecting(t *testing.T, d *db.DB, c *dbtest.Clock, people int) *electing {
	t.Helper()
	w := &electing{voting: newVoting(t, d, c, "B", people), t: t, at: map[int]*webtest.Visitor{}}
	w.Write(func(tx *db.Tx) error {
		for _, a := range w.Who { // so that people are found by their names
			if err := tx.Exec("UPDATE members SET name_key = ? WHERE id = ?", member.Fold(a.Member.Name), a.Member.ID).Error; err != nil {
				return err
			}
		}
		return w.Roles.Form(tx, w.Group)
	})
	w.goTo(c.Now().AddDate(0, 0, 14)) // as long as after the third member joined
	running, err := w.Elections.Running(t.Context(), w.Who[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range running {
		if w.number = e.Number; w.view(0).Role.Key == "convenors" {
			return w
		}
	}
	t.Fatal("nobody asked for convenors")
	return nil
}

// goTo moves the clock and does what is due.
func (w *electing) goTo(at time.Time) {
	w.Helper()
	w.GoTo(at)
	if err := w.TickRoles(); err != nil {
		w.Fatal(err)
	}
	w.Tick()
}

func (w *electing) view(i int) election.View {
	w.Helper()
	v, err := w.Elections.Show(w.Context(), w.Who[i], w.number)
	if err != nil {
		w.Fatal(err)
	}
	return v
}

func (w *electing) visitor(i int) *webtest.Visitor {
	if w.at[i] == nil {
		w.at[i] = w.as(w.t, i)
	}
	return w.at[i]
}

func (w *electing) below(path string) string {
	return groupPath(w.Group) + "/proposals/" + strconv.Itoa(w.number) + path
}

// page is the election's page as a member sees it.
func (w *electing) page(i int) *webtest.Page {
	w.Helper()
	return w.visitor(i).Get(w.below("")).Want(http.StatusOK)
}

// stand has members stand through the page.
func (w *electing) stand(who ...int) {
	w.Helper()
	for _, i := range who {
		w.page(i).Form("Stand in this election").Set("statement", "I would do it, says "+w.Who[i].Member.Name).Set("interests", "None").Submit().
			Want(http.StatusOK).WantText("main", "You stand in this election.", "says "+w.Who[i].Member.Name)
	}
}

// open has members stand and opens the ballot.
func (w *electing) open(who ...int) {
	w.Helper()
	w.stand(who...)
	w.goTo(w.view(0).Until)
	w.goTo(w.view(0).Opens)
}

// option is the name of the field of a member's option on the paper; -1 is asking again.
func (w *electing) option(who int) string {
	w.Helper()
	v := w.ShowTo(w.Who[0], w.number)
	ref := election.RON
	for _, c := range w.view(0).Candidates {
		if who >= 0 && c.Member == w.Who[who].Member.ID {
			ref = c.Ref
		}
	}
	return "rank." + optionID(1+slices.Index(v.Options, ref))
}

// rank fills in a member's paper and goes to the check.
func (w *electing) rank(i int, order ...int) *webtest.Page {
	w.Helper()
	f := w.visitor(i).Get(w.below("/vote")).Want(http.StatusOK).Form("Check my vote")
	for at, who := range order {
		f.Set(w.option(who), strconv.Itoa(at+1))
	}
	return f.Submit()
}

func (w *electing) vote(i int, order ...int) *webtest.Page {
	w.Helper()
	return w.rank(i, order...).Want(http.StatusOK).Form("Cast this vote").Submit().Want(http.StatusOK)
}

// TestElectionThroughThePages walks the whole way on the pages: putting somebody up, standing, questions with hidden answers, the ranked
// paper, the count that anybody can repeat, an objection, and the terms.
func TestElectionThroughThePages(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newElecting(t, d, c, 14)
		home := groupPath(w.Group)
		w.visitor(0).Get(home+"/powers").WantText("main", "Nominations are open until").Follow("Election " + strconv.Itoa(w.number)).Want(http.StatusOK)
		w.visitor(0).Get(home+"/powers/convenors").WantText("main", "Members elect who holds it", "Nominations are open until")
		w.visitor(0).Get(home+"/proposals").WantText(".rows", "Election "+strconv.Itoa(w.number), "You can stand or ask questions.")
		w.page(0).WantText("main", "They decide nothing for the group", "There are 2 places. Later terms last 180 days.", "half as long, 90 days, and for every second place only 45", "Nobody stands.", "Everybody votes in secret").
			WantNoText("main", "Support", "For and against", "Ask for a secret vote")

		w.nominations(home)
		w.questions()
		b := w.Show(w.number)
		codes := w.ballot()
		w.goTo(b.Closes)
		w.result(codes)

		w.page(7).Form("Object").Set("objection", "").Submit().Want(http.StatusUnprocessableEntity).WantText("main", "Write what is wrong with the count.")
		w.page(7).Form("Object").Set("objection", "Count stage 2 again, please.").Submit().Want(http.StatusOK).WantText("#objections ~ .statement", "Count stage 2 again, please.", "Member-007")
		if w.page(7).Has("form[action$='/objections']") {
			t.Error("who has objected is asked again")
		}
		w.sign()
		w.goTo(w.view(0).Final)
		w.page(0).WantText(".state", "Elected.").WantText("main", "from", "until", "This election is over.").WantNoText("main", "Nobody was elected")
		w.visitor(0).Get(home+"/powers/convenors").WantText("main", "Member-001", "Came from decision 2026-001.")
		w.goTo(w.view(0).Starts)
		w.visitor(1).Get(home).Want(http.StatusOK) // who holds a role without powers reads what everybody reads
	})
}

// sign has a teller put their name under the count, which is a sheet and no numbers for and against.
func (w *electing) sign() {
	w.Helper()
	w.Write(func(tx *db.Tx) error {
		return tx.Exec(`INSERT INTO terms (ref, group_id, role_id, member_id, seat, caps, starts_at, ends_at, cause)
			SELECT 't_teller', group_id, id, ?, 1, 'sign_count', ?, ?, 'draw/1' FROM roles WHERE key = 'tellers'`,
			w.Who[10].Member.ID, db.At(tx.Now), db.At(tx.Now.AddDate(0, 0, 30))).Error
	})
	p := w.visitor(10).Get(groupPath(w.Group) + "/decisions/2026-001").Want(http.StatusOK)
	p.WantText("main", "You put your name under this count.").WantNoText("main", "abstentions")
	p.Form("Yes, sign it").Submit().Want(http.StatusOK).WantText("main", "You have signed the count.", "Member-010 has gone over this count")
}

// nominations: somebody is put up, and only they learn of it; others stand; one steps back.
func (w *electing) nominations(home string) {
	w.Helper()
	put := func(i int, name string) *webtest.Page {
		return w.page(i).Form("Put them up").Set("member", name).Submit()
	}
	put(0, "Nobody at all").Want(http.StatusUnprocessableEntity).WantText("main", "Nobody in this group is called that.")
	put(0, "Member-000").Want(http.StatusUnprocessableEntity).WantText("main", "That is you.")
	put(0, "Member-001").Want(http.StatusOK).WantText("main", "Only they are told.")
	put(2, "Member-001").Want(http.StatusOK).WantText("main", "Only they are told.")
	put(0, "Member-006").Want(http.StatusOK)
	for _, i := range []int{0, 3} {
		w.page(i).WantText("main", "Nobody stands.").WantNoText("main", "Member-001").WantNoText("main", "Somebody has put you up")
	}
	w.visitor(1).Get(home).Want(http.StatusOK).WantText("main", "You are asked to stand", "Somebody has put you up. Would you stand?")
	w.visitor(6).Get(w.below("")).WantText("main", "Somebody has put you up").Form("Yes, decline").Submit().Want(http.StatusOK).WantText("main", "Done. You do not stand.")
	w.visitor(6).Get(home).WantNoText("main", "You are asked to stand")
	w.page(1).Form("Stand in this election").Set("statement", strings.Repeat("word ", 900)).Set("interests", "").Submit().Want(http.StatusUnprocessableEntity).
		WantText("main", "It can have", "or “none”")
	w.stand(1, 2, 3, 4)
	w.page(2).Form("Change what I say").Set("statement", "I would do it well").Submit().Want(http.StatusOK).WantText("main", "I would do it well")
	w.page(4).Form("Yes, step back").Submit().Want(http.StatusOK).WantText("main", "Stands no longer.")
	w.page(0).WantText("main", "3 people stand.")
}

// questions: the answers are hidden until all have answered, but for one's own.
func (w *electing) questions() {
	w.Helper()
	w.page(5).Form("Ask them all").Set("question", "").Submit().Want(http.StatusUnprocessableEntity).WantText("main", "Write your question.")
	w.page(5).Form("Ask them all").Set("question", "What will you hand over?").Submit().Want(http.StatusOK).WantText("main", "What will you hand over?", "Asked by Member-005")
	say := func(i int, text string) *webtest.Page {
		return w.page(i).Form("Keep my answer").Set("answer-1", text).Submit()
	}
	say(1, "").Want(http.StatusUnprocessableEntity).WantText("main", "Write your answer.")
	say(1, "Everything, says one.").Want(http.StatusOK).WantText("main", "Your answer is kept.", "Everything, says one.")
	w.page(0).WantText("main", "1 of 3 has answered. Answers are shown together: once nominations have closed")
	w.goTo(w.view(0).Until)
	for _, i := range []int{0, 2, 5} {
		w.page(i).WantText("main", "1 of 3 has answered. Answers are shown together, once all have answered").WantNoText("main", "says one")
	}
	say(2, "The books, says two.").Want(http.StatusOK)
	w.page(0).WantText("main", "2 of 3 have answered.").WantNoText("main", "says two")
	say(3, "The keys, says three.").Want(http.StatusOK)
	w.page(0).WantText("main", "says one", "says two", "says three")
	form := w.page(2).Form("Keep my answer").Set("answer-1", "Too late")
	w.goTo(w.view(0).Opens)
	form.Submit().Want(http.StatusConflict).WantText("main", "The vote has opened")
}

// ballot: the paper, its refusals, the check and the receipt.
func (w *electing) ballot() (codes []string) {
	w.Helper()
	paper := w.visitor(0).Get(w.below("/vote")).Want(http.StatusOK)
	paper.WantText("main", "Secret vote · Election", "None of these: ask again", "all orders are published without names", "at least 10 people", "says Member-001", "I would do it well")
	paper.WantNoText("main", "For and against").WantCount(".rank-item", 4)
	w.rank(0).Want(http.StatusUnprocessableEntity).WantText("main", "Nothing is ranked yet.")
	twice := paper.Form("Check my vote").Set(w.option(1), "1").Set(w.option(2), "1").Submit().Want(http.StatusUnprocessableEntity)
	twice.WantText("main", "You wrote 1 more than once")
	check := w.rank(0, 2, -1).Want(http.StatusOK)
	check.WantText(".ranked", "1st choice", "Member-002", "2nd choice", "None of these", "Not ranked:", "Member-003").WantText("main", "all orders are published")
	other := w.rank(0, 1, 2, 3, -1).Want(http.StatusOK)
	if len(check.Body) != len(other.Body) {
		w.Errorf("an order of two has %d bytes, one of four %d", len(check.Body), len(other.Body))
	}
	if w.Show(w.number).Voted {
		w.Error("looking at a vote casts it")
	}
	check.Form("Cast this vote").Forge("order", "o1.o1..o2").Submit().Want(http.StatusUnprocessableEntity).WantText("main", "This is not the order that was on the paper.")
	stale := check.Form("Cast this vote")
	for i := range 12 {
		order := [][]int{{1, 2}, {2, 1, 3}, {3, -1}, {1}}[i%4]
		codes = append(codes, w.vote(i, order...).WantText("main", "Your vote is in the box").Text(".big-code"))
	}
	stale.Submit().Want(http.StatusConflict).WantText("main", "You have voted in another window")
	codes[11] = w.vote(11, 2).Text(".big-code")
	for _, page := range []*webtest.Page{w.page(13), w.visitor(13).Get(w.below("/vote"))} {
		page.WantNoText("main", "is elected").WantText("main", "people have voted so far.")
	}
	for _, path := range []string{"/papers.blt", "/count.json", "/vote/codes"} {
		w.visitor(13).Get(w.below(path)).Want(http.StatusNotFound)
	}
	return codes
}

// result: the count on both pages, and files that give the same count again.
func (w *electing) result(codes []string) {
	w.Helper()
	for _, path := range []string{w.below(""), groupPath(w.Group) + "/decisions/2026-001"} {
		p := w.visitor(13).Get(path).Want(http.StatusOK)
		p.WantText("main", "Elected", "12 of 14", "These 2 are elected, in this order", "papers are counted by their first choices", "All papers are published without names", "Member-001 is elected with 5 votes.")
		p.WantNoText("main", "Abstain").WantNoText("main", "c_").WantNoText("main", "voted for and").WantNoText("main", "5.0", "Where some had the same")
		p.WantCount(".flow", 1)
	}
	for _, list := range []string{"", "/decisions", "/proposals?state=closed", "/proposals?state=all"} {
		w.visitor(13).Get(groupPath(w.Group)+list).WantText(".rows", "Elected: Member-001, Member-002").WantNoText(".rows", "Members have chosen.")
	}
	w.visitor(13).Get(groupPath(w.Group)+"/decisions/2026-001").WantText("main", "Elected: Member-001, Member-002.", "Once objections are no longer in time")
	published := w.visitor(13).Get(w.below("/vote/codes")).Want(http.StatusOK)
	for _, code := range codes {
		published.WantText(".codes", code)
	}
	w.recount()
	w.takeAlong()
}

// takeAlong exports the election, which has nothing for and against.
func (w *electing) takeAlong() {
	w.Helper()
	path := groupPath(w.Group) + "/record/export/file?of="
	for _, of := range []string{"everything", "2026-001"} {
		file := w.visitor(13).Get(path + of + "&format=json").Want(http.StatusOK)
		if bytes.Contains(file.Body, []byte(`"for":`)) || !bytes.Contains(file.Body, []byte(`"elected":["c_`)) {
			w.Errorf("the export of %s: %s", of, file.Body)
		}
		text := string(w.visitor(13).Get(path + of + "&format=md").Want(http.StatusOK).Body)
		if !strings.Contains(text, "Elected, in this order:") || !strings.Contains(text, "Member-001") || strings.Contains(text, "Abstain") || strings.Contains(text, "petition") {
			w.Errorf("the export of %s in words: %s", of, text)
		}
	}
}

// recount counts the published papers by the command on the page, and wants the published count.
func (w *electing) recount() {
	w.Helper()
	command := w.page(0).All("#repeat").Text()
	words := regexp.MustCompile(`--method (\S+) --ron (\d+) --seed (\S+) (\S+)`).FindStringSubmatch(command)
	if words == nil {
		w.Fatalf("no command in %q", command)
	}
	papers := w.visitor(0).Get(w.below("/papers.blt")).Want(http.StatusOK)
	if got := papers.Header.Get("Content-Disposition"); !strings.Contains(got, words[4]) {
		w.Errorf("the file is called %q, the command reads %q", got, words[4])
	}
	e, err := votefile.Read(words[4], bytes.NewReader(papers.Body))
	if err != nil {
		w.Fatal(err)
	}
	ron, err := strconv.Atoi(words[2])
	if err != nil || e.Candidates[ron-1].Name != "None of these: ask again" {
		w.Fatalf("option %s is not asking again: %+v, %v", words[2], e.Candidates, err)
	}
	sheet := tally.Sheet{}
	if err := json.Unmarshal(w.visitor(0).Get(w.below("/count.json")).Want(http.StatusOK).Body, &sheet); err != nil || sheet.Seed != words[3] {
		w.Fatalf("the sheet: %v, seed %q", err, sheet.Seed)
	}
	method, _ := tally.Find(words[1])
	e.Title, e.Lots = "", sortition.Lots(words[3], len(e.Candidates))
	for i := range e.Candidates {
		e.Candidates[i].Name = sheet.Candidates[i] // as the sheet on record calls them
	}
	again, err := method.Count(e, tally.Options{RON: ron, Seed: words[3]})
	if diff := cmp.Diff(&sheet, again); err != nil || diff != "" {
		w.Errorf("counted again: %v %s", err, diff)
	}
	if sheet.Valid != 12 || len(sheet.Elected) != 2 || bytes.Contains(papers.Body, []byte("c_")) {
		w.Errorf("the sheet: %+v; papers: %s", sheet, papers.Body)
	}
}

// TestElectionsHaveNoSides: what proposals have and elections do not is refused with a reason, whoever asks.
func TestElectionsHaveNoSides(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newElecting(t, d, c, 6)
		a, n, ctx := w.Who[0], w.number, t.Context()
		_, err := w.Motions.Support(ctx, a, n, 1)
		w.WantKind("support", err, fault.Conflict)
		_, err = w.Motions.AskSecret(ctx, a, n)
		w.WantKind("asking for a secret vote", err, fault.Conflict)
		_, err = w.Motions.Argue(ctx, a, n, motion.For, "Yes!")
		w.WantKind("a statement for", err, fault.Conflict)
		w.visitor(0).Get(w.below("/statements?side=for")).Want(http.StatusNotFound)
		w.visitor(0).Get(w.below("/talk")).Want(http.StatusOK).Form("Say it").Set("kind", "question").Set("text", "Who has the key?").Submit().Want(http.StatusOK)
		w.page(1).WantText("main", "Who has the key?")
	})
}

// TestFewPapersAreNotPublished: with fewer than ten, there is the count and no paper; where too few vote, there is neither.
func TestFewPapersAreNotPublished(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newElecting(t, d, c, 8)
		w.open(1, 2, 3)
		for i := range 6 {
			w.vote(i, -1, 1)
		}
		w.goTo(w.Show(w.number).Closes)
		w.page(0).WantText("main", "Nobody was elected", "Fewer than 10 people voted, so the papers are not published").WantNoText("main", "folkmoot count")
		w.visitor(0).Get(w.below("/papers.blt")).Want(http.StatusNotFound)
		w.visitor(0).Get(w.below("/count.json")).Want(http.StatusOK)
		w.visitor(0).Get(groupPath(w.Group)+"/decisions/2026-001").WantText("main", "Nobody was elected", "ask again")
	})
}

func TestTooFewVoteInAnElection(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newElecting(t, d, c, 14)
		w.open(1, 2, 3)
		w.vote(1, 1)
		w.goTo(w.Show(w.number).Closes)
		for _, path := range []string{w.below(""), groupPath(w.Group) + "/decisions/2026-001"} {
			w.visitor(0).Get(path).Want(http.StatusOK).WantText("main", "oo few").WantNoText("main", "The count").WantCount(".flow", 0)
		}
		w.visitor(0).Get(w.below("/count.json")).Want(http.StatusNotFound)
	})
}

// TestElectionsTellNothingEarly holds an election in worlds that differ in one thing only: who was put up and declined, what candidates
// have answered while it is hidden, how people ranked before the close. Nobody else can tell these worlds apart, on any page or in any file.
func TestElectionsTellNothingEarly(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		world := func(asked, first int, answer string) (nominating, answering, voting map[string]string) {
			t.Helper()
			c.Set(dbtest.Start)
			w := newElecting(t, another(t, d, c), c, 14)
			ctx, look := t.Context(), &leaky{voting: w.voting}
			if err := w.Elections.Nominate(ctx, w.Who[0], w.number, w.Who[asked].Member.ID); err != nil {
				t.Fatal(err)
			}
			nominating = w.everything(look)
			if err := w.Elections.StandDown(ctx, w.Who[asked], w.number); err != nil {
				t.Fatal(err)
			}
			w.stand(1, 2, 3)
			if err := w.Elections.Ask(ctx, w.Who[5], db.OnceFor(1, "q"), w.number, "What will you hand over?"); err != nil {
				t.Fatal(err)
			}
			w.goTo(w.view(0).Until)
			if err := w.Elections.Reply(ctx, w.Who[1], w.number, w.view(0).Questions[0].ID, answer); err != nil {
				t.Fatal(err)
			}
			answering = w.everything(look)
			w.goTo(w.view(0).Opens)
			for i := range 12 {
				w.vote(i, first, 1+i%3)
			}
			return nominating, answering, w.everything(look)
		}
		n1, a1, v1 := world(8, -1, "The keys and the list.")
		n2, a2, v2 := world(9, -1, "Nothing but a long story of mine.")
		n3, a3, v3 := world(8, -1, "The keys and the list.")
		for what, pair := range map[string][2]map[string]string{
			"who was put up": {n1, n2}, "a hidden answer": {a1, a2}, "nothing at all": {n1, n3}, "nothing at all, later": {a1, a3},
		} {
			for _, leak := range differ(pair[0], pair[1]) {
				t.Errorf("a page tells %s: %s", what, leak)
			}
		}
		if len(differ(v1, v2)) == 0 {
			t.Error("the comparison sees nothing even where an answer is public")
		}
		_, _, v4 := world(8, 1, "The keys and the list.")
		for _, leak := range append(differ(v3, v1), differ(v3, v4)...) {
			t.Errorf("a page tells how people rank: %s", leak)
		}
	})
}

// everything is what a member who takes no part sees, on every page and in every file that could tell of the election.
func (w *electing) everything(look *leaky) map[string]string {
	w.Helper()
	out, secret := map[string]string{}, w.session(w.Who[13].Person)
	for _, path := range []string{
		"", "/people", "/powers", "/powers/convenors", "/proposals", "/proposals?state=all", "/decisions", "/record", "/record/export/file?of=everything&format=json",
		"/record/export/file?of=everything&format=md", "/record/export/file?of=everything&format=csv",
	} {
		_, out[path] = look.see(route{method: get}, groupPath(w.Group)+path, secret)
	}
	for _, path := range []string{"", "/share", "/vote", "/talk", "/versions", "/vote/codes", "/papers.blt", "/count.json"} {
		_, text := look.see(route{method: get}, w.below(path), secret)
		lines := strings.Split(regexp.MustCompile(`rank\.o\d`).ReplaceAllString(text, "rank.o#"), "\n")
		slices.Sort(lines) // candidates stand in an order that is drawn by lot
		out["election"+path] = strings.Join(lines, "\n")
	}
	return out
}

// TestWhoCannotStandIsToldWhy: before they write anything, with the day from which they may.
func TestWhoCannotStandIsToldWhy(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newElecting(t, d, c, 8)
		w.Write(func(tx *db.Tx) error {
			return tx.Exec(`INSERT INTO terms (ref, group_id, role_id, member_id, seat, caps, starts_at, ends_at, cause)
				SELECT 't_held', group_id, id, ?, 1, '', ?, ?, 'draw/1' FROM roles WHERE key = 'convenors'`,
				w.Who[4].Member.ID, db.At(tx.Now), db.At(tx.Now.AddDate(0, 0, 200))).Error
		})
		p := w.page(4).WantText("main", "You hold a place of this role at that time already.", "By the rules you can begin a term from")
		if p.Has("form[action$='/stand']") || !p.Has("form[action$='/nominate']") {
			t.Error("who cannot stand is asked to, or cannot put anybody up")
		}
		err := w.Elections.Stand(t.Context(), w.Who[4], w.number, election.Standing{Statement: "Me", Interests: "None"})
		w.WantKind("standing all the same", err, fault.Denied)
		w.send(4, "/stand", "statement", "Me", "interests", "None").Want(http.StatusForbidden).WantText("main", "You hold a place of this role")
		w.goTo(w.view(0).Until.Add(-time.Minute))
		form := w.page(5).Form("Stand in this election").Set("statement", "Me").Set("interests", "None")
		w.goTo(w.view(0).Until)
		w.goTo(w.view(0).Until)
		form.Submit().Want(http.StatusConflict).WantText("main", "Nominations are closed.")
	})
}

// send sends a form that the page does not show.
func (w *electing) send(i int, below string, fields ...string) *webtest.Page {
	w.Helper()
	form := url.Values{"csrf": {tokenOf(w.visitor(i))}}
	for k := 0; k < len(fields); k += 2 {
		form.Set(fields[k], fields[k+1])
	}
	return w.visitor(i).Do(browserRequest(http.MethodPost, w.below(below), form))
}

// TestTrialThroughThePages: where too few stood, the page asks with smaller forms, and says of whoever stands on trial that they do.
func TestTrialThroughThePages(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newElecting(t, d, c, 14)
		w.page(1).WantNoText("main", "on trial")
		w.goTo(w.view(0).Until)
		p := w.page(1).WantText("main", "there is more time", "A smaller form helps", "I would do it for three months, on trial")
		p = p.Form("Stand in this election").Check("trial").Submit().Want(http.StatusUnprocessableEntity)
		p = p.Form("Stand in this election").Set("statement", "For a while.").Set("interests", "None.").Submit().Want(http.StatusOK)
		p.WantText("main", "Would do it for three months at most, on trial.")
		w.page(2).WantText("main", "For a while.", "Would do it for three months at most, on trial.")
		p.Form("Change what I say").Uncheck("trial").Submit().Want(http.StatusOK).WantNoText("#standing", "at most, on trial")
	})
}
