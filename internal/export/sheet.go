package export

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"io"
	"regexp"
	"strings"

	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/markup"
	"folkmoot/internal/paper"
)

// sheet is a document in the making, for people to read. What the program says and what members wrote go in by
// different doors: only words is Markdown.
type sheet interface {
	heading(level int, text string)
	para(text string)
	words(md string) // what a member wrote
	points(items []string, numbered bool)
	table(header []string, rows [][]string)
	finish() error
}

// write has render fill a sheet of the chosen format. A PDF carries the record that attach writes.
func (j job) write(w io.Writer, render func(sheet) error, attach func(io.Writer) error) error {
	var out sheet
	switch j.Format {
	case Markdown:
		out = &markdown{w: w}
	case PDF:
		p := &pdf{w: w, doc: paper.New(paper.Options{Title: j.group.Name, Lang: j.Voice.Tag(), FontDirs: j.fonts})}
		var b bytes.Buffer
		if err := attach(&b); err != nil {
			return err
		}
		p.doc.Attach("record.json", JSON.Mime(), b.Bytes())
		foot := j.Voice.T("export.footer", "Group", j.group.Name, "Checkpoint", j.checkpoint())
		p.doc.Footer(func(page, pages int) string { return fmt.Sprintf("%s · %d/%d", foot, page, pages) })
		out = p
	default:
		out = newPage(w, j.Voice, j.group.Name)
	}
	if err := render(out); err != nil {
		return err
	}
	return out.finish()
}

// markdown is a sheet in Markdown. What members wrote is quoted, so that it never passes for the record's own words.
type markdown struct {
	w   io.Writer
	err error
}

func (m *markdown) put(format string, args ...any) {
	if m.err == nil {
		_, m.err = fmt.Fprintf(m.w, format, args...)
	}
}

// plainMarks are the characters that mean something in Markdown.
var plainMarks = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", "&lt;", ">", "&gt;",
	"#", `\#`, "|", `\|`, "~", `\~`, "&", "&amp;", "\n", " ", "\r", " ")

func (m *markdown) heading(level int, text string) {
	m.put("%s %s\n\n", strings.Repeat("#", level), plainMarks.Replace(text))
}

func (m *markdown) para(text string) { m.put("%s\n\n", plainMarks.Replace(text)) }

// tag is where HTML would begin; programs that show Markdown may let it through.
var tag = regexp.MustCompile(`<([A-Za-z/!?])`)

func (m *markdown) words(md string) {
	for _, line := range strings.Split(strings.ReplaceAll(strings.TrimSpace(md), "\r\n", "\n"), "\n") {
		m.put("%s\n", strings.TrimRight("> "+tag.ReplaceAllString(line, `\<$1`), " "))
	}
	m.put("\n")
}

func (m *markdown) points(items []string, numbered bool) {
	for i, s := range items {
		if numbered {
			m.put("%d. %s\n", i+1, plainMarks.Replace(s))
		} else {
			m.put("- %s\n", plainMarks.Replace(s))
		}
	}
	m.put("\n")
}

func (m *markdown) table(header []string, rows [][]string) {
	line := func(cells []string) {
		for i := range cells {
			m.put("| %s ", plainMarks.Replace(cells[i]))
		}
		m.put("|\n")
	}
	line(header)
	m.put("%s|\n", strings.Repeat("| --- ", len(header)))
	for _, r := range rows {
		line(r)
	}
	m.put("\n")
}

func (m *markdown) finish() error { return m.err }

// pdf is a sheet as PDF. It is laid out at the end, in memory.
type pdf struct {
	w   io.Writer
	doc *paper.Doc
}

func (p *pdf) heading(level int, text string)       { p.doc.Heading(level, text) }
func (p *pdf) para(text string)                     { p.doc.Para(text) }
func (p *pdf) points(items []string, numbered bool) { p.doc.List(items, numbered) }
func (p *pdf) table(header []string, rows [][]string) {
	p.doc.Table(header, rows)
}

func (p *pdf) words(md string) {
	for _, para := range strings.Split(markup.Plain(md), "\n\n") {
		if strings.TrimSpace(para) != "" {
			p.doc.Para(para)
		}
	}
}

func (p *pdf) finish() error {
	_, err := p.doc.WriteTo(p.w)
	if m, ok := errors.AsType[paper.MissingScript](err); ok {
		return fault.New(fault.Conflict, "export.no_letters_for_pdf", "Script", m.Script).Because(err)
	}
	return err
}

// page is a sheet as one HTML file that needs nothing beside it.
type page struct {
	w   io.Writer
	err error
}

// style is the whole look of the page: a sheet of paper, on screen and printed.
const style = `:root{color-scheme:light}
body{max-width:42rem;margin:2rem auto;padding:0 1rem;font:1.0625rem/1.55 Charter,"Bitstream Charter",Georgia,serif;color:#1c1917;background:#fffdf8;overflow-wrap:anywhere}
h1{font-size:1.9rem;line-height:1.2;margin:0 0 1rem}h2{font-size:1.35rem;margin:2.2rem 0 .6rem;border-top:1px solid #d6d0c4;padding-top:1rem}
h3{font-size:1.1rem;margin:1.4rem 0 .3rem}blockquote{margin:.4rem 0 1rem;padding:.1rem 0 .1rem 1rem;border-inline-start:3px solid #d6d0c4}
blockquote p{margin:.3rem 0}table{border-collapse:collapse;width:100%;margin:.6rem 0 1rem;font-variant-numeric:tabular-nums}
th,td{text-align:start;vertical-align:top;padding:.3rem .8rem .3rem 0;border-bottom:1px solid #e7e1d5}th{white-space:nowrap}li{margin:.25rem 0}
@media print{body{max-width:none;margin:0;background:none;font-size:11pt}h2,h3{break-after:avoid}tr,blockquote,li{break-inside:avoid}@page{margin:20mm}}`

func newPage(w io.Writer, v *lang.Voice, title string) *page {
	p := &page{w: w}
	p.put(`<!doctype html>
<html lang="%s" dir="%s">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>%s</title>
<style>
%s
</style>
</head>
<body>
<main>
`, v.Tag(), v.Dir(), html.EscapeString(title), style)
	return p
}

func (p *page) put(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format, args...)
	}
}

func (p *page) heading(level int, text string) {
	p.put("<h%d>%s</h%d>\n", level, html.EscapeString(text), level)
}

func (p *page) para(text string) { p.put("<p>%s</p>\n", html.EscapeString(text)) }

func (p *page) words(md string) { p.put("<blockquote>\n%s</blockquote>\n", markup.HTML(md)) }

func (p *page) points(items []string, numbered bool) {
	tag := "ul"
	if numbered {
		tag = "ol"
	}
	p.put("<%s>\n", tag)
	for _, s := range items {
		p.put("<li>%s</li>\n", html.EscapeString(s))
	}
	p.put("</%s>\n", tag)
}

func (p *page) table(header []string, rows [][]string) {
	p.put("<table>\n<thead><tr>")
	for _, h := range header {
		p.put("<th scope=\"col\">%s</th>", html.EscapeString(h))
	}
	p.put("</tr></thead>\n<tbody>\n")
	for _, r := range rows {
		p.put("<tr>")
		for _, c := range r {
			p.put("<td>%s</td>", html.EscapeString(c))
		}
		p.put("</tr>\n")
	}
	p.put("</tbody>\n</table>\n")
}

func (p *page) finish() error {
	p.put("</main>\n</body>\n</html>\n")
	return p.err
}
