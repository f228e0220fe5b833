package blueprint

// For the tests from outside.
var PublishAt = publishAt

// ReadVersion is load.
var ReadVersion = load
