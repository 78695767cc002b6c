package web

import (
	"html/template"

	"folkmoot/internal/markup"
	"folkmoot/internal/qr"
)

// This file is the only place that makes HTML which templates do not escape. Whoever changes it looks twice:
// markup.HTML has put what members wrote through an allow-list, and qr.SVG draws a picture and escapes its title.

// markdown shows what a member wrote.
func markdown(text string) template.HTML { return template.HTML(markup.HTML(text)) }

// square draws the QR code that says text. It fails on a text too long for a code.
func square(text, title string) (template.HTML, error) {
	svg, err := qr.SVG(text, title)
	return template.HTML(svg), err
}
