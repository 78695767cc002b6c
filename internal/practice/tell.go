package practice

import (
	"context"
	"fmt"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/lang"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/rulebook"
	"folkmoot/internal/token"
)

// The invented people. Sam has facilitated before, so that the lot has whoever practises go first and Sam second; Ines takes notes.
const (
	second = "Sam"
	notes  = "Ines"
	mover1 = "Ana"
	mover2 = "Bo"
	asks   = "Priya"   // a question about the rules
	doubts = "Tomasz"  // the ruling
	joins  = "Jo"      // whoever makes a move
	hurry  = "Dolores" // would vote now
	talks  = "Gus"     // longer than he may
)

// people are the invented members in the order in which they joined.
func people() []string {
	return []string{mover1, mover2, second, notes, joins, asks, doubts, hurry, talks, "Kofi", "Emeka"}
}

// history is how long before the meeting the group began. Its members have joined so long ago that all of them vote, and it is not yet asked whether it
// adopts its rules.
const history = 27 * day

const day = 24 * time.Hour

// tell has the invented group live up to the minute in which its meeting can begin, with the person, who is called name, among its members.
func (h *Hall) tell(ctx context.Context, name, tag string) error {
	v := h.Words.Voice(tag)
	opens := h.live().UTC().Truncate(time.Minute)
	t := &telling{h, ctx, v, opens}
	for _, part := range []struct {
		before time.Duration
		do     func() error
	}{
		{history, func() error { return t.found(name) }},
		{20 * day, t.callFirst},
		{15 * day, t.holdFirst},
		{12 * day, t.propose},
		{8 * day, t.callSecond},
		{time.Minute, t.gather},
	} {
		h.set(opens.Add(-part.before))
		if err := h.Tick(ctx); err != nil {
			return err
		}
		if err := part.do(); err != nil {
			return err
		}
	}
	h.set(time.Time{})
	return h.Tick(ctx)
}

type telling struct {
	*Hall
	ctx   context.Context
	say   *lang.Voice
	opens time.Time
}

// found begins the group, has everybody join, and has some of them ask for a meeting.
func (t *telling) found(name string) error {
	names := people()
	for _, n := range names {
		if member.Fold(n) == member.Fold(name) {
			name += " (2)" // somebody invented has the name
		}
	}
	err := t.DB.Write(t.ctx, func(tx *db.Tx) (err error) {
		for _, n := range names {
			if t.cast[n], err = insertPerson(tx, n, t.say.Tag()); err != nil {
				return err
			}
		}
		if t.person, err = insertPerson(tx, name, t.say.Tag()); err != nil {
			return err
		}
		t.Secret = token.New()
		return insertSession(tx, t.person, t.Secret, t.Ends.Add(Lasts))
	})
	if err != nil {
		return err
	}
	f := member.Founding{
		Name: t.say.T("practice.group"), Aim: t.say.T("practice.aim"), Preset: string(rulebook.Branch), Lang: t.say.Tag(), Zone: "UTC", By: names[0],
	}
	if err := t.DB.Write(t.ctx, func(tx *db.Tx) error {
		g, _, err := t.Members.FoundIn(tx, t.cast[names[0]], f)
		if err != nil {
			return err
		}
		return setSlug(tx, g.ID)
	}); err != nil {
		return fmt.Errorf("found the group: %w", err)
	}
	first, err := t.actor(names[0])
	if err != nil {
		return err
	}
	secret, err := t.Members.Invite(t.ctx, db.Once{}, first, len(names), 7)
	if err != nil {
		return err
	}
	for _, n := range names[1:] {
		if _, err := t.Members.Join(t.ctx, t.cast[n], secret, n); err != nil {
			return fmt.Errorf("join: %w", err)
		}
	}
	if _, err := t.Members.Join(t.ctx, t.person, secret, name); err != nil {
		return fmt.Errorf("join: %w", err)
	}
	if first, err = t.actor(names[0]); err != nil { // of a group that is not forming any more
		return err
	}
	t.group = first.Group
	if err := t.Members.CallFounding(t.ctx, first, t.opens.Add(3*day), ""); err != nil {
		return err
	}
	return t.ask("practice.first.business")
}

// actor returns one of the invented people as a member, with the powers that they have now.
func (h *Hall) actorOf(ctx context.Context, name string) (member.Actor, error) {
	a, _, err := h.Members.Visit(ctx, h.cast[name], Slug)
	return a, err
}

func (t *telling) actor(name string) (member.Actor, error) { return t.actorOf(t.ctx, name) }

// as has one of the invented people do something.
func (t *telling) as(name string, do func(a member.Actor) error) error {
	a, err := t.actor(name)
	if err == nil {
		err = do(a)
	}
	return err
}

// ask has as many ask for a meeting as it takes.
func (t *telling) ask(business string) error {
	k := meeting.Ask{State: meeting.Collecting}
	for i, n := range people() {
		err := t.as(n, func(a member.Actor) (err error) {
			if i == 0 {
				k, err = t.Meetings.AskFor(t.ctx, a, t.say.T(business))
				return err
			}
			return t.Meetings.Sign(t.ctx, a, k.Number)
		})
		if err != nil {
			return fmt.Errorf("ask for a meeting: %w", err)
		}
		if k.Signed, err = i+1, nil; k.Signed >= k.Needed {
			return nil
		}
	}
	return fmt.Errorf("%d are too few to ask for a meeting", len(people()))
}

// call has one of those who asked first call the meeting, which nobody else has.
func (t *telling) call(title string, opens time.Time) error {
	return t.as(people()[0], func(a member.Actor) error {
		m, err := t.Meetings.Call(t.ctx, a, db.Once{}, meeting.Details{
			Title: t.say.T(title), Place: t.say.T("practice.place"), GettingIn: t.say.T("practice.getting_in"), Help: t.say.T("practice.help"),
			Opens: opens, Stop: opens.Add(90 * time.Minute),
		})
		if err != nil {
			return fmt.Errorf("call a meeting: %w", err)
		}
		t.Number = m.Number
		return nil
	})
}

func (t *telling) callFirst() error { return t.call("practice.first.title", t.opens.Add(-15*day)) }

// holdFirst holds a short meeting that Sam facilitates, and has others ask for the next.
func (t *telling) holdFirst() error {
	if err := t.come(map[string][]meeting.Job{second: {meeting.Facilitates}, notes: {meeting.Notes}}); err != nil {
		return err
	}
	talk := func(ctx context.Context, a member.Actor, n int) error {
		v, err := t.Meetings.Show(ctx, a, n)
		if err != nil || len(v.Items) == 0 {
			return err
		}
		return t.Meetings.Take(ctx, a, n, v.Items[0].ID)
	}
	for _, do := range []func(context.Context, member.Actor, int) error{t.Meetings.Begin, t.Meetings.Adopt, talk, t.Meetings.Close} {
		if err := t.as(second, func(a member.Actor) error { return do(t.ctx, a, t.Number) }); err != nil {
			return fmt.Errorf("hold the first meeting: %w", err)
		}
	}
	if err := t.as(notes, func(a member.Actor) error { return t.Minutes.Publish(t.ctx, a, t.Number) }); err != nil {
		return fmt.Errorf("publish its record: %w", err)
	}
	return t.ask("practice.business")
}

// come has the invented people be there, with what they would do.
func (t *telling) come(would map[string][]meeting.Job) error {
	for i, n := range people() {
		mode := meeting.Room
		if i%4 == 3 {
			mode = meeting.Remote
		}
		err := t.as(n, func(a member.Actor) error {
			if err := t.Meetings.CheckIn(t.ctx, a, t.Number, mode); err != nil || would[n] == nil {
				return err
			}
			return t.Meetings.Would(t.ctx, a, t.Number, would[n])
		})
		if err != nil {
			return fmt.Errorf("come to a meeting: %w", err)
		}
	}
	return nil
}

// propose tables two proposals that the meeting is to decide, and puts down something to talk about.
func (t *telling) propose() error {
	for i, by := range []string{mover1, mover2} {
		text := func(what string) string { return t.say.T(fmt.Sprintf("practice.proposal%d.%s", i+1, what)) }
		p := motion.Proposal{Kind: motion.Action, ReviewDays: 90, Text: motion.Text{
			Title: text("title"), Why: text("why"), Won: text("won"), Forum: motion.AtMeeting,
			Clauses: []motion.Clause{{ID: 1, Text: text("clause1")}, {ID: 2, Text: text("clause2")}},
		}}
		var m motion.Motion
		err := t.as(by, func(a member.Actor) (err error) {
			m, err = t.Motions.Propose(t.ctx, a, db.Once{}, 0, p)
			return err
		})
		for _, n := range people() {
			if err != nil || m.State != motion.Seeking {
				break
			}
			if n != by {
				err = t.as(n, func(a member.Actor) (err error) {
					m, err = t.Motions.Support(t.ctx, a, m.Number, m.Version)
					return err
				})
			}
		}
		if err != nil {
			return fmt.Errorf("propose: %w", err)
		}
	}
	return t.as(joins, func(a member.Actor) error {
		return t.Meetings.PutDown(t.ctx, a, db.Once{}, t.say.T("practice.topic.title"), t.say.T("practice.topic.text"), 10)
	})
}

func (t *telling) callSecond() error { return t.call("practice.meeting.title", t.opens) }

// gather has everybody but the person be there a minute before it begins.
func (t *telling) gather() error {
	return t.come(map[string][]meeting.Job{
		notes: {meeting.Notes}, "Kofi": {meeting.Timer}, "Emeka": {meeting.List}, hurry: {meeting.Doors},
	})
}
