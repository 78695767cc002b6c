// Package markup turns what members write, in Markdown, into safe HTML for pages and into plain text for mail and records.
//
// The rules are CommonMark's, with struck-out text and bare addresses as links (two of GitHub's additions), and a line
// break stays a line break, because members paste lists of names and verses line by line. Nothing typed is lost: HTML
// in the text is shown as it was typed, and a picture becomes a link to it, since showing it would tell
// a stranger's server who reads this page. Two barriers stand against harmful text: the document is
// cleaned before it is written as HTML (see tree.go), and the HTML is put through an allow-list after.
//
// Text that is built to be slow, by nesting hundreds of quotes or brackets, is shown as it was typed.
package markup

import (
	"bytes"
	"html"
	"regexp"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer"
	goldhtml "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"
)

const rel = "nofollow noopener noreferrer"

// HTML returns the text as safe HTML. Its headings are h3 to h6, below those of the page it is put in;
// its links go to http, https and mailto addresses and carry a rel that keeps the reader's page to itself.
func HTML(md string) string {
	if tooTangled(md) {
		return asTyped(md)
	}
	source := []byte(md)
	var b bytes.Buffer
	if err := writer.Render(&b, source, parse(source)); err != nil {
		return asTyped(md) // a buffer does not fail; should the renderer, the reader still gets the words
	}
	return allowed.Sanitize(b.String())
}

// Plain returns the text without its signs of emphasis: paragraphs apart by an empty line, "- " and "1. " before the
// points of a list, "> " before quoted lines, and addresses in brackets after the words that link to them.
func Plain(md string) string {
	if tooTangled(md) {
		return strings.TrimSpace(strings.ToValidUTF8(md, "\uFFFD"))
	}
	source := []byte(md)
	return plainText(parse(source), source)
}

// asTyped shows the text itself, lines and all.
func asTyped(md string) string {
	escaped := html.EscapeString(strings.ToValidUTF8(strings.ReplaceAll(md, "\x00", "\uFFFD"), "\uFFFD"))
	return "<p>" + strings.ReplaceAll(escaped, "\n", "<br>\n") + "</p>\n"
}

// writer writes the tree as HTML, without its own say on what is harmful.
var writer = renderer.NewRenderer(renderer.WithNodeRenderers(
	util.Prioritized(goldhtml.NewRenderer(goldhtml.WithHardWraps()), 1000),
	util.Prioritized(extension.NewStrikethroughHTMLRenderer(), 500),
))

// allowed is the list of what may reach a page.
var allowed = func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "strong", "em", "del", "ul", "ol", "li", "blockquote", "code", "pre", "h3", "h4", "h5", "h6", "hr")
	p.AllowAttrs("start").Matching(regexp.MustCompile(`^[0-9]{1,9}$`)).OnElements("ol")
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("rel").Matching(regexp.MustCompile("^" + rel + "$")).OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto")
	p.RequireParseableURLs(true)
	return p
}()
