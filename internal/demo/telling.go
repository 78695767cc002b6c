package demo

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"time"

	"folkmoot/internal/account"
	"folkmoot/internal/asset"
	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/decision"
	"folkmoot/internal/discussion"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
)

// event is something that happens at a moment of the story.
type event struct {
	at time.Time
	do func() error
}

// telling is the story while it is told.
type telling struct {
	Services
	ctx    context.Context
	clock  *Clock
	people map[string]member.PersonID
	events []event        // in order
	next   []func() error // what is done when the clock goes on, whenever that is
}

// pass does what is due or planned by now, and returns to when the clock goes on: the next full hour by which anything is due or planned.
func (t *telling) pass(now time.Time) (time.Time, error) {
	waiting := t.next
	t.next = nil
	if _, err := t.Tick(t.ctx); err != nil {
		return now, err
	}
	for _, do := range waiting {
		if err := do(); err != nil {
			return now, err
		}
	}
	if err := t.happen(now); err != nil {
		return now, err
	}
	due, err := t.Tick(t.ctx) // also what the people have just made due
	now = t.clock.Now()       // later, if they have met
	if len(t.events) > 0 && (due.IsZero() || t.events[0].at.Before(due)) {
		due = t.events[0].at
	}
	soonest := now.Add(step).Truncate(step)
	if due.IsZero() || due.Before(soonest) {
		return soonest, err
	}
	return due.Add(step - 1).Truncate(step), err
}

// at plans something for a moment. What is planned for the same moment happens in the order it was planned.
func (t *telling) at(when time.Time, do func() error) {
	i, _ := slices.BinarySearchFunc(t.events, when, func(e event, w time.Time) int {
		if e.at.After(w) {
			return 1
		}
		return -1
	})
	t.events = slices.Insert(t.events, i, event{when, do})
}

// happen does what is planned up to now.
func (t *telling) happen(now time.Time) error {
	for len(t.events) > 0 && !t.events[0].at.After(now) {
		e := t.events[0]
		t.events = t.events[1:]
		if err := e.do(); err != nil {
			return err
		}
	}
	return nil
}

// keysNoted is how many days before today it was last written down who holds the keys of a group. Every year it has to be.
const keysNoted = 120

// plan plans everything that happens in a group.
func (t *telling) plan(end time.Time, b body) error {
	g := &group{telling: t, body: b, end: end, done: map[string]bool{}, held: map[string]int{}, shadowed: map[string]int{}}
	began := end.AddDate(0, 0, -b.began)
	t.at(began, g.found)
	for _, p := range b.people[1:] {
		t.at(end.AddDate(0, 0, -p.day).Add(2*time.Hour), func() error { return g.join(p.name) })
		if p.left > 0 {
			t.at(end.AddDate(0, 0, -p.left).Add(2*time.Hour), func() error { return g.leave(p.name) })
		}
	}
	for day := 1; day <= b.began; day++ {
		t.at(began.AddDate(0, 0, day).Add(9*time.Hour), g.morning)
	}
	t.at(end.AddDate(0, 0, -min(b.began-20, keysNoted)), g.noteKeys)
	for _, q := range b.quits {
		t.at(end.AddDate(0, 0, -q.day).Add(-8*time.Hour), func() error { return g.quit(q) })
	}
	for _, s := range b.stops {
		t.at(end.AddDate(0, 0, -s.day).Add(-8*time.Hour), func() error { return g.stop(s) })
	}
	for _, e := range b.endings {
		t.at(end.AddDate(0, 0, -e.day).Add(-8*time.Hour), func() error { return g.endTerm(e) })
	}
	for _, r := range b.reserves {
		t.at(end.AddDate(0, 0, -r.day).Add(-8*time.Hour), func() error { return g.reserve(r) })
	}
	for _, m := range b.motions {
		t.at(end.AddDate(0, 0, -m.day).Add(-9*time.Hour), func() error { return (&thread{group: g, proposal: m}).propose() })
	}
	g.planMoney(began)
	return g.planMeetings()
}

// group is one group of the story.
type group struct {
	*telling
	body
	end      time.Time
	slug     string
	done     map[string]bool // what is done once: for each term, draw or vote
	held     map[string]int  // elections there have been, by role
	shadowed map[string]int  // terms beside which somebody has learnt, by role
	size     int64           // of the record when somebody looked last
}

func (g *group) found() error {
	by := g.body.people[0].name
	f := member.Founding{Name: g.name, Aim: g.aim, Preset: string(g.preset), Lang: "en", Zone: g.zone, By: by}
	var made member.Group
	var err error
	if p, ok := g.known(by); ok {
		made, err = g.Members.Found(g.ctx, db.Once{}, p, f)
	} else {
		made, err = g.signUpAndFound(by, f)
	}
	if err != nil {
		return fmt.Errorf("found %s: %w", g.name, err)
	}
	g.slug = made.Slug
	a, err := g.actor(by)
	if err != nil {
		return err
	}
	if _, err := g.Rules.SetStart(g.ctx, a, map[string]string{"meeting.every_weeks": "0"}); err != nil { // the story calls its meetings
		return fmt.Errorf("set how often %s meets: %w", g.name, err)
	}
	meeting := g.clock.Now().AddDate(0, 0, 14)
	if err := g.Members.CallFounding(g.ctx, a, meeting, "Community kitchen"); err != nil {
		return fmt.Errorf("call the founding meeting: %w", err)
	}
	g.at(meeting.Add(2*step), g.adopt)
	if err := g.Members.SetupStep(g.ctx, a, member.LastStep); err != nil {
		return fmt.Errorf("end the wizard: %w", err)
	}
	return nil
}

// noteKeys writes down who holds what everything hangs on, and has each of them say that it works.
func (g *group) noteKeys() error {
	a, err := g.actor(g.body.people[0].name)
	if err != nil {
		return err
	}
	for i, k := range g.keys {
		e := asset.Entry{Kind: []asset.Kind{asset.Server, asset.Mail, asset.Bank}[i], What: k[0], Holder: k[1], Second: k[2]}
		if err := g.Keys.Note(g.ctx, a, e); err != nil {
			return fmt.Errorf("note key %s: %w", k[0], err)
		}
	}
	r, err := g.Keys.List(g.ctx, a)
	if err != nil {
		return err
	}
	for _, k := range r.Keys {
		for _, name := range g.holdersOf(k.What) {
			who, err := g.actor(name)
			if err != nil {
				return err
			}
			if err := g.Keys.Test(g.ctx, who, k.ID); err != nil {
				return fmt.Errorf("%s tries %s: %w", name, k.What, err)
			}
		}
	}
	return nil
}

// holdersOf lists who holds a key by the story.
func (g *group) holdersOf(what string) (names []string) {
	for _, k := range g.keys {
		for _, name := range k[1:] {
			if k[0] == what && name != "" {
				names = append(names, name)
			}
		}
	}
	return names
}

// adopt has members vote on whether the rules they began with are theirs, which they are asked on the day of the founding meeting.
func (g *group) adopt() error {
	by := g.body.people[0].name
	a, err := g.actor(by)
	if err != nil {
		return err
	}
	v, err := g.Founding.Show(g.ctx, a)
	if err != nil {
		return fmt.Errorf("look at the founding question: %w", err)
	}
	if !v.Open {
		return fmt.Errorf("%s is not asked whether it adopts its rules", g.name)
	}
	(&thread{group: g, proposal: proposal{by: by, title: "the rules we began with", votes: g.adopted}, number: v.Number}).watch(time.Time{})
	return nil
}

func (g *group) known(name string) (member.PersonID, bool) {
	p, ok := g.telling.people[name]
	return p, ok
}

func (g *group) signUpAndFound(by string, f member.Founding) (member.Group, error) {
	link, err := g.Members.MakeSetupLink(g.ctx)
	if err != nil {
		return member.Group{}, err
	}
	e, made, err := g.Accounts.Found(g.ctx, db.Once{}, signUp(by), link, f, account.Browser{Label: "Sample"})
	g.telling.people[by] = e.Person
	return made, err
}

func signUp(name string) account.SignUp {
	return account.SignUp{Name: name, Passphrase: passphrase, Lang: "en"}
}

// join has somebody come in on an invitation of the newest member but one, as people do.
func (g *group) join(name string) error {
	host, err := g.actor(g.body.people[max(0, g.index(name)-1)].name)
	if err != nil {
		return err
	}
	secret, err := g.Members.Invite(g.ctx, db.Once{}, host, 1, 7)
	if err != nil {
		return fmt.Errorf("invite %s: %w", name, err)
	}
	if p, ok := g.known(name); ok {
		_, err = g.Members.Join(g.ctx, p, secret, name)
	} else {
		var e account.Entrance
		e, _, err = g.Accounts.Join(g.ctx, db.Once{}, signUp(name), secret, account.Browser{Label: "Sample"})
		g.telling.people[name] = e.Person
	}
	if err != nil {
		return fmt.Errorf("%s joins %s: %w", name, g.name, err)
	}
	return nil
}

// leave has somebody go.
func (g *group) leave(name string) error {
	a, err := g.actor(name)
	if err != nil {
		return err
	}
	if _, err := g.Members.Leave(g.ctx, a, false); err != nil {
		return fmt.Errorf("%s leaves %s: %w", name, g.name, err)
	}
	return nil
}

func (g *group) index(name string) int {
	return slices.IndexFunc(g.body.people, func(p person) bool { return p.name == name })
}

func (g *group) actor(name string) (member.Actor, error) {
	a, _, err := g.Members.Visit(g.ctx, g.telling.people[name], g.slug)
	if err == nil && !a.IsMember() {
		err = fmt.Errorf("%s is not in %s", name, g.name)
	}
	return a, err
}

// thread is one proposal of the story and what becomes of it.
type thread struct {
	*group
	proposal
	number int
	voted  int                                // rounds that have been voted in
	rank   func(v ballot.View) ([]int, error) // in a vote by ranking: which options people name, the one whom most want first
}

func (h *thread) as(name string, do func(a member.Actor) error) error {
	a, err := h.actor(name)
	if err == nil {
		err = do(a)
	}
	if err != nil {
		return fmt.Errorf("%q: %s: %w", h.title, name, err)
	}
	return nil
}

// after plans something so many hours from now, unless that is after the story's end.
func (h *thread) after(hours int, name string, do func(a member.Actor) error) {
	when := h.clock.Now().Add(time.Duration(hours) * time.Hour)
	if when.After(h.end) {
		return
	}
	h.at(when, func() error { return h.as(name, do) })
}

func (h *thread) text(clauses []string) motion.Text {
	t := motion.Text{Title: h.title, Why: h.why, Won: h.won, Able: h.able}
	if h.meets {
		t.Forum = motion.AtMeeting
	}
	for i, c := range clauses {
		t.Clauses = append(t.Clauses, motion.Clause{ID: i + 1, Text: c})
	}
	return t
}

func (h *thread) propose() error {
	if h.group.index(h.by) < 0 {
		return fmt.Errorf("%q: nobody called %s", h.title, h.by)
	}
	err := h.as(h.by, func(a member.Actor) error {
		text := h.text(h.clauses)
		for i := range text.Clauses {
			text.Clauses[i].ID = 0 // new
		}
		write := h.Motions.Propose
		if h.draft {
			write = h.Motions.Save
		}
		m, err := write(h.ctx, a, db.Once{}, 0, motion.Proposal{Kind: h.kind, ReviewDays: motion.ReviewDefault, Text: text})
		h.number = m.Number
		return err
	})
	if err != nil || h.draft {
		return err
	}
	version := 1
	for i, name := range h.support {
		h.after(4+5*i, name, func(a member.Actor) error {
			_, err := h.Motions.Support(h.ctx, a, h.number, version)
			return err
		})
	}
	for i, name := range h.secret {
		h.after(20+i, name, func(a member.Actor) error {
			_, err := h.Motions.AskSecret(h.ctx, a, h.number)
			return err
		})
	}
	h.talk()
	if h.reworded != nil {
		h.after(36, h.by, func(a member.Actor) error {
			_, err := h.Motions.Reword(h.ctx, a, h.number, version, h.text(h.reworded))
			return err
		})
	}
	if h.withdrawn {
		h.after(48, h.by, func(a member.Actor) error {
			_, err := h.Motions.Withdraw(h.ctx, a, h.number)
			return err
		})
	}
	if h.votes != [3]int{} {
		h.watch(time.Time{})
	}
	return nil
}

func (h *thread) talk() {
	for i, s := range h.statements {
		h.after(24+6*i, s.by, func(a member.Actor) error {
			_, err := h.Motions.Argue(h.ctx, a, h.number, s.side, s.text)
			return err
		})
	}
	for i, p := range h.posts {
		h.after(10+7*i, p.by, func(a member.Actor) error {
			post, err := h.Talk.Add(h.ctx, a, db.Once{}, h.number, discussion.Draft{Clause: p.clause, Kind: p.kind, Text: p.text})
			for k, r := range p.replies {
				h.after(3+4*k, r.by, func(a member.Actor) error {
					_, err := h.Talk.Add(h.ctx, a, db.Once{}, h.number, discussion.Draft{Clause: p.clause, Kind: discussion.Comment, Parent: post.ID, Text: r.text})
					return err
				})
			}
			return err
		})
	}
}

// watch waits for the vote to open, has people vote, waits for the count, and so on. While it cannot know when something happens it looks
// whenever the clock goes on.
func (h *thread) watch(when time.Time) {
	switch {
	case when.After(h.end):
	case when.After(h.clock.Now()):
		h.at(when, h.look)
	default:
		h.next = append(h.next, h.look)
	}
}

func (h *thread) look() error {
	var v ballot.View
	m := motion.Motion{}
	err := h.as(h.by, func(a member.Actor) (err error) {
		show, err := h.Motions.Show(h.ctx, a, h.number)
		if err != nil {
			return fmt.Errorf("look at proposal %d of %s: %w", h.number, a.Group.Slug, err)
		}
		if m = show.Motion; m.State != motion.Voting {
			return nil
		}
		if v, err = h.Ballots.Show(h.ctx, a, h.number); err != nil {
			return fmt.Errorf("look at the vote: %w", err)
		}
		return nil
	})
	switch {
	case err != nil:
		return err
	case m.IsOver():
		return h.disagree(m.ID)
	case v.IsOpen(h.clock.Now()) && h.voted < v.Round:
		h.voted = v.Round
		if err := h.vote(v); err != nil {
			return err
		}
	}
	switch m.State {
	case motion.Tabled, motion.Inquorate:
		if m.OnAgenda() || m.Waits() { // a meeting can decide it or send it online before that
			m.Opens = time.Time{}
		}
		h.watch(m.Opens)
	case motion.Voting:
		h.watch(m.Closes)
	default:
		h.watch(time.Time{})
	}
	return nil
}

// vote has as many members vote each way as the story says, a few an hour, in the order of the roll. Who would vote
// after the story's end has not voted yet.
func (h *thread) vote(v ballot.View) error {
	if h.rank != nil {
		return h.order(v)
	}
	counts := h.votes
	if v.Round == 2 {
		counts = h.again
	}
	left := counts[0] + counts[1] + counts[2]
	hour := 1
	for _, p := range h.body.people {
		if left == 0 {
			break
		}
		if _, err := h.actor(p.name); err != nil || slices.Contains(h.spare, p.name) {
			continue // not here yet, or leaves it for later
		}
		open, err := h.ballotOf(p.name)
		if err != nil {
			return err
		}
		if !open.OnRoll {
			continue
		}
		choice := ballot.For
		// Turn by turn rather than all of one kind first.
		for i, c := range []ballot.Choice{ballot.For, ballot.Against, ballot.Abstain} {
			if counts[i] == slices.MaxFunc(counts[:], cmp.Compare[int]) {
				choice = c
				counts[i]--
				break
			}
		}
		left--
		h.after(hour, p.name, func(a member.Actor) error {
			_, err := h.Ballots.Cast(h.ctx, a, h.number, ballot.Vote{Choice: choice, Client: rand.Text(), Basis: open.Basis})
			return err
		})
		hour += 2
	}
	return nil
}

func (h *thread) ballotOf(name string) (v ballot.View, err error) {
	err = h.as(name, func(a member.Actor) (err error) {
		v, err = h.Ballots.Show(h.ctx, a, h.number)
		return err
	})
	return v, err
}

// disagree has those who were outvoted say so beside the decision.
func (h *thread) disagree(id motion.ID) error {
	if h.dissent == nil {
		return nil
	}
	var number string
	var filed decision.Dissent
	h.after(8, h.dissent.by, func(a member.Actor) error {
		ds, _, err := h.Decisions.List(h.ctx, a, 0)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(ds, func(d decision.Decision) bool { return d.Motion == id })
		if i < 0 {
			return errors.New("the decision is not there")
		}
		number = ds[i].Number()
		filed, err = h.Decisions.File(h.ctx, a, db.Once{}, number, h.dissent.text)
		return err
	})
	for i, name := range h.cosigned {
		h.after(20+i, name, func(a member.Actor) error { return h.Decisions.Sign(h.ctx, a, number, filed.ID) })
	}
	return nil
}
