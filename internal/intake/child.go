package intake

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"stocktake"
)

// ChildArg is the one argument with which the program is started again to read a file.
const ChildArg = "-read-a-file"

// job is what the child is told, one line of JSON before the bytes of the file.
type job struct {
	Kind    Kind   `json:"kind"`
	Charset string `json:"charset,omitempty"`
	Limits  Limits `json:"limits"`
}

// result is what the child says, one line of JSON before the bytes of the text.
type result struct {
	Text  Text   `json:"text"`
	Fault *fault `json:"fault,omitempty"`
}

type fault struct {
	What string `json:"what"`
	Hint string `json:"hint"`
}

// grace is how much longer than its time a child may take to end by itself, before it is killed.
const grace = 2 * time.Second

var errLate = errors.New("the time for reading the file is over")

// children bounds how many files are read at once: each may take much memory.
var children = make(chan struct{}, max(2, runtime.NumCPU()))

// inChild reads a file in a process of its own.
func inChild(ctx context.Context, j job, in io.Reader) (Text, error) {
	select {
	case children <- struct{}{}:
		defer func() { <-children }()
	case <-ctx.Done():
		if context.Cause(ctx) == errLate {
			return Text{}, &stocktake.Fault{Kind: stocktake.Busy, What: "had to wait too long behind others", Hint: "try again in a minute"}
		}
		return Text{}, ctx.Err()
	}
	self, err := os.Executable()
	if err != nil {
		return Text{}, err
	}
	if until, ok := ctx.Deadline(); ok {
		j.Limits.Time = min(j.Limits.Time, time.Until(until))
	}
	head, err := json.Marshal(j)
	if err != nil {
		return Text{}, err
	}
	// The context's end is not the child's: that ends by itself, with an error that says at what. It is killed when it does not.
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), j.Limits.Time+grace)
	defer cancel()
	stop := context.AfterFunc(ctx, func() {
		if context.Cause(ctx) != errLate {
			cancel() // whoever asked is gone
		}
	})
	defer stop()
	c := exec.CommandContext(late, self, ChildArg)
	c.Env = environment()
	c.Stdin = io.MultiReader(bytes.NewReader(append(head, '\n')), in)
	var errs tail
	c.Stderr = &errs
	out := &capped{limit: j.Limits.Out + 1<<20}
	c.Stdout = out
	c.WaitDelay = time.Second
	alone(c)
	runErr := c.Run()
	if ctx.Err() != nil && context.Cause(ctx) != errLate {
		return Text{}, ctx.Err()
	}
	line, text, ok := bytes.Cut(out.b.Bytes(), []byte("\n"))
	var res result
	if !ok || json.Unmarshal(line, &res) != nil {
		if late.Err() != nil {
			return Text{}, tooSlow(j.Limits)
		}
		if c, ok := in.(*counted); ok && c.over {
			return Text{}, errOver
		}
		return Text{}, broken(runErr, errs.String())
	}
	if res.Fault != nil {
		return Text{}, &stocktake.Fault{Kind: stocktake.Invalid, What: res.Fault.What, Hint: res.Fault.Hint}
	}
	res.Text.Text = string(text)
	return res.Text, nil
}

// broken says that a child ended without an answer. What it said goes into the log and is not shown.
func broken(err error, said string) error {
	f := stocktake.Invalidf("could not be read: it is damaged, nested too deeply, or made to break programs").Hinted("open it in the program that made it and save it anew, or paste its text")
	f.Err = fmt.Errorf("%w; the child said: %s", errors.Join(err), said)
	return f
}

func tooSlow(lim Limits) *stocktake.Fault {
	return stocktake.Invalidf("could not be read in %v", lim.Time.Round(time.Second)).Hinted("paste the text of the statement alone, or part the file")
}

func tooHeavy(lim Limits) *stocktake.Fault {
	return stocktake.Invalidf("takes more than %d MiB of memory to read", lim.Memory>>20).Hinted("paste the text of the statement alone, or part the file")
}

// environment is what a child gets to see of ours: no addresses of databases, no keys.
func environment() []string {
	var list []string
	for _, name := range []string{"PATH", "LANG", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "SystemRoot"} {
		if v, ok := os.LookupEnv(name); ok {
			list = append(list, name+"="+v)
		}
	}
	return list
}

// capped keeps what is written, up to limit bytes, and fails beyond.
type capped struct {
	b     bytes.Buffer
	limit int64
}

func (c *capped) Write(p []byte) (int, error) {
	if int64(c.b.Len()+len(p)) > c.limit {
		return 0, errOver
	}
	return c.b.Write(p)
}

// tail keeps the first bytes of what is written.
type tail struct{ b []byte }

func (t *tail) Write(p []byte) (int, error) {
	t.b = append(t.b, p[:min(len(p), 600-min(600, len(t.b)))]...)
	return len(p), nil
}

func (t *tail) String() string { return strings.TrimSpace(string(t.b)) }

// Child is the other side: it reads one job and one file from stdin, writes its text or a fault to stdout, and returns the exit code, 0 also
// where the file could not be read. It ends the process by itself when its limits are reached, and expects to own the whole process.
func Child(stdin io.Reader, stdout io.Writer) int {
	r := bufio.NewReaderSize(stdin, 1<<16)
	line, err := r.ReadBytes('\n')
	var j job
	if err != nil || json.Unmarshal(line, &j) != nil {
		fmt.Fprintln(os.Stderr, "this argument is for the program itself; to read a file: stocktake ingest FILE")
		return 2
	}
	j.Limits = j.Limits.orDefaults()
	ctx, cancel := context.WithTimeout(context.Background(), j.Limits.Time)
	defer cancel()
	w := &answerer{out: stdout}
	watch(ctx, j.Limits, w)
	t, err := parse(ctx, j, r)
	if err == nil && int64(len(t.Text)) > j.Limits.Out {
		err = tooLong(j.Limits)
	}
	if err != nil && ctx.Err() != nil {
		err = tooSlow(j.Limits)
	}
	w.say(t, err)
	return 0
}

// parse reads a file in this process.
func parse(ctx context.Context, j job, r io.Reader) (Text, error) {
	b, err := io.ReadAll(io.LimitReader(r, j.Limits.In+1))
	if err != nil {
		return Text{}, err
	}
	if int64(len(b)) > j.Limits.In {
		return Text{}, errOver
	}
	t := Text{Kind: j.Kind}
	return t, t.from(ctx, j, b)
}

// from fills t from the bytes of a file.
func (t *Text) from(ctx context.Context, j job, b []byte) error {
	var err error
	switch j.Kind {
	case Plain:
		t.Text = lines(t.decode(b, j.Charset))
	case Markdown:
		err = t.fromMarkdown(b, j)
	case HTML:
		err = t.fromHTML(b, j)
	case PDF:
		err = t.fromPDF(ctx, b, j)
	case DOCX:
		err = t.fromDOCX(b, j)
	case Mail:
		err = t.fromMail(ctx, b, j)
	default:
		err = fmt.Errorf("no reader for %q", j.Kind)
	}
	return err
}
