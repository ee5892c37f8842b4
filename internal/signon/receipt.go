package signon

import (
	"cmp"
	"context"
	"strconv"

	"stocktake"
	"stocktake/internal/store"
)

// A Receipt is what a signer keeps: what was signed, and how to check it when the site is gone.
type Receipt struct {
	Format      string                     `json:"format"` // stocktake-receipt/1
	Statement   stocktake.InstrumentID     `json:"statement"`
	Endorsement string                     `json:"endorsement"`
	State       stocktake.EndorsementState `json:"state"`
	Version     int                        `json:"version"`
	TextSHA256  string                     `json:"text_sha256"` // of the text that was endorsed
	Langs       []string                   `json:"langs"`       // in which it was shown
	Published   Day                        `json:"published"`
	Given       Day                        `json:"given"`
	Joined      bool                       `json:"joined_after_publication,omitempty"`
	Names       []Name                     `json:"names"`
	Tier        stocktake.Tier             `json:"tier"`
	Authority   stocktake.AuthorityClass   `json:"authority,omitempty"`
	ListHash    string                     `json:"list"` // of the list at publication
	Salt        string                     `json:"list_salt"`
	Filing      int64                      `json:"filing"`
	Leaf        int64                      `json:"leaf"`
	Proof       string                     `json:"proof"` // name of the file that proves the filing's entry in the log
	Verify      []string                   `json:"verify"`
}

// ReceiptFormat names the form.
const ReceiptFormat = "stocktake-receipt/1"

// MakeReceipt makes the receipt of an endorsement that is on the public record; before, it is a Conflict fault.
func MakeReceipt(a *Asking, e *Endorsement) (Receipt, error) {
	if e.Filed == nil || a.Published == nil {
		return Receipt{}, conflict("there is no receipt before publication", "the link to it is mailed when the text is published")
	}
	f := e.Filed
	v, _ := a.Version(f.Version)
	n := strconv.FormatInt(f.Number, 10)
	r := Receipt{Format: ReceiptFormat, Statement: a.Statement, Endorsement: e.PublicID(), State: f.State, Version: f.Version, TextSHA256: cmp.Or(v.TextSHA256, e.TextSHA256), Langs: e.Langs,
		Published: a.Published.On, Given: e.Given, Joined: e.Late, Names: e.Names, Tier: e.Tier, Authority: e.Class, ListHash: a.Published.ListHash, Salt: a.Salt,
		Filing: f.Number, Leaf: f.Leaf, Proof: "filing-" + n + ".tlog-proof"}
	r.Verify = []string{
		"Keep this file, the text, the list and " + r.Proof + " together: they can be checked without the site.",
		"The text: its SHA-256 (sha256sum on Linux, shasum -a 256 on a Mac, certutil -hashfile FILE SHA256 on Windows) is " + r.TextSHA256 + ".",
		"The list: its SHA-256 is " + r.ListHash + "; your line in it has the id " + r.Endorsement + ". Where the line came later, it is in filing " + n + ".",
		"The entry in the log: stocktake verify " + r.Proof + " needs no network. It prints the SHA-256 of filing " + n + ", which names the text, the list and your endorsement.",
	}
	return r, nil
}

// Receipt makes the receipt of an endorsement.
func (b *Book) Receipt(ctx context.Context, id string) (x Receipt, err error) {
	err = b.read(ctx, func(r store.PrivateReader) error {
		e, err := load[Endorsement](r, id)
		if err != nil {
			return err
		}
		a, err := load[Asking](r, e.Asking)
		if err == nil {
			x, err = MakeReceipt(&a, &e)
		}
		return err
	})
	return x, err
}
