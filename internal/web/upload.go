package web

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"time"

	"stocktake"
	"stocktake/internal/ingest"
	"stocktake/internal/intake"
)

// mostUploaded is the most bytes that a file may have.
const mostUploaded = 10 << 20

// An upload is a file that came with a form, read. Nothing of it touches a disk.
type upload struct {
	Name string // as the sender calls it; shown to the sender and nowhere else
	Text intake.Text
}

type uploadKey struct{}

// uploaded returns the file that came with a form, nil where there was none.
func (q *request) uploaded() *upload {
	u, _ := q.r.Context().Value(uploadKey{}).(*upload)
	return u
}

// readForm reads what a form sends: fields, and at most one file, which is turned into text.
func readForm(w http.ResponseWriter, r *http.Request) (*http.Request, error) {
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if media != "multipart/form-data" {
		r.Body = http.MaxBytesReader(w, r.Body, mostSent)
		if err := r.ParseForm(); err != nil {
			return r, formFault(err)
		}
		return r, nil
	}
	r.Body = http.MaxBytesReader(w, r.Body, mostUploaded+mostSent)
	parts, err := r.MultipartReader()
	if err != nil {
		return r, formFault(err)
	}
	fields := url.Values{}
	for n := 0; ; n++ {
		part, err := parts.NextPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return r, formFault(err)
		}
		if n >= 20 {
			return r, formFault(errors.New("too many fields"))
		}
		if part.FileName() == "" {
			b, err := io.ReadAll(io.LimitReader(part, mostPasted+1))
			if err != nil {
				return r, formFault(err)
			}
			if len(b) > mostPasted {
				return r, errLong
			}
			if part.FormName() != "file" { // a file field without a file
				fields.Add(part.FormName(), string(b))
			}
			continue
		}
		if r.Context().Value(uploadKey{}) != nil {
			return r, stocktake.Invalidf("several files were sent").Hinted("send one at a time")
		}
		u, err := readFile(r.Context(), part.FileName(), part.Header.Get("Content-Type"), part)
		if err != nil {
			return r, err
		}
		r = r.WithContext(context.WithValue(r.Context(), uploadKey{}, u))
	}
	r.Form, r.PostForm = fields, fields
	return r, nil
}

// readFile reads a file that is being sent. It is taken in whole before its reading begins, so that a slow sender keeps nobody waiting.
func readFile(ctx context.Context, name, media string, body io.Reader) (*upload, error) {
	b, err := io.ReadAll(io.LimitReader(body, mostUploaded+1))
	if err != nil {
		return nil, formFault(err)
	}
	if len(b) > mostUploaded {
		return nil, stocktake.Invalidf("the file %s is larger than %d MiB", name, mostUploaded>>20).Hinted("paste the text of the statement instead")
	}
	t, err := intake.Read(ctx, "the file "+name, media, bytes.NewReader(b), intake.Limits{In: mostUploaded, Out: mostPasted, Time: 20 * time.Second, Memory: 512 << 20})
	if err != nil {
		return nil, err
	}
	return &upload{Name: name, Text: t}, nil
}

// formFault is an error of reading a form as its sender is told of it.
func formFault(err error) error {
	if statusOf(err) == http.StatusRequestEntityTooLarge {
		return err
	}
	return stocktake.Invalidf("the form cannot be read").Hinted("send it from the page that has it")
}

// flags are the doubts about a file as flags of its draft. They have no place in the text.
func (u *upload) flags() []ingest.Flag {
	var list []ingest.Flag
	for _, f := range u.Text.Flags {
		list = append(list, ingest.Flag{Code: "file", Message: f})
	}
	return list
}
