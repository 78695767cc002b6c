package main

import (
	"errors"
	"fmt"

	"folkmoot/internal/config"
	"folkmoot/internal/db"
	"folkmoot/internal/line"
	"folkmoot/internal/upkeep"
)

type restoreCmd struct {
	File    string `arg:"" help:"The backup." type:"path"`
	Replace bool   `help:"Move a database that is there aside and put the backup in its place."`
}

// Run puts a backup in place, with the server stopped.
func (r *restoreCmd) Run(e *env, c config.Config) error {
	done, err := upkeep.Restore(e.ctx, r.File, upkeep.Target{Dir: c.Data, URL: c.Database, Keys: c.KeysDir(), Replace: r.Replace, Now: e.now})
	if errors.Is(err, upkeep.ErrLocked) {
		return fmt.Errorf("a Folkmoot is running on %s; stop it first", c.Data)
	}
	if errors.Is(err, db.ErrTaken) {
		return errors.New("a Folkmoot is running on that database; stop it first")
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(e.stdout, "Restored %s. Everyone has to sign in again, and open invitations have to be made anew.\n", line.Count(done.Groups, "group"))
	if done.Aside != "" {
		fmt.Fprintf(e.stdout, "The database that was there is kept as %s.\n", done.Aside)
	}
	if done.Unread != nil {
		fmt.Fprintf(e.stdout, "It could not be read, so people who left after the backup are members again until they leave again.\n")
	}
	if done.Aside == "" && done.Lost == 0 && done.Groups > 0 { // there was nothing to tell how far the records had come
		fmt.Fprintln(e.stdout, "What was recorded after the backup was made may be missing. To find out, compare a new export with one that a member took since: folkmoot verify NEW --against OLD")
	}
	if done.Lost > 0 {
		fmt.Fprintf(e.stdout, "Lost: %s that members had seen. Every group's record says so.\n", line.Count(int(done.Lost), "entry"))
	}
	if done.NewKey {
		fmt.Fprintf(e.stdout, "The key of the record was not in %s, so a new one was made. Every group's record says so.\n", c.KeysDir())
	}
	return nil
}
