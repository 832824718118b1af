package block

import "strings"

// FactKeys are the computed values a text may mention. "<region>" stands for the
// id of a region.
var FactKeys = []string{"section_count", "country_count", "language_count", "region_count", "section_count:<region>", "country_count:<region>", "region_count:<region>"}

// KnownFact tells whether key is one of FactKeys.
func KnownFact(key string) bool {
	name, region, has := strings.Cut(key, ":")
	switch name {
	case "section_count", "country_count", "region_count":
		return !has || validTerm(region)
	case "language_count":
		return !has
	}
	return false
}
