package chattest

import (
	"bytes"
	"crypto/aes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"

	"neike/internal/kit/sorting"
)

// What follows is written from the platforms' descriptions, apart from package chat: the same mistake twice would prove
// nothing. Nothing here is shared with it.

// hmac64 is HMAC-SHA256 of a message under a key, in base64.
func hmac64(key, message string) string {
	h := hmac.New(sha256.New, []byte(key))
	io.WriteString(h, message)
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// sha1Of is the SHA-1 of the parts in order, one after the other.
func sha1Of(parts ...string) string {
	list := slices.Clone(parts)
	sorting.By(list, strings.Compare)
	h := sha1.New()
	for _, p := range list {
		io.WriteString(h, p)
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

// larkSign is the SHA-256 of time, nonce, key and body.
func larkSign(stamp, nonce, key string, body []byte) string {
	h := sha256.New()
	fmt.Fprint(h, stamp, "", nonce, "", key)
	h.Write(body)
	return hex.EncodeToString(h.Sum(nil))
}

// chain is AES in cipher block chaining, block by block.
func chain(key, iv, in []byte, closing bool) []byte {
	c, err := aes.NewCipher(key)
	if err != nil {
		panic(err)
	}
	var out []byte
	before := iv
	for at := 0; at+16 <= len(in); at += 16 {
		block, made := in[at:at+16], make([]byte, 16)
		if closing {
			c.Encrypt(made, xor(block, before))
			before = made
		} else {
			c.Decrypt(made, block)
			made = xor(made, before)
			before = block
		}
		out = append(out, made...)
	}
	return out
}

func xor(a, b []byte) []byte {
	out := make([]byte, len(a))
	for i := range a {
		out[i] = a[i] ^ b[i]
	}
	return out
}

// fill fills up to a multiple of so many bytes; there is always some filling.
func fill(in []byte, block int) []byte {
	n := block - len(in)%block
	return append(bytes.Clone(in), bytes.Repeat([]byte{byte(n)}, n)...)
}

// sealLark closes an event as Feishu does.
func sealLark(key string, plain []byte) string {
	k := sha256.Sum256([]byte(key))
	iv := random(16)
	return base64.StdEncoding.EncodeToString(append(iv, chain(k[:], iv, fill(plain, 16), true)...))
}

// sealCorp closes a message as WeCom and DingTalk do, for a receiver.
func sealCorp(key43, receiver string, plain []byte) string {
	key := corpKey(key43)
	n := len(plain)
	raw := append(random(16), byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
	raw = append(append(raw, plain...), receiver...)
	return base64.StdEncoding.EncodeToString(chain(key, key[:16], fill(raw, 32), true))
}

// openCorp opens it again.
func openCorp(key43, text string) (plain, receiver string, err error) {
	key := corpKey(key43)
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(raw) == 0 || len(raw)%32 != 0 {
		return "", "", fmt.Errorf("sealed text of %d bytes: a multiple of 32 is wanted", len(raw))
	}
	raw = chain(key, key[:16], raw, false)
	n := int(raw[len(raw)-1])
	if n < 1 || n > 32 || !bytes.HasSuffix(raw, bytes.Repeat([]byte{byte(n)}, n)) {
		return "", "", fmt.Errorf("filled up with %d", n)
	}
	raw = raw[:len(raw)-n]
	size := int(raw[16])<<24 | int(raw[17])<<16 | int(raw[18])<<8 | int(raw[19])
	if 20+size > len(raw) {
		return "", "", fmt.Errorf("a message of %d bytes in %d", size, len(raw))
	}
	return string(raw[20 : 20+size]), string(raw[20+size:]), nil
}

func corpKey(key43 string) []byte {
	key, err := base64.StdEncoding.DecodeString(key43 + "=")
	if err != nil {
		panic(err)
	}
	return key
}

func random(n int) []byte {
	out := make([]byte, n)
	rand.Read(out)
	return out
}
