package decision

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"folkmoot/internal/agree"
	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/resolve"
	"folkmoot/internal/rulebook"
	"folkmoot/internal/tally"
)

// What was agreed in a room is provisional for the days that the rules give to those who were not heard from (practice.md §2.7.6). Until then nothing follows from it.
// They can raise a concern, which stays beside it, or block it: blocks count as if they had been raised at the call. If they are enough, the decision is stopped and
// its proposal is open again; if not, it stands when the days are over. All of that is decided here, for every decision that comes from a call in a room.

// WindowState is how far the days of those who were absent are.
type WindowState string

// The states of a window. A decision without one has none.
const (
	Pending    WindowState = "open"
	Stood      WindowState = "stands"
	Overturned WindowState = "stopped"
)

// Window is until when those who were absent can object to a decision.
type Window struct {
	State WindowState
	Until time.Time // zero: the record of the meeting is not out, and the days begin with that
	Ended time.Time // when it stood, or was stopped
}

// Say says in a sentence what the window is for, or what came of it; zero where there is none.
func (w Window) Say() lang.Msg {
	switch {
	case w.State == "":
		return lang.Msg{}
	case w.State == Pending && w.Until.IsZero():
		return lang.M("decision.window.unpublished")
	}
	return lang.M("decision.window."+string(w.State), "Until", w.Until, "At", w.Ended)
}

// Objection is what somebody who was absent says of a decision.
type Objection struct {
	Who member.ID
	By  string // their reference
	At  time.Time
	agree.Answer
}

const day = 24 * time.Hour

// windowOf returns the window of what follows from a count: of what is agreed in a room, unless everybody who could have answered did, or the notice of the meeting said that it
// cannot wait. The days begin when the record of
// the meeting is out; where no meeting was called, with the decision.
func windowOf(tx *db.Tx, c ballot.Closed) (w Window, err error) {
	if !c.Calls() || !c.InRoom() && !c.IsAtOnce() || c.Result.Outcome != tally.Carried || c.Urgent {
		return w, nil
	}
	v, err := rulebook.Get(tx, c.Group.ID, c.Rulebook)
	if err != nil {
		return w, fmt.Errorf("look up rules: %w", err)
	}
	days := v.Rules.Agreement().AbsentDays
	if days == 0 {
		return w, nil
	}
	if missed, err := c.Unheard(tx); err != nil || missed == 0 {
		return w, err
	}
	w.State = Pending
	if motion.MeetingNumber(c.Meeting) == 0 {
		w.Until = tx.Now.Add(time.Duration(days) * day)
	}
	return w, nil
}

// say adds to what the record says of a decision that it is provisional.
func (w Window) say(d ledger.Data) {
	if w.State != Pending {
		return
	}
	d["provisional"] = true
	if !w.Until.IsZero() {
		d["until"] = w.Until
	}
}

// RecordOut begins the days of those who were absent from a meeting, in the transaction that publishes its record.
func RecordOut(tx *db.Tx, l *ledger.Ledger, g member.Group, meeting string) error {
	all, err := unpublished(tx, g.ID, meeting)
	if err != nil {
		return fmt.Errorf("find what is provisional: %w", err)
	}
	for _, d := range all {
		v, err := rulebook.Get(tx, g.ID, d.Rulebook)
		if err != nil {
			return err
		}
		d.Window.Until = tx.Now.Add(time.Duration(v.Rules.Agreement().AbsentDays) * day)
		if err := putWindow(tx, d); err != nil {
			return err
		}
		if err := noteWindow(tx, l, g, "decision.record_out", d, "", ledger.Data{"until": d.Window.Until}); err != nil {
			return err
		}
	}
	return nil
}

func noteWindow(tx *db.Tx, l *ledger.Ledger, g member.Group, kind string, d Decision, actor string, data ledger.Data, also ...string) error {
	data["decision"] = d.Ref()
	_, err := l.Append(tx, g.Log(), ledger.Event{Kind: kind, Subject: d.Ref(), Actor: actor, Data: data, Also: also})
	return err
}

// IsProvisional says whether those who were absent can still object. After the last of their days it is so until the clock has looked.
func (d Decision) IsProvisional() bool { return d.Window.State == Pending }

// takes returns nil if those who were absent can object at the moment, or fault.Conflict.
func (d Decision) takes(now time.Time) error {
	switch {
	case d.Window.State == "":
		return fault.New(fault.Conflict, "decision.object.none")
	case !d.IsProvisional(), !d.Window.Until.IsZero() && !now.Before(d.Window.Until):
		return fault.New(fault.Conflict, "decision.object.over")
	}
	return nil
}

// mayObject returns nil if the member can object now: they could have answered the call by the rules, were not heard from, and have not blocked yet.
func (d Decision) mayObject(tx *db.Tx, b ballot.Ballot, who member.ID, said []Objection) error {
	if err := d.takes(tx.Now); err != nil {
		return err
	}
	missed, err := b.Missed(tx, who)
	switch {
	case err != nil:
		return err
	case !missed:
		return fault.New(fault.Denied, "decision.object.heard")
	}
	for _, o := range said {
		if o.Who == who && o.Response == agree.Block {
			return fault.New(fault.Conflict, "decision.object.twice")
		}
	}
	return nil
}

// urgentShown is for how long whoever was absent is told on the group's first page of what was agreed on at once, because it could not wait.
const urgentShown = 7 * day

// stoodLately says whether something was agreed on lately that the notice of a meeting called urgent, so that nobody who was absent can object.
func (d Decision) stoodLately(now time.Time) bool {
	return d.Urgent && d.Carried() && now.Before(d.At.Add(urgentShown))
}

// missed notes of which decisions in a list that are provisional, or urgent and new, the viewer was not heard from, though they could have been by the rules.
func missed(tx *db.Tx, a member.Actor, ds []Decision) error {
	var ids []ballot.ID
	for _, d := range ds {
		if d.takes(tx.Now) == nil || d.stoodLately(tx.Now) {
			ids = append(ids, d.Ballot)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	heard, err := ballot.TookPart(tx, a.Member.ID, ids)
	if err != nil {
		return err
	}
	v, err := rulebook.Current(tx, a.Group.ID, tx.Now)
	if err != nil {
		return err
	}
	from := a.Member.VotesFrom(a.Group, time.Duration(v.Rules.VotingWaitDays)*day)
	for i, d := range ds {
		unheard := !heard[d.Ballot] && !from.After(d.At)
		ds[i].Missed, ds[i].Unasked = d.takes(tx.Now) == nil && unheard, d.stoodLately(tx.Now) && unheard
	}
	return nil
}

// Without returns decisions of the group that were agreed without the viewer and that they can still object to, those with least time left first: at most so many after the one
// with the id, which may be over by now; 0, or one that the group does not have: from the first. left is how many follow. Those for which no day is set, as the record of the meeting is not out, come last. It returns
// fault.NotFound for who is no member.
func (s *Service) Without(ctx context.Context, a member.Actor, after ID, most int) (ds []Decision, left int, err error) {
	if !a.IsMember() {
		return nil, 0, fault.New(fault.NotFound, "fault.not_found")
	}
	var last Decision
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		if ds, err = pendingIn(tx, a.Group.ID); err != nil {
			return err
		}
		if after != 0 {
			if last, err = placeOf(tx, a.Group.ID, after); err != nil {
				return err
			}
		}
		return missed(tx, a, ds)
	})
	ds = slices.DeleteFunc(ds, func(d Decision) bool { return !d.Missed || last.ID != 0 && sooner(last, d) >= 0 })
	slices.SortFunc(ds, sooner)
	most = min(most, len(ds))
	return ds[:most], len(ds) - most, err
}

// sooner compares decisions by how much time those who were absent have.
func sooner(d, e Decision) int {
	switch never := d.Window.Until.IsZero(); {
	case never == e.Window.Until.IsZero():
	case never:
		return 1
	default:
		return -1
	}
	return cmp.Or(d.Window.Until.Compare(e.Window.Until), cmp.Compare(d.ID, e.ID))
}

// absent adds what those who were absent said, and whether the viewer can.
func (v *View) absent(tx *db.Tx, a member.Actor) (err error) {
	if v.Window.State == "" {
		v.MayObject = v.takes(tx.Now)
		return nil
	}
	if v.Late, err = objections(tx, v.Decision.ID); err != nil {
		return err
	}
	if v.IsProvisional() {
		judged, err := v.Ballot.AgreedWith(blocksIn(v.Late) + 1)
		if err != nil {
			return err
		}
		v.BlockStops = judged.Outcome == tally.Blocked
	}
	v.MayObject = v.mayObject(tx, v.Ballot, a.Member.ID, v.Late)
	if k := fault.KindOf(v.MayObject); v.MayObject != nil && k != fault.Conflict && k != fault.Denied {
		return v.MayObject
	}
	return nil
}

// Object puts what the actor, who was absent, says beside a provisional decision; stopped says whether it stops that. The same form sent again changes nothing.
// It returns fault.Invalid with the fields of agree.Answer.WrongLate, fault.NotFound for who is no member or if there is no such decision, fault.Denied for who was
// heard from or could not have answered, and fault.Conflict once the days are over, and for who has said it already.
func (s *Service) Object(ctx context.Context, a member.Actor, once db.Once, number string, say agree.Answer) (stopped bool, err error) {
	if !a.IsMember() {
		return false, fault.New(fault.NotFound, "fault.not_found")
	}
	say = say.Tidy()
	if err := fault.Form(say.WrongLate()); err != nil {
		return false, err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		a, err := member.Again(tx, a)
		if err != nil {
			return err
		}
		d, err := Find(tx, a.Group.ID, number)
		if err != nil {
			return err
		}
		if _, seen, err := tx.Seen(once); err != nil || seen {
			stopped = d.Window.State == Overturned
			return err
		}
		if stopped, err = s.object(tx, a, d, say); err != nil {
			return err
		}
		if err := member.Touch(tx, a.Member); err != nil {
			return err
		}
		return tx.Did(once, int64(d.ID))
	})
	return stopped, err
}

func (s *Service) object(tx *db.Tx, a member.Actor, d Decision, say agree.Answer) (stopped bool, err error) {
	b, err := ballot.Get(tx, d.Ballot)
	if err != nil {
		return false, err
	}
	said, err := objections(tx, d.ID)
	if err != nil {
		return false, err
	}
	if err := d.mayObject(tx, b, a.Member.ID, said); err != nil {
		return false, err
	}
	o := Objection{Who: a.Member.ID, By: a.Member.Ref, At: tx.Now, Answer: say}
	if err := insertObjection(tx, d.ID, o); err != nil {
		if isTwice(err) {
			err = fault.New(fault.Conflict, "decision.object.twice").Because(err)
		}
		return false, err
	}
	if err := noteWindow(tx, s.ledger, a.Group, "decision.objected", d, a.Member.Ref, ledger.Data{
		"how": string(o.Response), "ground": string(o.Ground), "names": ledger.Text(o.Names), "text": ledger.Text(o.Words),
	}); err != nil {
		return false, err
	}
	said = append(said, o)
	blocks := blocksIn(said)
	judged, err := b.AgreedWith(blocks)
	if err != nil {
		return false, err
	}
	if stopped = judged.Outcome == tally.Blocked; stopped {
		if err := s.overturn(tx, a.Group, d, blocks); err != nil {
			return true, err
		}
	}
	if o.Response != agree.Block {
		return stopped, nil
	}
	m, err := motion.Get(tx, d.Motion)
	if err != nil {
		return stopped, err
	}
	return stopped, s.resolve(tx, a.Group, b, m, d.Rulebook, stopped, said)
}

// blocksIn counts the blocks among what those who were absent said.
func blocksIn(said []Objection) (n int64) {
	for _, o := range said {
		if o.Response == agree.Block {
			n++
		}
	}
	return n
}

// overturn stops a decision that enough people block, and opens its proposal again: there is as much time to resolve the block as the rules give, and then members vote.
func (s *Service) overturn(tx *db.Tx, g member.Group, d Decision, blocks int64) error {
	m, err := motion.Get(tx, d.Motion)
	if err != nil {
		return err
	}
	v, err := rulebook.Get(tx, g.ID, d.Rulebook)
	if err != nil {
		return err
	}
	d.Window.State, d.Window.Ended = Overturned, tx.Now
	if err := putWindow(tx, d); err != nil {
		return err
	}
	if err := noteWindow(tx, s.ledger, g, "decision.stopped", d, "", ledger.Data{"blocks": blocks}, m.Ref()); err != nil {
		return err
	}
	opens := rulebook.Evening(tx.Now.Add(time.Duration(v.Rules.Agreement().MeetingDays)*day), g.Zone)
	return motion.Blocked(tx, s.ledger, g, m, d.Ref(), opens)
}

// Tick has the decisions stand whose days are over.
func (s *Service) Tick(ctx context.Context) error {
	return s.db.WorkOff(ctx, func(tx *db.Tx, limit int) (out []db.Due, err error) {
		all, err := overdue(tx, limit)
		for _, d := range all {
			out = append(out, db.Due{Name: "days of those absent from decision " + d.Number(), Do: func(tx *db.Tx) error {
				g, err := member.GetGroup(tx, d.Group)
				if err != nil {
					return err
				}
				return s.stand(tx, g, d)
			}})
		}
		return out, err
	})
}

// Next returns when Tick has something to do next, which may be due already; zero if nothing will be.
func (s *Service) Next(tx *db.Tx) (time.Time, error) { return db.Soonest(tx, nextWindow) }

// Archive has all that is provisional in a group stand as the group is archived: nobody can object any more, and nobody tries to resolve a block.
func (s *Service) Archive(tx *db.Tx, g member.Group) error {
	all, err := pendingIn(tx, g.ID)
	if err != nil {
		return err
	}
	for _, d := range all {
		if err := s.stand(tx, g, d); err != nil {
			return err
		}
	}
	return resolve.Archive(tx, s.ledger, g)
}

// stand has a decision stand, and do what it does by itself. Why somebody blocked it stays beside it.
func (s *Service) stand(tx *db.Tx, g member.Group, d Decision) error {
	d.Window.State, d.Window.Ended = Stood, tx.Now
	if err := putWindow(tx, d); err != nil {
		return err
	}
	m, err := motion.Get(tx, d.Motion)
	if err != nil {
		return err
	}
	if err := noteWindow(tx, s.ledger, g, "decision.stands", d, "", ledger.Data{}, m.Ref()); err != nil {
		return err
	}
	text, err := motion.TextOf(tx, d.Motion, d.Version)
	if err != nil {
		return err
	}
	b, err := ballot.Get(tx, d.Ballot)
	if err != nil {
		return err
	}
	result, err := b.Result()
	if err != nil {
		return err
	}
	if err := s.enact(tx, ballot.Closed{Ballot: b, Result: result, Motion: m, Group: g}, d, text.Effect); err != nil {
		return fmt.Errorf("enact: %w", err)
	}
	return s.lateBlocks(tx, g, d, d)
}
