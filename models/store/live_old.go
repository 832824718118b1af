package store

import "fmt"

// OldAddress is an address that is not the current one of an edition. Lang is
// "" for those of an older site that had no language in them.
type OldAddress struct{ Lang, Path string }

// OldAddresses returns the old addresses behind one of them, by language and
// path, at most limit of them. Not all lead to something public: Moved says
// where to.
func (l *Live) OldAddresses(after OldAddress, limit int) ([]OldAddress, error) {
	l.read(NameEverything)
	list, err := selected[OldAddress](l.db, "SELECT lang, path FROM addresses WHERE (lang, path) > (?, ?) ORDER BY lang, path LIMIT ?", after.Lang, after.Path, limit)
	if err != nil {
		return nil, fmt.Errorf("list old addresses: %w", err)
	}
	return list, nil
}
