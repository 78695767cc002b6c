package ballot

import (
	"cmp"
	"context"
	"errors"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/urn"
)

// Receipt is what a voter in a secret ballot may find their paper by.
type Receipt = urn.Receipt

// Vote is what a voting form sends.
type Vote struct {
	Choice  Choice
	Ranking []int   // in a ballot by ranking: numbers of options, the first choice first; in one by approval those approved of
	Once    db.Once // open ballots: the form
	Client  string  // secret ballots: random text from the voter's side
	Basis   string  // secret ballots: View.Basis when the form was made
}

// Taken is a vote that was recorded.
type Taken struct {
	Ballot
	Receipt Receipt // zero if the ballot has none
}

// Cast records the member's vote in the ballot on the motion with the number, in place of an earlier one. When it returns nil
// the vote is on disk and will be counted. The same form sent again changes nothing and has the same answer, unless another form
// has changed the vote since.
//
// It returns fault.Invalid for what is no choice, fault.Denied for members who are not on the roll, fault.Conflict if the ballot
// takes no votes, the member has voted with another form meanwhile, or has voted where that is final, and fault.Unavailable if it could not be recorded.
func (s *Service) Cast(ctx context.Context, a member.Actor, number int, v Vote) (t Taken, err error) {
	var slot int64
	if t.Ballot, slot, err = s.entitled(ctx, a, number); err != nil {
		return Taken{}, err
	}
	paper, err := t.paperOf(v)
	if err != nil {
		return Taken{}, err
	}
	if !t.Secret {
		return t, s.castOpen(ctx, a, t.Ballot, v)
	}
	sealed, err := s.urn.Seal(t.bound(), slot, urn.Vote{Choice: paper, Client: v.Client, Basis: v.Basis})
	if errors.Is(err, urn.ErrNotOpen) {
		// Either the key is lost, or the ballot was closed, counted and purged since it was found to be open.
		s.frozen.drop(t.ID)
		_, _, again := s.entitled(ctx, a, number)
		err = cmp.Or(again, err)
	}
	if err == nil {
		put := sealed.Put
		if t.Final() {
			put = sealed.PutFirst
		}
		err = s.put(ctx, t.ID, put)
	}
	if err != nil {
		return Taken{}, refusal(err)
	}
	if t.Receipts != NoReceipt {
		t.Receipt = sealed.Receipt
	}
	return t, nil
}

// paperOf returns what the vote says, as an urn takes it, or fault.Invalid with the field "choice". In a call nobody votes.
func (b Ballot) paperOf(v Vote) ([]byte, error) {
	if b.Calls() {
		return nil, fault.New(fault.Conflict, "call.not_a_vote")
	}
	if b.Ranked() {
		paper, err := b.Contest.paper(v.Ranking)
		if err != nil {
			id := "ballot.rank"
			if b.Approves() {
				id = "approval.choose_any"
			}
			return nil, fault.Form(map[string]lang.Msg{"choice": lang.M(id)})
		}
		return paper, nil
	}
	if v.Choice.String() == "" {
		return nil, fault.Form(map[string]lang.Msg{"choice": lang.M("ballot.choose")})
	}
	return []byte{byte(v.Choice)}, nil
}

// castOpen records an open vote. Nothing but the vote is written, and that the form has been acted on, which outlives the vote
// and so does not say what it chose: that the member was active is noted at the close.
func (s *Service) castOpen(ctx context.Context, a member.Actor, b Ballot, v Vote) error {
	return s.put(ctx, b.ID, func(tx *db.Tx) error {
		first, err := tx.Once(v.Once, int64(b.ID))
		if err != nil {
			return err
		}
		if !first {
			counts, err := openVote(tx, b.ID, a.Member.ID)
			if err == nil && counts != v.Choice {
				err = fault.New(fault.Conflict, "ballot.changed") // by another form, or this one cannot have said two things
			}
			return err
		}
		return putOpenVote(tx, b.ID, a.Member.ID, v.Choice)
	})
}

// put writes a vote if the ballot takes votes. A refusal, before which nothing of the vote was written, does not fail the transaction:
// others' votes share the commit, and one who sends an old form again and again would have all of them written twice.
func (s *Service) put(ctx context.Context, id ID, write func(*db.Tx) error) error {
	var refused error
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		tx.OnlyPapers()
		refused = nil
		err := takes(tx, id)
		if err == nil {
			err = write(tx)
		}
		if k := fault.KindOf(err); err != nil && (k == fault.Conflict || k == fault.Denied || errors.Is(err, urn.ErrChanged) || errors.Is(err, urn.ErrFinal)) {
			refused, err = err, nil
		}
		return err
	})
	return cmp.Or(err, refused)
}

// takes says whether the ballot takes votes at the time of the transaction.
func takes(tx *db.Tx, id ID) error {
	now, err := state(tx, id)
	if err != nil {
		return err
	}
	return now.Takes(tx.Now)
}

// refusal puts what the urn says into words.
func refusal(err error) error {
	switch {
	case errors.Is(err, urn.ErrChanged):
		return fault.New(fault.Conflict, "ballot.changed")
	case errors.Is(err, urn.ErrFinal):
		return fault.New(fault.Conflict, "ballot.final")
	case errors.Is(err, urn.ErrNotOpen):
		return fault.New(fault.Unavailable, "ballot.no_urn").Because(err)
	case fault.KindOf(err) == fault.Unavailable:
		return fault.New(fault.Unavailable, "ballot.not_sure").Because(err)
	}
	return err
}
