// Package keys keeps residents' data unreadable to whoever holds only the database.
//
// There are two keys per tenant. The key-encryption key never leaves the key service ([Service]),
// which is not PostgreSQL: a file in development ([File]), a certified KMS in production, because
// software keys alone do not pass 密评 (GB/T 39786). The data key is made here, wrapped by that
// service ([Issue]) and stored wrapped beside the tenant; opened, it is a [Box], and a [Ring] keeps
// the boxes of busy tenants. Destroying the key-encryption key is erasure: the rows, their backups
// and their replicas stay, and nobody can read them again.
//
// A data key can be changed ([Settle], package reseal): the new version is stored beside the old one,
// every process reads it before anything is sealed with it, values are brought over in batches while
// both are read, and the old version is retired when nothing is sealed with it any more.
//
// A feature declares each column of its tables beside its models ([Columns]): plain, sealed
// (SM4-GCM, the row's address as associated data) or blind (HMAC-SM3, for equality search over a
// sealed column). [Check] compares the declarations with the database.
//
//	box, err := ring.Box(ctx, tenant)
//	phone := keys.NormalPhone(form.Phone)
//	row.Phone = box.Seal(keys.Addr{Table: "cases", Column: "phone", ID: row.ID}, phone)
//	row.PhoneBlind = box.Blind("phone", phone)
//
// The algorithms are those of 商用密码: SM2 (GB/T 32918), SM3 (GB/T 32905), SM4 (GB/T 32907), as
// 商用密码管理条例 (2023) art. 41 asks of operators according to their 等保 grade.
package keys
