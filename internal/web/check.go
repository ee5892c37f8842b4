package web

import (
	"strings"

	"stocktake"
	"stocktake/internal/tree"
)

// checkPage says how to check this record, or one filing of it.
type checkPage struct {
	page
	Origin, VKey string
	Size         int64
	Root         string
	Note         string
	Signed       string // when, by this machine's clock
	Cosigned     []cosignView
	MirrorOf     string
	Number       int64 // of the filing; 0: the record as a whole
	FTitle       string
	Filed        string
	SHA256       string
	Index        int64
	Leaf         string
	Waiting      bool // no signed head holds the filing yet
	Reach        reach
	Covered      []witnessView // who signed a head that holds the filing
}

type cosignView struct{ Name, At string }

// showCheck answers /check and /check/N.
func showCheck(q *request) (*answer, error) {
	p := &checkPage{page: q.page("/check", "about", "Check this record")}
	p.NoForms = true
	p.Lede = "A check does not prove that a fact is true, only that this record has said so since the moment of its filing, and on which source; and that nothing was changed or taken out since without a trace."
	var err error
	if p.Origin, p.VKey, err = q.s.l.LogName(q.ctx); err != nil {
		return nil, err
	}
	if p.MirrorOf, err = q.s.l.MirrorOf(q.ctx); err != nil {
		return nil, err
	}
	if p.Reach, err = readReach(q); err != nil {
		return nil, err
	}
	c, signed, err := q.s.l.Checkpoint(q.ctx)
	if err != nil {
		return nil, err
	}
	if signed {
		text, _, _ := strings.Cut(string(c.Note), "\n\n")
		h, err := tree.ParseHead(text + "\n")
		if err != nil {
			return nil, err
		}
		p.Size, p.Root, p.Note, p.Signed = h.Size, h.Root.String(), string(c.Note), c.At.UTC().Format("2 January 2006, 15:04:05 UTC")
		p.Cosigned = cosignatures(string(c.Note), p.Origin)
	}
	if name := q.path("filing"); name != "" {
		if err := p.filing(q, name); err != nil {
			return nil, err
		}
	}
	return &answer{template: "check.html", view: p}, nil
}

// filing adds what concerns one filing.
func (p *checkPage) filing(q *request, name string) error {
	n, err := q.findFiling(name)
	if err != nil {
		return err
	}
	row, err := q.s.l.Raw(q.ctx, n)
	if err != nil {
		return err
	}
	info, _ := q.s.rec.Info(n)
	p.Number, p.FTitle, p.SHA256, p.Filed = n, info.Title, row.SHA256, row.Filed.UTC().Format("2 January 2006, 15:04:05 UTC")
	p.Path, p.Title = "/check/"+itoa(n), "Check filing "+thousands(n)
	p.Lede = "A check does not prove that a fact is true, only that this record has said so since " + row.Filed.UTC().Format("2 January 2006") + ", and on which source; and that nothing was changed or taken out since without a trace."
	proof, err := q.s.l.Prove(q.ctx, n)
	if stocktake.KindOf(err) == stocktake.NotFound {
		p.Waiting = true
		return nil
	}
	if err != nil {
		return err
	}
	p.Index, p.Leaf = proof.Index, string(proof.Extra)
	covering, err := q.s.l.Covering(q.ctx, p.Index)
	p.Covered = witnessViews(covering)
	return err
}

// cosignatures lists who signed a head besides its log, as far as the signatures tell a time.
func cosignatures(signed, origin string) (list []cosignView) {
	_, lines, _ := strings.Cut(signed, "\n\n")
	for line := range strings.Lines(lines) {
		name, sig, ok := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "— "), " ")
		if !ok || name == origin {
			continue
		}
		if at, ok := tree.SignedAt(sig); ok {
			list = append(list, cosignView{name, at.Format("2 January 2006, 15:04:05 UTC")})
		}
	}
	return list
}
