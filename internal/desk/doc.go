// Package desk is the part of a site where people work: they sign in, write statements, ask organisations to sign, answer such an
// invitation, and put acts on the record. Its pages are never kept by caches, never listed, and are in no copy of the site.
//
// # How a page is made
//
// Each file registers its routes in an init function with add: a pattern of net/http with its method, who may come (anyone, who has an
// account, who has a right in a coalition), and a handler. A handler gathers an answer and never writes; rendering, headers, errors and
// redirects are in one place. GET never changes anything. Templates lie in templates/, one a page, over layout.html; every page works
// without script, by keyboard and on a telephone.
//
// What is private lies in store.Private items of the packages people, signon, mailer and secretariat; what is public goes through the
// ledger. Nothing about a request is logged: no address, no browser, no path with a token in it.
package desk
