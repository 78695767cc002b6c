package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

func parse(t *testing.T, env map[string]string, file string, args ...string) (Config, error) {
	t.Helper()
	var c Config
	r, err := Resolver(func(k string) (string, bool) { v, ok := env[k]; return v, ok }, strings.NewReader(file))
	if err != nil {
		return c, err
	}
	p, err := kong.New(&c, kong.Resolvers(r), kong.Exit(func(int) {}))
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.Parse(args)
	return c, err
}

func TestFlagBeatsEnvironmentBeatsFileBeatsDefault(t *testing.T) {
	env := map[string]string{"FOLKMOOT_ADDR": "localhost:2", "FOLKMOOT_DATA": "/from/env"}
	c, err := parse(t, env, `{"addr": "localhost:3", "log-level": "warn", "fonts": ["/a", "/b"]}`, "--addr=localhost:1")
	if err != nil {
		t.Fatal(err)
	}
	if c.Addr != "localhost:1" || c.Data != "/from/env" || c.LogLevel != "warn" || c.LogFormat != "text" || len(c.Fonts) != 2 {
		t.Errorf("got %+v", c)
	}
	if got := c.KeysDir(); got != "/from/env-keys" {
		t.Errorf("keys in %s", got)
	}
}

func TestSecretsFromFiles(t *testing.T) {
	name := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(name, []byte("postgres://u:p@h/d\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := parse(t, map[string]string{"FOLKMOOT_DATABASE_FILE": name}, "{}")
	if err != nil || c.Database != "postgres://u:p@h/d" {
		t.Errorf("got %q (%v)", c.Database, err)
	}
	if _, err := parse(t, map[string]string{"FOLKMOOT_DATABASE_FILE": name + "x"}, "{}"); err == nil {
		t.Error("a missing secret was passed over")
	}
}

func TestBadSettingsSayWhatToDo(t *testing.T) {
	for _, tt := range []struct{ args, file, want string }{
		{"--base-url=example.org", "{}", "--base-url must look like"},
		{"--base-url=https://example.org/path", "{}", "without a path"},
		{"--database=mysql://x", "{}", "must begin with postgres://"},
		{"--trusted-proxy=all", "{}", "address or a range"},
		{"--data=/x --keys=/x/keys", "{}", "must not lie in the data folder"},
		{"--data=/x --keys=/x", "{}", "must not lie in the data folder"},
		{"--log-level=loud", "{}", "log-level"},
		{"--smtp-from=a@example.org", "{}", "--smtp-host is missing"},
		{"--smtp-host=mail.example.org", "{}", "--smtp-from is missing"},
		{"--smtp-host=mail.example.org:25 --smtp-from=a@example.org", "{}", "without a port"},
		{"--smtp-host=mail.example.org --smtp-from=Folkmoot", "{}", "must be an address alone"},
		{"--smtp-host=mail.example.org --smtp-from=a@example.org --smtp-port=70000", "{}", "between 1 and 65535"},
		{"--smtp-host=mail.example.org --smtp-from=a@example.org --smtp-user=x", "{}", "go together"},
		{"--smtp-host=mail.example.org --smtp-from=a@example.org --smtp-password=x", "{}", "go together"},
		{"--smtp-host=mail.example.org --smtp-from=a@example.org --smtp-tls=none", "{}", "in the clear"},
		{"--smtp-host=mail.example.org --smtp-from=a@example.org --smtp-tls=maybe", "{}", "smtp-tls"},
		{"--data=/x", `{"adr": "x"}`, "no setting"},
		{"--data=/x", `no`, "not JSON"},
	} {
		_, err := parse(t, nil, tt.file, strings.Fields(tt.args)...)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s %s: %v, want %q", tt.args, tt.file, err, tt.want)
		}
	}
}

func TestMailSettings(t *testing.T) {
	const from = " --smtp-from=folkmoot@example.org"
	for _, tt := range []struct {
		args string
		port int
	}{
		{"--smtp-host=mail.example.org" + from, 587},
		{"--smtp-host=mail.example.org --smtp-tls=tls" + from, 465},
		{"--smtp-host=localhost --smtp-tls=none" + from, 25},
		{"--smtp-host=::1 --smtp-tls=none" + from, 25},
		{"--smtp-host=mail.example.org --smtp-tls=none --smtp-in-clear" + from, 25},
		{"--smtp-host=mail.example.org --smtp-port=2525" + from, 2525},
		{"", 587},
	} {
		c, err := parse(t, nil, "{}", strings.Fields(tt.args)...)
		if err != nil || c.MailPort() != tt.port {
			t.Errorf("%s: port %d (%v)", tt.args, c.MailPort(), err)
		}
	}
	name := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(name, []byte("hunter2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := parse(t, map[string]string{"FOLKMOOT_SMTP_PASSWORD_FILE": name}, `{"smtp-host": "mail.example.org", "smtp-user": "u", "smtp-from": "a@example.org", "smtp-port": 26}`)
	if err != nil || c.SMTPPassword != "hunter2" || c.SMTPPort != 26 {
		t.Errorf("got %+v (%v)", c, err)
	}
}

func TestBase(t *testing.T) {
	for _, tt := range []struct {
		c    Config
		want string
	}{
		{Config{Addr: "localhost:8080"}, "http://localhost:8080"},
		{Config{Addr: ":80"}, "http://localhost:80"},
		{Config{Addr: "0.0.0.0:8080"}, "http://localhost:8080"},
		{Config{Addr: ":80", BaseURL: "https://vote.example.org/"}, "https://vote.example.org"},
	} {
		if got := tt.c.Base(); got != tt.want {
			t.Errorf("%+v: %s, want %s", tt.c, got, tt.want)
		}
	}
}

func TestReadmeTableIsCurrent(t *testing.T) {
	b, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(b), Table()) {
		t.Errorf("README.md lacks the table of settings as it is now:\n%s", Table())
	}
}

// TestReadmeSettingsFile: the settings file that README.md shows can be used as it stands, and names the flag and variable
// that are really there.
func TestReadmeSettingsFile(t *testing.T) {
	b, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(b), "```json settings\n")
	shown, _, closed := strings.Cut(rest, "\n```\n")
	if !found || !closed || !strings.Contains(string(b), "`--config FILE`") || !strings.Contains(string(b), Env("config")) {
		t.Fatal("README.md shows no settings file")
	}
	c, err := parse(t, nil, shown)
	if err != nil {
		t.Fatal(err)
	}
	proxies, err := c.Proxies()
	if err != nil || len(proxies) != 2 || c.Data != "/var/lib/folkmoot/data" || c.Base() != "https://vote.example.org" || c.LogLevel != "warn" {
		t.Errorf("it sets %+v (%v)", c, err)
	}
}
