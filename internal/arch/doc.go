// Package arch is the law of the house as a test.
//
// The layout, the arrows between rooms and the licences of third-party packages are data here (law.go, methods.go);
// the tests beside them read the source tree and fail with the reason when the tree differs. A new arrow or a new
// dependency is one line here, in a commit of its own that says why.
package arch
