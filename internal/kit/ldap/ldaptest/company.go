package ldaptest

import (
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"strings"

	"neike/internal/kit/ldap"
)

// line is an attribute in LDIF; whatever is not plain ASCII is written in base64.
func line(name, value string) string {
	for _, r := range value {
		if r < 0x20 || r > 0x7e {
			return name + ":: " + base64.StdEncoding.EncodeToString([]byte(value)) + "\n"
		}
	}
	return name + ": " + value + "\n"
}

// DN is the name of somebody of the company by login name, or of a unit by its path from the top:
// DN(kind, "生产部", "一车间").
func DN(path ...string) string {
	out := Base
	for _, name := range path {
		out = "ou=" + name + "," + out
	}
	return out
}

// PersonDN is the name of somebody in a unit.
func PersonDN(kind, unit, login, name string) string {
	if kind == ldap.AD {
		return "cn=" + name + "," + unit
	}
	return "uid=" + login + "," + unit
}

func unit(dn, name, code string) string {
	out := line("dn", dn) + line("objectClass", "organizationalUnit") + line("ou", name)
	if code != "" {
		out += line("businessCategory", code) + line("description", code)
	}
	return out + "\n"
}

// person is somebody in LDIF; more are attributes besides.
func person(kind, at, login, name, no string, more map[string]string) string {
	out := line("dn", PersonDN(kind, at, login, name)) + line("cn", name) + line("sn", string([]rune(name)[:1])) + line("userPassword", Password)
	if kind == ldap.AD {
		guid := sha1.Sum([]byte(login)) // as Windows has it: 16 bytes that are no text
		out += line("objectClass", "user") + line("objectClass", "accountOfAD") + line("nTSecurityDescriptor", "x") + line("instanceType", "4") +
			line("objectCategory", "cn=person,dc=neike,dc=example") + line("sAMAccountName", login) + line("displayName", name) +
			line("employeeID", no) + "objectGUID:: " + base64.StdEncoding.EncodeToString(guid[:16]) + "\n"
		if more["userAccountControl"] == "" {
			out += line("userAccountControl", "512")
		}
	} else {
		out += line("objectClass", "inetOrgPerson") + line("uid", login) + line("employeeNumber", no)
	}
	for _, key := range []string{"mail", "mobile", "title", "manager", "displayName", "userAccountControl"} {
		if value := more[key]; value != "" && (kind == ldap.AD || key != "userAccountControl") && (kind != ldap.AD || key != "displayName") {
			out += line(key, value)
		}
	}
	return out + "\n"
}

// company is the tree: two departments with units below them, five people, one of whom is disabled in Active Directory.
func company(kind string) string {
	var b strings.Builder
	b.WriteString(line("dn", "dc=neike,dc=example") + line("objectClass", "dcObject") + line("objectClass", "organization") +
		line("dc", "neike") + line("o", "Neike") + "\n")
	for name, dn := range map[string]string{"reader": reader, "narrow": Narrow} {
		b.WriteString(line("dn", dn) + line("objectClass", "organizationalRole") + line("objectClass", "simpleSecurityObject") +
			line("cn", name) + line("userPassword", Password) + "\n")
	}
	b.WriteString(unit(Base, "company", ""))
	for _, path := range [][]string{{"生产部"}, {"生产部", "一车间"}, {"质量部"}} {
		b.WriteString(unit(DN(path...), path[len(path)-1], fmt.Sprintf("D%d", len(b.String())%97)))
	}
	head := PersonDN(kind, DN("生产部"), "lisi", "李四")
	b.WriteString(person(kind, DN("生产部"), "lisi", "李四", "1002", map[string]string{"mail": "lisi@neike.example", "title": "部长"}))
	b.WriteString(person(kind, DN("生产部", "一车间"), "zhangsan", "张三", "1001", map[string]string{"mail": "zhangsan@neike.example",
		"mobile": "13800000001", "title": "班长", "manager": head, "displayName": "San Zhang"}))
	b.WriteString(person(kind, DN("质量部"), "wangwu", "王五", "1003", map[string]string{"title": "检验员"}))
	b.WriteString(person(kind, DN("质量部"), "o'neil(1)*", "O'Neil (QA)", "1004", nil))
	b.WriteString(person(kind, DN("质量部"), "zhaoliu", "赵六", "1005", map[string]string{"userAccountControl": "514"}))
	return b.String()
}
