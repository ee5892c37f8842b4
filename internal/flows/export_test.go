package flows

// Matched returns the stocks of those who lived through the period, as the closed methods use them.
func Matched(in *Input) (a, b *Matrix, err error) {
	if a, b, err = in.accounts(); err != nil {
		return nil, nil, err
	}
	_, _, err = match(in.Places, a, b)
	return a, b, err
}
