package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/mail"
	"net/textproto"
	"strings"
	"time"

	"folkmoot/internal/line"

	smtp "github.com/wneessen/go-mail"
)

// How the connection to a mail server is kept to oneself.
const (
	StartTLS = "starttls" // it begins in the clear and goes on enciphered, or not at all
	TLS      = "tls"      // enciphered from the first byte
	NoCipher = "none"     // in the clear
)

// Server is the mail server that takes what is sent.
type Server struct {
	Host           string
	Port           int
	User, Password string // empty: it takes mail without
	From           string // the address that mail comes from
	TLS            string
	Roots          *x509.CertPool // who may vouch for it; nil: whom the system trusts
	Patience       time.Duration  // with one step; 0: the usual
}

// patience is how long the server may take for one step of the talk.
const patience = 20 * time.Second

// domain is what stands behind the @ of the address that mail comes from.
func (s Server) domain() string { return s.From[strings.LastIndexByte(s.From, '@')+1:] }

// message is one mail.
type message struct {
	id         string
	at         time.Time
	from       string // a name for the address it comes from
	to         string
	title      string
	text, html string
	ics        string
	stop       string // address that ends such mails; empty: it is one of a kind
}

// failure is why something was not sent. It holds no address and no word of the server's.
type failure struct {
	code    Code
	forever bool // trying again would not help
	lost    bool // the connection is of no use any more
}

func (f *failure) Error() string { return "mail: " + string(f.code) }

// dial opens a connection.
func (s Server) dial(ctx context.Context) (*smtp.Client, error) {
	most := s.Patience
	if most == 0 {
		most = patience
	}
	o := []smtp.Option{smtp.WithPort(s.Port), smtp.WithTimeout(most), smtp.WithHELO(s.domain()), smtp.WithoutNoop(),
		smtp.WithTLSConfig(&tls.Config{ServerName: s.Host, MinVersion: tls.VersionTLS12, RootCAs: s.Roots})}
	auth := smtp.SMTPAuthAutoDiscover
	var wire net.Conn // go-mail leaves it open where the talk that follows fails
	if s.TLS != TLS {
		o = append(o, smtp.WithDialContextFunc(func(ctx context.Context, network, address string) (_ net.Conn, err error) {
			wire, err = new(net.Dialer).DialContext(ctx, network, address)
			return wire, err
		}))
	}
	switch s.TLS {
	case TLS:
		o = append(o, smtp.WithSSL())
	case NoCipher:
		o = append(o, smtp.WithTLSPolicy(smtp.NoTLS))
		auth = smtp.SMTPAuthPlainNoEnc
	default:
		o = append(o, smtp.WithTLSPolicy(smtp.TLSMandatory))
	}
	if s.User != "" {
		o = append(o, smtp.WithSMTPAuth(auth), smtp.WithUsername(s.User), smtp.WithPassword(s.Password))
	}
	c, err := smtp.NewClient(s.Host, o...)
	if err == nil {
		err = c.DialWithContext(ctx)
	}
	if err != nil {
		if wire != nil {
			_ = wire.Close() // it is given up either way
		}
		return nil, &failure{code: dialCode(err), lost: true}
	}
	return c, nil
}

// dialCode says in a word of ours why no connection came about.
func dialCode(err error) Code {
	_, certificate := errors.AsType[*tls.CertificateVerificationError](err)
	_, header := errors.AsType[tls.RecordHeaderError](err)
	answer, answered := errors.AsType[*textproto.Error](err)
	timeout, ok := errors.AsType[net.Error](err)
	switch {
	case certificate:
		return Certificate
	case header, strings.Contains(err.Error(), "does not support STARTTLS"):
		return NoTLS
	case answered && answer.Code >= 530 && answer.Code < 540, strings.Contains(err.Error(), "AUTH"):
		return Login
	case answered && answer.Code < 500:
		return NotNow
	case ok && timeout.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return TooSlow
	}
	return Unreachable
}

// send hands a mail to the server. An error is a *failure.
func (s Server) send(c *smtp.Client, m message) error {
	msg, err := s.build(m)
	if err != nil {
		return err
	}
	err = c.Send(msg)
	if err == nil || msg.IsDelivered() { // what fails after the server took it is no failure
		return nil
	}
	why, ok := errors.AsType[*smtp.SendError](err)
	timeout, slow := errors.AsType[net.Error](err)
	slow = slow && timeout.Timeout()
	switch {
	case !ok:
		return &failure{code: Broken, lost: true}
	case why.Reason == smtp.ErrGetRcpts || why.Reason == smtp.ErrGetSender || why.Reason == smtp.ErrNoUnencoded:
		return &failure{code: BadAddress, forever: true}
	case why.ErrorCode() >= 500 && why.Reason == smtp.ErrSMTPMailFrom:
		return &failure{code: Refused} // it is we who are refused, and that can be mended
	case why.ErrorCode() >= 500:
		return &failure{code: Refused, forever: true}
	case why.ErrorCode() >= 400:
		return &failure{code: NotNow, lost: why.ErrorCode() == 421}
	case strings.Contains(err.Error(), "SMTPUTF8"):
		return &failure{code: BadAddress, forever: true}
	case slow || strings.Contains(err.Error(), "i/o timeout"):
		return &failure{code: TooSlow, lost: true}
	}
	return &failure{code: Broken, lost: true}
}

// build makes the mail as it goes over the line. What members wrote stands in it encoded, so that it ends no header (security.md V37).
func (s Server) build(m message) (*smtp.Msg, error) {
	to, err := mail.ParseAddress("<" + m.to + ">")
	if err != nil {
		return nil, &failure{code: BadAddress, forever: true}
	}
	msg := smtp.NewMsg(smtp.WithNoDefaultUserAgent())
	msg.FromMailAddress(&mail.Address{Name: m.from, Address: s.From})
	msg.ToMailAddress(to)
	msg.Subject(line.Tidy(m.title)) // an end of a line would end no header, but some programs would show one
	msg.SetDateWithValue(m.at)
	msg.SetMessageIDWithValue(m.id)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: nothing answers it by itself
	if m.stop != "" {
		msg.SetGenHeaderPreformatted(smtp.HeaderListUnsubscribe, "<"+m.stop+">")
		msg.SetGenHeaderPreformatted(smtp.HeaderListUnsubscribePost, "List-Unsubscribe=One-Click") // RFC 8058
	}
	msg.SetBodyString(smtp.TypeTextPlain, m.text)
	if m.html != "" {
		msg.AddAlternativeString(smtp.TypeTextHTML, m.html)
	}
	if m.ics != "" {
		err := msg.AttachReader("event.ics", strings.NewReader(m.ics), smtp.WithFileContentType("text/calendar; charset=utf-8; method=PUBLISH"))
		if err != nil {
			return nil, &failure{code: Broken}
		}
	}
	return msg, nil
}

// hangUp ends the connection. What it says to that changes nothing any more.
func hangUp(c *smtp.Client) {
	if c != nil {
		_ = c.Close()
	}
}

// CodeOf returns in a word why a mail was not sent; empty if it was, or if that was nothing of the mail server's.
func CodeOf(err error) Code {
	if f, ok := errors.AsType[*failure](err); ok {
		return f.code
	}
	return ""
}
