package markup

import (
	"bytes"
	"html"
	"net/url"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// reader is CommonMark's parser without the two rules for HTML, so that "<b>" stays the three signs it is.
var reader = parser.NewParser(
	parser.WithBlockParsers(
		util.Prioritized(parser.NewSetextHeadingParser(), 100),
		util.Prioritized(parser.NewThematicBreakParser(), 200),
		util.Prioritized(parser.NewListParser(), 300),
		util.Prioritized(parser.NewListItemParser(), 400),
		util.Prioritized(parser.NewCodeBlockParser(), 500),
		util.Prioritized(parser.NewATXHeadingParser(), 600),
		util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
		util.Prioritized(parser.NewBlockquoteParser(), 800),
		util.Prioritized(parser.NewParagraphParser(), 1000),
	),
	parser.WithInlineParsers(
		util.Prioritized(parser.NewCodeSpanParser(), 100),
		util.Prioritized(parser.NewLinkParser(), 200),
		util.Prioritized(parser.NewAutoLinkParser(), 300),
		util.Prioritized(parser.NewEmphasisParser(), 500),
		util.Prioritized(extension.NewStrikethroughParser(), 500),
		util.Prioritized(extension.NewLinkifyParser(), 999),
	),
	parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
)

// parse reads the text and cleans the tree: headings below the page's, no pictures, links only to known schemes.
func parse(source []byte) ast.Node {
	doc := reader.Parse(text.NewReader(source))
	for _, n := range nodes(doc) {
		switch n := n.(type) {
		case *ast.Heading:
			n.Level = min(n.Level+2, 6)
		case *ast.Image:
			unpicture(n)
		case *ast.Link:
			if safe(n.Destination) {
				n.Title = nil
				n.SetAttributeString("rel", []byte(rel))
			} else {
				unwrap(n)
			}
		case *ast.AutoLink:
			if n.AutoLinkType == ast.AutoLinkEmail || safe(n.URL(source)) {
				n.SetAttributeString("rel", []byte(rel))
			} else {
				replace(n, ast.NewString(n.Label(source)))
			}
		}
	}
	return doc
}

// nodes lists all nodes from the top down, so that the tree can be changed meanwhile.
func nodes(doc ast.Node) []ast.Node {
	var list []ast.Node
	todo := []ast.Node{doc}
	for len(todo) > 0 {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		list = append(list, n)
		for c := n.LastChild(); c != nil; c = c.PreviousSibling() {
			todo = append(todo, c)
		}
	}
	return list
}

// unpicture puts a link with the picture's description in its place, or the description alone inside another link.
func unpicture(n *ast.Image) {
	if !safe(n.Destination) || within(n, ast.KindLink) {
		unwrap(n)
		return
	}
	link := ast.NewLink()
	link.Destination = n.Destination
	link.SetAttributeString("rel", []byte(rel))
	for c := n.FirstChild(); c != nil; c = n.FirstChild() {
		link.AppendChild(link, c)
	}
	if link.ChildCount() == 0 {
		link.AppendChild(link, ast.NewString(bytes.Clone(n.Destination)))
	}
	replace(n, link)
}

// unwrap leaves a node's children in its place.
func unwrap(n ast.Node) {
	parent := n.Parent()
	for c := n.FirstChild(); c != nil; c = n.FirstChild() {
		parent.InsertBefore(parent, n, c)
	}
	parent.RemoveChild(parent, n)
}

func replace(n, by ast.Node) { n.Parent().ReplaceChild(n.Parent(), n, by) }

// within tells whether a node stands anywhere inside one of a kind.
func within(n ast.Node, kind ast.NodeKind) bool {
	for p := n.Parent(); p != nil; p = p.Parent() {
		if p.Kind() == kind {
			return true
		}
	}
	return false
}

// safe tells whether an address may be linked to: absolute, of a known scheme, as browsers and as the standard read it.
func safe(destination []byte) bool {
	address := html.UnescapeString(string(destination))
	if strings.ContainsFunc(address, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return false
	}
	u, err := url.Parse(string(util.URLEscape([]byte(address), false)))
	if err != nil {
		return false
	}
	switch u.Scheme {
	case "http", "https":
		return u.Host != ""
	case "mailto":
		return u.Opaque != ""
	}
	return false
}
