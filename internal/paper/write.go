package paper

import (
	"bytes"
	"cmp"
	"compress/zlib"
	"crypto/sha256"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-text/typesetting/font"
)

// ref is the number of an object in the file.
type ref int

func (r ref) String() string { return fmt.Sprintf("%d 0 R", int(r)) }

// file gathers numbered objects, so that they can name each other before they are written.
type file struct{ objects [][]byte }

func (f *file) reserve() ref {
	f.objects = append(f.objects, nil)
	return ref(len(f.objects))
}

func (f *file) fill(r ref, format string, args ...any) {
	f.objects[r-1] = fmt.Appendf(nil, format, args...)
}

func (f *file) object(format string, args ...any) ref {
	r := f.reserve()
	f.fill(r, format, args...)
	return r
}

// stream adds compressed data; dict is the inside of its dictionary.
func (f *file) stream(dict string, data []byte) (ref, error) {
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	if _, err := w.Write(data); err != nil {
		return 0, fmt.Errorf("compress stream: %w", err)
	}
	if err := w.Close(); err != nil {
		return 0, fmt.Errorf("compress stream: %w", err)
	}
	return f.object("<<%s/Length %d/Filter/FlateDecode>>\nstream\n%s\nendstream", dict, z.Len(), z.Bytes()), nil
}

// bytes writes the file with its table of places. Its ID is a hash of its content.
func (f *file) bytes(catalog, info ref) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	var places []int
	for i, o := range f.objects {
		places = append(places, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	id := sha256.Sum256(b.Bytes())
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(places)+1)
	for _, p := range places {
		fmt.Fprintf(&b, "%010d 00000 n \n", p)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root %v/Info %v/ID[<%X><%X>]>>\nstartxref\n%d\n%%%%EOF\n", len(places)+1, catalog, info, id[:16], id[:16], start)
	return b.Bytes()
}

// write turns the pages into a file.
func (s *setter) write(attachments []attachment) ([]byte, error) {
	f := &file{}
	resources, err := s.writeFonts(f)
	if err != nil {
		return nil, err
	}
	pages, err := s.writePages(f, resources)
	if err != nil {
		return nil, err
	}
	structure := s.writeStructure(f, pages)
	files, err := s.writeAttachments(f, attachments)
	if err != nil {
		return nil, err
	}
	meta := f.object("<</Type/Metadata/Subtype/XML/Length %d>>\nstream\n%s\nendstream", len(s.xmp()), s.xmp())
	dates := ""
	if !s.opts.Date.IsZero() {
		date := s.opts.Date.UTC().Format("D:20060102150405Z")
		dates = "/CreationDate(" + date + ")/ModDate(" + date + ")"
	}
	info := f.object("<</Title %s/Producer(Folkmoot)%s>>", utf16Text(s.opts.Title), dates)
	reading := ""
	if s.rtl {
		reading = "/Direction/R2L"
	}
	catalog := f.object("<</Type/Catalog/Pages %v/Lang %s/MarkInfo<</Marked true>>/StructTreeRoot %v/Metadata %v/ViewerPreferences<</DisplayDocTitle true%s>>%s>>",
		pages[0], utf16Text(s.opts.Lang), structure, meta, reading, files)
	return f.bytes(catalog, info), nil
}

// writePages writes the page tree and returns its root followed by each page.
func (s *setter) writePages(f *file, resources string) ([]ref, error) {
	refs := []ref{f.reserve()}
	for i, p := range s.pages {
		content, err := f.stream("", p.content.Bytes())
		if err != nil {
			return nil, err
		}
		refs = append(refs, f.object("<</Type/Page/Parent %v/MediaBox[0 0 %s %s]/Contents %v/Resources<</Font<<%s>>>>/StructParents %d/Tabs/S>>",
			refs[0], num(pageWidth), num(pageHeight), content, resources, i))
	}
	f.fill(refs[0], "<</Type/Pages/Count %d/Kids%s>>", len(s.pages), array(refs[1:]))
	return refs, nil
}

func array[T fmt.Stringer](list []T) string {
	words := make([]string, len(list))
	for i, v := range list {
		words[i] = v.String()
	}
	return "[" + strings.Join(words, " ") + "]"
}

// writeStructure writes the tree of elements, and for each page which element owns which mark.
func (s *setter) writeStructure(f *file, pages []ref) ref {
	root := f.reserve()
	refs := map[*elem]ref{}
	var node func(e *elem, parent ref) ref
	node = func(e *elem, parent ref) ref {
		r := f.reserve()
		refs[e] = r
		var kids []string
		for _, m := range e.marks {
			kids = append(kids, fmt.Sprintf("<</Type/MCR/Pg %v/MCID %d>>", pages[m.page+1], m.id))
		}
		for _, k := range e.kids {
			kids = append(kids, node(k, r).String())
		}
		attrs := ""
		if e.attrs != "" {
			attrs = "/A" + e.attrs
		}
		f.fill(r, "<</Type/StructElem/S/%s/P %v%s/K[%s]>>", e.tag, parent, attrs, strings.Join(kids, " "))
		return r
	}
	doc := node(s.root, root)
	var nums strings.Builder
	for i, p := range s.pages {
		owners := make([]ref, len(p.owners))
		for j, e := range p.owners {
			owners[j] = refs[e]
		}
		fmt.Fprintf(&nums, "%d %s", i, array(owners))
	}
	parents := f.object("<</Nums[%s]>>", nums.String())
	f.fill(root, "<</Type/StructTreeRoot/K %v/ParentTree %v/ParentTreeNextKey %d>>", doc, parents, len(s.pages))
	return root
}

// writeFonts writes the fonts in use and returns the entries of the resource dictionary.
func (s *setter) writeFonts(f *file) (string, error) {
	var entries strings.Builder
	for _, face := range s.fonts.inUse {
		r, err := writeFont(f, face)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&entries, "/%s %v", face.name, r)
	}
	return entries.String(), nil
}

func writeFont(f *file, face *face) (ref, error) {
	used := make([]font.GID, 0, len(face.used))
	for g := range face.used {
		used = append(used, g)
	}
	slices.Sort(used)
	data := subset(face.sfnt, used)
	program, err := f.stream(fmt.Sprintf("/Length1 %d", len(data)), data)
	if err != nil {
		return 0, err
	}
	unicodes, err := f.stream("", toUnicode(face, used))
	if err != nil {
		return 0, err
	}
	name := subsetTag(data) + "+" + postScriptName(face)
	scale := 1000 / float64(face.Upem())
	ext, _ := face.FontHExtents()
	head := face.sfnt["head"]
	box := make([]string, 4)
	for i := range box {
		box[i] = num(float64(int16(be.Uint16(head[36+2*i:]))) * scale)
	}
	descriptor := f.object("<</Type/FontDescriptor/FontName/%s/Flags 4/FontBBox[%s]/ItalicAngle 0/Ascent %s/Descent %s/CapHeight 700/StemV 80/FontFile2 %v>>",
		name, strings.Join(box, " "), num(float64(ext.Ascender)*scale), num(float64(ext.Descender)*scale), program)
	var widths strings.Builder
	for _, g := range used {
		fmt.Fprintf(&widths, "%d[%d]", g, face.width(g))
	}
	descendant := f.object("<</Type/Font/Subtype/CIDFontType2/BaseFont/%s/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor %v/CIDToGIDMap/Identity/DW 0/W[%s]>>",
		name, descriptor, widths.String())
	return f.object("<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/DescendantFonts[%v]/ToUnicode %v>>", name, descendant, unicodes), nil
}

// toUnicode is the table by which readers get text back from glyphs.
func toUnicode(face *face, used []font.GID) []byte {
	var b bytes.Buffer
	b.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n" +
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	for _, g := range used {
		if says := face.used[g]; says != "" {
			fmt.Fprintf(&b, "1 beginbfchar\n<%04X> <%s>\nendbfchar\n", g, hex16(says))
		}
	}
	b.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n")
	return b.Bytes()
}

// subsetTag is the six letters that tell one subset of a font from another.
func subsetTag(data []byte) string {
	sum := sha256.Sum256(data)
	tag := make([]byte, 6)
	for i := range tag {
		tag[i] = 'A' + sum[i]%26
	}
	return string(tag)
}

// postScriptName is the font's family and style, fit for a PDF name.
func postScriptName(face *face) string {
	d := face.Describe()
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, d.Family)
	if d.Aspect.Weight >= 600 {
		name += "-Bold"
	}
	return cmp.Or(name, "Font")
}

// writeAttachments embeds the files and returns the catalogue's entries for them, sorted by name as a name tree must be.
func (s *setter) writeAttachments(f *file, list []attachment) (string, error) {
	if len(list) == 0 {
		return "", nil
	}
	list = slices.SortedFunc(slices.Values(list), func(a, b attachment) int {
		return strings.Compare(hex16(a.name), hex16(b.name))
	})
	date := ""
	if !s.opts.Date.IsZero() {
		date = "/ModDate(" + s.opts.Date.UTC().Format("D:20060102150405Z") + ")"
	}
	var names strings.Builder
	var refs []ref
	for _, a := range list {
		data, err := f.stream(fmt.Sprintf("/Type/EmbeddedFile/Subtype/%s/Params<</Size %d%s>>", pdfName(a.mime), len(a.data), date), a.data)
		if err != nil {
			return "", err
		}
		spec := f.object("<</Type/Filespec/F %s/UF %s/EF<</F %v/UF %v>>/AFRelationship/Source>>", utf16Text(a.name), utf16Text(a.name), data, data)
		fmt.Fprintf(&names, "%s %v", utf16Text(a.name), spec)
		refs = append(refs, spec)
	}
	return fmt.Sprintf("/Names<</EmbeddedFiles<</Names[%s]>>>>/AF%s", names.String(), array(refs)), nil
}

// pdfName writes a name without its slash, signs that a name cannot hold as numbers.
func pdfName(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if c > ' ' && c < 0x7f && !strings.ContainsRune("#()<>[]{}/%", rune(c)) {
			b.WriteByte(c)
		} else if c != 0 {
			fmt.Fprintf(&b, "#%02X", c)
		}
	}
	return b.String()
}

// xmp is the document's description for archives.
func (s *setter) xmp() string {
	var title, lang, dates strings.Builder
	xml.EscapeText(&title, []byte(s.opts.Title)) // a Builder does not fail
	xml.EscapeText(&lang, []byte(s.opts.Lang))
	if !s.opts.Date.IsZero() {
		at := s.opts.Date.UTC().Format(time.RFC3339)
		fmt.Fprintf(&dates, "<xmp:CreateDate>%s</xmp:CreateDate><xmp:ModifyDate>%s</xmp:ModifyDate>", at, at)
	}
	return `<?xpacket begin="` + "\uFEFF" + `" id="W5M0MpCehiHzreSzNTczkc9d"?>` +
		`<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">` +
		`<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">` +
		`<dc:title><rdf:Alt><rdf:li xml:lang="x-default">` + title.String() + `</rdf:li></rdf:Alt></dc:title>` +
		`<dc:language><rdf:Bag><rdf:li>` + lang.String() + `</rdf:li></rdf:Bag></dc:language>` + dates.String() +
		`<xmp:CreatorTool>Folkmoot</xmp:CreatorTool></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>`
}
