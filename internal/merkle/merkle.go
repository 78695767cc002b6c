// Package merkle is the arithmetic of the record: canonical leaves, salted text hashes, and signed checkpoints of an
// RFC 6962 hash tree. The tree itself and its proofs are golang.org/x/mod/sumdb/tlog; signatures are
// golang.org/x/mod/sumdb/note; a checkpoint is written as C2SP's tlog-checkpoint.
//
// It is the only code that the writer of the record (package ledger) and its checker (package verify) share.
package merkle

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Checkpoint is the state of one log: how many entries it has and the root of the tree over them.
type Checkpoint struct {
	Origin string // names the log: "folkmoot/" and the group's reference
	Size   int64
	Root   tlog.Hash
}

// Text returns the body that is signed: origin, size and root, a line each.
func (c Checkpoint) Text() string {
	return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, base64.StdEncoding.EncodeToString(c.Root[:]))
}

// Short is the checkpoint as people compare it by eye: how many entries, and the first 16 hex digits of the root.
func (c Checkpoint) Short() string {
	return fmt.Sprintf("%d / %x %x %x %x", c.Size, c.Root[0:2], c.Root[2:4], c.Root[4:6], c.Root[6:8])
}

// Sign returns the checkpoint as a signed note.
func Sign(c Checkpoint, s note.Signer) (string, error) {
	b, err := note.Sign(&note.Note{Text: c.Text()}, s)
	return string(b), err
}

// Open checks the note's signature with the verifier key (as printed in the record) and returns its checkpoint.
func Open(signed, vkey string) (Checkpoint, error) {
	v, err := note.NewVerifier(vkey)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("verifier key: %w", err)
	}
	n, err := note.Open([]byte(signed), note.VerifierList(v))
	if err != nil {
		return Checkpoint{}, err
	}
	return parse(n.Text)
}

func parse(text string) (c Checkpoint, err error) {
	lines := strings.SplitN(text, "\n", 4)
	if len(lines) != 4 || lines[0] == "" {
		return c, errors.New("not a checkpoint")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return c, errors.New("checkpoint has no size")
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != len(c.Root) {
		return c, errors.New("checkpoint has no root")
	}
	c.Origin, c.Size = lines[0], size
	copy(c.Root[:], root)
	return c, nil
}

// Selection names the entries of a log that a file about one thing has to hold, so that nobody can leave one out of it.
type Selection struct {
	Checkpoint
	Of      string  // "decision/2026-014"
	Entries []int64 // their places, in order
}

// Text returns the body that is signed. Its first line has a space in it, so that it is never taken for a checkpoint.
func (s Selection) Text() string {
	places := make([]string, len(s.Entries))
	for i, n := range s.Entries {
		places[i] = strconv.FormatInt(n, 10)
	}
	c := s.Checkpoint
	c.Origin += " " + s.Of
	return c.Text() + strings.Join(places, " ") + "\n"
}

// SignSelection returns the selection as a signed note.
func SignSelection(sel Selection, s note.Signer) (string, error) {
	b, err := note.Sign(&note.Note{Text: sel.Text()}, s)
	return string(b), err
}

// OpenSelection checks the note's signature with the verifier key and returns its selection.
func OpenSelection(signed, vkey string) (sel Selection, err error) {
	if sel.Checkpoint, err = Open(signed, vkey); err != nil {
		return sel, err
	}
	var ok bool
	if sel.Origin, sel.Of, ok = strings.Cut(sel.Origin, " "); !ok {
		return sel, errors.New("not a selection")
	}
	body, _, _ := strings.Cut(signed, "\n\n")
	lines := strings.Split(body, "\n")
	if len(lines) != 4 {
		return sel, errors.New("not a selection")
	}
	last := int64(-1)
	for _, place := range strings.Fields(lines[3]) {
		n, err := strconv.ParseInt(place, 10, 64)
		if err != nil || n <= last {
			return sel, errors.New("selection out of order")
		}
		sel.Entries, last = append(sel.Entries, n), n
	}
	return sel, nil
}

// TextPrefix begins a leaf's value that stands for a text kept outside the tree.
const TextPrefix = "text:"

// TextHash is what stands in a leaf for a text: the hash of a random salt and the text. Without the salt nobody can
// guess the text from the hash once it has been removed.
func TextHash(salt []byte, text string) [sha256.Size]byte {
	h := sha256.New()
	h.Write([]byte("folkmoot text\n"))
	h.Write([]byte(strconv.Itoa(len(salt)) + "\n"))
	h.Write(salt)
	h.Write([]byte(text))
	return [sha256.Size]byte(h.Sum(nil))
}

// TextValue is the leaf's value for the text with the hash.
func TextValue(hash [sha256.Size]byte) string { return TextPrefix + hex.EncodeToString(hash[:]) }

// Canonical encodes v as JSON in the one way there is: UTF-8, keys sorted, no spaces, whole numbers only, nothing
// escaped that need not be (RFC 8785). v is made of map[string]any, []any, string, bool, nil, int and int64; anything else
// (floats above all) is an error.
func Canonical(v any) ([]byte, error) {
	var b bytes.Buffer
	if err := encode(&b, v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func encode(b *bytes.Buffer, v any) error {
	switch v := v.(type) {
	case nil:
		b.WriteString("null")
	case bool:
		b.WriteString(strconv.FormatBool(v))
	case int:
		b.WriteString(strconv.Itoa(v))
	case int64:
		b.WriteString(strconv.FormatInt(v, 10))
	case string:
		return encodeString(b, v)
	case []any:
		b.WriteByte('[')
		for i, e := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := encode(b, e); err != nil {
				return err
			}
		}
		b.WriteByte(']')
	case map[string]any:
		return encodeMap(b, v)
	default:
		return fmt.Errorf("merkle: %T has no canonical form", v)
	}
	return nil
}

func encodeMap(b *bytes.Buffer, m map[string]any) error {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	b.WriteByte('{')
	for i, k := range keys {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := encodeString(b, k); err != nil {
			return err
		}
		b.WriteByte(':')
		if err := encode(b, m[k]); err != nil {
			return err
		}
	}
	b.WriteByte('}')
	return nil
}

// short are the escapes that JSON has a letter for.
var short = map[byte]string{'"': `\"`, '\\': `\\`, '\b': `\b`, '\f': `\f`, '\n': `\n`, '\r': `\r`, '\t': `\t`}

// encodeString does not leave it to encoding/json, which mends broken text, so that two texts have one form, and escapes
// what need not be escaped, not the same in each version of Go.
func encodeString(b *bytes.Buffer, s string) error {
	if !utf8.ValidString(s) {
		return errors.New("merkle: a text that is not UTF-8 has no canonical form")
	}
	b.WriteByte('"')
	for i := range len(s) {
		c := s[i]
		switch esc, ok := short[c]; {
		case ok:
			b.WriteString(esc)
		case c < 0x20:
			fmt.Fprintf(b, `\u%04x`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return nil
}
