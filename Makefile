# Each target is one line; the work is in Go or in scripts/.
.PHONY: run build test test-long check bench bench-million profile generate servers

run:            ; go run ./cmd/neike demo --data data --listen 127.0.0.1:8080
build:          ; sh scripts/build.sh
servers:        ; sh scripts/servers.sh
test: servers   ; NEIKE_SERVERS=require go test -timeout 20m ./...
test-long: servers ; NEIKE_SERVERS=require NEIKE_LONG=1 go test -count=1 -timeout 80m ./...
check:          ; sh scripts/check.sh
bench:          ; go run ./bench
profile:        ; go run ./bench -profile scripts/neike.pgo -only create,pages
bench-million:  ; go run ./bench -copies 10 -only limits,create,pages,fields,find,memory
generate:       ; sh scripts/generate.sh
