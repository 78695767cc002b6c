package ballot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
)

// Signature is a teller's name under a count.
type Signature struct {
	Member member.ID
	At     time.Time
	Common string // the key of the role that nobody held, where any two members sign together; "": a teller signed
}

// Signers is how many tellers have to have gone over a count: the numbers are nobody's alone to vouch for (practice.md §2.1).
const Signers = 2

// SignCount puts the actor's name under the count of a ballot of their group. Doing it again changes nothing. It returns fault.NotFound if
// there is no such ballot, fault.Conflict where no votes were counted, and fault.Denied for who is not a teller now, for who
// is voted on, and for who has signed already as the member they were before they left. While nobody holds that
// role, any two members sign together (practice.md §2.12.6); then it returns fault.Conflict where two have.
//
// People who share a seat sign once between them, and it returns fault.Conflict for the second: two signatures are there so that a count
// does not rest on one choice of the members, and who shares a seat was one choice, with one vote (§2.1, §2.8.2).
func (s *Service) SignCount(ctx context.Context, a member.Actor, id ID) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		a, err := member.Again(tx, a)
		if err != nil {
			return err
		}
		b, err := Get(tx, id)
		if err == nil && b.Group != a.Group.ID {
			err = fault.New(fault.NotFound, "fault.not_found")
		}
		if err != nil {
			return err
		}
		if !b.IsCounted() || b.tooFew() {
			return fault.New(fault.Conflict, "ballot.sign.nothing")
		}
		m, err := motion.Get(tx, b.Motion)
		if err != nil {
			return err
		}
		if err := asBefore(tx, a, b, m); err != nil {
			return err
		}
		if stands, err := s.stands(tx, m.ID, a.Member.ID); err != nil || stands {
			if err == nil {
				err = fault.New(fault.Denied, "ballot.sign.stands")
			}
			return err
		}
		common, err := s.signsAs(tx, a, b, m)
		if err != nil {
			return err
		}
		first, err := insertSignature(tx, b.ID, a.Member.ID, common)
		if err != nil || !first {
			return err
		}
		data, err := b.signed(tx)
		if err != nil {
			return err
		}
		if common != "" {
			data["common"] = "role/" + common
		}
		if _, err := s.ledger.Append(tx, a.Group.Log(), ledger.Event{Kind: "count.signed", Subject: b.InRecord(), Actor: a.Member.Ref, Data: data}); err != nil {
			return err
		}
		return member.Touch(tx, a.Member)
	})
}

// asBefore returns fault.Denied if the actor was in the group before, and has signed the count then or is whom the vote was about: two
// names are to be two people, and nobody signs in a matter about themselves (G10).
func asBefore(tx *db.Tx, a member.Actor, b Ballot, m motion.Motion) error {
	signed, err := Signatures(tx, b.ID)
	if err != nil {
		return err
	}
	ids := []member.ID{m.About}
	for _, by := range signed {
		ids = append(ids, by.Member)
	}
	were, err := member.Many(tx, ids)
	for _, was := range were {
		if was.ID != a.Member.ID && was.Person == a.Member.Person {
			return fault.New(fault.Denied, "ballot.sign.before")
		}
	}
	return err
}

// signsAs returns as what the actor signs the count: "" as a teller, or in common with another member the key of the role that nobody
// holds.
func (s *Service) signsAs(tx *db.Tx, a member.Actor, b Ballot, m motion.Motion) (common string, err error) {
	if member.Can(a, member.SignCount, tx.Now, m.About) {
		return "", s.secondSeat(tx, a, b.ID)
	}
	if common, err = s.MayInCommon(tx, a, b.ID, m); err == nil && common == "" {
		err = fault.New(fault.Denied, "ballot.sign.not_teller")
	}
	return common, err
}

// secondSeat returns fault.Conflict where somebody has signed with whom the actor shares the seat that lets them sign.
func (s *Service) secondSeat(tx *db.Tx, a member.Actor, id ID) error {
	signed, err := Signatures(tx, id)
	if err != nil {
		return err
	}
	var others []member.ID
	for _, by := range signed {
		if by.Member == a.Member.ID {
			return nil // again, which changes nothing
		}
		others = append(others, by.Member)
	}
	one, err := s.oneSeat(tx, a.Member.ID, member.SignCount, others)
	if err == nil && one {
		err = fault.New(fault.Conflict, "ballot.sign.one_seat")
	}
	return err
}

// MayInCommon returns the key of the role that nobody holds and for which the actor may sign the count together with another member, or "".
// Nobody signs where the matter is about themselves (G10).
func (s *Service) MayInCommon(tx *db.Tx, a member.Actor, id ID, m motion.Motion) (common string, err error) {
	if a.Member.ID == m.About {
		return "", nil
	}
	if common, err = s.common(tx, a.Group.ID, member.SignCount); err != nil || common == "" {
		return "", err
	}
	signed, err := Signatures(tx, id)
	if err != nil {
		return "", err
	}
	for _, by := range signed {
		if by.Member == a.Member.ID {
			return common, nil // again, which changes nothing
		}
	}
	if len(signed) >= Signers {
		return "", fault.New(fault.Conflict, "ballot.sign.enough")
	}
	return common, nil
}

// signed is what a teller puts their name under: the numbers, or the sheet of a ballot by ranking.
func (b Ballot) signed(tx *db.Tx) (ledger.Data, error) {
	if b.Ranked() {
		sheet, err := SheetOf(tx, b.ID)
		sum := sha256.Sum256([]byte(sheet))
		return ledger.Data{"ballot": b.InRecord(), "sheet_hash": hex.EncodeToString(sum[:])}, err
	}
	r, err := b.Result()
	return ledger.Data{"ballot": b.InRecord(), "for": r.Votes.For, "against": r.Votes.Against, "abstain": r.Votes.Abstain}, err
}
