// Package bucket reads and writes files in a bucket of an S3 service: of a provider, or of a server of one's own.
package bucket

import (
	"cmp"
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"stocktake"
)

// Scheme begins the address of a bucket: s3://BUCKET/PREFIX?endpoint=URL&region=NAME.
const Scheme = "s3://"

// A Bucket is the part of a bucket beneath a prefix. All methods may be called from many goroutines. Faults name the bucket: NotFound where a
// file is absent, Conflict where there is a bucket in the way of what is asked, Forbidden where the service refuses, Busy where it is away.
type Bucket struct {
	client    *minio.Client
	name      string
	prefix    string // "" or with a slash at its end
	endpoint  string
	region    string
	transport *http.Transport
	anyone    bool // no credentials were found

	mu     sync.Mutex
	usable bool        // it was seen that it may be written to
	always atomic.Bool // the service does not know conditions
}

// Open reads the address of a bucket; nothing is asked of the service yet. Without endpoint it is the one of AWS_ENDPOINT_URL_S3 or
// AWS_ENDPOINT_URL, or Amazon's; without region that of AWS_REGION or AWS_DEFAULT_REGION, or us-east-1. Credentials come from
// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or from the shared credentials file, and from nowhere else: an
// address that holds some is an Invalid fault. Without any, only what is open to everybody can be read.
func Open(address string) (*Bucket, error) {
	wrong := func(what string) error { // never the address itself, which may hold a secret
		return &stocktake.Fault{Kind: stocktake.Invalid, What: "the address of a bucket " + what, Hint: "write s3://BUCKET/PREFIX?endpoint=https://HOST&region=NAME; credentials stand in the environment"}
	}
	u, err := url.Parse(address)
	switch {
	case err != nil || !strings.HasPrefix(address, Scheme) || u.Host == "":
		return nil, wrong("cannot be read")
	case u.User != nil:
		return nil, wrong("holds credentials")
	case u.Port() != "" || u.Fragment != "":
		return nil, wrong("begins with the name of the bucket; the service is named by endpoint")
	}
	q, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, wrong("cannot be read after the question mark")
	}
	for k := range q {
		if k != "endpoint" && k != "region" {
			return nil, wrong("takes endpoint and region, and no other parameter")
		}
	}
	first := func(list ...string) string {
		for _, s := range list {
			if s != "" {
				return s
			}
		}
		return ""
	}
	endpoint := first(q.Get("endpoint"), os.Getenv("AWS_ENDPOINT_URL_S3"), os.Getenv("AWS_ENDPOINT_URL"), "https://s3.amazonaws.com")
	at, err := url.Parse(endpoint)
	if err != nil || at.Scheme != "http" && at.Scheme != "https" || at.Host == "" || at.User != nil || strings.Trim(at.Path, "/") != "" || at.RawQuery != "" {
		return nil, wrong("needs an endpoint such as https://s3.example.org")
	}
	secure := at.Scheme == "https"
	transport, err := minio.DefaultTransport(secure)
	if err != nil {
		return nil, err
	}
	transport.MaxIdleConnsPerHost = 32
	b := &Bucket{name: u.Host, endpoint: at.Host, prefix: strings.Trim(u.Path, "/"), transport: transport}
	if b.prefix != "" {
		b.prefix += "/"
	}
	creds := credentials.NewChainCredentials([]credentials.Provider{&credentials.EnvAWS{}, &credentials.FileAWSCredentials{}})
	if v, err := creds.GetWithContext(&credentials.CredContext{Client: http.DefaultClient}); err != nil || v.AccessKeyID == "" {
		b.anyone = true
	}
	b.region = first(q.Get("region"), os.Getenv("AWS_REGION"), os.Getenv("AWS_DEFAULT_REGION"), "us-east-1")
	b.client, err = minio.New(at.Host, &minio.Options{Creds: creds, Secure: secure, Transport: transport, MaxRetries: tries, Region: b.region})
	if err != nil {
		return nil, wrong("cannot be used: " + err.Error())
	}
	return b, nil
}

// tries is how often a request is made, within some four seconds, before the service counts as away.
const tries = 5

// Address is the whole address, with the endpoint and the region that were found: it opens the same in another environment. It holds no secrets.
func (b *Bucket) Address() string {
	return b.String() + "?" + url.Values{"endpoint": {b.client.EndpointURL().String()}, "region": {b.region}}.Encode()
}

// String names bucket and prefix. It holds no secrets.
func (b *Bucket) String() string { return Scheme + b.name + strings.TrimSuffix("/"+b.prefix, "/") }

// Close lets go of idle connections.
func (b *Bucket) Close() error { b.transport.CloseIdleConnections(); return nil }

// Kind says how a file is written, and how the service serves it.
type Kind struct {
	Type, Cache, Encoding string
	Once                  bool // not written over: where the name is taken, it is ErrTaken
}

// ErrTaken is that the name is in use.
var ErrTaken = errors.New("there is a file of that name")

// Put writes the size bytes that r holds, up to 5 GiB, in one request: whole or not at all. r is read more than once.
func (b *Bucket) Put(ctx context.Context, name string, r io.ReadSeeker, size int64, k Kind) error {
	if err := b.ready(ctx); err != nil {
		return err
	}
	o := minio.PutObjectOptions{ContentType: k.Type, CacheControl: k.Cache, ContentEncoding: k.Encoding, DisableContentSha256: true} // it is given below
	// The service refuses content that was damaged on its way.
	sum, old := sha256.New(), md5.New()
	if n, err := io.Copy(io.MultiWriter(sum, old), r); err != nil || n != size {
		return cmp.Or(err, io.ErrUnexpectedEOF)
	}
	once := k.Once
	for {
		o := o
		if once && b.always.Load() {
			if _, err := b.Size(ctx, name); stocktake.KindOf(err) != stocktake.NotFound {
				if err == nil {
					err = ErrTaken
				}
				return err
			}
		} else if once {
			o.SetMatchETagExcept("*")
		}
		if _, err := r.Seek(0, io.SeekStart); err != nil {
			return err
		}
		_, err := minio.Core{Client: b.client}.PutObject(ctx, b.name, b.prefix+name, r, size,
			base64.StdEncoding.EncodeToString(old.Sum(nil)), hex.EncodeToString(sum.Sum(nil)), o)
		if err == nil {
			return nil
		}
		switch is := minio.ToErrorResponse(err); {
		case once && is.StatusCode == http.StatusPreconditionFailed:
			return ErrTaken
		case once && is.StatusCode == http.StatusNotImplemented && !b.always.Load():
			b.always.Store(true)
			continue
		}
		return b.fault(ctx, name, err)
	}
}

// Open returns a file and its length, as it was when it was opened.
func (b *Bucket) Open(ctx context.Context, name string) (io.ReadCloser, int64, error) {
	body, is, _, err := minio.Core{Client: b.client}.GetObject(ctx, b.name, b.prefix+name, minio.GetObjectOptions{})
	if err != nil {
		return nil, 0, b.fault(ctx, name, err)
	}
	return &reader{body, b, ctx, name, is.Size}, is.Size, nil
}

// reader says in words what goes wrong while a file is read, also where it ends too early.
type reader struct {
	io.ReadCloser
	b    *Bucket
	ctx  context.Context
	name string
	left int64
}

func (r *reader) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	r.left -= int64(n)
	if err == io.EOF && r.left > 0 {
		err = io.ErrUnexpectedEOF
	}
	if err != nil && err != io.EOF {
		err = r.b.fault(r.ctx, r.name, err)
	}
	return n, err
}

// Get returns what a file holds, up to limit bytes; a longer one is an Invalid fault.
func (b *Bucket) Get(ctx context.Context, name string, limit int64) ([]byte, error) {
	for try := 1; ; try++ {
		body, err := b.get(ctx, name, limit)
		if stocktake.KindOf(err) != stocktake.Busy || try == 3 {
			return body, err
		}
	}
}

func (b *Bucket) get(ctx context.Context, name string, limit int64) ([]byte, error) {
	r, size, err := b.Open(ctx, name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if size > limit {
		return nil, &stocktake.Fault{Kind: stocktake.Invalid, Where: b.String(), What: name + " is larger than what is read at once"}
	}
	body := make([]byte, size)
	_, err = io.ReadFull(r, body)
	return body, err
}

// Size returns the length of a file.
func (b *Bucket) Size(ctx context.Context, name string) (int64, error) {
	st, err := b.client.StatObject(ctx, b.name, b.prefix+name, minio.StatObjectOptions{})
	return st.Size, b.fault(ctx, name, err)
}

// Remove takes a file away; what is not there is no error.
func (b *Bucket) Remove(ctx context.Context, name string) error {
	if err := b.ready(ctx); err != nil {
		return err
	}
	err := b.fault(ctx, name, b.client.RemoveObject(ctx, b.name, b.prefix+name, minio.RemoveObjectOptions{}))
	if stocktake.KindOf(err) == stocktake.NotFound {
		return nil
	}
	return err
}

// List calls each for the files beneath a folder, "" for all, by name. An error of each ends it and comes back as it is.
func (b *Bucket) List(ctx context.Context, folder string, each func(name string, size int64) error) error {
	all, stop := context.WithCancel(ctx)
	defer stop()
	prefix := b.prefix
	if folder != "" {
		prefix += folder + "/"
	}
	for o := range b.client.ListObjectsIter(all, b.name, minio.ListObjectsOptions{Prefix: prefix, Recursive: true}) {
		if o.Err != nil {
			return b.fault(ctx, "", o.Err)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if strings.HasSuffix(o.Key, "/") {
			continue // a folder, as some services show them
		}
		if err := each(strings.TrimPrefix(o.Key, b.prefix), o.Size); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// ready finds out, once, whether the bucket can be written to so that what is removed is gone.
func (b *Bucket) ready(ctx context.Context) error {
	if b.anyone {
		return &stocktake.Fault{Kind: stocktake.Forbidden, Where: b.String(), What: "there are no credentials to write with", Hint: noCredentials}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.usable {
		return ctx.Err()
	}
	v, err := b.client.GetBucketVersioning(ctx, b.name)
	if err != nil {
		err = b.fault(ctx, "", err)
		is := minio.ToErrorResponse(errors.Unwrap(err))
		if is.Code == "NoSuchBucket" || is.StatusCode == 0 || is.StatusCode >= 500 && is.StatusCode != http.StatusNotImplemented {
			return err
		}
		// A service that has no versions, or credentials that may not ask: operating.md tells what to see to.
	}
	if v.Status != "" {
		return &stocktake.Fault{Kind: stocktake.Conflict, Where: b.String(), What: "the bucket keeps old versions of files, so that words which have to go would stay in it",
			Hint: "name a bucket that never kept versions; nothing was written"}
	}
	b.usable = true
	return nil
}

// plain leaves the address of the request out of an error.
func plain(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	return err.Error()
}

const noCredentials = "no credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile of the shared credentials file in AWS_PROFILE"

// fault makes of an error of the service what a person can act on.
func (b *Bucket) fault(ctx context.Context, name string, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var known *stocktake.Fault
	if errors.As(err, &known) {
		return err
	}
	is := minio.ToErrorResponse(err)
	f := &stocktake.Fault{Where: b.String(), Err: err}
	said := is.Code
	if is.Message != "" && is.Message != is.Code {
		said += ": " + is.Message
	}
	file := name
	if file == "" {
		file = "the bucket"
	}
	var network net.Error
	switch {
	case is.Code == "NoSuchBucket":
		f.Kind, f.What, f.Hint = stocktake.Conflict, "there is no such bucket at "+b.endpoint, "make it there, or name another"
	case is.StatusCode == http.StatusNotFound:
		f.Kind, f.What = stocktake.NotFound, "it holds no "+file
	case is.Code == "RequestTimeTooSkewed":
		f.Kind, f.What, f.Hint = stocktake.Conflict, "this machine's clock differs too much from that of "+b.endpoint, "set the clock right"
	case is.Code == "InvalidAccessKeyId", is.Code == "SignatureDoesNotMatch", is.Code == "ExpiredToken", is.Code == "InvalidToken", is.Code == "AuthorizationHeaderMalformed":
		f.Kind, f.What, f.Hint = stocktake.Forbidden, b.endpoint+" does not accept the credentials ("+said+")", "look at AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or the shared credentials file, and at region"
	case is.StatusCode == http.StatusForbidden, is.StatusCode == http.StatusUnauthorized:
		f.Kind, f.What, f.Hint = stocktake.Forbidden, b.endpoint+" does not allow it for "+file+" ("+said+")", "the credentials need to get, put, delete and list in this bucket"
		if b.anyone {
			f.Hint = noCredentials
		}
	case is.StatusCode == http.StatusInsufficientStorage, strings.Contains(is.Code, "Quota"), is.Code == "XMinioStorageFull":
		f.Kind, f.What, f.Hint = stocktake.Conflict, "there is no space left for "+file+" ("+said+")", "make room, then try again; nothing half-written stays"
	case is.StatusCode >= 500, is.StatusCode == http.StatusTooManyRequests, is.StatusCode == http.StatusRequestTimeout:
		f.Kind, f.What, f.Hint = stocktake.Busy, b.endpoint+" cannot do it now ("+said+")", "try again later; nothing half-written stays"
	case is.StatusCode == 0 && (errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)):
		f.Kind, f.What, f.Hint = stocktake.Busy, b.endpoint+" does not answer: "+plain(err), "see whether the service runs and the endpoint is right, then try again; nothing half-written stays"
	default:
		f.Kind, f.What, f.Hint = stocktake.Internal, b.endpoint+" refuses "+file+": "+err.Error(), "look at the service"
	}
	return f
}
