package people

import (
	"fmt"
	"slices"
	"strings"

	"stocktake"
)

// A Role is what a person is in a coalition. One person may have several.
type Role string

const (
	Convenor       Role = "convenor"        // runs the coalition
	Editor         Role = "editor"          // writes
	Approver       Role = "approver"        // says that a text may go out
	SigningOfficer Role = "signing officer" // answers for an organisation
	PressOfficer   Role = "press officer"   // brings it to the public
	Reader         Role = "reader"          // sees what is being worked on
)

// AllRoles are the roles, in the order in which pages show them.
var AllRoles = []Role{Convenor, Editor, Approver, SigningOfficer, PressOfficer, Reader}

// An Action is something that not everybody may do.
type Action string

const (
	SeeCoalition     Action = "coalition.see"
	ChangeCoalition  Action = "coalition.change"
	InvitePeople     Action = "people.invite"
	ChangePeople     Action = "people.change"
	ReadStatement    Action = "statement.read"
	CommentStatement Action = "statement.comment"
	WriteStatement   Action = "statement.write"
	ApproveStatement Action = "statement.approve"
	SeeSignOn        Action = "signon.see"
	RunSignOn        Action = "signon.run"
	EnterSignOn      Action = "signon.enter"
	Endorse          Action = "signon.endorse"
	SetEmbargo       Action = "publish.embargo"
	Release          Action = "publish.release"
	Correct          Action = "publish.correct"
	Press            Action = "publish.press"
	FollowCalls      Action = "calls.follow"
	SeeRecordDesk    Action = "record.see"
	WriteRecord      Action = "record.write"
	ApproveRecord    Action = "record.approve"
	TakeUp           Action = "record.queue"
)

// A Permission says who may do something. Actions on the record have roles in the desk of the record (RecordDesk) alone, all others in every
// coalition but that.
type Permission struct {
	Action Action
	What   string // in words, after "may"
	Roles  []Role
	Admin  bool // administrators too, in every coalition, with or without a role in it
}

// Permissions is the one table of who may do what. An administrator keeps people and coalitions in order, and has no part in a coalition's
// texts before somebody gives them one.
var Permissions = []Permission{
	{SeeCoalition, "see its members, people and rules", AllRoles, true},
	{ChangeCoalition, "change its names, languages, contact, members and rules", []Role{Convenor}, true},
	{InvitePeople, "invite people", []Role{Convenor}, true},
	{ChangePeople, "change people's roles, and take people out", []Role{Convenor}, true},
	{ReadStatement, "read its statements before they are public", AllRoles, false},
	{CommentStatement, "comment on them", []Role{Convenor, Editor, Approver, SigningOfficer, PressOfficer}, false},
	{WriteStatement, "write, change and translate them", []Role{Convenor, Editor}, false},
	{ApproveStatement, "approve a version", []Role{Convenor, Approver}, false},
	{SeeSignOn, "see who has answered and who has not", []Role{Convenor, Editor, Approver, PressOfficer}, false},
	{RunSignOn, "open and close the signing, invite organisations and remind them", []Role{Convenor}, false},
	{EnterSignOn, "enter an answer that came by mail, by telephone or in a meeting", []Role{Convenor}, false},
	{Endorse, "answer for an organisation of theirs", []Role{SigningOfficer}, false},
	{SetEmbargo, "set the embargo", []Role{Convenor, PressOfficer}, false},
	{Release, "publish, at the hour or early", []Role{Convenor, PressOfficer}, false},
	{Correct, "correct or withdraw what is public", []Role{Convenor}, false},
	{Press, "write to the press list", []Role{Convenor, PressOfficer}, false},
	{FollowCalls, "say what became of its calls and undertakings", []Role{Convenor, Editor}, false},
	{SeeRecordDesk, "see what waits to go on the record", AllRoles, true},
	{WriteRecord, "put acts, measures, provisions, instruments and parties on the record", []Role{Convenor, Editor}, true},
	{ApproveRecord, "approve what another puts on the record", []Role{Convenor, Approver}, true},
	{TakeUp, "take up or refuse what strangers and states sent", []Role{Convenor, Editor}, true},
}

// Can reports whether a person with these roles in a coalition may do something there. Whoever sits at this computer may do everything; an
// action that is not in the table nobody may.
func Can(who Person, roles []Role, in CoalitionID, a Action) bool {
	i := slices.IndexFunc(Permissions, func(p Permission) bool { return p.Action == a })
	if i < 0 {
		return false
	}
	p := Permissions[i]
	if onRecord := strings.HasPrefix(string(a), "record."); onRecord != (in == RecordDesk) && !general(a) {
		return false
	}
	if who.IsLocal() || p.Admin && who.Admin {
		return true
	}
	return slices.ContainsFunc(roles, func(r Role) bool { return slices.Contains(p.Roles, r) })
}

// general reports whether an action is about a coalition itself, which the record's desk is too.
func general(a Action) bool {
	return strings.HasPrefix(string(a), "coalition.") || strings.HasPrefix(string(a), "people.")
}

// Rules are what a coalition decided about itself.
type Rules struct {
	TwoPersons bool   `json:"two_persons"` // what one wrote another approves, before it goes out
	Approvers  []Role `json:"approvers"`   // whose approval counts; convenors and approvers where it is empty
}

// MayApprove reports whether the approval of somebody with these roles counts (nil), and why it does not (Forbidden fault): under the two-person
// rule, nobody approves what they wrote, be it a part of it.
func (r Rules) MayApprove(by PersonID, roles []Role, authors []PersonID) error {
	counts := r.Approvers
	if len(counts) == 0 {
		counts = []Role{Convenor, Approver}
	}
	if by != local && !slices.ContainsFunc(roles, func(x Role) bool { return slices.Contains(counts, x) }) {
		return &stocktake.Fault{Kind: stocktake.Forbidden, What: "in this coalition the approval of others counts", Hint: "it needs somebody who is " + anyOf(counts)}
	}
	if r.TwoPersons && slices.Contains(authors, by) {
		return &stocktake.Fault{Kind: stocktake.Forbidden, What: "this coalition wants two persons: who wrote a text does not approve it", Hint: "ask somebody else who is " + anyOf(counts)}
	}
	return nil
}

func anyOf(roles []Role) string {
	var s []string
	for _, r := range roles {
		s = append(s, string(r))
	}
	return strings.Join(s, " or ")
}

// checkRoles returns roles in their order, each once; one that there is not is an Invalid fault.
func checkRoles(roles []Role) ([]Role, error) {
	for _, r := range roles {
		if !slices.Contains(AllRoles, r) {
			return nil, stocktake.Invalidf("%q is no role", string(r)).Hinted("the roles are %s", anyOf(AllRoles))
		}
	}
	var list []Role
	for _, r := range AllRoles {
		if slices.Contains(roles, r) {
			list = append(list, r)
		}
	}
	return list, nil
}

// RolesTable returns the table of who may do what in Markdown, as docs/people.md has it.
func RolesTable() string {
	var b strings.Builder
	b.WriteString("| May |")
	for _, r := range AllRoles {
		fmt.Fprintf(&b, " %s |", r)
	}
	b.WriteString(" administrator |\n|---|")
	b.WriteString(strings.Repeat("---|", len(AllRoles)+1))
	b.WriteString("\n")
	for _, p := range Permissions {
		fmt.Fprintf(&b, "| %s (`%s`) |", p.What, p.Action)
		for _, r := range AllRoles {
			if slices.Contains(p.Roles, r) {
				b.WriteString(" yes |")
			} else {
				b.WriteString(" |")
			}
		}
		if p.Admin {
			b.WriteString(" yes |\n")
		} else {
			b.WriteString(" |\n")
		}
	}
	return b.String()
}
