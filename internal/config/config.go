// Package config is everything an operator can set: flag, then environment, then file, then default, in this order.
package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
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
	data, keys := abs(c.Data), abs(c.KeysDir())
	if keys == data || strings.HasPrefix(keys, data+string(filepath.Separator)) {
		errs = append(errs, errors.New("--keys must not lie in the data folder: a backup of the data would then hold the keys of secret votes"))
	}
	return errors.Join(errs...)
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
