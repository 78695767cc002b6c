package web

import (
	"net/http"
	"strconv"

	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"

	"github.com/labstack/echo/v4"
)

// motionsPage is a list of proposals.
type motionsPage struct {
	Frame
	Tabs  []Tab
	Rows  []Row
	Empty Empty
	Order lang.Msg // by which rule the list is ordered
	Pager Pager
}

var motionsTmpl = newPage[motionsPage]("motion/list.html")

// listing is one list of proposals: which states, which way round.
type listing struct {
	name   string // in the address; "" for the first one
	states []motion.State
	oldest bool
}

// listings are the lists of proposals there are, in the order of the tabs.
func listings() []listing {
	return []listing{
		{"", motion.Open(), true},
		{"seeking", []motion.State{motion.Seeking}, true},
		{"tabled", []motion.State{motion.Tabled}, true},
		{"voting", []motion.State{motion.Voting, motion.Inquorate}, true},
		{"closed", motion.Closed(), false},
		{"all", nil, false},
	}
}

// mine is the name of the list of the reader's own drafts.
const mine = "drafts"

// listingPath returns the address of a list, from a place in it on.
func listingPath(g member.Group, name string, after int) string {
	path := groupPath(g) + "/proposals"
	sep := "?"
	if name != "" {
		path, sep = path+sep+"state="+name, "&"
	}
	if after != 0 {
		path += sep + "after=" + strconv.Itoa(after)
	}
	return path
}

func (s *Server) showMotions(c echo.Context) error {
	a, name := s.actor(c), c.QueryParam("state")
	p := motionsPage{Frame: s.groupFrame(c, SectionProposals)}
	p.Head = Head{Title: lang.M("motions.title"), State: lang.M("motions.state"), Can: lang.M("motions.can"), Act: startAction(a.Group)}
	if a.Group.Forming() {
		p.Head.Can, p.Head.Act.Label = lang.M("motions.can_forming"), lang.M("now.draft")
	}
	p.Strip = Strip{Next: lang.M("motions.next"), Decides: lang.M("motions.decides"), Change: lang.M("motions.change"), Href: groupPath(a.Group) + "/rules"}
	for _, l := range listings() {
		p.Tabs = append(p.Tabs, Tab{Href: listingPath(a.Group, l.name, 0), Label: lang.M("motions.list." + listName(l.name)), Current: l.name == name})
	}
	p.Tabs = append(p.Tabs, Tab{Href: listingPath(a.Group, mine, 0), Label: lang.M("motions.list.drafts"), Current: name == mine})
	if name == mine {
		return s.showDrafts(c, a, p)
	}
	for _, l := range listings() {
		if l.name == name {
			return s.showListing(c, a, l, p)
		}
	}
	return fault.New(fault.NotFound, "fault.not_found")
}

// startAction is the way for any member to begin something (practice.md §1.1, row 1).
func startAction(g member.Group) Action {
	return Action{Href: groupPath(g) + "/proposals/new", Label: lang.M("motions.start")}
}

func listName(name string) string {
	if name == "" {
		return "open"
	}
	return name
}

func (s *Server) showListing(c echo.Context, a member.Actor, l listing, p motionsPage) error {
	after, err := startOf(c, "after")
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	list, err := s.Motions.List(ctx, a, motion.Filter{States: l.states, After: int(after), Oldest: l.oldest})
	if err != nil {
		return err
	}
	fresh, err := s.Talk.HasNew(ctx, a, list.List)
	if err != nil {
		return err
	}
	parts, err := s.Ballots.Parts(ctx, a, list.List)
	if err != nil {
		return err
	}
	var ranked []motion.ID
	for _, m := range list.List {
		if m.Kind.Ranked() && m.State == motion.Carried {
			ranked = append(ranked, m.ID)
		}
	}
	chosen, err := s.chosenSays(ctx, a, ranked)
	if err != nil {
		return err
	}
	for _, m := range list.List {
		row := motionRow(a, m, list.Movers[m.Mover], list.Need.Of(m, list.Now), fresh[m.ID], parts[m.ID], list.Now)
		if say, is := chosen[m.ID]; is {
			row.State = say
		}
		p.Rows = append(p.Rows, row)
	}
	start, rest := "", ""
	if after != 0 {
		start = listingPath(a.Group, l.name, 0)
	}
	if list.More {
		rest = listingPath(a.Group, l.name, list.List[len(list.List)-1].Number)
	}
	p.Order, p.Pager = lang.M("motions.order.newest"), Pager{Newer: start, Older: rest}
	if l.oldest {
		p.Order, p.Pager = lang.M("motions.order.oldest"), Pager{Newer: rest, Older: start}
	}
	if len(p.Rows) == 0 {
		name := listName(l.name)
		p.Empty = Empty{Title: lang.M("motions.empty." + name), Say: []lang.Msg{lang.M("motions.empty." + name + "_say")}}
	}
	return motionsTmpl.render(c, http.StatusOK, p)
}

func (s *Server) showDrafts(c echo.Context, a member.Actor, p motionsPage) error {
	drafts, err := s.Motions.Drafts(c.Request().Context(), a)
	if err != nil {
		return err
	}
	for _, m := range drafts {
		p.Rows = append(p.Rows, draftRow(a, m, p.voice()))
	}
	if len(p.Rows) == 0 {
		p.Empty = Empty{Title: lang.M("motions.empty.drafts"), Say: []lang.Msg{lang.M("motions.empty.drafts_say")}}
	}
	return motionsTmpl.render(c, http.StatusOK, p)
}

// draftRow is a draft in a list that only its writer sees.
func draftRow(a member.Actor, m motion.Motion, v *lang.Voice) Row {
	return Row{Href: motionPath(a.Group, m), Kind: motionName(m), Title: v.Say(motionTitle(m)), State: lang.M("motion.is.draft")}
}
