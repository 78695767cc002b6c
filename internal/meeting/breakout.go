package meeting

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/procedure"
)

// Limits of small groups (practice.md §2.5.5: four to six people, eight to fifteen minutes).
const (
	LeastApart  = 8   // people who are shared out; with fewer there are no two groups of four
	MostApart   = 300 // more cards than that nobody reads
	MostOnPhone = 3   // one call is one group, and somebody in it has to write the card
	LeastTopics = 2   // where people choose
	MostTopics  = 12
	MaxTopicOf  = 80
	CallBack    = time.Minute      // that groups have left when they are called back
	CardTime    = 45 * time.Second // that a card is shown, if nobody goes on before
)

// perGroup is how many people a group has if it can be.
const perGroup = 5

// GroupMinutes returns how long groups can talk, as it is offered.
func GroupMinutes() []int { return []int{8, 10, 12, 15} }

// BreakoutID names the small groups of one time.
type BreakoutID int64

// BreakoutState is how far they are.
type BreakoutState string

// The states.
const (
	BreakoutOpen    BreakoutState = "open"
	BreakoutDone    BreakoutState = "done"    // the time was over
	BreakoutStopped BreakoutState = "stopped" // the item ended before
)

// Breakout is that people talk in small groups about an item (practice.md §2.5.5). Who was in which is told to nobody but them and who runs the meeting, and forgotten when they end.
type Breakout struct {
	ID       BreakoutID
	Group    member.GroupID
	Meeting  ID
	Item     ItemID
	By       member.ID // who facilitated
	Question string    // "": none of its own
	Choice   bool      // each chooses a group by its topic; else the lot shares out
	Tables   int       // how many groups
	State    BreakoutState
	Opens    time.Time
	Closes   time.Time
	Ended    time.Time
	People   int    // who were shared out; once it is over, who were in groups
	Cards    []Card // what they wrote, once it is over; those who wrote nothing have none

	shown   int // which of Cards was gone on to, and when
	shownAt time.Time
}

// Reads returns which of the cards is shown now, from 0, and until when at most; -1: none, as all have been. Whoever runs the meeting goes on, and if nobody does, the clock does.
func (b Breakout) Reads(now time.Time) (at int, until time.Time) {
	if b.State != BreakoutDone || b.shownAt.IsZero() {
		return -1, time.Time{}
	}
	gone := max(0, int(now.Sub(b.shownAt)/CardTime))
	if at = b.shown + gone; at >= len(b.Cards) {
		return -1, time.Time{}
	}
	return at, b.shownAt.Add(time.Duration(gone+1) * CardTime)
}

// LastMinute says whether the groups have no more than a minute left.
func (b Breakout) LastMinute(now time.Time) bool {
	return b.State == BreakoutOpen && !now.Before(b.Closes.Add(-CallBack))
}

// Parting is how people are to talk in small groups.
type Parting struct {
	Question string
	Minutes  int
	Choice   bool
	Topics   string // one a line; only where people choose
}

// check returns what is to be talked about as it is kept, and the topics.
func (p *Parting) check() (topics []string, err error) {
	w := wrongs{}
	p.Question = w.line("groups-question", p.Question, MaxQuestion, false)
	if !slices.Contains(GroupMinutes(), p.Minutes) {
		w["groups-minutes"] = msg("meeting.round.no_time")
	}
	for _, l := range strings.Split(p.Topics, "\n") {
		if l = w.line("topics", l, MaxTopicOf, false); p.Choice && l != "" && !slices.Contains(topics, l) {
			topics = append(topics, l)
		}
	}
	if n := len(topics); p.Choice && w["topics"].IsZero() && (n < LeastTopics || n > MostTopics) {
		w["topics"] = lang.M("meeting.groups.topics_wrong", "Min", LeastTopics, "Max", MostTopics)
	}
	return topics, fault.Form(w)
}

// BreakOut has everybody who is there, but for whoever facilitates, talk in small groups about what is talked about: the lot shares them out, or each chooses by topic. The same form sent again
// changes nothing. It returns what running does, fault.Denied for who does not facilitate, fault.Invalid with the fields "groups-question", "groups-minutes" and "topics", and fault.Conflict while
// nothing is talked about or something else comes first, for too few people or too many, and where the meeting ends before the groups would.
func (s *Service) BreakOut(ctx context.Context, a member.Actor, once db.Once, number int, p Parting) error {
	topics, err := p.check()
	if err != nil {
		return err
	}
	return s.jointly(ctx, a, once, number, func(in *room) (int64, error) {
		if err := in.mayPart(); err != nil {
			return 0, err
		}
		people, err := allHere(in.tx, in.m.ID)
		if err != nil {
			return 0, err
		}
		people = slices.DeleteFunc(people, func(p Presence) bool { return p.Member == in.a.Member.ID }) // who facilitates
		b := Breakout{
			Group: in.a.Group.ID, Meeting: in.m.ID, Item: in.m.Item, By: in.a.Member.ID, Question: p.Question, Choice: p.Choice, State: BreakoutOpen,
			Opens: in.tx.Now, Closes: in.tx.Now.Add(time.Duration(p.Minutes) * time.Minute), People: len(people),
		}
		if b.Closes.After(in.m.Stop) {
			return 0, fault.New(fault.Conflict, "meeting.groups.late")
		}
		lot, seats := ledger.Data{}, []tableSeat(nil)
		if b.Tables = len(topics); !p.Choice {
			if seats, lot, err = in.share(people, "groups", perGroup); err != nil {
				return 0, err
			}
			b.Tables = seats[len(seats)-1].Number
			topics = make([]string, b.Tables)
		}
		if err := in.silence(); err != nil { // their time was over
			return 0, err
		}
		if b, err = insertBreakout(in.tx, b, topics, seats); err != nil {
			return 0, err
		}
		in.jointly = nil
		in.groupsSeen(b)
		said := []any{}
		for _, t := range topics {
			if t != "" {
				said = append(said, ledger.Data{"topic": ledger.Text(t)})
			}
		}
		maps.Copy(lot, ledger.Data{
			"meeting": in.m.Ref(), "breakout": int64(b.ID), "item": int64(b.Item), "question": ledger.Text(b.Question), "choice": b.Choice, "tables": b.Tables,
			"topics": said, "people": b.People, "opens": b.Opens, "closes": b.Closes,
		})
		return int64(b.ID), in.note("breakout.begun", in.by(), lot)
	})
}

// mayPart returns nil if whoever facilitates can have people talk in small groups now.
func (in *room) mayPart() error {
	switch others := in.count() - 1; {
	case others < LeastApart:
		return fault.New(fault.Conflict, "meeting.groups.few", "Min", LeastApart)
	case others > MostApart:
		return fault.New(fault.Conflict, "meeting.groups.many", "Max", MostApart)
	case in.heads[Phone] > MostOnPhone:
		return fault.New(fault.Conflict, "meeting.groups.phones", "Max", MostOnPhone)
	case in.tx.Now.Add(time.Duration(GroupMinutes()[0]) * time.Minute).After(in.m.Stop):
		return fault.New(fault.Conflict, "meeting.groups.late")
	}
	if _, open, err := in.spokesNow(); err != nil || open {
		if err == nil {
			err = fault.New(fault.Conflict, "meeting.spokes.open")
		}
		return err
	}
	return in.mayGather(procedure.GoRound)
}

// tableSeat is who is in which group, and their number in the lot that put them there; 0: it did not.
type tableSeat struct {
	Member member.ID
	Number int
	Lot    int
}

// parted is who talks with whom, while small groups are under way.
type parted struct {
	tables []Table // by number
	people map[member.ID]member.Member
	modes  map[member.ID]Mode
	lots   map[member.ID]int // the numbers that the lot knew them by; 0: they came later
}

// Table is a small group while it talks.
type Table struct {
	Card
	Version int // of the card: how often it was saved
	People  []member.ID
}

// of returns the group in which somebody is; without a Number: none.
func (p parted) of(who member.ID) Table {
	for _, t := range p.tables {
		if slices.Contains(t.People, who) {
			return t
		}
	}
	return Table{}
}

// smallest returns the number of the group with the fewest people.
func (p parted) smallest() int {
	least := slices.MinFunc(p.tables, func(a, b Table) int { return len(a.People) - len(b.People) })
	return least.Number
}

// breakout returns the small groups that are under way.
func (j *joint) breakout() (Breakout, bool) {
	i := slices.IndexFunc(j.breakouts, func(b Breakout) bool { return b.State == BreakoutOpen })
	if i < 0 {
		return Breakout{}, false
	}
	return j.breakouts[i], true
}

// breakoutNow returns the small groups that are under way.
func (in *room) breakoutNow() (Breakout, bool, error) {
	j, err := in.joint()
	if err != nil {
		return Breakout{}, false, err
	}
	b, open := j.breakout()
	return b, open, nil
}

// whole returns fault.Conflict while people talk in small groups: then nobody speaks to all, and nothing is voted on.
func (in *room) whole() error {
	b, open, err := in.breakoutNow()
	if err == nil && open {
		err = fault.New(fault.Conflict, "meeting.groups.open", "At", lang.Clock(b.Closes.In(in.a.Group.Zone)))
	}
	return err
}

// joinBreakout has somebody who comes while people talk in small groups be in the smallest; who is on the phone is where the call is. Where people choose, so do they. Who was in a group before is
// in the same again, so that nobody reads two cards before the end by going and coming back.
func (in *room) joinBreakout(who member.ID, mode Mode) error {
	b, open, err := in.breakoutNow()
	if err != nil || !open || b.Choice {
		return err
	}
	if was, err := seated(in.tx, b.ID, who); err != nil || was {
		return err
	}
	p, err := partedOf(in.tx, b)
	if err != nil {
		return err
	}
	number := p.smallest()
	if mode == Phone {
		number = 1
	}
	return putSeat(in.tx, b.ID, tableSeat{Member: who, Number: number})
}

// Sit has somebody be in a small group, in place of the one in which they were: where people choose, in the one with the number, and else in the smallest if they are in none. They say so
// themselves, or whoever runs the meeting does for them. It returns what running does, fault.NotFound for what is no group under way and for who is not there, and fault.Denied for who is
// somebody else.
func (s *Service) Sit(ctx context.Context, a member.Actor, number int, id BreakoutID, who member.ID, table int) error {
	return s.parting(ctx, a, number, id, func(in *room, b Breakout) error {
		switch self := who == in.a.Member.ID; {
		case self && !in.isHere(who):
			return fault.New(fault.Conflict, "meeting.not_there")
		case !self:
			if err := in.runs(); err != nil {
				return err
			}
		}
		there, err := hereOf(in.tx, in.m.ID, []member.ID{who})
		if err != nil {
			return err
		}
		switch here := there[who]; {
		case here.ID == 0:
			return fault.New(fault.Conflict, "meeting.not_there")
		case !b.Choice:
			p, err := partedOf(in.tx, b)
			if err != nil || p.of(who).Number != 0 {
				return err
			}
			return in.joinBreakout(who, here.Mode)
		case table < 1 || table > b.Tables:
			return fault.New(fault.NotFound, "fault.not_found")
		}
		return putSeat(in.tx, b.ID, tableSeat{Member: who, Number: table})
	})
}

// parting runs what a member does with small groups that are under way. Once they are over it returns fault.Conflict, and for what were none fault.NotFound.
func (s *Service) parting(ctx context.Context, a member.Actor, number int, id BreakoutID, do func(*room, Breakout) error) error {
	return s.quietly(ctx, a, number, func(in *room) error {
		b, err := in.breakoutOf(id)
		if err != nil {
			return err
		}
		if b.State != BreakoutOpen {
			return fault.New(fault.Conflict, "meeting.groups.over")
		}
		in.tell()
		return do(in, b)
	})
}

// breakoutOf returns the small groups with the number, or fault.NotFound.
func (in *room) breakoutOf(id BreakoutID) (Breakout, error) {
	j, err := in.joint()
	if err != nil {
		return Breakout{}, err
	}
	i := slices.IndexFunc(j.breakouts, func(b Breakout) bool { return b.ID == id })
	if i < 0 {
		return Breakout{}, fault.New(fault.NotFound, "fault.not_found")
	}
	return j.breakouts[i], nil
}

// CallGroupsBack has small groups end in a minute. Where they end sooner, or are over, nothing changes. It returns what running does, fault.Denied for who does not facilitate, and
// fault.NotFound for what were no groups of the meeting.
func (s *Service) CallGroupsBack(ctx context.Context, a member.Actor, number int, id BreakoutID) error {
	return s.running(ctx, a, number, func(in *room) error {
		b, err := in.breakoutOf(id)
		if err != nil {
			return err
		}
		if err := in.facilitates(); err != nil {
			return err
		}
		if b.State != BreakoutOpen || b.LastMinute(in.tx.Now) {
			return nil
		}
		b.Closes = in.tx.Now.Add(CallBack)
		if err := putBreakout(in.tx, b); err != nil {
			return err
		}
		in.jointly = nil
		in.groupsSeen(b)
		return in.note("breakout.called", in.by(), ledger.Data{"meeting": in.m.Ref(), "breakout": int64(b.ID), "closes": b.Closes})
	})
}

// groupsSeen has those who look at the meeting look again when a minute is left.
func (in *room) groupsSeen(b Breakout) {
	log, ref := in.a.Group.Log(), in.m.Ref()
	in.tx.After(func() { in.signalled(log, ref, b.Closes.Add(-CallBack)) })
}

// endBreakout ends small groups. What they wrote is on record from then on, and who was with whom is gone.
func (in *room) endBreakout(b Breakout, how BreakoutState) error {
	p, err := partedOf(in.tx, b)
	if err != nil {
		return err
	}
	b.State, b.Ended, b.shownAt, b.People = how, in.tx.Now, in.tx.Now, 0
	for _, t := range p.tables {
		b.People += len(t.People)
		if !t.empty() {
			b.Cards = append(b.Cards, t.Card)
		}
	}
	if err := forgetTables(in.tx, b.ID); err != nil {
		return err
	}
	if err := putBreakout(in.tx, b); err != nil {
		return err
	}
	in.jointly = nil
	in.tell()
	in.cardsSeen(b)
	if err := in.note("breakout.ended", "", ledger.Data{
		"meeting": in.m.Ref(), "breakout": int64(b.ID), "how": string(how), "people": b.People, "cards": len(b.Cards),
	}); err != nil {
		return err
	}
	for _, c := range b.Cards {
		if err := in.endCard(b, c); err != nil {
			return err
		}
	}
	return nil
}

// BreakoutsOf returns the small groups of a meeting that are over, as they were.
func BreakoutsOf(tx *db.Tx, m ID) ([]Breakout, error) {
	all, err := breakoutsOf(tx, m)
	return slices.DeleteFunc(all, func(b Breakout) bool { return b.State == BreakoutOpen }), err
}
