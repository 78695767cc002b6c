package tally

import (
	"cmp"
	"fmt"
	"strings"

	"folkmoot/internal/line"
)

// Questions as elections: the candidates are the answers, in a fixed order, and the first mark of each paper is its answer.

var majorityMethod = Method{
	Name:  "majority",
	Say:   "A question: candidate 1 is for, 2 against, 3 abstains; carried by the majority that is asked for, of those who decided unless said otherwise, and a tie is not carried.",
	asks:  []Option{TakesRule, TakesQuorum, TakesPresent, TakesEntitled},
	count: countMajority,
}

var consensusMethod = Method{
	Name:  "consensus",
	Say:   "A call for consensus: candidate 1 agrees, 2 agrees with a reservation, 3 stands aside, 4 blocks; agreed if at most a third stand aside and nobody blocks, or among more than 12 at most one.",
	asks:  []Option{TakesQuorum, TakesEntitled},
	count: countConsensus,
}

const fillMethodName = "fill"

var fillMethod = Method{
	Name:  fillMethodName,
	Say:   "Filling a blank: the values stand in the order in which they are put to the vote, a paper names those it would accept, and the first value that more accept than not wins.",
	count: countFill,
}

// answers adds up the first marks. Papers that name nobody first are not valid and are left out.
func answers(e *Election) []int64 {
	sums := make([]int64, len(e.Candidates))
	for i := range e.Papers.Len() {
		if marks, n := e.Papers.At(i); answered(marks) {
			sums[marks[0]] += n
		}
	}
	return sums
}

// answered says whether a paper gives one answer before all others.
func answered(marks []Mark) bool { return len(marks) > 0 && marks[0].Names() && !several(marks, 0) }

func total(ns []int64) (total int64) {
	for _, n := range ns {
		total += n
	}
	return total
}

// question begins the sheet of a question and returns the sums of its answers.
func question(e *Election, o Options, method string, least, most int) (*Sheet, []int64, error) {
	if n := len(e.Candidates); n < least || n > most {
		takes := fmt.Sprintf("%d to %d", least, most)
		if least == most {
			takes = fmt.Sprint(most)
		}
		return nil, nil, fmt.Errorf("%w: %s takes %s answers, and there are %d", ErrElection, method, takes, n)
	}
	if len(e.Withdrawn) > 0 { // whoever gave it would not be heard
		return nil, nil, fmt.Errorf("%w: %s is an answer, and an answer cannot be withdrawn", ErrElection, e.Candidates[e.Withdrawn[0]].Name)
	}
	s, got := newSheet(e, o, method), answers(e)
	s.Seats, s.Valid = 1, total(got)
	s.Rejected = e.reject(s.Valid, skips{}, answered)
	st := Stage{Action: Total, Nontransferable: "0"}
	for _, n := range got {
		st.Votes = append(st.Votes, decimal(n, 0))
	}
	s.Stages = append(s.Stages, st)
	return s, append(got, make([]int64, most-len(got))...), nil
}

func countMajority(e *Election, o Options) (*Sheet, error) {
	s, got, err := question(e, o, "majority", 2, 3)
	if err != nil {
		return nil, err
	}
	q := o.Question
	rule := q.Rule
	if rule == (Rule{}) {
		rule = Simple()
	}
	if rule.Base == Roll && q.Entitled == 0 {
		return nil, fmt.Errorf("%w: a share of the roll needs to know how many are entitled", ErrElection)
	}
	if err := q.room(s.Valid); err != nil {
		return nil, err
	}
	v := Votes{For: got[0], Against: got[1], Abstain: got[2], Entitled: cmp.Or(q.Entitled, max(s.Valid, q.Present))}
	var r Result
	if q.Present > 0 {
		r, err = InMeeting(v, q.Present, rule, q.Quorum)
	} else {
		r, err = Majority(v, rule, q.Quorum)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrElection, err)
	}
	s.Outcome, s.Reason = string(r.Outcome), string(r.Reason)
	if r.Outcome == Inquorate {
		for i := range s.Stages[0].Votes { // they are not counted
			s.Stages[0].Votes[i] = ""
		}
	}
	if r.Outcome == Carried {
		s.Elected = []int{1}
	}
	s.Quota = decimal(r.Needed, 0)
	s.Stages[0].Say = sayMajority(r)
	return s, nil
}

// room refuses, with ErrElection, more votes than people who were present, or could vote, and more present than could vote.
func (q Question) room(votes int64) error {
	switch {
	case q.Entitled > 0 && votes > q.Entitled:
		return fmt.Errorf("%w: there are %s, and only %s", ErrElection, line.Count(votes, "valid paper"), plural(q.Entitled, "person could vote", "people could vote"))
	case q.Present > 0 && votes > q.Present:
		return fmt.Errorf("%w: there are %s, and only %s", ErrElection, line.Count(votes, "valid paper"), plural(q.Present, "person was present", "people were present"))
	case q.Entitled > 0 && q.Present > q.Entitled:
		return fmt.Errorf("%w: %s present, and only %s", ErrElection, plural(q.Present, "person was", "people were"), plural(q.Entitled, "could vote", "could vote"))
	}
	return nil
}

func sayMajority(r Result) string {
	v := r.Votes
	switch r.Reason {
	case TooFewVoted:
		return fmt.Sprintf("%d took part and %s needed, so the votes are not counted. Nothing is decided: this is neither carried nor lost.", r.Turnout, plural(r.Quorum, "was", "were"))
	case TooFewPresent:
		return fmt.Sprintf("%s present and %d were needed, so the votes are not counted. Nothing is decided: this is neither carried nor lost.", plural(r.Present, "was", "were"), r.Quorum)
	case NobodyVoted:
		return "There are no valid votes, so this is not carried."
	case AllAbstained:
		if v.Abstain == 1 {
			return "The only one who voted abstained, so this is not carried."
		}
		return fmt.Sprintf("All %d who voted abstained, so this is not carried.", v.Abstain)
	case Tied:
		return fmt.Sprintf("%d for and %d against. A tie is not carried.", v.For, v.Against)
	}
	outcome := "this is not carried"
	if r.Outcome == Carried {
		outcome = "this is carried"
	}
	return fmt.Sprintf("%s%d for and %d against, %d abstaining. At least %s needed (%s), so %s.",
		sayQuorum(r), v.For, v.Against, v.Abstain, plural(r.Needed, "for was", "for were"), sayRule(r), outcome)
}

// sayQuorum says that the quorum was reached, if one was asked for.
func sayQuorum(r Result) string {
	switch {
	case r.Quorum == 0:
		return ""
	case r.Present > 0:
		return fmt.Sprintf("%s present, and %s needed. ", plural(r.Present, "was", "were"), plural(r.Quorum, "was", "were"))
	}
	return fmt.Sprintf("%d took part, and %s needed. ", r.Turnout, plural(r.Quorum, "was", "were"))
}

// sayRule writes the share that the rule asks for, and of how many; where a tie would satisfy it, what is needed beyond.
func sayRule(r Result) string {
	share := "at least"
	if r.Rule.Strict {
		share = "more than"
	}
	of := map[Base]string{Valid: "who voted or abstained", Present: "who were present", Roll: "who could have voted"}
	say := fmt.Sprintf("%s %d/%d of the %d %s", share, r.Rule.Num, r.Rule.Den, r.Of, cmp.Or(of[r.Rule.Base], "for and against"))
	if !r.Rule.met(r.Needed-1, r.Of) {
		return say
	}
	return say + ", and more for than against"
}

func countConsensus(e *Election, o Options) (*Sheet, error) {
	s, got, err := question(e, o, "consensus", 4, 4)
	if err != nil {
		return nil, err
	}
	if err := o.Question.room(s.Valid); err != nil {
		return nil, err
	}
	entitled := cmp.Or(o.Question.Entitled, s.Valid)
	r, err := CallConsensus(Call{Agree: got[0], Reservation: got[1], Aside: got[2], Block: got[3], Entitled: entitled}, Consensus(entitled, o.Question.Quorum))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrElection, err)
	}
	s.Outcome, s.Reason = string(r.Outcome), string(r.Reason)
	if r.Outcome == Inquorate {
		s.Stages[0].Votes = []string{"", "", "", ""}
	}
	if r.Outcome == Agreed {
		s.Elected = []int{1}
	}
	s.Stages[0].Say = sayConsensus(r, s.Valid, o.Question.Entitled > 0)
	return s, nil
}

// sayConsensus says what came of a call that so many have answered. It names those who were not heard from only where it is known how
// many were asked.
func sayConsensus(r Consented, answered int64, asked bool) string {
	if r.Outcome == Inquorate {
		if r.Rule.Quorum < 2 {
			return "Nobody answered, so nothing is decided: this is neither agreed nor refused."
		}
		return fmt.Sprintf("%d answered and %d were needed, so the answers are not counted. Nothing is decided: this is neither agreed nor refused.", answered, r.Rule.Quorum)
	}
	c := r.Call
	heard := []string{plural(c.Agree, "agrees", "agree"), decimal(c.Reservation, 0) + " with a reservation",
		plural(c.Aside, "stands aside", "stand aside"), plural(c.Block, "blocks", "block")}
	if asked {
		heard = append(heard, plural(c.Silent(), "was", "were")+" not heard from")
	}
	say := []string{list(heard) + "."}
	if c.Block > 0 && r.Rule.Blocks > 1 {
		say = append(say, fmt.Sprintf("Among more than %d it takes %d who block to stop a decision.", groupOfTwelve, r.Rule.Blocks))
	}
	switch r.Reason {
	case EnoughAgree:
		say = append(say, "This is agreed.")
	case EnoughBlock:
		stops := "The block stops it."
		if c.Block > 1 {
			stops = fmt.Sprintf("The %d blocks stop it.", c.Block)
		}
		say = append(say, stops)
	case TooManyAside:
		say = append(say, fmt.Sprintf("At most %d of those who answered may stand aside, so this is not agreed and goes back to drafting.", r.Limit))
	case NobodyAgreed:
		say = append(say, "Nobody agrees, so this is not agreed.")
	}
	if r.Resolve {
		say = append(say, "Those who block and those who proposed meet to resolve it.")
	}
	return strings.Join(say, " ")
}

// countFill is Robert's way to fill a blank (practice.md §2.3.6). The order of the candidates is the order of the vote: largest sum or
// earliest date first.
func countFill(e *Election, o Options) (*Sheet, error) {
	s, papers := newSheet(e, o, fillMethodName), e.papers()
	s.Seats = 1
	sums := make([]int64, len(e.Candidates))
	for i := range papers.Len() {
		marks, n := papers.At(i)
		if !legible(marks) {
			continue
		}
		for _, m := range marks {
			if c, _ := m.Candidate(); m.Names() {
				sums[c] += n
			}
		}
		s.Valid += n
		if !namesAny(marks) {
			s.Empty += n
		}
	}
	s.Rejected = e.reject(s.Valid, skips{}, legible)
	for c, in := range e.taking() {
		if !in {
			continue
		}
		accept, against := sums[c], s.Valid-sums[c]
		st := Stage{Action: Total, Of: []int{c + 1}, Figures: "accept it", Nontransferable: decimal(against, 0), Votes: make([]string, len(sums))}
		for i := range sums {
			st.Votes[i] = "0"
		}
		st.Votes[c] = decimal(accept, 0)
		st.Say = fmt.Sprintf("%s: %s it and %s not.", e.Candidates[c].Name, plural(accept, "accepts", "accept"), plural(against, "does", "do"))
		if accept > against {
			st.Say += " More accept it than not, so it fills the blank."
			st.Elected, s.Elected = []int{c + 1}, []int{c + 1}
		}
		if s.Stages = append(s.Stages, st); len(s.Elected) > 0 {
			return s, nil
		}
	}
	s.Unfilled = 1
	return s, nil
}
