// Package signon asks organisations to stand under one exact version of a text, and keeps what they answer.
//
// An Organisation endorses through a person with Authority. An Asking is the sign-on of one statement: until when, at which tiers, by which
// roads. An Invitation is a link to it. An Endorsement is one organisation's place in an Asking, from invited to listed and beyond; Moves is the
// table of what may become of it and by whom. Publish gives the endorsements that go into the public filing, and what has changed since.
//
// Rules are plain functions over these values. A Book keeps the values as private items and is the only thing here that changes them; every
// change is one transaction, so that of two who sign for one organisation at once neither is lost and none is doubled.
//
// Three things hold throughout. An organisation that nobody of the coalition knows is never listed by itself. Nothing about a request is kept:
// no address, no browser, no moment finer than a day. And nothing changes on reading: Peek tells what a link is for and Use acts, once.
package signon
