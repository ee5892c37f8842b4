package ingest

// readUndertakings enters what the signers say that they themselves will do.
func (d *reader) readUndertakings() {
	for _, s := range d.sents {
		if d.asks(s) {
			continue
		}
		list := d.clauses(s)
		for k, c := range list {
			if !c.undertaking {
				continue
			}
			p := d.clauseSpan(s, list, k)
			if ta, tb := d.tokensIn(p); tb-ta < 4 {
				continue
			}
			d.taken = append(d.taken, p)
			if items := d.items(s); len(items) > 0 {
				for _, it := range items {
					d.taken = append(d.taken, it)
					d.out.Undertakings = append(d.out.Undertakings, d.entry(it, c.sure))
				}
				continue
			}
			d.out.Undertakings = append(d.out.Undertakings, d.entry(p, c.sure))
		}
	}
}
