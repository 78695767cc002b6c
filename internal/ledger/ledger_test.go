package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/merkle"

	"golang.org/x/mod/sumdb/tlog"
)

func setUp(t *testing.T) (*db.DB, *Ledger, string) {
	t.Helper()
	d, err := db.Open(t.Context(), db.Options{Dir: t.TempDir(), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	keys := t.TempDir()
	l, fresh, err := Open(keys)
	if err != nil || !fresh {
		t.Fatal(fresh, err)
	}
	if err := d.Write(t.Context(), func(tx *db.Tx) error {
		return tx.Exec("INSERT INTO groups (id, ref, slug, name, preset, zone, lang, created_at) VALUES (1, 'g_1', 'one', 'One', 'B', 'UTC', 'en', 0)").Error
	}); err != nil {
		t.Fatal(err)
	}
	return d, l, keys
}

func appendTo(t *testing.T, d *db.DB, l *Ledger, n int) {
	t.Helper()
	for i := range n {
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := l.Append(tx, 1, Event{Kind: "post.added", Subject: "motion/1", Actor: "m_1", Data: Data{"text": Text(fmt.Sprint("words ", i)), "no": i}})
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
}

func read(t *testing.T, d *db.DB, f func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Read(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}

func TestEveryEntryIsProvableInEveryLaterTree(t *testing.T) {
	d, l, _ := setUp(t)
	appendTo(t, d, l, 20)
	read(t, d, func(tx *db.Tx) error {
		entries, err := Entries(tx, 1, 0, 100)
		if err != nil || len(entries) != 20 {
			t.Fatalf("%d entries (%v)", len(entries), err)
		}
		for size := int64(1); size <= 20; size++ {
			root, err := Root(tx, 1, size)
			if err != nil {
				return err
			}
			for n := range size {
				p, err := Prove(tx, 1, size, n)
				if err != nil {
					return err
				}
				if err := tlog.CheckRecord(p, size, root, n, tlog.RecordHash([]byte(entries[n].Leaf))); err != nil {
					t.Errorf("entry %d in tree %d: %v", n, size, err)
				}
			}
		}
		h, err := l.Head(tx, 1, "g_1")
		if err != nil {
			return err
		}
		opened, err := merkle.Open(h.Signed, l.VerifierKey())
		if err != nil || opened != h.Checkpoint || opened.Size != 20 || opened.Origin != "folkmoot/g_1" {
			t.Errorf("head %v opens as %v (%v)", h.Checkpoint, opened, err)
		}
		return nil
	})
}

func TestTextsStandBesideTheLeafAndCanBeRemoved(t *testing.T) {
	d, l, _ := setUp(t)
	appendTo(t, d, l, 1)
	var hash [32]byte
	read(t, d, func(tx *db.Tx) error {
		entries, err := Entries(tx, 1, 0, 1)
		if err != nil {
			return err
		}
		if strings.Contains(entries[0].Leaf, "words") {
			t.Errorf("the leaf holds the text: %s", entries[0].Leaf)
		}
		var leaf struct{ Data struct{ Text string } }
		if err := json.Unmarshal([]byte(entries[0].Leaf), &leaf); err != nil {
			return err
		}
		var ok bool
		if hash, ok = ParseText(leaf.Data.Text); !ok {
			t.Fatalf("no text in %s", entries[0].Leaf)
		}
		texts, err := Texts(tx, 1, 0, 1)
		if err != nil {
			return err
		}
		if s := texts[hash]; s.Text != "words 0" || merkle.TextHash(s.Salt, s.Text) != hash {
			t.Errorf("beside the leaf stands %+v", s)
		}
		return nil
	})
	remove := func() error {
		return d.Write(t.Context(), func(tx *db.Tx) error { return RemoveText(tx, 1, hash) })
	}
	if err := remove(); err != nil {
		t.Fatal(err)
	}
	if err := remove(); err == nil {
		t.Error("a text was removed twice")
	}
	read(t, d, func(tx *db.Tx) error {
		texts, err := Texts(tx, 1, 0, 1)
		if err == nil && !texts[hash].Gone {
			t.Error("the text is still there")
		}
		return err
	})
}

func TestFloatsAreRefused(t *testing.T) {
	d, l, _ := setUp(t)
	if err := d.Write(t.Context(), func(tx *db.Tx) error {
		_, err := l.Append(tx, 1, Event{Kind: "x", Data: Data{"share": 0.5}})
		return err
	}); err == nil {
		t.Error("a float is in the record")
	}
}

func TestAnOlderDatabaseIsNoticed(t *testing.T) {
	d, l, keys := setUp(t)
	appendTo(t, d, l, 5)
	heads := NewHeads(d, l, keys)
	if err := os.MkdirAll(filepath.Join(keys, "heads"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := heads.Keep(t.Context()); err != nil {
		t.Fatal(err)
	}
	appendTo(t, d, l, 1) // ahead of the kept head: nothing wrong with that
	if forked, err := heads.Check(t.Context()); err != nil || len(forked) != 0 {
		t.Fatalf("forked %v (%v)", forked, err)
	}

	// Another database with the same group and a shorter or different past.
	for _, n := range []int{2, 6} {
		d2, _, _ := setUp(t)
		l2, fresh, err := Open(keys)
		if err != nil || fresh {
			t.Fatal(fresh, err)
		}
		appendTo(t, d2, l2, n)
		heads2 := NewHeads(d2, l2, keys)
		if forked, err := heads2.Check(t.Context()); err != nil || len(forked) != 1 {
			t.Fatalf("%d entries: forked %v (%v)", n, forked, err)
		}
		add := func() error {
			return d2.Write(t.Context(), func(tx *db.Tx) error {
				_, err := l2.Append(tx, 1, Event{Kind: "x"})
				return err
			})
		}
		if err := add(); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("a forked log was added to: %v", err)
		}
		if n == 6 {
			was, err := heads2.Accept("g_1", 1)
			if err != nil || was.Size != 5 {
				t.Errorf("accepted after %v (%v)", was, err)
			}
			if err := add(); err != nil {
				t.Errorf("after accepting: %v", err)
			}
			if forked, err := heads2.Check(t.Context()); err != nil || len(forked) != 1 {
				t.Errorf("before its head is kept: forked %v (%v)", forked, err)
			}
			for range 2 { // the second must follow from the first
				if err := heads2.Keep(t.Context()); err != nil {
					t.Errorf("kept: %v", err)
				}
				if forked, err := heads2.Check(t.Context()); err != nil || len(forked) != 0 {
					t.Errorf("once its head is kept: forked %v (%v)", forked, err)
				}
				if err := add(); err != nil {
					t.Error(err)
				}
			}
		}
	}
}
