// A complete receiver of Fleethook's webhooks in Go 1.22 or later, without dependencies: WEBHOOK_SECRETS=... go run receiver.go
// It speaks HTTP: put it behind whatever ends TLS. See ../receivers.md.
package main

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

const maxBodyBytes, maxSeen = 1 << 20, 100_000

var keys, mutex = [][]byte{}, sync.Mutex{}
var tolerance, _ = time.ParseDuration(cmp.Or(os.Getenv("TOLERANCE_SECONDS"), "300") + "s")
var seen, before = map[string]bool{}, map[string]bool{} // Two generations: the older one is forgotten when the newer is full.

// Constant time for each pair of a key and a signature given.
func anyFits(given []string, decode func(string) ([]byte, error), prefix string, body []byte) (fits bool) {
	for _, key := range keys {
		mac := hmac.New(sha256.New, key)
		mac.Write(append([]byte(prefix), body...))
		for _, text := range given {
			signature, err := decode(strings.TrimPrefix(text, "v1,"))
			fits = (err == nil && hmac.Equal(signature, mac.Sum(nil))) || fits
		}
	}
	return fits
}

func isRecent(at time.Time) bool { return max(time.Since(at), -time.Since(at)) <= tolerance }

// Either signature is enough: Peridio's, or that of Standard Webhooks. A time that cannot be read is that of the year 1 or 1970.
func isSigned(header http.Header, body []byte) bool {
	published, timestamp := header.Get("peridio-published-at"), header.Get("webhook-timestamp")
	at, _ := time.Parse(time.RFC3339, published)
	peridio := isRecent(at) && anyFits(strings.Split(header.Get("peridio-signature"), ","), hex.DecodeString, published, body)
	seconds, _ := strconv.ParseInt(timestamp, 10, 64)
	prefix, decode := header.Get("webhook-id")+"."+timestamp+".", base64.StdEncoding.DecodeString
	return peridio || isRecent(time.Unix(seconds, 0)) && anyFits(strings.Fields(header.Get("webhook-signature")), decode, prefix, body)
}

func statusOf(header http.Header, body []byte, err error) int {
	var event struct{ Prn string }
	mutex.Lock()
	defer mutex.Unlock()
	switch {
	case err != nil:
		return http.StatusRequestEntityTooLarge
	case len(keys) == 0 && header.Get("fleethook-event") == "webhook.test_fire":
		return http.StatusOK // The secret is shown only after the first test fire, which therefore cannot be verified.
	case len(keys) == 0:
		return http.StatusServiceUnavailable // It is sent again.
	case !isSigned(header, body):
		return http.StatusUnauthorized
	case json.Unmarshal(body, &event) != nil || event.Prn == "":
		return http.StatusBadRequest
	case seen[event.Prn] || before[event.Prn]:
		fmt.Println("duplicate", event.Prn)
	default:
		fmt.Println("event", event.Prn) // Here: into a queue of yours.
		if seen[event.Prn] = true; len(seen) >= maxSeen {
			seen, before = map[string]bool{}, seen
		}
	}
	return http.StatusOK
}

func main() {
	// As 32 hex digits; old and new, separated by a comma, while the secret is rolled.
	for _, secret := range strings.FieldsFunc(os.Getenv("WEBHOOK_SECRETS"), func(r rune) bool { return r == ',' }) {
		key, err := hex.DecodeString(secret)
		if err != nil || len(key) != 16 {
			panic("WEBHOOK_SECRETS: a secret is 32 hex digits")
		}
		keys = append(keys, key)
	}
	http.HandleFunc("/", func(response http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(response, request.Body, maxBodyBytes))
		response.WriteHeader(statusOf(request.Header, body, err))
	})
	listener, err := net.Listen("tcp", "127.0.0.1:"+cmp.Or(os.Getenv("PORT"), "3000"))
	if err != nil {
		panic(err)
	}
	fmt.Println("listening on", listener.Addr().(*net.TCPAddr).Port)
	panic(http.Serve(listener, nil))
}
