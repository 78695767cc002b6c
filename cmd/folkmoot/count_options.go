package main

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"folkmoot/internal/line"
	"folkmoot/internal/sortition"
	"folkmoot/internal/tally"

	"github.com/alecthomas/kong"
)

// list names the methods by what they are for, or says more of one.
func (c *countCmd) list(w io.Writer, k *kong.Context) error {
	for _, f := range flags(k) {
		if f.Name != "list" && f.Name != "method" && f.Group == nil || len(c.Files) > 0 {
			return failure{exitUnusable, errors.New("--list counts nothing, and goes with --method only")}
		}
	}
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	if slices.ContainsFunc(flags(k), func(f *kong.Flag) bool { return f.Name == "method" }) {
		m, err := c.find()
		if err != nil {
			return failure{exitUnusable, err}
		}
		listMethod(t, m)
		for _, v := range m.Variants {
			name := v.Name
			if strings.Contains(name, " ") { // as a shell takes it
				name = strconv.Quote(name)
			}
			fmt.Fprintf(t, "\t--variant %s: %s.\n", name, v.Say)
		}
		for _, r := range tally.RankedWords {
			if m.Ranked && (r.Many == r.One || r.Many == m.Seats) {
				fmt.Fprintf(t, "\t--ranked %s: %s.\n", r.Word, r.Say)
			}
		}
		return t.Flush()
	}
	for p, say := range tally.Purposes {
		fmt.Fprintln(t, say)
		for _, m := range tally.Methods() {
			if m.For == tally.Purpose(p) {
				listMethod(t, m)
			}
		}
		fmt.Fprintln(t)
	}
	fmt.Fprintln(t, "A method takes the flags that are named with it, and no others.")
	return t.Flush()
}

func listMethod(w io.Writer, m tally.Method) {
	fmt.Fprintf(w, "  %s\t%s\n", m.Name, m.Say)
	if len(m.Variants) > 0 {
		fmt.Fprintf(w, "\tVariants: %s (the default), %s.\n", m.Variants[0].Name, variants(m.Variants[1:]))
	}
	var takes []string
	for _, o := range m.Takes() {
		flag := "--" + string(o)
		switch {
		case o == tally.TakesVariant: // they are named already
			continue
		case o == tally.TakesSeats && !m.Seats:
			flag += " 1"
		case o == tally.TakesLot:
			flag += " or --seed"
		case o == tally.TakesReserve:
			flag += " with --reserved-for"
		}
		takes = append(takes, flag)
	}
	if len(takes) > 0 {
		fmt.Fprintf(w, "\tTakes %s.\n", strings.Join(takes, ", "))
	}
}

// variants lists the names.
func variants(vs []tally.Variant) string {
	var names []string
	for _, v := range vs {
		names = append(names, v.Name)
	}
	return strings.Join(names, ", ")
}

// sayTakes adds to the help of a flag which methods take it, or which do not where those are fewer.
func sayTakes(v *kong.Value) string {
	help := kong.DefaultHelpValueFormatter(v)
	o := tally.Option(v.Tag.Get("takes"))
	if o == "" || o == tally.TakesVariant {
		return help
	}
	var yes, no []string
	for _, m := range tally.Methods() {
		if slices.Contains(m.Takes(), o) {
			yes = append(yes, m.Name)
		} else {
			no = append(no, m.Name)
		}
	}
	if len(no) < len(yes) {
		return help + " Not for " + strings.Join(no, ", ") + "."
	}
	return help + " Only for " + strings.Join(yes, ", ") + "."
}

// flags are those that were given.
func flags(k *kong.Context) (out []*kong.Flag) {
	for _, p := range k.Path {
		if p.Flag != nil {
			out = append(out, p.Flag)
		}
	}
	return out
}

func (c *countCmd) find() (tally.Method, error) {
	m, ok := tally.Find(c.Method)
	switch {
	case c.Method == "":
		return m, errors.New("say how to count with --method; --list names all ways")
	case !ok:
		return m, fmt.Errorf("there is no method %q; --list names all", c.Method)
	}
	return m, nil
}

// check reads what does not depend on the files.
func (c *countCmd) check(k *kong.Context) (m tally.Method, o tally.Options, err error) {
	if m, err = c.find(); err != nil {
		return m, o, err
	}
	for _, f := range flags(k) {
		if err := fits(f, m); err != nil {
			return m, o, err
		}
	}
	switch {
	case len(c.Files) == 0:
		return m, o, errors.New("name a file to count, or - for standard input")
	case slices.Contains(c.Files, "-") && slices.Contains(c.Files[slices.Index(c.Files, "-")+1:], "-"):
		return m, o, errors.New("standard input can be read once only")
	case c.Pretty && c.Format != "json":
		return m, o, errors.New("--pretty is for --format json")
	case c.Variant != "" && m.Variant(c.Variant) == (tally.Variant{}):
		return m, o, fmt.Errorf("%s has no variant %q; it has %s", c.Method, c.Variant, variants(m.Variants))
	}
	if err := c.reserves(); err != nil {
		return m, o, err
	}
	o = tally.Options{Seats: c.Seats, Variant: c.Variant, Question: tally.Question{Present: c.Present, Entitled: c.Entitled}}
	if m.For == tally.ForQuestion {
		o.Question.Quorum = c.Quorum
	}
	if err := c.question(&o.Question); err != nil {
		return m, o, err
	}
	if len(c.Ranked) > 0 {
		rules, err := tally.ParseRanked(c.Ranked)
		if err != nil {
			return m, o, fmt.Errorf("--ranked: %w; --list --method %s names all", err, m.Name)
		}
		o.Ranked = &rules
	}
	for _, r := range c.Ratio {
		if _, _, err := parseRatio(r); err != nil {
			return m, o, err
		}
	}
	if err := m.Check(o); err != nil {
		return m, o, errors.New(strings.TrimPrefix(err.Error(), tally.ErrElection.Error()+": "))
	}
	return m, o, nil
}

// fits refuses a flag that the method does not take, or that says nothing. What is in a list it takes without the spaces around it.
func fits(f *kong.Flag, m tally.Method) error {
	takes := tally.Option(f.Tag.Get("takes"))
	if takes == "" {
		return nil
	}
	if !slices.Contains(m.Takes(), takes) {
		return fmt.Errorf("--%s means nothing to %s; --list names what each method takes", f.Name, m.Name)
	}
	switch v := f.Target; v.Kind() {
	case reflect.String:
		if strings.TrimSpace(v.String()) == "" {
			return fmt.Errorf("--%s is empty", f.Name)
		}
	case reflect.Slice:
		for i := range v.Len() {
			v.Index(i).SetString(strings.TrimSpace(v.Index(i).String()))
			if v.Index(i).String() == "" {
				return fmt.Errorf("--%s has something empty in it", f.Name)
			}
			if slices.Contains(v.Slice(0, i).Interface().([]string), v.Index(i).String()) {
				return fmt.Errorf("--%s has %q twice", f.Name, v.Index(i))
			}
		}
		if v.Len() == 0 {
			return fmt.Errorf("--%s is empty", f.Name)
		}
	default:
		least := int64(1)
		if takes == tally.TakesQuorum {
			least = 0
		}
		if v.Int() < least {
			return fmt.Errorf("--%s is %d, and must be at least %d", f.Name, v.Int(), least)
		}
	}
	return nil
}

// tooLittle is what kong says of a number with a minus, which it takes for the next flag.
var tooLittle = regexp.MustCompile(`^--(\S+): expected int\d* value but got "(-\d+)"`)

// minus says of such a number what fits says of one behind an equals sign.
func minus(err error) error {
	said := tooLittle.FindStringSubmatch(err.Error())
	if said == nil {
		return err
	}
	least := 1
	if said[1] == string(tally.TakesQuorum) {
		least = 0
	}
	return fmt.Errorf("--%s is %s, and must be at least %d", said[1], said[2], least)
}

// reserves refuses reserved places that cannot be in any file.
func (c *countCmd) reserves() error {
	switch {
	case c.Reserve > 0 && len(c.For) == 0:
		return errors.New("--reserve keeps places; say for whom with --reserved-for")
	case c.Reserve == 0 && len(c.For) > 0:
		return errors.New("--reserved-for says for whom places are kept; say how many with --reserve")
	case c.Seats > 0 && c.Reserve > c.Seats:
		return fmt.Errorf("--reserve keeps %d places of %d", c.Reserve, c.Seats)
	case slices.Contains(c.For, c.Ron):
		return fmt.Errorf("%q stands for re-opening nominations, and no place can be reserved for that", c.Ron)
	}
	return nil
}

var rulesByName = map[string]tally.Rule{
	"simple": tally.Simple(), "two-thirds": tally.TwoThirds(), "three-quarters": tally.ThreeQuarters(), "absolute": tally.AbsoluteOfRoll(),
}

// question reads the rule, and refuses numbers of people that do not go with it.
func (c *countCmd) question(q *tally.Question) (err error) {
	if c.Rule != "" {
		q.Rule, err = parseRule(c.Rule)
	}
	switch {
	case err != nil:
		return err
	case q.Rule.Base == tally.Present && q.Present == 0:
		return fmt.Errorf("%q needs to know how many were --present", c.Rule)
	case q.Rule.Base == tally.Roll && q.Entitled == 0:
		return fmt.Errorf("%q needs to know how many were --entitled", c.Rule)
	case q.Entitled > 0 && q.Present > q.Entitled:
		return fmt.Errorf("%d were present, and only %d entitled", q.Present, q.Entitled)
	}
	return nil
}

// parseRule reads a majority, in any letter case: one of the names, or "at least 3/5 of valid".
func parseRule(text string) (r tally.Rule, err error) {
	s := strings.Join(strings.Fields(strings.ToLower(text)), " ")
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
	err = errors.Join(nerr, derr, r.Check())
	switch {
	case strings.Contains(s, "%"):
		return r, fmt.Errorf("%q has a percentage; write the share as a fraction, as 1/2 for 50%% and 2/3 for two thirds: \"at least 2/3 of valid\"", text)
	case err != nil || rest == s:
		return r, fmt.Errorf("%q is no majority; write one like \"at least 3/5 of valid\"", text)
	case n == 0 && !strict:
		return r, fmt.Errorf("%q is no majority: nobody would have to be for the motion", text)
	}
	return r, nil
}

func parseRatio(s string) (option string, n int64, err error) {
	cut := strings.LastIndexByte(s, '=')
	if cut > 0 {
		n, err = strconv.ParseInt(s[cut+1:], 10, 64)
	}
	if cut < 1 || err != nil || n < 1 {
		return "", 0, fmt.Errorf("%q is no option and majority, such as 2=3", s)
	}
	return s[:cut], n, nil
}

// name puts in what names candidates, in the numbers of the election.
func (c *countCmd) name(e *tally.Election, o *tally.Options) (err error) {
	if o.Lots, err = candidates(e, c.Lot); err != nil {
		return fmt.Errorf("--lot: %w", err)
	}
	if c.Seed != "" {
		o.Lots, o.Seed = sortition.Lots(c.Seed, len(e.Candidates)), c.Seed
	}
	o.Reserved.Places = c.Reserve
	if o.Reserved.For, err = candidates(e, c.For); err != nil {
		return fmt.Errorf("--reserved-for: %w", err)
	}
	if c.Ron != "" {
		if o.RON, err = candidate(e, c.Ron); err != nil {
			return fmt.Errorf("--ron: %w", err)
		}
	}
	if c.Default != "" {
		if o.Default, err = candidate(e, c.Default); err != nil {
			return fmt.Errorf("--default: %w", err)
		}
	}
	return c.require(e)
}

// require sets what the options of a Debian vote must reach over the default.
func (c *countCmd) require(e *tally.Election) error {
	e.Quorum = c.Quorum
	for _, r := range c.Ratio {
		option, ratio, err := parseRatio(r)
		if err != nil {
			return err
		}
		n, err := candidate(e, option)
		if err == nil && e.Candidates[n-1].Ratio > 0 {
			err = fmt.Errorf("%s is there twice", e.Candidates[n-1].Name)
		}
		if err != nil {
			return fmt.Errorf("--ratio: %w", err)
		}
		e.Candidates[n-1].Ratio = ratio
	}
	return nil
}

// candidates finds candidates, and returns them from 0.
func candidates(e *tally.Election, words []string) (out []int, err error) {
	for _, word := range words {
		n, err := candidate(e, word)
		if cut := partOf(e, word); err != nil && cut > 0 {
			return nil, fmt.Errorf("%w: %s has a comma, which parts two names here; use the number, as in \"#%d\"", err, e.Candidates[cut-1].Name, cut)
		}
		if err != nil {
			return nil, err
		}
		out = append(out, n-1)
	}
	return out, nil
}

// partOf returns the number of the candidate whose name has the word before or behind a comma, or 0.
func partOf(e *tally.Election, word string) int {
	return 1 + slices.IndexFunc(e.Candidates, func(c tally.Candidate) bool {
		parts := strings.Split(c.Name, ",")
		return len(parts) > 1 && slices.ContainsFunc(parts, func(part string) bool { return strings.TrimSpace(part) == word })
	})
}

// candidate finds a candidate by number, by # and the number, by name or by what the file calls them, and returns the number. A word
// that could mean two of them is refused, so that nobody who is called 2 is taken for the second.
func candidate(e *tally.Election, word string) (int, error) {
	var found []int
	name := line.Tidy(word) // as tables of papers have it
	number, sign := strings.CutPrefix(word, "#")
	by, err := strconv.Atoi(number)
	for i, c := range e.Candidates {
		if c.Name == word || line.Tidy(c.Name) == name || c.ID != "" && c.ID == word || err == nil && by == i+1 && strconv.Itoa(by) == number {
			found = append(found, i+1)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) == 0:
		return 0, fmt.Errorf("there is no candidate %q", word)
	case sign:
		return 0, fmt.Errorf("%q could be candidate %d or %d; use the number alone", word, found[0], found[1])
	}
	return 0, fmt.Errorf("%q could be candidate %d or %d; use the number, as in \"#%[2]d\"", word, found[0], found[1])
}
