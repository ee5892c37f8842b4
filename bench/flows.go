package main

import (
	"bufio"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"stocktake/internal/flows"
)

//go:embed flows.R
var flowsR []byte

const flowPlaces = 230

// flowInput makes stocks of two days, populations, births and deaths of made places from a seed: few people live far from where they were
// born, and some places are a thousand times as large as others.
func flowInput() *flows.Input {
	r := rand.New(rand.NewPCG(1990, 2020))
	n := flowPlaces
	in := &flows.Input{Start: flows.NewMatrix(n), End: flows.NewMatrix(n), PopStart: make([]float64, n), PopEnd: make([]float64, n), Births: make([]float64, n), Deaths: make([]float64, n)}
	for i := range n {
		in.Places = append(in.Places, fmt.Sprintf("P%03d", i))
	}
	for j := range n {
		p := math.Round(math.Exp(11 + 7*r.Float64()))
		in.PopStart[j] = p
		in.Births[j], in.Deaths[j] = math.Round(p*(0.04+0.1*r.Float64())), math.Round(p*(0.03+0.03*r.Float64()))
		for i := range n {
			if i == j || r.Float64() < 0.4 {
				continue
			}
			v := math.Round(p * 0.0015 * r.Float64() * r.Float64())
			in.Start.Set(i, j, v)
			in.End.Set(i, j, math.Round(v*(0.7+0.8*r.Float64())+20*r.Float64()))
		}
		in.PopEnd[j] = math.Round(p + in.Births[j] - in.Deaths[j] + p*0.01*(r.Float64()-0.5))
	}
	return in
}

// flowEstimate does our part in a process of its own.
func (b *bench) flowEstimate(out string) error {
	f, err := flows.Estimate(flows.PseudoBayesian, flowInput())
	if err != nil {
		return err
	}
	return writeFloats(out, f.Moves.V)
}

func writeFloats(name string, lists ...[]float64) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	for _, l := range lists {
		if err := binary.Write(w, binary.LittleEndian, l); err != nil {
			return err
		}
	}
	return errors.Join(w.Flush(), f.Close())
}

func readFloats(name string, n int) ([]float64, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	list := make([]float64, n)
	return list, binary.Read(bufio.NewReader(f), binary.LittleEndian, list)
}

// flows compares closed demographic accounting with a plain R program of the same formulas, cell by cell.
func (b *bench) flows() error {
	peer, err := exec.LookPath("Rscript")
	if err != nil {
		fmt.Fprintln(os.Stderr, "   no Rscript: apt-get install r-base-core; its row is left out")
		return nil
	}
	dir, err := b.freshDir("flows")
	if err != nil {
		return err
	}
	script, data := filepath.Join(dir, "flows.R"), filepath.Join(dir, "in.bin")
	if err := os.WriteFile(script, flowsR, 0o644); err != nil {
		return err
	}
	in := flowInput()
	f, err := os.Create(data)
	if err != nil {
		return err
	}
	if err := binary.Write(f, binary.LittleEndian, int32(flowPlaces)); err != nil {
		return err
	}
	for _, l := range [][]float64{in.Start.V, in.End.V, in.PopStart, in.PopEnd, in.Births, in.Deaths} {
		if err := binary.Write(f, binary.LittleEndian, l); err != nil {
			return err
		}
	}
	if err := f.Close(); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	mine, other := filepath.Join(dir, "ours.bin"), filepath.Join(dir, "r.bin")
	var ours, theirs []cost
	for range 3 {
		_, x, err := measured(exec.CommandContext(b.ctx, self, "-child", "flows", mine))
		if err != nil {
			return err
		}
		_, y, err := measured(exec.CommandContext(b.ctx, peer, script, data, other))
		if err != nil {
			return err
		}
		ours, theirs = append(ours, x), append(theirs, y)
	}
	n := flowPlaces * flowPlaces
	a, err := readFloats(mine, n)
	if err != nil {
		return err
	}
	c, err := readFloats(other, n)
	if err != nil {
		return err
	}
	worst := 0.0
	for i := range a {
		worst = max(worst, math.Abs(a[i]-c[i]))
	}
	if worst > 1 {
		return fmt.Errorf("a cell differs by %.3f people", worst)
	}
	x, y := medianOf(ours), medianOf(theirs)
	b.add(fmt.Sprintf("Flows from stocks, %d places, one period (da_pb_closed)", flowPlaces), "plain R "+y.cpu.Round(10*time.Millisecond).String()+", "+mib(y.peak), x.cpu.Round(time.Millisecond).String(), fmt.Sprintf("%.3f", x.cpu.Seconds()/y.cpu.Seconds()), "≤ 0.02")
	b.add("its memory, the process as a whole", mib(y.peak), mib(x.peak), "", met("≤ 64 MiB", x.peak <= 64<<20))
	return nil
}
