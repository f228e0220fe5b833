// Package tenants is the house's ground: who the tenants are, where each one's data lives, and the
// only ways into it.
//
// A tenant is a street office (街道、乡镇) or a district centre (区级指挥中心). Its rows lie in shared
// tables, behind two locks. The first is the compiler: every verb takes a [Tx], and only [DB] makes
// one; [DistrictTx], [VendorTx] and [SystemTx] are other types with other powers. The second is
// PostgreSQL: each surface has its own login without any grant on tables, which steps into its
// scope role and tenant for the length of one transaction, and every tenant table has forced row
// level security on tenant_id. Forget the first and it does not compile; forget the second and
// PostgreSQL says permission denied.
//
// Entering costs one round trip, which also brings back the tenant's state and revision, the
// actor's grants, and the stored reply where a request is repeated. Leaving costs one: the acts
// recorded in the transaction draw their gapless numbers and are written together with COMMIT.
//
// The directory at home says which tenants there are and where each lives. No transaction spans
// placements: what changes in a tenant (its name, its state) is an act there first, and the directory
// follows by its number, so following late or twice changes nothing back. A tenant's state is its newest
// [Standing], with who changed it, when and why.
package tenants
