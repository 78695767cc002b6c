package meeting

import (
	"folkmoot/internal/db"
	"folkmoot/internal/member"
	"folkmoot/internal/rulebook"
)

// Watch returns the group's meeting with the number as nobody in particular sees it, such as a screen in the room: without anybody's own hand, answer,
// or anything they could do. It returns fault.NotFound if there is no such meeting.
func Watch(tx *db.Tx, g member.Group, number int) (View, error) {
	rules, err := rulebook.Current(tx, g.ID, tx.Now)
	if err != nil {
		return View{}, err
	}
	in, err := (&scene{tx: tx, a: member.Actor{Group: g}, rules: rules}).look(number, newLooked())
	if err != nil {
		return View{}, err
	}
	return in.view()
}
