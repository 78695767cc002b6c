package db

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// unfinished begins the names of the folders in which copies are made. Only what is finished is moved out of them.
const unfinished = ".before-schema-"

// keep copies the database, as it is before the migration to the schema, to a file of its own in the data folder and
// returns the file's name. A copy that is there already is never touched: if it holds the same it will do, so that a
// server which fails at every start does not fill the disk with copies.
func (d *DB) keep(ctx context.Context, o Options, target int64) (kept string, err error) {
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return "", err
	}
	if err := sweepUnfinished(o.Dir); err != nil {
		return "", err
	}
	temp, err := os.MkdirTemp(o.Dir, unfinished+"*") // 0700
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()
	made := filepath.Join(temp, FileName)
	switch {
	case d.dialect == SQLite:
		err = d.write.WithContext(ctx).Exec("VACUUM INTO ?", made).Error
	case o.Keep == nil:
		err = errors.New("this command cannot copy it; start the server, which can")
	default:
		err = o.Keep(ctx, d, made)
	}
	if err != nil {
		return "", err
	}
	name := fmt.Sprintf("before-schema-%d-", target)
	last, err := newestOf(o.Dir, name, ".db")
	if err != nil {
		return "", err
	}
	if last != "" {
		if same, err := sameFile(made, last); err != nil || same {
			return last, err
		}
	}
	kept = filepath.Join(o.Dir, name+d.now().UTC().Format("20060102_150405")+".db")
	return kept, Settle(made, kept)
}

// sweepUnfinished removes the folders of copies that were broken off when the program was killed. Each is as large as the
// database, and only one server at a time makes copies in a data folder.
func sweepUnfinished(dir string) error {
	files, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, f := range files {
		if f.IsDir() && strings.HasPrefix(f.Name(), unfinished) {
			if err := os.RemoveAll(filepath.Join(dir, f.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// newestOf returns the last file in the folder whose name begins and ends so, or "". In between stands when it was made.
func newestOf(dir, prefix, suffix string) (string, error) {
	files, err := os.ReadDir(dir) // sorted by name
	if err != nil {
		return "", err
	}
	for _, f := range slices.Backward(files) {
		if strings.HasPrefix(f.Name(), prefix) && strings.HasSuffix(f.Name(), suffix) {
			return filepath.Join(dir, f.Name()), nil
		}
	}
	return "", nil
}

// Lay makes an empty SQLite database in the folder that has the same schema as d, which may be an older one.
func (d *DB) Lay(ctx context.Context, dir string) error {
	e, err := Open(ctx, Options{Dir: dir, Now: d.now, Migrations: d.set, schema: d.schema})
	if err != nil {
		return err
	}
	// When the tables were made is no part of what is copied into them: two copies of the same are the same.
	err = e.Outside(ctx, func(s *sql.DB) error {
		_, err := s.ExecContext(ctx, "UPDATE goose_db_version SET tstamp = 0")
		return err
	})
	return errors.Join(err, e.Close())
}

// Settle makes a finished file durable and moves it to its name. It fails where the name is taken, and leaves nothing there
// if it fails otherwise.
func Settle(from, to string) error {
	if err := os.Chmod(from, 0o600); err != nil {
		return err
	}
	if err := syncFile(from); err != nil {
		return err
	}
	// A link fails where the name is taken, and a rename would not.
	if err := os.Link(from, to); errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already", to)
	} else if err != nil { // a file system without links
		if _, err := os.Lstat(to); !errors.Is(err, fs.ErrNotExist) {
			return errors.Join(fmt.Errorf("%s is there already", to), err)
		}
		if err := os.Rename(from, to); err != nil {
			return err
		}
	}
	if err := syncFile(filepath.Dir(to)); err != nil {
		return errors.Join(err, os.Remove(to))
	}
	return nil
}

func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// sameFile says whether two files hold the same bytes.
func sameFile(a, b string) (same bool, err error) {
	f, err := os.Open(a)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	g, err := os.Open(b)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, g.Close()) }()
	const size = 64 << 10
	p, q := make([]byte, size), make([]byte, size)
	for {
		n, ferr := io.ReadFull(f, p)
		m, gerr := io.ReadFull(g, q)
		if !bytes.Equal(p[:n], q[:m]) {
			return false, nil
		}
		if done := errors.Is(ferr, io.EOF) || errors.Is(ferr, io.ErrUnexpectedEOF); done {
			return errors.Is(gerr, io.EOF) || errors.Is(gerr, io.ErrUnexpectedEOF), nil
		}
		if err := errors.Join(ferr, gerr); err != nil {
			return false, err
		}
	}
}
