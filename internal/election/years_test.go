package election_test

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/draw"
	"folkmoot/internal/election"
	"folkmoot/internal/fault"
	"folkmoot/internal/handover"
	"folkmoot/internal/member"
	"folkmoot/internal/role"
	"folkmoot/internal/votetest"
)

// people behave as in the simulation of practice.md §2.12.3: about two in five would do a role each time it is to be filled, some are
// liked more than others, and whoever has held one is liked more for it.
type people struct {
	*world
	chance *rand.Rand
	liked  []float64
	seen   map[string]bool // what they have acted on
	pairs  []*pair
	learnt map[member.ID]bool // who has learnt beside somebody
}

// pair is somebody who holds a role, and somebody who learns beside them.
type pair struct {
	holder, learner int
	key             string
	id              handover.ShadowID
	begun           time.Time
	sat             int
}

// shadow has who would learn beside whoever holds a role, as members may ask at any time; whoever is asked agrees.
func (p *people) shadow() {
	p.Helper()
	m, err := p.Roles.Map(p.Context(), p.Who[0])
	if err != nil {
		p.Fatal(err)
	}
	for _, r := range m.Roles {
		for _, t := range r.Terms {
			if !t.Fills() || !t.Holds(p.Clock.Now()) || !p.once("shadow", t.ID) {
				continue
			}
			p.beside(r.Key, t)
		}
	}
	p.sit()
}

// beside has one member, who would, ask to learn beside whoever holds the term.
func (p *people) beside(key string, t role.Term) {
	p.Helper()
	x := &pair{learner: p.chance.IntN(len(p.Who)), key: key, begun: p.Clock.Now()}
	x.holder = slices.IndexFunc(p.Who, func(a member.Actor) bool { return a.Member.ID == t.Member })
	if !p.would() {
		return
	}
	err := p.Handovers.Shadow(p.Context(), p.Who[x.learner], key, t.Ref)
	if fault.KindOf(err) == fault.Conflict {
		return // they hold it, or learn it already
	}
	v, err2 := p.Handovers.Show(p.Context(), p.Who[x.learner], key)
	if err = errors.Join(err, err2); err == nil {
		x.id = v.Mine[len(v.Mine)-1].ID
		err = p.Handovers.Agree(p.Context(), p.Who[x.holder], key, x.id)
	}
	if err != nil {
		p.Fatal(err)
	}
	p.pairs = append(p.pairs, x)
}

// sit has pairs sit together a week after they began, and a week after that.
func (p *people) sit() {
	p.Helper()
	for _, x := range p.pairs {
		if x.sat == 2 || p.Clock.Now().Sub(x.begun) < time.Duration(x.sat+1)*7*24*time.Hour {
			continue
		}
		x.sat++
		for _, i := range []int{x.learner, x.holder} {
			err := p.Handovers.Sit(p.Context(), p.Who[i], x.key, x.id)
			if err != nil && fault.KindOf(err) != fault.Conflict { // the term is over
				p.Fatal(err)
			}
			if err == nil && x.sat == 2 {
				p.learnt[p.Who[x.learner].Member.ID] = true
			}
		}
	}
}

// TestThreeYears has a group of 40 live through three years of elections and lots, driven through the services with the clock moved, and
// tells how far roles went round. Whatever chance brings, nobody holds roles of a family longer than the limits let them, and more than a third
// of the members come to hold one.
func TestThreeYears(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	d := dbtest.SQLite(t, c)
	w := &people{world: &world{World: votetest.New(t, d, c, "B", 40)}, chance: rand.New(rand.NewPCG(40, 3)), seen: map[string]bool{}, learnt: map[member.ID]bool{}}
	for range w.Who {
		w.liked = append(w.liked, w.chance.NormFloat64())
	}
	w.GiveRoles()
	start := c.Now()
	for day := range 3 * 365 {
		w.goTo(start.AddDate(0, 0, day).Add(time.Minute))
		w.answer()
		w.shadow()
		for _, e := range w.running() {
			w.take(e)
		}
	}
	w.report(start)
}

// once says whether they act on something for the first time.
func (p *people) once(what ...any) bool {
	key := fmt.Sprint(what...)
	was := p.seen[key]
	p.seen[key] = true
	return !was
}

func (p *people) would() bool { return p.chance.Float64() < 0.4 }

// answer has everybody say whether they would do what they are asked.
func (p *people) answer() {
	p.Helper()
	asked, err := p.Draws.Asked(p.Context(), p.Who[0])
	if err != nil {
		p.Fatal(err)
	}
	for _, a := range asked {
		if !p.once("draw", a.Draw.ID) {
			continue
		}
		for i := 1; i < len(p.Who); i++ { // the first is left to be asked each day, so that the rest of the group sees it
			if !p.would() {
				continue
			}
			err := p.Draws.Say(p.Context(), p.Who[i], a.Number, draw.Yes)
			if err != nil && fault.KindOf(err) != fault.Denied {
				p.Fatal(err)
			}
		}
	}
}

// take has everybody take part in an election: stand, or vote.
func (p *people) take(e election.Election) {
	p.Helper()
	p.number = e.Number
	switch {
	case e.State == election.Nominating && p.once("stand", e.ID):
		for i := range p.Who {
			if !p.would() {
				continue
			}
			err := p.Elections.Stand(p.Context(), p.Who[i], e.Number, election.Standing{Statement: "I would.", Interests: "None."})
			if err != nil && fault.KindOf(err) != fault.Denied {
				p.Fatal(err)
			}
		}
	case e.State == election.Voting && p.once("vote", e.ID):
		p.elect(e)
	}
}

// elect has everybody put those who stand in order, as they like them.
func (p *people) elect(e election.Election) {
	p.Helper()
	v := p.show(0, e.Number)
	b := p.Show(e.Number)
	like := map[string]float64{election.RON: -3}
	for _, c := range v.Stand() {
		like[c.Ref] = p.liked[slices.IndexFunc(p.Who, func(a member.Actor) bool { return a.Member.ID == c.Lead().Member })]
	}
	for i := range p.Who {
		noise := map[string]float64{}
		for ref := range like {
			noise[ref] = like[ref] + p.chance.NormFloat64()
		}
		order := slices.Clone(b.Options)
		slices.SortFunc(order, func(x, y string) int {
			if noise[x] > noise[y] {
				return -1
			}
			return 1
		})
		var ranking []int
		for _, ref := range order {
			ranking = append(ranking, 1+slices.Index(b.Options, ref))
		}
		basis := p.ShowTo(p.Who[i], e.Number).Basis
		if _, err := p.Ballots.Cast(p.Context(), p.Who[i], e.Number, ballot.Vote{Ranking: ranking, Client: "mine", Basis: basis}); err != nil {
			p.Fatal(err)
		}
	}
	for _, c := range v.Stand() {
		p.liked[slices.IndexFunc(p.Who, func(a member.Actor) bool { return a.Member.ID == c.Lead().Member })] += 0.1
	}
}

// span is a term as the report looks at it.
type span struct {
	Member  member.ID
	Family  string
	Role    string
	Begins  db.Instant
	Ends    db.Instant
	Relaxed string
}

// report tells how far roles went round, and holds the limits against what happened.
func (p *people) report(start time.Time) {
	p.Helper()
	var terms []span
	p.Read(func(tx *db.Tx) error {
		return tx.Raw(`SELECT t.member_id AS member, r.family, r.key AS role, t.starts_at AS begins, COALESCE(t.ended_at, t.ends_at) AS ends,
			COALESCE((SELECT e.relaxed FROM elections e WHERE e.decision = t.cause), (SELECT d.relaxed FROM draws d WHERE 'draw/' || d.number = t.cause), '') AS relaxed
			FROM terms t JOIN roles r ON r.id = t.role_id WHERE COALESCE(t.ended_at, t.ends_at) > t.starts_at ORDER BY t.member_id, r.family, t.starts_at`).Scan(&terms).Error
	})
	held, days, run := map[member.ID]int{}, map[member.ID]float64{}, 0.0
	longest, relaxed := 0.0, 0
	for i, s := range terms {
		length := s.Ends.Time.Sub(s.Begins.Time).Hours() / 24
		held[s.Member]++
		days[s.Member] += length
		if s.Relaxed != "" {
			relaxed++
		}
		if i > 0 && terms[i-1].Member == s.Member && terms[i-1].Family == s.Family && s.Begins.Time.Sub(terms[i-1].Ends.Time) <= 30*24*time.Hour {
			run += length
		} else {
			run = length
		}
		longest = max(longest, run)
	}
	sum, squares, most := 0.0, 0.0, 0
	for id, n := range days {
		sum, squares, most = sum+n, squares+n*n, max(most, held[id])
	}
	either := maps.Clone(p.learnt)
	for id := range held {
		either[id] = true
	}
	end := start.AddDate(3, 0, 0)
	p.Logf("three years until %s: %d terms; %d of %d members have held a role, and %d held one or learnt it beside somebody; as if %.1f held them; at most %d terms by one person; longest run %.0f days; %d terms after limits gave way; no waivers",
		end.Format(time.DateOnly), len(terms), len(held), len(p.Who), len(either), sum*sum/squares, most, longest, relaxed)
	limits := p.Rulebook().Office
	if longest > float64(limits.MaxConsecutiveDays)+1 && relaxed == 0 {
		p.Errorf("somebody held roles of one family for %.0f days on end; the limit is %d", longest, limits.MaxConsecutiveDays)
	}
	if 3*len(held) <= len(p.Who) {
		p.Errorf("%d of %d members came to hold a role", len(held), len(p.Who))
	}
	if len(either) <= len(held) || 2*len(either) <= len(p.Who) {
		p.Errorf("%d of %d members held a role or learnt one, %d held one", len(either), len(p.Who), len(held))
	}
}
