// Package agree says what follows when a group calls for agreement (practice.md §2.7): whether a decision stands, from when, and what comes
// next if it does not. Agreement is a process first and a rule second, so most of what follows is another conversation and not a vote.
//
// The counting of a call is tally's; this package knows of time, of meetings to resolve a block, and of the vote that comes when they did not.
package agree

import (
	"time"

	"folkmoot/internal/lang"
	"folkmoot/internal/tally"
)

// Response is what somebody answers to a call. Who does not answer is counted nowhere.
type Response string

// The responses.
const (
	Yes         Response = "agree"
	Reservation Response = "reservation" // agree, with a reservation that is written down
	Aside       Response = "aside"       // "I won't do it or stop it"; no duty to carry it out
	Block       Response = "block"       // "this breaks what we agreed we are for"; see Objection
)

// Responses returns the responses in the order in which they are shown.
func Responses() []Response { return []Response{Yes, Reservation, Aside, Block} }

// Name returns the words on the button.
func (r Response) Name() lang.Msg { return lang.M("agree.response." + string(r)) }

// Count adds up responses of so many who were asked. What is no response counts for nothing, as silence does.
func Count(entitled int64, all []Response) tally.Call {
	c := tally.Call{Entitled: entitled}
	for _, r := range all {
		switch r {
		case Yes:
			c.Agree++
		case Reservation:
			c.Reservation++
		case Aside:
			c.Aside++
		case Block:
			c.Block++
		}
	}
	return c
}

// Line returns what the record prints of a call: "agree 6, reservation 1, aside 0, block 0, not heard from 3".
func Line(c tally.Call) lang.Msg {
	return lang.M("agree.line", "Agree", c.Agree, "Reservation", c.Reservation, "Aside", c.Aside, "Block", c.Block, "Silent", c.Silent())
}

// Ground is what a block rests on. Dislike is none: a block says that a decision breaks what the group agreed on.
type Ground string

// The grounds.
const (
	Aim       Ground = "aim"
	Principle Ground = "principle"
	Safety    Ground = "safety"
)

// Objection is what must come with a block.
type Objection struct {
	Ground Ground
	Which  string // the aim, principle or need for safety
	Why    string
}

// Reason is what is missing in an objection.
type Reason string

// The reasons.
const (
	NoGround Reason = "no_ground"
	NoWhich  Reason = "no_which"
	NoWhy    Reason = "no_why"
)

// Say returns the reason as a sentence.
func (r Reason) Say() lang.Msg { return lang.M("agree." + string(r)) }

// Missing returns what a block lacks; none means that it counts as one.
func (o Objection) Missing() (no []Reason) {
	if o.Ground != Aim && o.Ground != Principle && o.Ground != Safety {
		no = append(no, NoGround)
	}
	if o.Which == "" {
		no = append(no, NoWhich)
	}
	if o.Why == "" {
		no = append(no, NoWhy)
	}
	return no
}

// Rules are what the rules of a group say about agreement (rules consensus.*).
type Rules struct {
	AsideNum, AsideDen int64      // the share of those who answer that may stand aside
	Meetings           int        // to resolve a block
	MeetingDays        int        // within which they take place
	Fallback           tally.Rule // of the vote if a block remains; zero: there is none in this group
	AbsentDays         int        // for who was absent, after the record is out
	TwoBlocksAbove     int64      // members; in larger groups one block alone does not stop a decision
}

// Case is a call and what it depends on.
type Case struct {
	Call       tally.Call
	Members    int64 // of the group
	Quorum     int64 // how many must answer
	NoVote     bool  // a matter for which the group has ruled out the vote, such as its aims
	Urgent     bool  // it was marked so, and everybody was told before
	Published  time.Time
	FirstBlock time.Time // when the first block against the proposal was made; zero: at this call, now
	Held       int       // meetings to resolve a block, until now
	Now        time.Time
}

// Next is what follows from a call.
type Next string

// What follows.
const (
	Stands      Next = "stands"
	Provisional Next = "provisional" // until those who were absent have had their days
	Redraft     Next = "redraft"     // too many stand aside, or nobody agrees: back to the draft
	Meet        Next = "meet"        // to resolve a block
	Vote        Next = "vote"        // a block remains
	Blocked     Next = "blocked"     // a block remains, and there is no vote on this
	AskAgain    Next = "ask_again"   // too few answered
)

// Result is what a call has come to, with what it follows from.
type Result struct {
	tally.Consented
	Next     Next
	Until    time.Time  // until when a provisional decision is; zero while the record is not out
	Meetings int        // that are still to come to resolve a block; one where the decision is not stopped by it
	By       time.Time  // until when they take place
	Majority tally.Rule // what the vote needs if a block remains in the end; zero where there is no vote
	OneMore  bool       // there is a block, and a second would stop the decision
	Minority bool       // a block goes on record beside the decision, as a minority report
}

// Decide says what follows from a call. It returns tally.ErrRule or tally.ErrVotes, wrapped, for what no call can produce.
//
// While a block stands there are meetings to resolve it, as many as the rules say and within their days; each ends with a call of its own.
// If they did not resolve it, those for and against decide, by the majority that the rules fall back on. In a larger group one block alone
// does not stop a decision; it still brings about one meeting. The block of a member who was absent, within their days, is counted as one
// made at the call: see Late.
func Decide(c Case, r Rules) (Result, error) {
	rule := tally.ConsensusRule{AsideNum: r.AsideNum, AsideDen: r.AsideDen, Blocks: 1, Quorum: c.Quorum}
	if c.Members > r.TwoBlocksAbove {
		rule.Blocks = 2
	}
	counted, err := tally.CallConsensus(c.Call, rule)
	if err != nil {
		return Result{}, err
	}
	out := Result{Consented: counted, Minority: counted.Call.Block > 0, OneMore: counted.Call.Block > 0 && counted.Call.Block < rule.Blocks}
	switch counted.Outcome {
	case tally.Inquorate:
		out.Next = AskAgain
	case tally.NotAgreed:
		out.Next = Redraft
	case tally.Blocked:
		out.blocked(c, r)
	default:
		out.agreed(c, r)
	}
	return out, nil
}

// agreed says from when a decision stands. One block that does not stop it brings about one meeting.
func (out *Result) agreed(c Case, r Rules) {
	out.Next = Stands
	if out.Until = until(c, r); !c.Urgent && r.AbsentDays > 0 && (c.Published.IsZero() || c.Now.Before(out.Until)) {
		out.Next = Provisional
	}
	if out.Resolve && c.Held == 0 {
		out.Meetings, out.By = 1, by(c, r)
	}
}

// blocked says how to go on from a block.
func (out *Result) blocked(c Case, r Rules) {
	if !c.NoVote {
		out.Majority = r.Fallback
	}
	switch {
	case c.Held < r.Meetings && c.Now.Before(by(c, r)):
		out.Next, out.Meetings, out.By = Meet, r.Meetings-c.Held, by(c, r)
	case out.Majority == tally.Rule{}:
		out.Next = Blocked
	default:
		out.Next = Vote
	}
}

// by returns until when meetings to resolve a block take place.
func by(c Case, r Rules) time.Time {
	first := c.FirstBlock
	if first.IsZero() {
		first = c.Now
	}
	return first.AddDate(0, 0, r.MeetingDays)
}

// until returns until when a decision is provisional; zero if it never is, or not yet known.
func until(c Case, r Rules) time.Time {
	if c.Urgent || r.AbsentDays <= 0 || c.Published.IsZero() {
		return time.Time{}
	}
	return c.Published.AddDate(0, 0, r.AbsentDays)
}

// Late says whether a member who was not heard from may still raise a concern or block: while the decision is provisional. A concern changes
// nothing in the count and is put beside the decision; a block is counted in the call, of which Decide then says anew what follows.
func Late(r Result, answered bool) bool { return r.Next == Provisional && !answered }

// Fallback counts the vote that is held where a block remains: for and against decide by the majority of the rules, with the quorum. Who
// does not vote is not in it. Errors are those of tally.Majority.
func Fallback(v tally.Votes, r Rules, quorum int64) (tally.Result, error) {
	return tally.Majority(v, r.Fallback, quorum)
}

// Say returns what follows, as sentences to read.
func (r Result) Say() []lang.Msg {
	var out []lang.Msg
	switch {
	case r.Next == Provisional && r.Until.IsZero():
		out = append(out, lang.M("agree.next.provisional_unpublished"))
	case r.Next == Provisional:
		out = append(out, lang.M("agree.next.provisional", "Until", r.Until))
	case r.Next == Meet:
		out = append(out, lang.M("agree.next.meet", "Count", r.Meetings, "By", lang.Day(r.By)))
	case r.Next == Redraft && r.Reason == tally.NobodyAgreed:
		out = append(out, lang.M("agree.next.redraft_nobody"))
	case r.Next == Vote:
		out = append(out, lang.M("agree.next.vote", "Num", r.Majority.Num, "Den", r.Majority.Den))
	default:
		out = append(out, lang.M("agree.next."+string(r.Next)))
	}
	if r.OneMore && r.Meetings > 0 && r.Next != Redraft {
		out = append(out, lang.M("agree.next.one_block", "By", lang.Day(r.By)))
	}
	return out
}

// Stage is a part of the way to agreement.
type Stage string

// The stages, in their order.
const (
	Question    Stage = "question" // what it is about; questions only
	Ideas       Stage = "ideas"    // no decisions; a round
	Draft       Stage = "draft"    // somebody words it
	Concerns    Stage = "concerns" // each is noted, answered or built in
	Temperature Stage = "temperature"
	Call        Stage = "call"
	Tasks       Stage = "tasks" // who does what by when
)

// Stages returns the stages in their order.
func Stages() []Stage { return []Stage{Question, Ideas, Draft, Concerns, Temperature, Call, Tasks} }

// Name returns what the stage is called.
func (s Stage) Name() lang.Msg { return lang.M("agree.stage." + string(s)) }

// Window is the time that stages have where a group seeks agreement online.
type Window struct {
	Stages      []Stage
	From, Until time.Time
}

// onlineDays is how long each window of an agreement online is.
const onlineDays = 2

// DraftTime is how long there is for the draft and concerns of an agreement online, also once a call came to none.
const DraftTime = onlineDays * 24 * time.Hour

// Online returns the windows of an agreement online that begins at an instant: two days each for the question, ideas, draft and concerns, and
// the call. Whoever asks for it can move their ends to an evening.
func Online(begins time.Time) (out []Window) {
	for i, s := range [][]Stage{{Question}, {Ideas}, {Draft, Concerns}, {Call}} {
		from := begins.AddDate(0, 0, i*onlineDays)
		out = append(out, Window{s, from, from.AddDate(0, 0, onlineDays)})
	}
	return out
}
