// Package live is the published site as readers may see it. Everything public
// (HTML, JSON, feeds, search) reads through a [Reader], so a
// working text cannot leak: no type for one exists here, and the import rules
// keep the editor side's types out.
//
// A request opens one [View], a read transaction, and asks it for an [Item],
// a list, the children of a section, the menus. A view notes the names of what
// it reads (an entry, the news below a section in a language, the terms), found
// or not, and every row of the journal moves some of these names. So whoever made
// something of a view can ask later whether any of it has moved ([Track],
// [Reader.Moved]): the page cache does, and what every page needs (the settings,
// the menus, the names of sections) is remembered here by the same rule. Names
// and what moves them stand in models/store/reads.go; a test fails for a query
// that notes none.
//
// Files of the library are public as long as something public uses them and
// nobody's consent has ended: what a text says of a file that is not is taken out
// of the text here, in all its forms ([View.Image], [View.MediaIn]); who asks for
// a file itself is answered by [Reader.File].
//
// The surprising fact: nothing falls back to another language by itself. An
// item is asked for in a language and is there or is not; only the names of
// sections and organisations borrow another language's, and say so in Lang.
package live
