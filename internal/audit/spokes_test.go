package audit

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strconv"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/export"
	"folkmoot/internal/lang"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/procedure"
	"folkmoot/internal/verify"
	"folkmoot/internal/votetest"
)

// councils is a group that has one person each speak for groups of it, begun and ended in every way. holds is called whenever something has come about.
func councils(t *testing.T, d *db.DB, c *dbtest.Clock, keys string, holds func(r meetingRoad, when string)) (r meetingRoad, number int) {
	t.Helper()
	r = meetingRoad{&road{World: votetest.FoundIn(t, d, c, keys, member.Founding{Name: "Carders", Aim: "We card wool.", Preset: "B", Zone: "Europe/Madrid", Lang: "en", By: "Cosima"})}}
	names := make([]string, meeting.LeastSpokes)
	for i := range names {
		names[i] = "Carder " + strconv.Itoa(i)
	}
	r.Invite(names...)
	c.Advance(60 * day)
	r.Pass(c.Now())
	ctx := r.Context()
	r.waits("Buy a kettle")
	m := r.called(1)
	n := m.Number
	r.Pass(m.Opens)
	for i := range r.Who {
		r.must(r.Meetings.CheckIn(ctx, r.visit(i), n, meeting.Room))
		r.must(r.Meetings.Would(ctx, r.visit(i), n, meeting.Offers()))
	}
	r.must(r.Meetings.Begin(ctx, r.visit(1), n))
	chair := r.visit(r.at(r.show(n).Chair))
	r.must(r.Meetings.Adopt(ctx, chair, n))
	r.must(r.Meetings.Take(ctx, chair, n, r.show(n).Undecided()[0].ID))
	r.must(r.Meetings.UseSpokes(ctx, chair, db.Once{}, n))
	others := slices.DeleteFunc(slices.Clone(r.Who), func(a member.Actor) bool { return a.Member.ID == chair.Member.ID })
	spoke := r.Visit(others[0].Person)
	r.must(r.Meetings.NameSpoke(ctx, spoke, n, r.show(n).Together.Spokes.ID, spoke.Member.ID))
	holds(r, "under way")
	c.Advance(time.Minute)
	r.must(r.Meetings.StopSpokes(ctx, chair, n, r.show(n).Together.Spokes.ID))
	holds(r, "stopped")
	for i, k := range []procedure.Kind{procedure.Spokes, procedure.AllSpeak} {
		r.must(r.Meetings.MakeMove(ctx, r.Visit(others[i+1].Person), db.Once{}, n, k, meeting.Named{}))
		asked := r.show(n).Moves[0]
		r.must(r.Meetings.PutMove(ctx, r.visit(r.at(asked.Runner)), n, asked.ID))
		for i := range r.Who {
			r.must(r.Meetings.AnswerMove(ctx, r.visit(i), n, asked.ID, meeting.Yes))
		}
		holds(r, "by a vote: "+string(k))
	}
	r.must(r.Meetings.UseSpokes(ctx, chair, db.Once{}, n))
	r.must(r.Meetings.Finish(ctx, chair, n, r.show(n).Current.ID))
	holds(r, "the item ended")
	r.Pass(c.Now().Add(6 * time.Hour))
	holds(r, "the meeting has ended")
	return r, n
}

// TestSpokesAreRebuilt: groups that one person each spoke for, begun and ended in every way, are rebuilt from the entries, also while they are there; what members take along of them holds, and says
// nothing of who was in which, or spoke.
func TestSpokesAreRebuilt(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		r, n := councils(t, d, c, t.TempDir(), func(_ meetingRoad, when string) {
			for _, x := range compare(t, d) {
				t.Errorf("%s: %+v", when, x)
			}
		})
		ctx := r.Context()
		words, err := lang.Load()
		r.must(err)
		files, o := export.NewService(d, r.Ledger, nil), export.Options{Format: export.JSON, Voice: words.Voice("en")}
		read := func(f *export.File, err error) []byte {
			t.Helper()
			r.must(err)
			b, err := io.ReadAll(f)
			r.must(errors.Join(err, f.Close()))
			return b
		}
		for name, file := range map[string][]byte{"everything": read(files.Everything(ctx, r.visit(1), o)), "the meeting": read(files.Meeting(ctx, r.visit(1), n, o))} {
			if got := verify.Check(bytes.NewReader(file), verify.Own()); got.Verdict != verify.Holds {
				t.Errorf("%s does not hold: %v", name, got.Problem)
			}
			if got, want := bytes.Count(file, []byte("spokes.ended")), 3; got != want {
				t.Errorf("%s has the end of %d spokes, want %d", name, got, want)
			}
			if bytes.Count(file, []byte("spokes.begun")) > 0 && bytes.Contains(file, []byte(`"named"`)) {
				t.Errorf("%s says who was named", name)
			}
		}
		o.Format = export.Markdown
		b := read(files.Meeting(ctx, r.visit(1), n, o))
		for _, want := range []string{"30 people were in 2 groups by lot", "had everybody speak for themselves again"} {
			if !bytes.Contains(b, []byte(want)) {
				t.Errorf("the record does not say %q: %s", want, b)
			}
		}
	})
}
