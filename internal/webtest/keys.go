package webtest

import (
	"regexp"
	"strings"
	"sync"

	"folkmoot/internal/lang"

	"golang.org/x/net/html"
)

// areas are the beginnings of the ids of sentences, up to their first dot: "times" of "times.now".
var areas = sync.OnceValues(func() (map[string]bool, error) {
	c, err := lang.Load()
	if err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for _, id := range c.IDs() {
		area, _, _ := strings.Cut(id, ".")
		out[area] = true
	}
	return out, nil
})

var looksLikeID = regexp.MustCompile(`[a-z][a-z0-9_-]*(?:\.[a-z0-9_-]+)+`)

// fileName ends what is the name of a file or a host.
var fileName = regexp.MustCompile(`\.(json|html|txt|csv|md|zip|db|blt|example|org|com)$`)

// keys returns what looks like the id of a sentence that stands in no catalogue, or whose words were forgotten, in what a reader is shown or read
// out. What people are to copy, and code, may say anything.
func keys(n *html.Node, areas map[string]bool) (out []string) {
	look := func(s string) {
		for _, id := range looksLikeID.FindAllString(s, -1) {
			if area, _, _ := strings.Cut(id, "."); areas[area] && !fileName.MatchString(id) {
				out = append(out, id)
			}
		}
	}
	switch n.Type {
	case html.TextNode:
		look(n.Data)
	case html.ElementNode:
		switch n.Data {
		case "script", "style", "textarea", "code", "pre":
			return nil
		}
		for _, a := range n.Attr {
			if a.Key == "title" || a.Key == "alt" || a.Key == "placeholder" || a.Key == "aria-label" {
				look(a.Val)
			}
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		out = append(out, keys(c, areas)...)
	}
	return out
}
