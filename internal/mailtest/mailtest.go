// Package mailtest gives tests mail servers: one of our own that can be made to fail in any way (Start), and a real one, Exim (Exim). Both are
// reached enciphered, under a certificate of an authority that only the test knows.
package mailtest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// User and Password are what a server that asks for them takes.
const (
	User     = "folkmoot"
	Password = "correct horse"
)

// Server is a mail server on this machine.
type Server struct {
	Host  string
	Port  int
	Roots *x509.CertPool // who vouches for it
	CA    string         // the same as a file

	mu    sync.Mutex
	mails []Mail
	rcpt  func(to string) error
	data  func(Mail) error
	reply func(net.Conn)
	list  func() ([]Mail, error) // where another program keeps them
}

// Mail is a mail as the server got it.
type Mail struct {
	From, To string
	Raw      []byte
}

// How speaks a server.
const (
	StartTLS = "starttls"
	TLS      = "tls"
	Plain    = "none"
)

// Start runs a server until the test ends.
func Start(t testing.TB, speaks string) *Server {
	t.Helper()
	cert, s := identity(t, "localhost", net.IPv4(127, 0, 0, 1))
	srv := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &session{s: s, c: c}, nil }))
	srv.Domain, srv.EnableSMTPUTF8, srv.AllowInsecureAuth = "localhost", true, true
	lis, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.at(lis)
	if speaks != Plain {
		srv.TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert}}
	}
	if speaks == TLS {
		lis = tls.NewListener(lis, srv.TLSConfig)
	}
	srv.ErrorLog = silent{}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(lis) }()
	t.Cleanup(func() {
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
		if err := <-done; err != nil && !errors.Is(err, smtp.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
			t.Error(err)
		}
	})
	return s
}

type silent struct{}

// Printf implements smtp.Logger: what a server says of clients that break off is what the tests are about.
func (silent) Printf(string, ...any) {}

// Println implements smtp.Logger.
func (silent) Println(...any) {}

func (s *Server) at(lis net.Listener) {
	a, ok := lis.Addr().(*net.TCPAddr)
	if !ok {
		panic("not TCP")
	}
	s.Host, s.Port = "127.0.0.1", a.Port
}

// OnRcpt has the server answer to a reader's address with an error; nil takes it.
func (s *Server) OnRcpt(f func(to string) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rcpt = f
}

// OnData has the server do something when it has read a mail, before it answers. With an error the mail is not taken.
func (s *Server) OnData(f func(Mail) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.data = f
}

// OnTaken has the server do something with the connection when it has taken a mail, before it says so.
func (s *Server) OnTaken(f func(net.Conn)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reply = f
}

// Mails returns the mails the server has taken so far.
func (s *Server) Mails(t testing.TB) []Mail {
	t.Helper()
	if s.list != nil {
		all, err := s.list()
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Mail(nil), s.mails...)
}

// Wait returns the mails when there are so many, and fails the test if there are not within half a minute.
func (s *Server) Wait(t testing.TB, n int) []Mail {
	t.Helper()
	var all []Mail
	for range 600 {
		if all = s.Mails(t); len(all) >= n {
			return all
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("the mail server has %d mails, want %d", len(all), n)
	return nil
}

// Answer is an error that the server sends as it is: 450, "4.2.0", "come back".
func Answer(code int, text string) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 0, 0}, Message: text}
}

type session struct {
	s        *Server
	c        *smtp.Conn
	from, to string
}

// AuthMechanisms implements smtp.AuthSession.
func (x *session) AuthMechanisms() []string { return []string{sasl.Plain} }

// Auth implements smtp.AuthSession.
func (x *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != User || password != Password {
			return smtp.ErrAuthFailed
		}
		return nil
	}), nil
}

// Mail implements smtp.Session.
func (x *session) Mail(from string, _ *smtp.MailOptions) error {
	x.from = from
	return nil
}

// Rcpt implements smtp.Session.
func (x *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	x.s.mu.Lock()
	f := x.s.rcpt
	x.s.mu.Unlock()
	x.to = to
	if f != nil {
		return f(to)
	}
	return nil
}

// Data implements smtp.Session.
func (x *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	m := Mail{x.from, x.to, raw}
	x.s.mu.Lock()
	before, after := x.s.data, x.s.reply
	x.s.mu.Unlock()
	if before != nil {
		if err := before(m); err != nil {
			return err
		}
	}
	x.s.mu.Lock()
	x.s.mails = append(x.s.mails, m)
	x.s.mu.Unlock()
	if after != nil {
		after(x.c.Conn())
	}
	return nil
}

// Reset implements smtp.Session.
func (*session) Reset() {}

// Logout implements smtp.Session.
func (*session) Logout() error { return nil }

// identity makes an authority and a certificate of it for a server under the name and the address.
func identity(t testing.TB, name string, ip net.IP) (tls.Certificate, *Server) {
	t.Helper()
	key := newKey(t)
	ca := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Tests"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(24 * time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	own := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, NotBefore: ca.NotBefore, NotAfter: ca.NotAfter,
		DNSNames: []string{name}, IPAddresses: []net.IP{ip}, KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	caDER := sign(t, ca, ca, key, key)
	ownKey := newKey(t)
	der := sign(t, own, ca, ownKey, key)
	root, err := x509.ParseCertificate(caDER)
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Roots: x509.NewCertPool(), CA: filepath.Join(t.TempDir(), "ca.pem")}
	s.Roots.AddCert(root)
	if err := os.WriteFile(s.CA, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: caDER}), 0o600); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: ownKey}, s
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func sign(t testing.TB, c, by *x509.Certificate, key, byKey *ecdsa.PrivateKey) []byte {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, c, by, &key.PublicKey, byKey)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// Parsed is a mail as a reader's program shows it.
type Parsed struct {
	Header          mail.Header
	Subject         string
	Text, HTML, ICS string
}

// Parse reads a mail, and fails the test if it is none.
func (m Mail) Parse(t testing.TB) (p Parsed) {
	t.Helper()
	msg, err := mail.ReadMessage(bytes.NewReader(m.Raw))
	if err != nil {
		t.Fatalf("%v\n%s", err, m.Raw)
	}
	p.Header = msg.Header
	if p.Subject, err = new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject")); err != nil {
		t.Fatal(err)
	}
	p.part(t, msg.Header.Get("Content-Type"), msg.Header.Get("Content-Transfer-Encoding"), msg.Body)
	return p
}

func (p *Parsed) part(t testing.TB, kind, encoding string, body io.Reader) {
	t.Helper()
	media, params, err := mime.ParseMediaType(kind)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(media, "multipart/") {
		for r := multipart.NewReader(body, params["boundary"]); ; {
			in, err := r.NextRawPart()
			if err == io.EOF {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			p.part(t, in.Header.Get("Content-Type"), in.Header.Get("Content-Transfer-Encoding"), in)
		}
	}
	text, err := io.ReadAll(decode(encoding, body))
	if err != nil {
		t.Fatal(err)
	}
	switch media {
	case "text/plain":
		p.Text = strings.ReplaceAll(string(text), "\r\n", "\n")
	case "text/html":
		p.HTML = strings.ReplaceAll(string(text), "\r\n", "\n")
	case "text/calendar":
		p.ICS = string(text)
	default:
		t.Fatalf("a part of the kind %q", kind)
	}
}

func decode(encoding string, r io.Reader) io.Reader {
	switch strings.ToLower(encoding) {
	case "quoted-printable":
		return quotedprintable.NewReader(r)
	case "base64":
		return base64Reader(r)
	}
	return r
}
