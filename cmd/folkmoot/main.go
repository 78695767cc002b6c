// Command folkmoot is the whole program: the server, and what its operator and members need beside it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"time"

	"folkmoot/internal/config"

	"github.com/alecthomas/kong"
)

// Exit codes of every command.
const (
	exitOK       = 0
	exitFailed   = 1
	exitUnusable = 2 // the command line, or the input, cannot be used
)

// failure is an error that ends the program with its own code.
type failure struct {
	code int
	err  error // may be nil: everything has been said
}

func (f failure) Error() string {
	if f.err == nil {
		return ""
	}
	return f.err.Error()
}

func (f failure) Unwrap() error { return f.err }

// env is the world as the commands see it, so that tests can stand in for it.
type env struct {
	ctx    context.Context
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	log    *slog.Logger
	now    func() time.Time // the one clock of the program
}

// commands is the command line. Each command is a file of this package.
type commands struct {
	config.Config `embed:"" group:"Settings:"`
	Settings      string           `name:"config" help:"Read settings from a JSON file." placeholder:"FILE" type:"existingfile" group:"Settings:"`
	Version       kong.VersionFlag `help:"Print the version and leave."`

	Serve       serveCmd       `cmd:"" default:"withargs" help:"Run the server (what happens without a command)."`
	SetupLink   setupLinkCmd   `cmd:"" help:"Print a new one-use link for setting up a group."`
	Backup      backupCmd      `cmd:"" help:"Copy everything but the keys to one file, while the server runs."`
	Restore     restoreCmd     `cmd:"" help:"Put a backup in place, with the server stopped."`
	Export      exportCmd      `cmd:"" help:"Write what a group has on record to a file, as its members can."`
	Verify      verifyCmd      `cmd:"" help:"Check an exported record; needs no server and no database."`
	Draw        drawCmd        `cmd:"" help:"Draw members by lot so that anybody can repeat the draw, or repeat one; needs no server and no database."`
	MailTest    mailTestCmd    `cmd:"" help:"Send a mail to an address, to see whether the mail server takes it."`
	Check       checkCmd       `cmd:"" help:"Say whether the tables hold what the records say, and write to the records where not: 0 they agree, 1 they differ, 2 unusable."`
	Count       countCmd       `cmd:"" help:"Count files of votes by any method; needs no server and no database."`
	Healthcheck healthcheckCmd `cmd:"" help:"Ask the running server whether it is well; for containers."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.LookupEnv, os.Stdin, os.Stdout, os.Stderr, time.Now)
	stop()
	os.Exit(code)
}

// run is main with everything it touches given to it. It returns the exit code.
func run(ctx context.Context, args []string, getenv func(string) (string, bool), stdin io.Reader, stdout, stderr io.Writer, now func() time.Time) int {
	args = asFlags(args)
	var c commands
	exited := -1
	parser, err := newParser(&c, args, getenv, stdout, stderr, func(code int) { exited = code })
	if err != nil {
		fmt.Fprintln(stderr, "folkmoot:", err)
		return exitUnusable
	}
	k, err := parser.Parse(args)
	if exited >= 0 {
		return exited
	}
	if err != nil {
		fmt.Fprintln(stderr, "folkmoot:", minus(err))
		if flag := meantFlag(parser, args); flag != "" {
			fmt.Fprintln(stderr, "Did you mean: folkmoot "+flag)
		}
		fmt.Fprintln(stderr, "Try: folkmoot --help")
		return exitUnusable
	}
	e := &env{ctx, stdin, stdout, stderr, newLog(c.Config, stderr), now}
	if err := k.Run(e, c.Config); err != nil {
		text := err.Error()
		if ctx.Err() != nil && errors.Is(err, context.Canceled) {
			text = "stopped before it was done"
		}
		if text != "" {
			fmt.Fprintln(stderr, "folkmoot:", text)
		}
		if f, ok := errors.AsType[failure](err); ok {
			return f.code
		}
		return exitFailed
	}
	return exitOK
}

// asFlags turns "help" and "version", which people try first, into the flags.
func asFlags(args []string) []string {
	switch {
	case len(args) == 0:
	case args[0] == "help":
		return append(args[1:len(args):len(args)], "--help")
	case args[0] == "version":
		return []string{"--version"}
	}
	return args
}

// meantFlag returns the flag whose name is the first word of the command line, "" if there is none: as in "folkmoot demo".
func meantFlag(parser *kong.Kong, args []string) string {
	if len(args) == 0 {
		return ""
	}
	flags := parser.Model.Flags
	if usual := parser.Model.DefaultCmd; usual != nil {
		flags = slices.Concat(flags, usual.Flags)
	}
	for _, f := range flags {
		if f.Name == args[0] {
			return "--" + f.Name
		}
	}
	return ""
}

// alone are the commands that need no installation, and so none of its settings.
var alone = []string{"verify", "count", "draw"}

// help prints what kong prints, but for the settings where a command uses none.
func help(o kong.HelpOptions, ctx *kong.Context) error {
	if cmd := ctx.Selected(); cmd != nil && slices.Contains(alone, cmd.Name) {
		for _, f := range ctx.Model.Flags {
			f.Hidden = f.Hidden || f.Group != nil
		}
	}
	return kong.DefaultHelpPrinter(o, ctx)
}

func newParser(c *commands, args []string, getenv func(string) (string, bool), stdout, stderr io.Writer, exit func(int)) (*kong.Kong, error) {
	file, err := settingsFile(args, getenv)
	if err != nil {
		return nil, err
	}
	var r io.Reader
	if file != nil {
		defer file.Close()
		r = file
	}
	resolver, err := config.Resolver(getenv, r)
	if err != nil {
		return nil, err
	}
	return kong.New(c,
		kong.Name("folkmoot"),
		kong.Description("Folkmoot: a group decides together, and keeps a record nobody can quietly rewrite."),
		kong.Help(help), kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true}), kong.ValueFormatter(sayTakes),
		kong.Resolvers(resolver), kong.Writers(stdout, stderr), kong.Exit(exit),
		kong.Vars{"version": version()},
	)
}

// settingsFile opens the file named by --config or FOLKMOOT_CONFIG; nil if there is none. It looks at the arguments
// itself, because the file must be read before they are parsed.
func settingsFile(args []string, getenv func(string) (string, bool)) (*os.File, error) {
	name, _ := getenv(config.Env("config"))
	for i, a := range args {
		if v, ok := strings.CutPrefix(a, "--config="); ok {
			name = v
		} else if a == "--config" && i+1 < len(args) {
			name = args[i+1]
		}
	}
	if name == "" {
		return nil, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read the settings file: %w", err)
	}
	return f, nil
}

func newLog(c config.Config, w io.Writer) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		level = slog.LevelInfo
	}
	opts := &slog.HandlerOptions{Level: level}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, opts))
	}
	return slog.New(slog.NewTextHandler(w, opts))
}

// version is what the build knows of itself.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "folkmoot (unknown build)"
	}
	v, rev := info.Main.Version, ""
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			rev = " " + s.Value[:12]
		}
	}
	return "folkmoot " + v + rev + " " + info.GoVersion
}
