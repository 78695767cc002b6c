package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var (
	shownBlock = regexp.MustCompile("(?s)```sh\n(.*?)```")
	shownCode  = regexp.MustCompile(`# .*ends with (\d)`)
)

// shownCommands returns the commands that README shows under a heading, each with the text that is put into it.
func shownCommands(t *testing.T, heading string) (out []string) {
	t.Helper()
	b, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(b), "\n### "+heading+"\n")
	if !found {
		t.Fatalf("README.md has no section %q", heading)
	}
	section, _, _ = strings.Cut(section, "\n### ")
	for _, block := range shownBlock.FindAllStringSubmatch(section, -1) {
		lines := strings.Split(strings.TrimSpace(block[1]), "\n")
		for i := 0; i < len(lines); i++ {
			command := lines[i]
			for here := strings.HasSuffix(command, "<<END"); here; here = lines[i] != "END" {
				i++
				command += "\n" + lines[i]
			}
			out = append(out, command)
		}
	}
	return out
}

// TestReadmeDraws runs every command that README shows of draws, as somebody who pastes them.
func TestReadmeDraws(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	bin, dir := t.TempDir(), t.TempDir()
	if err := os.Symlink(self, filepath.Join(bin, "folkmoot")); err != nil {
		t.Fatal(err)
	}
	draws := 0
	for _, command := range shownCommands(t, "Drawing by lot") {
		code := 0
		if m := shownCode.FindStringSubmatch(command); m != nil {
			code, _ = strconv.Atoi(m[1])
		}
		cmd := exec.Command("sh", "-c", command)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), asProgram+"=1", "PATH="+bin+":"+os.Getenv("PATH"))
		said, got := runOnce(t, cmd)
		if got != code {
			t.Errorf("%s\nends with %d, want %d, and says:\n%s", command, got, code, said)
		}
		if strings.HasPrefix(command, "folkmoot draw") {
			draws++
			t.Logf("$ %s\n%s", command, said)
			plain(t, said)
		}
	}
	if draws < 10 {
		t.Errorf("README shows %d commands of draws, which is fewer than every step of every kind", draws)
	}
}
