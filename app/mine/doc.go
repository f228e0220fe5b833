// Package mine is the door of whoever works in several tenants: what waits for him in all of them, in one list.
//
// No statement spans tenants. Each tenant in which the person holds a grant is asked in a transaction of its own, behind
// its own fence and its own switches, as if he had opened its page; the answers are merged here, the nearest deadline
// first. What the modules say waits is [module.Waits], which names nobody, so looking at the list is no look at personal
// data: that is recorded where the tenant's page shows it.
//
// How many tenants are asked and how long one may take is bounded. One that does not answer, is suspended or wants a second
// factor is named on the page and left out.
package mine
