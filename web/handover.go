package web

import (
	"net/http"
	"strconv"
	"strings"

	"folkmoot/internal/fault"
	"folkmoot/internal/handover"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"

	"github.com/labstack/echo/v4"
)

// sheetPage is a handover, for the outgoing, the new holder and the understudy.
type sheetPage struct {
	Frame
	Say     []lang.Msg
	Items   []sheetItem
	Write   smallForm // zero: the reader does not write
	Check   checkForm // zero: the reader does not check
	Meeting []lang.Msg
	Meet    Action
	Finish  *Grave
	Wait    lang.Msg // until it can be finished
	Facts   []Fact
	Last    lang.Msg // to the outgoing: how many could do it now
}

// sheetItem is a point as it is read.
type sheetItem struct {
	Label string
	Text  string
	Done  bool // the new holder has checked it
}

// checkForm is a form with a box for each point.
type checkForm struct {
	Href   string
	Ticks  []Tick
	Submit lang.Msg
	Guard  Guard
}

var sheetTmpl = newPage[sheetPage]("group/handover.html")

func (s *Server) showSheet(c echo.Context) error { return s.renderSheet(c, http.StatusOK, nil, nil) }

// renderSheet shows the handover, with texts that were typed and what is wrong with them.
func (s *Server) renderSheet(c echo.Context, status int, typed map[int]string, wrong map[string]lang.Msg) error {
	a := s.actor(c)
	sh, err := s.Handovers.ShowSheet(c.Request().Context(), a, c.Param("role"), c.Param("term"))
	if err != nil {
		return err
	}
	p := sheetPage{Frame: s.groupFrame(c, SectionPeople)}
	p.refuse(wrong)
	p.Head = Head{
		Crumbs: []Link{{powersPath(a.Group), lang.M("powers.title")}, {powersPath(a.Group, sh.Role.Key), roleName(sh.Role)}},
		Kind:   lang.M("handover.sheet.kind"), Title: lang.M("handover.sheet.title", "Role", roleName(sh.Role)),
		State: lang.M("handover.sheet.from", "Who", memberName(sh.People[sh.Old.Member]), "Until", local(a, sh.Old.Over())),
	}
	if sh.Next.ID != 0 {
		p.Head.State = lang.M("handover.sheet.from_to", "Who", memberName(sh.People[sh.Old.Member]), "Next", memberName(sh.People[sh.Next.Member]))
	}
	p.Strip = Strip{Next: lang.M("handover.sheet.next"), Decides: lang.M("handover.sheet.decides"), Change: lang.M("powers.change"), Href: groupPath(a.Group) + "/rules#roles"}
	p.Say = []lang.Msg{lang.M("handover.sheet.private")}
	p.Facts = []Fact{{Label: lang.M("handover.sheet.fact.opened"), At: local(a, sh.Opened)}}
	if !sh.Finished.IsZero() {
		p.Facts = append(p.Facts, Fact{Label: lang.M("handover.sheet.fact.finished"), At: local(a, sh.Finished)})
		p.Strip.Next = lang.M("handover.sheet.next_done")
	}
	path := func(below ...string) string { return sheetPath(a.Group, sh.Role.Key, sh.Old.Ref, below...) }
	p.fillItems(a, path, sh, typed, wrong)
	p.fillMeeting(path, sh)
	return sheetTmpl.render(c, status, p)
}

// fillItems shows the points to read, to write or to check.
func (p *sheetPage) fillItems(a member.Actor, path func(...string) string, sh handover.Sheet, typed map[int]string, wrong map[string]lang.Msg) {
	if !sh.Forgotten.IsZero() {
		p.Say = append(p.Say, lang.M("handover.sheet.forgotten", "At", local(a, sh.Forgotten)))
		return
	}
	if sh.MayWrite() {
		p.Say = append(p.Say, lang.M("handover.sheet.ask"))
		p.Write = smallForm{Href: path(), Guard: p.Guard(), Submit: lang.M("handover.sheet.save"), Say: []lang.Msg{lang.M("handover.sheet.hint")}}
		for _, it := range sh.Items {
			f := Field{Name: handover.ItemField(it.N), Value: it.Text, Label: plain(it.Label), Wrong: wrong[handover.ItemField(it.N)], Words: handover.MaxWords, Rows: 4, Optional: true}
			if text, ok := typed[it.N]; ok {
				f.Value = text
			}
			p.Write.Areas = append(p.Write.Areas, f)
		}
		p.Last = lastLine(sh)
		return
	}
	for _, it := range sh.Items {
		p.Items = append(p.Items, sheetItem{it.Label, it.Text, it.Checked})
	}
	if sh.MayCheck() {
		p.Check = checkForm{Href: path("check"), Guard: p.Guard(), Submit: lang.M("handover.sheet.check_save")}
		for _, it := range sh.Items {
			p.Check.Ticks = append(p.Check.Ticks, Tick{Name: handover.ItemField(it.N), Label: plain(it.Label), Chosen: it.Checked})
		}
	}
}

// lastLine is what the outgoing reads last: not a score, but how many they leave behind who could do it (practice.md §5.7).
func lastLine(sh handover.Sheet) lang.Msg {
	switch {
	case sh.Began == nil:
		return depthSay(sh.Depth)
	case sh.Depth.Count == 0 && !sh.Depth.Few():
		return lang.M("handover.depth.last_none", "Began", *sh.Began)
	case sh.Depth.Few():
		return lang.M("handover.depth.last_few", "Count", sh.Depth.Count, "Began", *sh.Began)
	}
	return lang.M("handover.depth.last", "Count", sh.Depth.Count, "Began", *sh.Began)
}

// fillMeeting says who says that the two have met, and lets the new holder end the handover.
func (p *sheetPage) fillMeeting(path func(...string) string, sh handover.Sheet) {
	p.Meeting = []lang.Msg{lang.M("handover.sheet.meeting_say")}
	if sh.MetOld {
		p.Meeting = append(p.Meeting, lang.M("handover.sheet.met_old", "Who", memberName(sh.People[sh.Old.Member])))
	}
	if sh.MetNew {
		p.Meeting = append(p.Meeting, lang.M("handover.sheet.met_new", "Who", memberName(sh.People[sh.Next.Member])))
	}
	if sh.MayMeet() {
		p.Meet = Action{Href: path("met"), Label: lang.M("handover.sheet.met"), Post: true, Guard: p.Guard()}
	}
	switch {
	case sh.MayFinish():
		p.Finish = &Grave{
			ID: "finish-handover", Label: lang.M("handover.sheet.finish"), Ask: lang.M("handover.sheet.finish.ask"), Say: []lang.Msg{lang.M("handover.sheet.finish.say")},
			Yes: lang.M("handover.sheet.finish.yes"), Href: path("finish"), Guard: p.Guard(),
		}
	case sh.MayCheck():
		p.Wait = lang.M("handover.sheet.finish.wait")
	}
}

// itemOf returns the number of the item that a field is for, 0 if it is for none.
func itemOf(field string) int {
	after, ok := strings.CutPrefix(field, "item-")
	n, err := strconv.Atoi(after)
	if !ok || err != nil || n < 1 || n > handover.MaxItems {
		return 0
	}
	return n
}

func (s *Server) writeSheet(c echo.Context) error {
	texts, typed := map[int]string{}, map[int]string{}
	for field := range c.Request().PostForm {
		if n := itemOf(field); n > 0 {
			texts[n], typed[n] = value(c, field), value(c, field)
		}
	}
	err := s.Handovers.Write(c.Request().Context(), s.actor(c), c.Param("role"), c.Param("term"), texts)
	if wrong := fault.Fields(err); wrong != nil {
		return s.renderSheet(c, http.StatusUnprocessableEntity, typed, wrong)
	}
	return s.sheetDone(c, err, "handover.flash.kept")
}

func (s *Server) checkSheet(c echo.Context) error {
	var checked []int
	for field := range c.Request().PostForm {
		if n := itemOf(field); n > 0 {
			checked = append(checked, n)
		}
	}
	return s.sheetDone(c, s.Handovers.Check(c.Request().Context(), s.actor(c), c.Param("role"), c.Param("term"), checked), "handover.flash.kept")
}

func (s *Server) metForSheet(c echo.Context) error {
	return s.sheetDone(c, s.Handovers.Meet(c.Request().Context(), s.actor(c), c.Param("role"), c.Param("term")), "handover.flash.kept")
}

func (s *Server) finishSheet(c echo.Context) error {
	return s.sheetDone(c, s.Handovers.Finish(c.Request().Context(), s.actor(c), c.Param("role"), c.Param("term")), "handover.flash.finished")
}

func (s *Server) sheetDone(c echo.Context, err error, flash string) error {
	if err != nil {
		return err
	}
	s.flash(c, flash)
	return see(c, sheetPath(s.actor(c).Group, c.Param("role"), c.Param("term")))
}

// handoverListForm is the form with which the holders of a role change what its next handovers ask.
func (s *Server) handoverListForm(c echo.Context, typed string) (p formPage, err error) {
	a := s.actor(c)
	r, items, err := s.Handovers.ShowList(c.Request().Context(), a, c.Param("role"))
	if err != nil {
		return p, err
	}
	if typed == "" {
		typed = strings.Join(items, "\n")
	}
	f := s.groupFrame(c, SectionPeople)
	f.Head = Head{Crumbs: []Link{{powersPath(a.Group), lang.M("powers.title")}, {powersPath(a.Group, r.Key), roleName(r)}}, Title: lang.M("handover.list.title", "Role", roleName(r))}
	f.Strip = Strip{Next: lang.M("handover.page.next"), Decides: lang.M("handover.page.decides"), Change: lang.M("powers.change"), Href: groupPath(a.Group) + "/rules#roles"}
	area := Field{Name: "items", Value: typed, Label: lang.M("handover.list.label"), Hint: lang.M("handover.list.hint"), Rows: 12}
	p = s.form(c, f, powersPath(a.Group, r.Key, "handover-list"), lang.M("handover.list.do"), Item{Area: &area})
	p.Say = []lang.Msg{lang.M("handover.list.say")}
	return p, nil
}

func (s *Server) showHandoverList(c echo.Context) error {
	p, err := s.handoverListForm(c, "")
	if err != nil {
		return err
	}
	return formTmpl.render(c, http.StatusOK, p)
}

func (s *Server) changeHandoverList(c echo.Context) error {
	err := s.Handovers.ChangeList(c.Request().Context(), s.actor(c), c.Param("role"), value(c, "items"))
	if wrong := fault.Fields(err); wrong != nil {
		p, err := s.handoverListForm(c, value(c, "items"))
		if err != nil {
			return err
		}
		return p.again(c, wrong)
	}
	if err != nil {
		return err
	}
	s.flash(c, "handover.flash.kept")
	return see(c, powersPath(s.actor(c).Group, c.Param("role")))
}
