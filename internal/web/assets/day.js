// Answers another day on the pages of a published copy, where no server can: gcm.html?on=2018-12-19.
//
// What it needs of a page, beside what every page has:
//   <html data-published   on every page of a copy, and
//     data-on              the day that the page answers for, as 2026-11-23
//     data-known           what could be known by then, as addresses write it (At.KnownString)
//     data-head            the filing that it was made at
//     data-root            the way to the root of the copy, such as "../" (and "./" on the first page)
//     data-kind            instrument, party or home: answered again from the index
//                          same: the same on every day (recorded votes, sources, filings, the law, ...): nothing is taken away
//                          other: answered for data-on alone (changes, undertakings, lists of standings, ...)
//     data-index           the index of the page, such as "../index/i/gcm.js"; absent where there is none
//     data-shared          what all indexes share, "../index/shared.js"; wherever data-index or data-days is
//     data-days            a small index written into the page itself, for a text that is known by recorded votes alone
//     data-live            where there is a server: the address of this page there, without parameters
//     data-origin          where there is a server: its address, for "stocktake mirror"
//   <script src="…/day-first.js"></script> in <head>, before any style sheet, and neither async nor defer nor module
//   <script src="…/day.js" defer></script> after it; a plain script, so that it runs from a folder on a disk too
//   data-always            on each part of <main> that is the same on every day: facts, recorded votes, provisions, coverage, unknowns,
//                          statements, doors, key days. On another day all else in <main> is taken away, apart from what is written anew:
//                          h1, p.lede, figure.map (shapes are [data-id], their fill is the class k-…), ul.legend, table.standings.
//                          A part around these (the section on the first page) stays where it holds one of them or a data-always.
//   .when p b              the first is the day
// Index files are written by daysScript: a call of stocktakeDays, so that they can be read where fetch is refused (file:).
