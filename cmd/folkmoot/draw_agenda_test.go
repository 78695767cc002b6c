package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"folkmoot/internal/agenda"
	"folkmoot/internal/sortition"
)

// TestDrawChecksAnAgenda: the lot of a meeting's agenda is a draw as every other, and a stranger checks it with the command.
func TestDrawChecksAnAgenda(t *testing.T) {
	in := drawFiles(t)
	var items []agenda.Item
	for id := range int64(6) {
		items = append(items, agenda.Item{ID: id + 1, Kind: agenda.Proposal, Minutes: 15})
	}
	secret := bytes.Repeat([]byte{7}, 32)
	a, err := agenda.Order(agenda.Plan{Meeting: "agenda-riverside-12", Secret: secret, Stop: 60}, items)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := (sortition.Record{Draw: a.Lot}).Write(&b); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(in("agenda.json"), b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	said := want(t, exitOK, "This draw holds.", "draw", "--check="+in("agenda.json"))
	if !strings.Contains(b.String(), agenda.Commitment(secret)) || !strings.Contains(said, "The secret is the one that was committed to before the draw.") {
		t.Errorf("the record is %s, and the check says %q", &b, said)
	}
}
