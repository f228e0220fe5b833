package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
)

// NewSecret is a key for a program or a screen: 256 random bits as 43 characters that an address may hold. It is shown once;
// what is kept is its [HashSecret].
func NewSecret() string {
	var bits [32]byte
	_, _ = rand.Read(bits[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(bits[:])
}

// HashSecret is what is kept of a secret. It needs no salt and no slowness: nobody guesses 256 bits.
func HashSecret(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}
