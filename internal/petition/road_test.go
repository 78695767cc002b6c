package petition_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/consent"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/draw"
	"folkmoot/internal/fault"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/petition"
	"folkmoot/internal/role"
	"folkmoot/internal/rulebook"
	"folkmoot/internal/tally"
	"folkmoot/internal/votetest"
)

const day = 24 * time.Hour

// world is a group with roles.
type world struct{ *votetest.World }

func newWorld(t *testing.T, d *db.DB, c *dbtest.Clock, preset string, people int) world {
	t.Helper()
	return newWorldIn(t, d, c, t.TempDir(), preset, people)
}

// newWorldIn is newWorld with the keys in a folder of the test's choice.
func newWorldIn(t *testing.T, d *db.DB, c *dbtest.Clock, keys, preset string, people int) world {
	t.Helper()
	w := world{votetest.NewIn(t, d, c, keys, preset, people)}
	w.GiveRoles()
	w.Pass(c.Now())
	return w
}

// can says whether a member has the power now.
func (w world) can(i int) bool {
	w.Helper()
	return member.Can(w.Visit(w.Who[i].Person), member.SignCount, w.Clock.Now())
}

// seated has two members drawn, and their terms begun. It returns the one of the first of the others who can be asked to end it.
func (w world) seated() role.Term {
	w.Helper()
	w.Say(draw.Yes, 1, 2, 3, 4, 5)
	w.Pass(w.Role("tellers").Draw.Closes)
	w.Pass(w.Role("tellers").Draw.At)
	v := w.Role("tellers")
	begins := v.Terms[0].Begins
	if v.Terms[1].Begins.After(begins) {
		begins = v.Terms[1].Begins
	}
	w.Pass(begins)
	return w.Role("tellers").Terms[0]
}

func (w world) petition(t role.Term) petition.View { return w.petitionAs(0, t) }

func (w world) petitionAs(i int, t role.Term) petition.View {
	w.Helper()
	v, err := w.Petitions.Show(w.Context(), w.Who[i], w.keyOf(t), t.Ref)
	if err != nil {
		w.Fatal(err)
	}
	return v
}

// ask has members ask to end a term, as many as it takes.
func (w world) ask(t role.Term) petition.View {
	w.Helper()
	p, err := w.Petitions.Start(w.Context(), w.Who[0], t.Ref, "Counts were left unsigned.")
	for i := len(w.Who) - 1; err == nil && w.petition(t).State == petition.Collecting; i-- {
		err = w.Petitions.Sign(w.Context(), w.Who[i], p.Number)
	}
	if err != nil {
		w.Fatal(err)
	}
	return w.petition(t)
}

// vote opens the vote on a petition and counts it, with so many for and against.
func (w world) vote(v petition.View, yes, no int) ballot.View {
	w.Helper()
	w.Pass(v.Motion.Opens)
	b := w.Vote(w.Show(v.Motion.Number), yes, no, 0)
	w.Pass(w.Clock.Now())
	return b
}

// names is how many names are kept under petitions.
func (w world) names() (n int) {
	w.Helper()
	w.Read(func(tx *db.Tx) error { return tx.Raw("SELECT COUNT(*) FROM petition_signatures").Scan(&n).Error })
	return n
}

// effects returns what the group's decisions and draws did, as "cause kind why".
func (w world) effects() (out []string) {
	w.Helper()
	w.Read(func(tx *db.Tx) error {
		return tx.Raw("SELECT cause || ' ' || kind || ' ' || why FROM effects WHERE group_id = ? ORDER BY id", w.Group.ID).Scan(&out).Error
	})
	return out
}

// TestRecallRoad takes a petition to the end of the term: only its number is told, names go when there are enough, the vote is secret
// and about a person, powers end in the moment of the count, and the place goes to the next in the order.
func TestRecallRoad(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 12)
		ctx, term := t.Context(), w.seated()
		holder := w.Place(term.Member)
		for _, reason := range []string{"", "  \n", strings.Repeat("word ", 201)} {
			_, err := w.Petitions.Start(ctx, w.Who[0], term.Ref, reason)
			w.WantKind("a reason that is none", err, fault.Invalid)
		}
		_, err := w.Petitions.Start(ctx, w.Who[0], "t_none", "Why?")
		w.WantKind("a term that is not there", err, fault.NotFound)
		p, err := w.Petitions.Start(ctx, w.Who[0], term.Ref, "Counts were left unsigned.")
		if err != nil || p.Needed != 3 || p.Signed != 1 || !p.Closes.Equal(dayAfter(c.Now().AddDate(0, 0, 30), w.Group.Zone)) {
			t.Fatalf("started: %+v, %v", p, err)
		}
		_, err = w.Petitions.Start(ctx, w.Who[6], term.Ref, "Another reason.")
		w.WantKind("a second petition", err, fault.Conflict)
		for range 3 { // who signs again is counted once
			if err := errors.Join(w.Petitions.Sign(ctx, w.Who[0], p.Number), w.Petitions.Sign(ctx, w.Who[holder], p.Number)); err != nil {
				t.Fatal(err)
			}
		}
		if v := w.petition(term); v.Signed != 2 || !v.Mine || w.petitionAs(6, term).Mine {
			t.Errorf("signed twice: %+v", v)
		}
		if err := w.Petitions.Unsign(ctx, w.Who[holder], p.Number); err != nil || w.petition(term).Signed != 1 {
			t.Errorf("taken back: %v", err)
		}
		w.WantKind("somebody else's answer", w.Petitions.Answer(ctx, w.Who[6], p.Number, "No."), fault.Denied)
		newcomer := w.Join("Newcomer")
		if err := errors.Join(w.Petitions.Sign(ctx, w.Who[7], p.Number), w.Petitions.Sign(ctx, newcomer, p.Number)); err != nil {
			t.Fatal(err)
		}
		v := w.petition(term)
		m := v.Motion
		if v.State != petition.Reached || w.names() != 0 || v.Mine {
			t.Fatalf("enough: %+v, %d names are kept", v, w.names())
		}
		if m.Mover != 0 || m.Kind != motion.Recall || m.State != motion.Tabled || m.About != term.Member || !m.AboutPerson || m.Supporters != 3 ||
			!m.Opens.Equal(c.Now().Add(7*day)) {
			t.Errorf("before the members: %+v", m)
		}
		w.WantKind("a name too late", w.Petitions.Sign(ctx, w.Who[8], p.Number), fault.Conflict)
		_, err = w.Motions.Support(ctx, w.Who[8], m.Number, 1)
		w.WantKind("support of what has its names", err, fault.Conflict)
		for _, text := range []string{"I was ill.", "I was ill, and said so."} {
			if err := w.Petitions.Answer(ctx, w.Who[holder], p.Number, text); err != nil {
				t.Fatal(err)
			}
		}
		w.Pass(v.AnswerUntil(m.Opens))
		w.WantKind("an answer too late", w.Petitions.Answer(ctx, w.Who[holder], p.Number, "And more."), fault.Conflict)

		w.Pass(m.Opens)
		b := w.Show(m.Number)
		if !b.Secret || b.Rule != tally.Simple() || b.Closes.Sub(b.Opens) < 168*time.Hour || b.Words.Effect.Term != term.Ref || b.Words.Why != "Counts were left unsigned." {
			t.Errorf("the vote: %+v on %+v", b.Ballot, b.Words)
		}
		if !w.ShowTo(w.Who[holder], m.Number).OnRoll {
			t.Error("whoever holds the term has no vote")
		}
		w.Vote(b, 6, 2, 1)
		if w.can(holder) || w.petition(term).State != petition.EndedTerm {
			t.Errorf("carried: the holder can %v, the petition is %s", w.can(holder), w.petition(term).State)
		}
		w.Pass(c.Now())
		after := w.Role("tellers")
		i := slices.IndexFunc(after.Past, func(p role.Term) bool { return p.Ref == term.Ref })
		if i < 0 || after.Past[i].How != role.ByVote || slices.ContainsFunc(after.Terms, func(n role.Term) bool { return n.Member == term.Member }) || len(after.Terms) != 2 {
			t.Errorf("after it: %+v, past %+v", after.Terms, after.Past)
		}
		if got := w.effects(); !slices.Contains(got, "decision/2026-001 term_ends ") || !slices.Contains(got, "draw/1 term_begins ") {
			t.Errorf("done by themselves: %q", got)
		}
		if got := w.Kinds("decision/2026-001"); !slices.Equal(got, []string{"decision.recorded", "effect.done"}) {
			t.Errorf("recorded %v", got)
		}
		w.sayNothing(p)
	})
}

// sayNothing: no entry about the petition, its motion or its vote names a member, but for the answer of whoever it is about.
func (w world) sayNothing(p petition.Petition) {
	w.Helper()
	var motions []ledger.Entry
	w.Read(func(tx *db.Tx) error {
		all, err := ledger.About(tx, w.Group.Log(), p.Ref())
		if err != nil {
			return err
		}
		motions, err = ledger.About(tx, w.Group.Log(), "motion/1")
		motions = append(motions, all...)
		return err
	})
	if len(motions) < 6 {
		w.Fatalf("%d entries; this looks at nothing", len(motions))
	}
	for _, e := range motions {
		if e.Kind != "petition.answered" && strings.Contains(e.Leaf, `"by":"m_`) {
			w.Errorf("%s says who: %s", e.Kind, e.Leaf)
		}
	}
}

// TestRecallKept: a vote that fails bars another petition for the days of the rules, and one that ran out of time or whose names were all
// taken back does not.
func TestRecallKept(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 12)
		ctx, term := t.Context(), w.seated()
		p, err := w.Petitions.Start(ctx, w.Who[0], term.Ref, "Taken back.")
		if err == nil {
			err = w.Petitions.Unsign(ctx, w.Who[0], p.Number)
		}
		if v := w.petition(term); err != nil || v.State != petition.Dropped || v.MayStart() != nil {
			t.Fatalf("taken back: %+v, %v", v, err)
		}
		b := w.vote(w.ask(term), 2, 4)
		v := w.petition(term)
		if v.State != petition.Kept || !w.can(w.Place(term.Member)) || b.Outcome != tally.NotCarried || !v.Rest.Equal(b.Closes.AddDate(0, 0, 90)) {
			t.Fatalf("kept: %+v after %s", v, b.Outcome)
		}
		_, err = w.Petitions.Start(ctx, w.Who[3], term.Ref, "Again.")
		w.WantKind("a petition while there is rest", err, fault.Conflict)
		if !v.Rest.After(term.Ends) {
			w.Pass(v.Rest)
			if _, err = w.Petitions.Start(ctx, w.Who[3], term.Ref, "Again."); err != nil {
				t.Error(err)
			}
		}
	})
}

// dayAfter is the beginning of the day after the one in which the moment lies.
func dayAfter(at time.Time, zone *time.Location) time.Time {
	at = at.In(zone)
	return time.Date(at.Year(), at.Month(), at.Day()+1, 0, 0, 0, 0, zone)
}

// TestRecallRunsOut: names are taken for the days of the rules and no longer, whether or not anything runs, and then they go.
func TestRecallRunsOut(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 12)
		ctx, term := t.Context(), w.seated()
		p, err := w.Petitions.Start(ctx, w.Who[0], term.Ref, "Why not?")
		if err != nil {
			t.Fatal(err)
		}
		c.Set(p.Closes)
		w.WantKind("a name at the end", w.Petitions.Sign(ctx, w.Who[6], p.Number), fault.Conflict)
		w.Pass(p.Closes.Add(day))
		if v := w.petition(term); v.State != petition.RanOut || !v.Ended.Equal(p.Closes) || v.Signed != 1 || w.names() != 0 || v.MayStart() != nil {
			t.Errorf("ran out: %+v, %d names", v, w.names())
		}
	})
}

// TestRecallResigned: who resigns meanwhile has resigned. A vote that has not opened is called off; one that has is counted, has nothing
// left to end, and is told as that, whichever way it goes.
func TestRecallResigned(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		for i, tt := range []struct {
			open    bool
			yes, no int
		}{{false, 0, 0}, {true, 6, 1}, {true, 1, 6}} {
			w := newWorld(t, d, c, "B", 12)
			term := w.seated()
			v := w.ask(term)
			if tt.open {
				w.Pass(v.Motion.Opens)
			}
			if err := w.Roles.GiveUp(t.Context(), w.Who[w.Place(term.Member)], term.Ref); err != nil {
				t.Fatal(err)
			}
			if tt.open {
				w.Vote(w.Show(v.Motion.Number), tt.yes, tt.no, 0)
			}
			w.Pass(v.Motion.Opens.Add(20 * day))
			got := w.petition(term)
			if got.State != petition.Overtaken || got.Motion.State != motion.Moot || got.Of.How != role.Resigned {
				t.Errorf("%d: %s, motion %s, the term ended as %s", i, got.State, got.Motion.State, got.Of.How)
			}
			failed := slices.Contains(w.effects(), "decision/2026-001 term_ends resigned")
			if failed != (tt.yes > tt.no) {
				t.Errorf("%d: %q", i, w.effects())
			}
		}
	})
}

// TestRecallResignedBeforeTheSecondVote: too few voted, and before the vote is held once more there is nothing left to decide: nobody is asked
// again, and pages and record say so from then on.
func TestRecallResignedBeforeTheSecondVote(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 12)
		term := w.seated()
		v := w.ask(term)
		w.Pass(v.Motion.Opens)
		w.Pass(w.Show(v.Motion.Number).Closes) // nobody voted
		if b := w.Show(v.Motion.Number); b.State != ballot.Announced || b.Round != 2 {
			t.Fatalf("the second vote: %+v", b.Ballot)
		}
		if err := w.Roles.GiveUp(t.Context(), w.Who[w.Place(term.Member)], term.Ref); err != nil {
			t.Fatal(err)
		}
		for _, at := range []time.Time{c.Now(), c.Now().AddDate(0, 0, 40)} {
			w.Pass(at)
			b, got := w.Show(v.Motion.Number), w.petition(term)
			if b.State != ballot.Stopped || b.Incident != ballot.MootMotion || got.State != petition.Overtaken || got.Motion.State != motion.Moot {
				t.Errorf("at %v: ballot %s %q, petition %s, motion %s", at, b.State, b.Incident, got.State, got.Motion.State)
			}
		}
	})
}

// TestRecallRace: many sign at the same time, at the number that is enough. The matter goes to the members once, and everybody is counted once.
func TestRecallRace(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 12)
		ctx, term := t.Context(), w.seated()
		p, err := w.Petitions.Start(ctx, w.Who[0], term.Ref, "Why not?")
		if err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for _, i := range []int{1, 2, 3, 4, 5, 6, 6, 7, 7, 8} {
			all.Go(func() {
				if err := w.Petitions.Sign(ctx, w.Who[i], p.Number); err != nil && fault.KindOf(err) != fault.Conflict {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if v := w.petition(term); v.State != petition.Reached || v.Signed != 3 || w.names() != 0 {
			t.Errorf("%+v, %d names", v, w.names())
		}
		page, err := w.Motions.List(ctx, w.Who[0], motion.Filter{})
		recalls := slices.DeleteFunc(page.List, func(m motion.Motion) bool { return m.Kind != motion.Recall })
		if err != nil || len(recalls) != 1 {
			t.Errorf("%d proposals, %v", len(recalls), err)
		}
	})
}

// TestRecallOfWhoLeaves: a name goes with its member, and a petition with the term it is about.
func TestRecallOfWhoLeaves(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 12)
		ctx, term := t.Context(), w.seated()
		p, err := w.Petitions.Start(ctx, w.Who[0], term.Ref, "Why not?")
		if err == nil {
			err = w.Petitions.Sign(ctx, w.Who[8], p.Number)
		}
		if err == nil {
			_, err = w.Members.Leave(ctx, w.Who[8], false)
		}
		if v := w.petition(term); err != nil || v.Signed != 2 || w.names() != 1 { // the number follows later
			t.Errorf("after one has left: %+v, %v", v, err)
		}
		if _, err := w.Members.Leave(ctx, w.Who[w.Place(term.Member)], false); err != nil {
			t.Fatal(err)
		}
		if v := w.petition(term); v.State != petition.Overtaken || w.names() != 0 {
			t.Errorf("after the holder has left: %+v", v)
		}
	})
}

// TestLeavingTellsNoSignature: that a number goes down, or a petition ends, in the moment in which somebody leaves would tell that they had signed.
func TestLeavingTellsNoSignature(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 14)
		ctx, term := t.Context(), w.seated()
		p, err := w.Petitions.Start(ctx, w.Who[11], term.Ref, "Counts were left unsigned.")
		if err == nil {
			err = w.Petitions.Sign(ctx, w.Who[12], p.Number)
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range []int{11, 12} {
			if _, err := w.Members.Leave(ctx, w.Who[i], false); err != nil {
				t.Fatal(err)
			}
			if v := w.petition(term); v.Signed != 2 || v.State != petition.Collecting || w.names() != 12-i {
				t.Errorf("as %d leaves: %d, %s, and %d names are kept", i, v.Signed, v.State, w.names())
			}
		}
		if got := w.Kinds(p.Ref()); !slices.Equal(got, []string{"petition.started"}) {
			t.Errorf("the record tells of it at once: %v", got)
		}
		w.Pass(rulebook.Evening(c.Now().AddDate(0, 0, 1), w.Group.Zone))
		if v := w.petition(term); v.State != petition.Dropped || v.Signed != 0 {
			t.Errorf("the next evening: %d, %s", v.Signed, v.State)
		}
	})
}

// TestG3_EveryRoleCanBeEnded is practice.md §1.2, G3: whichever role of whichever preset, whether its term has begun or not, and however
// far it is, members end it; only a vote that failed bars that for a while.
func TestG3_EveryRoleCanBeEnded(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		tried, keys := 0, t.TempDir() // each group's clock brings on what is under way in those before it
		for _, preset := range rulebook.Names() {
			for range role.Types(preset) {
				for _, after := range []time.Duration{-2 * day, 0, 20 * day, 40 * day} {
					w := newWorldIn(t, d, c, keys, string(preset), 9)
					seated := w.seatedUpTo
					if preset == rulebook.Affinity {
						if seated = w.agreedUpTo; after < 0 || after > 20*day {
							continue // the first terms begin as they are agreed on, and last 45 days
						}
					}
					term := seated(after)
					key := w.keyOf(term)
					p, err := w.Petitions.Start(t.Context(), w.Who[0], term.Ref, "It is time.")
					for i := 0; err == nil && i < 9; i++ {
						if v, _ := w.Petitions.Show(t.Context(), w.Who[0], key, term.Ref); v.State == petition.Collecting {
							err = w.Petitions.Sign(t.Context(), w.Who[i], p.Number)
						}
					}
					v, serr := w.Petitions.Show(t.Context(), w.Who[0], key, term.Ref)
					if err = errors.Join(err, serr); err != nil || v.State != petition.Reached {
						t.Fatalf("%s, %v: %+v, %v", key, after, v.State, err)
					}
					w.vote(v, 6, 1)
					if w.can(w.Place(term.Member)) || w.petitionAs(0, term).Of.How != role.ByVote {
						t.Errorf("%s of %s, %v after its beginning: the members could not end it", key, preset, after)
					}
					tried++
				}
			}
		}
		if tried == 0 {
			t.Error("no role was tried")
		}
	})
}

// seatedUpTo brings the first term of the group's first role to so long after its beginning.
func (w world) seatedUpTo(after time.Duration) role.Term {
	w.Helper()
	w.Say(draw.Yes, 1, 2, 3, 4, 5)
	w.Pass(w.Role("tellers").Draw.Closes)
	w.Pass(w.Role("tellers").Draw.At)
	term := w.Role("tellers").Terms[0]
	for _, t := range w.Role("tellers").Terms { // that with the longest
		if t.Ends.After(term.Ends) {
			term = t
		}
	}
	w.Pass(term.Begins.Add(after))
	return term
}

// agreedUpTo has members agree on one of them, and brings the first term to so long after its beginning.
func (w world) agreedUpTo(after time.Duration) role.Term {
	w.Helper()
	w.Pass(w.Group.Third.AddDate(0, 0, 14))
	running := func() consent.View {
		all, err := w.Consent.Running(w.Context(), w.Who[0])
		if err != nil || len(all) != 1 {
			w.Fatalf("%d selections: %v", len(all), err)
		}
		return all[0]
	}
	number := running().Number
	for i, a := range w.Who {
		if err := w.Consent.Write(w.Context(), a, number, w.Who[1].Member.ID, "They would do it well."); err != nil {
			w.Fatalf("%d: %v", i, err)
		}
	}
	w.Pass(running().Until)
	w.Pass(running().Until)
	for i, a := range w.Who {
		if i == 1 {
			continue
		}
		if err := w.Consent.Answer(w.Context(), a, number, 1, consent.Agree, ""); err != nil {
			w.Fatalf("%d: %v", i, err)
		}
	}
	w.Pass(running().Until)
	if err := w.Consent.Accept(w.Context(), w.Who[1], number); err != nil {
		w.Fatal(err)
	}
	w.Pass(w.Clock.Now())
	term := w.Role("stewards").Terms[0]
	w.Pass(term.Begins.Add(after))
	return term
}

func (w world) keyOf(t role.Term) string {
	w.Helper()
	m, err := w.Roles.Map(w.Context(), w.Who[0])
	if err != nil {
		w.Fatal(err)
	}
	for _, r := range m.Roles {
		if r.ID == t.Role {
			return r.Key
		}
	}
	w.Fatal("the term belongs to no role")
	return ""
}

// TestG10_NobodyCountsAMatterAboutThemselves: a teller whose term was voted on does not sign that count, and signs every other.
func TestG10_NobodyCountsAMatterAboutThemselves(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 12)
		term := w.seated()
		about, other := w.Place(term.Member), w.Place(w.Role("tellers").Terms[1].Member)
		b := w.vote(w.ask(term), 2, 4)
		usual := w.Vote(w.Open(false), 5, 1, 0)
		visit := func(i int) member.Actor {
			a, _, err := w.Members.Visit(t.Context(), w.Who[i].Person, w.Group.Slug)
			if err != nil {
				t.Fatal(err)
			}
			return a
		}
		w.WantKind("whom the vote was about", w.Ballots.SignCount(t.Context(), visit(about), b.ID), fault.Denied)
		if err := errors.Join(w.Ballots.SignCount(t.Context(), visit(other), b.ID), w.Ballots.SignCount(t.Context(), visit(about), usual.ID)); err != nil {
			t.Error(err)
		}
		for number, may := range map[string]bool{"2026-001": false, "2026-002": false} { // the second is signed already
			if v, err := w.Decisions.Show(t.Context(), visit(about), number); err != nil || v.MaySign != may {
				t.Errorf("%s: may sign %v, %v", number, v.MaySign, err)
			}
		}
	})
}
