package web

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"folkmoot/internal/account"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/rulebook"

	"github.com/labstack/echo/v4"
)

// stepNames are the names of the wizard's steps, practice.md §5.1.
var stepNames = []string{"purpose", "name", "you", "rules", "keys", "meeting", "invite", "done"}

// steps shows where the wizard is.
func steps(at int) Steps {
	s := Steps{At: at}
	for _, n := range stepNames {
		s.Names = append(s.Names, Step{Name: lang.M("setup.step." + n)})
	}
	return s
}

func setupPath(token string, step int) string { return "/setup/" + token + "/" + strconv.Itoa(step) }

// setup finds what the wizard was told under the link so far. A link that is over says so and what to do.
func (s *Server) setup(c echo.Context) (member.SetupDraft, error) {
	d, err := s.Members.Setup(c.Request().Context(), c.Param("token"))
	if fault.KindOf(err) == fault.NotFound {
		err = fault.New(fault.Gone, "setup.over")
	}
	return d, err
}

// showSetup goes on where the wizard was left.
func (s *Server) showSetup(c echo.Context) error {
	d, err := s.setup(c)
	if err != nil {
		return s.goOn(c, err)
	}
	return see(c, setupPath(c.Param("token"), min(d.Step+1, 3)))
}

// goOn leads who is signed in and still setting up a group of theirs to the step they were at, when the link itself is over.
func (s *Server) goOn(c echo.Context, over error) error {
	v := s.visitor(c)
	if !v.signedIn() || fault.KindOf(over) != fault.Gone {
		return over
	}
	groups, err := s.Members.Groups(c.Request().Context(), v.session.Person)
	if err != nil {
		return err
	}
	for _, m := range groups {
		if m.Member.Founder && m.Group.SetupStep != 0 {
			return see(c, stepPath(m.Group, m.Group.SetupStep))
		}
	}
	return over
}

func (s *Server) showSetupStep(c echo.Context) error {
	d, err := s.setup(c)
	if err != nil {
		return s.goOn(c, err)
	}
	step, err := strconv.Atoi(c.Param("step"))
	switch {
	case err != nil || step < 1 || step > 3:
		return fault.New(fault.NotFound, "fault.not_found")
	case step > d.Step+1: // one after the other
		return see(c, setupPath(c.Param("token"), d.Step+1))
	}
	return formTmpl.render(c, http.StatusOK, s.setupPage(c, step, d, account.SignUp{Name: s.visitor(c).session.Handle}))
}

// setupPage is one of the three steps before there is a group.
func (s *Server) setupPage(c echo.Context, step int, d member.SetupDraft, su account.SignUp) formPage {
	f := s.frame(c)
	name := stepNames[step-1]
	f.Head = Head{Kind: lang.M("setup.kind"), Title: lang.M("setup." + name + ".title"), State: lang.M("setup." + name + ".state")}
	f.Strip = Strip{Next: lang.M("setup." + name + ".next"), Decides: lang.M("setup.decides"), Change: lang.M("setup.change")}
	p := s.form(c, f, setupPath(c.Param("token"), step), lang.M("setup.go_on"))
	p.Steps = steps(step)
	for i := 1; i < step; i++ {
		p.Steps.Names[i-1].Href = setupPath(c.Param("token"), i)
	}
	switch step {
	case 1:
		p.Items = []Item{choice(presetChoice(d.Preset)), selection(s.languageChoice(f, d.Lang))}
	case 2:
		p.Items = s.nameItems(f, d)
	case 3:
		p.Items = s.aboutMe(su, s.visitor(c).signedIn())
		if !s.visitor(c).signedIn() {
			p.Below = []Link{{"/sign-in?next=" + url.QueryEscape(setupPath(c.Param("token"), 3)), lang.M("people.join.have")}}
		}
	}
	return p
}

// presetChoice are the three kinds of group, as cards.
func presetChoice(preset string) Choice {
	ch := Choice{Name: "preset", Legend: lang.M("setup.preset"), Hint: lang.M("setup.preset.hint")}
	for _, n := range rulebook.Names() {
		ch.Options = append(ch.Options, Option{Value: string(n), Label: lang.M("setup.preset." + string(n)), Hint: lang.M("setup.preset." + string(n) + ".hint"), Chosen: string(n) == preset})
	}
	return ch
}

func (s *Server) languageChoice(f Frame, tag string) Choice {
	if tag == "" {
		tag = f.Lang
	}
	ch := Choice{Name: "lang", Legend: lang.M("setup.language"), Hint: lang.M("setup.language.hint")}
	for _, l := range f.Languages {
		ch.Options = append(ch.Options, Option{Value: l.Tag, Label: plain(l.Name), Chosen: l.Tag == tag})
	}
	return ch
}

func (s *Server) nameItems(f Frame, d member.SetupDraft) []Item {
	open := d.Zone == ""
	if d.Zone == "" {
		d.Zone = map[string]string{"es": "Europe/Madrid"}[f.Lang]
	}
	if d.Zone == "" {
		d.Zone = "Europe/London"
	}
	zone := Choice{Name: "zone", Legend: lang.M("setup.zone"), Hint: lang.M("setup.zone.hint"), Zone: open}
	for _, z := range zones {
		zone.Options = append(zone.Options, Option{Value: z, Label: plain(zoneName(z)), Chosen: z == d.Zone})
	}
	return []Item{
		field(Field{Name: "name", Value: d.Name, Label: lang.M("setup.name"), Max: member.MaxGroupName, Autocomplete: "organization"}),
		field(Field{Name: "aim", Value: d.Aim, Label: lang.M("setup.aim"), Hint: lang.M("setup.aim.hint"), Max: member.MaxAim, Optional: true}),
		selection(zone),
	}
}

func (s *Server) takeSetupStep(c echo.Context) error {
	d, over := s.setup(c)
	var wrong map[string]lang.Msg
	step, err := strconv.Atoi(c.Param("step"))
	switch {
	case err != nil || step < 1 || step > 3:
		return fault.New(fault.NotFound, "fault.not_found")
	case over != nil && step == 3: // the same form sent again may have used the link
		if err := s.foundByLink(c, d); fault.KindOf(err) != fault.NotFound {
			return err
		}
		return over
	case over != nil:
		return over
	case step > d.Step+1:
		return see(c, setupPath(c.Param("token"), d.Step+1))
	case step == 3:
		return s.foundByLink(c, d)
	case step == 1 && !s.speaks(value(c, "lang")): // the form offers no other
		return refusal{http.StatusBadRequest, "web.bad_request"}
	case step == 1:
		d.Preset, d.Lang = value(c, "preset"), value(c, "lang")
		wrong = onlyThese(draftFounding(d), "preset")
	default:
		d.Name, d.Aim, d.Zone = value(c, "name"), value(c, "aim"), value(c, "zone")
		wrong = onlyThese(draftFounding(d), "name", "aim", "zone")
	}
	if wrong != nil {
		return s.setupPage(c, step, d, account.SignUp{}).again(c, wrong)
	}
	d.Step = max(d.Step, step)
	if err := s.Members.KeepSetup(c.Request().Context(), c.Param("token"), d); err != nil {
		return err
	}
	if step == 1 {
		s.setCookie(c, languageCookie, d.Lang, yearFor)
	}
	return see(c, setupPath(c.Param("token"), step+1))
}

func draftFounding(d member.SetupDraft) member.Founding {
	return member.Founding{Name: d.Name, Aim: d.Aim, Preset: d.Preset, Lang: d.Lang, Zone: d.Zone}
}

// onlyThese returns what is wrong with the fields that were asked for so far, or nil.
func onlyThese(f member.Founding, names ...string) map[string]lang.Msg {
	_, err := f.Check()
	var out map[string]lang.Msg
	for _, n := range names {
		if m, ok := fault.Fields(err)[n]; ok {
			if out == nil {
				out = map[string]lang.Msg{}
			}
			out[n] = m
		}
	}
	return out
}

// foundByLink founds the group, with a new account or for who is signed in.
func (s *Server) foundByLink(c echo.Context, d member.SetupDraft) error {
	ctx, v, su := c.Request().Context(), s.visitor(c), s.signUpForm(c, d.Name)
	su.Lang = d.Lang
	f := draftFounding(d)
	f.By = su.Name
	var e account.Entrance
	var g member.Group
	var err error
	if v.signedIn() {
		g, err = s.Members.FoundBy(ctx, s.once(c), v.session.Person, c.Param("token"), f)
	} else {
		e, g, err = s.Accounts.Found(ctx, s.once(c), su, c.Param("token"), f, s.browser(c))
	}
	if wrong := fault.Fields(err); wrong != nil {
		if by, ok := wrong["by"]; ok {
			wrong["name"] = by
		}
		return s.setupPage(c, 3, d, su).again(c, wrong)
	}
	if err != nil {
		return err
	}
	if v.signedIn() {
		return see(c, stepPath(g, member.FirstStep))
	}
	return s.enterWithCode(c, e, stepPath(g, member.FirstStep))
}

// startPage founds another group for who has an account, without a link.
func (s *Server) startPage(c echo.Context, d member.SetupDraft, by string) formPage {
	f := s.frame(c)
	f.Head = Head{Kind: lang.M("setup.kind"), Title: lang.M("setup.start.title"), State: lang.M("setup.purpose.state")}
	f.Strip = Strip{Next: lang.M("setup.start.next"), Decides: lang.M("setup.decides"), Change: lang.M("setup.change")}
	items := append([]Item{choice(presetChoice(d.Preset))}, s.nameItems(f, d)...)
	items = append(items, selection(s.languageChoice(f, d.Lang)),
		field(Field{Name: "by", Value: by, Label: lang.M("people.name"), Hint: lang.M("people.name.hint"), Autocomplete: "nickname", Max: member.MaxName}))
	return s.form(c, f, "/start", lang.M("setup.start.do"), items...)
}

func (s *Server) showStart(c echo.Context) error {
	return formTmpl.render(c, http.StatusOK, s.startPage(c, member.SetupDraft{}, s.visitor(c).session.Handle))
}

func (s *Server) start(c echo.Context) error {
	d := member.SetupDraft{Lang: value(c, "lang"), Preset: value(c, "preset"), Name: value(c, "name"), Aim: value(c, "aim"), Zone: value(c, "zone")}
	if !s.speaks(d.Lang) { // the form offers no other
		return refusal{http.StatusBadRequest, "web.bad_request"}
	}
	f := draftFounding(d)
	f.By = value(c, "by")
	g, err := s.Members.Found(c.Request().Context(), s.once(c), s.visitor(c).session.Person, f)
	if wrong := fault.Fields(err); wrong != nil {
		return s.startPage(c, d, f.By).again(c, wrong)
	}
	if err != nil {
		return err
	}
	return see(c, stepPath(g, member.FirstStep))
}

// zones are the time zones offered: one or two for most countries.
var zones = []string{
	"Africa/Accra", "Africa/Addis_Ababa", "Africa/Algiers", "Africa/Cairo", "Africa/Casablanca", "Africa/Dakar", "Africa/Johannesburg",
	"Africa/Kinshasa", "Africa/Lagos", "Africa/Nairobi", "Africa/Tunis", "America/Argentina/Buenos_Aires", "America/Bogota", "America/Caracas",
	"America/Chicago", "America/Costa_Rica", "America/Denver", "America/Guatemala", "America/Guayaquil", "America/Halifax", "America/Havana",
	"America/La_Paz", "America/Lima", "America/Los_Angeles", "America/Managua", "America/Mexico_City", "America/Montevideo", "America/New_York",
	"America/Panama", "America/Phoenix", "America/Puerto_Rico", "America/Santiago", "America/Santo_Domingo", "America/Sao_Paulo", "America/St_Johns",
	"America/Toronto", "America/Vancouver", "Asia/Baghdad", "Asia/Bangkok", "Asia/Beirut", "Asia/Colombo", "Asia/Dhaka", "Asia/Dubai", "Asia/Ho_Chi_Minh",
	"Asia/Hong_Kong", "Asia/Jakarta", "Asia/Jerusalem", "Asia/Karachi", "Asia/Kathmandu", "Asia/Kolkata", "Asia/Manila", "Asia/Seoul", "Asia/Shanghai",
	"Asia/Singapore", "Asia/Taipei", "Asia/Tashkent", "Asia/Tbilisi", "Asia/Tehran", "Asia/Tokyo", "Atlantic/Canary", "Atlantic/Reykjavik",
	"Australia/Adelaide", "Australia/Brisbane", "Australia/Perth", "Australia/Sydney", "Europe/Amsterdam", "Europe/Athens", "Europe/Belgrade",
	"Europe/Berlin", "Europe/Brussels", "Europe/Bucharest", "Europe/Budapest", "Europe/Copenhagen", "Europe/Dublin", "Europe/Helsinki",
	"Europe/Istanbul", "Europe/Kyiv", "Europe/Lisbon", "Europe/London", "Europe/Madrid", "Europe/Moscow", "Europe/Oslo", "Europe/Paris", "Europe/Prague",
	"Europe/Rome", "Europe/Sofia", "Europe/Stockholm", "Europe/Vienna", "Europe/Warsaw", "Europe/Zurich", "Pacific/Auckland", "Pacific/Honolulu", "UTC",
}

// zoneName is how a zone is shown: the city first, because that is what people look for.
func zoneName(zone string) string {
	city, area := zone, ""
	for i := len(zone) - 1; i >= 0; i-- {
		if zone[i] == '/' {
			city, area = zone[i+1:], zone[:i]
			break
		}
	}
	out := []byte(city)
	for i, b := range out {
		if b == '_' {
			out[i] = ' '
		}
	}
	if area == "" {
		return string(out)
	}
	return string(out) + " (" + area + ")"
}

// suggested is when the founding meeting could be: an evening in two weeks.
func suggested(now time.Time, zone *time.Location) time.Time {
	const inDays, hour = 14, 19
	y, m, d := now.In(zone).Date()
	return time.Date(y, m, d+inDays, hour, 0, 0, 0, zone)
}
