package access

//go:generate go run ./gen ../../docs/permissions.md
