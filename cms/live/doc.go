// Package live is the published site as readers may see it. Everything public
// (HTML, JSON and, later, feeds and search) reads through a [Reader], so a
// working text cannot leak: no type for one exists here, and the import rules
// keep the editor side's types out.
//
// A request opens one [View], a read transaction, and asks it for an [Item],
// a list, the children of a section, the menus. What every page needs (the
// settings, the menus, the names of sections) is remembered for as long as the
// journal does not move.
//
// The surprising fact: nothing falls back to another language by itself. An
// item is asked for in a language and is there or is not; only the names of
// sections and organisations borrow another language's, and say so in Lang.
package live
