// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the comparison of links and sections.

package wikitext

func linkDifference(d *Document, a *answer) string { return "" }
