package discussion_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/discussion"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"

	"github.com/google/go-cmp/cmp"
)

var everything = discussion.Filter{Clause: -1}

// TestTalk56: a question is asked about a clause, answered, clarified; counters and filters follow (practice.md §5.6).
func TestTalk56(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := found(t, d, "one", 4)
		q := w.say(t, 1, discussion.Draft{Clause: 1, Kind: discussion.Question, Text: "Who has the **key**?"})
		c := w.say(t, 2, discussion.Draft{Kind: discussion.Comment, Text: "I like it."})
		open := discussion.Filter{Show: discussion.Unanswered, Clause: -1}
		if got := ids(w.thread(t, 0, open).Posts); !slices.Equal(got, []discussion.PostID{q.ID}) {
			t.Errorf("not yet answered: %v", got)
		}
		w.say(t, 1, discussion.Draft{Parent: q.ID, Text: "I mean the side door."}) // says more, answers nothing
		if got := w.thread(t, 0, open).Posts; len(got) != 1 || got[0].Replies != 1 || !got[0].Waits() {
			t.Errorf("after the asker spoke again: %+v", got)
		}
		first := w.say(t, 3, discussion.Draft{Parent: q.ID, Text: "The caretaker."})
		below := w.say(t, 1, discussion.Draft{Parent: first.ID, Text: "Thank you."})
		if below.Parent != q.ID || below.Clause != 1 || below.No != 3 {
			t.Errorf("an answer to an answer stands at %+v", below)
		}
		if got := w.thread(t, 0, open).Posts; len(got) != 0 {
			t.Errorf("still not answered: %v", got)
		}
		all := w.thread(t, 0, everything)
		if got := ids(all.Posts); !slices.Equal(got, []discussion.PostID{q.ID, c.ID}) || len(all.Replies[q.ID]) != 3 {
			t.Errorf("all: %v, %v", got, all.Replies)
		}
		if got := ids(w.thread(t, 0, discussion.Filter{Clause: 1}).Posts); !slices.Equal(got, []discussion.PostID{q.ID}) {
			t.Errorf("about the first point: %v", got)
		}
		if got := ids(w.thread(t, 0, discussion.Filter{Clause: 0}).Posts); !slices.Equal(got, []discussion.PostID{c.ID}) {
			t.Errorf("about the whole: %v", got)
		}
		if diff := cmp.Diff(map[int]int{0: 1, 1: 4}, all.Counts); diff != "" {
			t.Error(diff)
		}
		if all.Motion.Posts != 5 || all.Motion.LastPost != int64(below.ID) {
			t.Errorf("the proposal counts %d posts up to %d", all.Motion.Posts, all.Motion.LastPost)
		}
		want := append([]string{"motion.proposed"}, slices.Repeat([]string{"post.added"}, 5)...)
		if diff := cmp.Diff(want, w.kinds(t)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestRefusals(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := found(t, d, "one", 4)
		other := found(t, d, "two", 3)
		elsewhere := other.say(t, 0, discussion.Draft{Text: "Ours."})
		good := discussion.Draft{Kind: discussion.Idea, Text: "Why not Mondays?"}
		for name, c := range map[string]struct {
			change func(*discussion.Draft)
			kind   fault.Kind
			field  string
		}{
			"empty":              {func(d *discussion.Draft) { d.Text = " \n" }, fault.Invalid, "text"},
			"4,001 characters":   {func(d *discussion.Draft) { d.Text = strings.Repeat("ä", 4001) }, fault.Invalid, "text"},
			"no kind":            {func(d *discussion.Draft) { d.Kind = "rant" }, fault.Invalid, "kind"},
			"no such clause":     {func(d *discussion.Draft) { d.Clause = 7 }, fault.Invalid, "clause"},
			"no such post":       {func(d *discussion.Draft) { d.Parent = 999 }, fault.NotFound, ""},
			"other group's post": {func(d *discussion.Draft) { d.Parent = elsewhere.ID }, fault.NotFound, ""},
		} {
			draft := good
			c.change(&draft)
			_, err := w.Add(t.Context(), w.who[1], db.Once{}, w.m.Number, draft)
			if c.field != "" {
				if _, ok := fault.Fields(err)[c.field]; !ok {
					t.Errorf("%s: %v", name, err)
				}
				continue
			}
			if c.kind == fault.NotFound && db.IsNotFound(err) {
				continue
			}
			wantKind(t, name, err, c.kind)
		}
		longest := good
		longest.Text = strings.Repeat("ä", 4000)
		if _, err := w.Add(t.Context(), w.who[1], db.Once{}, w.m.Number, longest); err != nil {
			t.Errorf("4,000 characters: %v", err)
		}
		for name, a := range map[string]member.Actor{"stranger": {Person: 9, Group: w.who[0].Group}, "other group": other.who[1],
			"borrowed": {Person: 9, Group: w.who[0].Group, Member: other.who[2].Member}} {
			if name == "other group" {
				continue // finds its own group's proposal under the number
			}
			_, err := w.Add(t.Context(), a, db.Once{}, w.m.Number, good)
			wantKind(t, name+", add", err, fault.NotFound)
			wantKind(t, name+", mark", w.Mark(t.Context(), a, w.m.Number, 1), fault.NotFound)
		}
		draft, err := w.motions.Save(t.Context(), w.who[0], db.Once{}, 0, motion.Proposal{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.Add(t.Context(), w.who[0], db.Once{}, draft.Number, good)
		wantKind(t, "on one's own draft", err, fault.Conflict)
		_, err = w.Add(t.Context(), w.who[1], db.Once{}, draft.Number, good)
		wantKind(t, "on somebody's draft", err, fault.NotFound)
		_, err = w.Thread(t.Context(), w.who[1], draft.Number, everything)
		wantKind(t, "reading on somebody's draft", err, fault.NotFound)
	})
}

// TestEdits: what was said stays readable, and the post says that it was edited.
func TestEdits(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := found(t, d, "one", 4)
		p := w.say(t, 1, discussion.Draft{Text: "On Sundays."})
		_, err := w.Edit(t.Context(), w.who[2], w.m.Number, p.ID, 1, "Never.")
		wantKind(t, "somebody else's", err, fault.Denied)
		c.Advance(time.Hour)
		for range 3 { // an impatient hand
			if p, err = w.Edit(t.Context(), w.who[1], w.m.Number, p.ID, 1, "On Mondays."); err != nil {
				t.Fatal(err)
			}
		}
		_, err = w.Edit(t.Context(), w.who[1], w.m.Number, p.ID, 1, "On Fridays.")
		wantKind(t, "an older window", err, fault.Conflict)
		c.Advance(time.Hour)
		if _, err = w.Edit(t.Context(), w.who[1], w.m.Number, p.ID, 2, "On Tuesdays."); err != nil {
			t.Fatal(err)
		}
		one, err := w.Wordings(t.Context(), w.who[3], w.m.Number, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		want := []discussion.Wording{{N: 1, Text: "On Sundays.", At: dbtest.Start}, {N: 2, Text: "On Mondays.", At: dbtest.Start.Add(time.Hour)}}
		if diff := cmp.Diff(want, one.Was); diff != "" {
			t.Error(diff)
		}
		if one.Post.Version != 3 || one.Post.Text != "On Tuesdays." || one.Post.Edited != c.Now() || one.Post.At != dbtest.Start {
			t.Errorf("now %+v", one.Post)
		}
		if diff := cmp.Diff([]string{"motion.proposed", "post.added", "post.edited", "post.edited"}, w.kinds(t)); diff != "" {
			t.Error(diff)
		}
	})
}

// TestCloseG9 (practice.md §5.6): the talk ends with the vote, to the millisecond and before anybody has counted;
// what is said afterwards stands in a thread of its own.
func TestCloseG9(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := found(t, d, "one", 4)
		before := w.say(t, 1, discussion.Draft{Text: "Before."})
		closes := c.Now().Add(7 * 24 * time.Hour)
		w.become(t, motion.Voting, db.At(closes))
		c.Set(closes.Add(-time.Millisecond))
		w.say(t, 2, discussion.Draft{Parent: before.ID, Text: "In time."})
		c.Set(closes)
		_, err := w.Add(t.Context(), w.who[2], db.Once{}, w.m.Number, discussion.Draft{Kind: discussion.Comment, Parent: before.ID, Text: "Too late."})
		wantKind(t, "answer after the close", err, fault.Conflict)
		_, err = w.Edit(t.Context(), w.who[1], w.m.Number, before.ID, 1, "Changed my mind.")
		wantKind(t, "edit after the close", err, fault.Conflict)
		after := w.say(t, 2, discussion.Draft{Text: "After."})
		if after.Phase != discussion.After {
			t.Errorf("stands in the thread %s", after.Phase)
		}
		p := w.thread(t, 0, everything)
		if got := ids(p.Posts); p.Phase != discussion.After || !slices.Equal(got, []discussion.PostID{after.ID}) {
			t.Errorf("shown first: %s, %v", p.Phase, got)
		}
		p = w.thread(t, 0, discussion.Filter{Phase: discussion.Before, Clause: -1})
		if got := ids(p.Posts); !slices.Equal(got, []discussion.PostID{before.ID}) {
			t.Errorf("before: %v", got)
		}
		for s, want := range map[motion.State]discussion.Phase{motion.Inquorate: discussion.Before, motion.Carried: discussion.After,
			motion.Lapsed: discussion.After, motion.NotCarried: discussion.After, motion.Withdrawn: discussion.After, motion.Tabled: discussion.Before} {
			if got := discussion.PhaseAt(motion.Motion{State: s, Opens: c.Now().Add(time.Hour)}, c.Now()); got != want {
				t.Errorf("%s: %s, want %s", s, got, want)
			}
		}
	})
}

// TestReadState: what is new is new for each reader, and only they can tell.
func TestReadState(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := found(t, d, "one", 4)
		first := w.say(t, 1, discussion.Draft{Text: "One."})
		fresh := func(i int) bool {
			t.Helper()
			got, err := w.HasNew(t.Context(), w.who[i], []motion.Motion{w.thread(t, i, everything).Motion})
			if err != nil {
				t.Fatal(err)
			}
			return got[w.m.ID]
		}
		if !fresh(0) || fresh(1) {
			t.Errorf("after one post: new for another %v, for its author %v", fresh(0), fresh(1))
		}
		if p := w.thread(t, 0, everything); p.IsNew(p.Posts[0], w.who[0].Member.ID) {
			t.Error("everything is marked as new for somebody who never looked")
		}
		mark := func(i int, id discussion.PostID) {
			t.Helper()
			if err := w.Mark(t.Context(), w.who[i], w.m.Number, id); err != nil {
				t.Fatal(err)
			}
		}
		mark(0, first.ID)
		if fresh(0) {
			t.Error("new after having looked")
		}
		second := w.say(t, 2, discussion.Draft{Parent: first.ID, Text: "Two."})
		p := w.thread(t, 0, everything)
		if r := p.Replies[first.ID][0]; !fresh(0) || !p.IsNew(r, w.who[0].Member.ID) || p.IsNew(p.Posts[0], w.who[0].Member.ID) {
			t.Error("the answer is not marked as new, or the post is")
		}
		if got := ids(w.thread(t, 0, discussion.Filter{Show: discussion.New, Clause: -1}).Posts); !slices.Equal(got, []discussion.PostID{second.ID}) {
			t.Errorf("new since: %v", got)
		}
		mark(0, 1<<40) // beyond what there is
		mark(0, first.ID)
		if got := w.thread(t, 0, everything).Mark; got != second.ID {
			t.Errorf("the mark stands at %d, want %d", got, second.ID)
		}
		if len(w.kinds(t)) != 3 {
			t.Errorf("reading is in the record: %v", w.kinds(t))
		}
	})
}

// TestRetry6212: the same form three times is one post (practice.md §6.2, 12).
func TestRetry6212(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := found(t, d, "one", 4)
		var got []discussion.PostID
		for range 3 {
			p, err := w.Add(t.Context(), w.who[1], db.OnceFor(2, "form"), w.m.Number, discussion.Draft{Kind: discussion.Idea, Text: "Once."})
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, p.ID)
		}
		if len(slices.Compact(got)) != 1 || w.thread(t, 0, everything).Motion.Posts != 1 {
			t.Errorf("three tries made %v", got)
		}
	})
}

// TestPages walks 60 threads forwards and backwards, and 60 answers, without one missing or twice.
func TestPages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := found(t, d, "one", 4)
		var want []discussion.PostID
		for i := range 60 {
			want = append(want, w.say(t, 1, discussion.Draft{Text: fmt.Sprint("Post ", i)}).ID)
		}
		var forwards []discussion.PostID
		f := everything
		for {
			p := w.thread(t, 0, f)
			forwards = append(forwards, ids(p.Posts)...)
			if p.Earlier != (f.After != 0) {
				t.Errorf("after %d: earlier posts %v", f.After, p.Earlier)
			}
			if !p.Later {
				break
			}
			f.After = forwards[len(forwards)-1]
		}
		if diff := cmp.Diff(want, forwards); diff != "" {
			t.Errorf("forwards: %s", diff)
		}
		var backwards []discussion.PostID
		f = discussion.Filter{Clause: -1, Last: true}
		for {
			p := w.thread(t, 0, f)
			if p.Later == f.Last {
				t.Errorf("before %d: later posts %v", f.Before, p.Later)
			}
			backwards = append(ids(p.Posts), backwards...)
			if !p.Earlier {
				break
			}
			f = discussion.Filter{Clause: -1, Before: backwards[0]}
		}
		if diff := cmp.Diff(want, backwards); diff != "" {
			t.Errorf("backwards: %s", diff)
		}
		var answers []discussion.PostID
		for range 60 {
			answers = append(answers, w.say(t, 2, discussion.Draft{Parent: want[0], Text: "Yes."}).ID)
		}
		if got := ids(w.thread(t, 0, everything).Replies[want[0]]); !slices.Equal(got, answers[:discussion.FirstReplies]) {
			t.Errorf("below the post stand %v", got)
		}
		var got []discussion.PostID
		for no := 0; ; {
			one, err := w.ShowPost(t.Context(), w.who[0], w.m.Number, answers[30], no) // by the address of an answer
			if err != nil || one.Post.ID != want[0] {
				t.Fatal(one.Post.ID, err)
			}
			got = append(got, ids(one.Posts)...)
			if !one.Later {
				break
			}
			no = one.Posts[len(one.Posts)-1].No
		}
		if diff := cmp.Diff(answers, got); diff != "" {
			t.Errorf("answers: %s", diff)
		}
	})
}
