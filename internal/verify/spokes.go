package verify

const (
	leastSpokes = 29 // people in groups, beside whoever facilitates
	perCircle   = 15
)

// council is that groups have one of them speak.
type council struct {
	meeting string
	item    int64
	open    bool
}

// aboutSpokes checks what is told of spokes: whoever facilitates, or members by a vote, have groups of enough people each have one of them speak about what is talked about; until the item ends, or all speak
// again.
func (b *book) aboutSpokes(e entry, what string) bool {
	d := e.data
	id, item := d.num("spokes"), d.num("item")
	x := b.joint.spokes[id]
	switch {
	case d.str("meeting") != e.of:
		return false
	case what == "begun":
		opens, ok := d.when("opens")
		ok = ok && x == nil && id > 0 && e.by != "" && !b.joint.busy(e.of) && !b.joint.speaks(e.of) && !opens.After(e.at) && d.num("people") >= leastSpokes &&
			b.shared("spokes", d, d.num("circles"), perCircle) && b.carriedBy(e, "spokes", item)
		b.joint.spokes[id] = &council{e.of, item, true}
		return ok
	case what != "ended" || x == nil || !x.open || x.meeting != e.of:
		return false
	}
	x.open = false
	switch d.str("how") {
	case "done":
		return e.by == "" && !d.has("move") && b.talks(e.of, x.item, "")
	case "stopped":
		return e.by != "" && b.carriedBy(e, "all_speak", x.item)
	}
	return false
}

// speaks says whether groups in a meeting have one of them speak.
func (j jointly) speaks(meeting string) bool {
	for _, x := range j.spokes {
		if x.open && x.meeting == meeting {
			return true
		}
	}
	return false
}
