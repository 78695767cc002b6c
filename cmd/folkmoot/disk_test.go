package main

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/config"
	"folkmoot/internal/db"
)

// TestFullDiskWhileServing fills the disk under a running server. What cannot be saved is refused with a page that says so,
// what was acknowledged stays, pages can still be read, and when there is space again everything goes on by itself
// (security.md §3.3).
func TestFullDiskWhileServing(t *testing.T) {
	w := newCrowd(t, 12, config.Config{})
	number := w.propose(true).Number
	w.openVotes()
	m, err := w.motions.Propose(t.Context(), w.folk[0].Actor, db.Once{}, 0, kettle(false))
	w.must(err)
	w.close()
	disk := newSmallDisk(t, w)
	vote, talk := votePath(w, number), fmt.Sprintf("/g/%s/proposals/%d/talk", w.group.Slug, m.Number)
	client := newClient(4)
	var voters []*voter
	for _, p := range w.folk {
		voters = append(voters, &voter{caller: caller{p, disk.base, client}})
	}
	cast := func(v *voter) int {
		t.Helper()
		if v.form == nil {
			form, err := v.paper(t.Context(), vote, "for....", rand.Text())
			w.must(err)
			v.form = form
		}
		a, err := v.post(t.Context(), vote, v.form)
		w.must(err)
		if a.status == http.StatusOK {
			v.acked, v.code, v.form = v.form, a.receipt(), nil
		} else {
			wantRefusal(t, a, "We cannot be sure that your vote was kept. Please send it again")
		}
		return a.status
	}
	say := func(v *voter) int {
		t.Helper()
		page, err := v.get(t.Context(), talk)
		w.must(err)
		form, err := page.form(talk)
		w.must(err)
		a, err := v.post(t.Context(), talk, merge(form, url.Values{"kind": {"comment"}, "clause": {"0"}, "text": {strings.Repeat("tea ", 900)}}))
		w.must(err)
		if a.status != http.StatusSeeOther {
			wantRefusal(t, a, "This was not saved.")
		}
		return a.status
	}
	if cast(voters[0]) != http.StatusOK || say(voters[0]) != http.StatusSeeOther {
		t.Fatal("nothing is saved on an empty disk")
	}
	for round := range 3 {
		disk.fill(t)
		for i := 0; cast(voters[i%len(voters)]) == http.StatusOK; i++ {
			if i > 5000 {
				t.Fatal("the disk does not fill up")
			}
		}
		for i := 0; say(voters[0]) == http.StatusSeeOther; i++ {
			if i > 5000 {
				t.Fatal("the disk does not fill up")
			}
		}
		for _, path := range []string{vote, talk, "/g/" + w.group.Slug, "/g/" + w.group.Slug + "/record"} {
			if a, err := voters[1].get(t.Context(), path); err != nil || a.status != http.StatusOK {
				t.Errorf("round %d: on a full disk %s answers %d, %v", round, path, a.status, err)
			}
		}
		disk.wantReady(t, http.StatusServiceUnavailable)
		disk.empty(t)
		disk.wantReady(t, http.StatusOK)
		for i, v := range voters {
			if status := cast(v); status != http.StatusOK {
				t.Errorf("round %d: with space again the vote of %d is answered with %d", round, i, status)
			}
		}
		if status := say(voters[0]); status != http.StatusSeeOther {
			t.Errorf("round %d: with space again a post is answered with %d", round, status)
		}
	}
	disk.save(t, w)
	disk.stop(t)
	w.wantCounted(t, number, voters)
}

func merge(all ...url.Values) url.Values {
	out := url.Values{}
	for _, v := range all {
		for name, values := range v {
			out[name] = values
		}
	}
	return out
}

// wantRefusal fails the test unless the answer is a page with the sentence that asks to try again.
func wantRefusal(t *testing.T, a answer, sentence string) {
	t.Helper()
	if a.status != http.StatusServiceUnavailable || a.header.Get("Retry-After") == "" || !strings.Contains(a.body, sentence) {
		t.Fatalf("on a full disk the answer is %d, %v: %s", a.status, a.header, a.excerpt())
	}
	plain(t, a.body)
}

// smallDisk is a server whose data and keys lie on a disk of their own, which only it can see.
type smallDisk struct {
	*server
	dir string // the disk, as seen through the server's process
}

func newSmallDisk(t *testing.T, w *crowd) *smallDisk {
	t.Helper()
	addr := freeAddr(t)
	cmd := program(t)
	mount := filepath.Join(cmd.Dir, "disk")
	if err := os.Mkdir(mount, 0o700); err != nil {
		t.Fatal(err)
	}
	sh := exec.Command("unshare", "--map-root-user", "--mount", "sh", "-c",
		`mount -t tmpfs -o size=12m tmpfs disk && cp -a "$1" disk/data && cp -a "$2" disk/keys && exec "$0" serve --data disk/data --keys disk/keys --addr "$3" --log-level error`,
		cmd.Path, w.Data, w.KeysDir(), addr)
	sh.Dir, sh.Env = cmd.Dir, append(cmd.Env, testClock+"=")
	s := await(t, sh, addr)
	return &smallDisk{s, fmt.Sprintf("/proc/%d/root%s", s.cmd.Process.Pid, mount)}
}

// fill takes all the space there is.
func (d *smallDisk) fill(t *testing.T) {
	t.Helper()
	f, err := os.Create(d.dir + "/filler")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	block := make([]byte, 4096)
	for range 1 << 20 {
		if _, err := f.Write(block); err != nil {
			return
		}
	}
	t.Fatal("the disk does not end")
}

func (d *smallDisk) empty(t *testing.T) {
	t.Helper()
	if err := os.Remove(d.dir + "/filler"); err != nil {
		t.Fatal(err)
	}
}

// wantReady waits until the server says of itself that it can be written to, or that it cannot. An answer holds for some
// seconds, and the last of the space may still take one or two.
func (d *smallDisk) wantReady(t *testing.T, status int) {
	t.Helper()
	got := 0
	for range 300 {
		res, err := http.Get(d.base + "/readyz")
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if got = res.StatusCode; got == status {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Errorf("/readyz answers %d, want %d", got, status)
}

// save copies what lies on the disk to a folder that outlives it, as the crowd's own.
func (d *smallDisk) save(t *testing.T, w *crowd) {
	t.Helper()
	w.Data = t.TempDir() + "/data"
	w.Keys = w.Data + "-keys"
	for from, to := range map[string]string{"data": w.Data, "keys": w.Keys} {
		if err := os.CopyFS(to, os.DirFS(filepath.Join(d.dir, from))); err != nil {
			t.Fatal(err)
		}
	}
}
