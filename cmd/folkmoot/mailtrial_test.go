package main

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"folkmoot/internal/config"
	"folkmoot/internal/db"
	"folkmoot/internal/lang"
	"folkmoot/internal/mailtest"
	"folkmoot/internal/member"
	"folkmoot/internal/notify"
)

// TestG19_AMailTestIsInTheRecord sends one through a real mail server, with the password from a file, and reads what members read of it: that
// it was sent, not to whom. One that is not taken says what to look at, and is in no record.
func TestG19_AMailTestIsInTheRecord(t *testing.T) {
	exim, _ := mailtest.Exim(t)
	dir := t.TempDir()
	c := config.Config{Data: filepath.Join(dir, "data")}
	found(t, c)
	secret := filepath.Join(dir, "password")
	if err := os.WriteFile(secret, []byte(mailtest.Password+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	send := func(address string, more ...string) (string, int) {
		cmd := program(t, append([]string{"mail-test", address, "--data=" + c.Data, "--smtp-host=127.0.0.1", "--smtp-port=" + strconv.Itoa(exim.Port),
			"--smtp-from=notices@vote.example.org", "--smtp-user=" + mailtest.User}, more...)...)
		cmd.Env = append(cmd.Env, "FOLKMOOT_SMTP_PASSWORD_FILE="+secret, "SSL_CERT_FILE="+exim.CA)
		return runOnce(t, cmd)
	}
	if out, code := send("ana@example.org"); code != exitOK || !strings.Contains(out, "took the mail") {
		t.Fatalf("exit %d: %s", code, out)
	}
	m := exim.Wait(t, 1)[0]
	if p := m.Parse(t); m.To != "ana@example.org" || p.Subject != "A test mail from Folkmoot" || p.Header.Get("List-Unsubscribe") != "" || strings.Contains(p.Text, "/stop/") {
		t.Errorf("it is to %s: %s", m.To, m.Raw)
	}
	english, spanish := lastEntry(t, c)
	if english != "The operator sent a test mail." || spanish != "Quien opera el servidor envió un correo de prueba." {
		t.Errorf("the record says %q and %q", english, spanish)
	}
	before := kinds(t, c)
	for _, tt := range []struct{ address, more, want string }{
		{"nobody@example.org", "", "the mail server refuses it"},
		{"later@example.org", "", "come back later"},
		{"no address", "", "no address that mail can be sent to"},
		{"ana@example.org", "--smtp-password=wrong", "are --smtp-user and --smtp-password right?"},
		{"ana@example.org", "--smtp-port=1", "cannot be reached"},
		{"ana@example.org", "--smtp-host=localhost", "took the mail"},
		{"ana@example.org", "--smtp-tls=tls", "--smtp"},
	} {
		out, code := send(tt.address, strings.Fields(tt.more)...)
		if !strings.Contains(out, tt.want) || (code == exitOK) != (tt.want == "took the mail") || strings.Contains(out, "goroutine") {
			t.Errorf("%s %s: exit %d: %s", tt.address, tt.more, code, out)
		}
	}
	if after := kinds(t, c); len(after) != len(before)+1 || !slices.Equal(after[:len(before)], before) {
		t.Errorf("the record went from %v to %v", before, after)
	}
	want(t, exitFailed, "say with --smtp-host which one takes mail", "mail-test", "ana@example.org", "--data="+c.Data)
}

// lockedBuffer is a buffer that a server writes to while a test reads.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// TestAServerSendsWhatWaits: the running program delivers what another part of it has queued, and whatever goes wrong, its log names nobody's
// address and nothing that a mail server said.
func TestAServerSendsWhatWaits(t *testing.T) {
	srv := mailtest.Start(t, mailtest.Plain)
	srv.OnRcpt(func(to string) error {
		if strings.HasPrefix(to, "canary") {
			return mailtest.Answer(550, to+" is a canary")
		}
		return nil
	})
	dir := t.TempDir()
	c := config.Config{Data: filepath.Join(dir, "data"), Keys: filepath.Join(dir, "keys"), Addr: freeAddr(t), SMTPHost: "127.0.0.1", SMTPPort: srv.Port,
		SMTPFrom: "notices@vote.example.org", SMTPTLS: "none"}
	found(t, c)
	a, err := open(t.Context(), c, time.Now, slog.New(slog.DiscardHandler), true)
	if err != nil {
		t.Fatal(err)
	}
	queue := func(revision int, address string) {
		t.Helper()
		err := a.db.Write(t.Context(), func(tx *db.Tx) error {
			if err := tx.Exec("DELETE FROM logins").Error; err != nil {
				return err
			}
			if err := tx.Exec("INSERT INTO logins (person_id, email, passphrase, recovery, changed_at, notices) VALUES (1, ?, 'x', ?, 0, 1)", address, []byte("x")).Error; err != nil {
				return err
			}
			g, err := member.FindGroup(tx, "bakers")
			if err != nil {
				return err
			}
			return a.notices.Put(tx, notify.Notice{Group: g, Kind: notify.Meeting, Subject: "meeting/1", Revision: revision, Title: lang.M("mail.trial.title")}, []member.ID{1})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	queue(1, "ada@example.org")
	ctx, stop := context.WithCancel(t.Context())
	var log lockedBuffer
	done := make(chan int, 1)
	go func() {
		done <- run(ctx, []string{"serve", "--data=" + c.Data, "--keys=" + c.Keys, "--addr=" + c.Addr, "--log-level=debug", "--smtp-host=127.0.0.1", "--smtp-port=" + strconv.Itoa(srv.Port),
			"--smtp-from=notices@vote.example.org", "--smtp-tls=none"}, func(string) (string, bool) { return "", false }, strings.NewReader(""), &log, &log, time.Now)
	}()
	if m := srv.Wait(t, 1)[0]; m.To != "ada@example.org" {
		t.Errorf("it went to %s", m.To)
	}
	queue(2, "canary@example.org")
	state := ""
	for end := time.Now().Add(30 * time.Second); state != "given_up" && time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if err := a.db.Read(t.Context(), func(tx *db.Tx) error { return tx.Raw("SELECT state FROM mails WHERE revision = 2").Scan(&state).Error }); err != nil {
			t.Fatal(err)
		}
	}
	if state != "given_up" {
		t.Errorf("what is refused is %q", state)
	}
	stop()
	if code := <-done; code != exitOK {
		t.Errorf("the server ended with %d: %s", code, log.String())
	}
	if said := strings.ToLower(log.String()); strings.Contains(said, "canary") || strings.Contains(said, "ada@") {
		t.Errorf("the log says %s", said)
	}
	if err := a.close(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
}
