// Package admin is where a street looks after itself: which modules are on, its settings, its units and
// duty lists as they stand, how it looks, who works in which role, and the traces of it all.
//
// Every other item of the street's blueprint (classes, duties, conditions, routes, reasons, forms, reports …)
// is edited under /admin/items: items_kinds.go lists the kinds with the controls of their forms, one for each
// field of the item's body, so a new field is one line there. The blueprint judges what is saved.
//
// A setting is never changed in place. What the street wants becomes an override of its next revision,
// beside the blueprint's value, and "back to blueprint" is one more override: nothing is lost, cases keep
// the rules that they were filed under, and an upgrade can merge.
//
// Who may do what is kept apart (三员分立): switches and settings are the street or system
// administrator's, people and roles the security administrator's, traces the audit administrator's.
package admin
