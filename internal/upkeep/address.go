package upkeep

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// addressFile is the file in the data folder that says under which address people reach the server.
const addressFile = "folkmoot.address"

// NoteAddress writes down under which address the server was started last, for commands that print links beside it.
func NoteAddress(dir, base string) error {
	if err := os.WriteFile(filepath.Join(dir, addressFile), []byte(base+"\n"), 0o600); err != nil {
		return fmt.Errorf("write down the server's address: %w", err)
	}
	return nil
}

// Address returns what NoteAddress wrote down, or "" if no server was started on the folder yet.
func Address(dir string) (string, error) {
	b, err := os.ReadFile(filepath.Join(dir, addressFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("read the server's address: %w", err)
	}
	return strings.TrimSpace(string(b)), nil
}
