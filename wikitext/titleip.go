// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds IP addresses in the titles of user pages.

package wikitext

import (
	"slices"
	"strconv"
	"strings"
)

// canonicalIP writes an IP address or a range of them as MediaWiki writes those
// of users: IPv4 without leading zeros, IPv6 in full and in capitals. Anything
// else it returns as it is. The rules are those of IPUtils::sanitizeIP in
// MediaWiki's library, which takes one form amiss: "::/8".
func canonicalIP(name string) string {
	if len(name) > len("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128") {
		return name
	}
	address, bits, ranged := strings.Cut(name, "/")
	for i := range len(address) {
		if c := address[i]; !isHex(c) && c != ':' && c != '.' {
			return name
		}
	}
	if strings.Contains(address, ":") {
		if ranged && !isNumber(bits, 128) {
			return name
		}
		return canonicalIPv6(name, address)
	}
	if ranged && !isNumber(bits, 32) {
		return name
	}
	return canonicalIPv4(name, address)
}

// isNumber reports whether s is written as 0 to most are, without leading zeros.
func isNumber(s string, most int) bool {
	n, err := strconv.Atoi(s)
	return err == nil && 0 <= n && n <= most && strconv.Itoa(n) == s
}

func canonicalIPv4(name, address string) string {
	if strings.Count(address, ".") != 3 {
		return name
	}
	groups := strings.Split(address, ".")
	for i, g := range groups {
		n, err := strconv.ParseUint(g, 10, 8)
		if err != nil || len(g) > 3 {
			return name
		}
		groups[i] = strconv.FormatUint(n, 10)
	}
	return strings.Join(groups, ".") + name[len(address):]
}

func canonicalIPv6(name, address string) string {
	head, tail, gap := strings.Cut(address, "::")
	left, ok := ipWords(head)
	right, ok2 := ipWords(tail)
	n := len(left) + len(right)
	if !ok || !ok2 || gap && n > 7 || !gap && n != 8 {
		return name
	}
	all := slices.Concat(left, slices.Repeat([]string{"0"}, 8-n), right)
	canonical, rest := strings.Join(all, ":"), name[len(address):]
	if n == 0 && rest != "" {
		canonical = strings.TrimSuffix(canonical, "0")
	}
	return canonical + rest
}

// ipWords splits what stands before or behind "::".
func ipWords(s string) ([]string, bool) {
	if s == "" {
		return nil, true
	}
	list := strings.Split(s, ":")
	for i, w := range list {
		if len(w) == 0 || len(w) > 4 || strings.Contains(w, ".") {
			return nil, false
		}
		if w = strings.TrimLeft(w, "0"); w == "" {
			w = "0"
		}
		list[i] = strings.ToUpper(w)
	}
	return list, true
}
