// Package providers lets the staff of a district sign in with the district's own identity provider (OpenID Connect).
//
// A provider is a row above the tenants: issuer, client, sealed secret, and which claim says who somebody is. [Shelf.Begin]
// sends a browser there, [Shelf.Finish] takes it back and answers who the provider says it is; whether anybody here is that
// person, and works in that district, is package auth's to find out. Nobody gets an account by this door.
//
// Why not Kratos, which has such a strategy of its own: its providers stand in its configuration, so that every district
// would be a new release of it; its flow wants the browser at its own port, and browsers never meet Kratos here; it knows
// identities and no districts, so that one district's provider could name another district's people; and it makes or links
// accounts, where only those who were invited may come in. What is hard about the protocol (discovery, keys, signatures,
// audience, expiry) is go-oidc's, and PKCE is x/oauth2's.
//
// Between leaving and coming back the browser itself carries what must be remembered (state, nonce, verifier, district), in a
// cookie sealed with the deployment's key, ten minutes long. So nothing is stored for somebody who never comes back, and
// what one browser began no other can finish.
package providers
