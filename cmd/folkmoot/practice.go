package main

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"sync"

	"folkmoot/internal/config"
	"folkmoot/internal/db"
	"folkmoot/internal/lang"
	"folkmoot/internal/practice"
	"folkmoot/web"
)

// practiceFolder is where practices are kept while they last: within the data folder, which no other server uses.
const practiceFolder = "practice"

// catalogue is all sentences: read once, however often the program is put together.
var catalogue = sync.OnceValues(lang.Load)

// practices returns where people practise. A practice is the program put together once more, on settings that name nothing but a folder of its own: no
// database that there is, no keys, and nobody who takes mail.
func practices(c config.Config, e *env, words *lang.Catalog, site func() *web.Server) (*practice.Rooms[*web.Server], error) {
	log := slog.New(failures{e.log.Handler()})
	return practice.New(practice.Options[*web.Server]{
		Dir: filepath.Join(c.Data, practiceFolder), Now: e.now, Log: log,
		Make: func(ctx context.Context, dir string, hall *practice.Hall) (made practice.Made[*web.Server], err error) {
			d, err := db.Open(ctx, db.Options{Dir: dir, Now: hall.Now, Log: log, Fleeting: true})
			if err != nil {
				return made, err
			}
			only := config.Config{Data: dir, Keys: filepath.Join(dir, "keys"), BaseURL: c.Base()}
			a, err := assemble(ctx, d, only, hall.Now, log, false)
			if err != nil {
				return made, err
			}
			shut := func() error { return errors.Join(a.db.Close(), a.ballots.Close()) }
			made.Site, err = site().Practising(web.Options{Services: a.services(), Live: a.live, Now: hall.Now, Log: log}, hall)
			if err != nil {
				return made, errors.Join(err, shut())
			}
			made.Services = practice.Services{
				DB: a.db, Words: words, Members: a.members, Motions: a.motions, Ballots: a.ballots, Meetings: a.meetings, Minutes: a.minutes,
				Tick: func(ctx context.Context) error {
					_, err := a.catchUp(ctx)
					return err
				},
			}
			made.Stop, made.Close = made.Site.Stop, shut
			return made, nil
		},
	})
}

// failures hands on what somebody has to look into, and nothing of what goes on.
type failures struct{ slog.Handler }

// Enabled implements slog.Handler.
func (f failures) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && f.Handler.Enabled(ctx, l)
}

// WithAttrs implements slog.Handler.
func (f failures) WithAttrs(as []slog.Attr) slog.Handler { return failures{f.Handler.WithAttrs(as)} }

// WithGroup implements slog.Handler.
func (f failures) WithGroup(name string) slog.Handler { return failures{f.Handler.WithGroup(name)} }
