package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"folkmoot/internal/export"
	"folkmoot/internal/lang"
	"folkmoot/internal/verify"
)

type verifyCmd struct {
	File    string `arg:"" help:"The export, a JSON file; - reads standard input." type:"path"`
	Against string `help:"An older export of the same group: says also whether anything was rewritten since." placeholder:"OLDER" type:"path"`
	Lang    string `help:"Language of what is said: en or es." enum:"en,es" default:"en"`
}

// Run checks an export. It needs no server, no database and no network.
func (v *verifyCmd) Run(e *env) error {
	catalog, err := lang.Load()
	if err != nil {
		return err
	}
	voice := catalog.Voice(v.Lang)
	report, err := v.check(e, v.File)
	if err != nil {
		return failure{exitUnusable, err}
	}
	if v.Against != "" && report.Problem == nil {
		older, err := v.check(e, v.Against)
		if err != nil {
			return failure{exitUnusable, err}
		}
		report = verify.Against(report, older)
	}
	say(e.stdout, catalog, voice, report, v.Against != "")
	if report.Verdict == verify.Holds {
		return nil
	}
	return failure{int(report.Verdict), nil}
}

func (v *verifyCmd) check(e *env, name string) (r verify.Report, err error) {
	if name == "-" {
		return verify.Check(e.stdin, verify.Own()), nil
	}
	f, err := os.Open(name)
	if err != nil {
		return r, err
	}
	return verify.Check(f, verify.Own()), errors.Join(f.Close())
}

// say prints the verdict first, and what it rests on after it.
func say(w io.Writer, catalog *lang.Catalog, voice *lang.Voice, r verify.Report, against bool) {
	switch {
	case r.Verdict == verify.Holds && against:
		fmt.Fprintln(w, voice.T("verify.holds_against"))
	case r.Verdict == verify.Holds:
		fmt.Fprintln(w, voice.T("verify.holds"))
	case r.Verdict == verify.Broken:
		fmt.Fprintln(w, voice.T("verify.broken"))
	default:
		fmt.Fprintln(w, voice.T("verify.unusable_file"))
	}
	if r.Problem != nil {
		if r.InOlder {
			fmt.Fprintln(w, voice.T("verify.in_older"))
		}
		say, about := export.ProblemSaid(catalog, r.Problem.ID, r.Problem.Args, r.Problem.Kind, r.Problem.At)
		fmt.Fprintln(w, voice.Say(say))
		if !about.IsZero() {
			fmt.Fprintln(w, voice.Say(about))
		}
		return
	}
	c := r.Checkpoint
	fmt.Fprintln(w, voice.T("verify.is_of", "Group", r.Group, "Entries", r.Entries, "Size", c.Size, "Checkpoint", c.Short()))
	if n := len(r.Decisions); n > 0 {
		fmt.Fprintln(w, voice.N("verify.decision_count", n), voice.T("verify.totals"))
	}
	if r.Removed > 0 {
		fmt.Fprintln(w, voice.N("verify.removed_count", r.Removed))
	}
	if r.NamesHidden {
		fmt.Fprintln(w, voice.T("verify.names_hidden"))
	}
	fmt.Fprintln(w, voice.T("verify.signed_by", "Key", r.Key))
	if r.Rekeyed > 0 {
		fmt.Fprintln(w, voice.T("verify.new_key", "N", r.Rekeyed))
	}
	fmt.Fprintln(w, voice.T("verify.compare"))
}
