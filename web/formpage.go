package web

import (
	"net/http"

	"folkmoot/internal/lang"

	"github.com/labstack/echo/v4"
)

// formPage is a page whose main is one form: signing in, joining, the steps of setting up, leaving.
type formPage struct {
	Frame
	Steps   Steps // zero: no steps
	Say     []lang.Msg
	Explain []Explain
	Href    string
	Items   []Item
	Submit  lang.Msg
	Grave   bool // what is sent is hard to undo
	Keep    string
	Below   []Link
}

var formTmpl = newPage[formPage]("people/form.html")

// Item is one control of a formPage; one of its fields is set.
type Item struct {
	Field, Area    *Field
	Choice, Select *Choice
	Tick           *Tick
	Hidden         *Hidden
	Heading        lang.Msg
	Rule           *RuleItem
}

// RuleItem is a rule in one sentence that opens to its reason and to a field that changes it.
type RuleItem struct {
	Say   lang.Msg
	Why   []lang.Msg
	Input *Field
}

// form returns a page with one form that posts to href.
func (s *Server) form(c echo.Context, f Frame, href string, submit lang.Msg, items ...Item) formPage {
	return formPage{Frame: f, Href: href, Submit: submit, Items: items}
}

// again shows the form with what was typed and what is wrong with it.
func (p formPage) again(c echo.Context, wrong map[string]lang.Msg) error {
	var order []string
	for _, i := range p.Items {
		order = append(order, i.refuse(wrong))
		p.Retype = p.Retype || i.Field != nil && i.Field.Type == "password"
	}
	p.refuse(wrong, order...)
	return formTmpl.render(c, http.StatusUnprocessableEntity, p)
}

// refuse gives the control its problem, if it has one, and returns its name.
func (i Item) refuse(wrong map[string]lang.Msg) string {
	switch {
	case i.Field != nil:
		i.Field.Wrong = wrong[i.Field.Name]
		return i.Field.Name
	case i.Rule != nil:
		i.Rule.Input.Wrong = wrong[i.Rule.Input.Name]
		return i.Rule.Input.Name
	case i.Area != nil:
		i.Area.Wrong = wrong[i.Area.Name]
		return i.Area.Name
	case i.Choice != nil:
		i.Choice.Wrong = wrong[i.Choice.Name]
		return i.Choice.Name
	case i.Select != nil:
		i.Select.Wrong = wrong[i.Select.Name]
		return i.Select.Name
	case i.Tick != nil:
		i.Tick.Wrong = wrong[i.Tick.Name]
		return i.Tick.Name
	}
	return ""
}

func field(f Field) Item       { return Item{Field: &f} }
func area(f Field) Item        { return Item{Area: &f} }
func choice(ch Choice) Item    { return Item{Choice: &ch} }
func selection(ch Choice) Item { return Item{Select: &ch} }
func tick(t Tick) Item         { return Item{Tick: &t} }
func hidden(name, value string) Item {
	return Item{Hidden: &Hidden{name, value}}
}

// chosen marks the option with the value.
func chosen(value string, options ...Option) []Option {
	for i := range options {
		options[i].Chosen = options[i].Value == value
	}
	return options
}
