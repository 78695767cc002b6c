// Package draw fills seats of roles by lot (practice.md §2.12.3): everybody is asked whether they would do it, the lot is drawn from those who say
// yes, with more weight to those who have not done it, and anybody can repeat it.
//
// The clock asks, announces and draws. Terms begin days after the lot has fallen, so that people can decline; a place that is given up goes to the
// next in the order, and nobody is drawn anew for it.
package draw

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/line"
	"folkmoot/internal/member"
	"folkmoot/internal/role"
	"folkmoot/internal/sortition"
)

// ID names a draw.
type ID int64

// State is how far a draw is.
type State string

// The states of a draw, in order. It ends as Drawn or, if nobody would, as Nobody.
const (
	Asking    State = "asking"    // everybody is asked whether they would do it
	Announced State = "announced" // who can be drawn is published and the secret is committed to; those people can throw in words
	Drawn     State = "drawn"     // the secret is published, and with it the order of the lot
	Nobody    State = "nobody"    // could be drawn
)

// Answer is what somebody says when they are asked whether they would do it (practice.md §2.12.5).
type Answer string

// The answers. Only who says Yes can be drawn; how many give the others says what would help.
const (
	Yes         Answer = "yes"
	WithSomeone Answer = "with_someone"
	ShadowFirst Answer = "shadow_first"
	NotNow      Answer = "not_now"
)

// Answers lists the answers in the order in which they are shown.
func Answers() []Answer { return []Answer{Yes, WithSomeone, ShadowFirst, NotNow} }

// Draw is a draw of people for free seats of a role.
type Draw struct {
	ID       ID
	Group    member.GroupID
	Role     role.ID
	Number   int // from 1 in each group
	State    State
	Seats    int
	Rulebook int
	Cause    string // where the pool comes from if nobody was asked: election/12; "" where everybody was
	Asked    time.Time
	Closes   time.Time  // until when people say whether they would
	At       time.Time  // when the secret is revealed and the lot falls
	Starts   time.Time  // when the terms begin, if nobody declines
	Relaxed  []role.Bar // limits that gave way, so that terms are half as long
	PoolHash string
	Commit   string
	Secret   []byte // nil but while it is announced and after
	Seed     string
	due      time.Time
}

// Ref names the draw in the record.
func (d Draw) Ref() string { return "draw/" + strconv.Itoa(d.Number) }

// Ticket is somebody in the pool of a draw.
type Ticket struct {
	Place  int // from 1; stands for the member in what is published of the draw
	Member member.ID
	Weight int64
	Words  string // what they threw in
	Turn   int    // in the order of the lot, from 1; 0 until it has fallen
}

// How long the steps of a draw take, beside the days for the answers that the rules give.
const (
	WordsTime   = 48 * time.Hour // for those in the pool to throw in words
	declineTime = 72 * time.Hour // between the lot and the beginning of a term
	againDays   = 14             // until everybody is asked again, if nobody would
)

// filling returns the filling as limits look at it.
func (d Draw) filling() role.Filling {
	return role.Filling{Closes: d.Closes, Starts: d.Starts, Seats: d.Seats}
}

// ticketsOf returns the pool of those who can be drawn.
func ticketsOf(who []role.Judged) (out []Ticket) {
	for i, c := range who {
		out = append(out, Ticket{Place: i + 1, Member: c.ID, Weight: sortition.Weight(c.Held, true)})
	}
	return out
}

// MaxWords is how long a line may be that somebody throws in.
const MaxWords = 100

// tidyWords returns a line as it goes into the draw, or fault.Invalid with the field "words".
func tidyWords(s string) (string, error) {
	s = line.Tidy(s)
	var wrong lang.Msg
	switch {
	case s == "":
		wrong = lang.M("role.words.empty")
	case utf8.RuneCountInString(s) > MaxWords:
		wrong = lang.M("people.name.long", "Max", MaxWords)
	case !utf8.ValidString(s) || strings.ContainsFunc(s, line.Hidden):
		wrong = lang.M("people.name.invisible")
	default:
		return s, nil
	}
	return s, fault.Form(map[string]lang.Msg{"words": wrong})
}
