// Package app puts the house together: it is the only package that knows every room.
//
// rooms.go makes the rooms and fills the slots that lower rooms leave for higher ones; app.go opens the database,
// composes, runs and closes; frame.go dresses pages with the navigation; checks.go lists what doctor, replay and verify
// prove. The command line lives in internal/app/cli, the demo company in internal/app/demo, the import of files in
// internal/app/importer.
package app
