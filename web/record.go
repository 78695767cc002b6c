package web

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"folkmoot/internal/export"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"

	"github.com/labstack/echo/v4"
)

// recordPage is everything that was done in a group, the newest first, with the checkpoint that stands for all of it.
type recordPage struct {
	Frame
	Short  string
	Copies []Copy
	Lines  []recordLine
	Pager  Pager
	Export string
}

// recordLine is one entry in a sentence.
type recordLine struct {
	N     int64
	Href  string
	At    time.Time
	Day   bool // only the day of it is shown
	Say   lang.Msg
	By    lang.Msg
	About Link // the proposal or decision it is about; may be empty
}

var recordTmpl = newPage[recordPage]("record/record.html")

func (s *Server) showRecord(c echo.Context) error {
	a := s.actor(c)
	before, err := place(c.QueryParam("before"))
	if err != nil {
		return err
	}
	log, err := s.Exports.Log(c.Request().Context(), a, before)
	if err != nil {
		return err
	}
	path := groupPath(a.Group) + "/record"
	p := recordPage{Frame: s.groupFrame(c, SectionRecord), Short: log.Head.Short(), Export: path + "/export"}
	p.Head = Head{Kind: lang.M("record.kind"), Title: lang.M("record.title"), State: lang.M("record.state", "Entries", log.Head.Size),
		Can: lang.M("export.page.lede"), Act: Action{Href: path + "/export", Label: lang.M("record.export")}}
	p.Strip = recordStrip()
	p.Copies = []Copy{
		{ID: "checkpoint", Label: lang.M("record.checkpoint"), Text: log.Head.Short()},
		{ID: "signed", Label: lang.M("record.signed"), Text: log.Head.Signed, Long: true},
		{ID: "key", Label: lang.M("record.key"), Text: log.Key},
	}
	for _, l := range log.Lines {
		p.Lines = append(p.Lines, lineOf(a.Group, l))
	}
	if log.Older > 0 {
		p.Pager.Older = path + "?before=" + strconv.FormatInt(log.Older, 10)
	}
	if before > 0 {
		p.Pager.Newer = path
	}
	return recordTmpl.render(c, http.StatusOK, p)
}

func recordStrip() Strip {
	return Strip{Next: lang.M("record.next"), Decides: lang.M("record.decides"), Change: lang.M("record.change")}
}

// place reads the number of an entry; an empty one is 0.
func place(s string) (int64, error) {
	if s == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != s {
		return 0, fault.New(fault.NotFound, "fault.not_found")
	}
	return n, nil
}

func lineOf(g member.Group, l export.Line) recordLine {
	path := groupPath(g)
	out := recordLine{N: l.N, Href: path + "/record/" + strconv.FormatInt(l.N, 10), At: l.At, Say: l.Say, By: l.Who()}
	out.Day = l.By == "" && strings.HasPrefix(l.Kind, "petition.") // the minute would help to guess who started or signed
	if what, of, ok := strings.Cut(l.About, "/"); ok {
		places := map[string]string{"motion": "/proposals/", "decision": "/decisions/", "election": "/proposals/", "selection": "/selections/", "meeting": "/meetings/"}
		out.About = Link{Href: path + places[what] + of, Label: lang.M("record.about."+what, "Of", of, "Title", l.Title)}
	}
	return out
}

// entryPage is one entry of the record, with what is hashed of it.
type entryPage struct {
	Frame
	Line   recordLine
	Moment lang.Msg // why only the day is shown
	Leaf   Copy
	Hash   Copy
}

var entryTmpl = newPage[entryPage]("record/entry.html")

func (s *Server) showEntry(c echo.Context) error {
	a := s.actor(c)
	n, err := place(c.Param("entry"))
	if err != nil {
		return err
	}
	log, err := s.Exports.Entry(c.Request().Context(), a, n)
	if err != nil {
		return err
	}
	l := log.Lines[0]
	p := entryPage{Frame: s.groupFrame(c, SectionRecord), Line: lineOf(a.Group, l)}
	p.Head = Head{Crumbs: []Link{{groupPath(a.Group) + "/record", lang.M("record.title")}}, Kind: lang.M("record.entry_kind"),
		Title: lang.M("record.entry", "N", n), State: l.Say}
	p.Strip = recordStrip()
	p.Leaf = Copy{ID: "leaf", Label: lang.M("record.leaf"), Text: l.Leaf, Long: true}
	if p.Line.Day {
		p.Moment = lang.M("record.day_only")
	}
	p.Hash = Copy{ID: "hash", Label: lang.M("record.hash"), Text: l.Hash()}
	return entryTmpl.render(c, http.StatusOK, p)
}

// exportPage is where a member chooses what to take along, and as what.
type exportPage struct {
	Frame
	Href   string
	Of     Choice
	One    Choice // which decision; without options there is none yet
	Format Choice
	Hide   Tick
}

var exportTmpl = newPage[exportPage]("record/export.html")

// shownDecisions is how many decisions the export page offers; older ones are exported from their own pages.
const shownDecisions = 20

func (s *Server) showExport(c echo.Context) error {
	a, of := s.actor(c), c.QueryParam("of")
	found, err := s.Exports.Decisions(c.Request().Context(), a, of, shownDecisions)
	if err != nil {
		return err
	}
	path := groupPath(a.Group) + "/record"
	p := exportPage{Frame: s.groupFrame(c, SectionRecord), Href: path + "/export/file"}
	p.Head = Head{Crumbs: []Link{{path, lang.M("record.title")}}, Title: lang.M("export.page.title"), State: lang.M("export.page.lede")}
	p.Strip = Strip{Next: lang.M("export.page.next"), Decides: lang.M("export.page.decides"), Change: lang.M("export.page.change")}
	p.Of = Choice{Name: "of", Legend: lang.M("export.page.of"), Options: []Option{
		{Value: "everything", Label: lang.M("export.page.all"), Hint: lang.M("export.page.all_hint", "Group", a.Group.Name), Chosen: of == ""},
	}}
	if len(found) > 0 {
		p.Of.Options = append(p.Of.Options, Option{Value: "decision", Label: lang.M("export.page.one"), Hint: lang.M("export.page.one_hint"), Chosen: of != ""})
		p.One = Choice{Name: "decision", Legend: lang.M("export.page.which")}
	}
	for _, d := range found {
		label := lang.M("export.page.decision", "Number", d.Number, "Title", d.Title)
		p.One.Options = append(p.One.Options, Option{Value: d.Number, Label: label, Chosen: of == d.Number})
	}
	p.Format = Choice{Name: "format", Legend: lang.M("export.page.kind")}
	for i, f := range export.Formats() {
		p.Format.Options = append(p.Format.Options, Option{Value: string(f), Label: lang.M("export.format." + string(f)), Chosen: i == 0})
	}
	p.Hide = Tick{Name: "hide", Label: lang.M("export.page.names"), Hint: lang.M("export.page.names_hint")}
	return exportTmpl.render(c, http.StatusOK, p)
}

// sendExport makes the file and sends it. It is never shown in the browser, which would lend it this server's origin.
func (s *Server) sendExport(c echo.Context) error {
	a, ctx := s.actor(c), c.Request().Context()
	format, ok := export.ParseFormat(c.QueryParam("format"))
	if !ok {
		return fault.New(fault.Invalid, "export.no_format")
	}
	voice := s.views.catalog.Voice(s.wishes(c, s.visitor(c), a)...)
	o := export.Options{Format: format, HideNames: c.QueryParam("hide") == "yes", Voice: voice}
	var f *export.File
	var err error
	switch of := c.QueryParam("of"); of {
	case "everything":
		f, err = s.Exports.Everything(ctx, a, o)
	case "decision":
		f, err = s.Exports.Decision(ctx, a, c.QueryParam("decision"), o)
	default:
		if number, is := strings.CutPrefix(of, "meeting/"); is {
			var n int64
			if n, err = place(number); err == nil {
				f, err = s.Exports.Meeting(ctx, a, int(n), o)
			}
			break
		}
		f, err = s.Exports.Decision(ctx, a, of, o)
	}
	if err != nil {
		return err
	}
	return sendMade(c, f)
}

// sendMade sends a file that was made, and closes it.
func sendMade(c echo.Context, f *export.File) (err error) {
	defer func() { err = errors.Join(err, f.Close()) }()
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, f.Mime)
	h.Set(echo.HeaderContentLength, strconv.FormatInt(f.Size, 10))
	h.Set(echo.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	c.Response().WriteHeader(http.StatusOK)
	_, err = io.Copy(c.Response(), f)
	return err
}
