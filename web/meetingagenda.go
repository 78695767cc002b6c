package web

import (
	"slices"
	"strconv"
	"time"

	"folkmoot/internal/agenda"
	"folkmoot/internal/decision"
	"folkmoot/internal/lang"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/procedure"

	"github.com/labstack/echo/v4"
)

// agendaLine is an item of the agenda.
type agendaLine struct {
	Number int
	Title  string
	Href   string
	State  lang.Msg
	Facts  []lang.Msg
	Text   string
	Says   []Link // what it is to hear, or has received
	Take   Action
	Since  Link     // of a proposal that went to an online vote: what has come of it
	Came   lang.Msg // in the meeting, of the vote on it; in one that is over Since leads to the decision
}

// itemState says how far an item is; over, that what was to happen to it after the meeting is to come no more.
func itemState(it meeting.Item, over bool) lang.Msg {
	if over && it.State == meeting.Online {
		return lang.M("meeting.item.went_online")
	}
	if (it.State == meeting.Left || it.State == meeting.Waiting) && !it.Began.IsZero() {
		return lang.M("meeting.item.unfinished")
	}
	if it.Kind == meeting.Report && it.State == meeting.Withdrawn {
		return lang.M("meeting.item.heard")
	}
	return lang.M("meeting.item." + string(it.State))
}

// wentOnline says what has come of a proposal that a meeting sent to an online vote, from what was decided on it since, and leads there; nothing of others.
func wentOnline(a member.Actor, it meeting.Item, m motion.Motion, since []decision.Decision, now time.Time) Link {
	switch {
	case it.State != meeting.Online:
		return Link{}
	case m.State == motion.Voting && now.Before(m.Closes):
		return Link{votePath(a.Group, m.Number), lang.M("meeting.online.votes", "At", local(a, m.Closes))}
	case len(since) > 0:
		return decidedLink(a, since[len(since)-1])
	}
	return Link{motionPath(a.Group, m), standing(m, 0, now)}
}

// fillResults says on the agenda what has come of the proposals that the meeting sent to an online vote, and leads from what a meeting that is over was done with to what it decided, or
// to its record.
func (s *Server) fillResults(c echo.Context, p *meetingPage, a member.Actor, v meeting.View) error {
	done := func(it meeting.Item) bool { return v.State == meeting.Closed && it.State == meeting.Done }
	var of []motion.ID
	for _, it := range v.Items {
		if it.Motion != 0 && (it.State == meeting.Online || done(it)) {
			of = append(of, it.Motion)
		}
	}
	var decided map[motion.ID][]decision.Decision
	if len(of) > 0 {
		var err error
		if decided, err = s.Decisions.OfMany(c.Request().Context(), a, of); err != nil {
			return err
		}
	}
	for i, it := range v.Items {
		var here, since []decision.Decision
		for _, d := range decided[it.Motion] {
			switch {
			case d.At.After(it.Ended):
				since = append(since, d)
			case !d.At.Before(it.Began):
				here = append(here, d)
			}
		}
		switch {
		case !done(it):
			p.Agenda[i].Since = wentOnline(a, it, v.Motions[it.Motion], since, v.Now)
		case len(here) > 0:
			p.Agenda[i].Since = decidedLink(a, here[len(here)-1])
		default:
			p.Agenda[i].Since = Link{meetingPath(a.Group, v.Number, "record") + "#item-" + itemKey(it.ID), lang.M("meeting.item.record")}
		}
	}
	return nil
}

// decidedLink leads to a decision and says how it went.
func decidedLink(a member.Actor, d decision.Decision) Link {
	return Link{decisionPath(a.Group, d.Number()), lang.M("minutes.decision", "Number", d.Number(), "Outcome", d.Contest.Ended(d.Outcome))}
}

// fillAgenda lists the items.
func (p *meetingPage) fillAgenda(a member.Actor, v meeting.View) {
	if p.Nothing = lang.M("meeting.agenda.empty"); v.IsOver() {
		p.Nothing = lang.M("meeting.agenda.was_empty")
	}
	for i, it := range v.Items {
		line := agendaLine{Number: i + 1, Title: it.Title, Text: it.Text, State: itemState(it, v.IsOver()), Says: reportsSay(a, v, it)}
		if it.Motion != 0 {
			m := v.Motions[it.Motion]
			line.Title, line.Href = m.Title, motionPath(a.Group, m)
			line.Facts = append(line.Facts, motionName(m))
		}
		if b, ok := v.Result(it); ok && !v.IsOver() {
			line.Came = b.Came()
		}
		if it.Urgent {
			line.Facts = append(line.Facts, lang.M("call.urgent_item"))
		}
		if slices.ContainsFunc(v.Settled, func(mv meeting.Move) bool {
			return mv.Kind == procedure.NotUrgent && mv.State == meeting.MoveCarried && mv.Item == it.ID
		}) {
			line.Facts = append(line.Facts, lang.M("call.urgent_not"))
		}
		line.Facts = append(line.Facts, lang.M("meeting.minutes", "Count", it.Minutes))
		if it.Why != "" && !v.IsOver() {
			line.Facts = append(line.Facts, agenda.Reason(it.Why).Say())
		}
		if !it.Fits && it.State == meeting.Waiting {
			line.Facts = append(line.Facts, lang.M("agenda.no_time"))
		}
		if p.back != "" && v.Facilitates() && !v.Adopted.IsZero() && it.State == meeting.Waiting {
			line.Take = Action{Href: meetingPath(a.Group, v.Number, "items", strconv.FormatInt(int64(it.ID), 10), "take"), Label: lang.M("meeting.take"), Post: true, Guard: p.Guard()}
		}
		p.Agenda = append(p.Agenda, line)
	}
	if v.State == meeting.Called && v.OrderedAt.IsZero() {
		p.Lot = []lang.Msg{lang.M("meeting.lot.ahead", "At", local(a, v.LotAt))}
	}
}
