package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"

	"github.com/labstack/echo/v4"
)

// keeperPage is what whoever keeps the door of a meeting has: who is there, and whom they can let in.
type keeperPage struct {
	Frame
	Quorum lang.Msg
	Others lang.Msg // how many of those who are there others have noted
	Href   string
	Search Field
	People []keeperLine
	Pager  Pager
	Mine   bool // the reader has the job
	Wants  []wantLine
}

// keeperLine is a member of the group at the door.
type keeperLine struct {
	Name  lang.Msg
	State lang.Msg // how they are there; zero: they are not
	Act   Action
	No    lang.Msg // why that cannot be done
	Over  Action   // has them keep the door
}

// wantLine is what somebody needs to take part.
type wantLine struct {
	Name lang.Msg
	Text string
}

var keeperTmpl = newPage[keeperPage]("meeting/keeper.html")

func (s *Server) showKeeper(c echo.Context) error { return s.renderKeeper(c, http.StatusOK, nil) }

// renderKeeper answers with the page of the door, as it is or with what could not be done.
func (s *Server) renderKeeper(c echo.Context, status int, wrong map[string]lang.Msg) error {
	n, err := param(c, "n")
	if err != nil {
		return err
	}
	a := s.actor(c)
	after, err := afterMember(c)
	if err != nil {
		return err
	}
	words := c.QueryParam("name")
	d, err := s.Meetings.AtDoor(c.Request().Context(), a, int(n), words, after)
	if err != nil {
		return err
	}
	p := keeperPage{Frame: s.groupFrame(c, SectionMeetings), Mine: d.Mine, Quorum: doorSay(d), Others: notedSay(d.Meeting), Href: meetingPath(a.Group, d.Number, "door")}
	p.refuse(wrong)
	p.Head = Head{
		Crumbs: []Link{{meetingsPath(a.Group), lang.M("meeting.list.title")}, {meetingPath(a.Group, d.Number), plain(d.Title)}}, Kind: meetingKind(d.Meeting),
		Title: lang.M("door.title"), State: lang.M("door.state", "Count", d.Unaided), Can: lang.M("door.can"),
	}
	p.Strip = Strip{Next: lang.M("door.next"), Decides: lang.M("door.decides"), Change: lang.M("door.change"), Href: meetingPath(a.Group, d.Number)}
	if s.hall == nil { // nobody else comes to a practice
		p.Head.Also = []Action{{Href: meetingPath(a.Group, d.Number, "codes"), Label: lang.M("door.codes.link")}}
	}
	p.Search = Field{Name: "name", Value: words, Label: lang.M("door.search.label"), Hint: lang.M("door.search.hint"), Optional: true, Max: member.MaxName}
	p.follow(d.Ref(), "head", "count", "people", "wants")
	for _, x := range d.People {
		p.People = append(p.People, p.keeperLine(a, d, x))
	}
	more := func(after member.ID) string {
		q := url.Values{}
		if words != "" {
			q.Set("name", words)
		}
		if after != 0 {
			q.Set("after", strconv.FormatInt(int64(after), 10))
		}
		return strings.TrimSuffix(p.Href+"?"+q.Encode(), "?")
	}
	if d.After != 0 {
		p.Pager.Older = more(d.After)
	}
	if after != 0 {
		p.Pager.Newer = more(0)
	}
	for _, n := range d.Needs {
		p.Wants = append(p.Wants, wantLine{memberName(d.Names[n.Member]), n.Text})
	}
	return keeperTmpl.render(c, status, p)
}

// doorSay says how many are there, and whether they are enough.
func doorSay(d meeting.Doorway) lang.Msg {
	enough := "few"
	if d.Total() >= d.Needed {
		enough = "enough"
	}
	return lang.M("meeting.present."+enough, "Count", d.Total(), "Room", d.Count[meeting.Room], "Remote", d.Count[meeting.Remote], "Phone", d.Count[meeting.Phone], "Need", d.Needed)
}

func (p *keeperPage) keeperLine(a member.Actor, d meeting.Doorway, x meeting.Arrival) keeperLine {
	name := plain(x.Name)
	act := func(below, label string, main bool) Action {
		return Action{
			Href: meetingPath(a.Group, d.Number, "door", strconv.FormatInt(int64(x.Member), 10), below), Label: lang.M(label, "Name", name), Post: true, Guard: p.Guard(),
			Main: main,
		}
	}
	line := keeperLine{Name: name}
	switch {
	case x.Here.ID == 0:
		if line.Act = act("in", "door.in", false); x.Refused {
			line.No = lang.M("door.refused")
		}
	case x.Here.Paper:
		line.State, line.Act = lang.M("door.here.paper"), act("out", "door.out", false)
	default:
		line.State = lang.M("door.here." + string(x.Here.Mode))
		if d.Mine && x.Member != a.Member.ID {
			line.Over = act("over", "door.over", false)
		}
	}
	return line
}

// keeperAct is a handler that does something at the door about a member, and shows its page again; once the door is somebody else's, that of the meeting.
func keeperAct(do func(s *Server, c echo.Context, a member.Actor, number int, who member.ID) error, below ...string) func(*Server, echo.Context) error {
	return func(s *Server, c echo.Context) error {
		n, err := param(c, "n")
		if err != nil {
			return err
		}
		who, err := param(c, "member")
		if err != nil {
			return err
		}
		a := s.actor(c)
		if err = do(s, c, a, int(n), member.ID(who)); err == nil {
			return see(c, meetingPath(a.Group, int(n), below...))
		}
		t := judge(err)
		if t.status == http.StatusConflict || t.fields != nil {
			wrong := t.fields
			if wrong == nil {
				wrong = map[string]lang.Msg{"": t.say}
			}
			if again := s.renderKeeper(c, t.status, wrong); fault.KindOf(again) != fault.Conflict {
				return again
			}
		}
		return err
	}
}

func letIn(s *Server, c echo.Context, a member.Actor, n int, who member.ID) error {
	return s.Meetings.LetIn(c.Request().Context(), a, n, who)
}

func letOut(s *Server, c echo.Context, a member.Actor, n int, who member.ID) error {
	return s.Meetings.LetOut(c.Request().Context(), a, n, who)
}

func handDoorOver(s *Server, c echo.Context, a member.Actor, n int, who member.ID) error {
	return s.Meetings.HandOver(c.Request().Context(), a, n, meeting.Doors, who)
}

// needPart is what the reader has told the door that they need, and the form for it.
type needPart struct {
	Said   lang.Msg
	Say    []lang.Msg
	Do     lang.Msg
	Opened bool
	Href   string
	Field  Field
	Guard  Guard
	Back   Action
}

// fillDoor lets the reader tell the door what they need, and leads whoever keeps it there.
func (p *meetingPage) fillDoor(c echo.Context, a member.Actor, v meeting.View, wrong map[string]lang.Msg) {
	if v.Jobs[meeting.Doors] || v.Facilitates() {
		p.Head.Also = append(p.Head.Also, Action{Href: meetingPath(a.Group, v.Number, "door"), Label: lang.M("door.link")})
	}
	if v.Here.ID == 0 || v.IsOver() {
		return
	}
	f := &needPart{
		Do: lang.M("door.need"), Href: meetingPath(a.Group, v.Number, "need"), Guard: p.Guard(), Opened: !wrong["need"].IsZero(),
		Field: Field{Name: "need", Value: v.Need, Label: lang.M("door.need"), Hint: lang.M("door.need.hint"), Max: meeting.MaxNeed, Rows: 3, Wrong: wrong["need"]},
		Say:   []lang.Msg{lang.M("door.need.nobody"), lang.M("door.need.goes")},
	}
	for _, t := range v.Terms {
		if t.Job == meeting.Doors && !t.Shadow && t.Runs(v.Now) {
			f.Say[0] = lang.M("door.need.who", "Name", memberName(v.People[t.Member]))
		}
	}
	if f.Opened {
		f.Field.Value = value(c, "need")
	}
	if v.Need != "" {
		f.Said, f.Do = lang.M("door.need.said", "Text", v.Need), lang.M("door.need.change")
		f.Back = Action{Href: f.Href, Label: lang.M("door.need.back"), Post: true, Guard: p.Guard(), Send: []Hidden{{"need", ""}}}
	}
	p.Need = f
}

func sayNeed(s *Server, c echo.Context, a member.Actor, n int) error {
	return s.Meetings.SayNeed(c.Request().Context(), a, n, value(c, "need"))
}
