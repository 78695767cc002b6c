package sortition

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"
)

// FuzzFiles reads a text as each of the files of a draw, and two as the tables of strata and of panels. What is not one is refused in one
// sentence.
func FuzzFiles(f *testing.F) {
	f.Fuzz(func(t *testing.T, first, second string) {
		fuzzPool(t, first)
		_, err := ReadContributions(strings.NewReader(first))
		refused(t, err)
		fuzzRecord(t, first)
		fuzzTables(t, first, second)
	})
}

// refused says whether there is an error, which must be a refusal.
func refused(t *testing.T, err error) bool {
	t.Helper()
	if err != nil && (!errors.Is(err, ErrDraw) || strings.Contains(err.Error(), "\n")) {
		t.Fatal(err)
	}
	return err != nil
}

// fuzzPool wants a pool to be the same when it is written and read again.
func fuzzPool(t *testing.T, text string) {
	p, err := ReadPool(strings.NewReader(text))
	if refused(t, err) {
		return
	}
	if again, err := ReadPool(strings.NewReader(p.Lines())); err != nil || !reflect.DeepEqual(again, p) {
		t.Fatalf("%v: %v is read back as %v", err, p, again)
	}
	p.Order("seed")
}

// fuzzRecord checks whatever is read, wants it to be written as it was read, and to hold if it can be revealed.
func fuzzRecord(t *testing.T, text string) {
	r, err := ReadRecord(strings.NewReader(text))
	if refused(t, err) {
		return
	}
	if len(r.Check()) == 0 {
		t.Fatal("a check that says nothing")
	}
	var b bytes.Buffer
	if err := r.Write(&b); err != nil {
		t.Fatal(err)
	}
	if again, err := ReadRecord(&b); err != nil || Holds(again.Check()) != Holds(r.Check()) {
		t.Fatalf("%v: %+v is read back as %+v", err, r, again)
	}
	_, secret, _ := vector(t)
	if made, err := r.Reveal(secret, nil); err == nil && !Holds(made.Check()) {
		t.Fatalf("%+v", made.Check())
	}
}

// fuzzTables wants a table that is read to be drawn from, or to be refused.
func fuzzTables(t *testing.T, first, second string) {
	strata, err := ReadStrata("strata", strings.NewReader(first), "pool", strings.NewReader(second))
	if !refused(t, err) {
		if s, err := AnnounceStrata("x", 2, strata, make([]byte, secretSize)); !refused(t, err) && !Holds(s.Check()) {
			t.Fatalf("%+v", s.Check())
		}
	}
	p, err := ReadPanels(2, "quotas", strings.NewReader(first), "people", strings.NewReader(second))
	if !refused(t, err) && len(p.People) < 20 && len(p.Quotas) < 20 {
		_, err := p.Leximin(t.Context(), 100, nil)
		refused(t, err)
	}
}
