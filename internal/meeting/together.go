package meeting

import (
	"context"
	"slices"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/procedure"
	"folkmoot/internal/script"
)

// Together is what those who are there do together, beside being heard from the list (practice.md §2.5.5): show how they feel,
// or speak in turn.
type Together struct {
	Feeling Feeling // under way; without an ID: none
	Mine    int     // the point that the viewer chose; 0: none
	Felt    []Feeling
	No      error   // why whoever facilitates cannot ask now how people feel
	Round   Round   // under way; without an ID: none
	Rounds  []Round // about what is talked about that are over, the last first
	NoRound error   // why whoever facilitates cannot go round now
}

// joint is what was done together in a meeting, as the room knows it.
type joint struct {
	feelings []Feeling
	rounds   []Round
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
	// What was done together in an earlier sitting counts no more.
	j.feelings = slices.DeleteFunc(slices.Clone(j.feelings), func(f Feeling) bool { return f.Opens.Before(in.m.Sat) })
	j.rounds = slices.DeleteFunc(slices.Clone(j.rounds), func(r Round) bool { return r.Opens.Before(in.m.Sat) })
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
	return nil
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
	return nil
}

// endTogether ends what is done together because the item ends.
func (in *room) endTogether() error {
	j, err := in.joint()
	if err != nil {
		return err
	}
	if f, open := j.feeling(); open {
		return in.endFeeling(f, FeelingStopped)
	}
	if r, open := j.round(); open {
		return in.endRound(r, RoundStopped, "")
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
	if v.Facilitates() && v.Current.ID != 0 {
		v.Together.No, v.Together.NoRound = in.mayGather(procedure.Feeling), in.mayGoRound()
	}
	return nil
}

// nextTogether finds the earliest of what dueTogether returns once its time has come.
const nextTogether = "SELECT MIN(closes_at) FROM meeting_feelings WHERE state = 'open'"

// dueTogether returns the meetings in which something that is done together is over.
func dueTogether(tx *db.Tx, limit int) ([]Meeting, error) {
	var rows []row
	err := tx.Raw(`SELECT m.* FROM meeting_feelings f JOIN meetings m ON m.id = f.meeting_id WHERE f.state = 'open' AND f.closes_at <= ? ORDER BY f.closes_at, f.id LIMIT ?`,
		db.At(tx.Now), limit).Scan(&rows).Error
	return meetings(rows), err
}

// stageTogether adds to the script what is done together, and what came of it just now.
func (v *View) stageTogether(s *script.Situation) {
	t := v.Together
	s.Feeling = t.Feeling.ID != 0
	s.Item.Round = len(t.Rounds) > 0
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
