// Package billing turns what happened into what is owed. So far it meters: the [Meter] list says
// which act counts how much for which meter, and the follower adds it up by tenant and day in the
// table usage, and in the same statement by month in usage_months. The days are the truth; the months
// are there for whoever looks over all tenants, and are counted anew every night. No verb ever calls billing: a meter reads the journal.
package billing
