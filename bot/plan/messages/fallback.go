// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds which language stands in for one without a translation.

package messages

import "strings"

// standsIn are the languages whose readers know another one, as far as there
// are texts in that: the $fallback of MediaWiki's message files
// (languages/messages), for those that end at one of ours.
var standsIn = map[string]string{
	"als": "gsw", "bar": "de", "dsb": "hsb", "frr": "de", "gsw": "de", "hsb": "de", "ksh": "de", "lb": "de", "nds": "de", "pdc": "de", "pdt": "de",
	"pfl": "de", "sli": "de", "stq": "de", "vmf": "de", "rm": "de",
	"an": "es", "arn": "es", "ast": "es", "avk": "es", "ay": "es", "cbk-zam": "es", "cho": "en", "ext": "es", "gn": "es", "guc": "es", "lad": "es",
	"nah": "es", "qu": "es", "qug": "qu", "gl": "pt",
	"bm": "fr", "br": "fr", "co": "fr", "ff": "fr", "frc": "fr", "frp": "fr", "gcr": "fr", "ht": "fr", "ln": "fr", "mg": "fr", "nrm": "fr", "oc": "fr", "pcd": "fr",
	"sg": "fr", "ty": "fr", "wa": "fr", "wo": "fr", "mwl": "pt",
	"aeb": "ar", "aeb-arab": "aeb", "arq": "ar", "ary": "ar", "arz": "ar",
}

// Fallbacks are the languages in which a text in a language is looked for: itself,
// what it is a variety of ("pt-br" of "pt"), what stands in for that, and English.
func Fallbacks(language string) []string {
	var chain []string
	add := func(code string) bool {
		for _, have := range chain {
			if have == code {
				return false
			}
		}
		chain = append(chain, code)
		return true
	}
	for code := language; code != ""; {
		if !add(code) {
			break
		}
		next := standsIn[code]
		if dash := strings.LastIndexByte(code, '-'); next == "" && dash > 0 {
			next = code[:dash]
		}
		code = next
	}
	add(english)
	return chain
}
