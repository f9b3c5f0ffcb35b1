#!/bin/sh
# What must hold before every commit: formats, vet, static analysis, fresh generated files, the law, the words, the permissions.
set -eu
cd "$(dirname "$0")/.."
bad=$(git ls-files '*.go' | xargs gofmt -l)
[ -z "$bad" ] || { echo "gofmt: $bad" >&2; exit 1; }
go vet ./...
go tool staticcheck ./...
sh scripts/generate.sh
stale=$(git status --porcelain -- '*_templ.go' assets docs)
[ -z "$stale" ] || { printf 'generated files were stale:\n%s\n' "$stale" >&2; exit 1; }
go test ./internal/arch ./internal/kit/ui ./internal/kit/lang ./internal/access ./assets/...
