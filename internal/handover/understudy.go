package handover

import (
	"errors"
	"strconv"
	"time"

	"folkmoot/internal/member"
	"folkmoot/internal/role"
	"folkmoot/internal/sortition"
)

// Named is that somebody is understudy to whoever holds a term: they learn beside them, have no power, and are the first who is asked to
// be caretaker if the seat is free. They are no heir: for the next term they stand or are drawn as everybody.
type Named struct {
	Group  member.GroupID
	Role   role.ID
	Term   role.TermID
	N      int // from 1 for each term
	Member member.ID
	At     time.Time
	Cause  string    // volunteer, lot/3
	Ended  time.Time // before the term did
	How    string    // it ended
}

// How somebody stopped being understudy before the term was over, and where one came from without a lot.
const (
	Stopped   = "stopped"
	Left      = "left" // the group
	volunteer = "volunteer"
)

// LotState is how far a lot for an understudy is.
type LotState string

// The states of a lot, in order.
const (
	Announced LotState = "announced" // places and weights are published and the secret is committed to
	Drawn     LotState = "drawn"     // the secret is published, and with it the order
)

// Lot is a lot among those who would be understudy. The holder has no part in it.
type Lot struct {
	ID       int64
	Group    member.GroupID
	Number   int // from 1 in each group
	Term     role.TermID
	State    LotState
	At       time.Time // when the secret is revealed
	PoolHash string
	Commit   string
	Secret   []byte
	Seed     string
	Tickets  []Ticket
}

// Ref names the lot in the record.
func (l Lot) Ref() string { return "lot/" + strconv.Itoa(l.Number) }

// Ticket is a place in a lot. Whose it is is told to nobody else, until they are drawn.
type Ticket struct {
	Place  int // from 1
	Member member.ID
	Weight int64
	Turn   int // in the order of the lot, from 1; 0 until it has fallen
}

func poolOf(tickets []Ticket) (out sortition.Pool) {
	for _, t := range tickets {
		out = append(out, sortition.Member{ID: int64(t.Place), Weight: t.Weight})
	}
	return out
}

// lotID is what the lot is called in what is published of it; no other lot of any group is called so.
func (l Lot) lotID(g member.Group) string { return g.Ref + " understudy " + l.Ref() }

var errOther = errors.New("the lot is not the one that was announced")

// record returns what is published of the lot: until it falls no secret.
func (l Lot) record(g member.Group) (sortition.Draw, error) {
	d, err := sortition.Announce(l.lotID(g), poolOf(l.Tickets), l.Secret)
	if err == nil && (d.Commit != l.Commit || d.PoolHash != l.PoolHash) {
		err = errOther
	}
	if err != nil || l.State != Drawn {
		return d, err
	}
	return d.Reveal(l.Secret, nil)
}
