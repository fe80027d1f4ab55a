// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what happens when the wiki says no.

package publish

import (
	"context"
	"errors"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
)

// noError is the class of errors that are not the wiki's.
const noError wiki.Class = -1

func classOf(err error) wiki.Class {
	var e *wiki.Error
	if errors.As(err, &e) {
		return e.Class
	}
	return noError
}

// refusal turns an error of the wiki into an outcome. One that says that the
// account may not write at all ends all writing until the next start; one that
// says that the wiki does not know the account comes back.
func (p *Publisher) refusal(ctx context.Context, err error) (Outcome, error) {
	if ctx.Err() != nil {
		return Outcome{}, ctx.Err()
	}
	class := classOf(err)
	if class == wiki.Identity {
		return Outcome{}, err
	}
	if class == wiki.Halt {
		p.halted = "the wiki does not let the bot's account write: " + err.Error()
		p.Log.Error().Err(err).Msg("all writes on this wiki stop; restart the bot once this is mended")
		return Outcome{Result: Halted, Reason: p.halted}, nil
	}
	return Outcome{Result: Refused, Reason: err.Error()}, nil
}
