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
	base, err := linkBase(c)
	if err != nil {
		return err
	}
	if base == "" {
		_, err = fmt.Fprintf(e.stdout, "Put this behind the address of your server:\n/setup/%s\n", secret)
		return err
	}
	_, err = fmt.Fprintf(e.stdout, "%s/setup/%s\n", base, secret)
	return err
}

// linkBase is the address that links begin with: the one given here, else the one the server was started with last, else none.
func linkBase(c config.Config) (string, error) {
	if c.BaseURL != "" || c.Addr != config.DefaultAddr {
		return c.Base(), nil
	}
	return upkeep.Address(c.Data)
}
