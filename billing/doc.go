// Package billing turns what happened into what is owed. So far it meters: the [Meter] list says
// which act counts how much for which meter, and the follower adds it up by tenant and day in the
// table usage. No verb ever calls billing: a meter reads the journal.
package billing
