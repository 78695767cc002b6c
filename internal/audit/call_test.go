package audit

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/agree"
	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/decision"
	"folkmoot/internal/export"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/resolve"
	"folkmoot/internal/verify"
	"folkmoot/internal/votetest"
)

// calling is a group that calls for agreement in every way that a call can end, and votes where it came to none; a long one also online, and with those who were absent
// at every stage.
func calling(t *testing.T, d *db.DB, c *dbtest.Clock, keys string, long bool) *road {
	t.Helper()
	r := &road{World: votetest.FoundIn(t, d, c, keys, member.Founding{Name: "Tailors", Aim: "We sew.", Preset: "A", Zone: "UTC", Lang: "en", By: "Tula"})}
	names := make([]string, 7)
	for i := range names {
		names[i] = "Tailor " + strconv.Itoa(i)
	}
	r.Invite(names...)
	c.Advance(60 * day)
	urgent := false
	room := func(m motion.Motion, calls bool) ballot.View {
		t.Helper()
		c.Advance(time.Minute)
		_, err := r.TryRoom(m.Number, ballot.Room{Meeting: "meeting/2", Present: r.Present(7), Agree: calls, Urgent: urgent && calls})
		r.must(err)
		c.Advance(time.Second)
		return r.Show(m.Number)
	}
	say := func(m motion.Motion, all ...agree.Answer) {
		t.Helper()
		v := room(m, true)
		for i, a := range all {
			_, err := r.Ballots.Answer(r.Context(), r.Who[i], m.Number, db.Once{}, a)
			r.must(err)
		}
		r.GoTo(v.Closes)
	}
	bring := func(title string) motion.Motion {
		t.Helper()
		p := votetest.Sample(title)
		p.Text.Forum = motion.AtMeeting
		m, err := r.Motions.Propose(r.Context(), r.Who[0], db.Once{}, 0, p)
		r.must(err)
		c.Advance(time.Minute)
		return r.Schedule(r.table(m), "meeting/2", c.Now().Add(3*time.Hour))
	}
	yes, aside := agree.Answer{Response: agree.Yes}, agree.Answer{Response: agree.Aside, Named: true}
	doubt := agree.Answer{Response: agree.Reservation, Words: "It is dear."}
	block := agree.Answer{Response: agree.Block, Ground: agree.Principle, Names: "We lend", Words: "It is for sale."}
	say(bring("Agreed at once"), yes, yes, yes, yes, doubt, aside)
	urgent = true
	say(bring("Cannot wait"), yes, yes, yes, yes, yes, yes)
	urgent = false
	m := bring("Agreed in the end")
	say(m, yes)
	say(m, yes, yes, aside, aside, aside)
	m, err := r.Motions.Reword(r.Context(), r.Who[0], m.Number, m.Version, with(votetest.Sample("Agreed at last").Text))
	r.must(err)
	say(m, yes, yes, yes, yes, yes, yes)
	m = bring("Voted on after a block")
	say(m, yes, yes, yes, yes, yes, yes, block)
	v := room(m, false)
	for _, a := range r.Who[:6] {
		r.Cast(a, m.Number, ballot.For)
	}
	r.GoTo(v.Closes)
	say(bring("Goes online"), yes, yes, aside, aside, aside)
	r.must(d.Write(t.Context(), func(tx *db.Tx) error { return decision.RecordOut(tx, r.Ledger, r.Group, "meeting/2") }))
	absent := func(m motion.Motion, all ...agree.Answer) {
		t.Helper()
		ds, err := r.Decisions.About(t.Context(), m.ID)
		r.must(err)
		for _, a := range all {
			_, err := r.Decisions.Object(t.Context(), r.Who[7], db.Once{}, ds[len(ds)-1].Number(), a)
			r.must(err)
		}
	}
	concern := agree.Answer{Response: agree.Concern, Words: "Who pays?"}
	m = bring("Blocked afterwards")
	say(m, yes, yes, yes, yes, yes, yes, yes)
	absent(m, concern, block)
	r.must(d.Write(t.Context(), func(tx *db.Tx) error { return decision.RecordOut(tx, r.Ledger, r.Group, "meeting/2") }))
	r.talkAfterABlock(m, r.Who[7])
	r.GoTo(r.Motion(m.ID).Opens)
	for _, a := range r.Who[:7] {
		r.Cast(a, m.Number, ballot.For)
	}
	r.GoTo(r.Show(m.Number).Closes)
	if long {
		m = bring("Stands after a concern")
		say(m, yes, yes, yes, yes, yes, yes, yes)
		absent(m, concern)
		r.must(d.Write(t.Context(), func(tx *db.Tx) error { return decision.RecordOut(tx, r.Ledger, r.Group, "meeting/2") }))
		c.Advance(6 * day)
		r.Tick()
		m = bring("Provisional for now")
		say(m, yes, yes, yes, yes, yes, yes, yes)
		absent(m, concern)
		online := func(title string) motion.Motion {
			t.Helper()
			p := votetest.Sample(title)
			p.Text.Forum = motion.ByAgreement
			m, err := r.Motions.Propose(r.Context(), r.Who[0], db.Once{}, 0, p)
			r.must(err)
			m = r.table(m)
			r.GoTo(m.Opens)
			return m
		}
		answer := func(m motion.Motion, all ...agree.Answer) motion.Motion {
			t.Helper()
			v := r.Show(m.Number)
			for i, a := range all {
				_, err := r.Ballots.Answer(r.Context(), r.Who[i], m.Number, db.Once{}, a)
				r.must(err)
			}
			r.GoTo(v.Closes)
			return r.Motion(m.ID)
		}
		answer(online("Agreed online"), yes, yes, yes, yes, yes, doubt)
		m = answer(online("Not agreed online"), yes, aside, aside, aside, aside)
		r.GoTo(m.Opens)
		for _, a := range r.Who[:7] {
			r.Cast(a, m.Number, ballot.For)
		}
		r.GoTo(r.Show(m.Number).Closes)
		m = answer(online("Too few online"), yes)
		r.GoTo(m.Opens)
		answer(m, yes, yes, yes, yes, yes, yes, block)
		m = answer(online("Blocked online"), yes, yes, yes, yes, yes, yes, block)
		r.talkAfterABlock(m, r.Who[6])
		words := votetest.Sample("Blocked online, and changed").Text
		words.Forum = motion.ByAgreement
		m, err := r.Motions.Reword(r.Context(), r.Who[0], m.Number, m.Version, words)
		r.must(err)
		r.must(r.Resolve.StandBehind(r.Context(), r.Who[6], db.Once{}, m.Number, m.Version))
		r.GoTo(r.Motion(m.ID).Opens)
		m = answer(m, yes, yes, yes, yes, yes, yes, yes)
		m = answer(online("Blocked online, and taken back"), yes, yes, yes, yes, yes, yes, block)
		r.must(r.Resolve.Lift(r.Context(), r.Who[6], db.Once{}, m.Number))
		r.GoTo(r.Motion(m.ID).Opens)
		answer(m, yes, yes, yes, yes, yes, yes, yes)
		online("Open online")
	}
	v = room(bring("Called on just now"), true)
	_, err = r.Ballots.Answer(r.Context(), r.Who[0], v.Motion.Number, db.Once{}, doubt)
	r.must(err)
	return r
}

// talkAfterABlock has those in the resolution group on a motion say all that they can, and whoever was drawn let the next one do it.
func (r *road) talkAfterABlock(m motion.Motion, blocker member.Actor) {
	r.Helper()
	ctx := r.Context()
	r.must(r.Resolve.Meet(ctx, r.Who[0], db.Once{}, m.Number, r.Clock.Now().Add(day), "The loft"))
	r.must(r.Resolve.Differ(ctx, blocker, db.Once{}, m.Number, "We agree on all but the price."))
	v, err := r.Resolve.Show(ctx, r.Who[0], m.Number)
	r.must(err)
	for _, s := range v.Groups[0].Seats {
		for _, a := range r.Who {
			if s.Part == resolve.Drawn && a.Member.ID == s.Member {
				r.must(r.Resolve.Pass(ctx, a, db.Once{}, m.Number))
			}
		}
	}
}

func with(t motion.Text) motion.Text {
	t.Forum = motion.AtMeeting
	return t
}

// TestCalls: what the entries say of calls is what stands in the tables, and the files of all of it, and of each, hold.
func TestCalls(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		r := calling(t, d, c, t.TempDir(), true)
		for _, x := range compare(t, d) {
			t.Errorf("%+v", x)
		}
		all := r.files()
		for _, says := range []string{
			"agree 4, reservation 1, aside 1, block 0, not heard from 1", "agree 6, reservation 0, aside 0, block 1, not heard from 0", "It is dear.", "A principle of ours: We lend", "Not agreed", "Blocked",
			"Agreed, provisional", "Agreed, then blocked", "Who pays?", "The decision stands since", "could not wait",
		} {
			if !strings.Contains(all, says) {
				t.Errorf("no file says %q", says)
			}
		}
	})
}

// files checks the files of all of the record and of each decision, and returns what they say to read.
func (r *road) files() (all string) {
	r.Helper()
	words, err := lang.Load()
	r.must(err)
	ds, _, err := r.Decisions.List(r.Context(), r.Who[0], 0)
	r.must(err)
	numbers := []string{""}
	for _, d := range ds {
		numbers = append(numbers, d.Number())
	}
	files := export.NewService(r.DB, r.Ledger, nil)
	for _, of := range numbers {
		for _, o := range []export.Options{{Format: export.JSON}, {Format: export.JSON, HideNames: true}, {Format: export.Markdown}} {
			o.Voice = words.Voice("en")
			f, err := files.Everything(r.Context(), r.Who[0], o)
			if of != "" {
				f, err = files.Decision(r.Context(), r.Who[0], of, o)
			}
			r.must(err)
			text, err := io.ReadAll(f)
			r.must(errors.Join(err, f.Close()))
			if o.Format == export.Markdown {
				all += string(text)
				continue
			}
			if got := verify.Check(bytes.NewReader(text), verify.Own()); got.Verdict != verify.Holds {
				r.Errorf("%q does not hold: %v %v", of, got.Problem, got.Problem.Args)
			}
		}
	}
	return all
}
