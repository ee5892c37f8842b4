package main

import (
	"bytes"
	_ "embed"
	"fmt"

	"go.yaml.in/yaml/v3"

	"stocktake"
)

//go:embed overrides.yaml
var overridesText []byte

// overrides is what the tables lack or have wrong, by party. See overrides.yaml.
type overrides struct {
	Parties map[stocktake.PartyID]override `yaml:"parties"`
	Leave   map[string]string              `yaml:"leave"` // spellings that no party gets, and why
}

type override struct {
	Kind        string            `yaml:"kind"`
	Names       map[string]string `yaml:"names"`
	Formal      map[string]string `yaml:"formal"`
	Codes       map[string]string `yaml:"codes"`   // an empty code takes the table's away
	Aliases     []string          `yaml:"aliases"` // more spellings
	Not         []string          `yaml:"not"`     // spellings of the tables that this party does not get
	NoFrom      string            `yaml:"no_from"` // why the first year of the list of states is not taken
	Memberships []membership      `yaml:"memberships"`
	Links       []link            `yaml:"links"`
	Notes       []string          `yaml:"notes"`
}

type membership struct{ From, To, Basis string }

type link struct{ Rel, To string }

func readOverrides() (o overrides, err error) {
	dec := yaml.NewDecoder(bytes.NewReader(overridesText))
	dec.KnownFields(true)
	if err = dec.Decode(&o); err != nil {
		err = fmt.Errorf("overrides.yaml: %w", err)
	}
	return o, err
}
