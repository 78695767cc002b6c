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
	"folkmoot/internal/minutes"
)

// gathering is a meeting of the story. It opens at half past six in the evening of the last Tuesday up to its day.
type gathering struct {
	day   int // days before today; below 0: it is still to come
	title string
	place string
	dial  string
	way   string // how to get in
	help  string
	put   []topic                  // down for it
	come  []string                 // in the order in which they do
	from  map[string]meeting.Mode  // who takes part from elsewhere
	would map[meeting.Job][]string // who facilitates speaks about nothing and has proposed nothing
	deals map[string]dealing       // with its items, by their titles
	few   bool                     // too few come, so that its proposals go online
	fixes []fixing
}

// topic is something that somebody would like to talk about.
type topic struct {
	by, title, text string
	minutes         int
}

// dealing is how a meeting deals with one item.
type dealing struct {
	speak   []spoken
	asks    string // whoever facilitates asks how all feel about that
	feel    []feeling.Point
	notes   string
	named   []string       // have their names put beside what was said
	votes   [3]int         // for, against, abstain, in the order in which they came
	answers []agree.Answer // to a call for agreement, of those who came last; the others agree
}

// received is how meetings deal with reports on money.
var received = dealing{notes: "It was read aloud line by line, and received. Nobody sent a part of it back."}

// spoken is that somebody speaks so long, for one side or neither.
type spoken struct {
	by      string
	side    floor.Side
	seconds int
}

// fixing is a correction of a record. It is taken up, unless an answer says why not.
type fixing struct{ by, about, text, answer string }

// notice is how many days before it a meeting of the story is called.
const notice = 15

// sitting is a meeting of the story as it goes on.
type sitting struct {
	*group
	gathering
	opens  time.Time
	number int
}

// planMeetings has the meetings of a group called, and held.
func (g *group) planMeetings() error {
	zone, err := time.LoadLocation(g.zone)
	if err != nil {
		return fmt.Errorf("zone of %s: %w", g.name, err)
	}
	for i := range g.meetings {
		s := &sitting{group: g, gathering: g.meetings[i]}
		s.opens = evening(g.end.In(zone), s.day)
		called := s.opens.AddDate(0, 0, -notice).Truncate(step)
		for n, x := range s.put {
			g.at(called.AddDate(0, 0, -2).Add(time.Duration(n)*step), func() error {
				return s.as(x.by, func(a member.Actor) error { return g.Meetings.PutDown(g.ctx, a, db.Once{}, x.title, x.text, x.minutes) })
			})
		}
		g.at(called, s.call)
		if s.opens.Before(g.end) {
			g.at(s.opens.Truncate(step), s.hold)
		}
	}
	return nil
}

// evening is half past six on the last Tuesday up to so many days before the end, where that is a clock of the group's.
func evening(end time.Time, before int) time.Time {
	d := end.AddDate(0, 0, -before)
	back := (int(d.Weekday()-time.Tuesday) + 7) % 7
	return time.Date(d.Year(), d.Month(), d.Day()-back, 18, 30, 0, 0, end.Location())
}

func (s *sitting) as(name string, do func(a member.Actor) error) error {
	a, err := s.actor(name)
	if err == nil {
		err = do(a)
	}
	if err != nil {
		return fmt.Errorf("%s on %s: %s: %w", s.title, s.opens.Format(time.DateOnly), name, err)
	}
	return nil
}

// call has the first call the meeting who has the power to.
func (s *sitting) call() error {
	for _, p := range s.body.people {
		a, err := s.actor(p.name)
		if err != nil || !member.Can(a, member.Convene, s.clock.Now()) {
			continue // not here, or not chosen
		}
		return s.as(p.name, func(a member.Actor) error {
			m, err := s.Meetings.Call(s.ctx, a, db.Once{}, meeting.Details{
				Title: s.title, Place: s.place, Phone: s.dial, GettingIn: s.way, Help: s.help,
				Opens: s.opens.UTC(), Stop: s.opens.UTC().Add(90 * time.Minute),
			})
			s.number = m.Number
			return err
		})
	}
	return fmt.Errorf("%s on %s: nobody can call it", s.title, s.opens.Format(time.DateOnly))
}

// until lets time pass up to a moment in the meeting.
func (s *sitting) until(at time.Time) error {
	if at.After(s.clock.Now()) {
		s.clock.set(at)
	}
	_, err := s.Tick(s.ctx)
	return err
}

func (s *sitting) wait(d time.Duration) error { return s.until(s.clock.Now().Add(d)) }

// look is the meeting as who came first sees it.
func (s *sitting) look() (v meeting.View, err error) {
	err = s.as(s.come[0], func(a member.Actor) (err error) {
		v, err = s.Meetings.Show(s.ctx, a, s.number)
		return err
	})
	return v, err
}

// chair has whoever facilitates do something.
func (s *sitting) chair(do func(a member.Actor, v meeting.View) error) error {
	v, err := s.look()
	if err != nil {
		return err
	}
	return s.as(v.People[v.Chair].Name, func(a member.Actor) error { return do(a, v) })
}

// hold has the meeting held.
func (s *sitting) hold() error {
	if err := s.gather(); err != nil {
		return err
	}
	if err := s.wait(4 * time.Minute); err != nil {
		return err
	}
	if err := s.chair(s.open); err != nil {
		return err
	}
	for {
		v, err := s.look()
		if err != nil {
			return err
		}
		i := slices.IndexFunc(v.Items, func(it meeting.Item) bool { return it.State == meeting.Waiting })
		if i < 0 {
			return s.end()
		}
		if err := s.deal(v.Items[i], v); err != nil {
			return err
		}
	}
}

// gather has people come, say what they would do, and begin.
func (s *sitting) gather() error {
	if err := s.until(s.opens.Add(-10 * time.Minute)); err != nil {
		return err
	}
	for _, name := range s.come {
		mode := meeting.Room
		if m, ok := s.from[name]; ok {
			mode = m
		}
		var jobs []meeting.Job
		for _, job := range meeting.Offers() {
			if slices.Contains(s.would[job], name) {
				jobs = append(jobs, job)
			}
		}
		if err := s.as(name, func(a member.Actor) error {
			if err := s.Meetings.CheckIn(s.ctx, a, s.number, mode); err != nil {
				return err
			}
			return s.Meetings.Would(s.ctx, a, s.number, jobs)
		}); err != nil {
			return err
		}
	}
	v, err := s.look()
	if err != nil {
		return err
	}
	begins := s.opens
	if s.few {
		begins = begins.Add(time.Duration(v.Rules.Meeting.QuorumWaitMinutes) * time.Minute)
	}
	if err := s.until(begins); err != nil {
		return err
	}
	return s.as(s.come[0], func(a member.Actor) error { return s.Meetings.Begin(s.ctx, a, s.number) })
}

// open has whoever facilitates find earlier records accurate and the agenda adopted, or send its proposals online.
func (s *sitting) open(a member.Actor, _ meeting.View) error {
	if err := s.Meetings.Adopt(s.ctx, a, s.number); err != nil {
		return err
	}
	if s.few {
		return s.Meetings.SendOnline(s.ctx, a, s.number)
	}
	waits, err := s.Minutes.Unconfirmed(s.ctx, a)
	if err != nil {
		return err
	}
	for _, n := range waits {
		if err := s.Minutes.Confirm(s.ctx, a, n); err != nil {
			return err
		}
	}
	return nil
}

// end closes the meeting. Whoever took notes publishes the record two days later, and answers what is to be corrected.
func (s *sitting) end() error {
	if err := s.wait(3 * time.Minute); err != nil {
		return err
	}
	writer, err := s.writer()
	if err != nil {
		return err
	}
	if err := s.chair(func(a member.Actor, _ meeting.View) error { return s.Meetings.Close(s.ctx, a, s.number) }); err != nil {
		return err
	}
	out := s.clock.Now().Add(40 * time.Hour).Truncate(step)
	s.at(out, func() error {
		return s.as(writer, func(a member.Actor) error { return s.Minutes.Publish(s.ctx, a, s.number) })
	})
	for i, x := range s.fixes {
		s.at(out.Add(time.Duration(8+i)*time.Hour), func() error { return s.as(x.by, func(a member.Actor) error { return s.suggest(a, x) }) })
		s.at(out.Add(time.Duration(31+i)*time.Hour), func() error {
			return s.as(writer, func(a member.Actor) error { return s.Minutes.Answer(s.ctx, a, s.number, i+1, x.answer == "", x.answer) })
		})
	}
	return nil
}

// suggest has the actor say how something was.
func (s *sitting) suggest(a member.Actor, x fixing) error {
	r, err := s.Minutes.Show(s.ctx, a, s.number)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(r.Sections, func(c minutes.Section) bool { return titleOf(c.Item, c.Motion.Title) == x.about })
	if i < 0 {
		return fmt.Errorf("nothing was said about %q", x.about)
	}
	return s.Minutes.Suggest(s.ctx, a, db.Once{}, s.number, r.Sections[i].Item.ID, x.text)
}

// titleOf is how an item is called: as the proposal, if it is one.
func titleOf(it meeting.Item, proposal string) string {
	if it.Motion != 0 {
		return proposal
	}
	return it.Title
}

// writer is who takes notes.
func (s *sitting) writer() (string, error) {
	v, err := s.look()
	if err != nil {
		return "", err
	}
	for _, x := range v.Terms {
		if x.Job == meeting.Notes && !x.Shadow && x.Runs(s.clock.Now()) {
			return v.People[x.Member].Name, nil
		}
	}
	return "", fmt.Errorf("%s on %s: nobody takes notes", s.title, s.opens.Format(time.DateOnly))
}

// deal deals with an item: people speak, notes are taken, and if it is a proposal it is decided.
func (s *sitting) deal(it meeting.Item, v meeting.View) error {
	title := titleOf(it, v.Motions[it.Motion].Title)
	d, ok := s.deals[title]
	if it.Kind == meeting.Report {
		d, ok = received, true // they come onto the agenda by themselves
	}
	if !ok {
		return fmt.Errorf("%s on %s: nothing is told of %q", s.title, s.opens.Format(time.DateOnly), title)
	}
	if err := s.chair(func(a member.Actor, _ meeting.View) error { return s.Meetings.Take(s.ctx, a, s.number, it.ID) }); err != nil {
		return err
	}
	for _, step := range []func(meeting.Item, dealing) error{s.hear, s.feel, s.write} {
		if err := step(it, d); err != nil {
			return err
		}
	}
	switch {
	case it.Motion == 0:
		return s.chair(func(a member.Actor, _ meeting.View) error { return s.Meetings.Finish(s.ctx, a, s.number, it.ID) })
	case d.answers != nil:
		return s.agree(it, v.Motions[it.Motion].Number, d)
	}
	return s.vote(it, v.Motions[it.Motion].Number, d.votes)
}

// hear has those speak who would like to.
func (s *sitting) hear(_ meeting.Item, d dealing) error {
	for _, x := range d.speak {
		if err := s.as(x.by, func(a member.Actor) error {
			return s.Meetings.Raise(s.ctx, a, s.number, meeting.Raised{Kind: floor.Speak, Side: x.side})
		}); err != nil {
			return err
		}
	}
	seconds := map[string]int{}
	for _, x := range d.speak {
		seconds[x.by] = x.seconds
	}
	for range d.speak {
		if err := s.chair(func(a member.Actor, v meeting.View) error {
			return s.Meetings.CallNext(s.ctx, a, s.number, v.Speaker.ID)
		}); err != nil {
			return err
		}
		v, err := s.look()
		if err != nil {
			return err
		}
		name := v.People[v.Speaker.Member].Name
		if err := s.wait(time.Duration(seconds[name]) * time.Second); err != nil {
			return err
		}
		if err := s.as(name, func(a member.Actor) error { return s.Meetings.Finished(s.ctx, a, s.number, v.Speaker.ID) }); err != nil {
			return err
		}
	}
	return s.wait(5 * time.Minute) // they go round once more
}

// feel has all show how they feel, if that is asked.
func (s *sitting) feel(_ meeting.Item, d dealing) error {
	if d.asks == "" {
		return nil
	}
	if err := s.chair(func(a member.Actor, _ meeting.View) error {
		return s.Meetings.AskFeeling(s.ctx, a, db.Once{}, s.number, d.asks)
	}); err != nil {
		return err
	}
	v, err := s.look()
	if err != nil {
		return err
	}
	for i, name := range s.come {
		if err := s.as(name, func(a member.Actor) error {
			return s.Meetings.ShowFeeling(s.ctx, a, s.number, v.Together.Feeling.ID, d.feel[i%len(d.feel)])
		}); err != nil {
			return err
		}
	}
	return s.until(v.Together.Feeling.Closes.Add(time.Minute))
}

// write has whoever takes notes write down what was said, and people put their names beside it.
func (s *sitting) write(it meeting.Item, d dealing) error {
	writer, err := s.writer()
	if err != nil {
		return err
	}
	if err := s.as(writer, func(a member.Actor) error {
		_, _, err := s.Minutes.Save(s.ctx, a, s.number, it.ID, 0, d.notes)
		return err
	}); err != nil {
		return err
	}
	for _, name := range d.named {
		if err := s.as(name, func(a member.Actor) error { return s.Minutes.Name(s.ctx, a, s.number, it.ID, true) }); err != nil {
			return err
		}
	}
	return nil
}

// vote has the proposal put to the vote, and decided by those who are there.
func (s *sitting) vote(it meeting.Item, number int, counts [3]int) error {
	if err := s.chair(func(a member.Actor, _ meeting.View) error {
		return s.Meetings.PutToVote(s.ctx, a, s.number, it.ID, false)
	}); err != nil {
		return err
	}
	var closes time.Time
	for i, name := range s.come {
		choice := ballot.For
		switch {
		case i >= counts[0]+counts[1]+counts[2]:
			continue
		case i >= counts[0]+counts[1]:
			choice = ballot.Abstain
		case i >= counts[0]:
			choice = ballot.Against
		}
		if err := s.as(name, func(a member.Actor) error {
			v, err := s.Ballots.Show(s.ctx, a, number)
			if err != nil {
				return err
			}
			closes = v.Closes
			_, err = s.Ballots.Cast(s.ctx, a, number, ballot.Vote{Choice: choice, Client: rand.Text(), Basis: v.Basis})
			return err
		}); err != nil {
			return err
		}
	}
	return s.until(closes.Add(time.Second))
}

// agree has the proposal called for agreement.
func (s *sitting) agree(it meeting.Item, number int, d dealing) error {
	if err := s.chair(func(a member.Actor, _ meeting.View) error {
		return s.Meetings.CallForAgreement(s.ctx, a, s.number, it.ID)
	}); err != nil {
		return err
	}
	for i, name := range s.come {
		answer := agree.Answer{Response: agree.Yes}
		if back := len(s.come) - 1 - i; back < len(d.answers) {
			answer = d.answers[back]
		}
		if err := s.as(name, func(a member.Actor) error {
			_, err := s.Ballots.Answer(s.ctx, a, number, db.Once{}, answer)
			return err
		}); err != nil {
			return err
		}
	}
	return s.wait(time.Minute)
}
