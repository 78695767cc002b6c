package web

import (
	"slices"
	"strconv"
	"time"

	"folkmoot/internal/lang"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/procedure"
	"folkmoot/internal/script"
	"folkmoot/internal/tally"

	"github.com/labstack/echo/v4"
)

// scriptPart is what should happen now: the sentences that whoever facilitates reads out, which everybody sees.
type scriptPart struct {
	Lines []lang.Msg
	Vice  lang.Msg // that the second facilitator reads them out
	Said  Action   // for whoever reads them out
}

// wantedPart is what is asked of those who are there now, before anything else (practice.md §5.2): the vote on what is talked about, and what members have asked for about how the meeting goes
// on, that on which they vote first.
type wantedPart struct {
	Item    string
	Vote    Link
	VoteSay lang.Msg
	Done    bool // the reader has voted, and can change it
	Open    []openMove
	Votes   bool // there is a vote, which nothing may push off the first screen of a phone
}

// movesPart is the rules and the order: what the reader can ask about how the meeting goes on, and what came of what was asked.
type movesPart struct {
	Offers  []moveForm
	Not     []barredMoves
	Settled []lang.Msg // what came of others, the last first
}

// openMove is a move that waits, or is voted on.
type openMove struct {
	Name   lang.Msg
	Facts  []lang.Msg
	Acts   []Action // support it, take it back, put it to the vote
	No     lang.Msg // why there can be no vote on it now
	Until  time.Time
	Vote   []Option // the reader's answers
	Voted  lang.Msg
	Href   string // of the vote or the ruling
	Guard  Guard
	Ruling *rulingForm
}

// rulingForm gives a ruling.
type rulingForm struct{ Text, Rule Field }

// barredMoves is which moves are not in order for the same reasons.
type barredMoves struct {
	Names   []lang.Msg
	Say     []lang.Msg
	reasons []procedure.Reason
}

// moveForm makes a move.
type moveForm struct {
	Kind    string
	Name    lang.Msg
	Say     lang.Msg
	Facts   []lang.Msg // support, majority
	Fields  []Field
	Choices []Choice
	Ticks   []Tick
	Href    string
	Guard   Guard
	Do      lang.Msg
	Opened  bool // something is wrong with it
	Other   bool // the meeting goes on at another time
}

// fillScript says what should happen now.
func (p *meetingPage) fillScript(a member.Actor, v meeting.View) {
	r := v.Reading
	s := &scriptPart{}
	for _, l := range r.Lines {
		s.Lines = append(s.Lines, script.Quoted(localSay(a, l)))
	}
	if r.Reader == procedure.Vice {
		s.Vice = lang.M("meeting.moves.vice_reads")
	}
	if r.Mine && r.Said {
		s.Said = Action{Href: meetingPath(a.Group, v.Number, "said"), Label: lang.M("meeting.moves.said"), Post: true, Guard: p.Guard(), Send: []Hidden{
			{"cue", string(r.Cue)}, {"move", strconv.FormatInt(int64(r.Of), 10)},
		}}
	}
	p.Script = s
}

// fillMoves is the part about the rules and the order.
func (p *meetingPage) fillMoves(a member.Actor, v meeting.View, wrong map[string]lang.Msg) {
	m := &movesPart{}
	for _, mv := range v.Moves {
		line := p.openMove(a, v, mv, wrong)
		if mv.State != meeting.MoveVoting {
			p.Wanted.Open = append(p.Wanted.Open, line)
			continue
		}
		p.Wanted.Open, p.Wanted.Votes = append([]openMove{line}, p.Wanted.Open...), true
		if v.Now.Before(mv.Closes) {
			p.refreshBy(local(a, mv.Closes))
		}
	}
	for _, o := range v.Offers {
		if len(o.No) > 0 {
			m.bar(o)
			continue
		}
		f := p.moveForm(a, v, o, wrong)
		if o.Kind == procedure.Adjourn { // for some minutes, or to another time
			f = p.pauseForm(f)
			m.Offers = append(m.Offers, p.adjournForm(a, v, f, wrong))
		}
		m.Offers = append(m.Offers, f)
	}
	for _, mv := range v.Settled {
		m.Settled = append(m.Settled, localSay(a, mv.Came(v.Settled)))
	}
	if len(m.Offers)+len(m.Not)+len(m.Settled) > 0 {
		p.Moves = m
	}
}

// bar adds a move that is not in order beside those that are not for the same reasons, so that each is read once.
func (m *movesPart) bar(o meeting.Offer) {
	i := slices.IndexFunc(m.Not, func(b barredMoves) bool { return slices.Equal(b.reasons, o.No) })
	if i < 0 {
		b := barredMoves{reasons: o.No}
		for _, r := range o.No {
			b.Say = append(b.Say, r.Say())
		}
		m.Not, i = append(m.Not, b), len(m.Not)
	}
	m.Not[i].Names = append(m.Not[i].Names, o.Kind.Name())
}

func (p *meetingPage) openMove(a member.Actor, v meeting.View, mv meeting.MoveLine, wrong map[string]lang.Msg) openMove {
	path := func(below string) string {
		return meetingPath(a.Group, v.Number, "moves", strconv.FormatInt(int64(mv.ID), 10), below)
	}
	post := func(below, label string, main bool) Action {
		return Action{Href: path(below), Label: lang.M(label), Post: true, Guard: p.Guard(), Main: main}
	}
	o := openMove{Name: localSay(a, mv.Name()), Facts: []lang.Msg{lang.M("meeting.moves.by", "Name", memberName(v.People[mv.By]))}, Guard: p.Guard()}
	o.Facts = append(o.Facts, namedSay(a, v, mv.Move)...)
	if v.Raising.Unaided > 0 && procedure.Votes(mv.Kind, false) != procedure.Nobody {
		o.Facts = append(o.Facts, lang.M("meeting.moves.devices"))
	}
	switch {
	case mv.State == meeting.MoveVoting:
		o.Until = local(a, mv.Closes)
		o.Facts = append(o.Facts, majoritySay(mv.Majority))
		switch {
		case !mv.OnRoll:
			o.Voted = lang.M("meeting.moves.counting")
		case mv.Answer != "":
			o.Voted = lang.M("meeting.moves.you." + string(mv.Answer))
		default:
			o.Href = path("answer")
			o.Vote = []Option{{Value: string(meeting.Yes), Label: lang.M("meeting.moves.yes")}, {Value: string(meeting.No), Label: lang.M("meeting.moves.no")}}
		}
		return o
	case mv.Kind == procedure.Feeling:
		o.Facts = append(o.Facts, lang.M("meeting.moves.chair_decides"))
		if v.Facilitates() {
			o.Acts = append(o.Acts, Action{Href: meetingPath(a.Group, v.Number, "feelings"), Label: lang.M("meeting.feeling.do"), Post: true, Guard: p.Guard(), Main: true}, post("decline", "meeting.moves.decline", false))
		}
	case mv.Ready.IsZero():
		o.Facts = append(o.Facts, lang.M("meeting.moves.needs", "Count", mv.Needed-mv.Support))
	case mv.Put:
		o.Acts = append(o.Acts, post("put", "meeting.moves.put", true))
	case mv.No != nil:
		o.No = localSay(a, judge(mv.No).say)
	case mv.Runner != 0:
		o.Facts = append(o.Facts, lang.M("meeting.moves.runner", "Name", memberName(v.People[mv.Runner])))
	}
	if mv.Kind == procedure.GoRound && v.Facilitates() && v.Together.NoRound == nil {
		o.Facts = append(o.Facts, lang.M("meeting.round.move_now"))
		begin := Action{
			Href: meetingPath(a.Group, v.Number, "rounds"), Label: lang.M("meeting.round.move_do"), Post: true, Guard: p.Guard(), Main: true,
			Send: []Hidden{{"seconds", strconv.Itoa(mv.Minutes * int(time.Minute/time.Second))}},
		}
		for i := range o.Acts {
			o.Acts[i].Main = false
		}
		o.Acts = append([]Action{begin}, o.Acts...)
	}
	if mv.Alone {
		o.Facts = append(o.Facts, lang.M("meeting.moves.alone"))
	}
	if below, can := spokesMove(v, mv); can {
		o.Facts = append(o.Facts, lang.M("meeting.spokes.move_now"))
		o.Acts = append([]Action{{Href: meetingPath(a.Group, v.Number, below...), Label: lang.M("meeting.spokes.move_do"), Post: true, Guard: p.Guard()}}, o.Acts...)
	}
	if mv.May {
		o.Acts = append(o.Acts, post("support", "meeting.moves.support", true))
	}
	if mv.By == v.Me {
		o.Acts = append(o.Acts, post("back", "meeting.moves.back", false))
	}
	if mv.Kind == procedure.RulesQuestion && v.Facilitates() {
		o.Href = path("rule")
		o.Ruling = &rulingForm{
			Text: Field{Name: "ruling", Label: lang.M("meeting.moves.ruling"), Max: meeting.MaxRuling, Wrong: wrong["ruling"]},
			Rule: Field{Name: "ruling-rule", Label: lang.M("meeting.moves.ruling_rule"), Hint: lang.M("meeting.moves.ruling_hint"), Max: meeting.MaxRule, Wrong: wrong["ruling-rule"]},
		}
	}
	return o
}

// namedSay says what is named with a move.
func namedSay(a member.Actor, v meeting.View, mv meeting.Move) (out []lang.Msg) {
	switch mv.Kind {
	case procedure.RulesQuestion:
		if mv.Rule != "" {
			out = append(out, lang.M("meeting.moves.about", "Text", mv.Rule))
		}
		if mv.Safety {
			out = append(out, lang.M("meeting.moves.safety_is"))
		}
	case procedure.Replace:
		out = append(out, extentSay(mv.Whole))
	case procedure.MoreTime:
		out = append(out, lang.M("meeting.moves.more", "Count", mv.Minutes), extentSay(mv.Whole))
	case procedure.GoRound:
		out = append(out, lang.M("meeting.round.move_each", "Count", mv.Minutes))
	case procedure.Adjourn:
		if !mv.At.IsZero() {
			out = append(out, lang.M("meeting.adjourn.goes_on", "Count", mv.Minutes))
		}
	case procedure.ComeBack:
		out = append(out, lang.M("meeting.moves.comes", "At", local(a, mv.At)))
	case procedure.NotUrgent:
		out = append(out, mv.Kind.Say())
	case procedure.Reorder:
		for _, it := range v.Items {
			if it.ID == mv.First {
				out = append(out, lang.M("meeting.moves.first_is", "Item", itemTitle(v, it)))
			}
		}
	case procedure.Challenge:
		for _, q := range v.Settled {
			if q.ID == mv.Of {
				out = append(out, lang.M("meeting.moves.ruling_is", "Text", q.Ruling, "Rule", q.RuledBy))
			}
		}
	}
	return out
}

func extentSay(whole bool) lang.Msg {
	if whole {
		return lang.M("meeting.moves.for_meeting")
	}
	return lang.M("meeting.moves.for_item")
}

func itemTitle(v meeting.View, it meeting.Item) string {
	if it.Motion != 0 {
		return v.Motions[it.Motion].Title
	}
	return it.Title
}

// majoritySay says how many it takes.
func majoritySay(r tally.Rule) lang.Msg {
	if r == tally.TwoThirds() {
		return lang.M("meeting.moves.two_thirds")
	}
	return lang.M("meeting.moves.simple")
}

// moveForm is the form with which the reader makes a move that is in order.
func (p *meetingPage) moveForm(a member.Actor, v meeting.View, o meeting.Offer, wrong map[string]lang.Msg) moveForm {
	f := moveForm{Kind: string(o.Kind), Name: o.Kind.Name(), Say: o.Kind.Say(), Href: meetingPath(a.Group, v.Number, "moves"), Do: lang.M("meeting.moves.make", "Move", o.Kind.Name())}
	f.Guard = p.Guard()
	row, _ := procedure.Find(o.Kind)
	if n := meeting.Supporters(o.Kind); n > 1 {
		f.Facts = append(f.Facts, lang.M("meeting.moves.supporter"))
	}
	if procedure.Votes(o.Kind, false) != procedure.Nobody {
		f.Facts = append(f.Facts, majoritySay(row.Majority))
	}
	extent := func(wrongAt string) Choice {
		c := Choice{Name: "extent", Legend: lang.M("meeting.moves.extent"), Wrong: wrong[wrongAt]}
		if v.Current.ID != 0 {
			c.Options = append(c.Options, Option{Value: "item", Label: lang.M("meeting.moves.for_item")})
		}
		c.Options = append(c.Options, Option{Value: "meeting", Label: lang.M("meeting.moves.for_meeting")})
		return c
	}
	switch o.Kind {
	case procedure.RulesQuestion:
		f.Fields = []Field{{Name: "about", Label: lang.M("meeting.rules_about"), Hint: lang.M("meeting.rules_about_hint"), Max: meeting.MaxRule, Wrong: wrong["about"]}}
		f.Ticks = []Tick{{Name: "safety", Label: lang.M("meeting.moves.safety")}}
		f.Do = lang.M("meeting.rules_ask")
		f.Opened = !wrong["about"].IsZero()
	case procedure.Replace:
		f.Choices = []Choice{extent("extent")}
		f.Opened = !wrong["extent"].IsZero()
	case procedure.MoreTime:
		f.Choices = []Choice{minutesChoice("move-minutes", wrong, 5, 10, 15, 20, 30)}
		if !v.Stopped {
			f.Ticks = []Tick{{Name: "whole", Label: lang.M("meeting.moves.whole")}}
		}
		f.Facts = []lang.Msg{lang.M("meeting.moves.more_rule")}
		f.Opened = !wrong["move-minutes"].IsZero()
	case procedure.GoRound:
		c := minutesChoice("round-minutes", wrong, 1, meeting.MostTurn)
		c.Legend, c.Options[0].Chosen = lang.M("meeting.round.move_time"), true
		f.Choices, f.Facts = []Choice{c}, append(f.Facts, lang.M("meeting.round.move_how"))
		f.Opened = !wrong["round-minutes"].IsZero()
	case procedure.Spokes, procedure.AllSpeak:
		f.Facts = append(f.Facts, lang.M("meeting.spokes.move_how"))
	case procedure.Adjourn:
		f.Choices = []Choice{minutesChoice("break-minutes", wrong, 5, 10, 15, 30, 60)}
		f.Opened = !wrong["break-minutes"].IsZero()
	case procedure.ComeBack:
		f.Fields = []Field{{Name: "move-date", Type: "date", Label: lang.M("meeting.moves.date"), Hint: lang.M("meeting.moves.date_hint"), Short: true, Wrong: wrong["move-date"]}}
		f.Opened = !wrong["move-date"].IsZero()
	case procedure.Reorder:
		c := Choice{Name: "first", Legend: lang.M("meeting.moves.first"), Wrong: wrong["first"]}
		waiting := 0
		for _, it := range v.Items {
			if it.State != meeting.Waiting {
				continue
			}
			if waiting++; waiting > 1 {
				c.Options = append(c.Options, Option{Value: strconv.FormatInt(int64(it.ID), 10), Label: plain(itemTitle(v, it))})
			}
		}
		f.Choices = []Choice{c}
		f.Opened = !wrong["first"].IsZero()
	}
	return f
}

func minutesChoice(name string, wrong map[string]lang.Msg, minutes ...int) Choice {
	c := Choice{Name: name, Legend: lang.M("meeting.moves.minutes"), Wrong: wrong[name]}
	for _, n := range minutes {
		c.Options = append(c.Options, Option{Value: strconv.Itoa(n), Label: lang.M("meeting.minutes", "Count", n)})
	}
	return c
}

// moveAct is meetingAct about a move.
func moveAct(do func(s *Server, c echo.Context, a member.Actor, number int, id meeting.MoveID) error) func(*Server, echo.Context) error {
	return meetingAct(func(s *Server, c echo.Context, a member.Actor, number int) error {
		id, err := param(c, "move")
		if err != nil {
			return err
		}
		return do(s, c, a, number, meeting.MoveID(id))
	})
}

// formNumber is a number of a form; 0 for what is none.
func formNumber(c echo.Context, name string) int64 {
	n, err := strconv.ParseInt(value(c, name), 10, 31)
	if err != nil {
		return 0
	}
	return n
}

func makeMove(s *Server, c echo.Context, a member.Actor, n int) error {
	k := procedure.Kind(value(c, "kind"))
	named := meeting.Named{
		Rule: value(c, "about"), Safety: value(c, "safety") == "yes", Whole: value(c, "extent") == "meeting" || value(c, "whole") == "yes",
		Part: value(c, "extent") == "item", Minutes: int(formNumber(c, "move-minutes")), First: meeting.ItemID(formNumber(c, "first")),
	}
	switch k {
	case procedure.Adjourn:
		named.Minutes, named.Other = int(formNumber(c, "break-minutes")), value(c, "other") == "yes"
		if named.Other {
			named.At, named.Minutes = typedTime(c, a, "sit-date", "sit-time"), typedLength(c, "sit-length")
		}
	case procedure.GoRound:
		named.Minutes = int(formNumber(c, "round-minutes"))
	}
	zone := time.UTC
	if a.Group.Zone != nil {
		zone = a.Group.Zone
	}
	if at, err := time.ParseInLocation(time.DateOnly, value(c, "move-date"), zone); err == nil && k != procedure.Adjourn {
		named.At = at
	}
	return s.Meetings.MakeMove(c.Request().Context(), a, s.once(c), n, k, named)
}

func supportMove(s *Server, c echo.Context, a member.Actor, n int, id meeting.MoveID) error {
	return s.Meetings.SupportMove(c.Request().Context(), a, n, id)
}

func takeMoveBack(s *Server, c echo.Context, a member.Actor, n int, id meeting.MoveID) error {
	return s.Meetings.TakeMoveBack(c.Request().Context(), a, n, id)
}

func putMove(s *Server, c echo.Context, a member.Actor, n int, id meeting.MoveID) error {
	return s.Meetings.PutMove(c.Request().Context(), a, n, id)
}

func answerMove(s *Server, c echo.Context, a member.Actor, n int, id meeting.MoveID) error {
	return s.Meetings.AnswerMove(c.Request().Context(), a, n, id, meeting.Answer(value(c, "answer")))
}

func ruleMove(s *Server, c echo.Context, a member.Actor, n int, id meeting.MoveID) error {
	return s.Meetings.RuleMove(c.Request().Context(), a, n, id, value(c, "ruling"), value(c, "ruling-rule"))
}

func sayScript(s *Server, c echo.Context, a member.Actor, n int) error {
	return s.Meetings.Said(c.Request().Context(), a, n, meeting.MoveID(formNumber(c, "move")), script.Cue(value(c, "cue")))
}
