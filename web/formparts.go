package web

import "folkmoot/internal/lang"

// Field is a line ("field") or a text of many lines ("area") to fill in. Its id on the page is "f-" and its name.
type Field struct {
	Name  string
	Value string
	Label lang.Msg
	Hint  lang.Msg
	Wrong lang.Msg // what is wrong with the value and what to do

	Type         string // "text" if empty; "email", "password", "date", …
	Autocomplete string // "off" if empty; "username", "current-password", "new-password", …
	InputMode    string
	Max          int // characters; 0: no limit told to the browser
	Words        int // for "area": how many words it may have; 0: no counting
	Rows         int // for "area": lines at first
	Optional     bool
	Mark         lang.Msg // instead of "optional": when it is needed
	Short        bool     // narrow
	Code         bool     // letters of one width
	Focus        bool     // one types here at once: the page is for nothing else
	Markdown     bool     // for "area" with a hint: it can have bold words and lists, and says how
}

// ID returns the id of the control.
func (f Field) ID() string { return "f-" + f.Name }

// Choice is one of several, or with Many some of several: part "choice" (cards), part "select" (a list).
type Choice struct {
	Name     string
	Legend   lang.Msg
	Hint     lang.Msg
	Wrong    lang.Msg
	Options  []Option
	Many     bool
	Optional bool
	Mark     lang.Msg // for "choice", instead of "optional": when it is needed
	Zone     bool     // a list of time zones in which nobody has chosen yet: a browser may choose its own
}

// ID returns the id of the first control, which a problem links to.
func (c Choice) ID() string { return "f-" + c.Name }

// Option is one answer of a Choice or a Ballot.
type Option struct {
	Value  string
	Label  lang.Msg
	Hint   lang.Msg
	Chosen bool
}

// Tick is a box to tick: part "tick". Value is what is sent, "yes" if empty.
type Tick struct {
	Name   string
	Value  string
	Label  lang.Msg
	Hint   lang.Msg
	Wrong  lang.Msg
	Chosen bool
}

// ID returns the id of the control.
func (t Tick) ID() string { return "f-" + t.Name }

// Grave is a button for what is hard to undo: part "grave". It opens a question that says what will happen; only the button in it posts.
type Grave struct {
	ID    string // of the question, unique on the page
	Label lang.Msg
	Ask   lang.Msg
	Say   []lang.Msg // what will happen
	Yes   lang.Msg
	Href  string
	Guard Guard
	Send  []Hidden
}

// Steps is where the reader is in a row of pages: part "steps". At counts from 1.
type Steps struct {
	At    int
	Names []Step
}

// Of returns how many steps there are.
func (s Steps) Of() int { return len(s.Names) }

// List returns the steps with what is behind and what is now.
func (s Steps) List() []Step {
	out := make([]Step, len(s.Names))
	for i, step := range s.Names {
		step.Done, step.Current = i+1 < s.At, i+1 == s.At
		out[i] = step
	}
	return out
}

// Step is one of Steps; with Href it can be gone back to. Done and Current are set by Steps.List.
type Step struct {
	Name          lang.Msg
	Href          string
	Done, Current bool
}
