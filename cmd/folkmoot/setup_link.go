package main

import (
	"errors"
	"fmt"

	"folkmoot/internal/config"
	"folkmoot/internal/upkeep"
)

type setupLinkCmd struct{}

// Run prints a new setup link and tells the members of every group that it was made.
func (*setupLinkCmd) Run(e *env, c config.Config) (err error) {
	a, err := open(e.ctx, c, e.now, e.log, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.close(e.ctx)) }()
	secret, err := a.members.MakeSetupLink(e.ctx)
	if err != nil {
		return err
	}
	if err := upkeep.Tell(e.ctx, a.db, a.ledger, "setup_link", nil); err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.stdout, "%s/setup/%s\n", c.Base(), secret)
	return err
}
