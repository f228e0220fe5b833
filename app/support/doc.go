// Package support lets somebody of the vendor's into a street for a stated reason and some hours, and keeps its record
// (运营进入).
//
// An operator asks from the vendor's console: what for, in words, for how long. The street's security administrator lets
// them in or refuses with a sentence; a street that switched the setting auth.ApprovalSetting off lets them in at once.
// While it lasts the person is a member with the role auth.Support: modules, settings and the state of the system, with
// a second factor, and no page of cases, residents or staff. It ends by a timer, or before by either side; past its last
// second nothing opens even where the timer has not rung yet (Lasts).
//
// Everything is an act of the street's journal, and so is what the person did meanwhile. The street's auditor and the
// vendor read the same page of an access; in the vendor's, the street's people are numbers.
package support
