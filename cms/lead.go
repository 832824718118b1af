package cms

import (
	"unicode/utf8"

	"meridian/cms/block"
	"meridian/models"
	"meridian/models/store"
)

// Names of the fields of the lead picture: the picture is a fact, what it shows
// is said in each language.
const (
	leadPicture     = "lead_picture"
	leadDescription = "lead_description"
)

// leadFindings says what is wrong with the description of the lead picture in
// a language. The picture is that of the working facts, which become public
// with the text.
func leadFindings(r *store.Read, e models.Entry, c models.Content) ([]Finding, error) {
	alt := c.Fields.Str(leadDescription)
	if alt != "" {
		var out []Finding
		for _, f := range block.CheckDescription(alt) {
			out = append(out, Finding{f, leadDescription})
		}
		return out, nil
	}
	id, err := leadOf(r, e)
	if err != nil || id == "" {
		return nil, err
	}
	return []Finding{{block.Finding{Code: "lead_description_missing", Severity: block.Warning}, leadDescription}}, nil
}

// leadOf returns the id of the lead picture in the working facts of an entry,
// "" for none.
func leadOf(r *store.Read, e models.Entry) (string, error) {
	d, err := r.Edition(e.ID, models.Facts)
	if err != nil {
		return "", err
	}
	draft, err := r.Draft(d.ID)
	return draft.Fields.Str(leadPicture), err
}

// rememberLead keeps what a language says of the lead picture where that is
// new, as rememberDescriptions does for pictures in a text.
func rememberLead(tx *store.Tx, by models.User, e models.Entry, lang string, was, now models.Content) error {
	alt := now.Fields.Str(leadDescription)
	if lang == models.Facts || alt == "" || alt == was.Fields.Str(leadDescription) || utf8.RuneCountInString(alt) > models.AssetDescriptionMax {
		return nil
	}
	id, err := leadOf(&tx.Read, e)
	if err != nil || id == "" {
		return err
	}
	return putDescriptions(tx, by, lang, map[string]string{id: alt})
}
