package relation

// What tests from without compare.
var (
	EdgesOf    = (*Service).edgesOf
	HomeMatrix = (*Service).homeMatrix
)
