package meeting

import (
	"context"
	"strings"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/revival"
	"folkmoot/internal/rulebook"
)

// Times of meeting by a rule.
const (
	spare  = day     // before notice has to be out, the clock calls a meeting that nobody has called: a clock that is late shortens nobody's notice
	ownDay = 7 * day // for whoever convenes to set a day, once the rule is new or the group is open again, before the clock does
)

// Rhythm is when a group meets by its rule, whoever calls the meeting (practice.md §2.5.2).
type Rhythm struct {
	Weeks int       // 0: it meets whenever somebody calls a meeting
	Next  time.Time // the next day of the rhythm for which a meeting could still be called; zero: the group has no rhythm, or sleeps
	Calls time.Time // from when on the clock calls the meeting for that day if nobody has
	For   Meeting   // that is called for that day, or the week from it on; zero: none is
	Usual Details   // what is proposed to whoever calls a meeting: day, hour, place and length as the last time; without a day where there was none, or it is far ahead
}

// rhythmOf returns when the group meets by its rules. The day is that of the week, and the hour that of the day, on which it met last by the group's own clock, also if
// nobody came; before its first meeting, those of its founding. Where notice is not possible any more for that day, the clock calls the meeting at once, for the same day of a
// later week.
func rhythmOf(tx *db.Tx, g member.Group, rules rulebook.Version, asleep bool) (r Rhythm, err error) {
	ahead, last, _, err := aheadAndLast(tx, g.ID)
	if err != nil {
		return r, err
	}
	return rhythmAfter(tx, g, rules, asleep, ahead, last), nil
}

// rhythmAfter is rhythmOf where it is known which meetings are ahead, and which was the last.
func rhythmAfter(tx *db.Tx, g member.Group, rules rulebook.Version, asleep bool, ahead []Meeting, last Meeting) (r Rhythm) {
	from := last.Details
	if last.ID == 0 {
		from = firstOf(g)
	}
	notice := time.Duration(rules.Rules.NoticeDays.Meeting) * day
	r.Weeks = rules.Rules.Meeting.EveryWeeks
	if r.Weeks == 0 || g.Forming() || !g.Archived.IsZero() || asleep {
		opens := time.Time{}
		if last.ID != 0 {
			opens = weeksOn(from.Opens, 1, g.Zone, tx.Now.Add(notice+spare))
		}
		r.Usual = from.again(opens, rules.Rules, tx.Now)
		return r
	}
	due := weeksOn(from.Opens, r.Weeks, g.Zone, rulebook.Later(rules.From, g.Reopened).Add(ownDay+spare+notice))
	r.Calls, r.Next = due.Add(-notice-spare), weeksOn(due, 0, g.Zone, tx.Now.Add(notice))
	opens := r.Next
	for _, m := range ahead {
		if m.Kind != Ordinary || m.State != Called {
			continue
		}
		// Whoever convenes can choose another day of that week, and not put off for months that the group meets.
		if m.Opens.Before(weeksOn(r.Next, 1, g.Zone, r.Next)) {
			r.For, opens = m, weeksOn(m.Opens, r.Weeks, g.Zone, m.Opens)
		}
	}
	r.Usual = from.again(opens, rules.Rules, tx.Now)
	return r
}

// again is what a meeting is like that opens then and is as long, and where the last one was. What cannot be called yet has no time.
func (d Details) again(opens time.Time, r rulebook.Rules, now time.Time) Details {
	long := time.Duration(r.Meeting.HardStopMinutes) * time.Minute
	if was := d.Stop.Sub(d.Opens); was >= LeastTime {
		long = min(long, was)
	}
	d.Title, d.Opens, d.Stop = "", opens, opens.Add(long)
	if opens.IsZero() || opens.After(now.Add(ahead)) {
		d.Opens, d.Stop = time.Time{}, time.Time{}
	}
	return d
}

// firstOf is what the first meeting of a group follows: its founding, or an evening after it could decide.
func firstOf(g member.Group) (d Details) {
	if d.Opens = g.Founding; d.Opens.IsZero() {
		d.Opens = rulebook.Evening(g.Third, g.Zone)
	}
	if strings.HasPrefix(g.FoundingPlace, "https://") || strings.HasPrefix(g.FoundingPlace, "http://") {
		d.Link = g.FoundingPlace
	} else {
		d.Place = g.FoundingPlace
	}
	return d
}

// weeksOn returns the first time so many weeks or more after an instant, on the same day of the week and at the same hour by the clocks of the zone, that is not before
// least.
func weeksOn(from time.Time, weeks int, zone *time.Location, least time.Time) time.Time {
	if zone == nil {
		zone = time.UTC
	}
	local := from.In(zone)
	y, m, d := local.Date()
	for n := weeks; ; n++ {
		if at := time.Date(y, m, d+7*n, local.Hour(), local.Minute(), 0, 0, zone); !at.Before(least) {
			return at.UTC()
		}
	}
}

// keepRhythm calls the meeting of a group that its rule has and nobody has called, once notice has to go out, with what waits for a meeting on its agenda.
func (s *Service) keepRhythm(tx *db.Tx, id member.GroupID) error {
	g, err := member.GetGroup(tx, id)
	if err != nil {
		return err
	}
	rules, err := rulebook.Current(tx, g.ID, tx.Now)
	if err != nil {
		return err
	}
	asleep, err := revival.Sleeps(tx, g.ID)
	if err != nil {
		return err
	}
	r, err := rhythmOf(tx, g, rules, asleep)
	if err != nil {
		return err
	}
	again := tx.Now.Add(day) // somebody may have called a meeting by then, or put one off
	switch {
	case r.Next.IsZero() || r.For.ID != 0:
	case tx.Now.Before(r.Calls):
		if r.Calls.Before(again) {
			again = r.Calls
		}
	default:
		r.Usual.Title = s.words.Voice(g.Lang).T("meeting.rhythm.title")
		if _, err := s.call(tx, g, rules, Meeting{Kind: Ordinary, Details: r.Usual, Cause: rulebook.Ref(rules.Number)}, Ask{}, ""); err != nil {
			return err
		}
	}
	return lookAgain(tx, g.ID, again)
}

// ByRhythm says whether nobody called the meeting, and the rule on how often the group meets did.
func (m Meeting) ByRhythm() bool { return m.CalledBy == 0 && m.Kind == Ordinary }

// Nowhere says whether nobody has said yet where the meeting is.
func (m Meeting) Nowhere() bool { return m.nowhere() }

// MaySayWhere returns nil if the actor can say now where a meeting is that the rule has called. Any member can as long as nobody has; then whoever has the power to convene can
// say otherwise, until it begins: whoever said it first may be wrong.
func MaySayWhere(a member.Actor, m Meeting, now time.Time) error {
	switch {
	case !m.ByRhythm():
		return fault.New(fault.Conflict, "meeting.where.said")
	case m.State != Called || !now.Before(m.Opens):
		return fault.New(fault.Conflict, "meeting.too_late")
	case m.Nowhere():
		return nil
	case !member.Can(a, member.Convene, now):
		return fault.New(fault.Denied, "meeting.no_power")
	}
	return nil
}

// SayWhere says in the actor's name where a meeting is that the rule has called, and all members are told. It returns fault.NotFound for who is no member or if there is no
// such meeting, what MaySayWhere does, and fault.Invalid with the fields "place", "link", "phone", "getting-in" and "help".
func (s *Service) SayWhere(ctx context.Context, a member.Actor, number int, d Details) error {
	return s.act(ctx, a, func(sc *scene) error {
		m, err := find(sc.tx, sc.a.Group.ID, number)
		if err != nil {
			return err
		}
		if err := MaySayWhere(sc.a, m, sc.tx.Now); err != nil {
			return err
		}
		w := wrongs{}
		d.Title, d.Opens, d.Stop = m.Title, m.Opens, m.Stop
		if d = w.where(d); len(w) > 0 {
			return fault.Form(w)
		}
		if d == m.Details {
			return nil
		}
		m.Details, m.Notice = d, sc.tx.Now
		if err := put(sc.tx, m, Called); err != nil {
			return err
		}
		if err := s.announce(sc.tx, sc.a.Group, m, "placed"); err != nil {
			return err
		}
		return s.note(sc.tx, sc.a.Group, m.Ref(), "meeting.placed", sc.a.Member.Ref, m.where(ledger.Data{"meeting": m.Ref(), "cause": sc.power(member.Convene)}))
	})
}

// where adds to what an entry tells what was said of the place.
func (m Meeting) where(d ledger.Data) ledger.Data {
	d["place"], d["getting_in"], d["link"] = ledger.Text(m.Place), ledger.Text(m.GettingIn), ledger.Text(m.Link)
	d["dial_in"], d["help"] = ledger.Text(m.Phone), ledger.Text(m.Help)
	return d
}
