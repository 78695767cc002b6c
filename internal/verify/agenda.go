package verify

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// What meetings talk about, in which order (practice.md §2.5.4): worked out again from the entries and the lot.

// point is something that meetings talk about.
type point struct {
	id, minutes, carried int64
	kind, motion, by     string
	meeting, state       string // meeting: "" while it waits for the next
	since                time.Time
	aside                string // who facilitated and handed over to speak about it
	urgent               bool   // the notice said that it cannot wait
	dated                bool   // it comes before a meeting from a date on
	hearing
}

// topic takes down what somebody puts down for the next meeting, or takes back.
func (b *book) topic(e entry) bool {
	id := e.data.num("item")
	it := b.assembly.points[id]
	if e.kind == "topic.put" {
		b.assembly.points[id] = &point{id: id, kind: "topic", by: e.by, minutes: e.data.num("minutes"), since: e.at, state: "waiting"}
		return it == nil && b.isMember(e.by)
	}
	ok := it != nil && it.by == e.by && it.state == "waiting" && it.meeting == ""
	if ok {
		it.state = "withdrawn"
	}
	return ok
}

// gathered takes down what is on the agenda: what waited for a meeting, all of it, and proposals that were put on it.
func (b *book) gathered(e entry, m *gathering) bool {
	waiting, taken := 0, 0
	for _, it := range b.assembly.points {
		if it.meeting == "" && it.state == "waiting" && !it.dated {
			waiting++
		}
	}
	for _, v := range e.data.list("items") {
		o, _ := v.(map[string]any)
		line := object(o)
		id, since := line.num("item"), time.Time{}
		since, _ = line.when("since")
		it := b.assembly.points[id]
		switch {
		case it != nil:
			if it.meeting != "" || it.state != "waiting" || it.minutes != line.num("minutes") || it.carried != line.num("carried") || it.kind != line.str("kind") {
				return false
			}
			if !it.dated {
				taken++
			}
		case b.only == "" && !b.isNew(line, m, len(m.items)):
			return false
		default:
			it = &point{id: id, kind: line.str("kind"), motion: line.str("motion"), minutes: line.num("minutes"), carried: line.num("carried"), since: since, state: "waiting", urgent: line.flag("urgent")}
			b.assembly.points[id] = it
		}
		if line.flag("urgent") && (it.kind != "proposal" || !it.urgent || e.by == "" || b.only == "" && !b.rules[e.data.num("rulebook")].votes.givesDays()) {
			return false // only whoever calls it says so, and only of a proposal that is new on an agenda; a file of one meeting does not tell the rules
		}
		it.meeting = m.ref
		m.items = append(m.items, id)
	}
	return (waiting > fullItems || taken == waiting) && b.hears(e, m)
}

// isNew says whether an item that nobody put down can be on an agenda: the business of a meeting that members asked for, which stands there first, or a
// proposal that was put on it.
func (b *book) isNew(line object, m *gathering, place int) bool {
	switch line.str("kind") {
	case "business":
		return m.kind == "special" && place == 0
	case "proposal":
		p := b.motions[line.str("motion")]
		return p != nil && p.meeting == m.ref
	case "report":
		return b.reported(line, m.opens)
	}
	return false
}

// reveals says whether a secret in hex is the one that was committed to.
func reveals(secret, commit string) bool {
	raw, err := hex.DecodeString(secret)
	return err == nil && len(raw) == 32 && digest(raw) == commit
}

// lots returns the numbers of a pool, in which nobody has more weight than another, in the order in which a lot draws them.
func lots(name, secret string, pool []int64) (order []int64) {
	var lines strings.Builder
	for _, id := range pool {
		fmt.Fprintf(&lines, "%d,1\n", id)
	}
	seed := digest([]byte("draw-v1\n" + name + "\n" + digest([]byte(lines.String())) + "\n" + secret))
	left := slices.Clone(pool)
	for n := uint64(0); len(left) > 0; n++ {
		sum := sha256.Sum256([]byte(seed + ":" + strconv.FormatUint(n, 10)))
		x, of := binary.BigEndian.Uint64(sum[:]), uint64(len(left))
		if over := -of % of; over != 0 && x >= -over {
			continue
		}
		at := int(x % of)
		order = append(order, left[at])
		left = slices.Delete(left, at, at+1)
	}
	return order
}

// classes of items, in the order in which they stand on an agenda.
func (it *point) class() int {
	switch {
	case it.kind == "business":
		return 1
	case it.kind == "report":
		return 3
	case it.kind == "proposal" && it.urgent:
		return 5
	case it.kind == "proposal" && it.carried > 0:
		return 6
	case it.kind == "proposal":
		return 7
	case it.kind == "topic":
		return 8
	}
	return 9
}

// whyOf is why an item of a class stands where it does, but for new proposals.
var whyOf = map[int]string{1: "asked_for", 3: "look_back", 5: "cannot_wait", 6: "waited", 8: "to_talk", 9: "to_tell"}

// takes is how long so many minutes of items take, with what is not talk about them.
func takes(minutes int64) int64 {
	all := minutes + (minutes+9)/10 + 20
	return all + max(0, all-1)/60*5
}

// inOrder works the order of the agenda out again.
func (b *book) inOrder(m *gathering, d object) bool {
	secret := d.str("secret")
	list := d.list("items")
	if !reveals(secret, m.commit) || len(list) != len(m.items) {
		return false
	}
	supporters := map[int64]int64{}
	for _, v := range list {
		o, _ := v.(map[string]any)
		supporters[object(o).num("item")] = object(o).num("supporters")
	}
	var items, fresh []*point
	before := int64(0)
	for _, id := range m.items {
		items = append(items, b.assembly.points[id])
	}
	slices.SortFunc(items, func(x, y *point) int {
		return cmp.Or(cmp.Compare(x.class(), y.class()), x.since.Compare(y.since), cmp.Compare(x.id, y.id))
	})
	for _, it := range items {
		switch {
		case it.class() == 7:
			fresh = append(fresh, it)
		case it.class() < 7:
			before += it.minutes
		}
	}
	stop := int64(m.stop.Sub(m.opens) / time.Minute)
	drawn, why := b.byAgendaLot(m, secret, fresh, supporters, before, stop)
	m.items, m.ordered = nil, true
	minutes := int64(0)
	for i, it := range items {
		reason := whyOf[it.class()]
		if it.class() == 7 {
			it, reason, drawn, why = drawn[0], why[0], drawn[1:], why[1:]
		}
		minutes += it.minutes
		o, _ := list[i].(map[string]any)
		if line := object(o); line.num("item") != it.id || line.str("why") != reason || line.flag("fits") != (takes(minutes) <= stop) {
			return false
		}
		m.items = append(m.items, it.id)
	}
	return true
}

// byAgendaLot returns new proposals in the order of the lot; where not all fit, every other place goes to the most supported of those who are left.
func (b *book) byAgendaLot(m *gathering, secret string, fresh []*point, supporters map[int64]int64, before, stop int64) (out []*point, why []string) {
	if len(fresh) < 2 {
		return fresh, []string{"only_new"}[:len(fresh)]
	}
	pool := make([]int64, len(fresh))
	for i, it := range fresh {
		pool[i], before = it.id, before+it.minutes
	}
	slices.Sort(pool)
	rest := lots("agenda-"+b.assembly.ref+"-"+strings.TrimPrefix(m.ref, "meeting/"), secret, pool)
	fits := takes(before) <= stop
	for len(rest) > 0 {
		next, reason := 0, "by_lot"
		if !fits {
			reason = "by_lot_between"
			if len(out)%2 == 0 {
				reason = "most_supported"
				for i := range rest {
					if supporters[rest[i]] > supporters[rest[next]] {
						next = i
					}
				}
			}
		}
		out, why = append(out, b.assembly.points[rest[next]]), append(why, reason)
		rest = slices.Delete(rest, next, next+1)
	}
	return out, why
}

// decidedIn says whether a vote or a call in the meeting has decided the proposal of an item: the meeting is done with it then.
func (b *book) decidedIn(m *gathering, it *point) bool {
	p := b.motions[it.motion]
	return p != nil && slices.ContainsFunc(p.rounds, func(bal *ballot) bool {
		return bal.opened.data.str("meeting") == m.ref && bal.closed != nil && !bal.stopped && slices.Contains([]string{"carried", "not_carried"}, bal.closed.data.str("outcome"))
	})
}

// item checks that a report comes onto the agenda or goes off it as a meeting begins, that the meeting begins to talk about an item of its agenda, that whoever facilitates hands over to speak about it, or that it is done with.
func (b *book) item(e entry) bool {
	m, it := b.assembly.meetings[e.of], b.assembly.points[e.data.num("item")]
	if e.kind == "item.came" || e.kind == "item.went" {
		return m != nil && m.state == "called" && m.ordered && m.sittings == 0 && b.brings(e, m, it)
	}
	if m == nil || it == nil || m.state != "session" || it.meeting != m.ref || len(m.hires) > 0 || m.handing != "" || m.unfinished {
		return false
	}
	if e.kind == "item.began" {
		ok := m.adopted && m.now == 0 && it.state == "waiting" && b.chairs(m.ref, e.by)
		ok = ok && b.hearsOf(e, m, it)
		m.now, it.state = it.id, "now"
		return ok
	}
	if e.kind == "item.aside" {
		ok := m.now == it.id && it.aside == "" && m.open == 0 && !b.joint.busy(m.ref) && b.chairs(m.ref, e.by) && b.other(m.ref, e.by)
		it.aside = e.by
		return ok
	}
	how := e.data.str("how")
	sent := it.state == "online"
	ok := e.kind == "item.ended" && m.now == it.id && m.open == 0 && !b.joint.busy(m.ref) && m.putOff == 0 && sent == (how == "online") &&
		(sent || how == "done" || how == "waiting" || how == "left" && b.asks(m.ref, "come_back"))
	ok = ok && b.receives(e, it)
	if how == "left" {
		m.putOff = it.id
	}
	m.unfinished = how == "waiting" // it is adjourned next
	ok = ok && (how == "done" || how == "online" || !b.decidedIn(m, it))
	m.now, it.state = 0, how
	return ok
}
