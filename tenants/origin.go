package tenants

// Origin answers a comparable value that all transactions of one DB share and no other DB has.
// What is remembered across transactions under a placement's numbers, such as configuration by
// blueprint version, is kept under it, so that two deployments in one process cannot mix.
func (t Tx) Origin() any { return t.boxes }
