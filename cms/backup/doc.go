// Package backup packs an installation into one file, looks whether such a
// file is still what it was, and makes a data folder of it again. The command
// line calls it.
//
// A backup is a plain tar archive that any machine can open:
//
//	SHA256SUMS       what "sha256sum --check" reads, a line for each entry below
//	manifest.json    Manifest: what is in here, and where and when it is from
//	meridian.db.gz   the database at one moment, compressed
//	media/…          the media folder, file by file, when there is one
//
// The manifest settles every byte of the archive that is not content: the
// order of the entries, their heads and what fills the gaps. So a reader never
// follows a name or a length that an archive gives: it knows which bytes must
// come next, and whatever else is there, from a flipped bit to a symbolic
// link, is damage with a place and a name.
package backup
