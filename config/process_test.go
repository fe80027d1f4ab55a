// SPDX-License-Identifier: GPL-3.0-or-later

package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// writeFile makes a file with these rights in a new folder.
func writeFile(t *testing.T, text string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestWikisCanBeGivenAsText(t *testing.T) {
	got, err := ReadProcess("\n {\"wikis\": [{\"wiki\": \"metawiki\", \"api\": \"https://meta.wikimedia.org/w/api.php\", \"user\": \"ExampleBot\"}]}")
	if err != nil || len(got.Wikis) != 1 || got.Wikis[0].Wiki != "metawiki" || got.Wikis[0].ConfigPage != "User:ExampleBot/config.json" {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := ReadProcess(`{"wikis": [{"wiki": "metawiki"}]}`); err == nil || !strings.Contains(err.Error(), "given as its text") {
		t.Errorf("a mistake in the text: %v", err)
	}
}

func TestWikisFileDefaults(t *testing.T) {
	path := writeFile(t, `{"wikis": [
		{"wiki": "metawiki", "api": "https://meta.wikimedia.org/w/api.php", "user": "example_bot"},
		{"wiki": "testwiki", "api": "http://127.0.0.1:8080/api.php", "user": "ExampleBot", "auth": "oauth2", "deny": ["Project:Village pump", "Portal:*"],
		 "password_file": "secret", "source": "poll", "config_page": "Project:Rules.json", "config_rights": ["editinterface"]},
		{"wiki": "otherwiki", "api": "https://other.example/api.php", "user": "ExampleBot", "login": "ExampleBot@steward"}]}`, 0o644)
	got, err := ReadProcess(path)
	if err != nil {
		t.Fatal(err)
	}
	want := Process{Wikis: []Wiki{{
		Wiki: "metawiki", API: "https://meta.wikimedia.org/w/api.php", User: "Example bot", Login: "Example bot",
		Auth: BotPassword, Source: Stream, ConfigPage: "User:Example bot/config.json", ConfigRights: DefaultConfigRights(),
	}, {
		Wiki: "testwiki", API: "http://127.0.0.1:8080/api.php", User: "ExampleBot", Login: "ExampleBot", Auth: OAuth2, Deny: []string{"Project:Village pump", "Portal:*"},
		PasswordFile: filepath.Join(filepath.Dir(path), "secret"), Source: Poll,
		ConfigPage: "Project:Rules.json", ConfigRights: []string{"editinterface"},
	}, {
		Wiki: "otherwiki", API: "https://other.example/api.php", User: "ExampleBot", Login: "ExampleBot@steward",
		Auth: BotPassword, Source: Stream, ConfigPage: "User:ExampleBot/config.json", ConfigRights: DefaultConfigRights(),
	}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	w := got.Wikis[0]
	if diff := cmp.Diff([]string{"User:Example bot/stop", "User:Example bot/config report"},
		[]string{w.StopPage(), w.ReportPage()}); diff != "" {
		t.Errorf("pages (-want +got)\n%s", diff)
	}
}

func TestWikisFileNamesWhatIsOnlyRead(t *testing.T) {
	path := writeFile(t, `{"wikis": [{"wiki": "metawiki", "api": "https://meta.wikimedia.org/w/api.php", "user": "ExampleBot"}],
		"read": [{"wiki": "mediawikiwiki", "api": "https://www.mediawiki.org/w/api.php"}],
		"toolhub": "https://toolhub.wikimedia.org/api", "striker": "https://toolsadmin.wikimedia.org/toolinfo.json", "list": "stewards.csv"}`, 0o644)
	got, err := ReadProcess(path)
	if err != nil {
		t.Fatal(err)
	}
	want := Process{
		Wikis: got.Wikis, Read: []ReadWiki{{Wiki: "mediawikiwiki", API: "https://www.mediawiki.org/w/api.php"}},
		Toolhub: "https://toolhub.wikimedia.org/api/", Striker: "https://toolsadmin.wikimedia.org/toolinfo.json",
		List: filepath.Join(filepath.Dir(path), "stewards.csv"),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestWikisFileProblems(t *testing.T) {
	for _, test := range []struct {
		name, text string
		said       []string
	}{
		{"empty", "", []string{"the file is empty"}},
		{"no wikis", `{"wikis": []}`, []string{"the list is empty"}},
		{"several at once", `{"wikis": [{"wiki": "meta.wiki", "api": "meta.wikimedia.org", "user": "User:A", "pasword_file": "x"}]}`, []string{
			`$.wikis[0].wiki: "meta.wiki" is not a database name`, "$.wikis[0].api: this is not the address of an api.php",
			"write the user name without the namespace", `did you mean "password_file"?`}},
		{"a password in the file", `{"wikis": [{"wiki": "a", "api": "https://a/api.php", "user": "A", "password": "x"}]}`, []string{"$.wikis[0].password: unknown key"}},
		{"a password in the address", `{"wikis": [{"wiki": "a", "api": "https://u:p@a/api.php", "user": "A"}]}`, []string{"not the address"}},
		{"one wiki twice", `{"wikis": [{"wiki": "a", "api": "https://a/api.php", "user": "A"},
			{"wiki": "a", "api": "https://b/api.php", "user": "A"}]}`, []string{"line 2, column 13, $.wikis[1].wiki: this wiki is listed twice, the first time on line 1"}},
		{"two wikis with one variable", `{"wikis": [{"wiki": "a-b", "api": "https://a/api.php", "user": "A"},
			{"wiki": "a_b", "api": "https://b/api.php", "user": "A"}]}`, []string{"CODESTEWARD_PASSWORD_A_B"}},
		{"no way to log in, and names that are no pages", `{"wikis": [{"wiki": "a", "api": "https://a/api.php", "user": "A", "auth": "oauth", "deny": ["A#b", ""]},
			{"wiki": "b", "api": "https://b/api.php", "user": "A", "login": "A@b", "auth": "oauth1"}]}`, []string{
			`$.wikis[0].auth: "oauth" is not a name for this; did you mean "oauth2"? Allowed: "bot-password", "oauth2", "oauth1"`,
			"$.wikis[0].deny[0]: \"#\" cannot be in a page title", "$.wikis[0].deny[1]: the page title is empty",
			`$.wikis[1].login: with "auth": "oauth1" nobody logs in`}},
		{"a source that is none", `{"wikis": [{"wiki": "a", "api": "https://a/api.php", "user": "A", "source": "polls"}]}`, []string{
			`$.wikis[0].source: "polls" is not a name for this; did you mean "poll"? Allowed: "stream", "poll"`}},
		{"a wiki to read that is served, and one twice", `{"wikis": [{"wiki": "a", "api": "https://a/api.php", "user": "A"}],
			"read": [{"wiki": "a", "api": "https://a/api.php"}, {"wiki": "b", "api": "https://b/api.php"}, {"wiki": "b", "api": "https://c/api.php"}]}`, []string{
			"$.read[0].wiki: the bot serves this wiki (line 1)", "$.read[2].wiki: this wiki is listed twice, the first time on line 2"}},
		{"addresses and files that are none", `{"wikis": [{"wiki": "a", "api": "https://a/api.php", "user": "A"}],
			"toolhub": "toolhub.wikimedia.org", "striker": "https://u:p@a/", "list": "stewards.txt", "read": [{"wiki": "b"}]}`, []string{
			"$.toolhub: this is not an address", "$.striker: this is not an address", "$.list: the name of this file must end in .json or .csv",
			`$.read[0]: "api" is missing here: address of its api.php, such as "https://www.mediawiki.org/w/api.php"`}},
		{"no right is enough", `{"wikis": [{"wiki": "a", "api": "https://a/api.php", "user": "A", "config_rights": []}]}`, []string{"the list is empty"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := writeFile(t, test.text, 0o644)
			got, err := ReadProcess(path)
			if err == nil {
				t.Fatalf("took %+v", got)
			}
			for _, said := range append(test.said, path) {
				if !strings.Contains(err.Error(), said) {
					t.Errorf("%q is not in\n%s", said, err)
				}
			}
		})
	}
	if _, err := ReadProcess(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}

func TestPasswordSources(t *testing.T) {
	file := writeFile(t, "from file\n", 0o600)
	for _, test := range []struct {
		name, file string
		env        map[string]string
		want       string
	}{
		{"the wiki's own variable wins", file, map[string]string{"CODESTEWARD_PASSWORD_METAWIKI": "own", "CODESTEWARD_PASSWORD": "shared"}, "own"},
		{"then the shared one", file, map[string]string{"CODESTEWARD_PASSWORD_TESTWIKI": "other", "CODESTEWARD_PASSWORD": "shared"}, "shared"},
		{"then the file", file, nil, "from file"},
		{"an empty variable is none", file, map[string]string{"CODESTEWARD_PASSWORD": ""}, "from file"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := Wiki{Wiki: "metawiki", PasswordFile: test.file}.Password(func(name string) string { return test.env[name] })
			if err != nil || got != test.want {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

func TestPasswordFilesThatAreRefused(t *testing.T) {
	for _, test := range []struct{ name, file, said string }{
		{"none named", "", "set CODESTEWARD_PASSWORD_METAWIKI or CODESTEWARD_PASSWORD"},
		{"missing", filepath.Join(t.TempDir(), "none"), "no such file"},
		{"a folder", t.TempDir(), "is not a file"},
		{"the group can read it", writeFile(t, "topsecret", 0o640), "mode 0640"},
		{"others can read it", writeFile(t, "topsecret", 0o604), "mode 0604"},
		{"others can write it", writeFile(t, "topsecret", 0o602), "mode 0602"},
		{"empty", writeFile(t, "\n", 0o600), "is empty"},
		{"two lines", writeFile(t, "topsecret\nmore\n", 0o600), "more than one line"},
		{"too big", writeFile(t, strings.Repeat("x", maxPasswordBytes+1), 0o600), "more than one line"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := Wiki{Wiki: "metawiki", PasswordFile: test.file}.Password(func(string) string { return "" })
			if err == nil || got != "" || !strings.Contains(err.Error(), test.said) {
				t.Fatalf("got %q, %v", got, err)
			}
			if strings.Contains(err.Error(), "topsecret") {
				t.Errorf("the error tells the secret: %v", err)
			}
		})
	}
}
