package web

import (
	"crypto/rand"
	"maps"
	"slices"
	"strconv"
	"time"

	"folkmoot/internal/lang"
)

// Frame is what the layout of every page needs. views.frame begins one; the server adds who is asking and where.
type Frame struct {
	Lang, Dir string     // the page's language tag and the direction of its script
	Languages []Language // every language the program speaks
	Here      string     // address of this page without its host, to come back to after choosing a language; empty: it cannot be asked for again
	Now       time.Time  // when the page was made, so that scripts can count by the server's clock

	Person Person // zero: nobody is signed in
	Group  Group  // zero: outside any group

	Head     Head
	Flash    Notice    // what just happened, said once
	Problems []Problem // what is wrong in the form on this page; see refuse
	Retype   bool      // the form has a passphrase, which is never sent back to the browser
	Strip    Strip

	Sender    string    // whose forms are kept on the device until they are sent: the member's reference; empty: nobody's
	Live      Live      // what this page follows; see follow
	Reload    bool      // without scripts the page is loaded anew again and again
	RefreshAt time.Time // when main should be fetched anew because something opens or closes; zero: never
	Kept      string    // the data-keep names, with spaces between, of forms that have just been taken
	Demo      bool      // this server runs the living sample
	Slim      bool      // the sections are left out: there is a minute for this page, and the way back stands below
	Practice  bool      // this is a page of a practice meeting

	CSRF  string
	back  string // see Guard
	once  *onces
	views *views
}

func (f Frame) base() Frame { return f }

// frame begins a Frame in the language that suits the wishes best: language tags or Accept-Language headers.
func (v *views) frame(now time.Time, wishes ...string) Frame {
	voice := v.catalog.Voice(wishes...)
	f := Frame{Lang: voice.Tag(), Dir: voice.Dir(), Now: now, views: v, once: &onces{page: rand.Text()}}
	for _, tag := range v.catalog.Tags() {
		name := v.catalog.Voice(tag).T("layout.language")
		f.Languages = append(f.Languages, Language{Tag: tag, Name: name, Current: tag == f.Lang})
	}
	return f
}

// voice returns the page's language, for the rare text that is made outside a template.
func (f Frame) voice() *lang.Voice { return f.views.catalog.Voice(f.Lang) }

// Language is one the program speaks, named in itself.
type Language struct {
	Tag, Name string
	Current   bool
}

// Person is who is signed in, as the masthead shows them.
type Person struct{ Name string }

// Group is the group whose page this is.
type Group struct {
	Name       string
	Path       string   // "/g/tenants"
	Rest       lang.Msg // that the group is archived; zero: it is not
	Section    Section  // which part of the group's pages this is; zero: none of them
	Checkpoint Checkpoint
	Practice   bool // it is an invented one, for practising; see practicePages
}

// Checkpoint is the state of the group's record that the foot of the page shows. The zero value shows nothing.
type Checkpoint struct {
	Size int    // entries so far
	Root string // the tree's hash, as text
}

// Short returns the beginning of the hash in groups of four, to compare by eye.
func (c Checkpoint) Short() string {
	const show = 16
	root, out := c.Root[:min(len(c.Root), show)], ""
	for i := 0; i < len(root); i += 4 {
		if i > 0 {
			out += " "
		}
		out += root[i:min(i+4, len(root))]
	}
	return out
}

// Section is a part of a group's pages.
type Section string

// The sections, in the order of the masthead.
const (
	SectionNow       Section = "now"
	SectionProposals Section = "proposals"
	SectionMeetings  Section = "meetings"
	SectionDecisions Section = "decisions"
	SectionPeople    Section = "people"
	SectionRules     Section = "rules"
	SectionRecord    Section = "record"
)

// Nav returns the links of the masthead.
func (g Group) Nav() []Tab {
	tabs := []Tab{{Href: g.Path, Label: lang.M("layout.nav.now"), Current: g.Section == SectionNow}}
	if g.Practice {
		return practiceNav(g)
	}
	for _, s := range []Section{SectionProposals, SectionMeetings, SectionDecisions, SectionPeople, SectionRules, SectionRecord} {
		tabs = append(tabs, Tab{Href: g.Path + "/" + string(s), Label: lang.M("layout.nav." + string(s)), Current: g.Section == s})
	}
	return tabs
}

// Head is the top of a page: what is this, what can I do now, until when.
// Title and State are on every page; the rest where there is something to say.
type Head struct {
	Crumbs []Link   // the way here, without this page itself
	Kind   lang.Msg // what this is: "Proposal 14 · Money"
	Title  lang.Msg
	State  lang.Msg // how it stands, in one sentence

	Can   lang.Msg // what the reader can do now; stands in the accent with Act
	Until Until    // until when
	Act   Action   // the one main action; zero: there is nothing to do here now
	Also  []Action // second actions beside it

	Cannot lang.Msg // without Act: why nothing can be done now, or what is being waited for
}

// Open says whether there is something to do now.
func (h Head) Open() bool { return !h.Act.Label.IsZero() }

// Actions returns the main action, if there is one, and the others.
func (h Head) Actions() []Action {
	main := h.Act
	main.Main = true
	return append([]Action{main}, h.Also...)
}

// Until is a moment and the sentence before it: "Voting is open until".
type Until struct {
	Say lang.Msg
	At  time.Time // in the group's zone
	Far bool      // it may be a year off, so that its year is told
}

// Link is a link and its words.
type Link struct {
	Href  string
	Label lang.Msg
}

// Action is a link that looks like a button, or, with Post, a form of one button.
type Action struct {
	Href  string
	Label lang.Msg
	Post  bool
	Stays bool     // with Keeps: the page stays and only its parts change, as on a page that keeps itself up to date
	Keeps bool     // with Post: without a connection it is kept on the device; never for what is secret, see data-send in page.go
	Guard Guard    // with Post
	Send  []Hidden // with Post: what else is sent
	Main  bool     // the accent; in a Head the layout sees to it
	Key   string   // with Post: the key that presses it, see data-keys in page.go
}

// Hidden is a field of a form that nobody fills in.
type Hidden struct{ Name, Value string }

// Strip is the bottom of every page.
type Strip struct {
	Next    lang.Msg // what happens next
	Decides lang.Msg // who decides
	Change  lang.Msg // how to change this
	Href    string   // where to begin changing it; may be empty
}

// Notice is a message on the page. Problem makes it a warning, in words and in the weight of its frame.
type Notice struct {
	Say     lang.Msg
	Problem bool
}

// Problem is a field that needs another look.
type Problem struct {
	Field string // its name; empty for a problem of the whole form
	Say   lang.Msg
}

// Trouble is what stands above a form that was not taken: part "problems".
type Trouble struct {
	List   []Problem
	Retype bool // a passphrase has to be typed again
}

// Trouble returns what is wrong in the form on this page.
func (f Frame) Trouble() Trouble { return Trouble{f.Problems, f.Retype} }

// refuse lists what is wrong, in the order the fields have on the page; fields not named come last.
func (f *Frame) refuse(fields map[string]lang.Msg, order ...string) {
	rest := slices.DeleteFunc(slices.Sorted(maps.Keys(fields)), func(name string) bool { return slices.Contains(order, name) })
	for _, name := range append(slices.Clone(order), rest...) {
		if m, ok := fields[name]; ok {
			f.Problems = append(f.Problems, Problem{Field: name, Say: m})
		}
	}
}

// Guard is what every form that posts carries: the page's CSRF token, a token by which the same form sent twice is known, and, where an act can be done from two pages,
// the word for the one to come back to.
type Guard struct{ CSRF, Once, Back string }

// Guard returns the hidden fields of one form. Each call makes a fresh once token: two forms on a page never share one. Those of a page are alike but for their ends,
// so that they pack well.
func (f Frame) Guard() Guard {
	f.once.n++
	return Guard{CSRF: f.CSRF, Once: f.once.page + "-" + strconv.Itoa(f.once.n), Back: f.back}
}

// onces makes the once tokens of a page.
type onces struct {
	page string
	n    int
}
