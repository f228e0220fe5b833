// Package auth says who somebody is and what they may do.
//
// Who: Ory Kratos keeps identities, passwords and second factors. Browsers never meet it: our own
// pages ([Pages]) drive its API flows through [Client] and leave one host-only cookie that holds
// Kratos's session token. On every request [Keeper] turns that cookie into a [Session], from memory
// for a few seconds at most, and fails closed: when Kratos cannot be asked, nobody is signed in.
//
// What: a grant gives a person a role, in a tenant (narrowed to a unit, community or grid if need
// be), in a district, or with the vendor. A role is a list of capabilities ([Roles]), and a verb asks
// for one capability ([Require]). Grants are never cached: those of a tenant come with the entry into
// its scope, the others are read by [Keeper.Upper] for each request.
//
// Nobody is system, security and audit administrator (系统管理员、安全管理员、审计管理员) at the same
// scope: who configures does not hand out rights, and neither does who reads the traces. PostgreSQL
// holds that with an index, whatever the code does.
//
// The door's order is: token from [Cookies], [Keeper.Session], grants, [Session.Short] (second
// factor missing: to /second-factor), then the verb, which asks [Require].
package auth
