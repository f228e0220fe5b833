package wechat

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha1" //nolint:gosec // WeChat's signature; what it protects is encrypted besides
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Cipher opens what WeChat pushes: AES-256-CBC under the EncodingAESKey of the platform, signed with its token.
type Cipher struct {
	token, appid string
	key          []byte
}

// NewCipher takes the platform's settings: the EncodingAESKey has 43 characters.
func NewCipher(token, encodingKey, appid string) (*Cipher, error) {
	key, err := base64.StdEncoding.DecodeString(encodingKey + "=")
	if err != nil || len(key) != 32 {
		return nil, errors.New("the EncodingAESKey is not 43 characters of base64")
	}
	return &Cipher{token, appid, key}, nil
}

// errForged is all that is said of a message that is not WeChat's: which check failed helps nobody but a forger.
var errForged = errors.New("the message is not from WeChat")

// signature is WeChat's msg_signature over an encrypted message.
func (c *Cipher) signature(timestamp, nonce, encrypted string) string {
	parts := []string{c.token, timestamp, nonce, encrypted}
	slices.Sort(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, ""))) //nolint:gosec // see above
	return hex.EncodeToString(sum[:])
}

// The layout inside: 16 random bytes, the message's length, the message, the platform's appid; padded to 32 as PKCS#7 says.
const (
	random = 16
	block  = 32
)

// Open checks the signature and decrypts.
func (c *Cipher) Open(signature, timestamp, nonce, encrypted string) ([]byte, error) {
	if subtle.ConstantTimeCompare([]byte(signature), []byte(c.signature(timestamp, nonce, encrypted))) != 1 {
		return nil, errForged
	}
	text, err := base64.StdEncoding.DecodeString(encrypted)
	if err != nil || len(text) == 0 || len(text)%aes.BlockSize != 0 {
		return nil, errForged
	}
	b, err := aes.NewCipher(c.key)
	if err != nil {
		return nil, fmt.Errorf("wechat: %w", err)
	}
	cipher.NewCBCDecrypter(b, c.key[:aes.BlockSize]).CryptBlocks(text, text)
	pad := int(text[len(text)-1])
	if pad < 1 || pad > block || pad > len(text) || !bytes.Equal(text[len(text)-pad:], bytes.Repeat([]byte{byte(pad)}, pad)) {
		return nil, errForged
	}
	text = text[:len(text)-pad]
	if len(text) < random+4 {
		return nil, errForged
	}
	n := uint64(binary.BigEndian.Uint32(text[random:]))
	text = text[random+4:]
	if n > uint64(len(text)) || string(text[n:]) != c.appid {
		return nil, errForged
	}
	return text[:n], nil
}
