package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"time"
	"unicode/utf8"

	"folkmoot/internal/fault"
	"folkmoot/internal/lang"

	"github.com/ccojocar/zxcvbn-go"
	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

const (
	minPassphrase = 8
	maxPassphrase = 500
	// strengthOver is how much of a passphrase the guessing looks at: it takes time quadratic in the length.
	strengthOver = 64
	// enough of zxcvbn's 0 to 4: more than 10⁸ guesses.
	enough = 3
)

// weak returns the sentence that says why a passphrase will not do. around are words that somebody who knows the person
// would try first.
func weak(p string, around ...string) lang.Msg {
	p = norm.NFC.String(p)
	switch n := utf8.RuneCountInString(p); {
	case n < minPassphrase:
		return lang.M("people.passphrase.short", "Min", minPassphrase)
	case n > maxPassphrase || !utf8.ValidString(p):
		return lang.M("people.passphrase.long", "Max", maxPassphrase)
	}
	var words []string
	for _, a := range append(around, "folkmoot") {
		words = append(words, strings.ToLower(a))
		for _, w := range strings.FieldsFunc(strings.ToLower(a), func(r rune) bool { return r <= ' ' || strings.ContainsRune("@._-", r) }) {
			if len(w) > 2 {
				words = append(words, w)
			}
		}
	}
	looked := p
	if r := []rune(p); len(r) > strengthOver {
		looked = string(r[:strengthOver])
	}
	if zxcvbn.PasswordStrength(looked, words).Score < enough {
		return lang.M("people.passphrase.weak")
	}
	return lang.Msg{}
}

// cost of argon2id, as OWASP advises; kept with each hash so that it can be raised later.
const (
	argonMemory  = 19456 // KiB
	argonTime    = 2
	argonThreads = 1
	argonSalt    = 16
	argonKey     = 32
)

// hasher bounds how many passphrases are worked on at once: more than there are processors is slower for everybody,
// and each takes 19 MiB.
type hasher struct {
	slots chan struct{}
	wait  time.Duration
}

func newHasher() hasher {
	return hasher{make(chan struct{}, runtime.NumCPU()), 20 * time.Second}
}

// enter waits for a place. It returns fault.Unavailable if none becomes free in time.
func (h hasher) enter(ctx context.Context) (leave func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, h.wait)
	defer cancel()
	select {
	case h.slots <- struct{}{}:
		return func() { <-h.slots }, nil
	case <-ctx.Done():
		return nil, fault.New(fault.Unavailable, "people.busy")
	}
}

// hash returns a passphrase as it is stored: a PHC string with a salt of its own.
func (h hasher) hash(ctx context.Context, p string) (string, error) {
	leave, err := h.enter(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	salt := make([]byte, argonSalt)
	if _, err := rand.Read(salt); err != nil {
		return "", err
	}
	key := argon2.IDKey([]byte(norm.NFC.String(p)), salt, argonTime, argonMemory, argonThreads, argonKey)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonThreads,
		b64.EncodeToString(salt), b64.EncodeToString(key)), nil
}

// verify tells whether p is the passphrase behind the stored form. It takes as long for a wrong one.
func (h hasher) verify(ctx context.Context, p, stored string) (bool, error) {
	var version, memory, passes uint32
	var threads uint8
	var rest string
	if _, err := fmt.Sscanf(stored, "$argon2id$v=%d$m=%d,t=%d,p=%d$%s", &version, &memory, &passes, &threads, &rest); err != nil {
		return false, fmt.Errorf("stored passphrase: %w", err)
	}
	salt64, key64, _ := strings.Cut(rest, "$")
	salt, err := base64.RawStdEncoding.DecodeString(salt64)
	if err != nil {
		return false, fmt.Errorf("stored salt: %w", err)
	}
	want, err := base64.RawStdEncoding.DecodeString(key64)
	if err != nil || len(want) == 0 || version != argon2.Version {
		return false, fmt.Errorf("stored passphrase is of another kind: %w", err)
	}
	leave, err := h.enter(ctx)
	if err != nil {
		return false, err
	}
	defer leave()
	got := argon2.IDKey([]byte(norm.NFC.String(p)), salt, passes, memory, threads, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1, nil
}
