package upkeep

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/ledger"
)

// Target is where a backup is put.
type Target struct {
	Dir     string // data folder; with URL it holds only the lock
	URL     string // PostgreSQL; empty: SQLite in Dir
	Keys    string // key folder
	Replace bool   // move a database that is there aside, instead of refusing
	Now     func() time.Time
}

func (to Target) options() db.Options {
	return db.Options{URL: to.URL, Dir: to.Dir, Now: to.Now, Keep: CopyOut}
}

// Restored is what Restore did.
type Restored struct {
	Groups int
	Aside  string // where the database that was there is now; "" if there was none
	Lost   int64  // entries that members had seen in some group's record and that the backup does not have
	Unread error  // why nothing could be carried over from the database that was there; nil if it could be
	NewKey bool   // the record's key was not there, so a new one signs from now on
}

// Restore puts a backup in the place of an empty database, or with Replace of any. It works on a copy and puts it in
// place only once all is done. Sessions, spent forms, setup links and invitations do not come back. Every group's record
// says that it was restored, and what it was before; heads members have seen are accepted as lost with it.
//
// An open secret ballot whose key or journal is gone takes no votes; package ballot stops it at its close and says why.
// An error is a sentence for the operator. Unless it says that the backup is in place, the database that was there is where
// it was, and so are the heads that are kept of what members saw. It is ErrLocked while a server runs on the data
// folder, and db.ErrTaken while one runs on the PostgreSQL database.
func Restore(ctx context.Context, file string, to Target) (r Restored, err error) {
	release, err := Lock(to.Dir)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, release()) }()
	if info, err := os.Stat(file); err != nil {
		return r, fmt.Errorf("%s cannot be read: %w", file, errors.Unwrap(err))
	} else if !info.Mode().IsRegular() {
		return r, fmt.Errorf("%s is not a file", file) // reading one that another program feeds might never end
	}
	if _, err := examine(ctx, file); err != nil {
		return r, refusal(file, err)
	}
	if to.URL != "" {
		// Held until all is done, so that no server starts on it meanwhile.
		letGo, herr := db.Hold(to.URL, to.Now)
		if herr != nil {
			return r, herr
		}
		defer func() { err = errors.Join(err, letGo()) }()
	}
	if r.Aside, err = occupied(ctx, to); err != nil {
		return r, err
	}
	var old later
	if r.Aside != "" {
		old, r.Unread = to.readLater(ctx)
	}
	temp, err := os.MkdirTemp(to.Dir, ".restore-*") // 0700
	if err != nil {
		return r, fmt.Errorf("cannot write to %s: %w", to.Dir, err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()
	if err := copyFile(file, filepath.Join(temp, db.FileName)); err != nil {
		return r, fmt.Errorf("copy the backup: %w", err)
	}
	if err := to.examineSchema(ctx, temp); err != nil {
		return r, refusal(file, err)
	}
	l, fresh, err := ledger.Open(to.Keys)
	if err != nil {
		return r, err
	}
	r.NewKey = fresh
	if err := r.prepare(ctx, temp, to, l, old); err != nil {
		return r, err
	}
	if err := to.place(ctx, filepath.Join(temp, db.FileName), &r); err != nil {
		return r, err
	}
	if err := keepHeads(ctx, to, l); err != nil {
		return r, fmt.Errorf("the backup is in place, but the records refuse entries until it is restored once more with --replace: %w", err)
	}
	return r, nil
}

// examineSchema brings the copy in the folder to this program's schema and looks whether it is that schema then.
func (to Target) examineSchema(ctx context.Context, dir string) error {
	d, err := db.Open(ctx, db.Options{Dir: dir, Now: to.Now})
	if err != nil {
		return err
	}
	if err := d.Close(); err != nil {
		return err
	}
	return sameSchema(ctx, filepath.Join(dir, db.FileName), filepath.Join(dir, "own"), to.Now)
}

// refusal says why the file cannot be restored.
func refusal(file string, err error) error {
	name := filepath.Base(file)
	switch {
	case errors.Is(err, errNewer):
		return fmt.Errorf("%s was written by a newer Folkmoot; restore it with that one", name)
	case errors.Is(err, errForeign):
		return fmt.Errorf("%s is a database, but no Folkmoot backup", name)
	case errors.Is(err, errAltered):
		return fmt.Errorf("%s was altered: %w", name, errAltered)
	case errors.Is(err, errDamaged):
		return fmt.Errorf("%s is damaged, or no Folkmoot backup", name)
	}
	return fmt.Errorf("cannot read %s: %w", name, err)
}

// occupied returns where the database that is in the target's place would be moved to, or "" if the place is free.
func occupied(ctx context.Context, to Target) (aside string, err error) {
	stamp := to.Now().UTC().Format("20060102_150405")
	if to.URL != "" {
		// Looked at from outside: what is there may be a newer program's, which one goes back from.
		if empty, err := isEmpty(ctx, to.URL); err != nil || empty {
			return "", err
		}
		aside = "folkmoot_before_" + stamp
	} else {
		_, err := os.Stat(filepath.Join(to.Dir, db.FileName))
		if errors.Is(err, fs.ErrNotExist) {
			return "", nil
		}
		if err != nil {
			return "", err
		}
		aside = filepath.Join(to.Dir, "before-restore-"+stamp)
	}
	if !to.Replace {
		return "", errors.New("there is a database already; add --replace to move it aside and put the backup in its place")
	}
	return aside, nil
}

// prepare makes the copy ready to serve in place of what members saw last.
func (r *Restored) prepare(ctx context.Context, dir string, to Target, l *ledger.Ledger, old later) (err error) {
	d, err := db.Open(ctx, db.Options{Dir: dir, Now: to.Now})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	heads := ledger.NewHeads(d, l, to.Keys)
	forked, err := heads.Check(ctx)
	if err != nil {
		return fmt.Errorf("compare with what members saw: %w", err)
	}
	said := map[string]ledger.Data{}
	err = d.Read(ctx, func(tx *db.Tx) error {
		logs, err := ledger.Logs(tx)
		if err != nil {
			return err
		}
		for ref, log := range logs {
			size, err := ledger.Size(tx, log)
			if err != nil {
				return err
			}
			said[ref] = ledger.Data{"kept": size}
			if !slices.Contains(forked, ref) {
				continue
			}
			was, err := heads.Accept(ref, log)
			if err != nil {
				return fmt.Errorf("accept the older record: %w", err)
			}
			said[ref]["was_size"], said[ref]["was_root"] = was.Size, hex.EncodeToString(was.Root[:])
			r.Lost += max(0, was.Size-size)
		}
		return nil
	})
	if err != nil {
		return err
	}
	r.Groups = len(said)
	if err := NoteKey(ctx, d, l); err != nil {
		return err
	}
	return d.Write(ctx, func(tx *db.Tx) error {
		logs, err := ledger.Logs(tx)
		if err != nil {
			return err
		}
		for _, ref := range slices.Sorted(maps.Keys(logs)) {
			ev := ledger.Event{Kind: "operator.restored", Subject: "group", Actor: ledger.Operator, Data: said[ref]}
			if _, err := l.Append(tx, logs[ref], ev); err != nil {
				return fmt.Errorf("tell the members: %w", err)
			}
		}
		if err := forget(tx); err != nil {
			return fmt.Errorf("drop what must not come back: %w", err)
		}
		return old.keep(tx, l)
	})
}

// place puts the finished copy where the server will look for it. On an error what was there is there again.
func (to Target) place(ctx context.Context, made string, r *Restored) error {
	put, aside, back := to.placeSQLite, moveAside, moveBack
	where := to.Dir
	if to.URL != "" {
		put, aside, back, where = to.placePostgres, setAside, setBack, to.URL
	}
	if r.Aside == "" {
		return put(ctx, made)
	}
	if err := aside(ctx, where, r.Aside); err != nil {
		return fmt.Errorf("move the database aside: %w", err)
	}
	err := put(ctx, made)
	if err == nil {
		return nil
	}
	// Also where it was the operator who broke it off.
	if berr := back(context.WithoutCancel(ctx), where, r.Aside); berr != nil {
		return errors.Join(err, fmt.Errorf("the database that was there is kept as %s, and could not be put back: %w", r.Aside, berr))
	}
	return err
}

func (to Target) placeSQLite(_ context.Context, made string) error {
	return db.Settle(made, filepath.Join(to.Dir, db.FileName))
}

func (to Target) placePostgres(ctx context.Context, made string) error {
	d, err := db.Open(ctx, to.options())
	if err != nil {
		return err
	}
	return errors.Join(copyIn(ctx, made, d), d.Close())
}

// moveAside moves an SQLite database to a new folder.
func moveAside(ctx context.Context, dir, aside string) error {
	if err := os.Mkdir(aside, 0o700); err != nil {
		return err
	}
	if err := moveFiles(dir, aside); err != nil {
		return errors.Join(err, moveBack(ctx, dir, aside))
	}
	return nil
}

// moveBack undoes what moveAside did.
func moveBack(_ context.Context, dir, aside string) error {
	if err := moveFiles(aside, dir); err != nil {
		return err
	}
	return os.Remove(aside)
}

// moveFiles moves what there is of an SQLite database from one folder to another.
func moveFiles(from, to string) error {
	for _, end := range []string{"", "-wal", "-shm"} {
		name := db.FileName + end
		if err := os.Rename(filepath.Join(from, name), filepath.Join(to, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// keepHeads keeps the heads of the restored records outside the database.
func keepHeads(ctx context.Context, to Target, l *ledger.Ledger) error {
	d, err := db.Open(ctx, to.options())
	if err != nil {
		return err
	}
	return errors.Join(ledger.NewHeads(d, l, to.Keys).Keep(ctx), d.Close())
}

func (to Target) readLater(ctx context.Context) (later, error) {
	if to.URL != "" {
		return readLater(ctx, to.URL)
	}
	return readLaterSQLite(ctx, filepath.Join(to.Dir, db.FileName))
}

func copyFile(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}
