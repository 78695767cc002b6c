package upkeep

import (
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
)

// TestTablesComeAfterWhatTheyReferTo: also those that a migration has made anew, so that a copy can be written one table after the other.
func TestTablesComeAfterWhatTheyReferTo(t *testing.T) {
	s, err := openFile(filepath.Join(dbtest.SQLiteDir(t), db.FileName), "ro")
	if err != nil {
		t.Fatal(err)
	}
	all, err := tables(t.Context(), s)
	refers, rerr := references(t.Context(), s)
	if err := errors.Join(err, rerr, s.Close()); err != nil {
		t.Fatal(err)
	}
	place := func(name string) int { return slices.IndexFunc(all, func(t table) bool { return t.name == name }) }
	for from, tos := range refers {
		for _, to := range tos {
			if from != to && place(from) < place(to) {
				t.Errorf("%s is copied before %s, which it refers to", from, to)
			}
		}
	}
	if len(refers["decisions"]) == 0 {
		t.Error("nobody knows what decisions refer to")
	}
	if _, err := inOrder([]table{{name: "a"}, {name: "b"}}, map[string][]string{"a": {"b"}, "b": {"a"}}); err == nil {
		t.Error("two tables that refer to each other have an order")
	}
}
