package catalog

import (
	"context"
	"fmt"
	"sync"

	"go.yaml.in/yaml/v3"

	"neike/content"
	"neike/internal/kit/lang"
)

// Declared is a customer that a unit declares to serve, as the company knows it today.
type Declared struct {
	Customer
	Unit int64 // of kind unit: its id, 0 while the company has no unit of that code
}

// DeclaredEdge is a pair of units that follows from what providers declare.
type DeclaredEdge struct {
	Provider, Customer int64
	Needs              lang.Text // what the customer wants of the provider
	Audience           string    // the audience that proposes the edge ("biz"); empty: the unit itself is named
}

// DeclaredCustomers lists whom a unit declares to serve, in its own order: units and audiences.
func (c *Catalog) DeclaredCustomers(ctx context.Context, provider int64) ([]Declared, error) {
	snap, err := c.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	tree, err := c.org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	list := snap.Customers(provider)
	out := make([]Declared, 0, len(list))
	for _, x := range list {
		d := Declared{Customer: x}
		if x.Kind == "unit" {
			if unit, ok := tree.ByCode(x.Code); ok {
				d.Unit, d.Name = unit.ID, unit.Name
			}
		}
		out = append(out, d)
	}
	return out, nil
}

// DeclaredEdges lists every pair of units that a provider declares, each pair once: the units it names, and the units
// that an audience it names proposes (各业务部门). An audience of people (全体员工) makes no edge.
func (c *Catalog) DeclaredEdges(ctx context.Context) ([]DeclaredEdge, error) {
	snap, err := c.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	tree, err := c.org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	var out []DeclaredEdge
	seen := map[[2]int64]bool{}
	add := func(provider int64, code string, needs lang.Text, audience string) {
		unit, ok := tree.ByCode(code)
		pair := [2]int64{provider, unit.ID}
		if !ok || unit.ID == provider || seen[pair] {
			return
		}
		seen[pair] = true
		out = append(out, DeclaredEdge{Provider: provider, Customer: unit.ID, Needs: needs, Audience: audience})
	}
	for _, provider := range tree.All() {
		for _, x := range snap.Customers(provider.ID) {
			if x.Kind == "unit" {
				add(provider.ID, x.Code, x.Needs, "")
			}
		}
		for _, x := range snap.Customers(provider.ID) {
			if x.Kind == "audience" {
				for _, code := range audienceUnits(x.Code) {
					add(provider.ID, code, x.Needs, x.Code)
				}
			}
		}
	}
	return out, nil
}

// scales is what of content/scales.yaml the catalogue uses.
type scales struct {
	Audiences []struct {
		Code  string   `yaml:"code"`
		Units []string `yaml:"units"`
	} `yaml:"audiences"`
}

var readScales = sync.OnceValue(func() scales {
	var s scales
	if err := yaml.Unmarshal(content.Scales(), &s); err != nil {
		panic(fmt.Sprintf("catalog: the embedded scales do not parse: %v", err)) // a test reads them
	}
	return s
})

// audienceUnits lists the department codes that an audience proposes.
func audienceUnits(code string) []string {
	for _, a := range readScales().Audiences {
		if a.Code == code {
			return a.Units
		}
	}
	return nil
}
