package rulebook

import (
	"fmt"
	"strconv"
	"strings"
)

// Word is a value chosen from a closed list.
type Word string

// The words that rules are made of. Not every rule takes every word; Param.Choices lists which.
const (
	Consensus        Word = "consensus"         // decide_default, constitution.majority
	Majority         Word = "majority"          // decide_default
	DelegateMajority Word = "delegate_majority" // decide_default
	SimpleMajority   Word = "simple"            // recall.majority
	TwoThirds        Word = "2/3"               // recall.majority, constitution.majority
	ThreeQuarters    Word = "3/4"               // constitution.majority

	HalfOfActive     Word = "half_of_active"                          // quorum.rule
	ByQ              Word = "Q"                                       // quorum.rule
	ThirdOfDelegates Word = "third_of_delegates_and_half_of_branches" // quorum.rule
	ByK              Word = "K"                                       // table_support
	OneBranchOrK     Word = "one_branch_or_K"                         // table_support
	ByS              Word = "S"                                       // recall.petition
	ByQ2             Word = "Q2"                                      // constitution.quorum
	ByDelegates      Word = "delegates"                               // constitution.quorum
	AllMemberBallot  Word = "all_member_ballot_simple"                // constitution.then
	ConsentSelection Word = "consent_selection"                       // elections.method
	Ranking          Word = "av_stv"                                  // elections.method
	EachMeeting      Word = "meeting"                                 // functions.terms
	EachSession      Word = "session"                                 // functions.terms
	NeverHeldFirst   Word = "never_held_first"                        // functions.fill
	WeightedLot      Word = "weighted_lot"                            // functions.fill
	None             Word = "none"                                    // a rule that is switched off
)

// Fraction is a share, such as two of every three. The zero Fraction is a share that is switched off.
type Fraction struct{ Num, Den int }

// IsZero says whether there is no share.
func (f Fraction) IsZero() bool { return f == Fraction{} }

// String writes the share as "2/3", or "none".
func (f Fraction) String() string {
	if f.IsZero() {
		return string(None)
	}
	return strconv.Itoa(f.Num) + "/" + strconv.Itoa(f.Den)
}

// less says whether f is a smaller share than g; neither is zero.
func (f Fraction) less(g Fraction) bool { return int64(f.Num)*int64(g.Den) < int64(g.Num)*int64(f.Den) }

// maxDen bounds the denominators of shares: what people can picture ends well before it.
const maxDen = 100

// parseFraction reads what String writes: a proper share in lowest terms, or "none".
func parseFraction(s string) (Fraction, error) {
	if s == string(None) {
		return Fraction{}, nil
	}
	n, d, ok := strings.Cut(s, "/")
	num, errN := strconv.Atoi(n)
	den, errD := strconv.Atoi(d)
	f := Fraction{num, den}
	if !ok || errN != nil || errD != nil || num < 1 || num > den || den > maxDen || gcd(num, den) != 1 || f.String() != s {
		return Fraction{}, fmt.Errorf("%q is not a share in lowest terms", s)
	}
	return f, nil
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// Threshold is a number of people: either the number itself, or a rule that finds it from the size of the group.
type Threshold struct {
	Number int  // used if Rule is empty
	Rule   Word // ByK, OneBranchOrK or ByS
}

// Rules is one complete set of rules. Days, hours and the like are in the fields' names; a zero where Param.Off allows it
// means that the rule is not used. The comments say what the names cannot.
type Rules struct {
	VotingWaitDays        int // from joining to the first vote
	ActiveWindowDays      int // who did anything within it counts as active
	SupportToTable        Threshold
	DecideDefault         Word
	Consensus             ConsensusRules
	QuorumBy              QuorumRules
	NoticeDays            NoticeRules
	ConferenceDaysBefore  ConferenceRules
	MotionTextMaxWords    int
	AmendDepth            int // 1: changes; 2: changes to changes too
	SpeechSeconds         SpeechRules
	ItemMinutes           int
	Meeting               MeetingRules
	OnlineVoteHours       int
	OnlineDiscussMinHours int
	Emergency             EmergencyRules
	SecretRequest         int // how many members make a vote secret by asking
	NominationsDays       int
	Elections             ElectionRules
	Functions             FunctionRules
	Office                OfficeRules
	Delegates             DelegateRules
	CaretakerDays         int
	Recall                RecallRules
	WorkingGroupDays      int
	ResubmitDays          int
	Record                RecordRules
	Assessment            AssessmentRules
	Constitution          ConstitutionRules
	ComplaintPanel        int
	KAnonymity            int // the smallest number of people any figure about people is shown for
}

// ConsensusRules say when agreement counts as agreement, and what happens when it does not come.
type ConsensusRules struct {
	StandAsideMax      Fraction // of those who answered
	ResolutionMeetings int
	ResolutionDays     int
	Fallback           Fraction // majority after the resolution meetings
	AbsenteeDays       int
	SecondBlockerAbove int // in groups larger than this, one block alone does not stop a decision
}

// QuorumRules say how many people are enough to decide.
type QuorumRules struct {
	Rule Word
	Min  int
}

// NoticeRules are days between telling everyone and the thing itself.
type NoticeRules struct{ Meeting, Special, RuleChange, Recall int }

// ConferenceRules are stages counted back from the first day of a conference.
type ConferenceRules struct{ Call, Motions, PreliminaryAgenda, Amendments, FinalAgenda, Emergency int }

// SpeechRules are lengths of speeches. A proposer's 0 is no limit.
type SpeechRules struct{ Mover, Other, LastWord int }

// MeetingRules bound a meeting, and say how often there is one: 0 is whenever one is called.
type MeetingRules struct{ HardStopMinutes, QuorumWaitMinutes, ExtendMaxMinutes, EveryWeeks int }

// EmergencyRules are for proposals about what happened after the deadline.
type EmergencyRules struct {
	ExtraSupport int
	Admit        Fraction
}

// ElectionRules say how offices are filled.
type ElectionRules struct {
	Method         Word
	StatementWords int
}

// FunctionRules are for the small jobs of a meeting: time, notes, door, queue.
type FunctionRules struct{ Terms, Fill Word }

// OfficeRules are the limits of holding office, all in days (practice: caps are dates, not counts of terms).
type OfficeRules struct {
	TermDays, MaxConsecutiveDays, CoolingDays, WindowDays, MaxDaysInWindow int
	LifetimeDays                                                           int
	UnderstudyBy                                                           Fraction // of the term, by when someone learns beside the holder
}

// DelegateRules are for groups of groups. All are 0 where there are no delegates.
type DelegateRules struct{ PerMembers, MinPerBranch, MaxDaysRunning, ReportDays, VacateAfterOverdueDays int }

// RecallRules say how members end a role early.
type RecallRules struct {
	Petition                          Threshold
	SignDays, VoteHours, CooldownDays int
	Majority                          Word
}

// RecordRules are the days a meeting's record takes.
type RecordRules struct{ DraftDays, CorrectionsDays int }

// AssessmentRules are for members looking back on what a decision brought.
type AssessmentRules struct{ WindowDays, ReaskDays, MinorityMin int }

// ConstitutionRules say what changing the rules themselves takes.
type ConstitutionRules struct {
	Majority Word
	Fallback Fraction // only with consensus
	Quorum   Word
	Then     Word // a second vote, only where delegates hold the first
}
