package web

import (
	"time"

	"folkmoot/internal/flow"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/role"
)

// Times is who held the roles over time, as pictures and as lists: part "times".
type Times struct {
	ID     string // begins every id in it
	Say    []lang.Msg
	Width  int
	Roles  []RoleTimes
	Fold   Link // to more years, or to fewer; an empty address: there is none
	Ticks  []Moment
	Today  int
	Height int // of the scale above the first seat
}

// RoleTimes is one role, a row a seat.
type RoleTimes struct {
	Name   lang.Msg
	Height int
	Rows   []SeatRow
}

// SeatRow is one seat.
type SeatRow struct {
	Label lang.Msg
	Bars  []TimeBar
	Y     int // of the bars
	Text  int // of what stands in them
}

// TimeBar is one term in the picture and in the list, or a time in which nobody held the seat.
type TimeBar struct {
	Kind  string   // gap, past, now, planned
	Short lang.Msg // as much of the name as fits; zero: nothing does
	Say   lang.Msg
	X, W  int
	Rest  int // how much of W is still to come
	NameX int // where the name begins, so that the line of today crosses none
}

// Moment is a line of the scale. A narrow one has no room for words.
type Moment struct {
	At   time.Time
	X    int
	Said bool
}

// The measures of the picture, in pixels.
const (
	foldedYear = 340 // how wide a year is where two are shown
	wideYear   = 120 // and where all are
	barHigh    = 28
	rowHigh    = 36
	scaleHigh  = 26
	yearHours  = 366 * 24
	saidWide   = 110 // of the words at a line of the scale, with what they need around them
	todayWide  = 4   // of half the line of today, with the ground on that side of it
	signWide   = 9   // of a sign of a name, with what it needs around it
)

// timesOf makes the part for a reader. The address is the page's own.
func timesOf(a member.Actor, t role.Timeline, all bool, href string) Times {
	year := foldedYear
	if all {
		year = wideYear
	}
	if hours := int(t.Until.Sub(t.From) / time.Hour); hours > 0 { // a young group has a picture of a few weeks, and not of a few pixels
		year = max(year, foldedYear*yearHours/hours)
	}
	x := func(at time.Time) int {
		if at.Before(t.From) {
			at = t.From
		}
		return int(at.Sub(t.From)/time.Hour) * year / yearHours // in hours, of which twenty years do not overflow
	}
	p := Times{ID: "times", Say: []lang.Msg{lang.M("times.read")}, Width: max(x(t.Until), x(t.Now)) + 2, Today: x(t.Now), Height: scaleHigh, Fold: fold(t, all, href)}
	if t.Cut {
		p.Say = append(p.Say, lang.M("times.cut", "At", local(a, t.From)))
	}
	p.Ticks = ticks(local(a, t.From), t.Until, all, x)
	for _, r := range t.Roles {
		rt := RoleTimes{Name: roleName(r.Role), Height: scaleHigh + rowHigh*len(r.Seats)}
		for i, s := range r.Seats {
			y := scaleHigh + i*rowHigh
			label := "times.seat"
			if s.Beside {
				label = "times.seat_shared"
			}
			row := SeatRow{Label: lang.M(label, "Number", s.Seat), Y: y, Text: y + barHigh - 9}
			for _, span := range s.Stretches {
				row.Bars = append(row.Bars, timeBar(a, t.Now, span, x))
			}
			rt.Rows = append(rt.Rows, row)
		}
		p.Roles = append(p.Roles, rt)
	}
	return p
}

// fold leads to all years from two, and back.
func fold(t role.Timeline, all bool, href string) Link {
	switch {
	case all:
		return Link{Href: href + "#times", Label: lang.M("times.fewer")}
	case t.Folded:
		return Link{Href: href + "?years=all#times", Label: lang.M("times.all")}
	}
	return Link{}
}

// ticks returns the lines of the scale: each quarter of a year, or each year where all are shown. Where quarters stand too close for words,
// only every second of them has some.
func ticks(from, until time.Time, years bool, x func(time.Time) int) (out []Moment) {
	months := 3
	if years {
		months = 12
	}
	at := time.Date(from.Year(), 1, 1, 0, 0, 0, 0, from.Location())
	for ; !at.After(until); at = at.AddDate(0, months, 0) {
		if !at.Before(from) {
			tight := x(at.AddDate(0, months, 0))-x(at) < saidWide && at.Month()%6 != 1
			out = append(out, Moment{At: at, X: x(at), Said: !tight && x(until)-x(at) >= 80})
		}
	}
	if len(out) == 0 {
		out = append(out, Moment{At: from, X: x(from), Said: true})
	}
	return out
}

// timeBar says who held a seat from when until when, and where that lies.
func timeBar(a member.Actor, now time.Time, s role.Stretch, x func(time.Time) int) TimeBar {
	b := TimeBar{X: x(s.Begins)}
	b.W = max(x(s.Over())-b.X, 1)
	who := memberName(member.Member{Name: s.Name})
	said := func(kind string) lang.Msg {
		return lang.M("times."+kind, "Who", who, "From", local(a, s.Begins), "Until", local(a, s.Over()))
	}
	switch {
	case !s.Nobody() && !s.Fills() && s.Holds(now):
		b.Kind, b.Say = "gap", said("minding")
	case !s.Nobody() && !s.Fills():
		b.Kind, b.Say = "gap", pastSay(a, who, s.Term)
	case s.Nobody():
		b.Kind, b.Say, who = "gap", said("gap"), lang.M("times.nobody")
	case now.Before(s.Begins):
		b.Kind, b.Say, b.Rest = "planned", said("planned"), b.W
	case s.Holds(now):
		b.Kind, b.Say, b.Rest = "now", said("now"), x(s.Over())-x(now)
	default:
		b.Kind, b.Say = "past", pastSay(a, who, s.Term)
	}
	from, room := b.X, b.W
	if b.Rest > 0 && b.Rest < b.W { // today is in it: the name stands on the roomier side of the line
		if room = b.W - b.Rest; b.Rest > room {
			from, room = b.RestX(), b.Rest
		}
		from, room = from+todayWide, room-todayWide
	}
	b.NameX = from
	if signs := (room - 8) / signWide; signs >= 3 {
		b.Short = who
		if name, ok := who.Args["Text"].(string); ok && who.ID == plainID {
			b.Short = plain(flow.Cut(name, signs))
		} else if signs < 9 {
			b.Short = lang.Msg{}
		}
	}
	return b
}

// RestX is where what is still to come begins.
func (b TimeBar) RestX() int { return b.X + b.W - b.Rest }
