package handover

import (
	"strconv"
	"time"

	"folkmoot/internal/draw"
	"folkmoot/internal/member"
	"folkmoot/internal/role"
)

// Asking is that everybody is asked whether they would do a role, before a seat of it is free (practice.md §2.12.5).
type Asking struct {
	ID      int64
	Group   member.GroupID
	Role    role.ID
	Number  int // from 1 in each group
	Opened  time.Time
	Closes  time.Time // when nominations close
	Free    time.Time // the seat
	Counted time.Time
	Said    map[draw.Answer]int // of those who answered; kept when it is counted
	Few     bool                // the group was so small that only that is kept whether anybody would: Said[draw.Yes] is 1 or 0
}

// Ref names the asking in the record.
func (k Asking) Ref() string { return "asking/" + strconv.Itoa(k.Number) }

// Open says whether it can be answered.
func (k Asking) Open(now time.Time) bool {
	return k.ID != 0 && k.Counted.IsZero() && now.Before(k.Closes)
}
