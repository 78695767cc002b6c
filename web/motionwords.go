package web

import (
	"slices"
	"strconv"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
)

// What proposals are called and how they stand, in words; the same on every page that names one.

// motionPath returns the address of a proposal, or of a page below it.
func motionPath(g member.Group, m motion.Motion, below ...string) string {
	path := groupPath(g) + "/proposals/" + motion.FormatNumber(m.Number)
	for _, b := range below {
		path += "/" + b
	}
	return path
}

// meetingRefPath returns the address of a meeting by what the record calls it.
func meetingRefPath(g member.Group, ref string) string {
	return groupPath(g) + "/meetings/" + strconv.Itoa(motion.MeetingNumber(ref))
}

// meetingName is "Meeting 3".
func meetingName(ref string) lang.Msg {
	return lang.M("motion.meeting", "Number", motion.MeetingNumber(ref))
}

// forumFact says where a proposal is decided, with the way there; nothing of one that was never to be decided in a room.
func forumFact(a member.Actor, m motion.Motion) (f Fact, is bool) {
	f.Label = lang.M("motion.fact.forum")
	switch {
	case m.Meeting != "":
		f.Value, f.Href = meetingName(m.Meeting), meetingRefPath(a.Group, m.Meeting)
	case m.Forum == motion.AtMeeting && (m.State == motion.Draft || m.State == motion.Seeking || m.Waits()):
		f.Value = lang.M("motion.forum.meeting")
	case m.Forum == motion.AtMeeting:
		f.Value = lang.M("motion.forum.after_all")
	case m.Forum == motion.ByAgreement:
		f.Value = lang.M("motion.forum.agreement")
	default:
		f.Value = lang.M("motion.forum.online")
	}
	return f, slices.Contains(motion.Kinds(), m.Kind)
}

// motionName is "Proposal 14 · Money".
func motionName(m motion.Motion) lang.Msg {
	switch {
	case m.State == motion.Draft:
		return lang.M("motion.name.draft")
	case m.Kind == motion.Election:
		return lang.M("election.name", "Number", m.Number)
	case m.Kind == "":
		return lang.M("motion.name.number", "Number", m.Number)
	}
	return lang.M("motion.name", "Number", m.Number, "Kind", kindName(m.Kind))
}

func kindName(k motion.Kind) lang.Msg { return lang.M("motion.kind." + string(k)) }

// motionTitle is the title, or what a draft without one is called.
func motionTitle(m motion.Motion) lang.Msg {
	if m.Title == "" {
		return lang.M("motion.untitled")
	}
	return plain(m.Title)
}

// standing says how a proposal stands at now, in one sentence. need is how many supporters it needs.
func standing(m motion.Motion, need int, now time.Time) lang.Msg {
	state := m.StateAt(now)
	switch {
	case m.Kind == motion.Election && state == motion.Tabled:
		return lang.M("election.standing_is.tabled")
	case (state == motion.Seeking || state == motion.Tabled) && !m.LeaveAsked.IsZero():
		return lang.M("motion.is.leaving")
	case state == motion.Seeking:
		return lang.M("motion.is.seeking_support", "Count", m.Supporters, "Need", need)
	case state == motion.Tabled && m.OnAgenda():
		return lang.M("motion.is.on_agenda", "Number", motion.MeetingNumber(m.Meeting))
	case state == motion.Tabled && m.Waits():
		return lang.M("motion.is.for_meeting")
	case state == motion.Tabled && m.GoesOnline():
		return lang.M("motion.is.goes_online")
	case state == motion.Tabled && !now.Before(m.TextUntil):
		return lang.M("motion.is.settled")
	case state == motion.Voting && m.State == motion.Tabled:
		return lang.M("motion.is.opening")
	case state == motion.Voting && !m.Closes.IsZero() && !now.Before(m.Closes):
		return lang.M("motion.is.counting")
	case m.State == motion.Voting && m.Meeting != "":
		return lang.M("motion.is.voting_room", "Number", motion.MeetingNumber(m.Meeting))
	}
	switch {
	case m.Kind == motion.Election:
		return lang.M("election.standing_is." + string(state))
	case m.Kind == motion.Vacancy && (state == motion.Carried || state == motion.NotCarried):
		return lang.M("vacancy.standing_is." + string(state))
	}
	return lang.M("motion.is." + string(state))
}

// changesAt is when a proposal's page is out of date; zero: never. That is its deadline or, between that and what follows, the moment
// that has passed: opening and counting take a while.
func changesAt(until Until, m motion.Motion, now time.Time) time.Time {
	switch state := m.StateAt(now); {
	case !until.At.IsZero():
		return until.At
	case state == motion.Voting && m.State == motion.Voting:
		return m.Closes
	case state == motion.Voting, state == motion.Inquorate:
		return m.Opens
	}
	return time.Time{}
}

// deadline is what a proposal's page counts down to; zero where nothing is to come.
func deadline(a member.Actor, m motion.Motion, now time.Time) Until {
	say, at := "", time.Time{}
	switch state := m.StateAt(now); {
	case (state == motion.Seeking || state == motion.Tabled) && !m.LeaveAsked.IsZero():
		say, at = "motion.until.leaves", m.Leaves()
	case state == motion.Seeking:
		say, at = "motion.until.support", m.Expires()
	case state == motion.Tabled && (m.OnAgenda() || m.Waits()):
		say, at = "motion.until.fallback", m.Opens
	case state == motion.Tabled && now.Before(m.TextUntil) && m.Kind != motion.Election:
		say, at = "motion.until.text", m.TextUntil
	case state == motion.Tabled:
		say, at = "motion.until.opens", m.Opens
	case m.State == motion.Voting && now.Before(m.Closes):
		say, at = "motion.until.closes", m.Closes
	case m.State == motion.Inquorate && now.Before(m.Opens):
		say, at = "motion.until.again", m.Opens
	default:
		return Until{}
	}
	return Until{Say: lang.M(say), At: local(a, at)}
}

// motionStrip says what happens next to a proposal, who decides, and how a member can change that.
func motionStrip(a member.Actor, m motion.Motion, need int, now time.Time) Strip {
	state := m.StateAt(now)
	id := string(state)
	switch {
	case (state == motion.Seeking || state == motion.Tabled) && !m.LeaveAsked.IsZero():
		id = "leaving"
	case state == motion.Tabled && m.OnAgenda():
		id = "on_agenda"
	case state == motion.Tabled && m.Waits():
		id = "for_meeting"
	case state == motion.Tabled && !now.Before(m.TextUntil):
		id = "settled"
	case state == motion.Voting && m.State == motion.Tabled:
		id = "opening"
	case state == motion.Voting && m.Meeting != "":
		id = "voting_room"
	}
	next := "motion.next." + id
	switch {
	case state == motion.Carried && m.Kind == motion.Balance:
		next = "balance.next_done"
	case !m.IsOver() || !m.Kind.Acts():
	case state == motion.Carried:
		next = "motion.next.done"
	case m.Kind == motion.Vacancy && (state == motion.NotCarried || state == motion.Lapsed):
		next = "vacancy.next.stays"
	}
	args := []any{"Need", need, "Expires", local(a, m.Expires()), "Text", local(a, m.TextUntil), "Opens", local(a, m.Opens),
		"Closes", local(a, m.Closes), "Leaves", local(a, m.Leaves()), "Number", motion.MeetingNumber(m.Meeting)}
	change := "motion.change." + id
	if id == "settled" && m.AboutPerson {
		change += "_secret" // there is no secret vote to ask for
	}
	return Strip{
		Next: lang.M(next, args...), Decides: lang.M("motion.decides."+id, args...), Change: lang.M(change, args...),
		Href: groupPath(a.Group) + "/rules",
	}
}

// motionRow is a proposal in a list, with the reader's part in the vote on it.
func motionRow(a member.Actor, m motion.Motion, mover member.Member, need int, fresh bool, part ballot.Part, now time.Time) Row {
	r := Row{
		Href: motionPath(a.Group, m), Kind: motionName(m), Title: m.Title, State: standing(m, need, now), Until: deadline(a, m, now),
	}
	if m.State == motion.Draft {
		return r
	}
	r.Can, r.Notes = rowCan(m, part, now), rowSays(m, part, now)
	switch {
	case m.Kind == motion.Election, m.Mover == 0 && m.Kind == motion.WindingUp:
	case m.Kind == motion.Founding:
		r.Facts = append(r.Facts, lang.M("founding.by_clock"))
	case m.Kind == motion.Vacancy:
		r.Facts = append(r.Facts, lang.M("vacancy.called_row"))
	case m.Mover == 0:
		r.Facts = append(r.Facts, lang.M("motion.petition", "Count", m.Supporters))
	default:
		r.Facts = append(r.Facts, lang.M("motion.by", "Name", mover.Name))
	}
	switch {
	case m.Posts == 0:
	case fresh:
		r.Facts = append(r.Facts, lang.M("motion.posts_new", "Count", m.Posts))
	default:
		r.Facts = append(r.Facts, lang.M("motion.posts", "Count", m.Posts))
	}
	if !m.Ended.IsZero() {
		r.Facts = append(r.Facts, lang.M("motion.ended", "At", local(a, m.Ended)))
	}
	return r
}
