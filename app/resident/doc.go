// Package resident is the residents' door of a street: reporting a matter, following and rating it, what the street told
// one and what it holds about one.
//
// A resident is whoever proved by a code that a telephone is theirs. The sign-in service knows the telephone alone; a
// street knows a [Resident] once the person entered there and agreed to its notice, and never hears of another street's.
// What is a resident's own is so because he reported it (package cases, petitioner.go): no grant lets him, and whatever is
// not his does not exist for him.
//
// One set of routes serves browsers under /r/{tenant} and programs under /api/v1/resident/{tenant} (package web): the same
// forms, the same verbs, and the page's struct as JSON. A program sends application/x-www-form-urlencoded with an
// Idempotency-Key (UUIDv7) and the bearer token that signing in answered. A street's own host shows both without the slug.
//
// Every page is complete without scripts. Elder mode and strong contrast are a class on the page, kept in a cookie for
// this browser and in the resident's row for the next.
package resident
