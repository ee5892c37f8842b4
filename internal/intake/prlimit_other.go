//go:build !linux

package intake

// limitOther does nothing: only Linux bounds the memory of another process. Time bounds it here.
func limitOther(int, int64) {}
