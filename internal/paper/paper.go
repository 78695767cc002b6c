// Package paper sets records as PDF: headings, paragraphs, lists and tables on A4, with page numbers and attached files.
//
// It is a writer of our own because no Go library tried shapes text: they print Arabic letters unconnected, and one turned
// "41 votes" into "14". Here go-text/typesetting does what a browser does (bidirectional order, joining, marks,
// line breaks) and this package writes the pages. Every document is tagged, so that a screen reader finds headings,
// lists and table cells; its text can be searched and copied; only the glyphs used are embedded.
//
// Latin, Greek and Cyrillic are set in the Go fonts, which come with the program. Other scripts need TrueType
// fonts of the system; a script without one is an error, MissingScript, because a record with empty boxes
// in place of names is no record. A single symbol nobody has (an emoji, say) is drawn as a box but can be copied as text.
//
// The same calls give the same bytes: there is no clock, and no map's order shows.
package paper

import (
	"fmt"
	"io"
	"time"
)

// Options is what a document needs to know before its first line.
type Options struct {
	Title    string    // for the window title and the document's properties; it is not printed
	Lang     string    // BCP 47, such as "en" or "ar"; it also decides the side that tables start from
	Date     time.Time // written as the time of creation unless zero
	FontDirs []string  // folders of TrueType fonts, looked at in this order; nil means SystemFontDirs
}

// SystemFontDirs returns the folders where Linux distributions put the Noto fonts.
func SystemFontDirs() []string {
	return []string{"/usr/share/fonts/truetype/noto", "/usr/share/fonts/noto", "/usr/share/fonts/google-noto"}
}

// Doc gathers the parts of a document in reading order. Nothing is set before Bytes or WriteTo.
// A Doc is for one goroutine.
type Doc struct {
	opts        Options
	blocks      []block
	footer      func(page, pages int) string
	attachments []attachment
}

// attachment is a file that travels inside the PDF.
type attachment struct {
	name, mime string
	data       []byte
}

// New starts a document.
func New(o Options) *Doc {
	if o.FontDirs == nil {
		o.FontDirs = SystemFontDirs()
	}
	return &Doc{opts: o}
}

// Heading adds a heading; level 1 is the document's own title, deeper than 6 counts as 6.
// It stays on one page with the beginning of what follows.
func (d *Doc) Heading(level int, text string) {
	d.blocks = append(d.blocks, heading{max(1, min(level, 6)), text})
}

// Para adds a paragraph. Line breaks within it are kept.
func (d *Doc) Para(text string) { d.blocks = append(d.blocks, para{text}) }

// List adds a list of points, numbered from 1 if ordered.
func (d *Doc) List(items []string, ordered bool) {
	d.blocks = append(d.blocks, list{items, ordered})
}

// Table adds a table. Short rows are filled with empty cells, and columns without a header have an empty one.
// Columns of numbers are set flush right. The header is repeated on every page the table reaches. A table with too many
// columns for the page is set as one list for each row, of points "header: cell".
func (d *Doc) Table(header []string, rows [][]string) {
	d.blocks = append(d.blocks, table{header, rows})
}

// Rule adds a thin line across the page.
func (d *Doc) Rule() { d.blocks = append(d.blocks, rule{}) }

// Footer sets what stands at the foot of each page. The function is called once for each page, counted from 1.
func (d *Doc) Footer(f func(page, pages int) string) { d.footer = f }

// Attach embeds a file, such as the record as JSON that the pages were made from.
// Names must differ; Bytes fails otherwise.
func (d *Doc) Attach(name, mime string, data []byte) {
	d.attachments = append(d.attachments, attachment{name, mime, data})
}

// Bytes sets the document and returns the PDF. It returns MissingScript if a font is missing.
func (d *Doc) Bytes() ([]byte, error) {
	seen := map[string]bool{}
	for _, a := range d.attachments {
		if seen[a.name] {
			return nil, fmt.Errorf("paper: two attachments are named %q", a.name)
		}
		seen[a.name] = true
	}
	s, err := newSetter(d.opts)
	if err != nil {
		return nil, err
	}
	for i, b := range d.blocks {
		if err := b.set(s, i+1 < len(d.blocks)); err != nil {
			return nil, err
		}
	}
	if err := s.footers(d.footer); err != nil {
		return nil, err
	}
	return s.write(d.attachments)
}

// WriteTo writes the PDF and returns the number of bytes written. It returns MissingScript, or w's error.
func (d *Doc) WriteTo(w io.Writer) (int64, error) {
	b, err := d.Bytes()
	if err != nil {
		return 0, err
	}
	n, err := w.Write(b)
	return int64(n), err
}
