package meeting

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/floor"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/procedure"
)

// MostRound is how many people a round is for; more talk in small groups, or are asked who has not spoken (practice.md §2.16).
const MostRound = 30

// RoundSeconds returns how long each can have in a round, as it is offered (practice.md §2.5.5).
func RoundSeconds() []int { return []int{60, 90, 120} }

// RoundID names a round.
type RoundID int64

// RoundState is how far a round is.
type RoundState string

// The states.
const (
	RoundOpen    RoundState = "open"
	RoundDone    RoundState = "done"    // all had their turn
	RoundStopped RoundState = "stopped" // by whoever facilitates, or the item ended
)

// Round is that everybody who is there is asked in turn about an item, once (practice.md §2.5.5). Whose turn it is, and who passes, is in Hands with the others, and forgotten with them.
type Round struct {
	ID       RoundID
	Group    member.GroupID
	Meeting  ID
	Item     ItemID
	By       member.ID // who facilitated; of one that members decided on, who had asked for it
	Question string    // "": none of its own
	Seconds  int       // for each
	State    RoundState
	Opens    time.Time
	Ended    time.Time
	Start    int // the number of whoever begins, by the lot, in the order in which people came; 0: it was not drawn so that it can be checked
	People   int // who were asked
	Turns    int // who spoke; 0 until it is over
}

// GoRound has everybody who is there be asked in turn about what is talked about, but for whoever facilitates: in the order in which they came, from a start that the lot decides. The same
// form sent again changes nothing. It returns what running does, fault.Denied for who does not facilitate, fault.Invalid with the fields "round-question" and "seconds", and fault.Conflict while
// nothing is talked about, while something else comes first, and where nobody else is there or more than MostRound.
func (s *Service) GoRound(ctx context.Context, a member.Actor, once db.Once, number int, question string, seconds int) error {
	w := wrongs{}
	question = w.line("round-question", question, MaxQuestion, false)
	if !slices.Contains(RoundSeconds(), seconds) {
		w["seconds"] = msg("meeting.round.no_time")
	}
	if err := fault.Form(w); err != nil {
		return err
	}
	return s.jointly(ctx, a, once, number, func(in *room) (int64, error) {
		if err := in.mayGoRound(); err != nil {
			return 0, err
		}
		if err := in.silence(); err != nil { // their time was over
			return 0, err
		}
		if err := in.gathered(procedure.GoRound); err != nil {
			return 0, err
		}
		return in.beginRound(Round{By: in.a.Member.ID, Question: question, Seconds: seconds}, in.a.Member.ID, in.by(), 0)
	})
}

// beginRound begins a round in which everybody is asked but the chair; by is who the record says had it begin, and move the move by which members decided on it, 0 for none.
func (in *room) beginRound(r Round, chair member.ID, by string, move MoveID) (int64, error) {
	order, err := asTheyCame(in.tx, in.m.ID)
	if err != nil {
		return 0, err
	}
	order = slices.DeleteFunc(order, func(who member.ID) bool { return who == chair })
	lot, d, err := in.falls("round", len(order))
	if err != nil {
		return 0, err
	}
	r.Group, r.Meeting, r.Item, r.State, r.Opens, r.People, r.Start = in.a.Group.ID, in.m.ID, in.m.Item, RoundOpen, in.tx.Now, len(order), lot[0]
	if r, err = insertRound(in.tx, r); err != nil {
		return 0, err
	}
	for i := range order {
		number := (r.Start-1+i)%len(order) + 1
		if err := in.giveTurn(r, order[number-1], number); err != nil {
			return 0, err
		}
	}
	in.jointly = nil
	maps.Copy(d, ledger.Data{
		"round": int64(r.ID), "item": int64(r.Item), "question": ledger.Text(r.Question), "seconds": r.Seconds, "people": r.People, "start": r.Start, "opens": r.Opens,
	})
	if move != 0 {
		d["move"] = int64(move)
	}
	return int64(r.ID), in.note("round.begun", by, d)
}

// goRoundBy begins the round that members decided on, if there is still somebody to ask: each has the minutes that were named with the move.
func (in *room) goRoundBy(mv Move) error {
	about, err := in.about()
	if err != nil {
		return err
	}
	chair := in.chair(about)
	if in.m.Item != mv.Item || in.roundFits(chair) != nil {
		return nil
	}
	who, err := member.Get(in.tx, mv.By)
	if err != nil {
		return err
	}
	_, err = in.beginRound(Round{By: mv.By, Seconds: mv.Minutes * int(time.Minute/time.Second)}, chair, who.Ref, mv.ID)
	return err
}

// mayGoRound returns nil if whoever facilitates can go round now.
func (in *room) mayGoRound() error {
	if err := in.roundFits(in.a.Member.ID); err != nil {
		return err
	}
	if err := in.fallsAgain(procedure.GoRound); err != nil {
		return err
	}
	return in.mayGather(procedure.GoRound)
}

// roundFits returns nil if so many are there as a round is for, without the chair; 0: nobody facilitates.
func (in *room) roundFits(chair member.ID) error {
	others := in.count()
	if chair != 0 {
		others--
	}
	switch {
	case others < 1:
		return fault.New(fault.Conflict, "meeting.round.nobody")
	case others > MostRound:
		return fault.New(fault.Conflict, "meeting.round.many", "Max", MostRound)
	}
	return nil
}

// giveTurn has somebody have a turn in a round; number is theirs in the order in which people came, 0 if they come while it is under way.
func (in *room) giveTurn(r Round, who member.ID, number int) error {
	_, err := insertHand(in.tx, Hand{Meeting: in.m.ID, Item: r.Item, Member: who, Kind: floor.Round, State: Up, Raised: in.tx.Now, Round: r.ID, Lot: number})
	return err
}

// joinRound has somebody who comes while there is a round have a turn in it, if they have had none.
func (in *room) joinRound(who member.ID) error {
	r, open, err := in.roundNow()
	if err != nil || !open {
		return err
	}
	all, err := handsOf(in.tx, in.m.ID)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(all, func(h Hand) bool { return h.Round == r.ID && h.Member == who && h.State != Lowered }) {
		return nil
	}
	return in.giveTurn(r, who, 0)
}

// roundNow returns the round that is under way.
func (in *room) roundNow() (Round, bool, error) {
	j, err := in.joint()
	if err != nil {
		return Round{}, false, err
	}
	r, open := j.round()
	return r, open, nil
}

// PassTurn has somebody have no turn in a round, before it or during it. They say so themselves, or whoever runs the meeting does for them. Once it is over, again changes nothing. It
// returns what running does, fault.NotFound for what is no turn in a round, and fault.Denied for the turn of somebody else.
func (s *Service) PassTurn(ctx context.Context, a member.Actor, number int, id int64) error {
	return s.turn(ctx, a, number, id, func(in *room, h Hand) error {
		was := h.State
		h.State, h.Began, h.Seconds, h.Ended = Lowered, time.Time{}, 0, in.tx.Now
		if err := putHand(in.tx, h, was); err != nil {
			return err
		}
		return in.settleRound()
	})
}

// TakeLater has somebody have their turn in a round once all others had theirs. It returns what PassTurn does, and fault.Conflict the second time.
func (s *Service) TakeLater(ctx context.Context, a member.Actor, number int, id int64) error {
	return s.turn(ctx, a, number, id, func(in *room, h Hand) error {
		if h.Later {
			return fault.New(fault.Conflict, "meeting.round.later_once")
		}
		was := h.State
		h.State, h.Later, h.Raised, h.Began, h.Seconds = Up, true, in.tx.Now, time.Time{}, 0
		return putLater(in.tx, h, was)
	})
}

// turn runs what is done with a turn in a round that is still to come, or under way.
func (s *Service) turn(ctx context.Context, a member.Actor, number int, id int64, do func(*room, Hand) error) error {
	return s.hand(ctx, a, number, id, func(in *room, h Hand, _ []Hand) error {
		if h.Round == 0 {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		if h.Member != in.a.Member.ID {
			if err := in.runs(); err != nil {
				return err
			}
		}
		if h.State != Up && h.State != Speaking {
			return nil
		}
		return do(in, h)
	})
}

// StopRound ends a round before all had their turn. Once it is over, again changes nothing. It returns what running does, fault.Denied for who does not facilitate, and fault.NotFound for what is no
// round of the meeting.
func (s *Service) StopRound(ctx context.Context, a member.Actor, number int, id RoundID) error {
	return s.running(ctx, a, number, func(in *room) error {
		j, err := in.joint()
		if err != nil {
			return err
		}
		i := slices.IndexFunc(j.rounds, func(r Round) bool { return r.ID == id })
		if i < 0 {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		if err := in.facilitates(); err != nil {
			return err
		}
		if j.rounds[i].State != RoundOpen {
			return nil
		}
		if err := in.silence(); err != nil {
			return err
		}
		r, open, err := in.roundNow()
		if err != nil || !open { // whoever spoke was the last
			return err
		}
		return in.endRound(r, RoundStopped, in.by())
	})
}

// round returns the round that is under way.
func (j *joint) round() (Round, bool) {
	i := slices.IndexFunc(j.rounds, func(r Round) bool { return r.State == RoundOpen })
	if i < 0 {
		return Round{}, false
	}
	return j.rounds[i], true
}

// inRound returns whose turn in a round is still to come, in the order in which they have it: those who would rather come later at the end, as they said so.
func inRound(r Round, all []Hand) (out []floor.Place) {
	var up []Hand
	for _, h := range all {
		if h.Round == r.ID && h.State == Up {
			up = append(up, h)
		}
	}
	slices.SortFunc(up, func(a, b Hand) int {
		switch {
		case a.Later != b.Later && a.Later:
			return 1
		case a.Later != b.Later:
			return -1
		case a.Later:
			return cmp.Or(a.Raised.Compare(b.Raised), cmp.Compare(a.ID, b.ID))
		}
		return cmp.Compare(a.ID, b.ID)
	})
	for _, h := range up {
		why := floor.Rounds
		if h.Later {
			why = floor.Later
		}
		out = append(out, floor.Place{Hand: floor.Hand{ID: h.ID, Kind: h.Kind, Raised: h.Raised}, Why: why})
	}
	return out
}

// begun says whether somebody was called in the round.
func (r Round) begun(all []Hand) bool {
	return slices.ContainsFunc(all, func(h Hand) bool { return h.Round == r.ID && (h.State != Up || h.Later) })
}

// settleRound ends a round once nobody has a turn in it any more. Whoever facilitates by now does not speak, and has none.
func (in *room) settleRound() error {
	r, open, err := in.roundNow()
	if err != nil || !open {
		return err
	}
	all, err := handsOf(in.tx, in.m.ID)
	if err != nil {
		return err
	}
	about, err := in.about()
	if err != nil {
		return err
	}
	chair, left := in.chair(about), false
	for _, h := range all {
		switch {
		case h.Round != r.ID || h.State != Up && h.State != Speaking:
		case h.State == Up && h.Member == chair:
			h.State, h.Ended = Lowered, in.tx.Now
			if err := putHand(in.tx, h, Up); err != nil {
				return err
			}
		default:
			left = true
		}
	}
	if left {
		return nil
	}
	return in.endRound(r, RoundDone, "")
}

// endRound ends a round.
func (in *room) endRound(r Round, how RoundState, by string) error {
	if err := lowerRound(in.tx, in.m.ID, r.ID); err != nil {
		return err
	}
	all, err := handsOf(in.tx, in.m.ID)
	if err != nil {
		return err
	}
	people, spoke := map[member.ID]bool{}, map[member.ID]bool{}
	for _, h := range all {
		if h.Round != r.ID {
			continue
		}
		people[h.Member] = true
		if h.State == Spoken {
			spoke[h.Member] = true
		}
	}
	r.State, r.Ended, r.People, r.Turns = how, in.tx.Now, len(people), len(spoke)
	if err := putRound(in.tx, r); err != nil {
		return err
	}
	in.jointly = nil
	return in.note("round.ended", by, ledger.Data{"meeting": in.m.Ref(), "round": int64(r.ID), "how": string(how), "people": r.People, "turns": r.Turns})
}

// RoundsOf returns the rounds of a meeting that are over, as they were.
func RoundsOf(tx *db.Tx, m ID) (out []Round, err error) {
	all, err := roundsOf(tx, m)
	for _, r := range all {
		if r.State != RoundOpen {
			out = append(out, r)
		}
	}
	return out, err
}
