// Runwitness runs litewitness of filippo.io/torchwood for one log, with a key that lasts as long as it runs.
//
//	runwitness PATH/litewitness witness.example.net example.org/record+db7e8dd3+AS…
//
// It prints two lines, the key of the witness and its address, and ends when its standard input does.
package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/torchwood"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: runwitness LITEWITNESS NAME KEY")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, "runwitness:", err)
		os.Exit(1)
	}
}

func run(program, name, log string) (err error) {
	dir, err := os.MkdirTemp("", "w") // the path of a socket may not be long
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	key, err := ssh.NewPublicKey(public)
	if err != nil {
		return err
	}
	socket := filepath.Join(dir, "agent")
	if err := serveKey(socket, private); err != nil {
		return err
	}
	db := filepath.Join(dir, "db")
	if err := know(db, log); err != nil {
		return err
	}
	address, err := freeAddress()
	if err != nil {
		return err
	}
	signer, err := torchwood.NewCosignatureSigner(name, private)
	if err != nil {
		return err
	}
	cmd := exec.Command(program, "-name", name, "-db", db, "-ssh-agent", socket, "-key", ssh.FingerprintSHA256(key), "-listen", address)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return err
	}
	defer func() {
		cmd.Process.Signal(os.Interrupt)
		if werr := cmd.Wait(); err == nil {
			err = werr
		}
	}()
	if err := await(address); err != nil {
		return err
	}
	fmt.Printf("%s\nhttp://%s/\n", signer.Verifier(), address)
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// serveKey is the agent that litewitness asks for its signatures.
func serveKey(socket string, private ed25519.PrivateKey) error {
	ring := agent.NewKeyring()
	if err := ring.Add(agent.AddedKey{PrivateKey: private}); err != nil {
		return err
	}
	l, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go agent.ServeAgent(ring, c)
		}
	}()
	return nil
}

// know makes the database of litewitness, as its own command witnessctl does, with one log in it.
func know(path, log string) error {
	db, err := sqlite.OpenConn(path)
	if err != nil {
		return err
	}
	origin, _, _ := strings.Cut(log, "+")
	err = sqlitex.ExecScript(db, `
		CREATE TABLE log (origin TEXT PRIMARY KEY, tree_size INTEGER NOT NULL, tree_hash TEXT NOT NULL);
		CREATE TABLE key (origin TEXT NOT NULL, key TEXT NOT NULL, FOREIGN KEY(origin) REFERENCES log(origin));`)
	if err == nil { // the hash of an empty tree
		err = sqlitex.Execute(db, "INSERT INTO log VALUES (?, 0, '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=')", &sqlitex.ExecOptions{Args: []any{origin}})
	}
	if err == nil {
		err = sqlitex.Execute(db, "INSERT INTO key VALUES (?, ?)", &sqlitex.ExecOptions{Args: []any{origin, log}})
	}
	return errors.Join(err, db.Close())
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

func await(address string) error {
	for range 200 {
		c, err := net.Dial("tcp", address)
		if err == nil {
			return c.Close()
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("litewitness does not listen on %s", address)
}
