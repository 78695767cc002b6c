package main

import (
	"errors"
	"fmt"

	"folkmoot/internal/audit"
	"folkmoot/internal/config"
	"folkmoot/internal/lang"
)

type checkCmd struct {
	Lang string `help:"Language of what is said: en or es." enum:"en,es" default:"en"`
}

// Run compares the tables with the records, beside a running server or without one, and says what differs, here and in the
// records.
func (c *checkCmd) Run(e *env, cfg config.Config) (err error) {
	catalog, err := lang.Load()
	if err != nil {
		return err
	}
	voice := catalog.Voice(c.Lang)
	a, err := open(e.ctx, cfg, e.now, e.log, true)
	if err != nil {
		return failure{exitUnusable, err}
	}
	defer func() { err = errors.Join(err, a.close(e.ctx)) }()
	found, err := audit.NewAuditor(a.db, a.ledger, e.log).Run(e.ctx)
	for _, d := range found {
		fmt.Fprintln(e.stdout, voice.Say(d.Say()))
	}
	switch {
	case len(found) > 0 && err != nil: // not every group could be looked at, or told
		return failure{exitFailed, err}
	case len(found) > 0:
		fmt.Fprintln(e.stdout, voice.T("audit.differ"))
		return failure{code: exitFailed}
	case err != nil:
		return failure{exitUnusable, err}
	}
	fmt.Fprintln(e.stdout, voice.T("audit.agrees"))
	return nil
}
