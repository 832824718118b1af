package block

// For the tests outside that hold the format against its description.
var (
	GenDocument = genDocument
	Counter     = counter
)
