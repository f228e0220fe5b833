package blobs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// bucket is a store in a bucket of S3. By minio-go and not by a library of many clouds: every cloud in question speaks S3, and
// gocloud.dev brings gRPC and the clouds' own libraries, 278 packages where this one brings 59.
type bucket struct {
	client       *minio.Client
	name, prefix string
	address      string
}

// piece is how much of a content without a known size is in memory while it leaves; S3 takes no smaller ones.
const piece = 5 << 20

func openBucket(u *url.URL) (Store, error) {
	q := u.Query()
	endpoint := q.Get("endpoint")
	if endpoint == "" {
		endpoint = "s3.amazonaws.com"
	}
	if u.Host == "" || u.User != nil {
		return nil, errors.New("an address of a bucket is s3://bucket/prefix?endpoint=host&region=name; its keys are AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
	}
	lookup := minio.BucketLookupAuto
	if q.Get("path") == "yes" {
		lookup = minio.BucketLookupPath
	}
	client, err := minio.New(endpoint, &minio.Options{
		Creds:  credentials.NewChainCredentials([]credentials.Provider{&credentials.EnvAWS{}, &credentials.EnvMinio{}, &credentials.IAM{}}),
		Secure: q.Get("plain") != "yes", Region: q.Get("region"), BucketLookup: lookup,
	})
	if err != nil {
		return nil, fmt.Errorf("files at %s: %w", endpoint, err)
	}
	prefix := strings.Trim(u.Path, "/")
	if prefix != "" {
		prefix += "/"
	}
	return bucket{client, u.Host, prefix, u.String()}, nil
}

func (b bucket) String() string { return b.address }

func (b bucket) at(name Name) string { return b.prefix + name.String() }

func (b bucket) Put(ctx context.Context, name Name, body io.Reader) error {
	head, err := io.ReadAll(io.LimitReader(body, piece))
	if err != nil {
		return fmt.Errorf("put %s: %w", name, err)
	}
	var whole io.Reader = bytes.NewReader(head)
	size := int64(len(head)) // a photo leaves in one request; what is larger, in pieces
	if size == piece {
		whole, size = io.MultiReader(whole, body), -1
	}
	_, err = b.client.PutObject(ctx, b.name, b.at(name), whole, size, minio.PutObjectOptions{ContentType: "application/octet-stream", PartSize: piece})
	if err != nil {
		return fmt.Errorf("put %s: %w", name, err)
	}
	return nil
}

func (b bucket) Open(ctx context.Context, name Name) (io.ReadCloser, error) {
	in, err := b.client.GetObject(ctx, b.name, b.at(name), minio.GetObjectOptions{})
	if err == nil {
		_, err = in.Stat() // GetObject itself asks nothing
	}
	if minio.ToErrorResponse(err).Code == minio.NoSuchKey {
		err = ErrNone
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	return in, nil
}

func (b bucket) Remove(ctx context.Context, name Name) error {
	if err := b.client.RemoveObject(ctx, b.name, b.at(name), minio.RemoveObjectOptions{}); err != nil {
		return fmt.Errorf("remove %s: %w", name, err)
	}
	return nil
}

func (b bucket) List(ctx context.Context, deployment int32, found func(Name) error) error {
	for o := range b.client.ListObjectsIter(ctx, b.name, minio.ListObjectsOptions{Prefix: b.prefix, Recursive: true}) {
		if o.Err != nil {
			return fmt.Errorf("list files: %w", o.Err)
		}
		name, ours := parse(strings.TrimPrefix(o.Key, b.prefix))
		if !ours || name.Tenant/perDeployment != deployment {
			continue
		}
		if err := found(name); err != nil {
			return err
		}
	}
	return ctx.Err()
}
