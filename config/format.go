// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the formats of what is no title: addresses, files, item keys.

package config

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

var (
	// itemKeys are the forms of bot/registry's Key. Names with a wiki or a
	// catalogue in front have their own shape.
	itemKeys = regexp.MustCompile(`^(?:(?:extension|skin|tool):[^:].*|(?:gadget|userscript):[A-Za-z0-9_-]+:[^:].*)$`)
	// templates are the ways in which people write the namespace of one.
	templates = regexp.MustCompile(`(?i)^ *:? *template *:`)
)

// itemKey checks what names one item for certain.
func itemKey(s string) error {
	if !itemKeys.MatchString(s) {
		return fmt.Errorf("%s is not an item key; it looks like \"extension:Echo\", \"gadget:metawiki:HotCat\", \"userscript:metawiki:User:Example/a.js\" or \"tool:ia-upload\"", quote(s))
	}
	return oneLine(s)
}

// templateName checks the name of a template as it stands in double braces.
func templateName(s string) error {
	if templates.MatchString(s) {
		return errors.New("write the name of the template without the namespace, such as \"Tool link\" for Template:Tool link")
	}
	return pageTitle(s)
}

// apiURL checks the address of a wiki's api.php.
func apiURL(s string) error {
	if u := parseAddress(s); u == nil || u.RawQuery != "" || !strings.HasSuffix(u.Path, "/api.php") {
		return errors.New("this is not the address of an api.php; it looks like \"https://meta.wikimedia.org/w/api.php\"")
	}
	return nil
}

// webAddress checks an address that is read without a password.
func webAddress(s string) error {
	if parseAddress(s) == nil {
		return errors.New("this is not an address; it looks like \"https://toolhub.wikimedia.org/api/\"")
	}
	return nil
}

// parseAddress returns nil for what is no address, and for one with a password:
// those files hold no secrets.
func parseAddress(s string) *url.URL {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.Fragment != "" {
		return nil
	}
	return u
}

// listFile checks the name of an operator's list.
func listFile(s string) error {
	if !strings.HasSuffix(s, ".json") && !strings.HasSuffix(s, ".csv") {
		return errors.New("the name of this file must end in .json or .csv, which says how it is read")
	}
	return oneLine(s)
}
