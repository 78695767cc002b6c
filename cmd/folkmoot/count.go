package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"

	"folkmoot/internal/tally"
	"folkmoot/internal/votefile"

	"github.com/alecthomas/kong"
)

// countCmd has the options of tally under their names there; takes is the option that a flag belongs to.
type countCmd struct {
	Files    []string `arg:"" optional:"" help:"Files of votes: BLT, PrefLib, Pabulib or CSV. - reads standard input."`
	Method   string   `help:"How to count; --list names all ways." placeholder:"METHOD"`
	List     bool     `help:"Name all methods by what they are for, with a sentence each, or with --method say more of one."`
	Seats    int      `takes:"seats" help:"Places to fill; without it as many as the file says, or 1." placeholder:"N"`
	Variant  string   `takes:"variant" help:"Which variant of the method; --list names them, the one that is meant without it first, and --list --method METHOD says what each is." placeholder:"NAME"`
	Lot      []string `takes:"lot" help:"All candidates, by number or name, in the order in which the lot takes those who are tied." placeholder:"A,C,B" xor:"lot"`
	Seed     string   `takes:"lot" help:"Draw that order from a seed instead." placeholder:"TEXT" xor:"lot"`
	Ron      string   `takes:"ron" help:"The candidate, by number or name, who stands for re-opening nominations." placeholder:"NAME"`
	Reserve  int      `takes:"reserve" help:"Places that are kept for the candidates of --reserved-for." placeholder:"N"`
	For      []string `takes:"reserve" name:"reserved-for" help:"Candidates, by number or name, for whom places are kept." placeholder:"A,B"`
	Rule     string   `takes:"rule" help:"Majority of a question: simple, two-thirds, three-quarters, absolute, or like \"at least 3/5 of valid\" and \"more than 1/2 of present\" (cast: for and against; valid: abstentions too; present; roll)." placeholder:"RULE"`
	Quorum   int64    `takes:"quorum" help:"How many must take part in a question, or with --present be there; for debian, how many must prefer an option to the default." placeholder:"N"`
	Present  int64    `takes:"present" help:"How many were in the meeting that a question was put to." placeholder:"N"`
	Entitled int64    `takes:"entitled" help:"How many could have voted on a question." placeholder:"N"`
	Default  string   `takes:"default" help:"The option, by number or name, that the others must beat; without it the last in a table of ranks (count,opt1,...)." placeholder:"OPTION"`
	Ratio    []string `takes:"ratio" help:"Options that need a majority over the default, like 2=3 for three to one." placeholder:"OPTION=N"`
	Ranked   []string `takes:"ranked" help:"Rules on how papers are read and who is excluded, as laws of the United States settle them, like over=skip,skips=1; --list --method irv names them." placeholder:"RULE"`
	Format   string   `help:"text, or json: one object a line for each file." enum:"text,json" default:"text"`
	Pretty   bool     `help:"With --format json: over several lines, for people."`
}

// Help is what --help says before the flags.
func (*countCmd) Help() string {
	return "A candidate can be given by number, as #2 or 2, or by name. Ends with 0 if all files were counted, with 1 if one could not be (it is named on standard error, and the others are counted all the same), and with 2 if the command line cannot be used."
}

// Run counts each file. One that cannot be counted is named on standard error, and the others are counted all the same.
func (c *countCmd) Run(e *env, k *kong.Context) error {
	if c.List {
		return c.list(e.stdout, k)
	}
	m, o, err := c.check(k)
	if err != nil {
		return failure{exitUnusable, err}
	}
	out := bufio.NewWriter(e.stdout)
	failed := false
	for result := range c.countAll(e, m, o) {
		if result.err != nil {
			failed = true
			fmt.Fprintln(e.stderr, result.err)
			continue
		}
		if _, err := out.Write(result.text); err != nil {
			return err
		}
	}
	if err := errors.Join(e.ctx.Err(), out.Flush()); err != nil {
		return err
	}
	if failed {
		return failure{exitFailed, nil}
	}
	return nil
}

// counted is what came of one file.
type counted struct {
	text []byte
	err  error
}

// countAll counts the files, several at once, and yields them in their order.
func (c *countCmd) countAll(e *env, m tally.Method, o tally.Options) func(func(counted) bool) {
	return func(yield func(counted) bool) {
		slots := make([]chan counted, len(c.Files))
		for i := range slots {
			slots[i] = make(chan counted, 1)
		}
		room := make(chan struct{}, runtime.GOMAXPROCS(0)+1)
		go func() {
			for i, name := range c.Files {
				select {
				case room <- struct{}{}:
				case <-e.ctx.Done():
					return
				}
				go func() {
					text, err := c.countFile(e, m, o, name)
					slots[i] <- counted{text, err}
				}()
			}
		}()
		for i := range slots {
			select {
			case r := <-slots[i]:
				<-room
				if !yield(r) {
					return
				}
			case <-e.ctx.Done(): // a count can take long, and whoever asked has gone
				return
			}
		}
	}
}

func (c *countCmd) countFile(e *env, m tally.Method, o tally.Options, name string) ([]byte, error) {
	election, err := readVotes(e, name)
	if err != nil {
		return nil, err
	}
	if err := c.name(election, &o); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	sheet, err := m.Count(election, o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	sheet.File = name
	var b bytes.Buffer
	if c.Format == "text" {
		if len(c.Files) > 1 {
			fmt.Fprintf(&b, "== %s\n", name)
			sheet.File = "" // said
		}
		err = sheet.WriteText(&b)
		b.WriteByte('\n')
		return b.Bytes(), err
	}
	j := json.NewEncoder(&b)
	j.SetEscapeHTML(false)
	if c.Pretty {
		j.SetIndent("", "  ")
	}
	err = j.Encode(sheet)
	return b.Bytes(), err
}

func readVotes(e *env, name string) (*tally.Election, error) {
	if name == "-" {
		return votefile.Read(name, e.stdin)
	}
	f, err := os.Open(name)
	if path := (*os.PathError)(nil); errors.As(err, &path) {
		return nil, fmt.Errorf("%s: %w", name, path.Err) // the file first, as in all that is said of files
	}
	if err != nil {
		return nil, err
	}
	election, err := votefile.Read(name, f)
	return election, errors.Join(err, f.Close())
}
