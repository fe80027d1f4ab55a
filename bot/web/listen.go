// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the server: how long it waits for whom, and how it ends.

package web

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"
)

const (
	// farewell is how long answers that were begun may take when the server ends.
	farewell = 3 * time.Second
	// maxHeader is more than any browser sends to a site without cookies.
	maxHeader = 16 << 10
)

// Serve answers until ctx ends, which is no error; then it takes no new request,
// and lets those that were begun end within 3 s.
func Serve(ctx context.Context, l net.Listener, h http.Handler) error {
	server := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      answerTime + 20*time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    maxHeader,
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), farewell)
	defer cancel()
	if err := server.Shutdown(bounded); err != nil {
		server.Close() // whoever is still answered has had their time
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Beside answers with the site, and for the paths of machines with the handler
// that Handler returns.
func Beside(machines, site http.Handler) http.Handler {
	mux := http.NewServeMux()
	for _, path := range []string{"/metrics", "/healthz", "/readyz"} {
		mux.Handle(path, machines)
	}
	mux.Handle("/", site)
	return mux
}
