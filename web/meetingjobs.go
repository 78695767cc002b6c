package web

import (
	"slices"

	"folkmoot/internal/lang"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
)

// jobLine is who does something in the meeting.
type jobLine struct {
	Job  lang.Msg
	Who  lang.Msg
	Now  lang.Msg // who facilitates at the moment, where that is somebody else
	Does lang.Msg
	Take []deskAct // for the reader, while nobody who is there does it
}

// fillJobs lists who does what, and what anybody who is there can take.
func (p *meetingPage) fillJobs(a member.Actor, v meeting.View) {
	if p.JobsTitle = lang.M("meeting.jobs"); v.IsOver() {
		p.JobsTitle = lang.M("minutes.jobs")
	}
	for _, job := range append(meeting.Jobs(), meeting.Counts) {
		var now, was, learns []lang.Msg
		for i, t := range v.Terms {
			name := memberName(v.People[t.Member])
			again := func(o meeting.Term) bool { // in an earlier sitting
				return o.Job == t.Job && o.Member == t.Member && o.Shadow == t.Shadow && o.Ended.IsZero() == t.Ended.IsZero()
			}
			switch {
			case t.Job != job, slices.ContainsFunc(v.Terms[:i], again):
			case t.Shadow && (t.Ended.IsZero() || v.IsOver()):
				learns = append(learns, name)
			case t.Shadow:
			case t.Ended.IsZero():
				now = append(now, name)
			default:
				was = append(was, name)
			}
		}
		with := "meeting.job.with"
		if v.IsOver() {
			now, with = was, "meeting.job.had"
		}
		take := p.takeJob(a, v, job)
		if len(now) == 0 && len(take) > 0 {
			now = []lang.Msg{lang.M("meeting.job.nobody")}
		}
		if len(now) == 0 {
			continue
		}
		line := jobLine{Take: take, Job: lang.M("meeting.job." + string(job)), Who: namesOf(now)}
		if !v.IsOver() {
			line.Does = lang.M("meeting.job." + string(job) + ".does")
		}
		if job == meeting.Facilitates && v.Chair != 0 && v.Seat.Job != job {
			line.Now = lang.M("meeting.job.now", "Name", memberName(v.People[v.Chair]))
		}
		if len(learns) > 0 && len(take) == 0 {
			line.Who = lang.M(with, "Names", namesOf(now), "Learns", namesOf(learns))
		}
		p.Jobs = append(p.Jobs, line)
	}
}

// takeJob lets the reader, who is there, take a job that nobody does who is, or says why not yet.
func (p *meetingPage) takeJob(a member.Actor, v meeting.View, job meeting.Job) []deskAct {
	i := slices.IndexFunc(v.Free, func(f meeting.Free) bool { return f.Job == job })
	if i < 0 || !v.Here.HasDevice() {
		return nil
	}
	take := deskAct{Act: Action{Label: lang.M("meeting.job.take", "Job", lang.M("meeting.job."+string(job)))}}
	if from := v.Free[i].From; !from.IsZero() {
		take.No = lang.M("meeting.job.waits", "At", lang.Clock(local(a, from)), "Name", memberName(v.People[v.Free[i].Had]))
		p.refreshBy(local(a, from))
		return []deskAct{take}
	}
	take.Act.Href, take.Act.Post, take.Act.Guard = meetingPath(a.Group, v.Number, "take-over"), true, p.Guard()
	take.Act.Send = []Hidden{{"job", string(job)}}
	return []deskAct{take}
}
