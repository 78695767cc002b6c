package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"folkmoot/internal/config"
)

type healthcheckCmd struct{}

// Run asks the server on this machine whether it can serve.
func (*healthcheckCmd) Run(e *env, c config.Config) error {
	_, port, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return failure{exitUnusable, fmt.Errorf("--addr: %w", err)}
	}
	ctx, cancel := context.WithTimeout(e.ctx, 4*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort("127.0.0.1", port)+"/readyz", nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("the server does not answer: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("the server is not ready: %s", res.Status)
	}
	return nil
}
