package archtest

import (
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/mattn/go-sqlite3"
	"golang.org/x/mod/modfile"
	"golang.org/x/mod/semver"
)

// floors are the oldest versions without a hole that matters here. A test holds them
// because a resolver can quietly go back to an older one.
var floors = map[string]string{
	"github.com/labstack/echo/v4":        "v4.16.0", // 4.15.4: an encoded slash went round a route; 4.16.0: GHSA-246p-cpwv-v3jq
	"github.com/yuin/goldmark":           "v1.7.17", // CVE-2026-5160
	"github.com/jackc/pgx/v5":            "v5.9.2",  // CVE-2026-41889
	"github.com/microcosm-cc/bluemonday": "v1.0.16", // CVE-2021-42576
	"golang.org/x/crypto":                "v0.45.0", // CVE-2025-47914, CVE-2025-58181
	"golang.org/x/net":                   "v0.45.0", // CVE-2025-47911, CVE-2025-58190
}

func TestVersionsG29(t *testing.T) {
	if version, _, _ := sqlite3.Version(); semver.Compare("v"+version, "v3.51.3") < 0 {
		t.Errorf("SQLite is %s; older than 3.51.3 can lose a write when the WAL is reset", version)
	}
	for path, floor := range floors {
		if got := selected(t, path); semver.Compare(got, floor) < 0 {
			t.Errorf("%s is %s, want at least %s", path, got, floor)
		}
	}
}

// TestSQLiteIsOurs holds go-sqlite3 to the version go.mod requires directly:
// gorm.io/driver/sqlite by itself would bring one of early 2024.
func TestSQLiteIsOurs(t *testing.T) {
	text, err := os.ReadFile(root + "/go.mod")
	if err != nil {
		t.Fatal(err)
	}
	mod, err := modfile.Parse("go.mod", text, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(mod.Replace) > 0 {
		t.Errorf("go.mod replaces %s: what is tested must be what is fetched", mod.Replace[0].Old.Path)
	}
	const path = "github.com/mattn/go-sqlite3"
	for _, r := range mod.Require {
		if r.Mod.Path != path {
			continue
		}
		if r.Indirect {
			t.Errorf("%s is required only indirectly", path)
		}
		if got := selected(t, path); got != r.Mod.Version {
			t.Errorf("%s: go.mod requires %s and the build uses %s", path, r.Mod.Version, got)
		}
		return
	}
	t.Errorf("go.mod does not require %s", path)
}

// TestNoCSRFPackage: gorilla/csrf has a hole that nobody mends (CVE-2025-47909). The standard library does its work.
func TestNoCSRFPackage(t *testing.T) {
	text, err := os.ReadFile(root + "/go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "github.com/gorilla/csrf") {
		t.Error("go.mod requires github.com/gorilla/csrf")
	}
}

// selected returns the version of a module that the build uses.
func selected(t *testing.T, path string) string {
	t.Helper()
	cmd := exec.Command("go", "list", "-m", "-json", path)
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list -m %s: %v", path, err)
	}
	var m struct{ Version string }
	if err := json.Unmarshal(out, &m); err != nil {
		t.Fatal(err)
	}
	return m.Version
}

// TestOneSetOfCFlags: the image is built as `make` builds, or what was tested would not be what is served.
func TestOneSetOfCFlags(t *testing.T) {
	flags := regexp.MustCompile(`CGO_CFLAGS(?: := |=")([^"\n]+)`)
	var found []string
	for _, name := range []string{"Makefile", "Dockerfile"} {
		text, err := os.ReadFile(root + "/" + name)
		if err != nil {
			t.Fatal(err)
		}
		m := flags.FindSubmatch(text)
		if m == nil {
			t.Fatalf("%s sets no CGO_CFLAGS", name)
		}
		found = append(found, string(m[1]))
	}
	if found[0] != found[1] {
		t.Errorf("the Makefile compiles SQLite with %q and the Dockerfile with %q", found[0], found[1])
	}
}
