# A complete receiver of Fleethook's webhooks in Python 3.8 or later, without dependencies: WEBHOOK_SECRETS=... python3 receiver.py
# It speaks HTTP: put it behind whatever ends TLS. See ../receivers.md.
import base64, hashlib, hmac, json, os, threading, time
from collections import OrderedDict
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORT = int(os.environ.get("PORT", "3000"))
TOLERANCE_SECONDS = float(os.environ.get("TOLERANCE_SECONDS", "300"))
MAX_BODY_BYTES, MAX_SEEN = 1_048_576, 100_000
# As 32 hex digits; old and new, separated by a comma, while the secret is rolled.
KEYS = [bytes.fromhex(secret) for secret in os.environ.get("WEBHOOK_SECRETS", "").split(",") if secret]
assert all(len(key) == 16 for key in KEYS), "WEBHOOK_SECRETS: a secret is 32 hex digits"
seen, seen_lock = OrderedDict(), threading.Lock()

def is_recent(read_seconds):
    try:
        return abs(time.time() - read_seconds()) <= TOLERANCE_SECONDS
    except ValueError:
        return False

def any_fits(given, encode, prefix, body):  # constant time for each pair of a key and a signature given
    expected = [encode(hmac.new(key, prefix.encode() + body, hashlib.sha256).digest()) for key in KEYS]
    return any(hmac.compare_digest(digest, text.encode()) for digest in expected for text in given)

def is_signed(headers, body):  # either signature is enough: Peridio's, or that of Standard Webhooks
    published_at = headers.get("peridio-published-at", "")
    peridio = headers.get("peridio-signature", "").upper().split(",")
    if is_recent(lambda: datetime.fromisoformat(published_at.replace("Z", "+00:00")).timestamp()):
        if any_fits(peridio, lambda digest: digest.hex().upper().encode(), published_at, body):
            return True
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    standard = headers.get("webhook-signature", "").split(" ")
    encode = lambda digest: b"v1," + base64.b64encode(digest)
    return is_recent(lambda: int(timestamp)) and any_fits(standard, encode, f"{message_id}.{timestamp}.", body)

def status_of(headers, body):
    if not KEYS:  # The secret is shown only after the first test fire, which cannot be verified; what else comes is sent again.
        return 200 if headers.get("fleethook-event") == "webhook.test_fire" else 503
    if not is_signed(headers, body):
        return 401
    try:
        prn = json.loads(body)["prn"]
    except (ValueError, KeyError, TypeError):
        return 400
    with seen_lock:
        print("duplicate" if prn in seen else "event", prn, flush=True)  # Here: into a queue of yours, unless it is a duplicate.
        seen[prn] = True
        if len(seen) > MAX_SEEN:
            seen.popitem(last=False)
    return 200

class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        length = int(self.headers.get("content-length", "0"))
        self.send_response(413 if length > MAX_BODY_BYTES else status_of(self.headers, self.rfile.read(length)))
        self.end_headers()

server = ThreadingHTTPServer(("127.0.0.1", PORT), Receiver)
print(f"listening on {server.server_port}", flush=True)
server.serve_forever()
