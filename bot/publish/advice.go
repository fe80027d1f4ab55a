// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what people read when the wiki says no: what has happened,
// and what they can do.

package publish

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
)

// longestInfo bounds what is quoted of the wiki's own words, in runes.
const longestInfo = 300

// advice is what can be done about a code of the wiki.
type advice struct {
	codes []string // exact, or with a trailing "*"
	what  string   // what has happened, with the page's title as %s where it is about one
	next  string   // what people can do
}

// pageAdvice is about one page that cannot be written. Each sentence is
// followed by the wiki's own words.
var pageAdvice = []advice{
	{[]string{"protectedpage", "protectedtitle", "cascadeprotected", "protectednamespace*", "tpt-target-page"}, "%s is protected from the bot",
		"Lower the protection, give the bot's account the right to edit there, or name another page in the rules."},
	{[]string{"blocked-here"}, "the bot's account is blocked from %s",
		"Lift that block, or take the page out of the rules."},
	{[]string{"abusefilter-*"}, "an abuse filter does not let the bot save %s",
		"Exempt the bot's account from the filter, or change what the rules put on the page. The bot does not confirm warnings."},
	{[]string{"spamblacklist", "spamdetected"}, "%s would get an address that the wiki's spam list forbids",
		"Take the address out of the source that it comes from, or put it on MediaWiki:Spam-whitelist."},
	{[]string{"titleblacklist-*"}, "the title blacklist does not let the bot make %s",
		"Make the page by hand, or name another page in the rules."},
	{[]string{"contenttoobig"}, "%s would be longer than the wiki lets pages be",
		"Have the rules show fewer columns or items, or spread them over several pages."},
	{[]string{"no-direct-editing", "contentnotallowedhere", "cantchangecontentmodel", "invalid-content-data", "customcss*", "customjs*", "customjson*",
		"mycustom*", "sitecss*", "sitejs*", "sitejson*", "unsupportednamespace"}, "%s is no page that the bot can write",
		"Name another page in the rules."},
	{[]string{"cantcreate*", "permissiondenied", "noedit*"}, "the bot's account has not the right to save %s",
		"Give the account that right, or the bot password or consumer that grant; or make the page by hand."},
	{[]string{"invalid-title", "invalidtitle"}, "no page can have the title %s",
		"Correct the title in the rules."},
	{[]string{"texthidden"}, "the text of %s is hidden, so the bot cannot tell what it would change",
		"Make the text visible again, or name another page in the rules."},
	{[]string{"hookaborted"}, "an extension of the wiki does not let the bot save %s",
		"Ask those who run the wiki."},
}

// wikiAdvice is about an account that cannot write at all.
var wikiAdvice = []advice{
	{[]string{"blocked", "autoblocked", "systemblocked", "globalblocking-*", "wikimedia-globalblocking-*", "torblock-*"}, "the bot's account is blocked",
		"It looks again every ten minutes and goes on when the block is over."},
	{[]string{"assertbotfailed"}, "the bot's account has lost its bot flag",
		"A bureaucrat can give it back; the bot looks again every ten minutes and goes on by itself."},
	{[]string{"captcha"}, "the wiki asks the bot's account to solve a captcha, which it does not do",
		"Give the account the right skipcaptcha; the bot tries again every ten minutes."},
	{[]string{"confirmemail"}, "the bot's account must confirm its e-mail address before it may edit",
		"Its operator can do that in the account's preferences; the bot tries again every ten minutes."},
	{[]string{"abusefilter-*", "spamblacklist"}, fmt.Sprintf("filters have refused %d edits of the bot in a row", filtered),
		"See what the bot would write in the filters' log, then exempt its account or correct the rules; the bot tries one edit every ten minutes."},
}

// private are blocks that the wiki explains with the addresses that the bot edits
// from, or with other users of them: nobody's business but the operator's, who
// has it in the log.
var private = []string{"autoblocked", "systemblocked", "globalblocking-", "wikimedia-globalblocking-", "torblock-"}

// quotable are the wiki's own words as far as they may be shown to everybody.
func quotable(e *wiki.Error) string {
	if slices.ContainsFunc(private, func(p string) bool { return strings.HasPrefix(e.Code, p) }) {
		return ""
	}
	words := strings.Fields(e.Info)
	for i, w := range words {
		if _, err := netip.ParseAddr(strings.Trim(w, `.,;()[]"“”'`)); err == nil {
			words[i] = "(an address)"
		}
	}
	return strings.Join(words, " ")
}

// busyWords say what keeps edits waiting. The wiki's own words change all the
// time, as the seconds of lag do, and would have the report saved each time.
var busyWords = []struct{ code, words string }{
	{"maxlag", "the wiki's databases lag behind"},
	{"in-doubt", "the wiki has not said whether it has saved the last edit"},
	{"readonly", "the wiki is read-only for now"},
	{"ratelimited", "the wiki limits how fast the bot's account may edit"},
	{"http-429", "the wiki's servers limit how often the bot may ask"},
	{"", "the wiki does not answer as it should"},
}

// about finds the advice on a code; ok is false where there is none.
func about(list []advice, code string) (a advice, ok bool) {
	for _, a := range list {
		for _, c := range a.codes {
			if prefix, open := strings.CutSuffix(c, "*"); code == c || open && strings.HasPrefix(code, prefix) {
				return a, true
			}
		}
	}
	return advice{}, false
}

// refusedWords tell of a page that the wiki does not let the bot write.
func refusedWords(e *wiki.Error, title string) string {
	a, ok := about(pageAdvice, e.Code)
	if !ok {
		a = advice{what: "the wiki does not let the bot save %s", next: "If that lasts, ask those who run the bot."}
	}
	return sentence(fmt.Sprintf(a.what, title), e, a.next+" The bot tries again after a day, or when the page or the rules are edited.")
}

// haltedWords tell of an account that the wiki does not let write.
func haltedWords(e *wiki.Error) string {
	a, ok := about(wikiAdvice, e.Code)
	if !ok {
		a = advice{what: "the wiki does not let the bot's account write", next: "The bot tries again every ten minutes."}
	}
	return sentence(a.what+", so it edits nothing", e, a.next)
}

// waitsWords tell of a wiki that has no time.
func waitsWords(e *wiki.Error, title string) string {
	for _, b := range busyWords {
		if strings.Contains(e.Code+" "+e.Info, b.code) {
			return fmt.Sprintf("%s waits: %s. The bot tries again by itself.", title, b.words)
		}
	}
	panic("unreachable: the last words go with everything")
}

// strangeWords tell of an answer that says neither yes nor no.
func strangeWords(e *wiki.Error, title string) string {
	return fmt.Sprintf("%s waits: the wiki's answer makes no sense to the bot (%s). It tries again by itself; if that lasts, ask those who run it.", title, e.Code)
}

// sentence joins what has happened, what the wiki says of it, and what to do.
func sentence(what string, e *wiki.Error, next string) string {
	said := []rune(quotable(e))
	if len(said) > longestInfo {
		said = append(said[:longestInfo], '…')
	}
	if len(said) == 0 {
		return fmt.Sprintf("%s (%s). %s", what, e.Code, next)
	}
	return fmt.Sprintf("%s (%s: “%s”). %s", what, e.Code, string(said), next)
}
