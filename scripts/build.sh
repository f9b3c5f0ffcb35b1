#!/bin/sh
# build.sh [FILE]: the binary, without symbols. Rooms and pages are compiled without inlining, which saves 4 % of its size
# and no measurable time; the kit beneath them is not.
set -eu
cd "$(dirname "$0")/.."
CGO_ENABLED=0 exec go build -trimpath -ldflags "-s -w" "-gcflags=neike/internal/...=-l" "-gcflags=neike/internal/kit/...=" -o "${1:-neike}" ./cmd/neike
