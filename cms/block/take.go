package block

import "slices"

// Take returns a copy of d in which the block of the id is as it is in from:
// replaced where it stands; put after the nearest block before it in from that d
// has too (at the start if there is none) when d lacks it; gone when from lacks
// it. Nothing else changes, not even the order of the blocks that d has.
//
// ok is false, and doc nil, when neither has such a block. As after every change,
// Normalize (or Tidy) and Validate before storing: a heading may bring back an
// anchor that another one has by now, and a full text may have grown beyond
// MaxBlocks.
func (d *Document) Take(from *Document, id string) (doc *Document, ok bool) {
	at, there := d.block(id), from.block(id)
	if at < 0 && there < 0 {
		return nil, false
	}
	doc = d.Clone()
	switch {
	case there < 0:
		doc.Doc.Content = slices.Delete(doc.Doc.Content, at, at+1)
	case at < 0:
		// d.block is -1 for what d lacks, so that the place after it is the start.
		after := -1
		for i := there - 1; i >= 0 && after < 0; i-- {
			after = d.block(from.Doc.Content[i].ID())
		}
		doc.Doc.Content = slices.Insert(doc.Doc.Content, after+1, from.Doc.Content[there].Clone())
	default:
		doc.Doc.Content[at] = from.Doc.Content[there].Clone()
	}
	if len(doc.Doc.Content) == 0 {
		doc.Doc.Content = nil
	}
	return doc, true
}
