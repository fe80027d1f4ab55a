// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how the run command reads events from Kafka instead of
// EventStreams.

package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"

	"github.com/rs/zerolog"
	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/events/kafka"
)

// envKafkaPassword names the variable with the password for the brokers. It is
// known as one for all that begins like that of the wikis is.
const envKafkaPassword = envPassword + "_KAFKA"

// kafkaFlags are those of a command that may read from Kafka.
type kafkaFlags struct {
	Kafka      []string `placeholder:"HOST:PORT,…" help:"Kafka brokers to read the topics of the streams from, in place of the event streams; for those who run inside a cluster that has them."`
	KafkaGroup string   `help:"Consumer group to be in while reading; with several shards, the number of the shard is added to it. None if empty. The position is always the registry's."`
	KafkaTLS   bool     `name:"kafka-tls" help:"Encrypt the connections to the brokers."`
	KafkaCA    string   `name:"kafka-ca" placeholder:"FILE" help:"Certificates that the brokers' ones are checked with, in PEM; the system's if empty. Encrypts."`
	KafkaCert  string   `placeholder:"FILE" help:"Certificate to show to the brokers, in PEM, with --kafka-key. Encrypts."`
	KafkaKey   string   `placeholder:"FILE" help:"Private key of --kafka-cert, in PEM."`
	KafkaUser  string   `help:"User name for the brokers; the password is in $${CODESTEWARD_PASSWORD_KAFKA}."`
	KafkaSASL  string   `name:"kafka-sasl" default:"scram-sha-512" enum:"plain,scram-sha-256,scram-sha-512" help:"How to log in to the brokers with --kafka-user: plain, scram-sha-256 or scram-sha-512."`
}

// stream makes the transport of a stream one that reads from Kafka, if that was
// asked for. The error is one of usage.
func (f kafkaFlags) stream(c events.Config, shard int, getenv func(string) string, log zerolog.Logger) (events.Config, error) {
	if len(f.Kafka) == 0 {
		return c, nil
	}
	encryption, err := f.encryption()
	if err != nil {
		return c, err
	}
	login, err := f.login(getenv)
	if err != nil {
		return c, err
	}
	group := f.KafkaGroup
	if group != "" && shard > 0 {
		group = fmt.Sprintf("%s-%d", group, shard)
	}
	brokers := kafka.New(kafka.Config{Addresses: f.Kafka, Group: group, TLS: encryption, SASL: login, Log: log})
	c.URL, c.Transport = brokers.URL(), brokers
	return c, nil
}

func (f kafkaFlags) encryption() (*tls.Config, error) {
	if !f.KafkaTLS && f.KafkaCA == "" && f.KafkaCert == "" {
		return nil, nil
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if f.KafkaCA != "" {
		text, err := os.ReadFile(f.KafkaCA)
		if err != nil {
			return nil, fmt.Errorf("read the certificates of the brokers: %w", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("read the certificates of the brokers: there is none in %s", f.KafkaCA)
		}
	}
	if f.KafkaCert != "" {
		own, err := tls.LoadX509KeyPair(f.KafkaCert, f.KafkaKey)
		if err != nil {
			return nil, fmt.Errorf("read the certificate for the brokers: %w", err)
		}
		c.Certificates = []tls.Certificate{own}
	}
	return c, nil
}

func (f kafkaFlags) login(getenv func(string) string) (sasl.Mechanism, error) {
	if f.KafkaUser == "" {
		return nil, nil
	}
	password := getenv(envKafkaPassword)
	if password == "" {
		return nil, errors.New("the user name for the brokers needs a password in " + envKafkaPassword)
	}
	switch f.KafkaSASL {
	case "plain":
		return plain.Auth{User: f.KafkaUser, Pass: password}.AsMechanism(), nil
	case "scram-sha-256":
		return scram.Auth{User: f.KafkaUser, Pass: password}.AsSha256Mechanism(), nil
	}
	return scram.Auth{User: f.KafkaUser, Pass: password}.AsSha512Mechanism(), nil
}
