// Package proofs holds no code: its tests prove what no room can prove alone, on the whole product.
//
//	crawl_test.go    every route of the mux × people in every relation × kinds of records, against access's table
//	secrets_test.go  what nobody but the serving side may read occurs in no byte that anybody else gets
//	openapi_test.go  the document of the API, and that the answers keep to it
//	answers_test.go  the main answers and problems of the API
//	rubbish_test.go  what no client should send
//	together_test.go the same verb twice at once, the same key again
//	twins_test.go    two processes on one PostgreSQL database
//	kill_test.go     kill -9 under load: what was acknowledged is there
//	full_test.go     the disk is full, and then is not
//
// NEIKE_LONG=1 makes them longer where length finds more.
package proofs
