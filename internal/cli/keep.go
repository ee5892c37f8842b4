package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"stocktake"
	"stocktake/internal/builtin"
	"stocktake/internal/ledger"
	"stocktake/internal/mailer"
	"stocktake/internal/store"
	"stocktake/internal/store/blob"
)

type initCmd struct {
	Empty bool `help:"Without the built-in record."`
}

// Run makes a record.
func (c *initCmd) Run(e *env) error {
	o, err := e.openWith(false)
	if err != nil {
		return err
	}
	defer o.Close()
	if n := o.Record().Head(); n > 0 && c.Empty {
		return &stocktake.Fault{Kind: stocktake.Conflict, What: fmt.Sprintf("%s holds a record of %d filings already", o.dir, n), Hint: "name an empty folder with --data"}
	}
	if c.Empty {
		if err := o.Store().Write(e.ctx, func(w store.Writer) error { return w.SetMeta(e.ctx, metaBuiltin, "none") }); err != nil {
			return err
		}
	} else if err := e.fill(o); err != nil {
		return err
	}
	fmt.Fprintf(e.out, "%s holds a record of %d filings.\n", o.dir, o.Record().Head())
	return nil
}

type exportCmd struct {
	File string `arg:"" help:"File to write, such as record.tar.zst; - for standard output."`
}

func (c *exportCmd) Help() string {
	return "Writes every public fact and file. The same record gives the same bytes. `stocktake load` takes it in.\nWith --head N, the record as it was at that head. What was removed is not in it; it says what that is, and which filings removed it."
}

// Run writes an export.
func (c *exportCmd) Run(e *env) error {
	o, err := e.open()
	if err != nil {
		return err
	}
	defer o.Close()
	at, err := e.at(o)
	if err != nil {
		return err
	}
	if at.Head == 0 && o.Record().Head() > 0 { // to Export, 0 is the newest
		return stocktake.NotFoundf("at that moment this record held no filing, so that there is nothing to export").Hinted("`stocktake learned --from-head 0` says when each was filed")
	}
	if !e.flags.Quiet {
		gone, err := o.Removed(e.ctx)
		if err != nil {
			return err
		}
		e.tellRemoved(e.err, "Not in it: ", gone)
	}
	if c.File == "-" {
		return o.Export(e.ctx, e.out, at.Head, e.progress())
	}
	return whole(c.File, func(w io.Writer) error { return o.Export(e.ctx, w, at.Head, e.progress()) })
}

// whole writes a file that is there whole or not at all.
func whole(path string, write func(io.Writer) error) error {
	if _, err := os.Lstat(path); err == nil {
		return &stocktake.Fault{Kind: stocktake.Conflict, What: path + " is there already", Hint: "name a new file"}
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".stocktake-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	if err := os.Chmod(f.Name(), 0o644); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

type loadCmd struct {
	File string `arg:"" help:"An export; - for standard input."`
}

func (c *loadCmd) Help() string {
	return "Takes in what the record does not hold yet, all of it or nothing. A folder that holds nothing gets only what is in the export."
}

// Run takes in an export.
func (c *loadCmd) Run(e *env) error {
	in := e.in
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return err
		}
		defer f.Close()
		in = f
	}
	o, err := e.openWith(false)
	if err != nil {
		return err
	}
	defer o.Close()
	have, err := o.Store().Meta(e.ctx, metaBuiltin)
	if err != nil {
		return err
	}
	note := func(s string) error {
		if have != "" {
			return nil
		}
		return o.Store().Write(e.ctx, func(w store.Writer) error { return w.SetMeta(e.ctx, metaBuiltin, s) })
	}
	// First the note, so that no crash leaves a loaded record that the built-in one would be added to.
	if err := note("none"); err != nil {
		return err
	}
	r, err := o.LoadExport(e.ctx, in, e.progress())
	if err != nil {
		return errors.Join(err, note(""))
	}
	fmt.Fprintf(e.out, "%d filings added, %d were here already. The record holds %d.\n", r.Filed, r.Same, o.Record().Head())
	for _, sum := range r.Out {
		fmt.Fprintf(e.out, "The archived file %s in it stays away: filing %d took it down here.\n", sum, o.Record().TakenDownBy(sum))
	}
	return nil
}

type rebuildCmd struct{}

// Run rebuilds.
func (c *rebuildCmd) Run(e *env) error {
	o, err := e.open()
	if err != nil {
		return err
	}
	defer o.Close()
	if err := o.Rebuild(e.ctx, e.progress()); err != nil {
		return err
	}
	fmt.Fprintf(e.out, "Rebuilt from %d filings.\n", o.Record().Head())
	return nil
}

type backupCmd struct {
	To string `arg:"" help:"Folder to make."`
}

func (c *backupCmd) Help() string {
	return "Copies the database, the sheets in it, and the archived files, also those that lie in a bucket, to a new folder, whole, also while `serve` runs.\nKeys are not in it: copy the folder keys by hand. `stocktake restore` fills an empty folder from it."
}

// Run copies the record.
func (c *backupCmd) Run(e *env) error {
	if _, err := os.Lstat(c.To); err == nil {
		return &stocktake.Fault{Kind: stocktake.Conflict, What: c.To + " is there already", Hint: "name a new folder"}
	}
	if !e.exists() {
		return stocktake.NotFoundf("%s holds no record to copy", e.flags.Data)
	}
	o, err := e.openWith(false)
	if err != nil {
		return err
	}
	defer o.Close()
	tmp := c.To + ".unfinished"
	if err := os.MkdirAll(tmp, 0o700); err != nil {
		return err
	}
	done := false
	defer func() {
		if !done {
			os.RemoveAll(tmp)
		}
	}()
	// Files first would miss those of filings made meanwhile; the database first, so that every file it names is copied after it.
	if err := o.Store().Backup(e.ctx, filepath.Join(tmp, databaseFile)); err != nil {
		return err
	}
	n := 0
	files, err := blob.OpenDir(filepath.Join(tmp, "files"))
	if err == nil {
		err = copyFiles(e.ctx, o.Blobs(), files, func(string) { n++ })
	}
	if err != nil {
		return err
	}
	if err := os.Rename(tmp, c.To); err != nil {
		return err
	}
	done = true
	if err := o.noteBackup(e.ctx, c.To); err != nil && !isForbidden(err) {
		return err
	}
	fmt.Fprintf(e.out, "%s holds a copy of the record and %d archived files.\n", c.To, n)
	return nil
}

type restoreCmd struct {
	From string `arg:"" help:"Folder that \"backup\" made." type:"existingdir"`
}

// Run fills an empty folder.
func (c *restoreCmd) Run(e *env) error {
	if e.flags.Database == "" && e.exists() {
		return &stocktake.Fault{Kind: stocktake.Conflict, What: e.flags.Data + " holds a record already", Hint: "name an empty folder with --data"}
	}
	if _, err := os.Stat(filepath.Join(c.From, databaseFile)); err != nil {
		return stocktake.Invalidf("%s is no backup: it has no %s", c.From, databaseFile)
	}
	st, dir, err := e.openStore(e.ctx)
	if err != nil {
		return err
	}
	err = st.Restore(e.ctx, filepath.Join(c.From, databaseFile))
	if err == nil { // its log may have been longer, and words removed since: neither is signed nor served before that is settled
		err = st.Write(e.ctx, ledger.MarkRestored(e.ctx))
	}
	if err == nil { // letters that waited in the backup may have gone out since
		_, err = mailer.Restored(e.ctx, st, e.now())
	}
	if err == nil {
		if err = restoreFiles(e, st, filepath.Join(c.From, "files"), dir); errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
	}
	if cerr := st.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	o, err := e.openWith(false)
	if err != nil {
		return err
	}
	defer o.Close()
	fmt.Fprintf(e.out, "%s holds a record of %d filings.\n", dir, o.Record().Head())
	if back, err := o.IsRestored(e.ctx); err != nil || !back {
		return err
	}
	fmt.Fprintf(e.out, "Put the folder keys back, which backups do not hold. Before it is served, say what others saw of it:\n`stocktake --data %s key resume --from MIRROR`, or --alone where nobody can have seen more.\n", dir)
	return nil
}

type checkCmd struct{}

// Run tests what must always hold.
func (c *checkCmd) Run(e *env) error {
	o, err := e.open()
	if err != nil {
		return err
	}
	defer o.Close()
	a, err := o.Check(e.ctx, e.progress())
	if err != nil {
		return err
	}
	if e.flags.JSON {
		if err := e.object(a); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(e.out, "%d filings checked. %d quotes stand in their archived copies; %d are not checkable here, because the copy is private or absent, which is no failure. %d sheets were removed, each by a filing.\n", a.Filings, a.Quotes, a.NotHere, a.Gone)
		e.tellRemoved(e.out, "Gone: ", a.Removed)
		for _, p := range a.Problems {
			fmt.Fprintf(e.out, "filing %d: %s\n", p.Filing, p.What)
		}
	}
	if len(a.Problems) > 0 {
		return fmt.Errorf("%d things do not hold", len(a.Problems))
	}
	if !e.flags.JSON {
		fmt.Fprintln(e.out, "Everything holds.")
	}
	return nil
}

type versionCmd struct{}

// Run prints the version.
func (c *versionCmd) Run(e *env) error {
	if e.flags.JSON {
		return e.object(map[string]any{"version": Version, "go": runtime.Version(), "system": runtime.GOOS + "/" + runtime.GOARCH, "record": builtin.ID()})
	}
	fmt.Fprintf(e.out, "stocktake %s, %s %s/%s, built-in record %s (%.1f MB)\n", Version, runtime.Version(), runtime.GOOS, runtime.GOARCH, builtin.ID()[:12], float64(builtin.Size())/1e6)
	return nil
}
