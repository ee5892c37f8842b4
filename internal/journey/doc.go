// Package journey holds tests alone: whole journeys through the running program, in a process of its own, in a real browser and with a real
// mail server. What each part does by itself is tested where the part is.
package journey
