// Package access keeps the record of the door: who signed in and out, which sign-ins were refused,
// which sessions an administrator ended, and which requests were refused for lack of a right.
//
// 网络安全法 art. 21 asks whoever runs a network to keep such logs for six months at least, and 等保
// (GB/T 22239) that each entry says who, when, what and how it ended. PIPL art. 6 and 19 ask for no
// more than that: there is no password here, an account that nobody has is kept as a blind index only,
// the list shows the network somebody came from, and the whole address is sealed and opened for a
// stated reason, which is an entry of its own. Entries are deleted after [Kept]; PostgreSQL refuses to
// delete one younger than six months, and to change any.
//
// An [Event] is written at home ([Book.Write]) before the answer leaves, together with a job ([Share])
// that copies it to the tenants in which its person works: their auditors see their own people, and
// the copy leaves with the tenant. What a tenant refuses is written there alone ([Book.WriteIn]).
package access
