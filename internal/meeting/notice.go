package meeting

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/notify"
)

// OnNotice has members told of meetings by mail as well. The notice itself is on the group's pages (practice.md §2.5.2).
func (s *Service) OnNotice(n *notify.Service) { s.notices = n }

// Revision numbers the notices of a meeting: 0 as it is called, and a higher number each time it is put off (RFC 5545 §3.8.7.4). It is in seconds since it was called.
func (m Meeting) Revision() int { return int(m.Notice.Sub(m.CalledAt) / time.Second) }

// Event is the meeting as it goes into a calendar.
func (m Meeting) Event() notify.Event {
	where, say := m.Place, lang.Msg{}
	if m.Link != "" || m.Phone != "" {
		say = lang.M("layout.plain", "Text", m.Link+"\n"+m.Phone)
	}
	if where == "" {
		where = m.Link
	}
	return notify.Event{
		UID: "meeting-" + strconv.Itoa(m.Number), Sequence: m.Revision(), Start: m.Opens, End: m.Stop, Summary: lang.M("layout.plain", "Text", m.Title), Description: say,
		Location: where, Cancelled: m.State == Unheld, Modified: m.Notice,
	}
}

// announce puts the notice of the meeting, as it is now, into the outbox of all members: that it was called, by somebody or by the rule, was put off, or is somewhere.
func (s *Service) announce(tx *db.Tx, g member.Group, m Meeting, kind string) error {
	if s.notices == nil {
		return nil
	}
	about, err := titles(tx, m)
	if err != nil {
		return err
	}
	all, err := member.RollAt(tx, g.ID, tx.Now, 0)
	if err != nil {
		return err
	}
	if err := s.notices.Put(tx, m.mail(g, about, kind), all); err != nil {
		return fmt.Errorf("tell members of a meeting: %w", err)
	}
	return nil
}

// mail is what members are told of a meeting: time with zone, place, how to take part from elsewhere, and what will be talked about.
func (m Meeting) mail(g member.Group, about []point, kind string) notify.Notice {
	local := func(t time.Time) time.Time {
		if g.Zone == nil {
			return t
		}
		return t.In(g.Zone)
	}
	plain := func(s string) lang.Msg { return lang.M("layout.plain", "Text", s) }
	event := m.Event()
	say := lang.M("meeting.mail.say_"+kind, "Group", g.Name)
	paragraphs := []lang.Msg{say}
	if slices.ContainsFunc(about, func(p point) bool { return p.urgent }) { // before all else, as it takes something from those who do not come
		paragraphs = []lang.Msg{lang.M("meeting.mail.urgent"), lang.M("call.urgent_box.write"), say}
	}
	n := notify.Notice{
		Group: g, Kind: notify.Meeting, Subject: m.Ref(), Revision: m.Revision(), Event: &event,
		Title: lang.M("meeting.mail."+kind, "Title", m.Title, "At", local(m.Opens)), Say: paragraphs,
		Open: lang.M("meeting.mail.open"),
		Facts: []notify.Fact{
			{Label: lang.M("meeting.fact.opens"), Value: lang.M("meeting.mail.at", "At", local(m.Opens), "Zone", fmt.Sprint(g.Zone))},
			{Label: lang.M("meeting.fact.stop"), Value: lang.M("meeting.mail.at", "At", local(m.Stop), "Zone", fmt.Sprint(g.Zone))},
		},
	}
	for _, f := range []struct{ label, value string }{
		{"meeting.fact.place", m.Place}, {"meeting.form.getting_in", m.GettingIn}, {"meeting.fact.link", m.Link}, {"meeting.fact.phone", m.Phone}, {"meeting.form.help", m.Help},
	} {
		if f.value != "" {
			n.Facts = append(n.Facts, notify.Fact{Label: lang.M(f.label), Value: plain(f.value)})
		}
	}
	if m.Nowhere() {
		n.Facts = append(n.Facts, notify.Fact{Label: lang.M("meeting.fact.place"), Value: lang.M("meeting.where.open")})
	}
	for _, p := range about {
		label := "meeting.mail.item"
		if p.urgent {
			label = "meeting.mail.item_urgent"
		}
		n.Facts = append(n.Facts, notify.Fact{Label: lang.M(label), Value: plain(p.title)})
	}
	return n
}

// point is what a notice says of an item.
type point struct {
	title  string
	urgent bool
}

// titles returns what the items of a meeting are called that it has still to talk about, in their order, and whether they are urgent.
func titles(tx *db.Tx, m Meeting) ([]point, error) {
	items, err := itemsOf(tx, m.ID)
	if err != nil {
		return nil, err
	}
	items = slices.DeleteFunc(items, func(it Item) bool { return it.State != Waiting })
	proposals, err := proposalsOf(tx, items)
	if err != nil {
		return nil, err
	}
	out := make([]point, len(items))
	for i, it := range items {
		out[i] = point{it.Title, it.Urgent}
		if p, ok := proposals[it.Motion]; ok {
			out[i].title = p.Title
		}
	}
	return out, nil
}
