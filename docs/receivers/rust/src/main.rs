// A complete receiver of Fleethook's webhooks in Rust: WEBHOOK_SECRETS=... cargo run
// It speaks HTTP: put it behind whatever ends TLS. See ../../../receivers.md.
use base64::{engine::general_purpose::STANDARD, Engine};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::collections::{HashSet, VecDeque};
use std::io::Read;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tiny_http::{Request, Response, Server};

const MAX_BODY_BYTES: u64 = 1 << 20;
const MAX_SEEN: usize = 100_000;

struct Receiver {
    keys: Vec<Vec<u8>>,
    tolerance: Duration,
    seen: HashSet<String>,
    order: VecDeque<String>,
}

impl Receiver {
    fn is_recent(&self, at: SystemTime) -> bool {
        at.elapsed().unwrap_or_else(|ahead| ahead.duration()) <= self.tolerance
    }

    /// Constant time for each pair of a key and a signature given.
    fn any_fits(&self, given: &[Vec<u8>], prefix: &str, body: &[u8]) -> bool {
        let fits = |key: &Vec<u8>, signature: &Vec<u8>| {
            let mac = Hmac::<Sha256>::new_from_slice(key).expect("any length is a key");
            mac.chain_update(prefix).chain_update(body).verify_slice(signature).is_ok()
        };
        self.keys.iter().any(|key| given.iter().any(|signature| fits(key, signature)))
    }

    /// Either signature is enough: Peridio's, or that of Standard Webhooks.
    fn is_signed(&self, header: &dyn Fn(&str) -> String, body: &[u8]) -> bool {
        let published = header("peridio-published-at");
        let given: Vec<_> = header("peridio-signature").split(',').flat_map(hex::decode).collect();
        if humantime::parse_rfc3339(&published).is_ok_and(|at| self.is_recent(at)) && self.any_fits(&given, &published, body) {
            return true;
        }
        let (id, timestamp, signatures) = (header("webhook-id"), header("webhook-timestamp"), header("webhook-signature"));
        let given: Vec<_> = signatures.split(' ').filter_map(|entry| STANDARD.decode(entry.strip_prefix("v1,")?).ok()).collect();
        let at = timestamp.parse::<u32>().map(|seconds| UNIX_EPOCH + Duration::from_secs(seconds.into()));
        at.is_ok_and(|at| self.is_recent(at)) && self.any_fits(&given, &format!("{id}.{timestamp}."), body)
    }

    fn status_of(&mut self, header: &dyn Fn(&str) -> String, body: &[u8]) -> u16 {
        if self.keys.is_empty() {
            // The secret is shown only after the first test fire, which therefore cannot be verified; what else comes is sent again.
            return if header("fleethook-event") == "webhook.test_fire" { 200 } else { 503 };
        }
        if !self.is_signed(header, body) {
            return 401;
        }
        let event: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
        let Some(prn) = event["prn"].as_str() else { return 400 };
        if !self.seen.insert(prn.to_owned()) {
            println!("duplicate {prn}");
            return 200;
        }
        println!("event {prn}"); // Here: into a queue of yours.
        self.order.push_back(prn.to_owned());
        if self.order.len() > MAX_SEEN {
            self.seen.remove(&self.order.pop_front().unwrap_or_default());
        }
        200
    }

    fn answer(&mut self, mut request: Request) -> std::io::Result<()> {
        let mut body = Vec::new();
        request.as_reader().take(MAX_BODY_BYTES + 1).read_to_end(&mut body)?;
        let headers = request.headers().to_vec();
        let find = |name: &str| headers.iter().find(|header| header.field.as_str().as_str().eq_ignore_ascii_case(name));
        let header = |name: &str| find(name).map_or(String::new(), |header| header.value.to_string());
        let status = if body.len() as u64 > MAX_BODY_BYTES { 413 } else { self.status_of(&header, &body) };
        request.respond(Response::empty(status))
    }
}

fn main() {
    let env = |name: &str, default: &str| std::env::var(name).unwrap_or(default.to_owned());
    // As 32 hex digits; old and new, separated by a comma, while the secret is rolled.
    let secrets = env("WEBHOOK_SECRETS", "");
    let keys: Vec<_> = secrets.split(',').filter(|hex| !hex.is_empty()).map(|hex| hex::decode(hex).expect("32 hex digits")).collect();
    assert!(keys.iter().all(|key| key.len() == 16), "WEBHOOK_SECRETS: a secret is 32 hex digits");
    let tolerance = Duration::from_secs(env("TOLERANCE_SECONDS", "300").parse().expect("TOLERANCE_SECONDS: whole seconds"));
    let mut receiver = Receiver { keys, tolerance, seen: HashSet::new(), order: VecDeque::new() };
    let server = Server::http(format!("127.0.0.1:{}", env("PORT", "3000"))).expect("the port can be listened on");
    println!("listening on {}", server.server_addr().to_ip().map_or(0, |address| address.port()));
    for request in server.incoming_requests() {
        if let Err(error) = receiver.answer(request) {
            eprintln!("{error}");
        }
    }
}
