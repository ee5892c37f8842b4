package verify

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"path"
	"strings"
)

const (
	meansPage     = "A page of this copy is not as it was published, or the file is damaged. The log beside it still holds; publish again, or make the pages of it anew (stocktake mirror, stocktake publish)."
	meansManifest = "The list of what this copy is made of cannot be relied on, so that nothing is said about its pages. The log beside it is another matter."
)

// manifest is what is read here of manifest.json; see internal/publish/site.
type manifest struct {
	Format  string `json:"format"`
	Writing bool   `json:"writing"`
	Parts   []struct {
		Name   string `json:"name"`
		Files  int64  `json:"files"`
		SHA256 string `json:"sha256"`
	} `json:"parts"`
	Files int64 `json:"files"`
}

// pages compares the pages of a site that was written as files with its manifest, in a folder or a zip file that is at hand. Nobody signs pages:
// that they say what the log holds is seen by making them anew from it.
func (r *Report) pages(ctx context.Context, s Source, opt Options) error {
	f, ok := s.(*files)
	if !ok || f.prefix != "log/" {
		return nil
	}
	top := &files{fs: f.fs, name: f.name}
	b, err := top.Read(ctx, "manifest.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var m manifest
	if json.Unmarshal(b, &m) != nil || !strings.HasPrefix(m.Format, "stocktake-copy/") {
		return nil // somebody else's
	}
	if m.Writing {
		r.bad("manifest.json", meansManifest, "the copy was not written to its end; publish again, and it goes on from there")
		return nil
	}
	for _, p := range m.Parts {
		name := "manifest/" + p.Name
		b, err := top.Read(ctx, path.Clean(name))
		if err != nil || sumOf(b) != p.SHA256 {
			r.bad(name, meansManifest, "it is not the file that manifest.json names")
			continue
		}
		for line := range strings.Lines(string(b)) {
			want, file, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
			if strings.HasPrefix(line, "#") || !ok {
				continue
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			b, err := top.Read(ctx, file)
			switch {
			case errors.Is(err, fs.ErrNotExist):
				r.bad(file, meansPage, "it is missing")
			case err != nil:
				r.bad(file, meansPage, "%v", err)
			case sumOf(b) != want:
				r.bad(file, meansPage, "its bytes are not those that %s lists", name)
			}
			r.Pages++
			if opt.Progress != nil {
				opt.Progress(r.Pages, m.Files, "files")
			}
		}
	}
	return nil
}

func sumOf(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}
