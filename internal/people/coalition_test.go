package people

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"stocktake"
)

var update = flag.Bool("update", false, "write the table of docs/people.md anew")

// TestRolesTableStandsInTheDocs prints the table of who may do what into docs/people.md.
func TestRolesTableStandsInTheDocs(t *testing.T) {
	path := filepath.Join("..", "..", "docs", "people.md")
	b, err := os.ReadFile(path)
	must(t, err)
	const from, to = "<!-- roles -->\n", "<!-- end of roles -->\n"
	before, rest, ok := strings.Cut(string(b), from)
	old, after, ok2 := strings.Cut(rest, to)
	if !ok || !ok2 {
		t.Fatalf("%s has no place for the table, between %q and %q", path, from, to)
	}
	if old == RolesTable() {
		return
	}
	if !*update {
		t.Fatalf("the table in %s is not that of the program: run this test with -update", path)
	}
	must(t, os.WriteFile(path, []byte(before+from+RolesTable()+to+after), 0o644))
}

func TestCan(t *testing.T) {
	admin, person := Person{ID: "p-a", Admin: true}, Person{ID: "p-b"}
	for _, c := range []struct {
		who   Person
		roles []Role
		in    CoalitionID
		a     Action
		want  bool
	}{
		{person, nil, "x", SeeCoalition, false},
		{person, []Role{Reader}, "x", SeeCoalition, true},
		{person, []Role{Reader}, "x", ReadStatement, true},
		{person, []Role{Reader}, "x", CommentStatement, false},
		{person, []Role{Editor}, "x", WriteStatement, true},
		{person, []Role{Editor}, "x", ApproveStatement, false},
		{person, []Role{Editor, Approver}, "x", ApproveStatement, true},
		{person, []Role{SigningOfficer}, "x", Endorse, true},
		{person, []Role{Convenor}, "x", Endorse, false},
		{person, []Role{Convenor}, "x", "anything", false},
		{person, []Role{PressOfficer}, "x", Release, true},
		{admin, nil, "x", SeeCoalition, true},
		{admin, nil, "x", InvitePeople, true},
		{admin, nil, "x", ReadStatement, false}, // nothing that is under embargo, before somebody gives them a role
		{admin, nil, "x", Release, false},
		{admin, nil, RecordDesk, WriteRecord, true},
		{admin, nil, RecordDesk, InvitePeople, true},
		{admin, nil, RecordDesk, WriteStatement, false},
		{admin, nil, "x", WriteRecord, false},
		{person, []Role{Convenor}, "x", WriteRecord, false},
		{person, []Role{Editor}, RecordDesk, WriteRecord, true},
		{person, []Role{Editor}, RecordDesk, WriteStatement, false},
		{Local(), AllRoles, "x", Release, true},
		{Local(), nil, RecordDesk, ApproveRecord, true},
		{Local(), AllRoles, "x", "anything", false},
	} {
		if got := Can(c.who, c.roles, c.in, c.a); got != c.want {
			t.Errorf("%s (administrator %v) as %v in %s: %s %v", c.who.ID, c.who.Admin, c.roles, c.in, c.a, got)
		}
	}
}

func TestTwoPersons(t *testing.T) {
	for _, c := range []struct {
		rules   Rules
		by      PersonID
		roles   []Role
		authors []PersonID
		ok      bool
	}{
		{Rules{}, "a", []Role{Convenor}, []PersonID{"a"}, true},
		{Rules{}, "a", []Role{Editor}, []PersonID{"b"}, false},
		{Rules{TwoPersons: true}, "a", []Role{Convenor, Approver}, []PersonID{"b", "a"}, false},
		{Rules{TwoPersons: true}, "a", []Role{Approver}, []PersonID{"b"}, true},
		{Rules{TwoPersons: true, Approvers: []Role{Approver}}, "a", []Role{Convenor}, []PersonID{"b"}, false},
		{Rules{TwoPersons: true}, local, AllRoles, []PersonID{local}, false},
		{Rules{TwoPersons: true}, local, AllRoles, []PersonID{"b"}, true},
	} {
		err := c.rules.MayApprove(c.by, c.roles, c.authors)
		if (err == nil) != c.ok || err != nil && stocktake.KindOf(err) != stocktake.Forbidden {
			t.Errorf("%+v %s %v by %v: %v", c.rules, c.by, c.roles, c.authors, err)
		}
	}
}

func TestCoalition(t *testing.T) {
	d, ctx := open(t), t.Context()
	ana, bo := d.add(t, "ana@example.org", true), d.add(t, "bo@example.net", false)
	_, err := d.Make(ctx, bo, Coalition{Names: map[string]string{"en": "X"}})
	refused(t, err, stocktake.Forbidden)
	c, err := d.Make(ctx, ana, Coalition{Names: map[string]string{"es": "Organizaciones por los Niños", "en": " "}, Langs: []string{"es", "EN"}})
	must(t, err)
	if c.ID != "organizaciones-por-los-ninos" || !slices.Equal(c.Langs, []string{"es", "en"}) || len(c.Names) != 1 || c.Name("en") != c.Names["es"] {
		t.Errorf("%+v", c)
	}
	for _, bad := range []Coalition{{}, {Names: map[string]string{"en": "移民"}}, {ID: "A b", Names: map[string]string{"en": "X"}}, {Names: map[string]string{"qq-": "X"}},
		{ID: "x", Names: map[string]string{"en": "X"}, Rules: Rules{Approvers: []Role{Reader}}}} {
		_, err = d.Make(ctx, ana, bad)
		refused(t, err, stocktake.Invalid)
	}
	for _, taken := range []CoalitionID{c.ID, RecordDesk} {
		_, err = d.Make(ctx, ana, Coalition{ID: taken, Names: map[string]string{"en": "X"}})
		refused(t, err, stocktake.Conflict)
	}

	refused(t, d.AddMember(ctx, bo, c.ID, Member{Name: "Shelter"}), stocktake.NotFound) // does not even learn of it
	must(t, d.AddMember(ctx, ana, c.ID, Member{Name: "Shelter", Country: "mex", Domain: "Shelter.example.org"}))
	refused(t, d.AddMember(ctx, ana, c.ID, Member{Name: "shelter"}), stocktake.Conflict)
	refused(t, d.AddMember(ctx, ana, c.ID, Member{Name: "Law", Domain: "not a domain"}), stocktake.Invalid)
	must(t, d.AddMember(ctx, ana, c.ID, Member{Name: "Law"}))
	got, err := d.Coalition(ctx, c.ID)
	if must(t, err); len(got.Members) != 2 || got.Members[0].Name != "Law" || got.Members[1] != (Member{"shelter", "Shelter", "MEX", "shelter.example.org", "2026-11-23"}) {
		t.Errorf("%+v", got.Members)
	}
	must(t, d.RemoveMember(ctx, ana, c.ID, "law"))
	refused(t, d.RemoveMember(ctx, ana, c.ID, "law"), stocktake.NotFound)
	must(t, d.Change(ctx, ana, c.ID, func(c *Coalition) error {
		c.ID, c.Rules = "other", Rules{TwoPersons: true, Approvers: []Role{Approver}}
		return nil
	}))
	if got, err = d.Coalition(ctx, c.ID); err != nil || !got.Rules.TwoPersons || got.ID != c.ID {
		t.Error(got, err)
	}
	for who, n := range map[*Person]int{&ana: 1, &bo: 0} {
		if list, err := d.Coalitions(ctx, *who); err != nil || len(list) != n {
			t.Error(list, err)
		}
	}
	if list, err := d.Coalitions(ctx, Local()); err != nil || len(list) != 1 {
		t.Error(list, err)
	}
	_, err = d.Coalition(ctx, "nowhere")
	refused(t, err, stocktake.NotFound)
}

func TestInvitation(t *testing.T) {
	d, ctx := open(t), t.Context()
	ana, bo := d.add(t, "ana@example.org", true), d.add(t, "bo@example.net", false)
	c, err := d.Make(ctx, ana, Coalition{Names: map[string]string{"en": "Ninety-eight"}})
	must(t, err)

	// With mail, nobody here sees the link.
	token, err := d.Invite(ctx, ana, c.ID, "cy@example.org", "Cy", []Role{Reader, Convenor}, true)
	if must(t, err); token != "" || len(d.box) != 1 || d.box[0].To != "cy@example.org" || !strings.Contains(d.box[0].Text, "Ninety-eight") || !strings.Contains(d.box[0].Text, "convenor, reader") {
		t.Fatal(token, d.box)
	}
	o, err := d.Open(ctx, d.last(t))
	if must(t, err); o.SignIn || o.Invitation.Email != "cy@example.org" || o.Coalition.ID != c.ID {
		t.Errorf("%+v", o)
	}
	_, err = d.SignIn(ctx, d.last(t), "")
	refused(t, err, stocktake.Gone)
	in, at, err := d.Accept(ctx, d.last(t), nil, "Cy Ng", "")
	must(t, err)
	cy := in.Person
	if at != c.ID || cy.Name != "Cy Ng" || cy.Vouched == "" || !d.signedIn(t, in.Token) {
		t.Errorf("%+v", in)
	}
	if roles, err := d.Roles(ctx, cy.ID, c.ID); err != nil || !slices.Equal(roles, []Role{Convenor, Reader}) {
		t.Error(roles, err)
	}
	_, _, err = d.Accept(ctx, d.last(t), nil, "", "")
	refused(t, err, stocktake.Gone)

	// A link for an address that has an account opens that account to nobody who is not signed in as it.
	token, err = d.Invite(ctx, cy, c.ID, "ANA@example.org", "", []Role{Reader}, false)
	must(t, err)
	for _, who := range []*Person{nil, &cy, &bo} {
		_, _, err = d.Accept(ctx, token, who, "", "")
		refused(t, err, stocktake.Forbidden)
	}
	l := Local()
	_, _, err = d.Accept(ctx, token, &l, "", "")
	refused(t, err, stocktake.Conflict)
	in, _, err = d.Accept(ctx, token, &ana, "", "")
	if must(t, err); in.Token != "" || in.Person.ID != ana.ID {
		t.Errorf("%+v", in)
	}
	if roles, err := d.Roles(ctx, ana.ID, c.ID); err != nil || !slices.Equal(roles, []Role{Convenor, Reader}) {
		t.Error(roles, err)
	}

	// Whoever is signed in takes up one for an address without account as themselves.
	token, err = d.Invite(ctx, cy, c.ID, "bo.private@example.net", "", []Role{Editor}, false)
	must(t, err)
	in, _, err = d.Accept(ctx, token, &bo, "", "")
	if must(t, err); in.Person.ID != bo.ID {
		t.Errorf("%+v", in)
	}

	// Withdrawn, too old, or by somebody who may no longer invite.
	token, err = d.Invite(ctx, cy, c.ID, "di@example.org", "", []Role{Editor}, false)
	must(t, err)
	list, err := d.Invitations(ctx, c.ID)
	if must(t, err); len(list) != 1 || list[0].Email != "di@example.org" {
		t.Fatal(list)
	}
	refused(t, d.WithdrawInvitation(ctx, bo, c.ID, list[0].ID), stocktake.Forbidden)
	must(t, d.WithdrawInvitation(ctx, cy, c.ID, list[0].ID))
	_, _, err = d.Accept(ctx, token, nil, "", "")
	refused(t, err, stocktake.Gone)
	token, err = d.Invite(ctx, cy, c.ID, "di@example.org", "", []Role{Editor}, false)
	must(t, err)
	day := d.at
	d.at = day.AddDate(0, 0, 15)
	_, err = d.Open(ctx, token)
	refused(t, err, stocktake.Gone)
	d.at = day
	must(t, d.SetRoles(ctx, ana, c.ID, cy.ID, []Role{Editor}))
	_, _, err = d.Accept(ctx, token, nil, "", "")
	refused(t, err, stocktake.Gone)

	_, err = d.Invite(ctx, bo, c.ID, "di@example.org", "", []Role{Editor}, false)
	refused(t, err, stocktake.Forbidden)
	_, err = d.Invite(ctx, ana, c.ID, "di@example.org", "", nil, false)
	refused(t, err, stocktake.Invalid)
	_, err = d.Invite(ctx, ana, c.ID, "di@example.org", "", []Role{"king"}, false)
	refused(t, err, stocktake.Invalid)
	d.off = true
	_, err = d.Invite(ctx, ana, c.ID, "di@example.org", "", []Role{Editor}, true)
	refused(t, err, stocktake.Conflict)
}

func TestLastConvenorStays(t *testing.T) {
	d, ctx := open(t), t.Context()
	ana, bo := d.add(t, "ana@example.org", true), d.add(t, "bo@example.net", false)
	c, err := d.Make(ctx, ana, Coalition{Names: map[string]string{"en": "Ninety-eight"}})
	must(t, err)
	for _, roles := range [][]Role{nil, {Editor}} {
		refused(t, d.SetRoles(ctx, ana, c.ID, ana.ID, roles), stocktake.Conflict)
	}
	refused(t, d.SetRoles(ctx, ana, c.ID, bo.ID, []Role{Convenor}), stocktake.NotFound) // in by invitation alone
	token, err := d.Invite(ctx, ana, c.ID, "bo@example.net", "", []Role{Editor}, false)
	must(t, err)
	_, _, err = d.Accept(ctx, token, &bo, "", "")
	must(t, err)
	refused(t, d.SetRoles(ctx, bo, c.ID, bo.ID, []Role{Convenor}), stocktake.Forbidden)
	must(t, d.SetRoles(ctx, ana, c.ID, bo.ID, []Role{Convenor, Editor}))
	must(t, d.SetRoles(ctx, ana, c.ID, ana.ID, nil)) // leaves
	refused(t, d.SetRoles(ctx, bo, c.ID, bo.ID, nil), stocktake.Conflict)
	if list, err := d.Of(ctx, c.ID); err != nil || len(list) != 1 || list[0].Person.ID != bo.ID {
		t.Error(list, err)
	}
	must(t, d.May(ctx, bo, c.ID, WriteStatement))
	refused(t, d.May(ctx, bo, c.ID, WriteRecord), stocktake.Forbidden)
	refused(t, d.May(ctx, ana, c.ID, WriteStatement), stocktake.Forbidden)
	refused(t, d.May(ctx, ana, "nowhere", WriteStatement), stocktake.NotFound)
}

func TestSlug(t *testing.T) {
	for in, want := range map[string]string{"Ninety-eight": "ninety-eight", "  Père & Fils, S.A. ": "pere-fils-s-a", "移民": "", "Ω 98": "98", strings.Repeat("ab ", 30): strings.TrimRight(strings.Repeat("ab-", 20), "-")} {
		if got := Slug(in); got != want {
			t.Errorf("Slug(%q) = %q, want %q", in, got, want)
		}
	}
}
