package web

import (
	"folkmoot/internal/lang"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
)

// urgentBox tells everybody, before anything else, that the notice of a meeting calls proposals urgent, what that takes from those who do not come, and what they can do
// before (practice.md §2.7.6); without proposals it shows nothing.
type urgentBox struct {
	About   []Link // the proposals
	Say     []lang.Msg
	Meeting Link // to the meeting, where the box stands elsewhere
}

// urgentOf is the box for the urgent proposals that are still before a meeting.
func urgentOf(a member.Actor, m meeting.Meeting, about []motion.Motion) (box urgentBox) {
	for _, pr := range about {
		box.About = append(box.About, Link{motionPath(a.Group, pr), plain(pr.Title)})
	}
	if len(about) == 0 {
		return box
	}
	box.Say = []lang.Msg{lang.M("call.urgent_box.stands", "Count", len(about)), lang.M("call.urgent_box.absent", "Count", len(about)), lang.M("call.urgent_box.write")}
	if m.Link != "" || m.Phone != "" {
		box.Say = append(box.Say, lang.M("call.urgent_box.far"))
	}
	return box
}

// fillUrgent puts the box on a meeting's page, until the meeting begins.
func (p *meetingPage) fillUrgent(a member.Actor, v meeting.View) {
	if v.State == meeting.Called {
		p.Urgent = urgentOf(a, v.Meeting, v.Pressing())
	}
}
