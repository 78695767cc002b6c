package audit

import (
	"fmt"
	"strings"
)

// togetherBook is what the entries say of what people did together in meetings.
type togetherBook struct {
	feelings map[string]row // by their number
	rounds   map[string]row
	apart    map[string]row // small groups
	spokes   map[string]row
	cards    map[string]row
}

func newTogetherBook() togetherBook {
	return togetherBook{map[string]row{}, map[string]row{}, map[string]row{}, map[string]row{}, map[string]row{}}
}

// together are the tables that have it.
func (b *togetherBook) tables() []filled {
	return []filled{{meetingFeelings, b.feelings}, {meetingRounds, b.rounds}, {meetingBreakouts, b.apart}, {meetingSpokes, b.spokes}, {meetingCards, b.cards}}
}

// filled is a table, and what it has to have.
type filled struct {
	t    table
	rows map[string]row
}

func (b *togetherBook) note(e entry) {
	switch area, _, _ := strings.Cut(e.kind, "."); area {
	case "feeling":
		b.noteFeeling(e)
	case "round":
		b.noteRound(e)
	case "breakout":
		b.noteBreakout(e)
	case "spokes":
		b.noteSpokes(e)
	}
}

func (b *togetherBook) noteSpokes(e entry) {
	d := e.data
	name := fmt.Sprint(d.num("spokes"))
	x := b.spokes[name]
	if e.kind == "spokes.begun" || x == nil {
		x = row{
			"meeting_id": numeral(numberOf(d.str("meeting"))), "item_id": someItem(d.num("item")), "by_id": e.by, "circles": d.num("circles"), "people": d.num("people"),
			"state": "open", "opens_at": d.time("opens"), "ended_at": instant{},
		}
		b.spokes[name] = x
	}
	if e.kind == "spokes.ended" {
		x["state"], x["ended_at"] = d.str("how"), e.at
	}
}

func (b *togetherBook) noteBreakout(e entry) {
	d := e.data
	name := fmt.Sprint(d.num("breakout"))
	if e.kind == "breakout.card" {
		b.cards[fmt.Sprint(name, " ", d.num("number"))] = row{
			"topic": d.words("topic"), "line1": d.words("line1"), "line2": d.words("line2"), "line3": d.words("line3"),
		}
		return
	}
	x := b.apart[name]
	if e.kind == "breakout.begun" || x == nil {
		x = row{
			"meeting_id": numeral(numberOf(d.str("meeting"))), "item_id": someItem(d.num("item")), "by_id": e.by, "question": d.words("question"), "choice": d.flag("choice"),
			"tables": d.num("tables"), "state": "open", "opens_at": d.time("opens"), "closes_at": instant{}, "ended_at": instant{}, "people": d.num("people"),
		}
		b.apart[name] = x
	}
	switch e.kind {
	case "breakout.begun", "breakout.called":
		x["closes_at"] = d.time("closes")
	case "breakout.ended":
		x["state"], x["ended_at"], x["people"] = d.str("how"), e.at, d.num("people")
	}
}

func (b *togetherBook) noteRound(e entry) {
	d := e.data
	name := fmt.Sprint(d.num("round"))
	r := b.rounds[name]
	if e.kind == "round.begun" || r == nil {
		r = row{
			"meeting_id": numeral(numberOf(d.str("meeting"))), "item_id": someItem(d.num("item")), "by_id": e.by, "question": d.words("question"),
			"seconds": d.num("seconds"), "state": "open", "opens_at": d.time("opens"), "ended_at": instant{}, "start": d.num("start"), "people": d.num("people"), "turns": int64(0),
		}
		b.rounds[name] = r
	}
	if e.kind == "round.ended" {
		r["state"], r["ended_at"], r["people"], r["turns"] = d.str("how"), e.at, d.num("people"), d.num("turns")
	}
}

func (b *togetherBook) noteFeeling(e entry) {
	d := e.data
	name := fmt.Sprint(d.num("feeling"))
	f := b.feelings[name]
	if e.kind == "feeling.asked" || f == nil {
		f = row{
			"meeting_id": numeral(numberOf(d.str("meeting"))), "item_id": someItem(d.num("item")), "by_id": e.by, "question": d.words("question"), "state": "open",
			"opens_at": d.time("opens"), "closes_at": d.time("closes"), "ended_at": instant{},
			"p1": int64(0), "p2": int64(0), "p3": int64(0), "p4": int64(0), "p5": int64(0),
		}
		b.feelings[name] = f
	}
	if e.kind == "feeling.ended" {
		f["state"], f["ended_at"] = d.str("how"), e.at
		for _, p := range []string{"p1", "p2", "p3", "p4", "p5"} {
			f[p] = d.num(p)
		}
	}
}
