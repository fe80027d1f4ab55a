// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds where the secret that the bot logs in with comes from.

package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// SharedPasswordVariable is the environment variable with the password for all
// wikis that have none of their own.
const SharedPasswordVariable = "CODESTEWARD_PASSWORD"

// maxPasswordBytes is far more than any password; a bigger file is another one.
const maxPasswordBytes = 4096

// PasswordVariable is the environment variable with the password for this wiki
// alone: CODESTEWARD_PASSWORD_METAWIKI for metawiki.
func (w Wiki) PasswordVariable() string {
	return SharedPasswordVariable + "_" + strings.ToUpper(strings.ReplaceAll(w.Wiki, "-", "_"))
}

// Password returns the secret that the bot logs in with: from the wiki's own
// variable, else from the one for all wikis, else from the password file. It is
// an error when none of them has one, and when the file can be read by anybody
// but its owner. The error never holds the secret.
func (w Wiki) Password(getenv func(string) string) (string, error) {
	for _, variable := range []string{w.PasswordVariable(), SharedPasswordVariable} {
		if password := getenv(variable); password != "" {
			return password, nil
		}
	}
	if w.PasswordFile == "" {
		return "", fmt.Errorf("no password for %s: set %s or %s, or name a password_file", w.Wiki, w.PasswordVariable(), SharedPasswordVariable)
	}
	password, err := readPassword(w.PasswordFile)
	if err != nil {
		return "", fmt.Errorf("read password file of %s: %w", w.Wiki, err)
	}
	return password, nil
}

// readPassword reads a file with one secret. The rights are those of the file
// that is then read, so that it cannot be swapped in between.
func readPassword(path string) (password string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() {
		return "", fmt.Errorf("%s is not a file", path)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return "", fmt.Errorf("%s can be read or written by others (mode %04o); run chmod 600 on it", path, mode)
	}
	secret, err := io.ReadAll(io.LimitReader(f, maxPasswordBytes+1))
	if err != nil {
		return "", err
	}
	password = strings.TrimRight(string(secret), "\r\n")
	switch {
	case len(secret) > maxPasswordBytes || strings.ContainsAny(password, "\r\n\x00"):
		return "", fmt.Errorf("%s holds more than one line with a password", path)
	case password == "":
		return "", fmt.Errorf("%s is empty", path)
	}
	return password, nil
}
