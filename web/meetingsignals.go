package web

import (
	"time"

	"folkmoot/internal/lang"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/signal"

	"github.com/labstack/echo/v4"
)

// signalPart is what people show without a word, and what the reader can.
type signalPart struct {
	Given []signalLine // on the console all of it, and elsewhere what is for all
	Say   lang.Msg     // what the reader signals
	Until time.Time    // it fades
	Kinds []signalKey
	Note  lang.Msg // why some are not offered now
	Href  string
	Guard Guard
}

// signalLine is how many give a signal.
type signalLine struct {
	Kind signal.Kind
	Say  lang.Msg
	Read lang.Msg // what whoever facilitates can say; on the console
}

// signalKey gives a signal.
type signalKey struct {
	Kind   signal.Kind
	Label  lang.Msg
	Chosen bool
}

// fillSignals is what people signal; on the meeting's page also how the reader does.
func (p *meetingPage) fillSignals(a member.Actor, v meeting.View) {
	x, out := v.Signals, &signalPart{}
	console := p.back != ""
	for _, k := range signal.Kinds() {
		n := x.Given[k]
		if n == 0 || !console && !k.ForAll() {
			continue
		}
		line := signalLine{Kind: k, Say: lang.M("meeting.signal.count."+string(k), "Count", n)}
		if console && !k.Opinion() {
			line.Read = lang.M("meeting.signal.read." + string(k))
		}
		out.Given = append(out.Given, line)
	}
	if !console {
		out.Href, out.Guard = meetingPath(a.Group, v.Number, "signals"), p.Guard()
		out.Guard.Back = toSignals
		for _, k := range x.May {
			out.Kinds = append(out.Kinds, signalKey{k, k.Name(), k == x.Mine})
		}
		if len(x.May) > 0 && len(x.May) < len(signal.Kinds()) {
			out.Note = lang.M("meeting.signal.voting")
		}
		if x.Mine != "" {
			out.Say, out.Until = lang.M("meeting.signal.mine", "Signal", x.Mine.Name()), local(a, x.Until)
			p.refreshBy(out.Until)
		}
	}
	if len(out.Given) > 0 || len(out.Kinds) > 0 {
		p.Signals = out
	}
}

// giveSignal gives a signal, or with none takes back the one there is.
func giveSignal(s *Server, c echo.Context, a member.Actor, n int) error {
	return s.Meetings.Signal(c.Request().Context(), a, n, signal.Kind(value(c, "kind")))
}
