package ballot

import (
	"context"
	"errors"
	"time"

	"folkmoot/internal/agree"
	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/urn"
)

// View is the vote on a motion as one member sees it at one moment.
type View struct {
	Ballot      // the last round
	Earlier     []Ballot
	Now         time.Time
	Motion      motion.Motion
	Words       motion.Version // exactly the text that is voted on
	OnRoll      bool           // the viewer is entitled to vote
	Absent      bool           // in a room: the viewer could vote if they had been checked in when it opened
	Voted       bool           // the viewer has; false also once that is no longer kept
	Basis       string         // secret ballots: goes into the form
	TookPart    int            // while open, in coarse steps; 0: too few to say; of a call exactly
	Mine        agree.Answer   // to an open call; zero: none
	Held        bool           // the viewer has had an open call held open, to write why they block
	ByMyHand    bool           // in a room: the viewer has no device, and votes by show of hands
	Tellers     []member.ID    // who counts hands
	Counting    *Counting      // what the viewer counts; nil: they are no teller
	Unavailable bool           // secret: the server has no key at present, and takes no votes
}

// Show returns the vote on the motion with the number. It returns fault.NotFound if there is no such motion for the viewer, or no
// vote on it yet.
func (s *Service) Show(ctx context.Context, a member.Actor, number int) (v View, err error) {
	show := func(tx *db.Tx) error {
		v, err = s.show(tx, a, number)
		return err
	}
	if err = s.look(ctx, show); errors.Is(err, urn.ErrNotOpen) {
		err = s.look(ctx, show) // the urn was emptied between two looks; now the ballot is seen to be counted
	}
	return v, err
}

func (s *Service) show(tx *db.Tx, a member.Actor, number int) (v View, err error) {
	m, err := motion.Look(tx, a, number)
	if err != nil {
		return v, err
	}
	rounds, err := Of(tx, m.ID)
	if err != nil {
		return v, err
	}
	if len(rounds) == 0 {
		return v, fault.New(fault.NotFound, "ballot.none")
	}
	last := len(rounds) - 1
	v = View{Ballot: rounds[last], Earlier: rounds[:last], Now: tx.Now, Motion: m}
	if v.Words, err = motion.TextOf(tx, m.ID, v.Version); err != nil {
		return v, err
	}
	err = v.mine(tx, s.urn, a.Member.ID)
	if err == nil {
		err = v.hands(tx, a.Member.ID)
	}
	if err != nil || !v.IsOpen(v.Now) {
		return v, err
	}
	if v.Calls() && v.Together() {
		return v, v.call(tx, a.Member.ID)
	}
	if v.TookPart, err = s.coarse(tx, v.Ballot); err == nil && v.Calls() {
		v.Mine, err = myAnswer(tx, v.ID, a.Member.ID)
	}
	return v, err
}

// mine reads what concerns the viewer alone.
func (v *View) mine(tx *db.Tx, u *urn.Urn, who member.ID) error {
	slot, err := slotOf(tx, v.ID, who)
	if err != nil || slot == 0 {
		return v.why(tx, who, err)
	}
	v.OnRoll = true
	switch {
	case v.IsCounted() && (v.Secret || v.Calls() || v.tooFew()):
		v.Voted, err = marked(tx, v.ID, slot)
		return err
	case !v.Secret:
		v.Voted, err = hasOpenVote(tx, v.ID, who)
		return err
	case !u.Has(v.Ref):
		v.Unavailable = v.State == Open
		return nil
	}
	t, err := u.Ticket(tx, v.bound(), slot)
	v.Voted, v.Basis = t.Voted, t.Basis
	return err
}

// call adds how many have answered an open call, and what the viewer has.
func (v *View) call(tx *db.Tx, who member.ID) error {
	n, err := tookPart(tx, v.Ballot)
	if err != nil {
		return err
	}
	v.TookPart = int(n)
	if v.Mine, err = myAnswer(tx, v.ID, who); err != nil {
		return err
	}
	v.Held, err = hasHeld(tx, v.ID, who)
	return err
}

// why finds out why the viewer is not on the roll of a vote in a room.
func (v *View) why(tx *db.Tx, who member.ID, err error) error {
	if err != nil || !v.InRoom() {
		return err
	}
	_, rules, err := setting(tx, v.Group, v.Rulebook)
	if err != nil {
		return err
	}
	v.Absent, err = member.MayVoteAt(tx, who, v.Opens, time.Duration(rules.Rules.VotingWaitDays)*day)
	return err
}

// LookAgain is how old the number of those who have voted may be that is shown: asking for it more often shows nothing new.
const LookAgain = time.Minute

// Taking part is shown in steps, so that nobody can watch one person's vote arrive.
const (
	leastShown = 10
	step       = 5
)

// coarse returns about how many have voted so far: in steps of five from ten on, as of up to a minute ago, and 0 for fewer.
func (s *Service) coarse(tx *db.Tx, b Ballot) (int, error) {
	s.seen.mu.Lock()
	last, ok := s.seen.at[b.ID]
	s.seen.mu.Unlock()
	if age := tx.Now.Sub(last.at); !ok || age >= LookAgain || age < 0 {
		n, err := tookPart(tx, b)
		if err != nil {
			return 0, err
		}
		last = sight{n, tx.Now}
		s.seen.keep(b.ID, last)
	}
	if last.n < leastShown {
		return 0, nil
	}
	return int(last.n / step * step), nil
}

// keep remembers a look, and forgets ballots nobody has looked at for long.
func (sh *shown) keep(id ID, now sight) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	for other, s := range sh.at {
		if now.at.Sub(s.at) > day {
			delete(sh.at, other)
		}
	}
	sh.at[id] = now
}

// Codes is a page of the published receipt codes of a secret ballot.
type Codes struct {
	Ballot
	Motion motion.Motion
	List   []Paper
	More   bool
}

// codesPage is how many codes a page shows.
const codesPage = 100

// Codes returns the published codes after the given one, in their order; all of them if everything is set.
// It returns fault.NotFound if the motion has had no secret ballot with receipts in the round, or it is not counted.
func (s *Service) Codes(ctx context.Context, a member.Actor, number, round int, after string, everything bool) (c Codes, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		if c.Motion, err = motion.Look(tx, a, number); err != nil {
			return err
		}
		rounds, err := Of(tx, c.Motion.ID)
		if err != nil {
			return err
		}
		if round < 1 || round > len(rounds) || !rounds[round-1].HasCodes() {
			return fault.New(fault.NotFound, "ballot.no_codes")
		}
		c.Ballot = rounds[round-1]
		limit := codesPage + 1
		if everything {
			limit = 0
		}
		c.List, err = Published(tx, c.ID, after, limit)
		if limit > 0 && len(c.List) == limit {
			c.List, c.More = c.List[:codesPage], true
		}
		return err
	})
	return c, err
}

// HasCodes says whether receipt codes of the ballot are published.
func (b Ballot) HasCodes() bool { return b.Secret && b.IsCounted() && b.Receipts != NoReceipt }
