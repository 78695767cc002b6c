package audit

import (
	"slices"
	"time"

	"folkmoot/internal/merkle"
)

// row is a row of a table, by column. What the tables say is nil, int64 or string there, bytes as hex digits. What the
// record says is one of these, or one of the types below.
type row map[string]any

// instant is when something happened. Time in a record never goes back: an entry that follows another of the same instant
// may have been held to it by a clock that was put back, or by another process. What it records may have been earlier.
type instant struct {
	time.Time
	held bool
}

// exactly is an instant that the record spells out.
func exactly(t time.Time) instant { return instant{Time: t} }

func (i instant) add(d time.Duration) instant { return instant{i.Add(d), i.held} }

// words are a text that the record names by its salted hash.
type words struct {
	hash [32]byte
	salt []byte
	gone bool // removed; then it may be lacking in the table too
	text string
}

// until is an instant up to and including which the table may say anything.
type until instant

// anyOf holds what the table may say, where the record leaves it open.
type anyOf []any

// quiet is a value that is compared and never shown.
type quiet string

// absent is a number that the record does not give. The table has none or zero.
type absent struct{}

// agrees says whether a value of a table is what the record says.
func agrees(want, got any) bool {
	switch want := want.(type) {
	case nil:
		return got == nil
	case absent:
		return got == nil || got == int64(0)
	case bool:
		return got == int64(0) && !want || got == int64(1) && want
	case quiet:
		return got == string(want)
	case words:
		s, ok := got.(string)
		return ok && (merkle.TextHash(want.salt, s) == want.hash || want.gone && s == "")
	case instant:
		if want.IsZero() {
			return got == nil
		}
		ms, ok := got.(int64)
		return ok && (ms == want.UnixMilli() || want.held && ms < want.UnixMilli())
	case until:
		ms, ok := got.(int64)
		return ok && ms <= want.UnixMilli()
	case anyOf:
		return slices.ContainsFunc(want, func(w any) bool { return agrees(w, got) })
	}
	return want == got
}
