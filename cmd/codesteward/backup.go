// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the backup and restore commands.

package main

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

type backupCmd struct {
	stateFlags `embed:""`
	File       string `arg:"" help:"The file to write, compressed with gzip; it must not be there yet. \"-\" is standard output."`
}

// Run writes the backup beside its place first, so that what stands there is
// whole.
func (c *backupCmd) Run(p *program) (err error) {
	reg, err := c.open(p)
	if err != nil {
		return err
	}
	defer reg.Close()
	if c.File == "-" {
		return backUp(p, reg, p.stdout)
	}
	if _, err := os.Lstat(c.File); !errors.Is(err, fs.ErrNotExist) {
		return &exitError{code: exitUsage, err: fmt.Errorf("back up to %s: there is something already; name another file", c.File)}
	}
	temp, err := os.CreateTemp(filepath.Dir(c.File), ".codesteward-backup-") // that only its owner can read
	if err != nil {
		return fmt.Errorf("back up to %s: %w", c.File, err)
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("back up to %s: %w", c.File, errors.Join(err, temp.Close(), os.Remove(temp.Name())))
		}
	}()
	if err := backUp(p, reg, temp); err != nil {
		return err
	}
	if err := temp.Sync(); err != nil {
		return err
	}
	if err := os.Rename(temp.Name(), c.File); err != nil {
		return err
	}
	return temp.Close()
}

func backUp(p *program, reg *registry.Registry, to io.Writer) error {
	packed := gzip.NewWriter(to)
	return errors.Join(reg.Backup(p.ctx, packed), packed.Close())
}

type restoreCmd struct {
	stateFlags `embed:""`
	File       string `arg:"" help:"The backup. \"-\" is standard input."`
}

// Run brings a backup into a store that is empty or not there yet.
func (c *restoreCmd) Run(p *program) error {
	from := p.stdin
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return &exitError{code: exitUsage, err: fmt.Errorf("restore: %w", err)}
		}
		defer f.Close()
		from = f
	}
	unpacked, err := gzip.NewReader(from)
	if err != nil {
		return fmt.Errorf("restore from %s: this is no backup: %w", c.File, err)
	}
	reg, err := registry.Restore(p.ctx, c.DB, unpacked)
	if err != nil {
		return err
	}
	return reg.Close()
}
