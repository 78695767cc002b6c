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
	base, err := linkBase(c) // before there is a secret: one that cannot be printed is lost
	if err != nil {
		return err
	}
	secret, err := a.members.MakeSetupLink(e.ctx)
	if err != nil {
		return err
	}
	if err := upkeep.Tell(e.ctx, a.db, a.ledger, "setup_link", nil); err != nil {
		return err
	}
	if base == "" {
		_, err = fmt.Fprintf(e.stdout, "Put this behind the address of your server:\n/setup/%s\n", secret)
		return err
	}
	_, err = fmt.Fprintf(e.stdout, "%s/setup/%s\n", base, secret)
	return err
}

// linkBase is the address that links begin with: the one given here, else the one the server was started with last, else where it
// would listen if that was said, else none. In a container it always is said, and is not where people reach the server.
func linkBase(c config.Config) (string, error) {
	if c.BaseURL != "" {
		return c.Base(), nil
	}
	noted, err := upkeep.Address(c.Data)
	if err != nil || noted != "" || c.Addr == config.DefaultAddr {
		return noted, err
	}
	return c.Base(), nil
}
