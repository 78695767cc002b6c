package web

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"

	"github.com/labstack/echo/v4"
)

// groupsPart is small groups that are under way: which the reader is in, with whom, where and until when, and its card.
type groupsPart struct {
	Question lang.Msg
	Until    time.Time
	Title    lang.Msg // the reader's group, or what they can do to be in one
	Say      []lang.Msg
	Card     *cardForm
	Choose   *chooseForm
	Join     Action
	All      []lang.Msg // who is in which group; for whoever runs the meeting
	Back     *deskAct   // calls everybody back
	Put      *putForm   // nil: nobody has to be put anywhere
	Lot      lang.Msg   // the reader's number in the lot
	Check    Link       // where it can be checked
}

// cardForm is the card of the reader's group.
type cardForm struct {
	Href  string
	Keep  string
	Lines []Field
	Guard Guard
	Send  []Hidden // what the reader writes on from
}

// chooseForm has the reader choose a group.
type chooseForm struct {
	Href   string
	Topics []Option
	Closed bool // they are in one
	Guard  Guard
}

// putForm puts somebody into a group who has no page.
type putForm struct {
	Href  string
	Who   Choice
	Table Choice
	Guard Guard
}

// partForm has people talk in small groups.
type partForm struct {
	Href     string
	Question Field
	Minutes  Choice
	How      Choice
	Topics   Field
	No       lang.Msg // why it cannot be done now
	Guard    Guard
	Open     bool // something is wrong with it
}

// cardsPart is what small groups wrote about what is talked about: one by one at first, and then all.
type cardsPart struct {
	Question lang.Msg
	Now      *cardView
	At       lang.Msg // which it is of how many
	Next     Action   // for whoever runs the meeting
	Cards    []cardView
	None     bool // nobody wrote anything
}

// cardView is what a group wrote.
type cardView struct {
	Group lang.Msg
	Lines []string
}

func cardOf(c meeting.Card) cardView { return cardView{groupName(c), c.Said()} }

// groupName is the number of a group, and its topic where it has one.
func groupName(c meeting.Card) lang.Msg { return ofCard("meeting.groups.group", c) }

// ofCard is a sentence with the number of a group, and with its topic where it has one.
func ofCard(id string, c meeting.Card) lang.Msg {
	if c.Topic == "" {
		return lang.M(id, "Number", c.Number)
	}
	return lang.M(id+"_topic", "Number", c.Number, "Topic", c.Topic)
}

// groupAsks is the question of small groups.
func groupAsks(b meeting.Breakout) lang.Msg {
	if b.Question == "" {
		return lang.M("meeting.round")
	}
	return plain(b.Question)
}

// fillGroups is small groups that are under way, and what they wrote; and on the console how to begin them.
func (p *meetingPage) fillGroups(c echo.Context, a member.Actor, v meeting.View, wrong map[string]lang.Msg, out *togetherPart) {
	desk := p.back != "" && v.Desk().Runs
	for i, b := range v.Together.Breakouts {
		cards := p.cards(a, v, b, desk && i == 0)
		if cards.Now != nil {
			out.Reads = &cards
		}
		if len(cards.Cards) > 0 || cards.None {
			out.Cards = append(out.Cards, cards)
		}
	}
	b := v.Together.Breakout
	if b.ID == 0 {
		if p.back != "" && v.Facilitates() && v.Current.ID != 0 && v.Together.Feeling.ID == 0 && v.Together.Round.ID == 0 {
			out.Part = p.parting(c, a, v, wrong)
		}
		return
	}
	g := &groupsPart{Question: groupAsks(b), Until: local(a, b.Closes)}
	out.Groups = g
	if b.LastMinute(v.Now) {
		g.Say = append(g.Say, lang.M("meeting.groups.last"))
	}
	if desk {
		p.deskGroups(a, v, g)
		return
	}
	path := func(below string) string {
		return meetingPath(a.Group, v.Number, "breakouts", strconv.FormatInt(int64(b.ID), 10), below)
	}
	switch t := v.Together.Table; {
	case !v.Here.HasDevice():
		g.Title = lang.M("meeting.groups.away")
	case v.Facilitates() && t.Number == 0:
		g.Title = lang.M("meeting.groups.chair")
	case t.Number != 0:
		g.Title = ofCard("meeting.groups.yours", t.Card)
		g.Say = append(g.Say, groupSay(v)...)
		g.Card = p.card(c, a, v, wrong, path("card"))
		if g.Lot = lotSay(v, b.People); !g.Lot.IsZero() {
			g.Check = lotCheck(a)
		}
	case b.Choice:
		g.Title = lang.M("meeting.groups.choose")
	default:
		g.Title = lang.M("meeting.groups.none")
		g.Join = Action{Href: path("sit"), Label: lang.M("meeting.groups.join"), Post: true, Guard: p.Guard(), Main: true}
	}
	if b.Choice && v.Here.HasDevice() && !v.Facilitates() {
		g.Choose = &chooseForm{Href: path("sit"), Closed: v.Together.Table.Number != 0, Guard: p.Guard()}
		for _, t := range v.Together.Tables {
			if t.Number != v.Together.Table.Number {
				g.Choose.Topics = append(g.Choose.Topics, Option{Value: strconv.Itoa(t.Number), Label: groupName(t.Card)})
			}
		}
	}
}

// groupSay says with whom the reader talks, and where.
func groupSay(v meeting.View) (out []lang.Msg) {
	t, b := v.Together.Table, v.Together.Breakout
	var names []lang.Msg
	modes := map[meeting.Mode]bool{}
	for _, id := range byName(t.People, v.People) {
		mode := v.Together.Modes[id]
		modes[mode] = true
		if id != v.Me {
			names = append(names, groupMate(v, id))
		}
	}
	if len(names) == 0 {
		out = append(out, lang.M("meeting.groups.alone"))
	} else {
		out = append(out, lang.M("meeting.groups.with", "Names", namesOf(names)))
	}
	at := "meeting.groups.at." + string(v.Here.Mode)
	if v.Here.Mode == meeting.Remote && v.Link == "" { // there is no call with rooms
		at = "meeting.groups.at.remote_alone"
	}
	out = append(out, lang.M(at, "Number", t.Number))
	if modes[meeting.Room] && len(modes) > 1 && v.Here.Mode == meeting.Room {
		out = append(out, lang.M("meeting.groups.bring"))
	}
	if modes[meeting.Phone] && v.Here.Mode != meeting.Phone && v.Phone != "" && !b.Choice {
		out = append(out, lang.M("meeting.groups.phone", "Phone", v.Phone))
	}
	return out
}

// groupMate is somebody in a group, and how they are there if not in the room.
func groupMate(v meeting.View, id member.ID) lang.Msg {
	name := memberName(v.People[id])
	if mode := v.Together.Modes[id]; mode == meeting.Remote || mode == meeting.Phone {
		return lang.M("meeting.groups.mate."+string(mode), "Name", name)
	}
	return name
}

// tableLine says who is in a group.
func tableLine(v meeting.View, t meeting.Table) lang.Msg {
	var names []lang.Msg
	for _, id := range byName(t.People, v.People) {
		names = append(names, groupMate(v, id))
	}
	if len(names) == 0 {
		return lang.M("meeting.groups.line_nobody", "Group", groupName(t.Card))
	}
	return lang.M("meeting.groups.line_of", "Group", groupName(t.Card), "Names", namesOf(names))
}

// card is the form with the three lines of the reader's group; what could not be kept stands in it.
func (p *meetingPage) card(c echo.Context, a member.Actor, v meeting.View, wrong map[string]lang.Msg, href string) *cardForm {
	t := v.Together.Table
	f := &cardForm{
		Href: href, Guard: p.Guard(), Keep: fmt.Sprintf("card-%s-%d-%d-%d", a.Group.Slug, v.Together.Breakout.ID, t.Number, t.Version),
		Send: []Hidden{{"table", strconv.Itoa(t.Number)}},
	}
	typed := false
	for i := range t.Lines {
		typed = typed || !wrong[meeting.CardField(i)].IsZero()
	}
	for i, l := range t.Lines {
		name := meeting.CardField(i)
		field := Field{Name: name, Label: lang.M("meeting.groups.line", "Number", i+1), Value: l, Wrong: wrong[name], Max: meeting.MaxLine}
		was := l
		if typed {
			field.Value, was = value(c, name), value(c, "was-"+name)
		}
		f.Lines = append(f.Lines, field)
		f.Send = append(f.Send, Hidden{"was-" + name, was})
	}
	p.Reload = false // nobody loses what they write because the page loads itself anew
	return f
}

// deskGroups is what whoever runs the meeting sees of small groups: who is in which, so that they can tell those without a page.
func (p *meetingPage) deskGroups(a member.Actor, v meeting.View, g *groupsPart) {
	b := v.Together.Breakout
	path := func(below string) string {
		return meetingPath(a.Group, v.Number, "breakouts", strconv.FormatInt(int64(b.ID), 10), below)
	}
	seated := map[member.ID]bool{}
	for _, t := range v.Together.Tables {
		g.All = append(g.All, tableLine(v, t))
		for _, id := range t.People {
			seated[id] = true
		}
	}
	if !v.Facilitates() {
		return
	}
	g.Back = &deskAct{Act: Action{Href: path("back"), Label: lang.M("meeting.groups.back"), Post: true, Guard: p.Guard()}}
	if b.LastMinute(v.Now) {
		g.Back = &deskAct{Act: Action{Label: lang.M("meeting.groups.back")}, No: lang.M("meeting.groups.back_no")}
	}
	who := Choice{Name: "member", Legend: lang.M("meeting.groups.who")}
	for _, id := range byName(v.Present, v.People) {
		if id != v.Me && !seated[id] {
			who.Options = append(who.Options, Option{Value: strconv.FormatInt(int64(id), 10), Label: memberName(v.People[id])})
		}
	}
	if !b.Choice || len(who.Options) == 0 {
		return
	}
	table := Choice{Name: "table", Legend: lang.M("meeting.groups.where")}
	for _, t := range v.Together.Tables {
		table.Options = append(table.Options, Option{Value: strconv.Itoa(t.Number), Label: groupName(t.Card)})
	}
	g.Put = &putForm{Href: path("sit"), Who: who, Table: table, Guard: p.Guard()}
}

// parting is the form that begins small groups.
func (p *meetingPage) parting(c echo.Context, a member.Actor, v meeting.View, wrong map[string]lang.Msg) *partForm {
	typed := slices.ContainsFunc([]string{"groups-question", "groups-minutes", "topics"}, func(name string) bool { return !wrong[name].IsZero() })
	was := func(name, first string) string {
		if typed {
			return value(c, name)
		}
		return first
	}
	f := &partForm{
		Href: meetingPath(a.Group, v.Number, "breakouts"), Guard: p.Guard(), Open: typed,
		Question: Field{
			Name: "groups-question", Label: lang.M("meeting.groups.question"), Hint: lang.M("meeting.groups.question_hint"), Max: meeting.MaxQuestion, Optional: true,
			Wrong: wrong["groups-question"], Value: was("groups-question", ""),
		},
		Minutes: Choice{Name: "groups-minutes", Legend: lang.M("meeting.groups.minutes"), Wrong: wrong["groups-minutes"]},
		How:     Choice{Name: "how", Legend: lang.M("meeting.groups.how")},
		Topics: Field{
			Name: "topics", Label: lang.M("meeting.groups.topics"), Hint: lang.M("meeting.groups.topics_hint", "Min", meeting.LeastTopics, "Max", meeting.MostTopics), Rows: 3, Optional: true,
			Wrong: wrong["topics"], Value: was("topics", ""),
		},
	}
	chosen := was("groups-minutes", "10")
	for _, n := range meeting.GroupMinutes() {
		at := strconv.Itoa(n)
		f.Minutes.Options = append(f.Minutes.Options, Option{Value: at, Label: lang.M("meeting.minutes", "Count", n), Chosen: at == chosen})
	}
	how := was("how", "lot")
	for _, x := range []string{"lot", "choice"} {
		f.How.Options = append(f.How.Options, Option{Value: x, Label: lang.M("meeting.groups.how." + x), Hint: lang.M("meeting.groups.how." + x + ".hint"), Chosen: how == x})
	}
	if v.Together.NoGroups != nil {
		f.No = localSay(a, judge(v.Together.NoGroups).say)
	}
	return f
}

// cards is what small groups wrote: up to the one that is shown, and then all.
func (p *meetingPage) cards(a member.Actor, v meeting.View, b meeting.Breakout, desk bool) cardsPart {
	out := cardsPart{Question: groupAsks(b), None: len(b.Cards) == 0}
	shown := b.Cards
	if at, _ := b.Reads(v.Now); at >= 0 {
		now := cardOf(b.Cards[at])
		out.Now, out.At, shown = &now, lang.M("meeting.groups.at_card", "At", at+1, "Of", len(b.Cards)), b.Cards[:at]
		if desk {
			out.Next = Action{
				Href: meetingPath(a.Group, v.Number, "breakouts", strconv.FormatInt(int64(b.ID), 10), "next"), Label: lang.M("meeting.groups.next"), Post: true, Guard: p.Guard(),
				Send: []Hidden{{"at", strconv.Itoa(at)}},
			}
		}
	}
	for _, card := range shown {
		out.Cards = append(out.Cards, cardOf(card))
	}
	return out
}

// groupsSaid is what is on record of small groups.
func groupsSaid(all []meeting.Breakout) (out []lang.Msg) {
	for _, b := range all {
		out = append(out, lang.M("meeting.groups.said", "Question", groupAsks(b), "Count", b.People, "Tables", b.Tables))
		for _, c := range b.Cards {
			out = append(out, lang.M("meeting.groups.said_card", "Group", groupName(c), "Text", c.Text()))
		}
	}
	return out
}

func breakOut(s *Server, c echo.Context, a member.Actor, n int) error {
	return s.Meetings.BreakOut(c.Request().Context(), a, s.once(c), n, meeting.Parting{
		Question: value(c, "groups-question"), Minutes: int(formNumber(c, "groups-minutes")), Choice: value(c, "how") == "choice", Topics: value(c, "topics"),
	})
}

// groupsAct is meetingAct about small groups.
func groupsAct(do func(s *Server, c echo.Context, a member.Actor, number int, id meeting.BreakoutID) error) func(*Server, echo.Context) error {
	return meetingAct(func(s *Server, c echo.Context, a member.Actor, number int) error {
		id, err := param(c, "breakout")
		if err != nil {
			return err
		}
		return do(s, c, a, number, meeting.BreakoutID(id))
	})
}

func callGroupsBack(s *Server, c echo.Context, a member.Actor, n int, id meeting.BreakoutID) error {
	return s.Meetings.CallGroupsBack(c.Request().Context(), a, n, id)
}

func sitDown(s *Server, c echo.Context, a member.Actor, n int, id meeting.BreakoutID) error {
	who := a.Member.ID
	if value(c, "member") != "" {
		who = member.ID(formNumber(c, "member"))
	}
	return s.Meetings.Sit(c.Request().Context(), a, n, id, who, int(formNumber(c, "table")))
}

func writeCard(s *Server, c echo.Context, a member.Actor, n int, id meeting.BreakoutID) error {
	var was, mine meeting.Lines
	for i := range mine {
		name := meeting.CardField(i)
		was[i], mine[i] = value(c, "was-"+name), value(c, name)
	}
	clashed, err := s.Meetings.WriteCard(c.Request().Context(), a, n, id, int(formNumber(c, "table")), was, mine)
	if err != nil {
		return err
	}
	flash := "meeting.groups.flash.saved"
	if clashed {
		flash = "meeting.groups.flash.both"
	}
	s.flash(c, flash)
	return nil
}

func nextCard(s *Server, c echo.Context, a member.Actor, n int, id meeting.BreakoutID) error {
	at, err := strconv.Atoi(value(c, "at"))
	if err != nil {
		return fault.New(fault.Invalid, "fault.form")
	}
	return s.Meetings.NextCard(c.Request().Context(), a, n, id, at)
}

// screenGroups is small groups on the screen: who is in which, for those without a page.
type screenGroups struct {
	Question lang.Msg
	Last     bool
	Closes   time.Time
	Over     bool
	Groups   []lang.Msg
}

// screenCard is the card that is shown, one at a time.
type screenCard struct {
	cardView
	At lang.Msg
}

// fillGroups is small groups that are under way, or what they wrote. What not everybody may see says nothing of what they talk about.
func (p *screenPage) fillGroups(here member.Actor, v meeting.View, hidden bool) {
	t := v.Together
	if b := t.Breakout; b.ID != 0 {
		g := &screenGroups{Question: groupAsks(b), Closes: local(here, b.Closes), Last: b.LastMinute(v.Now), Over: !v.Now.Before(b.Closes)}
		for _, x := range t.Tables {
			if hidden {
				x.Topic = ""
			}
			g.Groups = append(g.Groups, tableLine(v, x))
		}
		p.Groups, p.Text, p.Topic, p.Plan, p.Say, p.Changed = g, nil, "", nil, nil, false
		p.Speaker, p.Next, p.Pending, p.Script = lang.Msg{}, nil, nil, nil
		if !hidden { // there is room for all of it
			p.Script = []lang.Msg{g.Question}
		}
		p.Fit = screenGroupsFit(len(g.Groups))
		p.at(b.Closes.Add(-meeting.CallBack))
		p.at(b.Closes)
		return
	}
	if hidden || len(t.Breakouts) == 0 || v.Speaker.ID != 0 || p.Vote != nil || p.Result != nil || p.Felt != nil {
		return
	}
	b := t.Breakouts[0]
	at, until := b.Reads(v.Now)
	if at < 0 {
		return
	}
	p.Card = &screenCard{cardOf(b.Cards[at]), lang.M("meeting.groups.at_card", "At", at+1, "Of", len(b.Cards))}
	p.Text, p.Topic, p.Plan, p.Say, p.Changed, p.Script = nil, "", nil, nil, false, nil // each group knows that it is its turn
	p.Fit = 1
	p.at(until)
}

// screenGroupsFit guesses how large the names of so many groups can be.
func screenGroupsFit(groups int) int { return min(4, groups/2+1) }
