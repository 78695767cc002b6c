package urn

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

const sumLen = 8

// errKey says that a key file is damaged: better found at the start than at the count.
var errKey = errors.New("urn: the key file is damaged")

// makeKey draws a key and returns once it is on disk: the file has all of it or is not there.
func makeKey(path string) (k key, err error) {
	rand.Read(k[:])
	sum := sha256.Sum256(k[:])
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*") // 0600
	if err != nil {
		return k, err
	}
	_, err = f.Write(append(k[:], sum[:sumLen]...))
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return k, errors.Join(err, os.Remove(f.Name()))
	}
	return k, syncDir(filepath.Dir(path))
}

// readKey returns the key, errKey, or an error that is fs.ErrNotExist.
func readKey(path string) (k key, err error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return k, err
	}
	if len(b) != keyLen+sumLen {
		return k, errKey
	}
	sum := sha256.Sum256(b[:keyLen])
	if subtle.ConstantTimeCompare(sum[:sumLen], b[keyLen:]) != 1 {
		return k, errKey
	}
	return key(b[:keyLen]), nil
}

// destroyKey overwrites the key before it removes the file. On flash storage the old bytes may outlive it; the
// documentation says so.
func destroyKey(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var noise [keyLen + sumLen]byte
	rand.Read(noise[:])
	_, err = f.WriteAt(noise[:], 0)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return remove(path)
}

// remove deletes the file, if it is there, and returns once that is on disk.
func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return syncDir(filepath.Dir(path))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
