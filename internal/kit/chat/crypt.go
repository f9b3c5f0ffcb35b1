package chat

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // the platforms sign their callbacks with it
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
)

// padding is the block that WeCom and DingTalk fill up to: 32 bytes, twice that of the cipher.
const padding = 32

var errSealed = errors.New("it was sealed with another key, or altered")

// feishuRobotSign signs a message of a Feishu robot: time and secret are the key, the message is empty.
func feishuRobotSign(seconds, secret string) string {
	mac := hmac.New(sha256.New, []byte(seconds+"\n"+secret))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// dingtalkRobotSign signs a message of a DingTalk robot: the secret is the key, time and secret are the message.
func dingtalkRobotSign(millis, secret string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(millis + "\n" + secret))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// feishuEventSign is what Feishu signs an event with.
func feishuEventSign(seconds, nonce, key string, body []byte) string {
	sum := sha256.Sum256(append([]byte(seconds+nonce+key), body...))
	return hex.EncodeToString(sum[:])
}

// sortedSign is what WeCom and DingTalk sign a callback with.
func sortedSign(parts ...string) string {
	slices.Sort(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, "")))
	return hex.EncodeToString(sum[:])
}

// same compares two signatures without telling by its time how much of them agrees.
func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// unpad takes the filling off; block is how much it may be.
func unpad(plain []byte, block int) ([]byte, error) {
	if len(plain) == 0 {
		return nil, errSealed
	}
	n := int(plain[len(plain)-1])
	if n < 1 || n > block || n > len(plain) {
		return nil, errSealed
	}
	for _, b := range plain[len(plain)-n:] {
		if int(b) != n {
			return nil, errSealed
		}
	}
	return plain[:len(plain)-n], nil
}

func decrypt(key, iv, sealed []byte) ([]byte, error) {
	block, err := aes.NewCipher(key)
	if err != nil || len(sealed) == 0 || len(sealed)%aes.BlockSize != 0 {
		return nil, errSealed
	}
	plain := make([]byte, len(sealed))
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(plain, sealed)
	return plain, nil
}

// feishuOpen opens an event of Feishu: the first block is where the chain begins.
func feishuOpen(key, text string) ([]byte, error) {
	sealed, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(sealed) < 2*aes.BlockSize {
		return nil, errSealed
	}
	sum := sha256.Sum256([]byte(key))
	plain, err := decrypt(sum[:], sealed[:aes.BlockSize], sealed[aes.BlockSize:])
	if err != nil {
		return nil, err
	}
	return unpad(plain, aes.BlockSize)
}

// envelope opens and seals what WeCom and DingTalk send: 16 random bytes, the length, the message, the receiver.
type envelope struct{ key []byte }

// newEnvelope reads an EncodingAESKey: 43 characters of base64 without the last "=".
func newEnvelope(key string) (envelope, error) {
	raw, err := base64.StdEncoding.DecodeString(key + "=")
	if err != nil || len(raw) != 32 {
		return envelope{}, errors.New("an EncodingAESKey has 43 letters and digits")
	}
	return envelope{raw}, nil
}

// open gives the message and for whom it was sealed.
func (e envelope) open(text string) (message []byte, receiver string, err error) {
	sealed, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, "", errSealed
	}
	plain, err := decrypt(e.key, e.key[:aes.BlockSize], sealed)
	if err != nil {
		return nil, "", err
	}
	if plain, err = unpad(plain, padding); err != nil {
		return nil, "", err
	}
	const head = 16 + 4
	if len(plain) < head {
		return nil, "", errSealed
	}
	n := int64(binary.BigEndian.Uint32(plain[16:head]))
	if n > int64(len(plain)-head) {
		return nil, "", errSealed
	}
	return plain[head : head+n], string(plain[head+n:]), nil
}

// seal closes a message for a receiver.
func (e envelope) seal(message []byte, receiver string) (string, error) {
	plain := make([]byte, 16, 16+4+len(message)+len(receiver)+padding)
	if _, err := rand.Read(plain); err != nil {
		return "", err
	}
	plain = binary.BigEndian.AppendUint32(plain, uint32(len(message)))
	plain = append(append(plain, message...), receiver...)
	n := padding - len(plain)%padding
	for range n {
		plain = append(plain, byte(n))
	}
	block, err := aes.NewCipher(e.key)
	if err != nil {
		return "", err
	}
	cipher.NewCBCEncrypter(block, e.key[:aes.BlockSize]).CryptBlocks(plain, plain)
	return base64.StdEncoding.EncodeToString(plain), nil
}
