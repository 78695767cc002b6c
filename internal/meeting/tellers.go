package meeting

import (
	"cmp"
	"context"
	"slices"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
)

// Counts is the job of those who count the hands of people without a device. It is drawn when there are such people, among those who
// would do it, and has no power in the group: what a teller can do follows from the vote in which they count.
const Counts Job = "count"

// Raising is what concerns people without a device in a meeting under way, for the viewer.
type Raising struct {
	Unaided  int              // how many have none
	Would    bool             // the viewer would count their hands
	Willing  int              // how many of those who are there with a device would and can, up to WillingShown
	Vote     ballot.Ballot    // in which hands are counted now; without ID there is none
	Counting *ballot.Counting // in the vote that is open, if the viewer counts in it
}

// WouldCount keeps whether the actor, who is in the room with a device, would count the hands of people without one. It returns what running
// does, and fault.Conflict for who is not there so.
func (s *Service) WouldCount(ctx context.Context, a member.Actor, number int, would bool) error {
	return s.running(ctx, a, number, func(in *room) error {
		if !in.isHere(in.a.Member.ID) {
			return fault.New(fault.Conflict, "meeting.not_there")
		}
		if would && in.here[in.a.Member.ID].Mode != Room {
			return fault.New(fault.Conflict, "door.hands.not_room")
		}
		if n, err := unaided(in.tx, in.m.ID); err != nil || would && n == 0 {
			return err // nobody needs it
		}
		return putCounts(in.tx, in.m.ID, in.a.Member.ID, would)
	})
}

// CountHands notes what the actor, who counts hands in the vote on the item, has counted among so many who vote by hand. It says whether both have to count again. It
// returns what ballot.CountHands does, and fault.NotFound for what is no item about a proposal.
func (s *Service) CountHands(ctx context.Context, a member.Actor, number int, id ItemID, among int, h ballot.Hands) (again bool, err error) {
	if !a.IsMember() {
		return false, fault.New(fault.NotFound, "fault.not_found")
	}
	var about motion.Motion
	var m Meeting
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		if m, err = find(tx, a.Group.ID, number); err != nil {
			return err
		}
		it, err := getItem(tx, a.Group.ID, id)
		if err == nil && (it.Motion == 0 || it.Meeting != m.ID) {
			err = fault.New(fault.NotFound, "fault.not_found")
		}
		if err == nil {
			about, err = motion.Get(tx, it.Motion)
		}
		return err
	})
	if err != nil {
		return false, err
	}
	again, err = s.votes.CountHands(ctx, a, about.Number, among, h)
	if err == nil {
		s.changed(a.Group.Log(), m.Ref())
	}
	return again, err
}

// raised adds what concerns people without a device. The vote is looked for whether or not they are still there: who counts has begun.
func (v *View) raised(in *room) (err error) {
	if v.State != Session {
		return nil
	}
	r := &v.Raising
	if err := v.counting(in); err != nil {
		return err
	}
	if r.Unaided, err = recall(in.looked, "unaided", func() (int, error) { return unaided(in.tx, v.ID) }); err != nil || r.Unaided == 0 {
		return err
	}
	r.Willing, r.Would, err = howManyCount(in.tx, v.ID, v.Me, append([]member.ID{v.Chair}, v.About...))
	return err
}

// counting adds the vote in which hands are counted now, and what the viewer has to do with it.
func (v *View) counting(in *room) error {
	if v.Current.Motion == 0 {
		return nil
	}
	votes, err := in.votes()
	if err != nil {
		return err
	}
	for _, b := range votes {
		if b.Motion == v.Current.Motion && b.TakesHands(v.Now) == nil {
			v.Raising.Vote = b
			v.Raising.Counting, err = ballot.CountingIn(in.tx, b, v.Me)
		}
	}
	return err
}

// counters returns who is in the room with a device and could count hands, which nobody can who does not see them: those who would, all others, and last whoever facilitates and whom the item is about.
func (in *room) counters(about []member.ID) ([][]member.ID, error) {
	would, err := wouldCount(in.tx, in.m.ID)
	if err != nil {
		return nil, err
	}
	all, err := inRoom(in.tx, in.m.ID)
	pools, chair := make([][]member.ID, 3), in.chair(about)
	for _, id := range all {
		at := 1
		switch {
		case id == chair || slices.Contains(about, id):
			at = 2
		case slices.Contains(would, id):
			at = 0
		}
		pools[at] = append(pools[at], id)
	}
	return pools, err
}

// byHand returns who is there without a device, and two who count their hands in an open vote on the proposal. Those who would do, and where too few would, the lot falls among the others who are in the
// room with a device: neither whoever notes that somebody is there nor those who would rather not count hold a vote up. Whoever facilitates and whom the item is about come last. Who counted before in
// this meeting does so again. Nobody counts where fewer than two there have a device.
func (in *room) byHand(p motion.Motion) (hands, tellers []member.ID, err error) {
	if p.Secret(in.rules.Rules) {
		return nil, nil, nil
	}
	if hands, err = whoUnaided(in.tx, in.m.ID); err != nil || len(hands) == 0 {
		return nil, nil, err
	}
	about, err := in.about()
	if err != nil {
		return nil, nil, err
	}
	pools, err := in.counters(about)
	if err != nil || len(slices.Concat(pools...)) < ballot.Tellers {
		return hands, nil, err
	}
	for _, pool := range pools {
		for _, t := range in.terms {
			if at := slices.Index(pool, t.Member); t.Job == Counts && t.Runs(in.tx.Now) && at >= 0 && len(tellers) < ballot.Tellers {
				tellers, pool = append(tellers, t.Member), slices.Delete(pool, at, at+1)
			}
		}
		places := min(ballot.Tellers-len(tellers), len(pool))
		if places == 0 {
			continue
		}
		drawn, err := in.drawTellers(pool, places)
		if err != nil {
			return nil, nil, err
		}
		tellers = append(tellers, drawn...)
	}
	return hands, tellers, nil
}

// drawTellers draws so many of a pool, and publishes from what it follows.
func (in *room) drawTellers(pool []member.ID, places int) (drawn []member.ID, err error) {
	people, err := member.Many(in.tx, pool)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(pool, func(a, b member.ID) int { return cmp.Compare(people[a].Ref, people[b].Ref) })
	refs := make([]any, len(pool))
	for i, id := range pool {
		refs[i] = people[id].Ref
	}
	numbers, said, err := in.falls("tellers", len(pool))
	if err != nil {
		return nil, err
	}
	order := pick(pool, numbers)
	said["places"], said["pool"] = places, refs
	if err := in.note("meeting.tellers", "", said); err != nil {
		return nil, err
	}
	for _, id := range order[:places] {
		if err := in.hire(Counts, id, false, WasDrawn); err != nil {
			return nil, err
		}
	}
	return order[:places], nil
}
