package meeting

import (
	"context"
	"maps"
	"slices"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/floor"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/resolve"
	"folkmoot/internal/revival"
	"folkmoot/internal/role"
	"folkmoot/internal/rulebook"
)

// View is a meeting as one member sees it at one moment.
type View struct {
	Meeting
	Now     time.Time
	Me      member.ID
	Here    Presence // the viewer's; zero: they are not there
	Told    Presence // how somebody else noted the viewer as there, of which they have said nothing; zero: nobody did
	Need    string   // what the viewer has said that they need to take part
	Count   map[Mode]int
	Terms   []Term // who has which job, and has had
	Chair   member.ID
	Seat    Term        // by which they facilitate; zero: nobody does
	Second  member.ID   // who facilitates where they may not; 0: nobody could
	About   []member.ID // whom the item is about that is talked about
	Kept    member.ID   // who would facilitate what is talked about, and may not, where nobody does; 0: whoever did is not there
	Items   []Item
	Current Item // that is talked about; zero: nothing is
	Speaker Hand // zero: nobody speaks
	List    []floor.Place
	Hands   map[int64]Hand // those on the list, the questions and the speaker
	Asked   []floor.Hand   // rules questions
	Would   []Job          // the viewer would do
	Willing map[Job]int    // how many of those who are there would do each job, up to WillingShown; from when the door opens until it begins
	Needed  int            // members for a quorum; before it begins, as it is now
	Few     time.Time      // too few are there to decide since then, in a meeting under way; zero: enough are
	Motions map[motion.ID]motion.Motion
	People  map[member.ID]member.Member
	Rules   rulebook.Rules
	Jobs    map[Job]bool // that the viewer, who is there, has now
	Free    []Free       // jobs that nobody does who is there
	MayMove bool
	Present []member.ID // who is there by a device of their own, by number; for whoever facilitates, to hand over

	Raising       Raising
	Moves         []MoveLine                  // that are open, in their precedence
	Settled       []Move                      // the last first
	Offers        []Offer                     // to who is there
	Ruling        Move                        // the last
	Challengeable bool                        // it was just given
	VoteCalled    bool                        // people decided to vote on what is talked about
	Stopped       bool                        // the end has come
	Reading       Reading                     // what is to be said next
	Opening       []Point                     // the checklist, until the first item is called
	Matters       Matters                     // that are due, as long as there is a checklist; of money as long as that is on the agenda
	Prolongs      bool                        // the viewer can give the open vote half a minute more
	HasVoted      bool                        // the viewer has, or has answered, in what is open on what is talked about, and can change it
	Agrees        bool                        // the rules decide by agreement
	Resolving     resolve.Resolution          // the last group that tries to resolve a block of what is talked about
	Calls         []CallMade                  // for agreement on what is talked about, the last first
	Results       map[motion.ID]ballot.Ballot // what the last vote or call in the meeting on each proposal came to, once it is counted
	Together      Together
	Signals       Signals // while it is under way, and not on a break

	in        *room
	st        standing
	moverHere bool // of what is talked about, or comes next
}

// Total is how many are there.
func (v View) Total() (n int) {
	for _, c := range v.Count {
		n += c
	}
	return n
}

// TalksOnly says whether people chose to talk only, and too few are there at the moment.
func (v View) TalksOnly() bool { return v.Meeting.TalksOnly() && v.Total() < v.Needed }

// Facilitates says whether the viewer facilitates now.
func (v View) Facilitates() bool { return v.Chair != 0 && v.Chair == v.Me }

// Show returns the meeting with the number as the actor sees it, or fault.NotFound.
func (s *Service) Show(ctx context.Context, a member.Actor, number int) (v View, err error) {
	err = s.looking(ctx, a, number, func(in *room) error {
		v, err = in.view()
		return err
	})
	return v, err
}

func (in *room) view() (v View, err error) {
	v = View{
		Meeting: in.m, Now: in.tx.Now, Me: in.a.Member.ID, Terms: in.terms, Items: in.items, Hands: map[int64]Hand{},
		Rules: in.rules.Rules, Jobs: map[Job]bool{}, Needed: in.m.Quorum, MayMove: MayMove(in.a, in.m, in.tx.Now) == nil,
	}
	v.Count, v.Here = in.heads, in.here[in.a.Member.ID]
	if err := v.told(in); err != nil {
		return v, err
	}
	if err := v.mayNeed(in.tx); err != nil {
		return v, err
	}
	if v.About, err = in.about(); err != nil {
		return v, err
	}
	if v.Few, err = in.few(); err != nil {
		return v, err
	}
	if in.m.State == Session {
		v.Seat, v.Second = in.seats(v.About)
		v.Free = in.free()
		if v.Chair = v.Seat.Member; v.Chair == 0 {
			v.Kept = in.chair(nil)
		}
	}
	if v.Facilitates() {
		if v.Present, err = withDevice(in.tx, in.m.ID); err != nil {
			return v, err
		}
	}
	if v.OrderedAt.IsZero() && !v.IsOver() {
		if v.Items, err = in.foreseen(); err != nil {
			return v, err
		}
	}
	v.Current, _ = in.item(in.m.Item)
	for _, t := range in.terms {
		if t.Member == v.Me && v.Here.HasDevice() && !t.Shadow && t.Runs(v.Now) && in.m.State == Session {
			v.Jobs[t.Job] = true
		}
	}
	if in.m.State == Called {
		if err := v.before(in); err != nil {
			return v, err
		}
	}
	if err := v.matters(in); err != nil {
		return v, err
	}
	if err := v.floor(in); err != nil {
		return v, err
	}
	if in.m.State != Called {
		if err := v.moves(in); err != nil {
			return v, err
		}
		if err := v.called(in); err != nil {
			return v, err
		}
	}
	if err := v.results(in); err != nil {
		return v, err
	}
	if err := v.raised(in); err != nil {
		return v, err
	}
	if err := v.names(in); err != nil {
		return v, err
	}
	if v.Prolongs, err = v.prolongs(in); err != nil {
		return v, err
	}
	if in.m.State == Session {
		_, _, mover := v.stands()
		there, err := recall(in.looked, "mover", func() (map[member.ID]Presence, error) { return hereOf(in.tx, in.m.ID, []member.ID{mover}) })
		if err != nil {
			return v, err
		}
		v.moverHere = there[mover].ID != 0
		if err := v.together(in); err != nil {
			return v, err
		}
		if err := v.signals(in); err != nil {
			return v, err
		}
		v.Reading = v.reading()
	}
	v.Opening = in.opening(v)
	v.in, v.st = nil, standing{}
	return v, nil
}

// foreseen returns the items in the order that the agenda will have, but for new proposals, which stand by their age until the lot falls.
func (in *room) foreseen() (out []Item, err error) {
	a, err := plans(in.tx, in.a.Group, in.m, in.items, false)
	for _, e := range a.Entries {
		it, _ := in.item(ItemID(e.ID))
		it.Why, it.Fits = string(e.Why), e.Fits
		out = append(out, it)
	}
	return out, err
}

// before adds what there is to know until the meeting begins.
func (v *View) before(in *room) (err error) {
	if v.Now.Before(v.Door()) {
		return nil
	}
	if v.Willing, v.Would, err = howWilling(in.tx, in.m.ID, v.Me); err != nil {
		return err
	}
	_, v.Needed, err = in.quorum()
	return err
}

// floor adds who speaks and who would like to.
func (v *View) floor(in *room) error {
	if v.Current.ID == 0 {
		return nil
	}
	all, err := in.hands()
	if err != nil {
		return err
	}
	var up []floor.Hand
	for _, h := range all {
		switch h.State {
		case Speaking:
			v.Speaker = h
		case Up:
			v.Hands[h.ID] = h
			up = append(up, floor.Hand{ID: h.ID, Kind: h.Kind, Raised: h.Raised})
		}
	}
	v.Asked = floor.Questions(up)
	v.List, err = in.list(all)
	return err
}

// names adds the proposals on the agenda and the people on the page.
func (v *View) names(in *room) (err error) {
	ids := []member.ID{v.CalledBy, v.Chair, v.Speaker.Member}
	for _, t := range v.Terms {
		ids = append(ids, t.Member)
	}
	for _, h := range v.Hands {
		ids = append(ids, h.Member)
	}
	for _, c := range v.Calls {
		for _, t := range c.Said {
			ids = append(ids, t.Who)
		}
	}
	for _, mv := range v.Moves {
		ids = append(ids, mv.By, mv.About, mv.Runner)
	}
	for _, mv := range v.Settled {
		ids = append(ids, mv.By, mv.About)
	}
	for _, it := range v.Items {
		ids = append(ids, it.By)
	}
	ids = append(ids, v.Matters.people()...)
	v.Motions, err = recall(in.looked, "proposals", func() (map[motion.ID]motion.Motion, error) { return proposalsOf(in.tx, v.Items) })
	if err != nil {
		return err
	}
	for _, p := range v.Motions {
		ids = append(ids, p.Mover)
	}
	known, err := recall(in.looked, "people", func() (map[member.ID]member.Member, error) { return member.Many(in.tx, ids) })
	if err != nil {
		return err
	}
	var missing []member.ID // of whoever looks alone: whoever facilitates sees who is there
	for _, id := range append(ids, append(v.Present, v.Told.Note.By)...) {
		if _, ok := known[id]; !ok && id != 0 && id != v.Me {
			missing = append(missing, id)
		}
	}
	if v.People, err = member.Many(in.tx, missing); err != nil {
		return err
	}
	maps.Copy(v.People, known)
	v.People[v.Me] = in.a.Member
	return nil
}

// Ahead is what a group's page of meetings shows.
type Ahead struct {
	Now     time.Time
	Next    []Meeting   // that are not over, the next one first
	Past    []Meeting   // the newest first
	Older   bool        // there are more
	Waiting []Item      // for the next meeting
	Ask     Ask         // that is open; zero: none
	Signed  bool        // the viewer's name is under it
	Needs   int         // how many names it takes to ask for a meeting
	Callers []member.ID // who can call the one that is asked for; while names are collected, who holds a role that calls meetings
	MayCall bool
	Kind    Kind // that would be called
	Notice  int  // days
	Rules   rulebook.Rules
	Rhythm  Rhythm
	People  map[member.ID]member.Member
}

// PageSize is how many meetings that are over a list shows at once.
const PageSize = 25

// List returns the group's meetings, those that are over below a number; 0: from the newest on. It returns fault.NotFound for who is no member.
func (s *Service) List(ctx context.Context, a member.Actor, under int) (v Ahead, err error) {
	if !a.IsMember() {
		return v, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		v, err = s.list(tx, a, under)
		return err
	})
	return v, err
}

// MayBeUrgent returns the proposals that wait for a meeting of the actor's group, where whoever calls one can say that they cannot wait; nothing where that does not go. It
// returns fault.NotFound for who is no member.
func (s *Service) MayBeUrgent(ctx context.Context, a member.Actor) (ms []motion.Motion, err error) {
	if !a.IsMember() {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		v, err := rulebook.Current(tx, a.Group.ID, tx.Now)
		if err != nil || !CanBeUrgent(v.Rules) {
			return err
		}
		ms, err = motion.WaitForMeeting(tx, a.Group.ID, mostItems)
		return err
	})
	return ms, err
}

func (s *Service) list(tx *db.Tx, a member.Actor, under int) (v Ahead, err error) {
	v = Ahead{Now: tx.Now, MayCall: MayCall(a, tx.Now) == nil, Kind: Ordinary}
	rules, err := rulebook.Current(tx, a.Group.ID, tx.Now)
	if err != nil {
		return v, err
	}
	v.Rules, v.Notice = rules.Rules, rules.Rules.NoticeDays.Meeting
	next, last, _, err := aheadAndLast(tx, a.Group.ID)
	if err != nil {
		return v, err
	}
	asleep, err := revival.Sleeps(tx, a.Group.ID)
	if err != nil {
		return v, err
	}
	v.Next, v.Rhythm = next, rhythmAfter(tx, a.Group, rules, asleep, next, last)
	if under <= 0 {
		under = 1 << 30
	}
	past, err := page(tx, a.Group.ID, under, PageSize+len(v.Next)+1)
	if err != nil {
		return v, err
	}
	for _, m := range past {
		if !m.IsOver() {
			continue
		}
		if len(v.Past) == PageSize {
			v.Older = true
			break
		}
		v.Past = append(v.Past, m)
	}
	if v.Waiting, err = waitingItems(tx, a.Group.ID); err != nil {
		return v, err
	}
	if v.Ask, err = openCall(tx, a.Group.ID); err != nil {
		return v, err
	}
	if v.Ask.ID != 0 {
		if v.Signed, err = hasSigned(tx, v.Ask.ID, a.Member.ID); err != nil {
			return v, err
		}
		if v.Ask.State != Collecting {
			v.Kind, v.Notice = Special, rules.Rules.NoticeDays.Special
		}
	} else {
		active, err := member.Active(tx, a.Group.ID, tx.Now, time.Duration(v.Rules.ActiveWindowDays)*day)
		if err != nil {
			return v, err
		}
		v.Needs = rulebook.S(active)
	}
	if v.Callers, err = callersOf(tx, a.Group.ID, v.Ask); err != nil {
		return v, err
	}
	ids := slices.Clone(v.Callers)
	for _, it := range v.Waiting {
		ids = append(ids, it.By)
	}
	v.People, err = member.Many(tx, ids)
	return v, err
}

// Pressing returns the proposals that are still before the meeting and of which its notice says that they cannot wait.
func (v View) Pressing() (out []motion.Motion) {
	for _, it := range undecided(v.Meeting, v.Items, v.Motions) {
		if it.Urgent {
			out = append(out, v.Motions[it.Motion])
		}
	}
	return out
}

// callersOf returns who can call the meeting that is asked for, once enough have; before, and where none is, who holds a role that calls meetings.
func callersOf(tx *db.Tx, g member.GroupID, k Ask) (who []member.ID, err error) {
	if k.State != Convening {
		return role.WhoMay(tx, g, member.Convene)
	}
	terms, err := toConvene(tx, g)
	for _, t := range terms {
		who = append(who, t.Member)
	}
	return who, err
}

// Coming is the meeting of which a group's first page tells.
type Coming struct {
	Meeting // that is under way, or comes next; zero: none is called
	Now     time.Time
	Decides []motion.Motion // the proposals that are before it, as they stand on its agenda
	Urgent  []motion.Motion // those of them of which the notice says that they cannot wait
	More    bool            // others are called as well
	Rhythm  Rhythm          // where none is called
	Here    Presence        // the viewer's, once people can enter; zero: they are not there
	Told    []AsNoted       // where somebody else noted the viewer as there, of which they have said nothing
	Ask     Ask             // that enough have asked for and the viewer can call; zero: there is none
}

// Coming returns the group's meeting that is under way or comes next, with what is to be decided there, as the notice says it (practice.md §2.5.2).
// Where none is called it returns when the group meets by its rules, which are those in force, unless it sleeps. It returns fault.NotFound for who is no member.
func (s *Service) Coming(ctx context.Context, a member.Actor, rules rulebook.Version, asleep bool) (v Coming, err error) {
	if !a.IsMember() {
		return v, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		v = Coming{Now: tx.Now}
		if MayCall(a, tx.Now) == nil {
			k, err := openCall(tx, a.Group.ID)
			if err != nil {
				return err
			}
			if k.IsOpen() && k.State != Collecting {
				v.Ask = k
			}
		}
		list, last, kept, err := aheadAndLast(tx, a.Group.ID)
		if err != nil {
			return err
		}
		if len(list) > 0 || kept {
			if v.Told, err = notedOf(tx, a.Member.ID); err != nil {
				return err
			}
		}
		if len(list) == 0 {
			v.Rhythm = rhythmAfter(tx, a.Group, rules, asleep, nil, last)
			return nil
		}
		v.Meeting, v.More = list[0], len(list) > 1
		if v.MayEnter(v.Now) == nil {
			here, err := hereOf(tx, v.ID, []member.ID{a.Member.ID})
			if err != nil {
				return err
			}
			v.Here = here[a.Member.ID]
		}
		items, err := itemsOf(tx, v.ID)
		if err != nil {
			return err
		}
		proposals, err := proposalsOf(tx, items)
		for _, it := range undecided(v.Meeting, items, proposals) {
			v.Decides = append(v.Decides, proposals[it.Motion])
			if it.Urgent {
				v.Urgent = append(v.Urgent, proposals[it.Motion])
			}
		}
		return err
	})
	return v, err
}

// Door is what anybody sees who has a meeting's code: where it is, and nothing of what it talks about (practice.md §5.2).
type Door struct {
	Group   member.Group
	Meeting Meeting
}

// ByCode returns where the meeting is that a code finds, or fault.NotFound.
func (s *Service) ByCode(ctx context.Context, code string) (d Door, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		if d.Meeting, err = byCode(tx, code); err != nil {
			return err
		}
		d.Group, err = member.GetGroup(tx, d.Meeting.Group)
		return err
	})
	return d, err
}

// Ahead returns the group's meetings that are not over, the next one first. It returns fault.NotFound for who is no member.
func (s *Service) Ahead(ctx context.Context, a member.Actor) (list []Meeting, err error) {
	if !a.IsMember() {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		list, err = aheadOf(tx, a.Group.ID)
		return err
	})
	return list, err
}

// Exists returns fault.NotFound if there is no such meeting for the actor.
func (s *Service) Exists(ctx context.Context, a member.Actor, number int) error {
	if !a.IsMember() {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	return s.db.Read(ctx, func(tx *db.Tx) error {
		_, err := find(tx, a.Group.ID, number)
		return err
	})
}
