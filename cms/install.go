package cms

import (
	"meridian/cms/block"
	"meridian/models"
	"meridian/models/store"
)

// Install writes what an installation begins with: its name in the world, the
// settings, and the root section with a public home page in each language, so
// that there is a site to look at before the first word is written. It is part
// of the transaction that makes the first administrator.
func Install(tx *store.Tx, site models.Site, by models.User) error {
	err := tx.PutInstallation(models.Installation{
		ID:    tx.NewID(),
		Epoch: tx.NewID()[models.IDLength-10:],
	})
	if err != nil {
		return err
	}
	if err := tx.PutSite(site, by.ID); err != nil {
		return err
	}
	id := tx.NewID()
	root := models.Entry{
		ID: id, Kind: models.KindSection, Type: models.TypeArea, Branch: "/" + id + "/", DomainID: id,
		Nav: models.NavNone, OriginalLang: site.Languages[0], CreatedAt: tx.Now(), CreatedBy: by.ID, Version: 1,
	}
	if err := tx.AddEntry(root); err != nil {
		return err
	}
	facts := models.Edition{Lang: models.Facts}
	factsDraft, _, err := addEdition(tx, by, root, &facts, models.Content{Fields: models.Values{}}, nil)
	if err != nil {
		return err
	}
	var source models.Revision
	for i, lang := range site.Languages {
		home := ""
		d := models.Edition{Lang: lang, Path: &home}
		content := models.Content{Title: site.NameIn(lang), Fields: models.Values{}}
		if i > 0 {
			content.BasedOn, content.SourceHashes = source.ID, source.Hashes
		}
		draft, _, err := addEdition(tx, by, root, &d, content, block.Empty(lang))
		if err != nil {
			return err
		}
		rev, err := goLive(tx, by, root, d, &draft, nil)
		if err != nil {
			return err
		}
		if i == 0 {
			source = rev
		}
	}
	if _, err := goLive(tx, by, root, facts, &factsDraft, nil); err != nil {
		return err
	}
	return tx.Audit(by.ID, "install", root.ID, "")
}
