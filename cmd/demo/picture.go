// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the pictures of the demo's pages, taken in a real browser.

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// pictures are the pages to take, by file name, with the window's height.
var pictures = []struct {
	file, title string
	height      int
}{
	{"gadgets.png", gadgetsPage, 560},
	{"extensions.png", extensionsPage, 1180},
	{"noticeboard.png", boardPage, 620},
	{"report.png", reportPage, 480},
}

// takePictures has a headless Chromium show the pages.
func (s *stage) takePictures(ctx context.Context, dir string) error {
	browser, err := exec.LookPath("chromium")
	if err != nil {
		return fmt.Errorf("take pictures: install the package chromium: %w", err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, p := range pictures {
		cmd := exec.CommandContext(ctx, browser,
			"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
			"--disable-background-networking", "--disable-component-update", "--disable-sync",
			"--user-data-dir="+s.file("chromium"), "--virtual-time-budget=5000",
			fmt.Sprintf("--window-size=1200,%d", p.height),
			"--screenshot="+filepath.Join(dir, p.file), s.wiki.Page(p.title))
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("take a picture of %s: %w\n%s", p.title, err, out)
		}
		s.say("Picture of %s: %s", p.title, filepath.Join(dir, p.file))
	}
	return nil
}
