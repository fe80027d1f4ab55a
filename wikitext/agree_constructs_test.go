// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds a text for each construct that is easily read wrong.

package wikitext

func constructs() []page { return nil }
