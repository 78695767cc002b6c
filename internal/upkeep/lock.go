// Package upkeep is what an operator does beside the program: one server on a data folder, backup, restore.
// What it does is written to the record of every group, for members to see (practice.md G19).
package upkeep

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// LockFile is the file in the data folder that the running server holds locked.
const LockFile = "folkmoot.lock"

// ErrLocked means that a server is running on the data folder.
var ErrLocked = errors.New("another Folkmoot is running on this data folder")

// Lock takes the data folder for this process until release is called or the process ends, however it ends.
// It returns ErrLocked if another process has it.
func Lock(dir string) (release func() error, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, LockFile), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the data folder: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		err = fmt.Errorf("lock the data folder: %w", err)
		if errors.Is(err, syscall.EWOULDBLOCK) {
			err = ErrLocked
		}
		return nil, errors.Join(err, f.Close())
	}
	return f.Close, nil // closing releases the lock; the file stays, so that nobody locks a file that is gone
}
