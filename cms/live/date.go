package live

import (
	"fmt"
	"time"

	"golang.org/x/text/language"
)

// months by language. The libraries that format dates know no Arabic, and
// months are all that differs; other languages get the international form.
var months = map[string][12]string{
	"en": {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
	"fr": {"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"},
	"nl": {"januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"},
	"es": {"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"},
	"ar": {"يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"},
}

// Date returns a date (YYYY-MM-DD) as readers of a language write it, to the
// day or, with the precision "month", to the month. Anything else comes back
// as it is.
func Date(date, precision, lang string) string {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	base, _ := language.Make(lang).Base()
	names, ok := months[base.String()]
	if !ok {
		if precision == "month" {
			return date[:7]
		}
		return date
	}
	month, of := names[t.Month()-1], " "
	if base.String() == "es" {
		of = " de "
	}
	if precision == "month" {
		return fmt.Sprintf("%s%s%d", month, of, t.Year())
	}
	day := fmt.Sprint(t.Day())
	if base.String() == "fr" && t.Day() == 1 {
		day = "1er"
	}
	return fmt.Sprintf("%s%s%s%s%d", day, of, month, of, t.Year())
}
