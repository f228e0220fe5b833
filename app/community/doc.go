// Package community is what a street and its communities tell everybody and do together: news and notices (党团、居务、生活),
// events to sign up for, and the public places of the street (活动室、助餐点、避难场所…).
//
// A [Post] is drafted by somebody of a community or the street, reviewed by another person and then published: nobody reviews
// his own, which the database refuses too. Its words stay as they were reviewed; to change them it is withdrawn and drafted
// anew. What expires goes to the archive by itself. Who drafted and who published it is for the staff alone.
//
// An event is a post with a time and a venue. Residents sign up of their own will ([SignUp]): their account and how many come
// along, nothing else. Who finds it full waits, and moves up when a place comes free. There are no points, no rankings and no
// figures about who comes how often, and nobody can sign up somebody else.
package community
