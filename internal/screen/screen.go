// Package screen has a meeting be shown on a screen in the room: on a projector, in a browser in which nobody is signed in (practice.md §5.5).
//
// # The address
//
// Whoever runs the meeting makes an address with a secret in it, of which only a hash is stored. It opens one page, that of this one meeting, and no
// other: to the rest of the program whoever has it is nobody. It ends with the meeting, or before; a new one ends the old one. That there is one is
// on the meeting's page for every member to see.
//
// # What is shown
//
// What everybody who is there may see, and nobody's own: who speaks and who comes next, by the names that members chose; the words that are talked
// about; that there is a vote, and never how it stands; what came of it.
package screen

import (
	"context"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/ledger"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/token"
)

// ResultFor is how long the result of a vote stands large on the screen; then it is in the line of its item (practice.md §5.5).
const ResultFor = 20 * time.Second

// Service makes screens and says what is on them.
type Service struct {
	db      *db.DB
	ledger  *ledger.Ledger
	votes   *ballot.Service
	changed func(log ledger.Log, subject string)
}

// NewService returns a Service on the database. What was voted it learns from votes, and where the record stands from the ledger.
func NewService(d *db.DB, l *ledger.Ledger, votes *ballot.Service) *Service {
	return &Service{db: d, ledger: l, votes: votes, changed: func(ledger.Log, string) {}}
}

// OnChange has f told, once it is committed, that a meeting's screen has another address now, or none.
func (s *Service) OnChange(f func(log ledger.Log, subject string)) { s.changed = f }

// State is how a meeting's screen stands, as one member sees it.
type State struct {
	Since time.Time // it has an address since then; zero: it has none
	May   bool      // the viewer can make one, and end it
}

// mayRun returns nil if the actor may put the meeting on a screen; see meeting.MayPrepare.
func mayRun(tx *db.Tx, a member.Actor, m meeting.Meeting) error {
	return meeting.MayPrepare(tx, a, m, "screen.no_power")
}

// find returns the actor as they are now and the meeting with the number, or fault.NotFound.
func find(tx *db.Tx, a member.Actor, number int) (member.Actor, meeting.Meeting, error) {
	a, err := member.Again(tx, a)
	if err != nil {
		return a, meeting.Meeting{}, err
	}
	m, err := meeting.Find(tx, a.Group.ID, number)
	return a, m.Meeting, err
}

// Of returns how the screen of the meeting stands, of which the actor has read. It returns fault.NotFound for who is no member of its group.
func (s *Service) Of(ctx context.Context, a member.Actor, m meeting.Meeting) (st State, err error) {
	if !a.IsMember() || m.Group != a.Group.ID {
		return st, fault.New(fault.NotFound, "fault.not_found")
	}
	if m.IsOver() {
		return st, nil
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		st.May = mayRun(tx, a, m) == nil
		st.Since, _, err = madeAt(tx, m.ID)
		return err
	})
	return st, err
}

// Make gives the meeting's screen an address, of which it returns the secret. The one it had shows nothing from now on. It returns fault.NotFound for
// who is no member and if there is no such meeting, fault.Denied for who does not run it, and fault.Conflict once it is over.
func (s *Service) Make(ctx context.Context, a member.Actor, number int) (secret string, err error) {
	secret = token.New()
	return secret, s.change(ctx, a, number, func(tx *db.Tx, m meeting.Meeting) error { return put(tx, m.ID, token.Hash(secret)) })
}

// End ends the meeting's screen, if it has one. It returns what Make does.
func (s *Service) End(ctx context.Context, a member.Actor, number int) error {
	return s.change(ctx, a, number, func(tx *db.Tx, m meeting.Meeting) error {
		_, err := remove(tx, m.ID)
		return err
	})
}

func (s *Service) change(ctx context.Context, a member.Actor, number int, do func(*db.Tx, meeting.Meeting) error) error {
	if !a.IsMember() {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		a, m, err := find(tx, a, number)
		if err != nil {
			return err
		}
		if err := mayRun(tx, a, m); err != nil {
			return err
		}
		if err := do(tx, m); err != nil {
			return err
		}
		log, ref := a.Group.Log(), m.Ref()
		tx.After(func() { s.changed(log, ref) })
		return nil
	})
}

// Shows returns the meeting that is shown under the address with the secret, and its group. It returns fault.NotFound if none is, or no more, and
// fault.Gone once that meeting is over.
func (s *Service) Shows(ctx context.Context, secret string) (g member.Group, m meeting.Meeting, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		g, m, err = shown(tx, secret)
		return err
	})
	return g, m, err
}

func shown(tx *db.Tx, secret string) (g member.Group, m meeting.Meeting, err error) {
	id, ok, err := byHash(tx, token.Hash(secret))
	if err != nil {
		return g, m, err
	}
	if !ok {
		return g, m, fault.New(fault.NotFound, "screen.none")
	}
	if m, err = meeting.Get(tx, id); err != nil {
		return g, m, err
	}
	if m.IsOver() {
		return g, m, fault.New(fault.Gone, "screen.over")
	}
	g, err = member.GetGroup(tx, m.Group)
	return g, m, err
}

// View is what is on the screen.
type View struct {
	meeting.View
	Group   member.Group
	Head    ledger.Head    // of the group's record
	Hidden  bool           // not everybody may see what is talked about
	Text    motion.Version // of the proposal that is talked about; N is 0 if there is none
	Was     motion.Version // its wording before; N is 0 if there was none
	Vote    ballot.Ballot  // that is open or being counted, or was counted less than ResultFor ago; without Ref there is none
	SoFar   int            // about how many have voted; 0: too few to say
	Decided map[motion.ID]ballot.Ballot
}

// Show returns what is on the screen under the address with the secret. It returns what Shows does.
func (s *Service) Show(ctx context.Context, secret string) (v View, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		g, m, err := shown(tx, secret)
		if err != nil {
			return err
		}
		v = View{Group: g, Decided: map[motion.ID]ballot.Ballot{}}
		if v.View, err = meeting.Watch(tx, g, m.Number); err != nil {
			return err
		}
		if v.Head, err = s.ledger.Head(tx, g.Log(), g.Ref); err != nil {
			return err
		}
		if err := v.words(tx); err != nil {
			return err
		}
		return v.vote(tx, s.votes)
	})
	return v, err
}

// words adds the text that is talked about, where everybody may see it, and takes out whatever not everybody may.
func (v *View) words(tx *db.Tx) (err error) {
	for i, it := range v.Items {
		if p, is := v.Motions[it.Motion]; is && !p.MayBeSeenBy(0) {
			v.Items[i].Title, v.Items[i].Text = "", ""
			delete(v.Motions, it.Motion)
		}
	}
	p, is := v.Motions[v.Current.Motion]
	if v.Hidden = v.Current.Motion != 0 && !is; v.Current.Motion == 0 || v.Hidden {
		return nil
	}
	if v.Text, err = motion.TextOf(tx, p.ID, p.Version); err != nil || p.Version == 1 {
		return err
	}
	v.Was, err = motion.TextOf(tx, p.ID, p.Version-1)
	return err
}

// vote adds the vote that is open or was counted just now, and what earlier ones in the meeting came to.
func (v *View) vote(tx *db.Tx, votes *ballot.Service) error {
	all, err := ballot.InRoom(tx, v.Group.ID, v.Ref())
	if err != nil {
		return err
	}
	for _, b := range all {
		if _, seen := v.Motions[b.Motion]; !seen {
			continue
		}
		switch {
		case b.State == ballot.Open || b.State == ballot.Closing:
			v.Vote = b
		case b.IsCounted():
			v.Decided[b.Motion] = b
			if v.Now.Before(b.CountedAt.Add(ResultFor)) {
				v.Vote = b
			}
		}
	}
	v.SoFar, err = votes.SoFar(tx, v.Vote)
	return err
}
