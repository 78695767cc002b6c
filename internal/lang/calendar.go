package lang

import (
	"fmt"
	"strings"
	"time"
)

// calendar is how a language writes days: spelt out, so that 3/4 is never two dates (practice.md §5.11).
type calendar struct {
	days   [7]string // Sunday first, as time.Weekday
	months [12]string
	date   string // "{weekday} {day} {month} {year}" in the language's order
	near   string // the date without its year
	day    string // the date without its weekday
	month  string // month and year alone
	at     string // joins date and time
	clock  func(t time.Time) string
}

var calendars = map[string]calendar{
	"en": {
		days: [7]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
		months: [12]string{"January", "February", "March", "April", "May", "June", "July", "August", "September",
			"October", "November", "December"},
		date: "{weekday} {day} {month} {year}", near: "{weekday} {day} {month}", day: "{day} {month} {year}", month: "{month} {year}", at: "{date}, {time}", clock: twelveHours,
	},
	"es": {
		days: [7]string{"domingo", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado"},
		months: [12]string{"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre",
			"octubre", "noviembre", "diciembre"},
		date: "{weekday} {day} de {month} de {year}", near: "{weekday} {day} de {month}", day: "{day} de {month} de {year}", month: "{month} de {year}", at: "{date}, {time}", clock: twentyFourHours,
	},
}

func twelveHours(t time.Time) string {
	half := "am"
	if t.Hour() >= 12 {
		half = "pm"
	}
	h := (t.Hour()+11)%12 + 1
	if t.Minute() == 0 {
		return fmt.Sprintf("%d %s", h, half)
	}
	return fmt.Sprintf("%d:%02d %s", h, t.Minute(), half)
}

func twentyFourHours(t time.Time) string { return fmt.Sprintf("%d:%02d", t.Hour(), t.Minute()) }

// Date spells the day out, in the zone t is in: "Tuesday 3 March 2026".
func (v *Voice) Date(t time.Time) string { return v.spell(v.cal.date, t) }

// DateTime spells day and time out, in the zone t is in: "Tuesday 3 March 2026, 8 pm".
func (v *Voice) DateTime(t time.Time) string { return v.joined(v.cal.date, t) }

// Soon is DateTime without the year, for what happens within months: "Tuesday 3 March, 8 pm".
func (v *Voice) Soon(t time.Time) string { return v.joined(v.cal.near, t) }

// Day spells the day out without its weekday, for what is long past or far off: "3 March 2026".
func (v *Voice) Day(t time.Time) string { return v.spell(v.cal.day, t) }

// Month spells the month out: "March 2026".
func (v *Voice) Month(t time.Time) string { return v.spell(v.cal.month, t) }

// Clock tells the time of day, in the zone t is in: "8:30 pm".
func (v *Voice) Clock(t time.Time) string { return v.cal.clock(t) }

func (v *Voice) joined(date string, t time.Time) string {
	return strings.NewReplacer("{date}", v.spell(date, t), "{time}", v.cal.clock(t)).Replace(v.cal.at)
}

func (v *Voice) spell(date string, t time.Time) string {
	return strings.NewReplacer(
		"{weekday}", v.cal.days[t.Weekday()],
		"{day}", fmt.Sprint(t.Day()),
		"{month}", v.cal.months[t.Month()-1],
		"{year}", fmt.Sprint(t.Year()),
	).Replace(date)
}
