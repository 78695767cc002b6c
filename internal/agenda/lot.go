package agenda

import (
	"slices"

	"folkmoot/internal/sortition"
)

// Plan is what is settled of a meeting when it is planned.
//
// The secret is 32 bytes made for this meeting and no other. When the meeting is planned, Commitment of it is published with the meeting's
// name; when notice is given, the items are fixed, and the secret is published with the agenda. So neither whoever calls the meeting nor
// whoever runs the server can choose an order once they have seen the proposals: the secret is older than they are, another would not match
// what was published, and everybody can repeat the lot.
//
// What that does not keep from whoever runs the server, who can read the secret before anybody else: they can work out beforehand what
// order a set of proposals would get. By having one more proposal tabled or withdrawn before notice is given, their own or a friend's, or
// by giving notice a day earlier or later where the rules leave that open, they can look for a set that suits them; each try changes the
// whole order. They can tell others. They can have a meeting cancelled and planned anew, with another secret. All of these are acts in the
// record, and a proposal needs its supporters, but nothing shows why somebody did them. Who sets the minutes of items, or the hard stop,
// decides whether all fit and with that whether support counts at all. And whether the secret was made by chance nobody else can tell: it was
// chosen, if at all, before these proposals were there. Members who fear that can change the order, by more for than against, as the first
// thing in the meeting.
type Plan struct {
	Meeting string // what the lot is called, a line of text that no other draw has: "agenda-riverside-12"
	Secret  []byte // nil until notice is given
	Stop    int    // minutes from the beginning to the hard stop
}

// Commitment is what is published of a secret when the meeting is planned.
func Commitment(secret []byte) string { return sortition.Commitment(secret) }

// draw returns new proposals in their order, and the record of the lot. They come oldest first; before is how many minutes of items stand
// before them.
func draw(p Plan, fresh []Item, before int) (out []Entry, lot *sortition.Draw, err error) {
	if len(fresh) < 2 || p.Secret == nil {
		reason := NotDrawn
		if len(fresh) == 1 {
			reason = OnlyNew
		}
		for _, i := range fresh {
			out = append(out, Entry{Item: i, Why: reason})
		}
		return out, nil, nil
	}
	var members []sortition.Member
	minutes := before
	for _, i := range fresh {
		members = append(members, sortition.Member{ID: i.ID, Weight: 1})
		minutes += i.Minutes
	}
	pool, err := sortition.NewPool(members...)
	if err != nil {
		return nil, nil, err
	}
	d, err := sortition.Announce(p.Meeting, pool, p.Secret)
	if err != nil {
		return nil, nil, err
	}
	if d, err = d.Reveal(p.Secret, nil); err != nil {
		return nil, nil, err
	}
	var byLot []Item
	for _, id := range d.Order {
		byLot = append(byLot, fresh[slices.IndexFunc(fresh, func(i Item) bool { return i.ID == id })])
	}
	if budget(minutes, p.Stop).Over() == 0 {
		for _, i := range byLot {
			out = append(out, Entry{Item: i, Why: ByLot})
		}
		return out, &d, nil
	}
	return inTurns(byLot), &d, nil
}

// inTurns takes in turns the most supported, of equal ones the first by lot, and the first by lot.
func inTurns(byLot []Item) (out []Entry) {
	rest := slices.Clone(byLot)
	for len(rest) > 0 {
		next, reason := 0, ByLotBetween
		if len(out)%2 == 0 {
			reason = MostSupported
			for i := range rest {
				if rest[i].Supporters > rest[next].Supporters {
					next = i
				}
			}
		}
		out = append(out, Entry{Item: rest[next], Why: reason})
		rest = slices.Delete(rest, next, next+1)
	}
	return out
}
