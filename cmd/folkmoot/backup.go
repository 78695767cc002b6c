package main

import (
	"errors"
	"fmt"

	"folkmoot/internal/config"
	"folkmoot/internal/upkeep"
)

type backupCmd struct {
	File string `arg:"" help:"Where to put the backup. A file that is there is never overwritten." type:"path"`
}

// Run makes a backup, beside a running server or without one.
func (b *backupCmd) Run(e *env, c config.Config) (err error) {
	a, err := open(e.ctx, c, e.now, e.log, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.close(e.ctx)) }()
	made, err := upkeep.Backup(e.ctx, a.db, a.ledger, b.File)
	if err != nil {
		return err
	}
	say := fmt.Sprintf("%s holds everything but the keys (%d bytes). Every group's record says that it was made.\n", made.File, made.Bytes)
	if made.Votes > 0 {
		say += "A secret vote is open. This backup says nobody's choice, but keeps traces of the order in which votes came in: delete it when you have made one after the vote.\n"
	}
	_, err = fmt.Fprint(e.stdout, say)
	return err
}
