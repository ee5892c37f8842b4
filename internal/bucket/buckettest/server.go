// Package buckettest runs S3 servers for tests, on this machine alone: gofakes3 in every run, and versitygw as a process of its own in the
// long runs, since it takes minutes to build.
package buckettest

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// Key and secret of the servers. They are set in the environment of the test.
const (
	key    = "stocktake-test"
	secret = "not-a-secret-of-anybody"
)

// Name is that of the bucket of a server; everybody may read what is in it.
const Name = "published"

// A Server is an S3 server with one bucket.
type Server struct {
	Kind string // gofakes3, versitygw
	URL  string

	mu     sync.Mutex
	handle http.Handler
	broken func(http.ResponseWriter, *http.Request) bool
	seen   []string
	cache  map[string]string // Cache-Control of what was put, which gofakes3 does not keep
	start  func(*testing.T)
	stop   func()
}

// A server that is stopped is found to be away in a tenth of the time.
func init() {
	minio.DefaultRetryUnit, minio.DefaultRetryCap = 10*time.Millisecond, 100*time.Millisecond
}

// Long starts the server of the long runs: versitygw with STOCKTAKE_SOAK=1, and gofakes3 otherwise, which shows that they would run.
func Long(t *testing.T) *Server {
	t.Helper()
	if os.Getenv("STOCKTAKE_SOAK") == "1" {
		return newGateway(t)
	}
	return New(t)
}

// New starts gofakes3.
func New(t *testing.T) *Server {
	t.Helper()
	s := &Server{Kind: "gofakes3", cache: map[string]string{}, handle: gofakes3.New(s3mem.New(), gofakes3.WithLogger(gofakes3.DiscardLog())).Server()}
	address := free(t)
	s.URL = "http://" + address
	s.start = func(t *testing.T) {
		ln, err := net.Listen("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		srv := &http.Server{Handler: s}
		go srv.Serve(ln)
		s.stop = func() { srv.Close() }
	}
	s.ready(t)
	return s
}

// free returns an address that nobody listens on.
func free(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

// ready starts the server, makes the bucket, and sets credentials.
func (s *Server) ready(t *testing.T) {
	t.Helper()
	t.Setenv("AWS_ACCESS_KEY_ID", key)
	t.Setenv("AWS_SECRET_ACCESS_KEY", secret)
	for _, name := range []string{"AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"} {
		t.Setenv(name, "")
	}
	s.Start(t)
	t.Cleanup(func() { s.Stop() })
	if err := s.Client(t).MakeBucket(t.Context(), Name, minio.MakeBucketOptions{}); err != nil {
		t.Fatal(err)
	}
}

// Client speaks to the server without ours.
func (s *Server) Client(t *testing.T) *minio.Client {
	t.Helper()
	c, err := minio.New(strings.TrimPrefix(s.URL, "http://"), &minio.Options{Creds: credentials.NewStaticV4(key, secret, ""), Region: "us-east-1"})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Address is that of the bucket, or of a folder in it, for this program.
func (s *Server) Address(folder string) string {
	return "s3://" + Name + "/" + folder + "?endpoint=" + s.URL
}

// Public is the address at which everybody reads a folder of the bucket.
func (s *Server) Public(folder string) string { return s.URL + "/" + Name + "/" + folder }

// Start starts the server again, at the same address and with what it held.
func (s *Server) Start(t *testing.T) {
	t.Helper()
	s.start(t)
	for range 200 {
		if c, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://")); err == nil {
			c.Close()
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("%s does not start", s.Kind)
}

// Stop stops it.
func (s *Server) Stop() {
	if s.stop != nil {
		s.stop()
		s.stop = nil
	}
}

// Break has f answer in the place of gofakes3 where it returns true; nil ends that.
func (s *Server) Break(f func(http.ResponseWriter, *http.Request) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = f
}

// Seen returns what gofakes3 was asked, "PUT name" and so on, and forgets it.
func (s *Server) Seen() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer func() { s.seen = nil }()
	return s.seen
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.seen = append(s.seen, r.Method+" "+strings.TrimPrefix(r.URL.Path, "/"+Name+"/"))
	if c := r.Header.Get("Cache-Control"); c != "" && r.Method == http.MethodPut {
		s.cache[strings.TrimPrefix(r.URL.Path, "/"+Name+"/")] = c
	}
	broken := s.broken
	s.mu.Unlock()
	if broken != nil && broken(w, r) {
		return
	}
	s.handle.ServeHTTP(w, r)
}

// Object is one file of the bucket, as it is served.
type Object struct {
	Body                  []byte
	Type, Cache, Encoding string
}

// All returns everything in the bucket.
func (s *Server) All(t *testing.T) map[string]Object {
	t.Helper()
	c, all := minio.Core{Client: s.Client(t)}, map[string]Object{}
	for o := range c.ListObjectsIter(t.Context(), Name, minio.ListObjectsOptions{Recursive: true}) {
		if o.Err != nil {
			t.Fatal(o.Err)
		}
		r, info, h, err := c.GetObject(t.Context(), Name, o.Key, minio.GetObjectOptions{})
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if _, err := b.ReadFrom(r); err != nil {
			t.Fatal(err)
		}
		r.Close()
		cache := h.Get("Cache-Control")
		if s.handle != nil {
			s.mu.Lock()
			cache = s.cache[o.Key]
			s.mu.Unlock()
		}
		all[o.Key] = Object{b.Bytes(), info.ContentType, cache, h.Get("Content-Encoding")}
	}
	return all
}

// gateway builds versitygw, once a run.
var gateway = sync.OnceValues(func() (string, error) {
	at, err := os.Getwd()
	for err == nil {
		if _, err := os.Stat(filepath.Join(at, "tools", "s3", "go.mod")); err == nil {
			break
		}
		if at == filepath.Dir(at) {
			return "", fmt.Errorf("tools/s3 is not above %s", at)
		}
		at = filepath.Dir(at)
	}
	cmd := exec.Command("go", "tool", "-n", "versitygw") // built into the cache of the go command
	cmd.Dir = filepath.Join(at, "tools", "s3")
	out, err := cmd.Output()
	if err != nil {
		var failed *exec.ExitError
		if errors.As(err, &failed) {
			out = failed.Stderr
		}
		return "", fmt.Errorf("build versitygw: %w\n%s", err, out)
	}
	return strings.TrimSpace(string(out)), nil
})

// newGateway starts versitygw on a folder, as a process.
func newGateway(t *testing.T) *Server {
	t.Helper()
	program, err := gateway()
	if err != nil {
		t.Fatal(err)
	}
	dir, address := t.TempDir(), free(t)
	s := &Server{Kind: "versitygw", URL: "http://" + address}
	s.start = func(t *testing.T) {
		cmd := exec.Command(program, "--port", address, "--quiet", "posix", dir)
		cmd.Env = append(os.Environ(), "ROOT_ACCESS_KEY="+key, "ROOT_SECRET_KEY="+secret)
		var said bytes.Buffer
		cmd.Stdout, cmd.Stderr = &said, &said
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		s.stop = func() {
			cmd.Process.Kill() // in the middle of whatever it does
			cmd.Wait()
		}
	}
	s.ready(t)
	policy := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::` + Name + `/*"}]}`
	if err := s.Client(t).SetBucketPolicy(t.Context(), Name, policy); err != nil {
		t.Fatal(err)
	}
	return s
}
