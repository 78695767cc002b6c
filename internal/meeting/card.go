package meeting

import (
	"context"
	"strconv"
	"strings"
	"time"

	"folkmoot/internal/fault"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
)

// Limits of a card: it has three lines, for all others to read from a screen (practice.md §2.5.5).
const (
	CardLines = 3
	MaxLine   = 140
)

// Lines are what is on a card.
type Lines [CardLines]string

// Card is what a small group has written for all others.
type Card struct {
	Number int    // of the group
	Topic  string // that the group was about, where people chose; "": all had the same
	Lines  Lines
}

func (c Card) empty() bool { return c.Lines == Lines{} }

// Said returns the lines on which something is written.
func (c Card) Said() (out []string) {
	for _, l := range c.Lines {
		if l != "" {
			out = append(out, l)
		}
	}
	return out
}

// Text is what is on a card, in one line.
func (c Card) Text() string { return strings.Join(c.Said(), " · ") }

// between stands between what two people have written in the same line.
const between = " / "

// join joins what somebody has written with what others have saved meanwhile, line by line. was is what they wrote on from. Where both changed a line, both stand there, and clashed is true.
func (now Lines) join(was, mine Lines) (out Lines, clashed bool) {
	for i := range now {
		switch {
		case mine[i] == was[i] || mine[i] == now[i]:
			out[i] = now[i]
		case now[i] == was[i]:
			out[i] = mine[i]
		case now[i] == "" || mine[i] == "": // one of them emptied it, and what the other wrote is not lost
			out[i] = now[i] + mine[i]
		case strings.Contains(between+now[i]+between, between+mine[i]+between): // the same form sent again
			out[i], clashed = now[i], true
		default:
			out[i], clashed = now[i]+between+mine[i], true
		}
	}
	return out, clashed
}

// since returns the lines that are other than they were.
func (l Lines) since(was Lines) (out Lines) {
	for i := range l {
		if l[i] != was[i] {
			out[i] = l[i]
		}
	}
	return out
}

// CardField names the field of a form in which a line of a card is, from 0.
func CardField(i int) string { return "line" + strconv.Itoa(i+1) }

// CardTopic is what those follow who are in a group with the number, to hear that its card has changed.
func (m Meeting) CardTopic(table int) string {
	return "card/" + strconv.Itoa(m.Number) + "-" + strconv.Itoa(table)
}

// WriteCard keeps what the actor writes on the card of their group, which is that with the number table; was is what they wrote on from. What others have saved meanwhile stays: where both wrote in the
// same line, both stand there, and clashed is true. It returns what running does, fault.NotFound for what are no groups of the meeting, fault.Invalid with a field for each line that is too long
// (CardField), fault.Denied for who is in another group by now or in none, and fault.Conflict once the groups are over.
func (s *Service) WriteCard(ctx context.Context, a member.Actor, number int, id BreakoutID, table int, was, mine Lines) (clashed bool, err error) {
	if mine, err = mine.check(); err != nil {
		return false, err
	}
	err = s.quietly(ctx, a, number, func(in *room) error {
		b, err := in.breakoutOf(id)
		if err != nil {
			return err
		}
		if b.State != BreakoutOpen {
			return fault.New(fault.Conflict, "meeting.groups.over_card", "Text", Card{Lines: mine.since(was)}.Text())
		}
		p, err := partedOf(in.tx, b)
		if err != nil {
			return err
		}
		t := p.of(in.a.Member.ID)
		if t.Number == 0 || t.Number != table {
			return fault.New(fault.Denied, "meeting.groups.not_yours")
		}
		var joined Lines
		joined, clashed = t.Lines.join(was, mine)
		if joined, err = joined.check(); err != nil || joined == t.Lines {
			return err
		}
		t.Lines = joined
		log, topic := in.a.Group.Log(), in.m.CardTopic(t.Number)
		in.tx.After(func() { in.changed(log, topic) }) // and not all who are there
		return putCard(in.tx, b.ID, t)
	})
	return clashed, err
}

// check returns the lines as they are kept, or what is wrong with them.
func (l Lines) check() (Lines, error) {
	w := wrongs{}
	for i := range l {
		l[i] = w.line(CardField(i), l[i], MaxLine, false)
	}
	return l, fault.Form(w)
}

// endCard puts a card on record.
func (in *room) endCard(b Breakout, c Card) error {
	if err := insertCard(in.tx, b.ID, c); err != nil {
		return err
	}
	d := ledger.Data{"meeting": in.m.Ref(), "breakout": int64(b.ID), "number": c.Number, "topic": ledger.Text(c.Topic)}
	for i, l := range c.Lines {
		d[CardField(i)] = ledger.Text(l)
	}
	return in.note("breakout.card", "", d)
}

// NextCard shows the next card in place of the one with the number at, from 0. Where another is shown by now, nothing changes. It returns what running does, fault.Denied for who does not run the
// meeting, and fault.NotFound for what were no groups of it.
func (s *Service) NextCard(ctx context.Context, a member.Actor, number int, id BreakoutID, at int) error {
	return s.running(ctx, a, number, func(in *room) error {
		b, err := in.breakoutOf(id)
		if err != nil {
			return err
		}
		if err := in.runs(); err != nil {
			return err
		}
		if reads, _ := b.Reads(in.tx.Now); reads != at || reads < 0 {
			return nil
		}
		b.shown, b.shownAt = at+1, in.tx.Now
		in.cardsSeen(b)
		return showCard(in.tx, b)
	})
}

// cardsSeen has those who look at the meeting look again whenever the next card is shown by itself.
func (in *room) cardsSeen(b Breakout) {
	log, ref := in.a.Group.Log(), in.m.Ref()
	in.tx.After(func() {
		for i := b.shown; i < len(b.Cards); i++ {
			in.signalled(log, ref, b.shownAt.Add(time.Duration(i-b.shown+1)*CardTime))
		}
	})
}
