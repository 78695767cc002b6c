package script

import "folkmoot/internal/lang"

// The cues of the opening checklist (practice.md §2.5.3), in their order, which everybody sees with its ticks.
const (
	CueCheckIn   Cue = "check_in"
	CueEnough    Cue = "enough"
	CueJobs      Cue = "jobs"
	CueAgenda    Cue = "agenda"
	CueHow       Cue = "how"
	CueInterests Cue = "interests"
	CueRecord    Cue = "record"
	CueDue       Cue = "due"
	CueBegin     Cue = "begin" // all is done
)

// Checklist returns the cues of the opening in their order.
func Checklist() []Cue {
	return []Cue{CueCheckIn, CueEnough, CueJobs, CueAgenda, CueHow, CueInterests, CueRecord, CueDue}
}

// opening returns the first of the checklist that is not done. Too few people stop it there until something is chosen, which is when the meeting
// notes it as said.
func (s Situation) opening() Script {
	for _, c := range Checklist() {
		switch {
		case s.said(c), c == CueRecord && !s.LastRecord, c == CueDue && s.Due == 0:
			continue
		case c == CueEnough:
			return s.enough()
		case c == CueAgenda && s.Items == 0:
			return script(c, say("agenda_none"), say("agenda_ask"))
		case c == CueAgenda:
			return script(c, say("agenda", "Count", s.Items), say("agenda_ask"))
		case c == CueJobs:
			return s.jobs()
		case c == CueHow:
			return script(c, say("how"), say("how_once"), say("how_long", "Time", span(s.Other)), say("how_rules"))
		case c == CueDue:
			return script(c, say("due", "Count", s.Due))
		case c == CueCheckIn:
			return script(c, say("check_in"), say("check_in_how"))
		case c == CueRecord:
			return script(c, say("record"), say("record_only"))
		}
		return script(c, say("interests"))
	}
	return script(CueBegin, say("begin"))
}

// jobs says how people came to their jobs, and which nobody has.
func (s Situation) jobs() Script {
	out := script(CueJobs, say("jobs"), say("jobs_who"))
	if s.Resumed {
		out.Lines[0] = say("jobs_resumed")
	}
	for _, job := range s.Unfilled {
		out.Lines = append(out.Lines, say("jobs_lacks", "Job", job))
	}
	if len(s.Unfilled) > 0 {
		out.Lines = append(out.Lines, say("jobs_nobody"))
	}
	return out
}

// enough says whether enough people are here, and what can be done if not.
func (s Situation) enough() Script {
	switch {
	case s.Present >= s.Quorum:
		return script(CueEnough, say("enough", "Count", s.Present))
	case !s.Waited:
		return script(CueEnough, say("enough_wait", "Present", s.Present, "Quorum", s.Quorum), say("enough_wait_more"))
	}
	return script(CueEnough, say("enough_not", "Present", s.Present, "Quorum", s.Quorum), say("enough_ask"))
}

// pause is the script of a break and of small groups.
func (s Situation) pause() Script {
	switch {
	case s.Phase == Groups && s.BreakOver && s.Card > 0:
		return script(CueGroupsEnd, say("groups_over"), say("groups_read", "Number", s.Card))
	case s.Phase == Groups && s.BreakOver:
		return script(CueGroupsEnd, say("groups_over"))
	case s.Phase == Groups && s.LastMinute:
		return script(CueGroups, say("groups_last"), say("groups_card"))
	case s.Phase == Groups:
		return script(CueGroups, say("groups", "At", lang.Clock(s.Until)), say("groups_card"))
	case s.BreakOver:
		return script(CueBreakOver, say("break_over"))
	}
	return script(CueBreak, say("break", "At", lang.Clock(s.Until)))
}

// The cues of the close (practice.md §2.5.7), in their order.
const (
	CueReadBack Cue = "read_back"
	CueTasks    Cue = "tasks"
	CueNextDate Cue = "next_date"
	CuePulse    Cue = "pulse"
	CueClose    Cue = "close"
)

// Close returns the cues of the close in their order.
func Close() []Cue { return []Cue{CueReadBack, CueTasks, CueNextDate, CuePulse, CueClose} }

// closing returns the first part of the close that is not done, and the last when all are.
func (s Situation) closing() Script {
	for _, c := range Close() {
		switch {
		case s.said(c), c == CueTasks && s.Decisions == 0:
			continue
		case c == CueReadBack && s.Decisions == 0:
			return script(c, say("read_back_none"))
		case c == CueReadBack:
			return script(c, say("read_back", "Count", s.Decisions), say("read_back_ask"))
		case c == CueTasks && s.Unassigned > 0:
			return script(c, say("tasks_open", "Count", s.Unassigned), say("tasks_ask"))
		case c == CueTasks:
			return script(c, say("tasks"))
		case c == CueNextDate && s.NextDate.IsZero():
			return script(c, say("next_date_ask"))
		case c == CueNextDate:
			return script(c, say("next_date", "At", s.NextDate))
		case c == CuePulse:
			return script(c, say("pulse"))
		}
		break
	}
	return script(CueClose, say("close"))
}
