// Package ldap reads a company's directory over LDAP (OpenLDAP, Active Directory and their likes) and lets people sign in
// with its passwords. It is thin: connect, bind, search in pages, and what people and units are called in either kind of
// directory. It never writes.
//
// What it relies on: RFC 4511 to 4515 (protocol, names, filters), RFC 2696 (pages), RFC 4513 5.1.2 (a bind without a
// password is anonymous and always works: such a password is refused here), RFC 4530 (entryUUID), and for Active Directory
// [MS-ADTS]: objectGUID, userAccountControl (bit 2 is disabled), and the codes within the text of a refused bind.
// Only ldap and ldaps are spoken; certificates are always checked; referrals are not followed.
package ldap
