package meeting

import (
	"context"
	"slices"
	"time"

	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
)

// Free is a job that nobody who is there does.
type Free struct {
	Job  Job
	From time.Time // until then it waits for whoever had it in the sitting before; zero: it waits for nobody
	Had  member.ID // for whom it waits
}

// takeable are the jobs that anybody who is there can take while nobody does them. Who facilitates is another matter; see TakeOver.
var takeable = []Job{Notes, Timer, List, Doors}

// does returns by which term somebody who is there does a job; ok is false if nobody does. held are the terms of those who are not there.
func (in *room) does(job Job) (held []Term, ok bool) {
	for _, t := range in.terms {
		switch {
		case t.Job != job || t.Shadow || !t.Runs(in.tx.Now):
		case in.isHere(t.Member):
			return nil, true
		default:
			held = append(held, t)
		}
	}
	return held, false
}

// free returns the jobs that nobody who is there does. One that somebody had in the sitting before waits for them as long as the meeting waited for others before it could begin.
func (in *room) free() (out []Free) {
	for _, job := range takeable {
		if _, ok := in.does(job); !ok {
			out = append(out, in.waitsFor(job))
		}
	}
	return out
}

// waitsFor returns for whom a job waits that nobody does, and until when.
func (in *room) waitsFor(job Job) Free {
	f := Free{Job: job}
	until := in.m.Opens.Add(time.Duration(in.rules.Rules.Meeting.QuorumWaitMinutes) * time.Minute)
	for _, t := range in.terms {
		if t.Job == job && !t.Shadow && paused(in.terms, t) && !in.isHere(t.Member) && in.tx.Now.Before(until) {
			f.From, f.Had = until, t.Member
		}
	}
	return f
}

// TakeJob has the actor, who is there, do a job that nobody who is there does, until the sitting ends. Whoever has it and is gone has it no more. Who does it already, changes nothing. It returns
// what running does, fault.Invalid for what is no such job, and fault.Conflict for who is not there, if somebody does it, and while it waits for whoever had it.
func (s *Service) TakeJob(ctx context.Context, a member.Actor, number int, job Job) error {
	if !slices.Contains(takeable, job) {
		return fault.New(fault.Invalid, "meeting.no_job")
	}
	return s.running(ctx, a, number, func(in *room) error {
		if !in.isHere(in.a.Member.ID) {
			return fault.New(fault.Conflict, "meeting.not_there")
		}
		free := in.free()
		i := slices.IndexFunc(free, func(f Free) bool { return f.Job == job })
		mine := func(t Term) bool { return t.Job == job && !t.Shadow && t.Member == in.a.Member.ID && t.Runs(in.tx.Now) }
		switch {
		case i < 0 && slices.ContainsFunc(in.terms, mine):
			return nil
		case i < 0:
			return fault.New(fault.Conflict, "meeting.job.taken")
		case !free[i].From.IsZero():
			return fault.New(fault.Conflict, "meeting.job.wait", "At", lang.Clock(free[i].From))
		}
		held, _ := in.does(job)
		for _, t := range held {
			if err := in.endBy(in.tx, in.a.Group, t, HasGone, in.by()); err != nil {
				return err
			}
		}
		return in.hire(job, in.a.Member.ID, false, TookItOver)
	})
}
