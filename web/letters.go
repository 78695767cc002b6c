package web

import (
	"bytes"
	"fmt"
	"html/template"
	"io"
	"net/url"
	"strings"
	text "text/template"

	"folkmoot/internal/ical"
	"folkmoot/internal/lang"
	"folkmoot/internal/markup"
	"folkmoot/internal/member"
	"folkmoot/internal/notify"
	"folkmoot/templates"
)

// letters is what is sent, as templates, once a language.
type letters struct {
	catalog *lang.Catalog
	base    string
	host    string
	html    map[string]*template.Template // language → mail/*.html
	plain   map[string]*text.Template     // language → mail/*.txt
}

// letter is what mail/notice is rendered with.
type letter struct {
	Start string // the side at which lines begin: "left", "right"
	Title string
	Say   []string
	Facts []letterFact
	Text  string // Markdown
	Href  string
	Open  string
}

type letterFact struct{ Label, Value string }

// envelope is what mail/mail is rendered with.
type envelope struct {
	Lang, Dir string
	Group     string
	Title     string
	Text      string
	Inner     template.HTML
	Stop      string
}

// Letters returns what puts notices into words, for package notify. base is the address of the pages, without a slash at its end. An error
// names the template that is none.
func Letters(catalog *lang.Catalog, base string) (notify.Words, error) {
	u, err := url.Parse(base)
	if err != nil {
		return notify.Words{}, fmt.Errorf("web: %q is no address to be reached at", base)
	}
	l := &letters{catalog: catalog, base: base, host: u.Hostname(), html: map[string]*template.Template{}, plain: map[string]*text.Template{}}
	for _, tag := range catalog.Tags() {
		v := catalog.Voice(tag)
		if l.html[tag], err = template.New("mail").Funcs(funcs(v)).ParseFS(templates.FS, "mail/*.html"); err != nil {
			return notify.Words{}, fmt.Errorf("parse mail: %w", err)
		}
		l.plain[tag], err = text.New("mail").Funcs(text.FuncMap{"t": v.T, "written": markup.Plain}).ParseFS(templates.FS, "mail/*.txt")
		if err != nil {
			return notify.Words{}, fmt.Errorf("parse mail: %w", err)
		}
	}
	return notify.Words{Compose: l.compose, Finish: l.finish}, nil
}

// compose puts a notice into the words of a language.
func (l *letters) compose(tag string, n notify.Notice) (out notify.Letter, err error) {
	v := l.catalog.Voice(tag)
	in := letter{Start: "left", Title: say(v, n.Title), Text: n.Text, Open: say(v, n.Open)}
	if v.Dir() == "rtl" {
		in.Start = "right"
	}
	for _, m := range n.Say {
		in.Say = append(in.Say, say(v, m))
	}
	for _, f := range n.Facts {
		in.Facts = append(in.Facts, letterFact{say(v, f.Label), say(v, f.Value)})
	}
	if n.Path == "" {
		n.Path = noticePath(n.Group.Slug, n.Kind, n.Subject)
	}
	if in.Open != "" {
		in.Href = l.base + n.Path
	}
	out = notify.Letter{Lang: v.Tag(), Group: n.Group.Name, Title: in.Title}
	if out.HTML, err = run(l.html[v.Tag()], "notice.html", in); err != nil {
		return out, err
	}
	if out.Text, err = run(l.plain[v.Tag()], "notice.txt", in); err != nil {
		return out, err
	}
	if n.Event != nil {
		c := ical.Calendar{Name: n.Group.Name, Events: []ical.Event{eventOf(v, n.Group, l.host, in.Href, *n.Event)}}
		out.ICS = string(ical.Write(c))
	}
	return out, nil
}

// finish makes both bodies of a mail.
func (l *letters) finish(in notify.Letter, stop string) (plain, page string, err error) {
	v := l.catalog.Voice(in.Lang)
	e := envelope{Lang: v.Tag(), Dir: v.Dir(), Group: in.Group, Title: in.Title, Text: in.Text, Stop: stop}
	e.Inner = template.HTML(in.HTML) // compose made it
	if plain, err = run(l.plain[v.Tag()], "mail.txt", e); err != nil {
		return "", "", err
	}
	page, err = run(l.html[v.Tag()], "mail.html", e)
	return plain, page, err
}

// run executes one of the templates.
func run(t interface {
	ExecuteTemplate(w io.Writer, name string, data any) error
}, name string, data any) (string, error) {
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, name, data); err != nil {
		return "", fmt.Errorf("render mail: %w", err)
	}
	return strings.TrimSpace(b.String()) + "\n", nil
}

// eventOf is an event of a group as it goes into a calendar. href is the page it is on.
func eventOf(v *lang.Voice, g member.Group, host, href string, e notify.Event) ical.Event {
	return ical.Event{
		UID: e.UID + "." + g.Ref + "@" + host, Sequence: e.Sequence, Start: e.Start, End: e.End, Summary: say(v, e.Summary), Description: say(v, e.Description),
		Location: e.Location, URL: href, Cancelled: e.Cancelled, Modified: e.Modified, Alarm: e.Alarm,
	}
}
