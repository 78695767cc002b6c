// Package ical writes calendars as text that other programs read (iCalendar, RFC 5545): events with a beginning, in UTC.
//
// It only writes, and everything it writes is made here: golang-ical 0.3.4, tried for this, lets a carriage return of a title through and
// escapes nothing in an address, so that whoever names a meeting could add lines to other people's calendars. It is used by the tests, to
// read back what is written here.
package ical

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Calendar is a set of events, under a name that programs show.
type Calendar struct {
	Name   string
	Events []Event
}

// Event is something at a time.
type Event struct {
	UID         string // the same for the same thing as long as it exists, and for nothing else
	Sequence    int    // one more with each change: 0 at first
	Start       time.Time
	End         time.Time // not after Start: the event is a moment
	Summary     string
	Description string
	Location    string
	URL         string // http or https; anything else is left out
	Cancelled   bool
	Modified    time.Time     // when what is said here was last changed
	Alarm       time.Duration // how long before Start to remind; 0: never
}

// What a calendar is sent as, and how the name of its file ends.
const (
	MediaType = "text/calendar; charset=utf-8"
	Extension = ".ics"
)

// Write returns the calendar as text: lines of up to 75 bytes that end in CRLF (RFC 5545 §3.1). The same calendar is always the same text.
// Events that are no events, without UID or Start, are left out.
func Write(c Calendar) []byte {
	w := &writer{}
	w.line("BEGIN:VCALENDAR")
	w.line("VERSION:2.0")
	w.line("PRODID:-//Folkmoot//Folkmoot//EN")
	w.line("CALSCALE:GREGORIAN")
	w.line("METHOD:PUBLISH")
	if c.Name != "" {
		w.text("NAME", c.Name) // RFC 7986
		w.text("X-WR-CALNAME", c.Name)
	}
	events := slices.Clone(c.Events)
	slices.SortStableFunc(events, func(a, b Event) int { return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.UID, b.UID)) })
	for _, e := range events {
		if e.UID != "" && !e.Start.IsZero() {
			w.event(e)
		}
	}
	w.line("END:VCALENDAR")
	return []byte(w.b.String())
}

type writer struct{ b strings.Builder }

func (w *writer) event(e Event) {
	w.line("BEGIN:VEVENT")
	w.text("UID", e.UID)
	stamp := e.Modified
	if stamp.IsZero() {
		stamp = e.Start
	}
	w.at("DTSTAMP", stamp) // without a METHOD that asks for answers, it is when the event was last changed (§3.8.7.2)
	w.at("DTSTART", e.Start)
	if e.End.After(e.Start) {
		w.at("DTEND", e.End)
	}
	w.line("SEQUENCE:" + strconv.Itoa(max(0, e.Sequence)))
	if !e.Modified.IsZero() {
		w.at("LAST-MODIFIED", e.Modified)
	}
	w.text("SUMMARY", e.Summary)
	if e.Description != "" {
		w.text("DESCRIPTION", e.Description)
	}
	if e.Location != "" {
		w.text("LOCATION", e.Location)
	}
	if isAddress(e.URL) {
		w.line("URL:" + e.URL)
	}
	if e.Cancelled {
		w.line("STATUS:CANCELLED")
	} else {
		w.line("STATUS:CONFIRMED")
	}
	w.line("TRANSP:" + transparency(e))
	if e.Alarm > 0 && !e.Cancelled {
		w.line("BEGIN:VALARM")
		w.line("ACTION:DISPLAY")
		w.text("DESCRIPTION", e.Summary)
		w.line("TRIGGER:-PT" + strconv.Itoa(int(e.Alarm/time.Minute)) + "M")
		w.line("END:VALARM")
	}
	w.line("END:VEVENT")
}

// transparency says whether the event takes up its reader's time: a moment and what is cancelled do not.
func transparency(e Event) string {
	if e.Cancelled || !e.End.After(e.Start) {
		return "TRANSPARENT"
	}
	return "OPAQUE"
}

func (w *writer) at(name string, t time.Time) {
	w.line(name + ":" + t.UTC().Format("20060102T150405Z"))
}

func (w *writer) text(name, value string) { w.line(name + ":" + escape(value)) }

// escaper writes what has a meaning in a text so that it has none (§3.3.11).
var escaper = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`)

// breaks are all the ways to end a line; some readers end one at each of them.
var breaks = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\v", "\n", "\f", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n")

// escape returns a text as it stands in one line, without controls and with nothing that ends the line.
func escape(s string) string {
	s = breaks.Replace(strings.ToValidUTF8(s, "\ufffd"))
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
	return escaper.Replace(s)
}

// isAddress says whether a URL can stand in a line as it is.
func isAddress(s string) bool {
	web := strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")
	return web && utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"<>\^{|}`+"`", r) })
}

// maxLine is how many bytes a line may have without its end (§3.1).
const maxLine = 75

// line writes a line, folded between characters where it is too long: each next part begins with a space that is not part of it.
func (w *writer) line(s string) {
	for room := maxLine; len(s) > room; room = maxLine - 1 {
		cut := room
		for cut > 0 && !utf8.RuneStart(s[cut]) {
			cut--
		}
		w.b.WriteString(s[:cut] + "\r\n ")
		s = s[cut:]
	}
	w.b.WriteString(s + "\r\n")
}
