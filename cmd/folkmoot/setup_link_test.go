package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"folkmoot/internal/config"
	"folkmoot/internal/db"
	"folkmoot/internal/upkeep"
)

// TestWhereASetupLinkLeads: what the server was started with counts for more than where it listens.
func TestWhereASetupLinkLeads(t *testing.T) {
	fresh, served := t.TempDir(), t.TempDir()
	if err := upkeep.NoteAddress(served, "https://vote.example.org"); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ dir, base, addr, want string }{
		{served, "https://other.example.org/", ":8080", "https://other.example.org"},
		{served, "", ":8080", "https://vote.example.org"},
		{served, "", config.DefaultAddr, "https://vote.example.org"},
		{fresh, "", ":8080", "http://localhost:8080"},
		{fresh, "", config.DefaultAddr, ""},
	} {
		got, err := linkBase(config.Config{Data: tt.dir, BaseURL: tt.base, Addr: tt.addr})
		if err != nil || got != tt.want {
			t.Errorf("%+v: %q, %v", tt, got, err)
		}
	}
}

// TestNoSecretThatCannotBePrinted: where the address cannot be read, no link is made.
func TestNoSecretThatCannotBePrinted(t *testing.T) {
	c := config.Config{Data: filepath.Join(t.TempDir(), "data")}
	found(t, c)
	if err := os.Mkdir(filepath.Join(c.Data, "folkmoot.address"), 0o700); err != nil {
		t.Fatal(err)
	}
	want(t, exitFailed, "read the server's address", "setup-link", "--data="+c.Data)
	a, err := open(t.Context(), c, time.Now, slog.New(slog.DiscardHandler), true)
	if err != nil {
		t.Fatal(err)
	}
	var n int
	err = a.db.Read(t.Context(), func(tx *db.Tx) error { return tx.Raw("SELECT COUNT(*) FROM setup_links").Scan(&n).Error })
	if err != nil || n != 0 {
		t.Errorf("%d links were made (%v)", n, err)
	}
	if err := a.close(t.Context()); err != nil {
		t.Fatal(err)
	}
}
