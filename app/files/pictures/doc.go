// Package pictures makes of whatever a phone or a scanner sends a picture that can be kept and shown to others: what it is is
// told by its content and never by its name, it is decoded within bounds, turned upright, made small and written anew.
//
// Nothing of the original is left but what can be seen. Where it was taken, when, with which device, a preview of what was
// cut away: all of that stands beside the pixels and is dropped with them ([Make]).
package pictures
