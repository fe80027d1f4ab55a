// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds Wikimedia's wikis: which prefix and which host means which.
// The prefixes are those of wmf-config/interwiki.php.

package detect

import "strings"

// prefixes lead to one wiki from everywhere.
var prefixes = map[string]string{
	"mw": "mediawikiwiki", "mediawikiwiki": "mediawikiwiki",
	"m": "metawiki", "meta": "metawiki", "metawiki": "metawiki", "metawikipedia": "metawiki", "metawikimedia": "metawiki",
	"c": "commonswiki", "commons": "commonswiki",
	"d": "wikidatawiki", "wikidata": "wikidatawiki",
	"f": "wikifunctionswiki", "wikifunctions": "wikifunctionswiki",
	"wikitech": "labswiki", "labsconsole": "labswiki",
	"foundation": "foundationwiki", "wmf": "foundationwiki",
	"outreach": "outreachwiki", "outreachwiki": "outreachwiki",
	"species": "specieswiki", "wikispecies": "specieswiki",
	"incubator": "incubatorwiki", "wikimania": "wikimaniawiki",
	"testwiki": "testwiki", "test2wiki": "test2wiki", "testwikidata": "testwikidatawiki",
}

// addressPrefixes lead to addresses that are no wiki pages.
var addressPrefixes = map[string]string{
	"toolforge":   "https://iw.toolforge.org/",
	"toollabs":    "https://iw.toolforge.org/",
	"toolhub":     "https://toolhub.wikimedia.org/",
	"phab":        "https://phabricator.wikimedia.org/",
	"phabricator": "https://phabricator.wikimedia.org/",
	"gerrit":      "https://gerrit.wikimedia.org/r/",
	"git":         "https://gerrit.wikimedia.org/g/",
	"gitiles":     "https://gerrit.wikimedia.org/g/",
	"gitlab":      "https://gitlab.wikimedia.org/",
	"github":      "https://github.com/",
}

// toolPrefixes lead to addresses of single tools; they are the names of some.
var toolPrefixes = map[string]string{
	"globalcontribs": "https://guc.toolforge.org/?user=",
	"gucprefix":      "https://guc.toolforge.org/?user=",
	"luxo":           "https://guc.toolforge.org/?user=",
	"gs":             "https://global-search.toolforge.org/?q=",
	"mixnmatch":      "https://mix-n-match.toolforge.org/#/catalog/",
	"paws":           "https://public-paws.wmcloud.org/",
	"petscan":        "https://petscan.wmcloud.org/?psid=",
	"quarry":         "https://quarry.wmcloud.org/",
	"spamcheck":      "https://spamcheck.toolforge.org/by-domain?q=",
	"stewardry":      "https://meta.toolforge.org/stewardry/?wiki=",
	"xtools":         "https://xtools.wmcloud.org/",
}

// families are the projects with a wiki for each language: prefixes, the end of
// the database name, and the domain.
var families = []struct{ short, long, suffix string }{
	{"w", "wikipedia", "wiki"},
	{"wikt", "wiktionary", "wiktionary"},
	{"b", "wikibooks", "wikibooks"},
	{"n", "wikinews", "wikinews"},
	{"q", "wikiquote", "wikiquote"},
	{"s", "wikisource", "wikisource"},
	{"v", "wikiversity", "wikiversity"},
	{"voy", "wikivoyage", "wikivoyage"},
}

// hosts have one wiki each; "www." and mobile labels are off.
var hosts = map[string]string{
	"mediawiki.org":            "mediawikiwiki",
	"meta.wikimedia.org":       "metawiki",
	"commons.wikimedia.org":    "commonswiki",
	"wikidata.org":             "wikidatawiki",
	"wikifunctions.org":        "wikifunctionswiki",
	"wikitech.wikimedia.org":   "labswiki",
	"foundation.wikimedia.org": "foundationwiki",
	"outreach.wikimedia.org":   "outreachwiki",
	"species.wikimedia.org":    "specieswiki",
	"incubator.wikimedia.org":  "incubatorwiki",
	"wikimania.wikimedia.org":  "wikimaniawiki",
	"test.wikipedia.org":       "testwiki",
	"test2.wikipedia.org":      "test2wiki",
	"test.wikidata.org":        "testwikidatawiki",
	"wikisource.org":           "sourceswiki",
	"beta.wikiversity.org":     "betawikiversity",
}

// wikiOfPrefix returns the wiki that a prefix in lower case leads to from
// another. Languages stay in the project and projects in the language, as far
// as the other wiki has them; otherwise they are Wikipedia and English.
func wikiOfPrefix(prefix, from string) (string, bool) {
	if wiki, ok := prefixes[prefix]; ok {
		// On Commons, "Commons:" is a namespace.
		return wiki, wiki != from || len(prefix) < 3
	}
	language, suffix := languageOf(from)
	for _, f := range families {
		if prefix == f.short || prefix == f.long && (language == "" || suffix != f.suffix) {
			if language == "" {
				language = "en"
			}
			return database(language, f.suffix), true
		}
	}
	if languages[prefix] {
		return database(prefix, suffix), true
	}
	return "", false
}

// PrefixTo returns what links to a wiki of Wikimedia's begin with on all others,
// without the last colon, such as "mw" or "w:de"; "" where there is no such prefix.
func PrefixTo(wiki string) string {
	best := ""
	for prefix, leads := range prefixes {
		if leads == wiki && (best == "" || len(prefix) < len(best) || len(prefix) == len(best) && prefix < best) {
			best = prefix
		}
	}
	if best != "" {
		return best
	}
	language, suffix := languageOf(wiki)
	for _, f := range families {
		if language != "" && f.suffix == suffix {
			return f.short + ":" + language
		}
	}
	return ""
}

// wikiOfHost returns the wiki of a host in lower case.
func wikiOfHost(host string) (string, bool) {
	host = strings.TrimPrefix(host, "www.")
	if rest, ok := strings.CutPrefix(host, "m."); ok {
		host = rest
	} else if label, rest, ok := strings.Cut(host, ".m."); ok && !strings.Contains(label, ".") {
		host = label + "." + rest
	}
	if wiki, ok := hosts[host]; ok {
		return wiki, true
	}
	language, domain, _ := strings.Cut(host, ".")
	for _, f := range families {
		if domain == f.long+".org" && languages[language] {
			return database(language, f.suffix), true
		}
	}
	return "", false
}

// languageOf splits the database name of a project's wiki in one language. Other
// wikis have no language; links from them lead to Wikipedia.
func languageOf(wiki string) (language, suffix string) {
	for _, f := range families {
		if code, ok := strings.CutSuffix(wiki, f.suffix); ok {
			code = strings.ReplaceAll(code, "_", "-")
			if languages[code] {
				return code, f.suffix
			}
		}
	}
	return "", families[0].suffix
}

// database returns the database name of a project in a language.
func database(language, suffix string) string {
	if code, ok := oldCodes[language]; ok {
		language = code
	}
	return strings.ReplaceAll(language, "-", "_") + suffix
}

// oldCodes are the codes in the database names of languages whose code has
// changed.
var oldCodes = map[string]string{
	"be-tarask": "be-x-old", "gsw": "als", "lzh": "zh-classical", "nan": "zh-min-nan", "nb": "no",
	"rup": "roa-rup", "sgs": "bat-smg", "vro": "fiu-vro", "yue": "zh-yue", "cmn": "zh", "jp": "ja", "dk": "da",
}

// languages are the codes of Wikimedia's languages, as prefixes and in hosts.
var languages = func() map[string]bool {
	codes := map[string]bool{}
	for _, code := range strings.Fields(languageCodes) {
		codes[code] = true
	}
	return codes
}()

const languageCodes = `
aa ab ace ady af ak als alt am ami an ang ann anp ar arc ary arz as ast atj av avk awa ay az azb
ba ban bar bat-smg bbc bcl bdr be be-tarask be-x-old bew bg bh bi bjn blk bm bn bo bpy br bs btm bug bxr
ca cbk-zam cdo ce ceb ch cho chr chy ckb cmn co cr crh cs csb cu cv cy
da dag de dga din diq dk dsb dtp dty dv dz ee el eml en eo es et eu ext
fa fat ff fi fiu-vro fj fo fon fr frp frr fur fy ga gag gan gcr gd gl glk gn gom gor got gpe gsw gu guc gur guw gv
ha hak haw he hi hif ho hr hsb ht hu hy hyw hz ia iba id ie ig igl ii ik ilo inh io is it iu
ja jam jbo jp jv ka kaa kab kaj kbd kbp kcg kg kge ki kj kk kl km kn knc ko koi kr krc ks ksh ku kus kv kw ky
la lad lb lbe lez lfn lg li lij lld lmo ln lo lrc lt ltg lv lzh
mad mag mai map-bms mdf mg mh mhr mi min mk ml mn mni mnw mo mos mr mrj ms mt mus mwl my myv mzn
na nah nan nap nb nds nds-nl ne new ng nia nl nn no nov nqo nr nrm nso nup nv ny
oc olo om or os pa pag pam pap pcd pcm pdc pfl pi pih pl pms pnb pnt ps pt pwn qu
rm rmy rn ro roa-rup roa-tara rsk ru rue rup rw
sa sah sat sc scn sco sd se sg sgs sh shi shn si simple sk skr sl sm smn sn so sq sr srn ss st stq su sv sw syl szl szy
ta tay tcy tdd te tet tg th ti tig tk tl tly tn to tpi tr trv ts tt tum tw ty tyv
udm ug uk ur uz ve vec vep vi vls vo vro wa war wo wuu xal xh xmf yi yo yue
za zea zgh zh zh-classical zh-min-nan zh-yue zu`
