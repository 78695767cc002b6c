package meeting

import (
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/line"
	"folkmoot/internal/motion"
	"folkmoot/internal/rulebook"
)

// wrongs collects what is wrong with the fields of a form.
type wrongs map[string]lang.Msg

// line returns one line of a form as it is kept.
func (w wrongs) line(field, s string, most int, must bool) string {
	s = line.Tidy(s)
	switch {
	case s == "" && must:
		w[field] = lang.M("meeting.form.missing")
	case strings.ContainsFunc(s, line.Hidden):
		w[field] = lang.M("meeting.form.hidden")
	case utf8.RuneCountInString(s) > most:
		w[field] = lang.M("meeting.form.long", "Max", most)
	}
	return s
}

// text returns some lines of a form as they are kept.
func (w wrongs) text(field, s string, most int) string {
	s = motion.Tidy(s)
	if utf8.RuneCountInString(s) > most {
		w[field] = lang.M("meeting.form.long", "Max", most)
	}
	return s
}

// check returns the details as they are kept, or what is wrong with them: a place or a link there must be, and the times must be such as the rules have
// them. Notice is due days before the meeting opens.
func (d Details) check(r rulebook.Rules, notice int, now time.Time) (Details, error) {
	w := wrongs{}
	d.Title = w.line("title", d.Title, MaxTitle, true)
	d = w.where(d)
	least, most := EarliestFor(notice, now), time.Duration(r.Meeting.HardStopMinutes)*time.Minute
	switch {
	case d.Opens.IsZero():
		w["opens"] = lang.M("meeting.form.when")
	case d.Opens.Before(least):
		w["opens"] = lang.M("meeting.form.notice", "Days", notice, "At", least)
	case d.Opens.After(now.Add(ahead)):
		w["opens"] = lang.M("meeting.form.far")
	case d.Stop.Sub(d.Opens) < LeastTime, d.Stop.Sub(d.Opens) > most:
		w["minutes"] = lang.M("meeting.form.length", "Min", int(LeastTime/time.Minute), "Max", r.Meeting.HardStopMinutes)
	}
	return d, fault.Form(w)
}

// where returns the details with what is said of the place as it is kept.
func (w wrongs) where(d Details) Details {
	d.Place = w.line("place", d.Place, MaxPlace, false)
	d.GettingIn = w.text("getting-in", d.GettingIn, MaxAccess)
	d.Help = w.text("help", d.Help, MaxAccess)
	d.Phone = w.line("phone", d.Phone, MaxPlace, false)
	d.Link = w.line("link", d.Link, MaxLink, false)
	if u, err := url.Parse(d.Link); d.Link != "" && (err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "") {
		w["link"] = lang.M("meeting.form.link")
	}
	if d.nowhere() && w["place"].IsZero() {
		w["place"] = lang.M("meeting.form.where")
	}
	return d
}

// nowhere says whether nothing is said of the place.
func (d Details) nowhere() bool { return d.Place == "" && d.Link == "" && d.Phone == "" }

// EarliestFor is when a meeting can open at the earliest of which all are told now, days before.
func EarliestFor(days int, now time.Time) time.Time {
	return now.Add(time.Duration(days) * 24 * time.Hour)
}
