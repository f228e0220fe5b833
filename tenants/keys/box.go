package keys

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"
	"github.com/google/uuid"
)

// ErrSealed: a sealed value does not open. It was altered, or belongs to another tenant, table,
// column or row. Which of these is not told, and nothing of the value is in the message.
var ErrSealed = errors.New("keys: sealed value does not open here")

// ErrVersion is an ErrSealed whose header names a version of the data key that the box does not have:
// one that was retired, or one so new that it ought not to be in use yet.
var ErrVersion = fmt.Errorf("%w: another version of the data key", ErrSealed)

// A sealed value is: format (1 byte), version of the data key (2, big endian), nonce (12),
// ciphertext, tag (16). Header and address are authenticated.
const (
	format     = 1
	headerSize = 3
	nonceSize  = 12
	tagSize    = 16
	bodyAt     = headerSize + nonceSize

	// Overhead is how many bytes longer than its plaintext a sealed value is.
	Overhead = bodyAt + tagSize
	// BlindSize is the length of a blind index value in bytes.
	BlindSize = 16
)

// Addr is where a value lives. A sealed value opens only where it was sealed, so nobody with write
// access to the database can move one resident's phone to another's row to have it shown.
type Addr struct {
	Table  string
	Column string
	ID     uuid.UUID // of the row
}

// Box is a tenant's opened data key. It seals with one version of it and opens every version that it
// was given: while a tenant's values are brought over to a new key, both are read. It is safe for
// concurrent use; keep it no longer than a request and ask the Ring again, which is free, so that
// erasure and a new key take hold.
type Box struct {
	tenant int32
	use    *opened
	all    []*opened // use among them
}

// opened is one version of a data key.
type opened struct {
	version uint16
	aead    cipher.AEAD
	blind   [sm3.Size]byte
}

// open readies a data key of 32 bytes; version is 1 to 65,535, as stored with the wrapped key. Encryption
// and blind index use separate subkeys, derived by HKDF (RFC 5869) with HMAC-SM3 and bound to the tenant's
// number. No reference to key is kept.
func open(tenant int32, version int, key []byte) (*opened, error) {
	if len(key) != dataKeySize {
		return nil, fmt.Errorf("keys: tenant %d: data key has %d bytes, want %d", tenant, len(key), dataKeySize)
	}
	if version < 1 || version > math.MaxUint16 {
		return nil, fmt.Errorf("keys: tenant %d: data key version %d is not in 1..%d", tenant, version, math.MaxUint16)
	}
	o := &opened{version: uint16(version)}
	seal, err := subkey(key, "seal", tenant, 16)
	if err != nil {
		return nil, err
	}
	defer clear(seal)
	if o.aead, err = newGCM(seal); err != nil {
		return nil, err
	}
	blind, err := subkey(key, "blind", tenant, len(o.blind))
	if err != nil {
		return nil, err
	}
	defer clear(blind)
	copy(o.blind[:], blind)
	return o, nil
}

// ContentKeySize is how many random bytes the key of a file's content has.
const ContentKeySize = dataKeySize

// Content is a box for the content of one file, under a key of its own. That key is kept sealed by the tenant's box beside
// what describes the file: so a new data key of the tenant reaches files by their small keys, a file whose row is deleted is
// noise at once wherever copies of its content lie, and what destroys the tenant's key destroys its files.
func Content(tenant int32, key []byte) (*Box, error) {
	o, err := open(tenant, 1, key)
	if err != nil {
		return nil, err
	}
	return &Box{tenant, o, []*opened{o}}, nil
}

// Version is the version of the data key that the box seals with.
func (b *Box) Version() int { return int(b.use.version) }

// VersionOf is the version of the data key that a value was sealed with; 0 for nothing, or for what is
// no sealed value.
func VersionOf(sealed []byte) int {
	if len(sealed) <= Overhead || sealed[0] != format {
		return 0
	}
	return int(binary.BigEndian.Uint16(sealed[1:]))
}

// subkey derives n bytes for one use. The data key is uniformly random, so HKDF's extract step
// is not needed (RFC 5869 §3.3).
func subkey(key []byte, use string, tenant int32, n int) ([]byte, error) {
	info := "wanjie/1/" + use + "/" + strconv.Itoa(int(tenant))
	k, err := hkdf.Expand(sm3.New, key, info, n)
	if err != nil {
		return nil, fmt.Errorf("keys: derive %s subkey: %w", use, err)
	}
	return k, nil
}

func newGCM(key []byte) (cipher.AEAD, error) {
	block, err := sm4.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("keys: sm4: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("keys: sm4-gcm: %w", err)
	}
	return aead, nil
}

// Seal encrypts plaintext for addr. The empty string seals to nil, stored as NULL: that a value is
// absent, and how long it is, the database may know. Two seals of one value differ, so compare
// with Blind. Nonces are random; one data key is good for 2³² values (NIST SP 800-38D §8.3), which
// a street with 10,000 sealed values a day reaches after a thousand years.
func (b *Box) Seal(addr Addr, plaintext string) []byte { return seal(b, addr, plaintext) }

// SealBytes is Seal for content that is not text, such as a photo. addr names the row that
// describes the file. Holds plaintext and result in memory, so it is not for video.
func (b *Box) SealBytes(addr Addr, plaintext []byte) []byte { return seal(b, addr, plaintext) }

func seal[T string | []byte](b *Box, addr Addr, plaintext T) []byte {
	if len(plaintext) == 0 {
		return nil
	}
	out := make([]byte, bodyAt+len(plaintext), Overhead+len(plaintext))
	out[0] = format
	binary.BigEndian.PutUint16(out[1:], b.use.version)
	rand.Read(out[headerSize:bodyAt])
	copy(out[bodyAt:], plaintext)
	// Encrypted where it lies: one allocation.
	return b.use.aead.Seal(out[:bodyAt], out[headerSize:bodyAt], out[bodyAt:], b.associated(addr, out[:headerSize]))
}

// Open decrypts what Seal made for the same address. nil opens to the empty string. The error is
// ErrSealed or ErrVersion, with the address and nothing of the value.
func (b *Box) Open(addr Addr, sealed []byte) (string, error) {
	plain, err := b.OpenBytes(addr, sealed)
	return string(plain), err
}

// OpenBytes is Open for what SealBytes made.
func (b *Box) OpenBytes(addr Addr, sealed []byte) ([]byte, error) {
	if len(sealed) == 0 {
		return nil, nil
	}
	// Nothing shorter than one sealed byte was ever made: Seal has no ciphertext for "".
	if len(sealed) <= Overhead || sealed[0] != format {
		return nil, b.refuse(addr, ErrSealed)
	}
	version := binary.BigEndian.Uint16(sealed[1:])
	o := b.use
	if o.version != version {
		i := slices.IndexFunc(b.all, func(o *opened) bool { return o.version == version })
		if i < 0 {
			return nil, b.refuse(addr, ErrVersion)
		}
		o = b.all[i]
	}
	plain, err := o.aead.Open(nil, sealed[headerSize:bodyAt], sealed[bodyAt:], b.associated(addr, sealed[:headerSize]))
	if err != nil {
		return nil, b.refuse(addr, ErrSealed)
	}
	return plain, nil
}

func (b *Box) refuse(addr Addr, err error) error {
	return fmt.Errorf("%w: tenant %d, %s.%s, row %s", err, b.tenant, addr.Table, addr.Column, addr.ID)
}

// associated is header, then "tenant|table|column|id". Check lets no "|" into a declared name, so
// two addresses never read the same.
func (b *Box) associated(addr Addr, header []byte) []byte {
	a := make([]byte, 0, 160)
	a = append(a, header...)
	a = strconv.AppendInt(a, int64(b.tenant), 10)
	a = append(a, '|')
	a = append(a, addr.Table...)
	a = append(a, '|')
	a = append(a, addr.Column...)
	a = append(a, '|')
	id, _ := addr.ID.MarshalText() // of a uuid: never fails
	return append(a, id...)
}

// Blind is the value's blind index: equal values of one column of one tenant give equal bytes, and
// without the key they can't be guessed from a list of all phone numbers. Normalise first (see
// NormalPhone), else equal numbers differ. column separates indexes; give the same name on purpose
// to make two columns comparable. The empty string gives nil. Whoever sees the index sees which
// rows are equal: use it for identifiers that are searched, not for free text. A new data key means
// new blind values for every row; search with Blinds, which finds both while rows are brought over.
func (b *Box) Blind(column, value string) []byte { return b.use.blinded(column, value) }

// Blinds are the value's blind indexes under every version of the data key that is in use: what a
// search asks for, with IN. The empty string gives none.
func (b *Box) Blinds(column, value string) (all [][]byte) {
	for _, o := range b.all {
		if v := o.blinded(column, value); v != nil {
			all = append(all, v)
		}
	}
	return all
}

func (o *opened) blinded(column, value string) []byte {
	if value == "" {
		return nil
	}
	mac := hmac.New(sm3.New, o.blind[:])
	in := make([]byte, 0, 96)
	in = binary.BigEndian.AppendUint16(in, uint16(len(column)))
	in = append(in, column...)
	in = append(in, value...)
	mac.Write(in)
	return mac.Sum(nil)[:BlindSize:BlindSize]
}
