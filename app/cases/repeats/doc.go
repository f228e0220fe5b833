// Package repeats finds what a street keeps dispatching outside its duty list.
//
// 商定 and 指定 are for what the list does not say: each asks for somebody's word, and the study of the paper calls them 人治 as soon
// as they become the habit. So every such dispatch is counted by class and unit, from the assignments themselves, and a pair that
// repeats within the tenant's days as often as its setting says is a [Repeat]: whoever keeps the duty list sees it with its
// bases and, after a look that is written down, its reasons, and either puts it into the list or asks why it goes there.
package repeats
