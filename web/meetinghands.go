package web

import (
	"slices"
	"strconv"
	"strings"

	"folkmoot/internal/ballot"
	"folkmoot/internal/decision"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"

	"github.com/labstack/echo/v4"
)

// handsPart is how those without a device vote, and what the reader has to do with it.
type handsPart struct {
	Say   []lang.Msg
	Count *handsForm // for who counts now
	Would Action     // says that the reader would count, or would rather not
}

// handsForm is where a teller writes what they have counted.
type handsForm struct {
	Title  lang.Msg
	Say    []lang.Msg
	Href   string
	Fields []Field // none: they have counted
	Guard  Guard
	Among  int // how many vote by hand: the count is of these
}

// fillHands says how those without a device vote, where there are some, and has who counts their hands write down what they counted. Nobody sees what the
// other has counted, or that they have.
func (p *meetingPage) fillHands(c echo.Context, a member.Actor, v meeting.View, wrong map[string]lang.Msg) {
	r := v.Raising
	if r.Unaided == 0 && r.Vote.ID == 0 {
		return
	}
	f := &handsPart{}
	p.Hands = f
	if r.Counting != nil {
		f.Count = p.handsForm(c, a, v, wrong)
		if len(f.Count.Fields) > 0 && p.back == "" {
			p.Head.Act = Action{Href: "#hands", Label: lang.M("door.hands.now")}
		}
	}
	if r.Vote.ID != 0 {
		f.Say = append(f.Say, lang.M("door.hands.waits", "Count", r.Vote.ByHand, "At", local(a, r.Vote.HandsUntil())))
		if !v.Now.Before(r.Vote.Closes) {
			p.RefreshAt = local(a, r.Vote.HandsUntil())
		}
		return
	}
	f.Say = append(f.Say, lang.M("door.hands.say", "Count", r.Unaided), lang.M("door.hands.seen"), lang.M("door.hands.secret"))
	f.Say = append(f.Say, lang.M("door.hands.willing", "Count", r.Willing))
	if r.Willing < ballot.Tellers {
		f.Say = append(f.Say, lang.M("door.hands.need_two"))
	}
	if !v.Here.HasDevice() || v.Here.Mode != meeting.Room || v.Facilitates() || slices.Contains(v.About, v.Me) {
		return
	}
	would, label := "yes", "door.hands.would"
	if r.Would {
		would, label = "no", "door.hands.not"
	}
	f.Would = Action{
		Href: meetingPath(a.Group, v.Number, "count"), Label: lang.M(label), Post: true, Guard: p.Guard(), Send: []Hidden{{"would", would}},
	}
}

// handsForm is what who counts hands has to do.
func (p *meetingPage) handsForm(c echo.Context, a member.Actor, v meeting.View, wrong map[string]lang.Msg) *handsForm {
	r := v.Raising
	f := &handsForm{Href: meetingPath(a.Group, v.Number, "items", strconv.FormatInt(int64(v.Current.ID), 10), "hands"), Guard: p.Guard(), Title: lang.M("door.hands.now")}
	if r.Counting.Entered {
		h := r.Counting.Mine
		f.Title = lang.M("door.hands.done")
		f.Say = []lang.Msg{lang.M("door.hands.entered", "For", h.For, "Against", h.Against, "Abstain", h.Abstain), lang.M("door.hands.other")}
		if r.Counting.Agreed {
			f.Say[1] = lang.M("door.hands.agree")
		}
		return f
	}
	f.Say, f.Among = []lang.Msg{lang.M("door.hands.now_say", "Count", r.Vote.ByHand)}, r.Vote.ByHand
	if r.Vote.Fewer > 0 {
		f.Say = append(f.Say, lang.M("door.hands.fewer", "Count", r.Vote.Fewer))
	}
	if r.Counting.Again > 0 {
		f.Say = append([]lang.Msg{lang.M("door.hands.again")}, f.Say...)
	}
	for _, choice := range ballot.Choices() {
		name := choice.String()
		field := Field{Name: name, Label: lang.M("ballot." + name), InputMode: "numeric", Short: true, Max: 6, Wrong: wrong[name]}
		if wrong["for"].ID != "" || wrong["against"].ID != "" || wrong["abstain"].ID != "" {
			field.Value = value(c, name)
		}
		f.Fields = append(f.Fields, field)
	}
	return f
}

// wouldCount keeps whether the reader would count hands.
func wouldCount(s *Server, c echo.Context, a member.Actor, n int) error {
	return s.Meetings.WouldCount(c.Request().Context(), a, n, value(c, "would") == "yes")
}

// countHands notes what a teller has counted.
func countHands(s *Server, c echo.Context, a member.Actor, n int, id meeting.ItemID) error {
	var h ballot.Hands
	wrong := map[string]lang.Msg{}
	for _, choice := range ballot.Choices() {
		name := choice.String()
		number, err := strconv.ParseInt(strings.TrimSpace(value(c, name)), 10, 32)
		if err != nil || number < 0 {
			wrong[name] = lang.M("door.hands.number")
		}
		switch choice {
		case ballot.For:
			h.For = number
		case ballot.Against:
			h.Against = number
		case ballot.Abstain:
			h.Abstain = number
		}
	}
	if err := fault.Form(wrong); err != nil {
		return err
	}
	among, err := strconv.Atoi(value(c, "among"))
	if err != nil {
		among = -1 // which no count is of
	}
	_, err = s.Meetings.CountHands(c.Request().Context(), a, n, id, among, h)
	return err
}

// handFacts say what came of a show of hands, and who counted it; nothing where there was none.
func handFacts(v decision.View) []Fact {
	if v.Ballot.ByHand == 0 {
		return nil
	}
	var names []lang.Msg
	for _, id := range v.Tellers {
		names = append(names, memberName(v.People[id]))
	}
	return []Fact{{Label: lang.M("ballot.hands.fact"), Value: ballot.HandsSay(v.Ballot, names)}}
}
