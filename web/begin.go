package web

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"folkmoot/internal/asset"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/rulebook"

	"github.com/labstack/echo/v4"
)

// The wizard's steps once there is a group. Their addresses lie within the group's.

func stepPath(g member.Group, step int) string { return groupPath(g) + "/begin/" + strconv.Itoa(step) }

// beginStep returns the step in the address, if the actor is its founder.
func (s *Server) beginStep(c echo.Context) (int, member.Actor, error) {
	a := s.actor(c)
	step, err := strconv.Atoi(c.Param("step"))
	if err != nil || step < member.FirstStep || step > member.LastStep {
		return 0, a, fault.New(fault.NotFound, "fault.not_found")
	}
	if !a.Member.Founder {
		return 0, a, fault.New(fault.Denied, "setup.founder_only")
	}
	return step, a, nil
}

func (s *Server) showBegin(c echo.Context) error {
	step, a, err := s.beginStep(c)
	if err != nil {
		return err
	}
	switch step {
	case member.LastStep:
		return s.showBegun(c, a)
	case 7:
		return see(c, groupPath(a.Group)+"/invite")
	}
	p, err := s.beginPage(c, a, step)
	if err != nil {
		return err
	}
	return formTmpl.render(c, http.StatusOK, p)
}

// beginHead begins a step's frame.
func (s *Server) beginHead(c echo.Context, step int) Frame {
	f, name := s.frame(c), stepNames[step-1]
	f.Head = Head{Kind: lang.M("setup.kind"), Title: lang.M("setup." + name + ".title"), State: lang.M("setup." + name + ".state")}
	f.Strip = Strip{Next: lang.M("setup." + name + ".next"), Decides: lang.M("setup.decides"), Change: lang.M("setup.change"), Href: f.Group.Path + "/rules"}
	if fixed := rulesFixed(s.actor(c), s.now()); !fixed.IsZero() {
		f.Strip.Change = fixed
	}
	if !s.actor(c).Group.Forming() {
		f.Strip.Decides = lang.M("setup.decides_all")
	}
	return f
}

// rulesFixed says why the founder can no longer choose the starting rules; zero if they can.
func rulesFixed(a member.Actor, now time.Time) lang.Msg {
	switch {
	case !a.Group.Forming():
		return lang.M("setup.rules.fixed")
	case !member.Can(a, member.ChoosePreset, now):
		return lang.M("setup.rules.ended")
	}
	return lang.Msg{}
}

func beginSteps(g member.Group, at int) Steps {
	st := steps(at)
	for i := member.FirstStep; i < at; i++ {
		st.Names[i-1].Href = stepPath(g, i)
	}
	return st
}

func (s *Server) beginPage(c echo.Context, a member.Actor, step int) (formPage, error) {
	p := s.form(c, s.beginHead(c, step), stepPath(a.Group, step), lang.M("setup.go_on"))
	p.Steps = beginSteps(a.Group, step)
	switch step {
	case 4:
		v, err := s.Rulebooks.Current(c.Request().Context(), a.Group.ID)
		if err != nil {
			return p, err
		}
		if fixed := rulesFixed(a, s.now()); fixed.IsZero() {
			p.Submit = lang.M("setup.rules.do")
			p.Explain = explainRules(v.Rules, "decide_default")
			if meeting.CanBeUrgent(v.Rules) { // what is agreed by those who are there is not final for the others
				p.Explain = explainRules(v.Rules, "decide_default", "consensus.absentee_days")
			}
			p.Items = append(ruleItems(v.Rules), Item{Heading: lang.M("setup.rules.change")}, choice(presetChoice(v.By)))
		} else {
			p.Head.State, p.Say = lang.M("setup.rules.look"), []lang.Msg{fixed}
			p.Explain = explainRules(v.Rules, append([]string{"decide_default"}, starters()...)...)
		}
	case 5:
		r, err := s.Keys.List(c.Request().Context(), a)
		if err != nil {
			return p, err
		}
		var held []asset.Entry
		for _, k := range r.Keys {
			held = append(held, entryOf(r, k))
		}
		p.Items = s.keyItems(a.Group, held)
	case 6:
		p.Items = meetingItems(a, s.now())
		p.Submit = lang.M("setup.meeting.do")
		p.Head.Until, p.Say = powersUntil(a, s.now()), powersSay(a, s.now())
	}
	return p, nil
}

// starters are the keys of the rules whose numbers a founder can begin with.
func starters() (out []string) {
	for _, p := range rulebook.Starters() {
		out = append(out, p.Key)
	}
	return out
}

// powersUntil is when the founder's start-up powers end; while the group is forming, at the latest. It is zero when they have ended.
func powersUntil(a member.Actor, now time.Time) Until {
	if !now.Before(a.Group.FounderUntil()) {
		return Until{}
	}
	u := Until{Say: lang.M("setup.meeting.powers"), At: local(a, a.Group.FounderUntil())}
	if a.Group.Forming() {
		u.Say = lang.M("setup.meeting.powers_forming")
	}
	return u
}

// powersSay says what the start-up powers are.
func powersSay(a member.Actor, now time.Time) []lang.Msg {
	if !now.Before(a.Group.FounderUntil()) {
		return []lang.Msg{lang.M("setup.powers_ended")}
	}
	if a.Group.Forming() {
		return []lang.Msg{lang.M("setup.powers"), lang.M("setup.powers_sooner")}
	}
	return []lang.Msg{lang.M("setup.powers_meeting")}
}

// explainRules are rules that a newcomer asks about first, one sentence each with its reason.
func explainRules(r rulebook.Rules, keys ...string) []Explain {
	var out []Explain
	for _, key := range keys {
		if p, ok := rulebook.ParamOf(key); ok {
			out = append(out, Explain{Ask: p.Say(r), Say: ruleWhy(p, r)})
		}
	}
	return out
}

// ruleWhy is why a rule begins as it does, and what holds for now if that is less.
func ruleWhy(p rulebook.Param, r rulebook.Rules) []lang.Msg {
	say := []lang.Msg{p.Why()}
	if now := p.Meanwhile(r); !now.IsZero() {
		say = append(say, now)
	}
	return say
}

// ruleItems are the rules whose numbers the founder can change while the group is forming, one sentence each.
func ruleItems(r rulebook.Rules) []Item {
	var out []Item
	for _, p := range rulebook.Starters() {
		v := p.Get(r)
		f := Field{Name: p.Key, Value: v.String(), Label: lang.M("setup.rules.new."+string(p.Kind), "Rule", p.Name()), Hint: lang.M("setup.rules.hint", "Bounds", p.Bounds()),
			InputMode: "numeric", Short: true, Optional: true}
		if p.Kind == rulebook.Hours { // people count them in days
			f.Value, f.Hint = asDays(f.Value), lang.M("setup.rules.hint", "Bounds", dayBounds(p))
		}
		if v.Word != "" {
			f.Value = "" // it goes by the size of the group, as its preset begins
		}
		out = append(out, Item{Rule: &RuleItem{Say: p.Say(r), Why: ruleWhy(p, r), Input: &f}})
	}
	return out
}

// dayBounds says how many days a rule that counts hours may have.
func dayBounds(p rulebook.Param) lang.Msg {
	return lang.M("rule.breach.range", "Min", p.Min/24, "Max", p.Max/24)
}

// asDays writes hours as days; what is no number stays as it is.
func asDays(hours string) string {
	h, err := strconv.Atoi(hours)
	if err != nil {
		return hours
	}
	return strconv.FormatFloat(float64(h)/24, 'f', -1, 64)
}

// asHours reads days as hours, as the rules have them; what are no whole hours stays as it is, and the rules say what is wrong with it.
func asHours(days string) string {
	d, err := strconv.ParseFloat(strings.Replace(days, ",", ".", 1), 64)
	h := math.Round(d * 24)
	if err != nil || math.Abs(h-d*24) > 0.01 {
		return days
	}
	return strconv.FormatFloat(h, 'f', 0, 64)
}

func meetingItems(a member.Actor, now time.Time) []Item {
	at := a.Group.Founding
	if at.IsZero() {
		at = suggested(now, a.Group.Zone)
	}
	at = local(a, at)
	return []Item{
		field(Field{Name: "date", Value: at.Format(time.DateOnly), Label: lang.M("setup.meeting.date"), Type: "date", Short: true}),
		field(Field{Name: "time", Value: at.Format("15:04"), Label: lang.M("setup.meeting.time"), Type: "time", Short: true}),
		field(Field{Name: "place", Value: a.Group.FoundingPlace, Label: lang.M("setup.meeting.place"), Hint: lang.M("setup.meeting.place_hint"), Max: member.MaxPlace, Optional: true}),
	}
}

func (s *Server) takeBegin(c echo.Context) error {
	step, a, err := s.beginStep(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	var typed []Item
	switch step {
	case 4:
		var other bool
		if other, typed, err = s.takeRules(c, a); err == nil && other {
			return see(c, stepPath(a.Group, 4)) // shows what these other rules say
		}
	case 5:
		typed, err = s.takeKeys(c, a)
	case 6:
		typed, err = s.takeMeeting(c, a)
	}
	if wrong := fault.Fields(err); wrong != nil {
		p, err := s.beginPage(c, a, step)
		if err != nil {
			return err
		}
		if step == 4 && len(p.Items) > len(typed) {
			typed = append(typed, p.Items[len(typed):]...) // the kinds of group below
		}
		p.Items = typed
		return p.again(c, wrong)
	}
	if err != nil {
		return err
	}
	if a.Group.SetupStep == 0 { // the wizard is done, and one of its pages was used for a change
		return see(c, groupPath(a.Group))
	}
	if err := s.Members.SetupStep(ctx, a, min(step+1, member.LastStep)); err != nil {
		return err
	}
	return see(c, stepPath(a.Group, min(step+1, member.LastStep)))
}

// takeRules begins with another preset or with other numbers, and says whether it is another preset: whoever typed a number knows it.
func (s *Server) takeRules(c echo.Context, a member.Actor) (other bool, typed []Item, err error) {
	ctx := c.Request().Context()
	v, err := s.Rulebooks.Current(ctx, a.Group.ID)
	if err != nil {
		return false, nil, err
	}
	if preset := value(c, "preset"); preset != "" && preset != v.By { // its own numbers come with it
		return true, nil, s.Rulebooks.ReplacePreset(ctx, a, rulebook.Name(preset))
	}
	sent := map[string]string{}
	typed = ruleItems(v.Rules)
	for _, i := range typed {
		if f := i.Rule.Input; c.Request().PostForm.Has(f.Name) {
			f.Value = strings.TrimSpace(value(c, f.Name))
			sent[f.Name] = f.Value
			if p, ok := rulebook.ParamOf(f.Name); ok && p.Kind == rulebook.Hours {
				sent[f.Name] = asHours(f.Value)
			}
		}
	}
	changed, err := s.Rulebooks.SetStart(ctx, a, sent)
	if changed && err == nil {
		s.flash(c, "setup.flash.rules")
	}
	if wrong := fault.Fields(err); wrong != nil { // in the list of problems it must be clear which number is meant
		for key, say := range wrong {
			if p, ok := rulebook.ParamOf(key); ok {
				if p.Kind == rulebook.Hours {
					say = dayBounds(p)
				}
				wrong[key] = lang.M("setup.rules.wrong", "Rule", p.Name(), "Say", say)
			}
		}
		err = fault.Form(wrong)
	}
	return false, typed, err
}

func (s *Server) takeMeeting(c echo.Context, a member.Actor) ([]Item, error) {
	items := meetingItems(a, s.now())
	for _, i := range items {
		i.Field.Value = value(c, i.Field.Name)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", value(c, "date")+" "+value(c, "time"), a.Group.Zone)
	if err != nil {
		return items, fault.Form(map[string]lang.Msg{"date": lang.M("setup.meeting.when")})
	}
	err = s.Members.CallFounding(c.Request().Context(), a, at, value(c, "place"))
	if err == nil && at.After(a.Group.FounderUntil()) {
		s.flash(c, "setup.flash.late")
	}
	return items, err
}

// begunPage is the wizard's end: what is done and what is not.
type begunPage struct {
	Frame
	Steps  Steps
	Say    []lang.Msg // what the start-up powers are
	Checks []Check
}

var begunTmpl = newPage[begunPage]("people/begun.html")

func (s *Server) showBegun(c echo.Context, a member.Actor) error {
	people, err := s.Members.People(c.Request().Context(), a, 0)
	if err != nil {
		return err
	}
	r, err := s.Keys.List(c.Request().Context(), a)
	if err != nil {
		return err
	}
	second := false
	for _, k := range r.Keys {
		second = second || !k.First.IsZero() && !k.Second.IsZero()
	}
	p := begunPage{Frame: s.beginHead(c, member.LastStep), Steps: beginSteps(a.Group, member.LastStep)}
	p.Head.Until, p.Say = powersUntil(a, s.now()), powersSay(a, s.now())
	p.Head.Can, p.Head.Act = lang.M("setup.done.can"), Action{Href: groupPath(a.Group), Label: lang.M("setup.done.do")}
	p.Checks = []Check{
		{Done: people.Count >= 3, Say: lang.M("setup.done.three", "Count", people.Count), Href: groupPath(a.Group) + "/invite"},
		{Done: second, Say: lang.M("setup.done.second"), Href: groupPath(a.Group) + "/keys"},
		{Done: !a.Group.Founding.IsZero(), Say: lang.M("setup.done.meeting"), Href: stepPath(a.Group, 6)},
	}
	return begunTmpl.render(c, http.StatusOK, p)
}
