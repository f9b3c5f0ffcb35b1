package signin

// Tests check many passwords; a cheaper one keeps them quick and everything else as it is.
func init() { cost.Memory, cost.Iterations = 2*1024, 1 }
