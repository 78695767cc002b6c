package db

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*/*.sql
var migrations embed.FS

// Newest returns the number of the newest schema that this program knows.
func Newest() (int64, error) {
	names, err := fs.Glob(migrations, "migrations/"+SQLite+"/*.sql")
	return int64(len(names)), err // their numbers have no gaps
}

// migrate brings the schema up to date. It refuses a database that a newer program has written, and copies a SQLite
// file before it changes it.
func (d *DB) migrate(ctx context.Context, o Options) error {
	s, err := d.write.DB()
	if err != nil {
		return err
	}
	sub, err := fs.Sub(migrations, "migrations/"+d.dialect)
	if err != nil {
		return err
	}
	dialect := goose.DialectSQLite3
	if d.dialect == Postgres {
		dialect = goose.DialectPostgres
	}
	p, err := goose.NewProvider(dialect, s, sub)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	have, target, err := p.GetVersions(ctx)
	if err != nil {
		return refuse("read the database's version", err)
	}
	switch {
	case have > target:
		return refuse("use this database", fmt.Errorf("it was written by a newer Folkmoot (schema %d, this program knows %d); run that program, or restore an older backup", have, target))
	case have == target:
		return nil
	case o.NoMigrate:
		return refuse("use this database", fmt.Errorf("it is from an older Folkmoot (schema %d of %d); start the server once to bring it up to date", have, target))
	}
	if have > 0 && d.dialect == SQLite {
		copied := filepath.Join(filepath.Dir(d.path), fmt.Sprintf("before-schema-%d.db", target))
		if err := os.Remove(copied); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return refuse("copy the database before changing it", err)
		}
		if err := d.write.Exec("VACUUM INTO ?", copied).Error; err != nil {
			return refuse("copy the database before changing it", err)
		}
		d.log.Info("copied the database before migrating", slog.String("file", copied))
	}
	if _, err := p.Up(ctx); err != nil {
		return refuse("bring the database up to date", err)
	}
	return nil
}
