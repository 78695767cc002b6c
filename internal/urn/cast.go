package urn

import (
	"bytes"
	"errors"

	"folkmoot/internal/db"
)

// Ticket returns what the voting form of the voter at the place on the roll is made with.
func (u *Urn) Ticket(tx *db.Tx, b Ballot, slot int64) (Ticket, error) {
	v, err := u.vessel(b)
	if err != nil {
		return Ticket{}, err
	}
	p := v.keys.pseudonym(b.ID, slot)
	box, err := v.holds(tx, b.ID, p)
	if err != nil {
		return Ticket{}, err
	}
	return Ticket{Voted: box != nil, Basis: v.keys.basisOf(p, box)}, nil
}

// Asked is a ballot and a place on its roll.
type Asked struct {
	Ballot
	Slot int64
}

// Voted says by ballot whether the slot has a vote in its urn, with one look at the table. Of several slots on one ballot's roll
// it looks at the last. A ballot whose urn is not open is not among them. Like Ticket it recomputes pseudonyms and writes nothing.
// It returns ErrSize if a ballot's papers are of another size than those in its urn.
func (u *Urn) Voted(tx *db.Tx, slots []Asked) (map[int64]bool, error) {
	type place struct {
		v *vessel
		p pseud
	}
	places := map[int64]place{}
	for _, a := range slots {
		v, err := u.vessel(a.Ballot)
		if errors.Is(err, ErrNotOpen) {
			continue
		}
		if err != nil {
			return nil, err
		}
		places[a.ID] = place{v, v.keys.pseudonym(a.ID, a.Slot)}
	}
	if len(places) == 0 {
		return nil, nil
	}
	var ballots []int64
	var pseuds [][]byte
	for id, at := range places {
		ballots, pseuds = append(ballots, id), append(pseuds, at.p[:])
	}
	boxes, err := findMany(tx, ballots, pseuds)
	if err != nil {
		return nil, err
	}
	out := map[int64]bool{}
	for id, at := range places {
		out[id] = at.v.withOwed(at.p, boxes[id]) != nil
	}
	return out, nil
}

// holds returns the box that the next Put will find under the pseudonym, or nil: what is owed to the table is there then.
// A form made without it could never be sent in while nobody else votes.
func (v *vessel) holds(tx *db.Tx, ballot int64, p pseud) ([]byte, error) {
	box, err := find(tx, ballot, p)
	if err != nil {
		return nil, err
	}
	return v.withOwed(p, box), nil
}

// withOwed returns the box as it is once the table has what is owed to it.
func (v *vessel) withOwed(p pseud, box []byte) []byte {
	for _, r := range v.journal.owes() {
		if r.pseud == p && r.prev == digest(box) {
			box = r.box
		}
	}
	return box
}

// Sealed is a vote that is ready to be put into the urn.
type Sealed struct {
	ballot  Ballot
	vessel  *vessel
	pseud   pseud
	box     []byte // the choice is nowhere else
	basis   string // of the form
	Receipt Receipt
}

// Seal prepares the vote of the voter at the place on the roll: all that takes time and needs no database.
// It returns ErrNotOpen if there is no such urn, and ErrSize if the paper has another size than the ballot's.
func (u *Urn) Seal(b Ballot, slot int64, vote Vote) (Sealed, error) {
	v, err := u.vessel(b)
	if err != nil {
		return Sealed{}, err
	}
	s := Sealed{ballot: b, vessel: v, pseud: v.keys.pseudonym(b.ID, slot), basis: vote.Basis}
	share := v.keys.share(s.pseud, vote.Client)
	r := join(vote.Client, share)
	s.Receipt = receiptOf(r, share)
	if s.box, err = v.keys.seal(b, s.pseud, vote.Choice, r); err != nil {
		return Sealed{}, err
	}
	return s, nil
}

// isIn says whether the box holds this very vote: made by the same form, with the same choice.
func (s *Sealed) isIn(box []byte) bool {
	if box == nil {
		return false
	}
	theirs, err := s.vessel.keys.open(s.ballot, s.pseud, box)
	if err != nil {
		return false
	}
	ours, err := s.vessel.keys.open(s.ballot, s.pseud, s.box)
	return err == nil && bytes.Equal(ours, theirs)
}

// Put puts the vote into the urn: one row, and one record in the journal. The caller has made sure, in the same
// transaction, that the ballot is open. Sent again, the same vote changes nothing and is no error.
// It returns ErrChanged if the urn does not hold what it held when the form was made.
func (s *Sealed) Put(tx *db.Tx) error {
	if err := s.settle(tx); err != nil {
		return err
	}
	if s.basis == s.vessel.keys.basisOf(s.pseud, nil) {
		first, err := add(tx, s.ballot.ID, s.pseud, s.box)
		if err != nil {
			return err
		}
		if first {
			s.journal(tx, nil)
			return nil
		}
	}
	prev, err := find(tx, s.ballot.ID, s.pseud)
	if err != nil {
		return err
	}
	if s.basis != s.vessel.keys.basisOf(s.pseud, prev) {
		if !s.isIn(prev) {
			return ErrChanged
		}
		return nil
	}
	if err := put(tx, s.ballot.ID, s.pseud, s.box); err != nil {
		return err
	}
	s.journal(tx, prev)
	return nil
}

// PutFirst is Put in a ballot in which a vote is final. It returns ErrFinal if the urn holds another vote of the voter.
func (s *Sealed) PutFirst(tx *db.Tx) error {
	if err := s.settle(tx); err != nil {
		return err
	}
	first, err := add(tx, s.ballot.ID, s.pseud, s.box)
	if err != nil {
		return err
	}
	if first {
		s.journal(tx, nil)
		return nil
	}
	prev, err := find(tx, s.ballot.ID, s.pseud)
	if err == nil && !s.isIn(prev) {
		err = ErrFinal
	}
	return err
}

// settle puts into the table what is owed to it.
func (s *Sealed) settle(tx *db.Tx) error {
	for _, r := range s.vessel.journal.owing() {
		if err := replay(tx, s.ballot.ID, r); err != nil {
			return err
		}
	}
	return nil
}

// journal has the journal record that the vote took the place of prev.
func (s *Sealed) journal(tx *db.Tx, prev []byte) {
	r := record{pseud: s.pseud, box: s.box, prev: digest(prev)}
	tx.Journal(s.vessel.journal, r.staged())
}

// replay puts a journal record into the table if the table still holds what the record replaced.
func replay(tx *db.Tx, ballot int64, r record) error {
	box, err := find(tx, ballot, r.pseud)
	if err != nil || digest(box) != r.prev {
		return err
	}
	return put(tx, ballot, r.pseud, r.box)
}

// Count returns how many votes the urn holds. Nothing else can be learnt of them before the close.
func Count(tx *db.Tx, b Ballot) (int64, error) { return count(tx, b.ID) }
