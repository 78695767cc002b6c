package archtest

import (
	"fmt"
	"slices"
	"strings"
)

const module = "folkmoot"

// The rings, inner to outer. A package may import any inner ring.
// In the ordered rings it may also import what stands to its left in its own.
var (
	ground   = []string{"line", "lang", "fault", "config", "token", "db"} // ordered
	kernels  = []string{"tally", "sortition", "floor", "feeling", "signal", "merkle", "textdiff", "markup", "ical", "paper", "qr"}
	pictures = []string{"flow"}                                   // of what a kernel has worked out, and as pure
	meetings = []string{"procedure", "agenda", "agree", "script"} // how a meeting goes on; as pure, and ordered
	services = []string{"ledger", "schedule", "live"}
	domain   = []string{"member", "account", "asset", "rulebook", "notify", "motion", "resolve", "discussion", "urn", "ballot", "role", "balance", "petition", "draw", "election", "consent", "handover", "vacancy", "revival", "money", "meeting", "screen", "decision", "minutes", "founding"} // ordered
	across   = []string{"participation", "votefile", "export", "verify", "audit", "intake", "upkeep", "demo", "practice"}
	testOnly = []string{"archtest", "mailtest", "dbtest", "webtest", "browsertest", "powercut", "votetest", "published", "effort"}
)

// only names, for what few may import, those few. "cmd" wires everything and is never listed.
var only = map[string][]string{
	"urn": {"ballot"}, // sealed secret votes are reached through their ballot and no other way
}

// pkg is what the rules need to know of a package.
type pkg struct {
	Path    string              // inside the module: "internal/motion", "web", "cmd/folkmoot"
	Imports map[string][]string // file name to import paths, without tests
}

// ring returns the number of the ring that an internal package stands in and its place there, or -1.
func ring(name string) (number, place int) {
	for i, names := range [][]string{ground, kernels, pictures, meetings, services, domain, across, testOnly} {
		if at := slices.Index(names, name); at >= 0 {
			return i, at
		}
	}
	return -1, -1
}

// ordered tells whether packages of the ring may import what stands to their left.
func ordered(number int) bool { return number == 0 || number == 3 || number == 5 }

// pure tells the packages that know of no clock, no settings and no tables.
func pure(name string) bool {
	return slices.Contains(kernels, name) || slices.Contains(pictures, name) || slices.Contains(meetings, name)
}

// breaches returns a sentence for each import of p that the house plan forbids.
func breaches(p pkg) []string {
	var bad []string
	for file, imports := range p.Imports {
		for _, im := range imports {
			if why := forbidden(p.Path, file, im); why != "" {
				bad = append(bad, fmt.Sprintf("%s/%s imports %s: %s", p.Path, file, im, why))
			}
		}
	}
	slices.Sort(bad)
	return bad
}

// forbidden says why a file may not import something, or returns "".
func forbidden(path, file, im string) string {
	if why := foreign(path, file, im); why != "" {
		return why
	}
	to, ours := strings.CutPrefix(im, module+"/")
	if !ours {
		return ""
	}
	from, internal := strings.CutPrefix(path, "internal/")
	target, toInternal := strings.CutPrefix(to, "internal/")
	switch {
	case isLeaf(path):
		return "embedded files stand alone"
	case internal && !toInternal:
		return "internal knows nothing of web, templates or cmd; renderers are passed in"
	case from == "verify" && target != "merkle":
		return "the verifier shares nothing with the writer but the hash arithmetic"
	case !toInternal:
		return ""
	}
	if few := only[target]; few != nil && !slices.Contains(few, from) && !strings.HasPrefix(path, "cmd/") {
		return "only " + strings.Join(few, ", ") + " may"
	}
	if testsOwn(target) && !testsOwn(from) {
		return "it is for tests only"
	}
	if !internal {
		return ""
	}
	return outward(from, target)
}

// outward says why one internal package may not import another, or returns "".
func outward(from, to string) string {
	fromRing, fromPlace := ring(from)
	toRing, toPlace := ring(to)
	switch {
	case fromRing < 0:
		return from + " stands in no ring; add it to rings_test.go"
	case toRing < 0:
		return to + " stands in no ring; add it to rings_test.go"
	case testsOwn(from):
		return ""
	case toRing > fromRing:
		return "it stands in an outer ring"
	case toRing == fromRing && !ordered(toRing):
		return "packages of this ring stand side by side"
	case toRing == fromRing && toPlace >= fromPlace:
		return "it comes later in the ring"
	case pure(from) && (to == "db" || to == "config"):
		return "kernels are pure"
	}
	return ""
}

// foreign judges imports from outside the module.
func foreign(path, file, im string) string {
	internal := strings.HasPrefix(path, "internal/")
	name := strings.TrimPrefix(path, "internal/")
	sql := im == "database/sql" || strings.HasPrefix(im, "gorm.io/") ||
		strings.Contains(im, "go-sqlite3") || strings.Contains(im, "jackc/pgx")
	switch {
	case internal && testsOwn(name):
		return ""
	case path == "assets" && strings.HasPrefix(im, "github.com/tdewolff/minify/"):
		return "" // makes what is sent smaller
	case isLeaf(path) && strings.Contains(im, "."):
		return "embedded files need only the standard library"
	case internal && (strings.HasPrefix(im, "github.com/labstack/") || strings.HasPrefix(im, "github.com/gorilla/")):
		return "only web speaks HTTP"
	case internal && (im == "net/http" || im == "net/http/httptest"):
		return "only web speaks HTTP"
	case sql && !internal:
		return "only internal speaks SQL"
	case sql && path != "internal/db" && !strings.HasPrefix(file, "store"):
		return "only db and files named store*.go speak SQL"
	case sql && pure(name):
		return "kernels are pure"
	}
	return ""
}

// isLeaf tells the folders that only embed files.
func isLeaf(path string) bool { return path == "templates" || path == "assets" }

// testsOwn tells the packages that exist for tests.
func testsOwn(name string) bool { return slices.Contains(testOnly, name) }
