package main

import (
	"errors"
	"fmt"

	"folkmoot/internal/config"
	"folkmoot/internal/lang"
	"folkmoot/internal/notify"
	"folkmoot/internal/upkeep"
)

type mailTestCmd struct {
	Address string `arg:"" help:"Where to send it."`
}

// mailCause is what to look at, for each thing that can go wrong.
var mailCause = map[notify.Code]string{
	notify.BadAddress:  "this is no address that mail can be sent to",
	notify.Refused:     "the mail server refuses it: does it let --smtp-user send from --smtp-from?",
	notify.NotNow:      "the mail server asks to come back later",
	notify.Unreachable: "the mail server cannot be reached: are --smtp-host and --smtp-port right, and does a firewall let it through?",
	notify.TooSlow:     "the mail server does not answer in time: is --smtp-port right for --smtp-tls?",
	notify.Certificate: "the mail server's certificate is not good for its name: is --smtp-host the name that it is known by?",
	notify.NoTLS:       "the mail server does not encipher as --smtp-tls says: try starttls with port 587, or tls with port 465",
	notify.Login:       "the mail server does not take the name and the password: are --smtp-user and --smtp-password right?",
	notify.Broken:      "the connection ended in the middle; try again",
}

// Run sends a mail and tells the members of every group that one was sent, and not to whom.
func (m *mailTestCmd) Run(e *env, c config.Config) (err error) {
	a, err := open(e.ctx, c, e.now, e.log, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.close(e.ctx)) }()
	words, err := lang.Load()
	if err != nil {
		return err
	}
	v := words.Voice(lang.Fallback)
	text := v.T("mail.trial.operator")
	err = a.notices.SendTrial(e.ctx, m.Address, notify.Letter{Lang: v.Tag(), Group: "Folkmoot", Title: v.T("mail.trial.title"), Text: text + "\n", HTML: "<p>" + text + "</p>\n"})
	if code := notify.CodeOf(err); code != "" {
		return fmt.Errorf("%s:%d did not take the mail: %s", c.SMTPHost, c.MailPort(), mailCause[code])
	}
	if err != nil {
		return err
	}
	if err := upkeep.Tell(e.ctx, a.db, a.ledger, "mail_test", nil); err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.stdout, "%s:%d took the mail. Look whether it arrives, and not among the unwanted ones. Every group's record says that it was sent, not to whom.\n", c.SMTPHost, c.MailPort())
	return err
}
