package verify

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// scanner reads JSON in the strict form of a record: no key twice, whole numbers only, valid UTF-8, and nothing deeper,
// longer or more numerous than its limits. The reader in encoding/json forgives too much for this: it takes the last of
// two equal keys, ignores the case of names, and mends broken UTF-8.
type scanner struct {
	r     io.ByteScanner
	at    int64 // bytes read
	limit int64 // of bytes
	room  int   // values that may still be held at once
	long  int   // bytes that one string may have
}

const (
	maxDepth  = 12
	maxString = 4 << 20
)

var (
	errEnd  = errors.New("the file ends too early")
	errRoom = errors.New("it holds more than can be checked at once")
)

func newScanner(r io.ByteScanner, limit int64, room int) *scanner {
	return &scanner{r: r, limit: limit, room: room, long: maxString}
}

func (s *scanner) bad(format string, args ...any) error {
	return fmt.Errorf("byte %d: %w", s.at, fmt.Errorf(format, args...))
}

func (s *scanner) byte() (byte, error) {
	if s.at >= s.limit {
		return 0, errRoom
	}
	b, err := s.r.ReadByte()
	if errors.Is(err, io.EOF) {
		return 0, errEnd
	}
	s.at++
	return b, err
}

func (s *scanner) unread() error {
	s.at--
	return s.r.UnreadByte()
}

// next returns the first byte that is not space.
func (s *scanner) next() (byte, error) {
	for {
		b, err := s.byte()
		if err != nil {
			return 0, err
		}
		if b != ' ' && b != '\n' && b != '\r' && b != '\t' {
			return b, nil
		}
	}
}

func (s *scanner) expect(want byte) error {
	b, err := s.next()
	if err == nil && b != want {
		return s.bad("%q stands where %q should", b, want)
	}
	return err
}

// end makes sure that nothing but space follows.
func (s *scanner) end() error {
	b, err := s.next()
	switch {
	case errors.Is(err, errEnd):
		return nil
	case err != nil:
		return err
	}
	return s.bad("%q follows the end", b)
}

// key reads the name of the object's next value. ok is false at the object's end; first says that none came before.
func (s *scanner) key(first bool) (name string, ok bool, err error) {
	b, err := s.next()
	if err != nil {
		return "", false, err
	}
	if b == '}' {
		return "", false, nil
	}
	if !first {
		if b != ',' {
			return "", false, s.bad("%q stands where a comma should", b)
		}
		if b, err = s.next(); err != nil {
			return "", false, err
		}
	}
	if b != '"' {
		return "", false, s.bad("%q stands where a name should", b)
	}
	if name, err = s.str(); err != nil {
		return "", false, err
	}
	return name, true, s.expect(':')
}

// element moves to the array's next value. ok is false at the array's end.
func (s *scanner) element(first bool) (ok bool, err error) {
	b, err := s.next()
	switch {
	case err != nil:
		return false, err
	case b == ']':
		return false, nil
	case first:
		return true, s.unread()
	case b != ',':
		return false, s.bad("%q stands where a comma should", b)
	}
	return true, nil
}

// value reads one value of any kind: map[string]any, []any, string, int64, bool or nil.
func (s *scanner) value(depth int) (any, error) {
	if s.room--; s.room < 0 {
		return nil, errRoom
	}
	if depth > maxDepth {
		return nil, s.bad("it is nested too deep")
	}
	b, err := s.next()
	if err != nil {
		return nil, err
	}
	switch {
	case b == '{':
		return s.object(depth)
	case b == '[':
		return s.array(depth)
	case b == '"':
		return s.str()
	case b == '-' || b >= '0' && b <= '9':
		return s.number(b)
	case b == 't':
		return true, s.word("rue")
	case b == 'f':
		return false, s.word("alse")
	case b == 'n':
		return nil, s.word("ull")
	}
	return nil, s.bad("%q begins no value", b)
}

func (s *scanner) object(depth int) (map[string]any, error) {
	o := map[string]any{}
	for {
		name, ok, err := s.key(len(o) == 0)
		if err != nil || !ok {
			return o, err
		}
		if _, twice := o[name]; twice {
			return nil, s.bad("%.40q is there twice", name)
		}
		if o[name], err = s.value(depth + 1); err != nil {
			return nil, err
		}
	}
}

func (s *scanner) array(depth int) ([]any, error) {
	a := []any{}
	for {
		ok, err := s.element(len(a) == 0)
		if err != nil || !ok {
			return a, err
		}
		v, err := s.value(depth + 1)
		if err != nil {
			return nil, err
		}
		a = append(a, v)
	}
}

func (s *scanner) word(rest string) error {
	for i := range len(rest) {
		b, err := s.byte()
		if err != nil {
			return err
		}
		if b != rest[i] {
			return s.bad("no such word")
		}
	}
	return nil
}

func (s *scanner) number(first byte) (int64, error) {
	text := []byte{first}
	for len(text) < 21 {
		b, err := s.byte()
		if errors.Is(err, errEnd) {
			break
		}
		if err != nil {
			return 0, err
		}
		if b < '0' || b > '9' {
			if strings.IndexByte(".eE+-", b) >= 0 {
				return 0, s.bad("a number is not whole")
			}
			if err := s.unread(); err != nil {
				return 0, err
			}
			break
		}
		text = append(text, b)
	}
	n, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil || strconv.FormatInt(n, 10) != string(text) {
		return 0, s.bad("%.21q is no number", text)
	}
	return n, nil
}

// str reads a string whose opening quote has been read.
func (s *scanner) str() (string, error) {
	var b []byte
	for {
		c, err := s.byte()
		switch {
		case err != nil:
			return "", err
		case len(b) > s.long:
			return "", errRoom
		case c == '"':
			if !utf8.Valid(b) {
				return "", s.bad("a text is not valid UTF-8")
			}
			return string(b), nil
		case c < 0x20:
			return "", s.bad("a control character stands in a text")
		case c == '\\':
			if b, err = s.escape(b); err != nil {
				return "", err
			}
		default:
			b = append(b, c)
		}
	}
}

const escapes, escaped = `"\/bfnrt`, "\"\\/\b\f\n\r\t"

func (s *scanner) escape(b []byte) ([]byte, error) {
	c, err := s.byte()
	if err != nil {
		return nil, err
	}
	if i := strings.IndexByte(escapes, c); i >= 0 {
		return append(b, escaped[i]), nil
	}
	if c != 'u' {
		return nil, s.bad("no such escape")
	}
	r, err := s.hex4()
	if err != nil {
		return nil, err
	}
	if r >= 0xd800 && r < 0xdc00 {
		if err := s.word(`\u`); err != nil {
			return nil, err
		}
		low, err := s.hex4()
		if err != nil {
			return nil, err
		}
		if low < 0xdc00 || low > 0xdfff {
			return nil, s.bad("half a character")
		}
		r = (r-0xd800)<<10 + (low - 0xdc00) + 0x10000
	} else if r >= 0xdc00 && r <= 0xdfff {
		return nil, s.bad("half a character")
	}
	return utf8.AppendRune(b, r), nil
}

func (s *scanner) hex4() (rune, error) {
	var text [4]byte
	for i := range text {
		b, err := s.byte()
		if err != nil {
			return 0, err
		}
		text[i] = b
	}
	n, err := strconv.ParseUint(string(text[:]), 16, 16)
	if err != nil {
		return 0, s.bad("no such escape")
	}
	return rune(n), nil
}

// object is a JSON object whose values are read by name and kind.
type object map[string]any

// exactly returns an error unless the object has these names and no others.
func (o object) exactly(names ...string) error {
	for _, n := range names {
		if _, ok := o[n]; !ok {
			return fmt.Errorf("%s is missing", n)
		}
	}
	if len(o) != len(names) {
		for k := range o {
			if !slices.Contains(names, k) {
				return fmt.Errorf("%.40q does not belong there", k)
			}
		}
	}
	return nil
}

func (o object) has(name string) bool { _, ok := o[name]; return ok }

// without is the object but for a name.
func (o object) without(name string) object {
	if !o.has(name) {
		return o
	}
	rest := maps.Clone(o)
	delete(rest, name)
	return rest
}

func (o object) str(name string) string { s, _ := o[name].(string); return s }

func (o object) num(name string) int64 { n, _ := o[name].(int64); return n }

func (o object) list(name string) []any { l, _ := o[name].([]any); return l }

func (o object) flag(name string) bool { b, _ := o[name].(bool); return b }

func (o object) obj(name string) object { m, _ := o[name].(map[string]any); return m }
