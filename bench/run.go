package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// cost is what one process took: processor time, user and system, and the most memory that it held at once, in bytes.
type cost struct {
	cpu  time.Duration
	peak int64
}

// measured runs a program and returns its output and what it cost. The memory is asked of the process itself while it runs: what the
// system tells afterwards counts the parent's.
func measured(c *exec.Cmd) (string, cost, error) {
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	if err := c.Start(); err != nil {
		return "", cost{}, err
	}
	done, asked := make(chan struct{}), make(chan int64)
	go func() {
		most := int64(0)
		for {
			most = max(most, peak(c.Process.Pid)<<10)
			select {
			case <-done:
				asked <- most
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	err := c.Wait()
	close(done)
	x := cost{c.ProcessState.UserTime() + c.ProcessState.SystemTime(), <-asked}
	if err != nil {
		err = fmt.Errorf("%s: %w: %s", filepath.Base(c.Path), err, out.String())
	}
	return out.String(), x, err
}

// medianOf returns the medians of processor time and memory.
func medianOf(list []cost) cost {
	var d, p []time.Duration
	for _, x := range list {
		d, p = append(d, x.cpu), append(p, time.Duration(x.peak))
	}
	return cost{median(d), int64(median(p))}
}

func mib(bytes int64) string { return fmt.Sprintf("%d MiB", (bytes+1<<20-1)>>20) }

// met is the word behind a target that is no ratio.
func met(target string, holds bool) string {
	if holds {
		return target + ", met"
	}
	return target + ", missed"
}

// freshDir makes an empty folder in that of the run.
func (b *bench) freshDir(name string) (string, error) {
	return os.MkdirTemp(b.dir, name+"-*")
}
