// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds edits in which nothing counts: those of bots, those that
// restore an earlier text, and those that archive.

package detect

import (
	"crypto/sha1"
	"encoding/hex"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// silence returns why nothing in an edit counts, "" if something may.
func (d *Detector) silence(c Change) string {
	switch {
	case d.o.IsBot != nil && d.o.IsBot(c.User):
		return "an edit of a bot"
	case restores(c):
		return "the edit restores an earlier text"
	case archivePage(c.Title):
		return "the page is an archive"
	case archives(c.Comment):
		return "the edit summary speaks of archiving"
	}
	return ""
}

// revertTags are the change tags that MediaWiki gives to edits that restore an
// earlier text.
var revertTags = []string{"mw-rollback", "mw-undo", "mw-manual-revert"}

// restores reports whether an edit brings back an earlier text.
func restores(c Change) bool {
	for _, tag := range c.Tags {
		if slices.Contains(revertTags, tag) {
			return true
		}
	}
	if len(c.Earlier) > 0 {
		sum := sha1.Sum([]byte(c.After))
		if text := hex.EncodeToString(sum[:]); slices.ContainsFunc(c.Earlier, func(e string) bool { return strings.EqualFold(e, text) }) {
			return true
		}
	}
	return reverts(c.Comment)
}

// revertWords begin edit summaries of reverts, in the languages of many wikis.
var revertWords = []string{
	"reverted", "revert", "reverting", "rv", "rvv", "rvt", "undid", "undo", "rollback", "restored revision", "restored to revision",
	"änderung", "änderungen", "zurückgesetzt", "revertiert", "rückgängig", "annulation", "révocation", "annulé", "deshecha", "deshecho", "revertidos",
	"revertida", "desfeita", "revertidas", "annullata", "annullate", "annullato", "ripristinata", "wijziging", "wijzigingen", "anulowano", "wycofano",
	"отмена", "отменена", "откат", "откачены", "откатил", "скасовано", "скасування", "відкинуто", "відкочено", "rullade", "gjorde", "tilbakestilte",
	"kumottu", "peruttu", "vráceny", "zrušena", "geri", "visszaállítottam", "anulat", "lùi", "membatalkan", "mengembalikan", "αναίρεση", "αναστροφή",
	"استرجاع", "رجوع", "الرجوع", "خنثی\u200cسازی", "واگردانی", "ביטול", "שוחזר", "שחזור", "पूर्ववत", "取り消し", "差し戻し", "撤销", "撤銷", "回退", "還原", "还原", "되돌리기",
}

// reverts reports whether an edit summary is one that software writes for a
// revert: it begins with such a word and names whose edit it was.
func reverts(summary string) bool {
	summary = spoken(summary)
	if !strings.Contains(summary, "[[") {
		return false
	}
	lower := strings.ToLower(summary)
	return slices.ContainsFunc(revertWords, func(word string) bool { return beginsWith(lower, word) })
}

// archiveWords mean an archive in a subpage's name, or archiving at the
// beginning of an edit summary, in the languages of many wikis.
var archiveWords = []string{
	"archive", "archives", "archiv", "archivo", "archivos", "arquivo", "arquivos", "archivio", "archief", "archiwum", "arkiv", "arkivet", "arkisto",
	"arxiu", "artxiboa", "arhiva", "arhiv", "arhīvs", "archyvas", "archív", "archivum", "archívum", "arşiv", "arxiv", "arkivo", "arhive", "arsip", "lưu", "lưu trữ",
	"архив", "архіў", "архів", "архива", "архиви", "архивы", "αρχείο", "αρχειο", "արխիվ", "არქივი", "أرشيف", "ارشیف", "آرشیو", "بایگانی", "ארכיון",
	"अभिलेख", "पुरालेख", "সংগ্রহশালা", "আর্কাইভ", "தொகுப்பு", "ഗ്രന്ഥപ്പുര", "กรุ", "存檔", "存档", "封存", "アーカイブ", "過去ログ", "보존", "보존문서",
}

// archivePage reports whether a page's title says that it is an archive: a part
// of it behind a slash is such a word, with numbers, dates or signs.
func archivePage(title string) bool {
	_, subpages, ok := strings.Cut(title, "/")
	if !ok {
		return false
	}
	for part := range strings.SplitSeq(strings.ToLower(strings.ReplaceAll(subpages, "_", " ")), "/") {
		for _, word := range archiveWords {
			if before, after, ok := strings.Cut(part, word); ok && besideArchive(before, false) && besideArchive(after, true) {
				return true
			}
		}
	}
	return false
}

// besideArchive reports whether a text may stand beside the word: digits, signs
// and, behind the word, the name of a month.
func besideArchive(text string, behind bool) bool {
	letters := 0
	for i, c := range text {
		switch {
		case !unicode.IsLetter(c) && !unicode.IsMark(c):
		case c >= 0x2e80 && utf8.RuneCountInString(text) <= 4: // such as a number in words
		case i == 0 && behind && c < 0x2e80: // the word goes on
			return false
		default:
			letters++
		}
	}
	text = strings.TrimSpace(text)
	first, _ := utf8.DecodeRuneInString(text)
	switch {
	case letters == 0:
		return true
	case behind:
		return first != '.' && letters <= 12 && strings.IndexFunc(text, unicode.IsDigit) >= 0
	default:
		return letters <= 12 && strings.IndexFunc(text, unicode.IsDigit) >= 0
	}
}

// archivingWords begin edit summaries of archiving.
var archivingWords = []string{
	"archiving", "archived", "archive discussion", "archivierung", "archiviert", "archiviere", "archivage", "archivado", "archivando", "arquivamento",
	"arquivando", "archiviazione", "archivio", "archivering", "gearchiveerd", "archiwizacja", "arkivering", "arkiverer", "arkiverar", "arkistointi", "arkistoitu",
	"arşivleme", "arşivlendi", "архивация", "архивирование", "архивирую", "архивирано", "архівація", "архівування", "архивиране", "αρχειοθέτηση",
	"أرشفة", "بایگانی", "ארכוב", "לארכיון", "存檔", "存档", "封存", "過去ログ化", "過去ログ", "보존", "pengarsipan", "mengarsipkan", "lưu trữ", "पुरालेखन", "अभिलेखन", "oneclickarchiver",
}

// archives reports whether an edit summary says that the edit moves talk to an
// archive.
func archives(summary string) bool {
	lower := strings.ToLower(spoken(summary))
	return slices.ContainsFunc(archivingWords, func(word string) bool { return beginsWith(lower, word) })
}

// spoken returns an edit summary without the title of the section in front of
// it, and without "Bot:".
func spoken(summary string) string {
	summary = strings.TrimSpace(summary)
	if rest, ok := strings.CutPrefix(summary, "/*"); ok {
		_, summary, _ = strings.Cut(rest, "*/")
	}
	summary = strings.TrimLeft(summary, " :([")
	for _, word := range []string{"bot:", "robot:", "bot "} {
		if len(summary) > len(word) && strings.EqualFold(summary[:len(word)], word) {
			summary = strings.TrimLeft(summary[len(word):], " ")
		}
	}
	return summary
}

// beginsWith reports whether a text begins with a word, which ends there. In
// scripts without spaces it need not.
func beginsWith(text, word string) bool {
	rest, ok := strings.CutPrefix(text, word)
	if !ok {
		return false
	}
	last, _ := utf8.DecodeLastRuneInString(word)
	next, _ := utf8.DecodeRuneInString(rest)
	return last >= 0x2e80 || rest == "" || !unicode.IsLetter(next) && !unicode.IsMark(next)
}
