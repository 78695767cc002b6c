package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"folkmoot/internal/config"
	"folkmoot/internal/db"
	"folkmoot/internal/export"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/upkeep"
)

type exportCmd struct {
	Group     string `arg:"" help:"The group's name in addresses: the part after /g/."`
	File      string `arg:"" help:"Where to put it; - writes to standard output. A file that is there is never overwritten." type:"path"`
	Decision  string `help:"Only one decision (2026-014) instead of everything." placeholder:"NUMBER"`
	Format    string `help:"Kind of file: json, html, pdf, md or csv. Without it the file's name says so, and json is meant if it does not end in a kind." placeholder:"KIND"`
	HideNames bool   `name:"hide-names" help:"Leave members' names out."`
	Lang      string `help:"Language of what is said: en or es." enum:"en,es" default:"en"`
}

// Run exports beside a running server or without one, and says so in the group's record.
func (x *exportCmd) Run(e *env, c config.Config) (err error) {
	format, err := x.kind()
	if err != nil {
		return failure{exitUnusable, err}
	}
	catalog, err := lang.Load()
	if err != nil {
		return err
	}
	a, err := open(e.ctx, c, e.now, e.log, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.close(e.ctx)) }()
	out, done, err := x.reserve(e.stdout)
	if err != nil {
		return err
	}
	size, err := x.fill(e.ctx, a, out, export.Options{Format: format, HideNames: x.HideNames, Voice: catalog.Voice(x.Lang)})
	if err := errors.Join(err, done(err == nil)); err != nil || x.File == "-" {
		return err
	}
	_, err = fmt.Fprintf(e.stdout, "%s holds the export (%d bytes). The group's record says that it was made.\n", x.File, size)
	return err
}

// reserve makes the file, so that what stands in the way of it is known before the record says anything. done ends with
// it: a file that did not get its export is taken away again.
func (x *exportCmd) reserve(stdout io.Writer) (out io.Writer, done func(whole bool) error, err error) {
	if x.File == "-" {
		return stdout, func(bool) error { return nil }, nil
	}
	f, err := os.OpenFile(x.File, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, nil, fmt.Errorf("%s is there already; an export never overwrites a file", x.File)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("write the export: %w", err)
	}
	return f, func(whole bool) error {
		err := f.Close()
		if err != nil {
			err = fmt.Errorf("write the export: %w", err)
		}
		if !whole || err != nil {
			err = errors.Join(err, os.Remove(x.File))
		}
		return err
	}, nil
}

// fill makes the export, has the record say so and only then hands it out: nothing leaves the server that the record
// does not know of, and the record knows of no export that could not be made.
func (x *exportCmd) fill(ctx context.Context, a *app, out io.Writer, o export.Options) (size int64, err error) {
	err = a.db.Read(ctx, func(tx *db.Tx) error {
		_, err := member.FindGroup(tx, x.Group)
		return err
	})
	if isNone(err) {
		return 0, fmt.Errorf("there is no group %q here; its name is the part after /g/ in its addresses", x.Group)
	}
	if err != nil {
		return 0, err
	}
	f, err := a.exports.ByOperator(ctx, x.Group, x.Decision, o)
	if isNone(err) {
		return 0, fmt.Errorf("the group %q has no decision %q; a number looks like 2026-014", x.Group, x.Decision)
	}
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := upkeep.TellGroup(ctx, a.db, a.ledger, x.Group, "export"); err != nil {
		return 0, err
	}
	if _, err := io.Copy(out, f); err != nil {
		return 0, fmt.Errorf("write the export: %w", err)
	}
	return f.Size, nil
}

func isNone(err error) bool { return db.IsNotFound(err) || fault.KindOf(err) == fault.NotFound }

// kind is the kind of file that is asked for: by its name if nothing else is said, so that a file named .md holds no JSON.
func (x *exportCmd) kind() (export.Format, error) {
	name := x.Format
	if ext := strings.TrimPrefix(filepath.Ext(x.File), "."); name == "" && x.File != "-" {
		name = strings.ToLower(ext)
	}
	if name == "" {
		return export.JSON, nil
	}
	f, ok := export.ParseFormat(name)
	switch {
	case !ok && x.Format != "":
		return f, fmt.Errorf("--format must be json, html, pdf, md or csv; it is %q", x.Format)
	case !ok:
		return f, fmt.Errorf("the name of %s does not say what kind of file it is; say so with --format", x.File)
	}
	return f, nil
}
