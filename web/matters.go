package web

import (
	"time"

	"folkmoot/internal/lang"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/money"
)

// reportsSay is what a meeting is to hear of the group's money, or has received of it: whose report it is, of which days, and how late.
func reportsSay(a member.Actor, v meeting.View, it meeting.Item) (out []Link) {
	switch {
	case it.Kind != meeting.Report || it.State == meeting.Withdrawn || it.State == meeting.Left:
		return nil
	case it.State == meeting.Done:
		for _, say := range it.Said(a.Group.Zone) {
			out = append(out, Link{moneyPath(a.Group), say})
		}
		return out
	}
	w := v.Matters.Of(it.ID)
	out = moneyMatters(a, v, w)
	if len(out) == 0 {
		out = append(out, Link{"", lang.M("meeting.report.none")})
	}
	if !w.Due.IsZero() {
		for _, h := range w.Holders {
			out = append(out, Link{"", lang.M("meeting.report.by", "Name", memberName(v.People[h.Member.ID]))})
		}
		if len(w.Holders) == 0 {
			out = append(out, Link{moneyPath(a.Group), lang.M("meeting.report.nobody")})
		}
	}
	if from, to := w.Later[0], w.Later[1]; to != 0 && it.State == meeting.Now {
		out = append(out, Link{moneyPath(a.Group), lang.M("meeting.report.after", "Count", to-from+1, "From", from, "To", to)})
	}
	return append(out, Link{"", lang.M("meeting.report.hint")})
}

// moneyMatters is the reports that a meeting is to hear, and the one that is late.
func moneyMatters(a member.Actor, v meeting.View, w money.Waiting) (out []Link) {
	day := func(d money.Day) lang.Day { return lang.Day(d.In(a.Group.Zone)) }
	if len(w.New) > 0 && w.New[0].Number > w.From {
		last := w.New[0].Number - 1
		out = append(out, Link{moneyPath(a.Group), lang.M("meeting.report.older", "Count", last-w.From+1, "From", w.From, "To", last)})
	}
	for _, r := range w.New {
		id := "meeting.report.filed"
		if r.Corrects != 0 {
			id = "meeting.report.filed.again"
		}
		out = append(out, Link{reportPath(a.Group, r.Number),
			lang.M(id, "Number", r.Number, "Corrects", r.Corrects, "From", day(r.From), "To", day(r.To), "Name", memberName(v.People[r.By]))})
	}
	if w.Due.IsZero() {
		return out
	}
	id, kv := "meeting.report.due", []any{"At", lang.Day(local(a, w.Due))}
	if days := int(v.Now.Sub(w.Due) / (24 * time.Hour)); days > 0 {
		id, kv = "meeting.report.late", append(kv, "Count", days)
	}
	if w.Since != "" {
		id, kv = id+".from", append(kv, "From", day(w.Since))
	}
	return append(out, Link{moneyPath(a.Group), lang.M(id, kv...)})
}

// mattersSay is what is due as a meeting opens (practice.md §2.5.3, 8): one line for each.
func mattersSay(a member.Actor, v meeting.View) []Link {
	var out []Link
	for _, h := range v.Matters.Money {
		out = append(out, moneyMatters(a, v, h.Waiting)...)
	}
	for _, f := range v.Matters.Free {
		say := lang.M("meeting.matter.free", "Count", f.Places, "Role", lang.M("role."+f.Role+".name"))
		if f.Caretaker != 0 {
			say = lang.M("meeting.matter.free.minded", "Count", f.Places, "Role", lang.M("role."+f.Role+".name"),
				"Name", memberName(v.People[f.Caretaker]), "At", lang.Day(local(a, f.Until)))
		}
		out = append(out, Link{powersPath(a.Group, f.Role), say})
	}
	return out
}
