package meeting

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"folkmoot/internal/agenda"
	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/procedure"
	"folkmoot/internal/rulebook"
)

// gather puts what waits for a meeting on the agenda of one that is being called, and returns it as the record has it.
// It returns fault.Invalid with the field "urgent" if one of the urgent proposals is not among it.
func (s *Service) gather(tx *db.Tx, g member.Group, r rulebook.Rules, m Meeting, asked Ask, urgent []int) (list []any, err error) {
	var all []Item
	if m.Kind == Special {
		it, err := insertItem(tx, Item{
			Group: g.ID, Meeting: m.ID, Kind: Business, Title: m.Title, Text: asked.Business, Added: asked.Started, Minutes: r.ItemMinutes, State: Waiting,
		})
		if err != nil {
			return nil, fmt.Errorf("insert business: %w", err)
		}
		all = append(all, it)
	}
	waiting, err := waitingItems(tx, g.ID)
	if err != nil {
		return nil, err
	}
	later, lateItems, err := postponed(tx, g.ID, db.At(m.Opens))
	if err != nil {
		return nil, err
	}
	var off []Item
	for _, it := range waiting {
		if lateItems[it.ID] {
			off = append(off, it)
			continue
		}
		it.Meeting = m.ID
		if err := putItem(tx, it, Waiting); err != nil {
			return nil, err
		}
		all = append(all, it)
	}
	if it, due, err := s.report(tx, g, m, all, off); err != nil {
		return nil, err
	} else if due {
		all = append(all, it)
	}
	proposals, err := motion.ForMeeting(tx, g.ID, m.Opens, mostItems)
	if err != nil {
		return nil, err
	}
	proposals = slices.DeleteFunc(proposals, func(p motion.Motion) bool { return later[p.ID] })
	for _, n := range urgent {
		if !slices.ContainsFunc(proposals, func(p motion.Motion) bool { return p.Number == n }) {
			return nil, fault.Form(map[string]lang.Msg{"urgent": lang.M("meeting.form.urgent_not_on", "Number", n)})
		}
	}
	for _, p := range proposals {
		if err := motion.Schedule(tx, s.ledger, g, p, m.Ref(), m.closes(r)); err != nil {
			return nil, fmt.Errorf("put a proposal on the agenda: %w", err)
		}
		it, err := insertItem(tx, Item{
			Group: g.ID, Meeting: m.ID, Kind: Proposal, Motion: p.ID, Added: p.Tabled, Minutes: r.ItemMinutes, Carried: p.Meetings, State: Waiting,
			Urgent: slices.Contains(urgent, p.Number),
		})
		if err != nil {
			return nil, fmt.Errorf("insert item: %w", err)
		}
		all = append(all, it)
	}
	list = []any{}
	for _, it := range all {
		d := itemData(it)
		if it.Motion != 0 {
			p, err := motion.Get(tx, it.Motion)
			if err != nil {
				return nil, err
			}
			d["motion"] = p.Ref()
		}
		list = append(list, d)
	}
	return list, nil
}

func itemData(it Item) ledger.Data {
	d := ledger.Data{"item": int64(it.ID), "kind": string(it.Kind), "minutes": it.Minutes, "carried": it.Carried, "since": it.Added}
	if it.Title != "" {
		d["title"] = ledger.Text(it.Title)
	}
	if !it.Late.IsZero() {
		d["late"] = it.Late
	}
	if it.Urgent {
		d["urgent"] = true
	}
	return d
}

// order puts the agenda in order and publishes the secret from which the order follows.
func (s *Service) order(tx *db.Tx, m Meeting) error {
	g, err := member.GetGroup(tx, m.Group)
	if err != nil {
		return err
	}
	list, err := itemsOf(tx, m.ID)
	if err != nil {
		return err
	}
	rules, err := rulebook.Get(tx, g.ID, m.Rulebook)
	if err != nil {
		return err
	}
	a, err := plans(tx, g, m, list, true)
	if err != nil {
		return err
	}
	order := []any{}
	for _, e := range a.Entries {
		it := list[slices.IndexFunc(list, func(it Item) bool { return int64(it.ID) == e.ID })]
		it.Place, it.Why, it.Fits = e.Place, string(e.Why), e.Fits
		if err := putItem(tx, it, it.State); err != nil {
			return err
		}
		d := ledger.Data{"item": int64(it.ID), "why": it.Why, "fits": it.Fits}
		if it.Motion != 0 {
			d["supporters"] = e.Supporters
		}
		order = append(order, d)
	}
	m.OrderedAt = tx.Now
	m.due = m.closes(rules.Rules)
	if err := put(tx, m, m.State); err != nil {
		return err
	}
	return s.note(tx, g, m.Ref(), "meeting.ordered", "", ledger.Data{"meeting": m.Ref(), "secret": fmt.Sprintf("%x", m.Secret), "items": order})
}

// closes is when a meeting closes by itself at the latest: its end, put off as far as it can be, and some time to spare.
func (m Meeting) closes(r rulebook.Rules) time.Time {
	return m.Stop.Add(time.Duration(r.Meeting.ExtendMaxMinutes)*time.Minute + closeGrace)
}

// putOff has the proposals on the agenda of a meeting wait for it that is later than it was.
func (s *Service) putOff(tx *db.Tx, g member.Group, m Meeting, r rulebook.Rules) error {
	list, err := itemsOf(tx, m.ID)
	if err != nil {
		return err
	}
	for _, it := range list {
		if it.Motion == 0 {
			continue
		}
		p, err := motion.Get(tx, it.Motion)
		if err != nil || !p.OnAgenda() || p.Meeting != m.Ref() {
			if err != nil {
				return err
			}
			continue
		}
		if err := motion.Schedule(tx, s.ledger, g, p, m.Ref(), m.closes(r)); err != nil {
			return err
		}
	}
	return nil
}

// Adopt notes that the meeting has adopted its agenda. It returns what running does.
func (s *Service) Adopt(ctx context.Context, a member.Actor, number int) error {
	return s.running(ctx, a, number, func(in *room) error {
		if err := in.facilitates(); err != nil {
			return err
		}
		if !in.m.Adopted.IsZero() {
			return nil
		}
		in.m.Adopted = in.tx.Now
		if err := put(in.tx, in.m, Session); err != nil {
			return err
		}
		return in.note("meeting.adopted", in.a.Member.Ref, ledger.Data{"meeting": in.m.Ref()})
	})
}

// Take has the meeting talk about an item; one that it talked about is done with. It returns what running does, fault.NotFound for an item that is not on
// its agenda, and fault.Conflict before the agenda is adopted, while there is a vote, for an item that is done with, and for one about whoever would facilitate it.
func (s *Service) Take(ctx context.Context, a member.Actor, number int, id ItemID) error {
	return s.running(ctx, a, number, func(in *room) error {
		if err := in.facilitates(); err != nil {
			return err
		}
		it, ok := in.item(id)
		switch {
		case !ok:
			return fault.New(fault.NotFound, "fault.not_found")
		case in.m.Adopted.IsZero():
			return fault.New(fault.Conflict, "meeting.not_adopted")
		case it.State == Now:
			return nil
		case it.State != Waiting:
			return fault.New(fault.Conflict, "meeting.item_done")
		}
		for _, may := range []func() error{in.sits, in.noVote, in.clear} {
			if err := may(); err != nil {
				return err
			}
		}
		if err := in.lapse(func(mv Move) bool { return mv.Kind == procedure.Reorder }); err != nil {
			return err
		}
		if err := in.finish(Done); err != nil {
			return err
		}
		d := ledger.Data{"meeting": in.m.Ref(), "item": int64(it.ID)}
		if err := in.hear(&it, d); err != nil {
			return err
		}
		it.State, it.Began = Now, in.tx.Now
		if err := putItem(in.tx, it, Waiting); err != nil {
			return err
		}
		in.m.Item = it.ID
		if err := put(in.tx, in.m, Session); err != nil {
			return err
		}
		return in.note("item.began", in.a.Member.Ref, d)
	})
}

// Finish has the meeting be done with the item that it talks about. Without one, nothing changes. It returns what running does, and fault.Conflict while there
// is a vote.
func (s *Service) Finish(ctx context.Context, a member.Actor, number int, id ItemID) error {
	return s.running(ctx, a, number, func(in *room) error {
		if err := in.facilitates(); err != nil {
			return err
		}
		if in.m.Item == 0 || in.m.Item != id {
			return nil
		}
		for _, may := range []func() error{in.noVote, in.clear} {
			if err := may(); err != nil {
				return err
			}
		}
		if err := in.finish(Done); err != nil {
			return err
		}
		return put(in.tx, in.m, Session)
	})
}

// decided says whether what is asked with an item is decided, or goes on elsewhere, so that the meeting is done with it whether or not anybody has said so. What is provisional, because those who
// were absent can still object, is decided: what comes of that is no matter of the meeting.
func (in *room) decided(it Item) (bool, error) {
	if it.Motion == 0 {
		return false, nil
	}
	p, err := in.proposal(it)
	return p.State != motion.Tabled && p.State != motion.Voting, err
}

// finish ends the item that is talked about, or has it wait for the next sitting, which a decided one does not. The meeting has to be stored then.
func (in *room) finish(how ItemState) error {
	it, ok := in.item(in.m.Item)
	if !ok {
		return nil
	}
	if err := in.silence(); err != nil {
		return err
	}
	if err := in.endTogether(); err != nil {
		return err
	}
	if err := in.lapse(func(mv Move) bool { return mv.ofItem() && mv.Item == it.ID }); err != nil {
		return err
	}
	if how == Waiting {
		if decided, err := in.decided(it); err != nil {
			return err
		} else if decided {
			how = Done
		}
	}
	it.State, it.Ended = how, in.tx.Now
	if how == Waiting { // it is unfinished, and the next sitting takes it up
		it.Ended = time.Time{}
	}
	d := ledger.Data{"meeting": in.m.Ref(), "item": int64(it.ID), "how": string(how)}
	it.receive(d)
	if err := putItem(in.tx, it, Now); err != nil {
		return err
	}
	in.m.Item = 0
	return in.note("item.ended", in.by(), d)
}

// plan is what the order of the agenda follows from; before the lot it is without its secret.
func (m Meeting) plan(g member.Group, drawn bool) agenda.Plan {
	p := agenda.Plan{Meeting: "agenda-" + g.Ref + "-" + strconv.Itoa(m.Number), Stop: int(m.Stop.Sub(m.Opens) / time.Minute)}
	if drawn {
		p.Secret = m.Secret
	}
	return p
}

// asKind is what agendas and scripts call the kinds of items.
var asKind = map[ItemKind]agenda.Kind{Business: agenda.Business, Report: agenda.Report, Proposal: agenda.Proposal, Topic: agenda.Discussion, Other: agenda.Notice}

// asAgenda returns items as their order is worked out.
func asAgenda(list []Item, supporters map[motion.ID]int) []agenda.Item {
	out := make([]agenda.Item, len(list))
	for i, it := range list {
		out[i] = agenda.Item{
			ID: int64(it.ID), Kind: asKind[it.Kind], Minutes: it.Minutes, Carried: it.Carried > 0, Supporters: supporters[it.Motion], Since: it.Added,
			Urgent: it.Urgent,
		}
	}
	return out
}

// proposalsOf returns the proposals among the items.
func proposalsOf(tx *db.Tx, list []Item) (map[motion.ID]motion.Motion, error) {
	var ids []motion.ID
	for _, it := range list {
		if it.Motion != 0 {
			ids = append(ids, it.Motion)
		}
	}
	found, err := motion.Many(tx, ids)
	out := make(map[motion.ID]motion.Motion, len(found))
	for _, p := range found {
		out[p.ID] = p
	}
	return out, err
}

// plans returns the agenda in the order in which the meeting takes it (practice.md §2.5.4), with what it takes of the time.
func plans(tx *db.Tx, g member.Group, m Meeting, list []Item, drawn bool) (agenda.Agenda, error) {
	proposals, err := proposalsOf(tx, list)
	if err != nil {
		return agenda.Agenda{}, err
	}
	supporters := map[motion.ID]int{}
	for _, p := range proposals {
		supporters[p.ID] = p.Supporters
	}
	return agenda.Order(m.plan(g, drawn), asAgenda(list, supporters))
}
