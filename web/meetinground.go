package web

import (
	"strconv"

	"folkmoot/internal/floor"
	"folkmoot/internal/lang"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"

	"github.com/labstack/echo/v4"
)

// roundPart is a round that is under way.
type roundPart struct {
	Question lang.Msg
	Say      []lang.Msg
	Stop     Action // on the console, for whoever facilitates
}

// roundForm has everybody be asked in turn.
type roundForm struct {
	Href     string
	Question Field
	Seconds  Choice
	No       lang.Msg // why it cannot be done now
	Guard    Guard
	Open     bool // something is wrong with it
}

// roundAsks is the question of a round.
func roundAsks(r meeting.Round) lang.Msg {
	if r.Question == "" {
		return lang.M("meeting.round")
	}
	return plain(r.Question)
}

// roundWhy says why the reader has their place in a round.
func roundWhy(r meeting.Round, h meeting.Hand) lang.Msg {
	switch {
	case r.Start == 0:
		return meeting.Why(floor.Rounds)
	case h.Lot == 0:
		return lang.M("meeting.round.why_late")
	}
	return lang.M("meeting.round.why", "Start", r.Start, "Number", h.Lot, "Count", r.People)
}

// fillRound is the round that is under way, and on the console how to begin one.
func (p *meetingPage) fillRound(a member.Actor, v meeting.View, wrong map[string]lang.Msg, out *togetherPart) {
	t, runs := v.Together, p.back != "" && v.Facilitates()
	if r := t.Round; r.ID != 0 {
		out.Round = &roundPart{Question: roundAsks(r), Say: []lang.Msg{lang.M("meeting.round.how"), lang.M("meeting.round.each." + strconv.Itoa(r.Seconds))}}
		if runs {
			out.Round.Stop = Action{
				Href: meetingPath(a.Group, v.Number, "rounds", strconv.FormatInt(int64(r.ID), 10), "end"), Label: lang.M("meeting.round.stop"), Post: true, Guard: p.Guard(),
			}
		}
		return
	}
	if !runs || v.Current.ID == 0 || t.Feeling.ID != 0 || t.Breakout.ID != 0 {
		return
	}
	f := &roundForm{
		Href: meetingPath(a.Group, v.Number, "rounds"), Guard: p.Guard(), Open: !wrong["round-question"].IsZero() || !wrong["seconds"].IsZero(),
		Question: Field{
			Name: "round-question", Label: lang.M("meeting.round.question"), Hint: lang.M("meeting.round.question_hint"), Max: meeting.MaxQuestion, Optional: true,
			Wrong: wrong["round-question"],
		},
		Seconds: Choice{Name: "seconds", Legend: lang.M("meeting.round.seconds"), Wrong: wrong["seconds"]},
	}
	for i, n := range meeting.RoundSeconds() {
		at := strconv.Itoa(n)
		f.Seconds.Options = append(f.Seconds.Options, Option{Value: at, Label: lang.M("meeting.round.time." + at), Chosen: i == 0})
	}
	if t.NoRound != nil {
		f.No = localSay(a, judge(t.NoRound).say)
	}
	out.Go = f
}

// fillTurn is what whoever runs the meeting does for somebody in a round who passes, or would rather come later, and has no page to say so.
func (p *consolePage) fillTurn(a member.Actor, v meeting.Console) {
	h := v.Speaker
	if h.ID == 0 && len(v.List) > 0 {
		h = v.Hands[v.List[0].ID]
	}
	if v.Together.Round.ID == 0 || h.Kind != floor.Round || !v.Desk().Runs {
		return
	}
	for _, x := range []struct{ below, label string }{{"pass", "meeting.round.pass_for"}, {"later", "meeting.round.later_for"}} {
		if x.below == "later" && h.Later {
			continue
		}
		act := p.post(a, v, x.label, "", nil, "hands", strconv.FormatInt(h.ID, 10), x.below)
		act.Label = lang.M(x.label, "Name", memberName(v.People[h.Member]))
		p.Speaks.Acts = append(p.Speaks.Acts, deskAct{Act: act})
	}
}

func goRound(s *Server, c echo.Context, a member.Actor, n int) error {
	return s.Meetings.GoRound(c.Request().Context(), a, s.once(c), n, value(c, "round-question"), int(formNumber(c, "seconds")))
}

func endRound(s *Server, c echo.Context, a member.Actor, n int) error {
	id, err := param(c, "round")
	if err != nil {
		return err
	}
	return s.Meetings.StopRound(c.Request().Context(), a, n, meeting.RoundID(id))
}

func passTurn(s *Server, c echo.Context, a member.Actor, n int, id int64) error {
	return s.Meetings.PassTurn(c.Request().Context(), a, n, id)
}

func takeLater(s *Server, c echo.Context, a member.Actor, n int, id int64) error {
	return s.Meetings.TakeLater(c.Request().Context(), a, n, id)
}
