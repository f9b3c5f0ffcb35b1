package ldap

// Failure is failure.
var Failure = failure
