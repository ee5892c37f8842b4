// Package people keeps who may work at the desk: persons, how they sign in, coalitions, and what each person may do in which.
//
// Nobody has a password. A person signs in with a link that is made for them (mailed, or handed over by whoever runs the site) or with a
// passkey, and has a session until it ends or is ended. Tokens of links and sessions are 32 random bytes; only their SHA-256 is stored, so
// that a copy of the database opens nothing. Of time, only days are kept, apart from links that end within minutes.
//
// Everything lies in private items (store.Private), of these kinds:
//
//	person            id p-…; keys email (canonical, unique), passkey (SHA-256 of a credential's id, unique), admin
//	session           id SHA-256 of its token; key person
//	sign-in-link      id SHA-256 of its token; key person
//	passkey-ceremony  id SHA-256 of its token
//	coalition         id a short name, as in addresses
//	membership        id coalition/person; keys coalition, person
//	invitation        id SHA-256 of its token; key coalition
//
// The bodies are the JSON of Person, Session and so on; a field that is added has a zero value that means what was so before. What is over is
// marked, and dropped by Sweep in one transaction, since dropping costs more than changing.
package people
