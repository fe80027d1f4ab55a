// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the client.

package wiki

import (
	"context"
	"errors"
	"time"
)

type Client struct{ cfg Config }
type Editor struct{ c *Client }
type Metrics struct{}

var errTODO = errors.New("not built yet")

func New(cfg Config) (*Client, error)                                              { return &Client{cfg: cfg}, nil }
func (c *Client) Login(ctx context.Context) error                                  { return errTODO }
func (c *Client) Get(ctx context.Context, params map[string]string, out any) error { return errTODO }
func (c *Client) Page(ctx context.Context, title string) (Page, error)             { return Page{}, errTODO }
func (c *Client) Revisions(ctx context.Context, ids ...int64) (map[int64]Revision, error) {
	return nil, errTODO
}
func (c *Client) History(ctx context.Context, title string, after int64) ([]Revision, error) {
	return nil, errTODO
}
func (c *Client) Site(ctx context.Context) (Site, error)                  { return Site{}, errTODO }
func (c *Client) UserInfo(ctx context.Context, name string) (User, error) { return User{}, errTODO }
func (c *Client) Trouble() (since time.Time, reason string)               { return }
func NewEditor(c *Client) *Editor                                         { return &Editor{c} }
func (e *Editor) Save(ctx context.Context, edit Edit) (Saved, error)      { return Saved{}, errTODO }
