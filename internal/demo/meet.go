package demo

import (
	"crypto/rand"
	"fmt"
	"slices"
	"time"

	"folkmoot/internal/agree"
	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/feeling"
	"folkmoot/internal/floor"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
)

// gathering is a meeting of the story. What it deals with is named by its title.
type gathering struct {
	day     int // days before today on which it is held; below 0: it is still to come
	title   string
	place   string
	getting string
	help    string
	topics  []topic             // put down for it
	comes   int                 // how many come, in the order in which they joined
	speak   map[string][]spoken // who speaks about what
	notes   map[string]string
	votes   map[string][3]int // for, against, abstain
	asks    map[string]string // what whoever facilitates asks all to show their feelings about
	answers map[string][]agree.Answer
}

// topic is something that somebody would like to talk about.
type topic struct {
	by, title, text string
	minutes         int
}

// spoken is that somebody speaks, for one side or neither.
type spoken struct {
	by   string
	side floor.Side
}

// notice is how many days before it a meeting of the story is called.
const notice = 10

// sitting is a meeting of the story as it goes on.
type sitting struct {
	*group
	gathering
	number int
	there  []string
}

// planMeetings has the meetings of a group called, and held.
func (g *group) planMeetings() {
	for i := range g.meetings {
		s := &sitting{group: g, gathering: g.meetings[i]}
		opens := g.end.AddDate(0, 0, -s.day).Truncate(24 * time.Hour).Add(18 * time.Hour)
		called := opens.AddDate(0, 0, -notice)
		for n, x := range s.topics {
			g.at(called.AddDate(0, 0, -2).Add(time.Duration(n)*step), func() error {
				return s.as(x.by, func(a member.Actor) error { return g.Meetings.PutDown(g.ctx, a, db.Once{}, x.title, x.text, x.minutes) })
			})
		}
		g.at(called, func() error { return s.call(opens) })
		if !opens.After(g.end) {
			g.at(opens, s.hold)
		}
	}
}

func (s *sitting) as(name string, do func(a member.Actor) error) error {
	a, err := s.actor(name)
	if err == nil {
		err = do(a)
	}
	if err != nil {
		return fmt.Errorf("meeting %q: %s: %w", s.title, name, err)
	}
	return nil
}

// call has somebody call the meeting who was chosen to do that.
func (s *sitting) call(opens time.Time) error {
	for _, p := range s.body.people {
		a, err := s.actor(p.name)
		if err != nil || !member.Can(a, member.Convene, s.clock.Now()) {
			continue // not here, or not chosen
		}
		return s.as(p.name, func(a member.Actor) error {
			m, err := s.Meetings.Call(s.ctx, a, db.Once{}, meeting.Details{
				Title: s.title, Place: s.place, GettingIn: s.getting, Help: s.help, Opens: opens, Stop: opens.Add(90 * time.Minute),
			})
			s.number = m.Number
			return err
		})
	}
	return fmt.Errorf("meeting %q: nobody can call it", s.title)
}

// goOn lets time pass in the meeting.
func (s *sitting) goOn(d time.Duration) error {
	s.clock.set(s.clock.Now().Add(d))
	_, err := s.Tick(s.ctx)
	return err
}

// show looks at the meeting.
func (s *sitting) show() (v meeting.View, err error) {
	err = s.as(s.there[0], func(a member.Actor) (err error) {
		v, err = s.Meetings.Show(s.ctx, a, s.number)
		return err
	})
	return v, err
}

// chair has whoever facilitates do something.
func (s *sitting) chair(do func(a member.Actor, v meeting.View) error) error {
	v, err := s.show()
	if err != nil {
		return err
	}
	return s.as(v.People[v.Chair].Name, func(a member.Actor) error { return do(a, v) })
}

// hold has the meeting held, within the hour at whose beginning it opens.
func (s *sitting) hold() error {
	if err := s.gather(); err != nil {
		return err
	}
	err := s.chair(func(a member.Actor, _ meeting.View) error {
		waits, err := s.Minutes.Unconfirmed(s.ctx, a)
		for _, n := range waits {
			if err == nil {
				err = s.Minutes.Confirm(s.ctx, a, n)
			}
		}
		if err != nil {
			return err
		}
		return s.Meetings.Adopt(s.ctx, a, s.number)
	})
	if err != nil {
		return err
	}
	for {
		v, err := s.show()
		if err != nil {
			return err
		}
		i := slices.IndexFunc(v.Items, func(it meeting.Item) bool { return it.State == meeting.Waiting })
		if i < 0 {
			return s.chair(func(a member.Actor, _ meeting.View) error { return s.Meetings.Close(s.ctx, a, s.number) })
		}
		if err := s.deal(v.Items[i]); err != nil {
			return err
		}
	}
}

// gather has people come, say what they would do, and begin.
func (s *sitting) gather() error {
	modes := []meeting.Mode{meeting.Room, meeting.Room, meeting.Remote, meeting.Room, meeting.Room, meeting.Phone}
	offers := meeting.Offers()
	for _, p := range s.body.people {
		if _, err := s.actor(p.name); err != nil || len(s.there) == s.comes {
			continue
		}
		n := len(s.there)
		s.there = append(s.there, p.name)
		err := s.as(p.name, func(a member.Actor) error {
			if err := s.Meetings.CheckIn(s.ctx, a, s.number, modes[n%len(modes)]); err != nil {
				return err
			}
			return s.Meetings.Would(s.ctx, a, s.number, []meeting.Job{offers[n%len(offers)], offers[(n+1)%len(offers)]})
		})
		if err != nil {
			return err
		}
	}
	return s.as(s.there[0], func(a member.Actor) error { return s.Meetings.Begin(s.ctx, a, s.number) })
}

// deal deals with an item: people speak, notes are taken, and if it is a proposal it is decided.
func (s *sitting) deal(it meeting.Item) error {
	if err := s.chair(func(a member.Actor, _ meeting.View) error { return s.Meetings.Take(s.ctx, a, s.number, it.ID) }); err != nil {
		return err
	}
	v, err := s.show()
	if err != nil {
		return err
	}
	proposal := v.Motions[it.Motion]
	title := it.Title
	if it.Motion != 0 {
		title = proposal.Title
	}
	for _, step := range []func(meeting.Item, string) error{s.hear, s.feel, s.write} {
		if err := step(it, title); err != nil {
			return err
		}
	}
	if it.Motion == 0 {
		return s.chair(func(a member.Actor, _ meeting.View) error { return s.Meetings.Finish(s.ctx, a, s.number, it.ID) })
	}
	if said, calls := s.answers[title]; calls {
		return s.agree(it, proposal.Number, said)
	}
	return s.vote(it, proposal.Number, s.votes[title])
}

// hear has those speak who would like to, for a minute or so each.
func (s *sitting) hear(_ meeting.Item, title string) error {
	for _, x := range s.speak[title] {
		err := s.as(x.by, func(a member.Actor) error {
			return s.Meetings.Raise(s.ctx, a, s.number, meeting.Raised{Kind: floor.Speak, Side: x.side})
		})
		if err != nil {
			return err
		}
	}
	for range s.speak[title] {
		if err := s.chair(func(a member.Actor, v meeting.View) error {
			return s.Meetings.CallNext(s.ctx, a, s.number, v.Speaker.ID)
		}); err != nil {
			return err
		}
		if err := s.goOn(70 * time.Second); err != nil {
			return err
		}
	}
	v, err := s.show()
	if err != nil || v.Speaker.ID == 0 {
		return err
	}
	return s.as(v.People[v.Speaker.Member].Name, func(a member.Actor) error { return s.Meetings.Finished(s.ctx, a, s.number, v.Speaker.ID) })
}

// feel has all show how they feel, if that is asked.
func (s *sitting) feel(_ meeting.Item, title string) error {
	question, asked := s.asks[title]
	if !asked {
		return nil
	}
	if err := s.chair(func(a member.Actor, _ meeting.View) error {
		return s.Meetings.AskFeeling(s.ctx, a, db.Once{}, s.number, question)
	}); err != nil {
		return err
	}
	v, err := s.show()
	if err != nil {
		return err
	}
	for i, name := range s.there {
		points := []feeling.Point{2, 1, 2, 3, 2, 4, 1, 3}
		if err := s.as(name, func(a member.Actor) error {
			return s.Meetings.ShowFeeling(s.ctx, a, s.number, v.Together.Feeling.ID, points[i%len(points)])
		}); err != nil {
			return err
		}
	}
	return s.goOn(v.Together.Feeling.Closes.Sub(s.clock.Now()))
}

// write has whoever has the job note what was said.
func (s *sitting) write(it meeting.Item, title string) error {
	text, ok := s.notes[title]
	v, err := s.show()
	if err != nil || !ok {
		return err
	}
	for _, x := range v.Terms {
		if x.Job == meeting.Notes && !x.Shadow && x.Runs(s.clock.Now()) {
			return s.as(v.People[x.Member].Name, func(a member.Actor) error {
				_, _, err := s.Minutes.Save(s.ctx, a, s.number, it.ID, 0, text)
				return err
			})
		}
	}
	return nil // nobody has it
}

// vote has the proposal put to the vote, and decided by those who are there.
func (s *sitting) vote(it meeting.Item, number int, counts [3]int) error {
	if err := s.chair(func(a member.Actor, _ meeting.View) error {
		return s.Meetings.PutToVote(s.ctx, a, s.number, it.ID, false)
	}); err != nil {
		return err
	}
	var closes time.Time
	for i, name := range s.there {
		choice := ballot.For
		switch {
		case i >= counts[0]+counts[1]+counts[2]:
			continue
		case i >= counts[0]+counts[1]:
			choice = ballot.Abstain
		case i >= counts[0]:
			choice = ballot.Against
		}
		err := s.as(name, func(a member.Actor) error {
			v, err := s.Ballots.Show(s.ctx, a, number)
			if err != nil {
				return err
			}
			closes = v.Closes
			_, err = s.Ballots.Cast(s.ctx, a, number, ballot.Vote{Choice: choice, Client: rand.Text(), Basis: v.Basis})
			return err
		})
		if err != nil {
			return err
		}
	}
	return s.goOn(max(closes.Sub(s.clock.Now()), 0) + time.Second)
}

// agree has the proposal called for agreement. Those who are named in no answer agree.
func (s *sitting) agree(it meeting.Item, number int, said []agree.Answer) error {
	if err := s.chair(func(a member.Actor, _ meeting.View) error {
		return s.Meetings.CallForAgreement(s.ctx, a, s.number, it.ID)
	}); err != nil {
		return err
	}
	for i, name := range s.there {
		answer := agree.Answer{Response: agree.Yes}
		if back := len(s.there) - 1 - i; back < len(said) {
			answer = said[back]
		}
		if err := s.as(name, func(a member.Actor) error {
			_, err := s.Ballots.Answer(s.ctx, a, number, db.Once{}, answer)
			return err
		}); err != nil {
			return err
		}
	}
	return s.goOn(61 * time.Second)
}
