// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the operator's side: which wikis the bot serves, and as whom.

package config

// DefaultConfigRights are the rights of which the last editor of a config page
// must have one, where the operator names none.
func DefaultConfigRights() []string {
	return []string{"edituserjson", "editsitejson", "editinterface"}
}

// Process is the content of the wikis file.
type Process struct {
	Wikis []Wiki `json:"wikis"`
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
	// PasswordFile holds the password and can be read by its owner alone; ""
	// where the password is in the environment. A relative path in the wikis
	// file counts from that file.
	PasswordFile string `json:"password_file"`
	// ConfigPage is the title of the rules page.
	ConfigPage string `json:"config_page"`
	// ConfigRights are the rights of which the last editor of an unprotected
	// config page must have one.
	ConfigRights []string `json:"config_rights"`
}

// StopPage is the title of the page that stops all writes while it holds text.
func (w Wiki) StopPage() string { return "User:" + w.User + "/stop" }

// ReportPage is the title of the page that reports on the rules.
func (w Wiki) ReportPage() string { return "User:" + w.User + "/config report" }

// StatusPage is the title of the page that tells how the bot is doing.
func (w Wiki) StatusPage() string { return "User:" + w.User + "/status" }

// ReadProcess reads the wikis file at path.
func ReadProcess(path string) (Process, error) { return Process{}, nil }

// Password returns the secret that the bot logs in with.
func (w Wiki) Password(getenv func(string) string) (string, error) { return "", nil }
