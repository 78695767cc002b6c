// Package fault classifies errors by what the caller may do about them.
// It knows nothing of HTTP; package web alone turns a Kind into a status.
package fault

import (
	"errors"
	"maps"
	"slices"

	"folkmoot/internal/lang"
)

// A Kind says who must act on an error.
type Kind uint8

// The kinds. Internal is the zero value, so an unclassified error is internal.
const (
	Internal    Kind = iota // ours to mend; the text is never shown
	Invalid                 // the request is malformed or breaks a rule of the form
	SignIn                  // nobody is signed in
	Denied                  // somebody is, and may not
	NotFound                // no such thing, or it may not be seen
	Gone                    // a link that led somewhere once, or may have: its words say how to come by a new one
	Conflict                // true a moment ago, or the rules do not allow it now
	TooMany                 // too often; later it may work
	Unavailable             // nothing wrong with the request: it was not done, and may be repeated
)

// Error is an error with a Kind and a sentence fit for a member to read.
type Error struct {
	Kind   Kind
	Say    lang.Msg            // shown to the member
	Fields map[string]lang.Msg // Invalid only: form field to problem
	Err    error               // cause, for the log
}

// New returns an Error of the kind that says the sentence id, with its values as name, value pairs.
func New(k Kind, id string, kv ...any) *Error { return &Error{Kind: k, Say: lang.M(id, kv...)} }

// Form returns an Invalid error that names the problem of each field, or nil if there is none.
// The result is an error, so that a nil map gives a nil error.
func Form(fields map[string]lang.Msg) error {
	if len(fields) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Say: lang.M("fault.form"), Fields: fields}
}

// Because returns a copy of e that carries the cause for the log.
func (e *Error) Because(err error) *Error {
	c := *e
	c.Err = err
	return &c
}

// Error implements error, for the log: sentences by id, without their values.
func (e *Error) Error() string {
	text := e.Say.ID
	for _, field := range slices.Sorted(maps.Keys(e.Fields)) {
		text += " " + field + "=" + e.Fields[field].ID
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the kind of the outermost Error in err's chain, or Internal.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// Fields returns the problems of an Invalid form by field, or nil if err is something else.
func Fields(err error) map[string]lang.Msg {
	if e, ok := errors.AsType[*Error](err); ok && e.Kind == Invalid {
		return e.Fields
	}
	return nil
}
