package keys

import (
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/smx509"
)

// Errors of a Service. They come wrapped with the tenant's number; test with errors.Is.
var (
	// ErrUnknown: the service holds no key for the tenant. Create it first.
	ErrUnknown = errors.New("no key for this tenant")
	// ErrDestroyed: the tenant's key was destroyed. What it sealed is erased and the number stays
	// burnt: no key will ever be made for it again.
	ErrDestroyed = errors.New("the key of this tenant was destroyed")
	// ErrSignature: the signature is not one of this key over this digest.
	ErrSignature = errors.New("keys: signature does not match")
)

// Service is the key service: it holds each tenant's key-encryption key and the deployment's
// signing key, and lets neither out. It must not be PostgreSQL, so that a dump of the database is
// worth nothing by itself. All methods are safe for concurrent use and by several processes.
type Service interface {
	// Create makes the tenant's key-encryption key and returns when it is durable. Repeating it
	// changes nothing; after Destroy it fails with ErrDestroyed. Tenants' numbers begin at 1; number
	// 0 is the deployment itself, whose key seals what belongs to no tenant.
	Create(ctx context.Context, tenant int32) error
	// Wrap encrypts a data key under the tenant's key-encryption key.
	Wrap(ctx context.Context, tenant int32, key []byte) (wrapped []byte, err error)
	// Unwrap is the inverse of Wrap. ErrSealed if wrapped was made for another tenant or altered.
	Unwrap(ctx context.Context, tenant int32, wrapped []byte) (key []byte, err error)
	// Destroy erases the tenant: its key-encryption key is gone and can't be made again.
	// Repeating it changes nothing; ErrUnknown for a tenant that never had a key. Other processes
	// may still hold an opened box, for MaxAge at most.
	Destroy(ctx context.Context, tenant int32) error
	// Sign signs a 32-byte digest with the deployment's SM2 key (ASN.1 form); Verify checks it.
	Sign(ctx context.Context, digest []byte) (signature []byte, err error)
	// PublicKey is the public half of the signing key, as PKIX DER (SubjectPublicKeyInfo).
	PublicKey(ctx context.Context) (der []byte, err error)
}

// dataKeySize is the length of a data key in bytes. It is never used itself: subkeys are derived.
const dataKeySize = 32

// Issue gives the tenant its first, or next, data key: it makes the key-encryption key if there is
// none, draws a random data key and returns it wrapped, to be stored with its version. The opened
// key is not returned; a Ring opens it when it is needed. Repeating it makes another data key, so
// an opening saga stores the first result and keeps it.
func Issue(ctx context.Context, service Service, tenant int32) (wrapped []byte, err error) {
	if err := service.Create(ctx, tenant); err != nil {
		return nil, err
	}
	var key [dataKeySize]byte
	rand.Read(key[:]) // never fails: the runtime stops the process rather than return weak bytes
	defer clear(key[:])
	return service.Wrap(ctx, tenant, key[:])
}

// Verify checks a signature that Service.Sign made over digest, with the public key that
// Service.PublicKey gave then. It is the plain SM2 signature of the digest's 32 bytes as a message,
// with the standard's default user id (GM/T 0009), so that any SM2 tool can check it without us.
// ErrSignature if it does not match.
func Verify(publicDER, digest, signature []byte) error {
	parsed, err := smx509.ParsePKIXPublicKey(publicDER)
	if err != nil {
		return fmt.Errorf("keys: public key: %w", err)
	}
	public, ok := parsed.(*ecdsa.PublicKey)
	if !ok || !sm2.IsSM2PublicKey(public) {
		return errors.New("keys: public key: not an SM2 key")
	}
	if len(digest) != sm3.Size || !sm2.VerifyASN1WithSM2(public, nil, digest, signature) {
		return ErrSignature
	}
	return nil
}

// publicDER is the PKIX form of the signer's public half.
func publicDER(signer *sm2.PrivateKey) ([]byte, error) {
	der, err := smx509.MarshalPKIXPublicKey(&signer.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("keys: public key: %w", err)
	}
	return der, nil
}
