// Package config is everything an operator can set: flag, then environment, then file, then default, in this order.
package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/alecthomas/kong"
)

// Config is the settings of the server and of the commands that work beside it.
type Config struct {
	Data         string   `help:"Folder of the database. It is made if it is missing." default:"./data" placeholder:"DIR"`
	Keys         string   `help:"Folder of the keys that must not be in a backup: of open secret votes and of the record. Default: the data folder's name with -keys after it." placeholder:"DIR"`
	Database     string   `help:"PostgreSQL address (postgres://user:password@host/name). Without it, SQLite in the data folder." placeholder:"URL"`
	Addr         string   `help:"Address to listen on." default:"localhost:8080" placeholder:"HOST:PORT"`
	BaseURL      string   `name:"base-url" help:"Address under which people reach the server, for links and cookies. Default: http:// and the address listened on." placeholder:"URL"`
	TrustedProxy []string `name:"trusted-proxy" help:"Address or range of a reverse proxy whose X-Forwarded-For is believed. May be given several times, or separated by commas." placeholder:"CIDR"`
	Fonts        []string `help:"Folder with more fonts for PDF files, for scripts the built-in ones lack. May be given several times." placeholder:"DIR"`
	SMTPHost     string   `name:"smtp-host" help:"Mail server that takes notices to members. Without it no mail is sent." placeholder:"HOST"`
	SMTPPort     int      `name:"smtp-port" help:"Port of the mail server. Default: 587 with starttls, 465 with tls, 25 with none." placeholder:"PORT"`
	SMTPUser     string   `name:"smtp-user" help:"Name to sign in to the mail server with. Without it mail is handed over without signing in." placeholder:"NAME"`
	SMTPPassword string   `name:"smtp-password" help:"Password to sign in to the mail server with. Better in a file: see FOLKMOOT_SMTP_PASSWORD_FILE." placeholder:"PASSWORD"`
	SMTPFrom     string   `name:"smtp-from" help:"Address that mail comes from. Answers to it should reach whoever looks after the server." placeholder:"ADDRESS"`
	SMTPTLS      string   `name:"smtp-tls" help:"How mail to the mail server is enciphered: starttls, tls (from the first byte) or none (only to this computer)." enum:"starttls,tls,none" default:"starttls"`
	SMTPInClear  bool     `name:"smtp-in-clear" help:"Allow --smtp-tls=none to another computer. Whoever is on the way reads all mail and the password."`
	LogLevel     string   `name:"log-level" help:"What to log: debug, info, warn or error." enum:"debug,info,warn,error" default:"info"`
	LogFormat    string   `name:"log-format" help:"How to log: text or json." enum:"text,json" default:"text"`
}

// DefaultAddr is where the server listens if nothing else is said.
const DefaultAddr = "localhost:8080"

// KeysDir returns the key folder. It lies beside the data folder, not in it, so that a copy of the data folder holds
// no key.
func (c Config) KeysDir() string {
	if c.Keys != "" {
		return c.Keys
	}
	return filepath.Clean(c.Data) + "-keys"
}

// Base returns the address under which people reach the server, without a slash at its end.
func (c Config) Base() string {
	if c.BaseURL != "" {
		return strings.TrimRight(c.BaseURL, "/")
	}
	addr := c.Addr
	if strings.HasPrefix(addr, ":") {
		addr = "localhost" + addr
	}
	return "http://" + strings.Replace(addr, "0.0.0.0:", "localhost:", 1)
}

// Validate implements kong's hook: it checks the settings as a whole, and each error says what to do.
func (c Config) Validate() error {
	var errs []error
	if u, err := url.Parse(c.Base()); err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.Path != "" || u.RawQuery != "" {
		errs = append(errs, fmt.Errorf("--base-url must look like https://vote.example.org, without a path; it is %q", c.BaseURL))
	}
	if c.Database != "" && !strings.HasPrefix(c.Database, "postgres://") && !strings.HasPrefix(c.Database, "postgresql://") {
		errs = append(errs, errors.New("--database must begin with postgres://; leave it out for SQLite"))
	}
	if _, err := c.Proxies(); err != nil {
		errs = append(errs, err)
	}
	errs = append(errs, c.mail()...)
	data, keys := abs(c.Data), abs(c.KeysDir())
	if keys == data || strings.HasPrefix(keys, data+string(filepath.Separator)) {
		errs = append(errs, errors.New("--keys must not lie in the data folder: a backup of the data would then hold the keys of secret votes"))
	}
	return errors.Join(errs...)
}

// mail returns what is wrong with the settings of the mail server.
func (c Config) mail() (errs []error) {
	if c.SMTPHost == "" {
		if c.SMTPUser != "" || c.SMTPPassword != "" || c.SMTPFrom != "" || c.SMTPPort != 0 {
			errs = append(errs, errors.New("--smtp-host is missing: name the mail server, or leave out the other settings that begin with --smtp"))
		}
		return errs
	}
	if strings.ContainsAny(c.SMTPHost, ":/@ ") && net.ParseIP(c.SMTPHost) == nil {
		errs = append(errs, fmt.Errorf("--smtp-host must be a name such as mail.example.org, without a port; it is %q", c.SMTPHost))
	}
	if c.SMTPPort < 0 || c.SMTPPort > 65535 {
		errs = append(errs, fmt.Errorf("--smtp-port must be between 1 and 65535; it is %d", c.SMTPPort))
	}
	if c.SMTPFrom == "" {
		errs = append(errs, errors.New("--smtp-from is missing: say which address mail comes from, such as folkmoot@example.org"))
	} else if a, err := mail.ParseAddress(c.SMTPFrom); err != nil || a.Address != c.SMTPFrom {
		errs = append(errs, fmt.Errorf("--smtp-from must be an address alone, such as folkmoot@example.org; it is %q", c.SMTPFrom))
	}
	if (c.SMTPUser == "") != (c.SMTPPassword == "") {
		errs = append(errs, errors.New("--smtp-user and --smtp-password go together: give both, or neither if the mail server asks for none"))
	}
	ip := net.ParseIP(c.SMTPHost)
	if here := c.SMTPHost == "localhost" || ip != nil && ip.IsLoopback(); c.SMTPTLS == "none" && !here && !c.SMTPInClear {
		errs = append(errs, errors.New("--smtp-tls=none would send mail and password in the clear over the network; use starttls or tls, or say --smtp-in-clear as well"))
	}
	return errs
}

// MailPort returns the port of the mail server.
func (c Config) MailPort() int {
	switch {
	case c.SMTPPort != 0:
		return c.SMTPPort
	case c.SMTPTLS == "tls":
		return 465
	case c.SMTPTLS == "none":
		return 25
	}
	return 587
}

func abs(p string) string {
	if a, err := filepath.Abs(p); err == nil {
		return a
	}
	return filepath.Clean(p)
}

// Proxies returns the ranges whose X-Forwarded-For is believed.
func (c Config) Proxies() ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, s := range c.TrustedProxy {
		if a, err := netip.ParseAddr(s); err == nil {
			out = append(out, netip.PrefixFrom(a, a.BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, fmt.Errorf("--trusted-proxy must be an address or a range such as 10.0.0.0/8; it is %q", s)
		}
		out = append(out, p)
	}
	return out, nil
}

// Env returns the environment variable of the flag.
func Env(flag string) string {
	return "FOLKMOOT_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// Resolver gives kong the settings that stand neither on the command line nor in a default: from the environment
// (FOLKMOOT_NAME, or FOLKMOOT_NAME_FILE naming a file that holds the value, for secrets), else from the file, which is
// JSON with the flags' names as keys. file may be nil. getenv is os.LookupEnv.
func Resolver(getenv func(string) (string, bool), file io.Reader) (kong.Resolver, error) {
	fromFile := map[string]any{}
	if file != nil {
		if err := json.NewDecoder(file).Decode(&fromFile); err != nil {
			return nil, fmt.Errorf("the settings file is not JSON: %w", err)
		}
		known := map[string]bool{}
		for _, s := range settings() {
			known[s.flag] = true
		}
		for name := range fromFile {
			if !known[name] {
				return nil, fmt.Errorf("the settings file names %q, which is no setting", name)
			}
		}
	}
	return kong.ResolverFunc(func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		if v, ok := getenv(Env(flag.Name)); ok {
			return v, nil
		}
		if name, ok := getenv(Env(flag.Name) + "_FILE"); ok {
			b, err := os.ReadFile(name)
			if errors.Is(err, fs.ErrNotExist) {
				return nil, fmt.Errorf("%s_FILE names %s, which is not there", Env(flag.Name), name)
			}
			return strings.TrimRight(string(b), "\r\n"), err
		}
		switch v := fromFile[flag.Name].(type) {
		case nil:
			return nil, nil
		case []any:
			parts := make([]string, len(v))
			for i, p := range v {
				parts[i] = fmt.Sprint(p)
			}
			return strings.Join(parts, ","), nil
		default:
			return fmt.Sprint(v), nil
		}
	}), nil
}

type setting struct{ flag, def, help string }

func settings() []setting {
	var out []setting
	t := reflect.TypeFor[Config]()
	for i := range t.NumField() {
		f := t.Field(i)
		name := f.Tag.Get("name")
		if name == "" {
			name = strings.ToLower(f.Name)
		}
		out = append(out, setting{name, f.Tag.Get("default"), f.Tag.Get("help")})
	}
	return out
}

// Table returns the settings as the Markdown table that stands in README.md.
func Table() string {
	var b strings.Builder
	b.WriteString("| flag | environment | default | what it sets |\n|---|---|---|---|\n")
	for _, s := range settings() {
		def := ""
		if s.def != "" {
			def = "`" + s.def + "`"
		}
		fmt.Fprintf(&b, "| `--%s` | `%s` | %s | %s |\n", s.flag, Env(s.flag), def, s.help)
	}
	return b.String()
}
