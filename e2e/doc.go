// Package e2e walks through the product as people do: in a real browser, against the whole application with a small demo
// company, on a phone and on a desktop, in Chinese and in English, with and without scripts.
//
//	go test ./e2e                              everything, in about three minutes
//	go test ./e2e -run TestWalk                one walk
//	go test ./e2e -run TestScreenshots -update make the pictures of docs/screenshots anew
//	NEIKE_LONG=1 go test ./e2e                 every page in every look
//
// One browser and one company serve all tests of the package. A test asks for what it needs and leaves the rest alone:
// it makes requests of its own and never counts what others may add to. All of them go side by side.
//
// Where no Chromium is installed the tests are skipped, unless NEIKE_BROWSER=require or NEIKE_SERVERS=require.
package e2e
