// Package handover carries matters between a street and its district's centre: up (上报区级) and down (下派街道).
//
// Each of the two is a tenant with data of its own, maybe in another database, and neither reads the other's rows.
// A handover is therefore two rows with one id, one on each side, that know of each other only what messages told:
//
//	the side that hands over (out)        the side that is handed to (in)
//	  sent     ── offer ──────────────▶     offered
//	  offered  ◀───────────── arrived ──
//	  accepted ◀──────────── accepted ──    accepted   a paired case with our number as upper_no
//	  answered ◀──────────── answered ──    answered   the paired case was closed
//	  refused  ◀───────────── refused ──    refused    not ours, or given back: the ground is cited
//	           ── again ──────────────▶     accepted   the result failed the check or the call-back
//	           ── due ────────────────▶                the deadline moved
//	           ◀─────────────── asked ──               a later one is asked for
//	           ── recall ─────────────▶                it is wanted back: see recall.go
//	  recalled ◀──────────── recalled ──    recalled
//	           ◀──────────────── kept ──               the other side goes on all the same
//
// What an offer tells is a fixed list of fields ([Told]): class, title, description, address, community, point,
// urgency, deadline, why, photos of the place; the petitioner only where handling needs it and never of a confidential case,
// nor photos of one. A result brings the photos after the work, a result that was not good enough those of the check.
//
// The classifications of the two may differ. An offer says the class with its scheme, standard and code, and the codes that
// other schemes call it by; whoever accepts is proposed classes of its own by the mappings (blueprint.Config.Counterparts),
// and chooses where they lead to several or to none.
//
// On the side that hands over the case is an ordinary one in handling, whose lead is a unit beyond the tenant
// (package cases, HandOver): its clock runs, the result goes to its check, its petitioner is called back. On the other
// side it becomes an ordinary case when somebody accepts it, and is handled like any other. A refused one never was a
// case there, so it spoils no figure.
//
// Package post carries the messages, each once and in the order of writing.
//
// A tenant that is suspended or closed, or has the module off, takes no offers: the carrier brings the case back with
// a sentence that says so. What was handed over already is finished whatever is switched off later.
package handover
