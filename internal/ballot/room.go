package ballot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/rulebook"
	"folkmoot/internal/token"
)

// How long a vote in a room is open (practice.md §2.6, Window). Shorter than the least, people on a bad line would not get to it.
const (
	RoomWindow  = 60 * time.Second
	LeastWindow = 20 * time.Second
	MostWindow  = 10 * time.Minute
	MoreTime    = 30 * time.Second // once, if people's connections break
)

// Room is what a meeting says of a vote that is held in it.
type Room struct {
	Meeting string        // as the record names it: meeting/3
	Present []member.ID   // who is checked in now
	Window  time.Duration // 0: RoomWindow
	ByHand  []member.ID   // of them, who has no device
	Tellers []member.ID   // the two who count their hands
	Named   bool          // who votes how is published at the close, which goes only where nobody has asked for a secret vote
	Agree   bool          // it is a call for agreement
	Urgent  bool          // the notice said that the proposal cannot wait
}

// InRoom says whether the vote is held in a meeting.
func (b Ballot) InRoom() bool { return b.Meeting != "" }

// Together says whether those who vote are in one place, so that nothing is waited for once all of them have voted.
func (b Ballot) Together() bool { return b.InRoom() || b.IsAtOnce() }

// Final says whether a vote, once cast, can not be changed: a secret one in a room, where somebody could be watched changing it.
func (b Ballot) Final() bool { return b.Secret && b.InRoom() }

// Prolonged says whether it is open, or was to the end, for longer than was frozen.
func (b Ballot) Prolonged() bool { return b.Closes.After(b.Planned) }

// ClosedEarly says whether it closed because everybody on the roll had voted.
func (b Ballot) ClosedEarly() bool {
	return b.IsCounted() && b.Together() && b.Turnout == int64(b.Entitled)
}

// OpenInRoom opens, at once, the vote on the tabled motion with the number, which is on the agenda of a meeting. It is the actor's act. ask runs in
// the transaction that opens it, perhaps more than once: it says whether the actor may, which is the meeting's affair, and who is in the room; what it
// returns as an error OpenInRoom does.
//
// On the roll is who is present and on the roll by the rules. Everything is frozen as in every ballot, and the quorum is that of the rules, so that a
// small room cannot decide for all: where too few take part the vote is held once more, online (practice.md §2.5.3, §2.6). It closes at the end of
// the window, or as soon as everybody on the roll has voted; never by hand.
//
// It returns fault.NotFound if there is no such motion for the actor, fault.Invalid for a window that is none, and fault.Conflict if the motion is not
// before this meeting, if its vote is open already, if fewer may vote than it takes, and if names are asked for where somebody wants secrecy.
func (s *Service) OpenInRoom(ctx context.Context, number int, a member.Actor, ask func(tx *db.Tx, m motion.Motion) (Room, error)) (b Ballot, err error) {
	const tries = 5 // somebody asks for a secret vote between the two transactions
	for range tries {
		made := prepared{ref: token.Ref("b_"), size: Contest{}.size()}
		if made.secret, err = s.willBeSecret(ctx, number, a); err != nil {
			return Ballot{}, err
		}
		if made.secret {
			if err := s.urn.Prepare(made.ref, made.size); err != nil { // first: a transaction touches no files
				return Ballot{}, err
			}
		}
		opened := false
		err = s.db.Write(ctx, func(tx *db.Tx) (err error) {
			b, opened, err = s.openRoom(tx, number, a, made, ask)
			return err
		})
		if made.secret && (err != nil || !opened) {
			err = errors.Join(err, s.discard(ctx, made.ref))
		}
		if err != nil || opened {
			return b, err
		}
	}
	return Ballot{}, fault.New(fault.Conflict, "motion.moved_on")
}

// willBeSecret says whether a vote on the motion would be secret if it opened now.
func (s *Service) willBeSecret(ctx context.Context, number int, a member.Actor) (secret bool, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		m, err := motion.Look(tx, a, number)
		if err != nil {
			return err
		}
		_, v, err := setting(tx, m.Group, m.Rulebook)
		secret = m.Secret(v.Rules)
		return err
	})
	return secret, err
}

// openRoom opens the vote in the transaction, unless it was made ready for a secret one and is to be open, or the other way round.
func (s *Service) openRoom(tx *db.Tx, number int, a member.Actor, made prepared, ask func(*db.Tx, motion.Motion) (Room, error)) (b Ballot, opened bool, err error) {
	if a, err = member.Again(tx, a); err != nil {
		return b, false, err
	}
	m, err := motion.Look(tx, a, number)
	if err != nil {
		return b, false, err
	}
	g, v, err := setting(tx, m.Group, m.Rulebook)
	if err != nil {
		return b, false, err
	}
	room, err := ask(tx, m)
	if err != nil {
		return b, false, err
	}
	if err := room.mayVoteOn(m, tx.Now); err != nil || m.Secret(v.Rules) != made.secret {
		return b, false, err
	}
	if room.Agree {
		room.Named = false // who wants their name beside what they say puts it there
		if err := mayCall(m, v.Rules); err != nil {
			return b, false, err
		}
	}
	if room.Named && (m.SecretAsks > 0 || made.secret) {
		return b, false, fault.New(fault.Conflict, "ballot.room.no_names")
	}
	b = Ballot{
		Ref: made.ref, Group: g.ID, Motion: m.ID, Version: m.Version, Round: 1, Secret: made.secret, Receipts: NoReceipt,
		Opens: tx.Now, Closes: tx.Now.Add(room.Window), Rulebook: v.Number, Meeting: room.Meeting, Present: len(room.Present), Named: room.Named,
	}
	if made.secret {
		b.Receipts = Presence
	}
	if room.Agree {
		b.Contest, b.Urgent = Contest{Method: Consensus, Seats: 1}, room.Urgent
	}
	if b.Round, err = nextRound(tx, m.ID); err != nil {
		return b, false, err
	}
	b.Planned = b.Closes
	roll, err := s.fixRoom(tx, &b, g, v.Rules, room)
	if err != nil {
		return b, false, err
	}
	hands, err := b.raise(roll, room)
	if err != nil {
		return b, false, err
	}
	if b, err = insert(tx, b, 0); err != nil {
		return b, false, fmt.Errorf("insert ballot: %w", err)
	}
	times := motion.Times{Opens: b.Opens, Closes: b.Closes}
	if room.Agree {
		times.Opens = time.Time{} // if it comes to nothing, the vote opens when it would have
	}
	if err := motion.SetState(tx, m.ID, motion.Tabled, motion.Voting, times); err != nil {
		return b, false, err
	}
	if err := s.noteOpened(tx, g, m, b, roll, room.Tellers, a.Member.Ref); err != nil {
		return b, false, err
	}
	return b, true, seat(tx, b, hands, room.Tellers)
}

// mayVoteOn returns nil if the room may vote on the motion now, and sets what it leaves to the program.
func (r *Room) mayVoteOn(m motion.Motion, now time.Time) error {
	if r.Window == 0 {
		r.Window = RoomWindow
	}
	r.Present = slices.Compact(slices.Sorted(slices.Values(r.Present)))
	switch state := m.StateAt(now); {
	case r.Window < LeastWindow || r.Window > MostWindow || r.Window%time.Millisecond != 0:
		return fault.New(fault.Invalid, "ballot.room.bad_window", "Least", int(LeastWindow/time.Second), "Most", int(MostWindow/time.Minute))
	case state == motion.Voting:
		return fault.New(fault.Conflict, "ballot.room.open")
	case state != motion.Tabled || r.Meeting == "" || m.Meeting != r.Meeting:
		return fault.New(fault.Conflict, "ballot.room.not_on_agenda")
	}
	return nil
}

// fixRoom freezes the vote. Its roll is a part of what it would be online; how many are active, and with that how many are enough, is the same.
func (s *Service) fixRoom(tx *db.Tx, b *Ballot, g member.Group, r rulebook.Rules, room Room) (roll []member.ID, err error) {
	roll, err = s.fix(tx, b, g, r, room.Present)
	switch {
	case err == nil:
		return roll, nil
	case !errors.Is(err, errFew):
		return nil, err
	case b.Secret:
		return nil, fault.New(fault.Conflict, "ballot.room.few_secret", "Least", LeastSecret)
	}
	return nil, fault.New(fault.Conflict, "ballot.room.few")
}

// Extend has the vote close half a minute later, in the transaction in which a meeting found that people lost their connections; why is a word that
// the record keeps. It can be done once. It returns fault.Conflict for a vote in no meeting, one that is over and one that has been extended.
func (s *Service) Extend(tx *db.Tx, id ID, why string) error {
	b, err := Get(tx, id)
	if err != nil {
		return err
	}
	if err := b.Takes(tx.Now); err != nil {
		return err
	}
	if !b.InRoom() || b.Prolonged() {
		return fault.New(fault.Conflict, "ballot.room.no_more_time")
	}
	return s.prolong(tx, b, b.Planned.Add(MoreTime), why)
}

// isFull says whether everybody on the roll of an open vote in a room has voted, so that nothing is waited for any more.
func isFull(tx *db.Tx, b Ballot) (bool, error) {
	if !b.Together() || b.State != Open {
		return false, nil
	}
	n, err := tookPart(tx, b)
	if err != nil {
		return false, err
	}
	hands, ok, err := agreed(tx, b)
	return n+hands.Total() == int64(b.Entitled) && (ok || b.ByHand == 0), err
}

// full returns the open votes in rooms in which everybody has voted. Nobody is told so before the count.
func full(tx *db.Tx) (out []Ballot, err error) {
	open, err := openInRooms(tx)
	for _, b := range open {
		is, err := isFull(tx, b)
		if err != nil {
			return nil, err
		}
		if is {
			out = append(out, b)
		}
	}
	return out, err
}

// over says whether it is time to close an open ballot, and returns it as it closes, with what is to be written of that. The caller writes nothing
// else in between.
func over(tx *db.Tx, b Ballot) (closing Ballot, set map[string]any, is bool, err error) {
	if b.State != Open {
		return b, nil, false, nil
	}
	if !b.Closes.After(tx.Now) {
		wait, err := waitsForHands(tx, b)
		return b, nil, !wait, err
	}
	is, err = isFull(tx, b)
	if err == nil && is {
		b.Closes = tx.Now
		set = map[string]any{"over_at": db.At(tx.Now)}
	}
	return b, set, is, err
}

// NamedVote is what somebody has voted where who votes how is published.
type NamedVote struct {
	Member member.ID
	Choice Choice
}

// names returns who voted how, as the record holds it, in order of the members' references.
func names(tx *db.Tx, votes []NamedVote) ([]any, error) {
	ids := make([]member.ID, len(votes))
	for i, v := range votes {
		ids[i] = v.Member
	}
	people, err := member.Many(tx, ids)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(votes, func(a, b NamedVote) int {
		return strings.Compare(people[a.Member].Ref, people[b.Member].Ref)
	})
	out := make([]any, len(votes))
	for i, v := range votes {
		out[i] = ledger.Data{"member": people[v.Member].Ref, "choice": v.Choice.String()}
	}
	return out, nil
}
