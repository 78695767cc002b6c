package web

import (
	"strconv"
	"time"

	"folkmoot/internal/feeling"
	"folkmoot/internal/lang"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/minutes"

	"github.com/labstack/echo/v4"
)

// togetherPart is what those who are there do together: show how they feel, speak in turn, and talk in small groups.
type togetherPart struct {
	Open *feelingForm // under way
	Felt []feltView   // about what is talked about, the last first
	Ask  *askFeeling  // on the console, for whoever facilitates

	Round *roundPart // under way
	Go    *roundForm // on the console, for whoever facilitates

	Spokes *spokesPart // while groups have one person each who speaks
	Speak  *spokesForm // on the console, for whoever facilitates

	Groups *groupsPart // under way
	Part   *partForm   // on the console, for whoever facilitates
	Reads  *cardsPart  // the card that is shown now
	Cards  []cardsPart // about what is talked about that were shown, the last first
}

// feelingForm shows how the reader feels.
type feelingForm struct {
	Question lang.Msg
	Until    time.Time
	Say      lang.Msg // what the reader chose, or why they cannot
	Points   []Option
	Href     string
	Guard    Guard
}

// feltView is what came of a show of feeling.
type feltView struct {
	Question lang.Msg
	Say      lang.Msg // why nothing is shown
	Bars     []feltBar
}

// feltBar is how many chose a point.
type feltBar struct {
	Label lang.Msg
	Count int
	Width string
}

// askFeeling has people show how they feel.
type askFeeling struct {
	Href  string
	Field Field
	No    lang.Msg // why it cannot be asked now
	Guard Guard
	Open  bool // something is wrong with it
}

// asked is the question of a show of feeling.
func asked(f meeting.Feeling) lang.Msg {
	if f.Question == "" {
		return lang.M("meeting.feeling")
	}
	return plain(f.Question)
}

// fillTogether is what is done together, and what came of it.
func (p *meetingPage) fillTogether(c echo.Context, a member.Actor, v meeting.View, wrong map[string]lang.Msg) {
	t, out := v.Together, &togetherPart{}
	if f := t.Feeling; f.ID != 0 {
		at := local(a, f.Closes)
		o := &feelingForm{Question: asked(f), Until: at, Href: meetingPath(a.Group, v.Number, "feelings", strconv.FormatInt(int64(f.ID), 10)), Guard: p.Guard()}
		switch {
		case !v.Now.Before(f.Closes):
			o.Say = lang.M("meeting.feeling.counting")
		case !v.Here.HasDevice():
			o.Say = lang.M("meeting.feeling.away")
		default:
			if mine := feeling.Point(t.Mine); mine.Is() {
				o.Say = lang.M("meeting.feeling.mine", "Point", mine.Name())
			}
			for _, point := range feeling.Points() {
				o.Points = append(o.Points, Option{Value: strconv.Itoa(int(point)), Label: point.Name(), Chosen: int(point) == t.Mine})
			}
		}
		if v.Now.Before(f.Closes) {
			p.refreshBy(at)
		}
		out.Open = o
	}
	for _, f := range t.Felt {
		out.Felt = append(out.Felt, feltOf(f))
	}
	if p.back != "" && v.Facilitates() && v.Current.ID != 0 && t.Feeling.ID == 0 && t.Round.ID == 0 && t.Breakout.ID == 0 {
		out.Ask = &askFeeling{
			Href: meetingPath(a.Group, v.Number, "feelings"), Guard: p.Guard(), Open: !wrong["question"].IsZero(),
			Field: Field{
				Name: "question", Label: lang.M("meeting.feeling.question"), Hint: lang.M("meeting.feeling.question_hint"), Max: meeting.MaxQuestion, Optional: true, Wrong: wrong["question"],
			},
		}
		if t.No != nil {
			out.Ask.No = localSay(a, judge(t.No).say)
		}
	}
	p.fillRound(a, v, wrong, out)
	p.fillGroups(c, a, v, wrong, out)
	p.fillSpokes(a, v, out)
	p.Together = out
}

func feltOf(f meeting.Feeling) feltView {
	out := feltView{Question: asked(f)}
	if f.State != meeting.FeelingShown {
		out.Say = lang.M("meeting.feeling." + string(f.State))
		return out
	}
	all := f.Sum.Total()
	for _, point := range feeling.Points() {
		n := f.Sum.Of(point)
		out.Bars = append(out.Bars, feltBar{point.Name(), n, strconv.Itoa(n*100/max(1, all)) + "%"})
	}
	return out
}

// togetherSaid is what is on record of what people did together about an item.
func togetherSaid(x minutes.Section) (out []lang.Msg) {
	for _, f := range x.Feelings {
		switch f.State {
		case meeting.FeelingShown:
			s := f.Sum
			out = append(out, lang.M("meeting.feeling.said", "Question", asked(f), "P1", s[0], "P2", s[1], "P3", s[2], "P4", s[3], "P5", s[4]))
		case meeting.FeelingFew:
			out = append(out, lang.M("meeting.feeling.said_few", "Question", asked(f)))
		}
	}
	for _, r := range x.Rounds {
		say := map[meeting.RoundState]string{meeting.RoundDone: "meeting.round.said", meeting.RoundStopped: "meeting.round.said_stopped"}[r.State]
		out = append(out, lang.M(say, "Question", roundAsks(r), "Count", r.Turns))
	}
	return append(append(out, groupsSaid(x.Breakouts)...), spokesSaid(x.Spokes)...)
}

func askForFeeling(s *Server, c echo.Context, a member.Actor, n int) error {
	return s.Meetings.AskFeeling(c.Request().Context(), a, s.once(c), n, value(c, "question"))
}

func showFeeling(s *Server, c echo.Context, a member.Actor, n int) error {
	id, err := param(c, "feeling")
	if err != nil {
		return err
	}
	return s.Meetings.ShowFeeling(c.Request().Context(), a, n, meeting.FeelingID(id), feeling.Point(formNumber(c, "point")))
}

func declineMove(s *Server, c echo.Context, a member.Actor, n int, id meeting.MoveID) error {
	return s.Meetings.DeclineMove(c.Request().Context(), a, n, id)
}
