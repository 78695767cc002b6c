// Package handover has a role learnt before it is taken and handed over when it is left (practice.md §2.12.4, §2.12.5): members who
// shadow a holder, one understudy to each term, the list that the outgoing fills in and the new holder ends, the former holder who can be
// asked, the question "would you do this?", and how many members could do a role tomorrow.
//
// Nothing in it gives anybody a power: whoever shadows, is understudy or can be asked may do what all members may. Who shadows, who would
// be understudy or take a role, and what is written at a handover is told to nobody whom it does not concern, and stands in no record:
// the record tells of understudies who were named, of lots by place and weight, of totals, and of a handover that was finished a hash.
package handover

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"folkmoot/internal/election"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/line"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/role"
	"folkmoot/internal/rulebook"
)

const day = 24 * time.Hour

// How long before and after the end of a term what belongs to it happens (practice.md §2.12.5).
const (
	askTime     = 42 * day // before a seat is free everybody is asked
	askAhead    = 7 * day  // or this long before nominations open, where that is earlier
	openTime    = 21 * day // before the end a handover opens
	adviseTime  = 30 * day // after the end the former holder can be asked
	wordsTime   = 48 * time.Hour
	againTime   = 14 * day // until the willing are looked for again, if there was no understudy
	halfTime    = 14 * day // for how long it is shown that a term is half over
	keptMonths  = 12       // after the end what was written is deleted
	depthYears  = 3        // for how long having held or shadowed a role counts
	enoughTimes = 2        // sittings that count as having learnt what is drawn by lot
	enoughDays  = 60       // of shadowing that count as having learnt an office
)

// Calendar is when what belongs to a term is due by the clock alone.
type Calendar struct {
	Begins time.Time
	Settle time.Time // the willing are looked at, so that there is an understudy by the share of the term that the rules have
	Half   time.Time
	Ask    time.Time // everybody is asked who would be next; zero where no election follows
	Count  time.Time // and the answers are counted, when nominations close
	Open   time.Time // the handover
	Over   time.Time
	Advise time.Time // until when the former holder can be asked
	Forget time.Time // what was written
}

// CalendarOf returns the calendar of a term. One that ends early is handed over from then on, and nobody is asked about it: its election
// opens at once.
func CalendarOf(r role.Role, t role.Term, rules rulebook.Rules) Calendar {
	length := t.Ends.Sub(t.Begins)
	c := Calendar{Begins: t.Begins, Half: t.Begins.Add(length / 2), Over: t.Over(), Advise: t.Over().Add(adviseTime), Forget: t.Over().AddDate(0, keptMonths, 0)}
	if by := rules.Office.UnderstudyBy; !by.IsZero() {
		third := length * time.Duration(by.Num) / time.Duration(by.Den)
		c.Settle = rulebook.Later(t.Begins, t.Begins.Add(third-wordsTime).Truncate(stored))
	}
	c.Open = rulebook.Later(t.Begins, t.Ends.Add(-openTime))
	if !t.Ended.IsZero() {
		if t.Ended.Before(c.Open) {
			c.Open = t.Ended
		}
		return c
	}
	if r.Fill == role.ByElection && t.Fills() {
		lead := election.Lead(rules)
		c.Ask = rulebook.Later(t.Begins, t.Ends.Add(-max(askTime, lead+askAhead)))
		c.Count = rulebook.Later(c.Ask, t.Ends.Add(-lead).AddDate(0, 0, rules.NominationsDays))
	}
	return c
}

// stored is how exactly instants are kept. One between two that can be kept would be due, and yet to come, at the same time.
const stored = time.Millisecond

// next returns the first of the instants after now, zero if there is none.
func next(now time.Time, at ...time.Time) (first time.Time) {
	for _, t := range at {
		if t.After(now) && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	return first
}

// IsHalf says whether it is shown that the term is half over.
func (c Calendar) IsHalf(now time.Time) bool {
	return !now.Before(c.Half) && now.Before(c.Half.Add(halfTime)) && now.Before(c.Over)
}

// again returns the first instant after now at which the willing are looked at, from when they were first.
func (c Calendar) again(now time.Time) time.Time {
	if c.Settle.IsZero() || now.Before(c.Settle) {
		return c.Settle
	}
	return c.Settle.Add((now.Sub(c.Settle)/againTime + 1) * againTime)
}

// ID names a handover.
type ID int64

// Handover is the handing over of one seat from whoever held it to whoever is next. Its texts are for the outgoing, the new holder and
// the understudy.
type Handover struct {
	ID        ID
	Group     member.GroupID
	Term      role.TermID // that ends
	Opened    time.Time
	MetOld    bool // that the two have met, says who held it
	MetNew    bool // and who holds it now
	Finished  time.Time
	Seal      string // of what was written, once it is finished
	Salt      []byte
	Forgotten time.Time // when what was written was deleted
	Items     []Item
}

// Ref names the handover in the record, by its term.
func ref(t role.Term) string { return "handover/" + t.Ref }

// Item is a point of the list: what is asked, and what the outgoing says to it.
type Item struct {
	N       int // from 1
	Label   string
	Text    string
	Checked bool // by the new holder
}

// Part is what somebody is to a handover.
type Part string

// The parts. Who has none reads nothing.
const (
	Outgoing Part = "outgoing"
	Incoming Part = "incoming"
	Learner  Part = "understudy"
	Nobody   Part = ""
)

// Limits of what is written.
const (
	MaxWords = 300 // of an item
	MaxItems = 20
	maxLabel = 150 // characters
)

// MayWrite returns nil if whoever has the part may write now: the outgoing, until the new holder says that it is complete.
func (h Handover) MayWrite(p Part) error {
	switch {
	case p != Outgoing:
		return fault.New(fault.Denied, "handover.only_outgoing")
	case !h.Finished.IsZero() || !h.Forgotten.IsZero():
		return fault.New(fault.Conflict, "handover.is_finished")
	}
	return nil
}

// MayFinish returns nil if whoever has the part may say now that the handover is complete: the new holder and not the old, from the
// beginning of their term, when they have checked every point and both have said that they met.
func (h Handover) MayFinish(p Part, begins, now time.Time) error {
	if err := h.mayCheck(p, begins, now); err != nil {
		return err
	}
	for _, it := range h.Items {
		if !it.Checked {
			return fault.New(fault.Conflict, "handover.not_all")
		}
	}
	if !h.MetNew {
		return fault.New(fault.Conflict, "handover.not_met")
	}
	return nil
}

// mayCheck returns nil if whoever has the part may check points now.
func (h Handover) mayCheck(p Part, begins, now time.Time) error {
	switch {
	case p != Incoming:
		return fault.New(fault.Denied, "handover.only_incoming")
	case !h.Finished.IsZero() || !h.Forgotten.IsZero():
		return fault.New(fault.Conflict, "handover.is_finished")
	case now.Before(begins):
		return fault.New(fault.Conflict, "handover.too_early")
	}
	return nil
}

// SealOf returns the hash by which the record knows what was written, without telling it: whoever has the texts can show that they are those.
func SealOf(salt []byte, items []Item) string {
	h := sha256.New()
	h.Write(salt)
	for _, it := range items {
		fmt.Fprintf(h, "%d:%s%d:%s", len(it.Label), it.Label, len(it.Text), it.Text)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// defaults are the points of a list that nobody has changed, in order (practice.md §2.12.4): handover.item.<name>.
var defaults = []string{"month", "due", "people", "keys", "money", "promises", "decisions", "wrong", "stop", "three"}

// DefaultItems returns the points of a list that nobody has changed, in a language.
func DefaultItems(v *lang.Voice) (out []string) {
	for _, name := range defaults {
		out = append(out, v.T("handover.item."+name))
	}
	return out
}

// tidyText returns what the outgoing writes as it is kept, or fault.Invalid with the field of the item.
func tidyText(n int, s string) (string, error) {
	s = motion.Tidy(s)
	if words := motion.Words(s); words > MaxWords || len(s) > 20*MaxWords {
		return s, fault.Form(map[string]lang.Msg{ItemField(n): lang.M("motion.words_long", "Max", MaxWords, "Count", words)})
	}
	return s, nil
}

// ItemField is the field of an item.
func ItemField(n int) string { return "item-" + strconv.Itoa(n) }

// tidyList returns the points of a list, one a line, or fault.Invalid with the field "items".
func tidyList(s string) (items []string, err error) {
	for l := range strings.SplitSeq(strings.ReplaceAll(s, "\r\n", "\n"), "\n") {
		if l = line.Tidy(l); l != "" {
			items = append(items, l)
		}
	}
	var wrong lang.Msg
	switch {
	case len(items) == 0:
		wrong = lang.M("handover.list.empty")
	case len(items) > MaxItems:
		wrong = lang.M("handover.list.many", "Max", MaxItems)
	}
	for _, l := range items {
		switch {
		case utf8.RuneCountInString(l) > maxLabel:
			wrong = lang.M("people.name.long", "Max", maxLabel)
		case !utf8.ValidString(l) || strings.ContainsFunc(l, line.Hidden):
			wrong = lang.M("people.name.invisible")
		}
	}
	if wrong.ID != "" {
		return nil, fault.Form(map[string]lang.Msg{"items": wrong})
	}
	return items, nil
}
