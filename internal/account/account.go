// Package account signs people in: handles, passphrases, recovery codes and sessions.
//
// # How somebody is known
//
// A person signs in with their handle or e-mail address and a passphrase. There are two ways to an account and no
// third: passphrase and recovery code. Nobody, also not the operator, can sign in for somebody else here.
//
//   - Passphrases have at least 8 characters (15 or more are advised), no rules of composition, no upper limit under 500,
//     and are never cut. They are stored as argon2id (19 MiB, 2 passes), in NFC. What is easy to guess is refused, by a
//     list that comes with the program and the words of the group and the person.
//   - The recovery code has 120 random bits, is shown once and stored as SHA-256. Using it sets a new passphrase,
//     ends every session and gives a new code.
//   - Sessions end 30 days after they were last used and 90 days after signing in, at once when they are revoked, and all
//     others when the passphrase, the e-mail address or the code changes. A person may have 20 of them and can end each.
//   - Failed attempts are counted by the name that was tried, whether it exists or not: ten at once, then one every
//     half a minute. A browser that has signed in to the account before has a count of its own, so that a stranger cannot
//     lock the owner out. Nothing is counted by network address: a whole meeting may sit behind one.
package account

import (
	"strings"
	"time"
	"unicode/utf8"

	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Person is somebody with an account.
type Person struct {
	ID     member.PersonID
	Ref    string
	Handle string // to sign in with
	Email  string // may be empty
	Lang   string // chosen language; empty: none
	Wish   Wish   // whether they want notices by mail
}

// Wish is whether somebody wants notices sent to their address.
type Wish int

// The wishes. Who gave their address while nothing was sent to any is Unasked, and nothing is sent to them: so they were promised.
const (
	Unasked Wish = iota
	Unwanted
	Wanted
)

// SignUp is what a new person tells of themselves.
type SignUp struct {
	Name       string // as the first group will know them, and their handle
	Email      string // may be empty
	Told       bool   // that notices are sent to the address
	Passphrase string
	Lang       string
	Around     []string // words of the group, which make bad passphrases
}

// Entrance is a person who has just come in.
type Entrance struct {
	Person  member.PersonID
	Session string // the new session's secret, for the cookie
	Known   string // proof for later that this browser belongs to the person
	Code    string // a fresh recovery code, shown once; empty if none was made
}

// check returns the sign-up in its stored form, or fault.Invalid with each field that is wrong.
func (su SignUp) check() (SignUp, error) {
	wrong := map[string]lang.Msg{}
	var m lang.Msg
	if su.Name, m = CleanHandle(su.Name); !m.IsZero() {
		wrong["name"] = m
	}
	if su.Email, m = CleanEmail(su.Email); !m.IsZero() {
		wrong["email"] = m
	}
	if m := weak(su.Passphrase, append([]string{su.Name, su.Email}, su.Around...)...); !m.IsZero() {
		wrong["passphrase"] = m
	}
	return su, fault.Form(wrong)
}

// CleanHandle returns a handle in its written form, or the sentence that says what is wrong with it.
func CleanHandle(s string) (string, lang.Msg) {
	clean, wrong := member.CleanName(s, member.MaxName)
	switch {
	case !wrong.IsZero():
		return clean, wrong
	case strings.Contains(clean, "@"): // tells a handle from an e-mail address
		return clean, lang.M("people.name.at")
	case utf8.RuneCountInString(clean) < 2:
		return clean, lang.M("people.name.short")
	}
	return clean, lang.Msg{}
}

// CleanEmail returns an e-mail address in its written form, or the sentence that says what is wrong with it.
// It is used to sign in and, if its owner wants that, for notices. Whether anything arrives there only sending can tell, so it need not be
// more than unmistakable.
func CleanEmail(s string) (string, lang.Msg) {
	s = norm.NFC.String(strings.TrimSpace(s))
	at := strings.LastIndexByte(s, '@')
	switch {
	case s == "":
		return "", lang.Msg{}
	case len(s) > 254 || at < 1 || at == len(s)-1, strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f || r == utf8.RuneError }):
		return s, lang.M("people.email.wrong")
	}
	if _, wrong := member.CleanName(s, 254); !wrong.IsZero() {
		return s, lang.M("people.email.wrong")
	}
	return s, lang.Msg{}
}

func emailKey(s string) string { return cases.Fold().String(s) }

// Times of a session.
const (
	idleDays     = 30
	absoluteDays = 90
	maxSessions  = 20
)

// Session is one browser that is signed in.
type Session struct {
	ID      int64
	Person  member.PersonID
	Handle  string // of the person
	Lang    string // of the person
	Label   string // "Firefox · Android"
	Created time.Time
	Seen    time.Time // to the day
	Expires time.Time
}

// day returns the start of the day in UTC: sessions note no finer time.
func day(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

// expiry returns when a session made at created and used at seen ends.
func expiry(created, seen time.Time) time.Time {
	idle, end := day(seen).AddDate(0, 0, idleDays), created.AddDate(0, 0, absoluteDays)
	if idle.Before(end) {
		return idle
	}
	return end
}
