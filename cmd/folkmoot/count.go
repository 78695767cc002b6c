package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"folkmoot/internal/sortition"
	"folkmoot/internal/tally"
	"folkmoot/internal/votefile"
)

type countCmd struct {
	Files    []string `arg:"" optional:"" help:"Files of votes: BLT, PrefLib, Pabulib or CSV. - reads standard input."`
	Method   string   `help:"How to count; --list names all ways." placeholder:"METHOD"`
	List     bool     `help:"Name all methods with a sentence each."`
	Seats    int      `help:"Places to fill, where the file does not say or is not meant." placeholder:"N"`
	Variant  string   `help:"Which variant of the method." placeholder:"NAME"`
	Lot      []string `help:"All candidates, by number or name, in the order in which the lot takes those who are tied." placeholder:"A,C,B" xor:"lot"`
	Seed     string   `help:"Draw that order from a seed instead." placeholder:"TEXT" xor:"lot"`
	Ron      string   `help:"The candidate, by number or name, who stands for re-opening nominations." placeholder:"NAME"`
	Reserve  int      `help:"Places that are kept for the candidates of --reserved-for." placeholder:"N"`
	For      []string `name:"reserved-for" help:"Candidates, by number or name, for whom places are kept." placeholder:"A,B"`
	Rule     string   `help:"Majority of a question: simple, two-thirds, three-quarters, absolute, or like \"at least 3/5 of valid\" and \"more than 1/2 of present\" (cast, valid, present, roll)." placeholder:"RULE"`
	Quorum   int64    `help:"How many must take part in a question, or with --present be there; for debian, how many must prefer an option to the default." placeholder:"N"`
	Ratio    []string `help:"For debian: options that need a majority over the default, like 2=3 for three to one." placeholder:"OPTION=N"`
	Present  int64    `help:"How many were in the meeting that a question was put to." placeholder:"N"`
	Entitled int64    `help:"How many could have voted on a question." placeholder:"N"`
	Format   string   `help:"text, or json: one object a line for each file." enum:"text,json" default:"text"`
	Pretty   bool     `help:"JSON over several lines, for people."`
}

// Run counts each file. One that cannot be counted is named on standard error, and the others are counted all the same.
func (c *countCmd) Run(e *env) error {
	if c.List {
		return c.list(e.stdout)
	}
	m, rule, err := c.check()
	if err != nil {
		return failure{exitUnusable, err}
	}
	out := bufio.NewWriter(e.stdout)
	failed := false
	for result := range c.countAll(e, m, rule) {
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

func (c *countCmd) list(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, m := range tally.Methods() {
		fmt.Fprintf(t, "%s\t%s\n", m.Name, m.Say)
		if len(m.Variants) > 0 {
			fmt.Fprintf(t, "\tVariants: %s.\n", strings.Join(m.Variants, ", "))
		}
	}
	return t.Flush()
}

// check reads what does not depend on the files.
func (c *countCmd) check() (m tally.Method, rule tally.Rule, err error) {
	m, ok := tally.Find(c.Method)
	switch {
	case c.Method == "":
		return m, rule, errors.New("say how to count with --method; --list names all ways")
	case !ok:
		return m, rule, fmt.Errorf("there is no method %q; --list names all", c.Method)
	case len(c.Files) == 0:
		return m, rule, errors.New("name a file to count, or - for standard input")
	case slices.Contains(c.Files, "-") && slices.Contains(c.Files[slices.Index(c.Files, "-")+1:], "-"):
		return m, rule, errors.New("standard input can be read once only")
	case c.Seats < 0 || c.Reserve < 0 || c.Quorum < 0 || c.Present < 0 || c.Entitled < 0:
		return m, rule, errors.New("a number of places or people is less than none")
	case c.Variant != "" && !slices.Contains(m.Variants, c.Variant):
		return m, rule, fmt.Errorf("%s has no variant %q", c.Method, c.Variant)
	}
	rule, err = parseRule(c.Rule)
	return m, rule, err
}

var rulesByName = map[string]tally.Rule{
	"": tally.Simple(), "simple": tally.Simple(), "two-thirds": tally.TwoThirds(), "three-quarters": tally.ThreeQuarters(), "absolute": tally.AbsoluteOfRoll(),
}

// parseRule reads a majority: one of the names, or "at least 3/5 of valid".
func parseRule(s string) (r tally.Rule, err error) {
	if r, ok := rulesByName[s]; ok {
		return r, nil
	}
	rest, strict := strings.CutPrefix(s, "more than ")
	if !strict {
		rest, _ = strings.CutPrefix(s, "at least ")
	}
	share, base, _ := strings.Cut(rest, " of ")
	num, den, _ := strings.Cut(share, "/")
	n, nerr := strconv.ParseInt(num, 10, 64)
	d, derr := strconv.ParseInt(den, 10, 64)
	r = tally.Rule{Num: n, Den: d, Strict: strict, Base: tally.Base(base)}
	if err := errors.Join(nerr, derr, r.Check()); err != nil || rest == s {
		return r, fmt.Errorf("%q is no majority; write one like \"at least 3/5 of valid\"", s)
	}
	return r, nil
}

// counted is what came of one file.
type counted struct {
	text []byte
	err  error
}

// countAll counts the files, several at once, and yields them in their order.
func (c *countCmd) countAll(e *env, m tally.Method, rule tally.Rule) func(func(counted) bool) {
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
					text, err := c.countFile(e, m, rule, name)
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

func (c *countCmd) countFile(e *env, m tally.Method, rule tally.Rule, name string) ([]byte, error) {
	election, err := readVotes(e, name)
	if err != nil {
		return nil, err
	}
	o, err := c.options(election, rule)
	if err == nil {
		err = c.require(election)
	}
	if err != nil {
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
	if err != nil {
		return nil, err
	}
	election, err := votefile.Read(name, f)
	return election, errors.Join(err, f.Close())
}

// options are those of the command line, in the numbers of the election.
func (c *countCmd) options(e *tally.Election, rule tally.Rule) (o tally.Options, err error) {
	o = tally.Options{Seats: c.Seats, Variant: c.Variant, Question: tally.Question{Rule: rule, Quorum: c.Quorum, Present: c.Present, Entitled: c.Entitled}}
	if o.Lots, err = candidates(e, c.Lot); err != nil {
		return o, err
	}
	if c.Seed != "" {
		o.Lots = drawLots(c.Seed, len(e.Candidates))
	}
	o.Reserved.Places = c.Reserve
	if o.Reserved.For, err = candidates(e, c.For); err != nil {
		return o, err
	}
	if c.Ron != "" {
		ron, err := candidates(e, []string{c.Ron})
		if err != nil {
			return o, err
		}
		o.RON = ron[0] + 1
	}
	return o, nil
}

// require sets what the options of a Debian vote must reach over the default.
func (c *countCmd) require(e *tally.Election) error {
	e.Quorum = c.Quorum
	for _, r := range c.Ratio {
		option, ratio, _ := strings.Cut(r, "=")
		which, err := candidates(e, []string{option})
		n, nerr := strconv.ParseInt(ratio, 10, 64)
		if err != nil || nerr != nil || n < 1 {
			return fmt.Errorf("%q is no option and majority, such as 2=3", r)
		}
		e.Candidates[which[0]].Ratio = n
	}
	return nil
}

// drawLots draws an order of n candidates from a seed, as a verifiable draw does when nobody has more weight than another, so that
// anybody can repeat it.
func drawLots(seed string, n int) (order []int) {
	pool := make(sortition.Pool, n)
	for i := range pool {
		pool[i] = sortition.Member{ID: int64(i), Weight: 1}
	}
	for _, id := range pool.Order(seed) {
		order = append(order, int(id))
	}
	return order
}

// candidates finds candidates by number or name.
func candidates(e *tally.Election, names []string) (out []int, err error) {
	for _, name := range names {
		n := e.Number(name)
		if i, err := strconv.Atoi(name); n == 0 && err == nil {
			n = i
		}
		if n < 1 || n > len(e.Candidates) {
			return nil, fmt.Errorf("there is no candidate %q", name)
		}
		out = append(out, n-1)
	}
	return out, nil
}
