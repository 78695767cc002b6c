package markup

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/effort"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

const a = `<a href="https://e.org/x" rel="nofollow noopener noreferrer">`

func TestHTML(t *testing.T) {
	for _, c := range []struct{ name, md, want string }{
		{"nothing", "", ""},
		{"paragraphs and breaks", "One\ntwo\n\nthree", "<p>One<br>\ntwo</p>\n<p>three</p>\n"},
		{"emphasis", "*a* **b** ~~c~~ `d`", "<p><em>a</em> <strong>b</strong> <del>c</del> <code>d</code></p>\n"},
		{"headings step down", "# a\n## b\n##### c", "<h3>a</h3>\n<h4>b</h4>\n<h6>c</h6>\n"},
		{"lists", "- a\n- b\n\n3. c", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n<ol start=\"3\">\n<li>c</li>\n</ol>\n"},
		{"quote, rule, code", "> a\n\n---\n\n```go\nb <c>\n```", "<blockquote>\n<p>a</p>\n</blockquote>\n<hr>\n<pre><code>b &lt;c&gt;\n</code></pre>\n"},
		{"link", `[b](https://e.org/x "title")`, "<p>" + a + "b</a></p>\n"},
		{"bare address", "see https://e.org/x.", "<p>see " + a + "https://e.org/x</a>.</p>\n"},
		{"mail", "<u@e.org>", `<p><a href="mailto:u@e.org" rel="nofollow noopener noreferrer">u@e.org</a></p>` + "\n"},
		{"reference", "[b]\n\n[b]: https://e.org/x", "<p>" + a + "b</a></p>\n"},
		{"HTML is words", "<b>x</b>\n\n<script>\nalert(1)\n</script>", "<p>&lt;b&gt;x&lt;/b&gt;</p>\n<p>&lt;script&gt;<br>\nalert(1)<br>\n&lt;/script&gt;</p>\n"},
		{"picture is a link", "![b](https://e.org/x)", "<p>" + a + "b</a></p>\n"},
		{"picture without words", "![](https://e.org/x)", "<p>" + a + "https://e.org/x</a></p>\n"},
		{"picture in a link", "[![b](https://i.org/p)](https://e.org/x)", "<p>" + a + "b</a></p>\n"},
		{"picture in data", "![b](data:image/png;base64,AAAA)", "<p>b</p>\n"},
		{"script link", "[b](javascript:alert(1)) [c](JaVaScRiPt&colon;x)", "<p>b c</p>\n"},
		{"script in brackets", "<javascript:alert(1)>", "<p>javascript:alert(1)</p>\n"},
		{"relative link", "[b](/logout) [c](//e.org)", "<p>b c</p>\n"},
		{"emphasis in a dropped link", "[*b*](ftp://e.org)", "<p><em>b</em></p>\n"},
		{"nested too deep", strings.Repeat(">", 30) + "a", "<p>" + strings.Repeat("&gt;", 30) + "a</p>\n"},
		{"a long rule", strings.Repeat("* ", 40), "<hr>\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := HTML(c.md); got != c.want {
				t.Errorf("HTML(%q)\n got %q\nwant %q", c.md, got, c.want)
			}
		})
	}
}

func TestPlain(t *testing.T) {
	for _, c := range []struct{ name, md, want string }{
		{"nothing", "", ""},
		{"paragraphs and breaks", "# One\n*two*\nthree\n\n**four** `*five*`", "One\n\ntwo\nthree\n\nfour *five*"},
		{"lists", "* a\n  b\n* c\n   - d\n\n9) e\n10) f", "- a\n  b\n- c\n  - d\n\n9. e\n10. f"},
		{"loose list", "- a\n\n- b", "- a\n\n- b"},
		{"empty point", "-\n- b", "-\n- b"},
		{"quote", "> a\n>\n> - b\n\n***", "> a\n>\n> - b\n\n---"},
		{"code", "```\n a\n\n&amp;\n```", " a\n\n&amp;"},
		{"links", "[b](https://e.org/x) https://e.org [u@e.org](mailto:u@e.org) [](https://e.org)", "b (https://e.org/x) https://e.org u@e.org https://e.org"},
		{"picture", "![b](https://e.org/p)", "b (https://e.org/p)"},
		{"bad link", "[b](javascript:x)", "b"},
		{"escapes", `\*a\* &amp;lt; &#65; \&amp; c:\d`, `*a* &lt; A &amp; c:\d`},
		{"control characters", "a\x1b[31m\x00b", "a[31mb"},
		{"tangled", strings.Repeat(">", 30) + " a\n", strings.Repeat(">", 30) + " a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Plain(c.md); got != c.want {
				t.Errorf("Plain(%q)\n got %q\nwant %q", c.md, got, c.want)
			}
		})
	}
}

var mayHave = map[string][]string{
	"p": nil, "br": nil, "strong": nil, "em": nil, "del": nil, "ul": nil, "ol": {"start"}, "li": nil, "blockquote": nil,
	"code": nil, "pre": nil, "h3": nil, "h4": nil, "h5": nil, "h6": nil, "hr": nil, "a": {"href", "rel"},
}

var digits = regexp.MustCompile(`^[0-9]+$`)

// forbidden returns the first thing in a piece of HTML, as a browser reads it, that may not stand in a page.
func forbidden(fragment string) string {
	roots, err := html.ParseFragment(strings.NewReader(fragment), &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div})
	if err != nil {
		return err.Error()
	}
	for _, root := range roots {
		if bad := badNode(root); bad != "" {
			return bad
		}
		for n := range root.Descendants() {
			if bad := badNode(n); bad != "" {
				return bad
			}
		}
	}
	return ""
}

func badNode(n *html.Node) string {
	if n.Type == html.TextNode {
		return ""
	}
	attrs, known := mayHave[n.Data]
	if n.Type != html.ElementNode || !known || len(n.Attr) != len(attrs) && n.Data != "ol" {
		return "node " + n.Data
	}
	for _, at := range n.Attr {
		u, err := url.Parse(at.Val)
		switch {
		case !slices.Contains(attrs, at.Key),
			at.Key == "rel" && at.Val != rel,
			at.Key == "start" && !digits.MatchString(at.Val),
			at.Key == "href" && (err != nil || !slices.Contains([]string{"http", "https", "mailto"}, u.Scheme)):
			return "attribute " + n.Data + " " + at.Key + "=" + at.Val
		}
	}
	return ""
}

func FuzzHTML(f *testing.F) {
	for _, s := range []string{
		"# a\n- *b* **c** ~~d~~ `e`\n> f\n\n1. g\n---", "[a](https://e.org \"t\") <u@e.org> www.e.org https://e.org/(x)", "![a](https://e.org/p.png)",
		"<script>alert(1)</script><img src=x onerror=y>", "[a](javascript:alert(1))", "[a](java\nscript:x)", "[a](data:text/html,x)", "<javascript:x>",
		"[a]( &#106;avascript:x)", "[a](https://e.org/\"onclick=x)", "[x]: javascript:y\n[x]", "```\"><b>\n```", "[![a](b)](c)", "\xff\x00", "[a](http://[::1]%23)", "[a](mailto:)",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, md string) {
		if bad := forbidden(HTML(md)); bad != "" {
			t.Errorf("HTML(%q) = %q holds %s", md, HTML(md), bad)
		}
		if plain := Plain(md); strings.ContainsAny(plain, "\x00\x1b") {
			t.Errorf("Plain(%q) = %q holds control characters", md, plain)
		}
	})
}

func TestForbiddenSeesWhatItShould(t *testing.T) {
	for _, s := range []string{
		"<img>", "<p class=x>", "<a href=javascript:x rel='" + rel + "'>", "<a href='https://e.org'>", "<h1>a</h1>", "<!-- a -->", "<ol start=x>", "<p><b>a</b></p>",
	} {
		if forbidden(s) == "" {
			t.Errorf("forbidden(%q) lets it pass", s)
		}
	}
}

// attacks are the shapes that were slow in the parser when it was given 64 KiB of them (up to 4 s).
func attacks() map[string]string {
	full := func(s string) string { return strings.Repeat(s, Max/len(s)) }
	steps := ""
	for i := 0; len(steps) < Max-1000; i++ {
		steps += strings.Repeat("  ", i) + "- a\n"
	}
	all := map[string]string{"lists step by step": steps, "quotes of a line": full(">a\n\n"), "references": full("[a]: b\n\n")}
	for _, s := range []string{">", "> ", "- ", "1. ", "> - ", "> * ", "[", "![", "[a](", "[a](<b", "[`](", "*a_ ", "*_a", "*a **a ", "***a", "~a~~ ", "`a", "<", "<http:", "&", "a@", "www.", "http://", "\\", "[a][b]", "\x00", " ", "\n"} {
		all["full of "+s] = full(s)
		// The same just below the limits, where it is still read as Markdown.
		all["signs "+s] = full(strings.Repeat(s, maxSigns/max(1, count(s)*8)*7) + "a\n\n")
		if nesting(s+"a") > 0 {
			all["nest "+s] = full(strings.Repeat(s, maxNesting/nesting(s+"a")) + "a\n\n")
		}
	}
	all["brackets inside out"] = full(strings.Repeat("[", maxSigns) + strings.Repeat("]", maxSigns) + "\n\n")
	return all
}

func TestAttacksAreQuick(t *testing.T) {
	for name, md := range attacks() {
		// Alone it stays below 0.1 s; the race detector takes ten times that, on a slow machine more.
		const limit = 4 * time.Second
		best := time.Hour
		for try := 0; try < 3 && best > limit; try++ {
			best = min(best, effort.Of(func() { HTML(md) }))
		}
		if best > limit {
			t.Errorf("%s: %d bytes took %v", name, len(md), best)
		}
	}
}

func BenchmarkHTML(b *testing.B) {
	md := strings.Repeat("Members *may* propose [changes](https://e.org) until:\n\n- the deadline\n- the **close**\n\n", 20)
	for b.Loop() {
		HTML(md)
	}
}
