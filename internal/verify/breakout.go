package verify

import (
	"slices"
	"time"
)

const (
	leastApart  = 8 // people who are shared out among small groups
	mostApart   = 300
	perGroup    = 5
	leastTopics = 2 // where people choose a group
	mostTopics  = 12
	backIn      = time.Minute // that groups have left when they are called back
)

// apartFor are how many minutes small groups can talk.
var apartFor = []time.Duration{8, 10, 12, 15}

var cardLines = []string{"line1", "line2", "line3"}

// apart is people talking in small groups, and what is told of their cards.
type apart struct {
	meeting string
	item    int64
	tables  int64
	topics  []words // nil: the lot shared people out
	closes  time.Time
	open    bool
	cards   int64 // that are still to be told
	last    int64 // whose card was told
}

// aboutGroups checks what is told of small groups: who facilitates has people talk, about what is talked about, for as long as may be; the clock ends it, or a minute's call; and each group has one card.
func (b *book) aboutGroups(e entry, what string) bool {
	d := e.data
	x := b.joint.apart[d.num("breakout")]
	switch {
	case d.str("meeting") != e.of:
		return false
	case what == "begun":
		return x == nil && b.groupsBegun(e)
	case x == nil || x.meeting != e.of:
		return false
	case what == "called":
		closes, ok := d.when("closes")
		ok = ok && x.open && e.by != "" && b.talks(x.meeting, x.item, e.by) && closes.Equal(e.at.Add(backIn)) && closes.Before(x.closes)
		x.closes = closes
		return ok
	case what == "ended":
		how, cards := d.str("how"), d.num("cards")
		ok := x.open && e.by == "" && b.talks(x.meeting, x.item, "") && d.has("people") && d.num("people") >= 0 && d.has("cards") && cards >= 0 && cards <= x.tables &&
			(how == "done" && !e.at.Before(x.closes) || how == "stopped")
		x.open, x.cards = false, cards
		return ok
	}
	return what == "card" && b.cardTold(e, x)
}

func (b *book) groupsBegun(e entry) bool {
	d := e.data
	x := &apart{meeting: e.of, item: d.num("item"), tables: d.num("tables"), open: true}
	for _, v := range d.list("topics") {
		o, _ := v.(map[string]any)
		x.topics = append(x.topics, object(o).words("topic"))
	}
	opens, ok := d.when("opens")
	closes, ok2 := d.when("closes")
	x.closes = closes
	people, want := d.num("people"), int64(len(x.topics))
	if d.flag("choice") {
		ok = ok && want >= leastTopics && want <= mostTopics
	} else {
		ok, want = ok && want == 0 && b.shared("groups", d, x.tables, perGroup), x.tables
	}
	ok = ok && ok2 && d.num("breakout") > 0 && e.by != "" && !b.joint.busy(e.of) && !b.joint.speaks(e.of) && !opens.After(e.at) && slices.Contains(apartFor, closes.Sub(opens)/time.Minute) &&
		closes.Sub(opens)%time.Minute == 0 && people >= leastApart && people <= mostApart && x.tables == want && b.talks(e.of, x.item, e.by)
	b.joint.apart[d.num("breakout")] = x
	return ok
}

// cardTold checks that a card is told once, of a group that there was, with its topic and something on it.
func (b *book) cardTold(e entry, x *apart) bool {
	d := e.data
	number, topic := d.num("number"), d.words("topic")
	if x.open || e.by != "" || x.cards == 0 || number <= x.last || number > x.tables {
		return false
	}
	x.cards, x.last = x.cards-1, number
	want := words{isSet: true}
	if len(x.topics) > 0 {
		want = x.topics[number-1]
	}
	if want.known() && topic.known() && topic.s != want.s {
		return false
	}
	return slices.ContainsFunc(cardLines, d.said)
}
