package web

import (
	"folkmoot/internal/lang"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
)

// fewPart is what whoever facilitates can choose when too few are there to decide (practice.md §2.5.3).
type fewPart struct {
	Title  lang.Msg
	Say    []lang.Msg
	No     lang.Msg // why nothing can be sent online now
	Online *Grave   // sends the proposals to a vote online
}

// fillFew says what can be done with too few people, where proposals are still to be decided.
func (p *consolePage) fillFew(a member.Actor, v meeting.Console) {
	left := v.Undecided()
	if v.Total() >= v.Quorum || len(left) == 0 {
		return
	}
	f := &fewPart{Title: lang.M("meeting.few.title"), Say: []lang.Msg{lang.M("meeting.few.talk"), lang.M("meeting.few.online", "Count", len(left))}}
	p.Run.Few = f
	if no, not := v.No[meeting.GoOnline]; not {
		f.No = localSay(a, no)
		return
	}
	f.Online = &Grave{
		ID: "send-online", Label: lang.M("meeting.online"), Ask: lang.M("meeting.online.ask"), Yes: lang.M("meeting.online.yes"), Href: meetingPath(a.Group, v.Number, "online"), Guard: p.Guard(),
	}
	for _, it := range left {
		f.Online.Say = append(f.Online.Say, plain(itemTitle(v.View, it)))
	}
	f.Online.Say = append(f.Online.Say, lang.M("meeting.online.say"))
}
