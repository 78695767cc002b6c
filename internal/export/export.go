// Package export writes what a group has on record to files that need no server: one decision, or everything the reader
// may read, as Markdown, a page to print, PDF, JSON or tables. Every member may do it at any time (G13).
//
// What a file says is read from the tables within one snapshot. The JSON file also holds the entries of the log, and
// package verify rebuilds each decision from them: so an export that holds shows that tables and log agree.
//
// The order within a decision is fixed (practice.md §5.8) and minority reports are always in it (G11). A ballot that has
// not been counted has no numbers here, because only its result is read. The same state gives the same bytes.
//
// A file is first written beside the program and then sent: a slow phone never holds the snapshot open.
package export

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
)

// Format is a kind of file.
type Format string

// The formats.
const (
	Page     Format = "html" // ready to print
	PDF      Format = "pdf"
	Markdown Format = "md"
	JSON     Format = "json" // with the proofs
	Tables   Format = "csv"
)

// Formats lists the formats in the order they are offered.
func Formats() []Format { return []Format{Page, PDF, Markdown, JSON, Tables} }

// ParseFormat reads a format as it stands in addresses; ok is false for anything else.
func ParseFormat(s string) (f Format, ok bool) {
	return Format(s), slices.Contains(Formats(), Format(s))
}

// Mime is the format's media type.
func (f Format) Mime() string {
	return map[Format]string{
		Page: "text/html; charset=utf-8", PDF: "application/pdf", Markdown: "text/markdown; charset=utf-8",
		JSON: "application/json", Tables: "text/csv; charset=utf-8",
	}[f]
}

// Options are what the reader chose.
type Options struct {
	Format    Format
	HideNames bool        // roles in the place of names
	Voice     *lang.Voice // the reader's language
}

// File is a finished export. Its bytes lie in a file without a name, which is gone once it is closed.
type File struct {
	*os.File
	Name string // safe as a file name everywhere
	Mime string
	Size int64
}

// Service makes exports.
type Service struct {
	db     *db.DB
	ledger *ledger.Ledger
	fonts  []string
}

// NewService returns a Service. fonts are folders with more fonts for PDF files.
func NewService(d *db.DB, l *ledger.Ledger, fonts []string) *Service { return &Service{d, l, fonts} }

// Decision exports one decision. It returns fault.NotFound if the actor is no member or there is none of the number,
// and fault.Invalid for a format that is none.
func (s *Service) Decision(ctx context.Context, a member.Actor, number string, o Options) (*File, error) {
	if !a.IsMember() {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	return s.decision(ctx, a.Group, number, o)
}

// ByOperator exports for who runs the server, who can read everything anyway: one decision, or everything if the number
// is empty. It returns fault.NotFound if there is no such group or decision. The caller has the record say so (G19).
func (s *Service) ByOperator(ctx context.Context, slug, number string, o Options) (*File, error) {
	var g member.Group
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		g, err = member.FindGroup(tx, slug)
		return err
	})
	if err != nil {
		return nil, err
	}
	if number != "" {
		return s.decision(ctx, g, number, o)
	}
	return s.everything(ctx, g, o)
}

func (s *Service) decision(ctx context.Context, g member.Group, number string, o Options) (*File, error) {
	return s.make(ctx, g, o, g.Slug+"-"+number, func(w io.Writer, j job) error {
		d, err := findDecision(j.tx, g, number)
		if err != nil {
			return err
		}
		r, err := j.decision(d)
		if err != nil {
			return err
		}
		switch o.Format {
		case JSON:
			return j.writeRecord(w, &r)
		case Tables:
			return j.tables(w, r)
		}
		return j.write(w, func(out sheet) error { return j.oneDecision(out, r) }, func(w io.Writer) error { return j.writeRecord(w, &r) })
	})
}

// Everything exports all that a member may read: decisions, proposals, rules, talk, what members are called, and the
// whole log. Errors are those of Decision, and fault.Conflict if it is too much for a PDF, or no
// font has its letters.
func (s *Service) Everything(ctx context.Context, a member.Actor, o Options) (*File, error) {
	if !a.IsMember() {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	return s.everything(ctx, a.Group, o)
}

func (s *Service) everything(ctx context.Context, g member.Group, o Options) (*File, error) {
	return s.make(ctx, g, o, g.Slug+"-everything", func(w io.Writer, j job) error {
		switch o.Format {
		case JSON:
			return j.writeRecord(w, nil)
		case Tables:
			return j.allTables(w)
		case PDF:
			if j.head.Size > mostForPDF {
				return fault.New(fault.Conflict, "export.too_much_for_pdf")
			}
		}
		return j.write(w, j.everything, func(w io.Writer) error { return j.writeRecord(w, nil) })
	})
}

// mostForPDF is how many entries a log may have to be set as one PDF, which is laid out in memory.
const mostForPDF = 5000

// job is one export in the making, within one snapshot.
type job struct {
	Options
	tx     *db.Tx
	ledger *ledger.Ledger
	fonts  []string
	group  member.Group
	head   ledger.Head
	names  map[string]string // of members, by reference
}

// make runs f within one snapshot and returns what it wrote.
func (s *Service) make(ctx context.Context, g member.Group, o Options, name string, f func(io.Writer, job) error) (file *File, err error) {
	if _, ok := ParseFormat(string(o.Format)); !ok {
		return nil, fault.New(fault.Invalid, "export.no_format")
	}
	spool, err := os.CreateTemp("", "folkmoot-export-*")
	if err != nil {
		return nil, fmt.Errorf("make export: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, spool.Close())
		}
	}()
	if err := os.Remove(spool.Name()); err != nil {
		return nil, fmt.Errorf("make export: %w", err)
	}
	w := bufio.NewWriterSize(spool, 64<<10)
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		j := job{Options: o, tx: tx, ledger: s.ledger, fonts: s.fonts, group: g}
		var err error
		if j.head, err = s.ledger.Head(tx, g.Log(), g.Ref); err != nil {
			return err
		}
		if j.names, err = memberNames(tx, g.ID); err != nil {
			return err
		}
		return f(w, j)
	})
	if err != nil {
		return nil, err
	}
	if err := w.Flush(); err != nil {
		return nil, fmt.Errorf("write export: %w", err)
	}
	size, err := spool.Seek(0, io.SeekCurrent)
	if err != nil {
		return nil, err
	}
	if _, err := spool.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	return &File{File: spool, Name: fileName(name, o), Mime: o.Format.Mime(), Size: size}, nil
}

// fileName is made of letters, digits and hyphens only, whatever the group is called.
func fileName(name string, o Options) string {
	if o.HideNames {
		name += "-without-names"
	}
	name = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(name))
	return "folkmoot-" + strings.Trim(name, "-") + "." + string(o.Format)
}
