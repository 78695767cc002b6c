package web

import (
	"net/http"
	"strconv"

	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/rulebook"

	"github.com/labstack/echo/v4"
)

// rulesPage is a version of a group's rules, each in one sentence.
type rulesPage struct {
	Frame
	Chosen    lang.Msg    // by whom and when
	Adopted   lang.Msg    // whether members have adopted them
	AdoptedBy Link        // the decision
	Before    []Row       // what was decided before that
	Parts     []rulesPart // the rules that the program goes by
	Waiting   []rulesPart // those about what it does not do yet
	Waits     int         // how many they are
	Tiers     []tier
	Versions  []Link
	Begin     bool // whether other rules can still be chosen to begin with
}

// rulesPart is the rules about one part of a group's life.
type rulesPart struct {
	ID    string
	Title lang.Msg
	Rules []rule
}

// rule is one rule in words.
type rule struct {
	Key  string
	Name lang.Msg
	Say  lang.Msg
	Now  lang.Msg // what holds for now, where that is less than the rule says
	Why  lang.Msg // why it is the default
	How  Link     // to the tier
}

// tier is one way to change rules.
type tier struct {
	ID    string
	Title lang.Msg
	Say   lang.Msg
}

var rulesTmpl = newPage[rulesPage]("rules/show.html")

func (s *Server) showRules(c echo.Context) error { return s.rulesPage(c, 0) }

func (s *Server) showRulesVersion(c echo.Context) error {
	n, err := strconv.Atoi(c.Param("version"))
	if err != nil || n <= 0 {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	return s.rulesPage(c, n)
}

func (s *Server) rulesPage(c echo.Context, number int) error {
	a := s.actor(c)
	v, err := s.Rulebooks.Show(c.Request().Context(), a, number)
	if err != nil {
		return err
	}
	p := rulesPage{Frame: s.groupFrame(c, SectionRules)}
	p.Head = Head{Kind: lang.M("rules_page.version", "Number", v.Number), Title: lang.M("rules_page.title"), State: lang.M("rules_page.in_force")}
	if v.Number != v.Latest {
		p.Head.State = lang.M("rules_page.older")
		p.Head.Crumbs = []Link{{Href: groupPath(a.Group) + "/rules", Label: lang.M("rules_page.title")}}
	}
	p.Strip = Strip{
		Next: lang.M("rules_page.next"), Decides: lang.M("rules_page.decides"), Change: lang.M("rules_page.change"), Href: "#tier-1",
	}
	p.Chosen = lang.M("rules_page.chosen", "Name", v.Chosen.Name, "At", local(a, v.From))
	p.Adopted = lang.M("rules_page.not_adopted")
	if v.Forming && v.Number == v.Latest {
		p.Begin, p.Strip.Next = true, lang.M("rules_page.next_forming")
		p.Head.Can = lang.M("rules_page.can")
		p.Head.Act = Action{Href: stepPath(a.Group, member.FirstStep), Label: lang.M("rules_page.choose")}
	}
	p.fill(v)
	if err := s.fillAdoption(c, &p); err != nil {
		return err
	}
	for i := v.Latest; i > 0 && v.Latest > 1; i-- {
		p.Versions = append(p.Versions, Link{Href: groupPath(a.Group) + "/rules/" + strconv.Itoa(i), Label: lang.M("rules_page.version", "Number", i)})
	}
	return rulesTmpl.render(c, http.StatusOK, p)
}

// fill puts every rule on the page, by the part of a group's life it is about, and each way to change one.
func (p *rulesPage) fill(v rulebook.View) {
	for _, part := range rulebook.Parts() {
		used := rulesPart{ID: string(part), Title: part.Title()}
		waiting := rulesPart{ID: "later-" + string(part), Title: part.Title()}
		for _, param := range rulebook.Params() {
			switch {
			case param.Part != part:
			case param.Waits(v.Rules):
				waiting.Rules = append(waiting.Rules, ruleOf(param, v.Rules))
			default:
				used.Rules = append(used.Rules, ruleOf(param, v.Rules))
			}
		}
		if len(used.Rules) > 0 {
			p.Parts = append(p.Parts, used)
		}
		if p.Waits += len(waiting.Rules); len(waiting.Rules) > 0 {
			p.Waiting = append(p.Waiting, waiting)
		}
	}
	for _, t := range []int{rulebook.TierConstitution, rulebook.TierStandingOrders, rulebook.TierPractice, rulebook.TierFloor} {
		p.Tiers = append(p.Tiers, tier{
			ID: "tier-" + strconv.Itoa(t), Title: rulebook.TierName(t), Say: v.Rules.HowToChange(t, v.Active),
		})
	}
}

// ruleOf puts one rule into words.
func ruleOf(p rulebook.Param, r rulebook.Rules) rule {
	return rule{
		Key: p.Key, Name: p.Name(), Say: p.Say(r), Now: p.Meanwhile(r), Why: p.Why(),
		How: Link{Href: "#tier-" + strconv.Itoa(p.Tier), Label: lang.M("rules_page.how_link", "Tier", rulebook.TierName(p.Tier))},
	}
}
