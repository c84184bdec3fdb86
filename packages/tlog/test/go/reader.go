// A reader of our logs that shares no code with us: Go's own sumdb packages check the note, and rebuild the tree.
// Usage: reader FOLDER LOG-KEY COSIGNER-KEY
package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

// tiles reads C2SP tlog-tiles; sumdb's paths have the height in them.
type tiles struct{ folder string }

func (t tiles) Height() int                        { return height }
func (t tiles) SaveTiles(_ []tlog.Tile, _ [][]byte) {}
func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var read [][]byte
	for _, tile := range wanted {
		bytes, err := os.ReadFile(filepath.Join(t.folder, strings.Replace(tile.Path(), "tile/8/", "tile/", 1)))
		if err != nil {
			return nil, err
		}
		read = append(read, bytes)
	}
	return read, nil
}

// cosigner verifies C2SP tlog-cosignature, which sumdb does not know.
type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (c cosigner) Name() string    { return c.name }
func (c cosigner) KeyHash() uint32 { return c.hash }
func (c cosigner) Verify(message, signature []byte) bool {
	if len(signature) != 72 {
		return false
	}
	signed := fmt.Sprintf("cosignature/v1\ntime %d\n%s", binary.BigEndian.Uint64(signature), message)
	return ed25519.Verify(c.key, []byte(signed), signature[8:])
}

func newCosigner(text string) (note.Verifier, error) {
	parts := strings.SplitN(text, "+", 3)
	if len(parts) != 3 {
		return nil, errors.New("not a verifier key")
	}
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(key) != 33 || key[0] != 4 {
		return nil, errors.New("not a cosigner's key")
	}
	hash := sha256.Sum256(append([]byte(parts[0]+"\n"), key...))
	return cosigner{parts[0], binary.BigEndian.Uint32(hash[:4]), key[1:]}, nil
}

func main() {
	if err := read(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Println("refused:", err)
		os.Exit(1)
	}
}

func read(folder, logKey, cosignerKey string) error {
	checkpoint, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	if err != nil {
		return err
	}
	log, err := note.NewVerifier(logKey)
	if err != nil {
		return err
	}
	witness, err := newCosigner(cosignerKey)
	if err != nil {
		return err
	}
	opened, err := note.Open(checkpoint, note.VerifierList(log, witness))
	if err != nil {
		return err
	}
	if len(opened.Sigs) != 2 {
		return fmt.Errorf("%d of 2 signatures verified", len(opened.Sigs))
	}
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return err
	}
	rootBytes, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil {
		return err
	}
	var root tlog.Hash
	copy(root[:], rootBytes)
	entries, err := rebuild(folder, size, root)
	if err != nil {
		return err
	}
	proofs, err := prove(folder, size, root, entries)
	if err != nil {
		return err
	}
	fmt.Printf("size %d, signatures 2, proofs %d\n", size, proofs)
	return nil
}

// rebuild hashes every entry of the bundles again.
func rebuild(folder string, size int64, root tlog.Hash) ([][]byte, error) {
	var stored []tlog.Hash
	var entries [][]byte
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			hashes[i] = stored[index]
		}
		return hashes, nil
	})
	for first := int64(0); first < size; first += 256 {
		width := size - first
		if width > 256 {
			width = 256
		}
		tile := tlog.Tile{H: height, L: 0, N: first / 256, W: int(width)}
		bundle, err := os.ReadFile(filepath.Join(folder, strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)))
		if err != nil {
			return nil, err
		}
		for len(bundle) > 0 {
			length := int(binary.BigEndian.Uint16(bundle))
			entry := bundle[2 : 2+length]
			hashes, err := tlog.StoredHashes(int64(len(entries)), entry, reader)
			if err != nil {
				return nil, err
			}
			stored = append(stored, hashes...)
			entries = append(entries, entry)
			bundle = bundle[2+length:]
		}
	}
	rebuilt, err := tlog.TreeHash(size, reader)
	if err != nil {
		return nil, err
	}
	if rebuilt != root || int64(len(entries)) != size {
		return nil, errors.New("the entries do not hash to the root")
	}
	return entries, nil
}

// prove takes inclusion and consistency proofs from the tiles alone.
func prove(folder string, size int64, root tlog.Hash, entries [][]byte) (int, error) {
	hashes := tlog.TileHashReader(tlog.Tree{N: size, Hash: root}, tiles{folder})
	count := 0
	for i := int64(0); i < size; i += 1 + size/50 {
		inclusion, err := tlog.ProveRecord(size, i, hashes)
		if err != nil {
			return count, err
		}
		if err := tlog.CheckRecord(inclusion, size, root, i, tlog.RecordHash(entries[i])); err != nil {
			return count, err
		}
		older, err := tlog.TreeHash(i+1, hashes)
		if err != nil {
			return count, err
		}
		consistency, err := tlog.ProveTree(size, i+1, hashes)
		if err != nil {
			return count, err
		}
		if err := tlog.CheckTree(consistency, size, root, i+1, older); err != nil {
			return count, err
		}
		count += 2
	}
	return count, nil
}
