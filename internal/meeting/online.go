package meeting

import (
	"context"
	"fmt"

	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/notify"
	"folkmoot/internal/procedure"
)

// Undecided returns the items with proposals that are still before this meeting: those to come and the one that is talked about.
func (v View) Undecided() []Item { return undecided(v.Meeting, v.Items, v.Motions) }

func undecided(m Meeting, list []Item, proposals map[motion.ID]motion.Motion) (out []Item) {
	for _, it := range list {
		if p := proposals[it.Motion]; it.Kind == Proposal && (it.State == Waiting || it.State == Now) && p.OnAgenda() && p.Meeting == m.Ref() {
			out = append(out, it)
		}
	}
	return out
}

// SendOnline has all members vote online, with exactly its text, on each proposal that is still before the meeting, because too few are there to decide (practice.md
// §2.5.3). Whoever facilitates chooses that; the meeting goes on and talks about what else there is. All members are told. Pressed again, nothing is left to send. It returns what
// running does, fault.Denied for who does not facilitate, and fault.Conflict if enough are there, while it is waited for others, in a break, while there is a vote, while what somebody
// asks for comes first, and if no proposal is left.
func (s *Service) SendOnline(ctx context.Context, a member.Actor, number int) error {
	return s.running(ctx, a, number, func(in *room) error {
		if err := in.facilitates(); err != nil {
			return err
		}
		if in.count() >= in.m.Quorum {
			return fault.New(fault.Conflict, "meeting.online.enough")
		}
		for _, may := range []func() error{in.waited, in.sits, in.noVote, in.mayChoose} {
			if err := may(); err != nil {
				return err
			}
		}
		return in.sendOnline()
	})
}

func (in *room) sendOnline() error {
	proposals, err := proposalsOf(in.tx, in.items)
	if err != nil {
		return err
	}
	sent := undecided(in.m, in.items, proposals)
	if len(sent) == 0 {
		return fault.New(fault.Conflict, "meeting.online.none")
	}
	if err := in.fall(); err != nil {
		return err
	}
	if err := in.lapse(func(mv Move) bool { return mv.Kind == procedure.Reorder }); err != nil {
		return err
	}
	ids, titles := []any{}, []string{}
	for _, it := range sent {
		ids, titles = append(ids, int64(it.ID)), append(titles, proposals[it.Motion].Title)
	}
	if err := in.note("meeting.online", in.by(), ledger.Data{"meeting": in.m.Ref(), "items": ids, "present": in.count()}); err != nil {
		return err
	}
	for _, it := range sent {
		if it.State == Now {
			if err := in.finish(Online); err != nil {
				return err
			}
			if err := put(in.tx, in.m, Session); err != nil {
				return err
			}
			continue
		}
		it.State, it.Ended = Online, in.tx.Now
		if err := putItem(in.tx, it, Waiting); err != nil {
			return err
		}
		in.put(it)
	}
	for _, it := range sent {
		if err := motion.SendOnline(in.tx, in.ledger, in.a.Group, proposals[it.Motion], in.m.Ref()); err != nil {
			return err
		}
	}
	return in.tellOnline(titles)
}

// tellOnline puts into the outbox of all members that they vote online on what the meeting could not decide.
func (in *room) tellOnline(titles []string) error {
	if in.notices == nil {
		return nil
	}
	opens := in.tx.Now.Add(motion.OnlineAfter)
	if in.a.Group.Zone != nil {
		opens = opens.In(in.a.Group.Zone)
	}
	n := notify.Notice{
		Group: in.a.Group, Kind: notify.Meeting, Subject: in.m.Ref() + "/online", Revision: int(in.tx.Now.Sub(in.m.CalledAt).Seconds()),
		Title: lang.M("meeting.mail.online", "Title", in.m.Title, "At", opens), Say: []lang.Msg{lang.M("meeting.mail.say_online", "Group", in.a.Group.Name, "At", opens)},
		Open: lang.M("meeting.mail.open"),
	}
	for _, title := range titles {
		n.Facts = append(n.Facts, notify.Fact{Label: lang.M("meeting.mail.item"), Value: lang.M("layout.plain", "Text", title)})
	}
	all, err := member.RollAt(in.tx, in.a.Group.ID, in.tx.Now, 0)
	if err != nil {
		return err
	}
	if err := in.notices.Put(in.tx, n, all); err != nil {
		return fmt.Errorf("tell members of votes online: %w", err)
	}
	return nil
}

// mayGoOnline returns why the proposals cannot be sent online now, of what the other acts do not ask.
func (in *room) mayGoOnline(v View) error {
	switch {
	case v.Total() >= v.Quorum:
		return fault.New(fault.Conflict, "meeting.online.enough")
	case len(v.Undecided()) == 0:
		return fault.New(fault.Conflict, "meeting.online.none")
	}
	return in.waited()
}
