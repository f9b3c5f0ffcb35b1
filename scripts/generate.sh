#!/bin/sh
# Makes every generated file anew: components, bundles, documents that come from data.
set -eu
cd "$(dirname "$0")/.."
go tool templ generate -path . >/dev/null 2>&1 || go tool templ generate -path .
go generate ./...
