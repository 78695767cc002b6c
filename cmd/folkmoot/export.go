package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"folkmoot/internal/config"
	"folkmoot/internal/db"
	"folkmoot/internal/export"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
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
	// The entry comes first: no file leaves the server that the record does not know of.
	if err := upkeep.TellGroup(e.ctx, a.db, a.ledger, x.Group, "export"); err != nil {
		if db.IsNotFound(err) || fault.KindOf(err) == fault.NotFound {
			return fmt.Errorf("there is no group %q here; its name is the part after /g/ in its addresses", x.Group)
		}
		return err
	}
	f, err := a.exports.ByOperator(e.ctx, x.Group, x.Decision, export.Options{Format: format, HideNames: x.HideNames, Voice: catalog.Voice(x.Lang)})
	if db.IsNotFound(err) || fault.KindOf(err) == fault.NotFound {
		return fmt.Errorf("the group %q has no decision %q; a number looks like 2026-014", x.Group, x.Decision)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if x.File == "-" {
		_, err = io.Copy(e.stdout, f)
		return err
	}
	out, err := os.OpenFile(x.File, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write the export: %w", err)
	}
	_, err = io.Copy(out, f)
	if err := errors.Join(err, out.Close()); err != nil {
		return fmt.Errorf("write the export: %w", err)
	}
	_, err = fmt.Fprintf(e.stdout, "%s holds the export (%d bytes). The group's record says that it was made.\n", x.File, f.Size)
	return err
}

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
