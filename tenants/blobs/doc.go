// Package blobs keeps content that is too large for a table: photos, papers, exports. What it is given is sealed already;
// it knows names and bytes, no tenants and no rights.
//
// A [Store] is a folder or a bucket of S3 (or of what speaks S3: OSS, COS, OBS, MinIO). Which one, an address says:
//
//	/var/lib/wanjie/files                                          a folder
//	s3://bucket/prefix?endpoint=oss-cn-hangzhou.aliyuncs.com&region=cn-hangzhou
//
// The keys of a bucket come from the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY) or from the machine's role,
// never from the address, which is logged and shown.
//
// What Put has answered is there after a power cut: a folder is synced, file and directory. Nothing is ever changed in
// place, so a name is written once, and a reader sees all of it or nothing.
package blobs
