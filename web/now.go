package web

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"

	"github.com/labstack/echo/v4"
)

// nowPage is the group's first page: what is before it, and what the reader can do about it today.
type nowPage struct {
	Frame
	Forming  []Check // what is missing until the group can decide
	Meeting  meeting
	Sections []nowSection
	Empty    Empty
	Drafts   []Row
	Decided  []Row // the newest decisions
	AllOf    Link
}

// nowSection is the proposals in one state.
type nowSection struct {
	ID    string
	Title lang.Msg
	Rows  []Row
	More  Link // to the whole list
}

// meeting is the founding meeting while it is to come, or has just been.
type meeting struct {
	At          time.Time
	Where, Href string // Href is set if the place is a link
	Change      Link   // for whoever may set another date
}

var nowTmpl = newPage[nowPage]("group/now.html")

func (s *Server) showNow(c echo.Context) error {
	a, ctx := s.actor(c), c.Request().Context()
	n, err := s.Motions.ShowNow(ctx, a)
	if err != nil {
		return err
	}
	all := slices.Concat(n.Voting, n.Waiting, n.Seeking, n.Tabled)
	fresh, err := s.Talk.HasNew(ctx, a, all)
	if err != nil {
		return err
	}
	may, err := s.Ballots.Entitled(ctx, a, n.Voting)
	if err != nil {
		return err
	}
	p := nowPage{Frame: s.groupFrame(c, SectionNow)}
	p.Head = nowHead(a, n, may)
	p.Strip = Strip{Next: lang.M("now.next"), Decides: lang.M("now.decides"), Change: lang.M("now.change"), Href: groupPath(a.Group) + "/rules"}
	p.RefreshAt = nextChange(all, n.At)
	p.fill(a, n, fresh, may)
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
	p.Meeting = foundingMeeting(a, n.At)
	if err := s.fillDecided(c, &p); err != nil {
		return err
	}
	return nowTmpl.render(c, http.StatusOK, p)
}

// fill puts the proposals on the page, those first that are nearest to being decided.
func (p *nowPage) fill(a member.Actor, n motion.Now, fresh, may map[motion.ID]bool) {
	for _, sec := range []struct {
		id    string
		list  []motion.Motion
		state motion.State
		more  string // the name of the whole list
	}{
		{"voting", n.Voting, motion.Voting, "voting"}, {"again", n.Waiting, motion.Inquorate, "voting"},
		{"seeking", n.Seeking, motion.Seeking, "seeking"}, {"tabled", n.Tabled, motion.Tabled, "tabled"},
	} {
		if len(sec.list) == 0 {
			continue
		}
		out := nowSection{ID: sec.id, Title: lang.M("now.section." + sec.id)}
		for _, m := range sec.list {
			row := motionRow(a, m, n.Movers[m.Mover], n.Need.Of(m, n.At), fresh[m.ID], n.At)
			row.Can = rowCan(m, may[m.ID], n.At)
			out.Rows = append(out.Rows, row)
		}
		if n.More[sec.state] {
			out.More = Link{Href: listingPath(a.Group, sec.more, 0), Label: lang.M("now.more")}
		}
		p.Sections = append(p.Sections, out)
	}
}

// nowHead says what the group is and what the reader can do: vote, if a vote of theirs is open, and always start something.
func nowHead(a member.Actor, n motion.Now, may map[motion.ID]bool) Head {
	h := Head{Kind: lang.M("now.kind", "Count", n.Active), Title: plain(a.Group.Name)}
	if a.Group.Aim != "" {
		h.State = aimSay(a.Group)
	}
	for _, m := range n.Voting {
		if may[m.ID] {
			h.Can, h.Until = lang.M("now.can_vote", "Title", m.Title), deadline(a, m, n.At)
			h.Act, h.Also = Action{Href: votePath(a.Group, m.Number), Label: lang.M("now.to_vote")}, []Action{startAction(a.Group)}
			return h
		}
	}
	h.Can, h.Act = lang.M("now.can"), startAction(a.Group)
	return h
}

// forming is what is there and what is missing until the group can decide (practice.md §2.13.1).
func forming(a member.Actor, n motion.Now) []Check {
	path := groupPath(a.Group)
	return []Check{
		{Done: true, Say: lang.M("now.forming.rules"), Href: path + "/rules"},
		{Done: false, Say: lang.M("now.forming.people", "Count", n.Active), Href: path + "/invite"},
		{Done: !a.Group.Founding.IsZero(), Say: lang.M("now.forming.meeting")},
	}
}

// foundingMeeting says when and where it is, until a day after it.
func foundingMeeting(a member.Actor, now time.Time) (m meeting) {
	g := a.Group
	if g.Founding.IsZero() || now.After(g.Founding.Add(24*time.Hour)) {
		return m
	}
	m = meeting{At: local(a, g.Founding), Where: g.FoundingPlace}
	if strings.HasPrefix(m.Where, "https://") || strings.HasPrefix(m.Where, "http://") {
		m.Href = m.Where
	}
	if now.Before(g.Founding) && member.Can(a, member.CallFounding, now) {
		m.Change = Link{Href: stepPath(g, 6), Label: lang.M("now.meeting_change")}
	}
	return m
}

// fillDecided puts the newest decisions on the page.
func (s *Server) fillDecided(c echo.Context, p *nowPage) error {
	a := s.actor(c)
	ds, more, err := s.Decisions.List(c.Request().Context(), a, 0)
	if err != nil {
		return err
	}
	const shown = 3
	for _, d := range ds[:min(len(ds), shown)] {
		p.Decided = append(p.Decided, decisionRow(a, d))
	}
	if more || len(ds) > shown {
		p.AllOf = Link{Href: groupPath(a.Group) + "/decisions", Label: lang.M("now.more")}
	}
	return nil
}

// rowCan says what the reader can do about a proposal in a list.
func rowCan(m motion.Motion, mayVote bool, now time.Time) lang.Msg {
	switch state := m.StateAt(now); {
	case mayVote:
		return lang.M("now.row.vote")
	case state == motion.Seeking:
		return lang.M("now.row.support")
	case state == motion.Tabled && now.Before(m.TextUntil):
		return lang.M("now.row.talk")
	}
	return lang.Msg{}
}

// nextChange is the first instant at which one of the proposals opens or closes.
func nextChange(ms []motion.Motion, now time.Time) (next time.Time) {
	for _, m := range ms {
		for _, at := range []time.Time{m.Opens, m.Closes} {
			if at.After(now) && (next.IsZero() || at.Before(next)) {
				next = at
			}
		}
	}
	return next
}
