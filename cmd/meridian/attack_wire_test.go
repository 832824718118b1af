package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestAttackWire sends bytes that no client library sends to the server as it
// runs: it answers or hangs up, and goes on serving.
func TestAttackWire(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := ln.Addr().String()
	tg := newTarget(t, "http://"+addr)
	srv := newServer(tg)
	srv.ReadHeaderTimeout = 300 * time.Millisecond // as the real one, sooner
	done := make(chan error, 1)
	go func() { done <- srv.Serve(ln) }()
	t.Cleanup(func() { _ = srv.Close(); <-done })
	// ask sends bytes and returns the status line that comes back, "" when
	// the server hangs up.
	ask := func(send string) string {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
		_, _ = io.WriteString(conn, send)
		line, err := bufio.NewReader(conn).ReadString('\n')
		if ne, ok := err.(net.Error); ok && ne.Timeout() {
			t.Errorf("%.60q: the server neither answers nor hangs up", send)
		}
		return strings.TrimSpace(line)
	}
	host := "Host: " + addr + "\r\n"
	for _, tt := range []struct{ name, send, want string }{
		{"headers too large", "GET /en/ HTTP/1.1\r\n" + host + "X: " + strings.Repeat("a", 64<<10) + "\r\n\r\n", "431"},
		{"many headers", "GET /en/ HTTP/1.1\r\n" + host + strings.Repeat("X: a\r\n", 20_000) + "\r\n", "431"},
		{"address too long", "GET /" + strings.Repeat("a", 64<<10) + " HTTP/1.1\r\n" + host + "\r\n", "431"},
		{"no host", "GET /en/ HTTP/1.1\r\n\r\n", "400"},
		{"two hosts", "GET /en/ HTTP/1.1\r\n" + host + "Host: evil.invalid\r\n\r\n", "400"},
		{"another host in the address", "GET http://evil.invalid/en/ HTTP/1.1\r\n" + host + "\r\n", "421"},
		{"as a proxy", "CONNECT evil.invalid:443 HTTP/1.1\r\nHost: evil.invalid:443\r\n\r\n", "421"},
		{"trace", "TRACE /en/ HTTP/1.1\r\n" + host + "Cookie: a=b\r\n\r\n", "405"},
		{"asterisk", "OPTIONS * HTTP/1.1\r\n" + host + "\r\n", "200"},
		{"two lengths", "POST /admin/sign-in HTTP/1.1\r\n" + host + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", "400"},
		{"chunks after chunks", "POST /admin/sign-in HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", "501"},
		{"coding in disguise", "POST /admin/sign-in HTTP/1.1\r\n" + host + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", "400"},
		{"folded header", "GET /en/ HTTP/1.1\r\n" + host + "X: a\r\n b\r\nX-Y\x00: c\r\n\r\n", "400"},
		{"control characters in the address", "GET /en/\x01\x02 HTTP/1.1\r\n" + host + "\r\n", "400"},
		{"no HTTP", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", ""},
		{"slow headers", "GET /en/ HTTP/1.1\r\nHost:", ""},
		{"more than it says", "POST /admin/sign-in HTTP/1.1\r\n" + host + "Content-Length: 9999999999\r\n\r\na=b", "403"},
		{"HTTP/0.9", "GET /en/\r\n\r\n", "400"},
	} {
		got := ask(tt.send)
		if tt.want == "" && (got == "" || strings.Contains(got, " 4")) {
			continue
		}
		if !strings.HasPrefix(got, "HTTP/1.1 "+tt.want) && !strings.HasPrefix(got, "HTTP/1.0 "+tt.want) {
			t.Errorf("%s: %q, want %s", tt.name, got, tt.want)
		}
	}
	// One request smuggled in the body of another is not answered.
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	inner := "GET /en/smuggled HTTP/1.1\r\n" + host + "\r\n"
	fmt.Fprintf(conn, "GET /en/ HTTP/1.1\r\n%sContent-Length: %d\r\nConnection: close\r\n\r\n%s", host, len(inner), inner)
	all, _ := io.ReadAll(conn)
	if n := strings.Count(string(all), "HTTP/1.1 "); n != 1 {
		t.Errorf("%d answers to one request", n)
	}
	res, err := http.Get("http://" + addr + "/en/")
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("after all that: %v, %v", res, err)
	}
	_ = res.Body.Close()
	for name := range res.Header {
		if name == "Server" || name == "Set-Cookie" {
			t.Errorf("header %s: %q", name, res.Header[name])
		}
	}
}
