package mailtest

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func base64Reader(r io.Reader) io.Reader { return base64.NewDecoder(base64.StdEncoding, r) }

// eximProgram is Debian's; .ci/tools sees to it that it is there.
const eximProgram = "/usr/sbin/exim4"

// eximSettings has Exim take mail from whoever knows the password, over an enciphered connection only, and put it into a folder. Nothing
// of it is outside the test's folder, and nothing leaves the machine.
const eximSettings = `primary_hostname = localhost
spool_directory = %[1]s/spool
log_file_path = %[1]s/log-%%s
local_interfaces = 127.0.0.1
daemon_smtp_ports = %[2]d : %[3]d
tls_on_connect_ports = %[3]d
tls_advertise_hosts = *
tls_certificate = %[1]s/cert.pem
tls_privatekey = %[1]s/key.pem
auth_advertise_hosts = ${if eq{$tls_in_cipher}{}{}{*}}
acl_smtp_rcpt = rcpt
keep_environment =
host_lookup =
smtputf8_advertise_hosts = *
received_header_text =

begin acl
rcpt:
  deny message = authenticate first
       !authenticated = *
  deny message = there is nobody of that name
       local_parts = nobody
  defer message = come back later
       local_parts = later
  accept

begin routers
all:
  driver = accept
  transport = box

begin transports
box:
  driver = appendfile
  directory = %[1]s/box
  create_directory
  maildir_format
  envelope_to_add
  user = %[4]s

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_set_id = $auth2
  server_condition = ${if and{{eq{$auth2}{%[5]s}}{eq{$auth3}{%[6]s}}}}
`

// Exim runs a real mail server until the test ends: Port speaks STARTTLS, and the one that is returned TLS from the first byte.
func Exim(t testing.TB) (s *Server, tlsPort int) {
	t.Helper()
	if _, err := os.Stat(eximProgram); err != nil {
		t.Fatalf("Exim is not here; make tools as root installs it: %v", err)
	}
	cert, s := identity(t, "localhost", net.IPv4(127, 0, 0, 1))
	dir, err := os.MkdirTemp("/tmp", "folkmoot-exim") // short: Exim makes sockets in it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	key, err := x509.MarshalPKCS8PrivateKey(cert.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	name := eximUser(t)
	s.Host, s.Port, tlsPort = "127.0.0.1", freePort(t), freePort(t)
	settings := fmt.Sprintf(eximSettings, dir, s.Port, tlsPort, name, User, Password)
	for file, text := range map[string]string{
		"conf":     settings,
		"cert.pem": string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Certificate[0]})),
		"key.pem":  string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})),
	} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	own(t, dir, name)
	cmd := exec.Command(eximProgram, "-C", filepath.Join(dir, "conf"), "-bdf", "-oP", filepath.Join(dir, "pid"))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); err != nil {
			t.Error(err)
		}
		if err := cmd.Wait(); err == nil {
			t.Error("Exim ended by itself")
		}
	})
	s.list = func() ([]Mail, error) { return inbox(filepath.Join(dir, "box", "new")) }
	for range 200 {
		c, err := net.Dial("tcp", net.JoinHostPort(s.Host, strconv.Itoa(s.Port)))
		if err == nil {
			if err := c.Close(); err != nil {
				t.Fatal(err)
			}
			return s, tlsPort
		}
		time.Sleep(50 * time.Millisecond)
	}
	log, err := os.ReadFile(filepath.Join(dir, "log-main"))
	t.Fatalf("Exim does not answer: %s (%v)", log, err)
	return nil, 0
}

// eximUser is whom Exim works as: its own user if root starts it, whoever starts it otherwise.
func eximUser(t testing.TB) string {
	t.Helper()
	u, err := user.Current()
	if err == nil && u.Uid == "0" {
		u, err = user.Lookup("Debian-exim")
	}
	if err != nil {
		t.Fatal(err)
	}
	return u.Username
}

// own gives the folder and all in it to the user.
func own(t testing.TB, dir, name string) {
	t.Helper()
	u, err := user.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	uid, errU := strconv.Atoi(u.Uid)
	gid, errG := strconv.Atoi(u.Gid)
	if errU != nil || errG != nil {
		t.Fatal(errU, errG)
	}
	if err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if err != nil || strings.HasSuffix(path, "conf") { // Exim believes settings only of root
			return err
		}
		return os.Chown(path, uid, gid)
	}); err != nil {
		t.Fatal(err)
	}
}

func freePort(t testing.TB) int {
	t.Helper()
	lis, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	a, ok := lis.Addr().(*net.TCPAddr)
	if err := lis.Close(); err != nil || !ok {
		t.Fatal(err)
	}
	return a.Port
}

// inbox reads a maildir.
func inbox(dir string) (out []Mail, err error) {
	files, err := os.ReadDir(dir)
	if os.IsNotExist(err) {
		return nil, nil
	}
	for _, f := range files {
		raw, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			return nil, err
		}
		m := Mail{Raw: raw}
		for line := range strings.Lines(string(raw)) {
			if to, ok := strings.CutPrefix(line, "Envelope-to: "); ok {
				m.To = strings.TrimSpace(to)
				break
			}
		}
		out = append(out, m)
	}
	return out, err
}
