package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"folkmoot/internal/config"
	"folkmoot/internal/export"
	"folkmoot/internal/lang"
	"folkmoot/internal/upkeep"
)

type exportCmd struct {
	Group     string `arg:"" help:"The group's name in addresses: the part after /g/."`
	File      string `arg:"" help:"Where to put it. A file that is there is never overwritten." type:"path"`
	Decision  string `help:"Only one decision (2026-014) instead of everything." placeholder:"NUMBER"`
	Format    string `help:"Kind of file." enum:"json,html,pdf,md,csv" default:"json"`
	HideNames bool   `name:"hide-names" help:"Leave members' names out."`
	Lang      string `help:"Language of what is said (en, es)." default:"en"`
}

// Run exports beside a running server or without one, and says so in the group's record.
func (x *exportCmd) Run(e *env, c config.Config) (err error) {
	catalog, err := lang.Load()
	if err != nil {
		return err
	}
	a, err := open(e.ctx, c, e.now, e.log, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.close(e.ctx)) }()
	format, _ := export.ParseFormat(x.Format)
	// The entry comes first: no file leaves the server that the record does not know of.
	if err := upkeep.TellGroup(e.ctx, a.db, a.ledger, x.Group, "export"); err != nil {
		return fmt.Errorf("there is no group %q: %w", x.Group, err)
	}
	f, err := a.exports.ByOperator(e.ctx, x.Group, x.Decision, export.Options{Format: format, HideNames: x.HideNames, Voice: catalog.Voice(x.Lang)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
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
