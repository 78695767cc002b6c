package rulebook

import (
	"time"

	"folkmoot/internal/agree"
	"folkmoot/internal/tally"
)

// highestQuorum is the most that any rule may ask for: half of the active members, in groups of up to 8 all but one.
// It is never under 2, because nobody decides alone in a group's name.
func highestQuorum(active int) int {
	a := people(active)
	if a <= 8 {
		return max(2, a-1)
	}
	return halfUp(a)
}

// Quorum is how many must vote, abstentions included, for a ballot of the members to decide anything.
// Where delegates decide, their own quorum (a third of them, from half of the branches) is counted by the body they meet
// in; a ballot of members goes by Q there.
func (r Rules) Quorum(active int) int {
	q := Q(active)
	if r.QuorumBy.Rule == HalfOfActive {
		q = halfUp(people(active))
	}
	return min(highestQuorum(active), max(2, r.QuorumBy.Min, q))
}

// RuleChangeQuorum is how many must vote for a ballot of the members to change the rules or to exclude someone:
// Q2, and never fewer than an ordinary decision needs.
func (r Rules) RuleChangeQuorum(active int) int {
	return min(highestQuorum(active), max(r.Quorum(active), Q2(active)))
}

// TableSupport is how many supporters, the proposer included, bring a proposal before the group; never more than S.
// Where one branch is enough, K members are enough too, and that is the number returned.
func (r Rules) TableSupport(active int) int { return r.SupportToTable.of(active) }

// SupportAgain is how many supporters, the proposer included, bring a matter before the group again within ResubmitDays of
// its decision: as many as a petition takes (practice.md §2.3.3).
func (r Rules) SupportAgain(active int) int { return S(active) }

// RecallPetition is how many members' names start a recall; never more than S.
func (r Rules) RecallPetition(active int) int { return r.Recall.Petition.of(active) }

// RecallMajority is what ends a term early: more for than against, unless the rules of the group ask for two thirds.
func (r Rules) RecallMajority() tally.Rule {
	if r.Recall.Majority == TwoThirds {
		return Fraction{2, 3}.atLeast()
	}
	return tally.Simple()
}

func (t Threshold) of(active int) int {
	switch t.Rule {
	case ByK, OneBranchOrK:
		return min(K(active), S(active))
	case ByS:
		return S(active)
	}
	return min(t.Number, S(active))
}

// MotionMajority is the majority an online ballot on a proposal needs. A group that decides by consensus votes only when
// agreement was not reached, so its ballots need the fallback majority; everywhere else more for than against is enough.
func (r Rules) MotionMajority() tally.Rule {
	if r.DecideDefault == Consensus && !r.Consensus.Fallback.IsZero() {
		return r.Consensus.Fallback.atLeast()
	}
	return tally.Simple()
}

// Agreement is what follows by these rules from a call for agreement (practice.md §2.7).
func (r Rules) Agreement() agree.Rules {
	c := r.Consensus
	out := agree.Rules{
		AsideNum: int64(c.StandAsideMax.Num), AsideDen: int64(c.StandAsideMax.Den), Meetings: c.ResolutionMeetings, MeetingDays: c.ResolutionDays,
		AbsentDays: c.AbsenteeDays, TwoBlocksAbove: int64(c.SecondBlockerAbove),
	}
	if !c.Fallback.IsZero() {
		out.Fallback = c.Fallback.atLeast()
	}
	return out
}

// RuleChangeMajority is what it takes in a ballot of all members to change what only the first tier of rules changes (practice.md §2.13.2). A group
// that changes its rules by consensus needs the majority it falls back on; if it has none, three of every four votes.
func (r Rules) RuleChangeMajority() tally.Rule {
	switch c := r.Constitution; {
	case c.Majority == TwoThirds:
		return Fraction{2, 3}.atLeast()
	case c.Majority == Consensus && !c.Fallback.IsZero():
		return c.Fallback.atLeast()
	}
	return Fraction{3, 4}.atLeast()
}

// RuleChangeNotice is how long members have to read and talk about a change of the rules before they vote on it.
func (r Rules) RuleChangeNotice() time.Duration { return days(max(r.NoticeDays.RuleChange, 0)) }

// RuleChangeRest is how long after the result a change of the first tier takes effect (practice.md §2.13.2).
const RuleChangeRest = 7 * 24 * time.Hour

func (f Fraction) atLeast() tally.Rule {
	return tally.AtLeast(int64(f.Num), int64(f.Den), tally.Cast)
}

// eveningHour is the local hour at which what has a time limit ends: people are home, and nobody has to stay up for it.
const eveningHour = 20

// Evening returns the first 20:00 in the zone that is not before an instant. A nil zone is UTC.
func Evening(least time.Time, zone *time.Location) time.Time {
	if zone == nil {
		zone = time.UTC
	}
	y, m, d := least.In(zone).Date()
	for {
		if at := time.Date(y, m, d, eveningHour, 0, 0, 0, zone); !at.Before(least) {
			return at.UTC()
		}
		d++
	}
}

// BallotWindow is when an online ballot that opens at opens will close: the first 20:00 in the group's zone that is at
// least the voting hours away. The hours are real hours, so a change of clocks never shortens a ballot. A nil zone is UTC.
func (r Rules) BallotWindow(opens time.Time, zone *time.Location) (closes time.Time) {
	return Evening(opens.Add(time.Duration(r.OnlineVoteHours)*time.Hour), zone)
}

// RecallWindow is BallotWindow for a vote on ending a term.
func (r Rules) RecallWindow(opens time.Time, zone *time.Location) (closes time.Time) {
	return Evening(opens.Add(time.Duration(r.Recall.VoteHours)*time.Hour), zone)
}

// days is n times 24 hours. Periods of the rules are counted so in every zone, and so the same everywhere.
func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

// Later returns the later of two instants.
func Later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
