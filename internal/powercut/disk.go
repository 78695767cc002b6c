package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const (
	shelfSize = 4 << 30   // of the XFS that holds the disks; the file is sparse
	diskSize  = 768 << 20 // of each ext4 disk
)

// disk is an ext4 file system in a file, on an XFS that can copy files in an instant, in a file of its own,
// so that it does not matter what this machine's own file system is.
type disk struct {
	dir   string // holds everything and is removed at the end
	shelf string // where the XFS is mounted; the images lie there
	mount string // where the disk is mounted
}

// newDisk makes and mounts a disk under dir. On an error it has undone what it did.
func newDisk(dir string) (d *disk, err error) {
	d = &disk{dir: dir, shelf: filepath.Join(dir, "shelf"), mount: filepath.Join(dir, "disk")}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.remove())
		}
	}()
	for _, p := range []string{d.shelf, d.mount} {
		if err := os.MkdirAll(p, 0o700); err != nil {
			return nil, err
		}
	}
	shelf := filepath.Join(dir, "shelf.img")
	if err := sparse(shelf, shelfSize); err != nil {
		return nil, err
	}
	if err := sh("mkfs.xfs", "-q", "-m", "reflink=1", shelf); err != nil {
		return nil, err
	}
	if err := sh("mount", "-o", "loop", shelf, d.shelf); err != nil {
		return nil, err
	}
	if err := sparse(d.image(), diskSize); err != nil {
		return nil, err
	}
	if err := sh("mkfs.ext4", "-q", "-F", d.image()); err != nil {
		return nil, err
	}
	return d, d.plug()
}

func (d *disk) image() string    { return filepath.Join(d.shelf, "disk.img") }
func (d *disk) snapshot() string { return filepath.Join(d.shelf, "snapshot.img") }

// plug mounts the disk; ext4 replays its journal.
func (d *disk) plug() error { return sh("mount", "-o", "loop", d.image(), d.mount) }

// cut keeps what has reached the disk at this instant. The disk in use goes on as if nothing had happened.
func (d *disk) cut() error { return sh("cp", "--reflink=always", d.image(), d.snapshot()) }

// replace puts what cut kept in the disk's place and plugs it in. Nothing may use the disk any more.
func (d *disk) replace() error {
	if err := sh("umount", d.mount); err != nil {
		return err
	}
	if err := os.Rename(d.snapshot(), d.image()); err != nil {
		return err
	}
	return d.plug()
}

// remove unmounts what is mounted and removes everything.
func (d *disk) remove() error {
	var errs []error
	for _, m := range []string{d.mount, d.shelf} {
		if mounted(m) {
			errs = append(errs, sh("umount", m))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err // and keep the files that are still in use
	}
	return os.RemoveAll(d.dir)
}

func mounted(dir string) bool { return exec.Command("mountpoint", "-q", dir).Run() == nil }

func sparse(path string, size int64) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Truncate(size), f.Close())
}

// sh runs a command and returns what it complained of as an error.
func sh(name string, args ...string) error {
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, strings.TrimSpace(string(out)))
	}
	return nil
}
