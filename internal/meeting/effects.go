package meeting

import (
	"fmt"
	"slices"
	"time"

	"folkmoot/internal/agenda"
	"folkmoot/internal/ledger"
	"folkmoot/internal/motion"
	"folkmoot/internal/procedure"
)

// carryOut has what a carried move asks for happen, and adds to what the record says of it.
func (in *room) carryOut(mv *Move, d ledger.Data) error {
	switch mv.Kind {
	case procedure.Replace:
		return in.standDown(*mv)
	case procedure.MoreTime:
		return in.extend(*mv, d)
	case procedure.ComeBack:
		return in.postpone(mv, d)
	case procedure.NotUrgent:
		in.calm(mv.Item, d)
	case procedure.Reorder:
		return in.reorder(mv.First, d)
	case procedure.GoRound:
		return in.goRoundBy(*mv)
	case procedure.Spokes, procedure.AllSpeak:
		return in.spokesBy(*mv)
	case procedure.Adjourn:
		if mv.adjourns() {
			return in.adjourn(mv.At, mv.Minutes, ByMove, "")
		}
		in.m.Break = in.tx.Now.Add(time.Duration(mv.Minutes) * time.Minute)
		d["until"] = in.m.Break
		return put(in.tx, in.m, Session)
	}
	return nil // a ruling that is overturned, and that it is time to vote, follow from the move itself
}

// standDown has whoever facilitated not do it any more: until the item ends, which the move itself says, or in the meeting. The second facilitator does then.
func (in *room) standDown(mv Move) error {
	if !mv.Whole {
		return nil
	}
	for i, t := range in.terms {
		if t.Member == mv.About && (t.Job == Facilitates || t.Job == Vice) && !t.Shadow && t.Runs(in.tx.Now) {
			if err := in.end(in.tx, in.a.Group, t, Replaced); err != nil {
				return err
			}
			in.terms[i].Ended, in.terms[i].How = in.tx.Now, Replaced
		}
	}
	return nil
}

// extend gives the item, or the meeting, more time.
func (in *room) extend(mv Move, d ledger.Data) error {
	more := time.Duration(mv.Minutes) * time.Minute
	if mv.Whole {
		in.m.Stop = in.m.Stop.Add(more)
		d["stop"] = in.m.Stop
		return put(in.tx, in.m, Session)
	}
	it, ok := in.item(mv.Item)
	if !ok || it.State != Now {
		return nil
	}
	it.Minutes += mv.Minutes
	d["item"], d["minutes"] = int64(it.ID), it.Minutes
	in.put(it)
	return putItem(in.tx, it, Now)
}

// put has the room know an item as it is stored.
func (in *room) put(it Item) {
	for i := range in.items {
		if in.items[i].ID == it.ID {
			in.items[i] = it
		}
	}
}

// postpone ends the item that is talked about: it comes before the first meeting from a date on. A proposal waits as one does that was not reached, so that it is voted on
// online in the end; what else there is waits as an item of its own.
func (in *room) postpone(mv *Move, d ledger.Data) error {
	it, ok := in.item(in.m.Item)
	if !ok || it.ID != mv.Item {
		return nil
	}
	if err := in.finish(Left); err != nil {
		return err
	}
	if err := put(in.tx, in.m, Session); err != nil {
		return err
	}
	d["item"] = int64(it.ID)
	if it.Motion != 0 {
		p, err := motion.Get(in.tx, it.Motion)
		if err != nil {
			return err
		}
		return motion.NotReached(in.tx, in.ledger, in.a.Group, p, in.m.Ref())
	}
	next := it
	next.Meeting, next.Place, next.Why, next.Fits, next.State, next.Carried, next.Began, next.Ended = 0, 0, "", true, Waiting, it.Carried+1, time.Time{}, time.Time{}
	next.Aside = 0
	next, err := insertItem(in.tx, next)
	if err != nil {
		return fmt.Errorf("insert an item that is put off: %w", err)
	}
	mv.First = next.ID
	d["next"] = int64(next.ID)
	return nil
}

// calm has what is agreed on an item in the room be provisional, as it is where the notice did not call it urgent. What the notice said stays as it is: that it counts no more follows from the
// move (see calmed).
func (in *room) calm(id ItemID, d ledger.Data) {
	if it, ok := in.item(id); ok {
		it.Urgent = false
		in.put(it)
		d["item"] = int64(id)
	}
}

// waiting returns the items that are left, in their order.
func (in *room) waiting() (out []Item) {
	for _, it := range in.items {
		if it.State == Waiting {
			out = append(out, it)
		}
	}
	return out
}

// toFront returns the items with one of them before all others.
func toFront(items []Item, first ItemID) []Item {
	out := slices.Clone(items)
	at := slices.IndexFunc(out, func(it Item) bool { return it.ID == first })
	if at < 0 {
		return out
	}
	it := out[at]
	return slices.Insert(slices.Delete(out, at, at+1), 0, it)
}

// delays says whether a recall or an election would come later.
func delays(was, becomes []Item) bool {
	return agenda.Delays(asAgenda(was, nil), asAgenda(becomes, nil))
}

// reorder has an item be the next: those before it come after it, in their places.
func (in *room) reorder(first ItemID, d ledger.Data) error {
	was := in.waiting()
	order := []any{}
	for i, it := range toFront(was, first) {
		if it.Place == was[i].Place {
			continue
		}
		it.Place = was[i].Place
		if err := putItem(in.tx, it, Waiting); err != nil {
			return err
		}
		in.put(it)
		order = append(order, ledger.Data{"item": int64(it.ID), "place": it.Place})
	}
	d["items"] = order
	return nil
}

// countNow counts whether enough people are there, because somebody asks.
func (in *room) countNow(mv Move) error {
	for _, o := range in.moves {
		if o.Kind == procedure.Quorum && in.tx.Now.Sub(o.Decided) < countAgain {
			return nil
		}
	}
	here := in.count()
	mv.State, mv.Decided, mv.Ready = MoveDone, in.tx.Now, in.tx.Now
	mv, err := insertProcedure(in.tx, mv)
	if err != nil {
		return err
	}
	if err := in.noteMade(mv); err != nil {
		return err
	}
	return in.note("move.decided", "", ledger.Data{
		"meeting": in.m.Ref(), "move": int64(mv.ID), "how": string(MoveDone), "present": here, "quorum": in.m.Quorum, "enough": here >= in.m.Quorum,
	})
}
