package signin

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/big"
	"runtime"
	"sync"
	"time"

	"github.com/alexedwards/argon2id"

	"neike/internal/kit/fault"
)

// cost of a password: OWASP's second choice, 19 MiB and two passes.
var cost = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// hashing lets as many passwords be worked on at once as there are processors: 500 people sign in at
// eight, and the rest of the house must go on.
var hashing = make(chan struct{}, max(1, runtime.GOMAXPROCS(0)))

func inTurn(ctx context.Context, fn func() error) error {
	select {
	case hashing <- struct{}{}:
	case <-ctx.Done():
		return &fault.Error{Kind: fault.Unavailable, Key: "unavailable", RetryAfter: time.Second}
	}
	defer func() { <-hashing }()
	return fn()
}

// hashOf turns a password into what is kept.
func hashOf(ctx context.Context, password string) (hash string, err error) {
	err = inTurn(ctx, func() error {
		hash, err = argon2id.CreateHash(password, cost)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("hash a password: %w", err)
	}
	return hash, nil
}

// nobodysHash is compared when there is nothing to compare with, so that it takes as long.
var nobodysHash = sync.OnceValue(func() string {
	hash, err := argon2id.CreateHash(secret(), cost)
	if err != nil { // the random source has failed
		panic(err)
	}
	return hash
})

// fits says whether the password is the one behind the hash. An empty hash fits none, after the same work. may is asked
// once more when the password's turn has come.
func fits(ctx context.Context, password, hash string, may func() error) (ok bool, err error) {
	known := hash != ""
	if !known {
		hash = nobodysHash()
	}
	if len(password) > 4*MaxPassword {
		password = password[:4*MaxPassword]
	}
	err = inTurn(ctx, func() error {
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

// secret is 256 random bits for a link, a cookie or a token.
func secret() string {
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

// code is a temporary password of 12 letters in three groups: 59 bits.
func code() string {
	b := make([]byte, 0, 14)
	for i := range 12 {
		if i > 0 && i%4 == 0 {
			b = append(b, '-')
		}
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(letters))))
		if err != nil { // never fails
			panic(err)
		}
		b = append(b, letters[n.Int64()])
	}
	return string(b)
}
