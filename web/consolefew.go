package web

import (
	"strconv"
	"time"

	"folkmoot/internal/lang"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"

	"github.com/labstack/echo/v4"
)

// fewPart is what whoever facilitates can choose when too few are there to decide (practice.md §2.5.3): to talk only, another date, or a vote online.
type fewPart struct {
	Title    lang.Msg
	Choose   lang.Msg // what there is to choose, or that it is waited first
	Chosen   bool     // it was chosen to talk only
	Say      lang.Msg // what it is to talk only
	Talk     []deskAct
	Later    *laterForm
	Left     lang.Msg  // how many proposals are left
	Online   *Grave    // sends them to a vote online; nil: that cannot be now
	NoOnline []deskAct // and why
}

// laterForm has the meeting go on at another time.
type laterForm struct {
	No     []deskAct // it cannot now, and why
	Say    lang.Msg
	Href   string
	Guard  Guard
	Fields []Field
	Opened bool // something is wrong with it
}

// fillFew says what can be done with too few people.
func (p *consolePage) fillFew(a member.Actor, v meeting.Console) {
	if v.Total() >= v.Quorum {
		return
	}
	f := &fewPart{Title: lang.M("meeting.few.title"), Choose: lang.M("meeting.few.choose"), Chosen: v.TalksOnly(), Say: lang.M("meeting.talk.say")}
	if v.No[meeting.TalkOnly].ID == "meeting.few.wait" {
		f.Choose = lang.M("meeting.few.first")
	}
	if f.Chosen {
		f.Say = lang.Msg{}
	}
	f.Talk = []deskAct{orNot(a, v, meeting.TalkOnly, p.post(a, v, "meeting.talk", "", nil, "talk"))}
	p.Run.Few = f
	left := v.Undecided()
	if no, not := v.No[meeting.GoOnline]; not {
		f.NoOnline = []deskAct{{Act: Action{Label: lang.M("meeting.online")}, No: localSay(a, no)}}
		return
	}
	f.Left = lang.M("meeting.few.online", "Count", len(left))
	f.Online = &Grave{
		ID: "send-online", Label: lang.M("meeting.online"), Ask: lang.M("meeting.online.ask"), Yes: lang.M("meeting.online.yes"), Href: meetingPath(a.Group, v.Number, "online"), Guard: p.Guard(),
	}
	for _, it := range left {
		f.Online.Say = append(f.Online.Say, plain(itemTitle(v.View, it)))
	}
	f.Online.Say = append(f.Online.Say, lang.M("meeting.online.say"))
}

// fillLater is the form with which whoever facilitates has the meeting go on at another time: with too few there among what can be chosen then, and once its time is over. Before, those who are
// there ask for it on the meeting's page.
func (p *consolePage) fillLater(c echo.Context, a member.Actor, v meeting.Console, wrong map[string]lang.Msg) {
	f := &laterForm{Href: meetingPath(a.Group, v.Number, "adjourn"), Guard: p.Guard()}
	f.Guard.Back = fromConsole
	switch {
	case p.Run.Few != nil:
		p.Run.Few.Later = f
	case v.Now.Before(v.Stop):
		return
	default:
		p.Run.Later, f.Say = f, lang.M("meeting.adjourn.say")
	}
	if no, not := v.No[meeting.NewDate]; not {
		f.No = []deskAct{{Act: Action{Label: lang.M("meeting.adjourn")}, No: localSay(a, no)}}
		return
	}
	f.Fields, f.Opened = laterFields(a, v.View, "adjourn", wrong)
	if f.Opened {
		for i := range f.Fields {
			f.Fields[i].Value = value(c, f.Fields[i].Name)
		}
	}
}

// laterFields are a day, a time, and for how long at most, with a week after the meeting at the same time; opened: something is wrong with one of them.
func laterFields(a member.Actor, v meeting.View, form string, wrong map[string]lang.Msg) (fields []Field, opened bool) {
	most := v.Rules.Meeting.HardStopMinutes
	next, minutes := local(a, v.Opens.Add(7*24*time.Hour)), min(int(v.Stop.Sub(v.Opens)/time.Minute), most)
	hint := lang.M("meeting.adjourn.hint")
	if least := v.Later(); !least.IsZero() {
		hint = lang.M("meeting.adjourn.hint_notice", "At", local(a, least))
	}
	day, length := form+"-date", form+"-length"
	fields = []Field{
		{Name: day, Value: next.Format(time.DateOnly), Label: lang.M("setup.meeting.date"), Hint: hint, Type: "date", Short: true, Wrong: wrong[day]},
		{Name: form + "-time", Value: next.Format("15:04"), Label: lang.M("setup.meeting.time"), Type: "time", Short: true},
		{Name: length, Value: strconv.Itoa(minutes), Label: lang.M("meeting.form.minutes_label"), Hint: lang.M("meeting.form.minutes_hint", "Max", most), InputMode: "numeric", Short: true, Wrong: wrong[length]},
	}
	return fields, !wrong[day].IsZero() || !wrong[length].IsZero()
}

// typedLength is for how many minutes a meeting goes on; what is no number is too few.
func typedLength(c echo.Context, name string) int {
	if value(c, name) == "" {
		return 0 // as long as it was called for
	}
	return max(1, int(formNumber(c, name)))
}

// adjournForm is the form of a move that the meeting goes on at another time, from what that of any such move has.
func (p *meetingPage) adjournForm(a member.Actor, v meeting.View, f moveForm, wrong map[string]lang.Msg) moveForm {
	f.Name, f.Say = lang.M("meeting.adjourn"), lang.M("meeting.adjourn.move_say")
	f.Do, f.Other, f.Guard, f.Choices = lang.M("meeting.moves.make", "Move", f.Name), true, p.Guard(), nil
	f.Fields, f.Opened = laterFields(a, v, "sit", wrong)
	return f
}

// pauseForm is the form of a move for a break of some minutes.
func (p *meetingPage) pauseForm(f moveForm) moveForm {
	f.Name, f.Say = lang.M("meeting.adjourn.pause"), lang.M("meeting.adjourn.pause_say")
	f.Do = lang.M("meeting.moves.make", "Move", f.Name)
	return f
}
