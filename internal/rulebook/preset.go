package rulebook

// Name is the name of a preset.
type Name string

// The presets: where a group starts, and nothing more. Every rule in them can be changed at its tier.
const (
	Affinity   Name = "A" // a small crew that mostly agrees
	Branch     Name = "B" // a campaign or branch that votes
	Federation Name = "C" // many groups sending delegates
)

// Names lists the presets, smallest groups first.
func Names() []Name { return []Name{Affinity, Branch, Federation} }

// Preset returns the standing orders a group of this kind starts with; ok is false for a name that is none.
func Preset(n Name) (r Rules, ok bool) {
	switch n {
	case Affinity:
		return affinity(), true
	case Branch:
		return branch(), true
	case Federation:
		return federation(), true
	}
	return Rules{}, false
}

func affinity() Rules {
	return Rules{
		VotingWaitDays:        0,
		ActiveWindowDays:      90,
		SupportToTable:        Threshold{Number: 1},
		DecideDefault:         Consensus,
		Consensus:             ConsensusRules{StandAsideMax: Fraction{1, 3}, ResolutionMeetings: 2, ResolutionDays: 14, Fallback: Fraction{3, 4}, AbsenteeDays: 5, SecondBlockerAbove: 12},
		QuorumBy:              QuorumRules{Rule: HalfOfActive, Min: 2},
		NoticeDays:            NoticeRules{Meeting: 2, Special: 2, RuleChange: 14, Recall: 3},
		MotionTextMaxWords:    300,
		AmendDepth:            1,
		SpeechSeconds:         SpeechRules{Mover: 0, Other: 120, LastWord: 60},
		ItemMinutes:           20,
		Meeting:               MeetingRules{HardStopMinutes: 90, QuorumWaitMinutes: 15, ExtendMaxMinutes: 30},
		OnlineVoteHours:       72,
		OnlineDiscussMinHours: 48,
		Emergency:             EmergencyRules{ExtraSupport: 1, Admit: Fraction{2, 3}},
		SecretRequest:         1,
		NominationsDays:       3,
		Elections:             ElectionRules{Method: ConsentSelection, StatementWords: 150},
		Functions:             FunctionRules{Terms: EachMeeting, Fill: NeverHeldFirst},
		Office:                OfficeRules{TermDays: 90, MaxConsecutiveDays: 90, CoolingDays: 90, WindowDays: 360, MaxDaysInWindow: 180, UnderstudyBy: Fraction{1, 3}},
		CaretakerDays:         14,
		Recall:                RecallRules{Petition: Threshold{Rule: ByS}, SignDays: 14, VoteHours: 72, Majority: SimpleMajority, CooldownDays: 30},
		WorkingGroupDays:      90,
		ResubmitDays:          30,
		Record:                RecordRules{DraftDays: 2, CorrectionsDays: 7},
		Assessment:            AssessmentRules{WindowDays: 3, ReaskDays: 90, MinorityMin: 1},
		Constitution:          ConstitutionRules{Majority: Consensus, Fallback: Fraction{3, 4}, Quorum: ByQ2, Then: None},
		ComplaintPanel:        2,
		KAnonymity:            5,
	}
}

func branch() Rules {
	return Rules{
		VotingWaitDays:        14,
		ActiveWindowDays:      180,
		SupportToTable:        Threshold{Number: 2},
		DecideDefault:         Majority,
		Consensus:             ConsensusRules{StandAsideMax: Fraction{1, 3}, ResolutionMeetings: 1, ResolutionDays: 14, Fallback: Fraction{2, 3}, AbsenteeDays: 5, SecondBlockerAbove: 12},
		QuorumBy:              QuorumRules{Rule: ByQ, Min: 3},
		NoticeDays:            NoticeRules{Meeting: 7, Special: 5, RuleChange: 21, Recall: 7},
		MotionTextMaxWords:    400,
		AmendDepth:            2,
		SpeechSeconds:         SpeechRules{Mover: 180, Other: 120, LastWord: 60},
		ItemMinutes:           15,
		Meeting:               MeetingRules{HardStopMinutes: 120, QuorumWaitMinutes: 15, ExtendMaxMinutes: 30, EveryWeeks: 4},
		OnlineVoteHours:       168,
		OnlineDiscussMinHours: 120,
		Emergency:             EmergencyRules{ExtraSupport: 2, Admit: Fraction{2, 3}},
		SecretRequest:         2,
		NominationsDays:       14,
		Elections:             ElectionRules{Method: Ranking, StatementWords: 200},
		Functions:             FunctionRules{Terms: EachMeeting, Fill: NeverHeldFirst},
		Office:                OfficeRules{TermDays: 180, MaxConsecutiveDays: 360, CoolingDays: 365, WindowDays: 1095, MaxDaysInWindow: 540, LifetimeDays: 1440, UnderstudyBy: Fraction{1, 3}},
		CaretakerDays:         28,
		Recall:                RecallRules{Petition: Threshold{Rule: ByS}, SignDays: 30, VoteHours: 168, Majority: SimpleMajority, CooldownDays: 90},
		WorkingGroupDays:      180,
		ResubmitDays:          90,
		Record:                RecordRules{DraftDays: 3, CorrectionsDays: 7},
		Assessment:            AssessmentRules{WindowDays: 7, ReaskDays: 90, MinorityMin: 2},
		Constitution:          ConstitutionRules{Majority: TwoThirds, Quorum: ByQ2, Then: None},
		ComplaintPanel:        3,
		KAnonymity:            5,
	}
}

func federation() Rules {
	return Rules{
		VotingWaitDays:        30,
		ActiveWindowDays:      365,
		SupportToTable:        Threshold{Rule: OneBranchOrK},
		DecideDefault:         DelegateMajority,
		Consensus:             ConsensusRules{StandAsideMax: Fraction{1, 3}, ResolutionMeetings: 1, ResolutionDays: 28, Fallback: Fraction{2, 3}, AbsenteeDays: 0, SecondBlockerAbove: 12},
		QuorumBy:              QuorumRules{Rule: ThirdOfDelegates, Min: 5},
		NoticeDays:            NoticeRules{Meeting: 14, Special: 14, RuleChange: 28, Recall: 14},
		ConferenceDaysBefore:  ConferenceRules{Call: 100, Motions: 84, PreliminaryAgenda: 70, Amendments: 42, FinalAgenda: 21, Emergency: 3},
		MotionTextMaxWords:    600,
		AmendDepth:            2,
		SpeechSeconds:         SpeechRules{Mover: 300, Other: 180, LastWord: 120},
		ItemMinutes:           12,
		Meeting:               MeetingRules{HardStopMinutes: 180, QuorumWaitMinutes: 30, ExtendMaxMinutes: 30, EveryWeeks: 4},
		OnlineVoteHours:       336,
		OnlineDiscussMinHours: 336,
		Emergency:             EmergencyRules{ExtraSupport: 5, Admit: Fraction{2, 3}},
		SecretRequest:         10,
		NominationsDays:       28,
		Elections:             ElectionRules{Method: Ranking, StatementWords: 300},
		Functions:             FunctionRules{Terms: EachSession, Fill: WeightedLot},
		Office:                OfficeRules{TermDays: 365, MaxConsecutiveDays: 730, CoolingDays: 730, WindowDays: 2190, MaxDaysInWindow: 1095, LifetimeDays: 1460, UnderstudyBy: Fraction{1, 3}},
		Delegates:             DelegateRules{PerMembers: 75, MinPerBranch: 1, MaxDaysRunning: 365, ReportDays: 7, VacateAfterOverdueDays: 14},
		CaretakerDays:         56,
		Recall:                RecallRules{Petition: Threshold{Rule: ByS}, SignDays: 30, VoteHours: 336, Majority: SimpleMajority, CooldownDays: 180},
		WorkingGroupDays:      365,
		ResubmitDays:          365,
		Record:                RecordRules{DraftDays: 14, CorrectionsDays: 14},
		Assessment:            AssessmentRules{WindowDays: 14, ReaskDays: 90, MinorityMin: 5},
		Constitution:          ConstitutionRules{Majority: TwoThirds, Quorum: ByDelegates, Then: AllMemberBallot},
		ComplaintPanel:        5,
		KAnonymity:            5,
	}
}
