package tally

import (
	"errors"
	"fmt"
	"math/bits"
	"slices"
)

// Base says which people a fraction is a fraction of.
type Base string

const (
	Cast    Base = "cast"    // everyone who voted for or against; abstentions are not in it
	Valid   Base = "valid"   // everyone who voted in any way: an abstention is in it, and so works against the question
	Present Base = "present" // everyone in the meeting, whether they voted or not
	Roll    Base = "roll"    // everyone who could have voted
)

var bases = []Base{Cast, Valid, Present, Roll}

// Rule is a majority: for-votes must reach Num/Den of the base, or exceed it if Strict.
// Whatever the fraction, there must also be more for than against: a tie is never carried.
// The zero Rule is not a majority; Check refuses it.
type Rule struct {
	Num, Den int64
	Strict   bool
	Base     Base
}

// Simple is more for than against.
func Simple() Rule { return MoreThan(1, 2, Cast) }

// TwoThirds is at least two for-votes in every three for and against.
func TwoThirds() Rule { return AtLeast(2, 3, Cast) }

// ThreeQuarters is at least three for-votes in every four for and against.
func ThreeQuarters() Rule { return AtLeast(3, 4, Cast) }

// AbsoluteOfRoll is more than half of everyone who could have voted.
func AbsoluteOfRoll() Rule { return MoreThan(1, 2, Roll) }

// AtLeast is num/den of the base or more.
func AtLeast(num, den int64, of Base) Rule { return Rule{Num: num, Den: den, Base: of} }

// MoreThan is more than num/den of the base.
func MoreThan(num, den int64, of Base) Rule { return Rule{Num: num, Den: den, Strict: true, Base: of} }

// ErrRule is wrapped by every refusal of a rule, ErrVotes by every refusal of a count that cannot have happened.
var (
	ErrRule  = errors.New("not a majority rule")
	ErrVotes = errors.New("impossible count")
)

// Check refuses, with ErrRule, a fraction that is not between 0 and 1, a rule that no vote could satisfy, and an unknown base.
func (r Rule) Check() error {
	switch {
	case r.Den <= 0 || r.Num < 0 || r.Num > r.Den:
		return fmt.Errorf("%w: %d/%d is not a fraction between 0 and 1", ErrRule, r.Num, r.Den)
	case r.Strict && r.Num == r.Den:
		return fmt.Errorf("%w: more than everyone can never be carried", ErrRule)
	case !slices.Contains(bases, r.Base):
		return fmt.Errorf("%w: unknown base %q", ErrRule, r.Base)
	}
	return nil
}

// met says whether f of base satisfies the fraction alone; both are at least 0.
func (r Rule) met(f, base int64) bool {
	switch compare(f, r.Den, r.Num, base) {
	case 0:
		return !r.Strict
	case 1:
		return true
	}
	return false
}

// compare orders the products a·b and c·d, all at least 0, in 128 bits: -1, 0 or 1.
func compare(a, b, c, d int64) int {
	lh, ll := bits.Mul64(uint64(a), uint64(b))
	rh, rl := bits.Mul64(uint64(c), uint64(d))
	switch {
	case lh == rh && ll == rl:
		return 0
	case lh > rh || lh == rh && ll > rl:
		return 1
	}
	return -1
}

// Votes is a count of a question with two sides. Entitled is everyone on the roll, whether they voted or not.
type Votes struct {
	For, Against, Abstain, Entitled int64
}

// Turnout is everyone who voted, abstentions included; quorum is measured by it.
func (v Votes) Turnout() int64 { return v.For + v.Against + v.Abstain }

// Check refuses, with ErrVotes, negative numbers and more votes than people entitled to one.
// What it accepts can be added up without overflow.
func (v Votes) Check() error {
	if v.For < 0 || v.Against < 0 || v.Abstain < 0 || v.Entitled < 0 {
		return fmt.Errorf("%w: %d for, %d against, %d abstaining, %d entitled", ErrVotes, v.For, v.Against, v.Abstain, v.Entitled)
	}
	left := v.Entitled
	for _, n := range []int64{v.For, v.Against, v.Abstain} {
		if n > left {
			return fmt.Errorf("%w: more votes than the %d entitled", ErrVotes, v.Entitled)
		}
		left -= n
	}
	return nil
}

// Outcome is how a question ended. Not carried is a decision; inquorate is none, and its votes are not counted.
type Outcome string

const (
	Carried    Outcome = "carried"
	NotCarried Outcome = "not_carried"
	Inquorate  Outcome = "inquorate"
)

// Reason is why, as a code that the pages put into words.
type Reason string

const (
	EnoughFor     Reason = "enough_for"      // carried
	TooFewVoted   Reason = "too_few_voted"   // inquorate: turnout is under the quorum
	TooFewPresent Reason = "too_few_present" // inquorate: fewer are in the meeting than the quorum asks for
	NobodyVoted   Reason = "nobody_voted"    // no vote of any kind, and a quorum of nobody
	AllAbstained  Reason = "all_abstained"   // nobody for, nobody against
	Tied          Reason = "tied"            // as many for as against
	MoreAgainst   Reason = "more_against"    // fewer for than against
	ShortOfNeeded Reason = "short_of_needed" // more for than against, but not the share the rule asks for
)

// Result is the outcome of a majority vote with everything it follows from. Of an inquorate one that is the turnout and
// the roll: its Votes hold none, and Of and Needed, which would tell how many abstained, are 0.
type Result struct {
	Outcome Outcome
	Reason  Reason
	Votes   Votes
	Rule    Rule
	Quorum  int64 // the turnout that was asked for; of a vote in a meeting, how many had to be there
	Present int64 // how many were there; 0 unless it was a vote in a meeting
	Turnout int64 // the turnout there was
	Of      int64 // how many people the rule's fraction was taken of
	Needed  int64 // for-votes that would have carried if the same people had voted for or against; at least 1
}

// Short is how many more for-votes it would have taken among the same votes; 0 if there were enough, or they were not counted.
func (r Result) Short() int64 { return max(0, r.Needed-r.Votes.For) }

// Missing is how many more people had to vote, in any way, to reach the quorum, or to be there; 0 if enough did.
func (r Result) Missing() int64 {
	if r.Present > 0 || r.Reason == TooFewPresent {
		return max(0, r.Quorum-r.Present)
	}
	return max(0, r.Quorum-r.Turnout)
}

// TooFew is the result of a question in which fewer took part than the quorum asks for. It needs no votes and tells
// nothing of them, because they are not counted: the question is asked once more of nearly the same people (practice.md
// §2.6, Inquorate), so they would be a tally seen before its close (G9), and one taken from the other would show how
// single people voted (security.md §1.5).
// It returns ErrRule or ErrVotes, wrapped, for input that no such vote can produce; a turnout that is enough is none.
func TooFew(turnout, entitled int64, rule Rule, quorum int64) (Result, error) {
	if err := rule.Check(); err != nil {
		return Result{}, err
	}
	if turnout < 0 || turnout > entitled || turnout >= quorum {
		return Result{}, fmt.Errorf("%w: %d of %d took part, and %d would be too few", ErrVotes, turnout, entitled, quorum-1)
	}
	return Result{
		Outcome: Inquorate, Reason: TooFewVoted, Votes: Votes{Entitled: entitled}, Rule: rule, Quorum: quorum, Turnout: turnout,
	}, nil
}

// Majority counts a question with two sides. Too small a turnout leaves it inquorate, however the votes fell: then it
// returns what TooFew does. A tie, and a vote in which nobody was for, is not carried under any rule.
// It returns ErrRule or ErrVotes, wrapped, for input that no vote can produce, and ErrRule for a share of those present.
func Majority(v Votes, rule Rule, quorum int64) (Result, error) {
	if err := checkCount(v, rule, quorum); err != nil {
		return Result{}, err
	}
	if rule.Base == Present {
		return Result{}, fmt.Errorf("%w: nobody has counted who is present", ErrRule)
	}
	if v.Turnout() < quorum {
		return TooFew(v.Turnout(), v.Entitled, rule, quorum)
	}
	return decide(Result{Votes: v, Rule: rule, Quorum: quorum, Turnout: v.Turnout()}), nil
}

// InMeeting counts a question that is put to a meeting of so many people. The quorum is how many of them must be there; who is there
// and does not vote counts towards it, and towards a share of those present, and no further.
// It returns ErrRule or ErrVotes, wrapped, for input that no meeting can produce.
func InMeeting(v Votes, present int64, rule Rule, quorum int64) (Result, error) {
	if err := checkCount(v, rule, quorum); err != nil {
		return Result{}, err
	}
	if present < v.Turnout() || present > v.Entitled {
		return Result{}, fmt.Errorf("%w: %d voted of %d present and %d entitled", ErrVotes, v.Turnout(), present, v.Entitled)
	}
	if present < quorum {
		return Result{Outcome: Inquorate, Reason: TooFewPresent, Votes: Votes{Entitled: v.Entitled}, Rule: rule, Quorum: quorum,
			Present: present, Turnout: v.Turnout()}, nil
	}
	return decide(Result{Votes: v, Rule: rule, Quorum: quorum, Present: present, Turnout: v.Turnout()}), nil
}

func checkCount(v Votes, rule Rule, quorum int64) error {
	if err := rule.Check(); err != nil {
		return err
	}
	if err := v.Check(); err != nil {
		return err
	}
	if quorum < 0 {
		return fmt.Errorf("%w: a quorum of %d", ErrVotes, quorum)
	}
	return nil
}

// decide judges a vote in which enough took part.
func decide(r Result) Result {
	decided := r.Votes.For + r.Votes.Against
	switch r.Rule.Base {
	case Valid:
		r.Of = r.Turnout
	case Present:
		r.Of = r.Present
	case Roll:
		r.Of = r.Votes.Entitled
	default:
		r.Of = decided
	}
	r.Needed = needed(r.Rule, decided, r.Of)
	r.Outcome, r.Reason = judge(r)
	return r
}

func judge(r Result) (Outcome, Reason) {
	v := r.Votes
	switch {
	case r.Turnout == 0:
		return NotCarried, NobodyVoted
	case v.For+v.Against == 0:
		return NotCarried, AllAbstained
	case v.For == v.Against:
		return NotCarried, Tied
	case v.For < v.Against:
		return NotCarried, MoreAgainst
	case !r.Rule.met(v.For, r.Of):
		return NotCarried, ShortOfNeeded
	}
	return Carried, EnoughFor
}

// needed is the least number of for-votes, out of decided votes for and against, that satisfies the rule over base.
// It starts at one more than half of decided, because a tie is never carried, and may exceed decided if base does.
func needed(r Rule, decided, base int64) int64 {
	hi, lo := bits.Mul64(uint64(r.Num), uint64(base))
	q, rem := bits.Div64(hi, lo, uint64(r.Den)) // Num ≤ Den, so the quotient is at most base and fits
	least := int64(q)
	if r.Strict || rem > 0 {
		least++
	}
	return max(least, decided/2+1)
}
