package markup

import (
	"html"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
)

// plainText writes the tree as text.
func plainText(doc ast.Node, source []byte) string {
	text := strings.Join(blocks(doc, source, true), "\n")
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1 // control characters steer terminals and spoil mail
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	return strings.Trim(text, "\n")
}

// blocks returns the lines of a node's children, apart by empty lines if loose.
func blocks(parent ast.Node, source []byte, loose bool) []string {
	var lines []string
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		if len(lines) > 0 && loose {
			lines = append(lines, "")
		}
		lines = append(lines, block(n, source)...)
	}
	return lines
}

// block returns the lines of one block.
func block(n ast.Node, source []byte) []string {
	switch n := n.(type) {
	case *ast.Blockquote:
		return indented(blocks(n, source, true), "> ", "> ")
	case *ast.List:
		return list(n, source)
	case *ast.ThematicBreak:
		return []string{"---"}
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		return strings.Split(strings.TrimSuffix(string(n.Lines().Value(source)), "\n"), "\n")
	}
	return strings.Split(inlines(n, source), "\n")
}

func list(n *ast.List, source []byte) []string {
	var lines []string
	number := n.Start
	for item := n.FirstChild(); item != nil; item = item.NextSibling() {
		if len(lines) > 0 && !n.IsTight {
			lines = append(lines, "")
		}
		mark := "- "
		if n.IsOrdered() {
			mark = strconv.Itoa(number) + ". "
			number++
		}
		body := blocks(item, source, !n.IsTight)
		if len(body) == 0 {
			body = []string{""}
		}
		lines = append(lines, indented(body, mark, strings.Repeat(" ", len(mark)))...)
	}
	return lines
}

// indented puts first before the first line and next before the others.
func indented(lines []string, first, next string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = strings.TrimRight(next+l, " ")
		if i == 0 {
			out[i] = strings.TrimRight(first+l, " ")
		}
	}
	return out
}

// inlines returns the words of a paragraph or of a stretch inside one.
func inlines(parent ast.Node, source []byte) string {
	var b strings.Builder
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			b.WriteString(unescaped(string(n.Value(source)), n.IsRaw() || parent.Kind() == ast.KindCodeSpan))
			if n.SoftLineBreak() || n.HardLineBreak() {
				b.WriteByte('\n')
			}
		case *ast.String:
			b.Write(n.Value)
		case *ast.AutoLink:
			b.Write(n.Label(source))
		case *ast.Link:
			b.WriteString(linkText(n, source))
		default:
			b.WriteString(inlines(n, source))
		}
	}
	return b.String()
}

// linkText is the words of a link and its address in brackets, once if they are the same.
func linkText(n *ast.Link, source []byte) string {
	words, address := inlines(n, source), html.UnescapeString(string(n.Destination))
	switch {
	case words == "":
		return address
	case words == address, words == strings.TrimPrefix(address, "mailto:"):
		return words
	}
	return words + " (" + address + ")"
}

var entity = regexp.MustCompile(`^&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});`)

// unescaped reads backslash escapes and character references as CommonMark does; raw text has neither.
func unescaped(s string, raw bool) string {
	if raw || !strings.ContainsAny(s, `\&`) {
		return s
	}
	var b strings.Builder
	for s != "" {
		if s[0] == '\\' && len(s) > 1 && s[1] < utf8.RuneSelf && (unicode.IsPunct(rune(s[1])) || unicode.IsSymbol(rune(s[1]))) {
			b.WriteByte(s[1])
			s = s[2:]
			continue
		}
		if e := entity.FindString(s); e != "" {
			b.WriteString(html.UnescapeString(e))
			s = s[len(e):]
			continue
		}
		b.WriteByte(s[0])
		s = s[1:]
	}
	return b.String()
}
