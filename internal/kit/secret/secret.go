// Package secret seals what the house must be able to read again but what nobody may read in its database or in a
// backup: secrets of apps, keys of second factors. The key is a file beside the database, outside both.
package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// ErrKey says that a text was sealed with another key, for another purpose, or was altered.
var ErrKey = errors.New("secret: sealed with another key")

// Box seals and opens. It is safe for concurrent use.
type Box struct{ gcm cipher.AEAD }

// File is the box whose key stands in a file, which is made (mode 0600) when it is not there. The file holds 32 bytes in
// base64. Several processes of one house share the file.
func File(path string) (*Box, error) {
	key, err := read(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := create(path); err != nil {
			return nil, err
		}
		key, err = read(path)
	}
	if err != nil {
		return nil, err
	}
	return New(key)
}

// New is the box of a key of 32 bytes.
func New(key []byte) (*Box, error) {
	block, err := aes.NewCipher(key)
	if err != nil || len(key) != 32 {
		return nil, fmt.Errorf("secret: a key has 32 bytes, not %d", len(key))
	}
	gcm, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, err
	}
	return &Box{gcm}, nil
}

func read(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != 32 {
		return nil, fmt.Errorf("secret: %s holds no key: 32 bytes in base64 are wanted", path)
	}
	return key, nil
}

// create writes the key beside its place and links it there: of two processes that start at once one wins, and nobody
// reads half a key.
func create(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".key-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return err
	}
	_, err = f.WriteString(base64.StdEncoding.EncodeToString(key) + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err = os.Link(f.Name(), path); errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}

// Seal is the text sealed for a purpose ("signin.totp"), in base64. The purpose is needed to open it: what was sealed for
// one place cannot be moved to another. "" stays "".
func (b *Box) Seal(purpose, text string) string {
	if text == "" {
		return ""
	}
	return base64.RawStdEncoding.EncodeToString(b.gcm.Seal(nil, nil, []byte(text), []byte(purpose)))
}

// Open is the text that Seal was given, or ErrKey.
func (b *Box) Open(purpose, sealed string) (string, error) {
	if sealed == "" {
		return "", nil
	}
	raw, err := base64.RawStdEncoding.DecodeString(sealed)
	if err != nil {
		return "", ErrKey
	}
	text, err := b.gcm.Open(nil, nil, raw, []byte(purpose))
	if err != nil {
		return "", ErrKey
	}
	return string(text), nil
}
