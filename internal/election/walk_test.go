package election_test

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/consent"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/draw"
	"folkmoot/internal/election"
	"folkmoot/internal/export"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/revival"
	"folkmoot/internal/role"
	"folkmoot/internal/verify"
	"folkmoot/internal/votetest"
)

// walker is a group on a random walk.
type walker struct {
	*walk
	group   member.Group
	members []member.Actor // who have not left
	chance  *rand.Rand
	asked   []asked // what it has had to decide
	rests   int     // for so many rounds nobody does anything
	keen    bool    // they choose people, and stand, whenever they are asked to
}

// asked is a proposal by which a group on a walk shows that it can decide.
type asked struct {
	number int
	opens  time.Time // its vote
	voted  bool
}

// walk is groups that share a database and a clock.
type walk struct {
	*votetest.World
	groups []*walker
	chance *rand.Rand // says how much time goes by
	dues   string     // asks when the next thing is due
}

// lived is what has come about on walks, of what is not to be missed there.
type lived struct{ Caretakers, Questions, Notices, Archived, Reopened, Adopted, Agreed, Shared int }

// How many sequences there are, and how they go: many groups at once, because what is due is found by one question for all of them.
const (
	walksInGate = 10_000
	abreast     = 420
	rounds      = 12 // of a group: each ends with a proposal, and is one sequence
	steps       = 2  // in a round
	day         = 24 * time.Hour
	soon        = 20 * time.Minute // how late the program may come to what is due
	chooseEvery = 12 * time.Hour   // on average, of a keen group
	electEvery  = 4 * day
	checked     = 24 // of the groups that go on abreast: their exports are checked at the end
)

// TestNoGroupIsBricked_6_2_2 leads groups through random sequences of what people do and of time going by: they leave, give up what they
// hold, all of them at once, stand, answer, write names, agree and object, say "not me", petition, end terms by their vote, say what shall become of roles, wind the group up, propose or
// do nothing; in some nobody does anything for long, so that they sleep or are archived. Wherever that leads, with three members on the roll
// there is a way to a quorate decision by rights of membership alone (practice.md §2.12.6, proof obligation); where the group is archived, it
// begins with three of them who want it back. And what members can take along of a group holds.
//
// A sequence is all that has happened in a group from its founding up to a proposal, which then has to be supported, voted on and
// carried, while the walk goes on around it. So a group's up to twelve sequences share beginnings, each being longer than the one before: of
// 2, 4 and up to 24 acts with up to twenty days between one and the next. Those of two groups share nothing. FOLKMOOT_WALKS says how many
// sequences there are; `make walk` asks for more.
//
// All of it happens one after the other, so .ci/tests runs it without the race detector.
func TestNoGroupIsBricked_6_2_2(t *testing.T) {
	n, err := strconv.Atoi(cmp.Or(os.Getenv("FOLKMOOT_WALKS"), strconv.Itoa(walksInGate)))
	if err != nil {
		t.Fatal(err)
	}
	seed, groups, sequences, all := rand.Uint64(), 0, 0, lived{}
	t.Logf("seed %d", seed) // also where it never ends
	for sequences < n && !t.Failed() {
		t.Run(strconv.Itoa(groups), func(t *testing.T) { // a test of its own, so that its database is gone before the next
			c := dbtest.NewClock(dbtest.Start)
			w := &walk{World: votetest.New(t, dbtest.SQLite(t, c), c, "B", 3), chance: rand.New(rand.NewPCG(seed, uint64(groups)))}
			w.findDues()
			w.begin(min(abreast, (n-sequences+rounds-1)/rounds), seed, uint64(groups))
			w.live()
			groups += len(w.groups)
			for _, g := range w.groups {
				sequences += len(g.asked)
			}
			all = all.and(w.look())
			w.holds()
		})
	}
	t.Logf("%d sequences of up to %d acts, by %d groups, from seed %d: %+v", sequences, rounds*steps, groups, seed, all)
	if least := min(all.Caretakers, all.Questions, all.Notices, all.Archived, all.Reopened, all.Adopted, all.Agreed, all.Shared); n >= 1000 && least == 0 {
		t.Errorf("something that groups can go through came about nowhere: %+v", all)
	}
}

// and adds up.
func (l lived) and(m lived) lived {
	return lived{
		l.Caretakers + m.Caretakers, l.Questions + m.Questions, l.Notices + m.Notices, l.Archived + m.Archived, l.Reopened + m.Reopened, l.Adopted + m.Adopted, l.Agreed + m.Agreed,
		l.Shared + m.Shared,
	}
}

// look counts what has come about.
func (w *walk) look() (l lived) {
	w.Helper()
	w.Read(func(tx *db.Tx) error {
		return tx.Raw(`SELECT (SELECT COUNT(*) FROM terms WHERE kind <> '') AS caretakers, (SELECT COUNT(*) FROM motions WHERE kind = 'vacancy') AS questions,
			(SELECT COUNT(*) FROM revivals) AS notices, (SELECT COUNT(*) FROM ledger_entries WHERE kind = 'group.archived') AS archived,
			(SELECT COUNT(*) FROM groups WHERE reopened_at IS NOT NULL) AS reopened, (SELECT COUNT(*) FROM groups WHERE adopted_at IS NOT NULL) AS adopted,
			(SELECT COUNT(*) FROM selection_nominees WHERE how = 'agreed') AS agreed, (SELECT COUNT(*) FROM terms WHERE share <> '') AS shared`).
			Scan(&l).Error
	})
	return l
}

// live takes the groups through their rounds, and sees that they could decide at the end of each.
func (w *walk) live() {
	w.Helper()
	for round := range rounds {
		up := func(do func(*walker) error) {
			w.each(func(g *walker) error {
				if round < g.rests {
					return nil
				}
				return do(g)
			})
		}
		for range steps {
			up((*walker).step)
			w.wait(time.Duration(w.chance.Int64N(int64(20 * day))))
		}
		up((*walker).propose)
	}
	w.settle()
	for range 3 {
		w.each((*walker).again)
		w.settle()
	}
	w.each((*walker).decided)
}

// settle lets the time pass in which all that groups were to decide ends.
func (w *walk) settle() {
	w.Helper()
	for range 22 {
		if w.allDecided() {
			return
		}
		w.wait(5 * day)
	}
}

// begin makes the groups.
func (w *walk) begin(n int, seed, from uint64) {
	w.Helper()
	presets := []string{"A", "B", "B", "C"}
	w.Write(func(tx *db.Tx) error {
		w.groups = nil
		for i := range n {
			g := &walker{walk: w, chance: rand.New(rand.NewPCG(seed, from+uint64(i)))}
			names := []string{"Ada", "Bo", "Cy", "Dee", "Eve", "Flo"}[:3+g.chance.IntN(4)]
			id, members, err := dbtest.PutGroup(tx, "walk-"+strconv.Itoa(i), presets[g.chance.IntN(len(presets))], names...)
			if err != nil {
				return err
			}
			g.keen = g.chance.IntN(2) == 0
			if g.chance.IntN(6) == 0 {
				g.rests = 4 + g.chance.IntN(rounds-4)
			}
			if err := member.AskAgain(tx, member.GroupID(id), tx.Now.Add(member.FoundingWait)); err != nil { // as where people join
				return err
			}
			if g.group, err = member.GetGroup(tx, member.GroupID(id)); err != nil {
				return err
			}
			for _, m := range members {
				who, err := member.Get(tx, member.ID(m))
				if err != nil {
					return err
				}
				g.members = append(g.members, member.Actor{Person: who.Person, Member: who, Group: g.group})
			}
			if err := g.note("group.started", "group", g.members[0], ledger.Data{
				"group": g.group.Ref, "name": ledger.Text(g.group.Name), "aim": ledger.Text(g.group.Aim), "slug": ledger.Text(g.group.Slug),
				"preset": g.group.Preset, "zone": g.group.Zone.String(), "lang": g.group.Lang, "key": w.Ledger.VerifierKey(),
			}, tx); err != nil {
				return err
			}
			if err := w.Rules.Begin(tx, g.group, g.members[0].Member); err != nil {
				return err
			}
			for _, a := range g.members {
				if err := g.note("member.joined", "member/"+a.Member.Ref, a, ledger.Data{"member": a.Member.Ref, "name": ledger.Text(a.Member.Name)}, tx); err != nil {
					return err
				}
			}
			if err := w.Roles.Form(tx, g.group); err != nil {
				return err
			}
			w.groups = append(w.groups, g)
		}
		return nil
	})
	w.pass(0)
}

// note appends to the record what groups begin with that are founded on pages.
func (g *walker) note(kind, subject string, who member.Actor, data ledger.Data, tx *db.Tx) error {
	_, err := g.Ledger.Append(tx, g.group.Log(), ledger.Event{Kind: kind, Subject: subject, Actor: who.Member.Ref, Data: data})
	return err
}

// holds sees that what members can take along of some groups at the end holds, whatever they have been through.
func (w *walk) holds() {
	w.Helper()
	words, err := lang.Load()
	if err != nil {
		w.Fatal(err)
	}
	exports := export.NewService(w.DB, w.Ledger, nil)
	for _, g := range w.groups[:min(checked, len(w.groups))] {
		f, err := exports.Everything(w.Context(), g.members[0], export.Options{Format: export.JSON, Voice: words.Voice("en")})
		if err != nil {
			w.Errorf("group %s: %v", g.group.Slug, err)
			continue
		}
		if r := verify.Check(f, verify.Own()); r.Verdict != verify.Holds {
			w.Errorf("what group %s can take along does not hold: %+v", g.group.Slug, r.Problem)
		}
		if err := f.Close(); err != nil {
			w.Error(err)
		}
	}
}

// each has every group do something, one after the other.
func (w *walk) each(do func(*walker) error) {
	w.Helper()
	for _, g := range w.groups {
		if err := do(g); err != nil {
			w.Errorf("group %s: %v", g.group.Slug, err)
		}
	}
}

// wait lets time go by, from one instant at which something is due to the next, as for a program that runs all the time. In the meantime
// everybody votes on what groups are to show that they can decide.
func (w *walk) wait(d time.Duration) {
	w.Helper()
	for end := w.Clock.Now().Add(d); w.Clock.Now().Before(end); {
		d := min(max(w.nextDue().Sub(w.Clock.Now()), soon), end.Sub(w.Clock.Now()))
		w.pass(d)
		w.each((*walker).agree)
		w.beKeen(d)
	}
}

// nextDue returns when the next thing is due, or an instant that has gone by if something is due already.
func (w *walk) nextDue() (at time.Time) {
	w.Helper()
	w.Read(func(tx *db.Tx) error {
		var next int64
		err := tx.Raw(w.dues).Scan(&next).Error
		at = time.UnixMilli(next)
		return err
	})
	return at
}

// findDues makes the question for what is due next, of every table that says when something is.
func (w *walk) findDues() {
	w.Helper()
	w.Read(func(tx *db.Tx) error {
		var all []string
		err := tx.Raw(`SELECT 'SELECT MIN(' || c.name || ') AS due_at FROM ' || t.name || ' WHERE ' || c.name || ' IS NOT NULL'
			FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND c.name IN ('due_at', 'watch_at', 'look_at', 'rhythm_at', 'question_at')`).Scan(&all).Error
		w.dues = "SELECT COALESCE(MIN(due_at), 1 << 52) FROM (" + strings.Join(all, " UNION ALL ") + ")"
		return err
	})
}

// pass lets time go by, and does everything that is due, also if that makes more due.
func (w *walk) pass(d time.Duration) {
	w.Helper()
	w.Clock.Advance(d)
	w.Tick()
	if err := errors.Join(w.TickRoles(), w.TickGroups()); err != nil {
		w.Fatal(err)
	}
}

// step is one act of somebody. What the rules refuse is no act.
func (g *walker) step() error {
	ctx, who := g.Context(), g.members[g.chance.IntN(len(g.members))]
	var err error
	switch g.chance.IntN(14) {
	case 0:
		err = g.leave(who)
	case 1:
		err = g.resign()
	case 2:
		err = g.answer(who)
	case 3:
		err = g.stand(who)
	case 4:
		err = g.petition(who)
	case 5:
		_, err = g.Motions.Propose(ctx, who, db.Once{}, 0, votetest.Sample("Something else"))
	case 6:
		err = g.vote(who)
	case 7, 8:
		err = g.settle(who)
	case 9:
		err = g.volunteer(who)
	case 10:
		err = g.windUp(who)
	case 11:
		err = g.choose()
	case 12:
		err = g.share(who)
	}
	if k := fault.KindOf(err); k == fault.Conflict || k == fault.Denied || k == fault.NotFound || k == fault.Invalid {
		return nil
	}
	return err
}

// share has somebody ask others to stand together with them, and those who are asked say yes, say no, or rather stand alone.
func (g *walker) share(who member.Actor) error {
	open, err := g.Elections.Running(g.Context(), who)
	if err != nil {
		return err
	}
	say := election.Standing{Statement: "We would.", Interests: "None."}
	for _, e := range open {
		with := make([]string, 1+g.chance.IntN(2))
		for i := range with {
			with[i] = g.members[g.chance.IntN(len(g.members))].Member.Name
		}
		if err := g.refused(g.Elections.Share(g.Context(), who, db.Once{}, e.Number, with, say)); err != nil {
			return err
		}
		for _, m := range g.members {
			v, err := g.Elections.Show(g.Context(), m, e.Number)
			if err != nil {
				return err
			}
			for _, o := range v.Offers {
				switch g.chance.IntN(8) {
				case 0:
					err = g.Elections.Decline(g.Context(), m, e.Number, o.ID)
				case 1:
					err = g.Elections.Alone(g.Context(), m, e.Number, o.ID, say)
				case 2:
					err = g.Elections.StandDown(g.Context(), m, e.Number)
				default:
					err = g.Elections.Agree(g.Context(), m, e.Number, o.ID, say)
				}
				if err := g.refused(err); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// refused is no error where the rules refuse an act.
func (g *walker) refused(err error) error {
	switch fault.KindOf(err) {
	case fault.Conflict, fault.Denied, fault.NotFound, fault.Invalid:
		return nil
	}
	return err
}

// leave has somebody leave while there are more than three.
func (g *walker) leave(who member.Actor) error {
	if len(g.members) <= 3 {
		return nil
	}
	_, err := g.Members.Leave(g.Context(), who, false)
	if err != nil {
		return err
	}
	var left []member.Actor
	for _, m := range g.members {
		if m.Member.ID != who.Member.ID {
			left = append(left, m)
		}
	}
	g.members = left
	return nil
}

// resign has everybody give up everything.
func (g *walker) resign() error {
	m, err := g.Roles.Map(g.Context(), g.members[0])
	if err != nil {
		return err
	}
	for _, r := range m.Roles {
		for _, t := range r.Terms {
			for _, who := range g.members {
				if who.Member.ID != t.Member {
					continue
				}
				if err := g.Roles.GiveUp(g.Context(), who, t.Ref); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (g *walker) answer(who member.Actor) error {
	asked, err := g.Draws.Asked(g.Context(), who)
	for _, a := range asked {
		err = cmp.Or(err, g.Draws.Say(g.Context(), who, a.Number, draw.Answers()[g.chance.IntN(4)]))
	}
	return err
}

func (g *walker) stand(who member.Actor) error {
	running, err := g.Elections.Running(g.Context(), who)
	for _, e := range running {
		if e.State == election.Nominating {
			err = cmp.Or(err, g.Elections.Stand(g.Context(), who, e.Number, election.Standing{Statement: "I would.", Interests: "None.", Trial: g.chance.IntN(3) == 0}))
		}
	}
	return err
}

// beKeen has groups that are so choose, stand together and vote, at some time, where a selection or an election is under way. How often they do
// goes by the time that has passed, and not by how many groups are on the walk beside them.
func (w *walk) beKeen(passed time.Duration) {
	w.Helper()
	var selections, elections []member.GroupID
	w.Read(func(tx *db.Tx) error {
		err := tx.Raw("SELECT group_id FROM selections WHERE state NOT IN ('final', 'nobody')").Scan(&selections).Error
		return cmp.Or(err, tx.Raw("SELECT group_id FROM elections WHERE state IN (?, ?)", election.Nominating, election.Voting).Scan(&elections).Error)
	})
	w.each(func(g *walker) error {
		chooses, elects := slices.Contains(selections, g.group.ID), slices.Contains(elections, g.group.ID)
		if !g.keen || g.rests > 0 {
			return nil
		}
		if chooses && g.chance.Float64() < float64(passed)/float64(chooseEvery) {
			return g.choose()
		}
		if !elects || g.chance.Float64() > float64(passed)/float64(electEvery) {
			return nil
		}
		who := g.members[g.chance.IntN(len(g.members))]
		return cmp.Or(g.refused(g.share(who)), g.refused(g.vote(who)))
	})
}

// choose has everybody do in selections under way what they wait for, each in one of the ways that there are; now and then somebody is out.
func (g *walker) choose() error {
	var err error
	for _, who := range g.members {
		all, running := g.Consent.Running(g.Context(), who)
		err = cmp.Or(err, running)
		for _, x := range all {
			if e := g.chooseIn(who, x); fault.KindOf(e) == fault.Internal {
				err = cmp.Or(err, e)
			}
		}
	}
	return err
}

func (g *walker) chooseIn(who member.Actor, x consent.View) (err error) {
	if g.chance.IntN(20) == 0 {
		return g.Consent.Decline(g.Context(), who, x.Number)
	}
	switch x.Waits() {
	case consent.Naming, consent.Changing:
		return g.Consent.Write(g.Context(), who, x.Number, g.members[g.chance.IntN(len(g.members))].Member.ID, "They would do it well.")
	case consent.Asking:
		for _, n := range x.Proposed() {
			answer := consent.Agree
			if g.chance.IntN(6) == 0 {
				answer = consent.Answers()[g.chance.IntN(3)]
			}
			err = cmp.Or(err, g.Consent.Answer(g.Context(), who, x.Number, n.Turn, answer, "So."))
		}
		return err
	case consent.Accepting:
		return g.Consent.Accept(g.Context(), who, x.Number)
	}
	return nil
}

// petition has somebody petition against whoever holds something, and another sign.
func (g *walker) petition(who member.Actor) error {
	m, err := g.Roles.Map(g.Context(), who)
	if err != nil {
		return err
	}
	var terms []role.Term
	for _, r := range m.Roles {
		terms = append(terms, r.Terms...)
	}
	if len(terms) == 0 {
		return nil
	}
	p, err := g.Petitions.Start(g.Context(), who, terms[g.chance.IntN(len(terms))].Ref, "They are not there.")
	if err != nil {
		return err
	}
	return g.Petitions.Sign(g.Context(), g.members[0], p.Number)
}

// vote has everybody, or only somebody, vote in the elections under way; whom they put first is left to chance.
func (g *walker) vote(who member.Actor) error {
	running, err := g.Elections.Running(g.Context(), who)
	voters := g.members
	if g.chance.IntN(3) == 0 {
		voters = []member.Actor{who}
	}
	for _, e := range running {
		if e.State != election.Voting {
			continue
		}
		for _, who := range voters {
			v, err := g.Ballots.Show(g.Context(), who, e.Number)
			if err != nil {
				return err
			}
			first := []int{1 + g.chance.IntN(len(v.Options))}
			if _, err := g.Ballots.Cast(g.Context(), who, e.Number, ballot.Vote{Ranking: first, Client: "mine", Basis: v.Basis}); g.refused(err) != nil {
				return err
			}
		}
	}
	return err
}

// settle has everybody vote in favour of what is put to the vote in no member's name or about a person: ending terms and the group, adopting
// the rules. What shall become of a role they leave to chance.
func (g *walker) settle(who member.Actor) error {
	now, err := g.Motions.ShowNow(g.Context(), who)
	for _, m := range now.Voting {
		vote := ballot.Vote{Choice: ballot.For, Client: "mine"}
		switch m.Kind {
		case motion.Recall, motion.WindingUp, motion.Founding:
		case motion.Vacancy:
			b, err := g.Ballots.Show(g.Context(), who, m.Number)
			if err != nil {
				return err
			}
			vote = ballot.Vote{Ranking: []int{1 + g.chance.IntN(len(b.Options))}, Client: "mine"}
		default:
			continue
		}
		for _, who := range g.members {
			v, err := g.Ballots.Show(g.Context(), who, m.Number)
			if err != nil {
				return err
			}
			vote.Basis = v.Basis
			if _, err := g.Ballots.Cast(g.Context(), who, m.Number, vote); err != nil {
				return err
			}
		}
	}
	return err
}

// volunteer has somebody learn to follow whoever holds something.
func (g *walker) volunteer(who member.Actor) error {
	m, err := g.Roles.Map(g.Context(), who)
	if err != nil {
		return err
	}
	for _, r := range m.Roles {
		for _, t := range r.Terms {
			return g.Handovers.Volunteer(g.Context(), who, r.Key, t.Ref, true)
		}
	}
	return nil
}

// windUp has somebody propose that the group ends, and others support it.
func (g *walker) windUp(who member.Actor) error {
	m, err := g.Revivals.WindUp(g.Context(), who, db.Once{}, "Nobody comes.")
	for i := 0; err == nil && m.State == motion.Seeking && i < len(g.members); i++ {
		if g.members[i].Member.ID != who.Member.ID {
			m, err = g.Motions.Support(g.Context(), g.members[i], m.Number, m.Version)
		}
	}
	return err
}

// wake has three members want the group back, if it is archived, or say that they are there, if it sleeps.
func (g *walker) wake() error {
	var now member.Group
	g.Read(func(tx *db.Tx) (err error) {
		now, err = member.GetGroup(tx, g.group.ID)
		return err
	})
	for i := 0; i < revival.Least && !now.Archived.IsZero(); i++ {
		if opened, err := g.Revivals.Reopen(g.Context(), g.members[i]); err != nil || opened != (i == revival.Least-1) {
			return fmt.Errorf("%d of %d want group %s back: %v, %w", i+1, len(g.members), g.group.Slug, opened, err)
		}
	}
	v, err := g.Revivals.Show(g.Context(), g.members[0])
	for i := 0; err == nil && i < revival.Least && v.IsOpen(); i++ {
		err = g.Revivals.Here(g.Context(), g.members[i])
	}
	return err
}

// wasWoundUp says whether the members have ended the group by two votes.
func (g *walker) wasWoundUp() bool {
	var n int
	g.Read(func(tx *db.Tx) error {
		return tx.Raw("SELECT COUNT(*) FROM motions WHERE group_id = ? AND kind = ? AND state = ?", g.group.ID, motion.WindingUp, motion.Carried).Scan(&n).Error
	})
	return n >= 2
}

// goOn is how the titles begin of what groups are to decide.
const goOn = "Go on "

// propose puts something forward that the group is to decide, by rights of membership alone.
func (g *walker) propose() error {
	if err := g.wake(); err != nil {
		return err
	}
	title := goOn + strconv.Itoa(len(g.asked))
	m, err := g.Motions.Propose(g.Context(), g.members[0], db.Once{}, 0, votetest.Sample(title))
	for i := 1; err == nil && m.State == motion.Seeking && i < len(g.members); i++ {
		m, err = g.Motions.Support(g.Context(), g.members[i], m.Number, m.Version)
	}
	if err == nil && m.State != motion.Tabled {
		g.Errorf("group %s of %d could not table a proposal: it is %s", g.group.Slug, len(g.members), m.State)
	}
	g.asked = append(g.asked, asked{number: m.Number, opens: m.Opens})
	return err
}

// agree has everybody vote for what is to be decided and open.
func (g *walker) agree() error {
	for i := range g.asked {
		a := &g.asked[i]
		if a.voted || a.opens.After(g.Clock.Now()) {
			continue
		}
		a.voted = true
		for _, who := range g.members {
			once := db.OnceFor(int64(who.Member.ID), "vote "+strconv.Itoa(a.number))
			if _, err := g.Ballots.Cast(g.Context(), who, a.number, ballot.Vote{Choice: ballot.For, Once: once}); err != nil {
				if v, err := g.Motions.Show(g.Context(), who, a.number); err == nil && v.State == motion.Archived {
					break // decided says whether it may be
				}
				return fmt.Errorf("vote on %d: %w", a.number, err)
			}
		}
	}
	return nil
}

// allDecided says whether all that groups were to decide has ended.
func (w *walk) allDecided() bool {
	w.Helper()
	var open int
	w.Read(func(tx *db.Tx) error {
		return tx.Raw("SELECT COUNT(*) FROM motions WHERE title LIKE ? AND ended_at IS NULL", goOn+"%").Scan(&open).Error
	})
	return open == 0
}

// again puts forward once more what ended with the group, whose members open it for that.
func (g *walker) again() error {
	v, err := g.Motions.Show(g.Context(), g.members[0], g.asked[len(g.asked)-1].number)
	if err != nil || v.State != motion.Archived {
		return err
	}
	return g.propose()
}

// decided sees that everything that the group was to decide was carried. What ended with the group, because nobody took part for months, must
// have been followed by something that was carried; unless the members have ended the group by two votes.
func (g *walker) decided() error {
	carried := false
	for i := len(g.asked) - 1; i >= 0; i-- {
		v, err := g.Motions.Show(g.Context(), g.members[0], g.asked[i].number)
		if err != nil {
			return err
		}
		carried = carried || v.State == motion.Carried
		if v.State != motion.Carried && !(v.State == motion.Archived && (carried || g.wasWoundUp())) {
			g.Errorf("group %s of %d could not decide: its proposal %d is %s", g.group.Slug, len(g.members), g.asked[i].number, v.State)
		}
	}
	return nil
}
