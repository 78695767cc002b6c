package verify

import (
	"slices"
	"strconv"
)

// Lots that fall while a meeting is under way. Each reveals a secret that was promised before, and promises the next; what it puts in an order are numbers, so that nobody is named by it.

// mostInLot is among how many people a lot in a meeting falls at most; nobody has more at one.
const mostInLot = 20_000

// lotOf names a lot in a meeting.
func lotOf(meeting, what string, n int64) string {
	return meeting + "/" + what + "/" + strconv.FormatInt(n, 10)
}

// falls checks that a lot reveals the secret that was promised, and promises the next. It returns in which order it puts so many numbers.
func (m *gathering) falls(what string, d object, people int64) (order []int64, ok bool) {
	if people < 1 || people > mostInLot || !reveals(d.str("secret"), m.lot) || len(d.str("next")) != 64 {
		return nil, false
	}
	m.lots++
	if d.num("draw") != m.lots {
		return nil, false
	}
	m.lot = d.str("next")
	numbers := make([]int64, people)
	for i := range numbers {
		numbers[i] = int64(i + 1)
	}
	return lots(lotOf(m.ref, what, m.lots), d.str("secret"), numbers), true
}

// lotFell is falls for what people do together in a meeting. Before lots were promised as meetings begin, nothing was told of these; and in a file without meetings nothing is known. Then there is no
// order.
func (b *book) lotFell(what string, d object, people int64) (order []int64, ok bool) {
	m := b.assembly.meetings[d.str("meeting")]
	if m == nil || m.lot == "" && !d.has("secret") {
		return nil, true
	}
	return m.falls(what, d, people)
}

// starts says whether the number that begins a round is the one that the lot has first.
func (b *book) starts(d object) bool {
	order, ok := b.lotFell("round", d, d.num("people"))
	return ok && (order == nil || d.num("start") == order[0])
}

// shared says whether people are in so many groups of about per, those on the phone in the first as far as they fit, as the lot has it.
func (b *book) shared(what string, d object, tables, per int64) bool {
	people, phones := d.num("people"), d.num("phones")
	if tables != max(1, (people+per/2)/per) {
		return false
	}
	order, ok := b.lotFell(what, d, people)
	if !ok || order == nil {
		return ok
	}
	if phones < 0 || phones > people {
		return false
	}
	var first, then []int64
	for _, n := range order {
		if n <= phones {
			first = append(first, n)
		} else {
			then = append(then, n)
		}
	}
	order = append(first, then...)
	said := d.list("groups")
	if int64(len(said)) != tables {
		return false
	}
	for i, g := range said {
		size := people / tables
		if int64(i) < people%tables {
			size++
		}
		if !sameNumbers(g, order[:size]) {
			return false
		}
		order = order[size:]
	}
	return true
}

// sameNumbers says whether a list has these numbers, from the lowest.
func sameNumbers(said any, want []int64) bool {
	list, _ := said.([]any)
	if len(list) != len(want) {
		return false
	}
	for i, n := range slices.Sorted(slices.Values(want)) {
		if got, ok := list[i].(int64); !ok || got != n {
			return false
		}
	}
	return true
}
