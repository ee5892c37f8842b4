// Readlog reads a published log with filippo.io/torchwood and nothing of ours: the signed head, then every entry, each proven by tiles.
//
//	readlog http://127.0.0.1:8017/log/ example.org/record+db7e8dd3+AS…
//
// It prints how many entries hold, or ends with exit code 1.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: readlog URL KEY")
		os.Exit(2)
	}
	n, origin, err := read(os.Args[1], os.Args[2])
	if err != nil {
		fmt.Fprintln(os.Stderr, "readlog:", err)
		os.Exit(1)
	}
	fmt.Printf("%d entries of %s hold\n", n, origin)
}

func read(url, vkey string) (n int64, origin string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	key, err := note.NewVerifier(vkey)
	if err != nil {
		return 0, "", err
	}
	tiles, err := torchwood.NewTileFetcher(url, torchwood.WithUserAgent("stocktake readlog"))
	if err != nil {
		return 0, "", err
	}
	client, err := torchwood.NewClient(tiles)
	if err != nil {
		return 0, "", err
	}
	signed, err := tiles.ReadEndpoint(ctx, "checkpoint")
	if err != nil {
		return 0, "", err
	}
	policy := torchwood.ThresholdPolicy(2, torchwood.OriginPolicy(key.Name()), torchwood.SingleVerifierPolicy(key))
	head, _, err := torchwood.VerifyCheckpoint(signed, policy)
	if err != nil {
		return 0, "", err
	}
	for i := range client.AllEntries(ctx, head.Tree, 0) {
		if i != n {
			return n, "", fmt.Errorf("entry %d comes after %d", i, n-1)
		}
		n++
	}
	if err := client.Err(); err != nil {
		return n, "", err
	}
	if n != head.N {
		return n, "", fmt.Errorf("%d entries of %d were read", n, head.N)
	}
	// And a proof for one of them, which leads through the upper tiles.
	if n > 0 {
		if _, _, err := client.Entry(ctx, head.Tree, n/2); err != nil {
			return n, "", err
		}
	}
	return n, head.Origin, nil
}
