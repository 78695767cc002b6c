package meeting

import (
	"context"
	"maps"
	"slices"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/procedure"
	"folkmoot/internal/script"
)

// Together is what those who are there do together, beside being heard from the list (practice.md §2.5.5): show how they feel,
// speak in turn, talk in small groups, or have spokes speak.
type Together struct {
	Feeling Feeling // under way; without an ID: none
	Mine    int     // the point that the viewer chose; 0: none
	Felt    []Feeling
	No      error   // why whoever facilitates cannot ask now how people feel
	Round   Round   // under way; without an ID: none
	Rounds  []Round // about what is talked about that are over, the last first
	NoRound error   // why whoever facilitates cannot go round now

	Breakout  Breakout           // under way; without an ID: none
	Table     Table              // the viewer's group; without a Number: they are in none
	Tables    []Table            // all of them, where people choose, for whoever runs the meeting, and for the room
	Modes     map[member.ID]Mode // of those in groups
	Lot       int                // the number by which the lot put the viewer into their group; 0: it did not
	Breakouts []Breakout         // about what is talked about that are over, the last first
	NoGroups  error              // why whoever facilitates cannot have people talk in small groups now

	Spokes   Spokes    // that are there; without an ID: all speak for themselves
	Circles  []Circle  // for which they speak; who is in them is told to those alone
	Circle   Circle    // the viewer's; without a Number: they are in none
	Named    member.ID // whom the viewer would have speak for it; 0: nobody
	NoSpokes error     // why whoever facilitates cannot have spokes speak now
}

// joint is what was done together in a meeting, as the room knows it.
type joint struct {
	feelings  []Feeling
	rounds    []Round
	breakouts []Breakout
	spokes    []Spokes
}

// joint returns what was done together, and what is.
func (in *room) joint() (*joint, error) {
	if in.jointly != nil {
		return in.jointly, nil
	}
	j := &joint{}
	var err error
	if j.feelings, err = recall(in.looked, "feelings", func() ([]Feeling, error) { return feelingsOf(in.tx, in.m.ID) }); err != nil {
		return nil, err
	}
	if j.rounds, err = recall(in.looked, "rounds", func() ([]Round, error) { return roundsOf(in.tx, in.m.ID) }); err != nil {
		return nil, err
	}
	if j.breakouts, err = recall(in.looked, "breakouts", func() ([]Breakout, error) { return breakoutsOf(in.tx, in.m.ID) }); err != nil {
		return nil, err
	}
	if j.spokes, err = recall(in.looked, "spokes", func() ([]Spokes, error) { return spokesOf(in.tx, in.m.ID) }); err != nil {
		return nil, err
	}
	// What was done together in an earlier sitting counts no more.
	j.feelings = slices.DeleteFunc(slices.Clone(j.feelings), func(f Feeling) bool { return f.Opens.Before(in.m.Sat) })
	j.rounds = slices.DeleteFunc(slices.Clone(j.rounds), func(r Round) bool { return r.Opens.Before(in.m.Sat) })
	j.breakouts = slices.DeleteFunc(slices.Clone(j.breakouts), func(x Breakout) bool { return x.Opens.Before(in.m.Sat) })
	j.spokes = slices.DeleteFunc(slices.Clone(j.spokes), func(x Spokes) bool { return x.Opens.Before(in.m.Sat) })
	in.jointly = j
	return j, nil
}

// feeling returns the show of feeling that is under way.
func (j *joint) feeling() (Feeling, bool) {
	i := slices.IndexFunc(j.feelings, func(f Feeling) bool { return f.State == FeelingOpen })
	if i < 0 {
		return Feeling{}, false
	}
	return j.feelings[i], true
}

// apart returns fault.Conflict while people do something together that has to end first.
func (in *room) apart() error {
	j, err := in.joint()
	if err != nil {
		return err
	}
	if _, open := j.feeling(); open {
		return fault.New(fault.Conflict, "meeting.feeling.open")
	}
	if _, open := j.round(); open {
		return fault.New(fault.Conflict, "meeting.round.open")
	}
	return in.whole()
}

// jointly runs what begins something that people do together, which whoever facilitates does; it returns the number of what began. The same form sent again changes nothing. It returns what running
// does, and fault.Denied for who does not facilitate.
func (s *Service) jointly(ctx context.Context, a member.Actor, once db.Once, number int, begin func(*room) (int64, error)) error {
	return s.running(ctx, a, number, func(in *room) error {
		if _, seen, err := in.tx.Seen(once); err != nil || seen {
			return err
		}
		if err := in.facilitates(); err != nil {
			return err
		}
		id, err := begin(in)
		if err != nil {
			return err
		}
		return in.tx.Did(once, id)
	})
}

// joinIn has somebody who comes take part in what the others do together.
func (in *room) joinIn(who member.ID, mode Mode) error {
	if err := in.joinRound(who); err != nil {
		return err
	}
	if err := in.joinCircle(who); err != nil {
		return err
	}
	return in.joinBreakout(who, mode)
}

// mayGather returns nil if whoever facilitates can have people do something together now, because of a move of the kind or of themselves: something is talked about, nobody speaks, nothing
// is voted on, and nothing else comes first (practice.md §2.4: between speakers).
func (in *room) mayGather(k procedure.Kind) error {
	st, err := in.standing()
	switch {
	case err != nil:
		return err
	case !st.Item.Called:
		return fault.New(fault.Conflict, "meeting.no_item")
	case st.VoteOpen:
		return fault.New(fault.Conflict, "meeting.vote_open")
	case st.Speaking:
		return fault.New(fault.Conflict, "meeting.moves.wait")
	}
	if err := in.sits(); err != nil {
		return err
	}
	return in.clearBut(k)
}

// mostStopped is how often on one item whoever facilitates can stop what began with a lot, and still begin it anew. Without an end to that they could have it fall until they like what it says.
const mostStopped = 2

// fallsAgain returns fault.Conflict where whoever facilitates has stopped a round, or spokes, about what is talked about as often as they can. Members can have more of them, by a vote.
func (in *room) fallsAgain(k procedure.Kind) error {
	j, err := in.joint()
	if err != nil {
		return err
	}
	n := 0
	for _, r := range j.rounds {
		if k == procedure.GoRound && r.Item == in.m.Item && r.State == RoundStopped {
			n++
		}
	}
	for _, x := range j.spokes {
		if k == procedure.Spokes && x.Item == in.m.Item && x.State == SpokesStopped {
			n++
		}
	}
	if n >= mostStopped {
		return fault.New(fault.Conflict, "meeting.lot.stopped", "Count", n)
	}
	return nil
}

// gathered notes that what somebody had asked for is done now.
func (in *room) gathered(k procedure.Kind) error {
	for _, mv := range slices.Clone(in.moves) {
		if mv.Kind == k && mv.State == MovePending {
			if err := in.drop(mv, MoveDone, ""); err != nil {
				return err
			}
		}
	}
	return nil
}

// settleTogether ends what is done together and whose time is over.
func (in *room) settleTogether() error {
	j, err := in.joint()
	if err != nil {
		return err
	}
	if f, open := j.feeling(); open && !in.tx.Now.Before(f.Closes) {
		return in.addUp(f)
	}
	if b, open := j.breakout(); open && !in.tx.Now.Before(b.Closes) {
		return in.endBreakout(b, BreakoutDone)
	}
	return nil
}

// endTogether ends what is done together because the item ends.
func (in *room) endTogether() error {
	j, err := in.joint()
	if err != nil {
		return err
	}
	if x, open := j.spokesNow(); open { // beside which there can be something else
		if err := in.endSpokes(x, SpokesDone, "", 0); err != nil {
			return err
		}
	}
	if f, open := j.feeling(); open {
		return in.endFeeling(f, FeelingStopped)
	}
	if r, open := j.round(); open {
		return in.endRound(r, RoundStopped, "")
	}
	if b, open := j.breakout(); open {
		return in.endBreakout(b, BreakoutStopped)
	}
	return nil
}

// together adds what is done together.
func (v *View) together(in *room) error {
	j, err := in.joint()
	if err != nil {
		return err
	}
	v.Together.Feeling, _ = j.feeling()
	if v.Together.Feeling.ID != 0 {
		if v.Together.Mine, err = feelingOf(in.tx, v.Together.Feeling.ID, v.Me); err != nil {
			return err
		}
	}
	for i := range j.feelings {
		if f := j.feelings[len(j.feelings)-1-i]; f.Item == v.Current.ID && f.State != FeelingOpen {
			v.Together.Felt = append(v.Together.Felt, f)
		}
	}
	v.Together.Round, _ = j.round()
	for i := range j.rounds {
		if r := j.rounds[len(j.rounds)-1-i]; r.Item == v.Current.ID && r.State != RoundOpen {
			v.Together.Rounds = append(v.Together.Rounds, r)
		}
	}
	if err := v.groups(in, j); err != nil {
		return err
	}
	if err := v.circles(in, j); err != nil {
		return err
	}
	if v.Facilitates() && v.Current.ID != 0 {
		v.Together.No, v.Together.NoRound = in.mayGather(procedure.Feeling), in.mayGoRound()
		v.Together.NoGroups, v.Together.NoSpokes = in.mayPart(), in.mayUseSpokes()
	}
	return nil
}

// groups adds small groups: to who is in one, with whom they talk; and all of them only to who runs the meeting, and to the room, where people without a page read it.
func (v *View) groups(in *room, j *joint) error {
	t := &v.Together
	for i := range j.breakouts {
		if b := j.breakouts[len(j.breakouts)-1-i]; b.Item == v.Current.ID && b.State != BreakoutOpen {
			t.Breakouts = append(t.Breakouts, b)
		}
	}
	b, open := j.breakout()
	if !open {
		return nil
	}
	p, err := recall(in.looked, "parted", func() (p parted, err error) {
		if p, err = partedOf(in.tx, b); err != nil {
			return p, err
		}
		var who []member.ID
		for _, t := range p.tables {
			who = append(who, t.People...)
		}
		p.people, err = member.Many(in.tx, who)
		return p, err
	})
	if err != nil {
		return err
	}
	t.Breakout, t.Table, t.Modes, t.Lot = b, p.of(v.Me), p.modes, p.lots[v.Me]
	if all := v.Me == 0 || v.Desk().Runs; all || b.Choice {
		t.Tables = slices.Clone(p.tables)
		for i := range t.Tables {
			if t.Tables[i].Lines = (Lines{}); !all { // nobody reads the card of another group before the end
				t.Tables[i].People = nil
			}
		}
		if all {
			maps.Copy(v.People, p.people)
		}
	}
	for _, who := range t.Table.People {
		v.People[who] = p.people[who]
	}
	return nil
}

// nextFeeling and nextGroups find the earliest of what dueTogether returns once its time has come.
const (
	nextFeeling = "SELECT MIN(closes_at) FROM meeting_feelings WHERE state = 'open'"
	nextGroups  = "SELECT MIN(closes_at) FROM meeting_breakouts WHERE state = 'open'"
)

// dueTogether returns the meetings in which something that is done together is over.
func dueTogether(tx *db.Tx, limit int) ([]Meeting, error) {
	var rows []row
	for _, table := range []string{"meeting_feelings", "meeting_breakouts"} {
		var more []row
		err := tx.Raw("SELECT m.* FROM "+table+" x JOIN meetings m ON m.id = x.meeting_id WHERE x.state = 'open' AND x.closes_at <= ? ORDER BY x.closes_at, x.id LIMIT ?",
			db.At(tx.Now), limit-len(rows)).Scan(&more).Error
		if err != nil {
			return nil, err
		}
		rows = append(rows, more...)
	}
	return meetings(rows), nil
}

// stageTogether adds to the script what is done together, and what came of it just now.
func (v *View) stageTogether(s *script.Situation) {
	t := v.Together
	s.Feeling, s.Spokes = t.Feeling.ID != 0, t.Spokes.ID != 0
	s.Item.Round = len(t.Rounds)+len(t.Breakouts) > 0
	if t.Breakout.ID != 0 {
		s.Phase, s.Until, s.LastMinute = script.Groups, t.Breakout.Closes.In(v.in.a.Group.Zone), t.Breakout.LastMinute(v.Now)
	} else if v.Speaker.ID == 0 && len(t.Breakouts) > 0 {
		if at, _ := t.Breakouts[0].Reads(v.Now); at >= 0 {
			s.Phase, s.BreakOver, s.Card = script.Groups, true, t.Breakouts[0].Cards[at].Number
		}
	}
	if t.Round.ID != 0 && len(v.List) > 0 {
		s.Round = v.People[v.Hands[v.List[0].ID].Member].Name
		if !t.Round.begun(v.st.hands) {
			s.RoundAsks, s.RoundTime = t.Round.Question, seconds(t.Round.Seconds)
		}
	}
	if len(t.Felt) > 0 && v.Now.Sub(t.Felt[0].Ended) < resultWaits {
		s.Felt = map[FeelingState]script.Felt{FeelingShown: script.FeltShown, FeelingFew: script.FeltFew}[t.Felt[0].State]
	}
}
