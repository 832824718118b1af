package seed

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// vocabulary is what the sentences of a language are put together from. Every
// list is as long, and says the same, in every language: the same draws make a
// text in one language and its translation in another.
type vocabulary struct {
	subjects, verbs, objects, places []string
	headings, labels, topics         []string
}

func words(s string) []string { return strings.Split(s, "|") }

var vocabularies = map[string]vocabulary{
	"en": {
		subjects: words("the national section|a coalition of lawyers|the youth council|the secretariat|a team of social workers|the working group|the legal clinic|the observatory"),
		verbs:    words("publishes|presents|calls for|defends|reviews|welcomes|documents|supports"),
		objects:  words("a report on alternatives to detention|free legal aid for children|training for judges and police|the right to be heard|a complaint before the committee|a study of family reunification|new rules for hearings|a guide in plain language"),
		places:   words("in three regions|before the summer|after two years of work|together with its partners|in the capital|at the border|in every school|at the yearly conference"),
		headings: words("What changes|Why it matters|How it began|What comes next|Who takes part|What the law says|In the words of children|Lessons learned"),
		labels:   words("Ask the section|Find the texts|Take part|See the programme|Meet the partners|Write to us|Follow the case|Join the training"),
		topics:   words("Justice for children|Violence against children|Children on the move|Armed conflict|Deprivation of liberty|Participation"),
	},
	"fr": {
		subjects: words("la section nationale|une coalition d’avocates|le conseil des jeunes|le secrétariat|une équipe de travail social|le groupe de travail|la clinique juridique|l’observatoire"),
		verbs:    words("publie|présente|demande|défend|examine|salue|documente|soutient"),
		objects:  words("un rapport sur les alternatives à la détention|l’aide juridique gratuite pour les enfants|la formation des juges et de la police|le droit d’être entendu|une plainte devant le comité|une étude du regroupement familial|de nouvelles règles d’audience|un guide en langage clair"),
		places:   words("dans trois régions|avant l’été|après deux ans de travail|avec ses partenaires|dans la capitale|à la frontière|dans chaque école|à la conférence annuelle"),
		headings: words("Ce qui change|Pourquoi c’est important|Comment tout a commencé|La suite|Qui participe|Ce que dit la loi|Dans les mots des enfants|Les leçons à tirer"),
		labels:   words("Interroger la section|Trouver les textes|Participer|Voir le programme|Rencontrer les partenaires|Nous écrire|Suivre l’affaire|S’inscrire à la formation"),
		topics:   words("Justice pour les enfants|Violence envers les enfants|Enfants en migration|Conflits armés|Privation de liberté|Participation"),
	},
	"nl": {
		subjects: words("de nationale afdeling|een coalitie van advocaten|de jongerenraad|het secretariaat|een team maatschappelijk werkers|de werkgroep|de rechtswinkel|het observatorium"),
		verbs:    words("publiceert|presenteert|vraagt|verdedigt|onderzoekt|verwelkomt|documenteert|steunt"),
		objects:  words("een rapport over alternatieven voor detentie|gratis rechtsbijstand voor kinderen|vorming voor rechters en politie|het recht om gehoord te worden|een klacht bij het comité|een studie over gezinshereniging|nieuwe regels voor zittingen|een gids in heldere taal"),
		places:   words("in drie regio’s|voor de zomer|na twee jaar werk|samen met partners|in de hoofdstad|aan de grens|in elke school|op de jaarlijkse conferentie"),
		headings: words("Wat er verandert|Waarom het telt|Hoe het begon|Wat er volgt|Wie er meedoet|Wat de wet zegt|In de woorden van kinderen|Wat we leerden"),
		labels:   words("Vraag het de afdeling|Vind de teksten|Doe mee|Bekijk het programma|Ontmoet de partners|Schrijf ons|Volg de zaak|Volg de vorming"),
		topics:   words("Recht voor kinderen|Geweld tegen kinderen|Kinderen in migratie|Gewapend conflict|Vrijheidsberoving|Participatie"),
	},
	"es": {
		subjects: words("la sección nacional|una coalición de abogadas|el consejo de jóvenes|la secretaría|un equipo de trabajo social|el grupo de trabajo|la clínica jurídica|el observatorio"),
		verbs:    words("publica|presenta|pide|defiende|examina|celebra|documenta|apoya"),
		objects:  words("un informe sobre alternativas a la detención|asistencia jurídica gratuita para la infancia|formación para jueces y policía|el derecho a ser oído|una queja ante el comité|un estudio de la reunificación familiar|nuevas reglas para las audiencias|una guía en lenguaje claro"),
		places:   words("en tres regiones|antes del verano|tras dos años de trabajo|con sus socios|en la capital|en la frontera|en cada escuela|en la conferencia anual"),
		headings: words("Qué cambia|Por qué importa|Cómo empezó|Qué sigue|Quién participa|Qué dice la ley|En palabras de la infancia|Lecciones aprendidas"),
		labels:   words("Preguntar a la sección|Encontrar los textos|Participar|Ver el programa|Conocer a los socios|Escribirnos|Seguir el caso|Inscribirse en el curso"),
		topics:   words("Justicia para la infancia|Violencia contra la infancia|Infancia migrante|Conflicto armado|Privación de libertad|Participación"),
	},
	"ar": {
		subjects: words("الفرع الوطني|تحالف المحامين|مجلس الشباب|مكتب الأمانة|فريق العمل الاجتماعي|الفريق العامل|المركز القانوني|مرصد الحقوق"),
		verbs:    words("ينشر|يعرض|يطلب|يؤيد|يراجع|يثمّن|يوثّق|يدعم"),
		objects:  words("تقريرًا عن بدائل الاحتجاز|المساعدة القانونية المجانية للأطفال|تدريب القضاة والشرطة|حق الطفل في أن يُسمع|شكوى أمام اللجنة|دراسة عن لمّ شمل الأسر|قواعد جديدة للجلسات|دليلًا بلغة واضحة"),
		places:   words("في ثلاث مناطق|قبل الصيف|بعد عامين من العمل|مع شركائه|في العاصمة|على الحدود|في كل مدرسة|في المؤتمر السنوي"),
		headings: words("ما الذي يتغير|لماذا يهم ذلك|كيف بدأ الأمر|ما الخطوة التالية|من يشارك|ماذا يقول القانون|بكلمات الأطفال|دروس مستفادة"),
		labels:   words("اسأل الفرع|اعثر على النصوص|شارك معنا|اطّلع على البرنامج|تعرّف على الشركاء|راسلنا|تابع القضية|التحق بالتدريب"),
		topics:   words("العدالة للأطفال|العنف ضد الأطفال|الأطفال المهاجرون|النزاعات المسلحة|الحرمان من الحرية|المشاركة"),
	},
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

// upper returns s with a capital at its beginning.
func upper(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}
