package web

import (
	"net/http"
	"strconv"

	"folkmoot/internal/lang"
	"folkmoot/internal/motion"

	"github.com/labstack/echo/v4"
)

// newWordsPage shows what new words would change, before they are published.
type newWordsPage struct {
	Frame
	Say        []lang.Msg // what publishing them will mean
	Comparison comparison
	Same       bool // nothing would change
	Href       string
	Send       []Hidden // everything that was typed
}

var newWordsTmpl = newPage[newWordsPage]("motion/check.html")

// checkWords shows the mover what would change. Nothing is published by it, so that neither the enter key nor a wrong button
// puts unfinished words before the group.
func (s *Server) checkWords(c echo.Context, n, version int, w written) error {
	a := s.actor(c)
	h, err := s.Motions.TryWords(c.Request().Context(), a, n, version, w.Text)
	if err != nil {
		return err
	}
	p := newWordsPage{Frame: s.groupFrame(c, SectionProposals), Same: h.Old.N == h.New.N, Href: motionPath(a.Group, h.Motion, "edit"), Send: append(w.hidden(version), Hidden{"keep", value(c, "keep")})}
	p.Head = Head{
		Crumbs: []Link{{Href: motionPath(a.Group, h.Motion), Label: plain(h.Title)}, {Href: p.Href, Label: lang.M("motion.form.edit_public")}},
		Kind:   motionName(h.Motion), Title: lang.M("motion.check.title"), State: lang.M("motion.check.state"),
	}
	p.Say = []lang.Msg{rewordSay(h.State)}
	if p.Same {
		p.Head.State, p.Say = lang.M("motion.check.same"), nil
	} else {
		p.Comparison = compare(h, false)
	}
	p.Strip = Strip{Next: rewordSay(h.State), Decides: lang.M("motion.versions_decides"), Change: lang.M("motion.form.reword_state"),
		Href: motionPath(a.Group, h.Motion, "versions")}
	return newWordsTmpl.render(c, http.StatusOK, p)
}

// hidden is what was typed, for a form that sends it again.
func (w written) hidden(version int) []Hidden {
	t := w.Text
	out := []Hidden{{"version", strconv.Itoa(version)}, {"title", t.Title}, {"why", t.Why}, {"won", t.Won}, {"partly", t.Partly},
		{"not_acceptable", t.NotAcceptable}, {"able", t.Able}, {"forum", sentForum(t.Forum)}}
	for i, cl := range t.Clauses {
		no := strconv.Itoa(i + 1)
		out = append(out, Hidden{"clause-id-" + no, strconv.Itoa(cl.ID)}, Hidden{"clause-" + no, cl.Text})
	}
	return out
}

// rewordedSay says what became of new words that were sent: the same words change nothing.
func rewordedSay(m motion.Motion, version int) string {
	if m.Version == version {
		return "motion.flash.same"
	}
	return "motion.flash.reworded"
}
