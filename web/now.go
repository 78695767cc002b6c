package web

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/decision"
	"folkmoot/internal/lang"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/rulebook"

	"github.com/labstack/echo/v4"
)

// nowPage is the group's first page: what is before it, and what the reader can do about it today.
type nowPage struct {
	Frame
	Forming    []Check // what is missing until the group can decide
	Meeting    foundingDay
	Founding   foundingPart
	Rhythm     rhythmPart
	Coming     comingMeeting
	Noted      []notedPart // that somebody else noted the reader as there
	Revival    revivalBox
	Keys       []lang.Msg // what is wrong with the server's and the bank's keys
	Wait       lang.Msg   // from when on the reader can vote, if they cannot yet
	Stand      []Row      // elections in which somebody has put the reader up
	Shares     []Row      // elections to come in which the reader stands together with others
	Asked      []Row      // roles for which the reader is asked
	Choosing   []Row      // selections by consent
	Without    []Row      // what was agreed without the reader, and can still be objected to
	AllWithout Link       // to all of it, where that is more
	Ending     []Row      // petitions to end a term
	Money      []Row      // the report on money that waits for the reader
	Mine       []myRole
	Learn      learnNow
	Sections   []nowSection
	Empty      Empty
	Drafts     []Row
	Decided    []Row // the newest decisions, without those in Without
	AllOf      Link
}

// nowSection is the proposals in one state.
type nowSection struct {
	ID    string
	Title lang.Msg
	Rows  []Row
	More  Link // to the whole list
}

// rhythmPart is when the group meets by its rule.
type rhythmPart struct {
	Say  []lang.Msg // empty: it has none
	Link Link
}

// foundingDay is the founding meeting while it is to come, or has just been.
type foundingDay struct {
	At          time.Time
	Where, Href string     // Href is set if the place is a link
	Change      Link       // for whoever may set another date
	Begins      []lang.Msg // what begins with it
}

var nowTmpl = newPage[nowPage]("group/now.html")

func (s *Server) showNow(c echo.Context) error {
	a, ctx := s.actor(c), c.Request().Context()
	n, err := s.Motions.ShowNow(ctx, a)
	if err != nil {
		return err
	}
	all := slices.Concat(n.Changed, n.Voting, n.Waiting, n.Seeking, n.Tabled)
	fresh, err := s.Talk.HasNew(ctx, a, all)
	if err != nil {
		return err
	}
	parts, err := s.Ballots.Parts(ctx, a, n.Voting)
	if err != nil {
		return err
	}
	p := nowPage{Frame: s.groupFrame(c, SectionNow)}
	hidden, err := s.hiddenVotes(ctx, a, n, parts)
	if err != nil {
		return err
	}
	var closes time.Time
	p.Head, closes = nowHead(a, n, parts, hidden)
	p.Strip = Strip{Next: lang.M("now.next"), Decides: lang.M("now.decides"), Change: lang.M("now.change"), Href: groupPath(a.Group) + "/rules"}
	p.RefreshAt = nextChange(all, n.At)
	p.Wait = firstVoteSay(a, n.Rules.Rules, n.At)
	p.fill(a, n, fresh, parts)
	for _, m := range n.Drafts {
		p.Drafts = append(p.Drafts, draftRow(a, m, p.voice()))
	}
	switch {
	case a.Group.Forming():
		p.Head.State, p.Strip.Next = lang.M("now.state_forming"), lang.M("now.next_forming")
		p.Forming = forming(a, n)
	case len(p.Sections) == 0:
		p.Empty = Empty{Title: lang.M("now.empty"), Say: []lang.Msg{lang.M("now.empty1"), lang.M("now.empty2")}}
	}
	if p.Revival, err = s.revivalOf(c, p.Frame); err != nil {
		return err
	}
	p.Head = p.Revival.headOf(a, p.Head)
	if a.Group.Archived.IsZero() {
		if err := s.fillDuties(c, &p, n.At); err != nil {
			return err
		}
	}
	if !a.Group.Forming() && p.Revival.Title.IsZero() {
		p.askFirst(a, closes)
		if err := s.offerDecide(c, &p, n); err != nil {
			return err
		}
	}
	if a.Group.Archived.IsZero() && !a.Group.Forming() {
		if err := s.fillMeeting(c, &p, n); err != nil {
			return err
		}
	}
	if err := s.fillDecided(c, &p); err != nil {
		return err
	}
	if len(p.Stand)+len(p.Asked)+len(p.Choosing)+len(p.Without)+len(p.Learn.Rows)+len(p.Money)+len(p.Coming.Row) > 0 || !p.Revival.Title.IsZero() {
		p.Empty = Empty{} // something waits for the reader, or for all
	}
	p.follow("group", "head", "now")
	return nowTmpl.render(c, http.StatusOK, p)
}

// fillDuties puts on the page what a group that is not archived has to see to: its founding, its keys and its roles.
func (s *Server) fillDuties(c echo.Context, p *nowPage, now time.Time) error {
	a := s.actor(c)
	p.Meeting = foundingMeeting(a, now)
	if now.Before(a.Group.Founding) && !a.Group.Forming() {
		roles, err := s.Roles.Map(c.Request().Context(), a)
		if err != nil {
			return err
		}
		p.Meeting.Begins = beginsFirstAll(a, roles)
	}
	if err := s.fillFounding(c, p); err != nil {
		return err
	}
	keys, err := s.Keys.List(c.Request().Context(), a)
	if err != nil {
		return err
	}
	p.Keys = alertSay(a, keys)
	if err := s.fillMoney(c, p); err != nil {
		return err
	}
	return s.fillRoles(c, p)
}

// fillRhythm says, where no meeting is called, when the group meets next by its rule, and who can call it.
func (p *nowPage) fillRhythm(a member.Actor, r meeting.Rhythm, now time.Time) {
	if !r.Next.IsZero() {
		p.Rhythm = rhythmPart{rhythmSay(a, r, now), Link{meetingsPath(a.Group), lang.M("meeting.rhythm.to_list")}}
	}
}

// fill puts the proposals on the page, those first that are nearest to being decided.
func (p *nowPage) fill(a member.Actor, n motion.Now, fresh map[motion.ID]bool, parts map[motion.ID]ballot.Part) {
	for _, sec := range []struct {
		id    string
		list  []motion.Motion
		state motion.State
		more  string // the name of the whole list
	}{
		{"changed", n.Changed, "", ""}, {"voting", n.Voting, motion.Voting, "voting"}, {"again", n.Waiting, motion.Inquorate, "voting"},
		{"seeking", n.Seeking, motion.Seeking, "seeking"}, {"tabled", n.Tabled, motion.Tabled, "tabled"},
	} {
		if len(sec.list) == 0 {
			continue
		}
		out := nowSection{ID: sec.id, Title: lang.M("now.section." + sec.id)}
		for _, m := range sec.list {
			changed := slices.ContainsFunc(n.Changed, func(c motion.Motion) bool { return c.ID == m.ID })
			if changed && sec.id != "changed" {
				continue // it stands above
			}
			row := motionRow(a, m, n.Movers[m.Mover], n.Need.Of(m, n.At), fresh[m.ID], parts[m.ID], n.At)
			if changed {
				row.Can = lang.M("now.row.changed")
			}
			out.Rows = append(out.Rows, row)
		}
		if n.More[sec.state] {
			out.More = Link{Href: listingPath(a.Group, sec.more, 0), Label: lang.M("now.more")}
		}
		if len(out.Rows) > 0 || out.More.Href != "" {
			p.Sections = append(p.Sections, out)
		}
	}
}

// hiddenVotes is how many votes wait for the reader, where none of those on this page does but there are more than it shows.
func (s *Server) hiddenVotes(ctx context.Context, a member.Actor, n motion.Now, parts map[motion.ID]ballot.Part) (int, error) {
	waits := func(m motion.Motion) bool { return parts[m.ID].May && !parts[m.ID].Voted }
	if !n.More[motion.Voting] || slices.ContainsFunc(n.Voting, waits) {
		return 0, nil
	}
	all, err := s.Ballots.WaitingFor(ctx, a.Person)
	return all[a.Group.ID].Votes, err
}

// askFirst puts at the top what is asked of the reader alone, where it ends before the vote that waits for them: whether they stand, and what
// they say when a crew chooses together. closes is the end of that vote; zero if none waits.
func (p *nowPage) askFirst(a member.Actor, closes time.Time) {
	var first Row
	for _, r := range slices.Concat(p.Stand, p.Choosing) {
		if !r.Can.IsZero() && (first.Href == "" || r.Until.At.Before(first.Until.At)) {
			first = r
		}
	}
	if first.Href == "" || !closes.IsZero() && closes.Before(first.Until.At) {
		return
	}
	p.Head.Can, p.Head.Until = lang.M("now.can_asked", "Role", first.Title, "What", first.Can), first.Until
	p.Head.Act, p.Head.Also = Action{Href: first.Href, Label: lang.M("now.to_asked")}, []Action{startAction(a.Group)}
}

// nowHead says what the group is and what the reader can do: invite, while it is forming; vote, if a vote waits for them, in the one that closes
// first; and always start something. It returns when that vote closes, zero if none waits.
func nowHead(a member.Actor, n motion.Now, parts map[motion.ID]ballot.Part, hidden int) (Head, time.Time) {
	h := Head{Kind: lang.M("now.kind", "Count", n.Active), Title: plain(a.Group.Name)}
	if a.Group.Aim != "" {
		h.State = aimSay(a.Group)
	}
	if a.Member.Founder && a.Group.SetupStep != 0 && a.Group.Forming() {
		h.Can, h.Act = lang.M("now.can_setup"), Action{Href: stepPath(a.Group, a.Group.SetupStep), Label: lang.M("people.home.setup")}
		return h, time.Time{}
	}
	if a.Group.Forming() {
		h.Can, h.Act = lang.M("now.can_invite", "Count", max(1, 3-n.Active)), Action{Href: groupPath(a.Group) + "/invite", Label: lang.M("people.invite.title")}
		h.Also = []Action{{Href: groupPath(a.Group) + "/proposals/new", Label: lang.M("now.draft")}}
		return h, time.Time{}
	}
	var next motion.Motion
	for _, m := range n.Voting {
		if parts[m.ID].May && !parts[m.ID].Voted && (next.ID == 0 || m.Closes.Before(next.Closes)) {
			next = m
		}
	}
	if next.ID != 0 {
		h.Can, h.Until = lang.M("now.can_vote", "Title", next.Title), deadline(a, next, n.At)
		h.Act, h.Also = Action{Href: votePath(a.Group, next.Number), Label: lang.M("now.to_vote")}, []Action{startAction(a.Group)}
		if parts[next.ID].AtOnce {
			h.Can, h.Act.Label = lang.M("decide.now", "Title", next.Title), lang.M("decide.answer")
		} else if next.Forum == motion.ByAgreement { // a call is answered, and is no vote
			h.Can, h.Act.Label = lang.M("now.can_answer", "Title", next.Title), lang.M("decide.answer")
		}
		return h, next.Closes
	}
	if hidden > 0 {
		h.Can = lang.M("people.home.votes", "Count", hidden)
		h.Act, h.Also = Action{Href: listingPath(a.Group, "voting", 0), Label: lang.M("now.to_votes")}, []Action{startAction(a.Group)}
		return h, time.Time{}
	}
	for _, m := range n.Voting {
		if parts[m.ID].Voted {
			h.Can, h.Until, h.Act = lang.M("now.voted", "Title", m.Title), voteUntil(a, m.Closes), startAction(a.Group)
			h.Also = []Action{{Href: votePath(a.Group, m.Number), Label: lang.M("ballot.act_change")}}
			return h, time.Time{}
		}
	}
	h.Can, h.Act = lang.M("now.can"), startAction(a.Group)
	return h, time.Time{}
}

// forming is what is there and what is missing until the group can decide (practice.md §2.13.1).
func forming(a member.Actor, n motion.Now) []Check {
	path := groupPath(a.Group)
	meeting := Check{Done: !a.Group.Founding.IsZero(), Say: lang.M("now.forming.meeting")}
	if member.Can(a, member.CallFounding, n.At) {
		meeting.Href = stepPath(a.Group, 6)
	}
	return []Check{
		{Done: true, Say: lang.M("now.forming.rules"), Href: path + "/rules"},
		{Done: false, Say: lang.M("now.forming.people", "Count", n.Active), Href: path + "/invite"},
		meeting,
	}
}

// foundingMeeting says when and where it is, until a day after it.
func foundingMeeting(a member.Actor, now time.Time) (m foundingDay) {
	g := a.Group
	if g.Founding.IsZero() || now.After(g.Founding.Add(24*time.Hour)) {
		return m
	}
	m = foundingDay{At: local(a, g.Founding), Where: g.FoundingPlace}
	if strings.HasPrefix(m.Where, "https://") || strings.HasPrefix(m.Where, "http://") {
		m.Href = m.Where
	}
	if now.Before(g.Founding) && member.Can(a, member.CallFounding, now) {
		m.Change = Link{Href: stepPath(g, 6), Label: lang.M("now.meeting_change")}
	}
	return m
}

// mostWithout is how many decisions that were agreed without the reader their first page of the group shows.
const mostWithout = 10

// withoutRow is a decision that was agreed without the reader, with until when they can object.
func withoutRow(a member.Actor, d decision.Decision) Row {
	r := decisionRow(a, d)
	r.State, r.Can = lang.M("decision.without.state"), lang.M("decision.without.can")
	if d.Window.Until.IsZero() {
		r.Facts = append(r.Facts, lang.M("decision.without.unpublished"))
		return r
	}
	r.Until = Until{Say: lang.M("decision.without.until"), At: local(a, d.Window.Until)}
	return r
}

// fillDecided puts on the page what was agreed without the reader, and the newest of the other decisions.
func (s *Server) fillDecided(c echo.Context, p *nowPage) error {
	a := s.actor(c)
	without, left, err := s.Decisions.Without(c.Request().Context(), a, 0, mostWithout)
	if err != nil {
		return err
	}
	for _, d := range without {
		p.Without = append(p.Without, withoutRow(a, d))
	}
	if left > 0 {
		p.AllWithout = Link{Href: groupPath(a.Group) + "/decisions/without", Label: lang.M("decision.without.all", "Count", left)}
	}
	ds, more, err := s.Decisions.List(c.Request().Context(), a, 0)
	if err != nil {
		return err
	}
	const shown = 3
	more = more || len(ds) > shown
	ds = slices.DeleteFunc(ds, func(d decision.Decision) bool { // it stands above, with until when they can object
		return slices.ContainsFunc(without, func(w decision.Decision) bool { return w.ID == d.ID })
	})
	if p.Decided, err = s.decisionRows(c.Request().Context(), a, ds[:min(len(ds), shown)]); err != nil {
		return err
	}
	if more {
		p.AllOf = Link{Href: groupPath(a.Group) + "/decisions", Label: lang.M("now.more")}
	}
	return nil
}

// rowCan says what the reader can do about a proposal in a list.
func rowCan(m motion.Motion, part ballot.Part, now time.Time) lang.Msg {
	switch state := m.StateAt(now); {
	case part.May && !part.Voted && (part.AtOnce || m.Forum == motion.ByAgreement):
		return lang.M("decide.row")
	case part.May && !part.Voted:
		return lang.M("now.row.vote")
	case state == motion.Seeking:
		return lang.M("now.row.support")
	case state == motion.Tabled && m.Kind == motion.Election:
		return lang.M("election.row")
	case state == motion.Tabled && now.Before(m.TextUntil):
		return lang.M("now.row.talk")
	}
	return lang.Msg{}
}

// rowSays says what the reader's part in an open vote is, and what everybody is told of its time.
func rowSays(m motion.Motion, part ballot.Part, now time.Time) (out []lang.Msg) {
	if m.State != motion.Voting || !now.Before(m.Closes) {
		return nil
	}
	if say := timeSay(m.Opens, m.Closes, now); !say.IsZero() {
		out = append(out, say)
	}
	switch {
	case part.Voted:
		out = append(out, lang.M("now.row.voted"))
	case !part.May:
		out = append(out, lang.M("now.row.not_listed"))
	}
	return out
}

// timeSay is the one notice at half-time and the one in the last day of a vote (practice.md §2.6). It is the same for
// everybody, also for those who have voted, so that it tells nothing of anybody.
func timeSay(opens, closes, now time.Time) lang.Msg {
	switch left := closes.Sub(now); {
	case left <= 0, closes.Sub(opens) <= ballot.MostWindow+ballot.MoreTime: // one in a room is counted down in seconds
		return lang.Msg{}
	case left <= 24*time.Hour:
		return lang.M("now.last_day")
	case left <= closes.Sub(opens)/2:
		return lang.M("now.half_time")
	}
	return lang.Msg{}
}

// voteUntil is until when a vote that was cast can be changed.
func voteUntil(a member.Actor, closes time.Time) Until {
	return Until{Say: lang.M("ballot.done.until"), At: local(a, closes)}
}

// firstVoteSay says from when on a newcomer can vote; nothing to who can.
func firstVoteSay(a member.Actor, r rulebook.Rules, now time.Time) lang.Msg {
	from := a.Member.VotesFrom(a.Group, time.Duration(r.VotingWaitDays)*24*time.Hour)
	if !now.Before(from) {
		return lang.Msg{}
	}
	return lang.M("people.first_vote", "At", local(a, from))
}

// nextChange is the first instant at which one of the proposals is settled, opens or closes.
func nextChange(ms []motion.Motion, now time.Time) (next time.Time) {
	for _, m := range ms {
		for _, at := range []time.Time{m.TextUntil, m.Opens, m.Closes} {
			if at.After(now) && (next.IsZero() || at.Before(next)) {
				next = at
			}
		}
	}
	return next
}
