package web

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"folkmoot/internal/export"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/money"
	"folkmoot/internal/motion"

	"github.com/labstack/echo/v4"
)

// moneyPage is the reports on a group's money, who writes them, and when the next is due.
type moneyPage struct {
	Frame
	Late    []lang.Msg // the next report is overdue
	How     lang.Msg   // when reports are due; zero: none is
	Due     Until
	Rows    []Row
	Empty   Empty
	Pager   Pager
	Holders []Power
	Nobody  lang.Msg // where there are none
	Roles   Link
	Chores  []Link   // to proposing that a role writes them, where none does
	Take    []Action // files
}

// moneyReportPage is a single report.
type moneyReportPage struct {
	Frame
	Notes   []Link // that it corrects one, or is corrected by one
	Start   lang.Msg
	Lines   []moneyLine
	In, Out lang.Msg
	End     lang.Msg
	Money   string // the currency
	Words   string
	Filed   lang.Msg
}

// moneyLine is what some money came from or was paid for. One of its amounts is zero.
type moneyLine struct {
	What    string
	In, Out lang.Msg
}

// moneyFormPage is where a report is written.
type moneyFormPage struct {
	Frame
	Say    []lang.Msg
	Href   string
	Keep   string
	After  string
	Before []Field // above the lines
	Few    []moneyRow
	More   []moneyRow // folded away until they are needed
	Open   bool       // they are needed
	End    Field
	Words  Field
}

// moneyRow is a line to fill in.
type moneyRow struct {
	Name          lang.Msg
	What, In, Out Field
}

var (
	moneyTmpl       = newPage[moneyPage]("group/money.html")
	moneyReportTmpl = newPage[moneyReportPage]("group/moneyreport.html")
	moneyFormTmpl   = newPage[moneyFormPage]("group/moneyform.html")
)

// fewLines is how many lines of a report stand open.
const fewLines = 4

func moneyPath(g member.Group, below ...string) string {
	path := groupPath(g) + "/money"
	for _, b := range below {
		path += "/" + b
	}
	return path
}

// reportPath is the address of a report, and of what is below it.
func reportPath(g member.Group, number int, below ...string) string {
	return moneyPath(g, append([]string{strconv.Itoa(number)}, below...)...)
}

// moneyDay is a day in words.
func moneyDay(f Frame, a member.Actor, d money.Day) string { return f.voice().Date(d.In(a.Group.Zone)) }

func moneySpan(f Frame, a member.Actor, r money.Report) lang.Msg {
	return lang.M("money.span", "From", moneyDay(f, a, r.From), "To", moneyDay(f, a, r.To))
}

func (s *Server) listMoney(c echo.Context) error {
	a := s.actor(c)
	before, err := strconv.Atoi(c.QueryParam("before"))
	if err != nil || before < 0 {
		before = 0
	}
	v, err := s.Money.List(c.Request().Context(), a, before)
	if err != nil {
		return err
	}
	p := moneyPage{Frame: s.groupFrame(c, SectionPeople)}
	p.Head = Head{Crumbs: []Link{{groupPath(a.Group) + "/people", lang.M("people.people.title")}}, Title: lang.M("money.title"), State: lang.M("money.state")}
	p.Strip = Strip{Next: lang.M("money.next.list"), Decides: lang.M("money.decides"), Change: lang.M("money.change"), Href: powersPath(a.Group)}
	if !v.Until.IsZero() {
		p.Head.Can, p.Head.Until = lang.M("money.can"), Until{Say: lang.M("money.until"), At: local(a, v.Until), Far: true}
		p.Head.Act = Action{Href: moneyPath(a.Group, "new"), Label: lang.M("money.file")}
	}
	p.fillDue(a, v)
	for _, r := range v.Reports {
		p.Rows = append(p.Rows, moneyReportRow(p.Frame, a, v, r))
	}
	p.Empty = Empty{Title: lang.M("money.empty"), Say: []lang.Msg{lang.M("money.empty.say")}}
	if a.Group.Forming() {
		p.Empty.Say = append(p.Empty.Say, lang.M("money.empty.forming"))
	}
	if before > 0 {
		p.Pager.Newer = moneyPath(a.Group)
	}
	if v.More {
		p.Pager.Older = moneyPath(a.Group) + "?before=" + strconv.Itoa(v.Reports[len(v.Reports)-1].Number)
	}
	if v.Last.Number > 0 {
		p.Take = []Action{{Href: moneyPath(a.Group, "reports.csv"), Label: lang.M("money.files")}}
	}
	p.fillHolders(a, v)
	return moneyTmpl.render(c, http.StatusOK, p)
}

// fillDue says when the next report is due, and without blame that it is late.
func (p *moneyPage) fillDue(a member.Actor, v money.View) {
	if v.Due.IsZero() {
		return
	}
	p.How = lang.M("money.due.how", "Every", money.EveryDays, "Grace", money.GraceDays)
	if v.Overdue() {
		p.Late = []lang.Msg{lang.M("money.overdue", "At", p.voice().Date(local(a, v.Due)))}
		if len(v.Holders) > 0 {
			p.Late = append(p.Late, lang.M("money.overdue.say"))
		}
		return
	}
	p.Due = Until{Say: lang.M("money.due"), At: local(a, v.Due)}
	if v.Last.Number == 0 {
		p.Due.Say = lang.M("money.due.first")
	}
}

// fillHolders says who writes the reports, and until when.
func (p *moneyPage) fillHolders(a member.Actor, v money.View) {
	for _, h := range v.Holders {
		p.Holders = append(p.Holders, Power{
			Who: memberName(h.Member), Until: local(a, h.Until), Day: true, How: lang.M("role." + h.Role + ".name"), Href: powersPath(a.Group, h.Role),
		})
	}
	p.Roles = Link{powersPath(a.Group), lang.M("money.holders.see")}
	switch {
	case len(p.Holders) > 0:
	case len(v.By) > 0 && v.Early:
		p.Nobody = lang.M("money.holders.early", "Role", lang.M("role."+v.By[0]+".name"))
	case len(v.By) > 0:
		p.Nobody = lang.M("money.holders.none", "Role", lang.M("role."+v.By[0]+".name"))
	case len(v.Lacks) > 0:
		p.Nobody = lang.M("money.holders.no_role")
	default:
		p.Nobody = lang.M("money.holders.no_roles")
	}
	for _, key := range v.Lacks {
		p.Chores = append(p.Chores, moneyChoreLink(a.Group, key))
	}
}

// moneyChoreLink leads to proposing that a role writes the reports.
func moneyChoreLink(g member.Group, key string) Link {
	return Link{Href: powersPath(g, key, "reports"), Label: lang.M("money.chore.title", "Role", lang.M("role."+key+".name"))}
}

func moneyReportRow(f Frame, a member.Actor, v money.View, r money.Report) Row {
	row := Row{
		Href: reportPath(a.Group, r.Number), Kind: lang.M("money.report", "Number", r.Number), Title: f.voice().Say(moneySpan(f, a, r)),
		State: lang.M("money.row.end", "Amount", r.End.Say(), "Currency", r.Currency), Facts: []lang.Msg{lang.M("money.row.flow", "In", r.In.Say(), "Out", r.Out.Say())},
	}
	if by := v.Corrected[r.Number]; by != 0 {
		row.Notes = append(row.Notes, lang.M("money.corrected", "Number", by))
	}
	if r.Corrects != 0 {
		row.Notes = append(row.Notes, lang.M("money.corrects", "Number", r.Corrects))
	}
	return row
}

// moneyReport returns the report in the address.
func (s *Server) moneyReport(c echo.Context) (money.View, error) {
	n, err := strconv.Atoi(c.Param("n"))
	if err != nil || n < 1 || strconv.Itoa(n) != c.Param("n") {
		return money.View{}, fault.New(fault.NotFound, "fault.not_found")
	}
	return s.Money.Show(c.Request().Context(), s.actor(c), n)
}

func (s *Server) showMoney(c echo.Context) error {
	a := s.actor(c)
	v, err := s.moneyReport(c)
	if err != nil {
		return err
	}
	r := v.Reports[0]
	p := moneyReportPage{Frame: s.groupFrame(c, SectionPeople), Money: r.Currency, Words: r.Words}
	p.Head = Head{Crumbs: moneyCrumbs(a), Title: lang.M("money.report", "Number", r.Number), State: moneySpan(p.Frame, a, r)}
	p.Strip = Strip{Next: lang.M("money.next"), Decides: lang.M("money.decides"), Change: lang.M("money.older_wrong"), Href: moneyPath(a.Group)}
	by := v.Corrected[r.Number]
	if by != 0 {
		p.Notes = append(p.Notes, Link{reportPath(a.Group, by), lang.M("money.corrected", "Number", by)})
	}
	if r.Corrects != 0 {
		p.Notes = append(p.Notes, Link{reportPath(a.Group, r.Corrects), lang.M("money.corrects", "Number", r.Corrects)})
	}
	if !v.Until.IsZero() && v.Last.Number == r.Number {
		p.Head.Also = []Action{{Href: reportPath(a.Group, r.Number, "correct"), Label: lang.M("money.correct")}}
	}
	p.Start, p.In, p.Out, p.End = r.Start.Say(), r.In.Say(), r.Out.Say(), r.End.Say()
	for _, l := range r.Lines {
		line := moneyLine{What: l.What}
		if l.Amount > 0 {
			line.In = l.Amount.Say()
		} else {
			line.Out = (-l.Amount).Say()
		}
		p.Lines = append(p.Lines, line)
	}
	p.Filed = lang.M("money.filed", "At", p.voice().Date(local(a, r.At)), "Who", memberName(v.People[r.By]))
	return moneyReportTmpl.render(c, http.StatusOK, p)
}

func moneyCrumbs(a member.Actor) []Link {
	return []Link{{groupPath(a.Group) + "/people", lang.M("people.people.title")}, {moneyPath(a.Group), lang.M("money.title")}}
}

// moneyForm is the form for the next report, or for a correction of the newest, with what was typed and what is wrong with it.
func (s *Server) moneyForm(c echo.Context, v money.View, t money.Typed, wrong map[string]lang.Msg) moneyFormPage {
	a := s.actor(c)
	p := moneyFormPage{Frame: s.groupFrame(c, SectionPeople), Href: moneyPath(a.Group, "new"), Keep: "money-" + strconv.Itoa(v.Last.Number+1), After: strconv.Itoa(t.After)}
	p.Head = Head{Crumbs: moneyCrumbs(a), Title: lang.M("money.file"), State: lang.M("money.file.state"), Until: Until{Say: lang.M("money.until"), At: local(a, v.Until), Far: true}}
	p.Strip = Strip{Next: lang.M("money.next"), Decides: lang.M("money.decides"), Change: lang.M("money.change.form"), Href: moneyPath(a.Group)}
	p.Say = dueSay(a, v, t)
	from, start, currency := v.Next()
	if t.Corrects {
		n := v.Last.Number
		from, start, currency = v.Again()
		p.Href, p.Keep = reportPath(a.Group, n, "correct"), p.Keep+"-again"
		p.Head.Title, p.Head.State = lang.M("money.correct.title", "Number", n), lang.M("money.correct.state", "Number", n)
		p.Head.Crumbs = append(p.Head.Crumbs, Link{reportPath(a.Group, n), lang.M("money.report", "Number", n)})
		p.Say = append(p.Say, lang.M("money.correct.say"))
	}
	of := func(name, value string, label, hint lang.Msg) Field {
		return Field{Name: name, Value: value, Label: label, Hint: hint, Wrong: wrong[name]}
	}
	day := func(f Field) Field { f.Type, f.Short = "date", true; return f }
	sum := func(f Field) Field { f.InputMode, f.Short = "decimal", true; return f }
	to := day(of("to", t.To, lang.M("money.to"), lang.M("money.to.hint")))
	if from == "" {
		name := of("currency", t.Currency, lang.M("money.currency"), lang.M("money.currency.hint"))
		name.Max, name.Short = money.MaxCurrency, true
		p.Before = []Field{day(of("from", t.From, lang.M("money.from"), lang.Msg{})), to, name, sum(of("start", t.Start, lang.M("money.start"), lang.M("money.start.hint")))}
	} else {
		p.Say = append(p.Say, lang.M("money.from.fixed", "From", moneyDay(p.Frame, a, from), "Start", start.Say(), "Currency", currency))
		p.Before = []Field{to}
	}
	order := []string{"from", "to", "currency", "start"}
	for i := range money.MaxLines {
		var l money.TypedLine
		if i < len(t.Lines) {
			l = t.Lines[i]
		}
		name := func(part string) string { return fmt.Sprintf("%s-%d", part, i+1) }
		row := moneyRow{
			Name: lang.M("money.line", "N", i+1), What: of(name("what"), l.What, lang.M("money.line.what"), lang.Msg{}),
			In: sum(of(name("in"), l.In, lang.M("money.line.in"), lang.Msg{})), Out: sum(of(name("out"), l.Out, lang.M("money.line.out"), lang.Msg{})),
		}
		row.What.Max = money.MaxWhat
		order = append(order, row.What.Name, row.In.Name, row.Out.Name)
		if i < fewLines {
			p.Few = append(p.Few, row)
			continue
		}
		p.More, p.Open = append(p.More, row), p.Open || l != money.TypedLine{}
	}
	p.End = sum(of("end", t.End, lang.M("money.end.counted"), lang.M("money.end.hint")))
	p.Words = of("words", t.Words, lang.M("money.words"), lang.M("money.words.hint"))
	p.Words.Words, p.Words.Rows, p.Words.Optional, p.Words.Markdown = money.MaxWords, 5, true, true
	p.refuse(wrong, append(order, "end", "words")...)
	return p
}

// dueSay says when the report that is written now is due, and what that means for one that is late; a correction is due at no time.
func dueSay(a member.Actor, v money.View, t money.Typed) (say []lang.Msg) {
	switch {
	case t.Corrects || v.Due.IsZero():
	case v.Overdue():
		say = append(say, lang.M("money.file.late", "At", lang.Day(local(a, v.Due))))
	default:
		say = append(say, lang.M("money.file.due", "At", lang.Day(local(a, v.Due)), "Every", money.EveryDays))
	}
	return append(say, lang.M("money.file.for_good"))
}

// mayFile refuses whoever could not send the form.
func mayFile(v money.View) error {
	if v.Until.IsZero() {
		return fault.New(fault.Denied, "money.not_yours")
	}
	return nil
}

func (s *Server) showMoneyForm(c echo.Context) error {
	v, err := s.Money.List(c.Request().Context(), s.actor(c), 0)
	if err == nil {
		err = mayFile(v)
	}
	if err != nil {
		return err
	}
	from, to := v.Span(s.actor(c).Group)
	fresh := money.Typed{After: v.Last.Number, From: string(from), To: string(to)}
	return moneyFormTmpl.render(c, http.StatusOK, s.moneyForm(c, v, fresh, nil))
}

// showMoneyCorrection is the form with what the newest report says.
func (s *Server) showMoneyCorrection(c echo.Context) error {
	v, err := s.moneyReport(c)
	if err == nil {
		err = mayFile(v)
	}
	if err != nil {
		return err
	}
	r := v.Reports[0]
	if r.Number != v.Last.Number {
		return fault.New(fault.Conflict, "money.older_wrong")
	}
	t := money.Typed{
		After: r.Number, Corrects: true, From: string(r.From), To: string(r.To), Start: r.Start.String(), Currency: r.Currency, End: r.End.String(), Words: r.Words,
	}
	for _, l := range r.Lines {
		line := money.TypedLine{What: l.What, In: l.Amount.String()}
		if l.Amount < 0 {
			line.In, line.Out = "", (-l.Amount).String()
		}
		t.Lines = append(t.Lines, line)
	}
	return moneyFormTmpl.render(c, http.StatusOK, s.moneyForm(c, v, t, nil))
}

// typedMoney reads the form.
func typedMoney(c echo.Context) (t money.Typed, err error) {
	if t.After, err = strconv.Atoi(value(c, "after")); err != nil {
		return t, fault.New(fault.Conflict, "money.changed").Because(err)
	}
	t.From, t.To, t.Start, t.Currency, t.End, t.Words = value(c, "from"), value(c, "to"), value(c, "start"), value(c, "currency"), value(c, "end"), value(c, "words")
	for i := range money.MaxLines {
		of := func(part string) string { return value(c, fmt.Sprintf("%s-%d", part, i+1)) }
		t.Lines = append(t.Lines, money.TypedLine{What: of("what"), In: of("in"), Out: of("out")})
	}
	return t, nil
}

func (s *Server) fileMoney(c echo.Context) error {
	t, err := typedMoney(c)
	if err != nil {
		return err
	}
	return s.takeMoney(c, t)
}

func (s *Server) correctMoney(c echo.Context) error {
	t, err := typedMoney(c)
	if err != nil {
		return err
	}
	if c.Param("n") != strconv.Itoa(t.After) {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	t.Corrects = true
	return s.takeMoney(c, t)
}

// takeMoney files what was typed, or shows the form again.
func (s *Server) takeMoney(c echo.Context, t money.Typed) error {
	a, ctx := s.actor(c), c.Request().Context()
	number, err := s.Money.File(ctx, a, s.once(c), t)
	if wrong := fault.Fields(err); wrong != nil {
		v, err := s.Money.List(ctx, a, 0)
		if err == nil {
			err = mayFile(v)
		}
		if err != nil {
			return err
		}
		return moneyFormTmpl.render(c, http.StatusUnprocessableEntity, s.moneyForm(c, v, t, wrong))
	}
	if err != nil {
		return err
	}
	s.flash(c, "money.flash.filed")
	return see(c, reportPath(a.Group, number))
}

// fillMoney puts on the group's first page that a report waits for the reader, from the day on which its time is over.
func (s *Server) fillMoney(c echo.Context, p *nowPage) error {
	a := s.actor(c)
	if !member.Can(a, member.FinanceNote, s.now()) {
		return nil
	}
	due, from, err := s.Money.Waits(c.Request().Context(), a)
	if err != nil || from.IsZero() {
		return err
	}
	row := Row{Href: moneyPath(a.Group, "new"), Title: p.voice().T("money.waits.title"), Can: lang.M("money.file")}
	if now := s.now(); now.Before(due) {
		row.Until = Until{Say: lang.M("money.due"), At: local(a, due)}
	} else {
		row.Notes = []lang.Msg{lang.M("money.waits.late", "At", lang.Day(local(a, due)))}
	}
	p.Money = []Row{row}
	return nil
}

func (s *Server) showMoneyChore(c echo.Context) error { return s.moneyChoreForm(c, http.StatusOK, nil) }

// moneyChoreForm makes the form that proposes that a role writes the reports, with what was typed and what is wrong with it.
func (s *Server) moneyChoreForm(c echo.Context, status int, wrong map[string]lang.Msg) error {
	a, ctx := s.actor(c), c.Request().Context()
	r, err := s.Roles.Show(ctx, a, c.Param("role"))
	if err != nil {
		return err
	}
	v, err := s.Money.List(ctx, a, 0)
	if err != nil {
		return err
	}
	link := moneyChoreLink(a.Group, r.Key)
	p := carePage{Frame: s.groupFrame(c, SectionPeople), Href: link.Href}
	p.refuse(wrong, "why")
	p.Head.Crumbs, p.Head.Title = []Link{{powersPath(a.Group), lang.M("powers.title")}, {powersPath(a.Group, r.Key), roleName(r.Role)}}, link.Label
	p.Strip = Strip{Next: lang.M("vacancy.wake.next"), Decides: lang.M("money.chore.decides"), Change: lang.M("powers.change"), Href: groupPath(a.Group) + "/rules#roles"}
	if !slices.Contains(v.Lacks, r.Key) {
		p.Href, p.Head.Cannot = "", lang.M("money.chore.cannot")
		return careTmpl.render(c, status, p)
	}
	p.Say = []lang.Msg{lang.M("money.chore.say"), lang.M("money.chore.say_who")}
	p.Why = Field{Name: "why", Value: value(c, "why"), Label: lang.M("motion.form.why"), Wrong: wrong["why"], Rows: 5, Words: motion.MaxWhy, Optional: true, Markdown: true, Hint: lang.M("vacancy.why.hint")}
	return careTmpl.render(c, status, p)
}

func (s *Server) proposeMoneyChore(c echo.Context) error {
	m, err := s.Money.ProposeChore(c.Request().Context(), s.actor(c), s.once(c), c.Param("role"), value(c, "why"))
	if wrong := fault.Fields(err); wrong != nil {
		return s.moneyChoreForm(c, http.StatusUnprocessableEntity, wrong)
	}
	if err != nil {
		return err
	}
	s.flash(c, "motion.flash.proposed")
	return see(c, motionPath(s.actor(c).Group, m))
}

// sendMoney sends all reports as a spreadsheet.
func (s *Server) sendMoney(c echo.Context) error {
	a := s.actor(c)
	voice := s.views.catalog.Voice(s.wishes(c, s.visitor(c), a)...)
	f, err := s.Exports.Money(c.Request().Context(), a, export.Options{Format: export.Tables, Voice: voice})
	if err != nil {
		return err
	}
	return sendMade(c, f)
}
