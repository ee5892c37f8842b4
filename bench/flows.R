# Closed demographic accounting (the fewest moves, and the pseudo-Bayesian mix) from stocks, births and deaths: the formulas of Abel and Cohen (2019),
# written plainly, with a proportional fit in three dimensions for each birthplace. It is what Stocktake's factor form is measured against.
# Rscript flows.R IN OUT: IN holds n, then the two stocks (row birthplace, column residence), populations, births, deaths; OUT gets the moves.
args <- commandArgs(trailingOnly = TRUE)
f <- file(args[1], "rb")
n <- readBin(f, "integer", 1)
m <- function() matrix(readBin(f, "double", n * n), n, n, byrow = TRUE)
v <- function() readBin(f, "double", n)
s1 <- m(); s2 <- m(); p1 <- v(); p2 <- v(); births <- v(); deaths <- v()
close(f)
diag(s1) <- 0; diag(s2) <- 0
diag(s1) <- p1 - colSums(s1); diag(s2) <- p2 - colSums(s2)
a <- sweep(s1, 2, (p1 - deaths) / p1, "*")
b <- s2; diag(b) <- diag(b) - births
mean.total <- (sum(a) + sum(b)) / 2
a <- a * mean.total / sum(a); b <- b * mean.total / sum(b)
want <- (rowSums(a) + rowSums(b)) / 2
fit2 <- function(x, rows, cols) {
  repeat {
    c.now <- colSums(x)
    if (max(abs(c.now - cols) / pmax(1, cols)) <= 1e-10 && max(abs(rowSums(x) - rows) / pmax(1, rows)) <= 1e-10) return(x)
    x <- sweep(x, 2, ifelse(c.now > 0, cols / c.now, 0), "*")
    r.now <- rowSums(x)
    x <- sweep(x, 1, ifelse(r.now > 0, rows / r.now, 0), "*")
  }
}
a <- fit2(a, want, colSums(a)); b <- fit2(b, want, colSums(b))
fit <- function(x, rows, cols) { # origin by destination of one birthplace
  for (k in 1:100) {
    r <- rowSums(x); x <- x * ifelse(r > 0, rows / r, 0)
    cc <- colSums(x); x <- sweep(x, 2, ifelse(cc > 0, cols / cc, 0), "*")
    if (max(abs(rowSums(x) - rows) / pmax(1, rows)) <= 1e-9) break
  }
  x
}
moves <- matrix(0, n, n)
for (i in 1:n) {
  stay <- pmin(a[i, ], b[i, ])
  x <- matrix(1, n, n); diag(x) <- 0
  few <- fit(x, a[i, ] - stay, b[i, ] - stay)
  free <- fit(matrix(1, n, n), a[i, ], b[i, ])
  moves <- moves + 0.87 * few + 0.13 * free
}
diag(moves) <- 0
f <- file(args[2], "wb"); writeBin(as.vector(t(moves)), f); close(f)
cat(R.version.string, "\n")
