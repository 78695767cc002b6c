package meeting

import (
	"context"
	"maps"
	"slices"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/rulebook"
)

func msg(id string) lang.Msg { return lang.M(id) }

// room is a meeting in which a member does something, with what the rules need to judge it.
type room struct {
	*scene
	m     Meeting
	heads map[Mode]int           // how many are there
	here  map[member.ID]Presence // of those that concern it: whoever has a job, and the actor; see there
	terms []Term
	items []Item
	moves []Move
	said  []saidRow

	jointly *joint  // see joint
	looked  *looked // nil: something is done in it, and so nothing that was read stays as it was
}

// hands returns the hands of the meeting.
func (in *room) hands() ([]Hand, error) {
	all, err := recall(in.looked, "hands", func() ([]Hand, error) { return handsOf(in.tx, in.m.ID) })
	return slices.Clone(all), err
}

// votes returns the votes on proposals that there have been in the meeting.
func (in *room) votes() ([]ballot.Ballot, error) {
	return recall(in.looked, "votes", func() ([]ballot.Ballot, error) { return ballot.InRoom(in.tx, in.a.Group.ID, in.m.Ref()) })
}

// proposal returns the proposal that is talked about.
func (in *room) proposal(it Item) (motion.Motion, error) {
	return recall(in.looked, "proposal", func() (motion.Motion, error) { return motion.Get(in.tx, it.Motion) })
}

// enter returns the group's meeting with the number as it is now, or fault.NotFound.
func (sc *scene) enter(number int) (*room, error) { return sc.look(number, nil) }

// look is enter for somebody who only looks, with what others have read.
func (sc *scene) look(number int, l *looked) (in *room, err error) {
	in = &room{scene: sc, looked: l}
	if in.m, err = recall(l, "meeting", func() (Meeting, error) { return find(sc.tx, sc.a.Group.ID, number) }); err != nil {
		return nil, err
	}
	if err := in.people(); err != nil {
		return nil, err
	}
	items, err := recall(l, "items", func() ([]Item, error) { return itemsOf(sc.tx, in.m.ID) })
	if in.items = slices.Clone(items); err != nil || in.m.State == Called {
		return in, err
	}
	moves, err := recall(l, "moves", func() ([]Move, error) { return proceduresOf(sc.tx, in.m.ID) })
	if err != nil {
		return nil, err
	}
	in.moves = slices.DeleteFunc(slices.Clone(moves), func(mv Move) bool { return mv.Made.Before(in.m.Sat) }) // those of an earlier sitting count no more
	in.said, err = recall(l, "said", func() ([]saidRow, error) { return saidIn(sc.tx, in.m.ID) })
	return in, err
}

// people adds who has which job, how many are there, and whether those are who have one, and the actor.
func (in *room) people() error {
	terms, err := recall(in.looked, "terms", func() ([]Term, error) { return termsOf(in.tx, in.m.ID) })
	if err != nil {
		return err
	}
	in.terms = slices.Clone(terms)
	var who []member.ID
	for _, t := range terms {
		who = append(who, t.Member)
	}
	if in.looked == nil {
		who = append(who, in.a.Member.ID)
	}
	here, err := recall(in.looked, "here", func() (map[member.ID]Presence, error) { return hereOf(in.tx, in.m.ID, who) })
	if err != nil {
		return err
	}
	if in.here = here; !slices.Contains(who, in.a.Member.ID) {
		own, err := hereOf(in.tx, in.m.ID, []member.ID{in.a.Member.ID})
		if err != nil {
			return err
		}
		in.here = maps.Clone(here)
		maps.Copy(in.here, own)
	}
	in.heads, err = recall(in.looked, "heads", func() (map[Mode]int, error) { return headcount(in.tx, in.m.ID) })
	return err
}

// tell has those who look at the meeting look again.
func (in *room) tell() {
	log, ref := in.a.Group.Log(), in.m.Ref()
	in.tx.After(func() { in.changed(log, ref) })
}

// running runs what a member does in a meeting under way. It returns fault.NotFound for who is no member or if there is no such meeting, and fault.Conflict if it has not
// begun or is over.
func (s *Service) running(ctx context.Context, a member.Actor, number int, do func(*room) error) error {
	return s.quietly(ctx, a, number, func(in *room) error {
		in.tell()
		return do(in)
	})
}

// quietly is running without telling those who look at the meeting that something happened: when somebody votes would tell that they do.
func (s *Service) quietly(ctx context.Context, a member.Actor, number int, do func(*room) error) error {
	return s.act(ctx, a, func(sc *scene) error {
		in, err := sc.enter(number)
		if err != nil {
			return err
		}
		switch {
		case in.m.IsOver():
			return fault.New(fault.Conflict, "meeting.over")
		case in.m.State != Session:
			return fault.New(fault.Conflict, "meeting.not_begun")
		}
		for _, first := range []func() error{in.settle, in.held} {
			if err := first(); err != nil {
				return err
			}
		}
		if in.m.State != Session { // by a vote whose time was over it goes on at another date, which the clock sees to
			return fault.New(fault.Conflict, "meeting.not_begun")
		}
		return do(in)
	})
}

// note writes down what happened in the meeting.
func (in *room) note(kind, actor string, data ledger.Data) error {
	return in.Service.note(in.tx, in.a.Group, in.m.Ref(), kind, actor, data)
}

// by is who does something, as the record names them; "" for the clock.
func (in *room) by() string { return in.a.Member.Ref }

func (in *room) item(id ItemID) (Item, bool) {
	i := slices.IndexFunc(in.items, func(it Item) bool { return it.ID == id })
	if id == 0 || i < 0 {
		return Item{}, false
	}
	return in.items[i], true
}

// about returns who does not facilitate what is talked about: whom it is about, who was replaced for it, and who handed over to speak about it, while somebody else is there who can.
func (in *room) about() ([]member.ID, error) {
	about, err := in.barred()
	it, _ := in.item(in.m.Item)
	if err != nil || it.Aside == 0 {
		return about, err
	}
	if without := append(slices.Clone(about), it.Aside); in.chair(without) != 0 {
		return without, nil
	}
	return about, nil
}

// barred returns who may not facilitate what is talked about: whom it is about, who reports on it, and who was replaced for it.
func (in *room) barred() ([]member.ID, error) {
	it, _ := in.item(in.m.Item)
	var about []member.ID
	if it.Motion != 0 {
		m, err := in.proposal(it)
		if err != nil {
			return nil, err
		}
		about = []member.ID{m.Mover, m.About}
	}
	if it.Kind == Report {
		w, err := in.hears(it)
		if err != nil {
			return nil, err
		}
		about = w.People()
	}
	for _, mv := range in.moves {
		if mv.About != 0 && in.replaced(mv.About) {
			about = append(about, mv.About)
		}
	}
	return about, nil
}

// chair returns who facilitates now; 0: nobody.
func (in *room) chair(about []member.ID) member.ID {
	return Chair(in.terms, in.isHere, about, in.tx.Now)
}

// isHere says whether the actor, or somebody who has or had a job, is there by a device of their own. Whom somebody else noted counts for the quorum, and votes by hand; they do nothing by a page, and
// have no job that is done by one: who is absent has no power because another noted them (practice.md §2.5.6, §2.6).
func (in *room) isHere(who member.ID) bool { return in.here[who].HasDevice() }

// facilitates returns nil if the actor facilitates now, or fault.Denied.
func (in *room) facilitates() error {
	about, err := in.about()
	if err != nil {
		return err
	}
	if !member.Can(in.a, member.Facilitate, in.tx.Now, about...) || in.chair(about) != in.a.Member.ID {
		return fault.New(fault.Denied, "meeting.not_facilitating")
	}
	return nil
}

// has returns nil if the actor, who is there, has the power in this meeting now, or runs it; else fault.Denied.
func (in *room) has(c member.Capability, can bool) error {
	if can && in.isHere(in.a.Member.ID) && slices.ContainsFunc(in.terms, func(t Term) bool {
		return t.Member == in.a.Member.ID && t.Job.cap() == c && !t.Shadow && t.Runs(in.tx.Now)
	}) {
		return nil
	}
	return in.runs()
}

// Close closes the meeting. What it has not reached waits for the next. It returns what running does, and fault.Conflict while there is a vote.
func (s *Service) Close(ctx context.Context, a member.Actor, number int) error {
	return s.running(ctx, a, number, func(in *room) error {
		if err := in.facilitates(); err != nil {
			return err
		}
		if err := in.clear(); err != nil {
			return err
		}
		return in.close(in.by())
	})
}

// close closes the meeting, which somebody does, or the clock.
func (in *room) close(by string) error {
	if err := in.stopAll(Done); err != nil {
		return err
	}
	if err := in.everybodyRises(WithMeeting); err != nil {
		return err
	}
	if err := dropDoor(in.tx, in.m.ID); err != nil {
		return err
	}
	was := in.m.State
	in.m.State, in.m.Ended, in.m.Item, in.m.Talk, in.m.Noted = Closed, in.tx.Now, 0, time.Time{}, 0
	in.m.due = in.tx.Now.Add(keepNames)
	if in.m.Began.IsZero() {
		in.m.State = Unheld
	}
	left, err := in.carry()
	if err != nil {
		return err
	}
	if err := put(in.tx, in.m, was); err != nil {
		return err
	}
	if err := in.note("meeting.ended", by, ledger.Data{"meeting": in.m.Ref(), "how": string(in.m.State), "most": in.m.Most, "left": left}); err != nil {
		return err
	}
	if in.closed == nil || in.m.State != Closed {
		return nil
	}
	return in.closed(in.tx, in.a.Group, in.m)
}

// stopAll ends what is asked and what is talked about, as the sitting does. It returns fault.Conflict while there is a vote.
func (in *room) stopAll(item ItemState) error {
	if err := in.noVote(); err != nil {
		return err
	}
	if err := in.lapse(func(Move) bool { return true }); err != nil {
		return err
	}
	return in.finish(item)
}

// everybodyRises has all go, and their jobs end.
func (in *room) everybodyRises(how string) error {
	if err := lower(in.tx, in.m.ID, 0); err != nil {
		return err
	}
	if err := everybodyGoes(in.tx, in.m.ID); err != nil {
		return err
	}
	id := in.m.ID
	in.tx.After(func() {
		in.signals.Clear(id)
		in.captions.Clear(id)
	})
	for _, t := range in.terms {
		if t.Ended.IsZero() && t.ID != 0 {
			if err := in.end(in.tx, in.a.Group, t, how); err != nil {
				return err
			}
		}
	}
	return nil
}

// carry has what the meeting has not reached wait for the next, and returns it as the record has it.
func (in *room) carry() (left []any, err error) {
	items, err := itemsOf(in.tx, in.m.ID)
	if err != nil {
		return nil, err
	}
	left = []any{}
	leaves := func(it Item) error {
		p, err := motion.Get(in.tx, it.Motion)
		if err != nil {
			return err
		}
		return motion.NotReached(in.tx, in.ledger, in.a.Group, p, in.m.Ref())
	}
	for _, it := range items {
		if it.State == Done && it.Kind == Proposal { // it may have been talked about and not voted on: it comes back (practice.md §2.5.4, 5)
			if err := leaves(it); err != nil {
				return nil, err
			}
		}
		if it.State != Waiting {
			continue
		}
		next := it
		it.State, it.Ended = Left, in.tx.Now
		if err := putItem(in.tx, it, Waiting); err != nil {
			return nil, err
		}
		switch it.Kind {
		case Other:
			left = append(left, ledger.Data{"item": int64(it.ID)})
			continue
		case Proposal:
			if err := leaves(it); err != nil {
				return nil, err
			}
			left = append(left, ledger.Data{"item": int64(it.ID)})
			continue
		}
		next.Meeting, next.Place, next.Why, next.Carried = 0, 0, "", it.Carried+1
		if next, err = insertItem(in.tx, next); err != nil {
			return nil, err
		}
		left = append(left, ledger.Data{"item": int64(it.ID), "next": int64(next.ID)})
	}
	return left, nil
}

// voting says whether there is a vote in the meeting.
func (in *room) voting() (bool, error) {
	votes, err := in.votes()
	return slices.ContainsFunc(votes, func(b ballot.Ballot) bool { return b.State == ballot.Open || b.State == ballot.Closing }), err
}

// noVote returns fault.Conflict while there is a vote in the meeting.
func (in *room) noVote() error {
	open, err := in.voting()
	if err == nil && open {
		return fault.New(fault.Conflict, "meeting.vote_open")
	}
	return err
}

// PutToVote opens the vote on the proposal that the meeting talks about, with exactly its text: nobody types a question. Those who are there vote, for as long as the room has;
// with named, everybody's vote is published at the close. It returns what running does, what ballot.OpenInRoom does, fault.Denied for who does not facilitate, and fault.Conflict if no proposal is talked about,
// if too few are there to decide, and from the meeting's end on.
func (s *Service) PutToVote(ctx context.Context, a member.Actor, number int, id ItemID, named bool) error {
	return s.open(ctx, a, number, id, ballot.Room{Named: named})
}

// open opens what r says on the proposal.
func (s *Service) open(ctx context.Context, a member.Actor, number int, id ItemID, r ballot.Room) error {
	var about motion.Motion
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		it, err := getItem(tx, a.Group.ID, id)
		if err == nil && it.Motion == 0 {
			err = fault.New(fault.Conflict, "meeting.no_proposal")
		}
		if err == nil {
			about, err = motion.Get(tx, it.Motion)
		}
		return err
	})
	if err != nil {
		return err
	}
	_, err = s.votes.OpenInRoom(ctx, about.Number, a, func(tx *db.Tx, p motion.Motion) (ballot.Room, error) {
		rules, err := rulebook.Current(tx, a.Group.ID, tx.Now)
		if err != nil {
			return r, err
		}
		if a, err = member.Again(tx, a); err != nil {
			return r, err
		}
		in, err := (&scene{s, tx, a, rules}).enter(number)
		if err != nil {
			return r, err
		}
		return in.ask(p, r)
	})
	return err
}

// ask says who votes on the proposal, if there can be a vote now.
func (in *room) ask(p motion.Motion, r ballot.Room) (_ ballot.Room, err error) {
	if err := in.facilitates(); err != nil {
		return r, err
	}
	it, _ := in.item(in.m.Item)
	switch {
	case in.m.State != Session:
		return r, fault.New(fault.Conflict, "meeting.not_begun")
	case it.Motion != p.ID:
		return r, fault.New(fault.Conflict, "meeting.no_proposal")
	case in.count() < in.m.Quorum:
		return r, fault.New(fault.Conflict, "meeting.too_few", "Count", in.m.Quorum-in.count())
	case !in.tx.Now.Before(in.m.Stop):
		return r, fault.New(fault.Conflict, "meeting.past_stop")
	}
	for _, may := range []func() error{in.sits, in.clear, in.silence} {
		if err := may(); err != nil {
			return r, err
		}
	}
	held, err := in.heldUp(p)
	if err != nil {
		return r, err
	}
	if held.Holds(p, r.Agree, in.tx.Now) {
		return r, fault.New(fault.Conflict, "meeting.resolving", "Until", held.Until)
	}
	if !r.Agree { // hands say for, against and abstain, and no reasons
		if r.ByHand, r.Tellers, err = in.byHand(p); err != nil {
			return r, err
		}
	}
	r.Meeting, r.Urgent = in.m.Ref(), it.Urgent
	r.Present, err = everybodyHere(in.tx, in.m.ID)
	return r, err
}

// Tick does what is due by time alone: agendas are put in order, meetings close that nobody has closed, who was there is forgotten, what members ask for goes on, and
// what is to meet by its rule is called.
func (s *Service) Tick(ctx context.Context) error { return s.db.WorkOff(ctx, s.due) }

// Next returns when Tick has something to do next, which may be due already; zero if nothing will be.
func (s *Service) Next(tx *db.Tx) (time.Time, error) {
	return db.Soonest(tx, nextDue, nextAsk, nextMove, nextFeeling, nextGroups, nextRhythm)
}
