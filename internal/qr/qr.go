// Package qr draws QR codes as SVG, for invitation links, check-in and recovery codes.
//
// The picture is drawn here rather than as a bitmap so that it stays sharp at any size, prints well, and
// needs no request of its own: a page under a strict content policy can hold it as it is.
// It has no style attribute and no script, and carries a title for people who cannot see it.
package qr

import (
	"encoding/xml"
	"errors"
	"fmt"
	"strings"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"
)

// ErrText says that a text cannot be a QR code: it is empty or longer than the largest code holds (about 2 300 bytes).
var ErrText = errors.New("qr: text is empty or too long")

// quiet is the empty border that ISO/IEC 18004 asks for, in modules.
const quiet = 4

// SVG returns a picture of a QR code that says text, as an svg element with role img and the given title.
// It has no width or height of its own; one unit of its viewBox is one module. Dark modules are one black path on
// white, also on a dark page, because many readers do not read inverted codes. It returns ErrText.
func SVG(text, title string) (string, error) {
	m, err := matrix(text)
	if err != nil {
		return "", err
	}
	size := m.Bounds().Dx()
	name := escaped(title)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="%s" viewBox="0 0 %d %d" shape-rendering="crispEdges">`, name, size+2*quiet, size+2*quiet)
	fmt.Fprintf(&b, `<title>%s</title><rect width="100%%" height="100%%" fill="#fff"/><path fill="#000" d="`, name)
	for y := range size {
		for x := 0; x < size; x++ {
			start := x
			for x < size && dark(m, x, y) {
				x++
			}
			if x > start {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", start+quiet, y+quiet, x-start, x-start)
			}
		}
	}
	b.WriteString(`"/></svg>`)
	return b.String(), nil
}

// matrix encodes the text at level M, which survives 15 % damage: a folded leaflet, a scratched screen.
func matrix(text string) (barcode.Barcode, error) {
	if text == "" {
		return nil, ErrText
	}
	m, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return nil, ErrText // the library fails for no other reason, and its message repeats the text, which may be secret
	}
	return m, nil
}

// dark tells whether a module is dark.
func dark(m barcode.Barcode, x, y int) bool {
	r, _, _, _ := m.At(x, y).RGBA()
	return r == 0
}

// escaped makes a text fit for XML, also where characters are not allowed there at all.
func escaped(s string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(s)); err != nil {
		return "" // a strings.Builder never fails
	}
	return b.String()
}
