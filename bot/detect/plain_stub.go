// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the place of plain names until they have their own.

package detect

func plainNames(*page) []reference { return nil }
