package desk

// homePage is what waits for whoever is signed in.
type homePage struct {
	page
	Waits []waiting
}

// waiting is something that waits for the person.
type waiting struct {
	What, Address string
	N             int
}

// waits are functions that say what waits for somebody; files of this package append to it from init.
var waits []func(q *request) ([]waiting, error)

func init() {
	add("GET /desk", account, showHome)
	add("GET /desk/{$}", account, showHome)
}

func showHome(q *request) (*answer, error) {
	p := &homePage{page: q.view("desk", "Desk", "What waits for you, and where to begin.")}
	for _, f := range waits {
		list, err := f(q)
		if err != nil {
			return nil, err
		}
		p.Waits = append(p.Waits, list...)
	}
	return &answer{template: "home.html", view: p}, nil
}
