// Package notify tells members of what concerns them, by e-mail and in their own calendar.
//
// The notice itself is on the group's pages; what is sent is a delivery of it (practice.md §2.5.2), and what became of each delivery is
// kept: a notice that did not arrive and that nobody hears of was the fault of others (domain.md §4).
//
// # How something is sent
//
// Whoever has something to tell calls Put in the transaction in which it comes about. Nothing is sent there: what to say is put into words,
// once for each language that its readers read, and waits. Deliver, a job beside all others, takes what is due, sends it, and writes down how
// that went, each in a transaction of its own; while the network is asked none is open. A mail that a server does not take now is tried
// again after a minute, then after twice as long each time, up to six hours; after three days it is given up. What breaks off between sending
// and writing that down is sent once more, under the same Message-ID, so that it arrives twice at worst, and never not at all.
//
// # To whom
//
// To the address with which somebody signs in, if they have said that they want notices there, or gave it when they were told that they get
// some (package account). Both are looked at again when a mail is about to be sent. Each mail has a link, and the header that mail programs
// make a button of, which ends all notices to its reader and opens nothing else. Who leaves a group gets nothing more from it.
//
// # What is kept
//
// What a mail says is deleted LettersFor after it was written, and that there was one, KeptFor after. Neither a log nor an error holds an
// address or the words of a server, which like to repeat one: errors are words of ours. No record tells of any of this.
package notify

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"folkmoot/internal/lang"
	"folkmoot/internal/member"
)

// Kind is what a notice is about. Pages have words for each.
type Kind string

// The kinds.
const (
	Meeting Kind = "meeting"
	Trial   Kind = "trial" // somebody tries whether mail arrives

	Decision Kind = "decision" // those who were together decided something
)

// Notice is something that members are told. All of it is put into words in the language of each reader.
type Notice struct {
	Group    member.Group
	Kind     Kind
	Subject  string // what it is about: "meeting/3", or "meeting/3/online" for something besides
	Revision int    // of what is said of it: the same again is not sent, more is
	Title    lang.Msg
	Say      []lang.Msg // paragraphs
	Facts    []Fact
	Text     string   // what members wrote, in Markdown; may be empty
	Path     string   // the page it is on: "/g/tenants/meetings/3"
	Open     lang.Msg // the words of the link to it
	Event    *Event   // for the reader's calendar; nil: none
}

// Fact is a line of a notice with a name.
type Fact struct{ Label, Value lang.Msg }

// Event is what goes into a calendar (package ical).
type Event struct {
	UID         string // "meeting-3"; the group and the server are added to it
	Sequence    int
	Start, End  time.Time
	Summary     lang.Msg
	Description lang.Msg // may be zero
	Location    string
	Cancelled   bool
	Modified    time.Time
	Alarm       time.Duration
}

// Letter is a notice in words. Who reads it is not in it: all who read the language get the same.
type Letter struct {
	Lang  string
	Group string // its name
	Title string
	Text  string
	HTML  string // what stands in the body of a page
	ICS   string // empty: nothing goes with it
}

// Words puts notices into words. Package web has them.
type Words struct {
	// Compose puts a notice into the words of a language.
	Compose func(tag string, n Notice) (Letter, error)
	// Finish makes both bodies of a mail, with the address that ends notices to its reader.
	Finish func(l Letter, stop string) (text, html string, err error)
}

// State is what has become of a delivery.
type State string

// The states. The last three are of deliveries that were never to be sent.
const (
	Waiting   State = "waiting"
	Sending   State = "sending"
	Failed    State = "failed" // for now; it is tried again
	Sent      State = "sent"   // the mail server took it
	GivenUp   State = "given_up"
	NoAddress State = "no_address"
	Declined  State = "unwanted"
	Off       State = "off" // this server sends no mail
)

// States returns all states in the order in which pages list them.
func States() []State {
	return []State{Sent, Waiting, Sending, Failed, GivenUp, NoAddress, Declined, Off}
}

// Delivery is what became of a notice for one member.
type Delivery struct {
	ID       int64
	Group    string // its name
	Slug     string
	Zone     *time.Location
	Kind     Kind
	Subject  string
	Revision int
	Title    string
	State    State
	Error    Code // what went wrong last; empty: nothing
	Attempts int
	Queued   time.Time
	Next     time.Time // when it is tried next; zero: never
	Settled  time.Time // when it was sent, or given up; zero: neither
}

// Times.
const (
	firstWait = time.Minute
	mostWait  = 6 * time.Hour
	giveUp    = 3 * 24 * time.Hour

	// LettersFor is how long what a mail says is kept: a week longer than anything can wait.
	LettersFor = 10 * 24 * time.Hour
	// KeptFor is how long it is kept that there was a mail, and what became of it.
	KeptFor = 180 * 24 * time.Hour
)

// wait is how long to wait before the next try, after so many.
func wait(attempts int) time.Duration {
	d := firstWait
	for ; attempts > 1 && d < mostWait; attempts-- {
		d *= 2
	}
	return min(d, mostWait)
}

// Code is what can go wrong. Pages have a sentence for each.
type Code string

// The codes.
const (
	BadAddress  Code = "bad_address" // it is none that mail can be sent to
	Refused     Code = "refused"     // the mail server will not take it, now or later
	NotNow      Code = "not_now"     // it asks to come back later
	Unreachable Code = "unreachable"
	TooSlow     Code = "too_slow"
	Certificate Code = "certificate" // it cannot show that it is who it should be
	NoTLS       Code = "no_tls"      // it speaks in the clear only
	Login       Code = "login"       // it does not know us
	Broken      Code = "broken"      // the connection ended in the middle
)

// Codes returns all codes.
func Codes() []Code {
	return []Code{BadAddress, Refused, NotNow, Unreachable, TooSlow, Certificate, NoTLS, Login, Broken}
}

// stopToken returns what stands in the link that ends notices to the member. Only this server can make one, it is the same as long as the
// member is one, and it opens nothing else: no other part of the program reads it, and the key is used for nothing else.
func stopToken(key []byte, ref string) string {
	m := hmac.New(sha256.New, key)
	m.Write([]byte("stop\n" + ref))
	return ref + "." + base64.RawURLEncoding.EncodeToString(m.Sum(nil)[:16])
}

// readStop returns the member that the token was made for; ok is false if it was not made here.
func readStop(key []byte, token string) (ref string, ok bool) {
	ref, _, found := strings.Cut(token, ".")
	return ref, found && hmac.Equal([]byte(stopToken(key, ref)), []byte(token))
}

// messageID returns the name of a mail, the same however often it is sent.
func messageID(key []byte, mail int64, queued time.Time, domain string) string {
	m := hmac.New(sha256.New, key)
	fmt.Fprintf(m, "message\n%d\n%d", mail, queued.UnixMilli())
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil)[:18]) + "@" + domain
}
