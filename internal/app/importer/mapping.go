package importer

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"neike/internal/kit/fault"
	"neike/internal/kit/xlsx"
)

// Mapping tells how a file that was not made for Neike is to be read. It is YAML (or JSON, which is YAML):
//
//	columns:                # heading of the file → column
//	  Staff ID: employee_no
//	values:                 # column → value of the file → value
//	  unit: {财务部: finance, HR: hr}
//	defaults:               # column → value where the file has none
//	  locale: zh
type Mapping struct {
	Columns  map[string]string            `yaml:"columns"`
	Values   map[string]map[string]string `yaml:"values"`
	Defaults map[string]string            `yaml:"defaults"`
}

// ReadMapping reads a mapping file; nil or empty is the empty mapping. A column that the kind does not have is a fault.
func ReadMapping(text []byte, columns []Column) (Mapping, error) {
	var m Mapping
	if err := yaml.Unmarshal(text, &m); err != nil {
		return m, fault.Wrap(fault.Invalid, err, "importer.mapping-malformed", "reason", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	known := map[string]bool{}
	for _, c := range columns {
		known[c.Name] = true
	}
	var f fault.Fields
	for heading, name := range m.Columns {
		if !known[name] {
			f.Add("columns."+heading, "importer.mapping-column", "value", name)
		}
	}
	for name := range m.Values {
		if !known[name] {
			f.Add("values."+name, "importer.mapping-column", "value", name)
		}
	}
	for name := range m.Defaults {
		if !known[name] {
			f.Add("defaults."+name, "importer.mapping-column", "value", name)
		}
	}
	return m, f.Err()
}

// cells puts a row's cells under the columns' names.
func (m Mapping) cells(row xlsx.Row, header xlsx.Header) map[string]string {
	cells := make(map[string]string, len(header.At)+len(m.Defaults))
	for name, i := range header.At {
		value := ""
		if i < len(row.Cells) {
			value = row.Cells[i]
		}
		if other, ok := m.Values[name][value]; ok {
			value = other
		}
		cells[name] = value
	}
	for name, value := range m.Defaults {
		if cells[name] == "" {
			cells[name] = value
		}
	}
	return cells
}
