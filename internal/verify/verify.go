// Package verify checks an exported record offline, with nothing but the file: no database, no server, no network.
// It shares no code with the program that writes the record but the hash arithmetic of package merkle; it reads JSON,
// counts votes and hashes questions with code of its own, so that one mistake cannot hide itself.
//
// # The format folkmoot-record/1
//
// A record is one JSON object in UTF-8 with exactly these keys in this order; numbers are whole, no key stands twice.
//
//	format       "folkmoot-record/1"
//	scope        "decision" (one decision and the entries it rests on), "meeting" (what is on record of one meeting) or
//	             "everything" (the whole log)
//	group        ref, name
//	log          origin, key (Ed25519, note format), checkpoint (signed note: origin, size, root of the hash tree),
//	             selection (signed note naming the entries of a decision's file; "" for everything)
//	names_hidden true if members' names are left out
//	entries      each: n; leaf (canonical JSON, the very bytes that are hashed); texts (by the hash the leaf gives:
//	             salt and text, or removed, or withheld); proof (audit path, base64; only in a decision's file)
//	leaf_hashes  the hashes of all leaves in order, or none: with them a later file can be held against this one
//	names        what members are called, by the reference the leaves use
//	decisions    what was decided, for reading. Nothing in it is believed: each is rebuilt from the entries and compared
//
// A leaf is {"at","by","data","kind","n","of"}. Words that people wrote stand in it as "text:" and the SHA-256 of salt
// and text. A removed text is in order if an entry says so: text.removed, whose data has the hash, or
// member.name_removed for a member's names.
//
// Of a vote everything that can be computed is: the quorum, the majority and the length that the version of the rules gives
// that it names; the roll, in a file of the whole log, from who had joined and left; whether it was held again rightly; the
// result, from the numbers; and the numbers, from the papers, where these show their choice. Where too few took part by
// that quorum, the votes were not counted: the entry, the decision and the papers have the turnout, and none of how they fell. How many members count as
// active is not in the record, which keeps nobody's activity; Check only sees that they are no more than the roll, or in a meeting, than who may vote.
//
// Of a vote in a meeting it is seen that the proposal was on the agenda of that meeting, that the vote was as long as one there may be, with half a
// minute more where an entry says so, that it closed early only if everybody on its roll had voted, and that no more were on the roll than may vote and
// than were present. Who was present is not in the record, so the roll cannot be worked out again. Where who voted how is published, it was said
// beforehand, everybody stands there once, and their votes add up to the numbers.
//
// Of what was agreed in a meeting it is seen that it was provisional for as many days as the rules give to those who were absent, and what followed from their blocks. That
// somebody was absent is not in the record.
//
// Of a selection by consent, in a file of the whole log, the order in which names are proposed is worked out again from what was written and the
// secret, what becomes of each name from what members said, and it is seen that only who was asked and said yes was given a term by it.
//
// What Check cannot know is whether the whole log was written anew with a new key. For that people keep checkpoints
// and older files, and Against holds a file to them.
package verify

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"folkmoot/internal/merkle"

	"golang.org/x/mod/sumdb/tlog"
)

// Format is the name of the format, in every file.
const Format = "folkmoot-record/1"

// Scopes of a file.
const (
	Decision   = "decision"
	Meeting    = "meeting"
	Everything = "everything"
)

// A Verdict is what a check comes to. Its number is the exit status of the command.
type Verdict int

// The verdicts.
const (
	Holds    Verdict = 0 // everything in the file is as the signed record says
	Broken   Verdict = 1 // something does not hold
	Unusable Verdict = 2 // the file is no record, or cannot be compared
)

// Problem is the first thing that does not hold. It is a sentence by its id in the catalogue, with its values. Was and Now
// among them are kinds of entries, which are the file's words: whoever shows the problem puts them into people's.
type Problem struct {
	Verdict Verdict
	ID      string
	Args    map[string]any
	Kind    string    // of the entry that it is about, which is the file's word; "" if it is about none, or that cannot be read
	At      time.Time // of that entry
}

// of says which entry a problem is about.
func (p *Problem) of(e entry) *Problem {
	if n, ok := p.Args["N"]; ok && n == e.n {
		p.Kind, p.At = e.kind, e.at
	}
	return p
}

func (p *Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.ID)
	for _, k := range slices.Sorted(maps.Keys(p.Args)) {
		fmt.Fprintf(&b, " %s=%v", k, p.Args[k])
	}
	return b.String()
}

func problem(v Verdict, id string, kv []any) *Problem {
	p := &Problem{Verdict: v, ID: "verify." + id, Args: map[string]any{}}
	for i := 0; i+1 < len(kv); i += 2 {
		p.Args[kv[i].(string)] = kv[i+1]
	}
	return p
}

func broken(id string, kv ...any) *Problem { return problem(Broken, id, kv) }

func unusable(err error) *Problem {
	return problem(Unusable, "unusable", []any{"Why", err.Error()})
}

// Report is what a check found.
type Report struct {
	Verdict     Verdict
	Problem     *Problem // nil if it holds
	InOlder     bool     // the problem is one of the older file
	Scope       string
	Group       string // the group's name
	Ref         string // the group's reference
	Key         string
	Checkpoint  merkle.Checkpoint
	Entries     int       // how many of the log's entries are in the file
	Until       time.Time // of the last of them
	Decisions   []string  // their numbers
	NamesHidden bool
	Rekeyed     int64 // the entry from which on the key is another one than before; 0 if it is the first. It may be a forger's
	Removed     int   // texts that were removed, each with an entry that says so

	seen   map[int64]seen // the entries in the file
	leaves []tlog.Hash    // of all entries of the log, if the file gives them
	keys   []rekeyed
	losses []restored
}

// seen is what is kept of an entry for comparing.
type seen struct {
	hash tlog.Hash
	kind string // "" if the file does not show the entry
}

// rekeyed is an entry that says the log's key changed; n is 0 for the first key.
type rekeyed struct {
	n        int64
	was, key string
}

// restored is an entry that says an older database was put in place of one that had size entries.
type restored struct{ n, size int64 }

// Limits bound what Check takes on, so that no file can exhaust the machine.
type Limits struct {
	Bytes  int64
	Values int // JSON values held at once
}

// Limits for a file of one's own and for one that anybody sent.
const (
	ownBytes, ownValues   = 8 << 30, 128 << 20
	sentBytes, sentValues = 64 << 20, 2 << 20
)

// Own returns the limits for a file on one's own machine.
func Own() Limits { return Limits{ownBytes, ownValues} }

// Sent returns the limits for a file that a stranger sent to a server.
func Sent() Limits { return Limits{sentBytes, sentValues} }

// Check reads a record and checks everything in it. It stops at the first thing that does not hold.
func Check(r io.Reader, l Limits) Report {
	c := &checker{s: newScanner(bufio.NewReaderSize(r, 64<<10), l.Bytes, l.Values), book: newBook()}
	c.rep.seen = map[int64]seen{}
	if p := c.file(); p != nil {
		c.rep.Verdict, c.rep.Problem = p.Verdict, p
	}
	return c.rep
}
