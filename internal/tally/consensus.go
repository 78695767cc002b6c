package tally

import "fmt"

// Call is what was answered when consensus was called for (practice.md §2.7). Entitled is everyone who was asked.
type Call struct {
	Agree, Reservation, Aside, Block, Entitled int64
}

// Responders are all who answered. Silence is not agreement: who did not answer is counted nowhere.
func (c Call) Responders() int64 { return c.Agree + c.Reservation + c.Aside + c.Block }

// Silent is how many were not heard from.
func (c Call) Silent() int64 { return c.Entitled - c.Responders() }

// ConsensusRule says when a call is agreed.
type ConsensusRule struct {
	AsideNum, AsideDen int64 // the share of responders who may stand aside, exactly so many included
	Blocks             int64 // how many must block to stop a decision
	Quorum             int64 // how many must answer
}

// groupOfTwelve is the size beyond which one block alone does not stop a decision (practice.md §2.7, rule 5).
const groupOfTwelve = 12

// Consensus is the rule of practice.md §2.7 for a group of so many: at most a third standing aside, and no block, or in groups of
// more than twelve at most one.
func Consensus(members, quorum int64) ConsensusRule {
	r := ConsensusRule{AsideNum: 1, AsideDen: 3, Blocks: 1, Quorum: quorum}
	if members > groupOfTwelve {
		r.Blocks = 2
	}
	return r
}

// The outcomes of a call beside Inquorate.
const (
	Agreed    Outcome = "agreed"
	NotAgreed Outcome = "not_agreed" // back to drafting
	Blocked   Outcome = "blocked"    // meetings to resolve it, then the fallback
)

// Why a call ended as it did.
const (
	EnoughAgree     Reason = "enough_agree"
	TooManyAside    Reason = "too_many_aside"
	EnoughBlock     Reason = "enough_block"
	NobodyAgreed    Reason = "nobody_agreed" // all who answered stand aside, which no limit lets pass
	TooFewResponded Reason = "too_few_responded"
)

// Consented is the outcome of a call with what it follows from.
type Consented struct {
	Outcome Outcome
	Reason  Reason
	Call    Call
	Rule    ConsensusRule
	Limit   int64 // how many of the responders may stand aside
	Resolve bool  // a meeting to resolve a block is due, also where one block alone does not stop the decision
}

// CallConsensus judges a call. It returns ErrRule or ErrVotes, wrapped, for input that no call can produce.
// Of an inquorate call nothing is told but that it was one, as in TooFew.
func CallConsensus(c Call, r ConsensusRule) (Consented, error) {
	if r.AsideDen <= 0 || r.AsideNum < 0 || r.AsideNum > r.AsideDen || r.Blocks < 1 || r.Quorum < 0 {
		return Consented{}, fmt.Errorf("%w: %d/%d standing aside, %d blocks, a quorum of %d", ErrRule, r.AsideNum, r.AsideDen, r.Blocks, r.Quorum)
	}
	left := c.Entitled
	for _, n := range []int64{c.Agree, c.Reservation, c.Aside, c.Block} {
		if n < 0 || n > left {
			return Consented{}, fmt.Errorf("%w: %d agree, %d with a reservation, %d stand aside and %d block, of %d entitled", ErrVotes, c.Agree, c.Reservation, c.Aside, c.Block, c.Entitled)
		}
		left -= n
	}
	out := Consented{Call: c, Rule: r, Limit: mulDiv(r.AsideNum, c.Responders(), r.AsideDen)}
	switch {
	case c.Responders() < r.Quorum || c.Responders() == 0:
		return Consented{Outcome: Inquorate, Reason: TooFewResponded, Call: Call{Entitled: c.Entitled}, Rule: r}, nil
	case c.Block >= r.Blocks:
		out.Outcome, out.Reason = Blocked, EnoughBlock
	case c.Aside > out.Limit:
		out.Outcome, out.Reason = NotAgreed, TooManyAside
	case c.Agree+c.Reservation == 0:
		out.Outcome, out.Reason = NotAgreed, NobodyAgreed
	default:
		out.Outcome, out.Reason = Agreed, EnoughAgree
	}
	out.Resolve = c.Block > 0
	return out, nil
}
