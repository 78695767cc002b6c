package paper

import (
	"bytes"
	"encoding/binary"
	"slices"

	"github.com/go-text/typesetting/font"
)

var be = binary.BigEndian

// tables takes a TrueType file apart; ok is false if it is damaged or has no TrueType outlines.
func tables(data []byte) (tab map[string][]byte, ok bool) {
	if len(data) < 12 {
		return nil, false
	}
	tab = map[string][]byte{}
	for i := range int(be.Uint16(data[4:])) {
		at := 12 + 16*i
		if at+16 > len(data) {
			return nil, false
		}
		off, size := uint64(be.Uint32(data[at+8:])), uint64(be.Uint32(data[at+12:]))
		if off+size > uint64(len(data)) {
			return nil, false
		}
		tab[string(data[at:at+4])] = data[off : off+size]
	}
	return tab, len(tab["head"]) >= 54 && len(tab["glyf"]) > 0 && len(tab["loca"]) >= 4 && len(tab["hmtx"]) > 0
}

// glyphs gives the outline of each glyph of a font.
type glyphs struct {
	loca, glyf []byte
	long       bool
}

func (g glyphs) count() int {
	if g.long {
		return len(g.loca)/4 - 1
	}
	return len(g.loca)/2 - 1
}

// outline returns a glyph's data; nil if it has none or its place is wrong.
func (g glyphs) outline(i int) []byte {
	if i < 0 || i >= g.count() {
		return nil
	}
	var from, to int
	if g.long {
		from, to = int(be.Uint32(g.loca[4*i:])), int(be.Uint32(g.loca[4*i+4:]))
	} else {
		from, to = 2*int(be.Uint16(g.loca[2*i:])), 2*int(be.Uint16(g.loca[2*i+2:]))
	}
	if from > to || to > len(g.glyf) {
		return nil
	}
	return g.glyf[from:to]
}

// Flags of a part of a composite glyph, from the OpenType specification's "glyf" table.
const (
	wordArgs = 1 << iota
	_
	_
	oneScale
	_
	moreParts
	twoScales
	fullMatrix
)

// parts returns the glyphs that a composite glyph is made of.
func parts(outline []byte) []int {
	if len(outline) < 10 || int16(be.Uint16(outline)) >= 0 {
		return nil
	}
	var list []int
	for p := 10; p+4 <= len(outline); {
		flags := be.Uint16(outline[p:])
		list = append(list, int(be.Uint16(outline[p+2:])))
		if flags&moreParts == 0 {
			break
		}
		p += 6
		if flags&wordArgs != 0 {
			p += 2
		}
		switch {
		case flags&oneScale != 0:
			p += 2
		case flags&twoScales != 0:
			p += 4
		case flags&fullMatrix != 0:
			p += 8
		}
	}
	return list
}

// subset returns the font with the outlines of unused glyphs left out. Glyphs keep their numbers, so that
// nothing else in the file needs to change; the empty places cost little once compressed.
func subset(tab map[string][]byte, used []font.GID) []byte {
	g := glyphs{tab["loca"], tab["glyf"], be.Uint16(tab["head"][50:]) == 1}
	keep := make([]bool, g.count())
	todo := make([]int, len(used))
	for i, id := range used {
		todo[i] = int(id)
	}
	for len(todo) > 0 {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if i < len(keep) && !keep[i] {
			keep[i] = true
			todo = append(todo, parts(g.outline(i))...)
		}
	}
	var glyf bytes.Buffer
	var loca []byte
	for i, kept := range keep {
		loca = be.AppendUint32(loca, uint32(glyf.Len()))
		if kept {
			glyf.Write(g.outline(i))
			pad(&glyf)
		}
	}
	loca = be.AppendUint32(loca, uint32(glyf.Len()))
	head := bytes.Clone(tab["head"])
	be.PutUint16(head[50:], 1) // offsets in loca are long
	out := map[string][]byte{"head": head, "loca": loca, "glyf": glyf.Bytes()}
	for _, name := range []string{"hhea", "hmtx", "maxp", "cvt ", "fpgm", "prep"} { // all that a CIDFontType2 needs
		if t, ok := tab[name]; ok {
			out[name] = t
		}
	}
	return assemble(out)
}

// assemble writes a TrueType file.
func assemble(tab map[string][]byte) []byte {
	names := make([]string, 0, len(tab))
	for name := range tab {
		names = append(names, name)
	}
	slices.Sort(names)
	head := be.AppendUint32(nil, 0x00010000)
	head = be.AppendUint16(head, uint16(len(names)))
	head = append(head, 0, 0, 0, 0, 0, 0) // hints for binary search, which PDF readers do not use
	var body bytes.Buffer
	for _, name := range names {
		start := 12 + 16*len(names) + body.Len()
		body.Write(tab[name])
		pad(&body)
		padded := body.Bytes()[start-12-16*len(names):]
		var sum uint32
		for i := 0; i < len(padded); i += 4 {
			sum += be.Uint32(padded[i:])
		}
		head = append(head, name...)
		head = be.AppendUint32(head, sum)
		head = be.AppendUint32(head, uint32(start))
		head = be.AppendUint32(head, uint32(len(tab[name])))
	}
	return append(head, body.Bytes()...)
}

// pad fills up to a multiple of four bytes.
func pad(b *bytes.Buffer) {
	for b.Len()%4 != 0 {
		b.WriteByte(0)
	}
}
