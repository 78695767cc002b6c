package db

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/mattn/go-sqlite3"
	"github.com/pressly/goose/v3"
)

//go:embed migrations/*/*.sql
var migrations embed.FS

// Newest returns the number of the newest schema that this program knows.
func Newest() (int64, error) {
	names, err := fs.Glob(migrations, "migrations/"+SQLite+"/*.sql")
	return int64(len(names)), err // their numbers have no gaps
}

// migrate brings the schema up to date. It refuses a database that a newer program has written, and copies the database
// before it changes it. Each migration is one transaction: after a power cut the next start goes on where this one was.
func (d *DB) migrate(ctx context.Context, o Options) error {
	p, err := d.provider()
	if err != nil {
		return err
	}
	have, target, err := p.GetVersions(ctx)
	if err != nil {
		return refuse("read the database's version", err)
	}
	if o.schema > 0 {
		target = o.schema
	}
	d.schema = have
	switch {
	case have > target:
		return refuse("use this database", fmt.Errorf("it was written by a newer Folkmoot (schema %d, this program knows %d); run that program, or restore an older backup", have, target))
	case have == target:
		return nil
	case o.NoMigrate:
		return refuse("use this database", fmt.Errorf("it is from an older Folkmoot (schema %d of %d); start the server once to bring it up to date", have, target))
	}
	kept := ""
	if have > 0 {
		if kept, err = d.keep(ctx, o, target); err != nil {
			return refuse("copy the database before bringing it up to date", err)
		}
		d.log.Info("copied the database before migrating", slog.String("file", kept))
	}
	if err := d.upTo(ctx, p, target); err != nil {
		after := ""
		if at, err := p.GetDBVersion(context.WithoutCancel(ctx)); err == nil {
			after = fmt.Sprintf("; it is at schema %d now", at)
		}
		if kept != "" {
			after += "; a copy from before is " + kept
		}
		return &Refusal{Doing: fmt.Sprintf("bring the database from schema %d to %d", have, target), Err: stumble(err), After: after}
	}
	d.schema = target
	if have > 0 {
		return nil
	}
	tx := &Tx{DB: d.write.WithContext(ctx)} // a new database has nothing to tell
	return tx.PutSetting(SchemaTold, strconv.AppendInt(nil, target, 10))
}

// upTo applies migrations. SQLite makes a table anew to change more of it than a column, which its foreign keys would not let happen
// (https://www.sqlite.org/lang_altertable.html#otheralter): they are off meanwhile, and each migration ends with a look at all of them.
func (d *DB) upTo(ctx context.Context, p *goose.Provider, target int64) error {
	if d.dialect != SQLite {
		_, err := p.UpTo(ctx, target)
		return err
	}
	w := d.write.WithContext(ctx)
	if err := w.Exec("PRAGMA foreign_keys = OFF").Error; err != nil {
		return err
	}
	_, err := p.UpTo(ctx, target)
	return errors.Join(err, d.write.WithContext(context.WithoutCancel(ctx)).Exec("PRAGMA foreign_keys = ON").Error)
}

// kept ends a migration on SQLite, in its transaction: one that leaves a row which refers to nothing does not come about.
const kept = `
CREATE TEMP TABLE kept (broken INTEGER CONSTRAINT "a row would refer to one that is not there" CHECK (broken = 0));
INSERT INTO temp.kept SELECT COUNT(*) FROM pragma_foreign_key_check;
DROP TABLE temp.kept;
`

// keeping is migrations that end with kept.
type keeping struct{ fs.FS }

// Open implements fs.FS.
func (k keeping) Open(name string) (fs.File, error) {
	f, err := k.FS.Open(name)
	if err != nil || !strings.HasSuffix(name, ".sql") {
		return f, err
	}
	return keptFile{f, io.MultiReader(f, strings.NewReader(kept))}, nil
}

type keptFile struct {
	fs.File
	text io.Reader
}

// Read implements fs.File.
func (f keptFile) Read(b []byte) (int, error) { return f.text.Read(b) }

func (d *DB) provider() (*goose.Provider, error) {
	s, err := d.write.DB()
	if err != nil {
		return nil, err
	}
	sub, err := fs.Sub(d.set, "migrations/"+d.dialect)
	if err != nil {
		return nil, err
	}
	dialect := goose.DialectSQLite3
	if d.dialect == Postgres {
		dialect = goose.DialectPostgres
	} else {
		sub = keeping{sub}
	}
	p, err := goose.NewProvider(dialect, s, sub)
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	return p, nil
}

// stumble is why a migration failed, as the database says it: goose's own words hold the whole statement.
func stumble(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return errors.New("it was broken off")
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return errors.New(e.Message)
	}
	if e, ok := errors.AsType[sqlite3.Error](err); ok {
		return e
	}
	if e, ok := errors.AsType[*goose.PartialError](err); ok {
		return e.Err
	}
	return err
}
