package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"syscall"
)

// Show writes an address for messages and logs: without credentials, and
// without the query, which may hold a key.
func Show(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "the address that starts with “" + start(address) + "”"
	}
	u.User = nil
	if u.RawQuery != "" {
		u.RawQuery = "…"
	}
	u.Fragment, u.RawFragment = "", ""
	return u.String()
}

// start is the scheme of an address that cannot be parsed; more could be a secret.
func start(address string) string {
	if scheme, _, ok := strings.Cut(address, "://"); ok && len(scheme) < 10 {
		return scheme + "://"
	}
	return string([]rune(address)[:min(4, len([]rune(address)))])
}

// explain puts a network error into words, without the address that Go's
// errors carry, credentials included.
func explain(err error) error {
	var ue *url.Error
	if errors.As(err, &ue) {
		err = ue.Err
	}
	var (
		dns  *net.DNSError
		cert *tls.CertificateVerificationError
		name x509.HostnameError
		op   *net.OpError
	)
	switch {
	case errors.Is(err, ErrPrivate):
		if errors.As(err, &op) {
			err = op.Err
		}
		return fmt.Errorf("the host leads to a place inside the network: %w; private addresses are read only if the configuration allows them", err)
	case errors.Is(err, context.Canceled):
		return context.Canceled
	case errors.As(err, &dns) && dns.IsNotFound:
		return fmt.Errorf("no host of the name %q: is the address spelt right?", dns.Name)
	case errors.As(err, &dns):
		return fmt.Errorf("the name %q could not be looked up: %s", dns.Name, dns.Err)
	case errors.Is(err, syscall.ECONNREFUSED):
		return errors.New("the host refuses connections")
	case errors.Is(err, syscall.ECONNRESET):
		return errors.New("the host hung up")
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		return errors.New("the host cannot be reached from here")
	case errors.As(err, &name):
		return fmt.Errorf("its certificate belongs to another host: %w", err)
	case errors.As(err, &cert):
		return fmt.Errorf("its certificate is not valid: %w", cert.Err)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the host hung up before the answer was complete")
	}
	return err
}
