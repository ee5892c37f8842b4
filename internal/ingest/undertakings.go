package ingest

// readUndertakings enters what the signers say that they themselves will do.
func (d *reader) readUndertakings() {
	d.found = make([][]clause, len(d.sents))
	for n, s := range d.sents {
		if d.asks(s) {
			continue
		}
		list := d.clauses(s)
		d.found[n] = list
		for k, c := range list {
			if !c.undertaking {
				continue
			}
			p := d.clauseSpan(s, list, k)
			if ta, tb := d.tokensIn(p); tb-ta < 4 {
				continue
			}
			d.take(p)
			if items := d.items(s); len(items) > 0 {
				for _, it := range items {
					d.take(it)
					d.out.Undertakings = append(d.out.Undertakings, d.entry(it, c.sure))
				}
				continue
			}
			d.out.Undertakings = append(d.out.Undertakings, d.entry(p, c.sure))
		}
	}
}
