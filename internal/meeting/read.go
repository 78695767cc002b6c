package meeting

import (
	"slices"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
)

// Book is a meeting with what it talks about, in its order, who has which job in it, and has had, and what came of the moves that were made in it.
type Book struct {
	Meeting
	Items []Item
	Terms []Term
	Moves []Move // that were ruled on, voted on or done, or that nobody supported in time, as they were made
}

// Item returns what the meeting talks about under a number; ok is false if it does not.
func (b Book) Item(id ItemID) (it Item, ok bool) {
	i := slices.IndexFunc(b.Items, func(it Item) bool { return it.ID == id })
	if i < 0 {
		return it, false
	}
	return b.Items[i], true
}

// TookNotes returns who had the job to take notes as the meeting closed, or last sat; where nobody had, who facilitated. While the meeting is under way that is
// nobody.
func (b Book) TookNotes() (who []member.ID) {
	for _, jobs := range [][]Job{{Notes}, {Facilitates, Vice}} {
		for _, t := range b.Terms {
			last := t.How == WithMeeting || b.IsOver() && b.Sat.IsZero() && paused(b.Terms, t)
			if slices.Contains(jobs, t.Job) && !t.Shadow && last {
				who = append(who, t.Member)
			}
		}
		if len(who) > 0 {
			return who
		}
	}
	return nil
}

// Find returns the group's meeting with the number, or fault.NotFound.
func Find(tx *db.Tx, g member.GroupID, number int) (b Book, err error) {
	if b.Meeting, err = find(tx, g, number); err != nil {
		return b, err
	}
	if b.Items, err = itemsOf(tx, b.ID); err != nil {
		return b, err
	}
	if b.Terms, err = termsOf(tx, b.ID); err != nil {
		return b, err
	}
	all, err := proceduresOf(tx, b.ID)
	b.Moves = slices.DeleteFunc(all, func(mv Move) bool { return mv.IsOpen() || mv.State == MoveTakenBack || mv.State == MoveLapsed })
	return b, err
}

// Get returns the meeting, or fault.NotFound.
func Get(tx *db.Tx, id ID) (Meeting, error) { return get(tx, id) }

// UnderWay returns the group's meetings that are under way.
func UnderWay(tx *db.Tx, g member.GroupID) ([]Meeting, error) {
	all, err := aheadOf(tx, g)
	return slices.DeleteFunc(all, func(m Meeting) bool { return m.State != Session }), err
}

// Has returns nil if the actor, who can do what goes with the power at the moment, has it in the group's meeting with the number, which is under
// way, or facilitates that meeting. It returns fault.NotFound if there is no such meeting, fault.Conflict if it is not under way, and else fault.Denied.
func Has(tx *db.Tx, a member.Actor, number int, c member.Capability, can bool) error {
	in, err := inSession(tx, a, number)
	if err != nil {
		return err
	}
	return in.has(c, can)
}

// Chairs returns nil if the actor facilitates the group's meeting with the number now. It returns what Has does.
func Chairs(tx *db.Tx, a member.Actor, number int) error {
	in, err := inSession(tx, a, number)
	if err != nil {
		return err
	}
	return in.facilitates()
}

func inSession(tx *db.Tx, a member.Actor, number int) (*room, error) {
	in, err := (&scene{tx: tx, a: a}).enter(number)
	if err == nil && in.m.State != Session {
		err = fault.New(fault.Conflict, "meeting.not_begun")
	}
	return in, err
}

// MayPrepare returns nil if the actor may prepare the room for the meeting, as its screen and the codes of its door: they facilitate it, keep its door, or called it; of one that the clock called,
// whoever could have. It returns fault.Conflict once it is over, and fault.Denied, which says no, for everybody else.
func MayPrepare(tx *db.Tx, a member.Actor, m Meeting, no string) error {
	switch {
	case m.IsOver():
		return fault.New(fault.Conflict, "meeting.over")
	case m.CalledBy == a.Member.ID:
		return nil
	case m.CalledBy == 0 && member.Can(a, member.Convene, tx.Now):
		return nil
	case !member.Can(a, member.Door, tx.Now) && !member.Can(a, member.Facilitate, tx.Now): // nothing else gives it: most who look are spared the question
	case m.State == Session && Has(tx, a, m.Number, member.Door, member.Can(a, member.Door, tx.Now)) == nil:
		return nil
	}
	return fault.New(fault.Denied, no)
}

// FieldName is what people call a column of a table in which the record and the table differ. Two of meetings are named as others of votes are, and are something else.
func FieldName(table, field string) lang.Msg {
	if table == (row{}).TableName() && (field == "opens_at" || field == "code") {
		field = "meeting_" + field
	}
	return lang.M("audit.field." + field)
}
