// Package openapi is the door for programs: a platform above that sends orders and fetches replies by itself.
//
// A street's security administrator gives a program a [Key]: for one channel, until a day, and where he says so from
// some addresses only. The key is 256 random bits, shown once; what is kept is its hash, by which the gateway finds the
// tenant before any scope is entered. A key that is unknown, revoked, expired or used from elsewhere gets one and the
// same answer; which of them it was stands in the tenant's own record of calls.
//
// A program acts as the product's own hand with what an intake clerk may do, and no more. What it may call, modules say
// (web.Routes.Call); the description of it all is v1.json, served to everybody.
package openapi
