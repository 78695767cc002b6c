package demo

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/election"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/role"
	"folkmoot/internal/vacancy"
)

// statements are what people say of themselves when they stand, by turns.
var statements = [...]string{
	"I have not done this before, and would learn it beside whoever does it now.", "I have two evenings a week for it, and I write things down.",
	"I know the stairwells and who lives in them. I would rather ask twice than decide alone.", "I would do it for one term and then show somebody else how.",
}

// elect has people stand in the elections that have opened, and vote in them once they do.
func (g *group) elect(a member.Actor) error {
	all, err := g.Votes.Running(g.ctx, a)
	if err != nil {
		return err
	}
	for _, e := range all {
		if e.State != election.Nominating || g.done[e.Ref()] {
			continue
		}
		g.done[e.Ref()] = true
		v, err := g.Votes.Show(g.ctx, a, e.Number)
		if err != nil {
			return err
		}
		if err := g.stand(v); err != nil {
			return fmt.Errorf("stand for %s: %w", v.Role.Key, err)
		}
		h := &thread{group: g, proposal: proposal{by: a.Member.Name, title: "election of " + v.Role.Key}, number: e.Number}
		h.rank = h.wanted
		h.watch(e.Opens)
	}
	return nil
}

// stand has those stand who do by the story, or else two for each seat of those who hold nothing.
func (g *group) stand(v election.View) error {
	n := g.held[v.Role.Key]
	g.held[v.Role.Key]++
	names, left := g.rota(v.Role.Key, n), 2*len(v.Seats)
	told := n < len(g.stands[v.Role.Key])
	if told {
		names = g.stands[v.Role.Key][n]
		left = len(names)
	}
	stood := 0
	for i, name := range names {
		if left == 0 {
			return nil
		}
		name, with, _ := strings.Cut(name, "+")
		a, err := g.actor(name)
		if err != nil {
			continue // not here yet, or not any more
		}
		if !told {
			mine, err := g.Votes.Show(g.ctx, a, v.Number)
			if err != nil {
				return err
			}
			if busy, err := g.holds(a); err != nil {
				return err
			} else if busy || len(mine.Bars) > 0 {
				continue // has one, or has had one not long ago
			}
		}
		say := election.Standing{Statement: statements[(n+i)%len(statements)], Interests: "None.", Reserved: stood%2 == 0}
		if with == "" {
			err = g.Votes.Stand(g.ctx, a, v.Number, say)
		} else {
			err = g.share(a, v.Number, with, say)
		}
		switch {
		case err == nil:
			left, stood = left-1, stood+1
		case fault.KindOf(err) != fault.Denied: // by the limits
			return err
		}
	}
	return nil
}

// share has two people stand together.
func (g *group) share(a member.Actor, number int, with string, say election.Standing) error {
	say.Statement = "We would share it: one of us is there in the mornings, the other one in the evenings."
	if err := g.Votes.Share(g.ctx, a, db.Once{}, number, []string{with}, say); err != nil {
		return err
	}
	b, err := g.actor(with)
	if err != nil {
		return err
	}
	v, err := g.Votes.Show(g.ctx, b, number)
	if err != nil || len(v.Offers) == 0 {
		return err
	}
	return g.Votes.Agree(g.ctx, b, number, v.Offers[0].ID, say)
}

// reserving is that members decide how many places of a role are reserved.
type reserving struct {
	day        int // days before today on which it is put forward
	role       string
	places     int
	words, why string
	votes      [3]int
}

// reserve has it put forward, supported and voted on.
func (g *group) reserve(r reserving) error {
	names := g.others("")
	h := &thread{group: g, proposal: proposal{by: names[1], title: "reserved places", votes: r.votes}}
	err := h.as(h.by, func(a member.Actor) error {
		m, err := g.Balances.Propose(g.ctx, a, db.Once{}, r.role, r.places, r.words, r.why)
		h.number = m.Number
		return err
	})
	if err != nil {
		return err
	}
	for i, name := range names[2:4] {
		h.after(4+5*i, name, func(a member.Actor) error {
			_, err := h.Motions.Support(h.ctx, a, h.number, 1)
			return err
		})
	}
	h.watch(h.clock.Now().AddDate(0, 0, 1))
	return nil
}

// tired is before the name of whoever would rather do nothing for a while: members have ended a term of theirs.
const tired = "tired "

// rota lists everybody but the first, who began the group, with somebody else in front each time.
func (g *group) rota(key string, turn int) (names []string) {
	rest := g.body.people[1:]
	from := 4*turn + len(key)
	for i := range rest {
		if p := rest[(from+i)%len(rest)]; !g.done[tired+p.name] {
			names = append(names, p.name)
		}
	}
	return names
}

// wanted returns those who stand, in the order in which they came forward, as the options of the paper.
func (h *thread) wanted(v ballot.View) (order []int, err error) {
	err = h.as(h.by, func(a member.Actor) error {
		e, err := h.Votes.Show(h.ctx, a, h.number)
		if err != nil {
			return err
		}
		standing := e.Stand()
		slices.SortStableFunc(standing, func(a, b election.Candidature) int { return int(a.Lead().ID - b.Lead().ID) })
		for _, c := range standing {
			if i := slices.Index(v.Options, c.Ref); i >= 0 {
				order = append(order, i+1)
			}
		}
		return nil
	})
	return order, err
}

// answerVacancies has people vote on what shall become of roles that nobody holds: that everybody is asked once more.
func (g *group) answerVacancies(a member.Actor) error {
	asked, err := g.Vacancies.Asked(g.ctx, a)
	if err != nil {
		return err
	}
	for _, m := range asked {
		if g.done[m.Ref()] {
			continue
		}
		g.done[m.Ref()] = true
		h := &thread{group: g, proposal: proposal{by: a.Member.Name, title: m.Ref()}, number: m.Number}
		h.rank = func(v ballot.View) ([]int, error) {
			return []int{slices.Index(v.Options, string(vacancy.Again)) + 1, slices.Index(v.Options, string(vacancy.Abolish)) + 1}, nil
		}
		h.watch(m.Opens)
	}
	return nil
}

// order has two of three members vote by ranking, most of them in the same order and the others with the second in front.
func (h *thread) order(v ballot.View) error {
	prefer, err := h.rank(v)
	if err != nil || len(prefer) == 0 {
		return err
	}
	for i := range h.body.people {
		p := h.body.people[(i+h.number)%len(h.body.people)]
		if i%3 == 2 {
			continue
		}
		if _, err := h.actor(p.name); err != nil {
			continue // not here
		}
		open, err := h.ballotOf(p.name)
		if err != nil {
			return err
		}
		if !open.OnRoll {
			continue
		}
		mine := slices.Clone(prefer)
		if i%4 == 3 && len(mine) > 1 {
			mine[0], mine[1] = mine[1], mine[0]
		}
		if v.Approves() && len(mine) > 1 {
			mine = mine[:len(mine)-i%2] // some trust all, some all but one
		}
		h.after(1+2*i, p.name, func(a member.Actor) error {
			_, err := h.Ballots.Cast(h.ctx, a, h.number, ballot.Vote{Ranking: mine, Client: rand.Text(), Basis: open.Basis})
			return err
		})
	}
	return nil
}

// morning has people look at what roles ask of them, if anything has been recorded since they looked last.
func (g *group) morning() error {
	_, head, err := g.Members.Visit(g.ctx, g.telling.people[g.body.people[0].name], g.slug)
	if err != nil || head.Size == g.size {
		return err
	}
	if err := g.lookAfterRoles(); err != nil {
		return fmt.Errorf("look after roles in %s: %w", g.name, err)
	}
	g.size = head.Size
	return nil
}

// lookOn has people look again on a day, whether anything has been recorded or not.
func (g *group) lookOn(day time.Time) {
	g.at(day, func() error { g.size = 0; return nil })
}

// holds says whether somebody holds or is to hold a place of any role, and so leaves others to others.
func (g *group) holds(a member.Actor) (bool, error) {
	m, err := g.Roles.Map(g.ctx, a)
	return slices.ContainsFunc(m.Roles, func(r role.Powers) bool {
		return slices.ContainsFunc(r.Terms, func(t role.Term) bool { return t.Member == a.Member.ID })
	}), err
}
