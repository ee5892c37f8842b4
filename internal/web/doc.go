// Package web is the face of the record that people see in a browser, and the same facts as JSON and CSV for programs.
//
// Every page is one handler, which gathers a struct and writes nothing, and one template, which is checked against that struct. Every
// address takes ?on= (a civil day), ?known= (a day or moment) and ?head= (how many filings) or ?head-at= (a moment); every link on a page
// carries those that were given, and the page says all three in words. The address without them is canonical. With .json or .csv before the
// query, the same address gives the same facts in the shapes of the command line.
//
// Pages need no script; two small modules sharpen the map and long tables. Nothing is asked of any other host, and nothing about a reader
// is kept. A page is rendered whole in memory, kept by its address and the three coordinates, and written from there.
package web
