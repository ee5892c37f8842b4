package draft

import (
	"slices"
	"strings"

	"stocktake"
)

// rollCall checks the lists of a roll-call: ids of parties, parted by single spaces, in the order of their bytes, nobody named twice.
func (c *checker) rollCall(path string, r *stocktake.RollCall) {
	in := make(map[string]string, 256) // party to the list that names it
	for _, l := range [...]struct{ name, list string }{{"yes", r.Yes}, {"no", r.No}, {"abstain", r.Abstain}, {"absent", r.Absent}, {"not_voting", r.NotVoting}} {
		if l.list == "" {
			continue
		}
		here := path + "/" + l.name
		ids := strings.Split(l.list, " ")
		if slices.Contains(ids, "") || strings.ContainsAny(l.list, "\n\t,;") {
			c.add(here, stocktake.Invalidf("the ids of %s are not parted by single spaces", l.name).Hinted("such as `%s: AUT BGR CHE`; a list over several lines begins with >-", l.name))
			continue
		}
		for i, id := range ids {
			if !partyForm.fits(id) {
				c.add(here, partyForm.fault(id))
				break
			}
			if other, ok := in[id]; ok {
				f := stocktake.Invalidf("%s stands twice in %s", id, l.name)
				if other != l.name {
					f = stocktake.Invalidf("%s stands in %s and in %s", id, other, l.name)
				}
				c.add(here, f.Hinted("a party votes once in a roll-call"))
				break
			}
			in[id] = l.name
			if i > 0 && ids[i-1] > id {
				c.add(here, stocktake.Invalidf("%s is out of order: %s stands after %s", l.name, id, ids[i-1]).Hinted("put the ids in the order of the alphabet, capitals first"))
				break
			}
		}
	}
	if len(in) == 0 && r.Yes+r.No+r.Abstain+r.Absent+r.NotVoting == "" {
		c.add(path+"/yes", stocktake.Invalidf("nobody voted in roll-call %s", r.ID).Hinted("name the parties in yes, no, abstain, absent or not_voting"))
	}
	if r.Session < 0 {
		c.add(path+"/session", stocktake.Invalidf("session %d cannot be", r.Session).Hinted("a number from 1, or nothing"))
	}
}
