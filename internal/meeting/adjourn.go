package meeting

import (
	"context"
	"slices"
	"time"

	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/rulebook"
)

// Times of an adjournment.
const (
	leastApart = MostBreak * time.Minute // what is shorter is a break
	shortWait  = 7 * day                 // a meeting that goes on later than that is given the notice of a new one (practice.md §2.5.7)
)

// Why a meeting was adjourned.
const (
	TooFew  = "few"  // were there to decide
	TimeUp  = "time" // its end had come
	ByMove  = "move" // those who were there voted for it
	fieldAt = "-date"
	fieldIn = "-length"
)

// Adjourn has the meeting go on at another date, for as many minutes at most; 0: for as long as it was called for. Whoever facilitates chooses that when too few are there to
// decide and it was waited for others, or once its end has come; at other times those who are there vote on it (procedure.Adjourn). It returns what running does, fault.Denied for
// who does not facilitate, fault.Invalid with the fields "adjourn-date" and "adjourn-length", and fault.Conflict while enough are there and there is time left, while it is waited,
// while there is a vote, and while what somebody asks for comes first.
func (s *Service) Adjourn(ctx context.Context, a member.Actor, number int, opens time.Time, minutes int) error {
	return s.running(ctx, a, number, func(in *room) error {
		for _, may := range []func() error{in.facilitates, in.mayAdjourn, in.noVote, in.mayChoose} {
			if err := may(); err != nil {
				return err
			}
		}
		w := wrongs{}
		minutes = in.length(minutes)
		in.checkNext(w, "adjourn", opens, minutes)
		if err := fault.Form(w); err != nil {
			return err
		}
		why := TimeUp
		if in.count() < in.m.Quorum && in.waited() == nil {
			why = TooFew
		}
		if err := in.fall(); err != nil {
			return err
		}
		return in.adjourn(opens, minutes, why, in.by())
	})
}

// mayAdjourn returns nil if whoever facilitates can adjourn the meeting now without being asked to.
func (in *room) mayAdjourn() error {
	switch {
	case !in.tx.Now.Before(in.m.Stop):
		return nil
	case in.count() >= in.m.Quorum:
		return fault.New(fault.Conflict, "meeting.adjourn.not_now")
	}
	return in.waited()
}

// Holds is how long enough have to be there, after there were too few, until that is written down, ends that they only talk, and has it be waited anew if they are too few again: as long as it takes to put
// something to the vote and close it. Who comes and goes again does nothing by that to those who wait for a quorum. Whether something can be put to the vote is another matter: for that it is
// counted then and there (practice.md §2.5.3).
const Holds = 5 * time.Minute

// regains says whether enough are there now, and were not when that was last written down. Then the meeting is looked at as soon as that has held (see recount).
func (in *room) regains() bool {
	return in.m.State == Session && !in.m.Enough && in.count() >= in.m.Quorum
}

// held writes down that enough are there again, once that has held for Holds.
func (in *room) held() error {
	closes := in.m.closes(in.rules.Rules)
	if !in.regains() || in.tx.Now.Before(in.m.due) || !in.m.due.Before(closes) {
		return nil
	}
	since := in.m.due.Add(-Holds)
	in.m.Enough, in.m.Talk, in.m.due = true, time.Time{}, closes
	if err := put(in.tx, in.m, Session); err != nil {
		return err
	}
	return in.note("meeting.quorum", "", ledger.Data{"meeting": in.m.Ref(), "present": in.count(), "enough": true, "since": since})
}

// few returns since when too few are there to decide: since the meeting was to begin, if it began so, or since the last who had made enough, for as long as Holds, has gone. It returns zero while enough are
// there, and while the meeting does not sit.
func (in *room) few() (time.Time, error) {
	if in.m.State != Session || in.count() >= in.m.Quorum {
		return time.Time{}, nil
	}
	return recall(in.looked, "few", func() (time.Time, error) {
		lost, ok, err := ledger.Last(in.tx, in.a.Group.Log(), in.m.Ref(), "meeting.quorum")
		if !ok || lost.Before(in.m.Sat) { // in an earlier sitting
			lost = in.m.Opens
		}
		return lost, err
	})
}

// waited returns fault.Conflict until it was waited for others as long as the rules say, since too few were there to decide (practice.md §2.5.3).
func (in *room) waited() error {
	since, err := in.few()
	if err != nil {
		return err
	}
	if until := since.Add(time.Duration(in.rules.Rules.Meeting.QuorumWaitMinutes) * time.Minute); in.tx.Now.Before(until) {
		return fault.New(fault.Conflict, "meeting.few.wait", "At", lang.Clock(until))
	}
	return nil
}

// length is how many minutes a sitting takes at most for which so many are named; 0: none are.
func (in *room) length(minutes int) int {
	if minutes != 0 {
		return minutes
	}
	return min(int(in.m.Stop.Sub(in.m.Opens)/time.Minute), in.rules.Rules.Meeting.HardStopMinutes)
}

// noticeDays is how many days before it opens members are told of a meeting that goes on more than shortWait later.
func (m Meeting) noticeDays(r rulebook.Rules) int {
	if m.Kind == Special {
		return r.NoticeDays.Special
	}
	return r.NoticeDays.Meeting
}

// Later returns from when on the meeting can go on that is more than a week from now, as members are told of it so long before; zero: at any time.
func (v View) Later() time.Time {
	if least := EarliestFor(v.noticeDays(v.Rules), v.Now); least.After(v.Now.Add(shortWait)) {
		return least
	}
	return time.Time{}
}

// checkNext notes what is wrong with when a meeting is to go on: within a week at any time that is not a break, and later than that as long ahead as a new one is called.
func (in *room) checkNext(w wrongs, form string, opens time.Time, minutes int) {
	now := in.tx.Now
	least := EarliestFor(in.m.noticeDays(in.rules.Rules), now)
	switch most := in.rules.Rules.Meeting.HardStopMinutes; {
	case opens.IsZero():
		w[form+fieldAt] = lang.M("meeting.form.when")
	case opens.Before(now.Add(leastApart)):
		w[form+fieldAt] = lang.M("meeting.adjourn.sooner")
	case opens.After(now.Add(ahead)):
		w[form+fieldAt] = lang.M("meeting.form.far")
	case opens.After(now.Add(shortWait)) && opens.Before(least):
		w[form+fieldAt] = lang.M("meeting.adjourn.notice", "At", now.Add(shortWait), "Least", least)
	case minutes < int(LeastTime/time.Minute) || minutes > most:
		w[form+fieldIn] = lang.M("meeting.form.minutes", "Min", int(LeastTime/time.Minute), "Max", most)
	}
}

// adjourn ends the sitting, and has the next begin then. Its entry comes before those of the jobs that end by it.
func (in *room) adjourn(opens time.Time, minutes int, why, by string) (err error) {
	if err := in.stopAll(Waiting); err != nil {
		return err
	}
	m := &in.m
	m.State, m.Sitting, m.Opens, m.Stop, m.Item, m.Talk = Called, m.Sitting+1, opens, opens.Add(time.Duration(minutes)*time.Minute), 0, time.Time{}
	m.Notice, m.Enough, m.Sat, m.Noted = in.tx.Now, false, time.Time{}, 0
	if m.JobsSecret, m.JobsCommit, err = in.secret(); err != nil {
		return err
	}
	m.due = in.tx.Now.Add(keepNames)
	if closes := m.closes(in.rules.Rules); closes.Before(m.due) {
		m.due = closes
	}
	if err := put(in.tx, *m, Session); err != nil {
		return err
	}
	if err := in.note("meeting.adjourned", by, ledger.Data{
		"meeting": m.Ref(), "sitting": m.Sitting, "why": why, "present": in.count(), "opens": m.Opens, "stop": m.Stop, "jobs_commit": m.JobsCommit,
	}); err != nil {
		return err
	}
	if err := freshCodes(in.tx, m.ID); err != nil {
		return err
	}
	if err := riseFrom(in.tx, m.ID); err != nil {
		return err
	}
	if err := in.wouldAgain(); err != nil {
		return err
	}
	if err := in.everybodyRises(Adjourned); err != nil {
		return err
	}
	if err := in.putOff(in.tx, in.a.Group, *m, in.rules.Rules); err != nil {
		return err
	}
	return in.announce(in.tx, in.a.Group, *m, "adjourned")
}

// wouldAgain keeps that those would do their jobs at the next sitting who have them now. They can say otherwise when they come.
func (in *room) wouldAgain() error {
	would := map[member.ID][]Job{}
	for _, t := range in.terms {
		if t.Ended.IsZero() && !t.Shadow && t.Job != Counts {
			would[t.Member] = append(would[t.Member], t.Job.offer())
		}
	}
	for who, jobs := range would {
		slices.Sort(jobs)
		if err := putWilling(in.tx, in.m.ID, who, slices.Compact(jobs)); err != nil {
			return err
		}
	}
	return nil
}

// TalkOnly notes that the meeting only talks, because too few are there to decide; whoever facilitates chooses that (practice.md §2.5.3). Nothing can be put to the vote with too
// few in any case: all who are there, and the record, are told what was chosen. It ends once enough are there, for as long as Holds. Again, nothing changes. It returns what running does,
// fault.Denied for who does not facilitate, and fault.Conflict if enough are there, while it is waited for others, in a break, while there is a vote, and while what
// somebody asks for comes first.
func (s *Service) TalkOnly(ctx context.Context, a member.Actor, number int) error {
	return s.running(ctx, a, number, func(in *room) error {
		if err := in.facilitates(); err != nil || in.m.TalksOnly() && in.count() < in.m.Quorum {
			return err
		}
		for _, may := range []func() error{in.mayTalkOnly, in.sits, in.noVote, in.mayChoose, in.fall} {
			if err := may(); err != nil {
				return err
			}
		}
		in.m.Talk = in.tx.Now
		if err := put(in.tx, in.m, Session); err != nil {
			return err
		}
		return in.note("meeting.talk", in.by(), ledger.Data{"meeting": in.m.Ref(), "present": in.count()})
	})
}

// mayTalkOnly returns nil if it can be chosen now that the meeting only talks.
func (in *room) mayTalkOnly() error {
	switch {
	case in.count() >= in.m.Quorum:
		return fault.New(fault.Conflict, "meeting.talk.enough")
	case in.m.TalksOnly():
		return fault.New(fault.Conflict, "meeting.talk.is")
	}
	return in.waited()
}
