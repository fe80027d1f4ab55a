// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the operator's side: which wikis the bot serves, and as whom.

package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// DefaultConfigRights are the rights of which the last editor of a config page
// must have one, where the operator names none.
func DefaultConfigRights() []string {
	return []string{"edituserjson", "editsitejson", "editinterface"}
}

// Process is the content of the wikis file.
type Process struct {
	Wikis []Wiki `json:"wikis"`
	// Read are wikis that are read without an account.
	Read []ReadWiki `json:"read"`
	// Toolhub is the address of the catalogue's API, with a slash at the end,
	// Striker that of Toolforge's list; "" where they are not read.
	Toolhub string `json:"toolhub"`
	Striker string `json:"striker"`
	// List is the operator's own list, a file, "" if there is none. A relative
	// path in the wikis file counts from that file.
	List string `json:"list"`
}

// ReadWiki is a wiki that the bot reads and does not serve.
type ReadWiki struct {
	// Wiki is the database name, API the address of api.php.
	Wiki string `json:"wiki"`
	API  string `json:"api"`
}

// Wiki is one wiki that the bot serves.
type Wiki struct {
	// Wiki is the database name, such as "metawiki".
	Wiki string `json:"wiki"`
	// API is the address of api.php.
	API string `json:"api"`
	// User is the bot's account, without namespace.
	User string `json:"user"`
	// Login is the name that it logs in with: a bot password's "User@name".
	// The default is User.
	Login string `json:"login"`
	// Auth is how the bot is known to the wiki: BotPassword, OAuth2 or OAuth1.
	Auth string `json:"auth"`
	// Deny are titles of pages that the bot never edits, as people write them.
	// One that ends in "/*" stands for all subpages, one that ends in ":*" for a
	// namespace.
	Deny []string `json:"deny"`
	// Operators are the accounts of the people who answer for the bot, without
	// namespace. It names them as its stewards in tables of tools.
	Operators []string `json:"operators"`
	// PasswordFile holds the secret and can be read by its owner alone; "" where
	// the secret is in the environment. A relative path in the wikis
	// file counts from that file.
	PasswordFile string `json:"password_file"`
	// Source is where the wiki's events come from: Stream or Poll.
	Source string `json:"source"`
	// ConfigPage is the title of the rules page.
	ConfigPage string `json:"config_page"`
	// ConfigRights are the rights of which the last editor of an unprotected
	// config page must have one.
	ConfigRights []string `json:"config_rights"`
}

// The values of Wiki.Source.
const (
	Stream = "stream" // the event stream that the bot follows
	Poll   = "poll"   // the wiki's own list of recent changes
)

// The values of Wiki.Auth, which are those of bot/wiki.
const (
	BotPassword = "bot-password"
	OAuth2      = "oauth2" // an owner-only consumer's access token
	OAuth1      = "oauth1" // an owner-only consumer's four words
)

// StopPage is the title of the page that stops all writes while it holds text.
func (w Wiki) StopPage() string { return "User:" + w.User + "/stop" }

// ReportPage is the title of the page that reports on the rules.
func (w Wiki) ReportPage() string { return "User:" + w.User + "/config report" }

// StatusPage is the title of the page that tells how the bot is doing.
func (w Wiki) StatusPage() string { return "User:" + w.User + "/status" }

// maxProcessBytes is the size of the biggest wikis file: a thousand wikis take
// about a fifth of it.
const maxProcessBytes = 2 << 20

// ReadProcess reads the wikis file at path, such as
//
//	{"wikis": [{"wiki": "metawiki", "api": "https://meta.wikimedia.org/w/api.php", "user": "ExampleBot"}]}
//
// and fills in the defaults. Where a file is hard to bring, path may be its text
// instead, which begins with "{". The error names every problem of the file on a
// line of its own.
func ReadProcess(path string) (Process, error) {
	if strings.HasPrefix(strings.TrimSpace(path), "{") {
		process, list := parseProcess(path)
		if len(list) > 0 {
			return Process{}, fmt.Errorf("read wikis file, given as its text: %w", list)
		}
		return process, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return Process{}, fmt.Errorf("read wikis file: %w", err)
	}
	process, list := parseProcess(string(text))
	if len(list) > 0 {
		return Process{}, fmt.Errorf("read wikis file %s: %w", path, list)
	}
	for i := range process.Wikis {
		process.Wikis[i].PasswordFile = beside(path, process.Wikis[i].PasswordFile)
	}
	process.List = beside(path, process.List)
	return process, nil
}

// beside makes the name of a file that stands in another one count from there.
func beside(path, name string) string {
	if name == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(filepath.Dir(path), name)
}

// problemList is an error.
type problemList []Problem

// Error names every problem on a line of its own.
func (list problemList) Error() string {
	texts := make([]string, len(list))
	for i, p := range list {
		texts[i] = p.String()
	}
	return strings.Join(texts, "\n")
}

// parseProcess reads the text of a wikis file.
func parseProcess(text string) (Process, problemList) {
	p, faults := scan(text, form{"file", `{"wikis": [{"wiki": "…", "api": "https://…/api.php", "user": "…"}]}`, maxProcessBytes})
	if p.root != nil {
		faults = append(faults, processSchema().check(p.root)...)
		faults = append(faults, checkWikis(p)...)
		faults = append(faults, checkRead(p)...)
	}
	var process Process
	if len(faults) == 0 {
		if err := p.root.decode(&process); err != nil {
			// Unreachable while the schema and the types say the same.
			faults = []fault{{0, "$", err.Error()}}
		}
	}
	if len(faults) > 0 {
		return Process{}, problems(p.lines, faults, Error)
	}
	for i := range process.Wikis {
		process.Wikis[i].fill()
	}
	if process.Toolhub != "" && !strings.HasSuffix(process.Toolhub, "/") {
		process.Toolhub += "/"
	}
	return process, nil
}

// fill puts in what the file leaves out.
func (w *Wiki) fill() {
	w.User = upperFirst(strings.Trim(strings.ReplaceAll(w.User, "_", " "), " "))
	if w.Login == "" {
		w.Login = w.User
	}
	if w.Auth == "" {
		w.Auth = BotPassword
	}
	if w.Source == "" {
		w.Source = Stream
	}
	if w.ConfigPage == "" {
		w.ConfigPage = "User:" + w.User + "/config.json"
	}
	if len(w.ConfigRights) == 0 {
		w.ConfigRights = DefaultConfigRights()
	}
}

// checkWikis finds wikis that are listed twice, or whose passwords would be
// looked for in one environment variable, and names that nobody logs in with.
func checkWikis(p page) []fault {
	var faults []fault
	first := map[string]*node{}
	for _, entry := range p.root.member("wikis").list() {
		if login, auth := entry.member("login"), entry.member("auth").text(); login != nil && (auth == OAuth1 || auth == OAuth2) {
			faults = append(faults, fault{login.key, login.path, fmt.Sprintf("with \"auth\": %s nobody logs in; leave this out", quote(auth))})
		}
		n := entry.member("wiki")
		if n.text() == "" {
			continue
		}
		variable := Wiki{Wiki: n.text()}.PasswordVariable()
		other := first[variable]
		switch {
		case other == nil:
			first[variable] = n
		case other.text() == n.text():
			faults = append(faults, fault{n.at, n.path, fmt.Sprintf(
				"this wiki is listed twice, the first time on line %d; delete one of the two", p.lines.number(other.at))})
		default:
			faults = append(faults, fault{n.at, n.path, fmt.Sprintf(
				"this wiki and %s on line %d would share the variable %s for their passwords; serve them from two processes",
				quote(other.text()), p.lines.number(other.at), variable)})
		}
	}
	return faults
}

// checkRead finds wikis that are named twice as only read, or that are served.
func checkRead(p page) []fault {
	var faults []fault
	served, first := map[string]*node{}, map[string]*node{}
	for _, entry := range p.root.member("wikis").list() {
		served[entry.member("wiki").text()] = entry.member("wiki")
	}
	for _, entry := range p.root.member("read").list() {
		n := entry.member("wiki")
		if n.text() == "" {
			continue
		}
		if other := served[n.text()]; other != nil {
			faults = append(faults, fault{n.at, n.path, fmt.Sprintf(
				"the bot serves this wiki (line %d), so it can read it anyway; delete it here", p.lines.number(other.at))})
		} else if other := first[n.text()]; other != nil {
			faults = append(faults, fault{n.at, n.path, fmt.Sprintf(
				"this wiki is listed twice, the first time on line %d; delete one of the two", p.lines.number(other.at))})
		}
		first[n.text()] = n
	}
	return faults
}
