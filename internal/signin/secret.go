package signin

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"
	"sync"

	"github.com/alexedwards/argon2id"

	"neike/internal/kit/lang"
)

// cost of a password: OWASP's second choice, 19 MiB and two passes.
var cost = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// printed is the cost of a password that everybody may read in a manual: there is nothing to protect.
var printed = &argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// hashOf turns a password into what is kept.
func hashOf(ctx context.Context, address, password string) (hash string, err error) {
	err = hashing.do(ctx, address, func() error {
		hash, err = argon2id.CreateHash(password, cost)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("hash a password: %w", err)
	}
	return hash, nil
}

// nobodysHash is compared when there is nothing to compare with, so that it takes as long.
var nobodysHash = sync.OnceValue(newNobody)

func newNobody() string {
	hash, err := argon2id.CreateHash(secretKey(), cost)
	if err != nil { // the random source has failed
		panic(err)
	}
	return hash
}

// fits says whether the password is the one behind the hash. An empty hash fits none, after the same work. may is asked
// once more when the password's turn has come.
func fits(ctx context.Context, address, password, hash string, may func() error) (ok bool, err error) {
	known := hash != ""
	if !known {
		hash = nobodysHash()
	}
	if len(password) > 4*MaxPassword {
		password = password[:4*MaxPassword]
	}
	err = hashing.do(ctx, address, func() error {
		if err := may(); err != nil {
			return err
		}
		ok, err = argon2id.ComparePasswordAndHash(password, hash)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("compare a password: %w", err)
	}
	return ok && known, nil
}

// secretKey is 256 random bits for a link, a cookie or a token.
func secretKey() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// printOf is what is kept of a secret.
func printOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// letters that nobody confuses when reading them aloud.
const letters = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"

const codeLetters = 12

// code is a temporary password of 12 letters in three groups: 59 bits.
func code() string { return letterGroups(codeLetters) }

// shortCode is typed beside a 工号: eight letters in two groups, 39 bits.
func shortCode() string { return letterGroups(8) }

// letterGroups is n random letters in groups of four.
func letterGroups(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = letters[below(int64(len(letters)))]
	}
	return grouped(string(b))
}

// grouped writes letters in groups of four.
func grouped(plain string) string {
	var b strings.Builder
	for i := range len(plain) {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(plain[i])
	}
	return b.String()
}

// digits is a random number of n digits, as text.
func digits(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('0' + below(10))
	}
	return string(b)
}

func below(n int64) int64 {
	v, err := rand.Int(rand.Reader, big.NewInt(n))
	if err != nil { // never fails
		panic(err)
	}
	return v.Int64()
}

// plainCode is a code as it is compared: capitals, without what stands between the groups.
func plainCode(typed string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, strings.ToUpper(lang.Narrow(typed)))
}
