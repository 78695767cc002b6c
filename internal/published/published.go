// Package published gives tests the published elections, which are not part of the program: FOLKMOOT_VOTES names their folder, or it is
// shared/votes beside the program's own. In CI it must be there. Elsewhere a test that looks into it says that it is not, and finds
// nothing.
package published

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// dir returns the folder, or "".
func dir(t testing.TB) string {
	t.Helper()
	for _, dir := range []string{os.Getenv("FOLKMOOT_VOTES"), "../../../shared/votes"} {
		if st, err := os.Stat(filepath.Join(dir, "README.md")); dir != "" && err == nil && st.Mode().IsRegular() {
			return dir
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("the published elections are not there: set FOLKMOOT_VOTES")
	}
	t.Log("0 published elections checked: FOLKMOOT_VOTES is not set and ../shared/votes is not there")
	return ""
}

// Path returns where in the folder something is, or "" if there is no folder.
func Path(t testing.TB, elements ...string) string {
	t.Helper()
	if dir := dir(t); dir != "" {
		return filepath.Join(append([]string{dir}, elements...)...)
	}
	return ""
}

// Files returns the files that match one of the patterns. There must be some.
func Files(t testing.TB, patterns ...string) (out []string) {
	t.Helper()
	dir := dir(t)
	for _, pattern := range patterns {
		list, err := filepath.Glob(filepath.Join(dir, filepath.FromSlash(pattern)))
		if err != nil {
			t.Fatal(err)
		}
		if dir != "" {
			out = append(out, list...)
		}
	}
	if dir != "" && len(out) == 0 {
		t.Fatalf("no published files %s", patterns)
	}
	return out
}

// Text returns what a file of the folder says, "" if it has no path because there is no folder.
func Text(t testing.TB, path string) string {
	t.Helper()
	if path == "" {
		return ""
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// JSON reads a file of the folder, likewise, into what is given.
func JSON(t testing.TB, path string, into any) {
	t.Helper()
	if path == "" {
		return
	}
	if err := json.Unmarshal([]byte(Text(t, path)), into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// Lines reads a file of the folder with an object in JSON on each line.
func Lines[T any](t testing.TB, path string) (out []T) {
	t.Helper()
	in := json.NewDecoder(bytes.NewReader([]byte(Text(t, path))))
	for in.More() {
		var one T
		if err := in.Decode(&one); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		out = append(out, one)
	}
	return out
}

// Agree checks everything published of one kind, each as a test of its own, and returns how many are right.
func Agree[T any](t *testing.T, all []T, name func(T) string, check func(*testing.T, T)) (right int) {
	t.Helper()
	for _, one := range all {
		if t.Run(name(one), func(t *testing.T) { check(t, one) }) {
			right++
		}
	}
	return right
}
