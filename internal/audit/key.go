package audit

import "time"

// heldKey is a line of the register of keys.
type heldKey struct {
	what          words
	kind          string
	first, second keyHolder
	until, at     instant
	gone          bool
}

// keyHolder is who holds a key: a member, or somebody outside by name.
type keyHolder struct {
	name          any
	member        string
	since, tested instant
}

// longestHeld is for how long somebody holds a key of whom it was written down before keys had dates.
const longestHeld = 400 * 24 * time.Hour

func (b *book) noteKey(e entry) {
	k := &heldKey{what: e.data.words("what"), kind: e.data.str("kind"), until: e.data.time("until"), gone: e.data.flag("gone"), at: e.at}
	k.first, k.second = holderIn(e, "holder"), holderIn(e, "second")
	if k.kind == "" { // from before keys had kinds and dates
		k.kind, k.until = "other", e.at.add(longestHeld)
	}
	for i, old := range b.keys {
		if old.what.text == k.what.text {
			k.first.keeps(old)
			k.second.keeps(old)
			b.keys[i] = k
			return
		}
	}
	b.keys = append(b.keys, k)
}

// holderIn returns who holds a key in one of its places.
func holderIn(e entry, place string) keyHolder {
	h := keyHolder{name: "", member: e.data.str(place + "_member"), since: e.data.time(place + "_since")}
	if name := e.data.words(place); e.data.has(place) {
		h.name = name
		if h.since.IsZero() && name.text != "" {
			h.since = e.at
		}
	}
	return h
}

// keeps has somebody who held the key before, in either place, keep that they tried it: since when they hold it is the same.
func (h *keyHolder) keeps(old *heldKey) {
	for _, was := range []keyHolder{old.first, old.second} {
		if h.member != "" && h.member == was.member && h.since.Equal(was.since.Time) {
			h.tested = was.tested
		}
	}
}

func (b *book) testKey(e entry) {
	what := e.data.words("what")
	for _, k := range b.keys {
		switch {
		case k.what.text != what.text:
		case e.data.str("place") == "second":
			k.second.tested = e.at
		default:
			k.first.tested = e.at
		}
	}
}

func (k *heldKey) row() row {
	return row{
		"what": k.what, "kind": k.kind, "at": k.at, "until_at": k.until, "gone": k.gone,
		"holder": k.first.name, "holder_id": orNil(k.first.member), "holder_since": k.first.since, "holder_tested": k.first.tested,
		"second": k.second.name, "second_id": orNil(k.second.member), "second_since": k.second.since, "second_tested": k.second.tested,
	}
}
