// Package procedure holds the moves that members can make in a meeting about how it goes on, and not about what it decides
// (practice.md §2.4). What takes a right away from members needs two thirds, anything else more for than against.
//
//	move.go   the table: when each move is heard, who must support it, how it is decided, what follows
//	order.go  which moves somebody can make now, and every reason why they cannot make another
//	rank.go   which of several comes first, and when they are put one after another without speeches
//
// It knows of no meeting and no clock: what it needs to know comes as a Situation. What a move that is carried does is for the meeting.
package procedure

import (
	"slices"
	"time"

	"folkmoot/internal/lang"
	"folkmoot/internal/tally"
)

// Kind is a move.
type Kind string

// The moves, in the order of practice.md §2.4.
const (
	RulesQuestion Kind = "rules_question" // a rule seems to be broken, or something is unfair or unsafe
	Challenge     Kind = "challenge"      // of a ruling
	Replace       Kind = "replace"        // whoever facilitates, for an item or the meeting
	Fact          Kind = "fact"           // a question of fact
	Explain       Kind = "explain"        // correct something that was said about oneself
	SetAside      Kind = "set_aside"      // a rule, for an item
	VoteNow       Kind = "vote_now"
	MoreTime      Kind = "more_time" // for the item, or for the meeting past its hard stop
	MoveOn        Kind = "move_on"   // drop the item without voting on it
	ComeBack      Kind = "come_back" // to the item on a date
	Refer         Kind = "refer"     // the item to a group
	SendBack      Kind = "send_back" // a part of a report
	ByClause      Kind = "by_clause"
	SecretVote    Kind = "secret_vote"
	NotUrgent     Kind = "not_urgent" // what the notice called so: people who are absent can still object (practice.md §2.7.6)
	NamedVote     Kind = "named_vote"
	Recount       Kind = "recount"
	Reorder       Kind = "reorder"   // the items that are left
	GoRound       Kind = "go_round"  // or break into groups
	Spokes        Kind = "spokes"    // groups of those who are there have one of them speak (practice.md §2.5.5, large groups)
	AllSpeak      Kind = "all_speak" // and then all speak for themselves again
	Feeling       Kind = "feeling"   // show of feeling
	CloseDoors    Kind = "close_doors"
	AskToLeave    Kind = "ask_to_leave"
	Quorum        Kind = "quorum" // count whether enough people are here
	Adjourn       Kind = "adjourn"
)

// What a meeting decides that is no move. Precedence puts it behind the moves.
const (
	TheChange   Kind = "change"
	TheProposal Kind = "proposal"
)

// Name returns the words on the button.
func (k Kind) Name() lang.Msg { return lang.M("procedure." + string(k) + ".name") }

// Say returns what the move is for, in a sentence.
func (k Kind) Say() lang.Msg { return lang.M("procedure." + string(k) + ".say") }

// When is when a move is heard. Whoever makes one presses the button at any time at which it is in order.
type When string

// The times.
const (
	Interrupts      When = "interrupts"       // at once, also while somebody speaks
	AtOnce          When = "at_once"          // directly after the ruling, and no later
	InTurn          When = "in_turn"          // when whoever speaks has finished
	Next            When = "next"             // first on the list of speakers
	AfterResult     When = "after_result"     // directly after the result of a vote
	BetweenItems    When = "between_items"    // before an item is called
	BetweenSpeakers When = "between_speakers" // when whoever speaks has finished, as InTurn, and while an item is talked about
	AfterWarning    When = "after_warning"    // once the person has been warned
)

// Support is how many must want a move before it is taken up.
type Support string

// The kinds of support.
const (
	Alone    Support = "alone"     // whoever makes it is enough
	OneMore  Support = "one_more"  // a supporter
	ByNumber Support = "by_number" // as many in all as the rules of the group ask for
)

// Debate is what may be said before a move is decided.
type Debate string

// The kinds of debate.
const (
	None     Debate = "none"
	OneEach  Debate = "one_each"  // one speech for it and one against, of at most SpeechTime
	OpenTalk Debate = "open"      // as about an item
	MayReply Debate = "may_reply" // nobody but the member whom it is about
)

// How long people speak to a move.
const (
	SpeechTime  = time.Minute      // for or against it
	FactTime    = 30 * time.Second // a question of fact
	ExplainTime = time.Minute      // to correct what was said about oneself
)

// Decided is how it is decided what becomes of a move.
type Decided string

// The ways.
const (
	Itself              Decided = "itself"                // nothing is to be decided
	ByFacilitator       Decided = "facilitator"           // whoever facilitates says, and can be challenged if it is a ruling
	ByFacilitatorOrVote Decided = "facilitator_or_vote"   // whoever facilitates can do it, and a vote can have it
	ByVote              Decided = "vote"                  // by the majority that stands beside it
	OnDemand            Decided = "demand"                // it happens because enough ask for it
	OnDemandOnce        Decided = "demand_once"           // as OnDemand, once
	ByVoteOrDelegates   Decided = "vote_unless_delegates" // by the majority; where delegates with a mandate vote it is so anyway
)

// Effect is what follows from a move that is carried or granted.
type Effect string

// The effects.
const (
	RulingLogged     Effect = "ruling_logged"
	RulingOverturned Effect = "ruling_overturned"
	NextFacilitates  Effect = "next_facilitates" // the next on the rota, for the item or the meeting
	QuestionAsked    Effect = "question_asked"   // FactTime
	CorrectionMade   Effect = "correction_made"  // ExplainTime
	RuleAside        Effect = "rule_aside"       // that rule, for that item
	LastWordThenVote Effect = "last_word_then_vote"
	ClockExtended    Effect = "clock_extended"
	ItemDropped      Effect = "item_dropped" // and the same matter is barred for a time
	ItemPostponed    Effect = "item_postponed"
	ItemReferred     Effect = "item_referred"
	PartSentBack     Effect = "part_sent_back"
	ClausesThenWhole Effect = "clauses_then_whole"
	BallotSecret     Effect = "ballot_secret"
	UrgencyLifted    Effect = "urgency_lifted"
	BallotNamed      Effect = "ballot_named"
	TellersCount     Effect = "tellers_count"
	ItemsReordered   Effect = "items_reordered"
	RoundHeld        Effect = "round_held" // or groups, for so many minutes
	SpokesSpeak      Effect = "spokes_speak"
	AllSpeakAgain    Effect = "all_speak_again"
	FeelingShown     Effect = "feeling_shown"
	DoorsClosed      Effect = "doors_closed"      // the heading stays public, the rest until its date
	PersonLeaves     Effect = "person_leaves"     // until the meeting ends; they can vote online
	PresentCounted   Effect = "present_counted"   // whether enough people are here
	MeetingAdjourned Effect = "meeting_adjourned" // to a fixed time
)

// Move is a row of the table: everything about a move that is always so.
type Move struct {
	Kind     Kind
	When     When
	Support  Support
	Debate   Debate
	Decided  Decided
	Majority tally.Rule // zero where nobody votes. Of a Challenge, for overturning: a tie leaves the ruling
	Again    tally.Rule // the second time for the same item, where that is another
	Effect   Effect
	Bars     []Reason // what it is barred from, and who, beyond what holds for every move
	Names    []Reason // what must be named with it; see Complete

	ofItem bool // it is about the item that is talked about
	inVote bool // it can be made while a vote is open
	always bool // it can be made while the meeting is open and does not sit, as in a break
	late   bool // it can be voted on when the hard stop has come
}

// table is practice.md §2.4, row by row.
var table = []Move{
	{Kind: RulesQuestion, When: Interrupts, Support: Alone, Debate: None, Decided: ByFacilitator, Effect: RulingLogged,
		Names: []Reason{NameRuleOrSafety}, inVote: true, always: true},
	{Kind: Challenge, When: AtOnce, Support: OneMore, Debate: OneEach, Decided: ByVote, Majority: tally.Simple(), Effect: RulingOverturned,
		Bars: []Reason{OwnRuling}, inVote: true, late: true},
	{Kind: Replace, When: InTurn, Support: OneMore, Debate: OneEach, Decided: ByVote, Majority: tally.Simple(), Effect: NextFacilitates,
		Names: []Reason{NameExtent}, late: true},
	{Kind: Fact, When: Next, Support: Alone, Debate: None, Decided: Itself, Effect: QuestionAsked, ofItem: true},
	{Kind: Explain, When: Next, Support: Alone, Debate: None, Decided: Itself, Effect: CorrectionMade},
	{Kind: SetAside, When: InTurn, Support: OneMore, Debate: OneEach, Decided: ByVote, Majority: tally.TwoThirds(), Effect: RuleAside,
		Bars: []Reason{RuleTooBasic}, Names: []Reason{NameRule}},
	{Kind: VoteNow, When: InTurn, Support: OneMore, Debate: None, Decided: ByVote, Majority: tally.TwoThirds(), Effect: LastWordThenVote,
		Bars: []Reason{ForNotOffered, AgainstNotOffered, HasSpoken}, ofItem: true},
	{Kind: MoreTime, When: InTurn, Support: Alone, Debate: None, Decided: ByVote, Majority: tally.Simple(), Again: tally.TwoThirds(),
		Effect: ClockExtended, Names: []Reason{NameMinutes}, ofItem: true, late: true},
	{Kind: MoveOn, When: InTurn, Support: OneMore, Debate: OneEach, Decided: ByVote, Majority: tally.TwoThirds(), Effect: ItemDropped,
		Bars: []Reason{HasSpoken}, ofItem: true},
	{Kind: ComeBack, When: InTurn, Support: OneMore, Debate: OneEach, Decided: ByVote, Majority: tally.Simple(), Effect: ItemPostponed,
		Names: []Reason{NameDate}, ofItem: true},
	{Kind: Refer, When: InTurn, Support: OneMore, Debate: OneEach, Decided: ByVote, Majority: tally.Simple(), Effect: ItemReferred,
		Names: []Reason{NameGroup, NameDate}, ofItem: true},
	{Kind: SendBack, When: InTurn, Support: OneMore, Debate: OpenTalk, Decided: ByVote, Majority: tally.Simple(), Effect: PartSentBack,
		Names: []Reason{NamePart, NameDate}, ofItem: true},
	{Kind: ByClause, When: InTurn, Support: OneMore, Debate: None, Decided: ByVote, Majority: tally.Simple(), Effect: ClausesThenWhole, ofItem: true},
	{Kind: SecretVote, When: InTurn, Support: ByNumber, Debate: None, Decided: OnDemand, Effect: BallotSecret, ofItem: true},
	{Kind: NotUrgent, When: InTurn, Support: OneMore, Debate: OneEach, Decided: ByVote, Majority: tally.Simple(), Effect: UrgencyLifted, ofItem: true},
	{Kind: NamedVote, When: InTurn, Support: OneMore, Debate: None, Decided: ByVoteOrDelegates, Majority: tally.Simple(), Effect: BallotNamed,
		Bars: []Reason{SecretAsked}, ofItem: true},
	{Kind: Recount, When: AfterResult, Support: Alone, Debate: None, Decided: OnDemandOnce, Effect: TellersCount, late: true},
	{Kind: Reorder, When: BetweenItems, Support: OneMore, Debate: OneEach, Decided: ByVote, Majority: tally.Simple(), Effect: ItemsReordered,
		Bars: []Reason{DelaysPower}, Names: []Reason{NameOrder}},
	{Kind: GoRound, When: BetweenSpeakers, Support: Alone, Debate: None, Decided: ByFacilitatorOrVote, Majority: tally.Simple(), Effect: RoundHeld,
		Names: []Reason{NameMinutes}, ofItem: true},
	{Kind: Spokes, When: BetweenSpeakers, Support: Alone, Debate: None, Decided: ByFacilitatorOrVote, Majority: tally.Simple(), Effect: SpokesSpeak, ofItem: true},
	{Kind: AllSpeak, When: BetweenSpeakers, Support: Alone, Debate: None, Decided: ByFacilitatorOrVote, Majority: tally.Simple(), Effect: AllSpeakAgain, ofItem: true},
	{Kind: Feeling, When: BetweenSpeakers, Support: Alone, Debate: None, Decided: ByFacilitator, Effect: FeelingShown, ofItem: true},
	{Kind: CloseDoors, When: BetweenItems, Support: OneMore, Debate: OneEach, Decided: ByVote, Majority: tally.TwoThirds(), Effect: DoorsClosed,
		Bars: []Reason{MustBeOpen}, Names: []Reason{NameRelease}},
	{Kind: AskToLeave, When: AfterWarning, Support: OneMore, Debate: MayReply, Decided: ByVote, Majority: tally.TwoThirds(), Effect: PersonLeaves,
		Bars: []Reason{NotAlone}, Names: []Reason{NamePerson}, late: true},
	{Kind: Quorum, When: BetweenSpeakers, Support: Alone, Debate: None, Decided: Itself, Effect: PresentCounted, inVote: true, always: true},
	{Kind: Adjourn, When: InTurn, Support: OneMore, Debate: None, Decided: ByVote, Majority: tally.Simple(), Effect: MeetingAdjourned,
		Bars: []Reason{VoteOpen}, Names: []Reason{NameDate}, late: true},
}

// Table returns every move, in the order of practice.md §2.4.
func Table() []Move { return slices.Clone(table) }

// Find returns the move of a kind; ok is false if there is none, as for TheProposal.
func Find(k Kind) (m Move, ok bool) {
	i := slices.IndexFunc(table, func(m Move) bool { return m.Kind == k })
	if i < 0 {
		return Move{}, false
	}
	return table[i], true
}

// voted says whether people may have to vote on it.
func (m Move) voted() bool { return m.Majority != tally.Rule{} }

// Supporters returns how many must want a move in all, whoever makes it included; secretRequest is what the rules of the group ask for
// of a secret vote.
func (m Move) Supporters(secretRequest int) int {
	switch m.Support {
	case OneMore:
		return 2
	case ByNumber:
		return max(1, secretRequest)
	}
	return 1
}

// Runner is who runs the vote on a move, or does what it asks for.
type Runner string

// The runners.
const (
	Facilitator Runner = "facilitator"
	Vice        Runner = "vice" // whoever facilitates next
	Tellers     Runner = "tellers"
	Nobody      Runner = "nobody" // nothing is voted on
)

// Votes returns who runs the vote on a move. Nobody runs one about what they did themselves (practice.md §1.2, G10): of a challenge and of
// replacing whoever facilitates it is the vice, and of every move that whoever facilitates has made or that is about them; own says so.
func Votes(k Kind, own bool) Runner {
	m, ok := Find(k)
	switch {
	case k == Recount:
		return Tellers
	case !ok || !m.voted():
		return Nobody
	case own || k == Challenge || k == Replace:
		return Vice
	}
	return Facilitator
}
