package intake

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"time"

	"stocktake"
)

// deepest is how much of the stack one goroutine of a child may take. A tree that is walked deeper ends the process.
const deepest = 128 << 20

// answerer writes one answer, and only one: that of the reader or that of the watch.
type answerer struct {
	once sync.Once
	out  io.Writer
}

func (a *answerer) say(t Text, err error) {
	a.once.Do(func() {
		var res result
		if err != nil {
			var f *stocktake.Fault
			if !errors.As(err, &f) {
				f = stocktake.Invalidf("could not be read: %v", err).Hinted("open it in the program that made it and save it anew, or paste its text")
			}
			res.Fault = &fault{What: f.What, Hint: f.Hint}
		} else {
			res.Text = t
		}
		line, err := json.Marshal(res)
		if err == nil {
			_, err = a.out.Write(append(line, '\n'))
		}
		if err == nil && res.Fault == nil {
			_, err = io.WriteString(a.out, t.Text)
		}
		if err != nil {
			os.Exit(1)
		}
	})
}

// watch ends the process with a fault when it has taken its time or its memory. Limits of the system go with it where it has them: for the
// time that the processor works, and for files, of which a child writes none.
func watch(ctx context.Context, lim Limits, a *answerer) {
	debug.SetMemoryLimit(lim.Memory * 9 / 10)
	debug.SetMaxStack(deepest)
	limitProcess(lim)
	go func() {
		sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		// What reading itself does not answer in time, this does: it may be in a loop that looks at no clock.
		late := time.NewTimer(lim.Time + grace/2)
		defer late.Stop()
		for {
			select {
			case <-tick.C:
				metrics.Read(sample)
				if int64(sample[0].Value.Uint64()-sample[1].Value.Uint64()) > lim.Memory {
					a.say(Text{}, tooHeavy(lim))
					os.Exit(0)
				}
			case <-late.C:
				a.say(Text{}, tooSlow(lim))
				os.Exit(0)
			}
		}
	}()
}
