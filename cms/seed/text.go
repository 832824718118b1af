package seed

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"meridian/cms/block"
)

// vocabulary is what sentences of a language are put together from.
type vocabulary struct {
	subjects, verbs, objects, places []string
	stop                             string
}

var vocabularies = map[string]vocabulary{
	"en": {
		strings.Split("the national section|a coalition of lawyers|the youth council|the secretariat|a team of social workers|the working group|two former detainees|the legal clinic", "|"),
		strings.Split("publishes|presents|calls for|defends|reviews|welcomes|documents|supports", "|"),
		strings.Split("a report on alternatives to detention|free legal aid for children|training for judges and police|the right to be heard|a complaint before the committee|a study of family reunification|new rules for hearings|a guide in plain language", "|"),
		strings.Split("in three regions|before the summer|after two years of work|together with its partners|in the capital|at the border|in every school", "|"), "."},
	"fr": {
		strings.Split("la section nationale|une coalition d’avocates|le conseil des jeunes|le secrétariat|une équipe sociale|le groupe de travail|deux anciens détenus|la clinique juridique", "|"),
		strings.Split("publie|présente|demande|défend|examine|salue|documente|soutient", "|"),
		strings.Split("un rapport sur les alternatives à la détention|l’aide juridique gratuite pour les enfants|la formation des juges et de la police|le droit d’être entendu|une plainte devant le comité|une étude du regroupement familial|de nouvelles règles d’audience|un guide en langage clair", "|"),
		strings.Split("dans trois régions|avant l’été|après deux ans de travail|avec ses partenaires|dans la capitale|à la frontière|dans chaque école", "|"), "."},
	"nl": {
		strings.Split("de nationale afdeling|een coalitie van advocaten|de jongerenraad|het secretariaat|een team maatschappelijk werkers|de werkgroep|twee vroegere gedetineerden|de rechtswinkel", "|"),
		strings.Split("publiceert|presenteert|vraagt|verdedigt|onderzoekt|verwelkomt|documenteert|steunt", "|"),
		strings.Split("een rapport over alternatieven voor detentie|gratis rechtsbijstand voor kinderen|vorming voor rechters en politie|het recht om gehoord te worden|een klacht bij het comité|een studie over gezinshereniging|nieuwe regels voor zittingen|een gids in heldere taal", "|"),
		strings.Split("in drie regio’s|voor de zomer|na twee jaar werk|samen met partners|in de hoofdstad|aan de grens|in elke school", "|"), "."},
	"es": {
		strings.Split("la sección nacional|una coalición de abogadas|el consejo de jóvenes|la secretaría|un equipo social|el grupo de trabajo|la clínica jurídica", "|"),
		strings.Split("publica|presenta|pide|defiende|examina|celebra|documenta|apoya", "|"),
		strings.Split("un informe sobre alternativas a la detención|asistencia jurídica gratuita|formación para jueces y policía|el derecho a ser oído|una queja ante el comité|una guía en lenguaje claro", "|"),
		strings.Split("en tres regiones|antes del verano|tras dos años de trabajo|con sus socios|en la capital|en cada escuela", "|"), "."},
	"ar": {
		strings.Split("الفرع الوطني|تحالف من المحامين|مجلس الشباب|الأمانة العامة|فريق العمل", "|"),
		strings.Split("ينشر|يقدم|يطالب بـ|يدافع عن|يدعم", "|"),
		strings.Split("تقرير عن بدائل الاحتجاز|المساعدة القانونية للأطفال|تدريب القضاة والشرطة|الحق في الاستماع|دليل بلغة واضحة", "|"),
		strings.Split("في ثلاث مناطق|قبل الصيف|بعد عامين من العمل|مع شركائه|في العاصمة", "|"), "."},
}

// vocabularyOf returns the words for a language, the English ones for a
// language that has none here.
func vocabularyOf(lang string) vocabulary {
	base, _, _ := strings.Cut(lang, "-")
	if v, ok := vocabularies[base]; ok {
		return v
	}
	return vocabularies["en"]
}

func (w *writer) pick(list []string) string { return list[w.rand.IntN(len(list))] }

func upper(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

func (w *writer) title(v vocabulary) string {
	return upper(w.pick(v.subjects)) + " " + w.pick(v.verbs) + " " + w.pick(v.objects)
}

func (w *writer) sentence(v vocabulary) string {
	return upper(w.pick(v.subjects)) + " " + w.pick(v.verbs) + " " + w.pick(v.objects) + " " + w.pick(v.places) + v.stop
}

func (w *writer) prose(v vocabulary) string {
	list := make([]string, 2+w.rand.IntN(4))
	for i := range list {
		list[i] = w.sentence(v)
	}
	return strings.Join(list, " ")
}

// blocks makes a text: six blocks as a rule, forty for one in eight.
func (w *writer) blocks(v vocabulary) []block.Node {
	n := 6
	if w.rand.IntN(8) == 0 {
		n = 40
	}
	out := []block.Node{w.paragraph(v)}
	for len(out) < n {
		switch len(out) % 10 {
		case 1:
			out = append(out, block.Node{Type: "heading", Attrs: map[string]any{"level": 2}, Content: []block.Node{block.Text(w.title(v))}})
		case 3:
			out = append(out, w.list(v))
		case 5:
			out = append(out, block.Node{Type: "quote", Attrs: map[string]any{"cite": upper(w.pick(v.subjects))}, Content: []block.Node{w.paragraph(v)}})
		case 7:
			out = append(out, block.Node{Type: "callout", Attrs: map[string]any{"tone": "info", "title": w.title(v)}, Content: []block.Node{w.paragraph(v)}})
		case 9:
			out = append(out, w.table(v))
		default:
			out = append(out, w.paragraph(v))
		}
	}
	for i := range out {
		if out[i].Attrs == nil {
			out[i].Attrs = map[string]any{}
		}
		out[i].Attrs["id"] = block.NewID()
	}
	return out
}

func (w *writer) paragraph(v vocabulary) block.Node {
	return block.Paragraph(block.Text(w.sentence(v)+" "), block.Text(upper(w.pick(v.objects)), block.Mark{Type: "strong"}), block.Text(". "+w.prose(v)))
}

func (w *writer) list(v vocabulary) block.Node {
	n := block.Node{Type: "bullet_list"}
	for range 3 + w.rand.IntN(3) {
		n.Content = append(n.Content, block.Node{Type: "list_item", Content: []block.Node{block.Paragraph(block.Text(w.sentence(v)))}})
	}
	return n
}

func (w *writer) table(v vocabulary) block.Node {
	n := block.Node{Type: "table", Attrs: map[string]any{"caption": w.title(v), "headerRow": true}}
	for range 4 {
		row := block.Node{Type: "table_row"}
		for range 3 {
			row.Content = append(row.Content, block.Node{Type: "table_cell", Content: []block.Node{block.Paragraph(block.Text(w.pick(v.objects)))}})
		}
		n.Content = append(n.Content, row)
	}
	return n
}

// reword returns the same blocks, ids and shapes, with words of another
// language.
func (w *writer) reword(blocks []block.Node, v vocabulary) []block.Node {
	out := make([]block.Node, len(blocks))
	for i, n := range blocks {
		out[i] = n.Clone()
		w.rewordNode(&out[i], v)
	}
	return out
}

func (w *writer) rewordNode(n *block.Node, v vocabulary) {
	for _, name := range []string{"cite", "title", "caption"} {
		if _, ok := n.Attrs[name]; ok {
			n.Attrs[name] = w.title(v)
		}
	}
	if n.Type == "text" {
		n.Text = w.sentence(v) + " "
	}
	for i := range n.Content {
		w.rewordNode(&n.Content[i], v)
	}
}
