package paper

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/go-text/typesetting/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
)

// MissingScript says that no font has the letters of a script.
type MissingScript struct {
	Script string // as Unicode names it, such as "Thai" or "Han"
}

// Error tells an administrator what to do.
func (e MissingScript) Error() string {
	return fmt.Sprintf("no font has the letters of the script %s: install the Noto fonts (fonts-noto-core), or name a folder of TrueType fonts that has one", e.Script)
}

// face is one font file, together with the glyphs a document has used of it.
type face struct {
	*font.Face
	sfnt map[string][]byte
	used map[font.GID]string // what each glyph says; "" if that depends on its neighbours
	name string              // of its resource: F0, F1 … in order of first use; "" until then
}

// newFace reads a font; ok is false unless it is a TrueType font that can be taken apart.
func newFace(data []byte) (f *face, ok bool) {
	sfnt, ok := tables(data)
	if !ok {
		return nil, false
	}
	parsed, err := font.ParseTTF(bytes.NewReader(data))
	if err != nil || parsed.Upem() == 0 {
		return nil, false
	}
	return &face{Face: parsed, sfnt: sfnt, used: map[font.GID]string{0: ""}}, true
}

// has tells whether the font has a glyph for every visible character.
func (f *face) has(cluster []rune) bool {
	for _, r := range cluster {
		if invisible(r) {
			continue
		}
		if _, ok := f.NominalGlyph(r); !ok {
			return false
		}
	}
	return true
}

// width is a glyph's advance in thousandths of the font size, rounded as the PDF says it.
func (f *face) width(g font.GID) int {
	return int(f.HorizontalAdvance(g)*1000/float32(f.Upem()) + 0.5)
}

// invisible tells whether any font can carry a character, as it draws nothing of its own.
func invisible(r rune) bool {
	return unicode.IsSpace(r) || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Variation_Selector)
}

// fonts finds a face for each piece of text. Files are read when first needed.
type fonts struct {
	dirs   []string
	own    [2]*face          // the Go fonts: regular, bold
	files  map[string]string // lower-case file name → path, the first folder wins
	others []string          // files that are not of the Noto family, in order: named by the administrator
	loaded map[string]*face  // nil: not usable
	chosen map[choice][]*face
	inUse  []*face // in order of first use
}

type choice struct {
	script string
	bold   bool
}

func newFonts(dirs []string) (*fonts, error) {
	fs := &fonts{dirs: dirs, loaded: map[string]*face{}, chosen: map[choice][]*face{}}
	for i, data := range [][]byte{goregular.TTF, gobold.TTF} {
		f, ok := newFace(data)
		if !ok {
			return nil, fmt.Errorf("paper: built-in font %d is not readable", i)
		}
		fs.own[i] = f
	}
	return fs, nil
}

// list looks once at the folders. One that cannot be read is like an empty one: the missing script will be named.
func (fs *fonts) list() {
	if fs.files != nil {
		return
	}
	fs.files = map[string]string{}
	for _, dir := range fs.dirs {
		entries, _ := os.ReadDir(dir) // sorted by name
		for _, e := range entries {
			name := strings.ToLower(e.Name())
			if _, taken := fs.files[name]; taken || !strings.HasSuffix(name, ".ttf") {
				continue
			}
			path := filepath.Join(dir, e.Name())
			fs.files[name] = path
			if !strings.HasPrefix(name, "noto") {
				fs.others = append(fs.others, path)
			}
		}
	}
}

// load returns the face of a file, or nil.
func (fs *fonts) load(path string) *face {
	f, known := fs.loaded[path]
	if known {
		return f
	}
	if data, err := os.ReadFile(path); err == nil {
		f, _ = newFace(data)
	}
	fs.loaded[path] = f
	return f
}

// candidates returns the faces to try for a script, best first.
func (fs *fonts) candidates(c choice) []*face {
	if list, known := fs.chosen[c]; known {
		return list
	}
	fs.list()
	var list []*face
	add := func(f *face) {
		if f != nil && !slices.Contains(list, f) {
			list = append(list, f)
		}
	}
	weights := []string{"-regular.ttf"}
	own := []*face{fs.own[0]}
	if c.bold {
		weights, own = []string{"-bold.ttf", "-regular.ttf"}, []*face{fs.own[1], fs.own[0]}
	}
	if builtIn(c.script) {
		for _, f := range own {
			add(f)
		}
	}
	for _, family := range families(c.script) {
		for _, w := range weights {
			if path, ok := fs.files["noto"+family+w]; ok {
				add(fs.load(path))
			}
		}
	}
	for _, path := range fs.others {
		add(fs.load(path))
	}
	for _, f := range own {
		add(f)
	}
	fs.chosen[c] = list
	return list
}

// builtIn tells whether the Go fonts are the first choice for a script.
func builtIn(script string) bool {
	return slices.Contains([]string{"Latin", "Greek", "Cyrillic", common}, script)
}

// families returns the families of Noto that may have a script, as their files are named.
func families(script string) []string {
	name := strings.ToLower(strings.ReplaceAll(script, "_", ""))
	list := []string{"sans" + name, "serif" + name}
	switch script {
	case "Arabic":
		list = []string{"naskharabic", "sansarabic"}
	case "Latin", "Greek", "Cyrillic", common:
		list = nil
	}
	return append(list, "sans", "sanssymbols", "sanssymbols2", "sansmath")
}

// covering returns the best face that has all of a text, or nil.
func (fs *fonts) covering(c choice, text []rune) *face {
	for _, f := range fs.candidates(c) {
		if f.has(text) {
			return f
		}
	}
	return nil
}

// forCluster returns the face for what a reader takes for one character: the best that has all of it, or its first letter.
// A letter that no face has is MissingScript; a lone symbol is left to the Go font's empty box.
func (fs *fonts) forCluster(c choice, cluster []rune) (*face, error) {
	for _, part := range [][]rune{cluster, cluster[:1]} {
		if f := fs.covering(c, part); f != nil {
			return f, nil
		}
	}
	if script := scriptOf(cluster[0]); script != common {
		return nil, MissingScript{script}
	}
	return fs.own[0], nil
}

// use gives a face its resource name when it is first drawn with.
func (fs *fonts) use(f *face) {
	if f.name == "" {
		f.name = fmt.Sprintf("F%d", len(fs.inUse))
		fs.inUse = append(fs.inUse, f)
	}
}

// common stands for signs that belong to no script: digits, punctuation, symbols, combining marks.
const common = "Common"

// scriptOf returns the Unicode name of a character's script.
func scriptOf(r rune) string {
	if r < unicode.MaxLatin1 {
		if unicode.IsLetter(r) {
			return "Latin"
		}
		return common
	}
	for _, name := range scriptNames {
		if unicode.Is(unicode.Scripts[name], r) {
			return name
		}
	}
	return common
}

// scriptNames are Unicode's scripts of letters, the most likely first.
var scriptNames = func() []string {
	names := []string{"Latin", "Cyrillic", "Greek", "Arabic", "Hebrew", "Han"}
	var rest []string
	for name := range unicode.Scripts {
		if !slices.Contains(names, name) && name != common && name != "Inherited" {
			rest = append(rest, name)
		}
	}
	slices.Sort(rest)
	return append(names, rest...)
}()
