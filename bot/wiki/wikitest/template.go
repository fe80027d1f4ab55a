// SPDX-License-Identifier: GPL-3.0-or-later

//go:build unix

// This file holds the installed, empty wiki that new wikis are copied from. It is made once for a version of MediaWiki
// and PHP and kept in the temporary folder, because an installation takes as long as a dozen tests.

package wikitest

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

//go:embed settings.php
var settings string

// extensions are those of the Debian package that matter to us or to the look of a wiki.
var extensions = []string{
	"AbuseFilter", "Cite", "CodeEditor", "ConfirmEdit", "Gadgets", "InputBox", "ParserFunctions", "Renameuser",
	"Scribunto", "SpamBlacklist", "SyntaxHighlight_GeSHi", "TemplateData", "TitleBlacklist", "WikiEditor",
}

const install = "install MediaWiki and PHP: run .ci/setup, or on Debian and Ubuntu " +
	"apt-get install --no-install-recommends mediawiki php-cli php-sqlite3 php-mbstring php-xml php-intl php-curl diffutils"

// Root returns the folder with MediaWiki's code: the environment variable MW_INSTALL_PATH, which MediaWiki's own
// scripts know too, or the place where the Debian package puts it.
func Root() string {
	if dir := os.Getenv("MW_INSTALL_PATH"); dir != "" {
		return dir
	}
	return "/usr/share/mediawiki"
}

// template is an installed wiki without a name and address.
type template struct {
	dir     string // db/*.sqlite and l10n/*.php
	opcache string // compiled PHP, shared by all wikis
}

// findTemplate returns the template for the MediaWiki and PHP of this machine, and makes it if it is not there.
func findTemplate(ctx context.Context) (*template, error) {
	key, err := templateKey()
	if err != nil {
		return nil, err
	}
	base := filepath.Join(os.TempDir(), fmt.Sprintf("codesteward-wikitest-%d", os.Getuid()))
	if err := privateDir(base); err != nil {
		return nil, err
	}
	t := &template{dir: filepath.Join(base, key), opcache: filepath.Join(base, "opcache")}
	if err := privateDir(t.opcache); err != nil {
		return nil, err
	}
	// PHP must not keep compiled copies of files that exist for one test only.
	// Of a file with two classes, which is asked for seldom, the copy at times lacks
	// one.
	skip := "*/LocalSettings.php\n" + filepath.Join(Root(), "vendor", "wikimedia", "cssjanus") + "\n"
	if err := os.WriteFile(t.blacklist(), []byte(skip), 0o600); err != nil {
		return nil, fmt.Errorf("write list for opcache: %w", err)
	}
	if _, err := os.Stat(t.dir); err == nil {
		return t, nil
	}
	return t, t.make(ctx, base)
}

// templateKey names the versions that a template depends on.
func templateKey() (string, error) {
	version, err := os.ReadFile(filepath.Join(Root(), "includes", "Defines.php"))
	if err != nil {
		return "", fmt.Errorf("%s (%w)", install, err)
	}
	php, err := exec.LookPath("php")
	if err != nil {
		return "", fmt.Errorf("%s (%w)", install, err)
	}
	if php, err = filepath.EvalSymlinks(php); err != nil {
		return "", fmt.Errorf("find php: %w", err)
	}
	info, err := os.Stat(php)
	if err != nil {
		return "", fmt.Errorf("find php: %w", err)
	}
	h := sha256.New()
	fmt.Fprintln(h, Root(), php, info.Size(), info.ModTime().UnixNano(), extensions, settings, adminPassword)
	h.Write(version)
	return hex.EncodeToString(h.Sum(nil)[:8]), nil
}

// privateDir makes a folder that only we can write to, and refuses one that somebody else has put there.
func privateDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make folder for wiki templates: %w", err)
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return fmt.Errorf("make folder for wiki templates: %w", err)
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.IsDir() || int(owner.Uid) != os.Getuid() || info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("the folder %s is not ours alone: remove it, or set TMPDIR", dir)
	}
	return nil
}

// make installs a wiki in a folder beside t.dir and moves it there. Of several processes that do so at once, one wins.
func (t *template) make(ctx context.Context, base string) error {
	build, err := os.MkdirTemp(base, "build-")
	if err != nil {
		return fmt.Errorf("make wiki template: %w", err)
	}
	defer os.RemoveAll(build)

	w := &Wiki{DB: "template", URL: "http://127.0.0.1", dir: build}
	php := func(args ...string) error {
		out, err := w.php(ctx, t, args...)
		if err != nil {
			return fmt.Errorf("make wiki template: %w\n%s", err, out)
		}
		return nil
	}
	script := func(name string) string { return filepath.Join(Root(), "maintenance", name) }
	db := filepath.Join(build, "db")
	if err := php(script("install.php"), "--dbtype", "sqlite", "--dbpath", db, "--dbname", w.DB, "--server", w.URL,
		"--scriptpath", "", "--pass", adminPassword, "--confpath", build, "--extensions", strings.Join(extensions, ","),
		"Template", "Admin"); err != nil {
		return err
	}
	if err := os.Rename(filepath.Join(db, w.DB+"_jobqueue.sqlite"), filepath.Join(db, "jobqueue.sqlite")); err != nil {
		return fmt.Errorf("make wiki template: %w", err)
	}
	if err := os.Remove(filepath.Join(db, w.DB+"_l10n_cache.sqlite")); err != nil {
		return fmt.Errorf("make wiki template: %w", err)
	}
	if err := os.Mkdir(filepath.Join(build, "l10n"), 0o700); err != nil {
		return fmt.Errorf("make wiki template: %w", err)
	}
	if err := w.writeSettings(Options{Sitename: "Template"}); err != nil {
		return err
	}
	// The first script fills the localisation cache, the session store and the compiled PHP.
	if err := php(script("createAndPromote.php"), "--force", "--custom-groups=interface-admin", "Admin"); err != nil {
		return err
	}
	const wal = `foreach ( glob( $argv[1] . "/*.sqlite" ) as $f ) { ( new PDO( "sqlite:$f" ) )->query( "PRAGMA journal_mode=WAL" ); }`
	if err := php("-r", wal, db); err != nil {
		return err
	}
	if err := os.Rename(build, t.dir); err != nil && !errors.Is(err, syscall.ENOTEMPTY) && !errors.Is(err, os.ErrExist) {
		return fmt.Errorf("make wiki template: %w", err)
	}
	return nil
}

// copyTo puts a wiki called db into dir, unless there is one already.
func (t *template) copyTo(dir, db string) error {
	to := filepath.Join(dir, "db")
	if _, err := os.Stat(filepath.Join(to, db+".sqlite")); err == nil {
		return nil
	}
	for _, d := range []string{to, filepath.Join(dir, "l10n")} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return fmt.Errorf("copy wiki template: %w", err)
		}
	}
	files, err := filepath.Glob(filepath.Join(t.dir, "db", "*.sqlite"))
	if err != nil {
		return fmt.Errorf("copy wiki template: %w", err)
	}
	for _, from := range files {
		name := filepath.Base(from)
		if name == "template.sqlite" {
			name = db + ".sqlite"
		}
		if err := copyFile(from, filepath.Join(to, name)); err != nil {
			return fmt.Errorf("copy wiki template: %w", err)
		}
	}
	// Links, not copies: then all wikis share what PHP compiled. MediaWiki replaces a file that it renews, so a wiki
	// with other extensions gets its own.
	languages, err := filepath.Glob(filepath.Join(t.dir, "l10n", "*.php"))
	if err != nil {
		return fmt.Errorf("copy wiki template: %w", err)
	}
	for _, from := range languages {
		if err := os.Symlink(from, filepath.Join(dir, "l10n", filepath.Base(from))); err != nil && !errors.Is(err, os.ErrExist) {
			return fmt.Errorf("copy wiki template: %w", err)
		}
	}
	return nil
}

func copyFile(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	_, err = io.Copy(out, in)
	return err
}

// blacklist is the file that names what PHP does not compile ahead.
func (t *template) blacklist() string { return filepath.Join(t.opcache, "blacklist") }

// phpOptions are the settings for every PHP process of a wiki: compiled code is kept on disk, which saves a quarter of
// a second on the first request.
func (t *template) phpOptions() []string {
	return []string{
		"-d", "opcache.enable=1", "-d", "opcache.enable_cli=1", "-d", "opcache.file_cache=" + t.opcache,
		"-d", "opcache.blacklist_filename=" + t.blacklist(), "-d", "memory_limit=512M",
		"-d", "display_errors=stderr", "-d", "log_errors=0", "-d", "variables_order=GPCS",
	}
}

// php runs PHP with args for this wiki and returns what it printed.
func (w *Wiki) php(ctx context.Context, t *template, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "php", append(t.phpOptions(), args...)...)
	cmd.Env = w.environ()
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return out.String(), fmt.Errorf("php %s: %w", filepath.Base(args[0]), err)
	}
	return out.String(), nil
}

// environ is the environment of PHP: ours, with the wiki's settings file if it is there yet.
func (w *Wiki) environ() []string {
	env := os.Environ()
	if _, err := os.Stat(w.settingsFile()); err == nil {
		env = append(env, "MW_CONFIG_FILE="+w.settingsFile())
	}
	return env
}

func (w *Wiki) settingsFile() string { return filepath.Join(w.dir, "LocalSettings.php") }
