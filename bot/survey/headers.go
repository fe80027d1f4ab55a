// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how the comments at the head of a script say who wrote it and
// who looks after it. There is no fixed form: a line with a word such as
// "@author", "Maintainer:" or "mantido por", and behind it links to user pages.

package survey

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// The head of a script: so many lines of it, and so many bytes.
const (
	headLines = 60
	headBytes = 8 << 10
)

// credits are the accounts that the head of a script names, without the
// namespace, each once.
type credits struct {
	// maintainers are said to look after it. It is somebody's word, not theirs.
	maintainers []string
	// authors are said to have written it.
	authors []string
}

// The words of a header, in the languages in which scripts have been seen. Those
// of letters with spaces between words stand alone; in the others they can be a
// part of what stands around them.
const (
	maintainerWords = `maint[ae]iners?|maintained(?: +\w+)? +by|looked +after +by|` + // English
		`mantid[oa]s? +por|mantenedor(?:es|as?)?|` + // Portuguese
		`mantenid[oa]s? +por|` + // Spanish
		`mantingut(?:s|da|des)? +per|` + // Catalan
		`maintenue?s? +par|mainteneurs?|mainteneuses?|` + // French
		`betreut +von|gewartet +von|gepflegt +von|betreuer(?:in|innen)?|` + // German
		`mantenut[oaie] +da|manutentor[ei]|` + // Italian
		`onderhouden +door|onderhoudt?er|` + // Dutch
		`underhålls +av|underhållare|vedlikehold(?:es|t) +av|vedligeholde[st] +af|ylläpitäjät?|` + // Northern Europe
		`utrzymywan[ya] +przez|opiekun(?:owie|ka)?|spravuje|udržuje|správce|karbantart(?:ó|ja|ók)|` + // Central Europe
		`сопровождающи[йе]|сопровождение|поддерживает(?:ся)?|супроводжувач|супровід|підтримує(?:ться)?|` +
		`συντηρ(?:ητής|είται +από)|bakımını +yapan|` +
		`dipelihara +oleh|bảo +trì +bởi|người +bảo +trì|` +
		`نگهدارنده|متولي +الصيانة|يصونها?|מתחזק(?:ת|ים)?|מתוחזק(?:ת)? +על +ידי`
	maintainerSigns = `维护者|維護者|维护人|維護人|维护|維護|メンテナー?|保守担当者?|管理人|유지 ?보수|유지 ?관리`

	authorWords = `authors?|written +by|created +by|developed +by|coded +by|` +
		`autor(?:es|as?|en|i|ka|zy|ia|ë|ii)?|escrit[oa] +por|criad[oa] +por|cread[oa] +por|desenvolvid[oa] +por|` +
		`auteurs?|autrices?|écrite? +par|créée? +par|` +
		`verfasser(?:in)?|geschrieben +von|erstellt +von|autor[ei]|autrice|scritto +da|creato +da|` +
		`geschreven +door|forfattere?|författare|skriven +av|skrevet +a[vf]|tekijät?|tekijä|` +
		`автор(?:ы|и|ка)?|συγγραφέας|yazar(?:lar)?|szerző(?:k|je)?|penulis|pembuat|tác +giả|` +
		`المؤلف|مؤلف|نویسنده|מחבר(?:ת|ים)?|נכתב +על +ידי|autors`
	authorSigns = `作者|原作者|著者|制作者|저자|작성자|만든이`
)

// former is what ends a text in front of a word that then no longer holds.
var former = regexp.MustCompile(`(?i)(?:^|[^\pL])(?:former(?:ly)?|previous(?:ly)?|past|ex|old|earlier|original(?:ly)?|no +longer|not|never|until \d+|` +
	`antig[ou][oa]?s?|anterior(?:es)?|ancien(?:ne)?s?|ehemals|ehemalige[rn]?|früher(?:er|e)?|vorher|бывший|раньше|колишній)[\s,:–-]*$`)

var (
	creditWord = regexp.MustCompile(`(?i)(?:^|[^\pL\pN])(?:(` + maintainerWords + `)|(` + authorWords + `))(?:$|[^\pL\pN])|` +
		`(` + maintainerSigns + `)|(` + authorSigns + `)`)
	// userLink finds wikilinks and web addresses.
	userLink = regexp.MustCompile(`\[\[ *:?([^\[\]|<>{}\n]+)(?:\|[^\[\]\n]*)?\]\]|(?i:https?:)?//[^\s<>"'\[\]|{}]+`)
)

// headerCredits reads the comments at the head of a script on a wiki.
func headerCredits(src string, on *wikitext.Site) credits {
	var c credits
	for _, line := range headComments(src) {
		c.read(line, on)
	}
	return c
}

// headComments returns the lines of the comments in the head of a script.
func headComments(src string) (lines []string) {
	end := 0
	for range headLines {
		n := strings.IndexByte(src[end:], '\n')
		if n < 0 {
			end = len(src)
			break
		}
		end += n + 1
	}
	head := strings.ToValidUTF8(src[:min(end, headBytes)], "")
	for l := range lexemes(head) {
		if l.kind == lexComment {
			lines = append(lines, strings.FieldsFunc(l.text, func(r rune) bool { return r == '\n' || r == '\r' })...)
		}
	}
	return lines
}

// read takes in a line. A link belongs to the words before it, back to the link
// before those.
func (c *credits) read(line string, on *wikitext.Site) {
	links := userLink.FindAllStringSubmatchIndex(line, -1)
	at := 0
	maintains, wrote := false, false
	for _, l := range links {
		start, end := l[0], l[1]
		if between := line[min(at, start):start]; creditWord.MatchString(between) {
			maintains, wrote = creditRoles(between)
		}
		at = end
		target := line[start:end]
		if l[2] >= 0 {
			target = line[l[2]:l[3]]
		}
		name, ok := linkedAccount(target, on)
		if !ok {
			continue
		}
		if maintains && !slices.Contains(c.maintainers, name) && len(c.maintainers) < maxCredits {
			c.maintainers = append(c.maintainers, name)
		}
		if wrote && !slices.Contains(c.authors, name) && len(c.authors) < maxCredits {
			c.authors = append(c.authors, name)
		}
	}
}

// maxCredits bounds how many accounts one script names in a role.
const maxCredits = 20

// creditRoles returns what the words in a part of a line call those that are
// linked behind it.
func creditRoles(part string) (maintains, wrote bool) {
	for at := 0; ; {
		m := creditWord.FindStringSubmatchIndex(part[at:])
		if m == nil {
			return maintains, wrote
		}
		group := 2
		for m[group] < 0 {
			group += 2
		}
		switch isAuthor := group == 4 || group == 8; {
		case isAuthor:
			wrote = true
		case !former.MatchString(part[:at+m[group]]):
			maintains = true
		}
		at += m[group+1] // the sign behind a word can be the one in front of the next
	}
}

// userNamespaces are what larger wikis call the namespace of users, besides
// "User": a link can lead to a wiki whose names are not known here.
var userNamespaces = strings.Split("user|user talk|benutzer|benutzerin|usuario|usuaria|usuário|usuária|utilizador|utilizadora|utilisateur|utilisatrice|"+
	"utente|usuari|usuària|gebruiker|användare|bruker|bruger|käyttäjä|wikipedysta|wikipedystka|uživatel|uživatelka|szerkesztő|kullanıcı|"+
	"участник|участница|користувач|користувачка|корисник|потребител|χρήστης|利用者|用户|用戶|使用者|사용자|مستخدم|مستخدمة|کاربر|משתמש|משתמשת|"+
	"pengguna|thành viên|ผู้ใช้|lietotājs|naudotojas|kasutaja|redaktor|utilizator|uporabnik|suradnik", "|")

// linkedAccount returns the account whose user page, talk page or a subpage of
// them a link or a web address leads to, on whatever wiki: one account holds on
// all of them. Addresses of computers are no accounts.
func linkedAccount(target string, on *wikitext.Site) (name string, ok bool) {
	if _, path, isAddress := strings.Cut(target, "//"); isAddress {
		target = path
		if _, title, found := strings.Cut(path, "title="); found {
			target, _, _ = strings.Cut(title, "&")
		} else if _, title, found := strings.Cut(path, "/wiki/"); found {
			target, _, _ = strings.Cut(title, "?")
		} else {
			return "", false
		}
		target = strings.TrimRight(target, ".,;:!)")
	}
	for rest := wikitext.DecodeTitle(target); ; {
		prefix, tail, found := strings.Cut(rest, ":")
		if !found {
			return "", false
		}
		if rest = tail; !isUserSpace(strings.TrimSpace(prefix), on) {
			continue
		}
		if i := strings.IndexAny(tail, "/#"); i >= 0 {
			tail = tail[:i]
		}
		title, err := on.ParseTitle("User:" + tail)
		if err != nil || strings.ContainsAny(title.Name, "@:") {
			return "", false
		}
		if _, err := netip.ParseAddr(title.Name); err == nil {
			return "", false
		}
		return title.Name, true
	}
}

// isUserSpace reports whether a namespace is that of users or of their talk
// pages, here or on another wiki.
func isUserSpace(name string, on *wikitext.Site) bool {
	if name == "" {
		return false
	}
	if title, err := on.ParseTitle(name + ":X"); err == nil && title.Interwiki == "" && (title.Namespace == spaceUser || title.Namespace == spaceUserTalk) {
		return true
	}
	return slices.Contains(userNamespaces, strings.ToLower(name))
}
