package store

import "strings"

// likeEscaper makes what somebody typed literal inside LIKE … ESCAPE '\'.
var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

func escapeLike(s string) string { return likeEscaper.Replace(s) }

// contains is the pattern for LIKE … ESCAPE '\' of what contains a text.
func contains(text string) string { return "%" + escapeLike(text) + "%" }
