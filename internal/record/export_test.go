package record

// SettleEvery makes the record sort all its rows anew once so many are new, and returns how to undo that.
func SettleEvery(n int) (undo func()) {
	was := settleAt
	settleAt = n
	return func() { settleAt = was }
}
