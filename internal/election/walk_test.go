package election_test

import (
	"cmp"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/draw"
	"folkmoot/internal/election"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/role"
	"folkmoot/internal/votetest"
)

// walker is a group on a random walk.
type walker struct {
	*walk
	group   member.Group
	members []member.Actor // who have not left
	chance  *rand.Rand
	number  int // of the motion that it decides at the end
}

// walk is groups that share a database and a clock.
type walk struct {
	*votetest.World
	groups []*walker
}

// How many walks there are, and how they go: many groups at once, so that they share commits.
const (
	walksInGate = 200
	abreast     = 200
	atOnce      = 24
	steps       = 5
)

// TestNoGroupIsBricked_6_2_2 leads groups through random sequences of what people do and of time going by: they leave, give up what they
// hold, all of them at once, stand, answer, petition, propose or do nothing. Wherever that leads, with three members on the roll there is
// a way to a quorate decision by rights of membership alone (practice.md §2.12.6, proof obligation). FOLKMOOT_WALKS says how many;
// `make walk` asks for more.
func TestNoGroupIsBricked_6_2_2(t *testing.T) {
	n, err := strconv.Atoi(cmp.Or(os.Getenv("FOLKMOOT_WALKS"), strconv.Itoa(walksInGate)))
	if err != nil {
		t.Fatal(err)
	}
	seed := rand.Uint64()
	done := 0
	for ; done < n; done += abreast {
		c := dbtest.NewClock(dbtest.Start)
		w := &walk{World: votetest.New(t, dbtest.SQLite(t, c), c, "B", 3)}
		w.begin(min(abreast, n-done), seed, uint64(done))
		for range steps {
			w.each((*walker).step)
			w.pass(time.Duration(w.groups[0].chance.IntN(20*24)) * time.Hour)
		}
		w.decide()
	}
	t.Logf("%d walks of %d steps from seed %d, and each group could decide", done, steps, seed)
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
			if err := w.Rules.Begin(tx, g.group, g.members[0].Member); err != nil {
				return err
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

// each has every group do something, several at once.
func (w *walk) each(do func(*walker) error) {
	w.Helper()
	var all sync.WaitGroup
	turns := make(chan *walker)
	for range atOnce {
		all.Go(func() {
			for g := range turns {
				if err := do(g); err != nil {
					w.Errorf("group %s: %v", g.group.Slug, err)
				}
			}
		})
	}
	for _, g := range w.groups {
		turns <- g
	}
	close(turns)
	all.Wait()
}

// pass lets time go by, and does everything that is due, also if that makes more due.
func (w *walk) pass(d time.Duration) {
	w.Helper()
	w.Clock.Advance(d)
	w.Tick()
	if err := w.TickRoles(); err != nil {
		w.Fatal(err)
	}
}

// step is one act of somebody. What the rules refuse is no act.
func (g *walker) step() error {
	ctx, who := g.Context(), g.members[g.chance.IntN(len(g.members))]
	var err error
	switch g.chance.IntN(8) {
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
	}
	if k := fault.KindOf(err); k == fault.Conflict || k == fault.Denied || k == fault.NotFound || k == fault.Invalid {
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
			err = cmp.Or(err, g.Elections.Stand(g.Context(), who, e.Number, election.Standing{Statement: "I would.", Interests: "None."}))
		}
	}
	return err
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

// vote has somebody vote in whatever is open to them.
func (g *walker) vote(who member.Actor) error {
	running, err := g.Elections.Running(g.Context(), who)
	for _, e := range running {
		if e.State != election.Voting {
			continue
		}
		v, err := g.Ballots.Show(g.Context(), who, e.Number)
		if err != nil {
			return err
		}
		if _, err := g.Ballots.Cast(g.Context(), who, e.Number, ballot.Vote{Ranking: []int{1}, Client: "mine", Basis: v.Basis}); err != nil {
			return err
		}
	}
	return err
}

// decide has every group decide something, by rights of membership alone.
func (w *walk) decide() {
	w.Helper()
	w.each(func(g *walker) error {
		m, err := g.Motions.Propose(g.Context(), g.members[0], db.Once{}, 0, votetest.Sample("Go on"))
		for i := 1; err == nil && m.State == motion.Seeking && i < len(g.members); i++ {
			m, err = g.Motions.Support(g.Context(), g.members[i], m.Number, m.Version)
		}
		g.number = m.Number
		return err
	})
	voted := map[*walker]bool{}
	for range 90 {
		w.pass(24 * time.Hour)
		var mu sync.Mutex
		w.each(func(g *walker) error {
			mu.Lock()
			done := voted[g]
			mu.Unlock()
			if done {
				return nil
			}
			v, err := g.Motions.Show(g.Context(), g.members[0], g.number)
			if err != nil || v.State != motion.Voting {
				return err
			}
			for _, who := range g.members {
				once := db.OnceFor(int64(who.Member.ID), "vote")
				if _, err := g.Ballots.Cast(g.Context(), who, g.number, ballot.Vote{Choice: ballot.For, Once: once}); err != nil {
					return err
				}
			}
			mu.Lock()
			voted[g] = true
			mu.Unlock()
			return nil
		})
		if len(voted) == len(w.groups) {
			break
		}
	}
	w.pass(20 * 24 * time.Hour)
	w.each(func(g *walker) error {
		v, err := g.Motions.Show(g.Context(), g.members[0], g.number)
		if err == nil && v.State != motion.Carried {
			g.Errorf("group %s of %d could not decide: its proposal is %s", g.group.Slug, len(g.members), v.State)
		}
		return err
	})
}
