package web

import (
	"strconv"

	"folkmoot/internal/lang"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/procedure"

	"github.com/labstack/echo/v4"
)

// spokesPart is groups for which one person each speaks: which the reader is in, who speaks for it, and how to change that.
type spokesPart struct {
	Title  lang.Msg // the reader's group, or why they are in none
	Speaks lang.Msg // who speaks for it
	Say    lang.Msg
	Would  Action     // the reader would
	With   []lang.Msg // who is in it, and where
	Choose *circleForm
	Join   Action
	All    []lang.Msg // who speaks for which group
	In     []lang.Msg // who is in which; for whoever runs the meeting
	Check  Link       // where the lot can be checked
	Lot    lang.Msg
	Stop   Action // on the console, for whoever facilitates
}

// circleForm has the reader choose who speaks for their group.
type circleForm struct {
	Label lang.Msg
	Href  string
	Who   Choice
	Mine  lang.Msg
	Back  Action // chooses nobody
	Guard Guard
}

// spokesForm puts people into groups for which one speaks.
type spokesForm struct {
	Href  string
	No    lang.Msg // why it cannot be done now
	Guard Guard
}

// lotSay is the number by which a lot put the reader into a group, of how many.
func lotSay(v meeting.View, of int) lang.Msg {
	if v.Together.Lot == 0 || v.Together.Lot > of {
		return lang.Msg{}
	}
	return lang.M("meeting.lot.yours", "Number", v.Together.Lot, "Count", of)
}

// lotCheck leads to where what a lot says can be checked.
func lotCheck(a member.Actor) Link {
	return Link{groupPath(a.Group) + "/record", lang.M("meeting.lot.record")}
}

// circleLine says who speaks for a group.
func circleLine(v meeting.View, c meeting.Circle) lang.Msg {
	if c.Spoke == 0 {
		return lang.M("meeting.spokes.line_nobody", "Number", c.Number)
	}
	return lang.M("meeting.spokes.line", "Number", c.Number, "Name", memberName(v.People[c.Spoke]))
}

// fillSpokes is groups for which one speaks, and on the console how to begin and end them.
func (p *meetingPage) fillSpokes(a member.Actor, v meeting.View, out *togetherPart) {
	t, runs := v.Together, p.back != "" && v.Facilitates()
	x := t.Spokes
	if x.ID == 0 {
		if runs && v.Current.ID != 0 && t.Feeling.ID == 0 && t.Round.ID == 0 && t.Breakout.ID == 0 && v.Total() >= meeting.LeastSpokes {
			out.Speak = &spokesForm{Href: meetingPath(a.Group, v.Number, "spokes"), Guard: p.Guard()}
			if t.NoSpokes != nil {
				out.Speak.No = localSay(a, judge(t.NoSpokes).say)
			}
		}
		return
	}
	s := &spokesPart{}
	out.Spokes = s
	for _, c := range t.Circles {
		s.All = append(s.All, circleLine(v, c))
	}
	act := func(below, label string) Action {
		return Action{Href: meetingPath(a.Group, v.Number, "spokes", strconv.FormatInt(int64(x.ID), 10), below), Label: lang.M(label), Post: true, Guard: p.Guard()}
	}
	if p.back != "" {
		if runs {
			s.Stop = act("end", "meeting.spokes.stop")
		}
		if v.Desk().Runs {
			for _, c := range t.Circles {
				s.In = append(s.In, tableLine(v, meeting.Table{Card: meeting.Card{Number: c.Number}, People: c.People}))
			}
		}
		return
	}
	switch {
	case !v.Here.HasDevice():
		s.Title = lang.M("meeting.groups.away")
	case t.Circle.Number != 0:
		p.fillCircle(v, s, act)
		if s.Lot = lotSay(v, x.People); !s.Lot.IsZero() {
			s.Check = lotCheck(a)
		}
	case v.Facilitates():
		s.Title = lang.M("meeting.spokes.chair")
	default:
		s.Title, s.Join = lang.M("meeting.groups.none"), act("join", "meeting.groups.join")
		s.Join.Main = true
	}
}

// fillCircle is the reader's own group.
func (p *meetingPage) fillCircle(v meeting.View, s *spokesPart, act func(below, label string) Action) {
	c, mine := v.Together.Circle, v.Together.Named
	s.Title = lang.M("meeting.spokes.yours", "Number", c.Number)
	name := act("name", "meeting.spokes.choose_do")
	f := &circleForm{Label: lang.M("meeting.spokes.change"), Href: name.Href, Guard: name.Guard, Who: Choice{Name: "member", Legend: lang.M("meeting.spokes.who")}}
	s.Choose = f
	switch c.Spoke {
	case 0:
		s.Speaks, f.Label = lang.M("meeting.spokes.nobody"), lang.M("meeting.spokes.choose")
	case v.Me:
		s.Speaks = lang.M("meeting.spokes.is_you")
		s.Say = lang.M("meeting.spokes.you_do")
	default:
		s.Speaks = lang.M("meeting.spokes.is", "Name", memberName(v.People[c.Spoke]))
	}
	if c.Spoke != v.Me {
		s.Say = lang.M("meeting.spokes.how")
		if mine != v.Me {
			s.Would = act("name", "meeting.spokes.would")
			s.Would.Send = []Hidden{{"member", strconv.FormatInt(int64(v.Me), 10)}}
			s.Would.Main = c.Spoke == 0
		}
	}
	if mine == v.Me {
		f.Mine = lang.M("meeting.spokes.mine_you")
	} else if mine != 0 {
		f.Mine = lang.M("meeting.spokes.mine", "Name", memberName(v.People[mine]))
	}
	if mine != 0 {
		f.Back = act("name", "meeting.spokes.take_back")
	}
	var names []lang.Msg
	apart := false
	for _, id := range byName(c.People, v.People) {
		apart = apart || v.Together.Modes[id] != meeting.Room
		if id == v.Me {
			continue
		}
		names = append(names, groupMate(v, id))
		f.Who.Options = append(f.Who.Options, Option{Value: strconv.FormatInt(int64(id), 10), Label: memberName(v.People[id]), Chosen: id == mine})
	}
	if len(names) == 0 {
		s.With = []lang.Msg{lang.M("meeting.groups.alone")}
		return
	}
	s.With = []lang.Msg{lang.M("meeting.groups.with", "Names", namesOf(names))}
	if v.Here.Mode == meeting.Room {
		s.With = append(s.With, lang.M("meeting.spokes.sit", "Number", c.Number))
	}
	if apart {
		s.With = append(s.With, lang.M("meeting.spokes.bring"))
	}
}

// spokesNote says to the reader what spokes mean for raising a hand.
func spokesNote(v meeting.View) lang.Msg {
	switch c := v.Together.Circle; {
	case c.Number != 0 && c.Spoke == v.Me:
		return lang.M("meeting.spokes.tell_chosen")
	case v.Speaks() || c.Number == 0:
		return lang.Msg{}
	case c.Spoke == 0:
		return lang.M("meeting.spokes.tell_nobody")
	default:
		return lang.M("meeting.spokes.tell", "Name", memberName(v.People[c.Spoke]))
	}
}

// spokesMove says whether whoever facilitates can do at once what a move about spokes asks for, and where.
func spokesMove(v meeting.View, mv meeting.MoveLine) (below []string, can bool) {
	switch x := v.Together.Spokes; {
	case mv.State != meeting.MovePending || !v.Facilitates():
	case mv.Kind == procedure.Spokes && v.Together.NoSpokes == nil:
		return []string{"spokes"}, true
	case mv.Kind == procedure.AllSpeak && x.ID != 0:
		return []string{"spokes", strconv.FormatInt(int64(x.ID), 10), "end"}, true
	}
	return nil, false
}

// spokesSaid is what is on record of groups for which one spoke.
func spokesSaid(all []meeting.Spokes) (out []lang.Msg) {
	for _, x := range all {
		out = append(out, lang.M("meeting.spokes.said", "Count", x.People, "Circles", x.Circles))
	}
	return out
}

// fillSpokes says who speaks for the groups: of those who speak or are about to, for which; and until somebody does, of all groups, in place of the words.
func (p *screenPage) fillSpokes(v meeting.View) {
	if v.Together.Spokes.ID == 0 || v.OnBreak(v.Now) {
		return
	}
	of := map[member.ID]int{}
	for _, c := range v.Together.Circles {
		of[c.Spoke] = c.Number
	}
	named := func(who member.ID) lang.Msg {
		name := memberName(v.People[who])
		if n := of[who]; n != 0 {
			return lang.M("screen.spoke", "Name", name, "Number", n)
		}
		return name
	}
	if p.Speaker.ID != "" {
		p.Speaker = lang.M("meeting.speaks", "Name", named(v.Speaker.Member))
	}
	for i := range p.Next {
		p.Next[i].Name = named(v.Hands[v.List[i].ID].Member)
	}
	if v.Speaker.ID != 0 || len(v.List) > 0 || p.Vote != nil || p.Result != nil || p.Felt != nil {
		return
	}
	for _, c := range v.Together.Circles {
		p.Spokes = append(p.Spokes, circleLine(v, c))
	}
	p.Text, p.Topic, p.Plan, p.Say, p.Changed = nil, "", nil, nil, false
	p.Fit = screenGroupsFit(len(p.Spokes))
}

func useSpokes(s *Server, c echo.Context, a member.Actor, n int) error {
	return s.Meetings.UseSpokes(c.Request().Context(), a, s.once(c), n)
}

// spokesAct is meetingAct about spokes.
func spokesAct(do func(s *Server, c echo.Context, a member.Actor, number int, id meeting.SpokesID) error) func(*Server, echo.Context) error {
	return meetingAct(func(s *Server, c echo.Context, a member.Actor, number int) error {
		id, err := param(c, "spokes")
		if err != nil {
			return err
		}
		return do(s, c, a, number, meeting.SpokesID(id))
	})
}

func stopSpokes(s *Server, c echo.Context, a member.Actor, n int, id meeting.SpokesID) error {
	return s.Meetings.StopSpokes(c.Request().Context(), a, n, id)
}

func joinCircle(s *Server, c echo.Context, a member.Actor, n int, id meeting.SpokesID) error {
	return s.Meetings.JoinCircle(c.Request().Context(), a, n, id)
}

func nameSpoke(s *Server, c echo.Context, a member.Actor, n int, id meeting.SpokesID) error {
	return s.Meetings.NameSpoke(c.Request().Context(), a, n, id, member.ID(formNumber(c, "member")))
}
